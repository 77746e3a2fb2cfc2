package erase

import (
	"bytes"
	"encoding/json"
	"image"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// open shows the page of small networks that have run.
func open(t testing.TB, r desk.Runner, specs ...string) (*pagetest.Host, *Page) {
	t.Helper()
	if len(specs) == 0 {
		specs = pagetest.Small
	}
	h := pagetest.New(t, r, specs...)
	if slices.Contains(h.Networks[0].Classes, "balloon") {
		h.Class = "balloon"
	}
	p := New(h, h.Tasks.Slot())
	h.Show(p)
	h.Compare()
	return h, p
}

// at is where a share of the picture is on the easel.
func at(p *Page, x, y float64) fyne.Position {
	return p.easel.position([2]float64{x * float64(p.easel.of.X), y * float64(p.easel.of.Y)})
}

func press(p *Page, x, y float64) {
	p.easel.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(p, x, y)}, Button: desktop.MouseButtonPrimary})
}

func drag(p *Page, x, y float64) {
	p.easel.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at(p, x, y)}})
}

// release lets go, as Fyne does after a drag.
func release(p *Page) {
	p.easel.MouseUp(&desktop.MouseEvent{})
	p.easel.DragEnd()
}

// scored is what the first row says of its score.
func scored(p *Page) string { return p.made[0].words.answer.score }

// TestTools: each tool draws its region, in the picture's pixels, and the networks say
// what compare finds of that.
func TestTools(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	size := h.Album[0].Image.Rect.Size()
	w, ht := float64(size.X), float64(size.Y)
	if p.made[0].words.answer.after != nil || !strings.HasPrefix(scored(p), "logit ") || p.made[0].maps[1].Visible() {
		t.Errorf("before anything is erased: %+v", p.made[0].words.answer)
	}
	for _, c := range []struct {
		tool picture.Shape
		draw func()
		want []int // corners, in hundredths of the sides
	}{
		{picture.Box, func() { press(p, 0.3, 0.2); drag(p, 0.5, 0.5); drag(p, 0.6, 0.7); release(p) }, []int{30, 20, 60, 70}},
		{picture.Brush, func() { press(p, 0.2, 0.2); drag(p, 0.4, 0.2); drag(p, 0.4, 0.6); release(p) }, []int{20, 20, 40, 20, 40, 60}},
		{picture.Brush, func() { press(p, 0.5, 0.5); p.easel.MouseUp(&desktop.MouseEvent{}) }, []int{50, 50}},
		{picture.Polygon, func() {
			for _, c := range [][2]float64{{0.1, 0.1}, {0.8, 0.1}, {0.5, 0.9}, {0.1, 0.1}} {
				press(p, c[0], c[1])
				p.easel.MouseUp(&desktop.MouseEvent{})
			}
		}, []int{10, 10, 80, 10, 50, 90}},
	} {
		n := len(h.Erasure.Regions)
		p.tool.SetSelected(speak.Say("erase.tool." + string(c.tool)))
		c.draw()
		if len(h.Erasure.Regions) != n+1 {
			t.Fatalf("%s: %d regions, want %d", c.tool, len(h.Erasure.Regions), n+1)
		}
		r := h.Erasure.Regions[n]
		var got []int
		for _, q := range r.Points {
			got = append(got, int(math.Round(100*q[0]/w)), int(math.Round(100*q[1]/ht)))
		}
		if r.Shape != c.tool || len(got) != len(c.want) {
			t.Fatalf("%s: %v, want the corners %v", c.tool, r, c.want)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: corners %v, want %v", c.tool, got, c.want)
				break
			}
		}
	}
	if r := h.Erasure.Regions[1].Radius; math.Abs(r-firstSize/2*min(w, ht)) > 0.1 {
		t.Errorf("the brush has the radius %v", r)
	}
	c, v := h.Shown()
	after, _, err := h.Erasure.Of(h.Album[0])
	if err != nil {
		t.Fatal(err)
	}
	want, err := c.Erase(t.Context(), 0, h.Erasure, after, network.NewInputs(after.Image), nil)
	if err != nil {
		t.Fatal(err)
	}
	for j := range c.Models {
		a := p.made[j].words.answer
		by, _ := want.Delta(j)
		if !strings.Contains(a.score, compare.FormatChange(by)) || len(a.before) != 5 || len(a.after) != 5 {
			t.Errorf("network %d: %q, %d and %d answers; want a change of %v", j, a.score, len(a.before), len(a.after), by)
		}
		if got := choices(want.Comparison, 1, j); a.after[0] != got[0] || a.after[4] != got[4] {
			t.Errorf("network %d: after, %v, want %v", j, a.after, got)
		}
		for i, m := range p.made[j].maps {
			if !m.Visible() || m.Image.Bounds().Size() != p.shown.smallest.Rect.Size() {
				t.Errorf("network %d: map %d is not shown", j, i)
			}
		}
		shown, col, as := want.Shown(compare.Change, j, v)
		if got := p.made[j].bars[1].Scale; got.Hi != shown.Scale(0, col, as).Hi {
			t.Errorf("network %d: the change's scale ends at %v", j, got.Hi)
		}
	}
}

