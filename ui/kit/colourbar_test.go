package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/colormap"
)

// TestColourBarInBackground: a bar's image is made by the work it is given, and of
// two that are made at once the newer one is shown.
func TestColourBarInBackground(t *testing.T) {
	test.NewTempApp(t)
	var asked []func() func()
	all := colormap.All()
	b := NewColourBar(all[0], func(do func() func()) { asked = append(asked, do) })
	r := test.WidgetRenderer(b).(*colourBarRenderer)
	b.Resize(fyne.NewSize(200, 30))
	if r.image.Image != nil {
		t.Fatal("it is drawn before it was made")
	}
	first := asked[len(asked)-1]()
	b.Set(all[1], Range{})
	second := asked[len(asked)-1]()
	second()
	shown := r.image.Image
	if first(); shown == nil || r.image.Image != shown || shown.Bounds().Dx() < 200 {
		t.Errorf("it shows %v", r.image.Image)
	}
	n := len(asked)
	if b.Refresh(); len(asked) != n {
		t.Error("what is shown is made again")
	}
}
