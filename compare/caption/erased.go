package caption

import (
	"math"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/wording"
)

// Erased are the captions of what was erased.
type Erased struct {
	Captions // of the comparison, whose rows are Before and After
	e        *compare.Erased
}

// OfErased are the captions of an Erased as a language has them.
func OfErased(s *wording.Speaker, e *compare.Erased, v compare.View) Erased {
	v.Consensus, v.Difference = false, compare.Pair{}
	return Erased{Of(s, e.Comparison, v), e}
}

// Without says what is taken out, and how much of the picture that is.
func (t Erased) Without() (texts []string) {
	if t.e.Erasure.Part {
		texts = append(texts, t.Say("erased.part"))
	}
	fill := t.Say("erase.fill." + string(t.e.Erasure.Filling()))
	switch n := len(t.e.Erasure.Regions); n {
	case 0:
	case 1:
		texts = append(texts, t.Say("erased.region", fill))
	default:
		texts = append(texts, t.Say("erased.regions", n, fill))
	}
	share := Share(math.Round(1000*t.e.Share()) / 1000)
	if t.e.Share() > 0 && t.e.Share() < 0.001 {
		share = compare.FormatProbability(t.e.Share())
	}
	return append(texts, t.Say("erased.share", share))
}

// Change says by how much a network's scores and map have changed; nothing where it has
// no map before or after.
func (t Erased) Change(col int) []Line {
	by, ok := t.e.Delta(col)
	if !ok {
		return nil
	}
	before, after := t.c.Rows[compare.Before].Cells[col], t.c.Rows[compare.After].Cells[col]
	lines := []Line{
		{Text: t.Say("score."+t.score(), compare.FormatChange(by)), Style: Strong},
		{Text: t.Say("erased.probability", compare.FormatProbability(before.Probability), compare.FormatProbability(after.Probability)), Style: Body},
	}
	if r := t.e.RankCorrelation(col); !math.IsNaN(r) {
		lines = append(lines, Line{Text: t.Say("erased.rank", fixed(r)), Style: Quiet})
	}
	return lines
}

// Foot is the small print: how the maps of an Erased are to be read, and then as
// Captions'.
func (t Erased) Foot() (all []Sentence) {
	add := func(key string) { all = append(all, Sentence{Text: t.Say(key)}) }
	add("erased.scale")
	if t.c.By.Uses() == cam.MethodCAM {
		add("erased.mean." + t.score())
	}
	if len(t.e.Erasure.Regions) > 0 {
		add("erased.filled")
	} else {
		add("erased.drawn")
	}
	return append(all, t.Captions.Foot()...)
}
