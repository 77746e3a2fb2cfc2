package kit

import (
	"strings"
	"testing"
	"time"
)

// TestShorten: texts are as long as there is room, and a very long one takes no
// time.
func TestShorten(t *testing.T) {
	l := Lettering{Bold: true}
	for _, text := range []string{"", "a", "baseline", strings.Repeat("long name ", 20), strings.Repeat("가나다", 100_000)} {
		for _, room := range []float32{0, 5, 100, 400} {
			began := time.Now()
			for _, got := range []string{l.Fit(text, room), l.Cut(text, room)} {
				short := strings.Contains(got, "…")
				if got != text && !short || l.Width(got) > room && len([]rune(got)) > 2 || short && l.Width(got) < room-40 {
					t.Errorf("%.20q… in %v: %q, %v wide", text, room, got, l.Width(got))
				}
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("%.20q… took %v", text, took)
			}
		}
	}
}
