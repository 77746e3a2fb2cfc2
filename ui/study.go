package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/train"
)

// studyPage shows what was measured of the networks that come with the program,
// and measures the user's own.
type studyPage struct {
	w         *Window
	measuring *task

	data  studyData
	study *compare.Evaluation
	again *compare.Evaluation // the study's networks trained with another seed; nil for none
	own   *compare.Evaluation // nil until some were measured
	back  bool                // to the study, though own is there

	box            *fyne.Container
	body           *container.Scroll // beneath the form
	heading, about *widget.Label
	explanation    *widget.Label
	table          *fyne.Container
	themed         *container.ThemeOverride // the table's
	top1, pointing *dotPlot
	cost           *dotPlot
	plots          *fyne.Container

	source, count *widget.Select
	folder        *widget.Button
	which         *widget.Label
	turn          *widget.Button // between the study and the own networks
}

// studyData is what the user's networks are measured on.
type studyData struct {
	Folder    string `json:"folder"` // of labelled pictures, as dataset.Open reads it
	UseFolder bool   `json:"use_folder"`
	Count     int    `json:"count"` // of scenes
}

// studyCounts are the numbers of scenes to choose from.
var studyCounts = []int{200, 500, 2000}

// open opens the pictures, and says what they are.
func (d studyData) open() (dataset.Set, string, error) {
	if !d.UseFolder {
		set := scenes.Set{Seed: scenes.TestSeed, Count: d.Count, Side: train.DefaultScenes.Side}
		return set, set.String(), nil
	}
	f, err := dataset.Open(d.Folder)
	return f, d.Folder, err
}

func newStudyPage(w *Window) page {
	p := &studyPage{w: w, data: studyData{Count: studyCounts[0]}, study: new(compare.Evaluation)}
	if err := json.Unmarshal(assets.Packs()[0].Study, p.study); err != nil {
		fyne.LogError("", err) // embedded, which a test reads
	}
	if again := new(compare.Evaluation); json.Unmarshal(assets.Packs()[0].Again, again) == nil {
		p.again = again
	}
	p.make()
	p.show()
	return p
}

func (p *studyPage) name() string               { return "study" }
func (p *studyPage) title() string              { return say("tab.study") }
func (p *studyPage) icon() fyne.Resource        { return theme.ListIcon() }
func (p *studyPage) content() fyne.CanvasObject { return p.box }
func (p *studyPage) state() any                 { return p.data }
func (p *studyPage) tasks() []**task            { return []**task{&p.measuring} }

func (p *studyPage) restore(state json.RawMessage) {
	var d studyData
	if json.Unmarshal(state, &d) != nil || !slices.Contains(studyCounts, d.Count) {
		return
	}
	d.UseFolder = d.UseFolder && d.Folder != ""
	p.data = d
	p.showForm()
}

func (p *studyPage) update() { setText(p.which, say("study.which", len(p.w.models))) }

// make makes what show fills.
func (p *studyPage) make() {
	p.heading = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	p.heading.SizeName, p.heading.Truncation = theme.SizeNameSubHeadingText, fyne.TextTruncateEllipsis
	p.about, p.explanation = widget.NewLabel(""), widget.NewLabel("")
	p.about.Wrapping, p.explanation.Wrapping = fyne.TextWrapWord, fyne.TextWrapWord
	p.table = container.New(&figureTable{columns: 4 + len(compare.Measures)})
	p.top1, p.pointing, p.cost = newDotPlot(), newDotPlot(), newDotPlot()
	p.plots = container.NewGridWithColumns(3, p.top1, p.pointing, p.cost)

	p.source = widget.NewSelect([]string{say("study.scenes"), say("study.folder")}, nil)
	p.count = widget.NewSelect(nil, nil)
	for _, n := range studyCounts {
		p.count.Options = append(p.count.Options, strconv.Itoa(n))
	}
	p.folder = widget.NewButtonWithIcon("", theme.FolderOpenIcon(), p.chooseFolder)
	p.which = widget.NewLabel("")
	p.showForm()
	p.source.OnChanged = func(string) {
		p.data.UseFolder = p.source.SelectedIndex() == 1
		p.showForm()
	}
	p.count.OnChanged = func(string) { p.data.Count = studyCounts[p.count.SelectedIndex()] }
	run := widget.NewButtonWithIcon(say("study.run"), theme.MediaPlayIcon(), p.measure)
	run.Importance = widget.HighImportance
	p.turn = widget.NewButton("", func() {
		p.back = !p.back
		p.show()
	})
	save := widget.NewButtonWithIcon(say("study.save"), theme.DocumentSaveIcon(), p.showSave)
	p.update()

	air := layout.NewCustomPaddedLayout(0, 4, 0, 16)
	aside := layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0) // as far as labels' text
	p.themed = container.NewThemeOverride(p.table, compact{fyne.CurrentApp().Settings(), 1})
	p.body = container.NewVScroll(container.New(air, container.NewBorder(
		container.New(layout.NewCustomPaddedVBoxLayout(0), p.about, container.New(aside, p.themed), p.explanation),
		nil, nil, nil, container.New(aside, p.plots))))
	p.box = container.NewBorder(
		container.NewVBox(
			container.NewBorder(nil, nil, nil, container.NewHBox(p.turn, save), p.heading),
			container.New(aside, container.NewHBox(run, p.source, container.NewStack(p.count, p.folder), p.which)),
			widget.NewSeparator(),
		), nil, nil, nil, p.body)
}

