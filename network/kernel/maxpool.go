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
	parts := (m.Channels + together - 1) / together
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
				left := cell*m.Stride - m.Left
				lo, hi := max(0, left), min(left+m.Kernel, m.InW)
				var largest [together]float32
				var of [together]int // the pixel that it is of
				for j := range channels {
					largest[j], of[j] = float32(math.Inf(-1)), ((y*m.Stride-m.Top+first)*m.InW+lo)*m.Channels+c
				}
				for ky := first; ky < last; ky++ {
					row := (y*m.Stride - m.Top + ky) * m.InW
					for column := lo; column < hi; column++ {
						at := (row+column)*m.Channels + c
						for j, v := range x[at:][:channels] {
							if v > largest[j] || v != v {
								largest[j], of[j] = v, at
							}
						}
					}
				}
				for j, g := range grad[(y*m.OutW+cell)*m.Channels+c:][:channels] {
					dst[of[j]+j] += g
				}
			}
		}
	})
}
