package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Controls as the window has them: what the pointer did leaves the keys to the
// window, which would otherwise go to the control that was pressed last; one that
// was reached by Tab keeps them, and hands on those that it has no use for.

// Unfocus takes the keys back from what has them on an object's canvas.
func Unfocus(o fyne.CanvasObject) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Unfocus()
	}
}

// handOn has the window do what a key does that the control has no use for.
func handOn(o fyne.CanvasObject, key fyne.KeyName) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
}

func handOnRune(o fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// Check is a checkbox.
type Check struct{ widget.Check }

// NewCheck is a checkbox that is not checked.
func NewCheck(text string, changed func(on bool)) *Check {
	c := &Check{widget.Check{Text: text, OnChanged: changed}}
	c.ExtendBaseWidget(c)
	return c
}

// Tapped implements fyne.Tappable.
func (c *Check) Tapped(e *fyne.PointEvent) {
	c.Check.Tapped(e)
	Unfocus(c)
}

// TypedRune implements fyne.Focusable.
func (c *Check) TypedRune(r rune) {
	if r == ' ' {
		c.Check.TypedRune(r)
		return
	}
	handOnRune(c, r)
}

// TypedKey implements fyne.Focusable.
func (c *Check) TypedKey(e *fyne.KeyEvent) { handOn(c, e.Name) }

// Select is a drop-down list.
type Select struct{ widget.Select }

// NewSelect is a list of which none is chosen.
func NewSelect(options []string, changed func(string)) *Select {
	s := &Select{widget.Select{Options: options, OnChanged: changed}}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped implements fyne.Tappable. Space opens the list without the keys.
func (s *Select) Tapped(*fyne.PointEvent) {
	Unfocus(s)
	if !s.Disabled() {
		s.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	}
}

// TypedRune implements fyne.Focusable.
func (s *Select) TypedRune(r rune) {
	if r != ' ' {
		handOnRune(s, r)
	}
}

// TypedKey implements fyne.Focusable.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		s.Select.TypedKey(e)
	default:
		handOn(s, e.Name)
	}
}

// Slider is a slider.
type Slider struct{ widget.Slider }

// NewSlider is a slider from one value to another, in steps of one.
func NewSlider(from, to float64) *Slider {
	s := &Slider{widget.Slider{Min: from, Max: to, Step: 1, Orientation: widget.Horizontal}}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped implements fyne.Tappable.
func (s *Slider) Tapped(e *fyne.PointEvent) {
	s.Slider.Tapped(e)
	Unfocus(s)
}

// Dragged implements fyne.Draggable.
func (s *Slider) Dragged(e *fyne.DragEvent) {
	beginDrag()
	s.Slider.Dragged(e)
}

// DragEnd implements fyne.Draggable.
func (s *Slider) DragEnd() {
	s.Slider.DragEnd()
	endDrag()
	Unfocus(s)
}

// TypedRune implements fyne.Focusable.
func (s *Slider) TypedRune(r rune) { handOnRune(s, r) }

// TypedKey implements fyne.Focusable.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyRight:
		s.Slider.TypedKey(e)
	default:
		handOn(s, e.Name)
	}
}

// List is a list of rows.
type List struct{ widget.List }

// NewList is a list of so many rows, each made and then filled.
func NewList(length func() int, row func() fyne.CanvasObject, fill func(i widget.ListItemID, row fyne.CanvasObject)) *List {
	l := &List{widget.List{Length: length, CreateItem: row, UpdateItem: fill}}
	l.ExtendBaseWidget(l)
	return l
}

// TypedRune implements fyne.Focusable.
func (l *List) TypedRune(r rune) {
	if r != ' ' {
		handOnRune(l, r)
	}
}

// TypedKey implements fyne.Focusable.
func (l *List) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown:
		l.List.TypedKey(e)
	default:
		handOn(l, e.Name)
	}
}

// NewRadio is a group of which one is always chosen, once one was.
func NewRadio(options []string, changed func(string)) *widget.RadioGroup {
	r := widget.NewRadioGroup(options, nil)
	chosen := ""
	r.OnChanged = func(text string) {
		Unfocus(r)
		switch text {
		case "": // pressed again: it stays
			r.SetSelected(chosen)
		case chosen:
		default:
			chosen = text
			if changed != nil {
				changed(text)
			}
		}
	}
	return r
}

// RedoAgain is the other shortcut for Redo, beside Ctrl+Y.
var RedoAgain = desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}

// Entry is an entry for one line. Return and Escape leave the keys to the window;
// over a dialog, Escape is the dialog's.
type Entry struct {
	widget.Entry
	OnLeft func() // the keys go elsewhere; nil for nothing
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.OnLeft != nil {
		e.OnLeft()
	}
}

// NewEntry is an empty one.
func NewEntry() *Entry {
	e := &Entry{}
	e.Wrapping = fyne.TextWrapOff
	e.ExtendBaseWidget(e)
	return e
}

// TypedShortcut implements fyne.Shortcutable.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if s.ShortcutName() == RedoAgain.ShortcutName() {
		s = &fyne.ShortcutRedo{}
	}
	e.Entry.TypedShortcut(s)
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(e)
	covered := c != nil && c.Overlays().Top() != nil
	switch key.Name {
	case fyne.KeyEscape:
		Unfocus(e)
		if covered {
			handOn(e, key.Name)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		e.Entry.TypedKey(key)
		if !covered {
			Unfocus(e)
		}
	default:
		e.Entry.TypedKey(key)
	}
}
