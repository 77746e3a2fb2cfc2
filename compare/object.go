package compare

import (
	"scalecam/cam"
	"scalecam/cam/measure"
)

// Found is how well a column's map finds what the row's picture is known to show: of
// the class that it explains, over Picture.Object. It says false where it is not known
// where that is, where there is no map, and of a difference, which explains nothing.
// Beyond the part of the picture that the network saw, the map says less than anywhere
// within.
func (c *Comparison) Found(row, col int, v View) (found measure.Localisation, ok bool) {
	r := &c.Rows[row]
	object, s := r.Picture.Object, c.Shown(row, col, v)
	if object == nil || s.Map == nil || col >= len(c.Models) && c.Derived(v)[col-len(c.Models)].Kind == Difference {
		return found, false
	}
	size := object.Rect.Size()
	seen := s.On(r, size)
	within := s.Map.Resize(seen.Dy(), seen.Dx(), cam.Smooth)
	return measure.Localise(measure.Around(within, seen, size), object, object), true
}

// Located tells that it is known where in a picture of the comparison its object is.
func (c *Comparison) Located() bool {
	for _, r := range c.Rows {
		if r.Picture.Object != nil {
			return true
		}
	}
	return false
}
