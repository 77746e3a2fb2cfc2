package picture

import (
	"cmp"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"math"

	"scalecam/fault"
	"scalecam/picture/codec"
)

// Values of TIFF's fields that are read: TIFF 6.0, and libtiff's tiff.h.
const (
	whiteIsZero = 0
	blackIsZero = 1
	photoRGB    = 2
	palette     = 3
	photoCMYK   = 5
	photoYCbCr  = 6

	separate = 2 // PlanarConfiguration

	unsigned = 1 // SampleFormat
	signed   = 2
	floating = 3
	untyped  = 4 // as unsigned

	noExtra     = -1
	associated  = 1 // ExtraSamples: transparency that colours are multiplied by
	transparent = 2
	inksCMYK    = 1
)

// configTIFF reads the size in the first directory.
func configTIFF(r *io.SectionReader) (image.Config, error) {
	fields, err := directory(r, r.Size())
	if err != nil {
		return image.Config{}, err
	}
	const most = 1 << 30 // so that products are no more than a number
	return image.Config{Width: int(min(fields[tagWidth].value, most)), Height: int(min(fields[tagHeight].value, most))}, nil
}

// A tiff is what tiff.c says of a picture, and its decoder.
type tiff struct {
	*codec.Decoder
	w, h                               int
	bits, samples, format              int
	photometric, planar, compression   int
	extra, inks                        int
	tiled                              bool
	partWidth, partHeight, parts, size int
	colours                            []uint16 // red, green, blue of a palette, one after another
}

// decodeTIFF decodes the first picture of a TIFF: its parts by libtiff.
func decodeTIFF(data []byte) (image.Image, error) {
	config, err := configTIFF(section(data))
	if err != nil {
		return nil, err
	}
	// The file, the decoded part beside the tables of all, and what the codecs
	// keep: of a progressive JPEG all coefficients.
	const each, tables = 32, 128 << 20
	d, err := codec.TIFF.Start(2*int64(len(data)) + int64(config.Width)*int64(config.Height)*each + tables)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	t := &tiff{Decoder: d}
	if err := t.start(data); err != nil {
		return nil, err
	}
	if t.w != config.Width || t.h != config.Height {
		return nil, errors.New("two sizes")
	}
	if err := t.lookedUp(data); err != nil {
		return nil, err
	}
	if t.photometric == photoYCbCr {
		return t.shown()
	}
	return t.raw()
}

// start reads the header.
func (t *tiff) start(data []byte) error {
	at, err := t.Put(data)
	if err != nil {
		return err
	}
	header, err := t.Call("start", at, uint64(len(data)))
	if err != nil {
		return err
	}
	if header == 0 {
		return t.Failure()
	}
	v, err := t.Words(header, 18)
	if err != nil {
		return err
	}
	for i, to := range []*int{&t.w, &t.h, &t.bits, &t.samples, &t.format, &t.photometric, &t.planar, &t.compression, &t.extra, &t.inks} {
		*to = int(v[i])
	}
	t.tiled, t.partWidth, t.partHeight, t.parts, t.size = v[10] != 0, int(v[11]), int(v[12]), int(v[13]), int(v[14])
	if name := compressions[t.compression]; name != "" {
		return refusal{fault.Errorf("the samples of this TIFF are compressed by %s, which scalecam does not read; save it with LZW or Deflate", name)}
	}
	if t.photometric < 0 { // as Pillow takes it
		t.photometric = whiteIsZero
		if t.samples >= 3 {
			t.photometric = photoRGB
		}
	}
	if t.photometric == palette && t.bits <= 8 && t.whole() {
		for _, at := range v[15:18] {
			b, err := t.Bytes(uint32(at), 2<<t.bits)
			if at == 0 || err != nil { // lookedUp says so
				t.colours = nil
				break
			}
			for i := 0; i < len(b); i += 2 {
				t.colours = append(t.colours, binary.LittleEndian.Uint16(b[i:]))
			}
		}
	}
	// Parts may be larger than the picture, but not a lot.
	const much, little = 4, 64 << 20
	most := much*int64(t.w)*int64(t.h)*int64(max(t.samples*t.bits, 32)/8) + little
	if t.partWidth < 1 || t.partHeight < 1 || t.parts < 1 || t.size < 1 || int64(t.size) > most || t.samples < 1 || t.bits < 1 {
		return errors.New("parts of an impossible size")
	}
	return nil
}

