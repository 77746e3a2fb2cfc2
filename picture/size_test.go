package picture

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
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

// TestBlocks: what is read by blocks is what is there, and ends where it ends.
func TestBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	data := make([]byte, 200_000)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	b := &blocks{r: bytes.NewReader(data)}
	for range 1000 {
		at, want := random.IntN(len(data)+10), random.IntN([]int{10, 1000, 150_000}[random.IntN(3)])
		p := make([]byte, want)
		n, err := b.ReadAt(p, int64(at))
		left := data[min(at, len(data)):]
		if n != min(want, len(left)) || !bytes.Equal(p[:n], left[:n]) || (n < want) != (err == io.EOF) {
			t.Fatalf("%d bytes at %d: %d, %v", want, at, n, err)
		}
	}
}

// crumbs is a file's head, and the same few bytes again and again after it; it
// counts how often it is read.
type crumbs struct {
	head, crumb, many string
	n                 int
}

func (c *crumbs) ReadAt(p []byte, at int64) (int, error) {
	c.n++
	n := 0
	if at < int64(len(c.head)) {
		n = copy(p, c.head[at:])
	}
	for n < len(p) {
		n += copy(p[n:], c.many[(at+int64(n)-int64(len(c.head)))%int64(len(c.crumb)):])
	}
	return len(p), nil
}

// TestCrumbs: in a file of nothing but small parts, the orientation is not looked
// for until its end: for the largest that would take minutes.
func TestCrumbs(t *testing.T) {
	for _, f := range formats {
		c := map[string]*crumbs{
			"PNG":  {"\x89PNG\r\n\x1a\n", "\x00\x00\x00\x00crum\x00\x00\x00\x00", "", 0},
			"JPEG": {"\xff\xd8", "\xff\xe2\x00\x02", "", 0},
			"WebP": {"RIFF\xf8\xff\xff\x7fWEBP", "crum\x00\x00\x00\x00", "", 0},
		}[f.name]
		if c == nil {
			continue
		}
		c.many = strings.Repeat(c.crumb, 1000)
		if o := orientation(f, c, MaxBytes); o != 1 {
			t.Errorf("%s: orientation %d", f.name, o)
		}
		if c.n > mostParts+10 {
			t.Errorf("%s: it was read %d times", f.name, c.n)
		}
	}
}
