package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// activated is how far apart SiLU and sigmoid may be in assembly and in Go,
// relative to them: each is within 4·10⁻⁷ of the exact value
// (TestActivations), and rounded once more.
const activated = 1e-6

// exactly draws multiples of 1/16 from −1 to 1. So few of their products are
// added up that every sum is exact in float32: neither the order of adding nor
// fused multiply-adds make a difference, and without an activation assembly
// and Go must agree to the bit.
func exactly(rng *rand.Rand) float32 { return float32(rng.IntN(33)-16) / 16 }

// smooth draws values of whose products none is exact.
func smooth(rng *rand.Rand) float32 { return float32(rng.NormFloat64()) }

// twin is the instruction set s in Go: with as many lanes, and for every tile.
func twin(s *instructions) *instructions {
	p := portable(s.lanes, s.panel)
	for v := range p.product {
		for r := range s.rows {
			p.product[v][r] = func(a *productArgs) { productGo(a, r+1, (v+1)*s.lanes) }
		}
	}
	for i, k := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			for pixels := range s.pixels[i] {
				p.depthwise[i][stride-1][pixels] = func(a *depthwiseArgs) { depthwiseGo(a, k, stride, pixels+1, s.lanes, s.panel) }
			}
		}
	}
	return p
}

// TestInstructions holds every kernel in assembly, of every size of tile, to
// its twin in Go.
func TestInstructions(t *testing.T) {
	for _, s := range everySet() {
		if s.name == "portable" {
			continue
		}
		t.Run(title(s), func(t *testing.T) { hold(t, s, twin(s), exactly, activated) })
	}
}

// hold runs every kernel of got and of want on the same values, which draw
// gives, and compares what they write. tolerance is for SiLU and sigmoid;
// everything else must be the same to the bit.
func hold(t *testing.T, got, want *instructions, draw func(*rand.Rand) float32, tolerance float64) {
	beyond.Store(false)
	t.Run("product", func(t *testing.T) { holdProduct(t, got, want, draw, tolerance) })
	t.Run("depthwise", func(t *testing.T) { holdDepthwise(t, got, want, draw, tolerance) })
	t.Run("depthwiseGradient", func(t *testing.T) { holdDepthwiseGradient(t, got, want, draw) })
	kernels := got.mapKernels()
	for i, k := range want.mapKernels() {
		t.Run(k.name, func(t *testing.T) { holdMap(t, k.name, *kernels[i].kernel, *k.kernel, got.lanes, draw, tolerance) })
	}
}

// agree compares what was written: where tolerance is 0, value by value the
// same, but for the sign of a zero and the bits of what is no number. Else
// scale is the magnitude that the tolerance is relative to, or nil: that of the
// value itself.
func agree(t *testing.T, what string, got, want *field, tolerance float64, scale *field) {
	t.Helper()
	if !got.intact() {
		t.Fatalf("%s: it wrote where it must not", what)
	}
	if beyond.Load() {
		t.Fatalf("%s: it read beyond what it was given", what)
	}
	for r := range got.rows {
		g, w := got.row(r), want.row(r)
		for i := range g {
			a, b := float64(g[i]), float64(w[i])
			size := math.Abs(b)
			if scale != nil {
				size = float64(scale.row(r)[i])
			}
			if a == b || a != a && b != b || tolerance > 0 && math.Abs(a-b) <= tolerance*size {
				continue
			}
			t.Fatalf("%s: row %d, column %d is %v, want %v (within %.1g of %.3g)", what, r, i, g[i], w[i], tolerance, size)
		}
	}
}

// productCase is what a call of a matrix product's kernel varies in.
type productCase struct {
	rows, vectors, tiles, k int
	valid                   int // columns of the last vector
	strided                 bool
	more                    int // parts of k beside the first
	run                     int // rows of the result between gaps; 0: no gaps
	add                     addend
	act                     Activation
}

type addend string

const (
	nothing addend = "nothing"
	another addend = "another matrix"
	inPlace addend = "the result itself"
)

func (c productCase) String() string {
	return fmt.Sprintf("%d rows × %d vectors, %d tiles, k %d and %d more, last columns %d, strided %v, runs of %d, adding %s, %v",
		c.rows, c.vectors, c.tiles, c.k, c.more, c.valid, c.strided, c.run, c.add, c.act)
}

