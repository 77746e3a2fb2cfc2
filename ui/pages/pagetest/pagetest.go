// Package pagetest is what pages are tested in: a host that opens networks and a
// picture, and has one page in its window.
package pagetest

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/test"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Small networks run in milliseconds.
var Small = []string{
	"random:efficientnet-b0,w=0.25,r=64",
	"random:efficientnet-b0,w=0.25,d=2,r=64,seed=2",
	"random:efficientnet-b0,w=0.25,r=128,seed=3",
}

// Inline is a desk.Runner that does everything at once.
var Inline = desk.Runner{Go: func(f func()) { f() }, Do: func(f func()) { f() }}

// Queue is a desk.Runner whose background work waits until the test runs it.
type Queue []func()

// Runner puts work into the queue.
func (q *Queue) Runner() desk.Runner {
	return desk.Runner{Go: func(f func()) { *q = append(*q, f) }, Do: func(f func()) { f() }}
}

// Run does all work, oldest first, until none is left.
func (q *Queue) Run() {
	for len(*q) > 0 {
		f := (*q)[0]
		*q = (*q)[1:]
		f()
	}
}

// Host is a window of one page. It is every page's Host.
type Host struct {
	Tasks   *desk.Tasks
	Changed func() // is called whenever a task does

	Networks []*network.Model
	Album    []*picture.Picture
	Class    string // explained
	Erasure  compare.Erasure
	Apart    desk.Inside // how a map is taken apart
	Pack     string      // that the networks are
	At       int         // the row that pages are about
	View     compare.View

	Message string // of what failed; "" once that is dismissed
	Told    string
	Added   []string // specs of networks
	Chosen  []fyne.CanvasObject
	Path    string        // that AskPath is answered with; "" for none
	Asked   string        // the name that it offered
	Folder  string        // that ChooseFolder chooses; "" for none
	Weights string        // likewise, that ChooseWeights does
	Answers string        // likewise, that ChooseAnswers does
	Result  string        // likewise, that ChooseResult does
	Looked  desk.Album    // by Look
	Dialog  dialog.Dialog // that Over showed last

	t          testing.TB
	run        desk.Runner
	window     fyne.Window
	closed     bool
	page       pages.Page
	comparison *compare.Comparison
}

// New opens networks and the first sample, and shows nothing yet.
func New(t testing.TB, run desk.Runner, specs ...string) *Host {
	t.Helper()
	h := &Host{t: t, run: run, window: test.NewTempApp(t).NewWindow(""), View: compare.DefaultView(), Apart: desk.StartInside, Changed: func() {}}
	h.Tasks = desk.NewTasks(run, func() { h.Changed() })
	for _, spec := range specs {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		h.Networks = append(h.Networks, m)
	}
	h.OpenSample(0)
	h.window.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(h.Close)
	return h
}

// Close closes the window.
func (h *Host) Close() {
	if !h.closed {
		h.closed = true
		h.window.Close()
	}
}

// OpenSample shows a sample in the place of the picture.
func (h *Host) OpenSample(i int) {
	h.t.Helper()
	p, err := compare.OpenPicture(picture.SamplePrefix + assets.Samples()[i].Name)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Album, h.comparison = []*picture.Picture{p}, nil
}

// Row is the row that pages are about.
func (h *Host) Row() int { return h.At }

// Compare runs the networks on the pictures and updates the page.
func (h *Host) Compare() {
	h.t.Helper()
	c := &compare.Comparison{Models: h.Networks}
	for i, p := range h.Album {
		row, inputs := compare.Row{Picture: p}, network.NewInputs(p.Image)
		for _, m := range h.Networks {
			cell, err := (compare.By{}).Look(context.Background(), inputs, m)
			if err != nil {
				h.t.Fatal(err)
			}
			row.Cells = append(row.Cells, cell)
		}
		c.Rows = append(c.Rows, row)
		if err := c.Explain(context.Background(), i, h.Class); err != nil {
			h.t.Fatal(err)
		}
	}
	h.Put(c)
}

// Put has a comparison in sight, or none, and updates the page.
func (h *Host) Put(c *compare.Comparison) {
	h.comparison = c
	if h.page != nil {
		h.page.Update()
	}
}

