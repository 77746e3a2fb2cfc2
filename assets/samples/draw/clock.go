package main

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/gonum/spatial/r3"
)

// The room is lit by a window on the left, above and before the wall.
var (
	windowward  = r3.Unit(r3.Vec{X: -0.55, Y: -0.50, Z: 0.67}) // x right, y down, z to the viewer
	windowlight = r3.Scale(1.15, hex("#fff0d8"))
	roomlight   = r3.Scale(0.42, hex("#b9c2d6"))
)

// lit is a matt surface under both lights; open is the share of the window's
// light that reaches it.
func lit(surface, normal r3.Vec, open float64) r3.Vec {
	sun := max(0, r3.Dot(normal, windowward)) / windowward.Z // 1 on the wall
	return tint(surface, r3.Add(r3.Scale(sun*open, windowlight), roomlight))
}

// clock is a round clock on a wall, over a shelf with books and a mug.
func clock(x, y float64) r3.Vec {
	for _, thing := range []func(x, y float64) (r3.Vec, bool){dial.look, mug, books, shelf} {
		if light, hit := thing(x, y); hit {
			return light
		}
	}
	return wall(x, y)
}

// wall is painted plaster. Everything before it throws a soft shadow to the
// lower right.
func wall(x, y float64) r3.Vec {
	open := 1 - 0.75*ramp(26, -20, math.Hypot(x-dial.x-16, y-dial.y-18)-dial.radius)
	if x > row[0].left && y > boardTop-220 { // where their shadows may reach
		for _, b := range row {
			open = min(open, 1-0.7*ramp(14, -12, b.outside(x-14, y-12)))
		}
	}
	open = min(open, 1-0.7*ramp(12, -10, rectangle(x-mugX-12, y-mugY-10, mugHalf, mugTall)))
	if y > boardTop {
		open = min(open, 0.25+0.75*ramp(40, 95, y-boardTop))
	}
	// The window's bars cross the wall as two soft stripes of shade.
	slant := x + 0.35*y
	bars := ramp(26, 10, math.Abs(slant-640)) + ramp(26, 10, math.Abs(y-0.22*x-150))
	open *= (1 - 0.30*min(1, bars)) * ramp(1050, 420, slant-0.2*y)

	normal := r3.Unit(r3.Vec{
		X: 0.10*cloud(x/5, y/5, 3, 11) + 0.05*cloud(x/60, y/60, 2, 21),
		Y: 0.10*cloud(x/5, y/5, 3, 31) + 0.05*cloud(x/60, y/60, 2, 41),
		Z: 1,
	})
	paint := r3.Scale(1+0.08*cloud(x/150, y/150, 3, 51), hex("#7f9c96"))
	return lit(paint, normal, open)
}

// rectangle is how far (x, y) lies outside an upright rectangle about the
// origin of the given half width and half height; less than 0 inside.
func rectangle(x, y, half, tall float64) float64 {
	dx, dy := math.Abs(x)-half, math.Abs(y)-tall
	return math.Hypot(max(0, dx), max(0, dy)) + min(0, max(dx, dy))
}

// face is the clock at ten past ten.
type face struct {
	x, y, radius float64 // of its outer rim, in pixels
	numerals     *image.Alpha
}

var dial = newFace(318, 222, 168)

// numeralScale is how many pixels of the numerals make one of the picture.
const numeralScale = 4

func newFace(x, y, radius float64) face {
	side := int(2 * radius * numeralScale)
	f := face{x: x, y: y, radius: radius, numerals: image.NewAlpha(image.Rect(0, 0, side, side))}
	parsed, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		panic(err) // the font is compiled in
	}
	letters, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 0.19 * radius * numeralScale, DPI: 72})
	if err != nil {
		panic(err) // the font is compiled in
	}
	pen := font.Drawer{Dst: f.numerals, Src: image.NewUniform(color.Alpha{A: 255}), Face: letters}
	for hour := 1; hour <= 12; hour++ {
		text := strconv.Itoa(hour)
		box, _ := font.BoundString(letters, text)
		sin, cos := math.Sincos(float64(hour) / 6 * math.Pi)
		reach := 0.635 * radius * numeralScale
		pen.Dot = fixed.Point26_6{
			X: fixed.I(side/2+int(reach*sin)) - (box.Min.X+box.Max.X)/2,
			Y: fixed.I(side/2-int(reach*cos)) - (box.Min.Y+box.Max.Y)/2,
		}
		pen.DrawString(text)
	}
	return f
}

