package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/bep/imagemeta"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"scalecam/fault"
)

// A format is a kind of picture that the package reads.
type format struct {
	name   string
	magic  string // how its files begin; '?' stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	exif   imagemeta.ImageFormat // where to look for the orientation; zero: nowhere

	// density is the most pixels that one byte of a file can stand for, so
	// that a short file with a great size in its header is refused before its
	// pixels are allocated; zero where the compression knows no such bound.
	density int

	// extra is a further check of the file, or nil.
	extra func(data []byte) error
}

var formats = []format{
	{
		name: "PNG", magic: "\x89PNG\r\n\x1a\n",
		config: png.DecodeConfig, decode: png.Decode, exif: imagemeta.PNG,
		density: 8 * 1032, // 8 pixels of 1 bit; deflate yields 258 bytes for 2 bits
	},
	{
		name: "JPEG", magic: "\xff\xd8\xff",
		config: jpeg.DecodeConfig, decode: decodeJPEG, exif: imagemeta.JPEG,
		density: 8 * 64, // no less than 1 bit for each grey block of 8 × 8
		extra:   fewScans,
	},
	{
		name: "GIF", magic: "GIF8?a",
		config: gif.DecodeConfig, decode: gif.Decode,
	},
	{
		name: "WebP", magic: "RIFF????WEBPVP8",
		config: webp.DecodeConfig, decode: decodeWebP, exif: imagemeta.WebP,
		extra: still,
	},
	{
		name: "BMP", magic: "BM????\x00\x00\x00\x00",
		config: bmp.DecodeConfig, decode: bmp.Decode,
		density: 8, // 1 bit a pixel, uncompressed
	},
	{
		name: "TIFF", magic: "II*\x00",
		config: tiff.DecodeConfig, decode: tiff.Decode, exif: imagemeta.TIFF,
	},
	{
		name: "TIFF", magic: "MM\x00*",
		config: tiff.DecodeConfig, decode: tiff.Decode, exif: imagemeta.TIFF,
	},
}

// foreign lists files that people take for pictures and that the package can
// tell but not read. The first that matches counts.
var foreign = []struct{ name, magic string }{
	{"a HEIC picture", "????ftyphei"},
	{"a HEIC picture", "????ftyphev"},
	{"a HEIC or AVIF picture", "????ftypmif1"},
	{"a HEIC or AVIF picture", "????ftypmsf1"},
	{"an AVIF picture", "????ftypavi"},
	{"a RAW photograph", "????ftypcrx"},      // Canon CR3
	{"a RAW photograph", "II*\x00????CR"},    // Canon CR2
	{"a RAW photograph", "FUJIFILMCCD-RAW "}, // Fujifilm RAF
	{"a RAW photograph", "IIU\x00"},          // Panasonic RW2
	{"a RAW photograph", "IIRO"},             // Olympus ORF
	{"a RAW photograph", "IIRS"},
	{"a RAW photograph", "MMOR"},
	{"a video", "????ftyp"},
	{"a JPEG XL picture", "\xff\x0a"},
	{"a JPEG XL picture", "????JXL \r\n"},
	{"a JPEG 2000 picture", "????jP  \r\n"},
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
		return format{}, errors.New("the file is empty; give a PNG, JPEG, GIF, WebP, BMP or TIFF picture")
	}
	if len(data) > MaxBytes {
		return format{}, fault.Errorf("the picture has %d MB; at most %d MB are read: make a smaller copy", len(data)>>20, MaxBytes>>20)
	}
	for _, f := range foreign {
		if begins(data, f.magic) {
			return format{}, notRead(f.name)
		}
	}
	for _, f := range formats {
		if !begins(data, f.magic) {
			continue
		}
		if f.name == "TIFF" && slices.Contains(rawExtensions, strings.ToLower(filepath.Ext(name))) {
			return format{}, notRead("a RAW photograph")
		}
		return f, nil
	}
	head := data[:min(len(data), recognisable)]
	switch {
	case bytes.Contains(head, []byte("<svg")):
		return format{}, notRead("an SVG drawing")
	case !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) }):
		return format{}, errors.New("this is text, not a picture; give a PNG, JPEG, GIF, WebP, BMP or TIFF picture")
	}
	return format{}, errors.New("this is not a picture that scalecam knows; give a PNG, JPEG, GIF, WebP, BMP or TIFF picture")
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

func notRead(what string) error {
	return fault.Errorf("this is %s, which scalecam does not read; convert it to PNG or JPEG", what)
}

// unreadable says what a decoder complained of.
func (f format) unreadable(complaint any) error {
	return fault.Errorf("this %s picture cannot be read (%v); it is damaged, cut short or of an unusual kind: save it anew as PNG or JPEG", f.name, complaint)
}

// check refuses a picture by what its header says, before it is decoded.
func (f format) check(w, h int, length int64, maxPixels int) error {
	if w <= 0 || h <= 0 {
		return fault.Errorf("its size is %d × %d; a picture has at least one pixel", w, h)
	}
	if w > MaxSide || h > MaxSide || w*h > maxPixels {
		return fault.Errorf("its size is %d × %d; at most %d million pixels and %d a side are read: make a smaller copy", w, h, maxPixels/1_000_000, MaxSide)
	}
	if f.density > 0 && int64(w*h/f.density) > length {
		return fault.Errorf("the file is cut short: its %d bytes cannot hold %d × %d pixels; fetch it anew", length, w, h)
	}
	return nil
}

// fewScans refuses a JPEG of more scans than any encoder writes. Each scan of a
// progressive JPEG goes through the whole picture, however few bytes it has, so
// a file of nothing but scans would keep the decoder busy for hours; ninety of
// 100 million pixels took it 24 seconds.
func fewScans(data []byte) error {
	// Encoders write about 10 scans; 64 would be one for each coefficient.
	const most = 100
	scans := 0
	for i := 2; i+4 <= len(data); {
		// Entropy-coded data and fill bytes between two segments: 0xff there is
		// followed by 0x00, a restart marker (0xd0 to 0xd7) or another 0xff.
		marker := data[i+1]
		if data[i] != 0xff || marker == 0 || marker == 0xff || marker >= 0xd0 && marker <= 0xd7 {
			i++
			continue
		}
		switch marker {
		case 0xd9: // end of image; cameras append previews
			return nil
		case 0xda: // start of scan
			if scans++; scans > most {
				return fault.Errorf("this JPEG has more than %d scans, as no camera and no program makes; save it anew as PNG or JPEG", most)
			}
		}
		i += 2 + int(binary.BigEndian.Uint16(data[i+2:]))
	}
	return nil
}

// still refuses an animated WebP, whose frames x/image/webp does not look for.
func still(data []byte) error {
	const animated = 1 << 1 // in the flags of the VP8X chunk
	if begins(data, "RIFF????WEBPVP8X") && len(data) > 20 && data[20]&animated != 0 {
		return notRead("an animated WebP")
	}
	return nil
}
