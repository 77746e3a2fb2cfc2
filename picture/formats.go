package picture

import (
	"bytes"
	"image"
	"image/gif"
	"image/png"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/webp"

	"scalecam/fault"
)

// A format is a kind of picture that the package reads.
type format struct {
	name   string
	magic  string // how its files begin; '?' stands for any byte
	config func(*io.SectionReader) (image.Config, error)
	decode func(data []byte) (image.Image, error)

	// orientation says how the picture is to be turned, as EXIF does, 1 to 8, or 0
	// where it does not say; nil where no file of the format says it.
	orientation func(r io.ReaderAt, length int64) int

	// also looks at more than the magic, if not nil.
	also func(head []byte) bool

	// density is the most pixels that one byte of a file can stand for, so
	// that a short file with a great size in its header is refused before its
	// pixels are allocated; zero where the compression knows no such bound.
	density int
}

var formats = []format{
	{
		name: "PNG", magic: "\x89PNG\r\n\x1a\n",
		config: configBy(png.DecodeConfig), decode: decodeBy(png.Decode), orientation: orientationPNG,
		density: 8 * 1032, // 8 pixels of 1 bit; deflate yields 258 bytes for 2 bits
	},
	{
		name: "JPEG", magic: "\xff\xd8\xff",
		config: configJPEG, decode: decodeJPEG, orientation: orientationJPEG,
	},
	{
		name: "GIF", magic: "GIF8?a",
		config: configBy(gif.DecodeConfig), decode: decodeBy(gif.Decode),
	},
	{
		name: "WebP", magic: "RIFF????WEBPVP8",
		config: configBy(webp.DecodeConfig), decode: decodeWebP, orientation: orientationWebP,
	},
	{
		name: "BMP", magic: "BM", also: isBMP,
		config: configBMP, decode: decodeBMP,
	},
	{
		name: "TIFF", magic: "II*\x00",
		config: configTIFF, decode: decodeTIFF, orientation: orientationTIFF,
	},
	{
		name: "TIFF", magic: "MM\x00*",
		config: configTIFF, decode: decodeTIFF, orientation: orientationTIFF,
	},
	{
		name: "TIFF", magic: "II+\x00\x08\x00\x00\x00", // BigTIFF
		config: configTIFF, decode: decodeTIFF, orientation: orientationTIFF,
	},
	{
		name: "TIFF", magic: "MM\x00+\x00\x08\x00\x00",
		config: configTIFF, decode: decodeTIFF, orientation: orientationTIFF,
	},
	{
		name: "PNM", magic: "P", also: isPNM,
		config: configPNM, decode: decodePNM,
	},
	{
		name: "AVIF", magic: "????ftyp", also: isHEIF(brandsAVIF),
		config: configHEIF, decode: decodeHEIF, orientation: orientationHEIF,
	},
	{
		name: "HEIC", magic: "????ftyp", also: isHEIF(brandsHEIC),
		config: configHEIF, decode: decodeHEIF, orientation: orientationHEIF,
	},
}

// configBy and decodeBy are for decoders as the standard library has them.
func configBy(config func(io.Reader) (image.Config, error)) func(*io.SectionReader) (image.Config, error) {
	return func(r *io.SectionReader) (image.Config, error) { return config(r) }
}

func decodeBy(decode func(io.Reader) (image.Image, error)) func([]byte) (image.Image, error) {
	return func(data []byte) (image.Image, error) { return decode(bytes.NewReader(data)) }
}

// section is a reader of data.
func section(data []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data)))
}

