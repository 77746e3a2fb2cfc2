package figure

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"scalecam/assets"
)

// style is how a piece of text looks. Sizes are in pixels.
type style struct {
	bold    bool
	size    int // of the em
	leading int // from one baseline to the next
	colour  color.RGBA
}

// The palette: dark ink, a quiet grey beside it, and one warm colour each for
// what disagrees and for what warns. Their contrast on white is 5:1 or more
// (WCAG 2.1 asks for 4.5:1).
var (
	ink      = color.RGBA{0x1b, 0x1f, 0x24, 255}
	grey     = color.RGBA{0x5c, 0x64, 0x6e, 255}
	hairline = color.RGBA{0xd5, 0xd9, 0xde, 255}
	amber    = color.RGBA{0x96, 0x54, 0x00, 255}
	red      = color.RGBA{0xb4, 0x23, 0x18, 255}
)

var (
	heading  = style{true, 20, 27, ink}
	strong   = style{true, 17, 24, ink}
	differs  = style{true, 17, 24, amber}
	body     = style{false, 17, 24, ink}
	quiet    = style{false, 17, 24, grey}
	disputed = style{false, 17, 24, amber}
	warning  = style{false, 17, 24, red}
	small    = style{false, 14, 24, grey} // stands on the lines of the others
	foot     = style{false, 15, 23, grey}
	footRed  = style{false, 15, 23, red}
)

// fonts parses the embedded fonts once: Go's, regular and bold, and likewise those of
// Korean letters.
var fonts = sync.OnceValues(func() (parsed [4]*opentype.Font, err error) {
	for i, data := range [][]byte{goregular.TTF, gobold.TTF, assets.HangulRegular, assets.HangulBold} {
		if parsed[i], err = opentype.Parse(data); err != nil {
			return parsed, err
		}
	}
	return parsed, nil
})

// typesetter measures and draws text. It is for one goroutine.
type typesetter struct {
	fonts [4]*opentype.Font
	faces map[style]font.Face // by bold and size
}

func newTypesetter() (*typesetter, error) {
	fonts, err := fonts()
	if err != nil {
		return nil, err
	}
	return &typesetter{fonts, map[style]font.Face{}}, nil
}

func (t *typesetter) face(s style) font.Face {
	key := style{bold: s.bold, size: s.size}
	if f := t.faces[key]; f != nil {
		return f
	}
	weight := 0
	if s.bold {
		weight = 1
	}
	f := letters{newFace(t.fonts[weight], s.size), newFace(t.fonts[2+weight], s.size)}
	t.faces[key] = f
	return f
}

// newFace is a font so large. Without hinting, letters stand at fractions of a pixel,
// evenly spaced. At 72 dots an inch a point is a pixel. NewFace has no error to give
// (x/image 0.47), and options that it could refuse would be a slip of this file.
func newFace(from *opentype.Font, size int) font.Face {
	f, err := opentype.NewFace(from, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err)
	}
	return f
}

// width is how far the text reaches, in whole pixels.
func (t *typesetter) width(text string, s style) int {
	return font.MeasureString(t.face(s), text).Ceil()
}

// line is one line of text in its place. Everything that it paints lies within
// its bounds.
type line struct {
	text  string
	style style
	dot   image.Point // where it begins, on the baseline
	box   image.Rectangle
}

// place puts one line of text with its left end at x and the top of its line at
// y; the baseline depends on the leading alone, so that styles of one leading
// align.
func (t *typesetter) place(text string, s style, x, y int) *line {
	dot := image.Pt(x, y+s.leading*3/4)
	face := t.face(s)
	metrics := face.Metrics()
	ink, advance := font.BoundString(face, text)
	box := image.Rect(0, -metrics.Ascent.Ceil(), advance.Ceil(), metrics.Descent.Ceil()).
		Union(image.Rect(ink.Min.X.Floor(), ink.Min.Y.Floor(), ink.Max.X.Ceil(), ink.Max.Y.Ceil()))
	return &line{text, s, dot, box.Add(dot)}
}

// draw draws the line with everything zoom times as large.
func (t *typesetter) draw(dst *image.RGBA, l *line, zoom int) {
	s := l.style
	s.size *= zoom
	d := font.Drawer{Dst: dst, Src: image.NewUniform(s.colour), Face: t.face(s), Dot: fixed.P(l.dot.X*zoom, l.dot.Y*zoom)}
	d.DrawString(l.text)
}

// Where a text that is too long is cut: a number of letters that stay at its
// end, or
const middle = -1 // as many at the end as at the beginning.

// fit breaks the text into at most so many lines (0: any number) no wider than
// width. What does not fit is left out, with an ellipsis before the last tail
// letters.
func (t *typesetter) fit(text string, s style, width, lines, tail int) []string {
	letters := t.printable(text, s)
	const most = 1000 // letters; more than two lines of any column hold
	if len(letters) > most && lines > 0 {
		letters = slices.Concat(letters[:most/2], letters[len(letters)-most/2:])
	}
	broken := t.wrap(letters, s, width)
	if lines == 0 || len(broken) <= lines {
		return broken
	}
	// The longest that fits, by halving: keep fits, past does not.
	shortened := func(keep int) []string {
		end := tail
		if tail == middle {
			end = keep / 2
		}
		cut := strings.TrimRight(string(letters[:keep-end]), " ") + "…" + string(letters[len(letters)-end:])
		return t.wrap([]rune(cut), s, width)
	}
	keep, past := max(tail, 0), len(letters)
	for keep+1 < past {
		if try := (keep + past) / 2; len(shortened(try)) <= lines {
			keep = try
		} else {
			past = try
		}
	}
	return shortened(keep)
}

// printable is the text as letters that the font has: accents joined to their
// letters, any white space a space, and what is missing the sign for that.
func (t *typesetter) printable(text string, s style) []rune {
	face := t.face(s)
	letters := []rune(norm.NFC.String(text))
	for i, r := range letters {
		if unicode.IsSpace(r) {
			letters[i] = ' '
		} else if _, has := face.GlyphAdvance(r); !has || !unicode.IsPrint(r) {
			letters[i] = unicode.ReplacementChar
		}
	}
	return letters
}

// wrap breaks letters into lines no wider than width (but of one letter at
// least): at a space or after one of "-_/", or, where that would leave a line
// less than half full, anywhere.
func (t *typesetter) wrap(letters []rune, s style, width int) []string {
	face := t.face(s)
	limit := fixed.I(width)
	var lines []string
	for len(letters) > 0 {
		var reach fixed.Int26_6
		end, part := 0, 0 // of the line, and of its last part that may be broken off
		for end < len(letters) {
			advance, _ := face.GlyphAdvance(letters[end])
			if reach += advance; reach > limit && end > 0 {
				break
			}
			end++
			if end < len(letters) && (letters[end] == ' ' || strings.ContainsRune("-_/", letters[end-1])) && reach > limit/2 {
				part = end
			}
		}
		if end < len(letters) && part > 0 {
			end = part
		}
		lines = append(lines, strings.TrimRight(string(letters[:end]), " "))
		letters = letters[end:]
		for len(letters) > 0 && letters[0] == ' ' {
			letters = letters[1:]
		}
	}
	return lines
}
