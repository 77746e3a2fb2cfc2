package kit

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// MindEscape has a file dialog of Fyne's that is in sight close by Escape wherever in
// it the keys are: the entry for the name makes way for one of ours, with the name
// selected, and the list of places gives the keys back.
func MindEscape(c fyne.Canvas) {
	top := over(c)
	if top == nil {
		return
	}
	places := find(top.Content, func(o fyne.CanvasObject) bool { _, is := o.(*widget.List); return is })
	if l, ok := places.(*widget.List); ok {
		chosen := l.OnSelected
		l.OnSelected = func(i widget.ListItemID) {
			chosen(i)
			c.Unfocus()
		}
	}
	at, own := named(top.Content)
	if own == nil {
		return
	}
	ours := NewEntry()
	ours.PlaceHolder, ours.Text = own.PlaceHolder, own.Text
	was := own.OnChanged
	ours.OnChanged = own.SetText
	own.OnChanged = func(text string) {
		if ours.Text != text { // a file was pressed
			ours.SetText(text)
		}
		was(text)
	}
	ours.OnSubmitted = own.OnSubmitted
	at.Content = ours
	at.Refresh()
	c.Focus(ours)
	ours.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// over is what lies over a canvas; Fyne has it in a widget that it keeps to itself.
func over(c fyne.Canvas) *widget.PopUp {
	around := reflect.Indirect(reflect.ValueOf(c.Overlays().Top()))
	if around.Kind() != reflect.Struct {
		return nil
	}
	content := around.FieldByName("Content")
	if !content.IsValid() || !content.CanInterface() {
		return nil
	}
	top, _ := content.Interface().(*widget.PopUp)
	return top
}

// named is the entry for a name in a file dialog, and what holds it.
func named(o fyne.CanvasObject) (at *container.Scroll, own *widget.Entry) {
	find(o, func(o fyne.CanvasObject) bool {
		if s, ok := o.(*container.Scroll); ok {
			at = s
			own, ok = s.Content.(*widget.Entry)
			return ok
		}
		return false
	})
	return at, own
}

// find is the first of the objects within o that is what is sought; nil for none.
func find(o fyne.CanvasObject, is func(fyne.CanvasObject) bool) fyne.CanvasObject {
	if is(o) {
		return o
	}
	var within []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		within = o.Objects
	case *container.Split:
		within = []fyne.CanvasObject{o.Leading, o.Trailing}
	}
	for _, inner := range within {
		if found := find(inner, is); found != nil {
			return found
		}
	}
	return nil
}
