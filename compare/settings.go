package compare

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
)

// Settings are what it takes to make a figure again. They hold no time and
// nothing of the machine but the paths as they were given.
type Settings struct {
	Pictures []string          `json:"pictures"` // paths
	Networks []NetworkSettings `json:"networks"`
	Class    string            `json:"class"` // explained, by name or index; "" for what the first network predicts
	// Classes say so for each picture, where they are not all the same.
	Classes       []string `json:"classes,omitempty"`
	Method        string   `json:"method"`          // a key of cam.Methods
	Layer         string   `json:"layer,omitempty"` // as network.Model.FindLayer takes it; "" for the last
	Scale         string   `json:"scale"`           // "own" or "shared"
	Colormap      string   `json:"colormap"`
	Opacity       float64  `json:"opacity"` // 0 to 1
	Grey          bool     `json:"grey"`
	Interpolation string   `json:"interpolation"`     // "smooth" or "grid"
	Contour       float64  `json:"contour,omitempty"` // share of the highest value, 0 to 1; 0 for none
	Zoom          int      `json:"zoom,omitempty"`    // 1 to MaxZoom; 0 for 1
	// Command is the line for a POSIX shell that makes the figure again. It is
	// "" where no one command does: rows that explain different classes, or
	// networks opened with different stated settings.
	Command string `json:"command"`
}

// NetworkSettings name a network and what was stated of it.
type NetworkSettings struct {
	Spec string            `json:"spec"`
	Set  map[string]string `json:"set,omitempty"`
}

// The names of Settings' choices.
const (
	ownScale, sharedScale = "own", "shared"
	smooth, grid          = "smooth", "grid"
)

// View is the view that the settings hold; what is out of range is an error.
func (s *Settings) View() (View, error) {
	v := View{Opacity: s.Opacity, Grey: s.Grey, Shared: s.Scale == sharedScale, Contour: s.Contour, Zoom: s.Zoom}
	var err error
	if v.Colormap, err = colormap.Lookup(s.Colormap); err != nil {
		return v, err
	}
	if s.Interpolation == grid {
		v.Interpolation = cam.Grid
	}
	for _, c := range []struct {
		name, value string
		known       []string
	}{{"scale", s.Scale, []string{ownScale, sharedScale}}, {"interpolation", s.Interpolation, []string{smooth, grid}}} {
		if !slices.Contains(c.known, c.value) {
			return v, fmt.Errorf("compare: the settings' %s is %q; there are %s", c.name, c.value, strings.Join(c.known, ", "))
		}
	}
	if !(s.Opacity >= 0 && s.Opacity <= 1 && s.Contour >= 0 && s.Contour <= 1) || s.Zoom < 0 || s.Zoom > MaxZoom {
		return v, fmt.Errorf("compare: the settings have opacity %v, contour %v and zoom %d; the first two run from 0 to 1, the last from 1 to %d", s.Opacity, s.Contour, s.Zoom, MaxZoom)
	}
	return v, nil
}

// By is how the settings' maps are made.
func (s *Settings) By() (By, error) { return ByName(s.Method, s.Layer) }

// Asks is the class that the settings ask a row to explain, as Run's class says.
func (s *Settings) Asks(row int) string {
	if row < len(s.Classes) {
		return s.Classes[row]
	}
	return s.Class
}

// Settings are those of the view alone.
func (v View) Settings() Settings {
	s := Settings{
		Scale: ownScale, Colormap: v.Colormap.Name,
		Opacity: opacity(v), Grey: v.Grey, Interpolation: smooth,
	}
	if v.Shared {
		s.Scale = sharedScale
	}
	if v.Contour > 0 {
		s.Contour = min(v.Contour, 1)
	}
	if z := v.zoom(); z > 1 {
		s.Zoom = z
	}
	if v.Interpolation == cam.Grid {
		s.Interpolation = grid
	}
	return s
}

// Settings are those of the figure that v gives.
func (c *Comparison) Settings(v View) Settings {
	s := v.Settings()
	s.Method, s.Layer = c.By.method().Key, c.By.Layer
	for _, r := range c.Rows {
		s.Pictures = append(s.Pictures, r.Picture.Path)
	}
	for _, m := range c.Models {
		s.Networks = append(s.Networks, NetworkSettings{m.Spec, m.Stated})
	}
	var classes []string
	for i := range c.Rows {
		classes = append(classes, c.asked(i))
	}
	s.Class = classes[0]
	if slices.ContainsFunc(classes, func(class string) bool { return class != s.Class }) {
		s.Class, s.Classes = "", classes
		return s
	}
	set := s.Networks[0].Set
	if !slices.ContainsFunc(s.Networks, func(n NetworkSettings) bool { return !maps.Equal(n.Set, set) }) {
		s.Command = s.command(set)
	}
	return s
}

// opacity is the view's opacity as it is drawn: from 0 to 1.
func opacity(v View) float64 {
	if !(v.Opacity > 0) { // also catches NaN
		return 0
	}
	return min(v.Opacity, 1)
}

// asked is what class a row was asked to explain, as Run's class says.
func (c *Comparison) asked(row int) string {
	r := &c.Rows[row]
	if r.Predicted || r.Shown {
		return ""
	}
	for j, cell := range r.Cells {
		if cell.Class < 0 {
			continue
		}
		if i, err := c.Models[j].FindClass(r.Class); err != nil || i != cell.Class {
			return strconv.Itoa(cell.Class) // several classes share the name
		}
		break
	}
	return r.Class
}

// command is the shell's line for the settings, the same stated for every
// network.
func (s *Settings) command(set map[string]string) string {
	words := []string{"scalecam", "compare"}
	for _, p := range s.Pictures {
		if strings.HasPrefix(p, "-") { // a file, not an option
			p = "./" + p
		}
		words = append(words, p)
	}
	for _, n := range s.Networks {
		words = append(words, "--network", n.Spec)
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		words = append(words, "--set", key+"="+set[key])
	}
	if s.Class != "" {
		words = append(words, "--class", s.Class)
	}
	if s.Method != cam.MethodCAM.Key {
		words = append(words, "--method", s.Method)
	}
	if s.Layer != "" {
		words = append(words, "--layer", s.Layer)
	}
	words = append(words, "--scale", s.Scale, "--colormap", s.Colormap,
		"--opacity", strconv.FormatFloat(s.Opacity, 'g', -1, 64))
	if s.Grey {
		words = append(words, "--grey")
	}
	if s.Interpolation == grid {
		words = append(words, "--raw")
	}
	if s.Contour > 0 {
		words = append(words, "--contour", strconv.FormatFloat(s.Contour, 'g', -1, 64))
	}
	if s.Zoom > 1 {
		words = append(words, "--zoom", strconv.Itoa(s.Zoom))
	}
	words = append(words, "-o", "figure.png")
	for i, w := range words {
		words[i] = quote(w)
	}
	return strings.Join(words, " ")
}

// plain words mean themselves to a POSIX shell (IEEE 1003.1, section 2.2); a
// leading ~ or a word like a=b does not stand where it would mean more.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote writes a word so that a POSIX shell reads it as it is.
func quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
