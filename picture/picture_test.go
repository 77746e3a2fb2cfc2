package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The golden pictures and how they are made: testdata/picture/make.py.
const goldens = "../testdata/picture"

func golden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goldens, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func goldenImage(t testing.TB, name string) *image.RGBA {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(golden(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	return upright(m, m.Bounds().Dx(), m.Bounds().Dy(), 1)
}

// differ returns the greatest and the mean difference of two pictures of one
// size, over all channels.
func differ(a, b *image.RGBA) (greatest int, mean float64) {
	sum := 0
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		d = max(d, -d)
		greatest, sum = max(greatest, d), sum+d
	}
	return greatest, float64(sum) / float64(len(a.Pix))
}

// checkTight fails unless m is what the package promises of every picture.
func checkTight(t testing.TB, m *image.RGBA) {
	t.Helper()
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if m.Rect.Min != (image.Point{}) || w < 1 || h < 1 || m.Stride != 4*w || len(m.Pix) != 4*w*h {
		t.Fatalf("bounds %v, stride %d, %d bytes; want bounds at (0, 0) and rows without padding", m.Rect, m.Stride, len(m.Pix))
	}
	for i := 3; i < len(m.Pix); i += 4 {
		if m.Pix[i] != 255 {
			t.Fatalf("alpha is %d at byte %d; want 255 everywhere", m.Pix[i], i)
		}
	}
}

func TestOpen(t *testing.T) {
	// Tolerances, greatest and mean, are in levels of 255. Lossless formats
	// have none, but that flattening may round otherwise than Pillow, by 1.
	// Every JPEG may be 1 off for the inverse transform, and 1 for colour.
	const flattened, jpegDCT = 1, 2
	for _, test := range []struct {
		file, format, want string
		greatest           int
		mean               float64
	}{
		{"upright.png", "PNG", "upright.png", 0, 0},
		{"paletted.png", "PNG", "upright.png", 0, 0},
		{"rgb16.png", "PNG", "upright.png", 0, 0},
		{"grey16.png", "PNG", "grey16.png.want.png", 0, 0},
		{"transparent.png", "PNG", "transparent.png.want.png", flattened, 0.5},
		{"transparent-grey.png", "PNG", "transparent-grey.png.want.png", flattened, 0.5},
		{"rgb.bmp", "BMP", "upright.png", 0, 0},
		{"rgb.tif", "TIFF", "upright.png", 0, 0},
		{"offset.gif", "GIF", "offset.gif.want.png", 0, 0},
		{"rgb.webp", "WebP", "upright.png", 0, 0},
		{"transparent.webp", "WebP", "transparent.webp.want.png", flattened, 0.5},
		{"grey.webp", "WebP", "grey.webp.want.png", 1, 0.5},
		// Interpolated chroma is rounded in other places than in libwebp, and
		// each level of it counts up to 2 in a channel.
		{"lossy.webp", "WebP", "lossy.webp.want.png", 4, 0.6},
		{"transparent-lossy.webp", "WebP", "transparent-lossy.webp.want.png", 4, 0.6},
		{"halved.jpg", "JPEG", "halved.jpg.want.png", 2, 0.5},
		{"progressive.jpg", "JPEG", "progressive.jpg.want.png", 2, 0.5},
		{"rgb.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"grey.jpg", "JPEG", "grey.jpg.want.png", 1, 0.5},
		{"cmyk.jpg", "JPEG", "cmyk.jpg.want.png", jpegDCT, 1},
		{"exif-1.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-2.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-3.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-4.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-5.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-6.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-7.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-8.jpg", "JPEG", "upright.png", jpegDCT, 1},
		{"exif-6.png", "PNG", "upright.png", 0, 0},
		{"exif-8.webp", "WebP", "upright.png", 0, 0},
		{"exif-5.tif", "TIFF", "upright.png", 0, 0},
	} {
		t.Run(test.file, func(t *testing.T) {
			path := filepath.Join(goldens, test.file)
			p, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			checkTight(t, p.Image)
			if !slices.Contains(Extensions, filepath.Ext(path)) {
				t.Errorf("Extensions lacks %s", filepath.Ext(path))
			}
			if p.Path != path || p.Format != test.format {
				t.Errorf("got path %q and format %q; want %q and %q", p.Path, p.Format, path, test.format)
			}
			want := goldenImage(t, test.want)
			if p.Image.Rect != want.Rect {
				t.Fatalf("got bounds %v; want %v", p.Image.Rect, want.Rect)
			}
			if greatest, mean := differ(p.Image, want); greatest > test.greatest || mean > test.mean {
				t.Errorf("off by up to %d levels, %.2f in the mean; want at most %d and %.2f", greatest, mean, test.greatest, test.mean)
			}
		})
	}
}

// TestKinds reads small pictures of kinds that few programs write: how they are
// made is in testdata/picture/kinds.py.
func TestKinds(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(goldens, "kind-*.want.png"))
	if err != nil || len(paths) < 25 {
		t.Fatalf("%d kinds, %v", len(paths), err)
	}
	for _, want := range paths {
		path := strings.TrimSuffix(want, ".want.png")
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			// In levels of 255, at most and in the mean. libjpeg-turbo's versions are
			// the same to the bit; libheif and libavif round colours otherwise.
			most, mostMean := 0, 0.0
			switch ext := filepath.Ext(path); {
			case strings.Contains(name, "lossless"):
			case ext == ".heic" || ext == ".avif":
				most, mostMean = 3, 0.7
			case name == "kind-grey-alpha.tif": // laid on white
				most, mostMean = 1, 0.5
			}
			p, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			checkTight(t, p.Image)
			want := goldenImage(t, filepath.Base(want))
			if p.Image.Rect != want.Rect {
				t.Fatalf("got bounds %v; want %v", p.Image.Rect, want.Rect)
			}
			if greatest, mean := differ(p.Image, want); greatest > most || mean > mostMean {
				t.Errorf("off by up to %d levels, %.2f in the mean; want at most %d and %.2f", greatest, mean, most, mostMean)
			}
		})
	}
}