// shown decodes a picture of luma and chroma by what libtiff shows of it.
func (t *tiff) shown() (image.Image, error) {
	m := image.NewNRGBA(image.Rect(0, 0, t.w, t.h))
	for y := 0; y < t.h; y += t.partHeight {
		for x := 0; x < t.w; x += t.partWidth {
			at, err := t.Call("rgba", uint64(x), uint64(y))
			if err != nil {
				return nil, err
			}
			if at == 0 {
				return nil, t.Failure()
			}
			// The bottom row comes first: of a strip the last that it has, of a tile
			// its own.
			w, h := t.partWidth, t.partHeight
			if !t.tiled {
				h = min(h, t.h-y)
			}
			b, err := t.Bytes(at, uint32(4*w*h))
			if err != nil {
				return nil, err
			}
			for row := range min(h, t.h-y) {
				from := b[4*w*(h-1-row):][:4*min(w, t.w-x)]
				to := m.Pix[m.PixOffset(x, y+row):]
				for i := 0; i < len(from); i += 4 {
					to[i], to[i+1], to[i+2], to[i+3] = from[i], from[i+1], from[i+2], 255
				}
			}
		}
	}
	return m, nil
}

// channels says how many samples of a pixel are used, and which of them is
// transparency, or -1; an error where there is no showing them.
func (t *tiff) channels() (n, alpha int, err error) {
	switch t.photometric {
	case whiteIsZero, blackIsZero, palette:
		n = 1
	case photoRGB:
		n = 3
	case photoCMYK:
		n = 4
		if t.inks != inksCMYK {
			return 0, 0, refusal{notRead("a TIFF of other inks than CMYK")}
		}
	default:
		name := map[int]string{4: "a mask", 8: "CIE L*a*b*", 9: "ICC L*a*b*", 10: "ITU L*a*b*", 32803: "a sensor's colour filters (RAW)", 32844: "LogL", 32845: "LogLuv", 34892: "linear RAW"}[t.photometric]
		return 0, 0, refusal{fault.Errorf("the samples of this TIFF are %s (PhotometricInterpretation %d), which scalecam does not read; convert it to RGB", cmp.Or(name, "of an unknown kind"), t.photometric)}
	}
	if t.samples < n {
		return 0, 0, refusal{fault.Errorf("this TIFF has samples of %d colours a pixel where its PhotometricInterpretation, %d, needs %d; save it anew as RGB", t.samples, t.photometric, n)}
	}
	alpha = -1
	if t.samples > n && t.photometric != photoCMYK && t.photometric != palette {
		// Where the file does not say what a sample after the colours is, it is
		// transparency; where it says that it is something else, it is not.
		if t.extra == noExtra || t.extra == associated || t.extra == transparent {
			alpha = n
			n++
		}
	}
	return n, alpha, nil
}

// whole tells that the samples are whole numbers from 0 on.
func (t *tiff) whole() bool { return t.format == unsigned || t.format == untyped }

// sampleKinds are SampleFormats in words.
var sampleKinds = map[int]string{unsigned: "whole numbers", untyped: "whole numbers", signed: "signed numbers", floating: "floating-point numbers"}

// lookedUp refuses samples that a palette has no colours for: libtiff takes them for
// levels of grey where it finds no palette of the right length.
func (t *tiff) lookedUp(data []byte) error {
	fields, err := directory(section(data), int64(len(data)))
	if err != nil || fields[tagPhotometric].value != palette {
		return err
	}
	switch {
	case t.bits > 8 || !t.whole():
		return refusal{fault.Errorf("the samples of this TIFF are %s of %d bits that a palette is to give colours to, as no program is known to write; save it anew as RGB", cmp.Or(sampleKinds[t.format], "numbers of an unknown kind"), t.bits)}
	case t.photometric != palette || t.colours == nil:
		return refusal{fault.Errorf("this TIFF has no palette of the %d colours that its samples need; save it anew as RGB", 1<<t.bits)}
	}
	return nil
}

