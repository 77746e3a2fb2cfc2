package study

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare/evaluate"
	"scalecam/network/mistakes"
	"scalecam/printable"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

const (
	shotCell                = 176 // as wide as a picture's text needs
	shotWidth, shotHeight   = 110, 84
	mostShots               = 60  // shown at once, and more with each press of a button
	mostThumbs              = 600 // small pictures that are kept
	mostClasses             = 12  // of the matrix: those that are taken for another most often
	mostConfused            = 15  // lines of what is taken for what
	listWidth, networkWidth = 260, 190
)

// list is one of the lists of pictures that the view shows, of a network, or of how it
// differs from another.
type list struct {
	key      string // of its name and of what is said of it
	of       int    // how many networks it is of; 0 for all of them together
	pictures func(w *wrongs) []int
	says     func(w *wrongs, i int) string // beneath a picture
}

var lists = []list{
	{"wrong", 1,
		func(w *wrongs) []int { return w.of.Wrong(w.one) },
		func(w *wrongs, i int) string {
			return speak.Say("mistakes.taken", w.class(w.of.Seen[i].Class), w.answer(w.one, i))
		}},
	{"label", 0,
		func(w *wrongs) []int { return slices.Clone(w.suspected) },
		func(w *wrongs, i int) string {
			return speak.Say("mistakes.taken", w.class(w.of.Seen[i].Class), w.class(w.seems[i]))
		}},
	{"apart", 2,
		func(w *wrongs) []int { return w.of.Apart(w.one, w.two) },
		func(w *wrongs, i int) string { return w.answer(w.one, i) + " | " + w.answer(w.two, i) }},
	{"maps", 2,
		func(w *wrongs) []int { return w.of.ByMap(w.one, w.two) },
		func(w *wrongs, i int) string {
			how := w.of.Maps[i][mistakes.PairAt(w.one, w.two)]
			return printable.Minus(fmt.Sprintf("%.2f", how.RankCorrelation)) + "  " + w.class(w.of.Seen[i].Class)
		}},
	{"changed", 2,
		func(w *wrongs) []int { return w.of.Changed(w.one, w.two) },
		func(w *wrongs, i int) string {
			return fmt.Sprintf("%s %s → %s", w.class(w.of.Seen[i].Class), percent(w.of.Of(w.one, i).Right), percent(w.of.Of(w.two, i).Right))
		}},
}

func percent(p float64) string { return fmt.Sprintf("%.0f%%", 100*p) }

// wrongs shows which pictures networks get wrong, disagree on and changed.
type wrongs struct {
	page *Page

	network, list, other *kit.Select
	beside               *fyne.Container // the other network
	filter               *kit.Entry
	turned               *kit.Check
	score, about, none   *widget.Label
	part                 *widget.Label // of the classes, that the matrix shows
	matrix               *kit.Matrix
	confused             *kit.Table
	all, more            *widget.Button
	shots                *pages.Shots
	left, right          *fyne.Container // beneath each other, whose heights change
	box                  fyne.CanvasObject
	shown                fyne.CanvasObject // but for what is said where there is nothing

	of        *evaluate.Mistakes
	suspected []int        // its pictures whose label looks wrong
	seems     map[int]int  // what they seem to be of
	names     []string     // of its classes, as they are read
	one, two  int          // networks
	at        int          // the list
	classes   []int        // of the matrix
	chosen    [2]int       // class and answer, by their places among the classes of the mistakes; −1 for none
	most      int          // pictures to show
	listed    []int        // those of the list that fit the filter
	displayed []pages.Shot // those of them that are shown
	quiet     bool
}

var nothingChosen = [2]int{-1, -1}

