package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// lesson is a guided tour on a sample, beneath what it speaks of.
type lesson struct {
	w     *Window
	steps []lessonStep
	at    int // none while it is closed
	was   kept
	box   fyne.CanvasObject

	title, text, place *widget.Label
	back, next         *widget.Button
}

// lessonStep is what the tour says, by its key, and shows.
type lessonStep struct {
	key  string
	show func(w *Window)
}

// lessonSteps are the tour. Its scene shows a windmill, and a clock.
func lessonSteps() []lessonStep {
	return []lessonStep{
		{"predict", lessonView{opacity: 0}.show},
		{"map", lessonView{opacity: 0.7}.show},
		{"class", lessonView{opacity: 0.7, class: "clock"}.show},
		{"networks", lessonView{opacity: 0.7}.show},
		{"grid", lessonView{opacity: 0.7, grid: true}.show},
		{"against", lessonView{opacity: 0.7, signed: true}.show},
		{"numbers", (*Window).showStudy},
		{"own", func(w *Window) { w.tabs.SelectIndex(0) }},
	}
}

// lessonView is a view of the lesson's scene by the networks that come with the
// program.
type lessonView struct {
	class        string // "" for what the scene shows
	opacity      float64
	grid, signed bool
}

func (v lessonView) show(w *Window) {
	w.tabs.SelectIndex(0)
	to := compare.DefaultView()
	to.Opacity = v.opacity
	if v.signed {
		to = to.In(w.comparison.Controls.ScaleFor(true))
	}
	if v.grid {
		to.Interpolation = cam.Grid
	}
	w.comparison.Enlarged = comparing.None
	w.comparison.ShowAll()
	w.setWipe(0)
	networks := w.preset
	if networks == nil {
		networks = models.Pack(assets.Scenes().Name)
	}
	if !slices.EqualFunc(w.Models, networks, func(m *network.Model, spec string) bool { return m.Spec == spec }) {
		w.Models = nil // others may not know the class
		w.showView(to)
		w.explain(v.class, compare.By{})
		w.compare()
		w.openNetworks(wanted{specs: networks, replace: true, builtIn: true})
	}
	w.showView(to)
	w.explain(v.class, compare.By{})
	if len(w.Pictures) != 1 || w.Pictures[0].Path != lessonPicture {
		paths := desk.SamplePaths()
		w.bring(desk.Album{Sources: paths, At: slices.Index(paths, lessonPicture), Rows: 1})
	}
	w.update()
}

// showStudy brings the study of the lesson's networks into sight.
func (w *Window) showStudy() {
	s, at := w.study()
	s.ShowStudy(assets.Scenes().Name)
	w.tabs.SelectIndex(at + 1)
}

func newLesson(w *Window) *lesson {
	l := &lesson{
		w: w, steps: lessonSteps(), at: comparing.None, text: widget.NewLabel(""),
		title: widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true}), place: widget.NewLabel(""),
	}
	l.text.Wrapping = fyne.TextWrapWord
	l.title.SizeName = theme.SizeNameSubHeadingText
	l.back = widget.NewButtonWithIcon(speak.Say("lesson.back"), theme.NavigateBackIcon(), func() { l.turn(-1) })
	l.next = widget.NewButtonWithIcon(speak.Say("lesson.next"), theme.NavigateNextIcon(), func() { l.turn(1) })
	l.next.Importance, l.next.IconPlacement = widget.HighImportance, widget.ButtonIconTrailingText
	// Room for three lines, so that the buttons stay where they are.
	line := fyne.MeasureText("0", theme.TextSize(), fyne.TextStyle{}).Height
	room := container.NewVScroll(l.text)
	room.SetMinSize(fyne.NewSize(0, 2*line+2*theme.InnerPadding()+2*theme.LineSpacing()))
	end := widget.NewButtonWithIcon(speak.Say("lesson.close"), theme.CancelIcon(), l.close)
	l.box = container.NewStack(kit.NewBackdrop(theme.ColorNameInputBackground), container.NewPadded(container.NewBorder(
		container.NewBorder(nil, nil, nil, container.NewHBox(container.NewCenter(l.place), l.back, l.next, end), l.title), nil, nil, nil, room)))
	l.box.Hide()
	return l
}

// kept is what the user had before the lesson.
type kept struct {
	asked    desk.Asked
	view     compare.View
	history  desk.History
	wipe     float64
	enlarged int
	tab      int
}

// turn goes a step on or back, where there is one: a button that is out of sight,
// but was pressed last, still has the keys.
func (l *lesson) turn(by int) {
	if to := l.at + by; l.at != comparing.None && to >= 0 && to < len(l.steps) {
		l.show(to)
	}
}

// lessonPicture is what the lesson shows: a scene, whose truth is known.
var lessonPicture = compare.SampleOf(network.Scenes)

// show goes to a step.
func (l *lesson) show(step int) {
	if w := l.w; l.at == comparing.None {
		l.was = kept{w.Asked, w.View, w.history, w.Wipe, w.comparison.Enlarged, w.tabs.SelectedIndex()}
		w.history = desk.History{}
	}
	l.w.dismiss()
	l.tell(step)
	l.w.quietly(func() { l.steps[step].show(l.w) })
}

// goOn is at the step of an earlier window's lesson, whose view is there already.
func (l *lesson) goOn(before *lesson) {
	if before.at != comparing.None {
		l.was = before.was
		l.tell(before.at)
	}
}

// tell shows what a step says.
func (l *lesson) tell(step int) {
	l.at = step
	s := l.steps[step]
	l.title.SetText(speak.Say("lesson." + s.key + ".title"))
	l.text.SetText(speak.Say("lesson." + s.key + ".text"))
	l.place.SetText(speak.Say("lesson.step", step+1, len(l.steps)))
	kit.Enable(l.back, step > 0)
	kit.Enable(l.next, step+1 < len(l.steps))
	l.w.showIn(l.box, true)
}

// close gives the user back what was there before, unless another picture has
// been opened since.
func (l *lesson) close() {
	w, was := l.w, l.was
	l.at, l.was = comparing.None, kept{}
	w.showIn(l.box, false)
	if len(w.Pictures) == 1 && w.Pictures[0].Path != lessonPicture {
		return
	}
	if len(was.asked.Pictures) > 0 {
		w.stop()
		w.Asked, w.Sought = was.asked, was.asked.Album
	}
	w.View, w.Class, w.By, w.history, w.comparison.Enlarged = was.view, was.asked.Class, was.asked.By, was.history, was.enlarged
	w.comparison.Controls.Show(w.View)
	w.quietly(func() {
		w.setWipe(was.wipe)
		w.tabs.SelectIndex(was.tab)
	})
	w.compare()
}
