// Package ui is Scalecam's window: a picture, the networks' maps of it side by
// side, and the controls of the view.
//
// Everything in a Window is touched on the UI goroutine only. Slow work goes
// through a Runner: opening and running networks (load.go), drawing
// (draw.go) and saving (files.go).
package ui

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/weights"
	"scalecam/picture"
)

// Options are what a window starts with.
type Options struct {
	Pictures []string         // paths; empty for a sample
	Networks []string         // specs as weights.Open takes them; empty for those that come with the program
	Settings weights.Settings // stated for Networks and for the weights files added later
	Class    string           // to explain, by name or index; "" for what a scene shows, else what the first network predicts
	View     compare.View     // without a Colormap it is compare.DefaultView
}

// Window is the window: a picture, a grid of networks, the controls of the view,
// and in a line beneath what it is doing.
type Window struct {
	window   fyne.Window
	run      Runner
	open     func(spec string, stated weights.Settings) (*network.Model, error)
	settings weights.Settings
	preset   []string // specs of the networks to start with

	// What the user asks for, and what has been found of it.
	asked
	class string // as compare.Run takes it
	view  compare.View
	// last is what was asked for when all cells were there last: what an error
	// or Cancel goes back to.
	last asked

	opening, loading, running, saving *task
	wanted                            wanted         // what loading opens
	current                           *network.Model // what running runs

	drawing, again bool // see draw
	shown          *scene

	start    func()
	folder   string             // that a file dialog was in last
	dialog   *dialog.FileDialog // that is open
	closed   bool
	cells    []*cell // the picture's, then one for each network
	grid     *grid
	box      *fyne.Container // of the cells
	themed   *container.ThemeOverride
	none     fyne.CanvasObject // in place of networks
	controls *controls
	picker   *classPicker

	tabs  *container.AppTabs // the comparison's, then one for each page
	pages []page

	heading, warning *widget.Label
	place            *widget.Label
	album            fyne.CanvasObject // of several pictures: back, place, forward
	banner           fyne.CanvasObject
	message          *widget.Label
	rest             *widget.Label     // what is said while no task runs
	busy             fyne.CanvasObject // status and progress
	status           *widget.Label
	progress         *widget.ProgressBar
	cancel, resume   *widget.Button
	menuSave         *fyne.MenuItem
}

// asked is a picture and networks, with the cells that have run.
type asked struct {
	sources []string // the pictures that were opened together
	at      int      // the one shown
	picture *picture.Picture
	models  []*network.Model
	results map[*network.Model]compare.Cell // of this picture
}

// whole tells that every network has run.
func (a *asked) whole() bool {
	return a.picture != nil && len(a.models) > 0 && len(a.missing()) == 0
}

func (a *asked) missing() []*network.Model {
	var models []*network.Model
	for _, m := range a.models {
		if _, ok := a.results[m]; !ok {
			models = append(models, m)
		}
	}
	return models
}

// New makes the window. Show shows it and starts to open what it starts with;
// the caller runs the app.
func New(app fyne.App, o Options) *Window { return newWindow(app, o, background) }

func newWindow(app fyne.App, o Options, run Runner) *Window {
	protectFiles()
	if err := speak(app.Preferences().String(prefLanguage)); err != nil {
		fyne.LogError("", err) // the embedded texts, which a test reads
	}
	icon := fyne.NewStaticResource("icon.png", assets.Icon)
	app.SetIcon(icon)
	app.Settings().SetTheme(look{theme.DefaultTheme()})
	w := &Window{
		window: app.NewWindow(say("title")), run: run, open: weights.Open,
		settings: o.Settings, preset: weights.Default(), class: o.Class, view: o.View,
	}
	if w.view.Colormap == nil {
		w.view = compare.DefaultView()
	}
	w.start = func() {
		w.openPictures(o.sources(), 0)
		if len(o.Networks) > 0 {
			own := slices.ContainsFunc(o.Networks, func(spec string) bool { return !weights.BuiltIn(spec) })
			w.openNetworks(wanted{specs: o.Networks, settings: o.Settings, replace: true, builtIn: !own})
		} else {
			w.Reset()
		}
	}
	w.window.SetIcon(icon)
	w.window.SetContent(w.content())
	w.window.SetMainMenu(w.menu())
	w.window.SetOnDropped(w.dropped)
	w.window.SetOnClosed(w.close)
	w.window.Resize(fyne.NewSize(1280, 800))
	w.update()
	return w
}

func (o Options) sources() []string {
	if len(o.Pictures) > 0 {
		return o.Pictures
	}
	if !slices.ContainsFunc(o.Networks, func(spec string) bool { return !slices.Contains(weights.Default(), spec) }) {
		return []string{compare.SampleFor(nil)}
	}
	return []string{picture.SamplePrefix + assets.Samples()[0].Name}
}

