package scaling

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Products implements pages.Exporter: the network drawn and counted as a picture, and
// its tables.
func (p *Page) Products() []pages.Product {
	if p.network == nil {
		return nil
	}
	n, baseline, titles := p.network, p.baseline, slices.Clone(p.drawing.titles)
	counts, stages := p.countRows(), p.stageRows()
	family, _ := p.families.rows()
	base := strings.ReplaceAll(p.architecture.Title, " ", "-") + "-scaling"
	const width = 900
	return []pages.Product{
		{Title: speak.Say("scaling.export.picture"), Name: base + ".png", Picture: true, Make: func(ctx context.Context) ([]byte, error) {
			return pages.Render(ctx, p.host.Runner(), width, func() fyne.CanvasObject { return sheet(titles, []*network.Network{baseline, n}, counts, stages) })
		}},
		{Title: speak.Say("scaling.export.stages"), Name: base + "-stages.csv", Make: func(context.Context) ([]byte, error) { return pages.CSV(kit.Texts(stages)) }},
		{Title: speak.Say("scaling.export.counts"), Name: base + "-counts.csv", Make: func(context.Context) ([]byte, error) { return pages.CSV(kit.Texts(counts)) }},
		{Title: speak.Say("scaling.export.family", p.families.choice.Selected), Name: strings.ReplaceAll(p.families.choice.Selected, " ", "-") + "-family.csv",
			Make: func(context.Context) ([]byte, error) { return pages.CSV(kit.Texts(family)) }},
	}
}

func sheet(titles []string, networks []*network.Network, counts, stages [][]kit.TableCell) fyne.CanvasObject {
	drawn, counted, spelt := newDrawing(), kit.NewTable(0), kit.NewTable(1)
	drawn.set(titles, networks...)
	counted.Set(counts, 1)
	spelt.Set(stages, 1)
	return container.NewVBox(drawn, counted, spelt)
}
