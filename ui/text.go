package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/picture"
	"scalecam/printable"
	"scalecam/ui/kit"
)

// textNetwork is what the window calls a network, by its name or spec: those that
// come with the program have names in the language spoken.
func textNetwork(name string) string {
	for _, p := range assets.Packs() {
		for _, n := range p.Networks {
			if name == n.Title || name == p.Name+":"+n.Name {
				return say("network." + n.Title)
			}
		}
	}
	return printable.Line(name)
}

// textClass is what the window calls a class: those of scenes have names in the
// language spoken.
func textClass(name string) string {
	if slices.Contains(scenes.Classes(), name) {
		return say("scene." + name)
	}
	return printable.Line(name)
}

// textFile is the name of a file or a folder.
func textFile(path string) string { return printable.Line(filepath.Base(path)) }

func textOpening(name string) string {
	return say("task.opening", textNetwork(filepath.Base(name)))
}

func textStep(name string, done, total int) string {
	return say("task.step", strings.TrimPrefix(textNetwork(filepath.Base(name)), "random:"), done+1, total)
}

func textSaving(path string) string { return say("task.saving", filepath.Base(path)) }

func textSaved(path string) string { return say("task.saved", path) }

func textWindow(p *picture.Picture) string { return say("window", filepath.Base(p.Path)) }

func textPlace(a album) string {
	if a.rows > 1 {
		return say("place.rows", a.at+1, a.at+a.rows, len(a.sources))
	}
	return say("place", a.at+1, len(a.sources))
}

func textName(p *picture.Picture) string { return textFile(p.Path) }

func textPicture(p *picture.Picture) string {
	format := p.Format
	if strings.HasPrefix(p.Path, scenes.Prefix) {
		format = say("cell.scene")
	}
	return say("cell.size", p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), format)
}

func textScaling(m *network.Model) string {
	grid := m.Network.Grid()
	return say("cell.scaling", m.Network.Scaling, grid.H, grid.W)
}

func textCounts(m *network.Model) string {
	return say("cell.counts", compare.FormatCount(m.Network.MACs()), compare.FormatCount(m.Network.Parameters()))
}

// textTook is textCounts with how long a run of the network took, of it alone.
func textTook(m *network.Model, took time.Duration) string {
	ms := float64(took.Microseconds()) / 1000
	digits := 0
	if ms < 10 {
		digits = 1
	}
	return say("cell.took", textCounts(m), digits, ms)
}

// textValue is a map's value in logit units. Fyne's font has no minus sign.
func textValue(v float64) string { return fmt.Sprintf("%.3g", v) }

func textHeading(c *compare.Comparison) string {
	switch row := c.Rows[0]; {
	case row.Predicted:
		return say("heading.predicted", textClass(row.Class), textNetwork(c.Models[0].Name))
	case row.Shown:
		return say("heading.shown", textClass(row.Class))
	}
	return say("heading", textClass(c.Rows[0].Class))
}

func textHint(c *compare.Comparison, v compare.View) string {
	hint := say("hint.units") + " " + say("hint.own")
	if v.Shared {
		hint = say("hint.units") + " " + say("hint.shared")
	}
	if c.GridsDiffer() {
		hint += " " + say("hint.grids")
	}
	if c.Cropped() {
		hint += " " + say("hint.cropped")
	}
	return hint
}

func textWarning(c *compare.Comparison) string {
	for _, m := range c.Models {
		if !m.Trained {
			continue
		}
		if c.Astray() {
			return say("warning.astray")
		}
		return ""
	}
	return say("warning.untrained")
}

func textPredicts(class string, p float64) string {
	return say("cell.predicts", textClass(class), compare.FormatProbability(p))
}

func textDiffers(p float64) string {
	return say("cell.differs", compare.FormatProbability(p))
}

func textFirst(m *network.Model) string { return say("class.first", textNetwork(m.Name)) }

func textChoice(class string, p float64) string {
	return say("class.choice", textClass(class), compare.FormatProbability(p))
}

func textColormap(c *colormap.Colormap) string {
	if c.ColourBlindSafe {
		return say("blind")
	}
	return say("not blind")
}

// textData is what the user's networks were measured on.
func textData(e *evaluate.Evaluation) string {
	drawn := scenes.Set{Seed: scenes.TestSeed, Count: e.Count, Side: train.DefaultScenes.Side}
	if e.Data == drawn.String() {
		return say("study.drawn", drawn.Count, drawn.Side, drawn.Seed)
	}
	return textFile(e.Data)
}

func textNote(n compare.Note) string {
	args := slices.Clone(n.Args)
	for i, a := range args {
		if class, ok := a.(string); ok {
			args[i] = textClass(class)
		}
	}
	return say("note."+string(n.Kind), args...)
}

// spanOf is a scale as a colour bar takes it.
func spanOf(s cam.Scale) kit.Range { return kit.Range{Lo: s.Lo, Hi: s.Hi} }
