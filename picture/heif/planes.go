package heif

import (
	"encoding/binary"
	"errors"
	"image"

	"scalecam/fault"
	"scalecam/parallel"
	"scalecam/picture/codec"
)

// How chroma is sampled: as codec/source/picture.h says.
const (
	grey = iota
	quartered
	halved
	whole
)

// planes are a picture as it is coded: luma, and chroma, which is sampled less.
type planes struct {
	w, h   int
	chroma int
	bits   int
	full   bool // samples have the full range
	matrix int  // ITU-T H.273, table 4
	plane  [3][]uint16
	// repeated says that chroma is repeated for each of its pixels, as libheif does,
	// and not interpolated, as libavif does.
	repeated bool
}

// size is the size of plane c.
func (p *planes) size(c int) (w, h int) {
	w, h = p.w, p.h
	if c > 0 && p.chroma <= halved {
		w = (w + 1) / 2
	}
	if c > 0 && p.chroma == quartered {
		h = (h + 1) / 2
	}
	return w, h
}

// count is the number of planes.
func (p *planes) count() int {
	if p.chroma == grey {
		return 1
	}
	return 3
}

// blank is a picture of w × h and of p's kind.
func (p *planes) blank(w, h int) *planes {
	q := *p
	q.w, q.h = w, h
	for c := range q.count() {
		w, h := q.size(c)
		q.plane[c] = make([]uint16, w*h)
	}
	return &q
}

// put copies a tile to a place of p, as far as it is within.
func (p *planes) put(t *planes, x, y int) error {
	if t.chroma != p.chroma || t.bits != p.bits {
		return errors.New("its tiles are of different kinds")
	}
	for c := range p.count() {
		w, h := p.size(c)
		tw, th := t.size(c)
		x, y := x, y
		if c > 0 && p.chroma <= halved {
			x /= 2
		}
		if c > 0 && p.chroma == quartered {
			y /= 2
		}
		for row := range min(th, h-y) {
			copy(p.plane[c][(y+row)*w+x:(y+row+1)*w], t.plane[c][row*tw:][:tw])
		}
	}
	return nil
}

// read reads the struct picture at that place of a decoder's memory.
func read(d *codec.Decoder, place uint32) (*planes, error) {
	words, err := d.Words(place, 13)
	if err != nil {
		return nil, err
	}
	p := &planes{w: int(words[0]), h: int(words[1]), chroma: int(words[2]), bits: int(words[3]), full: words[5] != 0, matrix: int(words[6])}
	if p.w < 1 || p.h < 1 || p.w > most || p.h > most || p.chroma < grey || p.chroma > whole || p.bits < 8 || p.bits > 16 {
		return nil, errors.New("its decoder is broken")
	}
	if words[4] != words[3] {
		return nil, fault.Errorf("its luma has %d bits and its chroma %d", words[3], words[4])
	}
	each := (p.bits + 7) / 8
	for c := range p.count() {
		w, h := p.size(c)
		p.plane[c] = make([]uint16, w*h)
		for y := range h {
			row, err := d.Bytes(uint32(words[10+c])+uint32(y)*uint32(words[7+c]), uint32(w*each))
			if err != nil {
				return nil, err
			}
			to := p.plane[c][y*w:][:w]
			if each == 1 {
				for x, v := range row {
					to[x] = uint16(v)
				}
				continue
			}
			for x := range to {
				to[x] = binary.LittleEndian.Uint16(row[2*x:])
			}
		}
	}
	return p, nil
}

// weights are of red and of blue in the luma of a matrix: ITU-T H.273, table 4.
var weights = map[int][2]float32{
	1: {0.2126, 0.0722},
	2: {0.299, 0.114}, // unspecified: as libheif and libavif take it
	4: {0.30, 0.11},
	5: {0.299, 0.114},
	6: {0.299, 0.114},
	7: {0.212, 0.087},
	9: {0.2627, 0.0593},
}

// Matrices that are no weighted sums.
const (
	identity = 0
	yCgCo    = 8
)

