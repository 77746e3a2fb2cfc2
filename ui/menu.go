package ui

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network/kernel"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
	"scalecam/version"
	"scalecam/wording"
)

// command is something that the user can do from the menus or by a key.
type command struct {
	key      string // its text is command.key
	shortcut fyne.KeyName
	modifier fyne.KeyModifier        // with the shortcut, beside Control
	again    *desktop.CustomShortcut // another shortcut that does the same; nil for none
	runes    string                  // keys that do it alone, where nothing is being typed
	do       func(w *Window)
	enabled  func(w *Window) bool // nil: always
	on       func(w *Window) bool // has a tick in the menu; nil: it is none to have one
}

// separator stands between groups of a menu.
const separator = ""

// commands are all that a key does, in the order in which they are listed.
func commands() []command {
	return []command{
		{key: "open", shortcut: fyne.KeyO, do: (*Window).showOpen},
		{key: "folder", shortcut: fyne.KeyO, modifier: fyne.KeyModifierShift, do: (*Window).showFolder},
		{key: "paste", shortcut: fyne.KeyV, do: (*Window).pasteHere},
		{key: "scene", shortcut: fyne.KeyN, do: (*Window).drawScene},
		{key: "open session", shortcut: fyne.KeyR, do: (*Window).showOpenSession},
		{key: "save session", shortcut: fyne.KeyS, modifier: fyne.KeyModifierShift, do: (*Window).showSaveSession, enabled: (*Window).canExport},
		{key: "export", shortcut: fyne.KeyS, do: (*Window).showExport, enabled: (*Window).canKeep},
		{key: "page", do: (*Window).showPage, enabled: (*Window).canExport},
		{key: "copy", shortcut: fyne.KeyC, do: (*Window).copyShown, enabled: (*Window).canKeep},
		{key: "code", runes: "p", do: func(w *Window) { w.comparison.ShowCode() }, enabled: (*Window).canExport},
		{key: "undo", shortcut: fyne.KeyZ, do: (*Window).Undo, enabled: func(w *Window) bool { return w.history.Last() != nil }},
		{key: "redo", shortcut: fyne.KeyY, again: &kit.RedoAgain, do: (*Window).Redo, enabled: func(w *Window) bool { return w.history.Next() != nil }},
		{key: "class", shortcut: fyne.KeyF, runes: "/", do: (*Window).showClasses, enabled: func(w *Window) bool { return len(w.Models) > 0 }},
		{key: "against", runes: "v", do: (*Window).showAgainst, enabled: func(w *Window) bool { return len(w.Models) > 0 }},
		{key: "own", runes: "o", do: func(w *Window) { w.setOwn(!w.By.Own) }, on: func(w *Window) bool { return w.By.Own }},
		{key: "method", runes: "m", do: func(w *Window) { w.comparison.Controls.By.Method.Tapped(nil) }, enabled: (*Window).inCompare},
		{key: "layer", runes: "y", do: func(w *Window) { w.comparison.Controls.By.Layer.Tapped(nil) }, enabled: (*Window).inCompare},
		{key: "colours", runes: "c", do: (*Window).nextColours},
		{key: "stronger", runes: "+=", do: func(w *Window) { w.strengthen(0.1) }},
		{key: "weaker", runes: "-", do: func(w *Window) { w.strengthen(-0.1) }},
		{key: "shared", runes: "s", do: func(w *Window) { v := w.View; v.Shared = !v.Shared; w.setView(v) }, on: func(w *Window) bool { return w.View.Shared }},
		{key: "grid", runes: "g", do: func(w *Window) { v := w.View; v.Interpolation = cam.Smooth + cam.Grid - v.Interpolation; w.setView(v) }, on: func(w *Window) bool { return w.View.Interpolation == cam.Grid }},
		{key: "signed", runes: "n", do: func(w *Window) {
			w.setView(w.View.In(w.comparison.Controls.ScaleFor(!w.View.Colormap.Diverging)))
		}, on: func(w *Window) bool { return w.View.Colormap.Diverging }},
		{key: "grey", runes: "b", do: func(w *Window) { v := w.View; v.Grey = !v.Grey; w.setView(v) }, on: func(w *Window) bool { return w.View.Grey }},
		{key: "object", runes: "t", do: func(w *Window) { v := w.View; v.Object = !v.Object; w.setView(v) }, enabled: func(w *Window) bool { return !w.comparison.Controls.Object.Disabled() }, on: func(w *Window) bool { return w.View.Object }},
		{key: "contour", runes: "l", do: func(w *Window) {
			v := w.View
			if v.Contour > 0 {
				v.Contour = 0
			} else {
				v.Contour = comparing.ContourStart
			}
			w.setView(v)
		}, on: func(w *Window) bool { return w.View.Contour > 0 }},
		{key: "consensus", runes: "a", do: func(w *Window) { v := w.View; v.Consensus = !v.Consensus; w.setView(v) }, enabled: func(w *Window) bool { return len(w.Models) > 1 }, on: func(w *Window) bool { return w.View.Consensus }},
		{key: "control", runes: "r", do: func(w *Window) { w.comparison.AddControl() }, enabled: func(w *Window) bool { return w.comparison.HasControl() }},
		{key: "disagreement", do: (*Window).sortByDisagreement, enabled: func(w *Window) bool { return len(w.Models) > 1 && len(w.Sought.Sources) > 1 }},
		{key: "wipe", runes: "w", do: func(w *Window) {
			if w.Wipe > 0 {
				w.setWipe(0)
			} else {
				w.setWipe(0.5)
			}
		}, on: func(w *Window) bool { return w.Wipe > 0 }},
		{key: "zoom in", shortcut: fyne.KeyEqual, again: &desktop.CustomShortcut{KeyName: fyne.KeyEqual, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, do: func(w *Window) { w.comparison.ZoomIn() }, enabled: (*Window).canZoom},
		{key: "zoom out", shortcut: fyne.KeyMinus, do: func(w *Window) { w.comparison.ZoomOut() }, enabled: func(w *Window) bool { return w.canZoom() && w.comparison.Zoomed() }},
		{key: "zoom all", runes: "0", do: func(w *Window) { w.comparison.ShowAll() }, enabled: func(w *Window) bool { return w.canZoom() && w.comparison.Zoomed() }},
		{key: "run", shortcut: fyne.KeyReturn, do: (*Window).compare, enabled: (*Window).canRun},
		{key: "networks", do: (*Window).showNetworks},
		{key: "lesson", runes: "h", do: func(w *Window) { w.lesson.show(0) }},
		{key: "shortcuts", runes: "?", do: (*Window).showShortcuts},
		{key: "quit", shortcut: fyne.KeyQ, do: (*Window).leave},
	}
}

// fileMenu and the others name commands. What has menus below it is in none that is
// higher than a small window: Fyne does not show them beside a menu that scrolls.
var (
	fileMenu    = []string{"open", "folder", "paste", "scene", separator, "open session", "save session", separator, "export", "page", "copy", "code", separator, "quit"}
	editMenu    = []string{"undo", "redo"}
	viewMenu    = []string{"zoom in", "zoom out", "zoom all", separator, "disagreement"}
	mapsMenu    = []string{"class", "against", "own", "method", "layer", "consensus", separator, "colours", "stronger", "weaker", separator, "shared", "grid", "signed", "grey", "object", "contour", "wipe"}
	helpEntries = []string{"lesson", "shortcuts"}
)

func (w *Window) command(key string) *command {
	for i := range w.commands {
		if w.commands[i].key == key {
			return &w.commands[i]
		}
	}
	panic("ui: no command " + key)
}

// keys is the command's shortcut, by Fyne's own name where it has one.
func (c *command) keys() fyne.Shortcut {
	switch c.key {
	case "undo":
		return &fyne.ShortcutUndo{}
	case "redo":
		return &fyne.ShortcutRedo{}
	case "copy":
		return &fyne.ShortcutCopy{}
	case "paste":
		return &fyne.ShortcutPaste{}
	}
	return &desktop.CustomShortcut{KeyName: c.shortcut, Modifier: fyne.KeyModifierShortcutDefault | c.modifier}
}

// do does what the command says. While text is being edited, the keys that
// edit text do that.
func (w *Window) do(c *command) {
	if text, ok := w.window.Canvas().Focused().(fyne.Shortcutable); ok {
		switch s := c.keys().(type) {
		case *fyne.ShortcutUndo, *fyne.ShortcutRedo:
			text.TypedShortcut(s)
			return
		case *fyne.ShortcutCopy:
			text.TypedShortcut(&fyne.ShortcutCopy{Clipboard: fyne.CurrentApp().Clipboard()})
			return
		case *fyne.ShortcutPaste:
			text.TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
			return
		}
	}
	if w.covered() && c.key != "quit" {
		return
	}
	if c.enabled == nil || c.enabled(w) {
		c.do(w)
	}
}

// covered tells that a dialog or a list lies over the window, which has the keys
// to itself.
func (w *Window) covered() bool { return w.window.Canvas().Overlays().Top() != nil }

func (w *Window) item(key string) *fyne.MenuItem {
	if key == separator {
		return fyne.NewMenuItemSeparator()
	}
	c := w.command(key)
	i := fyne.NewMenuItem(w.text(c), func() { w.do(c) })
	if c.shortcut != "" {
		i.Shortcut = c.keys()
	}
	i.IsQuit = key == "quit"
	i.Disabled = c.enabled != nil && !c.enabled(w)
	i.Checked = c.on != nil && c.on(w)
	return i
}

func (w *Window) items(keys []string) (all []*fyne.MenuItem) {
	for _, key := range keys {
		all = append(all, w.item(key))
	}
	return all
}

// able is what of the commands can be done now, what has a tick, and what Undo and
// Redo are about.
type able struct {
	enabled, on []bool
	undo, redo  string
}

func (a able) equal(b able) bool {
	return slices.Equal(a.enabled, b.enabled) && slices.Equal(a.on, b.on) && a.undo == b.undo && a.redo == b.redo
}

// enable has menus and buttons say what can be done now, as commands says.
func (w *Window) enable() {
	now := able{undo: w.text(w.command("undo")), redo: w.text(w.command("redo"))}
	buttons := w.comparison.Buttons()
	for i := range w.commands {
		c := &w.commands[i]
		now.enabled = append(now.enabled, c.enabled == nil || c.enabled(w))
		now.on = append(now.on, c.on != nil && c.on(w))
		if b, ok := buttons[c.key]; ok {
			kit.Enable(b, now.enabled[i])
		}
	}
	if !now.equal(w.able) {
		w.able = now
		w.menus()
	}
}

// text is what a menu calls the command now.
func (w *Window) text(c *command) string {
	switch c.key {
	case "undo":
		if a := w.history.Last(); a != nil {
			return speak.Say("undo", textAction(a))
		}
	case "redo":
		if a := w.history.Next(); a != nil {
			return speak.Say("redo", textAction(a))
		}
	}
	return speak.Say("command." + c.key)
}

// menus makes the menus anew, with what can be done now.
func (w *Window) menus() {
	sub := func(text string, entries ...*fyne.MenuItem) *fyne.MenuItem {
		i := fyne.NewMenuItem(text, nil)
		i.ChildMenu = fyne.NewMenu("", entries...)
		i.Disabled = len(entries) == 0
		return i
	}
	var samples, recent []*fyne.MenuItem
	for i, s := range compare.Samples() {
		samples = append(samples, fyne.NewMenuItem(speak.Say("sample."+s.Title), func() { w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: i, Rows: 1}) }))
	}
	for _, path := range w.recent() {
		recent = append(recent, fyne.NewMenuItem(speak.File(path), func() { w.openPaths([]string{path}) }))
	}
	file := w.items(fileMenu)
	file = append(file[:4:4], append([]*fyne.MenuItem{sub(speak.Say("menu.samples"), samples...), sub(speak.Say("menu.recent"), recent...)}, file[4:]...)...)

	chosen := func(text string, on bool, do func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(text, do)
		i.Checked = on
		return i
	}
	language, variant := w.preferences().String(prefLanguage), w.preferences().String(prefTheme)
	var tongues, lights []*fyne.MenuItem
	for _, l := range append([]string{""}, wording.Languages...) {
		tongues = append(tongues, chosen(speak.Say("language."+cmp.Or(l, "system")), l == language, func() { w.setLanguage(l) }))
	}
	for _, v := range []string{"", "light", "dark"} {
		lights = append(lights, chosen(speak.Say("theme."+cmp.Or(v, "system")), v == variant, func() { w.setTheme(v) }))
	}
	var sizes []*fyne.MenuItem
	for _, percent := range kit.TextSizes {
		sizes = append(sizes, chosen(speak.Say("text.size", percent), percent == w.textSize(), func() { w.setTextSize(percent) }))
	}
	var tabs []*fyne.MenuItem
	for i, t := range w.tabs.Items {
		tab := fyne.NewMenuItem(t.Text, func() {
			if !w.covered() {
				w.tabs.SelectIndex(i)
			}
		})
		tab.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyName(rune('1' + i)), Modifier: fyne.KeyModifierShortcutDefault}
		tabs = append(tabs, tab)
	}
	view := slices.Concat(tabs, []*fyne.MenuItem{fyne.NewMenuItemSeparator()}, w.items(viewMenu))
	view = append(view, fyne.NewMenuItemSeparator(), sub(speak.Say("menu.theme"), lights...), sub(speak.Say("menu.text"), sizes...), sub(speak.Say("menu.language"), tongues...))
	help := append(w.items(helpEntries), fyne.NewMenuItem(speak.Say("menu.about"), w.showAbout))
	w.window.SetMainMenu(fyne.NewMainMenu(
		kit.Menu(speak.Say("menu.file"), file...),
		kit.Menu(speak.Say("menu.edit"), w.items(editMenu)...),
		kit.Menu(speak.Say("menu.view"), view...),
		kit.Menu(speak.Say("menu.maps"), w.items(mapsMenu)...),
		kit.Menu(speak.Say("menu.networks"), w.item("networks"), fyne.NewMenuItem(speak.Say("add"), w.showAdd), sub(speak.Say("menu.weights"), w.weightsItems()...), w.item("control"), fyne.NewMenuItem(speak.Say("reset"), w.Reset), w.item("run")),
		kit.Menu(speak.Say("menu.help"), help...),
	))
}

