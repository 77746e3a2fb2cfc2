package compare

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// answers says what stands behind a cell's percentages: the network's most
// probable classes and the one explained, calibrated and as the plain softmax or sigmoid, and
// a paragraph on each of what there is to know. It is nil where nothing has run.
func (s *Scene) answers(row int, m *network.Model) (rows [][]kit.TableCell, reasons []string) {
	if s == nil || s.Comparison == nil || row >= len(s.Comparison.Rows) {
		return nil, nil
	}
	c, col := s.Comparison, slices.Index(s.Comparison.Models, m)
	if col < 0 {
		return nil, nil
	}
	calibrated := m.Temperature > 0
	raw := speak.Say("answers.raw")
	if m.Independent {
		raw = speak.Say("answers.sigmoid")
	}
	rows = [][]kit.TableCell{{{Text: speak.Say("answers.class")}, {Text: speak.Say("answers.calibrated")}, {Text: raw}}}
	add := func(p network.Prediction) {
		of := func(p float64) kit.TableCell { return kit.TableCell{Text: compare.FormatProbability(p)} }
		rows = append(rows, []kit.TableCell{{Text: pages.ClassAt(m, p.Class)}, of(p.Probability), of(p.Raw)})
	}
	cell := &c.Rows[row].Cells[col]
	for _, p := range cell.Top {
		add(p)
	}
	if cell.Class >= 0 && !slices.ContainsFunc(cell.Top, func(p network.Prediction) bool { return p.Class == cell.Class }) {
		add(network.Prediction{Class: cell.Class, Probability: cell.Probability, Raw: cell.Raw})
	}
	if calibrated {
		reasons = []string{speak.Say("answers.why", m.Temperature)}
		if m.Independent {
			reasons = []string{speak.Say("answers.why sigmoid", m.Temperature)}
		}
	} else {
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 1, 2)
		}
	}
	for _, n := range c.Notes(row, col, s.View) {
		text := pages.Note(n, c.Models...) + "."
		if n.Kind.Reason() != "" {
			text += " " + speak.Say("why."+string(n.Kind))
		}
		reasons = append(reasons, text)
	}
	return rows, reasons
}

// ShowAnswers says what stands behind the percentages of a row's network.
func (p *Page) ShowAnswers(row int, m *network.Model) {
	rows, reasons := p.Shown.answers(row, m)
	if rows == nil {
		return
	}
	table := kit.NewTable(0)
	table.Set(rows, 0)
	wide := canvas.NewRectangle(nil)
	wide.SetMinSize(fyne.NewSize(answersWidth, 0))
	all := container.NewVBox(wide, table)
	for _, text := range reasons {
		label := widget.NewLabel(text)
		label.Wrapping = fyne.TextWrapWord
		all.Add(label)
	}
	title := fmt.Sprintf("%s: %s", speak.Network(m.Name), textScaling(m))
	p.host.Over(dialog.NewCustom(title, speak.Say("close"), all, p.host.Window()))
}

// answersWidth is that of some sixty letters, which read well.
const answersWidth = 480
