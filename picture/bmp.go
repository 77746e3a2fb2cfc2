package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"math/bits"

	"github.com/jsummers/gobmp"
)

// isBMP tells a BMP by the length of its second header.
func isBMP(head []byte) bool {
	if len(head) < 18 {
		return false
	}
	switch binary.LittleEndian.Uint32(head[14:]) {
	case 12, 16, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

func configBMP(r *io.SectionReader) (image.Config, error) {
	config, err := gobmp.DecodeConfig(r)
	if err != nil {
		return config, err
	}
	// Of runs a few bytes make any number of pixels.
	var head [34]byte
	if n, _ := r.ReadAt(head[:], 0); n < len(head) {
		return config, io.ErrUnexpectedEOF
	}
	const oldest, runs8, runs4 = 12, 1, 2
	compression := uint32(0)
	if binary.LittleEndian.Uint32(head[14:]) > oldest {
		compression = binary.LittleEndian.Uint32(head[30:])
	}
	if compression != runs8 && compression != runs4 {
		const densest = 8 // 1 bit a pixel
		err = holds(r.Size(), config.Width, config.Height, densest)
	}
	return config, err
}

func decodeBMP(data []byte) (image.Image, error) {
	if m := decodeBMP16(data); m != nil {
		return m, nil
	}
	return gobmp.Decode(bytes.NewReader(data))
}

// decodeBMP16 decodes a BMP of 16 bits a pixel in 5 or 6 bits a colour, nil where
// data is another or is cut short. Of these levels Pillow cuts off the fraction,
// which gobmp rounds.
func decodeBMP16(data []byte) image.Image {
	const fileHeader, header = 14, 40
	le := binary.LittleEndian
	if len(data) < fileHeader+header+12 || le.Uint32(data[14:]) < header || le.Uint16(data[28:]) != 16 {
		return nil
	}
	const fields = 3 // of the kinds of compression
	masks := [3]uint32{0x7c00, 0x03e0, 0x001f}
	switch le.Uint32(data[30:]) {
	case 0:
	case fields:
		masks = [3]uint32{le.Uint32(data[54:]), le.Uint32(data[58:]), le.Uint32(data[62:])}
	default:
		return nil
	}
	w, h := int(int32(le.Uint32(data[18:]))), int(int32(le.Uint32(data[22:])))
	m := image.NewRGBA(image.Rect(0, 0, w, max(h, -h)))
	stride := (2*w + 3) &^ 3
	at := int(le.Uint32(data[10:]))
	if at > len(data) || len(data)-at < stride*m.Rect.Dy() {
		return nil
	}
	for y := range m.Rect.Dy() {
		from, row := data[at+y*stride:], y
		if h > 0 { // the bottom row comes first
			row = h - 1 - y
		}
		to := m.Pix[m.PixOffset(0, row):]
		for x := range w {
			pixel := uint32(le.Uint16(from[2*x:]))
			for c, mask := range masks {
				if mask == 0 {
					return nil
				}
				shift := bits.TrailingZeros32(mask)
				to[4*x+c] = byte((pixel & mask) >> shift * 255 / (mask >> shift))
			}
			to[4*x+3] = 255
		}
	}
	return m
}
