package learn

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/network/models"
	"scalecam/network/train"
	"scalecam/ui/desk"
	"scalecam/ui/pages/pagetest"
)

// tiny networks on tiny scenes learn in milliseconds a step; they learn nothing.
func tiny(t testing.TB) {
	t.Helper()
	before := material[0]
	t.Cleanup(func() { material[0] = before })
	material[0].scenes = train.Scenes{Seed: 1, Train: 80, Val: 6, Side: 16, Near: true, Classes: []string{"bird", "fish", "key"}}
}

// learning is a page of two tiny networks, whose course is paused after so many steps
// where that is above 0.
func learning(t testing.TB, folder string, steps int) (*pagetest.Host, *Page) {
	t.Helper()
	tiny(t)
	run := pagetest.Inline
	var c *Course
	if steps > 0 {
		run = desk.Runner{Go: run.Go, Do: func(f func()) {
			f()
			if c != nil && c.opened != nil && c.busy() && !c.pausing {
				if done, _, _ := c.opened.live.Steps(); done >= steps {
					c.pause()
				}
			}
		}}
	}
	h := pagetest.New(t, run)
	c = NewCourse(run, folder)
	c.lesson.networks = []train.PackMember{
		{Name: "a", Title: "narrow", Architecture: architecture, Depth: 1, Width: 0.5, Resolution: "16"},
		{Name: "b", Title: "fine", Architecture: architecture, Depth: 1, Width: 0.5, Resolution: "24"},
	}
	p := New(h, c)
	h.Show(p)
	return h, p
}

// every has what is shown made anew at every step.
func every(t *testing.T) {
	see, step := seeEvery, stepEvery
	seeEvery, stepEvery = 0, 0
	t.Cleanup(func() { seeEvery, stepEvery = see, step })
}

func steps(p *Page) int {
	done, _, _ := p.course.opened.live.Steps()
	return done
}

// confirm agrees to what the page asked.
func confirm(t *testing.T, h *pagetest.Host) {
	t.Helper()
	d, ok := h.Dialog.(interface{ Confirm() })
	if !ok {
		t.Fatalf("nothing was asked: %T", h.Dialog)
	}
	h.Dialog = nil
	d.Confirm()
}

// TestLearn: networks learn to the end, their maps, curves and moments are shown, and
// the run is kept.
func TestLearn(t *testing.T) {
	every(t)
	h, p := learning(t, t.TempDir(), 0)
	test.Tap(p.start)
	if h.Message != "" {
		t.Fatal(h.Message)
	}
	if steps(p) != 10 || !p.course.opened.live.Finished() || p.course.busy() || !p.start.Disabled() {
		t.Fatalf("step %d; the button says %q", steps(p), p.start.Text)
	}
	s := p.course.seen
	if s == nil || s.pictures != 160 || len(s.maps) != 2 || len(s.maps[0]) != 3 || s.maps[1][2].Image == nil {
		t.Fatalf("seen: %+v", s)
	}
	for i := range 2 {
		if img, text := p.sheet.At(i, 1); img == nil || text == "" {
			t.Errorf("row %d shows nothing", i)
		}
	}
	if len(p.loss.Series) != 2 || len(p.loss.Series[1].Points) != 10 || len(p.top1.Series[0].Points) != 10 || !strings.Contains(p.top1.Title, "6 pictures") {
		t.Errorf("%q: %d points", p.top1.Title, len(p.loss.Series[1].Points))
	}
	if !strings.Contains(p.said.Text, "160 of 160") || !strings.Contains(p.thinned.Text, "kept: 11") {
		t.Errorf("%q, %q", p.said.Text, p.thinned.Text)
	}
	if _, err := os.Stat(p.course.path()); err != nil {
		t.Error(err)
	}
}

// TestBack: an earlier moment is looked at, and gone on from once that was asked.
func TestBack(t *testing.T) {
	every(t)
	h, p := learning(t, "", 0)
	test.Tap(p.start)
	last := p.course.seen
	p.line.SetValue(4)
	if m := p.course.moment; m == nil || m.At != 4 || p.course.seen == last || p.course.seen.pictures != 64 || !strings.Contains(p.when.Text, "64") {
		t.Fatalf("%+v: %q", m, p.when.Text)
	}
	test.Tap(p.step)
	if steps(p) != 10 {
		t.Error("it went on without asking")
	}
	confirm(t, h)
	if steps(p) != 5 || p.course.moment != nil {
		t.Errorf("step %d", steps(p))
	}
	p.rate.SetValue(-1)
	if _, factor := p.course.opened.live.Rate(); factor != 0.1 || !strings.Contains(p.rate.Text.Text, "0.1") {
		t.Errorf("rate × %v, %q", factor, p.rate.Text.Text)
	}
	test.Tap(p.start)
	if steps(p) != 10 {
		t.Errorf("step %d", steps(p))
	}
}

