package teach

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"scalecam/network"
)

// noisy is a drawn problem with so many labels wrong.
func noisy(n, k, classes, wrong int, seed uint64) Problem {
	p := drawn(n, k, classes, seed)
	for i := range wrong {
		p.Labels[i*7%n] = (p.Labels[i*7%n] + 1) % classes
	}
	return p
}

// TestChoose: pictures' answers are those of a head that is fitted without their fold;
// the strength is that of the least loss; confidence is close to accuracy.
func TestChoose(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	p := noisy(400, 30, 4, 60, 1)
	p.Weights = Balanced(p.Labels, 4)
	f := Divide(p.Labels, 4, alone(400))
	fits := 0
	c, err := p.Choose(context.Background(), f, func(done, total int) {
		fits++
		if done != fits || done > total {
			t.Errorf("fit %d of %d, the %d. that was told of", done, total, fits)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(c.Tried)*5 + 1; fits != want {
		t.Errorf("%d fits told of, want %d", fits, want)
	}
	chosen := slices.IndexFunc(c.Tried, func(t Tried) bool { return t.Strength == c.Head.Strength })
	if chosen < 0 {
		t.Fatalf("C = %g is none of %v", c.Head.Strength, c.Tried)
	}
	for _, tried := range c.Tried {
		if tried.Loss < c.Tried[chosen].Loss-worth {
			t.Errorf("C = %g was chosen, of %v", c.Head.Strength, c.Tried)
		}
	}
	whole, err := p.Fit(context.Background(), c.Head.Strength, nil)
	if err != nil || math.Abs(whole.Loss/c.Head.Loss-1) > 1e-6 {
		t.Errorf("the head's loss is %g, that of all pictures %g (%v)", c.Head.Loss, whole.Loss, err)
	}

	// The folds by themselves.
	const k = 30
	right, confidence := 0.0, 0.0
	for fold := range f.Count {
		part := Problem{Classes: 4, Weights: p.Weights}
		for i, of := range f.Of {
			if of != fold {
				part.Features, part.Labels = append(part.Features, p.Features[i*k:][:k]...), append(part.Labels, p.Labels[i])
			}
		}
		h, err := part.Fit(context.Background(), c.Head.Strength, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, of := range f.Of {
			if of != fold {
				continue
			}
			got := network.Softmax(c.Logits[i*4:][:4], 1)
			want := network.Softmax(h.Logits(p.Features[i*k:][:k]), 1)
			for j := range got {
				if math.Abs(got[j]-want[j]) > 0.02 { // by how roughly folds are fitted
					t.Errorf("picture %d: %.3f, want %.3f", i, got, want)
					break
				}
			}
			odds := network.Softmax(c.Logits[i*4:][:4], c.Temperature)
			confidence += slices.Max(odds) / 400
			if slices.Index(odds, slices.Max(odds)) == p.Labels[i] {
				right += 1.0 / 400
			}
		}
	}
	if math.Abs(right-confidence) > 0.05 || right < 0.5 {
		t.Errorf("right %.3f of the time, sure to %.3f", right, confidence)
	}

	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		again, err := p.Choose(context.Background(), f, nil)
		if err != nil || !slices.Equal(again.Head.W, c.Head.W) || !slices.Equal(again.Logits, c.Logits) || !slices.Equal(again.Tried, c.Tried) || again.Temperature != c.Temperature {
			t.Errorf("%d cores: another choice (%v)", cores, err)
		}
	}
	done, cancel := context.WithCancel(context.Background())
	if _, err := p.Choose(done, f, func(_, _ int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestChooseOfFew: where no picture can be left out, nothing is told of strengths; of
// few pictures that are all answered rightly, none is certain.
func TestChooseOfFew(t *testing.T) {
	one := Problem{Features: []float32{1, 0, 0, 1}, Labels: []int{0, 1}, Classes: 2}
	c, err := one.Choose(context.Background(), Divide(one.Labels, 2, alone(2)), nil)
	if err != nil || c.Head.Strength != 1 || len(c.Tried) != 0 || c.Temperature != 0 || !slices.Equal(c.Logits, make([]float32, 4)) {
		t.Errorf("%+v, %v", c, err)
	}
	if z := c.Head.Logits(one.Features); !(z[0] > z[1] && z[3] > z[2]) {
		t.Errorf("logits %v", z)
	}
	few := Problem{Labels: repeated(5, 5), Classes: 2}
	for i, label := range few.Labels {
		few.Features = append(few.Features, float32(10*label), float32(i%5)/5)
	}
	if c, err = few.Choose(context.Background(), Divide(few.Labels, 2, alone(10)), nil); err != nil {
		t.Fatal(err)
	}
	for i, label := range few.Labels {
		if p := network.Softmax(c.Logits[i*2:][:2], c.Temperature)[label]; p < 0.8 || p > 0.97 {
			t.Errorf("picture %d: %.3f", i, p)
		}
	}
}

func TestBalanced(t *testing.T) {
	if got, want := Balanced(repeated(6, 3, 1), 3), []float64{10. / 18, 10. / 9, 10. / 3}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestChooseOfMany: where the first fold has pictures enough, strengths are tried on it
// alone, and all are answered for at the one that is chosen.
func TestChooseOfMany(t *testing.T) {
	p := noisy(5100, 8, 3, 500, 2)
	f := Divide(p.Labels, 3, alone(5100))
	fits := 0
	c, err := p.Choose(context.Background(), f, func(done, _ int) { fits = done })
	if err != nil {
		t.Fatal(err)
	}
	if want := len(c.Tried) + 5 + 1; fits != want {
		t.Errorf("%d fits for %d strengths, want %d", fits, len(c.Tried), want)
	}
	right, confidence := 0.0, 0.0
	for i, label := range p.Labels {
		odds := network.Softmax(c.Logits[i*3:][:3], c.Temperature)
		if confidence += slices.Max(odds) / 5100; slices.Index(odds, slices.Max(odds)) == label {
			right += 1.0 / 5100
		}
	}
	if math.Abs(right-confidence) > 0.05 || right < 0.5 {
		t.Errorf("right %.3f of the time, sure to %.3f", right, confidence)
	}
}
