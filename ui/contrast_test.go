package ui

import (
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/ui/kit"
)

// What WCAG 2.1 asks for: of texts (1.4.3), and of edges, ticks and focus (1.4.11).
const (
	textContrast = 4.5
	partContrast = 3
)

// luminance is WCAG's relative luminance.
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		if c := float64(v) / 255; c > 0.04045 {
			return math.Pow((c+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// drawn is the contrast of what is drawn within a part of a picture to its ground,
// which is the colour that most of it has: of the pixel that differs most, since a thin
// stroke covers none of a pixel whole.
func drawn(shot *image.RGBA, part image.Rectangle) float64 {
	part = part.Intersect(shot.Rect)
	count := map[color.RGBA]int{}
	var ground color.RGBA
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := shot.RGBAAt(x, y)
			if count[c]++; count[c] > count[ground] {
				ground = c
			}
		}
	}
	most := 1.0
	for c := range count {
		most = max(most, contrast(c, ground))
	}
	return most
}

// seenWell measures the texts and checkboxes of a window in its picture.
func seenWell(t *testing.T, w *Window, shot *image.RGBA, scale float32) {
	t.Helper()
	measured := 0
	place := func(o fyne.CanvasObject) image.Rectangle {
		at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()
		return image.Rect(int(at.X*scale), int(at.Y*scale), int((at.X+size.Width)*scale), int((at.Y+size.Height)*scale))
	}
	banner := place(w.banner)
	var walk func(o fyne.CanvasObject, clip image.Rectangle)
	walk = func(o fyne.CanvasObject, clip image.Rectangle) {
		if !o.Visible() {
			return
		}
		part := place(o)
		switch o := o.(type) {
		case *canvas.Text:
			covered := w.banner.Visible() && part.Overlaps(banner) && o.Text != w.message.Text
			if o.Text != "" && !part.Empty() && part.In(clip) && !covered {
				measured++
				if c := drawn(shot, part); c < textContrast {
					t.Errorf("%q at %v has %.2f:1 to its ground", o.Text, part, c)
				}
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, clip)
			}
		case fyne.Widget:
			if check, ok := o.(*widget.Check); ok && part.In(clip) {
				part.Max.X = part.Min.X + int(scale*(theme.IconInlineSize()+2*theme.InnerPadding()))
				if c := drawn(shot, part); c < partContrast {
					t.Errorf("the box of %q has %.2f:1 to its ground", check.Text, c)
				}
			}
			if _, ok := o.(*container.Scroll); ok {
				clip = clip.Intersect(part)
			}
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c, clip)
			}
		}
	}
	overlays := w.window.Canvas().Overlays().List()
	if len(overlays) == 0 { // else what is beneath is dim, and meant to be
		walk(w.window.Content(), shot.Rect)
	}
	for _, o := range overlays {
		walk(o, shot.Rect)
	}
	if measured < 10 {
		t.Errorf("%d texts were measured", measured)
	}
}

// TestContrast: what Fyne's widgets draw in this theme can be seen: texts of menus,
// their shortcuts, of what is disabled, and the focus.
func TestContrast(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		test.NewTempApp(t)
		test.ApplyTheme(t, kit.Theme(variant, 100))
		window := test.NewTempWindow(t, widget.NewLabel(""))
		window.Resize(fyne.NewSize(400, 300))
		shoot := func(o fyne.CanvasObject) *image.RGBA {
			window.SetContent(container.NewWithoutLayout(o))
			o.Move(fyne.NewPos(20, 20))
			o.Resize(o.MinSize().Max(fyne.NewSize(120, 0)))
			return shotOf(window.Canvas())
		}
		whole := func(o fyne.CanvasObject) image.Rectangle {
			const air = 4
			at, to := o.Position(), o.Position().Add(o.Size())
			return image.Rect(int(at.X)-air, int(at.Y)-air, int(to.X)+air, int(to.Y)+air)
		}
		high := widget.NewButton("Add", func() {})
		high.Importance = widget.HighImportance
		selected := widget.NewSelect([]string{"one", "two"}, func(string) {})
		selected.SetSelectedIndex(0)
		for name, o := range map[string]interface {
			fyne.CanvasObject
			fyne.Focusable
			fyne.Disableable
		}{
			"button": widget.NewButton("Run", func() {}), "important button": high, "check": widget.NewCheck("Raw grid", func(bool) {}),
			"select": selected, "slider": widget.NewSlider(0, 1),
		} {
			plain := shoot(o)
			part := whole(o)
			if c := drawn(plain, part); c < textContrast {
				t.Errorf("%s, %s: %.2f:1", variant, name, c)
			}
			window.Canvas().Focus(o)
			focused := shotOf(window.Canvas())
			changed := 0 // pixels that tell of the focus
			for y := part.Min.Y; y < part.Max.Y; y++ {
				for x := part.Min.X; x < part.Max.X; x++ {
					if contrast(plain.RGBAAt(x, y), focused.RGBAAt(x, y)) >= partContrast {
						changed++
					}
				}
			}
			if changed < 60 && name != "important button" {
				t.Errorf("%s, %s: the focus changes %d pixels by %d:1", variant, name, changed, partContrast)
			}
			if c := drawn(focused, part); c < textContrast && name != "check" && name != "slider" {
				t.Errorf("%s, %s with the focus: %.2f:1", variant, name, c)
			}
			window.Canvas().Unfocus()
			o.Disable()
			if c := drawn(shoot(o), part); c < textContrast {
				t.Errorf("%s, %s disabled: %.2f:1", variant, name, c)
			}
		}

		shortcut := &desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierControl}
		undo, open := fyne.NewMenuItem("Undo", nil), fyne.NewMenuItem("Open a picture…", nil)
		undo.Disabled, undo.Shortcut, open.Shortcut = true, shortcut, shortcut
		menu := widget.NewMenu(kit.Menu("Edit", undo, open))
		shot := shoot(menu)
		shortcuts := 0
		var walk func(o fyne.CanvasObject)
		walk = func(o fyne.CanvasObject) {
			switch o := o.(type) {
			case *canvas.Text:
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
				words := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle).Width - fyne.MeasureText("Ctrl+Z", o.TextSize, o.TextStyle).Width
				for _, part := range []image.Rectangle{
					image.Rect(int(at.X), int(at.Y), int(at.X+words)-5, int(at.Y+o.Size().Height)),
					image.Rect(int(at.X+words), int(at.Y), int(at.X+o.MinSize().Width), int(at.Y+o.Size().Height)),
				} {
					shortcuts++
					if c := drawn(shot, part); c < textContrast {
						t.Errorf("%s, menu, %q in %v: %.2f:1", variant, o.Text, part, c)
					}
				}
			case *fyne.Container:
				for _, c := range o.Objects {
					walk(c)
				}
			case fyne.Widget:
				for _, c := range test.WidgetRenderer(o).Objects() {
					walk(c)
				}
			}
		}
		walk(menu)
		if shortcuts != 4 {
			t.Errorf("%d parts of the menu were measured", shortcuts)
		}
	}
}
