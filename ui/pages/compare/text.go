package compare

import (
	"fmt"
	"slices"
	"strings"

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
	return speak.Say("cell.size", p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), format)
}

// textScaling is a network's scaling.
func textScaling(m *network.Model) string { return fmt.Sprint(m.Network.Scaling) }

// textGrid is the grid of a network's maps and, once it has been timed, how long a run
// of it took, of it alone.
func (s *Scene) textGrid(m *network.Model) string {
	grid := s.By.Grid(m)
	text := speak.Say("cell.grid", grid.H, grid.W)
	took, timed := s.took[m]
	if !timed {
		return text
	}
	ms := float64(took.Microseconds()) / 1000
	digits := 0
	if ms < 10 {
		digits = 1
	}
	return speak.Say("cell.took", text, digits, ms)
}

func textCounts(m *network.Model) string {
	return speak.Say("cell.counts", compare.FormatCount(m.Network.MACs()), compare.FormatCount(m.Network.Parameters()))
}

// textHeading says what a row explains, and which picture that is where there are others.
func textHeading(c *compare.Comparison, at int) string {
	if len(c.Rows) > 1 {
		return speak.Say("heading.row", speak.File(c.Rows[at].Picture.Path), textEvidence(c, &c.Rows[at]))
	}
	return textEvidence(c, &c.Rows[at])
}

func textEvidence(c *compare.Comparison, row *compare.Row) string {
	class := pages.ClassOf(row.Class, c.Models...)
	against := pages.Against(c)
	switch {
	case c.By.Own && against != "":
		return speak.Say("heading.own.not", against)
	case c.By.Own:
		return speak.Say("heading.own")
	case against != "":
		return speak.Say("heading.not", class, against)
	}
	switch {
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

func textFirst(m *network.Model) string { return speak.Say("class.first", speak.Network(m.Name)) }

func textColormap(c *colormap.Colormap) string {
	if c.ColourBlindSafe {
		return speak.Say("blind")
	}
	return speak.Say("not blind")
}