// showForm shows the data chosen.
func (p *studyPage) showForm() {
	at := 0
	if p.data.UseFolder {
		at = 1
	}
	if p.source.SelectedIndex() != at { // it calls showForm
		p.source.SetSelectedIndex(at)
	}
	p.count.SetSelected(strconv.Itoa(p.data.Count))
	show(p.count, !p.data.UseFolder)
	show(p.folder, p.data.UseFolder)
	text := say("study.choose")
	if p.data.Folder != "" {
		text = filepath.Base(p.data.Folder)
	}
	p.folder.SetText(text)
}

func (p *studyPage) chooseFolder() {
	p.w.chooseFolder(func(path string) {
		p.data.Folder = path
		p.showForm()
	})
}

// measure measures the networks of the comparison.
func (p *studyPage) measure() {
	w, models, data := p.w, p.w.models, p.data
	w.dismiss()
	switch {
	case len(models) == 0:
		w.fail(errors.New(say("study.no networks")))
		return
	case data.UseFolder && data.Folder == "":
		w.fail(errors.New(say("study.no folder")))
		return
	}
	t := w.begin(&p.measuring, say("study.measuring"))
	w.run.Go(func() {
		e, err := p.evaluate(t, models, data)
		w.finish(&p.measuring, t, func() {
			if err != nil {
				w.fail(err)
				return
			}
			p.own, p.back = e, false
			p.show()
		})
	})
}

// evaluate reports no more often than can be seen.
func (p *studyPage) evaluate(t *task, models []*network.Model, data studyData) (*compare.Evaluation, error) {
	set, name, err := data.open()
	if err != nil {
		return nil, err
	}
	var told time.Time
	e, err := compare.Evaluate(t.ctx, models, set, func(done, total int) {
		if now := time.Now(); now.Sub(told) >= 50*time.Millisecond || done == total {
			told = now
			p.w.report(&p.measuring, t, say("study.progress", done, total), done, total)
		}
	})
	if err == nil {
		e.Data = name
	}
	return e, err
}

// shown is the evaluation in sight.
func (p *studyPage) shown() *compare.Evaluation {
	if p.own != nil && !p.back {
		return p.own
	}
	return p.study
}

// show shows the study, or the user's own networks.
func (p *studyPage) show() {
	e := p.shown()
	heading, about, turn := say("study.heading"), say("study.about", len(e.Networks), e.Count), say("study.own")
	if e == p.own {
		heading, turn = say("study.yours", len(e.Networks), textData(e)), say("study.back")
		about = say("study.yours about", e.Count)
		if e.Unmasked > 0 {
			about += " " + say("study.unmasked", e.Unmasked)
		}
	}
	if e == p.study && p.again != nil {
		var all []string
		for _, n := range p.again.Networks {
			all = append(all, fmt.Sprintf("%.1f", 100*n.Top1))
		}
		about += " " + say("study.again", strings.Join(all, ", "))
	}
	p.heading.SetText(heading)
	p.about.SetText(about)
	p.turn.SetText(turn)
	show(p.turn, p.own != nil)
	p.explanation.SetText(say("study.hint"))
	rows := e.Standings()
	p.fillTable(rows)
	p.fillPlots(rows)
	p.relayout()
}

