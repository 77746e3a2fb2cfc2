package assets

import (
	_ "embed" // for the catalogue
	"encoding/json"
	"fmt"
	"path"
	"sync"
)

//go:embed catalogue.json
var catalogueData []byte

// Catalogue are published networks, whose weights others have and the program can
// get, and the series that they make. tools/catalogue.py writes it.
type Catalogue struct {
	Networks []Published         `json:"networks"`
	Series   []Series            `json:"series"`
	Classes  map[string][]string `json:"classes"` // names in order, by data set; ImageNet's are ImageNetClasses
}

// Published is a network of the Catalogue. What nobody published is empty.
type Published struct {
	Name  string `json:"name"` // as in specs: letters, digits and . _ -
	Title string `json:"title"`
	// Architecture is the name of a network.Architecture, of which Depth and Width
	// make this network; Resolution is its input side in pixels.
	Architecture string  `json:"architecture"`
	Depth        float64 `json:"depth"`
	Width        float64 `json:"width"`
	Resolution   int     `json:"resolution"`

	URL string `json:"url"`
	// Checksum is "sha256:" with the file's SHA-256 or its first 8 digits and more, as
	// published, or "git:" with the SHA-1 of the file as git's blob; "" where there
	// is none.
	Checksum string `json:"checksum,omitempty"`
	Bytes    int64  `json:"bytes,omitempty"` // within half a KiB; 0 where nobody says
	Licence  string `json:"licence"`         // SPDX
	Source   string `json:"source"`          // the library by whose names the weights go

	Classes      string            `json:"classes"`  // the data set: "imagenet", or a key of Catalogue.Classes
	Settings     map[string]string `json:"settings"` // models.Settings
	SettingsFrom string            `json:"settings_from"`
	Top1         float64           `json:"top1,omitempty"` // in %, on the data set's test or validation pictures
	Top1From     string            `json:"top1_from,omitempty"`
	Parameters   string            `json:"parameters"`     // as published: "5288548" or "3.504M"
	MACs         string            `json:"macs,omitempty"` // likewise: "0.386G"
}

// File is the name of the network's file where it is published.
func (p *Published) File() string { return path.Base(p.URL) }

// Series are networks of the Catalogue between which one thing is compared.
type Series struct {
	Name    string   `json:"name"`    // as packs are named
	Members []string `json:"members"` // names of networks, the least first
	Best    string   `json:"best"`    // the network for whoever wants just one
	SeriesText
	Languages map[string]SeriesText `json:"languages"` // the same in others than English, by their tags
}

// SeriesText is what there is to say of a Series.
type SeriesText struct {
	Title    string   `json:"title"`
	Compares string   `json:"compares"` // what is compared
	Notes    []string `json:"notes"`    // what a reader of its comparisons must know, a sentence each
}

// In is what there is to say in a language, in English where it is not in that.
func (s *Series) In(language string) SeriesText {
	if text, ok := s.Languages[language]; ok {
		return text
	}
	return s.SeriesText
}

// PublishedNetworks returns the catalogue. It is shared, and not to be written to.
// It panics where the embedded file is damaged, which a test rules out.
func PublishedNetworks() *Catalogue { return theCatalogue() }

var theCatalogue = sync.OnceValue(func() *Catalogue {
	c := new(Catalogue)
	if err := json.Unmarshal(catalogueData, c); err != nil {
		panic(fmt.Sprintf("assets: catalogue.json: %v", err))
	}
	return c
})

// Lookup finds a network by its name, nil where there is none.
func (c *Catalogue) Lookup(name string) *Published {
	for i := range c.Networks {
		if c.Networks[i].Name == name {
			return &c.Networks[i]
		}
	}
	return nil
}

// LookupSeries finds a series by its name, nil where there is none.
func (c *Catalogue) LookupSeries(name string) *Series {
	for i := range c.Series {
		if c.Series[i].Name == name {
			return &c.Series[i]
		}
	}
	return nil
}

// ClassNames are the names of a network's classes, in order.
func (c *Catalogue) ClassNames(p *Published) []string {
	if p.Classes == "imagenet" {
		return ImageNetClasses()
	}
	return c.Classes[p.Classes]
}
