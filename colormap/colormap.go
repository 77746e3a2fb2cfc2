// Package colormap turns numbers into colours: the colour scales, a map laid
// over a picture, a plain heatmap, and the colour bar that says which colour
// stands for which number.
//
// A scale is data (scales.go): a few anchor colours of a published table and
// the colour space in which go-colorful blends between them. Values come in
// already scaled to 0..1; for a diverging scale 0.5 is zero. NaN means "no
// value" everywhere: it is transparent alone and leaves the picture beneath.
package colormap

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"sync"

	"github.com/lucasb-eyer/go-colorful"

	"scalecam/fault"
)

const (
	// tableSize is twice the published 256 entries less one: every other entry
	// stands at a published place, and 0.5 (a diverging scale's zero) has an
	// entry of its own.
	tableSize = 2*256 - 1
	// noValue is the entry after the table's last, transparent: NaN's colour.
	noValue = tableSize
)

// A Colormap is one colour scale. Those that this package hands out are shared
// and must not be changed.
type Colormap struct {
	Name string // what options and files call it, in small letters

	// Diverging says that the scale has two arms that meet in a neutral colour
	// at 0.5, for signed maps; otherwise it runs from nothing at 0 to all at 1.
	Diverging bool
	// MonotoneLightness promises that CIE L* rises from 0 to 1 (on a diverging
	// scale: from either end to the middle), so that brighter always means
	// more (or nearer zero) and a grey print still reads right.
	MonotoneLightness bool
	// ColourBlindSafe promises that the same order of lightness, and ΔE2000 of
	// at least 4 between any two of the nine colours at 0, 1/8 … 1, remain with
	// protanopia, deuteranopia and tritanopia as simulated by Machado, Oliveira
	// and Fernandes 2009 (doi:10.1109/TVCG.2009.113, severity 1).
	ColourBlindSafe bool

	Source string // author, paper and licence

	anchors []anchor
	blend   func(a, b colorful.Color, t float64) colorful.Color

	// made fills the table when the scale is first looked at: a program that
	// draws nothing starts without them.
	made  sync.Once
	table [tableSize + 1]color.RGBA
}

// An anchor is one colour of a scale, "#rrggbb" in sRGB, and its place in the
// published table, whose first entry is 0 and last 255.
type anchor struct {
	entry float64
	hex   string
}

// All returns the scales in the order of a menu, the default first.
func All() []*Colormap { return slices.Clone(scales) }

// Default returns the scale to use where none is asked for, inferno: it starts
// at black and ends near white, so order survives any print and any eye, and
// its warm upper half stands out from most photographs.
func Default() *Colormap { return scales[0] }

// Diverging returns the first diverging scale, for what has two signs whatever
// scale is asked for.
func Diverging() *Colormap {
	return scales[slices.IndexFunc(scales, func(c *Colormap) bool { return c.Diverging })]
}

// Lookup returns the scale of that name, in small or capital letters. The
// error for an unknown name gives all the names.
func Lookup(name string) (*Colormap, error) {
	names := make([]string, len(scales))
	for i, c := range scales {
		if strings.EqualFold(c.Name, name) {
			return c, nil
		}
		names[i] = c.Name
	}
	return nil, fault.Errorf("colormap: no scale is named %.80q; there are %s", name, strings.Join(names, ", "))
}

// At returns the opaque sRGB colour at t. Below 0 counts as 0 and above 1 as 1;
// NaN gives the transparent color.RGBA{}.
func (c *Colormap) At(t float64) color.RGBA { return c.colours()[index(t)] }

// Table returns the scale's colours at 0, 1/510 … 1: At gives the nearest of them. The
// slice is the caller's.
func (c *Colormap) Table() []color.RGBA { return slices.Clone(c.colours()[:tableSize]) }

// index is the table's entry for t; noValue for NaN.
func index(t float64) int {
	switch {
	case t >= 1:
		return tableSize - 1
	case t > 0:
		return int(t*(tableSize-1) + 0.5)
	case t <= 0:
		return 0
	default:
		return noValue
	}
}

// colours are the scale's table.
func (c *Colormap) colours() *[tableSize + 1]color.RGBA {
	c.made.Do(c.build)
	return &c.table
}

// build fills the scale's table. An anchor that is no colour is a slip in
// scales.go and panics.
func (c *Colormap) build() {
	colours := make([]colorful.Color, len(c.anchors))
	for i, a := range c.anchors {
		colour, err := colorful.Hex(a.hex)
		if err != nil {
			panic(fmt.Sprintf("colormap: %s: anchor %d: %v", c.Name, i, err))
		}
		colours[i] = colour
	}
	segment := 0
	for i := range tableSize {
		entry := 255 * float64(i) / (tableSize - 1)
		for segment+2 < len(c.anchors) && entry > c.anchors[segment+1].entry {
			segment++
		}
		from, to := c.anchors[segment].entry, c.anchors[segment+1].entry
		colour := c.blend(colours[segment], colours[segment+1], (entry-from)/(to-from))
		r, g, b := colour.Clamped().RGB255()
		c.table[i] = color.RGBA{R: r, G: g, B: b, A: 255}
	}
}
