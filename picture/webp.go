package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/draw"
	"io"

	"golang.org/x/image/webp"
)

// decodeWebP decodes a WebP, of an animation the first frame.
func decodeWebP(data []byte) (image.Image, error) {
	const head, animated = "RIFF????WEBPVP8X????", 1 << 1
	if !begins(data, head) || len(data) < 30 || data[len(head)]&animated == 0 {
		return decodeStill(data)
	}
	canvas := image.NewRGBA(image.Rect(0, 0, 1+uint24(data[24:]), 1+uint24(data[27:])))
	for at := 30; at+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8 : at+8+max(0, min(n, len(data)-at-8))]
		if string(data[at:at+4]) == "ANMF" {
			// Where its top left is, halved, and its size, less 1; 4 bytes of
			// duration and flags.
			const frame = 16
			if len(body) < frame {
				break
			}
			at := image.Pt(2*uint24(body), 2*uint24(body[3:]))
			size := image.Pt(1+uint24(body[6:]), 1+uint24(body[9:]))
			bounds := image.Rectangle{at, at.Add(size)}
			if !bounds.In(canvas.Rect) {
				return nil, errors.New("its first frame is larger than its canvas")
			}
			m, err := decodeStill(stillWebP(body[6:12], body[frame:]))
			if err != nil {
				return nil, err
			}
			if m.Bounds().Size() != size {
				return nil, errors.New("its first frame is of another size")
			}
			draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
			draw.Draw(canvas, bounds, upright(m, size.X, size.Y, 1), image.Point{}, draw.Src)
			return canvas, nil
		}
		at += 8 + n + n&1
	}
	return nil, io.ErrUnexpectedEOF
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// stillWebP makes a picture of a frame's chunks; size is of 6 bytes, as it is
// stored.
func stillWebP(size, chunks []byte) []byte {
	const alpha = 1 << 4
	var file bytes.Buffer
	file.WriteString("RIFF")
	extended := begins(chunks, "ALPH")
	length := 4 + len(chunks)
	if extended {
		length += 18
	}
	_ = binary.Write(&file, binary.LittleEndian, uint32(length)) // to memory
	file.WriteString("WEBP")
	if extended {
		file.WriteString("VP8X\x0a\x00\x00\x00")
		file.Write([]byte{alpha, 0, 0, 0})
		file.Write(size)
	}
	file.Write(chunks)
	return file.Bytes()
}

// decodeStill decodes a WebP that does not move.
func decodeStill(data []byte) (image.Image, error) {
	m, err := webp.Decode(bytes.NewReader(data))
	switch m := m.(type) {
	case *image.YCbCr: // lossy: of ratio 4:2:0
		return luminous{m, m, true}, err
	case *image.NYCbCrA:
		return luminous{m, &m.YCbCr, true}, err
	}
	return m, err
}
