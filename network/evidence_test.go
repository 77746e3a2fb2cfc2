package network_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"scalecam/cam"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// balloons is a network of a spec, and what it sees in the sample.
func balloons(t *testing.T, spec string) (*network.Model, *network.Activations) {
	t.Helper()
	m, err := models.Open(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open("sample:balloons.jpg")
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Run(t.Context(), p.Image)
	if err != nil {
		t.Fatal(err)
	}
	return m, a
}

// TestLetGo: what was let go of is made again, the same.
func TestLetGo(t *testing.T) {
	m, err := models.Open("random:mobilenet-v2,w=0.35,r=32,seed=3", nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open("sample:balloons.jpg")
	if err != nil {
		t.Fatal(err)
	}
	layer, err := m.FindLayer("stage3")
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Run(t.Context(), p.Image, layer)
	if err != nil {
		t.Fatal(err)
	}
	var values [2][]float32
	for i := range values {
		made, err := cam.MethodHiResCAM.Map(t.Context(), a, layer, cam.Class(1))
		if err != nil {
			t.Fatal(err)
		}
		values[i] = made.Values
		a.LetGo()
		m.LetGo()
	}
	if !slices.Equal(values[0], values[1]) {
		t.Error("the map is another one")
	}
}

// TestScoresProgress: Scores says how far it is before each of its batches, and ends
// where its context does.
func TestScoresProgress(t *testing.T) {
	m, a := balloons(t, "random:mobilenet-v2,w=0.35,r=32,seed=3")
	layer, err := m.FindLayer("stage3")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var done []int
	const n = 30
	_, err = a.Scores(cam.WithProgress(ctx, func(d, total int) {
		if done = append(done, d); total != n {
			t.Errorf("of %d changes", total)
		}
		if len(done) == 3 {
			cancel()
		}
	}), layer, n, func(int, []float32) {}, cam.Class(1))
	if !errors.Is(err, context.Canceled) || len(done) != 3 || !slices.IsSorted(done) || done[0] != 0 || done[2] <= done[1] {
		t.Errorf("reported %v, and ended with %v", done, err)
	}
}

// TestCancel: what takes hundreds of runs ends within 100 ms after its context does,
// or, where the processor is slow or has other work, after the batch that is under way.
func TestCancel(t *testing.T) {
	m, a := balloons(t, "random:mobilenet-v2")
	layer, err := m.FindLayer("features.13")
	if err != nil {
		t.Fatal(err)
	}
	soon := 100 * time.Millisecond
	least := time.Hour
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		var began, cancelled time.Time
		batches := 0
		_, err := cam.MethodScoreCAM.Map(cam.WithProgress(ctx, func(int, int) {
			switch batches++; batches {
			case 2: // the first one compiles
				began = time.Now()
			case 3:
				soon = max(soon, 2*time.Since(began))
				cancelled = time.Now().Add(time.Millisecond)
				time.AfterFunc(time.Millisecond, cancel)
			}
		}), a, layer, cam.Class(1))
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("it ended with %v", err)
		}
		least = min(least, time.Since(cancelled))
		cancel()
	}
	t.Logf("it ended %v after it was cancelled", least)
	if least > soon {
		t.Errorf("that is late: want %v", soon)
	}
}

// TestGradient holds the gradient at each layer to central differences of the score,
// along directions made up by chance: a run of what follows with the features moved a
// little to either side. The networks' SiLU has no corners.
func TestGradient(t *testing.T) {
	const directions, step = 4, 0.01
	target := cam.Margin(1, 2, 3)
	for spec, layers := range map[string][]string{
		"random:efficientnet-64,d=1,w=0.5,r=64,seed=3":  {"stage1", "stage2", "stage3", "stage4", "stage5", "last"},
		"random:efficientnet-b0,d=1,w=0.25,r=96,seed=3": {"stage2", "stage4", "stage6", "stage8", "last"},
	} {
		m, a := balloons(t, spec)
		for _, name := range layers {
			layer, err := m.FindLayer(name)
			if err != nil {
				t.Fatal(err)
			}
			g, err := a.Gradient(t.Context(), layer, target)
			if err != nil {
				t.Fatal(err)
			}
			chance := rand.New(rand.NewPCG(3, 1))
			var along [directions][]float64
			var want [directions]float64
			for d := range along {
				along[d] = make([]float64, len(g.Values))
				for i, slope := range g.Values { // uphill on the whole, so that the differences are well above rounding
					along[d][i] = math.Abs(chance.NormFloat64())
					if slope < 0 {
						along[d][i] = -along[d][i]
					}
					want[d] += along[d][i] * float64(slope)
				}
			}
			scores, err := a.Scores(t.Context(), layer, 2*directions, func(i int, values []float32) {
				by := step
				if i%2 == 1 {
					by = -step
				}
				for k := range values {
					values[k] += float32(by * along[i/2][k])
				}
			}, target)
			if err != nil {
				t.Fatal(err)
			}
			for d := range along {
				got := (scores[2*d] - scores[2*d+1]) / (2 * step)
				if want[d] <= 0 || math.Abs(got-want[d]) > 0.01*want[d] {
					t.Errorf("%s, %s: the score rises by %v along a direction, by its gradient %v", spec, name, got, want[d])
				}
			}
		}
	}
}
