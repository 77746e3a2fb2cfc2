package scaling

import (
	"fmt"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/network"
	"scalecam/ui/kit"
)

// drawing is networks as in the paper's Figure 2, one above the other on one
// scale: a slab for each block, its length the depth of the network, its
// thickness the channels (width) and its height the grid (resolution). Heights
// and thicknesses go with the roots, since B0's grids differ 32-fold and its
// channels 80-fold.
type drawing struct {
	widget.BaseWidget
	networks []*network.Network
	titles   []string
}

func newDrawing() *drawing {
	d := &drawing{}
	d.ExtendBaseWidget(d)
	return d
}

func (d *drawing) set(titles []string, networks ...*network.Network) {
	d.titles, d.networks = titles, networks
	d.Refresh()
}

// slab is a convolution or a block.
type slab struct {
	stage, channels, side int
	block                 bool // of several layers
}

func slabs(n *network.Network) []slab {
	var all []slab
	for _, r := range n.Repetitions() {
		if node := &n.Nodes[r.Last]; r.Layers > 0 {
			all = append(all, slab{node.Stage, node.Out, node.Size.H, r.Layers > 1})
		}
	}
	return all
}

// CreateRenderer implements fyne.Widget.
func (d *drawing) CreateRenderer() fyne.WidgetRenderer { return kit.NewBrush(d) }

func (d *drawing) Least() fyne.Size { return fyne.NewSize(400, kit.OfText(210)) }

// mostThick is how thick a channel's root is at most beside how high a grid's is: a slab
// of the first stages stays higher than thick.
const mostThick = 0.67

func (d *drawing) Draw(b *kit.Brush, size fyne.Size) {
	if len(d.networks) == 0 {
		return
	}
	const (
		margin = 8
		apart  = 10 // between stages
	)
	gap := float32(1) // between slabs, less where they are many
	for _, n := range d.networks {
		gap = min(gap, 0.2*size.Width/float32(len(slabs(n))))
	}
	heading, caption := kit.Lettering{Bold: true}, kit.Lettering{Small: true}
	title, below := heading.Height(), caption.Height()
	// One scale for all: the largest input fits the height, the longest network
	// the width.
	root := func(v int) float32 { return float32(math.Sqrt(float64(v))) }
	row := size.Height / float32(len(d.networks))
	high := row - title - 2*below - 6
	var side float32 = 1
	for _, n := range d.networks {
		side = max(side, root(n.Scaling.Resolution.H))
	}
	perSide := high / side
	wide := float32(math.Inf(1))
	for _, n := range d.networks {
		var sum, fixed float32 = 0, root(n.Scaling.Resolution.H)*perSide + 2*margin
		stage := -1
		for _, s := range slabs(n) {
			sum += root(s.channels)
			fixed += gap
			if s.stage != stage {
				stage, fixed = s.stage, fixed+apart
			}
		}
		wide = min(wide, (size.Width-fixed)/sum)
	}
	thick := max(0.02, min(wide, mostThick*perSide))

	primary, ground := theme.Color(theme.ColorNamePrimary), theme.Color(theme.ColorNameBackground)
	shades := []color.Color{primary, mix(primary, ground, 0.45)}
	ends := theme.Color(theme.ColorNamePlaceHolder)
	for i, n := range d.networks {
		top := float32(i) * row
		b.Text(d.titles[i], margin, top, 0, heading)
		middle := top + title + high/2 + 2
		x := float32(margin)
		input := root(n.Scaling.Resolution.H) * perSide
		frame := &canvas.Rectangle{StrokeColor: theme.Color(theme.ColorNameForeground), StrokeWidth: 1, FillColor: theme.Color(theme.ColorNameInputBackground)}
		b.Rectangle(frame, x, middle-input/2, input, input)
		label := fmt.Sprintf("%v px", n.Scaling.Resolution)
		labelled := caption.Width(label)
		free := x + input // where the last label ended
		if labelled+4 < input {
			b.Text(label, x+input/2, middle-below/2, 0.5, caption)
		} else {
			b.Text(label, x, middle+high/2+2, 0, caption)
			free = max(free, x+labelled)
		}
		x += input
		all := slabs(n)
		for at := 0; at < len(all); {
			stage, from := all[at].stage, x+apart
			x += apart
			end, layers := from, 0
			for ; at < len(all) && all[at].stage == stage; at++ {
				s := all[at]
				w, h := root(s.channels)*thick, root(s.side)*perSide
				block := canvas.NewRectangle(shades[stage%2])
				if !s.block {
					block.FillColor = ends
				}
				if w > 4 {
					block.CornerRadius = 2
				}
				// On whole pixels, or gaps of one are blurred away.
				left, right := round(x), round(x+w)
				b.Rectangle(block, left, middle-h/2, max(right-left, 0.5), h)
				x += w + gap
				end = x - gap
				layers++
			}
			// How many, and how many channels; where there is no room, nothing.
			count, channels := fmt.Sprintf("×%d", layers), fmt.Sprint(all[at-1].channels)
			need := max(caption.Width(count), caption.Width(channels))
			centre := (from + end) / 2
			if centre-need/2 >= free+3 && centre+need/2 <= size.Width {
				y := middle + high/2 + 2
				b.Text(count, centre, y, 0.5, caption)
				b.Text(channels, centre, y+below-2, 0.5, caption)
				free = centre + need/2
			}
		}
	}
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }

// mix is a colour with a share of another.
func mix(a, b color.Color, share float64) color.Color {
	r, g, bl, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	of := func(x, y uint32) uint8 { return uint8((float64(x)*(1-share) + float64(y)*share) / 257) }
	return color.NRGBA{of(r, r2), of(g, g2), of(bl, b2), 255}
}