func holdProduct(t *testing.T, got, want *instructions, draw func(*rand.Rand) float32, tolerance float64) {
	rng := rand.New(rand.NewPCG(1, 1))
	run := func(c productCase) {
		m, columns := c.rows*c.tiles, c.vectors*got.lanes
		// The parts of a row of A lie 5 apart, each in a field's row of its own.
		a, b := newField(m*(c.more+1), c.k, c.k+5), newField(c.k*(c.more+1), columns, columns)
		args := productArgs{
			k: uintptr(c.k), tiles: uintptr(c.tiles), activation: uintptr(c.act),
			lastColumns: 1<<c.valid - 1, aStep: 12345, bLine: 12345, more: uintptr(c.more), jump: 4 * 5, // steps, which must not be read
		}
		if c.strided {
			a, b = newField(c.k, m, m+2), newField(c.k, columns, columns+5)
			args.strided, args.aStep, args.bLine = 1, a.bytes(), b.bytes()
		}
		value := func() float32 { return draw(rng) }
		a.fill(value)
		b.fill(value)
		bias := vector(columns).fill(func() float32 { return 8 * draw(rng) }) // to pass ReLU6's corners
		args.a, args.b, args.bias, args.aLine = a.first(), b.first(), bias.first(), a.bytes()*uintptr(c.more+1)
		if c.strided {
			args.aLine = 4
		}
		if !got.masks {
			args.lastColumns = 1 // which must not be heeded
		}
		// The Go twin knows no mask: it works on room for whole vectors.
		valid := columns - got.lanes + c.valid
		lines, first := m, 0
		if c.run > 0 { // the first run is shorter; a gap is a row
			first = c.run / 2
			lines, args.run, args.runs = 3*m, uintptr(c.run-first), uintptr(c.run)
		}
		add, result := newField(m, valid, columns+7).fill(value), newField(lines, valid, columns+3)
		args.gap = result.bytes()
		if c.add == inPlace {
			result.fill(value)
		}
		expected := result.clone()
		call := func(s *instructions, c productCase, result *field) {
			args.c, args.cLine = result.first(), result.bytes()
			switch c.add {
			case another:
				args.add, args.addLine = add.first(), add.bytes()
			case inPlace:
				args.add, args.addLine = result.first(), result.bytes()
			}
			args := args
			s.product[c.vectors-1][c.rows-1](&args)
		}
		call(want, c, expected)
		call(got, c, result)
		off := 0.0
		if c.act == SiLU {
			off = tolerance
		}
		agree(t, c.String(), result, expected, off, nil)
		written := make([]bool, lines)
		for r := range m {
			if c.run > 0 {
				r += (r + first) / c.run
			}
			written[r] = true
		}
		for r, ok := range written { // the gaps are as they were
			if !ok && math.Float32bits(result.row(r)[0]) != sentinel {
				t.Fatalf("%v: it wrote into the gap at row %d", c, r)
			}
		}
		if !add.intact() {
			t.Fatalf("%v: it wrote into what it adds", c)
		}
	}
	ks := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32}
	for vectors := 1; vectors <= got.panel; vectors++ {
		for rows := 1; rows <= got.rows; rows++ {
			for _, add := range []addend{nothing, another, inPlace} {
				for _, act := range []Activation{Identity, SiLU, ReLU6, ReLU} {
					c := productCase{rows: rows, vectors: vectors, valid: got.lanes, add: add, act: act}
					for _, c.k = range ks {
						for c.tiles = 1; c.tiles <= 3; c.tiles++ {
							for _, c.strided = range []bool{false, true} {
								run(c)
							}
						}
					}
					c.k, c.strided = 6, false
					for _, c.run = range []int{1, 2, 3, 7} {
						for c.tiles = 1; add != inPlace && c.tiles <= 3; c.tiles++ {
							run(c)
						}
					}
					c.run = 0
					for _, c.k = range []int{1, 3, 4, 9} {
						for c.more = 1; c.more <= 2; c.more++ {
							run(c)
						}
					}
					c.more = 0
					for c.valid = 1; got.masks && c.valid <= got.lanes; c.valid++ {
						c.k, c.tiles, c.strided = 5, 2, c.valid%3 == 0
						run(c)
					}
				}
			}
		}
	}
}

