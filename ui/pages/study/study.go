// Package study is the page that shows what was measured of networks, and
// measures the user's own.
package study

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Host is what the page asks of the window.
type Host interface {
	pages.Host
	ChooseFolder(chosen func(path string)) // of pictures
	// AskPath asks for a file to write; with extensions, for several of one name.
	AskPath(name string, chosen func(path string), extensions ...string)
	PackShown() string // whose networks are there or on their way; "" for none's
	// Write makes files in the background and writes them; path names them.
	Write(content func(ctx context.Context) ([]file.File, error), path string)
	ChooseAnswers(chosen func(path string)) // of a JSON file that evaluate.ReadAnswers reads
	InSight(p pages.Page) bool              // it is the page in sight
	Look(pictures desk.Album, class string) // shows pictures in Compare, and explains a class, as compare.Run takes it
}

// Kept is what was measured of the user's networks, which outlives a page: a
// change of language makes another.
type Kept struct {
	measuring *desk.Slot
	own       *evaluate.Evaluation // nil until some were measured
	paths     []string             // of the pictures that they were measured on, as Compare opens them
	back      bool                 // to the program's own, though there is one
	thumbs    *pages.Thumbs        // of those pictures
	show      func()               // on the page that there is
	shots     func()               // likewise, once there is one more small picture
}

// NewKept has measured nothing yet.
func NewKept(run desk.Runner, measuring *desk.Slot) *Kept {
	return &Kept{measuring: measuring, thumbs: pages.NewThumbs(run, shotWidth, shotHeight, mostThumbs)}
}

// Page shows what was measured of the networks that come with the program,
// and measures the user's own.
type Page struct {
	host Host
	*Kept

	data  origin
	pack  assets.Pack // whose study it is
	study *evaluate.Evaluation
	again *evaluate.Evaluation // the study's networks trained with another seed; nil for none
	seen  string               // the pack whose networks were in sight last

	box            *fyne.Container
	body           *container.Scroll // beneath the form
	heading, about *widget.Label
	explanation    *widget.Label
	finding        *widget.Label            // what the table shows
	network        kit.TableCell            // of the table's head, which these are, too
	columns        map[string]kit.TableCell // by what they are of
	table          *kit.Table
	top1, pointing *kit.Plot
	cost           *kit.Plot

	source, count *kit.Select
	folder        *widget.Button
	answers       *widget.Button
	which         *widget.Label
	turn          *widget.Button // between the study and the own networks
	copied        *widget.Button
	tabs          *container.AppTabs // the table, and the pictures
	wrongs        *wrongs
	agreement     *agreement
}

// origin is what the user's networks are measured on.
type origin struct {
	Folder    file.Path `json:"folder"` // of labelled pictures, as dataset.Open reads it
	UseFolder bool      `json:"use_folder"`
	Count     int       `json:"count"` // of scenes
	// Answers is a file of what is right of the folder's classes (evaluate.ReadAnswers);
	// "" where networks' classes are named as these.
	Answers file.Path `json:"answers,omitempty"`
	Tab     int       `json:"tab,omitempty"` // in sight
}

// costs are the table's first columns, before evaluate.Measures.
var costs = []string{"parameters", "macs", "grid"}

// counts are the numbers of scenes to choose from.
var counts = []int{200, 500, 2000}

// New makes the page.
func New(h Host, of *Kept) *Page {
	p := &Page{host: h, Kept: of, data: origin{Count: counts[0]}}
	for _, pack := range assets.Packs() {
		if p.take(pack.Name) {
			break
		}
	}
	p.make()
	of.show, of.shots = p.show, p.wrongs.showShots
	p.show()
	p.Update()
	return p
}

// Name implements pages.Page.
func (p *Page) Name() string { return "study" }

// Title implements pages.Page.
func (p *Page) Title() string { return speak.Say("tab.study") }

// Icon implements pages.Page.
func (p *Page) Icon() fyne.Resource { return theme.ListIcon() }

// Content implements pages.Page.
func (p *Page) Content() fyne.CanvasObject { return p.box }

// State implements pages.Page.
func (p *Page) State() any { return p.data }

