package kernel

import (
	"fmt"
	"math"
	"slices"
)

// MaxPool takes the largest value of each channel under a window: x is [N, InH,
// InW, Channels], the result [N, OutH, OutW, Channels]. As in PyTorch padding is
// never the largest, and what is no number is larger than any.
type MaxPool struct {
	N, Channels int
	Window
}

// Check is an error where an output would see nothing but padding.
func (m MaxPool) Check() error {
	if m.Kernel < 1 || m.Stride < 1 || !m.sees() {
		return fmt.Errorf("kernel: max pooling %v; some output would see padding alone", m.Window)
	}
	return nil
}

// Forward writes the largest values of x into dst.
func (m MaxPool) Forward(dst, x []float32) {
	in, out := m.InW*m.Channels, m.OutW*m.Channels
	long(m.N*m.InH*in, x)
	long(m.N*m.OutH*out, dst)
	lowest := slices.Repeat([]float32{float32(math.Inf(-1))}, m.Channels)
	pixel := uintptr(4 * m.Channels)
	parallel(m.N*m.OutH, func(w *worker, i int) {
		n, y := i/m.OutH, i%m.OutH
		current.maps(w, mapArgs{rows: uintptr(m.OutW), x: &lowest[0], y: &lowest[0], z: &dst[i*out], zLine: pixel}, m.Channels, copyMap)
		first, last := m.rowsUnder(y)
		for ky := first; ky < last; ky++ {
			row := (n*m.InH + y*m.Stride - m.Top + ky) * in
			for kx := range m.Kernel {
				lo, hi := m.cellsOver(kx)
				if lo >= hi {
					continue
				}
				to := &dst[i*out+lo*m.Channels]
				current.maps(w, mapArgs{
					rows: uintptr(hi - lo), x: &x[row+(lo*m.Stride-m.Left+kx)*m.Channels], xLine: uintptr(m.Stride) * pixel,
					y: to, yLine: pixel, z: to, zLine: pixel,
				}, m.Channels, maximum)
			}
		}
	})
}

// Grad writes ∂L/∂x into dst, given x and grad = ∂L/∂y: the gradient of an
// output goes to the largest value under the window, the first of them, row by
// row, where there are several; and the last that is no number, if there is one.
func (m MaxPool) Grad(dst, x, grad []float32) {
	in, out := m.InH*m.InW*m.Channels, m.OutH*m.OutW*m.Channels
	long(m.N*in, dst, x)
	long(m.N*out, grad)
	// Windows overlap: what is computed apart are pictures and channels.
	const together = 16
	parts, taps := (m.Channels+together-1)/together, m.Kernel*m.Kernel
	parallel(m.N*parts, func(_ *worker, i int) {
		n, c := i/parts, i%parts*together
		channels := min(together, m.Channels-c)
		dst, x, grad := dst[n*in:][:in], x[n*in:][:in], grad[n*out:][:out]
		for at := c; at < in; at += m.Channels {
			clear(dst[at:][:channels])
		}
		for y := range m.OutH {
			first, last := m.rowsUnder(y)
			for cell := range m.OutW {
				top, left := y*m.Stride-m.Top, cell*m.Stride-m.Left
				var ranks [together]int64
				for j := range ranks {
					ranks[j] = math.MinInt64
				}
				for ky := first; ky < last; ky++ {
					for kx := max(0, -left); kx < min(m.Kernel, m.InW-left); kx++ {
						tap := ky*m.Kernel + kx
						for j, v := range x[((top+ky)*m.InW+left+kx)*m.Channels+c:][:channels] {
							ranks[j] = max(ranks[j], rank(v, tap, taps))
						}
					}
				}
				for j, g := range grad[(y*m.OutW+cell)*m.Channels+c:][:channels] {
					tap := tapOf(ranks[j], taps)
					dst[((top+tap/m.Kernel)*m.InW+left+tap%m.Kernel)*m.Channels+c+j] += g
				}
			}
		}
	})
}

// rank is a number that is the larger, the larger v is, and of equal values the
// larger, the earlier the tap is; it is largest for the last tap that is no
// number. So the largest value is found without a branch that nobody can foresee.
func rank(v float32, tap, taps int) int64 {
	if v != v {
		return math.MaxInt32<<32 | int64(tap)
	}
	bits := int64(int32(math.Float32bits(v + 0))) // 0 for −0
	bits ^= bits >> 63 & math.MaxInt32            // of negative numbers larger bits are less
	return bits<<32 | int64(taps-1-tap)
}

// tapOf is the tap of a rank.
func tapOf(rank int64, taps int) int {
	if rank>>32 == math.MaxInt32 {
		return int(int32(rank))
	}
	return taps - 1 - int(int32(rank))
}
