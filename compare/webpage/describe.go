package webpage

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/network"
)

// pageData is what the script is given. Whatever the reader chooses, texts and numbers
// are the program's: the script looks them up, and computes of a map what the view asks
// for (cam.Map.Sample and Resize, cam.Scale, cam.Above, compare.FormatValue).
type pageData struct {
	Languages []string        `json:"languages"`
	Title     text            `json:"title"`
	Intro     text            `json:"intro"`
	Words     map[string]text `json:"words"` // of the page's controls
	View      viewData        `json:"view"`
	Colours   []coloursData   `json:"colours"`
	Signed    int             `json:"signed"` // the first diverging one of Colours
	Columns   []columnData    `json:"columns"`
	Rows      []rowData       `json:"rows"`
	Foot      []footData      `json:"foot"`
}

// viewData is the view that the page begins with.
type viewData struct {
	Colours int     `json:"colours"`
	Opacity float64 `json:"opacity"`
	Shared  bool    `json:"shared"`
	Grid    bool    `json:"grid"`
	Grey    bool    `json:"grey"`
	Contour float64 `json:"contour"` // 0 for none, and none can be had then
}

// coloursData is a colour scale: Table has 511 colours of three bytes, in base64.
type coloursData struct {
	Label     text   `json:"label"`
	Diverging bool   `json:"diverging"`
	Table     string `json:"table"`
}

// line is a line of text and how it looks: a class of page.css.
type line struct {
	Text  text   `json:"text"`
	Style string `json:"style"`
}

// columnData is the head of a network's column or a Derived one's.
type columnData struct {
	Title text   `json:"title"`
	Lines []line `json:"lines"`
	// Derived has a scale of its own, whatever the others share, and Signed shows
	// both signs whatever colours are chosen.
	Derived   bool `json:"derived"`
	Signed    bool `json:"signed"`
	Untrained bool `json:"untrained"` // its maps mean nothing, and look so
}

// rowData is a picture.
type rowData struct {
	Name     text         `json:"name"`
	Lines    []line       `json:"lines"`
	Width    int          `json:"width"` // the picture's own, which Seen is in
	Height   int          `json:"height"`
	JPEG     string       `json:"jpeg"`
	Tops     [][]topData  `json:"tops"` // of each network
	Choices  []choiceData `json:"choices"`
	Explains text         `json:"explains"` // before the class
	Against  text         `json:"against"`
}

// topData is one of a network's most probable classes.
type topData struct {
	Class       text   `json:"class"`
	Probability string `json:"probability"`
}

// choiceData is a class to choose, and what a row then shows.
type choiceData struct {
	Class text       `json:"class"`
	Why   text       `json:"why"`
	Cells []cellData `json:"cells"` // one for each column
}

// cellData is a map and what stands beneath it.
type cellData struct {
	Map   *mapData   `json:"map"`  // null for none
	Seen  [4]float64 `json:"seen"` // x0, y0, x1, y1 in the picture's own pixels
	Lines []line     `json:"lines"`
}

// mapData is a map: Values are float32, the lowest byte first, row by row, in base64.
type mapData struct {
	H      int    `json:"h"`
	W      int    `json:"w"`
	Values string `json:"values"`
}

// footData is a sentence of the small print, shown where what If names is so: "shared",
// "grid", "grey", "signed" or "contour", "!" before it for its opposite, "" for always.
// With Fill "{colours}" and "{opacity}" in it stand for the view's.
type footData struct {
	Text  text   `json:"text"`
	Style string `json:"style,omitempty"`
	If    string `json:"if,omitempty"`
	Fill  bool   `json:"fill,omitempty"`
}

// size is about how many bytes a row takes.
func (r *rowData) size() int {
	n := len(r.JPEG)
	for _, choice := range r.Choices {
		for _, cell := range choice.Cells {
			const words = 300 // of a cell's texts in both languages
			n += words
			if cell.Map != nil {
				n += len(cell.Map.Values)
			}
		}
	}
	return n
}

func appendFloat32(to []byte, v float32) []byte {
	return binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
}