func newWrongs(p *Page) *wrongs {
	w := &wrongs{page: p, two: 1, chosen: nothingChosen, most: mostShots}
	w.network = kit.NewSelect(nil, func(string) { w.choose(func() { w.one = w.network.SelectedIndex() }) })
	w.other = kit.NewSelect(nil, func(string) { w.choose(func() { w.two = w.other.SelectedIndex() }) })
	var names []string
	for _, l := range lists {
		names = append(names, speak.Say("mistakes.list."+l.key))
	}
	w.list = kit.NewSelect(names, func(string) { w.choose(func() { w.at = w.list.SelectedIndex() }) })
	w.filter = kit.NewEntry()
	w.filter.SetPlaceHolder(speak.Say("mistakes.filter"))
	w.filter.OnChanged = func(string) { w.choose(func() {}) }
	w.turned = kit.NewCheck(speak.Say("mistakes.turned"), func(bool) { w.choose(func() {}) })
	w.score, w.part, w.about, w.none = kit.Heading(""), widget.NewLabel(""), widget.NewLabel(""), widget.NewLabel(speak.Say("mistakes.none"))
	for _, l := range []*widget.Label{w.score, w.part, w.about, w.none} {
		l.Wrapping = fyne.TextWrapWord
	}
	w.matrix = kit.NewMatrix(speak.Say("taught.corner"), w.says, func(class, answer int) { w.pick([2]int{w.classes[class], w.classes[answer]}) })
	w.confused = pages.Copied(p.host, kit.NewTable(0, 1))
	w.all = widget.NewButton(speak.Say("mistakes.all"), func() { w.pick(nothingChosen) })
	w.more = widget.NewButton("", func() {
		w.most += mostShots
		w.showPictures()
	})
	w.shots = pages.NewShots(p.thumbs, shotCell, shotWidth, shotHeight, func(path string) { w.open(path, true) }, w.menu)
	w.left = container.NewVBox(w.score, w.part, w.matrix, kit.Heading(speak.Say("mistakes.confused")), w.confused)
	w.right = container.NewVBox(w.about, kit.Inset(w.shots.Box), container.NewHBox(w.more))
	sized := func(s *kit.Select, width float32) *fyne.Container {
		return container.New(layout.NewCustomPaddedVBoxLayout(0), kit.Width(width), s)
	}
	w.beside = sized(w.other, networkWidth)
	heads := container.NewHScroll(container.NewHBox(sized(w.list, listWidth), sized(w.network, networkWidth), w.beside, w.turned, w.all))
	split := container.NewHSplit(
		container.NewScroll(container.NewPadded(w.left)),
		container.NewVScroll(container.NewPadded(w.right)),
	)
	split.Offset = 0.42
	w.shown = container.NewBorder(container.NewVBox(heads, w.filter), nil, nil, nil, split)
	w.box = container.NewStack(container.NewVBox(w.none), w.shown)
	w.list.SetSelectedIndex(0)
	return w
}

// class is what a class is called.
func (w *wrongs) class(class int) string { return w.names[class] }

// answer is a network's answer to a picture, and how sure it is.
func (w *wrongs) answer(network, i int) string {
	a := w.of.Of(network, i)
	return w.class(a.Class) + " " + percent(a.Probability)
}

// choose shows what the user chose otherwise.
func (w *wrongs) choose(change func()) {
	if w.quiet {
		return
	}
	change()
	w.most = mostShots
	w.show()
}

// pick shows the pictures behind a number, or again all where it is picked already.
func (w *wrongs) pick(at [2]int) {
	if w.chosen == at {
		at = nothingChosen
	}
	w.choose(func() { w.chosen = at })
}

// says tells of a number of the matrix.
func (w *wrongs) says(class, answer int) string {
	n := w.matrix.Counts[class][answer]
	if class == answer {
		return speak.Say("teach.matrix.right", w.class(w.classes[class]), n)
	}
	return speak.Say("teach.matrix.wrong", w.class(w.classes[class]), w.class(w.classes[answer]), n)
}

// show shows what was measured last.
func (w *wrongs) show() {
	var m *evaluate.Mistakes
	if w.page.own != nil {
		m = w.page.own.Mistakes
	}
	kit.Show(w.none, m == nil)
	kit.Show(w.shown, m != nil)
	if m == nil {
		w.of = nil
		return
	}
	n := len(m.Networks)
	if w.of != m {
		w.of, w.chosen, w.most = m, nothingChosen, mostShots
		w.suspected, w.seems = m.Suspected()
		w.names = nil
		for _, name := range m.Classes {
			w.names = append(w.names, pages.ClassOf(name, w.page.host.Models()...))
		}
		if w.one, w.two = min(w.one, n-1), min(w.two, n-1); w.one == w.two {
			w.one, w.two = 0, n-1
		}
	}
	var names []string
	for _, name := range m.Networks {
		names = append(names, speak.Network(name))
	}
	w.quiet = true
	for s, at := range map[*kit.Select]int{w.network: w.one, w.other: w.two} {
		s.SetOptions(names)
		s.SetSelectedIndex(at)
	}
	w.list.SetSelectedIndex(w.at)
	w.quiet = false
	kit.Show(w.beside, lists[w.at].of == 2 && n > 1)
	kit.Show(w.all, w.chosen != nothingChosen)
	wrong := len(m.Wrong(w.one))
	kit.SetText(w.score, speak.Say("mistakes.score", names[w.one], wrong, len(m.Seen), fmt.Sprintf("%.1f", 100*float64(wrong)/float64(len(m.Seen)))))
	w.showConfusion()
	w.showPictures()
}

// showConfusion shows what the network takes for what.
func (w *wrongs) showConfusion() {
	m := w.of
	w.classes = m.Concerned(w.one, mostClasses)
	var names []string
	for _, c := range w.classes {
		names = append(names, w.class(c))
	}
	w.matrix.Set(names, m.Matrix(w.one, w.classes), slices.Index(w.classes, w.chosen[0]), slices.Index(w.classes, w.chosen[1]))
	kit.SetText(w.part, speak.Say("mistakes.part", len(w.classes), len(m.Classes)))
	kit.Show(w.part, len(w.classes) < len(m.Classes))
	rows := [][]kit.TableCell{{{Text: speak.Say("mistakes.shown")}, {Text: speak.Say("mistakes.answered")}, {Text: speak.Say("taught.pictures")}}}
	for _, c := range m.Confused(w.one)[:min(mostConfused, len(m.Confused(w.one)))] {
		at := [2]int{c.Class, c.Answer}
		link := widget.NewHyperlink(fmt.Sprint(c.Count), nil)
		link.OnTapped = func() { w.pick(at) }
		rows = append(rows, []kit.TableCell{{Text: w.class(c.Class), Bold: at == w.chosen}, {Text: w.class(c.Answer), Bold: at == w.chosen}, {Link: link}})
	}
	w.confused.Set(rows, 0)
	w.left.Refresh()
}

