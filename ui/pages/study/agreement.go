package study

import (
	"encoding/json"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare/evaluate"
	"scalecam/printable"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// agreement shows which measures rank maps as the truth does, which is known of scenes
// alone.
type agreement struct {
	of                 *evaluate.Agreement
	finding            *widget.Label
	table              *kit.Table
	overall, byPicture *kit.Plot
	box                fyne.CanvasObject
}

// newAgreement reads what was measured of the pack of scenes, which comes with the
// program.
func newAgreement(h pages.Host) *agreement {
	a := &agreement{of: new(evaluate.Agreement), finding: kit.Heading(""), table: pages.Copied(h, kit.NewTable(0)), overall: kit.NewPlot(), byPicture: kit.NewPlot()}
	if err := json.Unmarshal(assets.Scenes().Measures, a.of); err != nil {
		fyne.LogError("", err) // embedded, which a test reads
	}
	a.finding.Wrapping = fyne.TextWrapWord
	text := func(text string) *widget.Label {
		l := widget.NewLabel(text)
		l.Wrapping = fyne.TextWrapWord
		return l
	}
	about, caution := text(speak.Say("agreement.about", a.pictures())), text(speak.Say("agreement.caution"))
	air := layout.NewCustomPaddedLayout(0, 4, 0, 16)
	aside := layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0)               // as far as labels' text
	band := layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding()-kit.TableGap/2, 0) // as far as the table's text
	scroll := container.NewScroll(nil)
	a.box = scroll
	scroll.Content = container.New(air, container.New(&kit.Column{In: scroll, Air: 16},
		a.finding, about, container.New(band, a.table), caution,
		container.New(aside, container.NewGridWithColumns(2, a.overall, a.byPicture))))
	a.show()
	return a
}

// pictures is how many scenes the most was measured on.
func (a *agreement) pictures() (most int) {
	for _, m := range a.of.Measures {
		most = max(most, m.Overall.Count)
	}
	return most
}

// column is a way to hold a measure against the truth.
type column struct {
	key string
	of  func(evaluate.MeasureAgreement) evaluate.Figure
}

var columns = []column{
	{"overall", func(m evaluate.MeasureAgreement) evaluate.Figure { return m.Overall }},
	{"picture", func(m evaluate.MeasureAgreement) evaluate.Figure { return m.ByPicture }},
}

// show fills finding, table and plots, the measure that agrees most first.
func (a *agreement) show() {
	sorted := a.of.Ordered()
	rows := [][]kit.TableCell{{{Text: speak.Say("agreement.measure")}}}
	for _, c := range columns {
		rows[0] = append(rows[0], kit.TableCell{Text: speak.Say("agreement.column." + c.key)})
	}
	rows[0] = append(rows[0], kit.TableCell{Text: speak.Say("agreement.column.maps")}, kit.TableCell{Text: speak.Say("agreement.column.scenes")})
	for _, m := range sorted {
		row := []kit.TableCell{{Text: title(m.Measure)}}
		for _, c := range columns {
			f := c.of(m)
			row = append(row, kit.TableCell{Text: correlation(f.Value), Margin: between(f), Bold: f.Interval != nil && f.Interval[0] > 0})
		}
		rows = append(rows, append(row, kit.TableCell{Text: fmt.Sprint(m.Maps)}, kit.TableCell{Text: fmt.Sprint(m.Overall.Count)}))
	}
	a.table.Set(rows, 0)
	x := kit.AxisOf(-1, 1)
	x.Text = func(v float64) string { return printable.Minus(fmt.Sprintf("%.4g", v)) }
	for i, plot := range []*kit.Plot{a.overall, a.byPicture} {
		c := columns[i]
		d := kit.PlotData{Title: speak.Say("agreement.plot." + c.key), X: x, Mark: kit.Mark{X: 0, Name: speak.Say("agreement.none")}}
		var names []string
		for j, m := range sorted {
			f, name := c.of(m), title(m.Measure)
			d.Series = append(d.Series, kit.Series{Points: []kit.Point{{
				X: kit.Value{At: f.Value, Interval: f.Interval}, Y: kit.Exactly(float64(j)), Told: name + ": " + correlation(f.Value) + " (" + between(f) + ")",
			}}})
			names = append(names, name)
		}
		d.Y = kit.Names(names)
		plot.Set(d)
	}
	a.finding.SetText(textAgreement(sorted))
}

// textAgreement says which measures put the maps of a picture into the true order, which
// into the other, and which into none that can be told, by the intervals.
func textAgreement(all []evaluate.MeasureAgreement) string {
	names := map[string][]string{}
	for _, m := range all {
		how := "neither"
		switch i := m.ByPicture.Interval; {
		case i == nil:
		case i[0] > 0:
			how = "with"
		case i[1] < 0:
			how = "against"
		}
		names[how] = append(names[how], fmt.Sprintf("%s (%s)", title(m.Measure), correlation(m.ByPicture.Value)))
	}
	var said []string
	for _, how := range []string{"with", "against", "neither"} {
		if len(names[how]) > 0 {
			said = append(said, speak.Say("agreement."+how, strings.Join(names[how], ", ")))
		}
	}
	return strings.Join(said, " ")
}

// title is what a measure is called.
func title(key string) string { return speak.Say("agreement.of." + key) }

func correlation(v float64) string { return printable.Minus(fmt.Sprintf("%.2f", v)) }

// between is a correlation's interval.
func between(f evaluate.Figure) string {
	if f.Interval == nil {
		return ""
	}
	return speak.Say("agreement.interval", correlation(f.Interval[0]), correlation(f.Interval[1]))
}
