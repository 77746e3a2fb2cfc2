package evaluate

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// TestAUROC against values computed by hand.
func TestAUROC(t *testing.T) {
	for _, c := range []struct {
		some, others []float64
		want         float64
	}{
		{[]float64{3, 4}, []float64{1, 2}, 1},
		{[]float64{1, 2}, []float64{3, 4}, 0},
		{[]float64{1, 3}, []float64{2}, 0.5},
		{[]float64{2}, []float64{2, 2, 1}, 2.0 / 3},
		{[]float64{-1, 0, 5}, []float64{math.Inf(-1), 0}, (0.5*2 + 0.75*2 + 2) / 6},
	} {
		if got := AUROC(c.some, c.others); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v over %v: %v, want %v", c.some, c.others, got, c.want)
		}
	}
}

// TestFitUnsure: of pictures drawn as those fitted to, 95 % are kept by one model
// and by several that agree to some degree.
func TestFitUnsure(t *testing.T) {
	draw := func(seed uint64, agree float64) [][]network.Familiarity {
		rng := rand.New(rand.NewPCG(seed, 0))
		seen := make([][]network.Familiarity, 3)
		for range 20_000 {
			common := rng.NormFloat64()
			for i := range seen {
				peak := 2 + 0.5*(math.Sqrt(agree)*common+math.Sqrt(1-agree)*rng.NormFloat64())
				seen[i] = append(seen[i], network.Familiarity{Peak: peak, Typical: 0.05 * rng.NormFloat64()})
			}
		}
		return seen
	}
	for _, agree := range []float64{0, 0.5, 0.9} {
		fitted, other := fitUnsure(draw(1, agree)), draw(2, agree)
		if w := fitted[0].Weight; math.Abs(w-3) > 0.1 { // 0.15 / 0.05
			t.Errorf("a weight of %v", w)
		}
		for _, n := range []int{1, 3} {
			sure := 0
			for k := range other[0] {
				var seen []network.Familiarity
				for i := range n {
					seen = append(seen, other[i][k])
				}
				if network.Certainty(fitted[:n], seen) >= 0 {
					sure++
				}
			}
			if share := float64(sure) / float64(len(other[0])); math.Abs(share-0.95) > 0.01 {
				t.Errorf("agreement %v, %d models: %.3f are kept", agree, n, share)
			}
		}
	}
	alone := fitUnsure([][]network.Familiarity{{{Peak: 1}, {Peak: 2}}})[0]
	if alone.Agreement != 1 || alone.Weight != 0 || alone.Mean != 1.5 || alone.Below != 1 {
		t.Errorf("of one, whose channels tell nothing: %+v", alone)
	}
}

// TestPatterns: the same ones by a seed, others by another, none of one colour.
func TestPatterns(t *testing.T) {
	for _, kinds := range [][]pattern{textures, noises} {
		for i := range kinds {
			at := func(seed uint64, i int) []uint8 {
				e, err := patterns{kinds, seed, 100}.At(i)
				if err != nil {
					t.Fatal(err)
				}
				return e.Image.Pix
			}
			first := at(1, i)
			if !bytes.Equal(first, at(1, i)) || bytes.Equal(first, at(2, i)) || bytes.Equal(first, at(1, i+len(kinds))) {
				t.Errorf("kind %d of %d is not drawn by its seed and number", i, len(kinds))
			}
			if bytes.Equal(first[4:], first[:len(first)-4]) {
				t.Errorf("kind %d of %d is of one colour", i, len(kinds))
			}
		}
	}
}

// every is some of a set's pictures: the one at from, and each so many further.
type every struct {
	dataset.Set
	from, step int
}

func (e every) Len() int                           { return (e.Set.Len() - e.from + e.step - 1) / e.step }
func (e every) Class(i int) int                    { return e.Set.Class(e.from + i*e.step) }
func (e every) At(i int) (*dataset.Example, error) { return e.Set.At(e.from + i*e.step) }