// TestLooks: a picture is told by how it begins, under any name.
func TestLooks(t *testing.T) {
	for _, test := range []struct {
		path string
		want bool
	}{
		{filepath.Join(goldens, "rgb.tif"), true},
		{filepath.Join(goldens, "kind-420.heic"), true},
		{filepath.Join(goldens, "make.py"), false},
		{filepath.Join(goldens, "missing"), false},
		{goldens, false},
	} {
		if Looks(test.path) != test.want {
			t.Errorf("%s: %v; want %v", test.path, !test.want, test.want)
		}
	}
}

// TestDark: a picture that looks nearly black is said to.
func TestDark(t *testing.T) {
	for level, dark := range map[string]bool{"15": true, "16": false} {
		p, err := Decode("grey.pgm", []byte("P2 2 1 255 0 "+level))
		if err != nil {
			t.Fatal(err)
		}
		if (p.Beware != nil) != dark {
			t.Errorf("level %s: %v", level, p.Beware)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.png")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	vast := filepath.Join(dir, "vast.png")
	if err := os.WriteFile(vast, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(vast, MaxBytes+1); err != nil { // a hole: no disk is used
		t.Fatal(err)
	}
	for _, test := range []struct{ name, path, want string }{
		{"folder", dir, "this is a folder; give a PNG"},
		{"empty", empty, "the file is empty"},
		{"missing", filepath.Join(dir, "missing.png"), "check its name"},
		{"larger than the bound", vast, "larger than 512 MiB, the most that is read here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(test.path)
			checkRefused(t, err, test.path, test.want)
		})
	}
	if _, err := Open(filepath.Join(dir, "missing.png")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v; want fs.ErrNotExist within", err)
	}
	if runtime.GOOS != "windows" {
		_, err := Open(os.DevNull)
		checkRefused(t, err, os.DevNull, "this is a device or a pipe; give a PNG")
	}
}

// checkRefused fails unless err is one line that names the file and says want.
func checkRefused(t *testing.T, err error, name, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("got no error; want one that says %q", want)
	}
	got := err.Error()
	if !strings.HasPrefix(got, "picture: "+name+": ") || !strings.Contains(got, want) || strings.Contains(got, "\n") {
		t.Errorf("got %q; want one line, beginning with the package and %q, that says %q", got, name, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	vast := "its size is 60000 × 60000; at most 120 million pixels"
	if strconv.IntSize == 32 { // so many pixels are more than there are numbers
		vast = "dimension overflow"
	}
	upright := golden(t, "upright.png")
	jpeg := golden(t, "progressive.jpg")
	for _, test := range []struct {
		name string // what the data claim to be called
		data []byte
		want string
	}{
		{"empty.png", nil, "the file is empty"},
		{"random.png", []byte("\x91\x1f\x02\x8d\xee\x07\xc3\x10\x00\xb2"), "not a picture that scalecam knows"},
		{"notes.png", []byte("Dear diary,\n\tno picture today.\n"), "this is text"},
		{"a.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1"), "this HEIC picture cannot be read"},
		{"a.avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1"), "this AVIF picture cannot be read"},
		{"a.svg", []byte("<?xml version=\"1.0\"?>\n<svg width=\"1\"/>"), "an SVG drawing"},
		{"a.pdf", []byte("%PDF-1.7\n\xe2\xe3"), "a PDF document"},
		{"a.cr3", []byte("\x00\x00\x00\x18ftypcrx "), "a RAW photograph"},
		{"a.CR2", []byte("II*\x00\x10\x00\x00\x00CR\x02\x00"), "a RAW photograph"},
		{"a.NEF", golden(t, "rgb.tif"), "a RAW photograph"},
		{"a.mp4", []byte("\x00\x00\x00\x18ftypisom"), "a video"},
		{"cut.png", upright[:len(upright)/2], "damaged, cut short"},
		{"cut.jpg", jpeg[:len(jpeg)/2], "damaged, cut short"},
		{"magic.png", upright[:8], "damaged, cut short"},
		{"magic.webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8X"), "damaged, cut short"},
		{"large.png", pngHeader(15_000, 15_000), "its size is 15000 × 15000; at most 120 million pixels"},
		{"vast.png", pngHeader(60_000, 60_000), vast},
		{"long.png", pngHeader(1, 100_000), "65535 a side"},
		{"hollow.png", pngHeader(10_000, 10_000), "cannot hold 10000 × 10000 pixels"},
		{"none.gif", []byte("GIF89a\x00\x00\x00\x00\x00\x00\x00;"), "its size is 0 × 0"},
		{"moving.webp", []byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x0f\x00\x00\x0f\x00\x00"), "damaged, cut short"},
		{"a.pam", []byte("P7\nWIDTH 1\n"), "a PAM picture"},
		{"lossless.jpg", []byte("\xff\xd8\xff\xc3\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"), "a lossless JPEG"},
		{"12.jpg", []byte("\xff\xd8\xff\xc1\x00\x0b\x0c\x00\x01\x00\x01\x01\x01\x11\x00"), "a JPEG of 12 bits a sample"},
		{"scans.jpg", manyScans(jpeg), "more than 100 scans"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode(test.name, test.data)
			checkRefused(t, err, test.name, test.want)
		})
	}
}

