package teach

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/network/teach"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

const (
	wrongWidth = 110
	mostWrong  = 60 // pictures that are shown
	lookSide   = 96 // of an average map
)

// mistakes shows what a network takes for what, and the pictures behind each number; as
// long as none is chosen, the pictures that hurt.
type mistakes struct {
	page     *Page
	network  *kit.Select
	matrix   *kit.Matrix
	all      *widget.Button
	about    *widget.Label
	pictures *pages.Shots
	listed   *fyne.Container
	box      fyne.CanvasObject

	of     *teach.Report // that the chosen number is of
	at     int           // the network
	chosen [2]int        // class and answer; −1 for none
	quiet  bool
}

func newMistakes(p *Page) *mistakes {
	m := &mistakes{page: p, chosen: [2]int{-1, -1}}
	m.network = kit.NewSelect(nil, func(string) {
		if !m.quiet {
			m.at, m.chosen = m.network.SelectedIndex(), [2]int{-1, -1}
			m.show()
		}
	})
	m.matrix = kit.NewMatrix(speak.Say("taught.corner"), m.says, func(class, answer int) {
		if m.chosen == [2]int{class, answer} {
			class, answer = -1, -1
		}
		m.choose(class, answer)
	})
	m.all = widget.NewButton(speak.Say("teach.hurting.all"), func() { m.choose(-1, -1) })
	m.about = kit.Heading("")
	m.about.Wrapping = fyne.TextWrapWord
	wide := kit.Lettering{Small: true}.Width(speak.Say("teach.wrong.of", 5, 5)) + 3*theme.Padding()
	m.pictures = pages.NewShots(p.course.thumbs, max(wide, wrongWidth), thumbWidth, thumbHeight, p.course.Focus, p.menu)
	m.listed = container.NewVBox(m.about, kit.Inset(m.pictures.Box))
	matrix := container.NewBorder(container.NewPadded(m.network), nil, nil, nil, container.NewScroll(container.NewPadded(container.NewVBox(container.NewHBox(m.matrix)))))
	pictures := container.NewBorder(nil, container.NewPadded(container.NewHBox(m.all)), nil, nil, container.NewVScroll(m.listed))
	split := container.NewHSplit(matrix, pictures)
	split.Offset = 0.45
	m.box = split
	return m
}

func (m *mistakes) choose(class, answer int) {
	m.chosen = [2]int{class, answer}
	m.show()
}

// says tells of a number of the matrix.
func (m *mistakes) says(class, answer int) string {
	r := m.of
	n := r.Networks[m.at].Confusion[class][answer]
	if class == answer {
		return speak.Say("teach.matrix.right", speak.Class(r.Classes[class].Name), n)
	}
	return speak.Say("teach.matrix.wrong", speak.Class(r.Classes[class].Name), speak.Class(r.Classes[answer].Name), n)
}

// show shows what the networks' report says.
func (m *mistakes) show() {
	t := m.page.course.taught
	if t != nil && t.report == nil { // it is on its way
		return
	}
	if t == nil || t.report.LeftOut == 0 {
		m.of = nil
		kit.Show(m.box, false)
		return
	}
	kit.Show(m.box, true)
	if m.of != t.report {
		m.of, m.chosen = t.report, [2]int{-1, -1}
		m.at = min(m.at, len(m.of.Networks)-1)
	}
	var names, classes []string
	for _, n := range m.of.Networks {
		names = append(names, speak.Network(n.Name))
	}
	for _, c := range m.of.Classes {
		classes = append(classes, speak.Class(c.Name))
	}
	m.quiet = true
	m.network.SetOptions(names)
	m.network.SetSelectedIndex(m.at)
	m.quiet = false
	m.matrix.Set(classes, m.of.Networks[m.at].Confusion, m.chosen[0], m.chosen[1])
	m.showPictures()
}

