package picture

import (
	"os"
	"path/filepath"
	"testing"

	"scalecam/assets"
)

// endless is a file's head and zeros after it; it counts what is read.
type endless struct {
	head []byte
	n    int
}

func (e *endless) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	if at < int64(len(e.head)) {
		copy(p, e.head[at:])
	}
	e.n += len(p)
	return len(p), nil
}

// TestSize: by the header a picture has the size that it has once it is open,
// turned ones too; and what cannot be opened by its header has none.
func TestSize(t *testing.T) {
	paths := []string{SamplePrefix + assets.Samples()[0].Name, SamplePrefix + "none", filepath.Join(goldens, "missing.png"), goldens}
	files, err := os.ReadDir(goldens)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		paths = append(paths, filepath.Join(goldens, f.Name()))
	}
	same := 0
	for _, path := range paths {
		got, failed := Size(path)
		p, err := Open(path)
		switch {
		case err == nil && (failed != nil || got != p.Image.Rect.Size()):
			t.Errorf("%s: %v, %v; want %v", path, got, failed, p.Image.Rect.Size())
		case err == nil:
			same++
		case failed != nil && failed.Error() != err.Error():
			t.Errorf("%s: %v; want %v", path, failed, err)
		}
	}
	if same < 20 {
		t.Errorf("%d pictures were measured", same)
	}
}

// TestSizeReadsLittle: of a large file no more than its head is read, and none of
// its pixels.
func TestSizeReadsLittle(t *testing.T) {
	const length = 300 << 20
	for _, name := range []string{"exif-6.png", "exif-6.jpg", "offset.gif", "lossy.webp", "rgb.bmp"} {
		r := &endless{head: golden(t, name)}
		if _, err := headerSize(name, r, length); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		const most = 64 << 10 // the decoders' and the metadata's buffers
		if r.n > most {
			t.Errorf("%s: %d bytes were read", name, r.n)
		}
	}
}
