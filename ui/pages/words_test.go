package pages

import (
	"testing"
	"time"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/speak"
)

// TestDuration: a duration has its two largest units.
func TestDuration(t *testing.T) {
	t.Cleanup(func() { _ = speak.Use("en") })
	for d, want := range map[time.Duration][2]string{
		0:                                {"0 s", "0초"},
		59400 * time.Millisecond:         {"59 s", "59초"},
		59600 * time.Millisecond:         {"1 min 0 s", "1분 0초"},
		12*time.Minute + 5*time.Second:   {"12 min 5 s", "12분 5초"},
		59*time.Minute + 45*time.Second:  {"1 h 0 min", "1시간 0분"},
		197*time.Minute + 34*time.Second: {"3 h 18 min", "3시간 18분"},
		50*time.Hour + 10*time.Minute:    {"50 h 10 min", "50시간 10분"},
	} {
		for i, language := range []string{"en", "ko"} {
			if err := speak.Use(language); err != nil {
				t.Fatal(err)
			}
			if got := Duration(d); got != want[i] {
				t.Errorf("%v is %q, want %q", d, got, want[i])
			}
		}
	}
}

// TestWarning: it is told which networks do not know such pictures, where others do.
func TestWarning(t *testing.T) {
	model := func(name string, trained bool, of network.Domain) *network.Model {
		return &network.Model{Name: name, Trained: trained, Domain: of}
	}
	photographs, scene, other := model("sees", true, network.ImageNet), model("drawn", true, network.Scenes), model("sketched", true, network.Scenes)
	nobody := model("random", false, network.Scenes)
	for _, c := range []struct {
		picture string
		models  []*network.Model
		want    string
	}{
		{"a.png", []*network.Model{photographs, nobody}, ""},
		{"scene:1", []*network.Model{photographs, scene}, ""},
		{"a.png", []*network.Model{nobody}, speak.Say("warning.untrained")},
		{"a.png", []*network.Model{scene, other, nobody}, speak.Say("warning.astray")},
		{"a.png", []*network.Model{photographs, scene, other}, speak.Say("warning.astray.some", "drawn, sketched")},
	} {
		got := Warning(&compare.Comparison{Models: c.models, Rows: []compare.Row{{Picture: &picture.Picture{Path: c.picture}}}})
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.picture, got, c.want)
		}
	}
}
