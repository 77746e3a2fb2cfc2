package caption

import (
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/wording"
)

// TestExplains: a row says against which class its own is held.
func TestExplains(t *testing.T) {
	m := &network.Model{Classes: []string{"monarch", "bee"}}
	c := &compare.Comparison{Models: []*network.Model{m}, By: compare.By{Against: []string{"bee"}}, Rows: []compare.Row{{Class: "monarch"}, {Own: true}}}
	for language, all := range map[string][]string{
		"en": {"explains “monarch” and not “bee”; (chosen)", "explains to each what it predicts; and not “bee”"},
		"ko": {"“monarch” 설명 (“bee”이(가) 아닌); (선택한 클래스)", "각자 예측한 것을 설명; (“bee”이(가) 아닌)"},
	} {
		for row, want := range all {
			if got := strings.Join(Of(wording.In(language), c, compare.View{}).Explains(row), "; "); got != want {
				t.Errorf("%s: row %d says %q, not %q", language, row, got, want)
			}
		}
	}
}

// TestAnswer: an answer is right or wrong where it is known what the picture shows, and
// else the class explained or another.
func TestAnswer(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{3, 4})
	says := func(language string, col int) string {
		var all []string
		for _, l := range Of(wording.In(language), c, compare.View{}).Answer(0, col) {
			all = append(all, string(l.Style)+": "+l.Text)
			if !strings.HasSuffix(l.Text, "%") && l.Tail > 1 {
				t.Errorf("%q ends in no probability", l.Text)
			}
		}
		return strings.Join(all, "; ")
	}
	for _, one := range []struct {
		shows    string
		trained  bool
		language string
		col      int
		want     string
	}{
		{"", true, "en", 0, "strong: class 0, 75.0%"},
		{"", true, "en", 1, "differs: ≠ class 1, 75.0%; body: explained: class 0, 25.0%"},
		{"class 0", true, "en", 0, "strong: class 0, 75.0%; right: right"},
		{"class 0", true, "ko", 0, "strong: class 0, 75.0%; right: 맞음"},
		{"class 0", false, "en", 0, "strong: class 0, 75.0%; quiet: right"},
		{"class 0", true, "en", 1, "differs: class 1, 75.0%; disputed: wrong: shows “class 0”; body: explained: class 0, 25.0%"},
		{"class 0", true, "ko", 1, "differs: class 1, 75.0%; disputed: 틀림: 실제는 “class 0”; body: 설명할 클래스: class 0, 25.0%"},
		{"class 1", true, "en", 1, "strong: class 1, 75.0%; right: right; body: explained: class 0, 25.0%"},
		{"zebra", true, "en", 1, "differs: ≠ class 1, 75.0%; body: explained: class 0, 25.0%"}, // which it cannot say
	} {
		c.Rows[0].Picture.Shows, c.Models[0].Trained = one.shows, one.trained
		if got := says(one.language, one.col); got != one.want {
			t.Errorf("%+v: %q", one, got)
		}
	}
}

// TestFoot: the small print of a view is that of any view, so far as it is about it.
func TestFoot(t *testing.T) {
	c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
	c.Models[1].Trained = false
	for _, m := range cam.Methods {
		c.By.Method = m
		for _, signed := range []bool{false, true} {
			v := compare.DefaultView()
			if signed {
				v = v.In(comparetest.Signed(t))
			}
			for i, s := range wording.All() {
				says := Of(s, c, v)
				every := says.AnyFoot()
				is := map[string]bool{"": true, "shared": false, "grid": false, "grey": signed, "signed": signed, "contour": false, "object": false, "differs": true}
				var want []string
				for _, one := range every {
					if when, not := strings.CutPrefix(one.If, "!"); is[when] != not {
						want = append(want, strings.NewReplacer("{colours}", Colours(s, v.Colormap), "{opacity}", "70%").Replace(one.Text))
					}
				}
				var got []string
				for _, one := range says.Foot() {
					got = append(got, one.Text)
				}
				if strings.Join(got, " ") != strings.Join(want, " ") || len(got) >= len(every) || len(got) < 6 {
					t.Errorf("%s, %s: %q, want %q", m.Key, wording.Languages[i], got, want)
				}
			}
		}
	}
}
