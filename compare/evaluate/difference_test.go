package evaluate

import (
	"math"
	"reflect"
	"testing"

	"scalecam/cam/measure"
	"scalecam/network"
)

// TestDifferences against values computed by hand, of three maps on four pictures.
func TestDifferences(t *testing.T) {
	o := func(right bool, energy float64) observation {
		return observation{right: right, masked: energy > 0, found: measure.Localisation{Energy: energy}}
	}
	r := &run{
		maps: []*network.Model{{Name: "first"}, {Name: "second"}, {Name: "third"}, nil, nil},
		seen: [][]observation{
			{o(false, 0.5), o(true, 0.6), o(false, 0.7), o(true, 0)},
			{o(true, 0.6), o(true, 0.8), o(true, 1), o(false, 0)},
			{o(false, 0.5), o(true, 0.6), o(false, 0.7), o(true, 0)},
		},
		found: [][]found{{{0.5, 0.25}, {0.75, 0.5}}, {{0.5, 0.5}, {0.5, 0.5}}, {{0.5, 0.25}, {0.75, 0.5}}},
	}
	all := r.differences()
	var pairs [][2]string
	for _, d := range all {
		pairs = append(pairs, [2]string{d.Name, d.Against})
	}
	if want := [][2]string{{"second", "first"}, {"third", "first"}, {"third", "second"}}; !reflect.DeepEqual(pairs, want) {
		t.Fatalf("%v", pairs)
	}
	near := func(p Paired, value, half float64) bool {
		return p.Interval != nil && math.Abs(p.Value-value) < 1e-9 && math.Abs(p.Interval[0]-value+half) < 1e-5 && math.Abs(p.Interval[1]-value-half) < 1e-5
	}
	// Of top-1 1, 0, 1, −1: mean 1/4, deviation √(11/12). Of energy 0.1, 0.2, 0.3: mean
	// 0.2, deviation 0.1.
	if p := all[0].Of["top1"]; !near(p, 0.25, 1.959964*math.Sqrt(11.0/12/4)) || p.Significant() {
		t.Errorf("top-1: %+v", p)
	}
	p := all[0].Of["energy"]
	if !near(p, 0.2, 1.959964*0.1/math.Sqrt(3)) || !p.Significant() || p.String() != "+20.0 (+8.7 to +31.3)*" {
		t.Errorf("energy: %v, %+v", p, p)
	}
	if p := all[0].Of["mosaic_energy"]; !near(p, 0.125, 1.959964*0.125) || p.Significant() {
		t.Errorf("mosaics: %+v", p)
	}
	if p := all[1].Of["energy"]; p.Value != 0 || p.Significant() {
		t.Errorf("of the same: %+v", p)
	}
	if got := all[2].Of["energy"].Value; math.Abs(got+0.2) > 1e-9 || len(all[2].Of) != 6 {
		t.Errorf("%+v", all[2])
	}
	if _, there := all[0].Of["part_iou"]; there {
		t.Error("a difference of what was not measured")
	}
	e := Evaluation{Networks: make([]NetworkEvaluation, 3), Differences: all}
	if got := e.FromFirst(); !reflect.DeepEqual(got, all[:2]) {
		t.Errorf("from the first: %+v", got)
	}
	if p := (Paired{Value: -0.012}); p.String() != "−1.2" || p.Significant() {
		t.Errorf("of one picture: %v", p)
	}
}

// TestBetween: a difference is had in either direction, and a lead is none that may be 0.
func TestBetween(t *testing.T) {
	half := func(v float64) *[2]float64 { return &[2]float64{v - 0.02, v + 0.02} }
	e := Evaluation{
		Networks: []NetworkEvaluation{{Name: "a", Top1: 0.8}, {Name: "b", Top1: 0.83}, {Name: "c", Top1: 0.81}},
		Differences: []Difference{
			{"b", "a", map[string]Paired{"top1": {0.03, half(0.03)}}},
			{"c", "a", map[string]Paired{"top1": {0.01, half(0.01)}}},
			{"c", "b", map[string]Paired{"top1": {-0.02, &[2]float64{-0.045, 0.005}}}},
		},
	}
	d, ok := e.Between("a", "b")
	if p := d.Of["top1"]; !ok || p.Value != -0.03 || p.Interval == nil || math.Abs(p.Interval[0]+0.05) > 1e-9 || math.Abs(p.Interval[1]+0.01) > 1e-9 || !p.Significant() {
		t.Errorf("turned: %+v, %v", d, ok)
	}
	if _, ok := e.Between("a", "d"); ok {
		t.Error("what was not measured is known")
	}
	if l := e.Leads("top1", "pointing"); len(l) != 1 || l[0].Best.Name != "b" || !reflect.DeepEqual(l[0].Alike, []string{"c"}) {
		t.Errorf("%+v", l)
	}
	for _, s := range e.Standings() {
		if s.Shares[0].Best {
			t.Errorf("%s is bold, from which c may not differ", s.Name)
		}
	}
	e.Differences[2].Of["top1"] = Paired{-0.02, &[2]float64{-0.03, -0.01}}
	if !e.Standings()[1].Shares[0].Best {
		t.Error("b is not bold, though it is above all others")
	}
}
