package pages

import (
	"image"

	"scalecam/compare"
	"scalecam/ui/desk"
)

// Thumbs are small pictures by their paths, made one after another in the background. They
// belong to the UI goroutine.
type Thumbs struct {
	run           desk.Runner
	width, height float32
	most          int                    // that are kept; what came first goes first
	known         map[string]*image.RGBA // nil of one that cannot be opened
	order         []string               // in which they came to be known
	making        bool
}

// NewThumbs has no small pictures yet, for places of that size, and keeps so many at most.
func NewThumbs(run desk.Runner, width, height float32, most int) *Thumbs {
	return &Thumbs{run: run, width: width, height: height, most: most, known: map[string]*image.RGBA{}}
}

// Of is the small picture of a path, nil of one that cannot be opened, and whether that is
// known yet.
func (t *Thumbs) Of(path string) (small *image.RGBA, known bool) {
	small, known = t.known[path]
	return small, known
}

// Len is how many are kept.
func (t *Thumbs) Len() int { return len(t.known) }

// Making tells that one is being made: another is not begun beside it.
func (t *Thumbs) Making() bool { return t.making }

// Make makes the small picture of a path by do, in the background, unless another is being
// made, and then calls shown.
func (t *Thumbs) Make(path string, do func() *image.RGBA, shown func()) {
	if t.making {
		return
	}
	t.making = true
	t.run.Work(func() func() {
		small := do()
		return func() {
			t.making = false
			t.known[path] = small
			if t.order = append(t.order, path); len(t.order) > t.most {
				delete(t.known, t.order[0])
				t.order = t.order[1:]
			}
			shown()
		}
	})
}

// Small is a picture in the size of the small ones. It may be called from anywhere.
func (t *Thumbs) Small(img *image.RGBA) *image.RGBA { return Small(img, t.width, t.height) }

// Open is the small picture of a file; nil where it cannot be opened. It may be called from
// anywhere.
func (t *Thumbs) Open(path string) *image.RGBA {
	p, err := compare.OpenPicture(path)
	if err != nil {
		return nil
	}
	return t.Small(p.Image)
}

// Keep drops the small pictures of all other paths.
func (t *Thumbs) Keep(paths map[string]bool) {
	var kept []string
	for _, path := range t.order {
		if paths[path] {
			kept = append(kept, path)
		} else {
			delete(t.known, path)
		}
	}
	t.order = kept
}
