// Command study writes the tables and the plots of docs/scaling-study.md and
// docs/measures.md from what scalecam evaluate, docs/agreement, scalecam sweep and docs/along
// measured and from the embedded networks' learning curves:
//
//	scalecam evaluate --pack scenes --control --count 2000 --json > assets/packs/scenes/study.json
//	scalecam evaluate --pack imagenet --data DIR --classes MAP.json --mosaics 500 --json > assets/packs/imagenet/study.json
//	go run ./docs/study
//
// Where study-seed-2.json lies beside it, it is the same of the networks trained
// with seed 2, and top-1 is given for both. Where the scenes' sweep-result.json is there,
// docs/along wrote of the same sweep what its networks' maps do.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/compare/sweep"
	"scalecam/file"
	"scalecam/network/train"
)

const folder = "docs"

func main() {
	log.SetFlags(0)
	study, err := read[evaluate.Evaluation](filepath.Join("assets", "packs", "scenes", "study.json"))
	if err != nil {
		log.Fatal(err)
	}
	photographs, err := read[evaluate.Evaluation](filepath.Join("assets", "packs", "imagenet", "study.json"))
	if err != nil {
		log.Fatal(err)
	}
	var seeds []*evaluate.Evaluation
	more, err := filepath.Glob(filepath.Join("assets", "packs", "scenes", "study-seed-*.json"))
	if err != nil {
		log.Fatal(err)
	}
	slices.Sort(more)
	for _, name := range more {
		e, err := read[evaluate.Evaluation](name)
		if err != nil {
			log.Fatal(err)
		}
		seeds = append(seeds, e)
	}
	agreement, err := read[evaluate.Agreement](filepath.Join("assets", "packs", "scenes", "measures.json"))
	if err != nil {
		log.Fatal(err)
	}
	page, measures := filepath.Join(folder, "scaling-study.md"), filepath.Join(folder, "measures.md")
	parts := []part{
		{"table", table(study, seeds)},
		{"control", control(study)},
		{"photographs", tableOfPhotographs(photographs)},
		{"calibration", calibration(photographs)},
		{"differences", differences(photographs)},
	}
	files := []file.File{
		{Path: filepath.Join(folder, "measures-agreement.svg"), Data: agreementPlot(agreement)},
		{Path: filepath.Join(folder, "scaling-study.svg"), Data: scatter(study, millions{52, 5, 34}, 0, 1, 3)},
		{Path: filepath.Join(folder, "scaling-study-photographs.svg"), Data: scatter(photographs, millions{1500, 250, 1000}, 0, 2, 6)},
	}
	for _, c := range []struct{ file, pack, title string }{
		{"learning-curves.svg", "scenes", "top-1 on the validation scenes while training"},
		{"learning-curves-photographs.svg", "photographs", "top-1 on the photographs set aside, while training"},
	} {
		data, err := curves(c.pack, c.title)
		if err != nil {
			log.Fatal(err)
		}
		files = append(files, file.File{Path: filepath.Join(folder, c.file), Data: data})
	}
	result, err := sweep.ReadFile(filepath.Join("assets", "packs", "scenes", "sweep-result.json"))
	switch {
	case err == nil:
		along, err := read[evaluate.Evaluation](filepath.Join(folder, "study", "along.json"))
		if err != nil {
			log.Fatal(err)
		}
		of := newSwept(result, along)
		parts = append(parts, of.parts()...)
		files = append(files, file.File{Path: filepath.Join(folder, "scaling-study-sweep.svg"), Data: of.plot()})
	case !errors.Is(err, fs.ErrNotExist):
		log.Fatal(err)
	}
	text, err := filled(page, parts)
	if err != nil {
		log.Fatal(err)
	}
	ofMeasures, err := filled(measures, []part{{"agreement", agreed(agreement)}, {"maps", tableOfMaps(agreement)}})
	if err != nil {
		log.Fatal(err)
	}
	files = append(files, file.File{Path: page, Data: text}, file.File{Path: measures, Data: ofMeasures})
	if err := file.Write(files...); err != nil {
		log.Fatal(err)
	}
}

func read[T any](path string) (*T, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	e := new(T)
	if err := record.Decode(data, e); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return e, nil
}

