package dataset

import (
	"encoding/json"
	"errors"
	"image"
	"path"
	"strings"

	"scalecam/fault"
	"scalecam/picture"
)

// cocoKeys are the keys of a file in COCO's format (Lin et al. 2014, arXiv 1405.0312;
// cocodataset.org, Data format), none of which names a picture.
var cocoKeys = []string{"info", "licenses", "images", "annotations", "categories", "type"}

// cocoFile is such a file on its way through the decoder, entry by entry.
type cocoFile struct {
	in         *entries
	dec        *json.Decoder
	images     map[int64]string // paths by id
	categories map[int64]string
	objects    map[int64][]cocoObject // by image
}

type cocoObject struct {
	category int64
	place    place
}

func newCOCO(in *entries, dec *json.Decoder) *cocoFile {
	return &cocoFile{in, dec, map[int64]string{}, map[int64]string{}, map[int64][]cocoObject{}}
}

// take takes what stands under a key.
func (c *cocoFile) take(key string) error {
	switch key {
	case "images":
		return c.each(func() error {
			var image struct {
				ID   int64
				Path string `json:"file_name"`
			}
			if err := c.dec.Decode(&image); err != nil {
				return err
			}
			if _, twice := c.images[image.ID]; twice {
				return fault.Errorf("the image %d comes twice", image.ID)
			}
			c.images[image.ID] = image.Path
			return nil
		})
	case "categories":
		return c.each(func() error {
			var category struct {
				ID   int64
				Name string
			}
			if err := c.dec.Decode(&category); err != nil {
				return err
			}
			c.categories[category.ID] = category.Name
			return nil
		})
	case "annotations":
		return c.each(c.object)
	}
	var other json.RawMessage
	return c.dec.Decode(&other)
}

// each calls f at each element of an array.
func (c *cocoFile) each(f func() error) error {
	if open, err := c.dec.Token(); err != nil || open != json.Delim('[') {
		return errors.New("it is no JSON array")
	}
	for n := 0; c.dec.More(); n++ {
		if err := c.in.ctx.Err(); err != nil {
			return err
		}
		c.in.began = c.dec.InputOffset()
		if err := f(); err != nil {
			return fault.Errorf("element %d: %w", n, err)
		}
	}
	if _, err := c.dec.Token(); err != nil {
		return errors.New("it ends within the array")
	}
	c.in.began = c.dec.InputOffset()
	return nil
}

// object takes one annotation.
func (c *cocoFile) object() error {
	var o struct {
		Image        int64     `json:"image_id"`
		Category     int64     `json:"category_id"`
		Box          []float64 `json:"bbox"` // x, y, width, height
		Segmentation json.RawMessage
	}
	if err := c.dec.Decode(&o); err != nil {
		return err
	}
	at := place{}
	switch b := o.Box; {
	case len(b) == 0:
	case len(b) != 4:
		return fault.Errorf("the box has %d numbers, not 4", len(b))
	case !(b[0] >= 0 && b[1] >= 0 && b[2] >= 0 && b[3] >= 0 && b[0]+b[2] <= picture.MaxSide && b[1]+b[3] <= picture.MaxSide):
		return fault.Errorf("the box %v is none of x, y, width and height in pixels, up to %d", b, picture.MaxSide)
	default:
		at.from, at.to = point{coordinate(b[0]), coordinate(b[1])}, point{coordinate(b[0] + b[2]), coordinate(b[1] + b[3])}
	}
	if err := at.segment(o.Segmentation); err != nil {
		return err
	}
	if len(o.Box) == 0 && len(at.polygons) == 0 && at.runs == nil {
		return errors.New("it has neither a box nor a segmentation")
	}
	c.objects[o.Image] = append(c.objects[o.Image], cocoObject{o.Category, at})
	return nil
}

