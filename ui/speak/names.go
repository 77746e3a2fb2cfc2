package speak

import (
	"path/filepath"
	"strings"

	"scalecam/assets"
	"scalecam/printable"
)

// Network is what the window calls a network, by its name or spec, at another size,
// too: those that come with the program have names in the language spoken.
func Network(name string) string { return current().network(name) }

// Class is what the window calls a class: those of scenes have names in the
// language spoken.
func Class(name string) string { return current().class(name) }

// File is the name of a file or a folder.
func File(path string) string { return printable.Line(filepath.Base(path)) }

func (s *Speaker) network(name string) string {
	for _, p := range assets.Packs() {
		for _, n := range p.Networks {
			for _, own := range []string{n.Title, p.Name + ":" + n.Name} {
				if at, ok := strings.CutPrefix(name, own); ok && (at == "" || strings.HasPrefix(strings.TrimSpace(at), "@")) {
					return s.Say("network."+n.Title) + printable.Line(at)
				}
			}
		}
	}
	return printable.Line(name)
}

func (s *Speaker) class(name string) string {
	if text, ok := s.texts["scene."+name]; ok {
		return text
	}
	return printable.Line(name)
}