// depthwiseCase is what a call of a depthwise kernel varies in.
type depthwiseCase struct {
	k, stride, pixels, tiles int
	lines                    int
	count                    int // rows of the kernel; each line but the first sees one less, if there are more
	step                     int // from output pixel to output pixel
	sums                     bool
	act                      Activation
}

func (c depthwiseCase) String() string {
	return fmt.Sprintf("%d×%d/%d, %d pixels, %d tiles, %d lines, %d rows, pixels %d apart, sums %v, %v",
		c.k, c.k, c.stride, c.pixels, c.tiles, c.lines, c.count, c.step, c.sums, c.act)
}

// inputs gives a call what each line sees: pixels that lie a panel apart, with
// sentinels in all but its first vector, and weights.
func (c depthwiseCase) inputs(args *depthwiseArgs, lanes, wide int, value func() float32) (weights *field) {
	width := (c.tiles*c.pixels-1)*c.stride + c.k
	x := newField(c.lines*c.count*width, lanes, wide).fill(value)
	weights = newField(c.count*c.k, lanes, lanes).fill(value)
	seen := make([]kernelRows, c.lines)
	for y := range seen {
		count := c.count
		if y > 0 {
			count = max(count-1, 1)
		}
		seen[y].count = uintptr(count)
		for i := range count {
			seen[y].rows[i] = kernelRow{uintptr((y*c.count+i)*width) * x.bytes(), uintptr((c.count-1-i)*c.k) * weights.bytes()}
		}
	}
	args.x, args.weight, args.seen, args.lines = x.first(), weights.first(), &seen[0], uintptr(c.lines)
	return weights
}

func holdDepthwise(t *testing.T, got, want *instructions, draw func(*rand.Rand) float32, tolerance float64) {
	rng := rand.New(rand.NewPCG(2, 2))
	value := func() float32 { return draw(rng) }
	run := func(c depthwiseCase) {
		bias := vector(got.lanes).fill(func() float32 { return 8 * draw(rng) })
		args := depthwiseArgs{bias: bias.first(), tiles: uintptr(c.tiles), activation: uintptr(c.act)}
		c.inputs(&args, got.lanes, got.wide(), value)
		pixels := c.pixels*c.tiles + 1 // one lies between the lines
		out, sums := newField(pixels*c.lines, got.lanes, c.step), vector(got.lanes).fill(value)
		expected, expectedSums := out.clone(), sums.clone()
		call := func(s *instructions, out, sums *field) {
			args := args
			args.out, args.outStep, args.outLine = out.first(), out.bytes(), uintptr(pixels)*out.bytes()
			if c.sums {
				args.sums = sums.first()
			}
			s.depthwise[(c.k-3)/2][c.stride-1][c.pixels-1](&args)
		}
		// In the sums, the outputs' errors add up.
		size := sums.clone()
		call(want, expected, expectedSums)
		call(got, out, sums)
		off := 0.0
		if c.act == SiLU {
			off = tolerance
		}
		agree(t, c.String(), out, expected, off, nil)
		for i := range size.values() {
			size.values()[i] = float32(math.Abs(float64(size.values()[i])))
			for p := range expected.rows {
				if p%pixels == pixels-1 {
					continue
				}
				size.values()[i] += float32(math.Abs(float64(expected.row(p)[i])))
			}
		}
		agree(t, "sums of "+c.String(), sums, expectedSums, off, size)
	}
	for _, k := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			for pixels := 1; pixels <= got.pixels[(k-3)/2]; pixels++ {
				for count := 1; count <= k; count++ {
					for tiles := 1; tiles <= 3; tiles++ {
						for _, act := range []Activation{Identity, SiLU, ReLU6, ReLU} {
							c := depthwiseCase{k: k, stride: stride, pixels: pixels, count: count, tiles: tiles, lines: 1 + (pixels+count)%3, act: act}
							c.step, c.sums = got.lanes, false
							run(c)
							c.step, c.sums = 3*got.lanes+5, true
							run(c)
						}
					}
				}
			}
		}
	}
}

