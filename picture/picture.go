// Package picture reads pictures from outside and resamples them.
//
// Whatever the file holds, the rest of the house sees one thing: a [Picture]
// whose Image is upright, opaque, 8-bit RGBA with its bounds at (0, 0) and no
// padding between rows. Two choices on the way there change pixels:
//
//   - Transparency is flattened onto white, because a network has no channel
//     for it: what the network sees is what the user sees.
//   - The orientation that the file states (in EXIF, XMP, or its container) is
//     applied, so that a portrait photograph is not
//     classified lying on its side.
//
// A file is hostile until it is parsed: the sizes that it declares are checked
// before anything is allocated, and errors say which file, what is wrong and
// what would be right.
//
// Pixels of PNG, GIF, BMP, TIFF, PNM and lossless WebP and AVIF equal those of
// Pillow (the library behind torchvision), but for a level where transparency is
// flattened (Pillow's convert("RGB") drops it instead) and for grey of 16 bits (of
// which that cuts off what is above 255, where here the high byte counts). Common
// photographs kept as JPEG or lossy WebP differ from it by 0.2 and 0.4 levels of
// 255 in the mean, 4 and 7 at most (measured at quality 90); other kinds of JPEG
// not at all, since libjpeg-turbo decodes both; HEIC and AVIF by 3 or 4 at most from
// libheif and libavif. [Resize] equals Pillow bit for bit.
package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"io"
	"slices"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/file"
)

const (
	// MaxPixels is the most pixels, width × height, that a picture may have.
	// It admits a 108-megapixel telephone (12,000 × 9,000) and a 102-megapixel
	// medium-format camera (11,648 × 8,736). At the bound, Image takes 480 MB;
	// decoding takes twice that for a common kind and, briefly, almost 4 GB
	// for the worst, a progressive JPEG of four channels.
	MaxPixels = 120_000_000

	// MaxSide is the most pixels that either side may have: what a JPEG can
	// hold. A picture of 1 × 120,000,000 is an attack on decoders that work in
	// tiles, not a photograph.
	MaxSide = 65_535

	// MaxBytes is the largest file read: MaxPixels of uncompressed 8-bit RGBA
	// and ample metadata.
	MaxBytes = 512 << 20
)

// Extensions lists the file name extensions of the formats that [Open] reads,
// in lower case and with the dot, for file dialogs. Open itself goes by the
// file's content, never by its name. It is not to be modified.
var Extensions = []string{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".heic", ".heif", ".avif", ".bmp", ".tif", ".tiff", ".pbm", ".pgm", ".ppm", ".pnm"}

// A Picture is one picture, ready to be shown or preprocessed.
type Picture struct {
	Path   string      // as the user named it
	Format string      // "PNG", "JPEG", "GIF", "WebP", "HEIC", "AVIF", "BMP", "TIFF" or "PNM"
	Image  *image.RGBA // upright and opaque, W × H × 4 bytes, Stride = 4·W, bounds at (0, 0)
	SHA256 string      // of the file, hexadecimal; "" where there is none
	// Beware says what to beware of in it, as one error does; nil where there is
	// nothing.
	Beware error
	// Shows names the class of what the picture is known to show, of a scene or a
	// labelled picture; "" where nobody has said.
	Shows string
	// Object is how far each part of the picture shows that, 0 to 255, laid over the
	// whole picture: no larger than ObjectSide on its longer side. It is nil where that
	// is not known.
	Object *image.Alpha
}

// ObjectSide bounds Picture.Object: what an outline, and what is measured of maps that
// have some tens of cells, takes no more of.
const ObjectSide = 400

// SetObject takes over where the object is, by a mask of any size over the whole
// picture.
func (p *Picture) SetObject(mask *image.Alpha) {
	size := mask.Rect.Size()
	if longer := max(size.X, size.Y); longer > ObjectSide {
		size.X, size.Y = max(1, size.X*ObjectSide/longer), max(1, size.Y*ObjectSide/longer)
	}
	p.Object = ResizeMask(mask, size.X, size.Y)
}

