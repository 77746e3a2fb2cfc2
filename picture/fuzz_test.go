package picture

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"scalecam/picture/codec"
)

// FuzzDecode asserts that no bytes panic, that what is accepted keeps the
// promises of Picture, and that time and memory stay within what the small
// bound on pixels and the length of the data allow.
func FuzzDecode(f *testing.F) {
	files, err := os.ReadDir(goldens)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if !strings.Contains(file.Name(), "want") && !strings.HasPrefix(file.Name(), "resize") {
			f.Add(golden(f, file.Name()))
		}
	}
	f.Add(manyScans(golden(f, "progressive.jpg")))
	f.Add(pngHeader(60_000, 60_000))
	for _, m := range []codec.Module{codec.JPEG, codec.TIFF, codec.HEVC, codec.AV1} { // compiled once
		d, err := m.Start(32 << 20)
		if err != nil {
			f.Fatal(err)
		}
		d.Close()
	}
	const maxPixels = 1 << 16
	// The worst kind is a progressive JPEG: 4 channels of 256-byte blocks of
	// 8 × 8 coefficients, its planes, and Image twice: under 64 bytes a pixel.
	// A short, wide picture is padded to whole blocks, which may be 32 high.
	// The constant is for tables, and metadata of up to 10 MB, and for a decoder's
	// memory, which is copied as it grows.
	const maxMemory = 64*maxPixels*32 + 512<<20
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		img, format, err := decode("fuzz", data, maxPixels)
		elapsed := time.Since(start)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > maxMemory+uint64(16*len(data)) {
			t.Errorf("%d bytes of data made it allocate %d MB", len(data), got>>20)
		}
		if elapsed > 5*time.Second { // a loaded machine included
			t.Errorf("%d bytes of data took %v", len(data), elapsed)
		}
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("the error has more than one line: %q", err)
			}
			return
		}
		checkTight(t, img)
		if size, err := headerSize("fuzz", bytes.NewReader(data), int64(len(data))); err != nil || size != img.Rect.Size() {
			t.Errorf("by its header it is %v, %v; decoded %v", size, err, img.Rect.Size())
		}
		if n := img.Rect.Dx() * img.Rect.Dy(); n > maxPixels || format == "" {
			t.Errorf("accepted %d pixels of format %q", n, format)
		}
	})
}
