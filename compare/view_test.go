package compare_test

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

func TestScale(t *testing.T) {
	c := comparetest.Comparison(t, []float32{-3, 2}, []float32{1, 4}, nil, []float32{-1, -2})
	own := compare.DefaultView()
	shared, diverging, both := own, own, own
	shared.Shared = true
	diverging.Colormap = comparetest.Signed(t)
	both.Shared, both.Colormap = true, diverging.Colormap
	for _, test := range []struct {
		name string
		view compare.View
		want []cam.Scale // of each network
	}{
		{"own", own, []cam.Scale{{Hi: 2}, {Hi: 4}, {}, {}}},
		{"shared", shared, []cam.Scale{{Hi: 4}, {Hi: 4}, {Hi: 4}, {Hi: 4}}},
		{"signed", diverging, []cam.Scale{{Lo: -3, Hi: 3}, {Lo: -4, Hi: 4}, {}, {Lo: -2, Hi: 2}}},
		{"signed and shared", both, []cam.Scale{{Lo: -4, Hi: 4}, {Lo: -4, Hi: 4}, {Lo: -4, Hi: 4}, {Lo: -4, Hi: 4}}},
	} {
		for j, want := range test.want {
			if got := c.Scale(0, j, test.view); got != want {
				t.Errorf("%s: network %d: got %v, want %v", test.name, j, got, want)
			}
		}
	}
}

// The map covers what the network saw and nothing else, whatever the size at
// which the picture is shown.
func TestNotes(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{-1, -2}, nil, []float32{1, 2}, []float32{1, 2})
	c.Models[2].Trained = false
	c.Models[3].TrainedAt = network.Size{H: 96, W: 160}
	c.Models[4].Temperature = 0
	c.Models[0].TrainedAt = network.Square(64) // as it is run
	own := compare.DefaultView()
	shared, diverging := own, own
	shared.Shared = true
	diverging.Colormap = comparetest.Signed(t)
	for _, test := range []struct {
		name string
		col  int
		view compare.View
		want []string
	}{
		{"nothing to note", 0, own, nil},
		{"only negative", 1, own, []string{"no positive evidence"}},
		{"only negative, beside positive ones", 1, shared, []string{"no positive evidence"}},
		{"only negative, on a signed scale", 1, diverging, nil},
		{"untrained and without the class", 2, own, []string{"untrained: random weights", "has no class “class 0”"}},
		{"at another resolution", 3, own, []string{"trained at 96x160 px, run at 64"}},
		{"without a temperature", 4, own, []string{"uncalibrated"}},
	} {
		if got := compare.NoteTexts(c.Notes(0, test.col, test.view)); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestGridsDiffer(t *testing.T) {
	a, b := comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96)
	if (&compare.Comparison{Models: []*network.Model{a, a}}).GridsDiffer() {
		t.Error("one grid: they differ")
	}
	if !(&compare.Comparison{Models: []*network.Model{a, a, b}}).GridsDiffer() {
		t.Error("grids of 2 and 3 cells a side: they do not differ")
	}
}

func TestFormatCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1.00k", 5_288_548: "5.29M", 9_996_000: "10.0M", 99_960_000: "100M",
		386_000_000: "386M", 999_400: "999k", 999_500: "1.00M", 999_999_999: "1.00B", 1_583_000_000: "1.58B",
		4_000_000_000_000: "4.00T",
	} {
		if got := compare.FormatCount(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func ExampleFormatCount() {
	fmt.Println(compare.FormatCount(5_288_548), "parameters")
	// Output: 5.29M parameters
}

// TestCropped: one network that is shown a part is enough.
func TestCropped(t *testing.T) {
	c := &compare.Comparison{Rows: []compare.Row{{Picture: &picture.Picture{Image: image.NewRGBA(image.Rect(0, 0, 80, 60))}}}}
	for _, test := range []struct {
		seen []network.Region
		want bool
	}{
		{[]network.Region{{X1: 80, Y1: 60}, {X1: 80, Y1: 60}}, false},
		{[]network.Region{{X1: 80, Y1: 60}, {X0: 10, X1: 70, Y1: 60}}, true},
	} {
		c.Rows[0].Cells = nil
		for _, seen := range test.seen {
			c.Rows[0].Cells = append(c.Rows[0].Cells, compare.Cell{Activations: &network.Activations{Seen: seen}})
		}
		if got := c.Cropped(); got != test.want {
			t.Errorf("%v: %v", test.seen, got)
		}
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0: "<0.1%", 0.0009: "<0.1%", 0.001: "0.1%", 0.9726: "97.3%", 0.9995: ">99.9%", 1: ">99.9%"} {
		if got := compare.FormatProbability(p); got != want {
			t.Errorf("%v: got %q, want %q", p, got, want)
		}
	}
}

// TestUnequal: a shared scale, and a network at another size than it was trained
// at.
func TestUnequal(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{1, 2})
	own := compare.DefaultView()
	shared := own
	shared.Shared = true
	if c.Unequal(shared) {
		t.Error("networks at their own sizes are told of")
	}
	c.Models[1].TrainedAt = network.Square(32)
	if !c.Unequal(shared) || c.Unequal(own) {
		t.Error("a network at another size is not told of, or where each has a scale of its own")
	}
	c.Models = c.Models[1:]
	if c.Unequal(shared) {
		t.Error("one network has nothing to be compared with")
	}
}

// TestDoubts: a network is unsure of a picture, and all of them together are, by
// what was fitted to those of which that is known.
func TestDoubts(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{1, 2}, []float32{1, 2})
	if _, known := c.Certainty(0); known || c.Doubts(0) != nil || c.Doubts(0, 1) != nil {
		t.Error("doubts of what nothing is known of")
	}
	for j, peak := range []float64{1.4, 2.1} {
		a := c.Rows[0].Cells[j].Activations
		a.Unsure, a.Familiarity = &network.Unsure{Mean: 2, Below: 1.5, Agreement: 1}, network.Familiarity{Peak: peak}
	}
	for _, test := range []struct {
		cols      []int
		certainty float64
		unsure    bool
	}{{[]int{0}, -0.1, true}, {[]int{1}, 0.6, false}, {nil, 0.25, false}} {
		certainty, known := c.Certainty(0, test.cols...)
		notes := c.Doubts(0, test.cols...)
		if math.Abs(certainty-test.certainty) > 1e-12 || !known || (len(notes) > 0) != test.unsure {
			t.Errorf("%v: %v, %v", test.cols, certainty, notes)
		}
	}
	if got := compare.NoteTexts(c.Notes(0, 0, compare.DefaultView())); !slices.Equal(got, []string{"unsure: like none of its classes"}) {
		t.Errorf("notes: %q", got)
	}
	if _, known := c.Certainty(0, 2); known {
		t.Error("a certainty of a network that nothing was fitted to")
	}
}

func TestFormatValue(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 33: "33.0", -58.83: "−58.8", 123.4: "123", 1.5e-20: "1.50e−20", 12345: "1.23e+04"} {
		if got := compare.FormatValue(v); got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
}

func TestParseCount(t *testing.T) {
	for text, want := range map[string]int64{
		"2G": 2e9, "1.58B": 1_580_000_000, "390m": 390e6, " 385,814,752 ": 385_814_752, "5k": 5000, "0.4 T": 4e11, "1e9": 1e9, "7": 7,
	} {
		if got, err := compare.ParseCount(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "G", "-2G", "0", "0.1", "2GM", "2 G 1", "NaN", "Inf", "1e300", "two"} {
		if got, err := compare.ParseCount(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
	for _, n := range []int64{1, 999, 1000, 386e6, 158e7} {
		if got, err := compare.ParseCount(compare.FormatCount(n)); err != nil || got != n {
			t.Errorf("%d: %d, %v", n, got, err)
		}
	}
}

// TestIn: a map of both signs lies over grey, unless the user has it otherwise, and only as
// long as it is of both.
func TestIn(t *testing.T) {
	var both, one *colormap.Colormap
	for _, m := range colormap.All() {
		if m.Diverging {
			both = m
		} else {
			one = m
		}
	}
	v := compare.DefaultView().In(both)
	if !v.Grey || v.Colormap != both {
		t.Errorf("%+v", v)
	}
	v.Grey = false
	if v = v.In(both); v.Grey {
		t.Error("the user's choice is lost")
	}
	if v = v.In(one); v.Grey || v.Colormap != one {
		t.Errorf("%+v", v)
	}
	if v = compare.DefaultView().In(both).In(one); v.Grey {
		t.Error("it stays grey")
	}
}
