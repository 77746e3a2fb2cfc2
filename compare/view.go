package compare

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/printable"
)

// View is how a Comparison is shown. It changes no value: everything in it can
// be undone by another View of the same Comparison.
type View struct {
	Colormap *colormap.Colormap
	Opacity  float64 // of the strongest evidence, 0 to 1; 0 shows the picture itself
	Grey     bool    // the picture in grey beneath the map
	// Shared spreads the colours over one scale for all models of a row, so
	// that strengths can be compared; otherwise each has its own.
	Shared        bool
	Interpolation cam.Interpolation
	// Contour draws a line around where the map reaches this share, above 0 and
	// up to 1, of its scale's highest value, and a box around the largest part of
	// that (cam.Above); 0 draws none.
	Contour float64
	// Object draws a line around what the picture is known to show, where its place is
	// known (picture.Picture.Object), and tells how well each map finds it.
	Object bool
	// Zoom is how many pixels a figure has for each of its own, 1 to MaxZoom; 0
	// is taken for 1.
	Zoom int
	// Language is that of a figure's texts, one of wording.Languages; "" is English.
	Language string
	// Consensus and Difference ask for columns beside the networks' (see Derived).
	Consensus  bool
	Difference Pair
}

// MaxZoom bounds View.Zoom: a figure at 4 has about 300 dots an inch on paper.
const MaxZoom = 4

// DefaultView is what the program starts with.
func DefaultView() View {
	return View{Colormap: colormap.Default(), Opacity: 0.7}
}

// In is the view in another colour scale. Where that is of both signs, the picture is in
// grey beneath: its own colours would be read as evidence for and against. It is in
// colour again in a scale of one sign.
func (v View) In(m *colormap.Colormap) View {
	if m.Diverging != v.Colormap.Diverging {
		v.Grey = m.Diverging
	}
	v.Colormap = m
	return v
}

// Bounded is the view as it is drawn, everything within its range.
func (v View) Bounded() View {
	within := func(share float64) float64 {
		if !(share > 0) { // also catches NaN
			return 0
		}
		return min(share, 1)
	}
	v.Opacity, v.Contour, v.Zoom = within(v.Opacity), within(v.Contour), min(max(v.Zoom, 1), MaxZoom)
	return v
}

// Scale is the range of values that the colours of a cell stand for: positive
// evidence, or both signs where the colour scale is a diverging one. It is
// empty where there is nothing to show.
func (c *Comparison) Scale(row, col int, v View) cam.Scale {
	var maps []*cam.Map
	for j, cell := range c.Rows[row].Cells {
		if cell.Map != nil && (v.Shared || j == col) {
			maps = append(maps, cell.Map)
		}
	}
	if v.Colormap.Diverging {
		return cam.SignedScale(maps...)
	}
	return cam.PositiveScale(maps...)
}

// Seen is the part that a network was shown of the row's picture at that size:
// within it, and never less than a pixel.
func (c *Comparison) Seen(row, col int, size image.Point) image.Rectangle {
	return Shown{Seen: c.Rows[row].Cells[col].Activations.Seen}.On(&c.Rows[row], size)
}

// Title is the model's name as shown.
func Title(m *network.Model) string {
	if m.Name == "" { // a model that was not opened from a file
		return m.Network.Architecture.Title
	}
	return m.Name
}

// Note is something that a reader must know to trust a cell.
type Note struct {
	Kind NoteKind
	Args []any // of the kind's text
}

// NoteKind says what a Note is about.
type NoteKind string

// The kinds of notes.
const (
	Untrained    NoteKind = "untrained"     // the network's weights are random
	Resolution   NoteKind = "resolution"    // trained at one size (the first argument), run at another
	Assumed      NoteKind = "assumed"       // settings (the argument) that nothing says
	Averaged     NoteKind = "averaged"      // weights taken from one part of a file (the first argument) that holds others, too
	Independent  NoteKind = "independent"   // the classes do not exclude each other
	Uncalibrated NoteKind = "uncalibrated"  // no temperature is known for the network at this size
	NoClass      NoteKind = "no class"      // the network has none of the name (the argument)
	Instead      NoteKind = "instead"       // it has none of the name (the argument), and so explains its own prediction
	Several      NoteKind = "several"       // the name (the first argument) is that of so many of its classes, which follow
	Itself       NoteKind = "itself"        // it is held against the class that would be explained
	NoEvidence   NoteKind = "no evidence"   // nothing to show
	Unsure       NoteKind = "unsure"        // the picture looks like none of the network's classes
	NoConsensus  NoteKind = "no consensus"  // fewer than two networks have a say
	NoDifference NoteKind = "no difference" // a network has no map, or the two saw different parts
)