// Show shows the window and starts to open pictures and networks.
func (w *Window) Show() {
	w.window.Show()
	w.start()
}

// close ends what still runs. A network that is computing finishes its picture
// first, and its result is dropped.
func (w *Window) close() {
	w.closed = true
	for _, slot := range w.slots() {
		if *slot != nil {
			(*slot).cancel()
			*slot = nil
		}
	}
}

// slots are the places of all tasks, those whose progress is shown first first.
func (w *Window) slots() []**task {
	slots := []**task{&w.loading, &w.running, &w.opening, &w.saving}
	for _, p := range w.pages {
		slots = append(slots, p.tasks()...)
	}
	return slots
}

func (w *Window) content() fyne.CanvasObject {
	w.controls = newControls(w.view, w.setView)
	w.controls.open.OnTapped = w.showOpen
	w.controls.draw.OnTapped = w.drawScene
	w.controls.add.OnTapped = w.showAdd
	w.controls.save.OnTapped = w.showSave
	w.controls.class.OnTapped = w.showClasses

	w.heading = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	w.heading.SizeName, w.heading.Wrapping = theme.SizeNameSubHeadingText, fyne.TextWrapWord
	w.warning = widget.NewLabel("")
	w.warning.Importance, w.warning.Wrapping = widget.WarningImportance, fyne.TextWrapWord

	w.place = widget.NewLabel("")
	back := widget.NewButtonWithIcon("", theme.NavigateBackIcon(), func() { w.turn(-1) })
	forward := widget.NewButtonWithIcon("", theme.NavigateNextIcon(), func() { w.turn(1) })
	w.album = container.NewHBox(back, container.NewCenter(w.place), forward)

	w.grid = &grid{resized: w.draw}
	w.box = container.New(w.grid)
	w.themed = container.NewThemeOverride(w.box, compact{fyne.CurrentApp().Settings()})
	w.none = container.NewCenter(container.NewVBox(
		widget.NewLabel(say("no networks")),
		container.NewCenter(container.NewHBox(
			widget.NewButtonWithIcon(say("add"), theme.ContentAddIcon(), w.showAdd),
			widget.NewButton(say("reset"), w.Reset),
		)),
	))

	dismiss := widget.NewButtonWithIcon("", theme.CancelIcon(), w.dismiss)
	dismiss.Importance = widget.LowImportance
	w.message = widget.NewLabel("")
	w.message.Wrapping, w.message.Importance = fyne.TextWrapWord, widget.DangerImportance
	w.banner = container.NewStack(newBackdrop(theme.ColorNameInputBackground), container.NewBorder(nil, nil,
		container.NewPadded(widget.NewIcon(theme.NewErrorThemedResource(theme.ErrorIcon()))),
		container.NewVBox(dismiss), w.message))
	w.banner.Hide()

	w.rest, w.status = widget.NewLabel(say("idle")), widget.NewLabel("")
	w.rest.Truncation, w.status.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	w.progress = widget.NewProgressBar()
	w.cancel = widget.NewButtonWithIcon(say("cancel"), theme.CancelIcon(), w.Cancel)
	w.resume = widget.NewButtonWithIcon(say("run"), theme.MediaPlayIcon(), w.compare)
	w.progress.TextFormatter = func() string { return "" } // the status says it
	w.busy = container.NewGridWithColumns(2, w.status, w.progress)
	bottom := container.NewBorder(nil, nil, nil, container.NewHBox(w.cancel, w.resume), container.NewStack(w.rest, w.busy))

	head := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()),
		container.NewBorder(nil, nil, nil, container.NewVBox(w.album), w.heading), w.warning)
	main := container.NewBorder(head, nil, nil, nil,
		container.NewBorder(nil, w.none, nil, nil, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 4, 4, 12), w.themed))))
	w.tabs = container.NewAppTabs(container.NewTabItemWithIcon(say("tab.compare"), theme.GridIcon(),
		container.NewBorder(nil, nil, container.NewBorder(nil, nil, nil, widget.NewSeparator(), w.controls.box), nil, main)))
	w.pages = []page{newScalingPage(w, nil)}
	for _, p := range w.pages {
		w.tabs.Append(container.NewTabItemWithIcon(p.title(), p.icon(), p.content()))
	}
	w.tabs.OnSelected = func(*container.TabItem) { w.updatePage() }
	return container.NewBorder(w.banner, container.NewVBox(widget.NewSeparator(), bottom), nil, nil, w.tabs)
}