// foreign lists files that people take for pictures and that the package can
// tell but not read. The first that matches counts.
var foreign = []struct{ name, magic string }{
	{"a RAW photograph", "????ftypcrx"},      // Canon CR3
	{"a RAW photograph", "II*\x00????CR"},    // Canon CR2
	{"a RAW photograph", "FUJIFILMCCD-RAW "}, // Fujifilm RAF
	{"a RAW photograph", "IIU\x00"},          // Panasonic RW2
	{"a RAW photograph", "IIRO"},             // Olympus ORF
	{"a RAW photograph", "IIRS"},
	{"a RAW photograph", "MMOR"},
	{"a JPEG XL picture", "\xff\x0a"},
	{"a JPEG XL picture", "????JXL \r\n"},
	{"a JPEG 2000 picture", "????jP  \r\n"},
	{"a PAM picture", "P7\n"},
	{"a PFM picture", "PF\n"},
	{"a PFM picture", "Pf\n"},
	{"an OpenEXR picture", "\x76\x2f\x31\x01"},
	{"a Radiance picture", "#?RADIANCE"},
	{"a DirectDraw surface", "DDS "},
	{"a FITS picture", "SIMPLE  ="},
	{"a PDF document", "%PDF-"},
	{"a PostScript document", "%!PS"},
	{"a Photoshop picture", "8BPS"},
	{"a GIMP picture", "gimp xcf"},
	{"a Windows icon", "\x00\x00\x01\x00"},
}

// rawExtensions are RAW photographs that are TIFF files inside; read as TIFF
// they would show their thumbnail in place of the photograph.
var rawExtensions = []string{".3fr", ".arw", ".dng", ".erf", ".iiq", ".nef", ".nrw", ".pef", ".sr2", ".srw"}

// recognisable is how many bytes of a file recognise looks at.
const recognisable = 1024

// recognise finds the format of data; name is looked at only to tell RAW
// photographs from TIFF.
func recognise(name string, data []byte) (format, error) {
	if len(data) == 0 {
		return format{}, fault.Errorf("the file is empty; give %s", right)
	}
	if len(data) > MaxBytes {
		return format{}, fault.Errorf("the picture has %d MB; at most %d MB are read: make a smaller copy", len(data)>>20, MaxBytes>>20)
	}
	for _, f := range foreign {
		if begins(data, f.magic) {
			return format{}, notRead(f.name)
		}
	}
	head := data[:min(len(data), recognisable)]
	for _, f := range formats {
		if !begins(head, f.magic) || f.also != nil && !f.also(head) {
			continue
		}
		if f.name == "TIFF" && slices.Contains(rawExtensions, strings.ToLower(filepath.Ext(name))) {
			return format{}, notRead("a RAW photograph")
		}
		return f, nil
	}
	switch {
	case begins(head, "????ftyp"):
		return format{}, notRead("a video")
	case bytes.Contains(head, []byte("<svg")):
		return format{}, notRead("an SVG drawing")
	case !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) }):
		return format{}, fault.Errorf("this is text, not a picture; give %s", right)
	}
	return format{}, fault.Errorf("this is not a picture that scalecam knows; give %s", right)
}

// begins reports whether data begins with magic, in which '?' is any byte.
func begins(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// A refusal says all of why a picture is not read.
type refusal struct{ error }

func notRead(what string) error {
	return fault.Errorf("this is %s, which scalecam does not read; convert it to PNG or JPEG", what)
}

// unreadable says what a decoder complained of.
func (f format) unreadable(complaint any) error {
	if r, ok := complaint.(refusal); ok {
		return r.error
	}
	return fault.Errorf("this %s picture cannot be read (%v); it is damaged, cut short or of an unusual kind: save it anew as PNG or JPEG", f.name, complaint)
}

// check refuses a picture by what its header says, before it is decoded.
func (f format) check(w, h int, length int64, maxPixels int) error {
	if w <= 0 || h <= 0 {
		return fault.Errorf("its size is %d × %d; a picture has at least one pixel", w, h)
	}
	if w > MaxSide || h > MaxSide || int64(w)*int64(h) > int64(maxPixels) {
		return fault.Errorf("its size is %d × %d; at most %d million pixels and %d a side are read: make a smaller copy", w, h, maxPixels/1_000_000, MaxSide)
	}
	if f.density > 0 {
		return holds(length, w, h, f.density)
	}
	return nil
}

// holds refuses more pixels than so many bytes can stand for, at so many a byte.
func holds(length int64, w, h, density int) error {
	if int64(w)*int64(h)/int64(density) > length {
		return refusal{fault.Errorf("the file is cut short: its %d bytes cannot hold %d × %d pixels; fetch it anew", length, w, h)}
	}
	return nil
}
