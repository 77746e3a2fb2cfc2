package figure

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/compare/record"
	"scalecam/network"
	"scalecam/picture"
)

var update = flag.Bool("update", false, "write the golden figures anew")

// boxes are everything on the page with its bounds.
func (p *page) boxes() map[string]image.Rectangle {
	all := map[string]image.Rectangle{}
	for i, l := range p.lines {
		all[fmt.Sprintf("line %d %q", i, l.text)] = l.box
	}
	for _, c := range p.cells {
		all[fmt.Sprintf("cell %d, %d", c.row, c.col)] = c.box.Inset(-frame)
	}
	for i, b := range p.bars {
		all[fmt.Sprintf("bar %d", i)] = b.box
	}
	for i, r := range p.rules {
		all[fmt.Sprintf("rule %d", i)] = r
	}
	return all
}

// TestNothingOverlaps lays out 1 to 8 networks and 1 to 6 pictures of any shape,
// with short and long names, and all kinds of notes.
func TestNothingOverlaps(t *testing.T) {
	type kind struct {
		name                        string
		network, file, class, other string
	}
	kinds := []kind{
		{"short names", "b", "a.png", "ox", "elk"},
		{"long names", strings.Repeat("a very long name ", 12), strings.Repeat("W", 196) + ".png", strings.Repeat("hippopotamus, ", 14), strings.Repeat("M", 200)},
		{"names that the font lacks", "网络_网络", "\x00\xff画\n像.jpg", "猫👍🏽\u202e", "\U0010ffff" + strings.Repeat("e\u0301", 90)},
		{"no names", "", "", "", ""},
	}
	sizes := []image.Point{{80, 60}, {1, 1}, {400, 20}, {20, 400}, {65_535, 1}, {300, 500}}
	resolutions := []network.Size{{H: 64, W: 64}, {H: 96, W: 160}}
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		classes := make([]string, 10)
		for i := range classes {
			classes[i] = kind.other
		}
		classes[0] = kind.class
		whole := &compare.Comparison{}
		for j := range 8 {
			m := comparetest.Model(t, kind.network, 64, classes...)
			n, err := m.Network.At(resolutions[j%2])
			if err != nil {
				t.Fatal(err)
			}
			n.Scaling.Depth = 1.0 / float64(j+1)
			m.Network, m.Trained, m.TrainedAt = n, j%3 == 0, resolutions[j/2%2]
			whole.Models = append(whole.Models, m)
		}
		for i, size := range sizes {
			r := compare.Row{
				Picture: &picture.Picture{Path: kind.file, Image: image.NewRGBA(image.Rectangle{Max: size})},
				Class:   kind.class, Predicted: i%2 == 0,
			}
			for j := range 8 {
				cell := compare.Cell{
					Class: -1, Top: []network.Prediction{{Class: (i + j) % 2, Probability: 1 / float64(1+i*j*j)}},
					Activations: &network.Activations{Pooled: cam.Pooled{Logits: make([]float32, 10)}, Seen: network.Region{X1: float64(size.X), Y1: float64(size.Y * (1 + j) / 8)}},
				}
				if (i+j)%4 > 0 { // positive, negative, and tiny
					cell.Class = 0
					cell.Map = &cam.Map{H: 1, W: 1, Values: []float32{[]float32{-1, 123.456, 1.5e-20}[(i+2*j)%3]}}
				}
				r.Cells = append(r.Cells, cell)
			}
			whole.Rows = append(whole.Rows, r)
		}
		for networks := 1; networks <= 8; networks++ {
			for pictures := 1; pictures <= 6; pictures++ {
				c := &compare.Comparison{Models: whole.Models[:networks]}
				for _, r := range whole.Rows[6-pictures:] {
					r.Cells = r.Cells[:networks]
					c.Rows = append(c.Rows, r)
				}
				for _, shared := range []bool{false, true} {
					v := compare.DefaultView()
					v.Shared = shared
					v.Colormap = comparetest.Signed(t)
					if networks > 1 {
						v.Consensus, v.Difference = pictures%2 == 0, compare.Pair{After: networks, Before: networks/2 + networks%2}
					}
					name := fmt.Sprintf("%s, %d networks, %d pictures, shared %v", kind.name, networks, pictures, shared)
					p := layOut(c, v, setter)
					checkPage(t, name, p)
					heights := 0
					for i := range c.Rows {
						heights += fitted(c.Rows[i].Size()).Y
					}
					if least := leastSize(heights, pictures, networks+v.Extra()); least.X > p.size.X || least.Y > p.size.Y {
						t.Fatalf("%s: %v, which is said to be at least %v", name, p.size, least)
					}
				}
			}
		}
	}
}