// raw decodes a picture whose samples are levels or inks.
func (t *tiff) raw() (image.Image, error) {
	n, alpha, err := t.channels()
	if err != nil {
		return nil, err
	}
	level, err := t.levels(n)
	if err != nil {
		return nil, err
	}
	pixels := make([]byte, t.w*t.h*n)
	err = t.each(n, func(at int, v []byte, bit int) { pixels[at] = level(v, bit) })
	if err != nil {
		return nil, err
	}
	m := image.NewRGBA(image.Rect(0, 0, t.w, t.h))
	for i := range t.w * t.h {
		p, to := pixels[i*n:][:n], m.Pix[4*i:][:4]
		switch t.photometric {
		case whiteIsZero:
			to[0], to[1], to[2] = 255-p[0], 255-p[0], 255-p[0]
		case blackIsZero:
			to[0], to[1], to[2] = p[0], p[0], p[0]
		case palette:
			of := len(t.colours) / 3
			for c := range 3 {
				to[c] = byte(t.colours[c*of+int(p[0])] >> 8)
			}
		case photoRGB:
			copy(to, p[:3])
		case photoCMYK:
			to[0], to[1], to[2] = inked(p[0], p[3]), inked(p[1], p[3]), inked(p[2], p[3])
		}
		to[3] = 255
		if alpha >= 0 {
			for c := range 3 {
				to[c] = onWhite(to[c], p[alpha], t.extra == associated)
			}
		}
	}
	return m, nil
}

// onWhite lays a level of such opacity on white.
func onWhite(v, a byte, multiplied bool) byte {
	sum := 255*int(255-a) + 127
	if multiplied {
		sum += 255 * int(v)
	} else {
		sum += int(a) * int(v)
	}
	return byte(min(sum/255, 255))
}

// each calls visit for each of the first n samples of each pixel: with its place
// among those, the bytes from its own first on, and the bit in that where it
// begins.
func (t *tiff) each(n int, visit func(at int, v []byte, bit int)) error {
	inPart := t.samples
	planes := 1
	if t.planar == separate {
		inPart, planes = 1, n
	}
	across, down := (t.w+t.partWidth-1)/t.partWidth, (t.h+t.partHeight-1)/t.partHeight
	if !t.tiled {
		across = 1
	}
	if across*down*planes > t.parts {
		return errors.New("too few parts")
	}
	row := (t.partWidth*inPart*t.bits + 7) / 8
	if row*t.partHeight > t.size {
		return errors.New("parts of an impossible size")
	}
	for k := range across * down * planes {
		at, err := t.Call("read", uint64(k))
		if err != nil {
			return err
		}
		if at == 0 {
			return t.Failure()
		}
		b, err := t.Bytes(at, uint32(row*t.partHeight))
		if err != nil {
			return err
		}
		plane := k / (across * down)
		x0, y0 := k%across*t.partWidth, k/across%down*t.partHeight
		for y := range min(t.partHeight, t.h-y0) {
			line := b[y*row:][:row]
			for x := range min(t.partWidth, t.w-x0) {
				to := ((y0+y)*t.w + x0 + x) * n
				if planes > 1 {
					visit(to+plane, line[x*t.bits/8:], x*t.bits%8)
					continue
				}
				for c := range n {
					bit := (x*inPart + c) * t.bits
					visit(to+c, line[bit/8:], bit%8)
				}
			}
		}
	}
	return nil
}

