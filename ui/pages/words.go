package pages

import (
	"strings"
	"time"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Warning is what the networks of a comparison are to be read with; "" for
// nothing.
func Warning(c *compare.Comparison) string {
	trained := 0
	for _, m := range c.Models {
		if m.Trained {
			trained++
		}
	}
	astray := c.Astray()
	switch {
	case trained == 0:
		return speak.Say("warning.untrained")
	case len(astray) == 0:
		return ""
	case len(astray) == trained:
		return speak.Say("warning.astray")
	}
	var names []string
	for _, m := range astray {
		names = append(names, caption.Title(speak.Now(), m))
	}
	return speak.Say("warning.astray.some", strings.Join(names, ", "))
}

// Note is a note on the models or their cells.
func Note(n compare.Note, models ...*network.Model) string {
	return caption.Note(speak.Now(), n, models...)
}

// ClassOf is what the window calls a class of one of the models.
func ClassOf(name string, models ...*network.Model) string {
	return caption.ClassOf(speak.Now(), name, models...)
}

// ClassAt is what the window calls class i of a model.
func ClassAt(m *network.Model, i int) string { return caption.ClassAt(speak.Now(), m, i) }

// Against names the classes that the one explained is held against; "" for none.
func Against(c *compare.Comparison) string {
	return caption.Of(speak.Now(), c, compare.View{}).Against()
}

// ChoiceOf says a class that a model predicts, and its probability.
func ChoiceOf(m *network.Model, top network.Prediction) string {
	return speak.Say("class.choice", ClassAt(m, top.Class), compare.FormatProbability(top.Probability))
}

// Duration says how long something takes, in its two largest units.
func Duration(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	switch minutes := (seconds + 30) / 60; {
	case minutes >= 60:
		return speak.Say("time.hours", minutes/60, minutes%60)
	case seconds >= 60:
		return speak.Say("time.minutes", seconds/60, seconds%60)
	}
	return speak.Say("time.seconds", seconds)
}

// Range is a scale as a colour bar takes it.
func Range(s cam.Scale) kit.Range { return kit.Range{Lo: s.Lo, Hi: s.Hi} }
