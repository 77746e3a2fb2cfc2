package webpage

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/compare/comparetest"
	"scalecam/compare/figure"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/wording"
)

// read is a page's data, and the page.
func read(t testing.TB, c *compare.Comparison, v compare.View, also ...string) (read struct {
	pageData
	html string
}) {
	t.Helper()
	var page bytes.Buffer
	if err := Write(t.Context(), &page, c, v, also); err != nil {
		t.Fatal(err)
	}
	read.html = page.String()
	data := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(read.html)
	if data == nil {
		t.Fatal("the page has no data")
	}
	if err := json.Unmarshal([]byte(data[1]), &read.pageData); err != nil {
		t.Fatal(err)
	}
	return read
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *text) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = slices.Repeat(text{one}, len(wording.Languages))
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// floats are a map's values as the page has them.
func floats(t testing.TB, m *mapData) (all []float32) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(m.Values)
	if err != nil || len(raw) != 4*m.H*m.W {
		t.Fatalf("%d bytes of a map of %d × %d (%v)", len(raw), m.H, m.W, err)
	}
	for ; len(raw) > 0; raw = raw[4:] {
		all = append(all, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	}
	return all
}

// said are all texts of lines, in English.
func said(lines []line) (all []string) {
	for _, l := range lines {
		all = append(all, l.Text[0])
	}
	return all
}

