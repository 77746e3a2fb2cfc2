package kernel

import "fmt"

// Subsample takes the pixels at a stride, and puts channels of zeros before and behind
// theirs: x is [N, InH, InW, In], the result [N, OutH, OutW, Out], Out being no less
// than In. Where the zeros' number is odd there is one more behind. It is the shortcut
// without weights of arXiv 1512.03385, section 4.2 ("option A"). All that it does is to
// move values, so that it is the same for all instruction sets.
type Subsample struct {
	N, In, Out int
	Window     // of one cell, without padding
}

// Check is an error where there are fewer channels out than in, or a pixel would lie
// beyond the plane.
func (s Subsample) Check() error {
	if s.Kernel != 1 || s.Stride < 1 || s.Top != 0 || s.Left != 0 || s.Out < s.In || !s.sees() {
		return fmt.Errorf("kernel: subsampling %v from %d to %d channels; it takes single pixels of the plane, and no channels away", s.Window, s.In, s.Out)
	}
	return nil
}

// before is how many channels of zeros are before the pixel's.
func (s Subsample) before() int { return (s.Out - s.In) / 2 }

// Forward writes the result into dst.
func (s Subsample) Forward(dst, x []float32) {
	in, out := s.InW*s.In, s.OutW*s.Out
	long(s.N*s.InH*in, x)
	long(s.N*s.OutH*out, dst)
	parallel(s.N*s.OutH, func(_ *worker, i int) {
		from, to := x[(i/s.OutH*s.InH+i%s.OutH*s.Stride)*in:][:in], dst[i*out:][:out]
		clear(to)
		for cell := range s.OutW {
			copy(to[cell*s.Out+s.before():], from[cell*s.Stride*s.In:][:s.In])
		}
	})
}

// Grad writes ∂L/∂x into dst, given grad = ∂L/∂y.
func (s Subsample) Grad(dst, grad []float32) {
	in, out := s.InW*s.In, s.OutW*s.Out
	long(s.N*s.InH*in, dst)
	long(s.N*s.OutH*out, grad)
	parallel(s.N*s.InH, func(_ *worker, i int) {
		to, y := dst[i*in:][:in], i%s.InH
		clear(to)
		if y%s.Stride != 0 || y/s.Stride >= s.OutH {
			return
		}
		from := grad[(i/s.InH*s.OutH+y/s.Stride)*out:][:out]
		for cell := range s.OutW {
			copy(to[cell*s.Stride*s.In:][:s.In], from[cell*s.Out+s.before():])
		}
	})
}
