package scaling

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// families shows what is published of a family of networks beside what is counted of
// them here, in a table: of classifiers, or of EfficientDet.
type families struct {
	host   pages.Host
	choice *kit.Select
	table  *kit.Table
	note   *widget.Label
	scroll *container.Scroll // of the two
	box    fyne.CanvasObject
}

// detectors is the choice behind the families of classifiers.
const detectors = "EfficientDet"

func newFamilies(h pages.Host) *families {
	f := &families{host: h, table: pages.Copied(h, kit.NewTable(0)), note: kit.Caption(widget.MediumImportance)}
	f.note.Truncation, f.note.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	var titles []string
	for _, one := range network.Families {
		titles = append(titles, one.Title)
	}
	f.choice = kit.NewSelect(append(titles, detectors), func(string) { f.show() })
	copied := widget.NewButtonWithIcon(speak.Say("table.copy"), theme.ContentCopyIcon(), func() { pages.CopyText(h, f.table.Separated()) })
	above := container.NewBorder(nil, nil, nil, copied, container.NewHBox(container.New(layout.NewCustomPaddedVBoxLayout(0), kit.Width(kit.OfText(180)), f.choice)))
	f.scroll = container.NewScroll(nil)
	f.scroll.Content = container.New(&kit.Column{In: f.scroll}, f.table, f.note)
	f.box = container.NewBorder(above, nil, nil, nil, f.scroll)
	f.choice.SetSelectedIndex(0)
	return f
}

// follow shows the family of an architecture, if there is one.
func (f *families) follow(a *network.Architecture) {
	for i, one := range network.Families {
		if one.Has(a) {
			f.choice.SetSelectedIndex(i)
		}
	}
}

func (f *families) show() {
	rows, note := f.rows()
	f.table.Set(rows, 0)
	kit.SetText(f.note, note)
	f.scroll.ScrollToTop()
	f.scroll.Refresh() // as high as they now are
}

// rows are the family's table with its heads, and what is to be said of it.
func (f *families) rows() (rows [][]kit.TableCell, note string) {
	if i := f.choice.SelectedIndex(); i < len(network.Families) {
		return classifierRows(network.Families[i])
	}
	return detectorRows(), speak.Say("scaling.family.detectors", network.DetectorSource)
}

func heads(keys ...string) []kit.TableCell {
	var all []kit.TableCell
	for _, k := range keys {
		all = append(all, kit.TableCell{Text: speak.Say("scaling." + k)})
	}
	return all
}

// classifierRows are a family's published networks and what is reported of them.
func classifierRows(family network.Family) (rows [][]kit.TableCell, note string) {
	rows = append(rows, heads("family.network", "depth", "width", "resolution", "parameters", "macs", "family.macs", "family.top1"))
	var sources []string
	add := func(p network.Preset, title string) {
		n, err := network.New(p.Architecture, p.Scaling, p.Architecture.Padding, p.Architecture.OwnClasses())
		if err != nil {
			fyne.LogError("", err) // a published network is one, which a test holds
			return
		}
		var cells []kit.TableCell
		for _, text := range []string{
			title, fmt.Sprint(p.Scaling.Depth), fmt.Sprint(p.Scaling.Width), p.Scaling.Resolution.String(),
			compare.FormatExact(n.Parameters()), compare.FormatCount(n.MACs()), reported("%vB", p.Published.FLOPS), reported("%.1f%%", p.Published.Top1),
		} {
			cells = append(cells, kit.TableCell{Text: text})
		}
		rows = append(rows, cells)
		if source := p.Published.Source; source != "" && !slices.Contains(sources, source) {
			sources = append(sources, source)
		}
	}
	for _, p := range family.Presets() {
		add(p, p.Title)
	}
	scaled := family.Scaled()
	for _, p := range scaled {
		add(p, scaledTitle(p))
	}
	note = speak.Say("scaling.family.note", family.Architectures[0].Dataset())
	if len(scaled) > 0 {
		note += " " + speak.Say("scaling.family.scaled")
	}
	return rows, note + " " + speak.Say("scaling.family.sources", strings.Join(sources, "; "))
}

// scaledTitle names a network of a Family's Scaled.
func scaledTitle(p network.Preset) string {
	of, as, _ := strings.Cut(p.Title, ", ")
	return of + ", " + speak.Network(as)
}

// reported is a published figure, where there is one.
func reported(format string, v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

// detectorRows are EfficientDet's networks; what the paper's rule gives is in grey where
// the published network departs from it.
func detectorRows() [][]kit.TableCell {
	rows := [][]kit.TableCell{heads("family.network", "family.phi", "family.backbone", "resolution", "family.channels", "family.layers", "family.head",
		"parameters", "macs", "family.macs", "family.ap")}
	for _, d := range network.Detectors {
		parts, err := d.Parts()
		if err != nil {
			fyne.LogError("", err) // likewise
			continue
		}
		sum, rule := parts[len(parts)-1], network.DetectorRule(d.Phi)
		cell := func(is, was float64) kit.TableCell {
			c := kit.TableCell{Text: fmt.Sprint(is)}
			if is != was {
				c.Was = fmt.Sprintf("%.4g", was)
			}
			return c
		}
		rows = append(rows, []kit.TableCell{
			{Text: strings.TrimPrefix(d.Title, detectors+"-")}, {Text: fmt.Sprint(d.Phi)}, {Text: strings.ToUpper(strings.TrimPrefix(d.Backbone, "efficientnet-"))},
			cell(float64(d.Resolution), float64(rule.Resolution)), cell(d.Channels, rule.Channels),
			cell(float64(d.Layers), float64(rule.Layers)), cell(float64(d.HeadLayers), float64(rule.HeadLayers)),
			{Text: compare.FormatExact(sum.Parameters)}, {Text: compare.FormatCount(sum.MACs)},
			{Text: fmt.Sprint(d.Published.FLOPS) + "B"}, {Text: fmt.Sprintf("%.1f%%", d.Published.AP)},
		})
	}
	return rows
}