// keys makes the keys do what commands say, and the arrows, digits and Escape
// what they are for.
func (w *Window) keys() {
	c := w.window.Canvas()
	for i := range w.commands {
		if own := &w.commands[i]; own.again != nil {
			c.AddShortcut(own.again, func(fyne.Shortcut) { w.do(own) })
		}
	}
	c.SetOnTypedRune(func(r rune) {
		if r >= '1' && r <= '9' && !w.covered() {
			w.comparison.Enlarge(int(r - '1'))
			return
		}
		for i := range w.commands {
			for _, own := range w.commands[i].runes {
				if own == r {
					w.do(&w.commands[i])
				}
			}
		}
	})
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if w.covered() && e.Name != fyne.KeyEscape {
			return
		}
		if p, ok := w.visible().(pages.Keyed); ok && !w.covered() && p.Key(e.Name) {
			return
		}
		switch e.Name {
		case fyne.KeyLeft:
			w.turn(-1)
		case fyne.KeyRight:
			w.turn(1)
		case fyne.KeyPageUp:
			w.turn(-max(w.Rows, 1))
		case fyne.KeyPageDown:
			w.turn(max(w.Rows, 1))
		case fyne.KeyHome:
			w.turnTo(0)
		case fyne.KeyEnd:
			w.turnTo(len(w.Sought.Sources))
		case fyne.KeyEscape:
			w.escape()
		}
	})
}