func checkPage(t *testing.T, name string, p *page) {
	t.Helper()
	canvas := image.Rectangle{Max: p.size}.Inset(margin / 2)
	all := p.boxes()
	for a, box := range all {
		if box.Empty() && !strings.HasSuffix(a, `""`) {
			t.Fatalf("%s: %s is empty: %v", name, a, box)
		}
		if !box.In(canvas) {
			t.Fatalf("%s: %s at %v is not within %v", name, a, box, canvas)
		}
		for b, other := range all {
			if a != b && box.Overlaps(other) {
				t.Fatalf("%s: %s at %v overlaps %s at %v", name, a, box, b, other)
			}
		}
	}
}

// What every line paints lies within its box, so that what the layout keeps
// apart stays apart.
func TestInkStaysInItsBox(t *testing.T) {
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []style{heading, strong, differs, body, small, foot} {
		for _, text := range []string{"jÅgÿ|_", "≠ ×…“f”", "0.00183", string(setter.printable("\x00画\U0010ffff", s)), "fffWWWjjj"} {
			l := setter.place(text, s, 50, 50)
			dst := image.NewRGBA(image.Rect(0, 0, 300, 120))
			setter.draw(dst, l, 1)
			inked := false
			for y := range dst.Rect.Max.Y {
				for x := range dst.Rect.Max.X {
					if dst.RGBAAt(x, y).A == 0 {
						continue
					}
					inked = true
					if !image.Pt(x, y).In(l.box) {
						t.Fatalf("%q in %v: ink at (%d, %d), outside of %v", text, s, x, y, l.box)
					}
				}
			}
			if !inked {
				t.Errorf("%q in %v: no ink", text, s)
			}
		}
	}
}

// The golden figures: see them before they are committed.
func TestGoldenFigures(t *testing.T) {
	for _, test := range []struct {
		name string
		view func(*compare.View)
		draw func(t *testing.T, c *compare.Comparison, v compare.View) (*image.RGBA, error)
	}{
		{"own", func(*compare.View) {}, draws},
		{"shared", func(v *compare.View) {
			v.Shared, v.Grey, v.Interpolation, v.Opacity = true, true, cam.Grid, 1
		}, draws},
		{"erased", func(*compare.View) {}, func(t *testing.T, c *compare.Comparison, v compare.View) (*image.RGBA, error) {
			return DrawErased(t.Context(), erased(t, c), v)
		}},
		{"derived", func(v *compare.View) { v.Consensus, v.Difference = true, compare.Pair{After: 1, Before: 3} }, draws},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12}, []float32{-1, -2})
			c.Models[1].Trained = false
			v := compare.DefaultView()
			test.view(&v)
			got, err := test.draw(t, c, v)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("..", "..", "testdata", "compare", test.name+".png")
			if *update {
				data, err := record.EncodePNG(t.Context(), got, record.SettingsOf(c, v, record.WholePaths))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				t.Fatal("no golden figure; make it with: go test ./compare/figure -update")
			} else if err != nil {
				t.Fatal(err)
			}
			decoded, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			want := image.NewRGBA(decoded.Bounds())
			draw.Draw(want, want.Rect, decoded, image.Point{}, draw.Src)
			if got.Rect != want.Rect {
				t.Fatalf("the figure is %v, want %v", got.Rect.Max, want.Rect.Max)
			}
			// Exact where the golden was made; elsewhere a compiler may fuse
			// multiplications with additions, which moves a value's rounding.
			tolerance := 0
			if runtime.GOARCH != "amd64" {
				tolerance = 1
			}
			for i, b := range got.Pix {
				if d := int(b) - int(want.Pix[i]); d > tolerance || -d > tolerance {
					t.Fatalf("pixel (%d, %d) is %v, want %v", i%got.Stride/4, i/got.Stride,
						got.Pix[i/4*4:][:4], want.Pix[i/4*4:][:4])
				}
			}
		})
	}
}

