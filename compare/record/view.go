package record

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/fault"
	"scalecam/wording"
)

// A ViewField is a field of a View as Settings hold it, and the option of the
// command line for it.
type ViewField struct {
	Name     string // in the settings' JSON
	Option   string
	On       string // what the option without a value stands for; "" where it takes one, or is a bool's
	About    string // what help says of the option
	Figure   bool   // it is for figures of several maps alone
	Optional bool   // 0, or "", is not stated
	Networks bool   // it names some of the settings' networks
	Columns  bool   // it is for columns beside the networks', of a comparison alone

	Of   func(s *Settings) any                    // a *string, *float64, *int or *bool
	Give func(s *Settings, v *compare.View) error // puts it into v; the error says what would be right
	keep func(s *Settings, v compare.View)        // takes it out of v, which is bounded
}

// english is the language of figures that state none.
const english = "en"

// ViewFields are all of them, in the order of the settings.
var ViewFields = []ViewField{
	{
		Name: "scale", Option: "scale", Figure: true, About: "colours over each network's own range, or one shared by all: own, shared",
		Of:   func(s *Settings) any { return &s.Scale },
		Give: func(s *Settings, v *compare.View) error { return one(&v.Shared, s.Scale, "own", "shared") },
		keep: func(s *Settings, v compare.View) { s.Scale = name(v.Shared, "own", "shared") },
	},
	{
		Name: "colormap", Option: "colormap", About: "colour scale: " + strings.Join(colours(), " "),
		Of: func(s *Settings) any { return &s.Colormap },
		Give: func(s *Settings, v *compare.View) (err error) {
			if v.Colormap, err = colormap.Lookup(s.Colormap); err != nil {
				return fault.Errorf("there are %s", strings.Join(colours(), ", "))
			}
			return nil
		},
		keep: func(s *Settings, v compare.View) { s.Colormap = v.Colormap.Name },
	},
	{
		Name: "opacity", Option: "opacity", About: "opacity of the strongest evidence, 0 to 1",
		Of:   func(s *Settings) any { return &s.Opacity },
		Give: func(s *Settings, v *compare.View) error { return share(&v.Opacity, s.Opacity) },
		keep: func(s *Settings, v compare.View) { s.Opacity = v.Opacity },
	},
	{
		Name: "grey", Option: "grey", About: "show the picture in grey beneath the map",
		Of:   func(s *Settings) any { return &s.Grey },
		Give: func(s *Settings, v *compare.View) error { v.Grey = s.Grey; return nil },
		keep: func(s *Settings, v compare.View) { s.Grey = v.Grey },
	},
	{
		Name: "interpolation", Option: "raw", On: "grid", About: "show the grid's own cells, not smoothed",
		Of: func(s *Settings) any { return &s.Interpolation },
		Give: func(s *Settings, v *compare.View) error {
			raw := false
			err := one(&raw, s.Interpolation, "smooth", "grid")
			if v.Interpolation = cam.Smooth; raw {
				v.Interpolation = cam.Grid
			}
			return err
		},
		keep: func(s *Settings, v compare.View) {
			s.Interpolation = name(v.Interpolation == cam.Grid, "smooth", "grid")
		},
	},
	{
		Name: "contour", Option: "contour", Optional: true, About: "draw a line where the map reaches this share of its highest value, 0 to 1, and a box around the largest part; 0 for none",
		Of:   func(s *Settings) any { return &s.Contour },
		Give: func(s *Settings, v *compare.View) error { return share(&v.Contour, s.Contour) },
		keep: func(s *Settings, v compare.View) { s.Contour = v.Contour },
	},
	{
		Name: "object", Option: "object", About: "draw a line around the true object of scenes and labelled pictures, and tell how well each map finds it",
		Of:   func(s *Settings) any { return &s.Object },
		Give: func(s *Settings, v *compare.View) error { v.Object = s.Object; return nil },
		keep: func(s *Settings, v compare.View) { s.Object = v.Object },
	},
	{
		Name: "zoom", Option: "zoom", Figure: true, Optional: true, About: fmt.Sprintf("how large the figure is: 1 to %d times (default 1)", compare.MaxZoom),
		Of: func(s *Settings) any { return &s.Zoom },
		Give: func(s *Settings, v *compare.View) error {
			if v.Zoom = s.Zoom; v.Zoom < 0 || v.Zoom > compare.MaxZoom {
				return fault.Errorf("give 1 to %d", compare.MaxZoom)
			}
			return nil
		},
		keep: func(s *Settings, v compare.View) {
			if v.Zoom > 1 {
				s.Zoom = v.Zoom
			}
		},
	},
	{
		Name: "language", Option: "language", Figure: true, Optional: true, About: "language of the figure's texts: " + strings.Join(wording.Languages, ", ") + " (default " + english + ")",
		Of: func(s *Settings) any { return &s.Language },
		Give: func(s *Settings, v *compare.View) error {
			if v.Language = s.Language; s.Language != "" && !slices.Contains(wording.Languages, s.Language) {
				return fault.Errorf("there are %s", strings.Join(wording.Languages, ", "))
			}
			return nil
		},
		keep: func(s *Settings, v compare.View) {
			if v.Language != english {
				s.Language = v.Language
			}
		},
	},
	{
		Name: "consensus", Option: "consensus", Columns: true, About: "add the mean of the networks' maps, and how far each agrees with the others",
		Of:   func(s *Settings) any { return &s.Consensus },
		Give: func(s *Settings, v *compare.View) error { v.Consensus = s.Consensus; return nil },
		keep: func(s *Settings, v compare.View) { s.Consensus = v.Consensus },
	},
	{
		Name: "difference", Option: "difference", Columns: true, Optional: true, Networks: true, About: "add one network's map less another's, AFTER-BEFORE by their names or columns: compound-baseline, 5-1",
		Of: func(s *Settings) any { return &s.Difference },
		Give: func(s *Settings, v *compare.View) (err error) {
			v.Difference, err = compare.ParsePair(s.Difference, s.specs())
			return err
		},
		keep: func(s *Settings, v compare.View) { s.Difference = v.Difference.String() },
	},
}

