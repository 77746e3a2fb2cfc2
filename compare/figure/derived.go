package figure

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"scalecam/compare"
)

// derivedFacts are the header's lines about a column made of others.
var derivedFacts = map[compare.DerivedKind][]string{
	compare.Consensus:  {"mean of the networks' maps,", "each of one strength,", "on the finest grid"},
	compare.Difference: {"difference of the maps,", "each of one strength,", "on the finer grid"},
}

// derivedRule is the small print about them.
var derivedRule = map[compare.DerivedKind]string{
	compare.Consensus: "Consensus: the mean of the maps (after arXiv 2109.00707), each brought to the finest grid over the part of the picture that all networks saw, and divided by its root mean square there, so that no network counts for more because its logits are larger; " +
		"untrained networks, and those without a map, have no say. With the others: Spearman's rank correlation ρ of the network's map with the mean of the others' without its own, and the intersection over union of where the two are highest, a fifth of the cells each; maps that know nothing of each other have 0 and 0.11.",
	compare.Difference: "Difference: both maps are brought to the finer grid over the part of the picture that both networks saw, and divided by their root mean square there, since logits of different networks, or of one at different sizes, cannot be compared in magnitude; above 0 the first has the larger share of its evidence there, below 0 the second. ρ and IoU of the two maps: rank correlation, and intersection over union of the highest fifth of the cells.",
}

// derivedTitle heads such a column.
func derivedTitle(c *compare.Comparison, d compare.Derived) string {
	if d.Kind == compare.Consensus {
		return "Consensus"
	}
	return compare.Title(c.Models[d.After]) + " − " + compare.Title(c.Models[d.Before])
}

// derivedLines set what there is to say beneath such a column's map.
func derivedLines(o *column, c *compare.Comparison, row int, d compare.Derived) {
	const lines = 2
	if d.Kind == compare.Consensus {
		of := c.Of(row, d)
		if len(of) == 0 {
			return
		}
		o.add(fmt.Sprintf("of %d networks", len(of)), body, lines, 0)
		var out []string
		for j, m := range c.Models {
			if !slices.Contains(of, j) {
				out = append(out, compare.Title(m))
			}
		}
		if len(out) > 0 {
			o.add("without "+strings.Join(out, ", "), quiet, lines, 0)
		}
		if a, ok := c.Agreement(row); ok {
			o.add("mean "+alike(a), quiet, lines, 0)
		}
		return
	}
	before, after := &c.Rows[row].Cells[d.Before], &c.Rows[row].Cells[d.After]
	if before.Class >= 0 && after.Class >= 0 {
		score, was, is := "logit", before.Logit(), after.Logit()
		if margin, held := c.Margin(row, d.Before); held {
			score, was = "margin", margin
			is, _ = c.Margin(row, d.After)
		}
		o.add(fmt.Sprintf("%s %s → %s", score, compare.FormatValue(was), compare.FormatValue(is)), body, lines, 0)
		o.add(fmt.Sprintf("probability %s → %s", compare.FormatProbability(before.Probability), compare.FormatProbability(after.Probability)), body, lines, 0)
	}
	was, is := c.Models[d.Before].Classes[before.Top[0].Class], c.Models[d.After].Classes[after.Top[0].Class]
	if was == is {
		o.add("both predict "+is, quiet, lines, 0)
	} else {
		o.add(fmt.Sprintf("predicts %s → %s", was, is), differs, lines, 0)
	}
	if a, ok := c.Change(row, d); ok {
		o.add(alike(a), quiet, lines, 0)
	}
}

// alike says how alike two maps are.
func alike(a compare.Agreement) string {
	rho := "–" // a map that is the same everywhere
	if !math.IsNaN(a.RankCorrelation) {
		rho = strings.ReplaceAll(fmt.Sprintf("%.2f", a.RankCorrelation), "-", "−")
	}
	return fmt.Sprintf("ρ %s ∙ IoU %.2f", rho, a.TopIoU)
}