// TestPauseAndResume: what was paused is kept, offered by the next window, and goes on.
func TestPauseAndResume(t *testing.T) {
	every(t)
	folder := t.TempDir()
	_, p := learning(t, folder, 4)
	test.Tap(p.start)
	if p.course.busy() || steps(p) < 4 || steps(p) == 10 {
		t.Fatalf("step %d", steps(p))
	}
	at := steps(p)
	_, again := learning(t, folder, 0)
	if !again.offer.Visible() || !strings.Contains(again.offered.Text, "narrow, fine") {
		t.Fatalf("nothing is offered: %q", again.offered.Text)
	}
	again.resume()
	learnt, _ := again.course.opened.live.Curves(0)
	if steps(again) != 10 || learnt[0].At != 1 || again.offer.Visible() {
		t.Errorf("from step %d to %d", at, steps(again))
	}
	// Let go, it is gone.
	_, last := learning(t, folder, 0)
	last.course.forget()
	if _, err := os.Stat(last.course.path()); err == nil || last.offer.Visible() {
		t.Error("it is still there")
	}
}

// TestLeave: closing asks while networks learn, and closes once they are kept.
func TestLeave(t *testing.T) {
	every(t)
	tiny(t)
	folder, closed := t.TempDir(), 0
	var p *Page
	var h *pagetest.Host
	asked := false
	run := desk.Runner{Go: pagetest.Inline.Go, Do: func(f func()) {
		f()
		if p != nil && p.course.learns && !asked && steps(p) == 3 {
			asked = true
			if !p.Leave(func() { closed++ }) {
				t.Error("it does not ask")
			}
			confirm(t, h)
			if closed != 0 {
				t.Error("it closes before it is kept")
			}
		}
	}}
	h = pagetest.New(t, run)
	c := NewCourse(run, folder)
	c.lesson.networks = []train.PackMember{{Name: "a", Title: "narrow", Architecture: architecture, Depth: 1, Width: 0.5, Resolution: "16"}}
	p = New(h, c)
	h.Show(p)
	test.Tap(p.start)
	if closed != 1 || steps(p) == 10 {
		t.Errorf("closed %d times, step %d", closed, steps(p))
	}
	if _, err := os.Stat(c.path()); err != nil {
		t.Error(err)
	}
	if p.Leave(func() {}) {
		t.Error("it asks while nothing learns")
	}
}

// TestSaved: a network's weights are saved and compared as they are at the moment seen.
func TestSaved(t *testing.T) {
	h, p := learning(t, t.TempDir(), 0)
	test.Tap(p.start)
	p.line.SetValue(3)
	p.network.SetSelectedIndex(1)
	h.Path = filepath.Join(t.TempDir(), "b.safetensors")
	test.Tap(p.save)
	test.Tap(p.add)
	if h.Asked != "learnt-2-b.safetensors" || len(h.Added) != 1 || h.Message != "" {
		t.Fatalf("%q, %v, %q", h.Asked, h.Added, h.Message)
	}
	test.Tap(p.add)
	if len(h.Added) != 2 || h.Added[0] == h.Added[1] {
		t.Errorf("one is written over the other: %v", h.Added)
	}
	for _, path := range []string{h.Path, h.Added[0]} {
		m, err := models.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.About["step"] != "3" || !slices.Equal(m.Classes, []string{"bird", "fish", "key"}) || m.Network.Scaling.Resolution.W != 24 {
			t.Errorf("%v of %v", m.About, m.Classes)
		}
	}
}