func draws(t *testing.T, c *compare.Comparison, v compare.View) (*image.RGBA, error) {
	return Draw(t.Context(), c, v)
}

// erased is the comparison before a box and a stroke are taken out of its picture, with
// other maps after.
func erased(t *testing.T, c *compare.Comparison) *compare.Erased {
	t.Helper()
	e := &compare.Erased{Erasure: compare.Erasure{Erasure: picture.Erasure{Regions: []picture.Region{
		picture.NewBox(20, 15, 16, 20), {Shape: picture.Brush, Points: [][2]float64{{50, 40}, {60, 45}}, Radius: 5},
	}, Fill: picture.Grey}}}
	after := comparetest.Comparison(t, []float32{-3, 2, 1, 2}, []float32{1, 1, 8, 2}, []float32{-1, 2}).Rows[0]
	p, _, err := e.Erasure.Of(c.Rows[0].Picture)
	if err != nil {
		t.Fatal(err)
	}
	after.Picture = p
	both := *c
	both.Rows = append(both.Rows[:1:1], after)
	e.Comparison = &both
	for j := range c.Models {
		after.Cells[j].Activations.Logits[0], after.Cells[j].Probability = float32(j)-1.5, 0.1
		change, err := cam.Difference(after.Cells[j].Map, c.Rows[0].Cells[j].Map)
		if err != nil {
			t.Fatal(err)
		}
		e.Changes = append(e.Changes, change)
	}
	return e
}

// The outline lies around what the network saw, and nowhere on it.
func TestOutline(t *testing.T) {
	c := comparetest.Comparison(t, nil, nil)
	c.Rows[0].Cells[1].Activations.Seen = network.Region{X1: 80, Y1: 60} // the whole
	v := compare.DefaultView().Bounded()
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	p := layOut(c, v, setter)
	img, err := Draw(t.Context(), c, v)
	if err != nil {
		t.Fatal(err)
	}
	first, outlined, whole := p.cells[0], p.cells[1], p.cells[2]
	if got := p.outlined(); len(got) != 1 || got[0].col != 0 {
		t.Fatalf("outlined: %v, want the cell of the first network alone", got)
	}
	seen := image.Rect(40, 20, 240, 220)
	if outlined.seen != seen {
		t.Fatalf("the outline is around %v, want %v", outlined.seen, seen)
	}
	for y := range first.box.Dy() {
		for x := range first.box.Dx() {
			at := image.Pt(x, y)
			of := func(c cellBox) color.RGBA { return img.RGBAAt(c.box.Min.X+x, c.box.Min.Y+y) }
			if of(whole) != of(first) {
				t.Fatalf("%v of the wholly seen picture is %v, want %v", at, of(whole), of(first))
			}
			want := of(first)
			switch {
			case at.In(seen) || !at.In(seen.Inset(-2)):
			case at.In(seen.Inset(-1)):
				want = color.RGBA{255, 255, 255, 255}
			default: // half black
				want = of(outlined)
				if want.R > of(first).R/2+1 || want.B > of(first).B/2+1 {
					t.Fatalf("%v beside the outline is %v on %v, want half as bright", at, want, of(first))
				}
			}
			if got := of(outlined); got != want {
				t.Fatalf("%v of the outlined picture is %v, want %v", at, got, want)
			}
		}
	}
}

func TestFigureIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
	v := compare.DefaultView()
	v.Consensus, v.Difference = true, compare.Pair{After: 2, Before: 1}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want, err := Draw(t.Context(), c, v)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 5} {
		runtime.GOMAXPROCS(n)
		got, err := Draw(t.Context(), c, v)
		if err != nil || !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%d processors give other bytes than one (error %v)", n, err)
		}
	}
}