// relayout fits everything to what has changed.
func (p *studyPage) relayout() {
	p.themed.Refresh() // gives the new cells the table's theme
	p.body.Content.Refresh()
	p.box.Refresh()
}

// fillTable makes the table's cells.
func (p *studyPage) fillTable(rows []compare.Standing) {
	cells := []fyne.CanvasObject{widget.NewLabelWithStyle(say("study.network"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})}
	for _, key := range append([]string{"parameters", "macs", "grid"}, compare.Measures...) {
		link := widget.NewHyperlink(say("study.column."+key), nil)
		link.Alignment, link.TextStyle.Bold = fyne.TextAlignTrailing, true
		link.OnTapped = func() {
			p.explanation.SetText(say("study.explain." + key))
			p.relayout()
		}
		cells = append(cells, link)
	}
	number := func(text string) fyne.CanvasObject {
		return widget.NewLabelWithStyle(text, fyne.TextAlignTrailing, fyne.TextStyle{})
	}
	networks := 0
	for i, r := range rows {
		if n := r.Network; n != nil {
			networks++
			name := []widget.RichTextSegment{segment(textNetwork(r.Name), "", theme.ColorNameForeground, false)}
			if n.Untrained {
				name = append(name, segment("  "+say("study.untrained"), theme.SizeNameCaptionText, theme.ColorNameWarning, false))
			}
			cells = append(cells, container.NewBorder(nil, nil, container.NewCenter(spot(i)), nil, widget.NewRichText(name...)),
				number(compare.FormatCount(n.Parameters)), number(compare.FormatCount(n.MACs)), number(fmt.Sprintf("%d×%d", n.Grid[0], n.Grid[1])))
		} else {
			label := widget.NewLabelWithStyle(say("study.baseline."+r.Name), fyne.TextAlignLeading, fyne.TextStyle{Italic: true})
			cells = append(cells, label, number(""), number(""), number(""))
		}
		for _, f := range r.Figures {
			text := segment(f.String(), "", theme.ColorNameForeground, f.Best)
			text.Style.Alignment = fyne.TextAlignTrailing
			margin := segment(" "+f.Margin(), theme.SizeNameCaptionText, theme.ColorNamePlaceHolder, false)
			margin.Style.Alignment = fyne.TextAlignTrailing
			cells = append(cells, widget.NewRichText(text, margin))
		}
	}
	rules := []int{1}
	if networks < len(rows) {
		rules = append(rules, 1+networks)
	}
	p.table.Layout.(*figureTable).rules = rules
	for range rules {
		cells = append(cells, widget.NewSeparator())
	}
	p.table.Objects = cells
}

// fillPlots hides what was not measured.
func (p *studyPage) fillPlots(rows []compare.Standing) {
	percent := func(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }
	var centre *dot
	fill := func(plot *dotPlot, title string, measure int) {
		plot.title, plot.rows, plot.dots, plot.line = title, true, nil, nil
		lo, hi := 1.0, 0.0
		for i, r := range rows {
			f := r.Figures[measure]
			switch {
			case !f.Known:
				continue
			case r.Network != nil:
				plot.dots = append(plot.dots, dot{name: textNetwork(r.Name), colour: i, x: f})
			case r.Name == "centre":
				centre = &dot{name: say("study.baseline.centre"), x: f}
				plot.line = centre
			default:
				continue
			}
			lo, hi = min(lo, f.Lo), max(hi, f.Hi)
		}
		plot.x = dotAxis{Axis: compare.AxisOf(min(lo, hi), hi), text: percent}
		show(plot, len(plot.dots) > 0)
	}
	fill(p.top1, say("study.column.top1"), 0)
	fill(p.pointing, say("study.column.pointing"), 1)
	p.cost.title, p.cost.dots, p.cost.y = say("study.cost"), nil, p.top1.x
	most := int64(0)
	for i, r := range rows {
		if n := r.Network; n != nil {
			most = max(most, n.MACs)
			p.cost.dots = append(p.cost.dots, dot{name: textNetwork(r.Name), colour: i, x: compare.Figure{Value: float64(n.MACs)}, y: r.Figures[0]})
		}
	}
	p.cost.x = dotAxis{Axis: compare.AxisOf(0, float64(most)), text: func(v float64) string { return compare.FormatCount(int64(v)) }}
}

