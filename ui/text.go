package ui

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/picture"
)

func textOpening(name string) string { return say("task.opening", filepath.Base(name)) }

func textStep(name string, done, total int) string {
	return say("task.step", strings.TrimPrefix(filepath.Base(name), "random:"), done+1, total)
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

func textName(p *picture.Picture) string { return filepath.Base(p.Path) }

func textPicture(p *picture.Picture) string {
	return say("cell.size", p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), p.Format)
}

func textScaling(m *network.Model) string {
	grid := m.Network.Grid()
	return say("cell.scaling", m.Network.Scaling, grid.H, grid.W)
}

func textCounts(m *network.Model) string {
	return say("cell.counts", compare.FormatCount(m.Network.MACs()), compare.FormatCount(m.Network.Parameters()))
}

// textTook is textCounts with how long the network took.
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
		return say("heading.predicted", row.Class, c.Models[0].Name)
	case row.Shown:
		return say("heading.shown", row.Class)
	}
	return say("heading", c.Rows[0].Class)
}

func textHint(c *compare.Comparison, v compare.View) string {
	hint := say("hint.units") + " " + say("hint.own")
	if v.Shared {
		hint = say("hint.units") + " " + say("hint.shared")
	}
	if c.GridsDiffer() {
		hint += " " + say("hint.grids")
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
	return say("cell.predicts", class, compare.FormatProbability(p))
}

func textDiffers(p float64) string {
	return say("cell.differs", compare.FormatProbability(p))
}

func textFirst(m *network.Model) string { return say("class.first", m.Name) }

func textChoice(class string, p float64) string {
	return say("class.choice", class, compare.FormatProbability(p))
}

func textColormap(c *colormap.Colormap) string {
	if c.ColourBlindSafe {
		return say("blind")
	}
	return say("not blind")
}

func textNote(n compare.Note) string { return say("note."+string(n.Kind), n.Args...) }