// shots are the pictures behind the chosen number, or those that hurt.
func (m *mistakes) shots() (about string, all []pages.Shot) {
	t, r := m.page.course.taught, m.of
	if class, answer := m.chosen[0], m.chosen[1]; class >= 0 {
		for _, i := range r.Confused(m.at, class, answer) {
			all = append(all, pages.Shot{Path: t.path(i), Text: fmt.Sprintf("%.0f%%", 100*r.Networks[m.at].Answers[i].Probability)})
		}
		return m.says(class, answer), all
	}
	for _, h := range r.Hurting {
		text := speak.Say("teach.wrong.of", h.Wrong, len(r.Networks))
		switch {
		case h.Suspected != nil:
			text = speak.Say("teach.seems", speak.Class(r.Classes[*h.Suspected].Name))
		case h.Twin != nil:
			text = speak.Say("teach.twin", name(t.path(h.Twin.Picture)))
		}
		all = append(all, pages.Shot{Path: t.path(h.Picture), Text: text})
	}
	if len(all) == 0 {
		return speak.Say("teach.hurting.none"), nil
	}
	return speak.Say("teach.hurting", len(all)), all
}

// showPictures shows the small pictures that there are.
func (m *mistakes) showPictures() {
	c := m.page.course
	if m.of == nil || c.taught == nil || c.taught.report != m.of {
		return
	}
	about, all := m.shots()
	if more := len(all) - mostWrong; more > 0 {
		about += " " + speak.Say("teach.more", more)
		all = all[:mostWrong]
	}
	kit.SetText(m.about, about)
	kit.Show(m.all, m.chosen[0] >= 0)
	for i := range all {
		all[i].Marked = all[i].Path == c.focus
	}
	m.pictures.Set(all)
	m.listed.Refresh()
}

// looksAt shows where each network looks for each class.
type looksAt struct {
	note *widget.Label
	grid *fyne.Container
	box  fyne.CanvasObject
	of   *looks // that the grid is of
}

func newLooks() *looksAt {
	l := &looksAt{note: widget.NewLabel(""), grid: container.NewVBox()}
	l.note.Wrapping = fyne.TextWrapWord
	l.box = container.NewScroll(kit.Inset(container.NewVBox(l.note, l.grid)))
	return l
}

// showLooks shows where networks look, and finds it out where that tab is in sight.
func (p *Page) showLooks() {
	l, c := p.looksAt, p.course
	if p.tabs.SelectedIndex() == 2 {
		c.sumUp()
	}
	got := c.looks
	if got == nil || got.of != c.taught {
		kit.SetText(l.note, speak.Say("teach.looks.wait"))
		if l.of != nil {
			l.of, l.grid.Objects = nil, nil
			l.grid.Refresh()
		}
		return
	}
	if l.of == got {
		return
	}
	l.of, l.grid.Objects = got, nil
	note := speak.Say("teach.looks.about")
	for _, n := range got.report.Notes {
		if n.Key == "ground" {
			note = got.report.Text(speak.Now(), n, speak.Network, speak.Class) + " " + note
		}
	}
	l.note.SetText(note)
	line := func(first fyne.CanvasObject, cells []fyne.CanvasObject) {
		l.grid.Add(container.NewBorder(nil, nil, first, nil, container.NewHBox(cells...)))
	}
	cell := func(text string, bold bool, o fyne.CanvasObject) fyne.CanvasObject {
		label := kit.Caption(widget.MediumImportance)
		label.Alignment = fyne.TextAlignCenter
		if bold {
			label.Importance = widget.WarningImportance
		}
		label.SetText(text)
		if o == nil {
			return container.NewVBox(kit.Width(lookWidth), label)
		}
		return container.NewVBox(kit.Width(lookWidth), container.NewCenter(o), label)
	}
	named := func(text string) fyne.CanvasObject {
		n := kit.NewNameLabel()
		n.Set(text)
		return container.NewVBox(kit.Width(lookName), n)
	}
	var heads []fyne.CanvasObject
	for _, n := range got.report.Networks {
		heads = append(heads, cell(speak.Network(n.Name), false, nil))
	}
	line(named(""), heads)
	for class, maps := range got.classes {
		var cells []fyne.CanvasObject
		for j, img := range maps {
			look := got.report.Networks[j].Looks[class]
			if img == nil {
				cells = append(cells, cell("–", false, nil))
				continue
			}
			o := canvas.NewImageFromImage(img)
			o.ScaleMode = canvas.ImageScaleFastest
			o.SetMinSize(fyne.NewSquareSize(lookSide))
			cells = append(cells, cell(speak.Say("taught.border", 100*look.Outer), look.Grounds.Told(), o))
		}
		line(named(speak.Class(got.report.Classes[class].Name)), cells)
	}
	l.grid.Refresh()
}

