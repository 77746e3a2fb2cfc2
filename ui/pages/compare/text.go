package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

func textPlace(a desk.Album) string {
	if a.Rows > 1 {
		return speak.Say("place.rows", a.At+1, a.At+a.Rows, len(a.Sources))
	}
	return speak.Say("place", a.At+1, len(a.Sources))
}

func textPicture(p *picture.Picture) string {
	format := p.Format
	if strings.HasPrefix(p.Path, scenes.Prefix) {
		format = speak.Say("cell.scene")
	}
	size := speak.Say("cell.size", p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), format)
	if p.Beware != nil {
		return speak.Say("cell.dark", size)
	}
	return size
}

// textScaling is a network's scaling, and the grid of its maps.
func textScaling(m *network.Model, by compare.By) string {
	grid := by.Grid(m)
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

// Value is a map's value in logit units. Fyne's font has no minus sign.
func Value(v float64) string { return fmt.Sprintf("%.3g", v) }

func textHeading(c *compare.Comparison) string {
	class := pages.ClassOf(c.Rows[0].Class, c.Models...)
	against := pages.Against(c)
	switch {
	case c.By.Own && against != "":
		return speak.Say("heading.own.not", against)
	case c.By.Own:
		return speak.Say("heading.own")
	case against != "":
		return speak.Say("heading.not", class, against)
	}
	switch row := c.Rows[0]; {
	case row.Predicted:
		return speak.Say("heading.predicted", class, speak.Network(c.Models[0].Name))
	case row.Shown:
		return speak.Say("heading.shown", class)
	}
	return speak.Say("heading", class)
}

// Hint is how a comparison is to be read in a view.
func Hint(c *compare.Comparison, v compare.View) string {
	m, hint := c.By.Uses(), ""
	switch {
	case m.Units == cam.NoUnits:
		hint = speak.Say("hint.none", m.Title)
	case m.Adds == cam.NotAdding:
		hint = speak.Say("hint.logit", m.Title)
	case len(c.By.Against) > 0:
		hint = speak.Say("hint.margin")
	default:
		hint = speak.Say("hint.units")
	}
	if v.Shared && m.Units != cam.NoUnits {
		hint += " " + speak.Say("hint.shared")
	} else {
		hint += " " + speak.Say("hint.own")
	}
	if c.GridsDiffer() {
		hint += " " + speak.Say("hint.grids")
	}
	if c.Cropped() {
		hint += " " + speak.Say("hint.cropped")
	}
	if slices.ContainsFunc(c.Models, func(m *network.Model) bool { return m.Temperature > 0 }) {
		hint += " " + speak.Say("hint.calibrated")
	}
	return hint
}

func textPredicts(m *network.Model, top network.Prediction) string {
	return speak.Say("cell.predicts", pages.ClassAt(m, top.Class), compare.FormatProbability(top.Probability))
}

func textDiffers(p float64) string {
	return speak.Say("cell.differs", compare.FormatProbability(p))
}

func textFirst(m *network.Model) string { return speak.Say("class.first", speak.Network(m.Name)) }

func textColormap(c *colormap.Colormap) string {
	if c.ColourBlindSafe {
		return speak.Say("blind")
	}
	return speak.Say("not blind")
}