// find finds the pictures of the list that are asked for, in their order.
func (w *wrongs) find() (all []int, about string) {
	m, l := w.of, lists[w.at]
	switch {
	case w.chosen != nothingChosen:
		all = m.Behind(w.one, w.chosen[0], w.chosen[1])
	case l.of == 2 && w.one == w.two:
		return nil, speak.Say("mistakes.two")
	default:
		all = l.pictures(w)
	}
	if typed := strings.ToLower(strings.TrimSpace(w.filter.Text)); typed != "" {
		all = slices.DeleteFunc(all, func(i int) bool { return !w.fits(i, typed) })
	}
	if w.turned.Checked {
		slices.Reverse(all)
	}
	switch {
	case w.chosen != nothingChosen && w.chosen[0] == w.chosen[1]:
		return all, speak.Say("teach.matrix.right", w.class(w.chosen[0]), len(all))
	case w.chosen != nothingChosen:
		return all, speak.Say("teach.matrix.wrong", w.class(w.chosen[0]), w.class(w.chosen[1]), len(all))
	case l.of == 2:
		about = speak.Say("mistakes.about."+l.key, speak.Network(m.Networks[w.one]), speak.Network(m.Networks[w.two]))
	case l.of == 0:
		about = speak.Say("mistakes.about." + l.key)
	default:
		about = speak.Say("mistakes.about."+l.key, speak.Network(m.Networks[w.one]))
	}
	return all, speak.Say("mistakes.count", about, len(all))
}

// fits tells that a picture's class, one of the answers that are shown of it or its name
// has what was typed in it, in the language of the window or in the networks'.
func (w *wrongs) fits(i int, typed string) bool {
	m := w.of
	texts := []string{m.Names[i]}
	classes := []int{m.Seen[i].Class, m.Of(w.one, i).Class}
	if lists[w.at].of == 2 {
		classes = append(classes, m.Of(w.two, i).Class)
	}
	for _, c := range classes {
		texts = append(texts, m.Classes[c], w.class(c))
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), typed) })
}

// showPictures shows the pictures of the list.
func (w *wrongs) showPictures() {
	all, about := w.find()
	w.listed = all
	kit.SetText(w.about, about)
	w.displayed = nil
	for _, i := range all[:min(len(all), w.most)] {
		text := w.answer(w.one, i)
		if w.chosen == nothingChosen {
			text = lists[w.at].says(w, i)
		}
		w.displayed = append(w.displayed, pages.Shot{Path: w.page.paths[i], Text: text})
	}
	kit.Show(w.more, len(all) > len(w.displayed))
	w.more.SetText(speak.Say("mistakes.more", len(all)-len(w.displayed)))
	w.showShots()
	w.right.Refresh()
}

// showShots shows the small pictures that there are, and has one made that is lacking.
func (w *wrongs) showShots() {
	if w.of == nil {
		return
	}
	lacking := w.shots.Set(w.displayed)
	if len(lacking) == 0 || !w.page.host.InSight(w.page) {
		return
	}
	thumbs, path := w.page.thumbs, lacking[0]
	kept := w.page.Kept
	thumbs.Make(path, func() *image.RGBA { return thumbs.Open(path) }, func() { kept.shots() })
}

// open shows a picture in Compare, with the others of the list: its class explained, or
// what the network answered.
func (w *wrongs) open(path string, right bool) {
	at := slices.IndexFunc(w.listed, func(i int) bool { return w.page.paths[i] == path })
	if at < 0 {
		return
	}
	var sources []string
	for _, i := range w.listed {
		sources = append(sources, w.page.paths[i])
	}
	i := w.listed[at]
	class := w.of.Seen[i].Class
	if !right {
		class = w.of.Of(w.one, i).Class
	}
	w.page.host.Look(desk.Album{Sources: sources, At: at, Rows: 1}, w.of.Explains(class))
}

// menu offers what can be done with a picture.
func (w *wrongs) menu(path string, at fyne.Position) {
	i := slices.Index(w.page.paths, path)
	items := []*fyne.MenuItem{fyne.NewMenuItem(speak.Say("mistakes.explain", w.class(w.of.Seen[i].Class)), func() { w.open(path, true) })}
	if a := w.of.Of(w.one, i).Class; a != w.of.Seen[i].Class {
		items = append(items, fyne.NewMenuItem(speak.Say("mistakes.explain", w.class(a)), func() { w.open(path, false) }))
	}
	name := w.of.Names[i]
	items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItemWithIcon(speak.Say("mistakes.copy"), theme.ContentCopyIcon(), func() { pages.CopyText(w.page.host, name) }))
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.page.host.Window().Canvas(), at)
}
