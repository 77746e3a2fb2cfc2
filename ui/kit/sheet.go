package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// Sheet lays cells out as a printed figure does: a head above each column, a row for
// each picture, all frames of one size, with the picture's proportions, and captions
// beneath them. Frames are as large as the space has room for: all rows are in sight
// where their pictures are then large enough to be seen, else the columns share the
// width, and one scrolls, with the heads in sight and, to the side, the first column.
// A single row is broken into several, or has its words beside its pictures, where that
// makes these larger.
type Sheet struct {
	Scroll *wheeled // what is in sight of it
	Box    *fyne.Container
	Frame  fyne.Size // as laid out last

	Picture   image.Point                          // the picture's size; zero where there is none
	OnResized func()                               // Frame has changed
	Control   func() bool                          // tells that the key is held, with which the wheel zooms, even where it could scroll
	OnZoomed  func(c *Cell, x, y, notches float64) // the wheel was turned on a place of a cell's picture; nil: it scrolls

	heads           []*Head   // of the columns
	rows            [][]*Cell // row by row
	aside, top, tip *cover    // behind what stays in sight: first column, heads, first head
	now             sheetPlan
}

const (
	sheetSmall = 190  // pictures smaller than that, on their shorter side, do not make way for more rows
	sheetLeast = 96   // the least height of a picture
	sheetGap   = 14   // between columns
	sheetEdge  = 12   // to the right: the scroll bar's
	sheetGain  = 1.15 // by how much another row must widen the pictures of one
	sheetMore  = 1.2  // by how much rows of which some are scrolled to must widen what is seen
	sheetAside = 1.3  // by how much words beside the pictures must widen them
)

// leastColumn is the least width of a column: facts are not cut off.
func leastColumn() float32 { return OfText(148) }

// mostAside is the most width of words beside a picture.
func mostAside() float32 { return OfText(300) }

// sheetPlan is a way to lay a sheet out.
type sheetPlan struct {
	size    fyne.Size // of all
	frame   fyne.Size
	column  float32 // a column's width
	bands   int     // that each row is broken into
	beside  bool    // the words of a single row
	head    float32 // its height
	heights []float32
}

// NewSheet has no cells yet.
func NewSheet(resized func()) *Sheet {
	s := &Sheet{OnResized: resized, Control: controlHeld, aside: newCover(), top: newCover(), tip: newCover()}
	s.Box = container.New(s)
	s.Scroll = newWheeled(s.Box, s.wheel)
	s.Scroll.OnScrolled = func(fyne.Position) { s.pin() }
	return s
}

// Set shows cells, row by row, beneath a head for each column.
func (s *Sheet) Set(heads []*Head, rows [][]*Cell) {
	s.heads, s.rows = heads, rows
	s.Box.Objects = nil
	add := func(all ...fyne.CanvasObject) { s.Box.Objects = append(s.Box.Objects, all...) }
	for _, r := range rows {
		for _, c := range r[min(1, len(r)):] {
			add(c.Frame, c.Text)
		}
	}
	add(s.aside)
	for _, r := range rows {
		for _, c := range r[:min(1, len(r))] {
			add(c.Frame, c.Text)
		}
	}
	add(s.top)
	for _, h := range heads[min(1, len(heads)):] {
		add(h.Box)
	}
	add(s.tip)
	for _, h := range heads[:min(1, len(heads))] {
		add(h.Box)
	}
	s.Box.Refresh()
	s.Scroll.Refresh()
}

// Reveal scrolls to the side until a column is in sight.
func (s *Sheet) Reveal(column int) {
	if s.Empty() || s.now.bands > 1 || s.now.beside {
		return
	}
	from := float32(column) * (s.now.column + sheetGap)
	off, sight := s.Scroll.Offset, s.Scroll.Size().Width
	if end := from + s.now.column; end > off.X+sight {
		s.Scroll.ScrollToOffset(fyne.NewPos(end-sight, off.Y))
	}
}

// Empty tells that there is no cell.
func (s *Sheet) Empty() bool { return len(s.rows) == 0 || len(s.rows[0]) == 0 }