func TestFigureTooLarge(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2})
	for range 400 {
		c.Rows = append(c.Rows, c.Rows[0])
	}
	_, err := Draw(t.Context(), c, compare.DefaultView())
	if err == nil || !strings.Contains(err.Error(), "at most 65535 on a side; compare fewer at a time") {
		t.Errorf("401 pictures: got error %v", err)
	}
}

// TestTooLargeAtOnce: a figure that would be too large is refused before any of
// its pictures is opened or decoded, and for the right reason.
func TestTooLargeAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.png")
	var b bytes.Buffer
	if err := png.Encode(&b, comparetest.Picture("", 30, 40).Image); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes()[:b.Len()/2], 0o600); err != nil { // its header alone is whole
		t.Fatal(err)
	}
	m := comparetest.Model(t, "a", 64)
	for _, test := range []struct {
		name             string
		path             string
		pictures, models int
		zoom             int
		want             string
	}{
		{"many pictures", "missing.png", 5000, 1, 1, "takes 588 × 465251 pixels or more, and a picture has at most 65535 on a side"},
		{"many networks", "missing.png", 1, 250, 1, "on a side"},
		{"many columns", "missing.png", 1, 249, 1, "on a side"},
		{"zoomed", "missing.png", 100, 6, 4, "120 million"},
		{"many tall pictures", file, 200, 1, 1, "on a side"},
		{"fewer", "missing.png", 200, 1, 1, "missing.png"},
	} {
		v := compare.DefaultView()
		v.Zoom = test.zoom
		_, err := Run(t.Context(), slices.Repeat([]string{test.path}, test.pictures), compare.OpenPicture, slices.Repeat([]*network.Model{m}, test.models),
			func(int) string { return "" }, compare.By{}, v, func(int, int) { t.Errorf("%s: a network runs", test.name) })
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// TestRun: what is kept of the pictures gives the figure and the numbers
// of the pictures themselves, and no more of them is in memory than one at a time.
func TestRun(t *testing.T) {
	const count, w, h = 6, 1600, 1000 // 6 MB each
	dir := t.TempDir()
	var paths []string
	for i := range count {
		p := comparetest.Picture("", w, h)
		p.Image.Pix[i*4*w] ^= 0xff // no two alike
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, p.Image); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, fmt.Sprint(i, ".png")))
		if err := os.WriteFile(paths[i], b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	models := []*network.Model{comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96)}
	models[1].Preprocessing.Ratio, models[1].Preprocessing.Crop = 0.9, network.CentreCrop
	for _, m := range models {
		if err := m.Compile(); err != nil {
			t.Fatal(err)
		}
	}
	asks := func(row int) string { return []string{"", "class 3"}[row%2] }
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	v := compare.DefaultView()
	v.Zoom, v.Shared, v.Contour = 2, true, 0.5
	before, most := heap(), uint64(0)
	var told []int
	got, err := Run(t.Context(), paths, compare.OpenPicture, models, asks, compare.By{}, v, func(done, total int) {
		if total != 2*count {
			t.Errorf("%d runs in all", total)
		}
		told = append(told, done)
		most = max(most, heap())
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 2*count+1 || !slices.IsSorted(told) || told[2*count] != 2*count {
		t.Errorf("told of %v", told)
	}
	// Beside the picture at hand, each that was has 640 × 400 pixels here.
	if bound := uint64(w*h*4 + count*640*400*4 + 4<<20); most-before > bound {
		t.Errorf("%d MB more in use, want at most %d", (most-before)>>20, bound>>20)
	}
	var pictures []*picture.Picture
	for _, path := range paths {
		p, err := compare.OpenPicture(path)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, p)
	}
	want := comparetest.Run(t, "", pictures, models...)
	for i := range want.Rows {
		if err := want.Explain(t.Context(), i, asks(i)); err != nil {
			t.Fatal(err)
		}
	}
	drawing := func(c *compare.Comparison) []byte {
		img, err := Draw(t.Context(), c, v)
		if err != nil {
			t.Fatal(err)
		}
		return img.Pix
	}
	if !bytes.Equal(drawing(got), drawing(want)) {
		t.Error("another figure than of the whole pictures")
	}
	if !reflect.DeepEqual(record.ReportOf(got, v, record.WholePaths), record.ReportOf(want, v, record.WholePaths)) {
		t.Errorf("got the numbers %+v, want %+v", record.ReportOf(got, v, record.WholePaths), record.ReportOf(want, v, record.WholePaths))
	}
}

