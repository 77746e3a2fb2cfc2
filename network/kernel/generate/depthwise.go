package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.depthwiseArgs.
const (
	depthwiseX = 8 * iota
	depthwiseWeight
	depthwiseSeen
	depthwiseLines
	depthwiseBias
	depthwiseOut
	depthwiseOutStep
	depthwiseOutLine
	depthwiseTiles
	depthwiseSums
	depthwiseActivation
)

// kernelRows is the size of kernel.kernelRows, in which pairs of offsets, of
// input and of weights, follow their count.
const kernelRows = 8 * (1 + 2*5)

// kernelRow gives a kernel row's input and weights, and moves on to the next one.
func kernelRow(args operand.Mem, row reg.GPVirtual) (x, w reg.GPVirtual) {
	x, w = build.GP64(), build.GP64()
	build.MOVQ(operand.Mem{Base: row}, x)
	build.ADDQ(args.Offset(depthwiseX), x)
	build.MOVQ(operand.Mem{Base: row, Disp: 8}, w)
	build.ADDQ(args.Offset(depthwiseWeight), w)
	build.ADDQ(operand.U8(16), row)
	return x, w
}

// depthwise convolves tiles of output pixels of some lines, a vector of channels
// wide. Input pixels lie two vectors apart.
func (s *set) depthwise(k, stride, pixels int) {
	args := s.begin(fmt.Sprintf("depthwise%ds%dx%d", k, stride, pixels))
	step := 2 * s.bytes()
	first, outStep, act := pointer(args, depthwiseOut), pointer(args, depthwiseOutStep), pointer(args, depthwiseActivation)
	seen, lines := pointer(args, depthwiseSeen), pointer(args, depthwiseLines)
	build.Label("line")
	offset, out, tiles := build.GP64(), build.GP64(), pointer(args, depthwiseTiles)
	build.XORQ(offset, offset)
	build.MOVQ(first, out)
	build.Label("tile")
	var sums []reg.VecVirtual
	bias := pointer(args, depthwiseBias)
	for range pixels {
		v := s.vec()
		build.VMOVUPS(operand.Mem{Base: bias}, v)
		sums = append(sums, v)
	}
	row, count := build.GP64(), build.GP64()
	build.MOVQ(operand.Mem{Base: seen}, count)
	build.LEAQ(operand.Mem{Base: seen, Disp: 8}, row)
	build.Label("row")
	x, w := kernelRow(args, row)
	var weights []reg.VecVirtual
	for kx := range k {
		v := s.vec()
		build.VMOVUPS(operand.Mem{Base: w, Disp: kx * s.bytes()}, v)
		weights = append(weights, v)
	}
	for column := range (pixels-1)*stride + k {
		from := at(x, offset, 1, column*step)
		var xv reg.VecVirtual
		for kx := k - 1; kx >= 0; kx-- {
			pixel := column - kx
			if pixel < 0 || pixel%stride != 0 || pixel/stride >= pixels {
				continue
			}
			if xv == nil {
				xv = s.vec()
				build.VMOVUPS(from, xv)
			}
			build.VFMADD231PS(xv, weights[kx], sums[pixel/stride])
		}
	}
	build.DECQ(count)
	build.JNZ(operand.LabelRef("row"))
	build.ADDQ(operand.I32(pixels*stride*step), offset)

	s.clip(act, sums)
	for _, v := range sums {
		build.VMOVUPS(v, operand.Mem{Base: out})
		build.ADDQ(outStep, out)
	}
	build.DECQ(tiles)
	build.JNZ(operand.LabelRef("tile"))

	// What is left to do goes over the whole line.
	total, n := pointer(args, depthwiseSums), pointer(args, depthwiseTiles)
	build.IMUL3Q(operand.U8(pixels), n, n)
	again := build.GP64()
	build.MOVQ(first, again)
	build.CMPQ(act, operand.U8(silu))
	build.JNE(operand.LabelRef("pool"))
	sum := s.zero()
	s.siluLines("silu", again, n, 1, nil, sum, func() { build.ADDQ(outStep, again) })
	build.TESTQ(total, total)
	build.JZ(operand.LabelRef("end"))
	build.JMP(operand.LabelRef("pooled"))
	build.Label("pool")
	build.TESTQ(total, total)
	build.JZ(operand.LabelRef("end"))
	build.VMOVUPS(s.address(none), sum)
	build.Label("more")
	build.VADDPS(operand.Mem{Base: again}, sum, sum)
	build.ADDQ(outStep, again)
	build.DECQ(n)
	build.JNZ(operand.LabelRef("more"))
	build.Label("pooled")
	build.VADDPS(operand.Mem{Base: total}, sum, sum)
	build.VMOVUPS(sum, operand.Mem{Base: total})
	build.Label("end")
	build.ADDQ(args.Offset(depthwiseOutLine), first)
	build.ADDQ(operand.U8(kernelRows), seen)
	build.DECQ(lines)
	build.JNZ(operand.LabelRef("line"))
	s.end()
}

// depthwiseGradient adds to the weights of each kernel row the products of a
// line of out's gradient with the pixels under it; tiles counts pixels.
func (s *set) depthwiseGradient(k, stride int) {
	args := s.begin(fmt.Sprintf("depthwiseGradient%ds%d", k, stride))
	step := 2 * s.bytes()
	together := 2 // pixels, so that enough sums hide the latency
	if k == 3 {
		together = 4
	}
	row, count := pointer(args, depthwiseSeen), build.GP64()
	build.MOVQ(operand.Mem{Base: row}, count)
	build.ADDQ(operand.U8(8), row)
	outStep := pointer(args, depthwiseOutStep)
	build.Label("row")
	x, w := kernelRow(args, row)
	out, n := pointer(args, depthwiseOut), pointer(args, depthwiseTiles)
	sums := make([][]reg.VecVirtual, together)
	for i := range sums {
		for range k {
			sums[i] = append(sums[i], s.zero())
		}
	}
	pixels := func(count int) {
		for i := range count {
			g := s.vec()
			build.VMOVUPS(operand.Mem{Base: out}, g)
			build.ADDQ(outStep, out)
			for kx := range k {
				build.VFMADD231PS(operand.Mem{Base: x, Disp: (i*stride + kx) * step}, g, sums[i][kx])
			}
		}
		build.ADDQ(operand.I32(count*stride*step), x)
	}
	build.SUBQ(operand.U8(together), n)
	build.JL(operand.LabelRef("rest"))
	build.Label("several")
	pixels(together)
	build.SUBQ(operand.U8(together), n)
	build.JGE(operand.LabelRef("several"))
	build.Label("rest")
	build.ADDQ(operand.U8(together), n)
	build.JZ(operand.LabelRef("summed"))
	build.Label("one")
	pixels(1)
	build.DECQ(n)
	build.JNZ(operand.LabelRef("one"))
	build.Label("summed")
	for kx := range k {
		for i := 1; i < together; i++ {
			build.VADDPS(sums[i][kx], sums[0][kx], sums[0][kx])
		}
		to := operand.Mem{Base: w, Disp: kx * s.bytes()}
		build.VADDPS(to, sums[0][kx], sums[0][kx])
		build.VMOVUPS(sums[0][kx], to)
	}
	build.DECQ(count)
	build.JNZ(operand.LabelRef("row"))
	s.end()
}
