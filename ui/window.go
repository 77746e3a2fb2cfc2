// Package ui is Scalecam's window: a picture, the networks' maps of it side by
// side, and the controls of the view.
//
// Everything in a Window is touched on the UI goroutine only. Slow work goes
// through a desk.Runner: opening and running networks (load.go) and saving
// (session.go), and what its pages draw.
package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"image"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/pages/erase"
	"scalecam/ui/pages/inside"
	"scalecam/ui/pages/learn"
	"scalecam/ui/pages/networks"
	"scalecam/ui/pages/scaling"
	"scalecam/ui/pages/study"
	"scalecam/ui/pages/teach"
	"scalecam/ui/speak"
)

// Options are what a window starts with.
type Options struct {
	Pictures  []string        // paths of files or folders, or of a session in place of all of these; empty for the samples
	Networks  []string        // specs as models.Open takes them; empty for those that come with the program
	Settings  models.Settings // stated for Networks and for the weights files added later
	Class     string          // to explain, by name or index; "" for what a scene shows, else what the first network predicts
	View      compare.View    // without a Colormap it is the one of the last time, or compare.DefaultView
	Clipboard Clipboard       // for pictures; nil for none
	Dialogs   FileDialogs     // the system's; nil for the window's own
	Data      string          // folder in which what is learnt is kept; "" keeps nothing
}

// Window is the window: pictures, a grid of networks, the controls of the view,
// and in a line beneath what it is doing; behind tabs its pages.
type Window struct {
	window    fyne.Window
	tasks     *desk.Tasks
	now       func() time.Time
	stopwatch func(ctx context.Context, once map[*network.Model]time.Duration, img *image.RGBA) (map[*network.Model]time.Duration, error) // tests have none
	open      func(spec string, stated models.Settings) (*network.Model, error)
	clipboard Clipboard
	settings  models.Settings
	preset    []string // specs of the networks to start with, in place of a pack's
	commands  []command

	// What the user asks for, and what has been found of it.
	desk.Desk
	reopen  bool // sought is newer than what is being opened
	history desk.History
	acting  bool // what changes is part of an action, or of none

	listing, opening, loading, running, timing, saving, sorting *desk.Slot
	wanted                                                      wanted         // what loading opens
	current                                                     *network.Model // what running runs

	start     func()
	folders   map[kind]string    // that file dialogs were in last
	dialogs   FileDialogs        // the system's; nil for none
	choosing  context.CancelFunc // ends that which is open; nil likewise
	dialog    *dialog.FileDialog // of the window's own that is open
	overlay   dialog.Dialog      // likewise: help
	exporting *dialog.CustomDialog
	asked     []string        // files and folders that pictures were asked for from,
	askedOf   []string        // of which the album is made; none once they are opened
	missing   map[string]bool // weights files added once that are not there
	closed    bool
	leaving   bool // once saving is done

	comparison *comparing.Page
	able       able // as the menus say
	picker     *pages.ClassPicker

	tabs        *container.AppTabs // the comparison's, then one for each page
	pages       []pages.Page
	scalingTime *desk.Slot  // of the page for scaling
	studied     *study.Kept // by the page for that
	erasing     *desk.Slot  // likewise
	learning    *learn.Course
	teaching    *teach.Course
	shelf       *networks.Shelf
	published   *networks.Dialog // that was shown last

	lesson *lesson

	banner         fyne.CanvasObject
	message        *widget.Label
	rest           *widget.Label     // what is said while no task runs
	busy           fyne.CanvasObject // status and progress
	status         *widget.Label
	progress       *widget.ProgressBar
	cancel, resume *widget.Button
}

// New makes the window. Show shows it and starts to open what it starts with;
// the caller runs the app.
func New(app fyne.App, o Options) *Window { return newWindow(app, o, desk.Background) }

