package main

import (
	"fmt"
	"slices"
	"strings"

	"scalecam/cam/measure"
	"scalecam/compare/evaluate"
	"scalecam/printable"
)

// agreed is which measures agree with the truth, in Markdown.
func agreed(a *evaluate.Agreement) string {
	var b strings.Builder
	b.WriteString("| measure | overall | picture by picture | maps | scenes |\n|---|--:|--:|--:|--:|\n")
	for _, m := range a.Ordered() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %d |\n", m.Measure, correlation(m.Overall), correlation(m.ByPicture), m.Maps, m.Overall.Count)
	}
	b.WriteString("\nRank correlation with the truth, from −1 to 1, with the 95% interval; bold where that leaves out 0.\n")
	return b.String()
}

func correlation(f evaluate.Figure) string {
	text := printable.Minus(fmt.Sprintf("%.2f", f.Value))
	if i := f.Interval; i != nil {
		if i[0] > 0 || i[1] < 0 {
			text = "**" + text + "**"
		}
		text += printable.Minus(fmt.Sprintf(" (%.2f to %.2f)", i[0], i[1]))
	}
	return text
}

// tableOfMaps is what measures say of the maps, in Markdown: means over the networks.
func tableOfMaps(a *evaluate.Agreement) string {
	type way struct{ method, layer string }
	var ways []way
	for _, m := range a.Maps {
		if w := (way{m.Method, m.Layer}); !slices.Contains(ways, w) {
			ways = append(ways, w)
		}
	}
	var keys []string
	for _, m := range measure.Measures {
		if slices.ContainsFunc(a.Maps, func(f evaluate.MapFigure) bool { _, ok := f.Figures[m.Key]; return ok }) {
			keys = append(keys, m.Key)
		}
	}
	var b strings.Builder
	b.WriteString("| maps | network | " + strings.Join(keys, " | ") + " | part-removed | scenes |\n|---|---|" + strings.Repeat("--:|", len(keys)+2) + "\n")
	for _, w := range ways {
		for _, m := range a.Maps {
			if m.Method != w.method || m.Layer != w.layer {
				continue
			}
			fmt.Fprintf(&b, "| %s of %s | %s |", w.method, w.layer, m.Network)
			for _, key := range keys {
				if v, ok := m.Figures[key]; ok {
					fmt.Fprintf(&b, " %.1f |", 100*v)
				} else {
					b.WriteString(" |")
				}
			}
			fmt.Fprintf(&b, " %s | %d |\n", printable.Minus(fmt.Sprintf("%.2f", m.Part.Value)), m.Part.Count)
		}
	}
	b.WriteString("\nIn %, and part-removed as a correlation. How many scenes stand behind a measure that asks the network, where they are fewer, says the table above.\n")
	return b.String()
}

// agreementPlot draws how far measures agree.
func agreementPlot(a *evaluate.Agreement) []byte {
	all := a.Ordered()
	const wide, names = 380, 110
	var panels []*plot
	for i, of := range []struct {
		title  string
		figure func(evaluate.MeasureAgreement) evaluate.Figure
	}{
		{"overall: with the part removed for real", func(m evaluate.MeasureAgreement) evaluate.Figure { return m.Overall }},
		{"picture by picture: with the share on the part", func(m evaluate.MeasureAgreement) evaluate.Figure { return m.ByPicture }},
	} {
		p := &plot{x: names + float64(i)*(wide+names), y: margin, w: wide, h: high, x0: -1, x1: 1, y0: float64(len(all)) - 0.5, y1: -0.5}
		fmt.Fprintf(p, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="none" stroke="#888"/>`+"\n", p.x, p.y, p.w, p.h)
		p.text(p.x+p.w/2, p.y-12, "middle", "#000", of.title)
		for _, v := range []float64{-1, -0.5, 0, 0.5, 1} {
			fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s"/>`+"\n", p.px(v), p.px(v), p.y, p.y+p.h, map[bool]string{true: "#888", false: "#e4e4e4"}[v == 0])
			p.text(p.px(v), p.y+p.h+18, "middle", "#444", printable.Minus(fmt.Sprint(v)))
		}
		p.text(p.x+p.w/2, p.y+p.h+38, "middle", "#444", "rank correlation with the truth")
		for j, m := range all {
			f, y := of.figure(m), p.py(float64(j))
			if f.Interval != nil {
				fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="1.5"/>`+"\n", p.px(f.Interval[0]), p.px(f.Interval[1]), y, y, evaluate.Palette[i])
			}
			fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", p.px(f.Value), y, evaluate.Palette[i])
			p.text(p.x-6, y+4, "end", "#000", m.Measure)
		}
		panels = append(panels, p)
	}
	return drawing(2*(wide+names)+margin, panels...)
}
