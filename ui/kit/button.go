package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Button is a button of an icon alone. What it does is told while the pointer rests on
// it.
type Button struct {
	widget.Button
	tip string
}

// NewIconButton is one that does what its tip says.
func NewIconButton(icon fyne.Resource, tip string, tapped func()) *Button {
	b := &Button{widget.Button{Icon: icon, OnTapped: tapped}, tip}
	b.ExtendBaseWidget(b)
	return b
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	b.Button.MouseIn(e)
	tell(b, b.tip, e.AbsolutePosition)
}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.Button.MouseOut()
	tell(b, "", fyne.Position{})
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string { return b.tip }