// describe gives the page as the script takes it.
func (p *Page) describe(c *compare.Comparison) pageData {
	data := pageData{
		Languages: languages, Title: titleOfPage(c), Intro: say("intro"), Words: map[string]text{}, Rows: p.rows,
		View: viewData{Opacity: p.view.Opacity, Shared: p.view.Shared, Grid: p.view.Interpolation == cam.Grid, Grey: p.view.Grey, Contour: p.view.Contour},
	}
	for _, key := range controls {
		data.Words[key] = say(key)
	}
	data.Words["contour"] = say("contour", share(p.view.Contour))
	if p.view.Colormap.Diverging && c.By.Uses().Signed {
		data.Intro = say("intro.signed")
	}
	for i, m := range colormap.All() {
		of := coloursData{Label: plain(m.Name), Diverging: m.Diverging}
		if m.Diverging {
			of.Label = joined([]text{of.Label, joined([]text{plain("("), say("signed"), plain(")")}, "")}, " ")
		}
		var table []byte
		for _, colour := range m.Table() {
			table = append(table, colour.R, colour.G, colour.B)
		}
		of.Table = base64.StdEncoding.EncodeToString(table)
		data.Colours = append(data.Colours, of)
		if m == p.view.Colormap {
			data.View.Colours = i
		}
		if m == colormap.Diverging() {
			data.Signed = i
		}
	}
	for _, m := range c.Models {
		column := columnData{Title: titleOf(m), Lines: facts(c, m), Untrained: !m.Trained}
		for _, n := range compare.ModelNotes(m) {
			if !inFoot(n) {
				column.Lines = append(column.Lines, line{noteOf(n, m), "warning"})
			}
		}
		data.Columns = append(data.Columns, column)
	}
	for _, d := range c.Derived(p.view) {
		data.Columns = append(data.Columns, columnData{
			Title: titleOfDerived(c, d), Derived: true, Signed: d.Kind == compare.Difference,
			Lines: []line{{say("derived." + string(d.Kind) + ".about"), "quiet"}},
		})
	}
	data.Foot = p.foot(c)
	return data
}

// controls are the keys of texts that the script says by itself.
var controls = []string{
	"name", "strength", "colours", "shared", "grid", "grey", "wipe", "wipe.at", "language", "help", "close", "print", "all", "all.each",
	"key.arrows", "key.point", "key.point.does", "key.strength", "key.colours", "key.shared", "key.grid", "key.signed", "key.grey", "key.contour", "key.wipe", "key.help",
	"picture", "no evidence", "point", "not seen", "top", "map of",
}

// titleOfPage names what was compared.
func titleOfPage(c *compare.Comparison) text {
	const named = 3
	var names []text
	for _, r := range c.Rows[:min(len(c.Rows), named)] {
		names = append(names, fileOf(r.Picture.Path))
	}
	all := joined(names, ", ")
	if more := len(c.Rows) - named; more > 0 {
		all = say("title.more", all, more)
	}
	return say("title", all)
}

// facts are the head's lines about a network.
func facts(c *compare.Comparison, m *network.Model) []line {
	n, s, grid := m.Network, m.Network.Scaling, c.By.Grid(m)
	return []line{
		{say("scaling", s.Depth, s.Width, strings.ReplaceAll(s.Resolution.String(), "x", " × ")), "quiet"},
		{say("costs", compare.FormatCount(n.MACs()), compare.FormatCount(n.Parameters())), "quiet"},
		{say("grid of", grid.H, grid.W), "quiet"},
	}
}

// inFoot tells a note that stands in the small print, not under a network's name.
func inFoot(n compare.Note) bool { return n.Kind == compare.Assumed || n.Kind == compare.Averaged }

func titleOfDerived(c *compare.Comparison, d compare.Derived) text {
	if d.Kind == compare.Consensus {
		return say("derived.consensus")
	}
	return joined([]text{titleOf(c.Models[d.After]), titleOf(c.Models[d.Before])}, " − ")
}

// describeRow is a row of c, of which each of the choices explains a class.
func describeRow(c *compare.Comparison, row int, choices []*compare.Comparison, v compare.View, shown encoded) rowData {
	r := &c.Rows[row]
	size := r.Size()
	of := rowData{Name: fileOf(r.Picture.Path), Width: size.X, Height: size.Y, JPEG: shown.jpeg, Explains: say("explains"), Against: plain("")}
	of.Lines = append(of.Lines, line{say("picture.shown", size.X, size.Y, shown.size.X, shown.size.Y), "quiet"})
	if size == shown.size {
		of.Lines[0].Text = say("picture.size", size.X, size.Y)
	}
	if r.Picture.Beware != nil {
		of.Lines = append(of.Lines, line{told(r.Picture.Beware), "warning"})
	}
	if len(c.Models) > 1 && len(c.Doubts(row)) > 0 {
		of.Lines = append(of.Lines, line{say("unsure together"), "warning"})
	}
	if names := against(c); len(names) > 0 {
		of.Against = say("against", joined(names, ", "))
	}
	for j, m := range c.Models {
		var tops []topData
		for _, top := range r.Cells[j].Top {
			tops = append(tops, topData{classAt(m, top.Class), compare.FormatProbability(top.Probability)})
		}
		of.Tops = append(of.Tops, tops)
	}
	for _, one := range choices {
		of.Choices = append(of.Choices, describeChoice(one, v))
	}
	return of
}

// against are the names of the classes that are held against.
func against(c *compare.Comparison) (names []text) {
	for _, name := range c.AgainstNames() {
		names = append(names, say("quoted", classOf(name, c.Models...)))
	}
	return names
}