// fit is the largest size with the picture's proportions in the room given.
func (s *Sheet) fit(room fyne.Size) fyne.Size {
	room = fyne.NewSize(max(room.Width, 0), max(room.Height, 0))
	if s.Picture == (image.Point{}) {
		return fyne.NewSquareSize(min(room.Width, room.Height))
	}
	w, h := float32(s.Picture.X), float32(s.Picture.Y)
	by := min(room.Width/w, room.Height/h)
	return fyne.NewSize(w*by, h*by)
}

// words are the heights of heads, and of each row's captions, in columns so wide.
func (s *Sheet) words(column float32) (head float32, captions []float32) {
	for _, h := range s.heads {
		head = max(head, h.Height(column))
	}
	for _, r := range s.rows {
		var high float32
		for _, c := range r {
			high = max(high, c.Height(column))
		}
		captions = append(captions, high)
	}
	return head, captions
}

// plan finds the way for what is in sight.
func (s *Sheet) plan(sight fyne.Size) sheetPlan {
	width := max(sight.Width-sheetEdge, leastColumn())
	if len(s.rows) > 1 {
		return s.inRows(width, sight.Height)
	}
	n := len(s.heads)
	best := s.inBands(n, 1, width, sight.Height)
	for bands := 2; bands <= n; bands++ {
		if p := s.inBands(n, bands, width, sight.Height); p.frame.Width > sheetGain*best.frame.Width {
			best = p
		}
	}
	for per := 1; per <= n; per++ {
		if p := s.inPairs(n, per, width, sight.Height); p.frame.Width > sheetAside*best.frame.Width {
			best = p
		}
	}
	if !best.beside && best.size.Height > sight.Height {
		best = s.shared(best.bands, width, sight.Height)
	}
	if min(best.frame.Width, best.frame.Height) < sheetSmall {
		for bands := 2; bands < n; bands++ {
			if p := s.shared(bands, width, sight.Height); p.size.Width <= width+1 && p.seen(sight) > sheetMore*best.seen(sight) {
				best = p
			}
		}
	}
	return best
}

// seen is how wide pictures are, times the share of them that is in sight.
func (p sheetPlan) seen(sight fyne.Size) float32 {
	return p.frame.Width * min(sight.Height/p.size.Height, 1)
}

// columns is what each of n columns has of a width, where that is enough for its words.
func columns(width float32, n int) float32 {
	return max((width-float32(n-1)*sheetGap)/float32(n), leastColumn())
}

// inRows is a row for each picture.
func (s *Sheet) inRows(width, height float32) sheetPlan {
	n, rows := len(s.heads), float32(len(s.rows))
	share := columns(width, n)
	least := func(captions []float32) (sum, most float32) {
		for _, c := range captions {
			sum, most = sum+c+textGap, max(most, c+textGap)
		}
		return sum, most
	}
	p := sheetPlan{column: share, bands: 1}
	head, captions := s.words(share)
	_, most := least(captions)
	wide := s.fit(fyne.NewSize(share, max(height-head-most, sheetLeast)))
	p.frame = wide
	for range 2 { // narrower columns have higher words
		head, captions = s.words(p.column)
		sum, _ := least(captions)
		whole := s.fit(fyne.NewSize(share, (height-head-sum-(rows-1)*cellGap-textGap)/rows))
		if min(whole.Width, whole.Height) < min(sheetSmall, wide.Width, wide.Height) {
			p.column, p.frame = max(wide.Width, leastColumn()), wide
			break
		}
		p.column, p.frame = max(whole.Width, leastColumn()), whole
	}
	return s.sized(p, width)
}

// inBands is a single row of n, broken into so many.
func (s *Sheet) inBands(n, bands int, width, height float32) sheetPlan {
	per := (n + bands - 1) / bands
	share := columns(width, per)
	p := sheetPlan{column: share, bands: bands}
	for range 3 { // narrower columns have higher words
		head, captions := s.words(p.column)
		room := (height-float32(bands-1)*cellGap)/float32(bands) - head - captions[0] - textGap
		p.frame = s.fit(fyne.NewSize(share, max(room, min(share, sheetLeast))))
		p.column = min(share, max(p.frame.Width, leastColumn()))
	}
	if float32(per)*(p.column+sheetGap)-sheetGap > width+1 && bands < n {
		p.frame = fyne.Size{} // there is a way that needs no scrolling to the side
	}
	return s.sized(p, width)
}