// specs are the networks'.
func (s *Settings) specs() (all []string) {
	for _, n := range s.Networks {
		all = append(all, string(n.Spec))
	}
	return all
}

// name is the name of what is off or on.
func name(is bool, off, on string) string {
	if is {
		return on
	}
	return off
}

// one says by its name which of the two it is.
func one(is *bool, name, off, on string) error {
	if name != off && name != on {
		return fault.Errorf("there are %s and %s", off, on)
	}
	*is = name == on
	return nil
}

// share puts a number from 0 to 1 in its place.
func share(to *float64, v float64) error {
	if *to = v; !(v >= 0 && v <= 1) { // also catches NaN
		return errors.New("give a number from 0 to 1")
	}
	return nil
}

// colours are the names of the colour scales.
func colours() (names []string) {
	for _, c := range colormap.All() {
		names = append(names, c.Name)
	}
	return names
}

// Text is the field's value, as a command line has it.
func (f ViewField) Text(s *Settings) string {
	switch v := f.Of(s).(type) {
	case *string:
		return *v
	case *float64:
		return strconv.FormatFloat(*v, 'g', -1, 64)
	case *int:
		return strconv.Itoa(*v)
	case *bool:
		return strconv.FormatBool(*v)
	}
	panic("record: a field of no type of settings") // a slip of the table above
}

// words are the field's part of a command line.
func (f ViewField) words(s *Settings) []string {
	text := f.Text(s)
	_, toggle := f.Of(s).(*bool)
	switch {
	case toggle && text == "false", f.On != "" && text != f.On, f.Optional && (text == "0" || text == ""):
		return nil
	case toggle, f.On != "":
		return []string{"--" + f.Option}
	}
	return []string{"--" + f.Option, text}
}

// View is the view that the settings hold; what is out of range is an error.
func (s *Settings) View() (v compare.View, err error) {
	for _, f := range ViewFields {
		if err := f.Give(s, &v); err != nil {
			return v, fault.Errorf("record: the settings' %s is %.80q; %w", f.Name, f.Text(s), err)
		}
	}
	return v, nil
}

// SettingsOfView are those of the view alone.
func SettingsOfView(v compare.View) (s Settings) {
	v = v.Bounded()
	for _, f := range ViewFields {
		f.keep(&s, v)
	}
	return s
}
