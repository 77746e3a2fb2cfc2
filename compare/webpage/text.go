package webpage

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/printable"
)

// languages that a page speaks, by their tags, the first where the browser's is none
// of them. Each has a file in texts with every key; names of networks and classes,
// notes, and what errors say it has of the window's texts.
var languages = []string{"en", "ko"}

//go:embed texts
var files embed.FS

// text is what the page says, in each of the languages. As JSON it is one string where
// they say the same, else a list.
type text []string

// MarshalJSON implements json.Marshaler.
func (t text) MarshalJSON() ([]byte, error) {
	if len(slices.Compact(slices.Clone(t))) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// words are the texts by their keys, in the order of languages.
var words = sync.OnceValue(func() map[string]text {
	all := map[string]text{}
	read := func(data []byte) {
		var entries map[string]any
		if err := json.Unmarshal(data, &entries); err != nil {
			panic(fmt.Sprintf("webpage: the texts: %v", err)) // embedded, and a test reads them
		}
		for key, entry := range entries {
			if said, ok := entry.(string); ok {
				all[key] = append(all[key], said)
			}
		}
	}
	for _, language := range languages {
		own, err := files.ReadFile("texts/" + language + ".json")
		if err != nil {
			panic(err) // embedded
		}
		read(own)
		var window map[string]any
		if err := json.Unmarshal(assets.Translation(language), &window); err != nil {
			panic(fmt.Sprintf("webpage: the window's texts: %v", err)) // likewise
		}
		for key, entry := range window {
			of, _, _ := strings.Cut(key, ".")
			if said, ok := entry.(string); ok && slices.Contains([]string{"note", "network", "scene", "derived"}, of) {
				all[key] = append(all[key], said)
			}
		}
	}
	return all
})

// plain is a text from outside, the same in every language.
func plain(s string) text { return slices.Repeat(text{printable.Line(s)}, len(languages)) }

// say is the text of a key with args put in, of which a text is each language's own.
func say(key string, args ...any) text {
	all := words()[key]
	t := make(text, len(languages))
	for i := range languages {
		t[i] = key // which a test finds
		if i < len(all) {
			t[i] = all[i]
		}
		if len(args) == 0 {
			continue
		}
		own := slices.Clone(args)
		for k, a := range own {
			if said, ok := a.(text); ok {
				own[k] = said[i]
			}
		}
		t[i] = printable.Sprintf(t[i], own...)
	}
	return t
}

// joined are texts with something between them.
func joined(all []text, between string) text {
	t := make(text, len(languages))
	for i := range t {
		var own []string
		for _, one := range all {
			own = append(own, one[i])
		}
		t[i] = strings.Join(own, between)
	}
	return t
}

// titleOf is what a network is called: those that come with the program have names in
// every language.
func titleOf(m *network.Model) text {
	name := compare.Title(m)
	for _, p := range assets.Packs() {
		for _, n := range p.Networks {
			if at, ok := strings.CutPrefix(name, n.Title); ok && (at == "" || strings.HasPrefix(strings.TrimSpace(at), "@")) && words()["network."+n.Title] != nil {
				return joined([]text{say("network." + n.Title), plain(at)}, "")
			}
		}
	}
	return plain(name)
}

// classAt is what class i of a model is called.
func classAt(m *network.Model, i int) text {
	t := make(text, len(languages))
	for k, language := range languages {
		name := m.ClassName(i, language)
		if scene := words()["scene."+name]; scene != nil {
			name = scene[k]
		}
		t[k] = printable.Line(name)
	}
	return t
}

// classOf is what a class of one of the models is called.
func classOf(name string, models ...*network.Model) text {
	for _, m := range models {
		if i := slices.Index(m.Classes, name); i >= 0 {
			return classAt(m, i)
		}
	}
	return plain(name)
}

// noteOf is a note on models or their cells.
func noteOf(n compare.Note, models ...*network.Model) text {
	args := slices.Clone(n.Args)
	for i, a := range args {
		if class, ok := a.(string); ok {
			args[i] = classOf(class, models...)
		}
	}
	return say("note."+string(n.Kind), args...)
}

// fileOf is the name of a picture's file.
func fileOf(path string) text { return plain(filepath.Base(path)) }

// told is what an error says.
func told(err error) text {
	t := plain(err.Error())
	var ours *fault.Error
	if !errors.As(err, &ours) {
		return t
	}
	for i, language := range languages {
		var rooms map[string]map[string]string
		if json.Unmarshal(assets.Errors(language), &rooms) != nil { // of English there are none
			continue
		}
		for _, formats := range rooms {
			if format, ok := formats[ours.Format]; ok {
				args := slices.Clone(ours.Args)
				for k := range args {
					args[k] = fmt.Sprint(args[k]) // as the catalogue's %s takes them
				}
				t[i] = printable.Sprintf(format, args...)
			}
		}
	}
	return t
}
