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
	if !near(p, 0.2, 1.959964*0.1/math.Sqrt(3)) || !p.Significant() || p.String() != "+20.0 ± 11.3*" {
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
	if p := (Paired{Value: -0.012}); p.String() != "-1.2" || p.Significant() {
		t.Errorf("of one picture: %v", p)
	}
}
