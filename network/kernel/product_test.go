package kernel

import (
	"fmt"
	"testing"
)

// TestProduct holds the matrix product to its definition for every shape
// around the sizes of vectors and tiles, and some that are cut into parts of
// rows, of panels and of both.
func TestProduct(t *testing.T) {
	type shape struct{ m, k, n int }
	var shapes []shape
	for _, m := range []int{1, 2, 5, 6, 7, 12, 13, 19, 25, 40} {
		for _, k := range []int{1, 3, 4, 17} {
			for _, n := range []int{1, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 65} {
				shapes = append(shapes, shape{m, k, n})
			}
		}
	}
	shapes = append(shapes, shape{600, 48, 70}, shape{49, 320, 200}, shape{3000, 16, 24}, shape{1, 1152, 320}, shape{50, 672, 112}, shape{1, 300, 1001})
	activations := []Activation{Identity, SiLU, ReLU6, ReLU, Sigmoid}
	for i, s := range shapes {
		act := activations[i%5]
		for j, add := range []addend{nothing, another, inPlace} {
			if i/5%3 != j && s.m*s.k*s.n < 100_000 {
				continue // of the many small ones, each with one
			}
			biased := (i/15+j)%2 == 0
			name := fmt.Sprintf("[%d, %d] × [%d, %d], %v, bias %v, adding %s", s.m, s.k, s.k, s.n, act, biased, add)
			l := linear(s.m, s.k, s.n)
			a, weight, added := noise(1, l.inputs()), noise(2, l.weights()), noise(4, l.outputs())
			var bias []float32
			if biased {
				bias = times(noise(3, s.n), 3)
			}
			want := forwardOf(l, a, weight, bias)
			if add != nothing {
				want.addAll(added)
			}
			want.activated(act)
			eachSet(t, name, l.macs(), func(t *testing.T) {
				p := PackLinear(weight, s.n, s.k, bias)
				defer p.Release()
				got := vector(l.outputs())
				switch add {
				case nothing:
					p.Product(got.values(), a, s.m, act, nil)
				case another:
					p.Product(got.values(), a, s.m, act, added)
				case inPlace:
					copy(got.values(), added)
					p.Product(got.values(), a, s.m, act, got.values())
				}
				near(t, "result", got, want)
			})
		}
	}
}

// TestPack: a matrix that is transposed, and one that is part of a larger one,
// are packed by their steps as the same matrix is by rows.
func TestPack(t *testing.T) {
	const m, k, n = 7, 130, 550 // enough to be packed by many
	a, weight, bias := noise(1, m*k), noise(2, n*k), noise(3, n)
	transposed, part := make([]float32, k*n), noise(4, n*(k+3)*2)
	for o := range n {
		for i := range k {
			transposed[i*n+o] = weight[o*k+i]
			part[(o*(k+3)+i)*2] = weight[o*k+i]
		}
	}
	want := forwardOf(linear(m, k, n), a, weight, bias)
	eachSet(t, "", m*k*n, func(t *testing.T) {
		for name, p := range map[string]*Packed{
			"by rows":    PackLinear(weight, n, k, bias),
			"by columns": Pack(transposed, k, n, n, 1, bias),
			"a part":     Pack(part, k, n, 2, 2*(k+3), bias),
		} {
			got := vector(m * n)
			p.Product(got.values(), a, m, Identity, nil)
			near(t, name, got, want)
			p.Release()
		}
	})
}

// TestProductTooShort: operands that are shorter than their shapes are refused
// before the assembly would go beyond them.
func TestProductTooShort(t *testing.T) {
	p := PackLinear(make([]float32, 6), 3, 2, nil)
	for name, call := range map[string]func(){
		"a":      func() { p.Product(make([]float32, 12), make([]float32, 7), 4, Identity, nil) },
		"result": func() { p.Product(make([]float32, 11), make([]float32, 8), 4, Identity, nil) },
		"added":  func() { p.Product(make([]float32, 12), make([]float32, 8), 4, Identity, make([]float32, 11)) },
		"weight": func() { PackLinear(make([]float32, 5), 3, 2, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a %s too short goes through", name)
				}
			}()
			call()
		}()
	}
}

// TestLinearGradWeight holds it to its definition where rows are many and the
// weight small, which cuts the rows into parts, where the weight is cut, and
// where there is nothing to cut.
func TestLinearGradWeight(t *testing.T) {
	for _, s := range []struct{ rows, in, out int }{
		{1, 1, 1}, {1, 33, 17}, {2, 8, 16}, {3, 16, 8}, {5, 300, 230}, {70, 65, 33}, {255, 7, 9}, {256, 24, 31}, {257, 31, 24}, {300, 260, 130},
		{4096, 9, 7}, {4100, 1, 1}, {4500, 40, 20}, {8192, 16, 32}, {3 * 256, 600, 120},
	} {
		l := linear(s.rows, s.in, s.out)
		x, grad := noise(1, l.inputs()), noise(2, l.outputs())
		want := gradWeightOf(l, x, grad)
		eachSet(t, fmt.Sprintf("%d rows, [%d, %d]", s.rows, s.out, s.in), l.macs(), func(t *testing.T) {
			got := vector(l.weights())
			LinearGradWeight(got.values(), x, grad, s.rows, s.in, s.out)
			near(t, "gradient", got, want)
		})
	}
}
