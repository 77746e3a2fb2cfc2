package study

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare/record"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Products implements pages.Exporter: table and plots as a picture, and the numbers.
func (p *Page) Products() []pages.Product {
	e := p.shown()
	heading, about, rows, foot := p.heading.Text, p.about.Text, plain(p.table.Rows), p.table.Foot
	var plots []kit.PlotData
	for _, plot := range []*kit.Plot{p.top1, p.pointing, p.cost} {
		if plot.Visible() {
			plots = append(plots, plot.PlotData)
		}
	}
	const width = 1200
	all := []pages.Product{
		{Title: speak.Say("study.export.picture"), Name: "scalecam-study.png", Picture: true, Make: func(ctx context.Context) ([]byte, error) {
			return pages.Render(ctx, p.host.Runner(), width, func() fyne.CanvasObject { return sheet(heading, about, rows, foot, plots) })
		}},
		{Title: speak.Say("study.export.csv"), Name: "scalecam-study.csv", Make: func(context.Context) ([]byte, error) { return e.CSV() }},
		{Title: speak.Say("study.export.json"), Name: "scalecam-study.json", Make: func(context.Context) ([]byte, error) { return record.Encode(e) }},
	}
	if p.own != nil {
		m := p.own.Mistakes
		all = append(all,
			pages.Product{Title: speak.Say("mistakes.export.csv"), Name: "scalecam-mistakes.csv", Make: func(context.Context) ([]byte, error) { return m.CSV() }},
			pages.Product{Title: speak.Say("mistakes.export.json"), Name: "scalecam-mistakes.json", Make: func(context.Context) ([]byte, error) { return record.Encode(m) }},
		)
	}
	if p.data.Tab == 2 {
		all = append(all, pages.Product{Title: speak.Say("agreement.export.json"), Name: "scalecam-agreement.json", Make: func(context.Context) ([]byte, error) { return record.Encode(p.agreement.of) }})
	}
	return all
}

// plain are rows without links, which are parts of the page.
func plain(rows [][]kit.TableCell) (all [][]kit.TableCell) {
	for _, row := range rows {
		var cells []kit.TableCell
		for _, c := range row {
			if c.Link != nil {
				c = kit.TableCell{Text: c.Link.Text}
			}
			cells = append(cells, c)
		}
		all = append(all, cells)
	}
	return all
}

func sheet(heading, about string, rows [][]kit.TableCell, foot int, plots []kit.PlotData) fyne.CanvasObject {
	text := widget.NewLabel(about)
	text.Wrapping = fyne.TextWrapWord
	table := kit.NewTable(0)
	table.Set(rows, foot)
	title := kit.Heading(heading)
	title.Wrapping = fyne.TextWrapWord
	all := container.NewVBox(title, text, table)
	if len(plots) > 0 {
		beside := container.NewGridWithColumns(len(plots))
		for _, d := range plots {
			plot := kit.NewPlot()
			plot.Set(d)
			beside.Add(kit.Inset(plot))
		}
		all.Add(beside)
	}
	return all
}