// describeChoice is what the one row of c shows.
func describeChoice(c *compare.Comparison, v compare.View) choiceData {
	r := &c.Rows[0]
	of := choiceData{Class: classOf(r.Class, c.Models...), Why: say("why.chosen")}
	switch {
	case r.Own:
		of.Class, of.Why = say("explains.own"), plain("")
	case r.Predicted:
		of.Why = say("why.predicted", titleOf(c.Models[0]))
	case r.Shown:
		of.Why = say("why.shown")
	}
	var agreements map[int]compare.Agreement
	if v.Consensus {
		agreements = c.Agreements(0)
	}
	for j := range c.Models {
		cell := describeCell(c, j, v)
		cell.Lines = append(cell.Lines, predicted(c, j)...)
		cell.Lines = append(cell.Lines, score(c, j)...)
		for _, note := range slices.Concat(c.Otherwise(0, j), c.Doubts(0, j), c.CellNotes(0, j, v)) {
			if note.Kind != compare.NoEvidence { // which the colours decide
				cell.Lines = append(cell.Lines, line{noteOf(note, c.Models...), "warning"})
			}
		}
		if a, ok := agreements[j]; ok {
			cell.Lines = append(cell.Lines, line{say("others", alike(a)), "quiet"})
		}
		of.Cells = append(of.Cells, cell)
	}
	for k, d := range c.Derived(v) {
		cell := describeCell(c, len(c.Models)+k, v)
		for _, note := range c.CellNotes(0, len(c.Models)+k, v) {
			if note.Kind != compare.NoEvidence {
				cell.Lines = append(cell.Lines, line{noteOf(note, c.Models...), "warning"})
			}
		}
		cell.Lines = append(cell.Lines, derivedLines(c, d)...)
		of.Cells = append(of.Cells, cell)
	}
	return of
}

// describeCell is a column's map.
func describeCell(c *compare.Comparison, col int, v compare.View) (of cellData) {
	s := c.Shown(0, col, v)
	of.Seen = [4]float64{s.Seen.X0, s.Seen.Y0, s.Seen.X1, s.Seen.Y1}
	if s.Map != nil {
		of.Map = &mapData{s.Map.H, s.Map.W, values(s.Map)}
	}
	return of
}

// predicted says what a network predicts, and the class explained where it is another.
func predicted(c *compare.Comparison, col int) []line {
	r, m := &c.Rows[0], c.Models[col]
	cell := &r.Cells[col]
	top := cell.Top[0]
	another := top.Class != cell.Class
	if cell.Class < 0 {
		another = !r.Own && m.Classes[top.Class] != r.Class
	}
	is := func(key string, class int, p float64, style string) line {
		return line{say(key, classAt(m, class), compare.FormatProbability(p)), style}
	}
	if !another {
		return []line{is("predicts", top.Class, top.Probability, "strong")}
	}
	lines := []line{is("differs", top.Class, top.Probability, "differs")}
	if cell.Class >= 0 {
		lines = append(lines, is("predicts", cell.Class, cell.Probability, "body"))
	}
	return lines
}

// score says what a network's score is and, where the map's values make it up, of what.
func score(c *compare.Comparison, col int) []line {
	cell := &c.Rows[0].Cells[col]
	if cell.Map == nil {
		return nil
	}
	of, value := "logit", cell.Logit()
	if margin, held := c.Margin(0, col); held {
		of, value = "margin", margin
	}
	if cell.Map.Method.Adds == cam.MeanAndBias {
		return []line{{say("adds."+of, compare.FormatValue(cell.Map.Mean()), compare.FormatValue(cell.Bias()), compare.FormatValue(value)), "quiet"}}
	}
	return []line{{say("score."+of, compare.FormatValue(value)), "quiet"}}
}

// derivedLines are what there is to say beneath a Derived column's map.
func derivedLines(c *compare.Comparison, d compare.Derived) (lines []line) {
	if d.Kind == compare.Consensus {
		of := c.Of(0, d)
		if len(of) == 0 {
			return nil
		}
		lines = append(lines, line{say("of networks", len(of)), "body"})
		var out []text
		for j, m := range c.Models {
			if !slices.Contains(of, j) {
				out = append(out, titleOf(m))
			}
		}
		if len(out) > 0 {
			lines = append(lines, line{say("derived.without", joined(out, ", ")), "quiet"})
		}
		if a, ok := c.Agreement(0); ok {
			lines = append(lines, line{say("derived.mean", alike(a)), "quiet"})
		}
		return lines
	}
	before, after := &c.Rows[0].Cells[d.Before], &c.Rows[0].Cells[d.After]
	if before.Class >= 0 && after.Class >= 0 {
		key, was, is := "derived.logit", before.Logit(), after.Logit()
		if margin, held := c.Margin(0, d.Before); held {
			key, was = "derived.margin", margin
			is, _ = c.Margin(0, d.After)
		}
		lines = append(lines,
			line{say(key, compare.FormatValue(was), compare.FormatValue(is)), "body"},
			line{say("derived.probability", compare.FormatProbability(before.Probability), compare.FormatProbability(after.Probability)), "body"})
	}
	was, is := classAt(c.Models[d.Before], before.Top[0].Class), classAt(c.Models[d.After], after.Top[0].Class)
	if slices.Equal(was, is) {
		lines = append(lines, line{say("derived.both", is), "quiet"})
	} else {
		lines = append(lines, line{say("derived.answers", was, is), "differs"})
	}
	if a, ok := c.Change(0, d); ok {
		lines = append(lines, line{alike(a), "quiet"})
	}
	return lines
}

