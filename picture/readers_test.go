package picture

import (
	"path/filepath"
	"testing"
)

// FuzzJPEG, FuzzTIFF and FuzzHEIF are FuzzDecode for the readers that most files
// would not reach by chance: no bytes panic, nor take more than is allowed.
func FuzzJPEG(f *testing.F) {
	fuzzReader(f, ".jpg", func(data []byte) { _, _ = turboJPEG(data, 26, 18) })
}

func FuzzTIFF(f *testing.F) {
	fuzzReader(f, ".tif", func(data []byte) {
		if c, err := configTIFF(section(data)); err == nil && c.Width > 0 && c.Height > 0 && c.Width*c.Height < 1<<16 {
			_, _ = decodeTIFF(data)
		}
	})
}

func FuzzHEIF(f *testing.F) {
	fuzzReader(f, ".heic", func(data []byte) {
		if c, err := configHEIF(section(data)); err == nil && c.Width*c.Height < 1<<16 {
			_, _ = decodeHEIF(data)
		}
	})
}

// fuzzReader begins with the golden pictures of an extension.
func fuzzReader(f *testing.F, extension string, read func(data []byte)) {
	paths, err := filepath.Glob(filepath.Join(goldens, "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if ext := filepath.Ext(path); ext == extension || extension == ".heic" && ext == ".avif" {
			f.Add(golden(f, filepath.Base(path)))
		}
	}
	f.Fuzz(func(_ *testing.T, data []byte) { read(data) })
}
