package pages

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"scalecam/ui/kit"
)

// Shot is a small picture in a list, and what is said beneath it.
type Shot struct {
	Path, Text string
	Marked     bool // it has an edge
}

// Shots are small pictures in rows, each to tap on.
type Shots struct {
	Box           *fyne.Container
	thumbs        *Thumbs
	width, height float32
	tapped        func(path string)
	menu          func(path string, at fyne.Position)
}

// NewShots has none yet. Cells are as wide as cell, with a picture of that size in each;
// menu is for the pointer's other button.
func NewShots(thumbs *Thumbs, cell, width, height float32, tapped func(path string), menu func(path string, at fyne.Position)) *Shots {
	beneath := kit.Caption(widget.MediumImportance).MinSize().Height
	return &Shots{
		Box:    container.NewGridWrap(fyne.NewSize(max(cell, width), height+beneath)),
		thumbs: thumbs, width: width, height: height, tapped: tapped, menu: menu,
	}
}

// Set shows the small pictures that there are, and gives the paths of those that are
// lacking.
func (s *Shots) Set(all []Shot) (lacking []string) {
	if len(s.Box.Objects) != len(all) {
		s.Box.Objects = nil
		for range all {
			text := kit.Caption(widget.MediumImportance)
			text.Alignment = fyne.TextAlignCenter
			s.Box.Add(container.NewBorder(nil, text, nil, nil, kit.NewThumb(s.width, s.height)))
		}
	}
	for i, shot := range all {
		parts := s.Box.Objects[i].(*fyne.Container).Objects
		img, known := s.thumbs.Of(shot.Path)
		if !known {
			lacking = append(lacking, shot.Path)
		}
		thumb := parts[0].(*kit.Thumb)
		thumb.Set(img, known && img == nil, shot.Marked, func() { s.tapped(shot.Path) })
		thumb.OnMenu(func(at fyne.Position) { s.menu(shot.Path, at) })
		kit.SetText(parts[1].(*widget.Label), shot.Text)
	}
	return lacking
}
