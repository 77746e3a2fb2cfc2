package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/tensorfile"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// host is the window as its pages know it.
type host struct{ w *Window }

func (h host) Runner() desk.Runner          { return h.w.tasks.Run }
func (h host) Models() []*network.Model     { return h.w.Models }
func (h host) Pictures() []*picture.Picture { return h.w.Pictures }
func (h host) Window() fyne.Window          { return h.w.window }
func (h host) Closed() bool                 { return h.w.closed }
func (h host) Fail(err error)               { h.w.fail(err) }
func (h host) Dismiss()                     { h.w.dismiss() }
func (h host) Settings() models.Settings    { return h.w.settings }

func (h host) Tell(text string) {
	if h.w.rests(); text != "" {
		kit.SetText(h.w.rest, text)
	}
}

func (h host) Open(spec string, stated models.Settings) (*network.Model, error) {
	return h.w.open(spec, stated)
}

// Add opens a network beside those that are compared, and shows them.
func (h host) Add(spec string, settings models.Settings) {
	w := h.w
	want := wanted{specs: []string{spec}, settings: settings}
	if w.loading.Busy() { // those come with this one
		loading := w.wanted
		loading.specs, loading.double = slices.Concat(loading.specs, want.specs), false
		want = loading
	}
	w.act("add", spec, func() {
		w.openNetworks(want)
		w.tabs.SelectIndex(0)
	})
}

// Over shows a dialog until it is closed.
func (h host) Over(d dialog.Dialog) {
	h.w.overlay = d
	d.SetOnClosed(func() { h.w.overlay = nil })
	d.Show()
}

func (h host) ChooseFolder(chosen func(path string)) { h.w.chooseFolder(chosen) }

func (h host) ChooseWeights(chosen func(path string)) {
	h.w.choose(ofWeights, tensorfile.Extensions, chosen)
}

func (h host) AskPath(name string, chosen func(path string), extensions ...string) {
	h.w.askPath(name, chosen, extensions...)
}

func (h host) Write(content func(ctx context.Context) ([]file.File, error), path string) {
	h.w.write(content, path)
}

// Shown is the comparison in sight, of the pictures that are asked for.
func (h host) Shown() (*compare.Comparison, compare.View) {
	s := h.w.comparison.Shown
	if s == nil || !slices.Equal(s.Pictures, h.w.Pictures) {
		return nil, compare.View{}
	}
	return s.Comparison, s.View
}

// Erased is what is erased of the picture that pages are about.
func (h host) Erased() compare.Erasure { return h.w.erased() }

// SetErased erases something else of it.
func (h host) SetErased(kind string, e compare.Erasure) { h.w.setErased(kind, e) }

func (h host) ChooseClass(below fyne.CanvasObject)      { h.w.showClassesAt(below) }
func (h host) InSight(p pages.Page) bool                { return !h.w.closed && h.w.visible() == p }
func (h host) ShowIn(o fyne.CanvasObject, visible bool) { h.w.showIn(o, visible) }

func (h host) Do(command string)               { h.w.do(h.w.command(command)) }
func (h host) AddFile(path string)             { h.w.add([]string{path}) }
func (h host) AddWeights()                     { h.w.showAdd() }
func (h host) Reset()                          { h.w.Reset() }
func (h host) PackShown() string               { return h.w.packShown() }
func (h host) Weights() []string               { return h.w.weightsThere() }
func (h host) Series() []*assets.Series        { return h.w.shelf.Series() }
func (h host) ChoosePack(name string)          { h.w.choosePack(name) }
func (h host) Remove(at int)                   { h.w.remove(at) }
func (h host) State(at int, s models.Settings) { h.w.restate(at, s) }
func (h host) Rename(at int, name string)      { h.w.rename(at, name) }
func (h host) Row() int                        { return h.w.comparison.Row() }
func (h host) SetView(v compare.View)          { h.w.setView(v) }
func (h host) SetClass(class string)           { h.w.setClass(class) }
func (h host) SetMethod(m *cam.Method)         { h.w.setMethod(m) }
func (h host) SetLayer(name string) error      { return h.w.setLayer(name) }
func (h host) SetOwn(own bool)                 { h.w.setOwn(own) }
func (h host) Against(class string)            { h.w.against(class) }
func (h host) SetWipe(share float64)           { h.w.setWipe(share) }
func (h host) OpenAlbum(a desk.Album)          { h.w.openAlbum(a) }
func (h host) OpenSamples()                    { h.w.openPictures(desk.SamplePaths()) }
func (h host) Turn(by int)                     { h.w.turn(by) }
func (h host) SetRows(rows int)                { h.w.setRows(rows) }
func (h host) SortByName()                     { h.w.sortByName() }
func (h host) SortByDisagreement()             { h.w.sortByDisagreement() }
func (h host) Waiting() bool                   { return h.w.waiting() }
func (h host) Loading() bool                   { return h.w.loading.Busy() }
func (h host) Runs(m *network.Model) bool      { return h.w.running.Busy() && h.w.current == m }

// Refused goes back to a class that networks had.
func (h host) Refused(before string) {
	w := h.w
	w.Class, w.Last.Class = before, before
	w.history.Failed(w.state(), desk.ClassPart)
	w.comparison.Draw()
}

// Inside is what is asked for of a map that is taken apart.
func (h host) Inside() desk.Inside { return h.w.Inside }

// SetInside takes it apart in another way.
func (h host) SetInside(kind, of string, i desk.Inside) { h.w.setInside(kind, of, i) }

// Lesson is what is taught.
func (h host) Lesson() desk.Lesson { return h.w.Lesson }

// SetLesson teaches something else.
func (h host) SetLesson(kind, of string, l desk.Lesson) { h.w.setLesson(kind, of, l) }

func (h host) ChoosePictures(chosen func(paths []string)) {
	h.w.chooseBy(ofPictures, picture.Extensions, FileDialogs.OpenMany, chosen)
}

func (h host) Paste(taken func(path string)) { h.w.paste(taken) }

// Compare opens networks in the place of those that are compared, and pictures, and shows
// them.
func (h host) Compare(specs []string, pictures desk.Album) {
	h.w.act("compare", "", func() {
		h.w.openNetworks(wanted{specs: specs, replace: true})
		h.w.openAlbum(pictures)
		h.w.tabs.SelectIndex(0)
	})
}

// Look shows pictures to the networks that are compared, and explains a class, "" for what
// a picture shows, or else for what is predicted of it.
func (h host) Look(pictures desk.Album, class string) {
	w := h.w
	w.act("open", speak.File(pictures.Sources[pictures.At]), func() {
		w.openAlbum(pictures)
		w.setClass(class)
		w.tabs.SelectIndex(0)
	})
}

func (h host) ChooseAnswers(chosen func(path string)) {
	h.w.choose(ofAnswers, []string{".json"}, chosen)
}

func (h host) ChooseResult(chosen func(path string)) {
	h.w.choose(ofResults, []string{".json"}, chosen)
}

// Drawn shows on the page in sight, too, what another scene shows.
func (h host) Drawn() {
	h.w.showProgress()
	h.w.updatePage()
}

// Rested has time for what nobody waits for.
func (h host) Rested() { h.w.time() }
