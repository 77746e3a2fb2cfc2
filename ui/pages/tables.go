package pages

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// CopyText puts a table's text on the clipboard, and says so.
func CopyText(h Host, text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	h.Tell(speak.Say("table.copied"))
}

// Copied has a table offer, to the pointer's other button, to be copied.
func Copied(h Host, t *kit.Table) *kit.Table {
	t.OnMenu(func(at fyne.Position) {
		copied := fyne.NewMenuItemWithIcon(speak.Say("table.copy"), theme.ContentCopyIcon(), func() { CopyText(h, t.Separated()) })
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", copied), h.Window().Canvas(), at)
	})
	return t
}