// Restore implements pages.Page.
func (p *Page) Restore(state json.RawMessage) {
	var d origin
	if json.Unmarshal(state, &d) != nil || !slices.Contains(counts, d.Count) {
		return
	}
	if file.CheckLocal(string(d.Folder)) != nil { // a session may come from outside
		d.Folder = ""
	}
	if file.CheckLocal(string(d.Answers)) != nil {
		d.Answers = ""
	}
	d.UseFolder = d.UseFolder && d.Folder != ""
	d.Tab = min(max(d.Tab, 0), len(p.tabs.Items)-1)
	p.data = d
	p.tabs.SelectIndex(d.Tab)
	p.showForm()
}

// Update implements pages.Page. Where the networks have become a pack's, that one's
// study is shown.
func (p *Page) Update() {
	kit.SetText(p.which, speak.Say("study.which", len(p.host.Models())))
	p.wrongs.showShots()
	if name := p.host.PackShown(); name != p.seen {
		p.seen = name
		if p.take(name) {
			p.show()
		}
	}
}

// take takes another pack's study, and tells whether there is one.
func (p *Page) take(name string) bool {
	pack, ok := assets.LookupPack(name)
	if !ok || len(pack.Study) == 0 || pack.Name == p.pack.Name {
		return false
	}
	p.pack, p.study, p.again = pack, new(evaluate.Evaluation), nil
	if err := json.Unmarshal(pack.Study, p.study); err != nil {
		fyne.LogError("", err) // embedded, which a test reads
	}
	if again := new(evaluate.Evaluation); json.Unmarshal(pack.Again, again) == nil {
		p.again = again
	}
	return true
}

// make makes what show fills.
func (p *Page) make() {
	p.heading = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	p.heading.SizeName, p.heading.Truncation = theme.SizeNameSubHeadingText, fyne.TextTruncateEllipsis
	p.about, p.explanation, p.finding = widget.NewLabel(""), widget.NewLabel(""), kit.Heading("")
	p.about.Wrapping, p.explanation.Wrapping, p.finding.Wrapping = fyne.TextWrapWord, fyne.TextWrapWord, fyne.TextWrapWord
	p.table, p.network, p.columns = pages.Copied(p.host, kit.NewTable(0)), kit.TableCell{Text: speak.Say("study.network")}, map[string]kit.TableCell{}
	for _, key := range append(costs[:len(costs):len(costs)], evaluate.Measures...) {
		link := widget.NewHyperlinkWithStyle(speak.Say("study.column."+key), nil, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		link.OnTapped = func() {
			p.explanation.SetText(speak.Say("study.explain." + key))
			p.relayout()
		}
		p.columns[key] = kit.TableCell{Link: link}
	}
	p.top1, p.pointing, p.cost = kit.NewPlot(), kit.NewPlot(), kit.NewPlot()

	p.source = kit.NewSelect([]string{speak.Say("study.scenes"), speak.Say("study.folder")}, nil)
	p.count = kit.NewSelect(nil, nil)
	for _, n := range counts {
		p.count.Options = append(p.count.Options, strconv.Itoa(n))
	}
	p.folder = widget.NewButtonWithIcon("", theme.FolderOpenIcon(), p.chooseFolder)
	p.answers = widget.NewButtonWithIcon("", theme.DocumentIcon(), p.chooseAnswers)
	p.which = widget.NewLabel("")
	p.showForm()
	p.source.OnChanged = func(string) {
		p.data.UseFolder = p.source.SelectedIndex() == 1
		p.showForm()
	}
	p.count.OnChanged = func(string) { p.data.Count = counts[p.count.SelectedIndex()] }
	run := widget.NewButtonWithIcon(speak.Say("study.run"), theme.MediaPlayIcon(), p.Measure)
	run.Importance = widget.HighImportance
	p.turn = widget.NewButton("", func() {
		p.back = !p.back
		p.show()
	})
	save := widget.NewButtonWithIcon(speak.Say("study.save"), theme.DocumentSaveIcon(), p.showSave)

	p.copied = widget.NewButtonWithIcon(speak.Say("table.copy"), theme.ContentCopyIcon(), func() {
		table := p.table
		if p.data.Tab == 2 {
			table = p.agreement.table
		}
		pages.CopyText(p.host, table.Separated())
	})

	air := layout.NewCustomPaddedLayout(0, 4, 0, 16)
	aside := layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0)               // as far as labels' text
	band := layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding()-kit.TableGap/2, 0) // as far as the table's text
	p.body = container.NewScroll(nil)
	p.body.Content = container.New(air, container.NewBorder(
		container.New(&kit.Column{In: p.body, Air: 16}, p.finding, p.about, container.New(band, p.table), p.explanation),
		nil, nil, nil, container.New(aside, container.NewGridWithColumns(3, p.top1, p.pointing, p.cost))))
	p.wrongs, p.agreement = newWrongs(p), newAgreement(p.host)
	p.tabs = container.NewAppTabs(container.NewTabItem(speak.Say("study.measures"), p.body), container.NewTabItem(speak.Say("study.mistakes"), p.wrongs.box), container.NewTabItem(speak.Say("study.agreement"), p.agreement.box))
	p.tabs.OnSelected = func(*container.TabItem) {
		p.data.Tab = p.tabs.SelectedIndex()
		kit.Show(p.copied, p.data.Tab != 1)
	}
	p.box = container.NewBorder(
		container.NewVBox(
			container.NewBorder(nil, nil, nil, container.NewHBox(p.turn, p.copied, save), p.heading),
			container.New(aside, container.NewHScroll(container.NewHBox(run, p.source, container.NewStack(p.count, p.folder), p.answers, p.which))),
		), nil, nil, nil, p.tabs)
}

