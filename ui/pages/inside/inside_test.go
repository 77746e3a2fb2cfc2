package inside

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// open shows the page of small networks that have run.
func open(t *testing.T, r desk.Runner) (*pagetest.Host, *Page) {
	t.Helper()
	h := pagetest.New(t, r, pagetest.Small...)
	h.Class = "balloon"
	p := New(h)
	h.Show(p)
	h.Compare()
	return h, p
}

// shown is the comparison in sight.
func shown(h *pagetest.Host) *compare.Comparison {
	c, _ := h.Shown()
	return c
}

// overlap tells that objects lie on each other.
func overlap(a, b fyne.CanvasObject) bool {
	p, q := a.Position(), b.Position()
	const rounding = 0.01
	return p.X+rounding < q.X+b.Size().Width && q.X+rounding < p.X+a.Size().Width &&
		p.Y+rounding < q.Y+b.Size().Height && q.Y+rounding < p.Y+a.Size().Height
}

// texts are the lines of a cell.
func texts(c *kit.Cell) string { return c.Words.AccessibilityLabel() }

// tapAt taps a picture of the page at a share of its size.
func tapAt(p *Page, i int, x, y float32) {
	size := p.targets[i].Size()
	p.targets[i].Tapped(&fyne.PointEvent{Position: fyne.NewPos(x*size.Width, y*size.Height)})
}

func pix(p *Page, i int) []byte { return p.cells[i].Frame.Image.Image.(*image.RGBA).Pix }

// channelRows are the rows of the list in sight.
func channelRows(p *Page) []*channelRow {
	var rows []*channelRow
	for _, o := range test.LaidOutObjects(p.list) {
		if r, ok := o.(*channelRow); ok {
			rows = append(rows, r)
		}
	}
	return rows
}

func TestInside(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	if !p.body.Visible() || p.waiting.Visible() {
		t.Fatalf("the page shows nothing but %q", p.message.Text)
	}
	a := &shown(h).Rows[0].Cells[0].Activations.Pooled
	if got, want := p.network.Selected, "1  "+h.Networks[0].Name; got != want || p.class.Name != "balloon" {
		t.Errorf("shows %q of %q, want balloon of %q", p.class.Name, got, want)
	}
	if len(p.box.Objects) != 6 {
		t.Errorf("%d cells, want the picture, the channels kept and the CAM", len(p.box.Objects)/2)
	}
	if got, want := p.kept.Text, speak.Say("inside.keep", desk.StartInside.Keep, a.Features.K); got != want {
		t.Errorf("says %q, want %q", got, want)
	}
	if got := texts(p.cells[0]); !strings.Contains(got, "untrained") || p.warning.Text != speak.Say("warning.untrained") || !p.warning.Visible() {
		t.Errorf("an untrained network's page says %q and warns %q", got, p.warning.Text)
	}
	rows := channelRows(p)
	if len(rows) < 3 {
		t.Fatalf("%d channels in sight", len(rows))
	}
	channels, err := cam.Channels(a, shown(h).Rows[0].Cells[0].Class)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows[:3] {
		c := channels[i]
		if r.k.Text != fmt.Sprint(c.Index) || r.weight.Text != number(float64(c.Weight)) || r.adds.Text != number(c.Adds) {
			t.Errorf("row %d shows k %s, weight %s, adds %s; want %+v", i, r.k.Text, r.weight.Text, r.adds.Text, c)
		}
		for _, img := range []image.Image{r.feature.Image, r.product.Image, r.sum.Image} {
			if got, want := img.Bounds(), image.Rect(0, 0, a.Features.W, a.Features.H); got != want {
				t.Errorf("row %d: a small map of %v, want %v", i, got, want)
			}
		}
	}
}

