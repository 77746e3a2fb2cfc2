// Package record keeps a Comparison: the settings that make its figure again, in a
// PNG or in a session's file, and its numbers and maps as files.
package record

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/file"
	"scalecam/network"
	"scalecam/picture"
)

// Settings are what it takes to make a figure again. They hold no time and
// nothing of the machine but names of files (see Naming).
type Settings struct {
	Pictures []file.Path `json:"pictures"`
	// SHA256 are of the pictures' files, hexadecimal, "" for one that needs none;
	// nil where whole paths name them.
	SHA256   []string          `json:"sha256,omitempty"`
	Networks []NetworkSettings `json:"networks"`
	Class    string            `json:"class"` // explained, by name or index; "" for what the first network predicts
	// Classes say so for each picture, where they are not all the same.
	Classes []string `json:"classes,omitempty"`
	Against []string `json:"against,omitempty"` // as compare.By's
	Own     bool     `json:"own,omitempty"`     // as compare.By's
	Method  string   `json:"method"`            // a key of cam.Methods
	Layer   string   `json:"layer,omitempty"`   // as network.Model.FindLayer takes it; "" for the last
	// Of the view (see ViewFields):
	Scale         string  `json:"scale"` // "own" or "shared"
	Colormap      string  `json:"colormap"`
	Opacity       float64 `json:"opacity"` // 0 to 1
	Grey          bool    `json:"grey"`
	Interpolation string  `json:"interpolation"`      // "smooth" or "grid"
	Contour       float64 `json:"contour,omitempty"`  // share of the highest value, 0 to 1; 0 for none
	Object        bool    `json:"object,omitempty"`   // a line around the true object
	Zoom          int     `json:"zoom,omitempty"`     // 1 to compare.MaxZoom; 0 for 1
	Language      string  `json:"language,omitempty"` // a tag; "" for English
	Consensus     bool    `json:"consensus,omitempty"`
	Difference    string  `json:"difference,omitempty"` // "5-1": one network's map less another's, by their columns from 1 on
	// Erase is what is taken out of the first picture; nil for nothing.
	Erase *compare.Erasure `json:"erase,omitempty"`
	// Command is the line for a POSIX shell that makes the figure again. It is
	// "" where no one command does: rows that explain different classes, networks
	// opened with different stated settings or called otherwise, or different files of
	// one name.
	Command string `json:"command"`
}

// NetworkSettings name a network and what was stated of it.
type NetworkSettings struct {
	Spec   file.Path         `json:"spec"`
	Set    map[string]string `json:"set,omitempty"`
	Name   string            `json:"name,omitempty"`   // what the user calls it
	SHA256 string            `json:"sha256,omitempty"` // as Settings' of the weights file
}

// By is how the settings' maps are made.
func (s *Settings) By() (compare.By, error) {
	by, err := compare.ByName(s.Method, s.Layer)
	by.Against, by.Own = s.Against, s.Own
	return by, err
}

// Asks is the class that the settings ask a row to explain, as compare.Run's class says.
func (s *Settings) Asks(row int) string {
	if row < len(s.Classes) {
		return s.Classes[row]
	}
	return s.Class
}

// SettingsOf are those of the figure that v gives of the comparison.
func SettingsOf(c *compare.Comparison, v compare.View, n Naming) Settings {
	if !v.Difference.Within(len(c.Models)) {
		v.Difference = compare.Pair{} // of networks that are gone
	}
	s := SettingsOfView(v)
	s.Method, s.Layer, s.Against, s.Own = c.By.Uses().Key, c.By.Layer, c.By.Against, c.By.Own
	files := map[file.Path]string{} // what each name stands for
	unclear := false                // one stands for several
	name := func(as file.Path, path, sum string) file.Path {
		is := cmp.Or(sum, path)
		if other, ok := files[as]; ok && other != is {
			unclear = true
		}
		files[as] = is
		return as
	}
	for _, r := range c.Rows {
		p := r.Picture
		s.Pictures = append(s.Pictures, name(n.picture(p.Path), p.Path, p.SHA256))
		s.SHA256 = append(s.SHA256, p.SHA256)
	}
	for _, m := range c.Models {
		named := networkSettings(m, n)
		name(named.Spec, m.Spec, m.SHA256)
		s.Networks = append(s.Networks, named)
	}
	if n == WholePaths || !slices.ContainsFunc(s.SHA256, func(sum string) bool { return sum != "" }) {
		s.SHA256 = nil
	}
	if n == WholePaths {
		for i := range s.Networks {
			s.Networks[i].SHA256 = ""
		}
	}
	var classes []string
	for i := range c.Rows {
		classes = append(classes, c.Asked(i))
	}
	s.Class = classes[0]
	if slices.ContainsFunc(classes, func(class string) bool { return class != s.Class }) {
		s.Class, s.Classes = "", classes
		return s
	}
	set := s.Networks[0].Set
	if !unclear && !slices.ContainsFunc(s.Networks, func(n NetworkSettings) bool { return n.Name != "" || !maps.Equal(n.Set, set) }) {
		s.Command = s.command(set)
	}
	return s
}

