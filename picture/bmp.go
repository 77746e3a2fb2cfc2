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
	// Of runs a few bytes make any number of pixels. The oldest header, of 12 bytes,
	// has none.
	const oldest, runs8, runs4 = 12, 1, 2
	var head [34]byte
	n, _ := r.ReadAt(head[:], 0)
	if n == len(head) && binary.LittleEndian.Uint32(head[14:]) > oldest {
		if c := binary.LittleEndian.Uint32(head[30:]); c == runs8 || c == runs4 {
			return config, nil
		}
	}
	const densest = 8 // 1 bit a pixel
	return config, holds(r.Size(), config.Width, config.Height, densest)
}

func decodeBMP(data []byte) (image.Image, error) {
	if m := decodeBMP16(data); m != nil {
		return m, nil
	}
	return gobmp.Decode(bytes.NewReader(data))
}

// decodeBMP16 decodes a BMP of 16 bits a pixel in 5 or 6 bits a colour, nil where
// data is another or is cut short. Of these levels Pillow cuts off the fraction,
// which gobmp rounds; and that knows no such BMP of the oldest header.
func decodeBMP16(data []byte) image.Image {
	const oldest, header = 12, 40 // bytes, from 14 on
	le := binary.LittleEndian
	if len(data) < 14+oldest {
		return nil
	}
	var w, h int
	masks := [3]uint32{0x7c00, 0x03e0, 0x001f}
	switch size := le.Uint32(data[14:]); {
	case size == oldest && le.Uint16(data[24:]) == 16:
		w, h = int(le.Uint16(data[18:])), int(le.Uint16(data[20:]))
	case size >= header && len(data) >= 14+header+12 && le.Uint16(data[28:]) == 16:
		w, h = int(int32(le.Uint32(data[18:]))), int(int32(le.Uint32(data[22:])))
		const fields = 3 // of the kinds of compression
		switch le.Uint32(data[30:]) {
		case 0:
		case fields:
			masks = [3]uint32{le.Uint32(data[54:]), le.Uint32(data[58:]), le.Uint32(data[62:])}
		default:
			return nil
		}
	default:
		return nil
	}
	stride, at := (2*w+3)&^3, int(le.Uint32(data[10:]))
	if at > len(data) || int64(len(data)-at) < int64(stride)*int64(max(h, -h)) {
		return nil
	}
	m := image.NewRGBA(image.Rect(0, 0, w, max(h, -h)))
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