// shared is a single row in so many bands that have to be scrolled: one of them is in
// sight, and its columns share the width.
func (s *Sheet) shared(bands int, width, height float32) sheetPlan {
	share := columns(width, (len(s.heads)+bands-1)/bands)
	head, captions := s.words(share)
	p := sheetPlan{bands: bands, frame: s.fit(fyne.NewSize(share, max(height-head-captions[0]-textGap, min(share, sheetLeast))))}
	p.column = min(share, max(p.frame.Width, leastColumn()))
	return s.sized(p, width)
}

// inPairs is a single row of n, so many beside each other, with the words of each beside
// its picture, which have what that leaves.
func (s *Sheet) inPairs(n, per int, width, height float32) sheetPlan {
	share := (width-float32(per-1)*sheetGap)/float32(per) - sheetGap
	p := sheetPlan{beside: true, bands: (n + per - 1) / per, column: min(mostAside(), max(share/3, leastColumn()))}
	rows := float32(p.bands)
	room := (height - (rows-1)*cellGap) / rows
	p.frame = s.fit(fyne.NewSize(share-p.column, room))
	p.column = min(mostAside(), max(share-p.frame.Width, p.column))
	if s.asideHeight(p.column) > room {
		p.frame = fyne.Size{} // it would have to be scrolled
	}
	return s.sized(p, width)
}

// asideHeight is the height of a single row's words beside their pictures.
func (s *Sheet) asideHeight(column float32) (high float32) {
	for j, h := range s.heads {
		high = max(high, h.Height(column)+s.rows[0][j].Height(column))
	}
	return high
}

// sized is the plan with all that is to be known for its layout.
func (s *Sheet) sized(p sheetPlan, width float32) sheetPlan {
	head, captions := s.words(p.column)
	p.head = head
	if p.beside {
		p.heights = []float32{max(p.frame.Height, s.asideHeight(p.column))}
		p.size = fyne.NewSize(width, float32(p.bands)*(p.heights[0]+cellGap)-cellGap)
		return p
	}
	per := (len(s.heads) + p.bands - 1) / p.bands
	p.size.Width = float32(per)*(p.column+sheetGap) - sheetGap
	for _, c := range captions {
		p.heights = append(p.heights, p.frame.Height+textGap+c)
		p.size.Height += p.heights[len(p.heights)-1]
	}
	if p.bands == 1 {
		p.size.Height += head + cellGap*float32(len(s.rows)-1)
	} else {
		p.size.Height = float32(p.bands)*(head+p.heights[0]+cellGap) - cellGap
	}
	return p
}

// Layout implements fyne.Layout.
func (s *Sheet) Layout([]fyne.CanvasObject, fyne.Size) {
	if s.Empty() {
		return
	}
	s.now = s.plan(s.Scroll.Size())
	p := s.now
	place := func(o fyne.CanvasObject, at fyne.Position, size fyne.Size) {
		o.Move(at)
		o.Resize(size)
	}
	per := (len(s.heads) + p.bands - 1) / p.bands
	for j, h := range s.heads {
		at := s.head(j, per)
		place(h.Box, at, fyne.NewSize(p.column, h.Height(p.column)))
	}
	y := p.head
	for i, r := range s.rows {
		for j, c := range r {
			at := s.head(j, per).AddXY(0, p.head)
			if p.bands == 1 {
				at.Y = y
			}
			words := at.AddXY(0, p.frame.Height+textGap)
			if p.beside {
				words = at.AddXY(0, s.heads[j].Height(p.column)-p.head)
				at = at.SubtractXY(p.frame.Width+sheetGap, p.head)
			}
			place(c.Frame, at, p.frame)
			place(c.Text, words, fyne.NewSize(p.column, c.Height(p.column)))
		}
		if !p.beside {
			y += p.heights[i] + cellGap
		}
	}
	s.pin()
	if p.frame != s.Frame {
		s.Frame = p.frame
		s.OnResized()
	}
}

