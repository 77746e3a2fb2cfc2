// Package ui is Scalecam's window: a picture, the networks' maps of it side by
// side, and the controls of the view.
//
// Everything in a Window is touched on the UI goroutine only. Slow work goes
// through a desk.Runner: opening and running networks (load.go), drawing
// (draw.go) and saving (files.go).
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
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/pages/inside"
	"scalecam/ui/pages/scaling"
	"scalecam/ui/pages/study"
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
	preset    []string // specs of the networks to start with
	commands  []command

	// What the user asks for, and what has been found of it.
	desk.Desk
	reopen   bool // sought is newer than what is being opened
	history  desk.History
	acting   bool // what changes is part of an action, or of none
	enlarged int  // the only cell in sight, or none
	hovered  int  // the cell that the pointer is on, or none
	pointer  fyne.Position

	listing, opening, loading, running, timing, saving *desk.Slot
	wanted                                             wanted         // what loading opens
	current                                            *network.Model // what running runs

	drawing, again bool // see draw
	shown          *scene

	start     func()
	folder    string             // that a file dialog was in last
	dialog    *dialog.FileDialog // that is open
	overlay   dialog.Dialog      // likewise: help
	exporting *dialog.CustomDialog
	closed    bool
	leaving   bool // once saving is done

	cells    []*kit.Cell // row by row: the picture's, then one for each network
	made     map[place]*kit.Cell
	grid     *kit.Grid
	box      *fyne.Container               // of the cells
	main     *fyne.Container               // the comparison without the controls
	head     *fyne.Container               // of heading, chips and warning
	able     able                          // as the menus say
	buttons  map[string][]fyne.Disableable // of commands, by their keys
	none     fyne.CanvasObject             // in place of networks
	controls *controls
	chips    *chips
	strip    *strip
	picker   *pages.ClassPicker

	tabs        *container.AppTabs // the comparison's, then one for each page
	pages       []pages.Page
	scalingTime *desk.Slot  // of the page for scaling
	studied     *study.Kept // by the page for that

	lesson *lesson

	heading, warning *widget.Label
	banner           fyne.CanvasObject
	message          *widget.Label
	rest             *widget.Label     // what is said while no task runs
	busy             fyne.CanvasObject // status and progress
	status           *widget.Label
	progress         *widget.ProgressBar
	cancel, resume   *widget.Button
}

// none is no cell.
const none = -1

// New makes the window. Show shows it and starts to open what it starts with;
// the caller runs the app.
func New(app fyne.App, o Options) *Window { return newWindow(app, o, desk.Background) }

