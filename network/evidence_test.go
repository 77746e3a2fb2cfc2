package network_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"scalecam/cam"
	"scalecam/network/models"
	"scalecam/picture"
)

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