// TestDropped: what holds nothing is no region, and Escape gives up what is begun.
func TestDropped(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	p.tool.SetSelected(speak.Say("erase.tool.box"))
	press(p, 0.3, 0.3)
	release(p)
	press(p, 0.3, 0.3)
	drag(p, 0.6, 0.6)
	if p.shown.changed.Empty() {
		t.Error("what is drawn is not erased before the button is let go")
	}
	if !p.Key(fyne.KeyEscape) || p.Key(fyne.KeyEscape) {
		t.Error("Escape gives up what is begun, once")
	}
	release(p)
	p.tool.SetSelected(speak.Say("erase.tool.polygon"))
	press(p, 0.1, 0.1)
	press(p, 0.9, 0.1)
	if p.Key(fyne.KeyReturn) {
		t.Error("two corners are a polygon")
	}
	p.tool.SetSelected(speak.Say("erase.tool.brush"))
	if p.easel.begun != nil || len(h.Erasure.Regions) != 0 || !p.shown.changed.Empty() {
		t.Errorf("erased: %v", h.Erasure)
	}
	p.easel.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(p, 0.5, 0.5)}, Button: desktop.MouseButtonSecondary})
	if p.easel.begun != nil {
		t.Error("the other button draws")
	}
	press(p, 5, -3) // beside the picture: at its edge
	release(p)
	if got := h.Erasure.Regions[0].Points[0]; got != [2]float64{float64(p.easel.of.X), 0} {
		t.Errorf("beside the picture is %v", got)
	}
}

// TestControls: fill, taking back, keys, and a second region.
func TestControls(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	if !p.clear.Disabled() || p.part.Visible() {
		t.Error("there is something to take back, or a telling part of a photograph")
	}
	press(p, 0.4, 0.4)
	release(p)
	first := scored(p)
	p.fill.SetSelectedIndex(2)
	if h.Erasure.Fill != picture.Grey || scored(p) == first || p.clear.Disabled() {
		t.Errorf("filled by %q: %q", h.Erasure.Fill, scored(p))
	}
	grey := scored(p)
	before := p.size
	p.Key(fyne.KeyRightBracket)
	if p.size <= before || math.Abs(p.brush.Value-100*p.size) > 0.6 {
		t.Errorf("the brush is %v, the slider at %v", p.size, p.brush.Value)
	}
	press(p, 0.7, 0.7)
	release(p)
	if scored(p) == grey || len(h.Erasure.Regions) != 2 || h.Erasure.Regions[1].Radius <= h.Erasure.Regions[0].Radius {
		t.Errorf("a second region: %v, %q", h.Erasure, scored(p))
	}
	if p.Key(fyne.KeyDelete); scored(p) != grey || len(h.Erasure.Regions) != 1 {
		t.Errorf("Delete leaves %v", h.Erasure)
	}
	test.Tap(p.clear)
	if !h.Erasure.Empty() || h.Erasure.Fill != picture.Grey || p.made[0].maps[1].Visible() || !p.clear.Disabled() {
		t.Errorf("Erase nothing leaves %v", h.Erasure)
	}
	if p.Key(fyne.KeyF1) {
		t.Error("it takes a key that it knows not")
	}
	h.SetErased("", compare.Erasure{Erasure: picture.Erasure{Regions: []picture.Region{picture.NewBox(0, 0, 5000, 1)}}})
	if !strings.Contains(h.Message, "reaches out") {
		t.Errorf("a region of another picture: %q", h.Message)
	}
}

