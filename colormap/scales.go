package colormap

import "github.com/lucasb-eyer/go-colorful"

// scales are the colour scales in the order of the menu.
//
// Each anchor but the diverging scale's middle is an entry of the published
// table. Which entries, and which of go-colorful's spaces to blend in, is the
// choice with the fewest anchors (and then the least mean error) that keeps
// every entry within ΔE2000 2 of the published one and the mean within 0.7;
// the tests hold both bounds.
var scales = []*Colormap{
	{
		Name:              "inferno",
		MonotoneLightness: true, ColourBlindSafe: true,
		Source: "Nathaniel J. Smith and Stéfan van der Walt, matplotlib 1.5 (2015), bids.github.io/colormap; CC0",
		// Lightness and hue rise together at high chroma: an arc about the grey
		// axis, which OkLCh follows and a straight line in Lab would cut.
		blend: colorful.Color.BlendOkLch,
		anchors: []anchor{
			{0, "#000004"}, {50, "#400a67"}, {149, "#d84c3e"}, {191, "#f98c0a"}, {237, "#f3e55d"}, {255, "#fcffa4"},
		},
	},
	{
		Name:              "viridis",
		MonotoneLightness: true, ColourBlindSafe: true,
		Source: "Nathaniel J. Smith, Stéfan van der Walt and Eric Firing, matplotlib 1.5 (2015), bids.github.io/colormap; CC0",
		blend:  colorful.Color.BlendOkLch, // an arc, as inferno
		anchors: []anchor{
			{0, "#440154"}, {49, "#424186"}, {99, "#2b758e"}, {143, "#1f9f88"}, {209, "#86d549"}, {255, "#fde725"},
		},
	},
	{
		Name:              "magma",
		MonotoneLightness: true, ColourBlindSafe: true,
		Source: "Nathaniel J. Smith and Stéfan van der Walt, matplotlib 1.5 (2015), bids.github.io/colormap; CC0",
		blend:  colorful.Color.BlendOkLch, // an arc, as inferno
		anchors: []anchor{
			{0, "#000004"}, {20, "#0e0b2b"}, {57, "#451077"}, {165, "#ec5860"}, {217, "#feb77e"}, {255, "#fcfdbf"},
		},
	},
	{
		Name:              "cividis",
		MonotoneLightness: true, ColourBlindSafe: true,
		Source: "Nuñez, Anderton and Renslow 2018, doi:10.1371/journal.pone.0199239; CC0",
		// Blue to yellow straight through grey, where hue means nothing: no arc.
		blend: colorful.Color.BlendLuv,
		anchors: []anchor{
			{0, "#00224e"}, {23, "#013271"}, {86, "#585e6d"}, {137, "#858279"}, {255, "#fee838"},
		},
	},
	{
		Name:   "turbo",
		Source: "Anton Mikhailov 2019, \"Turbo, An Improved Rainbow Colormap for Visualization\", Google AI Blog; Apache-2.0",
		// Polynomials in sRGB; Luv, Lab and OkLab take as many anchors, and Luv
		// is the nearest of them.
		blend: colorful.Color.BlendLuv,
		anchors: []anchor{
			{0, "#30123b"}, {17, "#4143a7"}, {36, "#4776ee"}, {52, "#3d9efe"}, {83, "#19e2bb"}, {102, "#46f884"},
			{120, "#8bff4b"}, {142, "#c8ef34"}, {171, "#fbb838"}, {203, "#f15d13"}, {228, "#c82803"}, {255, "#7a0403"},
		},
	},
	{
		Name:              "grey",
		MonotoneLightness: true, ColourBlindSafe: true,
		Source: "equal steps of CIE 1976 L* from black to white",
		// Lab, whose L* is the lightness that the scale steps through evenly.
		blend:   colorful.Color.BlendLab,
		anchors: []anchor{{0, "#000000"}, {255, "#ffffff"}},
	},
	{
		// Of the diverging scales this one reads best over a photograph: its
		// ends stay mid-dark and vivid where those of RdBu or BrBG sink into
		// the shadows.
		Name: "coolwarm", Diverging: true,
		MonotoneLightness: true, ColourBlindSafe: true,
		Source: "Kenneth Moreland 2009, \"Diverging Color Maps for Scientific Visualization\", doi:10.1007/978-3-642-10520-3_9, table as in matplotlib (PSF-based licence)",
		// Two straight arms into grey: OkLab takes fewer anchors than Lab.
		blend: colorful.Color.BlendOkLab,
		anchors: []anchor{
			{0, "#3b4cc0"}, {42, "#6f92f3"}, {86, "#abc8fd"}, {127.5, "#dddddd"}, {166, "#f6bda2"}, {211, "#e9785d"}, {255, "#b40426"},
		},
	},
	{
		Name:   "jet",
		Source: "the rainbow of MATLAB's jet, of no single author, table as in matplotlib (PSF-based licence)",
		// Straight ramps of red, green and blue by definition: sRGB follows them,
		// a perceptual space does not.
		blend: colorful.Color.BlendRgb,
		anchors: []anchor{
			{0, "#000080"}, {31, "#0000ff"}, {86, "#00d8ff"}, {96, "#16ffe1"}, {163, "#eeff09"}, {171, "#ffe200"}, {227, "#ff1300"}, {255, "#800000"},
		},
	},
}