// showForm shows the data chosen.
func (p *Page) showForm() {
	at := 0
	if p.data.UseFolder {
		at = 1
	}
	if p.source.SelectedIndex() != at { // it calls showForm
		p.source.SetSelectedIndex(at)
	}
	p.count.SetSelected(strconv.Itoa(p.data.Count))
	kit.Show(p.count, !p.data.UseFolder)
	kit.Show(p.folder, p.data.UseFolder)
	text := speak.Say("study.choose")
	if p.data.Folder != "" {
		text = speak.File(string(p.data.Folder))
	}
	p.folder.SetText(text)
	kit.Show(p.answers, p.data.UseFolder)
	text = speak.Say("study.answers")
	if p.data.Answers != "" {
		text = speak.File(string(p.data.Answers))
	}
	p.answers.SetText(text)
}

func (p *Page) chooseFolder() {
	p.host.ChooseFolder(func(path string) {
		p.data.Folder = file.Path(path)
		p.showForm()
	})
}

// chooseAnswers chooses a file of answers, or lets go of the one that there is.
func (p *Page) chooseAnswers() {
	if p.data.Answers != "" {
		p.data.Answers = ""
		p.showForm()
		return
	}
	p.host.ChooseAnswers(func(path string) {
		p.data.Answers = file.Path(path)
		p.showForm()
	})
}

// Measure measures the networks of the comparison.
func (p *Page) Measure() {
	h, models, data := p.host, p.host.Models(), p.data
	h.Dismiss()
	switch {
	case len(models) == 0:
		h.Fail(errors.New(speak.Say("study.no networks")))
		return
	case data.UseFolder && data.Folder == "":
		h.Fail(errors.New(speak.Say("study.no folder")))
		return
	}
	t := p.measuring.Begin(speak.Say("study.measuring"))
	h.Runner().Go(func() {
		e, paths, notes, err := p.evaluate(t, models, data)
		p.measuring.Finish(t, func() {
			if err != nil {
				h.Fail(err)
				return
			}
			if len(notes) > 0 {
				h.Fail(errors.New(strings.Join(notes, "\n")))
			}
			p.own, p.paths, p.back = e, paths, false
			p.Kept.show()
		})
	})
}

