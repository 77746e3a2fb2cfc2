package ui

import (
	"runtime"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
	"scalecam/version"
	"scalecam/wording"
)

// over are the texts of the dialog that lies over the window.
func over(t *testing.T, w *Window) string {
	t.Helper()
	top := w.window.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("nothing lies over the window")
	}
	var all []string
	for _, o := range test.LaidOutObjects(top) {
		switch o := o.(type) {
		case *widget.Label:
			all = append(all, o.Text)
		case *kit.Table:
			all = append(all, o.AccessibilityLabel())
		}
	}
	return strings.Join(all, "\n")
}

// inLanguages has f look at the window in each language.
func inLanguages(t *testing.T, w *Window, f func(language string)) {
	t.Helper()
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	for _, language := range wording.Languages {
		w.setLanguage(language)
		f(language)
	}
}

// TestAbout: the version, who made the weights and photographs that come with the program, and by
// what licence, in every language.
func TestAbout(t *testing.T) {
	w := open(t, inline, Options{})
	inLanguages(t, w, func(language string) {
		w.showAbout()
		text := over(t, w)
		w.overlay.Hide()
		want := []string{version.String(), runtime.Version(), kernel.CurrentInstructionSet(), "EfficientNet-Lite", "Google", "ML Illustrated"}
		for _, p := range assets.Packs() {
			want = append(want, p.Licence)
		}
		for _, s := range assets.Samples() {
			if s.Credit != "" {
				want = append(want, strings.Split(s.Credit, ", ")...)
			}
		}
		for _, credit := range want {
			if !strings.Contains(text, credit) {
				t.Errorf("in %s, About does not say %s: %s", language, credit, text)
			}
		}
	})
}

// TestAnswers: a click on a network's text shows its raw percentages beside the
// calibrated ones, and why one at another size than its own is less or more sure.
func TestAnswers(t *testing.T) {
	w := open(t, inline, Options{Networks: append(models.Pack("imagenet"), "imagenet:baseline@96"), Pictures: []string{compare.SampleOf(network.ImageNet)}})
	w.setClass("running shoe")
	inLanguages(t, w, func(language string) {
		for i, m := range w.Models {
			words := w.comparison.Cells[i+1].Words
			test.TapAt(words, fyne.NewPos(4, 4))
			text := over(t, w)
			w.overlay.Hide()
			cell := w.comparison.Shown.Comparison.Rows[0].Cells[i]
			var want []string
			for _, p := range append(cell.Top, network.Prediction{Class: cell.Class, Probability: cell.Probability, Raw: cell.Raw}) {
				row := m.ClassName(p.Class, language)
				if m.Temperature > 0 {
					row += ", " + compare.FormatProbability(p.Probability)
				}
				want = append(want, row+", "+compare.FormatProbability(p.Raw))
			}
			if m.Temperature > 0 {
				want = append(want, speak.Say("answers.why", m.Temperature))
			}
			for _, n := range compare.ModelNotes(m) {
				want = append(want, speak.Say("note."+string(n.Kind), n.Args...)+". "+speak.Say("why."+string(n.Kind)))
			}
			if at := i == 1 || i == 2 || i == 5; at != strings.Contains(text, "1906.06423") {
				t.Errorf("in %s, %s at another size than it was trained at: %v; %s", language, m.Name, at, text)
			}
			for _, line := range want {
				if !strings.Contains(text, line) {
					t.Errorf("in %s, %s: no %q in\n%s", language, m.Name, line, text)
				}
			}
		}
	})
}
