package compare

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/printable"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// controls are what changes the view of a comparison. They are always in sight.
type controls struct {
	box fyne.CanvasObject

	open, Draw, add, save *widget.Button
	Class                 *widget.Button
	Packs                 *kit.Select // after the packs, series that are here, that which the pictures ask for, then weights files to add
	packs                 []string    // packs and series, by their names
	weights               []string    // weights files, by their paths
	more                  *kit.Button // published networks
	packed, added         func(name string)
	By                    *makers
	Colours               *kit.Select
	about                 *widget.Label // the colour scale
	bar                   *kit.ColourBar
	Strength, contour     *kit.ValueSlider
	Wipe                  *kit.ValueSlider
	Shared, Grid, Grey    *kit.Check
	signed, Object        *kit.Check
	Hint                  *widget.Label

	View    compare.View
	before  *colormap.Colormap // the scale of one sign that signed goes back to
	quiet   bool               // what the widgets say comes from the view
	changed func(compare.View)
}

const (
	controlsWidth = 264
	// ContourStart is the threshold of arXiv 1512.04150.
	ContourStart = 0.2
)

// newControls shows the view and calls changed with every other one that the
// user makes, and wiped with how far the map is wiped away.
func newControls(view compare.View, work kit.Work, changed func(compare.View), wiped func(share float64)) *controls {
	c := &controls{
		open:  widget.NewButtonWithIcon(speak.Say("controls.open"), theme.FileImageIcon(), nil),
		Draw:  widget.NewButtonWithIcon(speak.Say("controls.draw"), theme.MediaReplayIcon(), nil),
		add:   widget.NewButtonWithIcon(speak.Say("controls.add"), theme.ContentAddIcon(), nil),
		save:  widget.NewButtonWithIcon(speak.Say("export"), theme.DocumentSaveIcon(), nil),
		Class: widget.NewButtonWithIcon("", theme.SearchIcon(), nil),
		about: kit.Caption(widget.MediumImportance), Hint: kit.Caption(widget.MediumImportance), bar: kit.NewColourBar(view.Colormap, work),
		Strength: kit.NewValueSlider(speak.Say("strength"), 0, 100, 1), contour: kit.NewValueSlider(speak.Say("contour"), 0, 95, 5), Wipe: kit.NewValueSlider(speak.Say("wipe"), 0, 100, 1),
		changed: changed, before: colormap.Default(),
		more: kit.NewIconButton(theme.DownloadIcon(), speak.Say("nets.tip"), nil),
	}
	c.Hint.Truncation, c.Hint.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	c.open.Importance = widget.HighImportance
	for _, b := range []*widget.Button{c.open, c.Draw, c.add, c.save, c.Class} {
		b.Alignment = widget.ButtonAlignLeading
	}

	var labels []string
	for _, m := range colormap.All() {
		labels = append(labels, caption.Colours(speak.Now(), m))
	}
	c.Colours = kit.NewSelect(labels, func(string) {
		c.set(func(v *compare.View) { *v = v.In(colormap.All()[c.Colours.SelectedIndex()]) })
	})
	c.Packs = kit.NewSelect(nil, func(string) {
		if c.quiet {
			return
		}
		switch i := c.Packs.SelectedIndex(); {
		case i < len(c.packs):
			c.packed(c.packs[i])
		case i == len(c.packs):
			c.packed("")
		default:
			c.added(c.weights[i-len(c.packs)-1])
		}
	})
	c.Packs.PlaceHolder = speak.Say("pack.none")
	c.By = newMakers()
	c.Strength.OnChanged = func(at float64) { c.set(func(v *compare.View) { v.Opacity = at / 100 }) }
	c.contour.OnChanged = func(at float64) { c.set(func(v *compare.View) { v.Contour = at / 100 }) }
	c.Wipe.OnChanged = func(at float64) {
		if !c.quiet {
			wiped(at / 100)
		}
	}
	check := func(text string, set func(v *compare.View, on bool)) *kit.Check {
		return kit.NewCheck(text, func(on bool) { c.set(func(v *compare.View) { set(v, on) }) })
	}
	c.Shared = check(speak.Say("shared"), func(v *compare.View, on bool) { v.Shared = on })
	c.Grid = check(speak.Say("grid"), func(v *compare.View, on bool) {
		v.Interpolation = cam.Smooth
		if on {
			v.Interpolation = cam.Grid
		}
	})
	c.signed = check(speak.Say("signed"), func(v *compare.View, on bool) { *v = v.In(c.ScaleFor(on)) })
	c.Grey = check(speak.Say("grey"), func(v *compare.View, on bool) { v.Grey = on })
	c.Object = check(speak.Say("object"), func(v *compare.View, on bool) { v.Object = on })
	c.Show(view)

	width := canvas.NewRectangle(nil)
	width.SetMinSize(fyne.NewSize(controlsWidth, 0))
	column := container.New(layout.NewCustomPaddedVBoxLayout(2),
		width, container.NewGridWithColumns(2, c.open, c.Draw, c.add, c.save),
		container.NewBorder(nil, nil, kit.Heading(speak.Say("controls.networks")), c.more, c.Packs),
		container.NewBorder(nil, nil, kit.Heading(speak.Say("controls.class")), nil, c.Class),
		container.NewBorder(nil, nil, kit.Heading(speak.Say("method")), nil, c.By.Method),
		container.NewBorder(nil, nil, kit.Heading(speak.Say("layer")), nil, c.By.Layer), kit.Inset(c.By.About),
		container.NewBorder(nil, nil, kit.Heading(speak.Say("colours")), nil, c.Colours), kit.Inset(c.bar), kit.Inset(c.about),
		container.New(layout.NewCustomPaddedVBoxLayout(-7), // closer, so that the hint is in sight
			c.Strength.Box, c.contour.Box, c.Wipe.Box, c.Shared, c.Grid, c.signed, c.Grey, c.Object), c.Hint,
	)
	c.By.fit = column.Refresh
	c.box = container.NewVScroll(container.NewPadded(column))
	return c
}

