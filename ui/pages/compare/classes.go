package compare

import (
	"slices"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Suggestions are what a row's picture shows, where that is known, or else what the first
// network predicts, and what the network of a column predicts.
func Suggestions(c *compare.Comparison, row, col int) []pages.Choice {
	m := c.Models[col]
	all := []pages.Choice{{Text: textFirst(c.Models[0]), Class: ""}}
	if showsClass(c, row) {
		all[0].Text = speak.Say("class.shows")
	}
	for _, p := range c.Rows[row].Cells[col].Top {
		all = append(all, pages.Choice{Text: pages.ChoiceOf(m, p), Class: m.Classes[p.Class]})
	}
	return all
}

// Others are classes of the picture in sight that the one explained may be held against.
func (p *Page) Others() (all []pages.Choice) {
	for _, one := range p.chips.shown {
		if one.against {
			all = append(all, one.Choice)
		}
	}
	return all
}

// showsClass tells whether a row's picture is known to show a class that some network has.
func showsClass(c *compare.Comparison, row int) bool {
	return slices.ContainsFunc(c.Models, func(m *network.Model) bool { return slices.Contains(m.Classes, c.Rows[row].Picture.Shows) })
}
