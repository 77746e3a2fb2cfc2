package figure

import (
	"slices"
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name         string
		text         string
		width, lines int
		tail         int
		want         []string
	}{
		{"short", "balloon", 200, 2, 0, []string{"balloon"}},
		{"nothing", "", 200, 2, 0, nil},
		{"at a space", "black-footed ferret of the plains", 200, 2, 0, []string{"black-footed ferret of the", "plains"}},
		{"after a sign", "mobilenet_v2_imagenet_1k", 200, 2, 0, []string{"mobilenet_v2_imagenet_", "1k"}},
		{"anywhere", strings.Repeat("m", 20), 200, 2, 0, []string{"mmmmmmmmmmmmmm", "mmmmmm"}},
		{"cut at the end", "one two three four five six seven eight", 120, 2, 0, []string{"one two three", "four five six s…"}},
		{"cut in the middle", "IMG_20240131_final_final_really_final.jpeg", 120, 2, middle, []string{"IMG_20240131", "_…ly_final.jpeg"}},
		{"the tail stays", "one two three four five six seven eight 97.3%", 120, 2, 6, []string{"one two three", "four fi… 97.3%"}},
		{"any number of lines", "one two three four five six seven", 120, 0, 0, []string{"one two three", "four five six", "seven"}},
		{"white space and signs that the font lacks", "a\tb\n画\x00\xff", 200, 2, 0, []string{"a b ���"}},
		{"what turns around, hides or moves a cursor", "a\u202eb\u200bc\u00add\u2066e\x1b[2J", 200, 2, 0, []string{"a�b�c�d�e�[2J"}},
		{"Korean", "열기구.jpg ≠ 얼룩말 50%", 200, 2, 0, []string{"열기구.jpg ≠ 얼룩말 50%"}},
		{"accents join their letters", "cafe\u0301", 200, 2, 0, []string{"café"}},
		{"narrower than a letter", "ab", 1, 2, 0, []string{"a", "b"}},
	} {
		got := setter.fit(test.text, body, test.width, test.lines, test.tail)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// Whatever the text, lines keep to their number and width, and the tail stays.
func TestFitKeepsItsBounds(t *testing.T) {
	setter, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"W", "i", "word ", "snake_case_", "画", "e\u0301", "\n", strings.Repeat("x", 70) + " "} {
		for _, n := range []int{1, 2, 10, 200, 100_000} {
			text := strings.Repeat(word, n) + " 97.3%"
			for _, tail := range []int{6, middle, 0} {
				lines := setter.fit(text, strong, narrowest, 2, tail)
				if len(lines) > 2 {
					t.Errorf("%q × %d: %d lines", word, n, len(lines))
				}
				for _, l := range lines {
					if w := setter.width(l, strong); w > narrowest {
						t.Errorf("%q × %d: %q is %d wide", word, n, l, w)
					}
				}
				if all := strings.Join(lines, " "); tail == 6 && !strings.HasSuffix(all, "97.3%") {
					t.Errorf("%q × %d: %q has lost its end", word, n, all)
				}
			}
		}
	}
}
