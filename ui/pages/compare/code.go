package compare

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/compare/code"
	"scalecam/compare/record"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// ShowCode shows the lines of PyTorch that make the map of the cell enlarged, else of
// the first network and picture.
func (p *Page) ShowCode() {
	row, column := 0, 1
	if n := p.desk.Columns(); p.Enlarged != None {
		row, column = p.Enlarged/n, max(1, p.Enlarged%n)
	}
	p.showCode(row, min(column-1, len(p.desk.Models)-1))
}

// showCode shows those of a row and a network, of which another can be chosen.
func (p *Page) showCode(row, at int) {
	s := p.Shown
	if s == nil || s.Comparison == nil {
		return
	}
	c := s.Comparison
	lines := widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	lines.Selectable = true
	scroll := container.NewScroll(lines)
	copied := widget.NewButtonWithIcon(speak.Say("code.copy"), theme.ContentCopyIcon(), func() {
		fyne.CurrentApp().Clipboard().SetContent(lines.Text)
		p.host.Tell(speak.Say("code.copied"))
	})
	copied.Importance = widget.HighImportance
	show := func(col int) {
		text, err := code.Of(c, row, col, record.BaseNames)
		lines.Wrapping = fyne.TextWrapOff
		if err != nil {
			text, lines.Wrapping = speak.Error(err), fyne.TextWrapWord
		}
		kit.Enable(copied, err == nil)
		lines.SetText(text)
		scroll.ScrollToTop()
	}
	networks := kit.NewSelect(names(c), nil)
	networks.OnChanged = func(string) { show(networks.SelectedIndex()) }
	networks.SetSelectedIndex(max(0, slices.Index(c.Models, p.desk.Models[at]))) // one that has not run is not there
	var d *dialog.CustomDialog
	closed := widget.NewButton(speak.Say("close"), func() { d.Hide() })
	buttons := container.NewHBox(layout.NewSpacer(), closed, copied)
	about := kit.Caption(widget.MediumImportance)
	about.Truncation, about.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	about.SetText(speak.Say("code.about"))
	d = dialog.NewCustomWithoutButtons(speak.Say("code.title"), container.NewBorder(container.NewVBox(networks, about), buttons, nil, nil, scroll), p.host.Window())
	p.host.Over(d)
	room := p.host.Window().Canvas().Size()
	d.Resize(fyne.NewSize(0.9*room.Width, 0.9*room.Height)) // long lines, read whole
}

// names are those of the comparison's networks.
func names(c *compare.Comparison) (all []string) {
	for _, m := range c.Models {
		all = append(all, speak.Network(m.Name))
	}
	return all
}