// classFolder writes class folders of plain pictures.
func classFolder(t *testing.T, classes ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, class := range classes {
		for j := range 20 {
			img := image.NewRGBA(image.Rect(0, 0, 20, 16))
			for k := range 20 * 16 {
				img.SetRGBA(k%20, k/20, color.RGBA{uint8(90 * i), uint8(10 * j), uint8(200 - 90*i), 255})
			}
			path := filepath.Join(dir, class, strings.Repeat("x", j+1)+".png")
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
	return dir
}

// TestFolder: a folder is learnt without what cannot be read, which is told of; of one
// class it is refused, and so is one whose pictures are all broken.
func TestFolder(t *testing.T) {
	h, p := learning(t, "", 3)
	dir := classFolder(t, "one", "two")
	if err := os.WriteFile(filepath.Join(dir, "one", "broken.png"), []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.Folder = dir
	p.data.SetSelectedIndex(own)
	if p.course.lesson.folder != dir || !p.folder.Visible() {
		t.Fatal("no folder is chosen")
	}
	test.Tap(p.start)
	if p.course.opened == nil || !strings.Contains(h.Message, "left out (1)") || !strings.Contains(h.Message, "broken.png") || p.course.opened.Train.Len() != 32 {
		t.Fatalf("%q", h.Message)
	}
	for _, bad := range []struct {
		dir, want string
	}{
		{classFolder(t, "alone"), "one class alone (alone)"},
		{t.TempDir(), "no folder in it holds pictures"},
		{filepath.Join(dir, "nowhere"), "nowhere"},
	} {
		h, p := learning(t, "", 3)
		p.course.lesson.folder, p.course.lesson.data = bad.dir, own
		test.Tap(p.start)
		if !strings.Contains(h.Message, bad.want) || p.course.opened != nil || p.course.busy() || p.start.Disabled() {
			t.Errorf("%q, want %s", h.Message, bad.want)
		}
	}
}

// TestNotKept: where nothing can be written, learning ends with the reason and can go on.
func TestNotKept(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, p := learning(t, folder, 0)
	test.Tap(p.start)
	if !strings.Contains(h.Message, "what is learnt is not kept") || steps(p) != 10 {
		t.Errorf("%q after step %d", h.Message, steps(p))
	}
}

// TestChoice: at least one network is picked and at most five; one's own comes by d, w and
// r, and what is wrong with it is said.
func TestChoice(t *testing.T) {
	h := pagetest.New(t, pagetest.Inline)
	p := New(h, NewCourse(pagetest.Inline, ""))
	h.Show(p)
	names := func() (all []string) {
		for _, m := range p.course.lesson.networks {
			all = append(all, m.Name)
		}
		return all
	}
	if got := names(); !slices.Equal(got, []string{"baseline", "wider"}) {
		t.Errorf("%v", got)
	}
	p.checks[2].SetChecked(false)
	if got := names(); !slices.Equal(got, []string{"baseline"}) || !p.checks[0].Disabled() {
		t.Errorf("%v, and the last one can be taken off", got)
	}
	test.Tap(p.own)
	if got := names(); !slices.Equal(got, []string{"baseline", "own"}) || len(p.checks) != 6 {
		t.Errorf("%v, %d checks", got, len(p.checks))
	}
	p.width.SetText("x")
	test.Tap(p.own)
	if !strings.Contains(h.Message, "d and w are factors") {
		t.Errorf("%q", h.Message)
	}
	p.width.SetText("900")
	test.Tap(p.own)
	if h.Message == "" || strings.Contains(h.Message, "d and w are factors") || len(names()) != 2 {
		t.Errorf("%q", h.Message)
	}
	p.checks[5].SetChecked(false)
	if got := names(); !slices.Equal(got, []string{"baseline"}) {
		t.Errorf("%v", got)
	}
	h.Weights = "scenes:wider"
	test.Tap(p.from)
	if p.course.lesson.from != "scenes:wider" || !strings.Contains(p.began.Text, "wider") {
		t.Errorf("%q", p.began.Text)
	}
	for _, size := range []fyne.Size{{Width: 640, Height: 480}, {Width: 1920, Height: 1080}} {
		h.Window().Resize(size)
	}
}

// BenchmarkFrame is what the UI goroutine does at once when the networks are shown
// anew, with the curves of a whole run of five. Its slowest is reported too.
func BenchmarkFrame(b *testing.B) {
	h, p := learning(b, "", 0)
	m := p.course.lesson.networks[0] // what networks cost is no frame's: all are of the smallest
	p.course.lesson.networks = nil
	for _, m.Title = range []string{"one", "two", "three", "four", "five"} {
		p.course.lesson.networks = append(p.course.lesson.networks, m)
	}
	material[0].scenes.Train = 16 * 120
	test.Tap(p.start)
	if h.Message != "" {
		b.Fatal(h.Message)
	}
	var slowest time.Duration
	for b.Loop() {
		start := time.Now()
		p.showSeen()
		p.showProgress()
		slowest = max(slowest, time.Since(start))
	}
	b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
}

// TestTextSpeed: one picture is no pictures, and fewer are not none.
func TestTextSpeed(t *testing.T) {
	for speed, want := range map[float64]string{0.25: "0.25 pictures a second", 1.003: "1 picture a second", 1.5: "1.5 pictures a second", 9.6: "10 pictures a second", 1234: "1234 pictures a second"} {
		if got := textSpeed(speed); got != want {
			t.Errorf("%v is %q, want %q", speed, got, want)
		}
	}
}