// evaluate measures the networks that know the classes on what of the data can be
// read; the notes say what is left out. It reports no more often than can be seen.
func (p *Page) evaluate(t *desk.Task, models []*network.Model, data origin) (e *evaluate.Evaluation, paths, notes []string, err error) {
	var told time.Time
	progress := func(format string) func(done, total int) {
		began := time.Now()
		return func(done, total int) {
			now := time.Now()
			if now.Sub(told) < 50*time.Millisecond && done < total {
				return
			}
			told = now
			text := fmt.Sprintf(format, done, total)
			if spent := now.Sub(began); spent > 2*time.Second && done < total { // before, it says little
				text += ", " + speak.Say("learn.left", pages.Duration(time.Duration(float64(spent)/float64(done)*float64(total-done))))
			}
			p.measuring.Report(t, text, done, total)
		}
	}
	on := scenes.Set{Seed: scenes.TestSeed, Count: data.Count, Side: train.DefaultScenes.Side}
	set, name := dataset.Set(on), on.String()
	var folder *dataset.Folder
	var answers evaluate.Answers
	if data.UseFolder {
		if folder, err = dataset.OpenAll(t.Ctx, string(data.Folder)); err != nil {
			return nil, nil, nil, err
		}
		if data.Answers != "" {
			leftOut := 0
			if answers, err = evaluate.ReadAnswers(string(data.Answers)); err == nil {
				folder, leftOut, err = answers.Only(folder)
			}
			if err != nil {
				return nil, nil, nil, err
			}
			if leftOut > 0 {
				notes = append(notes, speak.Say("study.classes left out", leftOut, speak.File(string(data.Answers))))
			}
		}
		set, name = folder, speak.File(string(data.Folder)) // its own name: the study is passed on
	}
	knowing, others := models, []string(nil)
	if answers == nil {
		knowing = nil
		for _, m := range models {
			if slices.ContainsFunc(set.Classes(), func(class string) bool { return !slices.Contains(m.Classes, class) }) {
				others = append(others, speak.Network(m.Name))
			} else {
				knowing = append(knowing, m)
			}
		}
	}
	if len(knowing) == 0 {
		return nil, nil, nil, errors.New(speak.Say("study.unknown", strings.Join(others, ", ")))
	}
	if len(others) > 0 {
		notes = append(notes, speak.Say("study.left out", strings.Join(others, ", ")))
	}
	if folder != nil {
		whole, broken, err := folder.Check(t.Ctx, progress(speak.Say("study.checking")))
		switch n := len(broken); {
		case err != nil:
			return nil, nil, nil, err
		case whole.Len() == 0:
			return nil, nil, nil, broken[0].Err
		case n > 0:
			notes = append(notes, speak.Say("study.broken", n, folder.Len(), speak.Error(broken[0].Err)))
		}
		set = whole
		for i := range whole.Len() {
			paths = append(paths, whole.Path(i))
		}
	} else {
		for i := range on.Count {
			paths = append(paths, scenes.Path(i))
		}
	}
	// As scalecam evaluate does.
	if e, err = evaluate.Run(t.Ctx, knowing, set, evaluate.Protocol{Answers: answers, Bicubic: data.UseFolder, Mistakes: true}, progress(speak.Say("study.progress"))); err == nil {
		e.Data, e.Mistakes.Data = name, name
		if folder != nil {
			e.Mistakes.Within(string(data.Folder))
		}
	}
	return e, paths, notes, err
}

// OfOwn tells that the user's own networks are in sight.
func (p *Page) OfOwn() bool { return p.shown() != p.study }

// Pack is the pack whose study is shown.
func (p *Page) Pack() string { return p.pack.Name }

// shown is the evaluation in sight.
func (p *Page) shown() *evaluate.Evaluation {
	if p.own != nil && !p.back {
		return p.own
	}
	return p.study
}

// show shows the study, or the user's own networks.
func (p *Page) show() {
	e := p.shown()
	heading, about, turn := speak.Say("study.heading"), p.aboutStudy(), speak.Say("study.own")
	if e == p.own {
		heading, turn = speak.Say("study.yours", len(e.Networks), textData(e)), speak.Say("study.back")
		about = speak.Say("study.yours about", e.Count)
		if e.Unmasked > 0 {
			about += " " + speak.Say("study.unmasked", e.Unmasked)
		}
	}
	p.heading.SetText(heading)
	p.about.SetText(about)
	p.turn.SetText(turn)
	kit.Show(p.turn, p.own != nil)
	p.explanation.SetText(speak.Say("study.hint"))
	rows := e.Standings()
	p.finding.SetText(textFinding(e))
	kit.Show(p.finding, p.finding.Text != "")
	p.fillTable(rows, e.Measured())
	p.fillPlots(rows)
	p.wrongs.show()
	p.relayout()
}