// alike says how alike two maps are.
func alike(a compare.Agreement) text {
	rho := "–" // a map that is the same everywhere
	if !math.IsNaN(a.RankCorrelation) {
		rho = strings.ReplaceAll(fmt.Sprintf("%.2f", a.RankCorrelation), "-", "−")
	}
	return say("alike", rho, a.TopIoU)
}

// share writes a share that someone set: "70%", "12.5%".
func share(of float64) string { return fmt.Sprintf("%.4g%%", 100*of) }

// foot says how the maps were made and what to beware of.
func (p *Page) foot(c *compare.Comparison) (all []footData) {
	add := func(key, when string, args ...any) {
		all = append(all, footData{Text: say(key, args...), If: when})
	}
	method := c.By.Uses()
	if c.By.Layer == "" {
		add("foot.method", "", method.Title, method.Source)
	} else {
		add("foot.method.at", "", method.Title, c.By.Layer, method.Source)
	}
	if method.Same(c.By.At() == cam.LastLayer.Name) != "" {
		add("foot.same", "", method.Title)
	}
	if method.Classless() {
		add("foot.classless", "")
	} else if len(c.By.Against) > 0 {
		add("foot.against", "")
	}
	switch {
	case method.Units == cam.NoUnits:
		add("foot.none", "")
	case method.Adds == cam.MeanAndBias && len(c.By.Against) > 0:
		add("foot.adds.margin", "")
	case method.Adds == cam.MeanAndBias:
		add("foot.adds", "")
	default:
		add("foot.logit", "")
	}
	all = append(all, footData{Text: say("foot.colours"), Fill: true})
	add("foot.grid", "grid")
	add("foot.smooth", "!grid")
	add("foot.over grey", "grey")
	if method.Signed {
		add("foot.sign.signed", "signed")
		add("foot.sign.clipped", "!signed")
	} else {
		add("foot.sign.nothing", "signed")
		add("foot.sign.clipped nothing", "!signed")
	}
	if len(c.Models) > 1 {
		add("foot.shared", "shared")
		add("foot.own", "!shared")
	}
	for _, d := range c.Derived(p.view) {
		rule := say("derived." + string(d.Kind) + ".rule")
		for i := range rule {
			rule[i] = strings.Join(strings.Fields(rule[i]), " ") // which the window has in two parts
		}
		add("foot.derived", "", titleOfDerived(c, d), rule)
	}
	add("foot.differs", "")
	if p.view.Contour > 0 {
		add("foot.contour", "contour", share(p.view.Contour))
	}
	if c.Cropped() {
		add("foot.outline", "")
	}
	if c.GridsDiffer() {
		add("foot.grids", "")
	}
	shared := p.view
	shared.Shared = true
	if c.Unequal(shared) {
		add("foot.unequal", "shared")
	}
	warn := func(key string) { all = append(all, footData{Text: say(key), Style: "warning"}) }
	if c.Astray() {
		warn("foot.astray")
	}
	kinds := map[compare.NoteKind]bool{}
	calibrated, untrained, unsure := false, false, false
	for j, m := range c.Models {
		for _, n := range compare.ModelNotes(m) {
			if kinds[n.Kind] = true; inFoot(n) {
				add("foot.note", "", titleOf(m), noteOf(n))
			}
		}
		calibrated, untrained = calibrated || m.Temperature > 0, untrained || !m.Trained
		for i := range c.Rows {
			unsure = unsure || len(c.Doubts(i, j)) > 0
		}
	}
	for _, one := range []struct {
		is  bool
		key string
	}{{kinds[compare.Resolution], "foot.resolution"}, {kinds[compare.Uncalibrated], "foot.uncalibrated"}, {calibrated, "foot.calibrated"}, {unsure, "foot.unsure"}} {
		if one.is {
			add(one.key, "")
		}
	}
	if untrained {
		warn("foot.untrained")
	}
	add("foot.pictures", "")
	add("foot.made", "")
	return all
}
