package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.depthwiseArgs. Rows of input come as pairs
// of pointers to pixels and to the kernel row's weights.
const (
	depthwiseRows = 8 * iota
	_
	_
	_
	_
	_
	_
	_
	_
	_
	depthwiseCount
	depthwiseBias
	depthwiseOut
	depthwiseOutStep
	depthwiseTiles
	depthwiseSums
	depthwiseActivation
)

// depthwise convolves tiles of output pixels of one row, a vector of channels
// wide. Input pixels lie two vectors apart.
func (s *set) depthwise(k, stride, pixels int) {
	args := s.begin(fmt.Sprintf("depthwise%ds%dx%d", k, stride, pixels))
	step := 2 * s.bytes()
	offset := build.GP64()
	build.XORQ(offset, offset)
	out, outStep := pointer(args, depthwiseOut), pointer(args, depthwiseOutStep)
	tiles, act := pointer(args, depthwiseTiles), pointer(args, depthwiseActivation)
	build.Label("tile")
	var sums []reg.VecVirtual
	bias := pointer(args, depthwiseBias)
	for range pixels {
		v := s.vec()
		build.VMOVUPS(operand.Mem{Base: bias}, v)
		sums = append(sums, v)
	}
	row, count := build.GP64(), pointer(args, depthwiseCount)
	build.MOVQ(args.Base, row)
	build.Label("row")
	x, w := build.GP64(), build.GP64()
	build.MOVQ(operand.Mem{Base: row}, x)
	build.MOVQ(operand.Mem{Base: row, Disp: 8}, w)
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
	build.ADDQ(operand.U8(16), row)
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

	// What is left to do goes over the whole row.
	total, n := pointer(args, depthwiseSums), pointer(args, depthwiseTiles)
	build.IMUL3Q(operand.U8(pixels), n, n)
	again := pointer(args, depthwiseOut)
	build.CMPQ(act, operand.U8(silu))
	build.JNE(operand.LabelRef("pool"))
	sum := s.zero()
	s.siluLines("silu", again, outStep, n, 1, nil, sum)
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
	s.end()
}

// depthwiseGradient adds to the weights of each kernel row the products of
// out's gradient with the pixels under it; tiles counts pixels.
func (s *set) depthwiseGradient(k, stride int) {
	args := s.begin(fmt.Sprintf("depthwiseGradient%ds%d", k, stride))
	step := 2 * s.bytes()
	together := 2 // pixels, so that enough sums hide the latency
	if k == 3 {
		together = 4
	}
	row, count := build.GP64(), pointer(args, depthwiseCount)
	build.MOVQ(args.Base, row)
	outStep := pointer(args, depthwiseOutStep)
	build.Label("row")
	x, w := build.GP64(), build.GP64()
	build.MOVQ(operand.Mem{Base: row}, x)
	build.MOVQ(operand.Mem{Base: row, Disp: 8}, w)
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
	build.ADDQ(operand.U8(16), row)
	build.DECQ(count)
	build.JNZ(operand.LabelRef("row"))
	s.end()
}
