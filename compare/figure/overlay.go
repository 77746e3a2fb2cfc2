package figure

import (
	"context"
	"image"
	"image/color"
	"image/draw"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/fault"
	"scalecam/picture"
)

// Overlay lays a column's map over base, the row's picture resized to any size and
// tightly packed, and returns the result; base stays as it is. The map covers
// the part that the network saw; where there is nothing to show, none does.
func Overlay(c *compare.Comparison, row, col int, v compare.View, base *image.RGBA) (*image.RGBA, error) {
	return OverlayPart(c, row, col, v, base, base.Bounds().Size(), image.Point{})
}

// OverlayPart is Overlay over a part of the row's picture: base is, of the picture
// resized to of, what lies from at on. Lines are as wide as Overlay's over the whole
// picture at base's size.
func OverlayPart(c *compare.Comparison, row, col int, v compare.View, base *image.RGBA, of, at image.Point) (*image.RGBA, error) {
	shown := c.Shown(row, col, v)
	var whole, region image.Rectangle // what the network saw of the picture, and that on base
	var values []float32
	if shown.Map != nil && !shown.Scale.Empty() {
		whole = shown.On(&c.Rows[row], of).Sub(at)
		region = whole.Intersect(base.Rect)
	}
	if !region.Empty() {
		values = shown.Map.ResizePart(whole.Dy(), whole.Dx(), region.Sub(whole.Min), v.Interpolation)
	}
	out := image.NewRGBA(base.Bounds())
	above := above(v, values, region, shown.Scale)
	if above != nil && whole != region {
		small := image.Pt(max(whole.Dx()*base.Rect.Dx()/of.X, 1), max(whole.Dy()*base.Rect.Dy()/of.Y, 1))
		above.Box = boxOf(shown.Map, v, shown.Scale, small, whole.Size()).Add(whole.Min).Sub(region.Min)
	}
	shown.Scale.Unit(values)
	blend := colormap.Blend{Opacity: v.Opacity, Grey: v.Grey}
	untrained := col < len(c.Models) && !c.Models[col].Trained
	if untrained {
		blend.Opacity *= dim
	}
	if err := colormap.Overlay(out, base, values, region, shown.Colormap, blend); err != nil {
		return nil, err
	}
	if untrained && len(values) > 0 && v.Opacity > 0 {
		hatch(out, region, at)
	}
	if above != nil {
		drawContour(out, above, region.Min, lineWidth(out), image.White)
		if !above.Box.Empty() {
			drawOutline(out, above.Box.Add(region.Min), lineWidth(out))
		}
	}
	drawObject(out, c.Rows[row].Picture, v, of, at)
	return out, nil
}

// Base is base, a part of the row's picture as OverlayPart's, as it is shown without a
// map.
func Base(p *picture.Picture, v compare.View, base *image.RGBA, of, at image.Point) *image.RGBA {
	if !v.Object || p.Object == nil {
		return base
	}
	out := image.NewRGBA(base.Bounds())
	copy(out.Pix, base.Pix)
	drawObject(out, p, v, of, at)
	return out
}

// dim is the share of their strength that maps of untrained networks have.
const dim = 0.5

// hatch draws slanting lines over a part of a picture that begins at a place of a larger
// one: what is beneath means nothing.
func hatch(dst *image.RGBA, part image.Rectangle, place image.Point) {
	width := lineWidth(dst)
	every := 12 * width
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			shade := byte(255)
			switch at := (x + y + place.X + place.Y) % every; {
			case at >= 2*width:
				continue
			case at >= width:
				shade = 0
			}
			p := dst.Pix[dst.PixOffset(x, y):]
			for i := range 3 { // half of each
				p[i] = byte((int(p[i]) + int(shade)) / 2)
			}
		}
	}
}

// objectColour is the line's around the true object: none of the colour scales has it.
var objectColour = image.NewUniform(color.RGBA{0x39, 0xff, 0x14, 255})

// drawObject draws a line around what the picture is known to show, of which dst is a
// part as OverlayPart's base.
func drawObject(dst *image.RGBA, p *picture.Picture, v compare.View, of, at image.Point) {
	if !v.Object || p.Object == nil {
		return
	}
	size := dst.Rect.Size()
	mask := picture.ResizeMaskPart(p.Object, of.X, of.Y, dst.Rect.Add(at))
	r := &cam.Region{W: size.X, H: size.Y, In: make([]bool, size.X*size.Y)}
	for i, cover := range mask.Pix {
		r.In[i] = cover >= measure.Shown
	}
	drawContour(dst, r, image.Point{}, lineWidth(dst), objectColour)
}

// above is the part of a map that the view's contour surrounds; nil for none.
func above(v compare.View, values []float32, region image.Rectangle, s cam.Scale) *cam.Region {
	if !(v.Contour > 0) || len(values) == 0 {
		return nil
	}
	r := cam.Above(values, region.Dx(), region.Dy(), threshold(v, s))
	return &r
}

func threshold(v compare.View, s cam.Scale) float32 { return float32(min(v.Contour, 1) * s.Hi) }

