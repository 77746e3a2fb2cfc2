package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/picture"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

func textOpening(name string) string {
	return speak.Say("task.opening", speak.Network(filepath.Base(name)))
}

func textStep(name string, done, total int) string {
	return speak.Say("task.step", strings.TrimPrefix(speak.Network(filepath.Base(name)), "random:"), done+1, total)
}

func textSaving(path string) string { return speak.Say("task.saving", filepath.Base(path)) }

func textSaved(path string) string { return speak.Say("task.saved", path) }

func textWindow(p *picture.Picture) string { return speak.Say("window", filepath.Base(p.Path)) }

func textPlace(a album) string {
	if a.rows > 1 {
		return speak.Say("place.rows", a.at+1, a.at+a.rows, len(a.sources))
	}
	return speak.Say("place", a.at+1, len(a.sources))
}

func textName(p *picture.Picture) string { return speak.File(p.Path) }

func textPicture(p *picture.Picture) string {
	format := p.Format
	if strings.HasPrefix(p.Path, scenes.Prefix) {
		format = speak.Say("cell.scene")
	}
	return speak.Say("cell.size", p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), format)
}

func textScaling(m *network.Model) string {
	grid := m.Network.Grid()
	return speak.Say("cell.scaling", m.Network.Scaling, grid.H, grid.W)
}

func textCounts(m *network.Model) string {
	return speak.Say("cell.counts", compare.FormatCount(m.Network.MACs()), compare.FormatCount(m.Network.Parameters()))
}

// textTook is textCounts with how long a run of the network took, of it alone.
func textTook(m *network.Model, took time.Duration) string {
	ms := float64(took.Microseconds()) / 1000
	digits := 0
	if ms < 10 {
		digits = 1
	}
	return speak.Say("cell.took", textCounts(m), digits, ms)
}

// textValue is a map's value in logit units. Fyne's font has no minus sign.
func textValue(v float64) string { return fmt.Sprintf("%.3g", v) }

func textHeading(c *compare.Comparison) string {
	switch row := c.Rows[0]; {
	case row.Predicted:
		return speak.Say("heading.predicted", textClass(row.Class, c.Models...), speak.Network(c.Models[0].Name))
	case row.Shown:
		return speak.Say("heading.shown", textClass(row.Class, c.Models...))
	}
	return speak.Say("heading", textClass(c.Rows[0].Class, c.Models...))
}

func textHint(c *compare.Comparison, v compare.View) string {
	hint := speak.Say("hint.units") + " " + speak.Say("hint.own")
	if v.Shared {
		hint = speak.Say("hint.units") + " " + speak.Say("hint.shared")
	}
	if c.GridsDiffer() {
		hint += " " + speak.Say("hint.grids")
	}
	if c.Cropped() {
		hint += " " + speak.Say("hint.cropped")
	}
	return hint
}

func textWarning(c *compare.Comparison) string {
	for _, m := range c.Models {
		if !m.Trained {
			continue
		}
		if c.Astray() {
			return speak.Say("warning.astray")
		}
		return ""
	}
	return speak.Say("warning.untrained")
}

func textPredicts(m *network.Model, top network.Prediction) string {
	return speak.Say("cell.predicts", textIndex(m, top.Class), compare.FormatProbability(top.Probability))
}

func textDiffers(p float64) string {
	return speak.Say("cell.differs", compare.FormatProbability(p))
}

func textFirst(m *network.Model) string { return speak.Say("class.first", speak.Network(m.Name)) }

func textChoice(m *network.Model, top network.Prediction) string {
	return speak.Say("class.choice", textIndex(m, top.Class), compare.FormatProbability(top.Probability))
}

func textColormap(c *colormap.Colormap) string {
	if c.ColourBlindSafe {
		return speak.Say("blind")
	}
	return speak.Say("not blind")
}

// textData is what the user's networks were measured on.
func textData(e *evaluate.Evaluation) string {
	drawn := scenes.Set{Seed: scenes.TestSeed, Count: e.Count, Side: train.DefaultScenes.Side}
	if e.Data == drawn.String() {
		return speak.Say("study.drawn", drawn.Count, drawn.Side, drawn.Seed)
	}
	return speak.File(e.Data)
}

// textNote is a note on the models or their cells.
func textNote(n compare.Note, models ...*network.Model) string {
	args := slices.Clone(n.Args)
	for i, a := range args {
		if class, ok := a.(string); ok {
			args[i] = textClass(class, models...)
		}
	}
	return speak.Say("note."+string(n.Kind), args...)
}

// textClass is what the window calls a class of one of the models.
func textClass(name string, models ...*network.Model) string {
	for _, m := range models {
		if i := slices.Index(m.Classes, name); i >= 0 {
			return textIndex(m, i)
		}
	}
	return speak.Class(name)
}

// textIndex is what the window calls class i of a model.
func textIndex(m *network.Model, i int) string {
	return speak.Class(m.ClassName(i, speak.Say("language")))
}

// spanOf is a scale as a colour bar takes it.
func spanOf(s cam.Scale) kit.Range { return kit.Range{Lo: s.Lo, Hi: s.Hi} }
