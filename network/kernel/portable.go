package kernel

import (
	"runtime"
	"unsafe"
)

// The kernels in Go, for any number of lanes and vectors in a panel: what the machine runs that has
// no assembly, and what the tests hold the assembly to.

func portable(lanes, panel int) *instructions {
	s := &instructions{name: "portable", lanes: lanes, panel: panel, rows: 4, pixels: [2]int{4, 4}}
	for v := range s.product {
		for r := range s.rows {
			s.product[v][r] = func(a *productArgs) { productGo(a, r+1, (v+1)*lanes) }
		}
	}
	for i, k := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			for p := range s.pixels[i] {
				s.depthwise[i][stride-1][p] = func(a *depthwiseArgs) { depthwiseGo(a, k, stride, p+1, lanes, panel) }
			}
			s.depthwiseGradient[i][stride-1] = func(a *depthwiseArgs) { depthwiseGradientGo(a, k, stride, lanes, panel) }
		}
	}
	s.affine = func(a *mapArgs) { affineGo(a, lanes) }
	s.affineGradient = func(a *mapArgs) { affineGradientGo(a, lanes) }
	s.combine = func(a *mapArgs) { combineGo(a, lanes) }
	s.moments = func(a *mapArgs) { momentsGo(a, lanes) }
	s.sums = func(a *mapArgs) { sumsGo(a, lanes) }
	s.dots = func(a *mapArgs) { dotsGo(a, lanes) }
	s.add = func(a *mapArgs) { addGo(a, lanes) }
	s.maximum = func(a *mapArgs) { maximumGo(a, lanes) }
	s.copy = func(a *mapArgs) { copyGo(a, lanes) }
	s.scaleRows = func(a *mapArgs) { scaleRowsGo(a, lanes) }
	s.peak = peakGo
	return s
}

// forward is p moved by n bytes.
func forward(p *float32, n uintptr) *float32 {
	if p == nil {
		return nil
	}
	return (*float32)(unsafe.Add(unsafe.Pointer(p), n))
}

// quad is the four values at p, moved by n bytes.
func quad(p *float32, n uintptr) *[4]float32 {
	return (*[4]float32)(unsafe.Add(unsafe.Pointer(p), n))
}

// productGo computes, for every row i < rows·tiles and column j < columns,
//
//	c[i][j] = activation(bias[j] + Σ_k a[i][k]·b[k][j] + add[i][j])
//
// where c has a gap after every run of rows, and k goes over all parts, with the
// sum in that order. columns is a multiple of 4.
func productGo(args *productArgs, rows, columns int) {
	aStep, bLine := args.aStep, args.bLine
	if args.strided == 0 {
		aStep, bLine = 4, uintptr(4*columns)
	}
	// So many rows of b stay in the nearest cache while all rows of a go by; the
	// sums wait in c. Parts are short.
	block := uintptr(512)
	if args.more > 0 {
		block = args.k
	}
	for k := uintptr(0); k == 0 || k < args.k; k += block {
		n := min(block, args.k-k)
		last := k+n == args.k
		for row := range args.tiles * uintptr(rows) {
			a := forward(args.a, row*args.aLine+k*aStep)
			c := forward(args.c, row*args.cLine+args.gaps(row)*args.gap)
			for j := 0; j < columns; j += 4 {
				at := uintptr(4 * j)
				var s [4]float32
				if k > 0 {
					s = *quad(c, at)
				} else {
					s = *quad(args.bias, at)
					if args.add != nil {
						for i, v := range quad(args.add, row*args.addLine+at) {
							s[i] += v
						}
					}
				}
				for part := range args.more + 1 {
					productFour(&s, forward(a, part*(args.k*aStep+args.jump)), forward(args.b, (part*args.k+k)*bLine+at), aStep, bLine, n)
				}
				if last {
					Activation(args.activation).four(&s)
				}
				*quad(c, at) = s
			}
		}
	}
}

// gaps is how many of them lie before a row of C.
func (args *productArgs) gaps(row uintptr) uintptr {
	if args.run == 0 {
		return 0
	}
	return (row + args.runs - args.run) / args.runs
}

// productFour adds to s the products of a row with four columns: the compiler
// computes a k's products before it adds them, and has no registers for more.
func productFour(s *[4]float32, a, b *float32, aStep, bLine, n uintptr) {
	s0, s1, s2, s3 := s[0], s[1], s[2], s[3]
	var ak, bk uintptr
	for range n {
		v, w := *(*float32)(unsafe.Add(unsafe.Pointer(a), ak)), (*[4]float32)(unsafe.Add(unsafe.Pointer(b), bk))
		s0 += v * w[0]
		s1 += v * w[1]
		s2 += v * w[2]
		s3 += v * w[3]
		ak += aStep
		bk += bLine
	}
	*s = [4]float32{s0, s1, s2, s3}
}

// four applies the activation.
func (a Activation) four(s *[4]float32) {
	switch a {
	case Identity:
	case SiLU:
		for i, v := range s {
			s[i] = v * sigmoid(v)
		}
	default:
		for i, v := range s {
			s[i] = a.at(v)
		}
	}
}

// rows are those of the kernel that lie on the plane for a line.
func (args *depthwiseArgs) rows(line uintptr) []kernelRow {
	seen := unsafe.Slice(args.seen, line+1)
	return seen[line].rows[:seen[line].count]
}