// TestSave: the figure of what is in sight, which erases it again.
func TestSave(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	if !p.save.Disabled() {
		t.Error("there is a figure of nothing")
	}
	press(p, 0.4, 0.4)
	release(p)
	h.Path = filepath.Join(t.TempDir(), "figure.png")
	test.Tap(p.save)
	s, err := record.ReadSession(h.Path)
	if err != nil || s.Settings.Erase == nil || !s.Settings.Erase.Equal(h.Erasure) || !strings.HasSuffix(h.Asked, "-erased.png") || strings.Contains(h.Asked, ":") {
		t.Errorf("%q: %+v, %v", h.Asked, s, err)
	}
}

// TestPart: of a scene, its telling part.
func TestPart(t *testing.T) {
	h, p := open(t, pagetest.Inline, "scenes:baseline", "scenes:compound")
	scene, err := compare.OpenPicture(scenes.Path(86))
	if err != nil {
		t.Fatal(err)
	}
	h.Class, h.Album = "", []*picture.Picture{scene}
	h.Compare()
	if !p.part.Visible() || p.class.Name != "taxi" {
		t.Fatalf("a scene of %q has no telling part", p.class.Name)
	}
	p.part.SetChecked(true)
	a := p.made[0].words.answer
	if !h.Erasure.Part || a.before[0].class != "taxi" || !a.before[0].explained || a.after[0].class != "car" || a.after[0].explained {
		t.Errorf("a taxi without its sign: %+v", a)
	}
	if !strings.Contains(p.said.Text, "1.0%") {
		t.Errorf("it says %q", p.said.Text)
	}
	p.part.SetChecked(false)
	if !h.Erasure.Empty() || p.made[0].words.answer.after != nil {
		t.Errorf("with it again: %+v", h.Erasure)
	}
}

// TestStale: while the networks answer, the newest stroke waits, and of pictures that
// are gone nothing is shown.
func TestStale(t *testing.T) {
	var q pagetest.Queue
	h, p := open(t, q.Runner())
	q.Run()
	first := scored(p)
	press(p, 0.3, 0.3)
	drag(p, 0.5, 0.5)
	drag(p, 0.7, 0.5)
	release(p)
	if len(q) != 1 {
		t.Errorf("%d at work, want one", len(q))
	}
	q.Run()
	if scored(p) == first || !p.shown.erasure.Equal(h.Erasure) || !p.answers.of.erasure.Equal(h.Erasure) {
		t.Errorf("the page comes to rest with %v, want %v", p.shown.erasure, h.Erasure)
	}
	press(p, 0.2, 0.2)
	h.OpenSample(1)
	h.Erasure = compare.Erasure{}
	p.easel.begun = nil
	h.Compare()
	for len(q) > 0 {
		f := q[0]
		q = q[1:]
		f()
		if p.body.Visible() && p.shown != nil && p.shown.of != h.Album[0] {
			t.Fatal("shows a picture that is gone")
		}
	}
	if p.shown == nil || p.shown.of != h.Album[0] {
		t.Error("the page does not come to rest with the new picture")
	}
	press(p, 0.2, 0.2)
	release(p)
	h.Networks = nil
	h.Put(nil)
	q.Run()
	if p.body.Visible() || p.message.Text != speak.Say("erase.empty") {
		t.Errorf("without networks it says %q", p.message.Text)
	}
	h.Close()
	p.draw()
	q.Run()
}

