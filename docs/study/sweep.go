package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/sweep"
	"scalecam/printable"
)

// swept is a sweep with what is told of it.
type swept struct {
	*sweep.Result
	lines []*sweep.Curves // that are no search, the cheapest network of each first
	along *evaluate.Evaluation
}

func newSwept(r *sweep.Result, along *evaluate.Evaluation) *swept {
	s := &swept{Result: r, along: along}
	for _, l := range r.Lines {
		if !l.Searches() {
			slices.SortStableFunc(l.Points, func(a, b *sweep.Measured) int { return cmp.Compare(a.MACs, b.MACs) })
			s.lines = append(s.lines, l)
		}
	}
	return s
}

// parts are what the page has of it.
func (s *swept) parts() []part {
	return []part{{"sweep", s.points()}, {"laws", s.laws()}, {"equal", s.equal()}, {"along", s.maps()}, {"search", s.searched()}}
}

// estimate is a share in percent with its interval.
func estimate(e sweep.Estimate) string {
	return evaluate.Share{Value: e.Value, Known: true}.String() + " (" + evaluate.Range(&[2]float64{e.Low, e.High}) + ")"
}

// apart is a difference in points with its interval, bold where that leaves out 0.
func apart(p evaluate.Paired) string {
	text := strings.TrimSuffix(p.String(), "*")
	if p.Significant() {
		text = "**" + text + "**"
	}
	return text
}

// difference is that of two networks' top-1.
func (s *swept) difference(p, from *sweep.Measured) string {
	d := s.Difference(p, from)
	return apart(evaluate.Paired{Value: d.Value, Interval: &[2]float64{d.Low, d.High}})
}

// points are the lines' networks in Markdown.
func (s *swept) points() string {
	var b strings.Builder
	b.WriteString("| scaled | network | parameters | MACs | seeds | top-1 | from the one before | from the line's best |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	for _, l := range s.lines {
		best, _ := s.Best(l)
		for i, p := range l.Points {
			before, from := "", "the best"
			if i > 0 {
				before = s.difference(p, l.Points[i-1])
			}
			if i != best {
				from = s.difference(p, l.Points[best])
			}
			fmt.Fprintf(&b, "| %s | %v | %s | %s | %d | %s | %s | %s |\n", l.Title, p.Scaling(), compare.FormatCount(p.Parameters), compare.FormatCount(p.MACs), len(p.Runs), estimate(s.Top1(p)), before, from)
		}
	}
	fmt.Fprintf(&b, "\nTop-1 in %%, the mean over the seeds with its 95%% interval, on %d scenes; differences in points, bold where their interval leaves out 0.\n", s.Validated)
	return b.String()
}

// laws are what is fitted to the lines, in Markdown.
func (s *swept) laws() string {
	var b strings.Builder
	b.WriteString("| scaled | error that stays, % | exponent | error at the last network, % | at twice its MACs, expected, % | by which it falls, points |\n|---|--:|--:|--:|--:|--:|\n")
	for _, l := range s.lines {
		all := s.Observations(l)
		law, err := sweep.Fit(all)
		if err != nil {
			fmt.Fprintf(&b, "| %s | %s | | | | |\n", l.Title, strings.TrimPrefix(err.Error(), "sweep: "))
			continue
		}
		last := all[len(all)-1]
		of := s.Top1(l.Points[len(l.Points)-1])
		fmt.Fprintf(&b, "| %s | %s | %.2f (%.2f–%.2f) | %s | %s | %s |\n", l.Title, estimate(law.Floor), law.Exponent.Value, law.Exponent.Low, law.Exponent.High,
			estimate(sweep.Estimate{Value: 1 - of.Value, Low: 1 - of.High, High: 1 - of.Low}), estimate(law.At(2*last.Cost)), estimate(law.Doubling(last.Cost)))
	}
	b.WriteString("\nerror = floor + scale · MACs^−exponent, by least squares weighted by the variances, with 95% intervals by the likelihood ratio.\n")
	return b.String()
}

// alike are networks that cost within so much of each other.
const alike = 1.3

// equal is scaling in all dimensions beside the others at about the same cost, in Markdown.
func (s *swept) equal() string {
	compound := s.lines[len(s.lines)-1]
	var b strings.Builder
	b.WriteString("| compound | beside | their MACs | compound − the other |\n|---|---|--:|--:|\n")
	for _, p := range compound.Points[1:] {
		for _, l := range s.lines[:len(s.lines)-1] {
			ratio := func(q *sweep.Measured) float64 { return math.Abs(math.Log(float64(q.MACs) / float64(p.MACs))) }
			near := slices.MinFunc(l.Points, func(a, b *sweep.Measured) int { return cmp.Compare(ratio(a), ratio(b)) })
			if ratio(near) <= math.Log(alike) {
				fmt.Fprintf(&b, "| φ = %v | %s, %v | %s, %s | %s |\n", p.Bases.Phi, l.Title, near.Scaling(), compare.FormatCount(p.MACs), compare.FormatCount(near.MACs), s.difference(p, near))
			}
		}
	}
	fmt.Fprintf(&b, "\nIn points, with 95%% intervals; bold where they leave out 0. Networks whose multiply-adds differ by at most %.0f %%.\n", 100*(alike-1))
	return b.String()
}