func newWindow(app fyne.App, o Options, run desk.Runner) *Window {
	protectFiles()
	if err := speak.Use(app.Preferences().String(prefLanguage)); err != nil {
		fyne.LogError("", err) // the embedded texts, which a test reads
	}
	icon := fyne.NewStaticResource("icon.png", assets.Icon)
	app.SetIcon(icon)
	app.Settings().SetTheme(kit.Theme(app.Preferences().String(prefTheme)))
	w := &Window{
		window: app.NewWindow(speak.Say("title")), now: time.Now, stopwatch: stopwatch, open: models.Open, clipboard: o.Clipboard,
		settings: o.Settings, preset: models.Pack(assets.Scenes().Name), Desk: desk.Desk{Class: o.Class, View: o.View},
		commands: commands(), enlarged: none, hovered: none,
	}
	w.tasks = desk.NewTasks(run, w.showProgress)
	for _, slot := range []**desk.Slot{&w.loading, &w.running, &w.opening, &w.listing, &w.saving} {
		*slot = w.tasks.Slot()
	}
	w.timing, w.scalingTime, w.studied = w.tasks.Aside(), w.tasks.Slot(), study.NewKept(w.tasks.Slot())
	if w.View.Colormap == nil {
		w.View = w.lastView()
	}
	w.start = func() {
		switch {
		case len(o.Pictures) == 1 && filepath.Ext(o.Pictures[0]) == sessionExtension:
			w.openSession(o.Pictures[0])
			return
		case len(o.Pictures) > 0:
			w.openPaths(o.Pictures)
		default:
			w.openAlbum(o.samples())
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
	w.cells, w.made, w.shown = nil, map[place]*kit.Cell{}, nil
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

// samplePaths are those of the pictures that need no file.
func samplePaths() (paths []string) {
	for _, s := range compare.Samples() {
		paths = append(paths, s.Path)
	}
	return paths
}

// samples are the samples, the one first that suits the networks.
func (o Options) samples() desk.Album {
	paths := samplePaths()
	first := picture.SamplePrefix + assets.Samples()[0].Name
	if !slices.ContainsFunc(o.Networks, func(spec string) bool { return !slices.Contains(models.Pack(assets.Scenes().Name), spec) }) {
		first = compare.SampleFor(nil)
	}
	return desk.Album{Sources: paths, At: slices.Index(paths, first), Rows: 1}
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
	w.stop()
	w.tasks.Cancel()
}

func (w *Window) content() fyne.CanvasObject {
	w.controls = newControls(w.View, w.work, w.setView, w.setWipe)
	w.controls.showWipe(w.Wipe)
	w.buttons = map[string][]fyne.Disableable{"export": {w.controls.save}, "class": {w.controls.class}}
	w.controls.open.OnTapped = w.showOpen
	w.controls.draw.OnTapped = w.drawScene
	w.controls.add.OnTapped = w.showAdd
	w.controls.save.OnTapped = w.showExport
	w.controls.class.OnTapped = w.showClasses
	w.chips, w.strip = newChips(), newStrip(w)

	w.heading = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	w.heading.SizeName, w.heading.Truncation = theme.SizeNameSubHeadingText, fyne.TextTruncateEllipsis
	w.warning = widget.NewLabel("")
	w.warning.Importance, w.warning.Wrapping = widget.WarningImportance, fyne.TextWrapWord

	w.grid = &kit.Grid{OnResized: w.draw}
	w.box = container.New(w.grid)
	w.none = container.NewCenter(container.NewVBox(
		widget.NewLabel(speak.Say("no networks")),
		container.NewCenter(container.NewHBox(
			widget.NewButtonWithIcon(speak.Say("add"), theme.ContentAddIcon(), w.showAdd),
			widget.NewButton(speak.Say("reset"), w.Reset),
		)),
	))

	dismiss := widget.NewButtonWithIcon("", theme.CancelIcon(), w.dismiss)
	dismiss.Importance = widget.LowImportance
	w.message = widget.NewLabel("")
	w.message.Wrapping, w.message.Importance = fyne.TextWrapWord, widget.DangerImportance
	w.banner = container.NewStack(kit.NewBackdrop(theme.ColorNameInputBackground), container.NewBorder(nil, nil,
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

	w.head = container.New(layout.NewCustomPaddedVBoxLayout(0), w.heading, w.chips.box, w.warning)
	w.main = container.NewBorder(w.head, w.strip.box, nil, nil,
		container.NewBorder(nil, w.none, nil, nil, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 4, 4, 12), w.box))))
	tabs := []*container.TabItem{container.NewTabItemWithIcon(speak.Say("tab.compare"), theme.GridIcon(),
		container.NewBorder(nil, nil, container.NewBorder(nil, nil, nil, widget.NewSeparator(), w.controls.box), nil, w.main))}
	h := host{w}
	w.pages = []pages.Page{inside.New(h), scaling.New(h, w.scalingTime, assets.Scenes().Study), study.New(h, w.studied)}
	for _, p := range w.pages {
		tabs = append(tabs, container.NewTabItemWithIcon(p.Title(), p.Icon(), p.Content()))
	}
	w.tabs = container.NewAppTabs(tabs...)
	w.tabs.OnSelected = func(*container.TabItem) {
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
	}
	w.lesson = newLesson(w)
	return container.NewBorder(w.banner, container.NewVBox(w.lesson.box, widget.NewSeparator(), bottom), nil, nil, w.tabs)
}

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

func (w *Window) showClasses() { w.showClassesAt(w.controls.class) }

// showClassesAt asks for a class beneath an object.
func (w *Window) showClassesAt(below fyne.CanvasObject) {
	if len(w.Models) == 0 {
		return
	}
	var first []pages.Choice
	if w.shown != nil && w.shown.comparison != nil {
		first = suggestions(w.shown.comparison)
	}
	w.picker = pages.ShowClasses(below, w.window.Canvas(), func() []*network.Model { return w.Models }, first, w.setClass)
}

// work is a kit.Work, which shows nothing in a closed window.
func (w *Window) work(do func() (then func())) {
	w.tasks.Run.Work(func() func() {
		then := do()
		return func() {
			if !w.closed {
				then()
			}
		}
	})
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
	w.strip.make()
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
	w.history.Failed(w.state(), desk.AlbumPart, desk.NetworksPart)
	w.showProgress()
}

func (w *Window) revert() {
	if len(w.Last.Pictures) > 0 {
		w.Asked = w.Last
		w.Sought = w.Album
	}
	w.history.Failed(w.state(), desk.AlbumPart, desk.NetworksPart)
	w.update()
}

// update fits cells and texts to what is asked for, and draws.
func (w *Window) update() {
	columns, rows := 1+len(w.Models), max(len(w.Pictures), 1)
	before := w.cells
	w.cells = nil
	for i := range rows {
		for j := range columns {
			c := w.cellAt(place{i, j})
			if !slices.Contains(before, c) {
				c.Set(kit.Content{}) // not what it showed once
			}
			w.cells = append(w.cells, c)
		}
	}
	if w.enlarged >= len(w.cells) {
		w.enlarged = none
	}
	w.box.Objects = nil
	for i, c := range w.cells {
		c.Enlarged(w.enlarged == i)
		if w.enlarged == none || w.enlarged == i {
			w.box.Objects = append(w.box.Objects, c.Frame, c.Text)
		}
	}
	w.grid.Picture, w.grid.Columns = image.Point{}, 0
	if rows > 1 && w.enlarged == none {
		w.grid.Columns = columns
	}
	if len(w.Pictures) > 0 {
		w.grid.Picture = outer(w.Pictures)
		w.window.SetTitle(textWindow(w.Pictures[0]))
		w.strip.set(w.Album, w.Pictures)
	}
	kit.Show(w.strip.box, len(w.Sources) > 0)
	kit.Show(w.none, len(w.Models) == 0 && !w.loading.Busy())
	w.box.Refresh()
	w.draw()
	w.showProgress()
}

// outer is a size with the proportions of the pictures, or a square where they
// differ.
func outer(pictures []*picture.Picture) image.Point {
	first := pictures[0].Image.Rect.Size()
	for _, p := range pictures {
		if size := p.Image.Rect.Size(); size.X*first.Y != size.Y*first.X {
			return image.Pt(1, 1)
		}
	}
	return first
}

// place is a row and a column of the grid.
type place struct{ row, column int }

// cellAt is the cell of a picture, in the first column, or of a network, which
// can be removed in the first row. Each is made once.
func (w *Window) cellAt(p place) *kit.Cell {
	if c, ok := w.made[p]; ok {
		return c
	}
	at := func() int { return p.row*(1+len(w.Models)) + p.column }
	var corner fyne.CanvasObject
	if p.column > 0 && p.row == 0 {
		remove := widget.NewButtonWithIcon("", theme.CancelIcon(), func() { w.remove(p.column - 1) })
		remove.Importance = widget.LowImportance
		corner = remove
	}
	back := widget.NewButtonWithIcon(speak.Say("cell.back"), theme.ViewRestoreIcon(), func() { w.enlarge(at()) })
	back.Hide()
	c := kit.NewCell(corner, back, w.work)
	c.Frame.OnTapped = func() { w.enlarge(at()) }
	c.Frame.OnMoved = func(x, y float64, on bool) { w.hover(at(), x, y, on) }
	c.Frame.OnDragged = w.setWipe
	w.made[p] = c
	return c
}

// enlarge shows one cell alone, or all again.
func (w *Window) enlarge(at int) {
	if at >= len(w.cells) {
		return
	}
	if w.enlarged == at {
		at = none
	}
	w.enlarged = at
	w.update()
}

// hover moves the crosshair of a cell's row.
func (w *Window) hover(at int, x, y float64, on bool) {
	w.hovered = none
	if on {
		w.hovered, w.pointer = at, fyne.NewPos(float32(x), float32(y))
	}
	w.readOut()
}

// readOut shows the crosshair in all cells of a row, with the values there.
func (w *Window) readOut() {
	columns, known := 1+len(w.Models), w.shown.of(&w.Asked)
	for i, c := range w.cells {
		if w.hovered == none || i/columns != w.hovered/columns || !known {
			if c.Frame.Marked {
				c.Frame.Point(0, 0, false, "")
			}
			continue
		}
		x, y := float64(w.pointer.X), float64(w.pointer.Y)
		c.Frame.Point(x, y, true, w.shown.valueAt(i/columns, i%columns, x, y))
	}
}

// valueAt is what stands beside the crosshair of a cell: of a picture its pixel,
// of a network its map's value.
func (s *scene) valueAt(row, column int, x, y float64) string {
	if column == 0 {
		size := s.pictures[row].Image.Rect.Size()
		return speak.Say("pixel", min(int(x*float64(size.X)), size.X-1), min(int(y*float64(size.Y)), size.Y-1))
	}
	if s.comparison == nil {
		return ""
	}
	col := slices.Index(s.comparison.Models, s.models[column-1])
	if col < 0 {
		return ""
	}
	v, ok := s.comparison.Value(row, col, s.view, x, y)
	if !ok {
		return speak.Say("not seen")
	}
	return textValue(v)
}
