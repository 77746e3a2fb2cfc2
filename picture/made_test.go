package picture

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMadePictures reads what tools/pictures.py made: each picture is what Pillow
// makes of it, or is refused with its reason.
func TestMadePictures(t *testing.T) {
	folder := os.Getenv("SCALECAM_PICTURES")
	if folder == "" {
		t.Skip("SCALECAM_PICTURES names no folder that tools/pictures.py made")
	}
	notes, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(notes) == 0 {
		t.Fatalf("%s: no picture in it (%v)", folder, err)
	}
	right, refused, unheld := 0, 0, 0
	for _, note := range notes {
		path := strings.TrimSuffix(note, ".json")
		name := filepath.Base(path)
		text, err := os.ReadFile(note)
		if err != nil {
			t.Fatal(err)
		}
		var known struct {
			Greatest int
			Mean     float64
			Unread   *string // why Pillow does not read it
		}
		if err := json.Unmarshal(text, &known); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		switch {
		case err != nil:
			refused++
			t.Logf("refused %s: %v", name, err)
			continue
		case known.Unread != nil:
			unheld++
			t.Logf("read %s, which Pillow does not (%s)", name, *known.Unread)
			continue
		}
		if size, err := Size(path); err != nil || size != p.Image.Rect.Size() {
			t.Errorf("%s: by its header it is %v, %v; decoded %v", name, size, err, p.Image.Rect.Size())
		}
		want, err := Open(path + ".png")
		if err != nil {
			t.Fatal(err)
		}
		if p.Image.Rect != want.Image.Rect {
			t.Errorf("%s: got bounds %v; want %v", name, p.Image.Rect, want.Image.Rect)
			continue
		}
		greatest, mean := differ(p.Image, want.Image)
		if greatest > known.Greatest || mean > known.Mean {
			t.Errorf("%s: off by up to %d levels, %.2f in the mean; want at most %d and %.2f", name, greatest, mean, known.Greatest, known.Mean)
			continue
		}
		right++
	}
	t.Logf("%d read rightly, %d refused, %d read that Pillow does not read", right, refused, unheld)
}