// escape closes what lies over the comparison, the newest first.
func (w *Window) escape() {
	switch {
	case w.dialog != nil:
		w.dialog.Dismiss()
	case w.exporting != nil:
		w.closeExport()
	case w.overlay != nil:
		w.overlay.Hide()
	case w.covered():
		top := w.window.Canvas().Overlays().Top()
		top.Hide()
		w.window.Canvas().Overlays().Remove(top) // which not everything does by itself
	case w.banner.Visible():
		w.dismiss()
	case w.comparison.Enlarged != comparing.None && w.visible() == nil:
		w.comparison.Enlarge(w.comparison.Enlarged)
	case w.tasks.Foremost() != nil:
		w.Cancel()
	case w.lesson.box.Visible():
		w.lesson.close()
	}
}

func (w *Window) canExport() bool { return w.comparison.Shown != nil && w.comparison.Shown.Whole() }

// canRun tells that networks are to run that do not, as after Cancel.
func (w *Window) canRun() bool {
	return w.tasks.Foremost() == nil && len(w.Pictures) > 0 && len(w.Models) > 0 && !w.Whole()
}

// canZoom tells that there are pictures in sight to be zoomed.
func (w *Window) canZoom() bool { return w.inCompare() && len(w.Pictures) > 0 }

// inCompare tells that the comparison is in sight.
func (w *Window) inCompare() bool { return w.visible() == nil }

