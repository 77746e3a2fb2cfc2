package scaling

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/sweep"
	"scalecam/network"
	"scalecam/printable"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// curves is a sweep's result with what is fitted to it.
type curves struct {
	*sweep.Result
	lines  []line
	search *sweep.Curves // nil for none
}

// line is a line that is no search, the cheapest network first.
type line struct {
	*sweep.Curves
	law  *sweep.Law // nil where unfit says why there is none
	goes []kit.Point
	// next is what the law expects of the error at twice the cost of the last network.
	next  sweep.Estimate
	at    int64   // that cost
	span  float64 // between the largest and the least error that was measured
	unfit error
}

// newCurves fits the lines' laws, which takes too long for the UI goroutine.
func newCurves(r *sweep.Result) *curves {
	c := &curves{Result: r, search: r.Searched()}
	for _, l := range r.Lines {
		if !l.Searches() {
			c.lines = append(c.lines, newLine(r, l))
		}
	}
	return c
}

func newLine(r *sweep.Result, of *sweep.Curves) line {
	sorted := *of
	sorted.Points = slices.Clone(of.Points)
	slices.SortStableFunc(sorted.Points, func(a, b *sweep.Measured) int { return cmp.Compare(a.MACs, b.MACs) })
	l := line{Curves: &sorted}
	all := r.Observations(&sorted)
	if l.law, l.unfit = sweep.Fit(all); l.unfit != nil {
		return l
	}
	least, most := 1.0, 0.0
	for _, o := range all {
		least, most = min(least, o.Error), max(most, o.Error)
	}
	const steps = 32
	from, to := all[0].Cost, 2*all[len(all)-1].Cost
	l.span, l.at, l.next = most-least, int64(to), l.law.At(to)
	for i := range steps + 1 {
		cost := from * math.Pow(to/from, float64(i)/steps)
		l.goes = append(l.goes, kit.Point{X: kit.Exactly(cost), Y: kit.Exactly(1 - l.law.Curve(cost))})
	}
	return l
}

// title is what a line is called: those of the recipe that comes with the program have
// names in every language.
func title(l *sweep.Curves) string {
	switch d := network.Dimension(l.Name); {
	case slices.Contains(network.Dimensions, d):
		return speak.Say("scaling.by." + l.Name)
	case l.Name == "compound":
		return speak.Say("scaling.compound")
	case l.Name == "search":
		return speak.Say("measured.search")
	case l.Title != "":
		return printable.Line(l.Title)
	}
	return printable.Line(l.Name)
}

// top1 is a network's over its seeds.
func (c *curves) top1(p *sweep.Measured) evaluate.Share {
	e := c.Top1(p)
	return evaluate.Share{Value: e.Value, Interval: &[2]float64{e.Low, e.High}, Known: true}
}

// told tells of a network, in lines.
func (c *curves) told(of string, p *sweep.Measured) string {
	return speak.Say("measured.point", of, p.Scaling(), compare.FormatCount(p.MACs), compare.FormatExact(p.Parameters), pages.Share(c.top1(p)), len(p.Runs))
}

// plot is the lines over their cost with, of each series, the networks that its points are.
func (c *curves) plot(byParameters, laws bool) (d kit.PlotData, points [][]*sweep.Measured) {
	d = kit.PlotData{Title: speak.Say("measured.plot"), Foot: speak.Say("scaling.plot.macs")}
	if byParameters {
		d.Foot = speak.Say("measured.plot.parameters")
	}
	var top1 []kit.Value
	for i, l := range c.lines {
		s := kit.Series{Name: title(l.Curves), Ink: i + 1, Loose: laws && l.law != nil}
		for _, p := range l.Points {
			cost := p.MACs
			if byParameters {
				cost = p.Parameters
			}
			v := kit.Point{X: kit.Exactly(float64(cost)), Y: pages.Measured(c.top1(p)), Told: c.told(s.Name, p)}
			s.Points, top1 = append(s.Points, v), append(top1, v.Y)
		}
		d.Series, points = append(d.Series, s), append(points, l.Points)
	}
	if laws {
		for i, l := range c.lines {
			if l.law != nil {
				d.Series, top1 = append(d.Series, kit.Series{Ink: i + 1, Points: l.goes, Bare: true}), append(top1, l.goes[len(l.goes)-1].Y)
			}
		}
	}
	if len(points) > 0 {
		d.X, d.Y = pages.MACsAxis(d.Series), kit.Shares(top1)
	}
	return d, points
}