// Remove takes a network out of those compared.
func (h *Host) Remove(at int) {
	h.Networks = append(h.Networks[:at:at], h.Networks[at+1:]...)
	if len(h.Networks) == 0 {
		h.Put(nil)
		return
	}
	h.Compare()
}

// Show has a page in sight.
func (h *Host) Show(p pages.Page) {
	h.page = p
	h.window.SetContent(p.Content())
	h.window.Resize(fyne.NewSize(1280, 800))
	p.Update()
}

// Inside is how a map is taken apart.
func (h *Host) Inside() desk.Inside { return h.Apart }

// SetInside takes it apart in another way, and updates the page.
func (h *Host) SetInside(_, _ string, i desk.Inside) {
	if i != h.Apart {
		h.Apart = i
		h.page.Update()
	}
}

// Runner implements pages.Host, as do the others.
func (h *Host) Runner() desk.Runner { return h.run }

// Models are those compared.
func (h *Host) Models() []*network.Model { return h.Networks }

// Pictures are those shown.
func (h *Host) Pictures() []*picture.Picture { return h.Album }

// Window is the page's.
func (h *Host) Window() fyne.Window { return h.window }

// Closed tells that the window is.
func (h *Host) Closed() bool { return h.closed }

// Fail keeps the message.
func (h *Host) Fail(err error) { h.Message = speak.Error(err) }

// Dismiss forgets the message.
func (h *Host) Dismiss() { h.Message = "" }

// Tell keeps the text.
func (h *Host) Tell(text string) { h.Told = text }

// Series are none.
func (h *Host) Series() []*assets.Series { return nil }

// PackShown is the pack that the networks are.
func (h *Host) PackShown() string { return h.Pack }

// Settings are none.
func (h *Host) Settings() models.Settings { return nil }

// Open opens a network.
func (h *Host) Open(spec string, stated models.Settings) (*network.Model, error) {
	return models.Open(spec, stated)
}

// Add keeps the spec.
func (h *Host) Add(spec string, _ models.Settings) { h.Added = append(h.Added, spec) }

// Over shows a dialog.
func (h *Host) Over(d dialog.Dialog) {
	h.Dialog = d
	d.Show()
}

// ChooseFolder chooses Folder.
func (h *Host) ChooseFolder(chosen func(path string)) {
	if h.Folder != "" {
		chosen(h.Folder)
	}
}

// ChooseAnswers chooses Answers.
func (h *Host) ChooseAnswers(chosen func(path string)) {
	if h.Answers != "" {
		chosen(h.Answers)
	}
}

// ChooseResult chooses Result.
func (h *Host) ChooseResult(chosen func(path string)) {
	if h.Result != "" {
		chosen(h.Result)
	}
}

// Look keeps what is looked at, and the class that is explained.
func (h *Host) Look(pictures desk.Album, class string) { h.Looked, h.Class = pictures, class }

// ChooseWeights chooses Weights.
func (h *Host) ChooseWeights(chosen func(path string)) {
	if h.Weights != "" {
		chosen(h.Weights)
	}
}

// AskPath is answered with Path.
func (h *Host) AskPath(name string, chosen func(path string), _ ...string) {
	if h.Asked = name; h.Path != "" {
		chosen(h.Path)
	}
}

// Write writes files at once.
func (h *Host) Write(content func(ctx context.Context) ([]file.File, error), path string) {
	files, err := content(context.Background())
	if err == nil {
		err = file.Write(files...)
	}
	if err != nil {
		h.Fail(err)
		return
	}
	h.Told = path
}

// Shown is the comparison in sight.
func (h *Host) Shown() (*compare.Comparison, compare.View) { return h.comparison, h.View }

// ChooseClass keeps beneath what.
func (h *Host) ChooseClass(below fyne.CanvasObject) { h.Chosen = append(h.Chosen, below) }

// Erased is what is erased of the picture.
func (h *Host) Erased() compare.Erasure { return h.Erasure }

// SetErased erases something else and updates the page.
func (h *Host) SetErased(_ string, e compare.Erasure) {
	h.Erasure = e
	h.page.Update()
}

// InSight tells that it is the page.
func (h *Host) InSight(p pages.Page) bool { return !h.closed && h.page == p }

// ShowIn shows or hides.
func (h *Host) ShowIn(o fyne.CanvasObject, visible bool) {
	kit.Show(o, visible)
	h.window.Content().Refresh()
}