// TestPage: the page holds what the program shows, to the last bit and digit, of every
// class that can be chosen, and of columns made of others.
func TestPage(t *testing.T) {
	names := []string{"ant", "bee", "cow", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay"}
	models := []*network.Model{comparetest.Model(t, "one", 64, names...), comparetest.Model(t, "two", 96, names...)}
	for _, m := range models {
		m.Trained = true
	}
	c := comparetest.Run(t, "cow", []*picture.Picture{comparetest.Picture("folder/slope.png", 90, 60), comparetest.Picture("tall.png", 40, 90)}, models...)
	v := compare.DefaultView()
	v.Consensus, v.Difference, v.Contour, v.Shared = true, compare.Pair{After: 2, Before: 1}, 0.25, true
	page := read(t, c, v)
	if want := (viewData{0, 0.7, true, false, false, 0.25, false}); page.View != want {
		t.Errorf("view %+v, want %+v", page.View, want)
	}
	for i, m := range colormap.All() {
		table, err := base64.StdEncoding.DecodeString(page.Colours[i].Table)
		if err != nil || len(table) != 3*511 || page.Colours[i].Diverging != m.Diverging {
			t.Fatalf("colours %d: %d bytes (%v)", i, len(table), err)
		}
		for k := range 511 {
			if got, want := table[3*k:3*k+3], m.At(float64(k)/510); !bytes.Equal(got, []byte{want.R, want.G, want.B}) {
				t.Errorf("%s at %d of 510: %v, want %v", m.Name, k, got, want)
			}
		}
	}
	if got := page.Columns; len(got) != 4 || got[2].Title[0] != "Consensus" || got[2].Title[1] != "합의" || got[3].Title[0] != "two − one" || !got[3].Signed || !got[2].Derived || got[0].Derived {
		t.Errorf("columns %+v", got)
	}
	for i, row := range page.Rows {
		of := c.Rows[i]
		if size := of.Size(); row.Width != size.X || row.Height != size.Y || row.Name[0] != []string{"slope.png", "tall.png"}[i] {
			t.Errorf("row %d is %s, %d × %d", i, row.Name, row.Width, row.Height)
		}
		raw, err := base64.StdEncoding.DecodeString(row.JPEG)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := jpeg.Decode(bytes.NewReader(raw))
		if err != nil || max(shown.Bounds().Dx(), shown.Bounds().Dy()) != least {
			t.Fatalf("row %d: a picture of %v (%v)", i, shown.Bounds(), err)
		}
		if want := fmt.Sprintf("%d × %d px, here %d × %d", row.Width, row.Height, shown.Bounds().Dx(), shown.Bounds().Dy()); row.Lines[0].Text[0] != want {
			t.Errorf("row %d says %q, want %q", i, row.Lines[0].Text[0], want)
		}
		classes := map[string]bool{}
		for k, choice := range row.Choices {
			if k == 0 && (choice.Class[0] != "cow" || choice.Why[0] != "(chosen)") {
				t.Errorf("row %d begins with %s, %s", i, choice.Class, choice.Why)
			}
			if classes[choice.Class[0]] {
				t.Errorf("row %d: %s twice", i, choice.Class)
			}
			classes[choice.Class[0]] = true
			explained, err := compare.Run(t.Context(), []*picture.Picture{of.Picture}, models, choice.Class[0], c.By, nil)
			if err != nil {
				t.Fatal(err)
			}
			for j, cell := range choice.Cells {
				want := explained.Shown(0, j, v)
				if cell.Map.H != want.Map.H || cell.Map.W != want.Map.W || !slices.Equal(floats(t, cell.Map), want.Map.Values) {
					t.Errorf("row %d, %s, column %d: another map", i, choice.Class, j)
				}
				if cell.Seen != [4]float64{want.Seen.X0, want.Seen.Y0, want.Seen.X1, want.Seen.Y1} {
					t.Errorf("row %d, column %d: seen %v", i, j, cell.Seen)
				}
				if j >= len(models) {
					continue
				}
				is := explained.Rows[0].Cells[j]
				sum := fmt.Sprintf("mean\u00a0%s + bias\u00a0%s = logit\u00a0%s", compare.FormatValue(is.Map.Mean()), compare.FormatValue(is.Bias()), compare.FormatValue(is.Logit()))
				predicted := models[j].Classes[is.Top[0].Class] + ", " + compare.FormatProbability(is.Top[0].Probability)
				if is.Top[0].Class != is.Class {
					predicted = "≠ " + predicted
				}
				a := explained.Agreements(0)[j]
				alike := fmt.Sprintf("with others: ρ %s, IoU %.2f", strings.ReplaceAll(fmt.Sprintf("%.2f", a.RankCorrelation), "-", "−"), a.TopIoU)
				for _, want := range []string{sum, predicted, alike} {
					if !slices.Contains(said(cell.Lines), want) {
						t.Errorf("row %d, column %d does not say %q: %q", i, j, want, said(cell.Lines))
					}
				}
			}
		}
		for j, m := range models { // the classes to choose are what the networks find most probable
			for k, top := range of.Cells[j].Top {
				if !classes[m.Classes[top.Class]] {
					t.Errorf("row %d: %s cannot be chosen", i, m.Classes[top.Class])
				}
				if got := row.Tops[j][k]; got.Class[0] != m.Classes[top.Class] || got.Probability != compare.FormatProbability(top.Probability) {
					t.Errorf("row %d, network %d: place %d is %+v", i, j, k, got)
				}
			}
		}
	}
}

// TestChoices: which classes there are to choose from.
func TestChoices(t *testing.T) {
	models := []*network.Model{comparetest.Model(t, "net", 64, comparetest.Animals...)}
	p := []*picture.Picture{comparetest.Picture("slope.png", 80, 60)}
	run := func(class string, by compare.By) *compare.Comparison {
		c, err := compare.Run(t.Context(), p, models, class, by, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	by := func(method, layer string) compare.By {
		b, err := compare.ByName(method, layer)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var probable []string
	for _, top := range run("", compare.By{}).Rows[0].Cells[0].Top {
		probable = append(probable, models[0].Classes[top.Class])
	}
	other := probable[slices.IndexFunc(probable, func(c string) bool { return c != "crane" })]
	except := func(class string) []string {
		return slices.DeleteFunc(slices.Clone(probable), func(c string) bool { return c == class })
	}
	for _, one := range []struct {
		name string
		c    *compare.Comparison
		also []string
		want []string
	}{
		{"the most probable", run("", compare.By{}), nil, probable},
		{"beside one", run("hen", compare.By{}), nil, append([]string{"hen"}, except("hen")...)},
		{"named", run("hen", compare.By{}), []string{"bee", "2", "hen"}, []string{"hen", "bee", "crane"}},
		{"its own", run("", compare.By{Own: true}), []string{"bee"}, []string{"what each predicts itself", "bee"}},
		{"not those held against", run("hen", compare.By{Against: []string{other}}), nil, append([]string{"hen"}, slices.DeleteFunc(except("hen"), func(c string) bool { return c == other })...)},
		{"without runs", run("hen", by("hires-cam", "")), nil, append([]string{"hen"}, except("hen")...)},
		{"with runs", run("hen", by("hires-cam", "stage6")), nil, []string{"hen"}},
		{"with runs, named", run("hen", by("hires-cam", "stage6")), []string{"bee"}, []string{"hen", "bee"}},
		{"of no class", run("hen", by("eigen-cam", "")), nil, []string{"hen"}},
	} {
		before := one.c.Rows[0].Class
		var got []string
		for _, choice := range read(t, one.c, compare.DefaultView(), one.also...).Rows[0].Choices {
			got = append(got, choice.Class[0])
		}
		if !slices.Equal(got, one.want) {
			t.Errorf("%s: %q, want %q", one.name, got, one.want)
		}
		if one.c.Rows[0].Class != before {
			t.Errorf("%s: the comparison explains %s now", one.name, one.c.Rows[0].Class)
		}
	}
	if err := Write(t.Context(), &bytes.Buffer{}, run("", compare.By{}), compare.DefaultView(), []string{"zebra"}); err == nil || !strings.Contains(err.Error(), "zebra") {
		t.Errorf("a class that there is not: %v", err)
	}
}

// TestHostile: nothing in names, whatever it holds, is more than text in the page.
func TestHostile(t *testing.T) {
	const evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;{data}{script}<!--\u202e\u2028\x00"
	classes := slices.Clone(comparetest.Animals)
	classes[0] = evil
	m := comparetest.Model(t, evil, 64, classes...)
	c := comparetest.Run(t, "0", []*picture.Picture{comparetest.Picture(strings.ReplaceAll(evil, "/", "∕")+".png", 80, 60)}, m)
	c.Models[0].Trained = true
	page := read(t, c, compare.DefaultView())
	if got := strings.Count(page.html, "<script"); got != 2 {
		t.Errorf("%d scripts, want the data and one", got)
	}
	for _, bad := range []string{"<img", "<!--", "\u202e", "\u2028", "\x00", "{data}</"} {
		if strings.Contains(page.html, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if got, want := page.Rows[0].Choices[0].Class[0], strings.NewReplacer("\u202e", `\u202e`, "\u2028", `\u2028`, "\x00", `\u0000`).Replace(evil); got != want {
		t.Errorf("the class is %q, want %q", got, want)
	}
	for _, address := range regexp.MustCompile(`(?i)(src|href|action|url)\s*[=(]\s*["']?(https?:|//)|@import`).FindAllString(page.html, -1) {
		t.Errorf("the page asks for %q", address)
	}
}

// TestPolicy: the page allows its own style and script, and nothing else.
func TestPolicy(t *testing.T) {
	page := read(t, comparetest.Comparison(t, []float32{1, 2}), compare.DefaultView()).html
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("no policy")
	}
	part := func(pattern string) string {
		all := regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1)
		if len(all) != 1 {
			t.Fatalf("%d of %s", len(all), pattern)
		}
		return all[0][1]
	}
	want := "default-src 'none'; img-src data:; style-src '" + hash(part(`(?s)<style>(.*?)</style>`)) + "'; script-src '" + hash(part(`(?s)<script>(.*?)</script>`)) + "'; base-uri 'none'; form-action 'none'"
	if policy[1] != want {
		t.Errorf("policy %s, want %s", policy[1], want)
	}
	if strings.Contains(page, " style=") || regexp.MustCompile(` on[a-z]+=`).MatchString(frame) {
		t.Error("an inline style or handler, which the policy forbids")
	}
}

// TestSameBytes: a page is the same on any number of cores, and of rows that were
// added one by one.
func TestSameBytes(t *testing.T) {
	models := []*network.Model{comparetest.Model(t, "one", 64), comparetest.Model(t, "two", 96)}
	pictures := []*picture.Picture{comparetest.Picture("a.png", 300, 200), comparetest.Picture("b.png", 1500, 900)}
	v := compare.DefaultView()
	v.Consensus = true
	whole := read(t, comparetest.Run(t, "", pictures, models...), v).html
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := New(v, nil)
	c, err := p.Run(t.Context(), []string{"a.png", "b.png"}, func(path string) (*picture.Picture, error) {
		return pictures[slices.IndexFunc(pictures, func(p *picture.Picture) bool { return p.Path == path })], nil
	}, models, func(int) string { return "" }, compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := p.WriteTo(&again, c); err != nil {
		t.Fatal(err)
	}
	if again.String() != whole {
		t.Errorf("another page of %d bytes, not of %d", again.Len(), len(whole))
	}
}

// TestSize: three pictures of the kind that JPEG cannot make small, by five networks,
// stay below 8 MB, and there is an end to what a page holds.
func TestSize(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, 1600, 1200))
	for i := range img.Pix {
		img.Pix[i] = byte(noise.Uint32())
	}
	var pictures []*picture.Picture
	var models []*network.Model
	for i := range 3 {
		pictures = append(pictures, &picture.Picture{Path: fmt.Sprint(i), Image: img})
	}
	for i := range 5 {
		models = append(models, comparetest.Model(t, fmt.Sprint(i), 64+32*i))
	}
	c := comparetest.Run(t, "", pictures, models...)
	if got := len(read(t, c, compare.DefaultView()).html); got > 8<<20 {
		t.Errorf("%d bytes", got)
	}
	p := New(compare.DefaultView(), []string{})
	p.size = MaxBytes - 1000
	if err := p.Add(t.Context(), c, 0); err == nil || !strings.Contains(err.Error(), "fewer") {
		t.Errorf("beyond the bound: %v", err)
	}
}

// TestEnds: a page ends with its context, wherever that ends.
func TestEnds(t *testing.T) {
	c := comparetest.Run(t, "", []*picture.Picture{comparetest.Picture("a.png", 80, 60)}, comparetest.Model(t, "one", 64))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Write(ctx, &bytes.Buffer{}, c, compare.DefaultView(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestNotes: what must be known stands in the page: of networks in their heads or in
// the small print, of cells beneath them.
func TestNotes(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, nil, []float32{-1, -2})
	c.Models[0].Trained = false
	c.Models[2].TrainedAt = network.Square(32)
	v := compare.DefaultView()
	v.Consensus = true
	page := read(t, c, v, []string{}...)
	for i, cell := range page.Rows[0].Choices[0].Cells {
		var want []string
		for _, n := range c.CellNotes(0, i, v) {
			if n.Kind != compare.NoEvidence {
				want = append(want, n.String())
			}
		}
		var got []string
		for _, l := range cell.Lines {
			if l.Style == "warning" {
				got = append(got, l.Text[0])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("column %d says %q, want %q", i, got, want)
		}
	}
	if got := said(page.Columns[0].Lines); !slices.Contains(got, "untrained: random weights") || !page.Columns[0].Untrained {
		t.Errorf("the first network's head says %q", got)
	}
	if got := said(page.Columns[2].Lines); !slices.Contains(got, "trained at 32 px, run at 64") {
		t.Errorf("the last network's head says %q", got)
	}
	for key, when := range map[string]string{"foot.untrained": "", "foot.outline": "", "foot.unequal": "shared", "foot.calibrated": "", "foot.sign.clipped": "!signed"} {
		if !slices.ContainsFunc(page.Foot, func(f footData) bool { return slices.Equal(f.Text, say(key)) && f.If == when }) {
			t.Errorf("the small print has no %s", key)
		}
	}
}

// TestMethods: the small print says what values are and whether they add up.
func TestMethods(t *testing.T) {
	models := []*network.Model{comparetest.Model(t, "net", 64)}
	for _, m := range cam.Methods {
		c, err := compare.Run(t.Context(), []*picture.Picture{comparetest.Picture("a.png", 80, 60)}, models, "", compare.By{Method: m}, nil)
		if err != nil {
			t.Fatal(err)
		}
		page := read(t, c, compare.DefaultView())
		units := "foot.logit"
		switch {
		case m.Units == cam.NoUnits:
			units = "foot.none"
		case m == cam.MethodCAM:
			units = "foot.adds.logit"
		}
		for _, key := range []string{"foot.adds.logit", "foot.logit", "foot.none"} {
			if got := slices.ContainsFunc(page.Foot, func(f footData) bool { return slices.Equal(f.Text, say(key)) }); got != (key == units) {
				t.Errorf("%s: %s stands there: %v", m.Key, key, got)
			}
		}
		if !strings.Contains(page.Foot[0].Text[0], m.Source) {
			t.Errorf("%s: %q", m.Key, page.Foot[0].Text[0])
		}
	}
}

// TestObject: a picture whose object is known comes with the line around it, as the
// figure draws that, and with how well each map finds it; another does not.
func TestObject(t *testing.T) {
	scene, err := compare.OpenPicture("scene:35")
	if err != nil {
		t.Fatal(err)
	}
	m := comparetest.ScenesModel(t, scenes.Classes())
	c := comparetest.Run(t, "", []*picture.Picture{scene, comparetest.Picture("slope.png", 90, 60)}, m)
	v := compare.DefaultView()
	page := read(t, c, v)
	if page.View.Object || page.Rows[1].Object != "" {
		t.Errorf("the view has it: %v; of a picture without: %q", page.View.Object, page.Rows[1].Object)
	}
	raw, err := base64.StdEncoding.DecodeString(page.Rows[0].Object)
	if err != nil {
		t.Fatal(err)
	}
	outline, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	base := picture.Resize(scene.Image, outline.Bounds().Dx(), outline.Bounds().Dy(), picture.Bicubic)
	v.Object = true
	want := figure.Base(scene, v, base, base.Rect.Size(), image.Point{})
	draw.Draw(base, base.Rect, outline, image.Point{}, draw.Over)
	for i := range base.Pix {
		if d := int(base.Pix[i]) - int(want.Pix[i]); d < -1 || d > 1 { // half black, rounded twice
			t.Fatalf("byte %d with the line is %d, in the figure %d", i, base.Pix[i], want.Pix[i])
		}
	}
	for k, choice := range page.Rows[0].Choices {
		explained, err := compare.Run(t.Context(), []*picture.Picture{scene}, c.Models, choice.Class[0], c.By, nil)
		if err != nil {
			t.Fatal(err)
		}
		found, ok := explained.Found(0, 0, v)
		for i, s := range wording.All() {
			if !slices.ContainsFunc(choice.Cells[0].Lines, func(l line) bool { return l.Text[i] == caption.Found(s, found) && l.Style == "quiet found" }) {
				t.Errorf("choice %d does not say %q (%v): %v", k, caption.Found(s, found), ok, choice.Cells[0].Lines)
			}
		}
	}
	if !slices.ContainsFunc(page.Foot, func(f footData) bool { return slices.Equal(f.Text, say("foot.object")) && f.If == "object" }) {
		t.Error("the small print has nothing of it")
	}
}

// TestTexts: what the script says by itself is among the page's texts, and no other is.
func TestTexts(t *testing.T) {
	page := read(t, comparetest.Comparison(t, []float32{1, 2}), compare.DefaultView())
	said := map[string]bool{}
	for _, m := range regexp.MustCompile(`words\.([a-z]+)|words\["([^"]+)"\]|"(key\.[^"]+)"`).FindAllStringSubmatch(script, -1) {
		said[m[1]+m[2]+m[3]] = true
	}
	if len(said) < 30 {
		t.Errorf("%d texts are said", len(said))
	}
	for key := range said {
		if len(page.Words[key]) != len(wording.Languages) {
			t.Errorf("%s is not in every language", key)
		}
	}
	for key := range page.Words {
		if !said[key] {
			t.Errorf("%s is said nowhere", key)
		}
	}
}
