package inside

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

const (
	panelWidth = 300 // of a map in the picture, in points
	panelDense = 2   // its pixels to a point
	mostListed = 20  // channels in the picture; the file of numbers has all
)

// Products implements pages.Exporter: the sum as a picture, and every channel's numbers.
func (p *Page) Products() []pages.Product {
	of := p.shown
	if of == nil {
		return nil
	}
	base := filepath.Base(strings.ReplaceAll(of.picture().Path, ":", "-"))
	base = strings.TrimSuffix(base, filepath.Ext(base)) + "-" + strings.ReplaceAll(of.model().Name, " ", "-") + "-inside"
	base = strings.ToValidUTF8(base, "_")
	return []pages.Product{
		{Title: speak.Say("inside.export.picture"), Name: base + ".png", Picture: true, Make: func(ctx context.Context) ([]byte, error) {
			s := of.sketch
			size := s.picture().Image.Rect.Size()
			s.size = image.Pt(panelDense*panelWidth, max(panelDense*panelWidth*size.Y/size.X, 1))
			drawn, err := s.draw(of)
			if err != nil {
				return nil, err
			}
			return pages.Render(ctx, p.host.Runner(), float32(len(drawn.cells))*(panelWidth+20)+20, drawn.sheet)
		}},
		{Title: speak.Say("inside.export.csv"), Name: base + ".csv", Make: func(context.Context) ([]byte, error) { return pages.CSV(of.numbers()) }},
	}
}

// sheet is the page's pictures beside each other, and beneath them the first channels.
func (s *contents) sheet() fyne.CanvasObject {
	panels := container.NewGridWithColumns(len(s.cells))
	for _, c := range s.cells {
		panels.Add(c.Panel(panelWidth))
	}
	rows := [][]kit.TableCell{{
		{Text: speak.Say("inside.channel")}, {Text: speak.Say("inside.weight")}, {Text: speak.Say("inside.adds")}, {Text: speak.Say("inside.running sum")},
	}}
	for i, c := range s.sums.Channels[:min(s.keep, mostListed)] {
		rows = append(rows, []kit.TableCell{
			{Text: strconv.Itoa(c.Index)}, {Text: number(float64(c.Weight))}, {Text: number(c.Adds)}, {Text: number(s.row(i).score.Sum)},
		})
	}
	table := kit.NewTable(0)
	table.Set(rows, 0)
	title := kit.Heading(speak.Network(s.model().Name) + ": " + textScore(s.keep, len(s.sums.Channels), s.score))
	title.Wrapping = fyne.TextWrapWord
	return container.NewVBox(title, panels, table)
}

// numbers are every channel's, in the order shown.
func (s *contents) numbers() [][]string {
	rows := [][]string{{"channel", "weight", "mean", "adds", "kept"}}
	for i, c := range s.sums.Channels {
		rows = append(rows, []string{strconv.Itoa(c.Index), fmt.Sprint(c.Weight), fmt.Sprint(c.Mean), fmt.Sprint(c.Adds), strconv.FormatBool(i < s.keep)})
	}
	return rows
}