var noteTexts = map[NoteKind]string{
	Untrained:    "untrained: random weights",
	Resolution:   "trained at %v px, run at %v",
	Assumed:      "assumed: %s",
	Averaged:     "weights: %s of its file, not %s",
	Independent:  "each class by itself (sigmoid)",
	Uncalibrated: "uncalibrated",
	NoClass:      "has no class “%s”",
	Instead:      "does not know “%s”: explains its own prediction",
	Several:      "“%s” names %v of its classes: %s",
	Itself:       "the class is held against itself",
	NoEvidence:   "no positive evidence",
	Unsure:       "unsure: like none of its classes",
	NoConsensus:  "no consensus: it takes two trained networks with a map of a part that both saw",
	NoDifference: "no difference: it takes two maps of a part that both networks saw",
}

// String is the note in English.
func (n Note) String() string { return fmt.Sprintf(noteTexts[n.Kind], n.Args...) }

// noteReasons are sentences on kinds of notes, for those who want to know more.
var noteReasons = map[NoteKind]string{
	Resolution:   "At another input size than it was trained at, if not too far from it, a network is right about as often, but how sure it is changes: its evidence fills as many cells of the grid, and the mean is taken over more or fewer (arXiv 1906.06423).",
	Unsure:       "Unsure: the picture looks less like one of the network's classes than 95 of 100 pictures of these do; what it predicts is then a guess.",
	Assumed:      "Nothing says what is assumed of a network: a wrong padding, mean or crop changes what it predicts. scalecam describe lists all of it; --set KEY=VALUE states what is known.",
	Independent:  "Classes that do not exclude each other, as one output alone or several labels of a picture: each has a probability of its own, the sigmoid of its logit, and they do not add up to one.",
	Uncalibrated: "Where no temperature was fitted (scalecam calibrate), probabilities are the plain softmax or sigmoid, not how often the network is right.",
}

// Reason says in English what is behind such notes; "" where the note says it.
func (k NoteKind) Reason() string { return noteReasons[k] }

// Notes are the notes of a cell: of its network first, then of its picture and its
// map.
func (c *Comparison) Notes(row, col int, v View) []Note {
	if col >= len(c.Models) {
		return c.CellNotes(row, col, v)
	}
	return slices.Concat(ModelNotes(c.Models[col]), c.Otherwise(row, col), c.Doubts(row, col), c.CellNotes(row, col, v))
}

// Otherwise says of a cell that it explains another class than its row.
func (c *Comparison) Otherwise(row, col int) (notes []Note) {
	if c.Instead(row, col) {
		notes = []Note{{Instead, []any{c.Rows[row].Class}}}
	}
	return notes
}

// Certainty is by how much a row's picture looks more like one of the classes of its
// networks, taken together, than what they are unsure of (network.Certainty); of cols
// alone, where some are named. It says false where that is known of none.
func (c *Comparison) Certainty(row int, cols ...int) (certainty float64, known bool) {
	var by []*network.Unsure
	var seen []network.Familiarity
	for j, cell := range c.Rows[row].Cells {
		if a := cell.Activations; a.Unsure != nil && (len(cols) == 0 || slices.Contains(cols, j)) {
			by, seen = append(by, a.Unsure), append(seen, a.Familiarity)
		}
	}
	if len(by) == 0 {
		return 0, false
	}
	return network.Certainty(by, seen), true
}

// Doubts say of a cell that its network is unsure, or of a row, where no col is
// named, that all of them together are.
func (c *Comparison) Doubts(row int, cols ...int) (notes []Note) {
	if certainty, known := c.Certainty(row, cols...); known && certainty < 0 {
		notes = []Note{{Kind: Unsure}}
	}
	return notes
}

// NoteTexts are the notes in English; of none [] rather than nil, for JSON.
func NoteTexts(notes []Note) []string {
	texts := []string{}
	for _, n := range notes {
		texts = append(texts, n.String())
	}
	return texts
}

// ModelNotes hold for all that the model sees.
func ModelNotes(m *network.Model) (notes []Note) {
	if !m.Trained {
		notes = append(notes, Note{Kind: Untrained})
	}
	if at := m.Network.Scaling.Resolution; m.TrainedAt != (network.Size{}) && m.TrainedAt != at {
		notes = append(notes, Note{Resolution, []any{m.TrainedAt, at}})
	}
	if keys := m.Assumed(); len(keys) > 0 {
		notes = append(notes, Note{Assumed, []any{strings.Join(keys, ", ")}})
	}
	if m.Weights.Taken != "" && len(m.Weights.Beside) > 0 {
		notes = append(notes, Note{Averaged, []any{m.Weights.Taken, strings.Join(m.Weights.Beside, ", ")}})
	}
	if m.Independent {
		notes = append(notes, Note{Kind: Independent})
	}
	if m.Trained && m.Temperature == 0 {
		notes = append(notes, Note{Kind: Uncalibrated})
	}
	return notes
}