// nextColours takes the next colour scale.
func (w *Window) nextColours() {
	w.comparison.Controls.Colours.SetSelectedIndex((w.comparison.Controls.Colours.SelectedIndex() + 1) % len(w.comparison.Controls.Colours.Options))
}

func (w *Window) strengthen(by float64) {
	v := w.View
	v.Opacity = min(max(v.Opacity+by, 0), 1)
	w.setView(v)
}

// showShortcuts lists the keys.
func (w *Window) showShortcuts() {
	var keys, texts []string
	row := func(key, text string) { keys, texts = append(keys, key), append(texts, text) }
	for _, c := range w.commands {
		if c.runes == "" && c.shortcut == "" {
			continue
		}
		key := c.runes
		if key != "" {
			key = string([]rune(key)[:1])
		}
		if c.shortcut != "" {
			combination := "Ctrl+"
			if c.modifier == fyne.KeyModifierShift {
				combination += "Shift+"
			}
			combination += string(c.shortcut)
			if key != "" {
				combination += ", " + key
			}
			key = combination
		}
		if c.again != nil {
			key += ", Ctrl+Shift+" + string(c.again.KeyName)
		}
		row(key, speak.Say("command."+c.key))
	}
	for _, other := range []struct{ keys, key string }{
		{"←, →", "turn"}, {"PgUp PgDn Home End", "leap"}, {"1 … 9", "enlarge"}, {speak.Say("keys.right"), "menu"}, {"Esc", "escape"}, {speak.Say("keys.wheel"), "zoom"}, {speak.Say("keys.drag"), "pan"}, {"[, ], Del", "erase"}, {"Tab", "focus"},
	} {
		row(other.keys, speak.Say("keys."+other.key))
	}
	var tabs []string
	for _, t := range w.tabs.Items {
		tabs = append(tabs, t.Text)
	}
	row(fmt.Sprintf("Ctrl+1 … %d", len(tabs)), strings.Join(tabs, ", "))
	all := container.NewVScroll(pairs(keys, texts))
	least := all.Content.MinSize()
	const around = 140 // title, button and edges
	all.SetMinSize(fyne.NewSize(least.Width, min(least.Height, w.window.Canvas().Size().Height-around)))
	w.showOver(speak.Say("command.shortcuts"), all)
}