// aboutStudy says what was measured in the study, and what a reader must know.
func (p *Page) aboutStudy() string {
	said := []string{speak.Say("study.about."+p.pack.Name, len(p.pack.Networks), p.study.Count)}
	for i := range p.pack.Notes {
		said = append(said, speak.Say("study.note."+fmt.Sprintf("%s.%d", p.pack.Name, i+1)))
	}
	if p.again != nil {
		var all []string
		for _, n := range p.again.Networks {
			all = append(all, fmt.Sprintf("%.1f", 100*n.Top1))
		}
		said = append(said, speak.Say("study.again", strings.Join(all, ", ")))
	}
	return strings.Join(said, " ")
}

// ShowStudy shows the study of a pack's networks, until other networks are in
// sight.
func (p *Page) ShowStudy(pack string) {
	p.back = true
	p.take(pack)
	p.tabs.SelectIndex(0)
	p.show()
}

// relayout fits everything to what has changed.
func (p *Page) relayout() {
	p.body.Content.Refresh()
	p.box.Refresh()
}

// textFinding says in one sentence what a table shows, by its figures and the intervals
// of their differences picture by picture: who is right most often, whose maps find the
// object best, and what compound scaling gains over resolution alone.
func textFinding(e *evaluate.Evaluation) string {
	var said []string
	for _, l := range e.Leads("top1", "pointing") {
		share := l.Best.Shares[slices.Index(evaluate.Measures, l.Measure)]
		text := speak.Say("study.leads."+l.Measure, speak.Network(l.Best.Name), share.String())
		if len(l.Alike) > 0 {
			var alike []string
			for _, name := range l.Alike {
				alike = append(alike, speak.Network(name))
			}
			text = speak.Say("study.leads.alike", text, strings.Join(alike, ", "))
		}
		said = append(said, text)
	}
	if d, ok := e.Between("compound", "higher resolution"); ok {
		var points []string
		for _, m := range evaluate.Measures {
			p, measured := d.Of[m]
			if !measured || !slices.Contains([]string{"top1", "pointing", "energy"}, m) {
				continue
			}
			text := speak.Say("study.points", speak.Say("study.column."+m), 100*p.Value, interval(p))
			if !p.Significant() {
				text = speak.Say("study.points.none", text)
			}
			points = append(points, text)
		}
		said = append(said, speak.Say("study.against", speak.Network(d.Name), speak.Network(d.Against), strings.Join(points, ", ")))
	}
	if len(said) == 0 || len(e.Networks) < 2 {
		return ""
	}
	return strings.Join(said, "; ") + "."
}

// interval is a difference's in points, or nothing.
func interval(p evaluate.Paired) string {
	if p.Interval == nil {
		return ""
	}
	return speak.Say("study.interval", 100*p.Interval[0], 100*p.Interval[1])
}

// fillTable has the networks in the table, and at its foot what has looked at
// nothing.
func (p *Page) fillTable(standings []evaluate.Standing, measured []int) {
	head := []kit.TableCell{p.network}
	for _, key := range costs {
		head = append(head, p.columns[key])
	}
	for _, i := range measured {
		head = append(head, p.columns[evaluate.Measures[i]])
	}
	rows, foot := [][]kit.TableCell{head}, 0
	for i, r := range standings {
		var row []kit.TableCell
		if n := r.Network; n != nil {
			name := kit.TableCell{Text: speak.Network(r.Name), Spot: new(i)}
			if n.Untrained {
				name.Warning = speak.Say("study.untrained")
			}
			row = []kit.TableCell{name, {Text: compare.FormatCount(n.Parameters)}, {Text: compare.FormatCount(n.MACs)}, {Text: fmt.Sprintf("%d×%d", n.Grid[0], n.Grid[1])}}
		} else {
			row = []kit.TableCell{{Text: p.baseline(r.Name), Italic: true}, {}, {}, {}}
			foot++
		}
		for _, i := range measured {
			f := r.Shares[i]
			row = append(row, kit.TableCell{Text: f.String(), Bold: f.Best, Margin: f.Range()})
		}
		rows = append(rows, row)
	}
	p.table.Set(rows, foot)
}

// baseline names what has looked at nothing.
func (p *Page) baseline(name string) string {
	if l := p.shown().Largest; name == "largest" {
		return speak.Say("study.baseline.largest", p.class(l.Name))
	}
	return speak.Say("study.baseline." + name)
}

