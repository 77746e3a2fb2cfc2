package picture

import (
	"bufio"
	"errors"
	"image"
	"io"

	"scalecam/fault"
)

// isPNM tells a Netpbm picture, from P1 to P6: "BM" of a bitmap, say, is a text's
// beginning, too, but white space follows few of them.
func isPNM(head []byte) bool {
	return len(head) > 2 && head[1] >= '1' && head[1] <= '6' && spaced(head[2])
}

func spaced(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' || b == '#' }

// A pnm is a Netpbm picture's header: netpbm.sourceforge.net/doc/pnm.html.
type pnm struct {
	kind   byte // '1' to '6'
	w, h   int
	most   int // the level of white
	plain  bool
	sample int // samples of a pixel
}

// readPNM reads a header, to the byte before the pixels.
func readPNM(r *bufio.Reader) (p pnm, err error) {
	if _, err = r.ReadByte(); err != nil {
		return p, err
	}
	if p.kind, err = r.ReadByte(); err != nil {
		return p, err
	}
	p.plain = p.kind <= '3'
	p.sample, p.most = 1, 1
	numbers := []*int{&p.w, &p.h}
	switch p.kind {
	case '3', '6':
		p.sample = 3
		fallthrough
	case '2', '5':
		numbers = append(numbers, &p.most)
	}
	for _, n := range numbers {
		if *n, err = number(r); err != nil {
			return p, err
		}
	}
	if p.most < 1 || p.most > 65535 {
		return p, fault.Errorf("its highest level is %d", p.most)
	}
	return p, nil
}

// number reads a decimal number, white space and comments before it and one byte
// after it.
func number(r *bufio.Reader) (n int, err error) {
	const most = 1 << 24 // bytes of white space and comments
	digits := 0
	for range most {
		b, err := r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && digits > 0:
			return n, nil
		case err != nil:
			return 0, errShort(err)
		case b >= '0' && b <= '9' && n < 1_000_000:
			n = 10*n + int(b-'0')
			digits++
		case b == '#' && digits == 0:
			for b != '\n' && b != '\r' {
				if b, err = r.ReadByte(); err != nil {
					return 0, errShort(err)
				}
			}
		case !spaced(b):
			return 0, fault.Errorf("%q where a number should be", b)
		case digits > 0:
			return n, nil
		}
	}
	return 0, errors.New("too long a comment")
}

// errShort is io.ErrUnexpectedEOF at the end of a file.
func errShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func configPNM(r *io.SectionReader) (image.Config, error) {
	p, err := readPNM(bufio.NewReader(r))
	return image.Config{Width: p.w, Height: p.h}, err
}

func decodePNM(data []byte) (image.Image, error) {
	r := bufio.NewReader(section(data))
	p, err := readPNM(r)
	if err != nil {
		return nil, err
	}
	m := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	samples := make([]byte, p.sample*p.w)
	for y := range p.h {
		if err := p.row(r, samples); err != nil {
			return nil, err
		}
		opaque(m.Pix[m.PixOffset(0, y):], samples, p.sample)
	}
	return m, nil
}

// row reads a row of samples, of 0 to 255.
func (p pnm) row(r *bufio.Reader, samples []byte) error {
	level := func(v int) byte { return byte((min(v, p.most)*255 + p.most/2) / p.most) }
	var bits byte
	for i := range samples {
		var v int
		switch b, err := byte(0), error(nil); {
		case p.kind == '1': // digits need no space between them
			for b != '0' && b != '1' {
				if b, err = r.ReadByte(); err != nil {
					return errShort(err)
				}
				if b == '#' {
					if _, err = r.ReadString('\n'); err != nil {
						return errShort(err)
					}
				} else if b != '0' && b != '1' && !spaced(b) {
					return fault.Errorf("%q where a number should be", b)
				}
			}
			v = int('1' - b)
		case p.plain:
			if v, err = number(r); err != nil {
				return err
			}
		case p.kind == '4': // 1 is black; a row ends with its byte
			if i%8 == 0 {
				if bits, err = r.ReadByte(); err != nil {
					return errShort(err)
				}
			}
			v = int(^bits >> 7 & 1)
			bits <<= 1
		default:
			if b, err = r.ReadByte(); err != nil {
				return errShort(err)
			}
			v = int(b)
			if p.most > 255 {
				if b, err = r.ReadByte(); err != nil {
					return errShort(err)
				}
				v = v<<8 | int(b)
			}
		}
		samples[i] = level(v)
	}
	return nil
}