// segment is a piece of a line of text.
func segment(text string, size fyne.ThemeSizeName, colour fyne.ThemeColorName, bold bool) *widget.TextSegment {
	return &widget.TextSegment{Text: text, Style: widget.RichTextStyle{Inline: true, SizeName: size, ColorName: colour, TextStyle: fyne.TextStyle{Bold: bold}}}
}

// spot is a network's colour in the plots.
func spot(i int) fyne.CanvasObject {
	c := &swatch{colour: i}
	c.ExtendBaseWidget(c)
	return c
}

// swatch is a disc in a colour of the plots, whichever theme that is.
type swatch struct {
	widget.BaseWidget
	colour int
}

// CreateRenderer implements fyne.Widget.
func (s *swatch) CreateRenderer() fyne.WidgetRenderer {
	return &swatchRenderer{widget.NewSimpleRenderer(canvas.NewCircle(dotColour(s.colour))), s}
}

type swatchRenderer struct {
	fyne.WidgetRenderer
	swatch *swatch
}

func (r *swatchRenderer) MinSize() fyne.Size { return fyne.NewSize(dotSize, dotSize) }
func (r *swatchRenderer) Refresh() {
	c := r.Objects()[0].(*canvas.Circle)
	c.FillColor = dotColour(r.swatch.colour)
	c.Refresh()
}

// figureTable lays cells out in columns as wide as they must be, with what is
// left between them, and after the cells the rules above some rows.
type figureTable struct {
	columns int
	rules   []int // rows, from 0
}

const rowGap = 5

func (f *figureTable) measure(objects []fyne.CanvasObject) (widths []float32, width, row float32) {
	widths = make([]float32, f.columns)
	for i, o := range objects[:len(objects)-len(f.rules)] {
		size := o.MinSize()
		widths[i%f.columns] = max(widths[i%f.columns], size.Width)
		row = max(row, size.Height)
	}
	for _, w := range widths {
		width += w
	}
	return widths, width, row + rowGap
}

// MinSize implements fyne.Layout.
func (f *figureTable) MinSize(objects []fyne.CanvasObject) fyne.Size {
	_, width, row := f.measure(objects)
	rows := (len(objects) - len(f.rules)) / f.columns
	return fyne.NewSize(width+float32(f.columns-1)*theme.Padding(), float32(rows)*row)
}

// Layout implements fyne.Layout.
func (f *figureTable) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const widest = 48 // a gap wider than that loses the eye on its way along the row
	widths, width, row := f.measure(objects)
	gap := min((size.Width-width)/float32(f.columns-1), widest)
	cells := len(objects) - len(f.rules)
	x := float32(0)
	for i, o := range objects[:cells] {
		col := i % f.columns
		if col == 0 {
			x = 0
		}
		o.Move(fyne.NewPos(x, float32(i/f.columns)*row+rowGap/2))
		o.Resize(fyne.NewSize(widths[col], row-rowGap))
		x += widths[col] + gap
	}
	for i, r := range f.rules {
		objects[cells+i].Move(fyne.NewPos(0, float32(r)*row-1))
		objects[cells+i].Resize(fyne.NewSize(x-gap, 1))
	}
}

func (p *studyPage) showSave() { p.w.askPath("scalecam-study.csv", p.save) }

// save writes what is in sight as CSV, and as JSON beside it.
func (p *studyPage) save(path string) {
	w, e := p.w, p.shown()
	base := strings.TrimSuffix(path, filepath.Ext(path))
	t := w.begin(&w.saving, textSaving(path))
	w.run.Go(func() {
		err := saveEvaluation(e, base)
		w.finish(&w.saving, t, func() {
			if err != nil {
				w.fail(err)
				return
			}
			w.rest.SetText(textSaved(base + ".csv, .json"))
		})
	})
}

func saveEvaluation(e *compare.Evaluation, base string) error {
	table, err := e.CSV()
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("ui: %w", err)
	}
	return file.Write(file.File{Path: base + ".csv", Data: table}, file.File{Path: base + ".json", Data: append(data, '\n')})
}