// TestSlow: a method that takes many runs is a task, which is not begun while a region
// is being drawn, and can be cancelled.
func TestSlow(t *testing.T) {
	var q pagetest.Queue
	h, p := open(t, q.Runner(), pagetest.Small[0])
	waiting, _ := h.Shown()
	if p.layOut(sketch{comparison: waiting}); p.made[0].maps[0].Visible() || p.made[0].bars[0].Visible() {
		t.Error("a network that has not answered has a colour bar")
	}
	q.Run()
	c, _ := h.Shown()
	slow := *c
	slow.By = compare.By{Method: cam.MethodScoreCAM}
	if err := slow.Explain(t.Context(), 0, "balloon"); err != nil {
		t.Fatal(err)
	}
	h.Put(&slow)
	q.Run()
	before := scored(p)
	p.tool.SetSelected(speak.Say("erase.tool.box"))
	press(p, 0.3, 0.3)
	drag(p, 0.6, 0.6)
	q.Run()
	if p.shown.changed.Empty() || scored(p) != before || h.Tasks.Foremost() != nil {
		t.Error("a slow method is asked before the box is whole")
	}
	release(p)
	if task := h.Tasks.Foremost(); task == nil || task.Text != speak.Say("erase.task") {
		t.Fatalf("the task is %+v", task)
	}
	h.Tasks.Cancel()
	q.Run()
	if scored(p) != before || p.made[0].words.answer.after != nil || h.Message != "" || p.said.Text != speak.Say("erase.given up") || !p.save.Disabled() {
		t.Errorf("cancelled, it says %q and %q, %q", scored(p), h.Message, p.said.Text)
	}
	p.Key(fyne.KeyDelete)
	p.easel.drawn(picture.NewBox(20, 20, 60, 60))
	q.Run()
	p.easel.drawn(picture.NewBox(10, 10, 60, 60))
	p.draw() // as where the window makes room for the progress
	if task := h.Tasks.Foremost(); task == nil {
		t.Error("the networks are no longer asked where only the size differs")
	}
	h.Tasks.Cancel()
	p.draw() // likewise
	q.Run()
	if !p.answers.givenUp() || h.Tasks.Foremost() != nil {
		t.Error("given up, the networks are asked again")
	}
	p.Key(fyne.KeyDelete)
	q.Run()
	first := scored(p)
	if first == before || h.Tasks.Foremost() != nil {
		t.Error("the networks do not answer")
	}
	if p.draw(); h.Tasks.Foremost() != nil {
		t.Error("the networks are asked what they have answered")
	}
	q.Run()
	// A second box, given up while it is another's turn: what stands is of the second.
	p.easel.drawn(picture.NewBox(90, 90, 20, 20))
	p.Key(fyne.KeyDelete)
	q.Run()
	if scored(p) != first || p.answers.givenUp() {
		t.Errorf("back at the first box it says %q, want %q", scored(p), first)
	}
	c, _ = h.Shown()
	against := *c
	against.By = compare.By{Against: []string{"parachute"}}
	if err := against.Explain(t.Context(), 0, "balloon"); err != nil {
		t.Fatal(err)
	}
	h.Put(&against)
	q.Run()
	if want := "balloon and not “parachute”"; p.class.Name != want {
		t.Errorf("the class explained is %q, want %q", p.class.Name, want)
	}
}

func TestState(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.tool.SetSelected(speak.Say("erase.tool.polygon"))
	p.setSize(0.3)
	state, err := json.Marshal(p.State())
	if err != nil {
		t.Fatal(err)
	}
	_, other := open(t, pagetest.Inline)
	other.Restore(state)
	if again, err := json.Marshal(other.State()); err != nil || !bytes.Equal(again, state) || other.tool.Selected != p.tool.Selected {
		t.Errorf("restored %s, want %s (%v)", again, state, err)
	}
	for _, garbage := range []string{"", "null", "[]", `{"tool": "axe", "brush": -1}`, `{"brush": 1e300}`} {
		other.Restore(json.RawMessage(garbage))
		if other.shape != picture.Polygon || other.size > mostSize || other.size < leastSize {
			t.Errorf("%s: %+v", garbage, other.State())
		}
	}
}

// TestOutOfSight: the page lets go of what it shows.
func TestOutOfSight(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	press(p, 0.3, 0.3)
	release(p)
	h.Close()
	p.Update()
	if p.shown != nil || p.answers != nil || p.easel.image.Visible() || p.made[0].maps[0].Visible() {
		t.Error("it keeps pictures out of sight")
	}
}

func overlap(a, b fyne.CanvasObject) bool {
	from, size, other, its := a.Position(), a.Size(), b.Position(), b.Size()
	return from.X < other.X+its.Width && other.X < from.X+size.Width && from.Y < other.Y+its.Height && other.Y < from.Y+size.Height
}

