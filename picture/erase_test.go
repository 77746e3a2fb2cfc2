package picture

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// greys is a picture of those levels of grey, row by row.
func greys(w int, levels ...byte) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, len(levels)/w))
	for i, v := range levels {
		copy(img.Pix[4*i:], []byte{v, v, v, 255})
	}
	return img
}

func red(img *image.RGBA) (levels []byte) {
	for i := 0; i < len(img.Pix); i += 4 {
		levels = append(levels, img.Pix[i])
	}
	return levels
}

func apply(t *testing.T, img *image.RGBA, fill Fill, regions ...Region) (*image.RGBA, image.Rectangle) {
	t.Helper()
	before := bytes.Clone(img.Pix)
	out, changed, err := Erasure{regions, fill}.Apply(img)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(img.Pix, before) {
		t.Error("the picture itself is changed")
	}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if !image.Pt(x, y).In(changed) && img.RGBAAt(x, y) != out.RGBAAt(x, y) {
				t.Fatalf("pixel %d, %d is changed, beyond %v", x, y, changed)
			}
		}
	}
	return out, changed
}

// TestRegions: a pixel is erased where its centre is in the region.
func TestRegions(t *testing.T) {
	for _, c := range []struct {
		name    string
		region  Region
		want    string // a 6 × 5 picture, row by row
		changed image.Rectangle
	}{
		{"box", NewBox(1, 2, 3, 2), "...... ...... .###.. .###.. ......", image.Rect(1, 2, 4, 4)},
		{"box of fractions", NewBox(0.6, 0, 1, 0.6), ".#.... ...... ...... ...... ......", image.Rect(0, 0, 2, 1)},
		{"box from its lower right", Region{Shape: Box, Points: [][2]float64{{6, 5}, {5, 4}}}, "...... ...... ...... ...... .....#", image.Rect(5, 4, 6, 5)},
		{"triangle", Region{Shape: Polygon, Points: [][2]float64{{0, 0}, {4.2, 0}, {0, 4.2}}}, "####.. ###... ##.... #..... ......", image.Rect(0, 0, 5, 5)},
		{"dot", Region{Shape: Brush, Points: [][2]float64{{2.5, 2.5}}, Radius: 1.1}, "...... ..#... .###.. ..#... ......", image.Rect(1, 1, 4, 4)},
		{"stroke", Region{Shape: Brush, Points: [][2]float64{{1.5, 1.5}, {4.5, 1.5}}, Radius: 0.9}, "...... .####. ...... ...... ......", image.Rect(0, 0, 6, 3)},
		{"slanting stroke", Region{Shape: Brush, Points: [][2]float64{{0.5, 0.5}, {4.5, 4.5}}, Radius: 0.5}, "#..... .#.... ..#... ...#.. ....#.", image.Rect(0, 0, 5, 5)},
	} {
		img := greys(6, make([]byte, 30)...)
		out, changed := apply(t, img, Grey, c.region)
		got := ""
		for i, v := range red(out) {
			if i > 0 && i%6 == 0 {
				got += " "
			}
			got += map[byte]string{0: ".", 124: "#"}[v]
		}
		if got != c.want || changed != c.changed {
			t.Errorf("%s: %s within %v, want %s within %v", c.name, got, changed, c.want, c.changed)
		}
	}
}

// TestSurroundings: between two pixels a line, within a slope the slope again, to one
// level; of textures no value beyond what is around.
func TestSurroundings(t *testing.T) {
	out, _ := apply(t, greys(6, 10, 0, 0, 0, 0, 110), Surroundings, NewBox(1, 0, 4, 1))
	for i, want := range []byte{10, 30, 50, 70, 90, 110} {
		if got := red(out)[i]; math.Abs(float64(got)-float64(want)) > 1 {
			t.Errorf("between 10 and 110: %v", red(out))
			break
		}
	}
	const side = 96
	slope := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			copy(slope.Pix[slope.PixOffset(x, y):], []byte{byte(2 * x), byte(2 * y), byte(x + y), 255})
		}
	}
	disc := Region{Shape: Brush, Points: [][2]float64{{40, 50}, {60, 45}}, Radius: 20}
	out, _ = apply(t, slope, Surroundings, disc)
	worst := 0.0
	for i, v := range out.Pix {
		worst = max(worst, math.Abs(float64(v)-float64(slope.Pix[i])))
	}
	if worst > 3 { // the grids below know the edge to a cell
		t.Errorf("within a slope it is off by %v levels", worst)
	}
	chance := rand.New(rand.NewPCG(1, 1))
	noise := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range noise.Pix {
		noise.Pix[i] = byte(100 + chance.IntN(50))
	}
	out, _ = apply(t, noise, Surroundings, disc)
	for i, v := range out.Pix {
		if i%4 < 3 && (v < 100 || v >= 150) {
			t.Fatalf("of levels from 100 to 149 it makes %d", v)
		}
	}
	whole := Erasure{Regions: []Region{NewBox(0, 0, side, side)}}
	if _, _, err := whole.Apply(noise); err == nil || !strings.Contains(err.Error(), "nothing is left") {
		t.Errorf("all of it: error %v", err)
	}
}