// CellNotes say why a cell shows no map of its own.
func (c *Comparison) CellNotes(row, col int, v View) []Note {
	v.Shared = false // evidence elsewhere in the row is none here
	if col >= len(c.Models) {
		switch s := c.Shown(row, col, v); {
		case s.Map == nil && c.Derived(v)[col-len(c.Models)].Kind == Consensus:
			return []Note{{Kind: NoConsensus}}
		case s.Map == nil:
			return []Note{{Kind: NoDifference}}
		case s.Scale.Empty():
			return []Note{{Kind: NoEvidence}}
		}
		return nil
	}
	switch {
	case c.Rows[row].Cells[col].Map == nil:
		if _, missing := c.By.target(c.Models[col], 0); missing != "" {
			return []Note{Lacking(c.Models[col], missing)}
		}
		r := &c.Rows[row]
		if i, err := c.Models[col].FindClass(r.Class); r.Own || err == nil && c.By.against(c.Models[col], i) {
			return []Note{{Kind: Itself}}
		}
		return []Note{Lacking(c.Models[col], r.Class)}
	case c.Scale(row, col, v).Empty():
		return []Note{{Kind: NoEvidence}}
	}
	return nil
}

// Lacking says why FindClass finds no class of that name in the model: it has none,
// or several.
func Lacking(m *network.Model, class string) Note {
	const most = 3 // indices
	all := m.ClassesNamed(class)
	if len(all) < 2 {
		return Note{NoClass, []any{class}}
	}
	var indices []string
	for _, i := range all[:min(len(all), most)] {
		indices = append(indices, strconv.Itoa(i))
	}
	if len(all) > most {
		indices = append(indices, "…")
	}
	return Note{Several, []any{class, len(all), strings.Join(indices, ", ")}}
}

// GridsDiffer tells that the models' maps have different grids, so that part
// of what looks like more detail is a finer grid.
func (c *Comparison) GridsDiffer() bool {
	for _, m := range c.Models {
		if c.By.Grid(m) != c.By.Grid(c.Models[0]) {
			return true
		}
	}
	return false
}

// Unequal tells that maps share a scale although some model runs at another size
// than it was trained at: its logits are lower or higher for that reason alone.
func (c *Comparison) Unequal(v View) bool {
	if !v.Shared || len(c.Models) < 2 {
		return false
	}
	for _, m := range c.Models {
		for _, n := range ModelNotes(m) {
			if n.Kind == Resolution {
				return true
			}
		}
	}
	return false
}

// Cropped tells that a model was shown only a part of a picture, as its
// preprocessing has it: its map ends there.
func (c *Comparison) Cropped() bool {
	for _, r := range c.Rows {
		for _, cell := range r.Cells {
			if cell.Activations.Seen.In(1, 1) != (image.Rectangle{Max: r.Size()}) {
				return true
			}
		}
	}
	return false
}

// Astray are the models that know drawn scenes alone, where other pictures are compared.
func (c *Comparison) Astray() (all []*network.Model) {
	if !slices.ContainsFunc(c.Rows, func(r Row) bool { return !strings.HasPrefix(r.Picture.Path, scenes.Prefix) }) {
		return nil
	}
	for _, m := range c.Models {
		if m.Trained && m.Domain == network.Scenes {
			all = append(all, m)
		}
	}
	return all
}

// FormatCount writes a count in three digits, as papers do: "386M", "1.58B",
// "5.29M".
func FormatCount(n int64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		// From 999.5 of the smaller unit on, three digits round up to this one.
		if v := float64(n) / unit.size; v >= 0.9995 {
			return strings.TrimSuffix(fmt.Sprintf("%#.3g", v), ".") + unit.name
		}
	}
	return fmt.Sprint(n)
}

// ParseCount reads a count as FormatCount and FormatExact write it, "386M", "1.58B"
// or "5,288,548", with G for B, too. It is 1 or more.
func ParseCount(text string) (int64, error) {
	t, unit := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), ",", "")), 1.0
	if i := strings.IndexAny(t, "KMBGT"); i >= 0 && i == len(t)-1 {
		unit = map[byte]float64{'K': 1e3, 'M': 1e6, 'B': 1e9, 'G': 1e9, 'T': 1e12}[t[i]]
		t = strings.TrimSpace(t[:i])
	}
	v, err := strconv.ParseFloat(t, 64)
	if v = math.Round(v * unit); err != nil || !(v >= 1 && v <= 1e18) { // also catches NaN
		return 0, fault.Errorf("compare: %.80q is no count; write one such as 2G, 390M or 385,814,752", text)
	}
	return int64(v), nil
}

// FormatExact writes a count with commas between thousands: "5,288,548".
func FormatExact(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// FormatProbability writes a probability: "97.3%". A softmax is neither 0 nor,
// of several classes, 1, so what rounds to them is not said to be.
func FormatProbability(p float64) string {
	switch {
	case p < 0.001:
		return "<0.1%"
	case p > 0.999:
		return ">99.9%"
	}
	return fmt.Sprintf("%.1f%%", 100*p)
}

// FormatValue writes a value of a map: 0, or three digits with a true minus sign.
func FormatValue(v float64) string {
	if v == 0 {
		return "0"
	}
	return printable.Minus(strings.TrimSuffix(fmt.Sprintf("%#.3g", v), "."))
}

// FormatChange is FormatValue with its sign, "+" too.
func FormatChange(v float64) string {
	if v > 0 {
		return "+" + FormatValue(v)
	}
	return FormatValue(v)
}
