package ui

import (
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/text/unicode/norm"

	"scalecam/compare/record"
	"scalecam/network"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
	"scalecam/wording"
)

// TestLanguageWhileDrawing: the language is changed while scenes are drawn in the
// background, and the last one drawn is all in the last language. The race detector
// holds that nothing is read that is being written.
func TestLanguageWhileDrawing(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	var background sync.WaitGroup
	do := make(chan func(), 1000) // the UI goroutine, which is the test's
	w := open(t, desk.Runner{
		Go: func(f func()) { background.Go(f) },
		Do: func(f func()) { do <- f },
	}, Options{})
	t.Cleanup(background.Wait)
	for until := time.After(2 * time.Minute); !w.Whole(); {
		select {
		case f := <-do:
			f()
		case <-until:
			t.Fatal("the networks do not run")
		}
	}
	for i := range 8 {
		w.tabs.SelectIndex(i % 2) // the comparison, then the inside of a network
		w.strengthen(0.1 - 0.2*float64(i%2))
		w.setLanguage(wording.Languages[i%2])
		for range 3 {
			select {
			case f := <-do:
				f()
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	w.tabs.SelectIndex(0)
	for idle := false; !idle || w.comparison.Drawing; {
		select {
		case f := <-do:
			f()
			idle = false
		case <-time.After(100 * time.Millisecond):
			idle = true
		}
	}
	if got, want := w.comparison.Heads[0].Words.Name, wording.In("ko").Say("cell.picture"); got != want {
		t.Errorf("the picture's cell is called %q, want %q", got, want)
	}
}

// TestImageNetNames: the window speaks of ImageNet's classes in its language, and
// finds them by names and synonyms of either.
func TestImageNetNames(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	w := open(t, inline, Options{})
	for _, c := range [][2]string{{"en", "running shoe"}, {"ko", "러닝화"}} { // Korean last
		language, name := c[0], c[1]
		w.setLanguage(language)
		for _, text := range []string{"sneaker", "운동화", norm.NFD.String("운동화"), " running-SHOE ", "러닝 화"} {
			test.Tap(w.comparison.Controls.Class)
			test.Type(w.picker.Entry, text)
			if got := w.picker.Choices; len(got) == 0 || got[0] != (pages.Choice{Text: name, Class: "running shoe"}) {
				t.Errorf("%s: %q finds %v, want %s first", language, text, got, name)
			}
			w.picker.Entry.OnSubmitted(w.picker.Entry.Text)
			if got := w.comparison.Shown.Comparison.Rows[0].Class; got != "running shoe" {
				t.Errorf("%s: %q is %q, want running shoe", language, text, got)
			}
			w.setClass("")
		}
		w.setClass("running shoe")
		if want := speak.Say("heading", name); w.comparison.Heading.Text != want {
			t.Errorf("%s: the heading is %q, want %q", language, w.comparison.Heading.Text, want)
		}
		top := w.comparison.Shown.Comparison.Rows[0].Cells[0].Top[0]
		if got, want := texts(w.comparison.Cells[1]), w.Models[0].ClassName(top.Class, language); !strings.Contains(got, want) {
			t.Errorf("%s: the cell says %q, want %s", language, got, want)
		}
	}
	test.Tap(w.comparison.Controls.Class)
	test.Type(w.picker.Entry, "판다")
	if got := w.picker.Choices; len(got) < 2 || got[0].Class != "giant panda" || got[1].Class != "lesser panda" {
		t.Errorf("판다 finds %v, want the one called so first", got)
	}
	// A mouse that is an animal is not ImageNet's.
	pets := &network.Model{Classes: []string{"mouse"}}
	if got := pages.ClassOf("mouse", pets); got != "mouse" {
		t.Errorf("another network's mouse is %q", got)
	}
	if got := pages.ClassOf("mouse", w.Models...); got != "마우스" {
		t.Errorf("ImageNet's mouse is %q", got)
	}
}

// TestMenusFit: in each language every menu is there as a whole in a window for a
// screen of 1024 by 700, and with it the menus below it; the language's among them.
func TestMenusFit(t *testing.T) {
	const room = 700 - 60 // less the window's frame and the menus' bar
	w := open(t, inline, Options{Networks: small[:2]})
	for _, l := range wording.Languages {
		w.setLanguage(l)
		below := 0
		for _, m := range w.window.MainMenu().Items {
			if h := widget.NewMenu(m).MinSize().Height; h > room {
				t.Errorf("%s: the menu %q is %v high, where there are %v", l, m.Label, h, room)
			}
			for _, i := range m.Items {
				if i.ChildMenu != nil {
					below++
				}
			}
		}
		if below != 6 {
			t.Errorf("%s: %d menus below others, want samples, recent files, weights files, light, size of texts and language", l, below)
		}
	}
}

// TestExportSpeaks: what is exported is in the language that the window speaks, and says so.
func TestExportSpeaks(t *testing.T) {
	w := open(t, inline, Options{Networks: small[:1]})
	for _, language := range []string{"ko", "en"} {
		w.setLanguage(language)
		e := w.first(w.comparison.Shown)
		data, err := e.data(t.Context(), w.comparison.Shown)
		if err != nil {
			t.Fatal(err)
		}
		path := temp(t, "figure.png", data)
		s, err := record.ReadSession(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Settings.View(); err != nil || (got.Language == "ko") != (language == "ko") {
			t.Errorf("in %s the figure is in %q (%v)", language, got.Language, err)
		}
	}
}
