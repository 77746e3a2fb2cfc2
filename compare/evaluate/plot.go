package evaluate

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"

	"scalecam/cam/measure"
)

// Palette is Okabe and Ito's, which colour-blind eyes tell apart
// (https://jfly.uni-koeln.de/color/), as CSS has them; not to be written to.
var Palette = []string{"#000000", "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7"}

// The drawing's measures, in its units.
const (
	plotAcross   = 3 // panels side by side
	plotWidth    = 360
	plotLabels   = 190 // of the rows, left of each line of panels
	plotRow      = 18
	plotMargin   = 28
	plotHeading  = 34
	plotFontSize = 12
)

// Plot draws what was measured as SVG: a panel for each measure, a row in it for each
// map and network, with a dot at the figure and a line along its interval; the maps that
// know nothing are dashed. A panel shows what there is of its measure, from its least to
// its largest.
func (e *MapEvaluation) Plot(measures []*measure.Measure) []byte {
	var shown []*measure.Measure
	for _, m := range measures {
		if _, ok := e.Asks[0].Networks[0].Figures[m.Key]; ok {
			shown = append(shown, m)
		}
	}
	rows := 0
	for _, ask := range e.Asks {
		rows += 1 + len(ask.Networks)
	}
	high := plotHeading + rows*plotRow + 2*plotMargin
	lines := (len(shown) + plotAcross - 1) / plotAcross
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="%d">`+"\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		plotLabels+min(plotAcross, len(shown))*plotWidth+plotMargin, lines*high+plotMargin, plotFontSize)
	for i, m := range shown {
		e.panel(&b, m, float64(plotLabels+i%plotAcross*plotWidth), float64(i/plotAcross*high), i%plotAcross == 0)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// panel draws a measure, its left upper corner at x, y; the first of a line has the
// rows' names.
func (e *MapEvaluation) panel(b *bytes.Buffer, m *measure.Measure, x, y float64, first bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	see := func(f Figure) {
		from, to := f.ends()
		lo, hi = min(lo, from), max(hi, to)
	}
	for _, ask := range e.Asks {
		for _, n := range ask.Networks {
			if f, ok := n.Figures[m.Key]; ok {
				see(f)
			}
		}
	}
	for _, of := range e.Baselines {
		if f, ok := of[m.Key]; ok && m.Key != "ceiling" { // of a map that has no cells
			see(f)
		}
	}
	step := 0.05
	if hi-lo > 0.4 {
		step = 0.2
	} else if hi-lo > 0.15 {
		step = 0.1
	}
	lo, hi = math.Floor(lo/step+1e-9)*step, math.Ceil(hi/step-1e-9)*step
	if hi <= lo {
		hi = lo + step
	}
	const wide = plotWidth - 2*plotMargin
	px := func(v float64) float64 { return x + wide*(v-lo)/(hi-lo) }
	top := y + plotHeading + plotMargin/2
	rows := 0
	for _, ask := range e.Asks {
		rows += 1 + len(ask.Networks)
	}
	bottom := top + float64(rows*plotRow)
	title := m.Title
	if m.Less {
		title += " (less is better)"
	}
	plotText(b, x+wide/2, y+plotHeading-6, "middle", "#000", title)
	for i := 0; ; i++ {
		v := lo + float64(i)*step
		if v > hi+1e-9 {
			break
		}
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#e4e4e4"/>`+"\n", px(v), px(v), top, bottom)
		plotText(b, px(v), bottom+16, "middle", "#444", fmt.Sprintf("%.0f%%", 100*v))
	}
	for _, name := range knowNothing {
		if f, ok := e.Baselines[name][m.Key]; ok && m.Key != "ceiling" {
			fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#888" stroke-dasharray="4 3"><title>%s</title></line>`+"\n", px(f.Value), px(f.Value), top, bottom, map[string]string{"centre": "blob in the centre", "uniform": "uniform map"}[name])
		}
	}
	at := top
	for _, ask := range e.Asks {
		if first {
			plotText(b, x-10, at+plotRow-5, "end", "#000", ask.Method+" of "+ask.Layer)
		}
		at += plotRow
		for j, n := range ask.Networks {
			colour := Palette[j%len(Palette)]
			if first {
				plotText(b, x-10, at+plotRow-5, "end", "#444", n.Name)
			}
			if f, ok := n.Figures[m.Key]; ok {
				from, to := f.ends()
				middle := at + plotRow/2
				fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="1.5"/>`+"\n", px(from), px(to), middle, middle, colour)
				fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", px(f.Value), middle, colour)
			}
			at += plotRow
		}
	}
}

// ends are those of the interval, or the value twice.
func (f Figure) ends() (lo, hi float64) {
	if f.Interval == nil {
		return f.Value, f.Value
	}
	return f.Interval[0], f.Interval[1]
}

func plotText(b *bytes.Buffer, x, y float64, anchor, colour, s string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">`, x, y, anchor, colour)
	_ = xml.EscapeText(b, []byte(s)) // a buffer takes all
	b.WriteString("</text>\n")
}