// TestBlur: the Gaussian as its formula has it, directly and by way of a smaller
// picture; of one level it is that level.
func TestBlur(t *testing.T) {
	flat := greys(40, bytes.Repeat([]byte{77}, 1600)...)
	out, _ := apply(t, flat, Blur, NewBox(5, 5, 30, 20))
	if !bytes.Equal(out.Pix, flat.Pix) {
		t.Error("a picture of one level is changed")
	}
	for _, breadth := range []float64{4, 8, 40} { // σ of 1, 2 and 10 pixels
		const side = 160
		step := greys(side, make([]byte, side*side)...)
		for i := range side * side {
			if i%side >= side/2 {
				copy(step.Pix[4*i:], []byte{200, 200, 200})
			}
		}
		out, _ := apply(t, step, Blur, NewBox(side/2-breadth/2, side/2-breadth/2, breadth, breadth))
		worst := 0.0
		for x := side/2 - int(breadth/2); x < side/2+int(breadth/2); x++ {
			want := 100 * (1 + math.Erf((float64(x)+0.5-side/2)/(breadth/4*math.Sqrt2)))
			worst = max(worst, math.Abs(want-float64(out.RGBAAt(x, side/2).R)))
		}
		if worst > 5 { // of 200: cut off at 3 σ, sampled, and in two steps
			t.Errorf("a step blurred over %v pixels is off by %.1f levels", breadth, worst)
		}
	}
}

// TestEraseAlike: the same bytes on any number of cores; the order of regions that do
// not touch does not matter.
func TestEraseAlike(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	p, err := Open(SamplePrefix + "cat.jpg")
	if err != nil {
		t.Fatal(err)
	}
	regions := []Region{NewBox(20, 30, 150, 90), {Shape: Brush, Points: [][2]float64{{250, 200}, {300, 280}}, Radius: 30}}
	for _, fill := range Fills {
		runtime.GOMAXPROCS(1)
		one, _ := apply(t, p.Image, fill, regions...)
		runtime.GOMAXPROCS(3)
		many, _ := apply(t, p.Image, fill, regions[1], regions[0])
		if !bytes.Equal(one.Pix, many.Pix) {
			t.Errorf("%s: another picture on more cores", fill)
		}
		for _, at := range []image.Point{{90, 70}, {275, 240}} {
			if one.RGBAAt(at.X, at.Y) == p.Image.RGBAAt(at.X, at.Y) {
				t.Errorf("%s: pixel %v is as before", fill, at)
			}
		}
	}
}

