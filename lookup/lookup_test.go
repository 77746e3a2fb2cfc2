package lookup

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestFits(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       Fit
	}{
		{"", "hen", Apart}, {"-", "hen", Apart}, {"ox", "hen", Apart}, {"HE", "hen", Begins}, {"en", "hen", Within}, {"Hen", "hen", Same},
		{"shihtzu", "Shih-Tzu", Same}, {"St Bernard", "St. Bernard", Same}, {norm.NFD.String("체"), "물체", Within}, {"ㅊ", "체", Apart},
	} {
		if got := Typed(c.text).Fits(c.name); got != c.want {
			t.Errorf("%q fits %q as %d, want %d", c.text, c.name, got, c.want)
		}
	}
	if got := Typed("hen").Fits("goose", "hen house", "hen"); got != Same {
		t.Errorf("of several names the best fits as %d", got)
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"fuchs", "fuchs", 0}, {"é", "e", 1}} {
		if got := edits([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestNearest: up to three things, the nearest first, each by the name of its own
// that is nearest.
func TestNearest(t *testing.T) {
	things := [][]string{{"bee"}, {"dalmatian", "달마시안"}, {"hen house", "hen"}, {"airplane"}}
	for text, want := range map[string][]string{
		"dalmation":                    {"dalmatian", "hen", "airplane"},
		"달마티안":                         {"달마시안", "bee", "hen house"},
		"HEN":                          {"hen house", "bee", "airplane"}, // the first that holds it
		"":                             {"bee", "hen", "airplane"},
		strings.Repeat("bee ", 10_000): {"bee", "hen house", "airplane"},
	} {
		if got := Nearest(things, text); !slices.Equal(got, want) {
			t.Errorf("%.20q: got %q, want %q", text, got, want)
		}
	}
	if got := Nearest(nil, "bee"); got != nil {
		t.Errorf("of nothing: %q", got)
	}
}
