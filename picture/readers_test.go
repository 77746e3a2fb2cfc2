package picture

import (
	"image"
	"io"
	"path/filepath"
	"testing"
)

// FuzzJPEG, FuzzTIFF, FuzzHEIF, FuzzPNM and FuzzBMP are FuzzDecode for the readers that most files
// would not reach by chance: no bytes panic, nor take more than is allowed.
func FuzzJPEG(f *testing.F) {
	fuzzReader(f, ".jpg", func(data []byte) { _, _ = turboJPEG(data, 26, 18) })
}

func FuzzTIFF(f *testing.F) {
	fuzzReader(f, ".tif", reading(configTIFF, decodeTIFF))
}

func FuzzHEIF(f *testing.F) {
	fuzzReader(f, ".heic", reading(configHEIF, decodeHEIF))
}

func FuzzPNM(f *testing.F) {
	fuzzReader(f, ".ppm", reading(configPNM, decodePNM))
}

func FuzzBMP(f *testing.F) {
	fuzzReader(f, ".bmp", reading(configBMP, decodeBMP))
}

// reading reads small pictures.
func reading(config func(*io.SectionReader) (image.Config, error), decode func([]byte) (image.Image, error)) func(data []byte) {
	return func(data []byte) {
		if c, err := config(section(data)); err == nil && c.Width > 0 && c.Height > 0 && c.Width*c.Height < 1<<16 {
			_, _ = decode(data)
		}
	}
}

// fuzzReader begins with the golden pictures of an extension.
func fuzzReader(f *testing.F, extension string, read func(data []byte)) {
	paths, err := filepath.Glob(filepath.Join(goldens, "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if ext := filepath.Ext(path); ext == extension || extension == ".heic" && ext == ".avif" || extension == ".ppm" && (ext == ".pbm" || ext == ".pgm") {
			f.Add(golden(f, filepath.Base(path)))
		}
	}
	f.Fuzz(func(_ *testing.T, data []byte) { read(data) })
}
