package pages

import (
	"fmt"
	"image"
	"testing"

	"scalecam/ui/desk"
)

// TestThumbs: one is made at a time, what came first goes first, and what nobody needs any
// more goes at once.
func TestThumbs(t *testing.T) {
	var waiting []func()
	thumbs := NewThumbs(desk.Runner{Go: func(f func()) { waiting = append(waiting, f) }, Do: func(f func()) { f() }}, 10, 10, 3)
	shown := 0
	for i := range 5 {
		thumbs.Make(fmt.Sprint(i), func() *image.RGBA { return image.NewRGBA(image.Rect(0, 0, 1, 1)) }, func() { shown++ })
		thumbs.Make("beside", func() *image.RGBA { return nil }, func() { t.Error("two are made at once") })
		if !thumbs.Making() || len(waiting) != i+1 {
			t.Fatalf("%d wait", len(waiting))
		}
		waiting[i]()
	}
	thumbs.Make("none", func() *image.RGBA { return thumbs.Open("missing.png") }, func() { shown++ })
	waiting[5]()
	if small, known := thumbs.Of("none"); small != nil || !known || shown != 6 || thumbs.Len() != 3 {
		t.Errorf("%d shown, %d kept", shown, thumbs.Len())
	}
	if _, known := thumbs.Of("2"); known {
		t.Error("more are kept than may be")
	}
	thumbs.Keep(map[string]bool{"4": true, "0": true})
	if small, known := thumbs.Of("4"); small == nil || !known || thumbs.Len() != 1 {
		t.Errorf("%d are kept", thumbs.Len())
	}
}