// class is what a class is called, by the names of the pack's domain where the study is
// the pack's.
func (p *Page) class(name string) string {
	if names := assets.ClassNames(p.pack.Domain, speak.Now().Language); p.shown() == p.study && names != nil {
		if i := slices.Index(assets.Classes(p.pack.Domain), name); i >= 0 {
			return names[i][0]
		}
	}
	return speak.Class(name)
}

// fillPlots hides what was not measured.
func (p *Page) fillPlots(rows []evaluate.Standing) {
	fill := func(plot *kit.Plot, title string, measure int) {
		d := kit.PlotData{Title: title}
		var all []string
		var figures []kit.Value
		for i, r := range rows {
			f := r.Shares[measure]
			switch {
			case !f.Known:
				continue
			case r.Network != nil:
				d.Series = append(d.Series, kit.Series{Ink: i, Points: []kit.Point{{X: pages.Measured(f), Y: kit.Exactly(float64(len(all))), Told: speak.Network(r.Name) + ": " + pages.Share(f)}}})
				all = append(all, speak.Network(r.Name))
			case r.Name != "uniform":
				d.Mark = kit.Mark{X: f.Value, Name: p.baseline(r.Name)}
			default:
				continue
			}
			figures = append(figures, pages.Measured(f))
		}
		d.X, d.Y = kit.Shares(figures), kit.Names(all)
		plot.Set(d)
		kit.Show(plot, len(all) > 0)
	}
	fill(p.top1, speak.Say("study.column.top1"), 0)
	fill(p.pointing, speak.Say("study.column.pointing"), 1)
	cost, most := kit.PlotData{Title: speak.Say("study.cost")}, int64(0)
	var top1 []kit.Value
	for i, r := range rows {
		if n := r.Network; n != nil && !p.control(n) { // which nobody trained at what it costs
			most, top1 = max(most, n.MACs), append(top1, pages.Measured(r.Shares[0]))
			v := pages.MACsPoint(speak.Network(r.Name), n.MACs, r.Shares[0])
			v.Label = speak.Network(r.Name)
			cost.Series = append(cost.Series, kit.Series{Ink: i, Points: []kit.Point{v}})
		}
	}
	cost.Y = kit.Shares(top1)
	cost.X = pages.Counts(kit.AxisOf(0, float64(most)))
	p.cost.Set(cost)
}

// control tells that a network of the study is none of its pack's: the baseline at
// another size.
func (p *Page) control(n *evaluate.NetworkEvaluation) bool {
	return p.shown() == p.study && !slices.ContainsFunc(p.pack.Networks, func(own assets.PackNetwork) bool { return own.Title == n.Name })
}

// kept is what in sight is kept as files: its name, and the table and the data of it.
func (p *Page) kept() (name string, table func() ([]byte, error), data any) {
	switch {
	case p.data.Tab == 1 && p.own != nil:
		return "scalecam-mistakes", p.own.Mistakes.CSV, p.own.Mistakes
	case p.data.Tab == 2:
		return "scalecam-agreement", p.agreement.of.CSV, p.agreement.of
	}
	e := p.shown()
	return "scalecam-study", e.CSV, e
}

func (p *Page) showSave() {
	name, _, _ := p.kept()
	p.host.AskPath(name+".csv", p.save, ".csv", ".json")
}

// save writes what is in sight as CSV and as JSON.
func (p *Page) save(path string) {
	_, csv, of := p.kept()
	p.host.Write(func(context.Context) ([]file.File, error) {
		table, err := csv()
		if err != nil {
			return nil, err
		}
		data, err := record.Encode(of)
		return []file.File{{Path: file.WithExtension(path, ".csv"), Data: table}, {Path: file.WithExtension(path, ".json"), Data: data}}, err
	}, file.WithExtension(path, ".csv, .json"))
}

// textData is what the user's networks were measured on.
func textData(e *evaluate.Evaluation) string {
	drawn := scenes.Set{Seed: scenes.TestSeed, Count: e.Count, Side: train.DefaultScenes.Side}
	if e.Data == drawn.String() {
		return speak.Say("study.drawn", drawn.Count, drawn.Side, drawn.Seed)
	}
	return speak.File(e.Data)
}
