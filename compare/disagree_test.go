package compare_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

// TestDisagreements: pictures come by how much the networks disagree, each with what a
// comparison of it says, and one at a time.
func TestDisagreements(t *testing.T) {
	models := []*network.Model{comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96)}
	for _, m := range models {
		m.Trained = true
	}
	dark := comparetest.Picture("dark", 40, 30)
	for i := range dark.Image.Pix {
		dark.Image.Pix[i] /= 1 + byte(i/7%5)
	}
	all := map[string]*picture.Picture{"slope": comparetest.Picture("slope", 60, 40), "dark": dark, "again": comparetest.Picture("again", 60, 40)}
	paths := []string{"slope", "missing", "dark", "again"}
	open := func(path string) (*picture.Picture, error) {
		if p := all[path]; p != nil {
			return p, nil
		}
		return nil, errors.New(path)
	}
	run := func(models []*network.Model) (got []compare.Disagreement, broken []string, told []int) {
		got, err := compare.Disagreements(t.Context(), paths, open, models, "", compare.By{}, func(done, _ int) { told = append(told, done) },
			func(err error) error { broken = append(broken, err.Error()); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return got, broken, told
	}
	got, broken, told := run(models)
	if !slices.Equal(broken, []string{"missing"}) || !slices.Equal(told, []int{0, 1, 2, 3, 4}) || len(got) != 3 {
		t.Fatalf("%d pictures, %q broken, told of %v", len(got), broken, told)
	}
	last := math.Inf(-1)
	for _, d := range got {
		c := comparetest.Run(t, "", []*picture.Picture{all[d.Path]}, models...)
		want, known := c.Agreement(0)
		if d.Agreement != want || d.Known != known || d.Class != c.Rows[0].Class || len(d.Top) != 2 || d.Top[1] != c.Rows[0].Cells[1].Top[0] {
			t.Errorf("%s: got %+v, want %v of %s", d.Path, d, want, c.Rows[0].Class)
		}
		if d.Agreement.RankCorrelation < last {
			t.Errorf("%s comes after one of %v", d.Path, last)
		}
		last = d.Agreement.RankCorrelation
	}
	at := func(path string) int {
		return slices.IndexFunc(got, func(d compare.Disagreement) bool { return d.Path == path })
	}
	if at("again") != at("slope")+1 {
		t.Errorf("two of one kind come as %d and %d", at("slope"), at("again"))
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if again, _, _ := run(models); !reflect.DeepEqual(again, got) {
		t.Errorf("on one core: got %+v, want %+v", again, got)
	}
	models[0].Trained = false
	if got, _, _ := run(models); got[0].Known || got[0].Path != "slope" || got[2].Path != "again" {
		t.Errorf("of one trained network: %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := compare.Disagreements(ctx, paths, open, models, "", compare.By{}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	stop := fmt.Errorf("stop")
	if _, err := compare.Disagreements(t.Context(), []string{"missing"}, open, models, "", compare.By{}, nil, func(error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
}
