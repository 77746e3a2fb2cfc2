package compare

import (
	"slices"

	"scalecam/compare"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Suggestions are what the picture shows, where that is known, and what the
// first network predicts.
func Suggestions(c *compare.Comparison) []pages.Choice {
	first := c.Models[0]
	all := []pages.Choice{{Text: textFirst(first), Class: ""}}
	if showsClass(c) {
		all[0].Text = speak.Say("class.shows")
	}
	for _, p := range c.Rows[0].Cells[0].Top {
		all = append(all, pages.Choice{Text: pages.ChoiceOf(first, p), Class: first.Classes[p.Class]})
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

// showsClass tells whether the first picture is known to show a class that the
// first network has.
func showsClass(c *compare.Comparison) bool {
	return slices.Contains(c.Models[0].Classes, c.Rows[0].Picture.Shows)
}