func newWindow(app fyne.App, o Options, run desk.Runner) *Window {
	kit.ProtectFiles()
	if err := speak.Use(app.Preferences().String(prefLanguage)); err != nil {
		fyne.LogError("", err) // the embedded texts, which a test reads
	}
	icon := fyne.NewStaticResource("icon.png", assets.Icon)
	app.SetIcon(icon)
	w := &Window{
		window: app.NewWindow(speak.Say("title")), now: time.Now, stopwatch: stopwatch, open: models.Open, clipboard: o.Clipboard, dialogs: o.Dialogs, folders: map[kind]string{},
		settings: o.Settings, Desk: desk.Desk{Asked: desk.Asked{Class: o.Class}, View: o.View, Inside: desk.StartInside},
		commands: commands(),
	}
	w.setLook()
	w.tasks = desk.NewTasks(run, w.showProgress)
	for _, slot := range []**desk.Slot{&w.loading, &w.running, &w.opening, &w.listing, &w.saving, &w.sorting} {
		*slot = w.tasks.Slot()
	}
	w.timing, w.scalingTime, w.studied = w.tasks.Aside(), w.tasks.Slot(), study.NewKept(w.tasks.Run, w.tasks.Slot())
	w.erasing, w.learning, w.teaching = w.tasks.Slot(), learn.NewCourse(run, o.Data), teach.NewCourse(w.tasks, o.Data)
	w.shelf = networks.NewShelf(run, w.tasks.Slot(), func() {
		w.menus()
		w.comparison.ShowNetworks()
	}, w.fail)
	for _, k := range kinds {
		w.folders[k], _ = file.ParsePath(w.preferences().String(prefFolder + string(k))) // or none
	}
	if w.View.Colormap == nil {
		w.View, w.By = w.lastView()
	}
	w.start = func() {
		switch {
		case len(o.Pictures) == 1 && filepath.Ext(o.Pictures[0]) == sessionExtension:
			w.openSession(o.Pictures[0])
			return
		case len(o.Pictures) > 0:
			w.openPaths(o.Pictures)
		default:
			w.openAlbum(o.samples(w.pack(desk.Album{})))
		}
		if len(o.Networks) > 0 {
			own := slices.ContainsFunc(o.Networks, func(spec string) bool { return !models.BuiltIn(spec) })
			w.openNetworks(wanted{specs: o.Networks, settings: o.Settings, replace: true, builtIn: !own})
		} else {
			w.Reset()
		}
	}
	w.window.SetIcon(icon)
	w.rebuild()
	w.quietly(func() { w.tabs.SelectIndex(w.tab(app.Preferences().String(prefPage))) })
	w.lookForWeights()
	w.shelf.Look()
	w.window.SetOnDropped(w.dropped)
	w.window.SetCloseIntercept(w.leave)
	w.window.SetOnClosed(w.close)
	w.window.Resize(w.lastSize())
	return w
}

// rebuild makes all that is in the window anew, in the language spoken.
func (w *Window) rebuild() {
	tab, states, lesson := 0, map[string]json.RawMessage{}, w.lesson
	if w.tabs != nil {
		tab = w.tabs.SelectedIndex()
		for _, p := range w.pages {
			if state, err := json.Marshal(p.State()); err == nil {
				states[p.Name()] = state
			}
		}
	}
	defer func(before bool) { w.acting = before }(w.acting)
	w.acting = true
	w.window.SetContent(w.content())
	for _, p := range w.pages {
		if state, ok := states[p.Name()]; ok {
			p.Restore(state)
		}
	}
	w.tabs.SelectIndex(tab)
	if lesson != nil {
		w.lesson.goOn(lesson)
	}
	w.menus()
	w.keys()
	w.update()
}

// update fits all to what is asked for.
func (w *Window) update() {
	w.comparison.Update()
	if len(w.Pictures) > 0 {
		w.window.SetTitle(textWindow(w.Pictures[0]))
	}
	w.showProgress()
}

// samples are the samples, the one first that suits the networks.
func (o Options) samples(pack string) desk.Album {
	domain := network.Unknown
	for _, p := range assets.Packs() {
		specs := models.Pack(p.Name)
		if !slices.ContainsFunc(o.Networks, func(spec string) bool { return !slices.Contains(specs, spec) }) && (len(o.Networks) > 0 || p.Name == pack) {
			domain = network.Domain(p.Domain)
		}
	}
	paths := desk.SamplePaths()
	return desk.Album{Sources: paths, At: slices.Index(paths, compare.SampleOf(domain)), Rows: 1}
}

// Show shows the window and starts to open pictures and networks.
func (w *Window) Show() {
	w.quietly(w.start) // works while the window opens
	w.window.Show()
}

