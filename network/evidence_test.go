package network_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"scalecam/cam"
	"scalecam/network/models"
	"scalecam/picture"
)

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
	m, err := models.Open("random:mobilenet-v2,w=0.35,r=32,seed=3", nil)
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
	m, err := models.Open("random:mobilenet-v2", nil)
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
