package teach

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// drawn is a problem like those of pooled features: none is negative, channels go
// together, and some tell the class.
func drawn(n, k, classes int, seed uint64) Problem {
	r := rand.New(rand.NewPCG(seed, 0))
	const common = 20
	means, mix := make([]float64, classes*k), make([]float64, common*k)
	for i := range means {
		means[i] = r.NormFloat64()*0.8 - 1
	}
	for i := range mix {
		mix[i] = r.NormFloat64() * 0.4
	}
	p := Problem{Features: make([]float32, n*k), Labels: make([]int, n), Classes: classes}
	for i := range n {
		c := i % classes
		p.Labels[i] = c
		var z [common]float64
		for j := range z {
			z[j] = r.NormFloat64()
		}
		for j := range k {
			v := means[c*k+j] + 1.3*r.NormFloat64()
			for l := range z {
				v += z[l] * mix[l*k+j]
			}
			p.Features[i*k+j] = float32(max(0, v))
		}
	}
	return p
}

// gradient is the objective's at a head, [classes, k+1], with the objective: as its
// definition says, in float64.
func (p Problem) gradient(h *Head) (g []float64, loss float64) {
	k := len(h.W) / p.Classes
	penalty := 1.0
	if p.Classes == 2 {
		penalty = 2
	}
	g = make([]float64, p.Classes*(k+1))
	for i, w := range h.W {
		g[i/k*(k+1)+i%k] = penalty * float64(w)
		loss += penalty / 2 * float64(w) * float64(w)
	}
	for i, label := range p.Labels {
		x := p.Features[i*k:][:k]
		z := make([]float64, p.Classes)
		sum := 0.0
		for c := range z {
			z[c] = float64(h.B[c])
			for j, v := range x {
				z[c] += float64(h.W[c*k+j]) * float64(v)
			}
			sum += math.Exp(z[c])
		}
		weight := h.Strength
		if p.Weights != nil {
			weight *= p.Weights[label]
		}
		loss += weight * (math.Log(sum) - z[label])
		for c := range z {
			r := weight * math.Exp(z[c]) / sum
			if c == label {
				r -= weight
			}
			for j, v := range x {
				g[c*(k+1)+j] += r * float64(v)
			}
			g[c*(k+1)+k] += r
		}
	}
	return g, loss
}

// TestFit: the objective's gradient, by its definition, is nothing at the head, and the
// objective is convex; the head is the same on any number of cores, and from any
// beginning nearly so.
func TestFit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	ctx := context.Background()
	for _, p := range []Problem{
		drawn(60, 7, 3, 1),
		drawn(60, 7, 2, 2),
		drawn(30, 80, 4, 3), // more channels than pictures
		drawn(3, 20, 3, 4),  // a picture in a class
		drawn(1100, 33, 5, 5),
		{Features: drawn(90, 11, 3, 6).Features, Labels: drawn(90, 11, 3, 6).Labels, Classes: 3, Weights: []float64{1, 10, 0.1}},
	} {
		for _, strength := range []float64{1e-4, 1, 1e3} {
			h, err := p.Fit(ctx, strength, nil)
			if err != nil {
				t.Fatal(err)
			}
			g, loss := p.gradient(h)
			size := 0.0
			for _, v := range g {
				size += v * v
			}
			// The penalty curves the objective by 1 or more: this bounds how far from its
			// least the loss is. Single digits of the weights are 6e-8 of them.
			if above := size / 2; above > 1e-6*loss*max(1, strength) {
				t.Errorf("%d pictures, %d classes, C = %g: the loss of %g may be %.2g above the least", len(p.Labels), p.Classes, strength, loss, above)
			}
			if math.Abs(loss-h.Loss) > 1e-6*loss {
				t.Errorf("%d pictures, %d classes, C = %g: loss %g, want %g", len(p.Labels), p.Classes, strength, h.Loss, loss)
			}
			for _, cores := range []int{1, 3} {
				runtime.GOMAXPROCS(cores)
				again, err := p.Fit(ctx, strength, nil)
				if err != nil || !slices.Equal(again.W, h.W) || !slices.Equal(again.B, h.B) || again.Loss != h.Loss {
					t.Errorf("%d cores: another head (%v)", cores, err)
				}
			}
			other, err := p.Fit(ctx, strength*3, nil)
			if err != nil {
				t.Fatal(err)
			}
			from, err := p.Fit(ctx, strength, other)
			if err != nil || math.Abs(from.Loss-h.Loss) > 1e-6*h.Loss { // of logits in float32
				t.Errorf("from another head: loss %g, want %g (%v)", from.Loss, h.Loss, err)
			}
			if same, err := p.Fit(ctx, strength, h); err != nil || same.Iterations > 3 {
				t.Errorf("from the head itself: %d steps (%v)", same.Iterations, err)
			}
			z := h.Logits(p.Features)
			if len(z) != len(p.Labels)*p.Classes {
				t.Fatalf("%d logits", len(z))
			}
			k := len(h.W) / p.Classes
			want := float64(h.B[1])
			for j, v := range p.Features[2*k:][:k] {
				want += float64(h.W[k+j]) * float64(v)
			}
			if got := float64(z[2*p.Classes+1]); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("logit %g, want %g", got, want)
			}
		}
	}
}

// TestFitTells: what cannot be fitted is an error, and so is a context that ended.
func TestFitTells(t *testing.T) {
	p := drawn(30, 5, 3, 1)
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Fit(done, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	one := Problem{Features: p.Features, Labels: make([]int, 30), Classes: 1}
	missing := Problem{Features: p.Features, Labels: p.Labels, Classes: 4}
	infinite := Problem{Features: slices.Clone(p.Features), Labels: p.Labels, Classes: 3}
	infinite.Features[7] = float32(math.Inf(1))
	for want, p := range map[string]Problem{
		"teach: 1 classes; a classifier tells two or more apart":              one,
		"teach: class 3 has no picture; give each class one or more":          missing,
		"teach: a feature is not finite; leave out the picture that it is of": infinite,
	} {
		if _, err := p.Fit(context.Background(), 1, nil); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
