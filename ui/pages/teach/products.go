package teach

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Products implements pages.Exporter: the maps of the picture in focus with the table as a
// picture, and the table's numbers.
func (p *Page) Products() []pages.Product {
	s := p.course.seen
	if s == nil {
		return nil
	}
	title, rows, foot, worth := p.focus.Text, p.table.Rows, p.table.Foot, p.worth.Text
	const width = 1200
	return []pages.Product{
		{Title: speak.Say("teach.export.picture"), Name: "scalecam-teach.png", Picture: true, Make: func(ctx context.Context) ([]byte, error) {
			return pages.Render(ctx, p.host.Runner(), width, func() fyne.CanvasObject {
				return panel(s, width/float32(len(s.maps)), title, rows, foot, worth)
			})
		}},
		{Title: speak.Say("teach.export.csv"), Name: "scalecam-teach.csv", Make: func(context.Context) ([]byte, error) { return pages.CSV(kit.Texts(rows)) }},
	}
}

// panel is the maps side by side, each so wide, above the table.
func panel(s *seen, wide float32, title string, rows [][]kit.TableCell, foot int, worth string) fyne.CanvasObject {
	maps := container.NewGridWithColumns(len(s.maps))
	for i, o := range s.maps {
		answer := speak.Say("learn.answer", speak.Class(o.Class), compare.FormatProbability(o.Answer))
		maps.Add(kit.Content{Name: speak.Network(s.of.models[i].Name), Lines: []kit.Line{{Text: answer}}, Image: o.Image}.Panel(wide))
	}
	table := kit.NewTable(0)
	table.Set(rows, foot)
	about := widget.NewLabel(worth)
	about.Wrapping = fyne.TextWrapWord
	heading := kit.Heading(title)
	heading.Wrapping = fyne.TextWrapWord
	return container.NewVBox(heading, maps, table, about)
}