// close ends what still runs. A network that is computing finishes its picture
// first, and its result is dropped.
func (w *Window) close() {
	w.closed = true
	if w.choosing != nil {
		w.choosing()
	}
	w.stop()
	w.tasks.Cancel()
}

func (w *Window) content() fyne.CanvasObject {
	h := host{w}
	w.comparison = comparing.New(h, &w.Desk, w.comparison)

	dismiss := kit.NewIconButton(theme.CancelIcon(), speak.Say("close"), w.dismiss)
	dismiss.Importance = widget.LowImportance
	w.message = widget.NewLabel("")
	w.message.Wrapping, w.message.Importance = fyne.TextWrapWord, widget.DangerImportance
	w.banner = container.NewStack(kit.NewGround(), kit.NewBackdrop(theme.ColorNameInputBackground), container.NewBorder(nil, nil,
		container.NewPadded(widget.NewIcon(theme.NewErrorThemedResource(theme.ErrorIcon()))),
		container.NewVBox(dismiss), w.message))
	w.banner.Hide()

	w.rest, w.status = widget.NewLabel(speak.Say("idle")), widget.NewLabel("")
	w.rest.Truncation, w.status.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	w.progress = widget.NewProgressBar()
	w.cancel = widget.NewButtonWithIcon(speak.Say("cancel"), theme.CancelIcon(), w.Cancel)
	w.resume = widget.NewButtonWithIcon(speak.Say("run"), theme.MediaPlayIcon(), w.compare)
	w.progress.TextFormatter = func() string { return "" } // the status says it
	w.busy = container.NewGridWithColumns(2, w.status, w.progress)
	bottom := container.NewBorder(nil, nil, nil, container.NewHBox(w.cancel, w.resume), container.NewStack(w.rest, w.busy))

	tabs := []*container.TabItem{container.NewTabItemWithIcon(speak.Say("tab.compare"), theme.GridIcon(), w.comparison.Content())}
	w.pages = []pages.Page{inside.New(h), erase.New(h, w.erasing), scaling.New(h, w.scalingTime, assets.Scenes().Study, assets.Scenes().Swept), study.New(h, w.studied), learn.New(h, w.learning), teach.New(h, w.teaching)}
	for _, p := range w.pages {
		// In a window narrower than the page needs, the page scrolls to the side.
		tabs = append(tabs, container.NewTabItemWithIcon(p.Title(), p.Icon(), container.NewHScroll(p.Content())))
	}
	w.tabs = container.NewAppTabs(tabs...)
	w.tabs.OnSelected = func(*container.TabItem) {
		w.rests()
		page, left := "", w.Page
		if p := w.visible(); p != nil {
			page = p.Name()
		}
		w.act("page", cmp.Or(page, "compare"), func() { w.Page = page })
		if at := w.tab(left); at > 0 {
			w.pages[at-1].Update()
		}
		w.window.Canvas().Unfocus() // or the keys would go to what is out of sight now
		w.updatePage()
		if w.banner.Visible() { // another page may have another foot
			w.window.Content().Refresh()
		}
	}
	w.lesson = newLesson(w)
	pages := container.New(overPage{w}, w.tabs, w.banner)
	return kit.WithTips(container.NewBorder(nil, container.NewVBox(w.lesson.box, widget.NewSeparator(), bottom), nil, nil, pages))
}

// overPage lays out what is behind the tabs and the error that lies over it: what is there
// stays where it is, and the strip of pictures in sight, by which one goes on.
type overPage struct{ w *Window }

// Layout implements fyne.Layout.
func (l overPage) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w := l.w
	w.tabs.Move(fyne.Position{})
	w.tabs.Resize(size)
	foot := float32(0)
	if w.visible() == nil {
		foot = w.comparison.Foot()
	}
	w.banner.Resize(fyne.NewSize(size.Width, w.banner.Size().Height)) // in which the text finds its lines
	high := w.banner.MinSize().Height
	w.banner.Resize(fyne.NewSize(size.Width, high))
	w.banner.Move(fyne.NewPos(0, max(size.Height-foot-high, 0)))
}

// MinSize implements fyne.Layout.
func (l overPage) MinSize([]fyne.CanvasObject) fyne.Size { return l.w.tabs.MinSize() }