// TestEraseRefused: what cannot be erased is refused by a sentence.
func TestEraseRefused(t *testing.T) {
	dot := func(x, y, radius float64) Region {
		return Region{Shape: Brush, Points: [][2]float64{{x, y}}, Radius: radius}
	}
	many := make([]Region, MaxRegions+1)
	for i := range many {
		many[i] = NewBox(0, 0, 1, 1)
	}
	for _, c := range []struct {
		e    Erasure
		want string
	}{
		{Erasure{Regions: []Region{NewBox(5, 5, 10, 2)}}, "box 5,5,10,2 reaches out of the picture, which has 10 × 8 pixels"},
		{Erasure{Regions: []Region{NewBox(-1, 0, 2, 2)}}, "reaches out"},
		{Erasure{Regions: []Region{NewBox(1e300, 0, 2, 2)}}, "0000000 reaches out"},
		{Erasure{Regions: []Region{dot(11, 3, 5)}}, "reaches out"},
		{Erasure{Regions: []Region{NewBox(2.1, 2.1, 0.2, 0.2)}}, "holds no pixel"},
		{Erasure{Regions: []Region{NewBox(2, 2, 0, 3)}}, "holds no pixel"},
		{Erasure{Regions: []Region{NewBox(math.NaN(), 2, 1, 3)}}, "give numbers"},
		{Erasure{Regions: []Region{NewBox(1, 2, math.Inf(1), 3)}}, "give numbers"},
		{Erasure{Regions: []Region{dot(1, 1, 0)}}, "a brush of the radius 0"},
		{Erasure{Regions: []Region{dot(1, 1, math.NaN())}}, "a brush of the radius NaN"},
		{Erasure{Regions: []Region{dot(1, 1, 1e9)}}, "a brush of the radius 1e+09"},
		{Erasure{Regions: []Region{{Shape: Polygon, Points: [][2]float64{{1, 1}, {2, 2}}}}}, "a polygon of 2 points"},
		{Erasure{Regions: []Region{{Shape: "cloud", Points: [][2]float64{{1, 1}}}}}, `"cloud"`},
		{Erasure{Regions: []Region{{Shape: Brush, Points: make([][2]float64, MaxPoints+1), Radius: 1}}}, "a brush of 4001 points"},
		{Erasure{Regions: []Region{{Shape: Brush, Points: make([][2]float64, MaxPoints), Radius: 1}, dot(1, 1, 1)}}, "more than 4000 points"},
		{Erasure{Regions: many}, "101 regions"},
		{Erasure{Regions: many[:1], Fill: "void"}, `the fill "void"; there are surroundings, blur, grey`},
	} {
		if _, _, err := c.e.Apply(greys(10, make([]byte, 80)...)); err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 250 {
			t.Errorf("error %v; want one that says %q", err, c.want)
		}
	}
}

// TestParseRegion: what is written is read again, and what is no region is not.
func TestParseRegion(t *testing.T) {
	for text, shape := range map[string]Shape{"1,2,3.5,4": Box, "1,2,3,4,5.25,6": Polygon, "2.5,1,2": Brush, "8,1,2,3,4": Brush} {
		r, err := ParseRegion(shape, text)
		if err != nil || r.Numbers() != text || r.Shape != shape {
			t.Errorf("%s %s: %v, %v", shape, text, r, err)
		}
	}
	if r, err := ParseRegion(Box, " 1, 2 ,3,4"); err != nil || !r.Equal(NewBox(1, 2, 3, 4)) {
		t.Errorf("with spaces: %v, %v", r, err)
	}
	for text, shape := range map[string]Shape{
		"": Box, "1,2": Box, "1,2,3,4,5": Box, "1,2,0,4": Box, "1,2,3,-4": Box, "1,2,x,4": Box, "1,2,NaN,4": Box, "1,Inf,3,4": Box,
		"1,2,3": Polygon, "8": Brush, "8,1": Brush, "a,1,2": Brush,
	} {
		if r, err := ParseRegion(shape, text); err == nil || !strings.Contains(err.Error(), "write "+numbersOf[shape]) {
			t.Errorf("%s %q: %v, %v", shape, text, r, err)
		}
	}
}

// TestEraseHostile: the most points, crossing the largest brush, end soon.
func TestEraseHostile(t *testing.T) {
	chance := rand.New(rand.NewPCG(2, 2))
	img := greys(600, make([]byte, 600*500)...)
	r := Region{Shape: Brush, Radius: 300}
	for range MaxPoints {
		r.Points = append(r.Points, [2]float64{600 * chance.Float64(), 500 * chance.Float64()})
	}
	for _, shape := range []Shape{Brush, Polygon} {
		r.Shape = shape
		for _, fill := range Fills {
			if _, _, err := (Erasure{[]Region{r}, fill}).Apply(img); err != nil && fill != Surroundings {
				t.Error(err)
			}
		}
	}
}

func BenchmarkErase(b *testing.B) {
	img := greys(4000, make([]byte, 4000*3000)...)
	small := Crop(img, image.Rect(0, 0, 500, 375))
	for _, fill := range Fills {
		for name, c := range map[string]struct {
			img *image.RGBA
			by  float64
		}{"500x375": {small, 1}, "4000x3000": {img, 8}} {
			e := Erasure{[]Region{NewBox(100*c.by, 100*c.by, 200*c.by, 150*c.by)}, fill}
			b.Run(string(fill)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, _, err := e.Apply(c.img); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
