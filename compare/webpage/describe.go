package webpage

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/wording"
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
	Object  bool    `json:"object"`
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
	Object   string       `json:"object,omitempty"` // a PNG of the line around what it shows, where that is known
	Tops     [][]topData  `json:"tops"`             // of each network
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
// "grid", "grey", "signed", "contour" or "object", "!" before it for its opposite, "" for always.
// With Fill "{colours}" and "{opacity}" in it stand for the view's.
type footData struct {
	Text  text   `json:"text"`
	Style string `json:"style,omitempty"`
	If    string `json:"if,omitempty"`
	Fill  bool   `json:"fill,omitempty"`
}

// size is about how many bytes a row takes.
func (r *rowData) size() int {
	n := len(r.JPEG) + len(r.Object)
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
	says := captionsOf(c, p.view)
	data := pageData{
		Languages: wording.Languages, Title: titleOfPage(c), Intro: say("page.intro"), Words: map[string]text{}, Rows: p.rows, Foot: p.foot(says),
		View: viewData{Opacity: p.view.Opacity, Shared: p.view.Shared, Grid: p.view.Interpolation == cam.Grid, Grey: p.view.Grey, Contour: p.view.Contour, Object: p.view.Object},
	}
	for _, key := range controls {
		data.Words[key] = say("page." + key)
	}
	data.Words["picture"], data.Words["no evidence"] = say("cell.picture"), say("note.no evidence")
	data.Words["contour"] = say("page.contour", caption.Share(p.view.Contour))
	if p.view.Colormap.Diverging && c.By.Uses().Signed {
		data.Intro = say("page.intro.signed")
	}
	for i, m := range colormap.All() {
		of := coloursData{Label: each(func(s *wording.Speaker) string { return caption.Colours(s, m) }), Diverging: m.Diverging}
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
		column := columnData{Title: each(func(s *wording.Speaker) string { return caption.Title(s, m) }), Untrained: !m.Trained}
		column.Lines = says.lines(func(t caption.Captions) (lines []caption.Line) {
			for _, fact := range t.Facts(m) {
				lines = append(lines, caption.Line{Text: fact, Style: caption.Quiet})
			}
			return append(lines, t.Head(m)...)
		})
		data.Columns = append(data.Columns, column)
	}
	for _, d := range c.Derived(p.view) {
		data.Columns = append(data.Columns, columnData{
			Title: says.text(func(t caption.Captions) string { return t.DerivedTitle(d) }), Derived: true, Signed: d.Kind == compare.Difference,
			Lines: []line{{says.text(func(t caption.Captions) string { return t.DerivedAbout(d) }), string(caption.Quiet)}},
		})
	}
	return data
}

// controls are the keys of texts that the script says by itself.
var controls = []string{
	"name", "strength", "colours", "shared", "grid", "grey", "object", "wipe", "wipe.at", "language", "help", "close", "print", "all", "all.each",
	"key.arrows", "key.point", "key.point.does", "key.strength", "key.colours", "key.shared", "key.grid", "key.signed", "key.grey", "key.contour", "key.object", "key.wipe", "key.help",
	"point", "not seen", "top", "map of",
}

// titleOfPage names what was compared.
func titleOfPage(c *compare.Comparison) text {
	const named = 3
	var names []string
	for _, r := range c.Rows[:min(len(c.Rows), named)] {
		names = append(names, caption.File(r.Picture.Path))
	}
	of := strings.Join(names, ", ")
	return each(func(s *wording.Speaker) string {
		if more := len(c.Rows) - named; more > 0 {
			return s.Say("page.title", s.Say("page.title.more", of, more))
		}
		return s.Say("page.title", of)
	})
}

// describeRow is a row of c, of which each of the choices explains a class.
func describeRow(c *compare.Comparison, row int, choices []*compare.Comparison, v compare.View, shown encoded) rowData {
	r, says := &c.Rows[row], captionsOf(c, v)
	size := r.Size()
	of := rowData{Name: plain(caption.File(r.Picture.Path)), Width: size.X, Height: size.Y, JPEG: shown.jpeg, Object: shown.object, Explains: say("page.explains"), Against: plain("")}
	about := say("page.picture.shown", size.X, size.Y, shown.size.X, shown.size.Y)
	if size == shown.size {
		about = say("page.picture.size", size.X, size.Y)
	}
	of.Lines = append([]line{{about, string(caption.Quiet)}}, says.lines(func(t caption.Captions) []caption.Line { return t.Picture(row) })...)
	if len(c.By.Against) > 0 {
		of.Against = says.text(func(t caption.Captions) string { return t.Say("page.against", t.Against()) })
	}
	for j, m := range c.Models {
		var tops []topData
		for _, top := range r.Cells[j].Top {
			class := each(func(s *wording.Speaker) string { return caption.ClassAt(s, m, top.Class) })
			tops = append(tops, topData{class, compare.FormatProbability(top.Probability)})
		}
		of.Tops = append(of.Tops, tops)
	}
	for _, one := range choices {
		of.Choices = append(of.Choices, describeChoice(one, v))
	}
	return of
}

// describeChoice is what the one row of c shows.
func describeChoice(c *compare.Comparison, v compare.View) choiceData {
	v.Object = true // which the reader turns on and off
	r, says := &c.Rows[0], captionsOf(c, v)
	of := choiceData{Why: says.text(func(t caption.Captions) string { return t.Why(0) }), Class: say("page.explains.own")}
	if !r.Own {
		of.Class = each(func(s *wording.Speaker) string { return caption.ClassOf(s, r.Class, c.Models...) })
	}
	var agreements map[int]compare.Agreement
	if v.Consensus {
		agreements = c.Agreements(0)
	}
	for j := range c.Models {
		cell := describeCell(c, j, v)
		cell.Lines = says.lines(func(t caption.Captions) []caption.Line {
			lines := slices.Concat(t.Answer(0, j), t.Score(0, j), found(t, 0, j), t.Doubts(0, j), t.Missing(0, j))
			if a, ok := agreements[j]; ok {
				lines = append(lines, t.Agrees(a))
			}
			return lines
		})
		of.Cells = append(of.Cells, cell)
	}
	for k, d := range c.Derived(v) {
		j := len(c.Models) + k
		cell := describeCell(c, j, v)
		cell.Lines = says.lines(func(t caption.Captions) []caption.Line {
			return slices.Concat(t.Missing(0, j), t.Derived(0, d), found(t, 0, j))
		})
		of.Cells = append(of.Cells, cell)
	}
	return of
}

// found says how well a map finds the true object, where the view is with that.
func found(t caption.Captions, row, col int) []caption.Line {
	lines := t.Found(row, col)
	for i := range lines {
		lines[i].Style += " found"
	}
	return lines
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

// foot is the small print: of any view, since the reader chooses that.
func (p *Page) foot(says captions) (all []footData) {
	for i, t := range says {
		for k, s := range t.AnyFoot() {
			if i == 0 {
				one := footData{If: s.If, Fill: strings.Contains(s.Text, "{colours}")}
				if s.If == "differs" { // by a class that may be chosen
					one.If = ""
				}
				if s.Warns {
					one.Style = string(caption.Warning)
				}
				all = append(all, one)
			}
			all[k].Text = append(all[k].Text, s.Text)
		}
	}
	return append(all, footData{Text: say("foot.pictures")}, footData{Text: say("foot.made")})
}