// pngHeader returns a PNG of 8-bit RGB that ends after its header.
func pngHeader(w, h uint32) []byte {
	header := []byte("IHDR")
	header = binary.BigEndian.AppendUint32(header, w)
	header = binary.BigEndian.AppendUint32(header, h)
	header = append(header, 8, 2, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(header))
}

// manyScans repeats the first scan of a JPEG 101 times.
func manyScans(jpeg []byte) []byte {
	start := bytes.Index(jpeg, []byte("\xff\xda"))
	end := start + 2 + bytes.Index(jpeg[start+2:], []byte("\xff\xc4")) // the next Huffman table
	return append(bytes.Clone(jpeg[:start]), bytes.Repeat(jpeg[start:end], 101)...)
}

// What a header says is believed only where it is within the bounds: refusing
// takes no memory.
func TestRefusalsAllocateLittle(t *testing.T) {
	for _, test := range []struct {
		name string
		data []byte
	}{
		{"beyond MaxPixels", pngHeader(60_000, 60_000)},
		{"more than the file can hold", pngHeader(10_000, 10_000)},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode("header.png", test.data)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; err == nil || got > 1<<20 {
			t.Errorf("%s: got error %v and %d bytes allocated; want an error and under 1 MB", test.name, err, got)
		}
	}
}

// A broken EXIF block leaves the picture as it is stored.
func TestBrokenEXIF(t *testing.T) {
	stored := golden(t, "exif-6.jpg")
	want, err := Decode("exif-6.jpg", stored)
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(stored, []byte("Exif\x00\x00")) + 6
	length := int(binary.BigEndian.Uint16(stored[start-8:])) - 8
	turned := 0
	for i := start; i < start+length; i++ {
		for _, b := range []byte{0x00, 0x7f, 0xff} {
			data := bytes.Clone(stored)
			data[i] = b
			got, err := Decode("broken.jpg", data)
			if err != nil {
				t.Fatalf("byte %d of the EXIF block set to %#x: %v", i-start, b, err)
			}
			if got.Image.Rect == want.Image.Rect {
				turned++
			} else if size := got.Image.Rect.Size(); size != (image.Point{X: 16, Y: 24}) {
				t.Fatalf("byte %d of the EXIF block set to %#x: got %v", i-start, b, size)
			}
		}
	}
	if turned == 0 || turned == 3*length {
		t.Errorf("%d of %d damaged blocks still gave the orientation; want some, not all", turned, 3*length)
	}
}

// A decoder that panics fails the picture, not the program.
func TestDecoderPanics(t *testing.T) {
	defer func(known []format) { formats = known }(formats)
	formats = []format{{
		name: "Broken", magic: "BROKEN",
		config: func(*io.SectionReader) (image.Config, error) { panic("index out of range") },
	}}
	_, err := Decode("a.broken", []byte("BROKEN"))
	checkRefused(t, err, "a.broken", "this Broken picture cannot be read (index out of range)")
}
