package train

import (
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// polynomial is what five steps make of a singular value.
func polynomial(s float64) float64 {
	for range 5 {
		s *= 3.4445 - 4.7750*s*s + 2.0315*s*s*s*s
	}
	return s
}

// orthonormal are k orthogonal vectors of n values, of length 1.
func orthonormal(rng *rand.Rand, k, n int) [][]float64 {
	var all [][]float64
	for range k {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		for _, u := range all {
			along := 0.0
			for i := range v {
				along += u[i] * v[i]
			}
			for i := range v {
				v[i] -= along * u[i]
			}
		}
		length := 0.0
		for _, x := range v {
			length += x * x
		}
		for i := range v {
			v[i] /= math.Sqrt(length)
		}
		all = append(all, v)
	}
	return all
}

// known is a matrix [m, n] with singular vectors at random and values that fall from 1, and
// what f makes of them.
func known(rng *rand.Rand, m, n int, f func(s float64) float64) (x, turned []float32) {
	k := min(m, n)
	us, vs := orthonormal(rng, k, m), orthonormal(rng, k, n)
	x, turned = make([]float32, m*n), make([]float32, m*n)
	for at := range x {
		value, made := 0.0, 0.0
		for i := range k {
			s := math.Pow(0.7, float64(i))
			value += s * us[i][at/n] * vs[i][at%n]
			made += f(s) * us[i][at/n] * vs[i][at%n]
		}
		x[at], turned[at] = float32(value), float32(made)
	}
	return x, turned
}

// TestOrthogonalise: singular vectors stay, and singular values become what the polynomial
// makes of them, near 1.
func TestOrthogonalise(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, size := range [][2]int{{1, 1}, {7, 1}, {16, 4}, {40, 16}, {33, 12}} {
		m, n := size[0], size[1]
		length := 0.0
		for i := range n {
			length += math.Pow(0.49, float64(i))
		}
		x, want := known(rng, m, n, func(s float64) float64 {
			made := polynomial(s / math.Sqrt(length))
			if s > 0.02 && (made < 0.6 || made > 1.3) {
				t.Fatalf("a singular value of %v becomes %v", s, made)
			}
			return made
		})
		for i := range x {
			x[i] *= 1e-6 // gradients are of any length
		}
		orthogonalise(x, m, n)
		for i := range x {
			if math.Abs(float64(x[i]-want[i])) > 1e-4 {
				t.Fatalf("%d × %d: value %d is %v, %v was to be", m, n, i, x[i], want[i])
			}
		}
	}
	nothing := make([]float32, 12)
	orthogonalise(nothing, 4, 3)
	for _, v := range nothing {
		if v != 0 {
			t.Fatalf("of nothing becomes %v", nothing)
		}
	}
}

// TestMuon: of a network's parameters the hidden matrices, high and wide, move by Muon, and
// all others as by Adam, over two steps.
func TestMuon(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	shapes := [][]int{{4, 3, 3, 3}, {4}, {6, 1, 3, 3}, {12, 5, 1, 1}, {5, 12, 1, 1}, {5, 4}, {3, 5}, {3}}
	muon := map[int]bool{3: true, 4: true, 5: true}
	parameters := func() (all []*tensor.Dense, nodes []G.ValueGrad) {
		rng := rand.New(rand.NewPCG(3, 3))
		g := G.NewGraph()
		for _, shape := range shapes {
			values := func() *tensor.Dense {
				v := tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
				for i := range v.Data().([]float32) {
					v.Data().([]float32)[i] = float32(rng.NormFloat64())
				}
				return v
			}
			w := values()
			n := G.NewTensor(g, tensor.Float32, len(shape), G.WithShape(shape...), G.WithValue(w))
			all, nodes = append(all, w), append(nodes, &held{n, values()})
		}
		return all, nodes
	}
	o := Optimiser{Rate: 0.1, Momentum: 0.8, WeightDecay: 0.05, Adam: true, Square: 0.99, Epsilon: 1e-8}
	adam, adams := parameters()
	o.Muon = true
	got, gots := parameters()
	before := make([][]float32, len(shapes))
	for i := range got {
		before[i] = append([]float32(nil), got[i].Data().([]float32)...)
	}
	other := o
	other.Muon = false
	velocity := make([][]float64, len(shapes))
	for step := range 2 {
		o.At, other.At = step, step
		var gradients [][]float32
		for i := range gots {
			g := gots[i].(*held).gradient.Data().([]float32)
			for j := range g {
				g[j] = float32(rng.NormFloat64())
			}
			copy(adams[i].(*held).gradient.Data().([]float32), g)
			gradients = append(gradients, append([]float32(nil), g...))
		}
		if err := o.Step(gots); err != nil {
			t.Fatal(err)
		}
		if err := other.Step(adams); err != nil {
			t.Fatal(err)
		}
		for i := range shapes {
			now := got[i].Data().([]float32)
			if !muon[i] {
				for j, v := range adam[i].Data().([]float32) {
					if now[j] != v {
						t.Fatalf("step %d: parameter %v moves to %v, by Adam to %v", step, shapes[i], now[j], v)
					}
				}
				continue
			}
			m, n := shapes[i][0], shapes[i][1]
			if velocity[i] == nil {
				velocity[i] = make([]float64, m*n)
			}
			ahead := make([]float64, m*n)
			for j, g := range gradients[i] {
				velocity[i][j] = 0.8*velocity[i][j] + float64(g)
				ahead[j] = float64(g) + 0.8*velocity[i][j]
			}
			plain(ahead, m, n)
			for j := range now {
				want := float64(before[i][j]) - 0.1*(0.2*math.Sqrt(float64(max(m, n)))*ahead[j]+0.05*float64(before[i][j]))
				if math.Abs(want-float64(now[j])) > 1e-5 {
					t.Fatalf("step %d: parameter %v moves to %v, %v was to be", step, shapes[i], now[j], want)
				}
				before[i][j] = now[j]
			}
		}
	}
}

// plain is the iteration of Newton and Schulz by its definition, in float64.
func plain(x []float64, m, n int) {
	length := 0.0
	for _, v := range x {
		length += v * v
	}
	for i := range x {
		x[i] /= math.Sqrt(length)
	}
	times := func(a, b []float64, m, k, n int) []float64 {
		c := make([]float64, m*n)
		for i := range m {
			for j := range n {
				for l := range k {
					c[i*n+j] += a[i*k+l] * b[l*n+j]
				}
			}
		}
		return c
	}
	for range 5 {
		turned := make([]float64, m*n)
		for i := range m {
			for j := range n {
				turned[j*m+i] = x[i*n+j]
			}
		}
		gram := times(x, turned, m, n, m)
		once := times(gram, x, m, m, n)
		twice := times(gram, once, m, m, n)
		for i := range x {
			x[i] = 3.4445*x[i] - 4.7750*once[i] + 2.0315*twice[i]
		}
	}
}

// held is a parameter with a gradient that nobody computed.
type held struct {
	*G.Node
	gradient *tensor.Dense
}

func (h *held) Grad() (G.Value, error) { return h.gradient, nil }