// part is text for a place of a page.
type part struct{ place, text string }

// filled is a page with new text in its places.
func filled(page string, parts []part) ([]byte, error) {
	text, err := os.ReadFile(page)
	for _, p := range parts {
		if err == nil {
			text, err = between(text, p.place, p.text)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", page, err)
	}
	return text, nil
}

// between puts new text between the comments that name the place.
func between(page []byte, place string, text string) ([]byte, error) {
	from, to := "<!-- "+place+" -->\n", "<!-- end of "+place+" -->"
	before, rest, ok := bytes.Cut(page, []byte(from))
	_, after, ok2 := bytes.Cut(rest, []byte(to))
	if !ok || !ok2 {
		return nil, fmt.Errorf("there is no place between %q and %q", from, to)
	}
	return bytes.Join([][]byte{before, []byte(from), []byte(text), []byte(to), after}, nil), nil
}

// table is the study in Markdown.
func table(e *evaluate.Evaluation, seeds []*evaluate.Evaluation) string {
	var b strings.Builder
	b.WriteString("| network | parameters | MACs | grid | top-1 |")
	for i := range seeds {
		fmt.Fprintf(&b, " top-1, seed %d |", i+2)
	}
	b.WriteString(" pointing | energy | IoU | part IoU |\n|---|--:|--:|--:|--:|")
	b.WriteString(strings.Repeat("--:|", len(seeds)) + "--:|--:|--:|--:|\n")
	percent := func(v float64, interval *[2]float64) string {
		return fmt.Sprintf("%.1f (%s)", 100*v, evaluate.Range(interval))
	}
	places := func(p evaluate.Placement) {
		fmt.Fprintf(&b, " %s | %s | %s | %s |\n", percent(p.Pointing, p.PointingInterval), percent(p.Energy, p.EnergyInterval), percent(p.IoU, p.IoUInterval), percent(p.PartIoU, p.PartIoUInterval))
	}
	for i, n := range e.Networks {
		fmt.Fprintf(&b, "| %s | %s | %s | %d × %d | %s |", n.Name, compare.FormatCount(n.Parameters), compare.FormatCount(n.MACs), n.Grid[0], n.Grid[1], percent(n.Top1, n.Top1Interval))
		for _, s := range seeds {
			if i < len(s.Networks) {
				fmt.Fprintf(&b, " %s |", percent(s.Networks[i].Top1, s.Networks[i].Top1Interval))
			} else { // the control, which is no network of its own
				b.WriteString(" |")
			}
		}
		places(*n.Placement)
	}
	for _, base := range []struct{ name, key string }{{"a blob in the centre", "centre"}, {"a uniform map", "uniform"}} {
		fmt.Fprintf(&b, "| *%s* | | | | |%s", base.name, strings.Repeat(" |", len(seeds)))
		places(e.Baselines[base.key])
	}
	fmt.Fprintf(&b, "\nIn %%, with the 95%% interval, on %s.\n", e.Data)
	return b.String()
}

// measures are evaluate.Measures for people.
var measures = []string{"top-1", "CAM: pointing game", "CAM: energy on the object", "CAM: best IoU with the object", "CAM: best IoU with the part", "CAM: pointing in mosaics", "CAM: energy in mosaics"}

// tableOfPhotographs is the study of photographs in Markdown.
func tableOfPhotographs(e *evaluate.Evaluation) string {
	var b strings.Builder
	b.WriteString("| network | parameters | MACs | grid | top-1 | top-5 | pointing | energy | IoU | mosaics: pointing | mosaics: energy |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, s := range e.Standings() {
		if n := s.Network; n != nil {
			fmt.Fprintf(&b, "| %s | %s | %s | %d × %d | %v (%s) | %.1f |", s.Name, compare.FormatCount(n.Parameters), compare.FormatCount(n.MACs), n.Grid[0], n.Grid[1], s.Shares[0], s.Shares[0].Range(), 100*n.Top5)
		} else {
			fmt.Fprintf(&b, "| *%s* | | | | | |", map[string]string{"centre": "a blob in the centre", "uniform": "a uniform map", "largest": "always the largest class"}[s.Name])
		}
		for _, i := range e.Measured()[1:] {
			if fmt.Fprintf(&b, " %v", s.Shares[i]); s.Shares[i].Interval != nil {
				fmt.Fprintf(&b, " (%s)", s.Shares[i].Range())
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\nIn %%, with the 95%% interval: %s, of which %d have an outline, and %d mosaics (seed %d).\n", e.Data, e.Count-e.Unmasked, e.Mosaics.Count, e.Mosaics.Seed)
	return b.String()
}

// calibration is how far networks can be believed, in Markdown.
func calibration(e *evaluate.Evaluation) string {
	var b strings.Builder
	b.WriteString("| network | top-1 | mean confidence, raw | calibrated | ECE, raw | calibrated | temperature |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for _, n := range e.Networks {
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.3f |\n", n.Name, 100*n.Top1, 100*n.ConfidenceRaw, 100*n.Confidence, 100*n.ECERaw, 100*n.ECE, n.Temperature)
	}
	return b.String()
}

// differences are those of an evaluation in Markdown: from the first network, and
// the last one's from the others.
func differences(e *evaluate.Evaluation) string {
	var b strings.Builder
	columns := e.Measured()
	b.WriteString("| | top-1 | pointing | energy | IoU | mosaics: pointing | mosaics: energy |\n|---|" + strings.Repeat("--:|", len(columns)) + "\n")
	first, last := e.Networks[0].Name, e.Networks[len(e.Networks)-1].Name
	for _, d := range e.Differences {
		if d.Against == first || d.Name == last {
			differenceRow(&b, d, columns)
		}
	}
	b.WriteString("\nIn points; bold where the 95% interval leaves out 0.\n")
	return b.String()
}

func differenceRow(b *strings.Builder, d evaluate.Difference, columns []int) {
	fmt.Fprintf(b, "| %s − %s |", d.Name, d.Against)
	for _, i := range columns {
		p := d.Of[evaluate.Measures[i]]
		text := strings.TrimSuffix(p.String(), "*")
		if p.Significant() {
			text = "**" + text + "**"
		}
		fmt.Fprintf(b, " %s |", text)
	}
	b.WriteString("\n")
}

// control are the differences that tell a finer grid from what is learnt at it, in
// Markdown: of the baseline, the network of a higher resolution, and the control,
// which comes last.
func control(e *evaluate.Evaluation) string {
	var b strings.Builder
	b.WriteString("| | top-1 | pointing | energy | IoU | part IoU |\n|---|" + strings.Repeat("--:|", len(e.Measured())) + "\n")
	first, last := e.Networks[0].Name, e.Networks[len(e.Networks)-1].Name
	for _, d := range e.Differences {
		if d.Name == last || d.Against == first && d.Name == "higher resolution" {
			differenceRow(&b, d, e.Measured())
		}
	}
	b.WriteString("\nIn points, picture by picture; bold where the 95% interval leaves out 0.\n")
	return b.String()
}

// plot is a panel of a drawing.
type plot struct {
	bytes.Buffer
	x, y, w, h     float64 // in the drawing
	x0, x1, y0, y1 float64 // in the data's units
}

const margin, high = 60, 320

// px and py are the place of a value in the drawing.
func (p *plot) px(v float64) float64 { return p.x + p.w*(v-p.x0)/(p.x1-p.x0) }
func (p *plot) py(v float64) float64 { return p.y + p.h*(1-(v-p.y0)/(p.y1-p.y0)) }

func (p *plot) text(x, y float64, anchor, colour, s string) {
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`+"\n", x, y, anchor, colour, s)
}

// frame draws the axes; ticks are of y, in percent.
func (p *plot) frame(title, xTitle string, step float64) {
	fmt.Fprintf(p, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="none" stroke="#888"/>`+"\n", p.x, p.y, p.w, p.h)
	p.text(p.x+p.w/2, p.y-12, "middle", "#000", title)
	p.text(p.x+p.w/2, p.y+p.h+38, "middle", "#444", xTitle)
	for v := math.Ceil(p.y0/step) * step; v <= p.y1+1e-9; v += step {
		fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#e4e4e4"/>`+"\n", p.x, p.x+p.w, p.py(v), p.py(v))
		p.text(p.x-6, p.py(v)+4, "end", "#444", fmt.Sprintf("%.0f%%", 100*v))
	}
}

func drawing(width float64, panels ...*plot) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="sans-serif" font-size="13">`+"\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", width, high+2*margin)
	for _, p := range panels {
		b.Write(p.Bytes())
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// millions is an axis of multiply-adds, and where the names stand on it.
type millions struct{ to, step, names float64 }

// scatter plots measures over multiply-adds.
func scatter(e *evaluate.Evaluation, axis millions, of ...int) []byte {
	const wide = 400
	rows := e.Standings()[:len(e.Networks)]
	var panels []*plot
	for i, m := range of {
		p := &plot{x: margin + float64(i)*(wide+margin), y: margin, w: wide, h: high, x0: 0, x1: axis.to, y0: 1, y1: 0}
		for _, r := range rows {
			lo, hi := r.Shares[m].Ends()
			p.y0, p.y1 = min(p.y0, lo), max(p.y1, hi)
		}
		p.y0, p.y1 = math.Floor(20*p.y0-0.3)/20, math.Ceil(20*p.y1+0.3)/20
		p.frame(measures[m], "million multiply-adds", 0.05)
		for x := 0.0; x <= p.x1; x += axis.step {
			p.text(p.px(x), p.y+p.h+18, "middle", "#444", fmt.Sprintf("%.0f", x))
		}
		type label struct {
			x, y float64
			name string
		}
		var labels []label
		for j, r := range rows {
			v := r.Shares[m].Value
			lo, hi := r.Shares[m].Ends()
			x := p.px(float64(r.Network.MACs) / 1e6)
			fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="1.5"/>`+"\n", x, x, p.py(lo), p.py(hi), evaluate.Palette[j])
			fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="5" fill="%s"/>`+"\n", x, p.py(v), evaluate.Palette[j])
			labels = append(labels, label{x, p.py(v), r.Name})
		}
		// Names stand in a column, those further down moved where they would
		// touch, and a line leads to each from its point.
		slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(a.y, b.y) })
		below := 0.0
		for _, l := range labels {
			const leading = 17
			x, y := p.px(axis.names), max(l.y, below)
			if l.x < p.px(axis.names/4) { // alone, to the left
				x, y = l.x+14, l.y
			} else {
				below = y + leading
			}
			fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#999" stroke-width="0.7"/>`+"\n", l.x+6, x-3, l.y, y)
			p.text(x, y+4, "start", "#000", l.name)
		}
		panels = append(panels, p)
	}
	return drawing(3*(wide+margin)+margin, panels...)
}