func holdDepthwiseGradient(t *testing.T, got, want *instructions, draw func(*rand.Rand) float32) {
	rng := rand.New(rand.NewPCG(3, 3))
	value := func() float32 { return draw(rng) }
	run := func(c depthwiseCase) {
		var args depthwiseArgs
		weights := c.inputs(&args, got.lanes, got.wide(), value)
		grad := newField(c.tiles, got.lanes, c.step).fill(value)
		args.out, args.outStep, args.tiles = grad.first(), grad.bytes(), uintptr(c.tiles)
		call := func(s *instructions) *field {
			args, result := args, weights.clone()
			args.weight = result.first()
			s.depthwiseGradient[(c.k-3)/2][c.stride-1](&args)
			return result
		}
		expected := call(want)
		agree(t, c.String(), call(got), expected, 0, nil)
	}
	for _, k := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			for count := 1; count <= k; count++ {
				for _, pixels := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 17} {
					for _, step := range []int{got.lanes, 2*got.lanes + 3} {
						run(depthwiseCase{k: k, stride: stride, pixels: 1, tiles: pixels, lines: 1, count: count, step: step})
					}
				}
			}
		}
	}
}

// mapUse tells what a kernel that takes mapArgs reads and writes; args.go has
// the rest nil.
type mapUse struct {
	y, z, mean, affine, sum, dot bool
	adds                         bool         // to sum and dot
	rows                         bool         // scale has a value for each row
	activations                  []Activation // nil: Identity
}

var mapUses = map[string]mapUse{
	"affine":         {z: true, mean: true, affine: true, activations: []Activation{Identity, SiLU, ReLU6, Sigmoid, ReLU}},
	"affineGradient": {y: true, z: true, mean: true, affine: true, sum: true, dot: true, adds: true, activations: []Activation{Identity, SiLU, ReLU6, Sigmoid, ReLU}},
	"combine":        {y: true, z: true, mean: true, affine: true, sum: true},
	"moments":        {mean: true, sum: true, dot: true, adds: true},
	"sums":           {sum: true, adds: true},
	"dots":           {y: true, sum: true, adds: true},
	"add":            {y: true, z: true},
	"maximum":        {y: true, z: true},
	"copy":           {z: true},
	"scaleRows":      {z: true, rows: true},
}

func holdMap(t *testing.T, name string, got, want func(*mapArgs), lanes int, draw func(*rand.Rand) float32, tolerance float64) {
	use := mapUses[name]
	rng := rand.New(rand.NewPCG(4, 4))
	value := func() float32 { return draw(rng) }
	run := func(what string, act Activation, rows, vectors, gap int, over string) {
		n := vectors * lanes
		x, y := newField(rows, n, n+gap).fill(value), newField(rows, n, n+2*gap).fill(value)
		z := newField(rows, n, n+3*gap)
		mean, scale, shift := vector(n).fill(value), vector(n).fill(func() float32 { return 4 * draw(rng) }), vector(n).fill(value)
		if use.rows {
			scale = vector(rows).fill(value)
		}
		for c := range n { // some right on ReLU6's corners
			s := (x.row(0)[c] - mean.values()[c]) * scale.values()[c%len(scale.values())]
			switch c % 4 {
			case 1:
				shift.values()[c] = -s
			case 2:
				shift.values()[c] = 6 - s
			}
		}
		sum, dot := vector(n).fill(value), vector(n).fill(value)
		call := func(kernel func(*mapArgs)) (z2, sum2, dot2 *field) {
			x, y := x.clone(), y.clone()
			z2, sum2, dot2 = z.clone(), sum.clone(), dot.clone()
			switch over {
			case "x":
				z2 = x
			case "y":
				z2 = y
			}
			args := mapArgs{rows: uintptr(rows), vectors: uintptr(vectors), activation: uintptr(act), x: x.first(), xLine: x.bytes(), y: x.first(), z: x.first()}
			if use.y {
				args.y, args.yLine = y.first(), y.bytes()
			}
			if use.z {
				args.z, args.zLine = z2.first(), z2.bytes()
			}
			if use.mean {
				args.mean = mean.first()
			}
			if use.affine || use.rows {
				args.scale = scale.first()
			}
			if use.affine {
				args.shift = shift.first()
			}
			if use.sum {
				args.sum = sum2.first()
			}
			if use.dot {
				args.dot = dot2.first()
			}
			kernel(&args)
			return z2, sum2, dot2
		}
		z1, sum1, dot1 := call(want)
		z2, sum2, dot2 := call(got)
		if act != SiLU && act != Sigmoid {
			agree(t, what, z2, z1, 0, nil)
			agree(t, what+": sum", sum2, sum1, 0, nil)
			agree(t, what+": dot", dot2, dot1, 0, nil)
			return
		}
		if name == "affine" {
			agree(t, what, z2, z1, tolerance, nil)
			return
		}
		// A derivative, which passes through zero, has an error beside 1. With
		// that the gradients are multiplied, and it adds up in the sums.
		scaleZ, scaleSum, scaleDot := newField(rows, n, n), vector(n), vector(n)
		for c := range n {
			s, d := math.Abs(float64(sum.values()[c])), math.Abs(float64(dot.values()[c]))
			for r := range rows {
				g := math.Abs(float64(y.row(r)[c]))
				scaleZ.row(r)[c] = float32(g)
				s += g
				d += g * math.Abs(float64(x.row(r)[c]-mean.values()[c]))
			}
			scaleSum.values()[c], scaleDot.values()[c] = float32(s), float32(d)
		}
		agree(t, what, z2, z1, tolerance, scaleZ)
		agree(t, what+": sum", sum2, sum1, tolerance, scaleSum)
		agree(t, what+": dot", dot2, dot1, tolerance, scaleDot)
	}
	activations := use.activations
	if activations == nil {
		activations = []Activation{Identity}
	}
	overs := []string{"nothing"}
	if use.z {
		overs = append(overs, "x")
		if use.y {
			overs = append(overs, "y")
		}
	}
	for _, act := range activations {
		for _, rows := range []int{1, 2, 3, 7} {
			for _, vectors := range []int{1, 2, 3, 5} {
				for _, gap := range []int{0, 5} {
					for _, over := range overs {
						run(fmt.Sprintf("%v, %d rows × %d vectors, gap %d, over %s", act, rows, vectors, gap, over), act, rows, vectors, gap, over)
					}
				}
			}
		}
	}
}

