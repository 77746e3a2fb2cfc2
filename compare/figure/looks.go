package figure

import (
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"slices"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/network/teach"
	"scalecam/wording"
)

// mostLooks bounds the rows of DrawLooks.
const mostLooks = 40

// DrawLooks draws where networks that were taught look for each class: a row for a class,
// a column for a network, in each the average map of the class's pictures, on one scale:
// from no evidence to the highest of all cells. Of more than 40 classes there are those
// whose evidence lies nearest to the border of the pictures. It is nil where no network
// looked at any.
func DrawLooks(r *teach.Report, in *wording.Speaker) (*image.RGBA, error) {
	t, err := newTypesetter()
	if err != nil {
		return nil, err
	}
	var networks []*teach.ReportedNetwork
	highest := HighestLook(r)
	for i := range r.Networks {
		if n := &r.Networks[i]; len(n.Looks) > 0 {
			networks = append(networks, n)
		}
	}
	if highest == 0 {
		return nil, nil
	}
	classes := make([]int, len(r.Classes))
	outer := make([]float64, len(r.Classes))
	for c := range classes {
		classes[c] = c
		for _, n := range networks {
			outer[c] += n.Looks[c].Outer
		}
	}
	if len(classes) > mostLooks {
		slices.SortStableFunc(classes, func(a, b int) int { return cmp.Compare(outer[b], outer[a]) })
		classes = classes[:mostLooks]
	}

	const side, gap, margin, label = 160, 16, 32, 200 // a side is as wide as "higher-resolution"
	top := margin + heading.leading + small.leading
	width := 2*margin + label + len(networks)*(side+gap)
	img := image.NewRGBA(image.Rect(0, 0, width, top+len(classes)*(side+gap+small.leading)+foot.leading*2+margin))
	draw.Draw(img, img.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	write := func(text string, s style, x, y, width, lines int) {
		for i, l := range t.fit(text, s, width, lines, 0) {
			t.draw(img, t.place(l, s, x, y+i*s.leading), 1)
		}
	}
	for j, n := range networks {
		write(n.Name, strong, margin+label+j*(side+gap), margin, side, 1)
	}
	for i, c := range classes {
		y := top + i*(side+gap+small.leading)
		write(r.Classes[c].Name, strong, margin, y, label-gap, 3)
		for j, n := range networks {
			x := margin + label + j*(side+gap)
			look := n.Looks[c]
			if look.Pictures == 0 {
				continue
			}
			painted, err := PaintLook(look.Map, highest, side)
			if err != nil {
				return nil, err
			}
			draw.Draw(img, image.Rect(x, y, x+side, y+side), painted, image.Point{}, draw.Src)
			write(in.Say("taught.border", 100*look.Outer), small, x, y+side, side, 1)
		}
	}
	y := top + len(classes)*(side+gap+small.leading)
	write(in.Say("taught.sheet"), foot, margin, y, width-2*margin, 2)
	return img, nil
}

// HighestLook is the most evidence that a cell of any average map has, where 1 is that of
// each cell if it were spread evenly; 0 where there are no maps.
func HighestLook(r *teach.Report) (highest float64) {
	for _, n := range r.Networks {
		for _, l := range n.Looks {
			for _, row := range l.Map {
				highest = max(highest, slices.Max(row)*float64(len(l.Map)*len(row)))
			}
		}
	}
	return highest
}

// PaintLook paints an average map, row by row, as a square of so many pixels, on the
// scale from no evidence to the highest.
func PaintLook(look [][]float64, highest float64, side int) (*image.RGBA, error) {
	m := &cam.Map{H: len(look), W: len(look[0])}
	for _, row := range look {
		for _, v := range row {
			m.Values = append(m.Values, float32(v*float64(m.H*m.W)/highest))
		}
	}
	return colormap.Default().Paint(m.Resize(side, side, cam.Smooth), side, side)
}
