package assets_test

import (
	"net/url"
	"regexp"
	"slices"
	"testing"

	"scalecam/assets"
)

// TestCatalogue: names can be told apart and are nobody else's, every address and
// checksum is one, and series are of networks that are there.
func TestCatalogue(t *testing.T) {
	c := assets.PublishedNetworks()
	if len(c.Networks) < 60 || len(c.Series) < 6 {
		t.Errorf("%d networks, %d series", len(c.Networks), len(c.Series))
	}
	name := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$`)
	checksum := regexp.MustCompile(`^(|sha256:[0-9a-f]{8,64}|git:[0-9a-f]{40})$`)
	licences := []string{"Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "MIT", "CC-BY-NC-4.0"}
	names, addresses := map[string]bool{}, map[string]bool{}
	for i := range c.Networks {
		p := &c.Networks[i]
		if !name.MatchString(p.Name) || names[p.Name] || c.Lookup(p.Name) != p {
			t.Errorf("a network is called %q", p.Name)
		}
		if u, err := url.Parse(p.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || addresses[p.URL] || !name.MatchString(p.File()) {
			t.Errorf("%s: the address is %q", p.Name, p.URL)
		}
		names[p.Name], addresses[p.URL] = true, true
		if !checksum.MatchString(p.Checksum) || !slices.Contains(licences, p.Licence) || p.Title == "" || p.Source == "" || p.SettingsFrom == "" {
			t.Errorf("%s: %+v", p.Name, p)
		}
		if p.Top1 < 0 || p.Top1 > 100 || (p.Top1 > 0) != (p.Top1From != "") || p.Bytes < 0 || len(c.ClassNames(p)) < 2 {
			t.Errorf("%s: %+v", p.Name, p)
		}
		for _, key := range []string{"height", "width_px", "crop", "crop_pct", "interpolation", "mean", "std", "eps", "padding"} {
			if p.Settings[key] == "" {
				t.Errorf("%s: no %s", p.Name, key)
			}
		}
	}
	for i := range c.Series {
		s := &c.Series[i]
		_, pack := assets.LookupPack(s.Name)
		if !name.MatchString(s.Name) || names[s.Name] || pack || c.LookupSeries(s.Name) != s {
			t.Errorf("a series is called %q", s.Name)
		}
		names[s.Name] = true
		if len(s.Members) < 2 || s.Title == "" || s.Compares == "" || len(s.Notes) == 0 || !slices.Contains(s.Members, s.Best) {
			t.Errorf("%+v", s)
		}
		if ko := s.In("ko"); len(ko.Notes) != len(s.Notes) || ko.Title == "" || ko.Compares == s.Compares || s.In("en").Title != s.Title {
			t.Errorf("%s in Korean is %+v", s.Name, ko)
		}
		for _, m := range s.Members {
			if c.Lookup(m) == nil {
				t.Errorf("%s: no network %s", s.Name, m)
			}
		}
	}
}