// head is where a column's head is, of so many in a band.
func (s *Sheet) head(column, per int) fyne.Position {
	p := s.now
	if p.beside {
		pair := p.frame.Width + 2*sheetGap + p.column
		return fyne.NewPos(float32(column%per)*pair+p.frame.Width+sheetGap, float32(column/per)*(p.heights[0]+cellGap))
	}
	at := fyne.NewPos(float32(column%per)*(p.column+sheetGap), 0)
	if p.bands > 1 {
		at.Y = float32(column/per) * (p.head + p.heights[0] + cellGap)
	}
	return at
}

// pin keeps the heads in sight and, where there is more to the side, the first column.
func (s *Sheet) pin() {
	p, off, sight := s.now, s.Scroll.Offset, s.Scroll.Size()
	over := p.bands == 1 && !p.beside && !s.Empty()
	down, aside := over && off.Y > 0, over && off.X > 0
	Show(s.top, down)
	Show(s.aside, aside)
	Show(s.tip, down && aside)
	if !over {
		return
	}
	y, x := float32(0), float32(0)
	if down {
		y = off.Y
	}
	if aside {
		x = off.X
	}
	for j, h := range s.heads {
		at := fyne.NewPos(float32(j)*(p.column+sheetGap), y)
		if j == 0 {
			at.X = x
		}
		h.Box.Move(at)
	}
	for _, r := range s.rows {
		r[0].Frame.Move(fyne.NewPos(x, r[0].Frame.Position().Y))
		r[0].Text.Move(fyne.NewPos(x, r[0].Text.Position().Y))
	}
	s.top.Move(fyne.NewPos(off.X, y))
	s.top.Resize(fyne.NewSize(max(sight.Width, p.size.Width), p.head))
	s.aside.Move(fyne.NewPos(x, off.Y))
	s.aside.Resize(fyne.NewSize(p.column+sheetGap/2, max(sight.Height, p.size.Height)))
	s.tip.Move(fyne.NewPos(x, y))
	s.tip.Resize(fyne.NewSize(p.column+sheetGap/2, p.head))
}

// wheelNotch is what Fyne scrolls by for a notch of the wheel, where it is not macOS.
const wheelNotch = 25

// wheel zooms by the wheel, where that is meant, or nothing can be scrolled.
func (s *Sheet) wheel(e *fyne.ScrollEvent) bool {
	sight, all := s.Scroll.Size(), s.Box.MinSize()
	if s.OnZoomed == nil || e.Scrolled.DY == 0 || !s.Control() && (all.Width > sight.Width || all.Height > sight.Height) {
		return false
	}
	at := e.Position.Add(s.Scroll.Offset)
	if s.top.Visible() && within(s.top, at) {
		return true
	}
	for j := range s.heads { // the first column lies over the others
		for _, r := range s.rows {
			if f := r[j].Frame; within(f, at) {
				if x, y, in := f.place(at.Subtract(f.Position())); in {
					s.OnZoomed(r[j], x, y, float64(e.Scrolled.DY)/wheelNotch)
				}
				return true
			}
		}
		if s.aside.Visible() && within(s.aside, at) {
			break
		}
	}
	return true
}

// within tells that a place is on an object, in whose container it is one.
func within(o fyne.CanvasObject, at fyne.Position) bool {
	from, size := o.Position(), o.Size()
	return at.X >= from.X && at.Y >= from.Y && at.X < from.X+size.Width && at.Y < from.Y+size.Height
}

// MinSize implements fyne.Layout.
func (s *Sheet) MinSize([]fyne.CanvasObject) fyne.Size {
	if s.Empty() {
		return fyne.Size{}
	}
	return s.plan(s.Scroll.Size()).size
}

// cover hides what is scrolled beneath it, for the pointer, too.
type cover struct{ Backdrop }

func newCover() *cover {
	c := &cover{Backdrop{colour: theme.ColorNameBackground, square: true}}
	c.ExtendBaseWidget(c)
	c.Hide()
	return c
}

// NewGround is in the window's own colour, and hides what is beneath, for the pointer, too.
func NewGround() fyne.CanvasObject {
	c := newCover()
	c.Show()
	return c
}

// MouseIn implements desktop.Hoverable.
func (*cover) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (*cover) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (*cover) MouseOut() {}

// Tapped implements fyne.Tappable.
func (*cover) Tapped(*fyne.PointEvent) {}
