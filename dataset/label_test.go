package dataset

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/picture"
)

// TestLabel: a picture in a folder of labelled ones says what it shows and where, in any
// split; another stays as it is, and what is wrong with annotations is told.
func TestLabel(t *testing.T) {
	dir := t.TempDir()
	put := func(json string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, annotationsName), []byte(json), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(`{"val/cat/1.png": {"box": [100, 100, 500, 300], "polygon": [[100, 100], [500, 100], [500, 300], [100, 300]]},
		"dog/deep/2.png": {"box": [0, 0, 400, 800], "polygon": null}}`)
	open := func(path string) *picture.Picture {
		return &picture.Picture{Path: filepath.Join(dir, path), Image: image.NewRGBA(image.Rect(0, 0, 800, 800))}
	}
	for path, want := range map[string]struct {
		shows string
		in    image.Point
		out   image.Point
	}{
		"val/cat/1.png":  {"cat", image.Pt(150, 100), image.Pt(150, 200)},
		"dog/deep/2.png": {"dog", image.Pt(100, 390), image.Pt(300, 100)},
	} {
		p := open(path)
		if err := Label(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if p.Shows != want.shows || p.Object == nil || p.Object.Rect.Max != image.Pt(picture.ObjectSide, picture.ObjectSide) {
			t.Fatalf("%s shows %q in %v", path, p.Shows, p.Object)
		}
		if in, out := p.Object.AlphaAt(want.in.X, want.in.Y).A, p.Object.AlphaAt(want.out.X, want.out.Y).A; in < 255 || out > 0 {
			t.Errorf("%s: %d within the object, %d outside", path, in, out)
		}
	}
	other := open("val/cat/3.png")
	if err := Label(t.Context(), other); err != nil || other.Shows != "" || other.Object != nil {
		t.Errorf("a picture that nobody labelled: %+v, %v", other, err)
	}
	put(`{"val/cat/1.png": {"box": [100, 100, 5000, 300]}}`)
	far := open("val/cat/1.png")
	if err := Label(t.Context(), far); err == nil || !strings.Contains(err.Error(), "800 × 800") || far.Object != nil || far.Shows != "" {
		t.Errorf("places of another size: %v", err)
	}
	if put(`{"val`); Label(t.Context(), open("val/cat/1.png")) == nil {
		t.Error("broken annotations are not told of")
	}
	write(t, dir, "val/cat/1.png")
	write(t, dir, "val/dog/1.png")
	for _, to := range []string{"nowhere.json", annotationsName} {
		link := filepath.Join(dir, annotationsName)
		if err := errors.Join(os.Remove(link), os.Symlink(to, link)); err != nil {
			t.Skip(err)
		}
		if err := Label(t.Context(), open("val/cat/1.png")); err == nil || !strings.Contains(err.Error(), link) {
			t.Errorf("annotations that are a link to %s: %v", to, err)
		}
		if _, err := Open(t.Context(), filepath.Join(dir, "val")); err == nil || !strings.Contains(err.Error(), link) {
			t.Errorf("a set whose annotations are a link to %s: %v", to, err)
		}
	}
}