// drawScene draws a scene that nobody has seen and shows it to the networks,
// after the pictures shown.
func (w *Window) drawScene() {
	w.dismiss()
	after := min(w.At+w.Rows, len(w.Sources))
	path := scenes.RandomPath()
	w.act("scene", "", func() {
		w.showPictures()
		w.openAlbum(desk.Album{Sources: slices.Insert(slices.Clone(w.Sources), after, path), At: after, Rows: 1})
	})
}

func (w *Window) showClasses() { w.showClassesAt(w.comparison.Controls.Class) }

// showAgainst asks for a class to hold the one explained against.
func (w *Window) showAgainst() {
	if len(w.Models) == 0 {
		return
	}
	first := append([]pages.Choice{{Text: speak.Say("against.none"), Class: ""}}, w.comparison.Others()...)
	w.picker = pages.ShowClasses(w.comparison.Controls.Class, w.window.Canvas(), func() []*network.Model { return w.Models }, first, w.against)
}

// showClassesAt asks for a class beneath an object.
func (w *Window) showClassesAt(below fyne.CanvasObject) {
	if len(w.Models) == 0 {
		return
	}
	w.picker = pages.ShowClasses(below, w.window.Canvas(), func() []*network.Model { return w.Models }, w.comparison.Suggestions(), w.setClass)
}

// fail tells of an error, in the window and without a question to answer.
func (w *Window) fail(err error) {
	w.message.SetText(speak.Error(err))
	w.showIn(w.banner, true)
}

func (w *Window) dismiss() { w.showIn(w.banner, false) }

// showIn shows or hides what others make room for.
func (w *Window) showIn(o fyne.CanvasObject, visible bool) {
	if o.Visible() != visible {
		kit.Show(o, visible)
		w.window.Content().Refresh()
	}
}

// showProgress shows the newest task, or none.
func (w *Window) showProgress() {
	now := w.tasks.Foremost()
	kit.Show(w.rest, now == nil)
	kit.Show(w.busy, now != nil)
	kit.Show(w.cancel, now != nil)
	w.enable()
	kit.Show(w.resume, w.canRun())
	if now != nil {
		kit.SetText(w.status, now.Text)
		w.progress.Max = float64(max(now.Total, 1))
		w.progress.SetValue(float64(now.Done))
	}
	w.time()
	w.comparison.Strip.Make()
}

// waiting tells that the comparison, or its networks' times, are not there yet.
func (w *Window) waiting() bool {
	return w.opening.Busy() || w.loading.Busy() || w.running.Busy() || w.timing.Busy()
}

// Cancel ends what runs and goes back to the last whole comparison, if there
// was one.
func (w *Window) Cancel() {
	reverting := w.running.Busy() || !w.Whole() && (w.opening.Busy() || w.loading.Busy())
	w.reopen, w.leaving, w.Sought = false, false, w.Album
	w.tasks.Cancel()
	if reverting {
		w.revert()
		return
	}
	w.history.Failed(w.state(), desk.AlbumPart, desk.NetworksPart, desk.ByPart)
	w.showProgress()
}

func (w *Window) revert() {
	if len(w.Last.Pictures) > 0 {
		was := w.By
		w.Asked = w.Last
		w.Sought = w.Album
		w.letGo(was)
	}
	w.history.Failed(w.state(), desk.AlbumPart, desk.NetworksPart, desk.ClassPart, desk.ByPart)
	w.comparison.ShowBy()
	w.update()
}

// study is the page for that, and its place.
func (w *Window) study() (*study.Page, int) {
	for i, p := range w.pages {
		if s, ok := p.(*study.Page); ok {
			return s, i
		}
	}
	panic("ui: no page for the study")
}

// rests says, in the line beneath, what can be dropped on the page in sight.
func (w *Window) rests() {
	text := speak.Say("idle")
	if _, takes := w.visible().(pages.Taker); takes {
		text = speak.Say("idle.teach")
	}
	kit.SetText(w.rest, text)
}

// visible is the page in sight; nil while it is the comparison.
func (w *Window) visible() pages.Page {
	if i := w.tabs.SelectedIndex() - 1; i >= 0 {
		return w.pages[i]
	}
	return nil
}

// updatePage updates the page in sight.
func (w *Window) updatePage() {
	if p := w.visible(); p != nil {
		p.Update()
	}
}
