package colormap

import (
	"encoding/csv"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/lucasb-eyer/go-colorful"
)

// published reads the 256 colours of a table in testdata.
func published(t *testing.T, name string) []colorful.Color {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "colormap", name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var colours []colorful.Color
	for _, record := range records[1:] {
		var rgb [3]float64
		for i, field := range record {
			level, err := strconv.ParseUint(field, 10, 8)
			if err != nil {
				t.Fatal(err)
			}
			rgb[i] = float64(level) / 255
		}
		colours = append(colours, colorful.Color{R: rgb[0], G: rgb[1], B: rgb[2]})
	}
	if len(colours) != 256 {
		t.Fatalf("%s: %d colours, want 256", name, len(colours))
	}
	return colours
}

// colour is the scale's colour at t for go-colorful.
func colour(c *Colormap, t float64) colorful.Color {
	v := c.At(t)
	return colorful.Color{R: float64(v.R) / 255, G: float64(v.G) / 255, B: float64(v.B) / 255}
}

// deltaE is CIEDE2000 in its usual units, where 1 is just noticeable;
// go-colorful's are a hundredth.
func deltaE(a, b colorful.Color) float64 { return 100 * a.DistanceCIEDE2000(b) }

func TestAgainstPublishedTables(t *testing.T) {
	for _, c := range All() {
		t.Run(c.Name, func(t *testing.T) {
			if c.Name == "grey" {
				t.Skip("grey follows a formula; TestGreyIsEvenInLightness checks it")
			}
			var worst, sum float64
			for i, want := range published(t, c.Name) {
				d := deltaE(colour(c, float64(i)/255), want)
				worst, sum = max(worst, d), sum+d
			}
			t.Logf("%d anchors, ΔE2000 max %.2f, mean %.2f", len(c.anchors), worst, sum/256)
			// 2 is the most that passes for the same colour side by side; scales.go
			// promises both bounds.
			if worst >= 2 || sum/256 >= 0.7 {
				t.Errorf("ΔE2000 max %.2f, mean %.2f; want below 2 and 0.7", worst, sum/256)
			}
		})
	}
}

func TestGreyIsEvenInLightness(t *testing.T) {
	c, err := Lookup("grey")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 256 {
		at := float64(i) / 255
		got := c.At(at)
		if got.R != got.G || got.G != got.B {
			t.Fatalf("At(%g) = %v is not grey", at, got)
		}
		// Half an 8-bit level is at most 0.26 of L* (in the shadows), half an
		// entry of the table 0.1.
		if l, _, _ := colour(c, at).Lab(); math.Abs(100*l-100*at) > 0.4 {
			t.Errorf("At(%g) has L* %.2f", at, 100*l)
		}
	}
}

func TestMenu(t *testing.T) {
	var names []string
	for _, c := range All() {
		names = append(names, c.Name)
		if c.Source == "" {
			t.Errorf("%s has no source", c.Name)
		}
		for i := 1; i < len(c.anchors); i++ {
			if c.anchors[i-1].entry >= c.anchors[i].entry {
				t.Errorf("%s: anchors %d and %d do not rise", c.Name, i-1, i)
			}
		}
	}
	got, want := strings.Join(names, " "), "inferno viridis magma cividis turbo grey coolwarm jet"
	if got != want {
		t.Errorf("All: %s, want %s", got, want)
	}
	if Default().Name != "inferno" {
		t.Errorf("Default: %s, want inferno", Default().Name)
	}
	All()[0] = nil
	if All()[0] == nil {
		t.Error("All hands out its own list")
	}
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct{ name, want, wantErr string }{
		{"inferno", "inferno", ""},
		{"Jet", "jet", ""},
		{"gray", "", `no scale is named "gray"`},
		{"cool-warm", "", `no scale is named "cool-warm"`},
		{"virdis", "", `no scale is named "virdis"`},
		{"", "", "there are inferno, viridis, magma, cividis, turbo, grey, coolwarm, jet"},
	} {
		c, err := Lookup(tt.name)
		switch {
		case tt.wantErr != "":
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("Lookup(%q): error %v, want %q in it", tt.name, err, tt.wantErr)
			}
		case err != nil:
			t.Errorf("Lookup(%q): %v", tt.name, err)
		case c.Name != tt.want:
			t.Errorf("Lookup(%q) = %s, want %s", tt.name, c.Name, tt.want)
		}
	}
}

func TestAt(t *testing.T) {
	c := Default()
	first, last := color.RGBA{R: 0, G: 0, B: 4, A: 255}, color.RGBA{R: 252, G: 255, B: 164, A: 255}
	for _, tt := range []struct {
		name string
		t    float64
		want color.RGBA
	}{
		{"start", 0, first},
		{"end", 1, last},
		{"below", -0.1, first},
		{"above", 1.1, last},
		{"minus infinity", math.Inf(-1), first},
		{"infinity", math.Inf(1), last},
		{"least number", math.SmallestNonzeroFloat64, first},
		{"an anchor", 149.0 / 255, color.RGBA{R: 0xd8, G: 0x4c, B: 0x3e, A: 255}},
		{"no value", math.NaN(), color.RGBA{}},
	} {
		if got := c.At(tt.t); got != tt.want {
			t.Errorf("%s: At(%g) = %v, want %v", tt.name, tt.t, got, tt.want)
		}
	}
	for _, c := range All() {
		if got, want := c.At(0.5), (color.RGBA{R: 0xdd, G: 0xdd, B: 0xdd, A: 255}); c.Diverging && got != want {
			t.Errorf("%s: zero is %v, want the neutral %v", c.Name, got, want)
		}
	}
}
