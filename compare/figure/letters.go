package figure

import (
	"image"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// letters are a face with another one for what it lacks, as Korean. Lines are as high as
// the first one's, and both stand on one baseline.
type letters struct{ first, second font.Face }

// of is the face that has a letter: the first, where none has it.
func (l letters) of(r rune) font.Face {
	if _, has := l.first.GlyphAdvance(r); !has {
		if _, has = l.second.GlyphAdvance(r); has {
			return l.second
		}
	}
	return l.first
}

// Close implements font.Face.
func (l letters) Close() error { return l.first.Close() }

// Glyph implements font.Face.
func (l letters) Glyph(dot fixed.Point26_6, r rune) (image.Rectangle, image.Image, image.Point, fixed.Int26_6, bool) {
	return l.of(r).Glyph(dot, r)
}

// GlyphBounds implements font.Face.
func (l letters) GlyphBounds(r rune) (fixed.Rectangle26_6, fixed.Int26_6, bool) {
	return l.of(r).GlyphBounds(r)
}

// GlyphAdvance implements font.Face.
func (l letters) GlyphAdvance(r rune) (fixed.Int26_6, bool) { return l.of(r).GlyphAdvance(r) }

// Kern implements font.Face.
func (l letters) Kern(r0, r1 rune) fixed.Int26_6 {
	if face := l.of(r0); face == l.of(r1) {
		return face.Kern(r0, r1)
	}
	return 0
}

// Metrics implements font.Face.
func (l letters) Metrics() font.Metrics { return l.first.Metrics() }
