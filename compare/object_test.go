package compare_test

import (
	"image"
	"testing"

	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/compare/comparetest"
)

// TestFound: what is measured is the map over the object, where the network saw it; without
// an object, or of a difference, there is nothing to measure.
func TestFound(t *testing.T) {
	c := comparetest.Comparison(t, []float32{4, 1, 1, 2}, []float32{1, 1, 1, 5})
	v := compare.DefaultView()
	v.Difference = compare.Pair{After: 2, Before: 1}
	if _, ok := c.Found(0, 0, v); ok || c.Located() {
		t.Error("an object is found in a picture whose object nobody has marked")
	}
	size := c.Rows[0].Size()
	mask := image.NewAlpha(image.Rectangle{Max: size})
	for y := range size.Y / 2 { // the upper left quarter, where the first map is highest
		for x := range size.X / 2 {
			mask.Pix[y*mask.Stride+x] = 255
		}
	}
	c.Rows[0].Picture.SetObject(mask)
	first, ok1 := c.Found(0, 0, v)
	second, ok2 := c.Found(0, 1, v)
	if !ok1 || !ok2 || !c.Located() || first.Pointing != 1 || second.Pointing != 0 || first.Energy <= second.Energy || first.IoU <= second.IoU {
		t.Errorf("%+v and %+v", first, second)
	}
	if _, ok := c.Found(0, 2, v); ok {
		t.Error("a difference finds an object")
	}
	if first == (measure.Localisation{}) {
		t.Error("nothing was measured")
	}
}

// TestVerdict: right and wrong are said of networks that know the class shown alone.
func TestVerdict(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{1, 2})
	m, r := c.Models[0], &c.Rows[0]
	top := m.Classes[r.Cells[0].Top[0].Class]
	other := m.Classes[(r.Cells[0].Top[0].Class+1)%len(m.Classes)]
	for shows, want := range map[string]compare.Verdict{"": compare.Unknown, top: compare.Right, other: compare.Wrong, "no such class": compare.Unknown} {
		r.Picture.Shows = shows
		if got := c.Verdict(0, 0); got != want {
			t.Errorf("shown %q: %v, want %v", shows, got, want)
		}
	}
}
