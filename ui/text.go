package ui

import (
	"fmt"
	"path/filepath"
	"strings"

	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/picture"
)

// Every text of the window is in this file, or comes with an error.
const (
	title = "Scalecam"

	textFile       = "File"
	textOpen       = "Open picture…"
	textDraw       = "Draw a new scene"
	textSample     = "Sample"
	textSave       = "Save PNG…"
	textQuit       = "Quit"
	textNetworks   = "Networks"
	textAdd        = "Add weights file…"
	textReset      = "Reset to the five trained on scenes"
	textCancel     = "Cancel"
	textRun        = "Run"
	textIdle       = "Drop a picture here to look at it, a weights file to add its network."
	textNoNetworks = "No networks. Add a weights file, or go back to those that come with the program."

	textClass    = "Class explained"
	textShows    = "What the scene shows"
	textSearch   = "Search by name or index"
	textColours  = "Colour scale"
	textStrength = "Strength of the map"
	textShared   = "One scale for all networks"
	textGrid     = "Raw grid, not smoothed"
	textGrey     = "Picture in grey"
	textBlind    = "safe for colour-blind eyes"
	textNotBlind = "not safe for colour-blind eyes"

	textOriginal = "Picture"
	textWaits    = "waits"
	textRuns     = "running…"
	textNotRun   = "not run"
	textAgrees   = "agrees with the class explained"

	textUntrained = "Untrained networks: their weights are random and their maps mean nothing."
	textAstray    = "These networks learnt 18 things from drawn scenes: of photographs their maps are guesses. Add a weights file for photographs."
	textUnits     = "Colours: contributions to the class's logit."
	textOwnScale  = "Each network has its own scale: compare places, not strengths."
	textOneScale  = "Equal colours are equal strengths."
	textGrids     = "Finer grids look like more detail."
)

func textOpening(name string) string { return fmt.Sprintf("Opening %s", filepath.Base(name)) }

func textStep(name string, done, total int) string {
	return fmt.Sprintf("%s: %d of %d", strings.TrimPrefix(filepath.Base(name), "random:"), done+1, total)
}

func textSaving(path string) string { return fmt.Sprintf("Saving %s", filepath.Base(path)) }

func textSaved(path string) string { return fmt.Sprintf("Saved %s", path) }

func textWindow(p *picture.Picture) string {
	return fmt.Sprintf("%s – %s", filepath.Base(p.Path), title)
}

func textPlace(at, of int) string { return fmt.Sprintf("%d of %d", at+1, of) }

func textName(p *picture.Picture) string { return filepath.Base(p.Path) }

func textPicture(p *picture.Picture) string {
	return fmt.Sprintf("%d × %d px, %s", p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), p.Format)
}

func textScaling(m *network.Model) string {
	grid := m.Network.Grid()
	return fmt.Sprintf("%v, grid %d×%d", m.Network.Scaling, grid.H, grid.W)
}

func textCounts(m *network.Model) string {
	return fmt.Sprintf("%s MACs, %s parameters", compare.FormatCount(m.Network.MACs()), compare.FormatCount(m.Network.Parameters()))
}

func textHeading(c *compare.Comparison) string {
	switch row := c.Rows[0]; {
	case row.Predicted:
		return fmt.Sprintf("Evidence for “%s”, which %s predicts", row.Class, c.Models[0].Name)
	case row.Shown:
		return fmt.Sprintf("Evidence for “%s”, which the scene shows", row.Class)
	}
	return fmt.Sprintf("Evidence for “%s”", c.Rows[0].Class)
}

func textHint(c *compare.Comparison, v compare.View) string {
	hint := textUnits + " " + textOwnScale
	if v.Shared {
		hint = textUnits + " " + textOneScale
	}
	if c.GridsDiffer() {
		hint += " " + textGrids
	}
	return hint
}

func textWarning(c *compare.Comparison) string {
	for _, m := range c.Models {
		if !m.Trained {
			continue
		}
		if c.Astray() {
			return textAstray
		}
		return ""
	}
	return textUntrained
}

func textPredicts(class string, p float64) string {
	return fmt.Sprintf("predicts %s, %s", class, compare.FormatProbability(p))
}

func textDiffers(p float64) string {
	return fmt.Sprintf("class explained: %s", compare.FormatProbability(p))
}

func textFirst(m *network.Model) string { return fmt.Sprintf("What %s predicts", m.Name) }

func textChoice(class string, p float64) string {
	return fmt.Sprintf("%s, %s", class, compare.FormatProbability(p))
}

func textColormap(c *colormap.Colormap) string {
	if c.ColourBlindSafe {
		return textBlind
	}
	return textNotBlind
}