// look gives the light from the clock at a point of the film, and whether the
// clock covers it.
func (f face) look(x, y float64) (r3.Vec, bool) {
	u, v := (x-f.x)/f.radius, (y-f.y)/f.radius
	r := math.Hypot(u, v)
	if r > 1 {
		return r3.Vec{}, false
	}
	if r > 0.87 { // the rim, round like half a tube
		across := (r - 0.935) / 0.065
		lean := max(-0.98, min(0.98, across))
		normal := r3.Vec{X: u / r * lean, Y: v / r * lean, Z: math.Sqrt(1 - lean*lean)}
		c := lit(hex("#3a3d42"), normal, 1)
		half := r3.Unit(r3.Add(windowward, r3.Vec{Z: 1}))
		return r3.Add(c, r3.Scale(1.6*math.Pow(max(0, r3.Dot(normal, half)), 40), windowlight)), true
	}
	// The rim shades the sunken dial at the upper left, and so do the hands.
	open := 1 - 0.55*ramp(0.80, 0.92, math.Hypot(u-0.045, v-0.04))
	open *= 1 - 0.45*ramp(0.02, -0.015, min(hands(u-0.028, v-0.026), circle(u-0.028, v-0.026, 0.045)))
	ink := 0.0
	if r > 0.77 && r < 0.83 {
		minute := math.Mod(math.Atan2(u, -v)/(2*math.Pi)*60+60.5, 1) - 0.5 // from the nearest mark
		ink = ramp(0.011, 0.008, math.Abs(minute)*2*math.Pi/60*r)
	}
	hour := math.Mod(math.Atan2(u, -v)/(2*math.Pi)*12+12.5, 1) - 0.5
	if r > 0.76 && r < 0.84 {
		ink = max(ink, ramp(0.022, 0.018, math.Abs(hour)*2*math.Pi/12*r))
	}
	numeral := f.numerals.AlphaAt(int((u+1)*f.radius*numeralScale), int((v+1)*f.radius*numeralScale))
	ink = max(ink, float64(numeral.A)/255)
	paper := mix(hex("#f1ead8"), hex("#e2d6bb"), ramp(0.2, 0.9, r))
	c := lit(mix(paper, hex("#1d1c1e"), ink), r3.Vec{Z: 1}, open)
	if hands(u, v) < 0 {
		c = lit(hex("#17171a"), r3.Vec{Z: 1}, 1)
	}
	if second(u, v) < 0 || circle(u, v, 0.04) < 0 {
		c = lit(hex("#a8261d"), r3.Vec{Z: 1}, 1)
	}
	// The glass mirrors a little of the window.
	pane := ramp(0.72, 0.66, math.Abs(u+v*0.25+0.05)*1.4+0.3) * ramp(0.86, 0.80, r) * ramp(0.1, -0.6, v)
	return r3.Add(c, r3.Scale(0.07*pane, windowlight)), true
}

// circle is how far (u, v) lies outside the circle about the origin.
func circle(u, v, radius float64) float64 { return math.Hypot(u, v) - radius }

// hands is how far (u, v), in radii from the middle, lies outside the hour and
// the minute hand.
func hands(u, v float64) float64 {
	return min(hand(u, v, 10.0/12+10.0/720, 0.46, 0.034), hand(u, v, 10.0/60, 0.72, 0.024))
}

func second(u, v float64) float64 { return hand(u, v, 36.0/60, 0.78, 0.007) }

// hand is how far (u, v) lies outside a hand that points at the given part of
// a turn and narrows to half of its half width at its tip.
func hand(u, v, turn, length, half float64) float64 {
	sin, cos := math.Sincos(2 * math.Pi * turn)
	along, across := u*sin-v*cos, u*cos+v*sin
	t := max(-0.14, min(length, along))
	return math.Hypot(along-t, across) - half*(1-0.5*max(0, t)/length)
}

// The board of the shelf runs through the picture.
const (
	boardTop   = 520.0
	boardFront = 532.0 // from here down one sees its front edge
	boardFoot  = 562.0
)

func shelf(x, y float64) (r3.Vec, bool) {
	if y < boardTop || y > boardFoot {
		return r3.Vec{}, false
	}
	grain := cloud(x/190, y/5, 4, 61) + 0.5*math.Sin(y*1.3+6*cloud(x/240, y/30, 2, 71))
	wood := mix(hex("#8a5a33"), hex("#6a3f20"), ramp(-0.5, 0.7, grain))
	if y < boardFront { // its upper side, seen flat
		open := 1.0
		for _, b := range row {
			open = min(open, 1-0.75*ramp(10, -6, b.outside(x-10, boardTop-8)))
		}
		open = min(open, 1-0.75*ramp(12, -6, math.Abs(x-mugX-12)-mugHalf))
		return lit(wood, r3.Unit(r3.Vec{Y: -1, Z: 0.5}), open), true
	}
	edge := ramp(3, 0, y-boardFront)
	return lit(wood, r3.Unit(r3.Vec{Y: 0.25 - 1.1*edge, Z: 1}), 0.8), true
}

// book stands on the board: the left end and the size of its spine in pixels,
// and how far it leans to the left, in radians.
type book struct {
	left, wide, tall, lean float64
	cloth                  r3.Vec
	title                  r3.Vec
	bands                  int
}

