package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
)

// look is Fyne's own theme with colours that can be seen, and Korean letters. Texts
// have 4.5:1 or more against what they stand on, those of what is disabled, too, and
// edges, ticks and the focus 3:1, as WCAG 2.1 asks for, where many of Fyne's have less
// than 2:1. And there is less air around texts, so that all controls are in sight in a
// window of 1024×700.
//
// No part of the window has a theme of its own: Fyne keeps what was ever in one,
// and reads the fonts anew whenever one is refreshed, as by what is around it.
type look struct {
	fyne.Theme
	text float32 // the size of texts, of Fyne's
}

// TextSizes are the sizes of texts to choose from, in percent: from a small screen's to
// a projector's.
var TextSizes = []int{90, 100, 115, 130, 150, 175, 200}

// air is around the text of buttons, labels and boxes; Fyne's is 8.
const air = 5

// focus lies behind texts, dark ones in light and bright ones in dark, and has 4.5:1
// to both and 3:1 to the ground: no brighter or darker blue does.
var focus = color.NRGBA{0x2b, 0x71, 0xe3, 255}

var onLight = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameFocus:               focus,
	theme.ColorNameForeground:          color.NRGBA{0x00, 0x00, 0x00, 255},
	theme.ColorNamePlaceHolder:         color.NRGBA{0x5a, 0x5a, 0x5a, 255},
	theme.ColorNameDisabled:            color.NRGBA{0x6c, 0x6c, 0x6c, 255},
	theme.ColorNameInputBorder:         color.NRGBA{0x80, 0x80, 0x80, 255},
	theme.ColorNamePrimary:             color.NRGBA{0x1f, 0x62, 0xe0, 255},
	theme.ColorNameHyperlink:           color.NRGBA{0x1f, 0x62, 0xe0, 255},
	theme.ColorNameForegroundOnPrimary: color.NRGBA{0xff, 0xff, 0xff, 255},
	theme.ColorNameWarning:             color.NRGBA{0x96, 0x54, 0x00, 255},
	theme.ColorNameSuccess:             color.NRGBA{0x1b, 0x6e, 0x2c, 255},
	theme.ColorNameError:               color.NRGBA{0xb4, 0x23, 0x18, 255},
}

var onDark = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameFocus:               focus,
	theme.ColorNameForeground:          color.NRGBA{0xff, 0xff, 0xff, 255},
	theme.ColorNameDisabled:            color.NRGBA{0x95, 0x95, 0x95, 255},
	theme.ColorNameInputBorder:         color.NRGBA{0x7a, 0x7a, 0x7e, 255},
	theme.ColorNamePrimary:             color.NRGBA{0x78, 0xa9, 0xff, 255},
	theme.ColorNameHyperlink:           color.NRGBA{0x78, 0xa9, 0xff, 255},
	theme.ColorNameForegroundOnPrimary: color.NRGBA{0x00, 0x00, 0x00, 255},
	theme.ColorNameError:               color.NRGBA{0xff, 0x6b, 0x60, 255},
}

// Color implements fyne.Theme.
func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	ours := onDark
	if variant == theme.VariantLight {
		ours = onLight
	}
	if c, ok := ours[name]; ok {
		return c
	}
	return l.Theme.Color(name, variant)
}

var (
	hangul     = fyne.NewStaticResource("hangul-regular.otf", assets.HangulRegular)
	hangulBold = fyne.NewStaticResource("hangul-bold.otf", assets.HangulBold)
)

// Font implements fyne.Theme. Letters that these lack are Fyne's own, in the style
// asked for; both stand on one baseline.
func (l look) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol:
		return l.Theme.Font(style)
	case style.Bold:
		return hangulBold
	}
	return hangul
}

// Size implements fyne.Theme.
func (l look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameInnerPadding:
		return air
	case theme.SizeNameText, theme.SizeNameCaptionText, theme.SizeNameHeadingText, theme.SizeNameSubHeadingText, theme.SizeNameInlineIcon:
		return l.text * l.Theme.Size(name)
	}
	return l.Theme.Size(name)
}

// fixed is the window's theme in one variant, whatever the system's.
type fixed struct {
	look
	variant fyne.ThemeVariant
}

// Color implements fyne.Theme.
func (f fixed) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return f.look.Color(name, f.variant)
}

// Backdrop is a rectangle in a colour of the theme, whichever theme that is.
type Backdrop struct {
	widget.BaseWidget
	colour fyne.ThemeColorName
	square bool // at its corners
}

// NewBackdrop is a rectangle in a colour of the theme.
func NewBackdrop(colour fyne.ThemeColorName) *Backdrop {
	b := &Backdrop{colour: colour}
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *Backdrop) CreateRenderer() fyne.WidgetRenderer {
	r := &backdropRenderer{backdrop: b, rectangle: &canvas.Rectangle{}}
	if !b.square {
		r.rectangle.CornerRadius = theme.InputRadiusSize()
	}
	r.Refresh()
	return r
}

type backdropRenderer struct {
	backdrop  *Backdrop
	rectangle *canvas.Rectangle
}

func (r *backdropRenderer) Layout(size fyne.Size)        { r.rectangle.Resize(size) }
func (r *backdropRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *backdropRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rectangle} }
func (r *backdropRenderer) Destroy()                     {}
func (r *backdropRenderer) Refresh() {
	r.rectangle.FillColor = theme.Color(r.backdrop.colour)
	r.rectangle.Refresh()
}

// OfText is a length that was chosen beside texts of the usual size, beside those of the
// theme.
func OfText(length float32) float32 {
	return length * theme.TextSize() / theme.DefaultTheme().Size(theme.SizeNameText)
}

// Theme is the look in a variant, "light" or "dark", or in the system's, with texts of so
// many percent of Fyne's size.
func Theme(variant string, text int) fyne.Theme {
	l := look{theme.DefaultTheme(), float32(text) / 100}
	switch variant {
	case "light":
		return fixed{l, theme.VariantLight}
	case "dark":
		return fixed{l, theme.VariantDark}
	}
	return l
}