// boxOf is the box around the largest part of a map above the view's threshold, spread
// over pixels so many that they are not all made: found at a small size, and each edge
// then to the pixel.
func boxOf(m *cam.Map, v compare.View, s cam.Scale, small, size image.Point) image.Rectangle {
	least := threshold(v, s)
	box := cam.Above(m.Resize(small.Y, small.X, v.Interpolation), small.X, small.Y, least).Box
	if box.Empty() {
		return box
	}
	all := image.Rectangle{Max: size}
	across := func(x int) int { return x * size.X / small.X }
	down := func(y int) int { return y * size.Y / small.Y }
	found := func(strip image.Rectangle) (in image.Rectangle) { // of the strip, what is above
		if strip = strip.Intersect(all); strip.Empty() {
			return in
		}
		for i, value := range m.ResizePart(size.Y, size.X, strip, v.Interpolation) {
			if value >= least {
				at := strip.Min.Add(image.Pt(i%strip.Dx(), i/strip.Dx()))
				in = in.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))})
			}
		}
		return in
	}
	x0, y0, x1, y1 := across(box.Min.X), down(box.Min.Y), across(box.Max.X), down(box.Max.Y)
	near := image.Pt(size.X/small.X+1, size.Y/small.Y+1) // a pixel of the small one
	exact := image.Rect(x0, y0, x1, y1)
	if in := found(image.Rect(x0-near.X, y0, x0+near.X, y1)); !in.Empty() {
		exact.Min.X = in.Min.X
	}
	if in := found(image.Rect(x0, y0-near.Y, x1, y0+near.Y)); !in.Empty() {
		exact.Min.Y = in.Min.Y
	}
	if in := found(image.Rect(x1-near.X, y0, x1+near.X, y1)); !in.Empty() {
		exact.Max.X = in.Max.X
	}
	if in := found(image.Rect(x0, y1-near.Y, x1, y1+near.Y)); !in.Empty() {
		exact.Max.Y = in.Max.Y
	}
	return exact
}

// zoomed is the row's picture at its own size times the view's zoom.
func zoomed(c *compare.Comparison, row int, v compare.View) (*image.RGBA, error) {
	p := c.Rows[row].Picture.Image
	if v.Bounded().Zoom == 1 {
		return p, nil
	}
	w, h := p.Rect.Dx()*v.Bounded().Zoom, p.Rect.Dy()*v.Bounded().Zoom
	if max(w, h) > picture.MaxSide || w*h > picture.MaxPixels {
		return nil, fault.Errorf("figure: %s would have %d × %d pixels at a zoom of %d, more than the %d million that a picture may have; take a smaller zoom",
			c.Rows[row].Picture.Path, w, h, v.Bounded().Zoom, picture.MaxPixels/1_000_000)
	}
	return picture.Resize(p, w, h, picture.Bicubic), nil
}

// OverlayPicture is a cell's map over the whole picture, at the picture's own
// size times the view's zoom. It returns ctx's error when ctx ends, after the
// step that it is at.
func OverlayPicture(ctx context.Context, c *compare.Comparison, row, col int, v compare.View) (*image.RGBA, error) {
	base, err := zoomed(c, row, v)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return Overlay(c, row, col, v, base)
}

// Heatmap is a cell's map in colours alone, as large as the part that the
// network saw of the picture, times the view's zoom. It ends with ctx as
// OverlayPicture does.
func Heatmap(ctx context.Context, c *compare.Comparison, row, col int, v compare.View) (*image.RGBA, error) {
	m, err := c.Map(row, col)
	if err != nil {
		return nil, err
	}
	base, err := zoomed(c, row, v)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	region := c.Seen(row, col, base.Rect.Size())
	if region.Empty() {
		region = base.Rect
	}
	heat := m.Resize(region.Dy(), region.Dx(), v.Interpolation)
	c.Scale(row, col, v).Unit(heat)
	return v.Colormap.Paint(heat, region.Dx(), region.Dy())
}

// drawOutline draws a line so wide around r, outside of it: white, and beyond
// that half black, so that it shows on any picture. What lies beyond dst is cut
// off.
func drawOutline(dst *image.RGBA, r image.Rectangle, width int) {
	shade := image.NewUniform(color.RGBA{A: 128})
	for i := 1; i <= width; i++ {
		ring(dst, r.Inset(-i), image.White)
		ring(dst, r.Inset(-width-i), shade)
	}
}

// lineWidth is as wide in a large picture as it looks in a small one.
func lineWidth(img *image.RGBA) int {
	const widths = 300 // of the line, in the picture's shorter side
	return max(1, min(img.Rect.Dx(), img.Rect.Dy())/widths)
}

// drawContour draws a line so wide around the region, which begins at a place of dst.
func drawContour(dst *image.RGBA, r *cam.Region, at image.Point, width int, line image.Image) {
	shade, bounds := image.NewUniform(color.RGBA{A: 128}), dst.Rect
	for _, pass := range []struct {
		colour image.Image
		reach  int
	}{{shade, width}, {line, 0}} {
		done := make([]bool, r.W*r.H) // a shade laid twice is darker
		for y := range r.H {
			for x := range r.W {
				if !r.Edge(x, y) {
					continue
				}
				for v := max(y-pass.reach, 0); v < min(y+width+pass.reach, r.H); v++ {
					for u := max(x-pass.reach, 0); u < min(x+width+pass.reach, r.W); u++ {
						if !done[v*r.W+u] {
							done[v*r.W+u] = true
							p := image.Pt(u, v).Add(at)
							draw.Draw(dst, image.Rectangle{p, p.Add(image.Pt(1, 1))}.Intersect(bounds), pass.colour, image.Point{}, draw.Over)
						}
					}
				}
			}
		}
	}
}

// ring draws the outermost pixels of r.
func ring(dst *image.RGBA, r image.Rectangle, colour image.Image) {
	for _, edge := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+1)},
		{image.Pt(r.Min.X, r.Max.Y-1), r.Max},
		{image.Pt(r.Min.X, r.Min.Y+1), image.Pt(r.Min.X+1, r.Max.Y-1)},
		{image.Pt(r.Max.X-1, r.Min.Y+1), image.Pt(r.Max.X, r.Max.Y-1)},
	} {
		draw.Draw(dst, edge, colour, image.Point{}, draw.Over)
	}
}