// show makes RGB of a part of the picture. alpha, if not nil, says how opaque it
// is, and is laid on white; premultiplied tells that the colours are so already.
func (p *planes) show(part image.Rectangle, alpha *planes, premultiplied bool) (*image.RGBA, error) {
	kr, kb := float32(0), float32(0)
	switch w, ok := weights[p.matrix]; {
	case ok:
		kr, kb = w[0], w[1]
	case p.chroma == grey || p.matrix == yCgCo:
	case p.matrix == identity && p.chroma == whole:
	default:
		return nil, fault.Errorf("its colours are kept by matrix %d of ITU-T H.273", p.matrix)
	}
	kg := 1 - kr - kb
	m := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	luma, chroma := p.scales()
	colour := chroma
	if p.matrix == identity {
		colour = luma
	}
	var opacity scale
	if alpha != nil {
		opacity, _ = alpha.scales()
	}
	const rows = 16
	parallel.Bands(part.Dy(), rows, func() func(from, to int) {
		cb, cr := make([]uint16, p.w), make([]uint16, p.w)
		return func(from, to int) {
			for y := from; y < to; y++ {
				row := part.Min.Y + y
				if p.chroma != grey {
					p.row(cb, 1, row)
					p.row(cr, 2, row)
				}
				out := m.Pix[m.PixOffset(0, y):][:4*part.Dx()]
				for x := part.Min.X; x < part.Max.X; x++ {
					l := luma.of(p.plane[0][row*p.w+x])
					r, g, b := l, l, l
					if p.chroma != grey {
						u, v := colour.of(cb[x]), colour.of(cr[x])
						switch p.matrix {
						case identity:
							b, r = u, v
						case yCgCo:
							r, g, b = l-u+v, l+u, l-u-v
						default:
							r, b = l+2*(1-kr)*v, l+2*(1-kb)*u
							g = l - 2*(kb*(1-kb)*u+kr*(1-kr)*v)/kg
						}
					}
					to := out[4*(x-part.Min.X):][:4]
					to[0], to[1], to[2], to[3] = level(r), level(g), level(b), 255
					if alpha != nil {
						// Laid on what is rounded before, as libraries that do not
						// flatten give it.
						a := level(opacity.of(alpha.plane[0][row*p.w+x]))
						for c, v := range to[:3] {
							to[c] = over(v, a, premultiplied)
						}
					}
				}
			}
		}
	})
	return m, nil
}

// over lays a level of such opacity on white.
func over(v, a byte, premultiplied bool) byte {
	sum := 255*int(255-a) + 127
	if premultiplied {
		sum += 255 * int(v)
	} else {
		sum += int(a) * int(v)
	}
	return byte(min(sum/255, 255))
}

// level is v, of 0 to 1, of 255.
func level(v float32) byte { return byte(min(max(v*255+0.5, 0), 255)) }

// A scale brings samples to 0 to 1, or chroma to −½ to ½.
type scale struct{ zero, factor float32 }

func (s scale) of(v uint16) float32 { return (float32(v) - s.zero) * s.factor }

// scales are those of luma and of chroma.
func (p *planes) scales() (luma, chroma scale) {
	top, half, unit := float32(uint32(1)<<p.bits-1), float32(uint32(1)<<(p.bits-1)), float32(uint32(1)<<(p.bits-8))
	if p.full {
		return scale{0, 1 / top}, scale{half, 1 / top}
	}
	return scale{16 * unit, 1 / (219 * unit)}, scale{half, 1 / (224 * unit)}
}

// row writes row y of plane c of chroma to out, with a sample for each pixel: the
// nearest, or ¾ of the nearest and ¼ of the next in each direction in which it is
// sampled less. The last is the nearest, but of YCgCo,
// which libavif converts without libyuv.
func (p *planes) row(out []uint16, c, y int) {
	w, h := p.size(c)
	near, far := y, y
	if p.repeated && p.chroma != whole {
		if p.chroma == quartered {
			near = y / 2
		}
		for x, v := range p.plane[c][near*w:][:w] {
			out[2*x] = v
			if 2*x+1 < len(out) {
				out[2*x+1] = v
			}
		}
		return
	}
	if p.chroma == quartered {
		near, far = y/2, min(max(y/2-1+y%2*2, 0), h-1)
	}
	a, b := p.plane[c][near*w:][:w], p.plane[c][far*w:][:w]
	if p.chroma == whole {
		copy(out, a)
		return
	}
	for x := range out {
		i := x / 2
		if x == len(out)-1 && p.matrix != yCgCo {
			out[x] = uint16((3*uint32(a[i]) + uint32(b[i]) + 2) >> 2)
			break
		}
		j := min(max(i-1+x%2*2, 0), w-1)
		out[x] = uint16((3*(3*uint32(a[i])+uint32(b[i])) + 3*uint32(a[j]) + uint32(b[j]) + 8) >> 4)
	}
}