// TestKeep: slider, buttons and rows say how many channels are added up;
// all of them are the CAM.
func TestKeep(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	cell := shown(h).Rows[0].Cells[0]
	a := &cell.Activations.Pooled
	channels, err := cam.Channels(a, cell.Class)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func()
		want   int
	}{
		{"slider", func() { p.slider.SetValue(30) }, 30},
		{"more", func() { test.Tap(p.more) }, 31},
		{"fewer", func() { test.Tap(p.fewer) }, 30},
		{"row", func() { p.list.Select(2) }, 3},
		{"one", func() { p.slider.SetValue(1) }, 1},
		{"two", func() { test.Tap(p.more) }, 2},
		{"too few", func() { p.setKeep(-7) }, 1},
		{"too many", func() { p.setKeep(1 << 20) }, a.Features.K},
	} {
		before := p.cells[1].Frame.Image.Image
		c.change()
		if h.Apart.Keep != c.want || p.slider.Value != float64(c.want) || p.kept.Text != speak.Say("inside.keep", c.want, a.Features.K) {
			t.Errorf("%s: keeps %d, slider %v, says %q; want %d", c.name, h.Apart.Keep, p.slider.Value, p.kept.Text, c.want)
		}
		if p.cells[1].Frame.Image.Image == before {
			t.Errorf("%s: the map was not drawn anew", c.name)
		}
		sums, err := cam.NewSums(a, cell.Class, channels)
		if err != nil {
			t.Fatal(err)
		}
		score := cam.ScoreOf(a, sums.After(c.want))
		if got, want := p.score.Text, textScore(c.want, a.Features.K, score); got != want {
			t.Errorf("%s: says %q, want %q", c.name, got, want)
		}
		if p.fewer.Disabled() != (c.want == 1) || p.more.Disabled() != (c.want == a.Features.K) {
			t.Errorf("%s: fewer %v, more %v disabled", c.name, p.fewer.Disabled(), p.more.Disabled())
		}
	}
	if !bytes.Equal(pix(p, 1), pix(p, 2)) {
		t.Error("all channels do not look like the CAM")
	}
	if !strings.Contains(p.score.Text, number(cell.Logit())) {
		t.Errorf("says %q, want the logit %v in it", p.score.Text, number(cell.Logit()))
	}
	p.slider.SetValue(5)
	most := bytes.Clone(pix(p, 1))
	p.order.SetSelectedIndex(1)
	if got, want := channelRows(p)[0].k.Text, fmt.Sprint(channels[a.Features.K-1].Index); got != want {
		t.Errorf("least first: begins with channel %s, want %s", got, want)
	}
	if bytes.Equal(pix(p, 1), most) {
		t.Error("the five that add least look like those that add most")
	}
}

// TestPoint: a tap gives the sum at the cell beneath it in numbers.
func TestPoint(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	cell := shown(h).Rows[0].Cells[0]
	if p.targets[0].mark != nil || p.numbers.Text != speak.Say("inside.tap") {
		t.Errorf("before any tap: mark %v, text %q", p.targets[0].mark, p.numbers.Text)
	}
	for i := range 3 { // on any of the pictures
		p.setPoint(-1, -1)
		tapAt(p, i, 0.6, 0.4)
		row, col, saw := shown(h).GridCell(0, 0, 0.6, 0.4)
		if !saw || row != 0 || col != 1 {
			t.Fatalf("row %d, column %d, seen %v; want the upper right of 2×2 cells", row, col, saw)
		}
		channels := p.shown.sums.Channels
		if got, want := p.numbers.Text, "Row 1, column 2: the CAM, the sum of all contributions w_k·A_k, is "+number(float64(cell.Map.At(0, 1))); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
		if got, want := p.terms.Text, textTerms(cam.PointAt(&cell.Activations.Pooled, channels[:desk.StartInside.Keep], row, col, terms)); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
		if m := p.targets[2].mark; m == nil || *m != shown(h).CellRegion(0, 0, 0, 1) {
			t.Errorf("mark %v, want the cell's", m)
		}
		if got, want := channelRows(p)[0].at.Text, number(channels[0].Term(&cell.Activations.Pooled, 0, 1).Value); got != want {
			t.Errorf("the first channel's term is %q, want %q", got, want)
		}
	}
	// Where the network does not look there is nothing to add up.
	tapAt(p, 0, 0.001, 0.001)
	if p.targets[0].mark != nil || p.numbers.Text != speak.Say("inside.tap") || channelRows(p)[0].at.Text != "" {
		t.Errorf("outside: mark %v, text %q", p.targets[0].mark, p.numbers.Text)
	}
}

