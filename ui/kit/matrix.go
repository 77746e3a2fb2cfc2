package kit

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Matrix is a confusion matrix: how often what a row names was answered with what a
// column names. The more of its row a number has, the darker it lies, on the diagonal in
// the theme's colour, elsewhere in that of errors. A tap on a number that is not 0
// chooses it.
type Matrix struct {
	widget.BaseWidget
	corner string
	names  []string
	Counts [][]int
	chosen [2]int // row and column

	chose func(row, column int)
	says  func(row, column int) string // what is told of a number
}

// noneChosen is the place of no number.
var noneChosen = [2]int{-1, -1}

// NewMatrix is an empty one, in whose corner it says what rows and columns are. says is
// what is told of a number that the pointer rests on.
func NewMatrix(corner string, says func(row, column int) string, chose func(row, column int)) *Matrix {
	m := &Matrix{corner: corner, chosen: noneChosen, chose: chose, says: says}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows other numbers, [row][column], and which of them is chosen, −1 for none.
func (m *Matrix) Set(names []string, counts [][]int, row, column int) {
	m.names, m.Counts, m.chosen = names, counts, [2]int{row, column}
	m.Refresh()
}

// How matrices are laid out.
const (
	matrixPad    = 4  // around a number
	matrixFew    = 8  // up to so many columns have their names above them, more their numbers
	matrixName   = 96 // a column's name is cut there
	matrixRow    = 150
	matrixDarker = 0.45 // how much of its colour the darkest number lies on
)

var matrixSmall = Lettering{Small: true}

// heads are what stands above the columns and before the rows.
func (m *Matrix) heads() (columns, rows []string) {
	for i, name := range m.names {
		if len(m.names) <= matrixFew {
			columns, rows = append(columns, matrixSmall.Cut(name, matrixName)), append(rows, matrixSmall.Cut(name, matrixRow))
			continue
		}
		number := strconv.Itoa(i + 1)
		columns, rows = append(columns, number), append(rows, matrixSmall.Cut(number+"  "+name, matrixRow))
	}
	return columns, rows
}

// measure gives the widths of rows' names and of columns, and a row's height.
func (m *Matrix) measure() (names, column, row float32) {
	columns, rows := m.heads()
	names, column = matrixSmall.Width(m.corner), matrixSmall.Width("000")
	for i := range rows {
		names, column = max(names, matrixSmall.Width(rows[i])), max(column, matrixSmall.Width(columns[i]))
	}
	return names + 2*matrixPad, column + 2*matrixPad, Lettering{}.Height() + matrixPad
}

// Least implements Drawn.
func (m *Matrix) Least() fyne.Size {
	if len(m.names) == 0 {
		return fyne.Size{}
	}
	names, column, row := m.measure()
	return fyne.NewSize(names+column*float32(len(m.names)), row*float32(len(m.names)+1))
}

// CreateRenderer implements fyne.Widget.
func (m *Matrix) CreateRenderer() fyne.WidgetRenderer { return NewBrush(m) }

// Draw implements Drawn.
func (m *Matrix) Draw(b *Brush, _ fyne.Size) {
	if len(m.names) == 0 {
		return
	}
	names, column, row := m.measure()
	columns, rows := m.heads()
	lower := func(l Lettering) float32 { return matrixPad/2 + Lettering{}.Baseline() - l.Baseline() }
	grey := matrixSmall
	grey.Colour = theme.ColorNamePlaceHolder
	b.Text(m.corner, matrixPad, lower(grey), 0, grey)
	for j, text := range columns {
		b.Text(text, names+(float32(j)+0.5)*column, lower(matrixSmall), 0.5, matrixSmall)
	}
	for i, counts := range m.Counts {
		y, sum := float32(i+1)*row, 0
		b.Text(rows[i], names-matrixPad, y+lower(matrixSmall), 1, matrixSmall)
		for _, n := range counts {
			sum += n
		}
		for j, n := range counts {
			x := names + float32(j)*column
			ground := canvas.NewRectangle(theme.Color(theme.ColorNameInputBackground))
			if [2]int{i, j} == m.chosen {
				ground.StrokeColor, ground.StrokeWidth = theme.Color(theme.ColorNameForeground), 2
			}
			b.Rectangle(ground, x+1, y+1, column-2, row-2)
			if n == 0 {
				continue
			}
			tint := theme.ColorNameError
			if i == j {
				tint = theme.ColorNamePrimary
			}
			c := color.NRGBAModel.Convert(theme.Color(tint)).(color.NRGBA)
			c.A = uint8(255 * matrixDarker * (0.2 + 0.8*float64(n)/float64(sum)))
			b.Rectangle(canvas.NewRectangle(c), x+1, y+1, column-2, row-2)
			b.Text(strconv.Itoa(n), x+column/2, y+matrixPad/2, 0.5, Lettering{Bold: i != j})
		}
	}
}

// at is the number at a place, noneChosen where there is none, or a 0.
func (m *Matrix) at(p fyne.Position) [2]int {
	if len(m.names) == 0 {
		return noneChosen
	}
	names, column, row := m.measure()
	i, j := int(p.Y/row)-1, int((p.X-names)/column)
	if p.X < names || i < 0 || i >= len(m.Counts) || j >= len(m.Counts[i]) || m.Counts[i][j] == 0 {
		return noneChosen
	}
	return [2]int{i, j}
}

// Tapped implements fyne.Tappable.
func (m *Matrix) Tapped(e *fyne.PointEvent) {
	if at := m.at(e.Position); at != noneChosen {
		m.MouseOut() // what is told would stay where the choice leads elsewhere
		m.chose(at[0], at[1])
	}
}

// MouseIn implements desktop.Hoverable.
func (m *Matrix) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (m *Matrix) MouseMoved(e *desktop.MouseEvent) {
	text := ""
	if at := m.at(e.Position); at != noneChosen {
		text = m.says(at[0], at[1])
	}
	tell(m, text, e.AbsolutePosition)
}

// MouseOut implements desktop.Hoverable.
func (m *Matrix) MouseOut() { tell(m, "", fyne.Position{}) }

// Place is the middle of a number, to tap on.
func (m *Matrix) Place(row, column int) fyne.Position {
	names, wide, high := m.measure()
	return fyne.NewPos(names+(float32(column)+0.5)*wide, (float32(row)+1.5)*high)
}

// AccessibilityLabel implements fyne.Accessible.
func (m *Matrix) AccessibilityLabel() string {
	all := []string{m.corner}
	for i, counts := range m.Counts {
		for j, n := range counts {
			if n > 0 {
				all = append(all, m.says(i, j))
			}
		}
	}
	return strings.Join(all, "\n")
}