// ending is a context that ends once it has been asked so often.
type ending struct {
	context.Context
	left *int
}

func endsAfter(t *testing.T, asked int) ending { return ending{t.Context(), &asked} }

func (e ending) Err() error {
	if *e.left--; *e.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestFigureCancelled: drawing, encoding and exports end with their context,
// wherever they are.
func TestFigureCancelled(t *testing.T) {
	c, v := comparetest.Comparison(t, []float32{1, 2}, []float32{3, 4}), compare.DefaultView()
	img := image.NewRGBA(image.Rect(0, 0, 200, 200)) // of noise, whose PNG takes many writes
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(rng.Uint32()) | 0x80
	}
	for name, do := range map[string]func(context.Context) error{
		"the figure":  func(ctx context.Context) error { _, err := Draw(ctx, c, v); return err },
		"its PNG":     func(ctx context.Context) error { _, err := record.EncodePNG(ctx, img, record.Settings{}); return err },
		"an overlay":  func(ctx context.Context) error { _, err := OverlayPicture(ctx, c, 0, 0, v); return err },
		"a heatmap":   func(ctx context.Context) error { _, err := Heatmap(ctx, c, 0, 0, v); return err },
		"the sizes":   func(ctx context.Context) error { return checkPictures(ctx, []string{"scene:1"}, 1, v) },
		"the sizes 2": func(ctx context.Context) error { return checkPictures(ctx, []string{"scene:1", "scene:2"}, 1, v) },
	} {
		asked := 1 << 20
		counting := ending{t.Context(), &asked}
		if err := do(counting); err != nil {
			t.Fatal(err)
		}
		times := 1<<20 - asked
		if times == 0 {
			t.Errorf("%s never asks", name)
		}
		for after := range times {
			if err := do(endsAfter(t, after)); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, ended when asked %d times: %v", name, after, err)
			}
		}
	}
}