// TestFits: at every size nothing leaves the window or overlaps.
func TestFits(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	press(p, 0.3, 0.3)
	release(p)
	for _, size := range []fyne.Size{{Width: 640, Height: 700}, {Width: 1024, Height: 700}, {Width: 1280, Height: 800}, {Width: 1920, Height: 1080}} {
		h.Window().Resize(size)
		if got := h.Window().Content().MinSize(); got.Width > size.Width || got.Height > size.Height {
			t.Errorf("%v: the content takes %v", size, got)
		}
		if _, shown := p.easel.fitted(p.easel.of); shown.Width < 280 || shown.Height < 180 {
			t.Errorf("%v: the picture has %v", size, shown)
		}
		if list := p.body.(*fyne.Container).Objects[1]; overlap(p.easel, list) {
			t.Errorf("%v: the picture, at %v of %v, lies over the answers at %v", size, p.easel.Position(), p.easel.Size(), list.Position())
		}
		for i, o := range p.box.Objects {
			if end := o.Position().X + o.Size().Width; end > p.box.Size().Width+0.1 {
				t.Errorf("%v: object %d ends at %v, beyond %v", size, i, end, p.box.Size().Width)
			}
			if end := o.Position().Y + o.Size().Height; end > p.box.Size().Height+0.1 {
				t.Errorf("%v: object %d ends at %v, beneath %v", size, i, end, p.box.Size().Height)
			}
		}
		for j, r := range p.made {
			if got := r.maps[0].Image.Bounds().Size(); got != p.shown.smallest.Rect.Size() || r.maps[2].Size().Height < leastMap()-1 {
				t.Errorf("%v: network %d has a map of %v, shown at %v", size, j, got, r.maps[2].Size())
			}
		}
	}
}

// TestResized: what is made anew of the changed part alone is what is made of all.
func TestResized(t *testing.T) {
	p, err := compare.OpenPicture(picture.SamplePrefix + "cat.jpg")
	if err != nil {
		t.Fatal(err)
	}
	after, changed, err := picture.Erasure{Regions: []picture.Region{picture.NewBox(50, 60, 100, 90)}, Fill: picture.Blur}.Apply(p.Image)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []image.Point{{300, 200}, {97, 61}, {700, 480}} {
		base := picture.Resize(p.Image, size.X, size.Y, picture.Bilinear)
		if !bytes.Equal(resized(base, after, changed).Pix, picture.Resize(after, size.X, size.Y, picture.Bilinear).Pix) {
			t.Errorf("%v: not as it is resized whole", size)
		}
	}
}

// BenchmarkStroke is from the end of a stroke until all of a pack's networks have
// answered and the page shows it, and what the networks alone take of it.
func BenchmarkStroke(b *testing.B) {
	for _, pack := range []string{"imagenet", "scenes"} {
		h, p := open(b, pagetest.Inline, models.Pack(pack)...)
		h.Class = ""
		if pack == "scenes" {
			scene, err := compare.OpenPicture(scenes.Path(86))
			if err != nil {
				b.Fatal(err)
			}
			h.Album = []*picture.Picture{scene}
		}
		h.Compare()
		c, _ := h.Shown()
		size := h.Album[0].Image.Rect.Size()
		for _, fill := range picture.Fills {
			b.Run(pack+"/"+string(fill), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					r := picture.Region{Shape: picture.Brush, Radius: firstSize / 2 * float64(size.Y)}
					for _, at := range [][2]float64{{0.3, 0.3}, {0.4, 0.5}, {0.5, 0.4 + float64(i%8)/100}} {
						r.Points = append(r.Points, [2]float64{at[0] * float64(size.X), at[1] * float64(size.Y)})
					}
					h.SetErased("erase", compare.Erasure{Erasure: picture.Erasure{Regions: []picture.Region{r}, Fill: fill}})
				}
				if p.answers.made == nil {
					b.Fatal("nothing is erased")
				}
			})
		}
		b.Run(pack+"/networks alone", func(b *testing.B) {
			inputs := network.NewInputs(h.Album[0].Image)
			for b.Loop() {
				for _, m := range c.Models {
					if _, err := m.Forward(b.Context(), inputs.For(m)); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// TestRow: what is drawn on and answered of is the row that pages are about.
func TestRow(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	first := h.Album[0]
	h.OpenSample(1)
	h.Album = append([]*picture.Picture{first}, h.Album...)
	h.At = 1
	h.Compare()
	if p.shown == nil || p.shown.of != h.Album[1] {
		t.Fatal("another row's picture is drawn on")
	}
	p.add(picture.NewBox(20, 20, 60, 60))
	if p.answers == nil || p.answers.made == nil {
		t.Fatal("nothing is answered")
	}
	c, _ := h.Shown()
	if got, want := p.answers.all[0].before, choices(c, 1, 0); !slices.Equal(got, want) {
		t.Errorf("before, it says %v, not %v", got, want)
	}
	if h.At = 0; p.shown.of == first {
		t.Fatal("the pictures are one")
	}
	p.Update()
	if p.shown.of != first {
		t.Error("the row is another one, and the picture is not")
	}
}