func (w *Window) menu() *fyne.MainMenu {
	item := func(text string, icon fyne.Resource, key fyne.KeyName, action func()) *fyne.MenuItem {
		i := fyne.NewMenuItemWithIcon(text, icon, action)
		if key != "" {
			i.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
		}
		return i
	}
	samples := fyne.NewMenu("")
	for _, s := range compare.Samples() {
		samples.Items = append(samples.Items, fyne.NewMenuItem(s.Title, func() {
			w.dismiss()
			w.openPictures([]string{s.Path}, 0)
		}))
	}
	sampleItem := item(say("sample"), theme.ColorPaletteIcon(), "", nil)
	sampleItem.ChildMenu = samples
	w.menuSave = item(say("save"), theme.DocumentSaveIcon(), fyne.KeyS, w.showSave)
	quit := item(say("quit"), nil, fyne.KeyQ, w.window.Close)
	quit.IsQuit = true
	return fyne.NewMainMenu(
		fyne.NewMenu(say("file"), item(say("open"), theme.FileImageIcon(), fyne.KeyO, w.showOpen), item(say("draw"), theme.MediaReplayIcon(), fyne.KeyN, w.drawScene), sampleItem, w.menuSave,
			fyne.NewMenuItemSeparator(), quit),
		fyne.NewMenu(say("networks"), item(say("add"), theme.ContentAddIcon(), "", w.showAdd), item(say("reset"), nil, "", w.Reset)),
	)
}

// drawScene draws a scene that nobody has seen and shows it to the networks.
func (w *Window) drawScene() {
	w.dismiss()
	w.openPictures([]string{scenes.RandomPath()}, 0)
}

// setView shows the comparison in another view. No network runs.
func (w *Window) setView(v compare.View) {
	w.view = v
	w.draw()
}

// setClass explains another class. No network runs.
func (w *Window) setClass(class string) {
	w.class = class
	w.draw()
}

func (w *Window) showClasses() {
	if len(w.models) == 0 {
		return
	}
	var first []choice
	if w.shown != nil && w.shown.comparison != nil {
		first = suggestions(w.shown.comparison)
	}
	w.picker = showClassPicker(w.controls.class, w.window.Canvas(), w.models, first, w.setClass)
}

// fail tells of an error, in the window and without a question to answer.
func (w *Window) fail(err error) {
	w.message.SetText(err.Error())
	w.showIn(w.banner, true)
}

func (w *Window) dismiss() { w.showIn(w.banner, false) }

// showIn shows or hides what others make room for.
func (w *Window) showIn(o fyne.CanvasObject, visible bool) {
	if o.Visible() != visible {
		show(o, visible)
		w.window.Content().Refresh()
	}
}

// showProgress shows the newest task, or none.
func (w *Window) showProgress() {
	var now *task
	for _, slot := range w.slots() {
		if now == nil {
			now = *slot
		}
	}
	show(w.rest, now == nil)
	show(w.busy, now != nil)
	show(w.cancel, now != nil)
	canSave := w.shown != nil && w.shown.whole()
	enable(w.controls.save, canSave)
	w.menuSave.Disabled = !canSave
	show(w.resume, now == nil && w.picture != nil && len(w.models) > 0 && !w.whole())
	if now != nil {
		setText(w.status, now.text)
		w.progress.Max = float64(max(now.total, 1))
		w.progress.SetValue(float64(now.done))
	}
}

// Cancel ends what runs and goes back to the last whole comparison, if there
// was one.
func (w *Window) Cancel() {
	reverting := w.running != nil
	for _, slot := range w.slots() {
		if *slot != nil {
			(*slot).cancel()
			*slot = nil
		}
	}
	if reverting {
		w.revert()
	}
	w.showProgress()
}

func (w *Window) revert() {
	if w.last.picture != nil {
		w.asked = w.last
	}
	w.update()
}

// update fits cells and texts to what is asked for, and draws.
func (w *Window) update() {
	for len(w.cells) < 1+len(w.models) {
		w.addCell()
	}
	w.cells = w.cells[:1+len(w.models)]
	w.box.Objects = nil
	for _, c := range w.cells {
		w.box.Objects = append(w.box.Objects, c.frame, c.text)
	}
	w.grid.picture = image.Point{}
	if w.picture != nil {
		w.grid.picture = w.picture.Image.Bounds().Size()
		w.window.SetTitle(textWindow(w.picture))
	}
	show(w.album, len(w.sources) > 1)
	setText(w.place, textPlace(w.at, len(w.sources)))
	show(w.none, len(w.models) == 0 && w.loading == nil)
	w.draw()
	w.showProgress()
}

// addCell adds a cell to the window: the picture's, or a network's, which can
// be removed.
func (w *Window) addCell() {
	if len(w.cells) == 0 {
		w.cells = append(w.cells, newCell(nil))
		return
	}
	at := len(w.cells) - 1
	remove := widget.NewButtonWithIcon("", theme.CancelIcon(), func() { w.remove(at) })
	remove.Importance = widget.LowImportance
	w.cells = append(w.cells, newCell(remove))
}
