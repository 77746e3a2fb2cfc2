package webpage

import (
	"encoding/json"
	"slices"

	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/printable"
	"scalecam/wording"
)

// text is what the page says, in each of wording's languages. As JSON it is one string
// where they say the same, else a list.
type text []string

// MarshalJSON implements json.Marshaler.
func (t text) MarshalJSON() ([]byte, error) {
	if len(slices.Compact(slices.Clone(t))) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// each is what is said in each of the languages.
func each(says func(s *wording.Speaker) string) (t text) {
	for _, s := range wording.All() {
		t = append(t, says(s))
	}
	return t
}

// say is the text of a key, with args put in.
func say(key string, args ...any) text {
	return each(func(s *wording.Speaker) string { return s.Say(key, args...) })
}

// plain is a text from outside, the same in every language.
func plain(of string) text {
	return each(func(*wording.Speaker) string { return printable.Line(of) })
}

// captions are what there is to say of a comparison, in each of the languages.
type captions []caption.Captions

func captionsOf(c *compare.Comparison, v compare.View) (all captions) {
	for _, s := range wording.All() {
		all = append(all, caption.Of(s, c, v))
	}
	return all
}

// text is one of them.
func (all captions) text(says func(t caption.Captions) string) (said text) {
	for _, t := range all {
		said = append(said, says(t))
	}
	return said
}

// lines are some of them, which in every language are as many.
func (all captions) lines(says func(t caption.Captions) []caption.Line) (lines []line) {
	for i, t := range all {
		for k, l := range says(t) {
			if i == 0 {
				lines = append(lines, line{Style: string(l.Style)})
			}
			lines[k].Text = append(lines[k].Text, l.Text)
		}
	}
	return lines
}