// ResizeMask is a mask at another size.
func ResizeMask(mask *image.Alpha, w, h int) *image.Alpha {
	return ResizeMaskPart(mask, w, h, image.Rect(0, 0, w, h))
}

// ResizeMaskPart is the part of ResizeMask(mask, w, h) without the rest, its bounds at
// (0, 0).
func ResizeMaskPart(mask *image.Alpha, w, h int, part image.Rectangle) *image.Alpha {
	grey := image.NewRGBA(image.Rectangle{Max: mask.Rect.Size()})
	for y := range grey.Rect.Dy() {
		for x := range grey.Rect.Dx() {
			v := mask.Pix[y*mask.Stride+x]
			copy(grey.Pix[y*grey.Stride+4*x:], []byte{v, v, v, 255})
		}
	}
	grey = ResizePart(grey, w, h, part, Bilinear)
	out := image.NewAlpha(grey.Rect)
	for i := range out.Pix {
		out.Pix[i] = grey.Pix[4*i]
	}
	return out
}

// SamplePrefix begins the path of a picture that comes with the program, as in
// "sample:balloons.jpg".
const SamplePrefix = "sample:"

// Open reads the picture in the file path: PNG, JPEG, GIF, WebP, HEIC, AVIF, BMP,
// TIFF or PNM; of an animation the first frame, placed on its screen, of several
// pages the first. Samples of 16 bits, palettes and grey all become 8-bit RGBA;
// see the package comment for transparency and orientation.
//
// It returns an error of one line, beginning "picture: path: ", for anything
// that is not a regular file holding such a picture within [MaxBytes],
// [MaxSide] and [MaxPixels]. Errors of the file system can be told apart with
// [errors.Is], as in errors.Is(err, fs.ErrNotExist).
//
// A path that begins with [SamplePrefix] names an embedded sample.
func Open(path string) (*Picture, error) {
	if name, ok := strings.CutPrefix(path, SamplePrefix); ok {
		for _, s := range assets.Samples() {
			if s.Name == name {
				return Decode(path, s.Data)
			}
		}
		return nil, fault.Errorf("picture: %s: there is no such sample; the first is %s%s", path, SamplePrefix, assets.Samples()[0].Name)
	}
	data, err := file.Read(path, MaxBytes, right)
	if err != nil {
		return nil, fault.Errorf("picture: %w", err)
	}
	p, err := Decode(path, data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, nil
}

// Looks tells that the file at path begins as a picture does that Open reads, under
// whatever name.
func Looks(path string) bool {
	f, _, err := file.Open(path, right)
	if err != nil {
		return false
	}
	defer f.Close() // opened for reading only, nothing to lose
	head := make([]byte, recognisable)
	n, _ := io.ReadFull(f, head)
	_, err = recognise("", head[:n])
	return err == nil
}

// right is what would be right in a picture's place.
const right = "a PNG, JPEG, GIF, WebP, HEIC, AVIF, BMP, TIFF or PNM picture"

// Size is the size that the picture has which [Open] would open, by its header:
// its pixels are not read, and may turn out to be damaged. Errors are as Open's.
func Size(path string) (image.Point, error) {
	if strings.HasPrefix(path, SamplePrefix) { // small ones
		p, err := Open(path)
		if err != nil {
			return image.Point{}, err
		}
		return p.Image.Rect.Size(), nil
	}
	f, info, err := file.Open(path, right)
	if err != nil {
		return image.Point{}, fault.Errorf("picture: %w", err)
	}
	defer f.Close() // opened for reading only, nothing to lose
	size, err := headerSize(path, &blocks{r: f}, info.Size())
	if err != nil {
		return image.Point{}, fault.Errorf("picture: %s: %w", path, err)
	}
	return size, nil
}

// blocks reads r by blocks, of which it keeps the last two: decoders of headers
// ask for a few bytes at a time, there and back.
type blocks struct {
	r    io.ReaderAt
	last [2]block
}

type block struct {
	at   int64
	data []byte
}

// ReadAt implements io.ReaderAt.
func (b *blocks) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		data, err := b.from(at + int64(n))
		if len(data) == 0 {
			return n, err
		}
		n += copy(p[n:], data)
	}
	return n, nil
}

