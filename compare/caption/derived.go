package caption

import (
	"slices"
	"strings"

	"scalecam/compare"
)

// DerivedTitle heads a column that is made of others.
func (t Captions) DerivedTitle(d compare.Derived) string {
	if d.Kind == compare.Consensus {
		return t.Say("derived.consensus")
	}
	return Title(t.Speaker, t.c.Models[d.After]) + " − " + Title(t.Speaker, t.c.Models[d.Before])
}

// DerivedAbout says what such a column is.
func (t Captions) DerivedAbout(d compare.Derived) string {
	return t.Say("derived." + string(d.Kind) + ".about")
}

// Derived is what there is to say beneath such a column's map.
func (t Captions) Derived(row int, d compare.Derived) (lines []Line) {
	add := func(style Style, key string, args ...any) {
		lines = append(lines, Line{Text: t.Say(key, args...), Style: style})
	}
	if d.Kind == compare.Consensus {
		of := t.c.Of(row, d)
		if len(of) == 0 {
			return nil
		}
		add(Body, "derived.of", len(of))
		var out []string
		for j, m := range t.c.Models {
			if !slices.Contains(of, j) {
				out = append(out, Title(t.Speaker, m))
			}
		}
		if len(out) > 0 {
			add(Quiet, "derived.without", strings.Join(out, ", "))
		}
		if a, ok := t.c.Agreement(row); ok {
			add(Quiet, "derived.mean", Alike(t.Speaker, a))
		}
		return lines
	}
	before, after := &t.c.Rows[row].Cells[d.Before], &t.c.Rows[row].Cells[d.After]
	if before.Class >= 0 && after.Class >= 0 {
		was, is := before.Logit(), after.Logit()
		if margin, held := t.c.Margin(row, d.Before); held {
			was = margin
			is, _ = t.c.Margin(row, d.After)
		}
		add(Body, "derived."+t.score(), compare.FormatValue(was), compare.FormatValue(is))
		add(Body, "derived.probability", compare.FormatProbability(before.Probability), compare.FormatProbability(after.Probability))
	}
	was, is := t.c.Models[d.Before], t.c.Models[d.After]
	if a, b := before.Top[0].Class, after.Top[0].Class; was.Classes[a] == is.Classes[b] {
		add(Quiet, "derived.both", ClassAt(t.Speaker, is, b))
	} else {
		add(Differs, "derived.answers", ClassAt(t.Speaker, was, a), ClassAt(t.Speaker, is, b))
	}
	if a, ok := t.c.Change(row, d); ok {
		lines = append(lines, Line{Text: Alike(t.Speaker, a), Style: Quiet})
	}
	return lines
}