// curves plots top-1 on pictures not learnt from over the epochs, of a pack's networks as
// far as their logs are there.
func curves(name, title string) ([]byte, error) {
	const wide = 620
	folder := filepath.Join("assets", "packs", name)
	recipe, err := os.ReadFile(filepath.Join(folder, "recipe.json"))
	if err != nil {
		return nil, err
	}
	pack, err := train.ParsePack(recipe)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	p := &plot{x: margin, y: margin, w: wide, h: high, y0: 0, y1: 1, x1: float64(pack.Recipe.Epochs)}
	p.frame(title, "epoch", 0.1)
	for x, step := 0.0, max(1, math.Round(p.x1/12)); x <= p.x1; x += step {
		p.text(p.px(x), p.y+p.h+18, "middle", "#444", fmt.Sprintf("%.0f", x))
	}
	for i, n := range pack.Networks {
		rows, err := os.ReadFile(filepath.Join(folder, n.Name+".log.jsonl"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var points []string
		for row := range bytes.Lines(rows) {
			var e train.Epoch
			if err := json.Unmarshal(row, &e); err != nil {
				return nil, fmt.Errorf("%s, the log of %s: %w", folder, n.Name, err)
			}
			points = append(points, fmt.Sprintf("%.1f,%.1f", p.px(float64(e.Epoch)), p.py(e.ValTop1)))
		}
		fmt.Fprintf(p, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), evaluate.Palette[i])
		y := p.y + p.h - 20 - 18*float64(len(pack.Networks)-1-i)
		fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="3"/>`+"\n", p.x+p.w-170, p.x+p.w-145, y, y, evaluate.Palette[i])
		p.text(p.x+p.w-138, y+4, "start", "#000", n.Title)
	}
	return drawing(wide+2*margin, p), nil
}