// TestCopySpreads: one row, with a line of 0, copied into many.
func TestCopySpreads(t *testing.T) {
	for _, s := range everySet() {
		x := noise(1, 2*s.lanes)
		z := newField(5, len(x), len(x)+3)
		s.copy(&mapArgs{rows: 5, vectors: 2, x: &x[0], y: &x[0], z: z.first(), zLine: z.bytes()})
		for r := range z.rows {
			if !slices.Equal(z.row(r), x) {
				t.Errorf("%s: row %d is %v, want %v", title(s), r, z.row(r), x)
			}
		}
		if !z.intact() {
			t.Errorf("%s: it wrote outside its rows", title(s))
		}
	}
}

// TestUseInstructionSet: the sets are named, the portable one is the last, and
// an unknown one is refused and changes nothing.
func TestUseInstructionSet(t *testing.T) {
	names := InstructionSets()
	if names[len(names)-1] != "portable" || CurrentInstructionSet() != names[0] {
		t.Errorf("the sets are %v, and %s is in use; want the first of them, and portable the last", names, CurrentInstructionSet())
	}
	built := BuiltInstructionSets()
	if extra := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(built, name) }); len(extra) > 0 {
		t.Errorf("this machine has %v, of which the program, with %v, knows nothing", extra, built)
	}
	defer func() { current = available[0] }()
	for _, name := range names {
		if err := UseInstructionSet(name); err != nil || CurrentInstructionSet() != name {
			t.Errorf("after asking for %s %s is in use, error %v", name, CurrentInstructionSet(), err)
		}
	}
	if err := UseInstructionSet("mmx"); err == nil || !strings.Contains(err.Error(), "portable") || CurrentInstructionSet() != "portable" {
		t.Errorf("asking for mmx gives error %v and %s, want one that names the sets, and portable still", err, CurrentInstructionSet())
	}
}

// TestPackedElsewhere: weights stay with the set that they were packed for.
func TestPackedElsewhere(t *testing.T) {
	defer func() { current = available[0] }()
	const m, in, out = 5, 7, 21
	x, weight, bias := noise(1, m*in), noise(2, in*out), noise(3, out)
	want := forwardOf(linear(m, in, out), x, weight, bias)
	for _, packer := range everySet() {
		for _, user := range everySet() {
			current = packer
			p := PackLinear(weight, out, in, bias)
			current = user
			got := vector(m * out)
			p.Product(got.values(), x, m, Identity, nil)
			near(t, "packed for "+title(packer)+", used with "+title(user), got, want)
		}
	}
}
