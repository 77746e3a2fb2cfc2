package sweep

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestShares: what a doubling is spent on makes a whole, and what spends it all on one is
// all of that.
func TestShares(t *testing.T) {
	for _, c := range []struct {
		bases Bases
		want  [3]float64
	}{
		{Bases{2, 1, 1, 2}, [3]float64{1, 0, 0}}, {Bases{1, math.Sqrt2, 1, 2}, [3]float64{0, 1, 0}}, {Bases{1, 1, math.Sqrt2, 1}, [3]float64{0, 0, 1}},
		{Bases{math.Cbrt(2), math.Pow(2, 1./6), math.Pow(2, 1./6), 1}, [3]float64{1. / 3, 1. / 3, 1. / 3}},
		{Bases{1.2, 1.1, 1.15, 1}, [3]float64{0.280, 0.292, 0.429}},
	} {
		got, ok := c.bases.Shares()
		for i := range got {
			if !ok || math.Abs(got[i]-c.want[i]) > 1e-3 {
				t.Errorf("%+v: %v, want %v", c.bases, got, c.want)
				break
			}
		}
	}
	for _, b := range []Bases{{1, 1, 1, 1}, {2, 0.5, 1, 1}, {0, 1, 2, 1}, {-1, 1, 2, 1}, {math.Inf(1), 1, 1, 1}} {
		if got, ok := b.Shares(); ok {
			t.Errorf("%+v has the shares %v", b, got)
		}
	}
}

// TestSearched: the search is the line of several ratios, at its largest φ, each ratio once.
func TestSearched(t *testing.T) {
	point := func(b *Bases) *Measured {
		return &Measured{Bases: b, MACs: 1, Parameters: 1, Runs: []*Training{{Name: "a", Top1: 0.8}}}
	}
	one := &Curves{Points: []*Measured{point(nil), point(&Bases{1.2, 1.1, 1.15, 1}), point(&Bases{1.2, 1.1, 1.15, 2})}}
	search := &Curves{Points: []*Measured{point(&Bases{2, 1, 1, 1}), point(&Bases{2, 1, 1, 2}), point(&Bases{1, 1, 1.414, 2}), point(&Bases{1, 1, 1, 2})}}
	r := &Result{Validated: 100, Lines: []*Curves{one, search, search}}
	if one.Searches() || !search.Searches() {
		t.Errorf("a line of one ratio searches %v, of two %v", one.Searches(), search.Searches())
	}
	if got := r.Searched(); got == nil || len(got.Points) != 2 || got.Points[0].Bases.Alpha != 2 || got.Points[1].Bases.Phi != 2 {
		t.Errorf("%+v", got)
	}
	if got := (&Result{Lines: []*Curves{one}}).Searched(); got != nil {
		t.Errorf("without a search: %+v", got)
	}
	if e := r.Top1(search.Points[0]); e.Value != 0.8 || math.Abs(e.High-0.8784) > 1e-4 || math.Abs(e.Low-0.7216) > 1e-4 {
		t.Errorf("0.8 of 100: %+v", e)
	}
}

// TestReadFile: what is no result is refused, by its name.
func TestReadFile(t *testing.T) {
	folder := t.TempDir()
	if _, err := ReadFile(filepath.Join(folder, "missing.json")); err == nil || !strings.Contains(err.Error(), "missing.json") {
		t.Errorf("%v", err)
	}
	for name, text := range map[string]string{"broken.json": `{"name": "x`, "foreign.json": `{"colour": "red"}`, "empty.json": `{}`} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
