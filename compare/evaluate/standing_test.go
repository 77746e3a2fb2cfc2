package evaluate

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare/comparetest"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/version"
)

// TestStudy: each embedded study is what encoding it again gives, so that its
// form is that of scalecam evaluate --json, and its table has every figure.
func TestStudy(t *testing.T) {
	for _, study := range []struct {
		pack     string
		networks int // the five, and of scenes the control
		measured []string
	}{
		{"scenes", 6, []string{"top1", "pointing", "energy", "iou", "part_iou"}},
		{"imagenet", 5, []string{"top1", "pointing", "energy", "iou", "mosaic_pointing", "mosaic_energy"}},
	} {
		t.Run(study.pack, func(t *testing.T) { testStudy(t, study.pack, study.networks, study.measured) })
	}
}

func testStudy(t *testing.T, pack string, networks int, measured []string) {
	p, _ := assets.LookupPack(pack)
	data := p.Study
	var e Evaluation
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(&e, "", "  ")
	if !bytes.Contains(data, []byte(`"program":`)) { // it is older than that
		again = bytes.Replace(again, []byte(`  "program": "`+version.Name()+"\",\n"), nil, 1)
	}
	if err != nil || !bytes.Equal(append(again, '\n'), data) {
		t.Errorf("written again it differs, %v", err)
	}
	rows := e.Standings()
	if len(rows) != networks+2 || rows[networks].Name != "centre" || rows[networks+1].Network != nil {
		t.Fatalf("rows %+v", rows)
	}
	var names []string
	for _, i := range e.Measured() {
		m, best := Measures[i], 0
		names = append(names, m)
		for _, r := range rows {
			if r.Shares[i].Best {
				best++
			}
			if known := r.Network != nil || i > 0; r.Shares[i].Known != known {
				t.Errorf("%s of %s is known: %v", m, r.Name, !known)
			}
		}
		if lead := e.Leads(m)[0]; (best == 1) != (len(lead.Alike) == 0) || best > 1 || lead.Best.Network == nil {
			t.Errorf("%d networks are best in %s; %s leads, with %q", best, m, lead.Best.Name, lead.Alike)
		}
	}
	if !slices.Equal(names, measured) {
		t.Errorf("measured %v, want %v", names, measured)
	}
	text, err := e.CSV()
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(records) != networks+3 || !slices.Equal(records[0][:3], []string{"name", "parameters", "macs"}) || records[networks+1][6] != "" || records[networks+1][9] == "" {
		t.Errorf("%v: %q", err, records)
	}
}

// bare takes masks away, or those of the part alone, from the scenes on.
type bare struct {
	scenes.Set
	from int
	part bool
}

func (b bare) At(i int) (*dataset.Example, error) {
	e, err := b.Set.At(i)
	if err == nil && i >= b.from {
		e.Part = nil
		if !b.part {
			e.Mask = nil
		}
	}
	return e, err
}

// TestUnmasked: pictures without masks count for top-1 only, and what was not
// measured is not there.
func TestUnmasked(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := scenes.Set{Seed: 9, Count: 8, Side: 32}
	evaluate := func(s dataset.Set) *Evaluation {
		t.Helper()
		e, err := Run(context.Background(), []*network.Model{m}, s, Protocol{}, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	all := evaluate(set)
	none := evaluate(bare{set, 0, false})
	if none.Unmasked != 8 || none.Networks[0].Placement != nil || len(none.Baselines) != 0 || none.Networks[0].Top1 != all.Networks[0].Top1 {
		t.Errorf("without masks: %+v", none)
	}
	text, err := json.Marshal(none)
	if err != nil || strings.Contains(string(text), "pointing") || !strings.Contains(string(text), `"unmasked":8`) {
		t.Errorf("%s, %v", text, err)
	}
	if f := none.Standings()[0].Shares; !f[0].Known || f[1].Known || f[1].String() != "–" {
		t.Errorf("figures %v", f)
	}
	parts := evaluate(bare{set, 0, true})
	if p := parts.Networks[0].Placement; p == nil || p.IoU != all.Networks[0].IoU || p.PartPlacement != nil {
		t.Errorf("without parts: %+v", p)
	}
	set.Count = 1
	one := evaluate(set)
	rows, err := one.CSV()
	records, err2 := csv.NewReader(bytes.NewReader(rows)).ReadAll()
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for i, cell := range records[1][6:] {
		if (cell == "") != (i%3 > 0) { // the value, low and high
			t.Errorf("of one picture, %s is %q", records[0][6+i], cell)
		}
	}
	if f := one.Standings()[0].Shares[1]; !f.Known || f.Range() != "" {
		t.Errorf("of one picture: %+v, %s", f, f.Range())
	}
	set.Count = 8
	half := evaluate(bare{set, 4, false})
	set.Count = 4
	if got, want := half.Networks[0], evaluate(set).Networks[0]; half.Unmasked != 4 || got.IoU != want.IoU || *got.PartIoUInterval != *want.PartIoUInterval {
		t.Errorf("half of them: %+v, want %+v", got, want)
	}
}

// TestSpread: a map covers what the network saw, and says less than anything
// beyond it.
func TestSpread(t *testing.T) {
	c := &cam.Map{H: 1, W: 1, Values: []float32{-2}}
	got := Protocol{}.spread(c, image.Rect(1, 0, 3, 1), 4, 2)
	out := float32(math.Inf(-1))
	if want := []float32{out, -2, -2, out, out, out, out, out}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (Protocol{}).spread(c, image.Rect(0, 0, 2, 1), 2, 1); !slices.Equal(got, []float32{-2, -2}) {
		t.Errorf("of a picture seen whole: %v", got)
	}
}