const (
	lookWidth = 128 // of a column
	lookName  = 120 // of the classes' names
)

// differ shows what networks disagree on.
type differ struct {
	page     *Page
	note     *widget.Label
	pictures *kit.Table
	pairs    *kit.Table
	column   *fyne.Container
	box      fyne.CanvasObject
	of       *teach.Report
}

func newDiffer(p *Page) *differ {
	d := &differ{page: p, note: widget.NewLabel(""), pictures: kit.NewTable(0, 1, 2, 3, 4, 5, 6), pairs: kit.NewTable(0, 1)}
	d.note.Wrapping = fyne.TextWrapWord
	d.column = container.NewVBox(d.pictures, d.pairs)
	d.box = container.NewBorder(d.note, nil, nil, nil, kit.Inset(container.NewScroll(d.column)))
	return d
}

const (
	mostDiffer = 40  // pictures that are listed
	mostName   = 200 // how wide a picture's name is there
)

// show shows what the networks' report says.
func (d *differ) show() {
	t := d.page.course.taught
	if t != nil && t.report == nil { // it is on its way
		return
	}
	if t == nil || t.report.LeftOut == 0 {
		d.of = nil
		d.pictures.Set(nil, 0)
		d.pairs.Set(nil, 0)
		kit.SetText(d.note, speak.Say("teach.differ.wait"))
		return
	}
	if d.of == t.report {
		return
	}
	r := t.report
	d.of = r
	kit.SetText(d.note, speak.Say("teach.differ.about", len(r.Differ), r.LeftOut))
	head := []kit.TableCell{{Text: speak.Say("taught.picture")}, {Text: speak.Say("taught.class")}}
	for _, n := range r.Networks {
		head = append(head, kit.TableCell{Text: speak.Network(n.Name)})
	}
	rows := [][]kit.TableCell{head}
	for _, differing := range r.Differ[:min(len(r.Differ), mostDiffer)] {
		i := differing.Picture
		path, class := t.path(i), r.Pictures[i].Class
		link := widget.NewHyperlink(kit.Lettering{}.Fit(name(path), mostName), nil)
		link.OnTapped = func() { d.page.course.Focus(path) }
		row := []kit.TableCell{{Link: link}, {Text: speak.Class(r.Classes[class].Name)}}
		for _, n := range r.Networks {
			a := n.Answers[i]
			row = append(row, kit.TableCell{Text: speak.Class(r.Classes[a.Class].Name), Margin: fmt.Sprintf("%.0f%%", 100*a.Probability), Bold: a.Class == class})
		}
		rows = append(rows, row)
	}
	if len(r.Differ) == 0 {
		rows = nil
	}
	d.pictures.Set(rows, 0)
	pairs := [][]kit.TableCell{{{Text: "A"}, {Text: "B"}, {Text: speak.Say("taught.same")}, {Text: speak.Say("taught.only", "A")}, {Text: speak.Say("taught.only", "B")}}}
	for _, p := range r.Pairs {
		row := []kit.TableCell{{Text: speak.Network(r.Networks[p.A].Name)}, {Text: speak.Network(r.Networks[p.B].Name)}}
		for _, share := range []float64{p.Same, p.AOnly, p.BOnly} {
			row = append(row, kit.TableCell{Text: fmt.Sprintf("%.1f", 100*share)})
		}
		pairs = append(pairs, row)
	}
	d.pairs.Set(pairs, 0)
	d.column.Refresh()
}