// SettingsOfMany are those of maps of many pictures, which they do not name, nor a command.
func SettingsOfMany(models []*network.Model, ask compare.Ask, v compare.View, n Naming) Settings {
	s := SettingsOfView(v)
	s.Pictures, s.Class = []file.Path{}, ask.Class
	s.Method, s.Layer, s.Against, s.Own = ask.By.Uses().Key, ask.By.Layer, ask.By.Against, ask.By.Own
	for _, m := range models {
		s.Networks = append(s.Networks, networkSettings(m, n))
	}
	return s
}

func networkSettings(m *network.Model, n Naming) NetworkSettings {
	s := NetworkSettings{n.network(m.Spec), m.Stated, "", m.SHA256}
	if m.Called {
		s.Name = m.Name
	}
	return s
}

// SettingsOfErased are those of the figure that v gives of an Erased.
func SettingsOfErased(e *compare.Erased, v compare.View, n Naming) Settings {
	before := *e.Comparison
	before.Rows = before.Rows[:1]
	s := SettingsOf(&before, v, n)
	s.Erase = &e.Erasure
	if s.Command != "" {
		s.Command = s.command(s.Networks[0].Set)
	}
	return s
}

// A RegionOption is the option of the command line for regions of a shape.
type RegionOption struct {
	Shape  picture.Shape
	Option string
	About  string
}

// RegionOptions are all of them.
var RegionOptions = []RegionOption{
	{picture.Box, "region", "box to erase, as x,y,width,height in pixels of the upright picture; may be repeated, as may the next two"},
	{picture.Polygon, "polygon", "polygon to erase, by its corners: x,y,x,y,x,y…"},
	{picture.Brush, "brush", "stroke of a round brush to erase: radius,x,y,x,y…"},
}

// eraseWords are the erasure's part of a command line.
func eraseWords(e *compare.Erasure) (words []string) {
	if e.Part {
		words = append(words, "--telling-part")
	}
	for _, r := range e.Regions {
		i := slices.IndexFunc(RegionOptions, func(o RegionOption) bool { return o.Shape == r.Shape })
		words = append(words, "--"+RegionOptions[i].Option, r.Numbers())
	}
	if e.Fill != "" {
		words = append(words, "--fill", string(e.Fill))
	}
	return words
}

// command is the shell's line for the settings, the same stated for every
// network.
func (s *Settings) command(set map[string]string) string {
	words := []string{"scalecam", "compare"}
	if s.Erase != nil {
		words[1] = "erase"
	}
	for _, p := range file.Names(s.Pictures) {
		if strings.HasPrefix(p, "-") { // a file, not an option
			p = "./" + p
		}
		words = append(words, p)
	}
	for _, n := range s.Networks {
		words = append(words, "--network", string(n.Spec))
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		words = append(words, "--set", key+"="+set[key])
	}
	if s.Class != "" {
		words = append(words, "--class", s.Class)
	}
	for _, class := range s.Against {
		words = append(words, "--against", class)
	}
	if s.Own {
		words = append(words, "--own")
	}
	if s.Method != cam.MethodCAM.Key {
		words = append(words, "--method", s.Method)
	}
	if s.Layer != "" {
		words = append(words, "--layer", s.Layer)
	}
	for _, f := range ViewFields {
		words = append(words, f.words(s)...)
	}
	if s.Erase != nil {
		words = append(words, eraseWords(s.Erase)...)
	}
	words = append(words, "-o", "figure.png")
	for i, w := range words {
		if !utf8.ValidString(w) && strings.HasSuffix(w, "\n") { // the shell would drop it of what printf prints
			return ""
		}
		words[i] = quote(w)
	}
	return strings.Join(words, " ")
}

// plain words mean themselves to a POSIX shell (IEEE 1003.1, section 2.2); a
// leading ~ or a word like a=b does not stand where it would mean more.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote writes a word so that a POSIX shell reads it as it is.
func quote(word string) string {
	switch {
	case plain.MatchString(word):
		return word
	case utf8.ValidString(word):
		return inQuotes(word)
	}
	return `"$(printf ` + inQuotes(printfFormat(word)) + `)"`
}

func inQuotes(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// printfFormat is what the shell's printf prints a word by, itself a text: the word's
// bytes that are no UTF-8, and a - at its beginning, are octal.
func printfFormat(word string) string {
	var b strings.Builder
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRuneInString(word[i:])
		switch {
		case r == utf8.RuneError && size == 1, r == '-' && i == 0:
			fmt.Fprintf(&b, `\%03o`, word[i])
		case r == '%':
			b.WriteString("%%")
		case r == '\\':
			b.WriteString(`\\`)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}
