package compare

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// fold has controls beside what they control. In a narrow window they fold away, behind
// a button that brings them back, over what they control.
type fold struct {
	Button   *kit.Button
	controls fyne.CanvasObject
	main     fyne.CanvasObject
	open     bool // though the window is narrow
	all      *fyne.Container
	narrow   func(is bool) // is told
}

// foldWidth is the least width at which there is room for both: a picture and a map of
// it beside the controls.
func foldWidth() float32 { return kit.OfText(900) }

func newFold(controls fyne.CanvasObject) *fold {
	f := &fold{controls: container.NewStack(kit.NewGround(), controls)}
	f.Button = kit.NewIconButton(theme.MenuIcon(), speak.Say("tip.controls"), func() {
		f.open = !f.open
		f.all.Refresh()
	})
	f.Button.Hide()
	return f
}

// box is both.
func (f *fold) box() fyne.CanvasObject {
	f.all = container.New(f, f.main, f.controls)
	return f.all
}

// Layout implements fyne.Layout.
func (f *fold) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	narrow := size.Width < foldWidth()
	kit.Show(f.controls, !narrow || f.open)
	kit.Show(f.Button, narrow)
	f.narrow(narrow)
	left, top, wide := float32(0), float32(0), f.controls.MinSize().Width
	if !narrow {
		left = wide + theme.Padding()
	} else { // the button stays in sight
		top = f.Button.MinSize().Height + theme.Padding()
	}
	f.controls.Move(fyne.NewPos(0, top))
	f.controls.Resize(fyne.NewSize(wide, max(size.Height-top, 0)))
	f.main.Move(fyne.NewPos(left, 0))
	f.main.Resize(fyne.NewSize(max(size.Width-left, 0), size.Height))
}

// MinSize implements fyne.Layout.
func (f *fold) MinSize([]fyne.CanvasObject) fyne.Size { return f.main.MinSize() }

// Fold is the button that brings the controls of a narrow window, and folds them away.
func (p *Page) Fold() *kit.Button { return p.fold.Button }

// Beside tells that the controls are in sight.
func (p *Page) Beside() bool { return p.fold.controls.Visible() }