// from gives what there is of the block at that place, from there on; the error
// says why there is nothing.
func (b *blocks) from(at int64) ([]byte, error) {
	const size = 64 << 10
	for _, k := range b.last {
		if at >= k.at && at < k.at+int64(len(k.data)) {
			return k.data[at-k.at:], nil
		}
	}
	k := block{at / size * size, slices.Grow(b.last[1].data[:0], size)[:size]}
	n, err := b.r.ReadAt(k.data, k.at)
	k.data = k.data[:n]
	b.last[1], b.last[0] = b.last[0], k
	return k.data[min(at-k.at, int64(n)):], err
}

// headerSize is the size of the upright picture in so many bytes of r.
func headerSize(name string, r io.ReaderAt, length int64) (size image.Point, err error) {
	head := make([]byte, min(length, recognisable))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, length), head); err != nil {
		return size, fault.Errorf("it cannot be read (%w); fetch it anew", err)
	}
	f, err := recognise(name, head)
	if err != nil {
		return size, err
	}
	err = f.try(func() error {
		config, err := f.config(io.NewSectionReader(r, 0, length))
		if err != nil {
			return f.unreadable(err)
		}
		if err := f.check(config.Width, config.Height, length, MaxPixels); err != nil {
			return err
		}
		size = image.Pt(config.Width, config.Height)
		if transposed(orientation(f, r, length)) {
			size = image.Pt(size.Y, size.X)
		}
		return nil
	})
	return size, err
}

// Decode reads a picture from data, with the same formats and checks as
// [Open]. The name becomes the picture's Path and is the one that errors give;
// nothing is read from it. Data is not modified and not kept.
func Decode(name string, data []byte) (*Picture, error) {
	img, format, err := decode(name, data, MaxPixels)
	if err != nil {
		return nil, fault.Errorf("picture: %s: %w", name, err)
	}
	return &Picture{Path: name, Format: format, Image: img, Beware: dark(img)}, nil
}

// dark says that a picture looks nearly black: as one of a camera's 10 or 12 bits
// does, kept in the low bits of 16, of which the high ones count here.
func dark(m *image.RGBA) error {
	const black = 16 // of 256: what 12 of 16 bits can reach
	most := byte(0)
	for i := 0; i < len(m.Pix); i += 4 {
		most = max(most, m.Pix[i], m.Pix[i+1], m.Pix[i+2])
		if most >= black {
			return nil
		}
	}
	return fault.Errorf("it looks nearly black: its lightest level is %d of 255; if it holds a camera's 10 or 12 bits in 16, stretch them to 16", most)
}

// decode returns the upright, opaque picture in data and the name of its
// format. maxPixels stands in for MaxPixels so that fuzzing can be quick.
func decode(name string, data []byte, maxPixels int) (img *image.RGBA, format string, err error) {
	f, err := recognise(name, data)
	if err != nil {
		return nil, "", err
	}
	err = f.try(func() error {
		config, err := f.config(section(data))
		if err != nil {
			return f.unreadable(err)
		}
		if err := f.check(config.Width, config.Height, int64(len(data)), maxPixels); err != nil {
			return err
		}
		decoded, err := f.decode(data)
		if err != nil {
			return f.unreadable(err)
		}
		img = upright(decoded, config.Width, config.Height, orientation(f, bytes.NewReader(data), int64(len(data))))
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return img, f.name, nil
}

// try calls what decodes. The decoders are other people's and the bytes anyone's:
// a panic in one of them is an error of the file.
func (f format) try(decode func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = f.unreadable(r)
		}
	}()
	return decode()
}
