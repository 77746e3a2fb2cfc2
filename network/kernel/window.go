package kernel

import "fmt"

// Window is the geometry of a convolution over one plane: a Kernel × Kernel
// window moves by Stride over an InH × InW plane that is padded with zeros,
// Top rows above and Left columns before; what lies below and to the right
// follows from OutH × OutW.
type Window struct {
	Kernel, Stride int
	Top, Left      int
	InH, InW       int
	OutH, OutW     int
}

// Symmetric is a Window padded by (kernel−1)/2 on every side, as torchvision
// and timm pad: out = ⌊(in + 2·pad − kernel) / stride⌋ + 1.
func Symmetric(kernel, stride, inH, inW int) Window {
	pad := (kernel - 1) / 2
	return Window{
		Kernel: kernel, Stride: stride, Top: pad, Left: pad, InH: inH, InW: inW,
		OutH: (inH+2*pad-kernel)/stride + 1, OutW: (inW+2*pad-kernel)/stride + 1,
	}
}

// Same is a Window padded as TensorFlow's "same": out = ⌈in / stride⌉, and
// where the padding is odd the extra row and column lie below and to the right.
func Same(kernel, stride, inH, inW int) Window {
	w := Window{
		Kernel: kernel, Stride: stride, InH: inH, InW: inW,
		OutH: (inH + stride - 1) / stride, OutW: (inW + stride - 1) / stride,
	}
	w.Top = max((w.OutH-1)*stride+kernel-inH, 0) / 2
	w.Left = max((w.OutW-1)*stride+kernel-inW, 0) / 2
	return w
}

// At is the window on another plane, padded by as much.
func (w Window) At(inH, inW int) Window {
	out := func(in, before, wasIn, wasOut int) int {
		both := max((wasOut-1)*w.Stride+w.Kernel-wasIn, before)
		if in+both < w.Kernel {
			return 0
		}
		return (in+both-w.Kernel)/w.Stride + 1
	}
	now := w
	now.InH, now.OutH = inH, out(inH, w.Top, w.InH, w.OutH)
	now.InW, now.OutW = inW, out(inW, w.Left, w.InW, w.OutW)
	return now
}

func (w Window) String() string {
	return fmt.Sprintf("%d×%d/%d pad %d,%d on %d×%d to %d×%d", w.Kernel, w.Kernel, w.Stride, w.Top, w.Left, w.InH, w.InW, w.OutH, w.OutW)
}

// sees tells whether every row and column of the output sees some of the plane,
// and not padding alone.
func (w Window) sees() bool {
	sees := func(in, out, before int) bool {
		return in > 0 && out > 0 && before >= 0 && before < w.Kernel && (out-1)*w.Stride-before < in
	}
	return sees(w.InH, w.OutH, w.Top) && sees(w.InW, w.OutW, w.Left)
}

// rowsUnder gives the rows of the kernel, from first up to last, that lie on the
// plane for row y of the output.
func (w Window) rowsUnder(y int) (first, last int) {
	top := y*w.Stride - w.Top
	return max(0, -top), min(w.Kernel, w.InH-top)
}

// cellsOver gives the cells [lo, hi) of a row of the output for which column kx
// of the kernel lies on the plane.
func (w Window) cellsOver(kx int) (lo, hi int) {
	lo = max(0, w.Left-kx+w.Stride-1) / w.Stride
	if last := w.InW - 1 + w.Left - kx; last >= 0 {
		hi = min(w.OutW, last/w.Stride+1)
	}
	return lo, hi
}

// pointwise tells whether the window is a single cell that visits every input
// cell once, so that the convolution is a plain matrix product.
func (w Window) pointwise() bool {
	return w.Kernel == 1 && w.Stride == 1 && w.Top == 0 && w.Left == 0 && w.InH == w.OutH && w.InW == w.OutW
}
