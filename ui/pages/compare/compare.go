// Package compare is the page of the comparison: pictures, the networks' maps of
// them side by side, and the controls of the view.
package compare

import (
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// None is no cell.
const None = -1

// Host is what the page asks of the window.
type Host interface {
	pages.Host
	Do(command string)                       // as its menu entry does
	AddWeights()                             // asks for a file
	AddFile(path string)                     // of weights
	Reset()                                  // to the networks that come with the program
	Remove(at int)                           // the network there
	Add(spec string, stated models.Settings) // a network beside those that are there
	State(at int, stated models.Settings)    // the network there is opened anew with other settings
	Rename(at int, name string)              // the network there
	PackShown() string                       // whose networks are there or on their way; "" for none's
	ChoosePack(name string)                  // "" for the one that knows what the pictures show
	Weights() []string                       // files that were added once, and are there
	Series() []*assets.Series                // of published networks that are here

	SetView(v compare.View)
	SetClass(class string)
	Against(class string) // the class explained is held against it, too, or no longer
	SetOwn(own bool)      // each network's own prediction is explained
	SetMethod(m *cam.Method)
	SetLayer(name string) error // none that has it is left as it is
	SetWipe(share float64)

	OpenAlbum(a desk.Album)
	OpenSamples()
	Turn(by int) // pictures further on, or back
	SetRows(rows int)
	SortByName()          // the album
	SortByDisagreement()  // of the networks, most first
	Over(d dialog.Dialog) // shows it

	Waiting() bool              // for cells, or for networks' times
	Loading() bool              // networks are on their way
	Runs(m *network.Model) bool // now

	Refused(before string) // no network has the class; before is one that they had
	Drawn()                // another scene is in sight
	Rested()               // no other is on its way
}

// Page is the comparison: a grid of the pictures and the networks' maps, the
// controls of the view, and a strip of the album. It shows what the desk says.
type Page struct {
	host Host
	desk *desk.Desk

	Enlarged int // the only cell in sight, or none
	picked   int // the row that was clicked last (see Row)
	voice    int // whose predictions are offered (see Voice)
	hovered  int // the cell that the pointer is on, or none
	pointer  fyne.Position
	derived  []compare.Derived // as they were when the page was updated last
	zooming

	Drawing, again bool // see draw
	Shown          *Scene

	Cells    []*kit.Cell // row by row: the picture's, then one for each network
	made     map[place]*kit.Cell
	Heads    []*kit.Head // of the columns, likewise
	headed   map[int]*kit.Head
	Sheet    *kit.Sheet        // of the cells in sight
	main     *fyne.Container   // the comparison without the controls
	fold     *fold             // has the controls beside it
	head     *fyne.Container   // of heading, chips and warning
	Empty    fyne.CanvasObject // in place of networks
	Controls *controls
	chips    *chips
	Strip    *strip

	Heading, Warning *widget.Label
	Columns          *columnButtons
}

// New makes the page, which enlarges the cell that another one did: that
// of another language, or nil.
func New(h Host, d *desk.Desk, before *Page) *Page {
	p := &Page{host: h, desk: d, Enlarged: None, hovered: None, made: map[place]*kit.Cell{}, headed: map[int]*kit.Head{}}
	if before != nil {
		p.Enlarged, p.hovered, p.pointer = before.Enlarged, before.hovered, before.pointer
		p.picked, p.voice = before.picked, before.voice
		p.zoom, p.of = before.zoom, before.of
	}
	p.Controls = newControls(d.View, h.Runner().Work, h.SetView, h.SetWipe)
	p.Controls.ShowWipe(d.Wipe)
	for command, b := range map[string]*widget.Button{"open": p.Controls.open, "scene": p.Controls.Draw, "export": p.Controls.save, "class": p.Controls.Class} {
		b.OnTapped = func() { h.Do(command) }
	}
	p.Controls.add.OnTapped, p.Controls.packed = h.AddWeights, h.ChoosePack
	p.Controls.more.OnTapped = func() { h.Do("networks") }
	p.Controls.added = func(path string) {
		p.ShowNetworks() // no pack's name is that file's
		h.AddFile(path)
	}
	p.Controls.By.method, p.Controls.By.another = h.SetMethod, p.askLayer
	p.Controls.By.layer = func(name string) {
		if err := h.SetLayer(name); err != nil {
			h.Fail(err)
			p.ShowBy()
		}
	}
	p.chips, p.Strip = newChips(p), newStrip(h)

	p.Heading = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	p.Heading.SizeName, p.Heading.Wrapping = theme.SizeNameSubHeadingText, fyne.TextWrapWord
	p.Warning = widget.NewLabel("")
	p.Warning.Importance, p.Warning.Wrapping = widget.WarningImportance, fyne.TextWrapWord

	p.Sheet = kit.NewSheet(p.Draw)
	p.Sheet.OnZoomed = func(_ *kit.Cell, x, y, notches float64) { p.setZoom(p.zoom.About(x, y, math.Pow(zoomStep, notches))) }
	p.Empty = container.NewCenter(container.NewVBox(
		widget.NewLabel(speak.Say("no networks")),
		container.NewCenter(container.NewHBox(
			widget.NewButtonWithIcon(speak.Say("add"), theme.ContentAddIcon(), h.AddWeights),
			widget.NewButton(speak.Say("reset"), h.Reset),
		)),
	))
	p.Columns = newColumnButtons(p)
	p.Shrink = widget.NewButton("", p.ShowAll)
	p.Shrink.Importance = widget.LowImportance
	p.Shrink.Hide()
	p.fold = newFold(container.NewBorder(nil, nil, nil, widget.NewSeparator(), p.Controls.box))
	p.head = container.New(layout.NewCustomPaddedVBoxLayout(0), container.NewBorder(nil, nil, p.fold.Button, container.NewHBox(p.Shrink, p.Columns.box), p.Heading), p.chips.box, p.Warning)
	p.main = container.NewBorder(p.head, p.Strip.box, nil, nil,
		container.NewBorder(nil, p.Empty, nil, nil, container.New(layout.NewCustomPaddedLayout(4, 4, 4, 0), p.Sheet.Scroll)))
	p.fold.main, p.fold.narrow = p.main, p.Columns.narrow
	return p
}

// Foot is how high the strip at the foot of the page is, which an error leaves in sight.
func (p *Page) Foot() float32 {
	if !p.Strip.box.Visible() {
		return 0
	}
	return p.Strip.box.MinSize().Height + theme.Padding()
}

// Content is all that the page shows.
func (p *Page) Content() fyne.CanvasObject { return p.fold.box() }

// Row is the row of the picture that the title, the classes offered and other pages are
// about: the enlarged cell's, else the one that was clicked last.
func (p *Page) Row() int {
	at := p.picked
	if p.Enlarged != None {
		at = p.Enlarged / p.desk.Columns()
	}
	return min(max(at, 0), max(len(p.desk.Pictures)-1, 0))
}

// Voice is the place of the network whose predictions are offered: the enlarged cell's,
// else the one chosen.
func (p *Page) Voice() int {
	at := p.voice
	if p.Enlarged != None && p.Enlarged%p.desk.Columns() > 0 {
		at = p.Enlarged%p.desk.Columns() - 1
	}
	if at >= len(p.desk.Models) {
		return 0
	}
	return at
}

// Pick has a row be the one that titles are about.
func (p *Page) Pick(row int) {
	if p.picked = row; p.Shown.Of(&p.desk.Asked) {
		p.say()
		p.mark()
		p.host.Drawn()
	}
}

// speakFor offers what another network predicts.
func (p *Page) speakFor(network int) {
	p.voice = network
	p.say()
}

// mark marks the row that titles are about, where there are several.
func (p *Page) mark() {
	columns := p.desk.Columns()
	for i := range p.desk.Pictures {
		p.Cells[i*columns].Mark(len(p.desk.Pictures) > 1 && p.Enlarged == None && i == p.Row())
	}
}

// Buttons are those of commands, by their keys.
func (p *Page) Buttons() map[string]fyne.Disableable {
	return map[string]fyne.Disableable{"export": p.Controls.save, "class": p.Controls.Class}
}

// Suggestions are classes to choose from first.
func (p *Page) Suggestions() []pages.Choice {
	if p.Shown == nil || p.Shown.Comparison == nil {
		return nil
	}
	return Suggestions(p.Shown.Comparison, p.Row(), p.col())
}

// col is the voice's column in the comparison in sight; the first where it has not run.
func (p *Page) col() int {
	if at := p.Voice(); at < len(p.desk.Models) {
		return max(slices.Index(p.Shown.Comparison.Models, p.desk.Models[at]), 0)
	}
	return 0
}

// Update fits cells and texts to what is asked for, and draws.
func (p *Page) Update() {
	columns, rows := p.desk.Columns(), max(len(p.desk.Pictures), 1)
	before := p.Cells
	p.Cells = nil
	for i := range rows {
		for j := range columns {
			c := p.cellAt(place{i, j})
			if !slices.Contains(before, c) {
				c.Set(kit.Content{}) // not what it showed once
			}
			p.Cells = append(p.Cells, c)
		}
	}
	if p.Enlarged >= len(p.Cells) {
		p.Enlarged = None
	}
	p.keepZoom()
	p.Heads = nil
	for j := range columns {
		p.Heads = append(p.Heads, p.headAt(j))
	}
	var sheet [][]*kit.Cell
	heads := p.Heads
	if p.Enlarged != None {
		heads, sheet = heads[p.Enlarged%columns:][:1], [][]*kit.Cell{p.Cells[p.Enlarged:][:1]}
	} else {
		for row := range slices.Chunk(p.Cells, columns) {
			sheet = append(sheet, row)
		}
	}
	for i, c := range p.Cells {
		c.Enlarged(p.Enlarged == i)
	}
	p.Sheet.Picture = image.Point{}
	if pictures := p.desk.Pictures; len(pictures) > 0 {
		if p.Enlarged != None {
			pictures = pictures[p.Row():][:1]
		}
		p.Sheet.Picture = outer(pictures)
		p.Strip.set(p.desk.Album, p.desk.Pictures)
	}
	p.ShowNetworks()
	p.Columns.update()
	p.ShowBy()
	kit.Show(p.Strip.box, len(p.desk.Sources) > 0)
	kit.Show(p.Empty, len(p.desk.Models) == 0 && !p.host.Loading())
	p.Sheet.Set(heads, sheet)
	derived := p.desk.View.Derived(len(p.desk.Models))
	for i, d := range derived { // what was asked for is not to be looked for
		if !slices.Contains(p.derived, d) {
			p.Sheet.Reveal(1 + len(p.desk.Models) + i)
		}
	}
	p.derived = derived
	p.Draw()
}

// ShowBy shows how maps are made, and what else there is to choose.
func (p *Page) ShowBy() { p.Controls.By.set(p.desk.By, p.desk.Models) }

// Opening has nothing stand in the place of networks that are on their way.
func (p *Page) Opening() {
	kit.Show(p.Empty, false)
	p.ShowNetworks()
}

// ShowNetworks says whose networks are compared, and offers others.
func (p *Page) ShowNetworks() {
	p.Controls.showPack(p.host.PackShown(), p.host.Series(), p.host.Weights())
}

// outer is a size with the proportions of the pictures, or a square where they
// differ.
func outer(pictures []*picture.Picture) image.Point {
	first := pictures[0].Image.Rect.Size()
	for _, p := range pictures {
		if size := p.Image.Rect.Size(); size.X*first.Y != size.Y*first.X {
			return image.Pt(1, 1)
		}
	}
	return first
}

// place is a row and a column of the grid.
type place struct{ row, column int }

// cellAt is the cell of a picture, in the first column, or of a network. Each is made
// once.
func (p *Page) cellAt(at place) *kit.Cell {
	if c, ok := p.made[at]; ok {
		return c
	}
	i := func() int { return at.row*p.desk.Columns() + at.column }
	back := widget.NewButtonWithIcon(speak.Say("cell.back"), theme.ViewRestoreIcon(), func() { p.Enlarge(i()) })
	back.Hide()
	c := kit.NewCell(nil, back, p.host.Runner().Work)
	c.BarFirst = true
	c.Frame.OnTapped = func() { p.Enlarge(i()) }
	c.Frame.OnMoved = func(x, y float64, on bool) { p.Hover(i(), x, y, on) }
	c.Frame.OnDragged = p.host.SetWipe
	c.Frame.OnPanned = func(x, y float64) { p.setZoom(p.zoom.Moved(x, y)) }
	c.OnTapped(func() { p.Pick(at.row) })
	if at.column > 0 {
		c.OnTapped(func() { p.answer(at.row, at.column-1) })
		c.OnMenu(func(on fyne.Position) { p.showMenu(at.row, at.column-1, on) })
	}
	p.made[at] = c
	return c
}

// headAt is the head of a column, of which a network's, and what is made of them, can be
// removed. Each is made once.
func (p *Page) headAt(column int) *kit.Head {
	if h, ok := p.headed[column]; ok {
		return h
	}
	var corner fyne.CanvasObject
	if column > 0 {
		remove := kit.NewIconButton(theme.CancelIcon(), speak.Say("cell.remove"), func() { p.remove(column - 1) })
		remove.Importance = widget.LowImportance
		corner = remove
	}
	h := kit.NewHead(corner)
	if column > 0 {
		h.OnTapped(func() { p.answer(p.Row(), column-1) })
		h.OnMenu(func(on fyne.Position) { p.showMenu(p.Row(), column-1, on) })
	}
	p.headed[column] = h
	return h
}

// Enlarge shows one cell alone, or all again.
func (p *Page) Enlarge(at int) {
	if at >= len(p.Cells) {
		return
	}
	if p.Enlarged == at {
		at = None
	} else {
		p.picked = at / p.desk.Columns()
	}
	p.Enlarged = at
	p.Update()
}

// Hover moves the crosshair of a cell's row.
func (p *Page) Hover(at int, x, y float64, on bool) {
	p.hovered = None
	if on {
		p.hovered, p.pointer = at, fyne.NewPos(float32(x), float32(y))
	}
	p.readOut()
}

// readOut shows the crosshair in all cells of a row, with the values there.
func (p *Page) readOut() {
	columns, known := p.desk.Columns(), p.Shown.Of(&p.desk.Asked)
	for i, c := range p.Cells {
		if p.hovered == None || i/columns != p.hovered/columns || !known {
			if c.Frame.Marked {
				c.Frame.Point(0, 0, false, "")
			}
			continue
		}
		x, y := float64(p.pointer.X), float64(p.pointer.Y)
		c.Frame.Point(x, y, true, p.Shown.valueAt(i/columns, i%columns, x, y))
	}
}