// levels gives what makes a level of 255 of a sample, or, of a palette, an index.
func (t *tiff) levels(n int) (func(v []byte, bit int) byte, error) {
	whole := t.whole()
	switch {
	case whole && t.bits == 8:
		return func(v []byte, _ int) byte { return v[0] }, nil
	case whole && t.bits == 16: // the high byte; the decoder gives the low one first
		return func(v []byte, _ int) byte { return v[1] }, nil
	case whole && t.bits < 16:
		// The first bit is the highest. Of more than 8 bits the highest are taken.
		most := 1<<t.bits - 1
		return func(v []byte, bit int) byte {
			var three [3]byte
			copy(three[:], v)
			s := int(three[0])<<16 | int(three[1])<<8 | int(three[2])
			s = s >> (24 - bit - t.bits) & most
			switch {
			case t.photometric == palette:
				return byte(s)
			case t.bits > 8:
				return byte(s >> (t.bits - 8))
			}
			return byte(s * 255 / most)
		}, nil
	}
	number, err := t.number()
	if err != nil {
		return nil, err
	}
	// What is white is nowhere said of such samples. Pillow takes them for levels
	// of 255 and cuts off what is not; so are they read where none is cut off.
	lowest, highest := math.Inf(1), math.Inf(-1)
	odd := false
	if err := t.each(n, func(_ int, v []byte, _ int) {
		s := number(v)
		odd = odd || math.IsNaN(s)
		lowest, highest = min(lowest, s), max(highest, s)
	}); err != nil {
		return nil, err
	}
	switch {
	case odd:
		return nil, refusal{fault.Errorf("the samples of this TIFF are floating-point numbers, and some are none (NaN); save it as 8 or 16 bits")}
	case lowest < 0 || highest > 255 || t.format == floating && highest <= 1:
		return nil, refusal{fault.Errorf("the samples of this TIFF are %s of %d bits, from %.6g to %.6g, and it is not said which are black and white; scale them to 0 to 255 and save them as 8 bits", sampleKinds[t.format], t.bits, lowest, highest)}
	}
	return func(v []byte, _ int) byte { return byte(number(v)) }, nil
}

// number gives what reads a sample that is no level.
func (t *tiff) number() (func(v []byte) float64, error) {
	le := binary.LittleEndian
	kinds := map[[2]int]func(v []byte) float64{
		{unsigned, 32}: func(v []byte) float64 { return float64(le.Uint32(v)) },
		{unsigned, 64}: func(v []byte) float64 { return float64(le.Uint64(v)) },
		{signed, 8}:    func(v []byte) float64 { return float64(int8(v[0])) },
		{signed, 16}:   func(v []byte) float64 { return float64(int16(le.Uint16(v))) },
		{signed, 32}:   func(v []byte) float64 { return float64(int32(le.Uint32(v))) },
		{signed, 64}:   func(v []byte) float64 { return float64(int64(le.Uint64(v))) },
		{floating, 16}: func(v []byte) float64 { return float16(le.Uint16(v)) },
		{floating, 32}: func(v []byte) float64 { return float64(math.Float32frombits(le.Uint32(v))) },
		{floating, 64}: func(v []byte) float64 { return math.Float64frombits(le.Uint64(v)) },
	}
	format := t.format
	if format == untyped {
		format = unsigned
	}
	read, ok := kinds[[2]int{format, t.bits}]
	if !ok {
		return nil, refusal{fault.Errorf("the samples of this TIFF have %d bits and SampleFormat %d, which scalecam does not read; save it as 8 or 16 bits", t.bits, t.format)}
	}
	return read, nil
}

// float16 is a floating-point number of 16 bits: IEEE 754, binary16.
func float16(b uint16) float64 {
	exponent, fraction := int(b>>10&31), float64(b&1023)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if b>>15 == 1 {
		v = -v
	}
	return v
}

// compressions are those that TIFFs have and libtiff, as it is built here, does
// not read.
var compressions = map[int]string{
	34661: "JBIG", 34676: "SGI LogLuv", 34677: "SGI LogLuv", 34712: "JPEG 2000", 34887: "LERC",
	50002: "JPEG XL", 32909: "PixarLog",
}