// pairs are two columns of texts, twice beside each other.
func pairs(left, right []string) fyne.CanvasObject {
	half := (len(left) + 1) / 2
	column := func(from, to int) fyne.CanvasObject {
		form := widget.NewForm()
		for i := from; i < to; i++ {
			form.AppendItem(widget.NewFormItem(left[i], widget.NewLabel(right[i])))
		}
		return form
	}
	return container.NewHBox(column(0, half), column(half, len(left)))
}

func (w *Window) showAbout() {
	wide := canvas.NewRectangle(nil)
	wide.SetMinSize(fyne.NewSize(460, 0))
	built := speak.Say("about.version", version.String(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH, kernel.CurrentInstructionSet())
	if commit, _ := version.Commit(); commit != "" {
		built += " " + speak.Say("about.commit", commit[:min(len(commit), 12)])
	}
	text := widget.NewLabel(speak.Say("about.text") + "\n\n" + built + "\n\n" + speak.Say("about.credits"))
	text.Wrapping = fyne.TextWrapWord
	w.showOver(speak.Say("menu.about"), container.NewStack(wide, text))
}

// showOver shows something over the window until it is closed.
func (w *Window) showOver(title string, content fyne.CanvasObject) {
	if w.overlay != nil {
		return
	}
	w.overlay = dialog.NewCustom(title, speak.Say("close"), content, w.window)
	w.overlay.SetOnClosed(func() { w.overlay = nil })
	w.overlay.Show()
}

// prefLanguage is the preference for the language chosen; "" for the system's.
const prefLanguage = "language"

const prefTheme = "theme" // preference: "light", "dark" or "" for the system's

// setTheme makes the window light or dark; "" follows the system.
func (w *Window) setTheme(variant string) {
	w.preferences().SetString(prefTheme, variant)
	w.setLook()
	w.menus()
}

const prefText = "text" // preference: the size of texts in percent

// textSize is the size of texts in percent, one of kit.TextSizes.
func (w *Window) textSize() int {
	if percent := w.preferences().IntWithFallback(prefText, 100); slices.Contains(kit.TextSizes, percent) {
		return percent
	}
	return 100
}

// setTextSize makes texts larger or smaller, and what is laid out by them.
func (w *Window) setTextSize(percent int) {
	w.preferences().SetInt(prefText, percent)
	w.setLook()
	w.rebuild()
}

func (w *Window) setLook() {
	fyne.CurrentApp().Settings().SetTheme(kit.Theme(w.preferences().String(prefTheme), w.textSize()))
}

// setLanguage makes the window speak another language; "" is the system's.
func (w *Window) setLanguage(language string) {
	w.preferences().SetString(prefLanguage, language)
	if err := speak.Use(language); err != nil {
		w.fail(err)
	}
	w.rebuild()
}