func TestPointText(t *testing.T) {
	open(t, pagetest.Inline)
	term := func(k int, w, a float32) cam.Term {
		return cam.Term{Channel: cam.Channel{Index: k, Weight: w}, Feature: a, Value: float64(w) * float64(a)}
	}
	for _, c := range []struct {
		p    cam.Point
		want string
	}{
		{cam.Point{Value: -2, Largest: []cam.Term{term(7, -4, 0.5)}}, "−2 = −4·0.5 (k 7)"},
		{cam.Point{Value: 1.25, Largest: []cam.Term{term(17, 1.5, 1), term(3, 2, -0.125)}, Others: 2, Rest: 0}, "1.25 = 1.5·1 (k 17) + 2·(−0.125) (k 3) + 0 (the other 2)"},
		{cam.Point{Value: 0.5, Largest: []cam.Term{term(0, 1, 1)}, Others: 9, Rest: -0.5}, "0.5 = 1·1 (k 0) − 0.5 (the other 9)"},
	} {
		if got := textTerms(c.p); got != "Channels kept: "+c.want {
			t.Errorf("says %q, want %q", got, c.want)
		}
	}
	for v, want := range map[float64]string{0: "0", math.Copysign(0, -1): "0", -0.01234: "−0.0123", 1234.5: "1234", 1e-7: "1e−7", 12.345: "12.3"} {
		if got := number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestSecondClass(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	test.Tap(p.other)
	if got := p.picker.Choices; len(got) != 6 || got[0].Class != "" {
		t.Errorf("choices %v, want none and five classes", got)
	}
	test.Type(p.picker.Entry, "analog clock")
	p.picker.Entry.OnSubmitted(p.picker.Entry.Text)
	if len(p.box.Objects) != 10 || p.other.Text != "analog clock" {
		t.Fatalf("%d cells for %q, want five", len(p.box.Objects)/2, p.other.Text)
	}
	cell := shown(h).Rows[0].Cells[0]
	i, err := h.Networks[0].FindClass("analog clock")
	if err != nil {
		t.Fatal(err)
	}
	other, err := cam.CAM(&cell.Activations.Pooled, i)
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []string{"", "", "balloon", "analog clock", "balloon less analog clock"} {
		if got := texts(p.cells[j]); !strings.Contains(got, want) {
			t.Errorf("cell %d says %q, want %q in it", j, got, want)
		}
	}
	difference := number(cam.ScoreOf(&cell.Activations.Pooled, cell.Map).Minus(cam.ScoreOf(&cell.Activations.Pooled, other)).Sum)
	if got := texts(p.cells[4]); !strings.Contains(got, "= logit "+difference) {
		t.Errorf("the difference says %q, want %s in it", got, difference)
	}
	if p.cells[2].Bar.Scale != p.cells[3].Bar.Scale {
		t.Errorf("the classes' scales are %v and %v, want one", p.cells[2].Bar.Scale, p.cells[3].Bar.Scale)
	}
	p.setSecond("no such class")
	if len(p.box.Objects) != 6 || !strings.Contains(p.other.Text, "no such") {
		t.Errorf("no such class: %d cells, %q", len(p.box.Objects)/2, p.other.Text)
	}
	p.setSecond("")
	if len(p.box.Objects) != 6 || p.other.Text != speak.Say("inside.none") {
		t.Errorf("none: %d cells, %q", len(p.box.Objects)/2, p.other.Text)
	}
}

// TestChanges: another class, network, picture and no network at all.
func TestChanges(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	all := h.Networks
	h.Class = "analog clock"
	h.Compare()
	if p.class.Name != "analog clock" {
		t.Errorf("class %q, want analog clock", p.class.Name)
	}
	p.network.SetSelectedIndex(2)
	if got := p.shown.model(); got != h.Networks[2] {
		t.Errorf("shows %s, want the third network", got.Name)
	}
	h.Remove(0)
	if got := p.shown.model(); got != h.Networks[1] || p.network.Selected != "2  "+got.Name {
		t.Errorf("the network chosen is now %s, selected %q", got.Name, p.network.Selected)
	}
	h.Remove(1)
	if got := p.shown.model(); got != h.Networks[0] {
		t.Errorf("of one network, %s is shown", got.Name)
	}
	h.OpenSample(1)
	h.Compare()
	if p.shown.picture() != h.Album[0] {
		t.Error("shows a picture that is gone")
	}
	h.Remove(0)
	if p.body.Visible() || p.message.Text != speak.Say("inside.empty") || p.network.Selected != "" {
		t.Errorf("without networks: body %v, message %q, network %q", p.body.Visible(), p.message.Text, p.network.Selected)
	}
	h.Networks = all
	h.Compare()
	if !p.body.Visible() {
		t.Errorf("after a reset the page says %q", p.message.Text)
	}
}

// TestStale: what comes too late is not shown.
func TestStale(t *testing.T) {
	var q pagetest.Queue
	h, p := open(t, q.Runner())
	q.Run()
	if p.shown == nil {
		t.Fatal("nothing is shown")
	}
	p.setKeep(20)
	p.setKeep(21)
	p.setKeep(22)
	if got := len(q); got != 1 || p.kept.Text != speak.Say("inside.keep", 22, len(p.shown.sums.Channels)) {
		t.Errorf("%d at work, says %q; want one, and what is asked for", got, p.kept.Text)
	}
	q.Run()
	if p.shown.keep != 22 {
		t.Errorf("keeps %d, want 22", p.shown.keep)
	}
	p.setKeep(5)
	h.OpenSample(1)
	h.Compare()
	for len(q) > 0 {
		f := q[0]
		q = q[1:]
		f()
		if p.shown != nil && p.body.Visible() && p.shown.picture() != h.Album[0] {
			t.Fatal("shows a picture that is gone")
		}
	}
	if p.shown == nil || p.shown.picture() != h.Album[0] || p.shown.keep != 5 {
		t.Error("the page does not come to rest with the new picture")
	}
	p.setKeep(7)
	h.Networks = nil
	h.Put(nil)
	q.Run()
	if p.body.Visible() {
		t.Error("shows a network that is gone")
	}
	p.draw()
	h.Close()
	q.Run() // comes too late, and does no harm
}

func TestWaits(t *testing.T) {
	h := pagetest.New(t, pagetest.Inline, pagetest.Small...)
	p := New(h)
	h.Show(p)
	if p.body.Visible() || p.message.Text != speak.Say("inside.empty") {
		t.Errorf("before anything ran: %q", p.message.Text)
	}
	h.Compare()
	all := h.Networks
	h.Networks = []*network.Model{all[0], all[2]}
	h.Compare()
	h.Networks = all
	p.Update()
	p.network.SetSelectedIndex(1)
	if want := speak.Say("inside.not run", all[1].Name); p.body.Visible() || p.message.Text != want {
		t.Errorf("says %q, want %q", p.message.Text, want)
	}
}

func TestState(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.network.SetSelectedIndex(1)
	p.slider.SetValue(33)
	p.order.SetSelectedIndex(1)
	p.setSecond("analog clock")
	tapAt(p, 0, 0.6, 0.4)
	state, err := json.Marshal(p.State())
	if err != nil {
		t.Fatal(err)
	}
	h, other := open(t, pagetest.Inline)
	other.Restore(state)
	if again, err := json.Marshal(other.State()); err != nil || !bytes.Equal(again, state) {
		t.Errorf("restored %s, want %s (%v)", again, state, err)
	}
	if other.shown.model() != h.Networks[1] || other.slider.Value != 33 || other.order.SelectedIndex() != 1 ||
		other.other.Text != "analog clock" || other.terms.Text != p.terms.Text {
		t.Error("the page does not show what was restored")
	}
	for _, garbage := range []string{"", "null", "[]", "{", `{"keep": "x"}`, `{"network": -4, "keep": -1}`, `{"network": 99, "keep": 1000000, "point": [1e300, -1e300]}`} {
		other.Restore(json.RawMessage(garbage))
		if other.shown == nil || !other.body.Visible() {
			t.Errorf("%s: nothing is shown", garbage)
		}
	}
}

// TestFits: at every size nothing leaves the window or overlaps.
func TestFits(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	p.setSecond("analog clock")
	for _, size := range []fyne.Size{{Width: 1024, Height: 700}, {Width: 1280, Height: 800}, {Width: 1920, Height: 1080}} {
		h.Window().Resize(size)
		if got := h.Window().Content().MinSize(); got.Width > size.Width || got.Height > size.Height {
			t.Errorf("%v: the content takes %v", size, got)
		}
		if got := h.Window().Canvas().Size(); got != size {
			t.Errorf("%v: the window is %v", size, got)
		}
		for i, o := range p.box.Objects {
			if end := o.Position().X + o.Size().Width; end > p.box.Size().Width+0.1 {
				t.Errorf("%v: object %d ends at %v, beyond %v", size, i, end, p.box.Size().Width)
			}
			if end := o.Position().Y + o.Size().Height; end > p.box.Size().Height+0.1 {
				t.Errorf("%v: object %d ends at %v, beneath %v", size, i, end, p.box.Size().Height)
			}
			for j, other := range p.box.Objects[:i] {
				if overlap(o, other) {
					t.Errorf("%v: objects %d and %d overlap", size, j, i)
				}
			}
		}
		for i, c := range p.cells {
			width, height := kit.Pixels(c.Frame.Image.Size(), c.Frame.Image)
			if got := c.Frame.Image.Image.Bounds(); got != image.Rect(0, 0, width, height) {
				t.Errorf("%v, cell %d: image %v, shown at %d×%d", size, i, got, width, height)
			}
		}
		if got := len(channelRows(p)); got < 3 {
			t.Errorf("%v: %d channels in sight", size, got)
		}
	}
}

// TestChannelColumns: the columns of the list lie side by side within its width, and their
// heads are to be read whole, from the least width on, whatever the size of texts.
func TestChannelColumns(t *testing.T) {
	app := test.NewTempApp(t)
	w := app.NewWindow("")
	defer w.Close()
	for _, language := range []string{"en", "ko"} {
		if err := speak.Use(language); err != nil {
			t.Fatal(err)
		}
		for _, percent := range []int{100, 200} {
			app.Settings().SetTheme(kit.Theme("light", percent))
			head := newChannelHead().(*fyne.Container)
			w.SetContent(head)
			for _, width := range []float32{head.MinSize().Width, 1240} {
				width = max(width, head.MinSize().Width)
				head.Resize(fyne.NewSize(width, head.Size().Height))
				head.Resize(fyne.NewSize(width, head.MinSize().Height))
				var end float32
				for i, o := range head.Objects {
					at, size := o.Position(), o.Size()
					if at.X < end-0.1 || at.X+size.Width > width+0.1 || at.Y < -0.1 || at.Y+size.Height > head.Size().Height+0.1 {
						t.Errorf("%s, %d%%, %v wide: head %d is at %v, of %v, the one before ends at %v", language, percent, width, i, at, size, end)
					}
					end = at.X + size.Width
					lines := 0
					for _, line := range test.WidgetRenderer(test.WidgetRenderer(o.(*widget.Label)).Objects()[0].(fyne.Widget)).Objects() {
						text, ok := line.(*canvas.Text)
						if !ok {
							continue
						}
						lines++
						wordBroken := lines > 1 && !strings.Contains(o.(*widget.Label).Text, " "+text.Text) && !strings.Contains(o.(*widget.Label).Text, "\n"+text.Text)
						if wordBroken || strings.Contains(text.Text, "…") || text.MinSize().Width > size.Width {
							t.Errorf("%s, %d%%, %v wide: head %d is cut: %q", language, percent, width, i, text.Text)
						}
					}
					if lines < 2 { // what it is, and its symbol
						t.Errorf("%s, %d%%, %v wide: head %d has %d lines", language, percent, width, i, lines)
					}
				}
			}
		}
	}
	if err := speak.Use("en"); err != nil {
		t.Fatal(err)
	}
}

// TestGoneNetwork: a list that was open before there were fewer networks names none.
func TestGoneNetwork(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	p.network.SetSelectedIndex(2)
	gone := p.network.Options[2]
	h.Remove(2)
	p.network.OnChanged(gone)
	p.network.SetSelected(gone)
	p.setNetwork(2)
	if p.shown == nil || p.shown.model() != h.Networks[p.at()] {
		t.Error("the page shows no network, or another")
	}
}

// TestCopy: all channels are copied, and what they add makes the logit.
func TestCopy(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	tapAt(p, 1, 0.4, 0.6)
	test.Tap(p.copied)
	lines := strings.Split(strings.TrimSuffix(fyne.CurrentApp().Clipboard().Content(), "\n"), "\n")
	if len(lines) != len(p.shown.sums.Channels)+1 || h.Told != speak.Say("table.copied") {
		t.Fatalf("%d lines of %d channels, told %q", len(lines), len(p.shown.sums.Channels), h.Told)
	}
	last := strings.Split(lines[len(lines)-1], "\t")
	if heads := strings.Split(lines[0], "\t"); len(heads) != 6 || len(last) != 6 {
		t.Fatalf("%q", lines[0])
	}
	logit := p.shown.sums.Pooled.Logits[p.shown.sums.Class]
	if got, err := strconv.ParseFloat(last[4], 64); err != nil || math.Abs(got-float64(logit)) > 1e-4*max(1, math.Abs(float64(logit))) {
		t.Errorf("the scores end at %v, the logit is %v", got, logit)
	}
}

// TestFewerChannels: one fewer than there are, though more were asked for.
func TestFewerChannels(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.Restore(json.RawMessage(fmt.Sprintf(`{"keep": %d}`, math.MaxInt)))
	n := len(p.shown.sums.Channels)
	for _, c := range []struct {
		button *kit.Button
		want   int
	}{{p.fewer, n - 1}, {p.more, n}} {
		if test.Tap(c.button); p.shown.keep != c.want {
			t.Errorf("%d of %d channels are kept, want %d", p.shown.keep, n, c.want)
		}
	}
}

// TestRowsInBackground: no row's small maps are made on the UI goroutine, where a row
// of a large network takes milliseconds.
func TestRowsInBackground(t *testing.T) {
	var q pagetest.Queue
	h, p := open(t, q.Runner())
	for p.shown == nil {
		f := q[0]
		q = q[1:]
		f()
	}
	check := func(what string) {
		t.Helper()
		rows := channelRows(p)
		if len(rows) < 3 || rows[0].feature.Visible() || rows[0].running.Text != "" || rows[0].k.Text == "" {
			t.Errorf("%s: the first of %d rows has its maps before they were made", what, len(rows))
		}
		q.Run()
		if r := channelRows(p)[0]; !r.feature.Visible() || !r.sum.Visible() || r.running.Text == "" {
			t.Errorf("%s: the maps do not come", what)
		}
	}
	check("at first")
	p.order.SetSelectedIndex(1)
	for p.shown.least != true {
		f := q[0]
		q = q[1:]
		f()
	}
	check("in another order")
	h.Close()
	p.list.Refresh()
	q.Run()
}