// segment reads a segmentation: polygons as lists of x and y in turn, or run lengths.
func (p *place) segment(data json.RawMessage) error {
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil
	case data[0] == '{':
		var r struct {
			Size   []int
			Counts json.RawMessage
		}
		if err := json.Unmarshal(data, &r); err != nil {
			return err
		}
		if len(r.Size) != 2 || min(r.Size[0], r.Size[1]) < 1 || max(r.Size[0], r.Size[1]) > picture.MaxSide {
			return fault.Errorf("the mask's size is %v, not [height, width] in pixels", r.Size)
		}
		p.runs = &runs{h: r.Size[0], w: r.Size[1]}
		return p.runs.read(r.Counts)
	}
	var polygons [][]coordinate
	if err := json.Unmarshal(data, &polygons); err != nil {
		return err
	}
	corners := 0
	for _, xy := range polygons {
		if len(xy)%2 != 0 || len(xy) < 6 {
			return fault.Errorf("a polygon has %d numbers, not an x and a y for each of three corners or more", len(xy))
		}
		var polygon []point
		for i := 0; i < len(xy); i += 2 {
			polygon = append(polygon, point{xy[i], xy[i+1]})
		}
		p.polygons = append(p.polygons, polygon)
		if corners += len(polygon); corners > maxCorners {
			return fault.Errorf("the polygon has %d corners; the most are %d", corners, maxCorners)
		}
	}
	return nil
}

// annotations puts the file together.
func (c *cocoFile) annotations(file string) (annotations, error) {
	notes, flat := annotations{}, annotations{}
	for id, objects := range c.objects {
		name, ok := c.images[id]
		if !ok {
			return nil, fault.Errorf("an annotation is of the image %d, which is not among the images", id)
		}
		name = strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./")
		note := &annotation{file: file, entry: name, flat: !strings.Contains(name, "/")}
		for _, o := range objects {
			o.place.category = c.categories[o.category]
			note.places = append(note.places, o.place)
		}
		if notes[name] != nil {
			return nil, fault.Errorf("two images are called %.80q", name)
		}
		notes[name] = note
		if base := path.Base(name); base != name {
			other := *note
			if other.flat = true; flat[base] != nil { // not to be told by its name alone
				other.flat = false
			}
			flat[base] = &other
		}
	}
	for base, note := range flat {
		if notes[base] == nil && note.flat {
			notes[base] = note
		}
	}
	return notes, nil
}

// runs is a mask by lengths of runs, column by column: of pixels that are not the
// object's, then of some that are, and so on.
type runs struct {
	h, w    int
	lengths []int
}

// read reads lengths: numbers, or the text that pycocotools packs them in.
func (r *runs) read(data json.RawMessage) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		if err := r.unpack(text); err != nil {
			return err
		}
	} else if err := json.Unmarshal(data, &r.lengths); err != nil {
		return err
	}
	left := r.h * r.w
	for _, n := range r.lengths {
		if n < 0 || n > left {
			return fault.Errorf("the mask's runs are not those of %d × %d pixels", r.w, r.h)
		}
		left -= n
	}
	if left != 0 {
		return fault.Errorf("the mask's runs end %d pixels early", left)
	}
	return nil
}

// unpack reads the packed form: six bits a character from '0' on, the lowest first, the
// sixth telling that more follow and the fifth of the last that it is negative; from the
// fourth run on less the last but one.
func (r *runs) unpack(text string) error {
	for i := 0; i < len(text); {
		value, more := 0, true
		for shift := 0; more; shift += 5 {
			if i == len(text) || text[i] < '0' || text[i] >= '0'+64 || shift > 30 {
				return errors.New("the mask's packed runs are damaged")
			}
			bits := int(text[i] - '0')
			i++
			value |= bits & 31 << shift
			if more = bits&32 != 0; !more && bits&16 != 0 {
				value |= -1 << (shift + 5)
			}
		}
		if n := len(r.lengths); n > 2 {
			value += r.lengths[n-2]
		}
		r.lengths = append(r.lengths, value)
	}
	return nil
}

// draw adds the object to a mask of its size.
func (r *runs) draw(mask *image.Alpha) {
	at := 0
	for i, n := range r.lengths {
		if i%2 == 1 {
			for p := at; p < at+n; p++ {
				mask.Pix[p%r.h*mask.Stride+p/r.h] = 255
			}
		}
		at += n
	}
}
