package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network/models"
	"scalecam/ui/pages/study"
	"scalecam/ui/speak"
)

// openLesson shows a window with two of the program's own networks.
func openLesson(t *testing.T, networks []string) *Window {
	t.Helper()
	w := open(t, inline, Options{Networks: networks})
	w.preset, w.open = []string{"scenes:baseline", "scenes:compound"}, models.Open
	return w
}

// TestLesson goes through the steps: each sets up what it speaks of, from
// whatever the user had before.
func TestLesson(t *testing.T) {
	w := openLesson(t, small)
	w.setView(compare.View{Colormap: w.View.Colormap, Shared: true})
	before, shown := w.state(), w.comparison.Shown.Pictures[0]
	w.lesson.show(0)
	for i, want := range []struct {
		class         string
		opacity       float64
		interpolation cam.Interpolation
		signed, study bool
	}{
		{class: "windmill"},
		{class: "windmill", opacity: 0.7},
		{class: "clock", opacity: 0.7},
		{class: "windmill", opacity: 0.7},
		{class: "windmill", opacity: 0.7, interpolation: cam.Grid},
		{class: "windmill", opacity: 0.7, signed: true},
		{study: true},
		{class: "windmill", opacity: 0.7, signed: true},
	} {
		key := w.lesson.steps[i].key
		if w.banner.Visible() || !w.lesson.box.Visible() || w.lesson.title.Text != speak.Say("lesson."+key+".title") || w.lesson.place.Text != speak.Say("lesson.step", i+1, 8) {
			t.Errorf("%s: titled %q, message %q", key, w.lesson.title.Text, w.message.Text)
		}
		if want.study {
			if p, ok := w.visible().(*study.Page); !ok || p.OfOwn() {
				t.Errorf("%s: the study is not in sight", key)
			}
		} else {
			row, v := w.comparison.Shown.Comparison.Rows[0], w.comparison.Shown.View
			if w.visible() != nil || len(w.Models) != 2 || w.Pictures[0].Path != "scene:35" || row.Class != want.class {
				t.Errorf("%s: %d networks explain %q of %s", key, len(w.Models), row.Class, w.Pictures[0].Path)
			}
			if v.Opacity != want.opacity || v.Interpolation != want.interpolation || v.Colormap.Diverging != want.signed || v.Shared || v.Grey != want.signed { // signed maps lie over grey
				t.Errorf("%s: view %+v", key, v)
			}
		}
		if w.lesson.next.Disabled() != (i == len(w.lesson.steps)-1) || w.lesson.back.Disabled() != (i == 0) {
			t.Errorf("%s: it does not go both ways", key)
		}
		if !w.lesson.next.Disabled() {
			test.Tap(w.lesson.next)
		}
	}
	test.Tap(w.lesson.back)
	if w.lesson.at != len(w.lesson.steps)-2 {
		t.Errorf("back at step %d", w.lesson.at)
	}
	w.lesson.close()
	if w.lesson.box.Visible() {
		t.Error("a closed lesson is in sight")
	}
	if !w.state().Equal(before) || w.comparison.Shown.Pictures[0] != shown || !w.Whole() || len(w.comparison.Cells) != 1+len(small) {
		t.Errorf("after the lesson: %d networks, %s", len(w.Models), w.comparison.Shown.Pictures[0].Path)
	}
	w.lesson.show(7)
	w.drawScene()
	w.lesson.close()
	if w.Pictures[0] == shown {
		t.Error("the user's own scene is gone with the lesson")
	}
}

// TestLessonInAnotherLanguage: the lesson goes on in the language chosen, and
// still gives back what was there before.
func TestLessonInAnotherLanguage(t *testing.T) {
	w := openLesson(t, small)
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	before, shown := w.state(), w.comparison.Shown.Pictures[0]
	w.lesson.show(2)
	w.setLanguage("ko")
	if !w.lesson.box.Visible() || w.lesson.at != 2 || w.lesson.title.Text != speak.Say("lesson."+w.lesson.steps[2].key+".title") {
		t.Errorf("at step %d: %q", w.lesson.at, w.lesson.title.Text)
	}
	key(w, fyne.KeyEscape)
	if w.lesson.box.Visible() || !w.state().Equal(before) || w.comparison.Shown.Pictures[0] != shown || !w.Whole() {
		t.Error("what was there before is not back")
	}
}