// TestUnsure holds both packs, their networks together, on some of the pictures of
// docs/unsure.md to its figures: three standard errors of so few are allowed.
// Photographs are not part of this repository.
func TestUnsure(t *testing.T) {
	caltech := filepath.Join("..", "..", "..", "shared", "caltech101")
	if _, err := os.Stat(caltech); err != nil {
		t.Skip("../shared/caltech101 is not here: photographs are needed")
	}
	answers, err := ReadAnswers(filepath.Join(caltech, "imagenet.json"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := dataset.Open(t.Context(), filepath.Join(caltech, "val"))
	if err != nil {
		t.Fatal(err)
	}
	photographs, _, err := answers.Only(all)
	if err != nil {
		t.Fatal(err)
	}
	others, err := all.Only("brontosaurus", "stegosaurus", "buddha", "yin_yang", "menorah", "okapi", "gerenuk", "emu", "octopus", "mandolin",
		"inline_skate", "pyramid", "joshua_tree", "dollar_bill", "brain", "bonsai", "anchor", "lotus", "ceiling_fan")
	if err != nil {
		t.Fatal(err)
	}
	drawn := scenes.Set{Seed: scenes.TestSeed + 7, Count: 80, Side: 160}
	strange := []Strangers{{"textures", patterns{textures, 7, 48}}, {"noise", patterns{noises, 7, 24}}}
	type figures struct{ auroc, through float64 }
	for _, c := range []struct {
		pack    string
		known   dataset.Set
		against []Strangers
		want    []figures
	}{
		{"imagenet", every{photographs, 1, 6}, append([]Strangers{{"scenes", drawn}, {"others", every{others, 0, 3}}}, strange...),
			[]figures{{0.923, 0.423}, {0.871, 0.700}, {0.998, 0.003}, {1, 0}}},
		{"scenes", drawn, append([]Strangers{{"photographs", every{all, 0, 10}}}, strange...),
			[]figures{{0.926, 0.378}, {0.858, 0.88}, {0.919, 0.743}}},
	} {
		var opened []*network.Model
		var by []*network.Unsure
		for _, spec := range models.Pack(c.pack) {
			m, err := models.Open(spec, models.Settings{"crop": network.NoCrop.String()})
			if err != nil {
				t.Fatal(err)
			}
			opened, by = append(opened, m), append(by, m.Unsure)
		}
		certainties := func(set dataset.Set) []float64 {
			t.Helper()
			seen, err := familiarities(t.Context(), opened, set, func(int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			out := make([]float64, set.Len())
			for k := range out {
				var f []network.Familiarity
				for i := range opened {
					f = append(f, seen[i][k])
				}
				out[k] = network.Certainty(by, f)
			}
			return out
		}
		known := certainties(c.known)
		var theirs [][]float64
		for _, s := range c.against {
			theirs = append(theirs, certainties(s))
		}
		r := recognise(known, c.against, theirs)
		t.Logf("%s: of %d %.3f are kept; %+v", c.pack, len(known), r.Kept, r.Against)
		error3 := func(share float64, count int) float64 { return 3*math.Sqrt(share*(1-share)/float64(count)) + 0.01 }
		if math.Abs(r.Kept-0.95) > error3(0.95, len(known)) {
			t.Errorf("%s: %.3f of %d are kept", c.pack, r.Kept, len(known))
		}
		for i, want := range c.want {
			got := r.Against[i]
			if least := want.auroc - error3(want.auroc, min(got.Count, len(known))); got.AUROC < least {
				t.Errorf("%s against %d %s: an AUROC of %.3f, want %.3f or more", c.pack, got.Count, got.Name, got.AUROC, least)
			}
			if most := want.through + error3(want.through, got.Count); got.Through > most {
				t.Errorf("%s: %.3f of %d %s are let through, want %.3f or less", c.pack, got.Through, got.Count, got.Name, most)
			}
		}
	}
}
