package wording

import (
	"strings"

	"scalecam/assets"
	"scalecam/printable"
)

// Network is what a network is called, by its name or spec, at another size, too:
// those that come with the program have names in every language.
func (s *Speaker) Network(name string) string {
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

// Class is what a class is called: those of scenes have names in every language.
func (s *Speaker) Class(name string) string {
	if text, ok := s.texts["scene."+name]; ok {
		return text
	}
	return printable.Line(name)
}