// depthwiseGo computes, for every line and its output pixels p < pixels·tiles and
// lane,
//
//	out[line][p] = activation(bias + Σ_rows Σ_kx weight[row][kx]·x[row][p·stride + kx])
//
// and adds the outputs to sums.
func depthwiseGo(args *depthwiseArgs, k, stride, pixels, lanes, panel int) {
	step := uintptr(4 * panel * lanes)
	act := Activation(args.activation)
	n := args.tiles * uintptr(pixels)
	for i := range args.lines * n {
		line, p := i/n, i%n
		rows := args.rows(line)
		for at := uintptr(0); at < uintptr(4*lanes); at += 16 {
			s := *quad(args.bias, at)
			s0, s1, s2, s3 := s[0], s[1], s[2], s[3]
			for _, row := range rows {
				x, w := row.x+p*uintptr(stride)*step+at, row.weight+at
				for range k {
					xs, ws := quad(args.x, x), quad(args.weight, w)
					s0 += xs[0] * ws[0]
					s1 += xs[1] * ws[1]
					s2 += xs[2] * ws[2]
					s3 += xs[3] * ws[3]
					x += step
					w += uintptr(4 * lanes)
				}
			}
			s = [4]float32{s0, s1, s2, s3}
			act.four(&s)
			*quad(args.out, line*args.outLine+p*args.outStep+at) = s
			if args.sums != nil {
				total := quad(args.sums, at)
				for i, v := range s {
					total[i] += v
				}
			}
		}
	}
}

// depthwiseGradientGo adds to the weights of each row, over all pixels,
//
//	weight[row][kx] += Σ_p out[p]·x[row][p·stride + kx]
func depthwiseGradientGo(args *depthwiseArgs, k, stride, lanes, panel int) {
	step := uintptr(4 * panel * lanes)
	for at := uintptr(0); at < uintptr(4*lanes); at += 4 {
		for _, row := range args.rows(0) {
			for kx := range uintptr(k) {
				var sum float32
				for p := range args.tiles {
					sum += *forward(args.out, p*args.outStep+at) * *forward(args.x, row.x+(p*uintptr(stride)+kx)*step+at)
				}
				*forward(args.weight, row.weight+kx*uintptr(4*lanes)+at) += sum
			}
		}
	}
}

// eachGo goes through rows and channels: n is a channel's offset.
func eachGo(args *mapArgs, lanes int, visit func(x, y, z *float32, n uintptr)) {
	for r := range args.rows {
		x, y, z := forward(args.x, r*args.xLine), forward(args.y, r*args.yLine), forward(args.z, r*args.zLine)
		for n := uintptr(0); n < 4*args.vectors*uintptr(lanes); n += 4 {
			visit(forward(x, n), forward(y, n), forward(z, n), n)
		}
	}
}

// affineGo: z = activation((x − mean)·scale + shift).
func affineGo(args *mapArgs, lanes int) {
	act := Activation(args.activation)
	eachGo(args, lanes, func(x, _, z *float32, n uintptr) {
		*z = act.at((*x-*forward(args.mean, n))**forward(args.scale, n) + *forward(args.shift, n))
	})
}

// affineGradientGo: z = y·activation′((x − mean)·scale + shift); sum += z;
// dot += z·(x − mean).
func affineGradientGo(args *mapArgs, lanes int) {
	act := Activation(args.activation)
	eachGo(args, lanes, func(x, y, z *float32, n uintptr) {
		v := *x - *forward(args.mean, n)
		g := *y * act.slope(v**forward(args.scale, n)+*forward(args.shift, n))
		*z = g
		*forward(args.sum, n) += g
		*forward(args.dot, n) += g * v
	})
}

// combineGo: z = (x − mean)·scale + y·sum + shift.
func combineGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, y, z *float32, n uintptr) {
		*z = (*x-*forward(args.mean, n))**forward(args.scale, n) + *y**forward(args.sum, n) + *forward(args.shift, n)
	})
}

// momentsGo: sum += x − mean; dot += (x − mean)².
func momentsGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, _, _ *float32, n uintptr) {
		v := *x - *forward(args.mean, n)
		*forward(args.sum, n) += v
		*forward(args.dot, n) += v * v
	})
}

// sumsGo: sum += x.
func sumsGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, _, _ *float32, n uintptr) { *forward(args.sum, n) += *x })
}

// dotsGo: sum += x·y.
func dotsGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, y, _ *float32, n uintptr) { *forward(args.sum, n) += *x * *y })
}

// addGo: z = x + y.
func addGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, y, z *float32, _ uintptr) { *z = *x + *y })
}

// maximumGo: z = max(x, y), which is no number where x or y is none.
func maximumGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, y, z *float32, _ uintptr) { *z = max(*x, *y) })
}

// copyGo: z = x.
func copyGo(args *mapArgs, lanes int) {
	eachGo(args, lanes, func(x, _, z *float32, _ uintptr) { *z = *x })
}

// scaleRowsGo: z = x times scale, which here has a value for each row.
func scaleRowsGo(args *mapArgs, lanes int) {
	for r := range args.rows {
		factor := *forward(args.scale, 4*r)
		x, z := forward(args.x, r*args.xLine), forward(args.z, r*args.zLine)
		for n := uintptr(0); n < 4*args.vectors*uintptr(lanes); n += 4 {
			*forward(z, n) = *forward(x, n) * factor
		}
	}
}

// peakGo does 12 multiply-adds, of one lane, in each of n rounds.
func peakGo(rounds *uintptr) {
	var s [12]float32
	for range *rounds {
		for i := range s {
			s[i] = s[i]*-1.4426950 + 1
		}
	}
	runtime.KeepAlive(s) // or the compiler would drop the loop
}
