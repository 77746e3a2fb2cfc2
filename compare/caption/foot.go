package caption

import (
	"slices"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/wording"
)

// Sentence is one of the small print.
type Sentence struct {
	Text string
	// If names what of a view it is about: "shared", "grid", "grey", "signed",
	// "contour" or "object", "!" before it for its opposite; "" for any view.
	If    string
	Goes  bool // on in the line of the one before
	Warns bool
}

// In the small print these stand for what the view says of them.
const (
	colours = "{colours}"
	opacity = "{opacity}"
)

// Colours names a colour scale.
func Colours(s *wording.Speaker, m *colormap.Colormap) string { return s.Say("colours." + m.Name) }

// Foot is the small print in the view: how the maps were made and what to beware of.
func (t Captions) Foot() (all []Sentence) {
	is := map[string]bool{
		"": true, "shared": t.v.Shared, "grid": t.v.Interpolation == cam.Grid, "grey": t.v.Grey, "signed": t.v.Colormap.Diverging,
		"contour": t.v.Contour > 0, "object": t.v.Object, "differs": t.differ(),
	}
	fill := strings.NewReplacer(colours, Colours(t.Speaker, t.v.Colormap), opacity, Share(t.v.Opacity))
	for _, s := range t.AnyFoot() {
		if when, not := strings.CutPrefix(s.If, "!"); is[when] != not {
			s.Text = fill.Replace(s.Text)
			all = append(all, s)
		}
	}
	return all
}

// AnyFoot is the small print of any view of the comparison, in which "{colours}" and
// "{opacity}" stand for a view's. One more If, "differs", is about classes to choose from:
// that a network predicts another one than is explained.
func (t Captions) AnyFoot() (all []Sentence) {
	c, method := t.c, t.c.By.Uses()
	add := func(key, when string, args ...any) { all = append(all, Sentence{Text: t.Say(key, args...), If: when}) }
	more := func(key, when string, args ...any) {
		add(key, when, args...)
		all[len(all)-1].Goes = true
	}
	warn := func(key string) {
		add(key, "")
		all[len(all)-1].Warns = true
	}
	if c.By.Layer == "" {
		add("foot.method", "", method.Title, method.Source)
	} else {
		add("foot.method.at", "", method.Title, c.By.Layer, method.Source)
	}
	if method.Same(c.By.At() == cam.LastLayer.Name) != "" {
		more("foot.same", "", method.Title)
	}
	if method.Classless() {
		more("foot.classless", "")
	} else if len(c.By.Against) > 0 {
		more("foot.against", "")
	}
	switch {
	case method.Units == cam.NoUnits:
		more("foot.none", "")
	case method.Adds == cam.MeanAndBias:
		more("foot.adds."+t.score(), "")
	default:
		more("foot.logit", "")
	}
	add("foot.colours", "")
	more("foot.grid", "grid")
	more("foot.smooth", "!grid")
	more("foot.over grey", "grey")
	if method.Signed {
		more("foot.sign.signed", "signed")
		more("foot.sign.clipped", "!signed")
	} else {
		more("foot.sign.nothing", "signed")
		more("foot.sign.clipped nothing", "!signed")
	}
	if len(c.Models) > 1 {
		more("foot.shared", "shared")
		more("foot.own", "!shared")
	}
	for _, d := range c.Derived(t.v) {
		rule := strings.Join(strings.Fields(t.Say("derived."+string(d.Kind)+".rule")), " ") // which the window has in two parts
		add("foot.derived", "", t.DerivedTitle(d), rule)
	}
	add("foot.differs", "differs")
	if c.Located() {
		add("foot.object", "object")
	}
	if t.v.Contour > 0 {
		add("foot.contour", "contour", Share(t.v.Contour))
	}
	if c.Cropped() {
		add("foot.outline", "")
	}
	if c.GridsDiffer() {
		add("foot.grids", "")
	}
	shared := t.v
	shared.Shared = true
	if c.Unequal(shared) {
		add("foot.unequal", "shared")
	}
	if len(c.Astray()) > 0 {
		warn("foot.astray")
	}
	for _, m := range c.Models {
		for _, n := range compare.ModelNotes(m) {
			if inFoot(n) {
				add("foot.note", "", Title(t.Speaker, m), Note(t.Speaker, n))
			}
		}
	}
	noted := func(kind compare.NoteKind) bool {
		return slices.ContainsFunc(c.Models, func(m *network.Model) bool {
			return slices.ContainsFunc(compare.ModelNotes(m), func(n compare.Note) bool { return n.Kind == kind })
		})
	}
	some := func(is func(m *network.Model) bool) bool { return slices.ContainsFunc(c.Models, is) }
	for _, one := range []struct {
		key string
		is  bool
	}{
		{"foot.resolution", noted(compare.Resolution)},
		{"foot.uncalibrated", noted(compare.Uncalibrated)},
		{"foot.calibrated", some(func(m *network.Model) bool { return m.Temperature > 0 })},
		{"foot.unsure", t.unsure()},
	} {
		if one.is {
			add(one.key, "")
		}
	}
	if some(func(m *network.Model) bool { return !m.Trained }) {
		warn("foot.untrained")
	}
	return all
}

// unsure tells that some network is.
func (t Captions) unsure() bool {
	for i := range t.c.Rows {
		for j := range t.c.Models {
			if len(t.c.Doubts(i, j)) > 0 {
				return true
			}
		}
	}
	return false
}