// ScaleFor is the colour scale for evidence of both signs, or of one.
func (c *controls) ScaleFor(both bool) *colormap.Colormap {
	if !both {
		return c.before
	}
	for _, m := range colormap.All() {
		if m.Diverging {
			return m
		}
	}
	return c.View.Colormap
}

// set makes a change of the user's to the view.
func (c *controls) set(change func(*compare.View)) {
	if c.quiet {
		return
	}
	v := c.View
	change(&v)
	c.Show(v)
	c.changed(v)
}

// Show shows a view.
func (c *controls) Show(v compare.View) {
	c.quiet = true
	c.View = v
	if !v.Colormap.Diverging {
		c.before = v.Colormap
	}
	c.Colours.SetSelected(caption.Colours(speak.Now(), v.Colormap))
	c.Strength.Set(100*v.Opacity, fmt.Sprintf("%.0f%%", 100*v.Opacity))
	contour := speak.Say("contour.none")
	if v.Contour > 0 {
		contour = speak.Say("contour.at", 100*v.Contour)
	}
	c.contour.Set(100*v.Contour, contour)
	c.Shared.SetChecked(v.Shared)
	c.Grid.SetChecked(v.Interpolation == cam.Grid)
	c.signed.SetChecked(v.Colormap.Diverging)
	c.Grey.SetChecked(v.Grey)
	c.Object.SetChecked(v.Object)
	c.bar.Set(v.Colormap, kit.Range{})
	kit.SetText(c.about, textColormap(v.Colormap))
	c.quiet = false
}

// ShowWipe shows how far the map is wiped away.
func (c *controls) ShowWipe(share float64) {
	c.quiet = true
	c.Wipe.Set(100*share, fmt.Sprintf("%.0f%%", 100*share))
	c.quiet = false
}

// showPack shows whose networks are compared, "" for no pack's and no series', and offers
// series and weights files, each by a name of its own.
func (c *controls) showPack(name string, series []*assets.Series, weights []string) {
	c.quiet = true
	c.weights, c.packs = weights, nil
	var all []string
	for _, p := range assets.Packs() {
		c.packs, all = append(c.packs, p.Name), append(all, speak.Say("pack."+p.Name))
	}
	for _, s := range series {
		c.packs, all = append(c.packs, s.Name), append(all, s.In(speak.Now().Language).Title)
	}
	all = append(all, speak.Say("pack.auto"))
	for i, path := range weights {
		called := speak.File(path)
		alike := func(other string) bool { return speak.File(other) == called }
		if slices.ContainsFunc(weights[:i], alike) || slices.ContainsFunc(weights[i+1:], alike) {
			called = printable.Line(path)
		}
		all = append(all, speak.Say("pack.add", called))
	}
	if !slices.Equal(all, c.Packs.Options) {
		c.Packs.Options = all
	}
	if i := slices.Index(c.packs, name); i >= 0 {
		c.Packs.SetSelectedIndex(i)
	} else {
		c.Packs.ClearSelected()
	}
	c.quiet = false
}

// setClass shows the class explained, cut to what the button holds.
func (c *controls) setClass(class string) {
	if class = kit.Cut(class, 24); c.Class.Text != class {
		c.Class.SetText(class)
	}
}
