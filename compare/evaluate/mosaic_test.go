package evaluate

import (
	"image"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/compare/comparetest"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// TestMosaics: the same pictures by the same seed whatever the cores, others by
// another; maps that know nothing reach a quarter; and without masks, too.
func TestMosaics(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := bare{scenes.Set{Seed: 9, Count: 40, Side: 64}, 0, false}
	evaluate := func(seed uint64) *Evaluation {
		t.Helper()
		last := 0
		e, err := Run(t.Context(), []*network.Model{m}, set, Protocol{Mosaics: Mosaics{Count: 6, Seed: seed}}, func(done, total int) {
			if last++; done != last || total != 46 {
				t.Errorf("progress %d of %d after %d", done, total, last-1)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first, other := evaluate(1), evaluate(2)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	if again := evaluate(1); !reflect.DeepEqual(first, again) || reflect.DeepEqual(first.Networks, other.Networks) {
		t.Errorf("%+v, again %+v, by another seed %+v", first, again, other)
	}
	for _, name := range knowNothing {
		q := first.Mosaics.Baselines[name]
		if math.Abs(q.Pointing-0.25) > 1e-9 || math.Abs(q.Energy-0.25) > 1e-9 {
			t.Errorf("%s: %+v", name, q)
		}
	}
	q := first.Networks[0].Mosaics
	if q.Energy <= 0 || q.Energy >= 1 || q.EnergyInterval == nil || first.Networks[0].Placement != nil {
		t.Errorf("%+v", q)
	}
	rows := first.Standings()
	if len(rows) != 4 || rows[0].Shares[6].Value != q.Energy || rows[2].Shares[5].Value != 0.25 || rows[2].Shares[1].Known {
		t.Errorf("rows %+v", rows)
	}
	none, err := Run(t.Context(), []*network.Model{m}, set, Protocol{}, func(int, int) {})
	if err != nil || none.Mosaics != nil || none.Networks[0].Mosaics != nil || none.Networks[0].Top1 != first.Networks[0].Top1 {
		t.Errorf("without mosaics: %+v, %v", none, err)
	}
}

// TestMosaicsFind: the maps of a trained network find their quarters: each has
// more of its own class's evidence than of a map's that knows nothing, or of
// another class's (0.19 of these).
func TestMosaicsFind(t *testing.T) {
	m, err := models.Open("scenes:baseline", nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Run(t.Context(), []*network.Model{m}, scenes.Set{Seed: scenes.TestSeed, Count: 36, Side: 64}, Protocol{Mosaics: Mosaics{Count: 40, Seed: 1}}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if q := e.Networks[0].Mosaics; q.EnergyInterval[0] < 0.3 || q.PointingInterval[0] < 0.3 {
		t.Errorf("%+v: energy from %v on", q, q.EnergyInterval[0])
	}
}

// TestQuarter: they lie in rows, and what is in one is its own.
func TestQuarter(t *testing.T) {
	for i, want := range []image.Rectangle{image.Rect(0, 0, tile, tile), image.Rect(tile, 0, 2*tile, tile), image.Rect(0, tile, tile, 2*tile), image.Rect(tile, tile, 2*tile, 2*tile)} {
		if got := quarter(i); got != want {
			t.Errorf("quarter %d is %v, want %v", i, got, want)
		}
	}
}

// counts is a set of so many pictures of each class, which cannot be read.
type counts []int

func (c counts) Classes() []string {
	return []string{"a", "b", "c", "d", "e", "f"}[:len(c)]
}

func (c counts) Len() (n int) {
	for _, of := range c {
		n += of
	}
	return n
}

func (c counts) Class(i int) int {
	for class, of := range c {
		if i -= of; i < 0 {
			return class
		}
	}
	panic("no such picture")
}

func (c counts) At(int) (*dataset.Example, error) { panic("it is not to be read") }

// TestDrawMosaics: four classes that have no answer in common, each as likely as
// any other; where there are none, that is an error.
func TestDrawMosaics(t *testing.T) {
	set := counts{90, 5, 5, 5, 5, 0}
	distinct := [][][]int{{{0}, {1}, {2}, {3}, {4}, {5}}}
	shared := append(slices.Clone(distinct), [][]int{{0}, {1, 0}, {2}, {3}, {4}, {5}}) // of another model
	for name, labels := range map[string][][][]int{"distinct": distinct, "shared": shared} {
		all, err := drawMosaics(Mosaics{Count: 1000, Seed: 1}, set, labels)
		if err != nil || len(all) != 1000 {
			t.Fatal(name, err)
		}
		seen := map[int]int{}
		for _, m := range all {
			classes := map[int]bool{}
			for _, at := range m {
				classes[set.Class(at)] = true
				seen[set.Class(at)]++
			}
			if len(classes) != 4 || name == "shared" && classes[0] && classes[1] {
				t.Fatalf("%s: %v", name, m)
			}
		}
		// Four of five classes: each in 800 of 1000, by the binomial distribution ± 13.
		// Of two that clash, either comes in 500.
		for class, n := range seen {
			want := 800
			if name == "shared" {
				want = map[bool]int{true: 500, false: 1000}[class < 2]
			}
			if n < want-60 || n > want+60 {
				t.Errorf("%s: class %d comes %d times, want %d", name, class, n, want)
			}
		}
	}
	for _, few := range []counts{{9, 9, 9}, {9, 9, 9, 0}, {}} {
		if _, err := drawMosaics(Mosaics{Count: 1}, few, distinct); err == nil || !strings.Contains(err.Error(), "give pictures of more classes") {
			t.Errorf("%v: %v", few, err)
		}
	}
}