// lawRows are the laws as a table.
func (c *curves) lawRows() [][]kit.TableCell {
	rows := [][]kit.TableCell{{{Text: speak.Say("measured.line")}, {Text: speak.Say("measured.floor")}, {Text: speak.Say("measured.exponent")}, {Text: speak.Say("measured.next")}}}
	for i, l := range c.lines {
		row := []kit.TableCell{{Text: title(l.Curves), Spot: new(i + 1)}}
		if l.unfit != nil {
			rows = append(rows, append(row, kit.TableCell{Warning: speak.Error(l.unfit)}, kit.TableCell{}, kit.TableCell{}))
			continue
		}
		floor, exponent := l.law.Floor, l.law.Exponent
		next := evaluate.Share{Value: 1 - l.next.Value, Interval: &[2]float64{1 - l.next.High, 1 - l.next.Low}, Known: true}
		of := evaluate.Share{Value: floor.Value, Interval: &[2]float64{floor.Low, floor.High}, Known: true}
		const fold = 10
		rows = append(rows, append(row,
			told(of.String()+"%", of.Range(), floor.High-floor.Low > l.span),
			told(fmt.Sprintf("%.2f", exponent.Value), fmt.Sprintf("%.2f–%.2f", exponent.Low, exponent.High), exponent.High > fold*exponent.Low),
			told(next.String()+"%", speak.Say("measured.at", next.Range(), compare.FormatCount(l.at)), l.next.High-l.next.Low > l.span)))
	}
	return rows
}

// told is an estimate with its interval, or that it cannot be told.
func told(text, interval string, wide bool) kit.TableCell {
	if wide {
		text = speak.Say("measured.cannot")
	}
	return kit.TableCell{Text: text, Margin: interval}
}

// pointRows are all networks as a table, in which each can be chosen by the keys, too.
func (c *curves) pointRows(choose func(*sweep.Measured)) [][]kit.TableCell {
	rows := [][]kit.TableCell{heads("family.network")}
	rows[0] = append([]kit.TableCell{{Text: speak.Say("measured.line")}}, append(rows[0], heads("macs", "parameters")...)...)
	rows[0] = append(rows[0], kit.TableCell{Text: speak.Say("study.column.top1")}, kit.TableCell{Text: speak.Say("measured.seeds")})
	add := func(line kit.TableCell, p *sweep.Measured) {
		link := widget.NewHyperlink(p.Scaling().String(), nil)
		link.OnTapped = func() { choose(p) }
		top1 := c.top1(p)
		rows = append(rows, []kit.TableCell{line, {Link: link}, {Text: compare.FormatCount(p.MACs)}, {Text: compare.FormatExact(p.Parameters)},
			{Text: top1.String(), Margin: top1.Range()}, {Text: fmt.Sprint(len(p.Runs))}})
	}
	for i, l := range c.lines {
		for _, p := range l.Points {
			add(kit.TableCell{Text: title(l.Curves), Spot: new(i + 1)}, p)
		}
	}
	if c.search != nil {
		for _, p := range c.search.Points {
			add(kit.TableCell{Text: bases(p.Bases)}, p)
		}
	}
	return rows
}

func bases(b *sweep.Bases) string {
	return fmt.Sprintf("α %v, β %v, γ %v", b.Alpha, b.Beta, b.Gamma)
}

// triangle is the search, the paper's ratio last, and what is to be said of it.
func (c *curves) triangle() (d kit.TriangleData, said string) {
	d = kit.TriangleData{
		Title: speak.Say("measured.triangle"), Foot: speak.Say("measured.triangle.foot"),
		Corners: [3]string{speak.Say("scaling.depth") + " (α)", speak.Say("scaling.width") + " (β)", speak.Say("scaling.resolution") + " (γ)"},
		Scale:   kit.Range{Lo: 1},
	}
	best, asGood := c.Best(c.search)
	alike := 0
	for i, p := range c.search.Points {
		shares, _ := p.Bases.Shares()
		v := kit.TrianglePoint{Shares: shares, Value: c.Top1(p).Value, Told: c.told(bases(p.Bases), p)}
		switch {
		case i == best:
			v.Mark, v.Label = kit.Ring, speak.Say("measured.triangle.best")
		case asGood[i]:
			v.Mark = kit.ThinRing
			alike++
		}
		d.Scale = kit.Range{Lo: min(d.Scale.Lo, v.Value), Hi: max(d.Scale.Hi, v.Value)}
		d.Points = append(d.Points, v)
	}
	paper := sweep.Bases{Alpha: network.PaperCompound.Alpha, Beta: network.PaperCompound.Beta, Gamma: network.PaperCompound.Gamma}
	shares, _ := paper.Shares()
	d.Points = append(d.Points, kit.TrianglePoint{Shares: shares, Mark: kit.Cross, Label: speak.Say("scaling.paper"), Told: bases(&paper)})
	first := c.search.Points[best]
	return d, speak.Say("measured.best", bases(first.Bases), pages.Share(c.top1(first)), alike, len(c.search.Points)-1)
}
