package ui

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
)

// opened counts the networks that a window opens.
func opened(w *Window) *int {
	n, open := 0, w.open
	w.open = func(spec string, s models.Settings) (*network.Model, error) {
		n++
		return open(spec, s)
	}
	return &n
}

// TestTooMuchMemory: networks that together would take all memory are refused
// before any is opened, from a session and when they are added; what is there
// stays.
func TestTooMuchMemory(t *testing.T) {
	w := open(t, inline, Options{})
	n := opened(w)
	models := slices.Clone(w.Models)
	s := record.Session{Settings: record.SettingsOf(w.comparison.Shown.Comparison, w.comparison.Shown.View, record.WholePaths)}
	for name, change := range map[string]func(s *record.Session){
		"GiB of memory; at most": func(s *record.Session) {
			s.Settings.Networks = slices.Repeat([]record.NetworkSettings{{Spec: "random:efficientnet-b7"}}, 40)
		},
		"at most 1000 pictures": func(s *record.Session) {
			s.Settings.Pictures = slices.Repeat([]file.Path{"a.png"}, 300_000)
		},
		"begins with @": func(s *record.Session) {
			s.Settings.Networks = []record.NetworkSettings{{Spec: file.Path(small[0]), Set: map[string]string{"classes": "@/etc/passwd"}}}
		},
		"at most 50000 are opened": func(s *record.Session) {
			s.Window = json.RawMessage(`{"sources": [""` + strings.Repeat(`, ""`, desk.MostAlbum) + `]}`)
		},
		`//host/share/a.png: this is on a network share`: func(s *record.Session) {
			s.Window = json.RawMessage(`{"sources": ["//host/share/a.png"]}`)
		},
	} {
		w.dismiss()
		spoilt := s
		change(&spoilt)
		data, err := json.Marshal(spoilt)
		if err != nil {
			t.Fatal(err)
		}
		drop(w, temp(t, "spoilt"+sessionExtension, data))
		if !w.banner.Visible() || !strings.Contains(w.message.Text, name) {
			t.Errorf("message %q, want %q", w.message.Text, name)
		}
	}
	w.dismiss()
	w.openNetworks(wanted{specs: slices.Repeat([]string{"random:efficientnet-b0,w=8,r=1000"}, 5)})
	if !strings.Contains(w.message.Text, "GiB of memory; at most") {
		t.Errorf("message %q", w.message.Text)
	}
	if *n > 0 || !slices.Equal(w.Models, models) || !w.Whole() {
		t.Errorf("%d networks were opened, %d are there, whole: %v", *n, len(w.Models), w.Whole())
	}
}

// TestManyNetworks: of more networks than fit, none is opened that is not shown.
func TestManyNetworks(t *testing.T) {
	w := open(t, inline, Options{})
	n := opened(w)
	w.openNetworks(wanted{specs: slices.Repeat(small[:1], 50)})
	if got := len(w.Models); got != desk.MostNetworks || *n != desk.MostNetworks-len(small) || !w.banner.Visible() {
		t.Errorf("%d networks, of which %d were opened; message %q", got, *n, w.message.Text)
	}
	w.openNetworks(wanted{specs: small[:1]})
	if len(w.Models) != desk.MostNetworks || *n != desk.MostNetworks-len(small) {
		t.Errorf("%d networks, of which %d were opened", len(w.Models), *n)
	}
}

// TestManyPictures: a folder of more pictures than are opened together is
// refused, and what is there stays.
func TestManyPictures(t *testing.T) {
	w := open(t, inline, Options{})
	before := len(w.Sources)
	var paths []string
	for i := range desk.MostAlbum + 1 {
		paths = append(paths, fmt.Sprint(i, ".png"))
	}
	w.openPictures(paths)
	if !strings.Contains(w.message.Text, "at most 50000 are at a time") || len(w.Sources) != before {
		t.Errorf("%d pictures, message %q", len(w.Sources), w.message.Text)
	}
}

// TestNoRoomForPictures: pictures that have no room beside the networks are not
// opened.
func TestNoRoomForPictures(t *testing.T) {
	b7, err := models.Network("random:efficientnet-b7", nil)
	if err != nil {
		t.Fatal(err)
	}
	a := desk.Album{Sources: []string{"scene:1", "scene:2"}, At: 0, Rows: 2}
	pictures, err := a.Open(t.Context(), slices.Repeat([]*network.Network{b7}, 20), compare.By{})
	if err == nil || !strings.Contains(err.Error(), "20 networks and 2 pictures would take about") || pictures != nil {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
	if pictures, err = a.Open(t.Context(), nil, compare.By{}); err != nil || len(pictures) != 2 {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
}
