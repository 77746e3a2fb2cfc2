package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// TestTextsWhole: with a projector's texts, in a window of any size, Compare's heading is to
// be read whole, the controls make way where a picture and a map have no room beside them,
// and what is said of networks is not cut to half a fact.
func TestTextsWhole(t *testing.T) {
	w := open(t, inline, Options{Class: "analog clock"})
	for _, language := range []string{"en", "ko"} {
		for _, percent := range []int{100, 200} {
			test.ApplyTheme(t, kit.Theme("light", percent))
			if err := speak.Use(language); err != nil {
				t.Fatal(err)
			}
			w.rebuild()
			for _, size := range []fyne.Size{{Width: 640, Height: 700}, {Width: 1280, Height: 800}, {Width: 1920, Height: 1080}} {
				w.window.Resize(size)
				heading := w.comparison.Heading
				if got := strings.Join(writtenIn(heading), " "); got != heading.Text {
					t.Errorf("%s, %d%%, %v: the heading “%s” is drawn “%s”", language, percent, size, heading.Text, got)
				}
				if beside, want := w.comparison.Beside(), size.Width > float32(900*percent/100); beside != want {
					t.Errorf("%s, %d%%, %v: controls beside the maps: %v", language, percent, size, beside)
				}
				for i, h := range w.comparison.Heads[1:] {
					scaling := "d 1, w 0.25, 64 px"
					if got := writtenIn(h.Words); i == 0 && !contains(got, scaling) {
						t.Errorf("%s, %d%%, %v: above a column stands %q", language, percent, size, got)
					}
				}
			}
		}
	}
	if err := speak.Use("en"); err != nil {
		t.Fatal(err)
	}
}

func contains(lines []string, text string) bool {
	for _, l := range lines {
		if strings.Contains(l, text) {
			return true
		}
	}
	return false
}

// TestErrorLeavesStrip: an error lies over the foot of the page, but not over the strip of
// pictures, nor beyond the window, however long it is.
func TestErrorLeavesStrip(t *testing.T) {
	w := open(t, inline, Options{})
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject
	for _, text := range []string{"missing.png: it is not there", strings.Repeat("a long reason that takes several lines to say; ", 12)} {
		for _, size := range []fyne.Size{{Width: 640, Height: 700}, {Width: 1280, Height: 800}} {
			w.window.Resize(size)
			w.message.SetText(text)
			w.showIn(w.banner, true)
			top, foot := at(w.banner).Y, at(w.banner).Y+w.banner.Size().Height
			if strip := at(w.comparison.Strip.Place).Y; foot > strip || foot < strip-40 || top < 0 {
				t.Errorf("%v: the error is from %v to %v, the strip at %v", size, top, foot, strip)
			}
			if lines := writtenIn(w.message); strings.Contains(strings.Join(lines, ""), "…") || w.message.Size().Height > w.banner.Size().Height {
				t.Errorf("%v: of the error is to be read %q", size, lines)
			}
			look(w, "inside")
			if end, want := at(w.banner).Y+w.banner.Size().Height, at(w.tabs).Y+w.tabs.Size().Height; end < want-1 || end > want+1 {
				t.Errorf("%v: on a page without a strip the error ends at %v, the page at %v", size, end, want)
			}
			w.tabs.SelectIndex(0)
			w.dismiss()
		}
	}
}
