package pages

import (
	"slices"
	"strings"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Warning is what the networks of a comparison are to be read with; "" for
// nothing.
func Warning(c *compare.Comparison) string {
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

// Note is a note on the models or their cells.
func Note(n compare.Note, models ...*network.Model) string {
	args := slices.Clone(n.Args)
	for i, a := range args {
		if class, ok := a.(string); ok {
			args[i] = ClassOf(class, models...)
		}
	}
	return speak.Say("note."+string(n.Kind), args...)
}

// ClassOf is what the window calls a class of one of the models.
func ClassOf(name string, models ...*network.Model) string {
	for _, m := range models {
		if i := slices.Index(m.Classes, name); i >= 0 {
			return ClassAt(m, i)
		}
	}
	return speak.Class(name)
}

// ClassAt is what the window calls class i of a model.
func ClassAt(m *network.Model, i int) string {
	return speak.Class(m.ClassName(i, speak.Say("language")))
}

// Against names the classes that the one explained is held against; "" for none.
func Against(c *compare.Comparison) string {
	var all []string
	for _, name := range c.By.Against {
		if found, err := Find(c.Models, name); err == nil {
			name = found.Class
		}
		all = append(all, speak.Say("heading.class", ClassOf(name, c.Models...)))
	}
	return strings.Join(all, ", ")
}

// ChoiceOf says a class that a model predicts, and its probability.
func ChoiceOf(m *network.Model, top network.Prediction) string {
	return speak.Say("class.choice", ClassAt(m, top.Class), compare.FormatProbability(top.Probability))
}

// Range is a scale as a colour bar takes it.
func Range(s cam.Scale) kit.Range { return kit.Range{Lo: s.Lo, Hi: s.Hi} }