// TestZoom: a figure zoomed has each of its lengths so many times.
func TestZoom(t *testing.T) {
	c, v := comparetest.Comparison(t, []float32{1, 2}), compare.DefaultView()
	one, err := Draw(t.Context(), c, v)
	if err != nil {
		t.Fatal(err)
	}
	v.Zoom = 2
	two, err := Draw(t.Context(), c, v)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := two.Rect.Size(), one.Rect.Size().Mul(2); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSaid: a figure says of its method, of what is explained, and of what networks
// predict what is so.
func TestSaid(t *testing.T) {
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	text := func(p *page) string {
		all := ""
		for _, l := range p.lines {
			all += l.text + " "
		}
		return all
	}
	const classless, margin, below = "knows no class", "less the mean of those", "What is below 0 means nothing and is not shown"
	for _, test := range []struct {
		method    *cam.Method
		has, lack []string
	}{
		{cam.MethodCAM, []string{margin, "What speaks against the class is not shown"}, []string{classless, below}},
		{cam.MethodLayerCAM, []string{margin, below}, []string{classless}},
		{cam.MethodEigenCAM, []string{classless, below}, []string{margin}},
	} {
		c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
		c.By = compare.By{Method: test.method, Against: []string{"class 3"}}
		said := text(layOut(c, compare.DefaultView(), setter))
		for _, want := range test.has {
			if !strings.Contains(said, want) {
				t.Errorf("%s: does not say %q: %s", test.method.Title, want, said)
			}
		}
		for _, untrue := range test.lack {
			if strings.Contains(said, untrue) {
				t.Errorf("%s: says %q: %s", test.method.Title, untrue, said)
			}
		}
	}

	// Own answers that are held against themselves have no map, and contradict nothing.
	c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
	for j := range c.Models {
		c.Rows[0].Cells[j].Class, c.Rows[0].Cells[j].Map = -1, nil
	}
	if said := text(layOut(c, compare.DefaultView(), setter)); strings.Contains(said, "≠ class 0") || !strings.Contains(said, "≠ class 1") {
		t.Errorf("the class without a map: %s", said)
	}
	c.By.Own, c.Rows[0].Own = true, true
	if said := text(layOut(c, compare.DefaultView(), setter)); strings.Contains(said, "≠") {
		t.Errorf("own answers: %s", said)
	}

	// What to beware of in the picture stands beneath it.
	c = comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
	c.Rows[0].Picture.Beware = errors.New("it looks nearly black")
	if said := text(layOut(c, compare.DefaultView(), setter)); strings.Count(said, "it looks nearly black") != 1 {
		t.Errorf("the picture's word: %s", said)
	}

	// Held against another, what is erased has a margin, before and after.
	c = comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
	for _, against := range [][]string{nil, {c.Models[0].Classes[3]}} {
		c.By.Against = against
		e := erased(t, c)
		want, not := "logit", "margin"
		if against != nil {
			want, not = not, want
			for i := range e.Comparison.Rows {
				for j := range c.Models {
					e.Comparison.Rows[i].Cells[j].Map.Target = cam.Margin(0, 3)
				}
			}
		}
		said := text(layOutErased(e, compare.DefaultView(), setter))
		if strings.Count(said, want+" ") < 6 || strings.Contains(said, not) && not == "margin" || strings.Contains(said, not+" −") {
			t.Errorf("held against %v: %s", against, said)
		}
	}
}

// TestKorean: in Korean a figure says nothing in English but what are names, and in
// letters that its fonts have; its settings say so, and give that language again.
func TestKorean(t *testing.T) {
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`slope\.png|network \d|class \d|CAM|MAC|IoU|px|inferno|coolwarm|arXiv|Zhou et al\.|doi|softmax`)
	english := regexp.MustCompile(`[A-Za-z]{3,}`)
	check := func(p *page) {
		hangul := 0
		for _, l := range p.lines {
			if word := english.FindString(name.ReplaceAllString(l.text, "")); word != "" || strings.ContainsRune(l.text, unicode.ReplacementChar) {
				t.Errorf("%q has %q", l.text, word)
			}
			if strings.ContainsFunc(l.text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
				hangul++
			}
		}
		if hangul < 15 {
			t.Errorf("%d lines in Korean", hangul)
		}
	}
	c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12}, []float32{-1, -2}, nil)
	c.Models[1].Trained, c.Models[2].Temperature, c.Models[3].TrainedAt = false, 0, network.Square(32)
	c.Rows[0].Picture.Object = image.NewAlpha(image.Rect(0, 0, 80, 60))
	c.Rows[0].Picture.Object.Pix[100] = 255
	v := compare.DefaultView()
	v.Language, v.Consensus, v.Difference, v.Object, v.Contour = "ko", true, compare.Pair{After: 1, Before: 3}, true, 0.5
	check(layOut(c, v, setter))
	v.Shared, v.Grey, v.Interpolation = true, true, cam.Grid
	check(layOut(c, v.In(comparetest.Signed(t)), setter))
	check(layOutErased(erased(t, comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})), v, setter))

	s := record.SettingsOf(c, v, record.BaseNames)
	if got, err := s.View(); s.Language != "ko" || err != nil || got.Language != "ko" || !strings.Contains(s.Command, " --language ko ") {
		t.Errorf("the settings say %q in %s, %v", s.Language, s.Command, err)
	}
	v.Language = "en"
	if s = record.SettingsOf(c, v, record.BaseNames); s.Language != "" {
		t.Errorf("the settings in English say %q", s.Language)
	}
}

// BenchmarkDraw draws a figure of five networks, and writes it as PNG.
func BenchmarkDraw(b *testing.B) {
	c, v := comparetest.Comparison(b, slices.Repeat([][]float32{{1, 2, 3}}, 5)...), compare.DefaultView()
	settings := record.SettingsOf(c, v, record.BaseNames)
	for b.Loop() {
		img, err := Draw(b.Context(), c, v)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := record.EncodePNG(b.Context(), img, settings); err != nil {
			b.Fatal(err)
		}
	}
}