var row = func() []book {
	gold, cream, black := hex("#d9b25a"), hex("#efe6cf"), hex("#20242c")
	return []book{
		{left: 470, wide: 34, tall: 176, cloth: hex("#7c2424"), title: gold, bands: 3},
		{left: 504, wide: 24, tall: 150, cloth: hex("#d6c9a8"), title: black, bands: 1},
		{left: 528, wide: 41, tall: 190, cloth: hex("#23405f"), title: gold, bands: 4},
		{left: 569, wide: 29, tall: 164, cloth: hex("#46613c"), title: cream, bands: 2},
		{left: 598, wide: 22, tall: 182, cloth: hex("#c98a2e"), title: black, bands: 1},
		{left: 620, wide: 36, tall: 158, cloth: hex("#4a3350"), title: gold, bands: 3},
		{left: 660, wide: 30, tall: 170, lean: 0.16, cloth: hex("#b4502f"), title: cream, bands: 2},
	}
}()

// spine gives (x, y) as pixels from the lower left corner of the book's spine,
// along and up it.
func (b book) spine(x, y float64) (along, up float64) {
	sin, cos := math.Sincos(b.lean)
	dx, dy := x-b.left, boardFront-4-y
	return dx*cos + dy*sin, dy*cos - dx*sin
}

// outside is how far (x, y) lies outside the book's spine.
func (b book) outside(x, y float64) float64 {
	along, up := b.spine(x, y)
	return rectangle(along-b.wide/2, up-b.tall/2, b.wide/2, b.tall/2)
}

func books(x, y float64) (r3.Vec, bool) {
	if x < row[0].left {
		return r3.Vec{}, false
	}
	for i, b := range row {
		along, up := b.spine(x, y)
		if b.outside(x, y) > 0 {
			continue
		}
		across := 2*along/b.wide - 1
		normal := r3.Unit(r3.Vec{X: 0.85 * across * math.Abs(across), Z: 1})
		weave := cloud(x/1.7, y/1.7, 2, 81+i) + 0.8*cloud(x/30, y/70, 3, 101+i)
		cloth := r3.Scale(1+0.16*weave, b.cloth)

		height := up / b.tall
		ink := 0.0
		for band := range b.bands {
			for _, level := range []float64{0.10 + 0.045*float64(band), 0.92 - 0.045*float64(band)} {
				ink = max(ink, ramp(1.8, 1.0, math.Abs(height-level)*b.tall))
			}
		}
		// The title: letters too small to read, in one line up the spine.
		letter := hash(int(up/3.2), 0, 121+i)
		if height > 0.34 && height < 0.72 && math.Abs(across) < 0.26 && letter > 0.22 {
			ink = max(ink, 0.85*ramp(0.25, 0.5, hash(int(up/1.6), int(along/2.2), 141+i)))
		}
		cloth = mix(cloth, b.title, 0.8*ink)
		open := 1 - 0.6*ramp(8, 0, up) - 0.45*ramp(0.80, 1.0, math.Abs(across))
		light := lit(cloth, normal, open)
		gleam := math.Pow(max(0, 1-math.Abs(across+0.45)*2.2), 3)
		return r3.Add(light, r3.Scale(0.035*gleam, windowlight)), true
	}
	return r3.Vec{}, false
}

// The mug stands on the left, its middle at (mugX, mugY).
const (
	mugX    = 176.0
	mugTall = 44.0 // half its height
	mugHalf = 36.0 // half its width
	mugY    = boardFront - 5 - mugTall
)

func mug(x, y float64) (r3.Vec, bool) {
	u, v := x-mugX, y-mugY
	glaze := hex("#d8d2c4")
	if v > 8 {
		glaze = hex("#39617a")
	}
	// The foot and the rim are ellipses, seen from a little above.
	const flat = 7.0
	side := u / mugHalf
	if math.Abs(side) < 1 {
		bulge := flat * math.Sqrt(1-side*side)
		if inside := math.Abs(v+mugTall) < bulge; inside {
			depth := ramp(-bulge, bulge, v+mugTall)
			return lit(hex("#cfc8b8"), r3.Unit(r3.Vec{X: -side, Z: 0.6}), 0.15+0.6*depth*ramp(-0.6, 0.9, side)), true
		}
		if v > -mugTall && v < mugTall-flat+bulge {
			normal := r3.Vec{X: side, Z: math.Sqrt(1 - side*side)}
			c := lit(glaze, normal, 1-0.5*ramp(12, 0, mugTall-v))
			glint := (side + 0.48) / 0.07
			shine := math.Exp(-glint*glint) * ramp(-38, -30, v) * ramp(30, 18, v)
			return r3.Add(c, r3.Scale(0.55*shine, windowlight)), true
		}
	}
	if ring := math.Hypot((u+mugHalf+3)/0.85, v) - 22; u < -mugHalf+2 && math.Abs(ring) < 5 {
		across := ring / 5
		out := r3.Unit(r3.Vec{X: (u + mugHalf), Y: v})
		normal := r3.Add(r3.Scale(across, out), r3.Vec{Z: math.Sqrt(1 - across*across)})
		return lit(glaze, normal, 0.95), true
	}
	return r3.Vec{}, false
}