// searched is the search in Markdown, the best first.
func (s *swept) searched() string {
	c := s.Searched()
	best, asGood := s.Best(c)
	order := make([]int, len(c.Points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(s.Top1(c.Points[j]).Value, s.Top1(c.Points[i]).Value)
	})
	var b strings.Builder
	b.WriteString("| α | β | γ | network | parameters | MACs | seeds | top-1 | from the best | |\n|--:|--:|--:|---|--:|--:|--:|--:|--:|---|\n")
	for _, i := range order {
		p, from, told := c.Points[i], "", "as good"
		switch {
		case i == best:
			told = "best"
		case !asGood[i]:
			told = "worse"
		}
		if i != best {
			from = s.difference(p, c.Points[best])
		}
		fmt.Fprintf(&b, "| %v | %v | %v | %v | %s | %s | %d | %s | %s | %s |\n", p.Bases.Alpha, p.Bases.Beta, p.Bases.Gamma, p.Scaling(), compare.FormatCount(p.Parameters), compare.FormatCount(p.MACs), len(p.Runs), estimate(s.Top1(p)), from, told)
	}
	b.WriteString("\nTop-1 in %, with 95% intervals; *worse* is what the interval of the difference from the best tells from it.\n")
	return b.String()
}

// maps are what the maps do along the lines, in Markdown.
func (s *swept) maps() string {
	rows, columns := map[string]evaluate.Standing{}, s.along.Measured()
	for _, r := range s.along.Standings() {
		rows[r.Name] = r
	}
	var b strings.Builder
	b.WriteString("| scaled | network | seed | top-1 | pointing | energy | IoU | part IoU |\n|---|---|--:|" + strings.Repeat("--:|", len(columns)) + "\n")
	base := s.lines[0].Points[0]
	for _, t := range base.Runs {
		fmt.Fprintf(&b, "| not | %v | %d |", base.Scaling(), t.Seed)
		for _, i := range columns {
			share := rows[t.Name].Shares[i]
			fmt.Fprintf(&b, " %v (%s) |", share, share.Range())
		}
		b.WriteString("\n")
	}
	for _, l := range s.lines {
		for _, p := range l.Points[1:] {
			for _, t := range p.Runs {
				against := slices.IndexFunc(base.Runs, func(o *sweep.Training) bool { return o.Seed == t.Seed })
				d, _ := s.along.Between(t.Name, base.Runs[against].Name)
				fmt.Fprintf(&b, "| %s | %v | %d |", l.Title, p.Scaling(), t.Seed)
				for _, i := range columns {
					fmt.Fprintf(&b, " %s |", apart(d.Of[evaluate.Measures[i]]))
				}
				b.WriteString("\n")
			}
		}
	}
	fmt.Fprintf(&b, "\nThe first rows in %%, the others in points from the unscaled network of the same seed, picture by picture, bold where the 95%% interval leaves out 0, on %s.\n", s.along.Data)
	return b.String()
}

// plot draws top-1 and what maps do over the cost, a line each.
func (s *swept) plot() []byte {
	const wide = 400
	shares := map[string]evaluate.Standing{}
	for _, r := range s.along.Standings() {
		shares[r.Name] = r
	}
	var panels []*plot
	for i, of := range []struct {
		title string
		value func(p *sweep.Measured) sweep.Estimate
	}{
		{"top-1 on the validation scenes", s.Top1},
		{measures[2], func(p *sweep.Measured) sweep.Estimate { return over(p, shares, 2) }},
		{measures[4], func(p *sweep.Measured) sweep.Estimate { return over(p, shares, 4) }},
	} {
		p := &plot{x: margin + float64(i)*(wide+margin), y: margin, w: wide, h: high, x0: math.Inf(1), x1: math.Inf(-1), y0: 1, y1: 0}
		for _, l := range s.lines {
			for _, m := range l.Points {
				e, x := of.value(m), math.Log2(float64(m.MACs)/1e6)
				p.x0, p.x1, p.y0, p.y1 = min(p.x0, x), max(p.x1, x), min(p.y0, e.Low), max(p.y1, e.High)
			}
		}
		p.x0, p.x1 = p.x0-0.25, p.x1+0.25
		p.y0, p.y1 = math.Floor(20*p.y0-0.3)/20, math.Ceil(20*p.y1+0.3)/20
		p.frame(of.title, "million multiply-adds", 0.05)
		for x := math.Ceil(p.x0); x <= p.x1; x++ {
			p.text(p.px(x), p.y+p.h+18, "middle", "#444", fmt.Sprintf("%.0f", math.Exp2(x)))
		}
		for j, l := range s.lines {
			colour := evaluate.Palette[j+1]
			var points []string
			for _, m := range l.Points {
				e, x := of.value(m), p.px(math.Log2(float64(m.MACs)/1e6))
				fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="1.5"/>`+"\n", x, x, p.py(e.Low), p.py(e.High), colour)
				fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", x, p.py(e.Value), colour)
				points = append(points, fmt.Sprintf("%.1f,%.1f", x, p.py(e.Value)))
			}
			fmt.Fprintf(p, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colour)
			y := p.y + p.h - 16 - 18*float64(len(s.lines)-1-j)
			fmt.Fprintf(p, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="3"/>`+"\n", p.x+12, p.x+37, y, y, colour)
			p.text(p.x+44, y+4, "start", "#000", printable.Line(l.Title))
		}
		panels = append(panels, p)
	}
	return drawing(float64(len(panels))*(wide+margin)+margin, panels...)
}

// over is a measure of the maps of a network over its seeds, with the mean of their
// intervals: those of the pictures alone.
func over(p *sweep.Measured, shares map[string]evaluate.Standing, measure int) (e sweep.Estimate) {
	n := float64(len(p.Runs))
	for _, t := range p.Runs {
		share := shares[t.Name].Shares[measure]
		lo, hi := share.Ends()
		e.Value, e.Low, e.High = e.Value+share.Value/n, e.Low+lo/n, e.High+hi/n
	}
	return e
}
