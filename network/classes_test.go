package network

import (
	"strings"
	"testing"
)

func TestFindClass(t *testing.T) {
	m := &Model{Name: "birds", Classes: []string{"crane", "grey fox", "crane", "7", "hen"}}
	for in, want := range map[string]int{"grey fox": 1, " Grey FOX ": 1, "2": 2, "4": 4, "7": 3} {
		if got, err := m.FindClass(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"crane": "0, 2", "5": "0 to 4", "-1": "0 to 4", "fox": `"grey fox"`, "hen ne": `"hen"`, "": "nearest",
		strings.Repeat("x", 100_000): "nearest",
	} {
		if got, err := m.FindClass(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %d, %v; want an error that says %s", in, got, err, want)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"fuchs", "fuchs", 0}, {"é", "e", 1}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
