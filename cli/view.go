package cli

import (
	"github.com/spf13/cobra"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
)

// viewFlags are the flags that say how maps are shown.
type viewFlags struct {
	colormap    string
	opacity     float64
	scale       string
	grey, cells bool
	contour     float64
	zoom        int
}

func (v *viewFlags) add(cmd *cobra.Command) {
	d := compare.DefaultView()
	names := ""
	for _, c := range colormap.All() {
		names += " " + c.Name
	}
	f := cmd.Flags()
	f.StringVar(&v.colormap, "colormap", d.Colormap.Name, "colour scale:"+names)
	f.Float64Var(&v.opacity, "opacity", d.Opacity, "opacity of the strongest evidence, 0 to 1")
	f.BoolVar(&v.grey, "grey", d.Grey, "show the picture in grey beneath the map")
	f.BoolVar(&v.cells, "raw", d.Interpolation == cam.Grid, "show the grid's own cells, not smoothed")
	f.Float64Var(&v.contour, "contour", d.Contour, "draw a line where the map reaches this share of its highest value, 0 to 1, and a box around the largest part; 0 for none")
}

// addFigure adds the flags that say how a figure of several maps is shown.
func (v *viewFlags) addFigure(cmd *cobra.Command) {
	cmd.Flags().IntVar(&v.zoom, "zoom", 1, "how large the figure is: 1 to 4 times")
	cmd.Flags().StringVar(&v.scale, "scale", "own", "colours over each network's own range, or one shared by all: own, shared")
}

// byFlags are the flags that say how maps are made.
type byFlags struct{ method, layer string }

func (b *byFlags) add(cmd *cobra.Command) {
	keys := ""
	for _, m := range cam.Methods {
		keys += " " + m.Key
	}
	f := cmd.Flags()
	f.StringVar(&b.method, "method", cam.MethodCAM.Key, "how maps are made:"+keys)
	f.StringVar(&b.layer, "layer", cam.LastLayer.Name, "layer that they are made of: last, stage5, or a library's name such as features.13")
}

func (b *byFlags) by() (compare.By, error) {
	by, err := compare.ByName(b.method, b.layer)
	if err != nil {
		return by, usageError{err}
	}
	return by, nil
}

func (v *viewFlags) view() (compare.View, error) {
	view := compare.View{Opacity: v.opacity, Grey: v.grey, Shared: v.scale == "shared"}
	var err error
	if view.Colormap, err = colormap.Lookup(v.colormap); err != nil {
		return view, usageError{err}
	}
	if !(v.opacity >= 0 && v.opacity <= 1) {
		return view, wrong("--opacity %v: give a number from 0 to 1", v.opacity)
	}
	if v.scale != "" && v.scale != "own" && v.scale != "shared" {
		return view, wrong("--scale %s: there are own and shared", v.scale)
	}
	if !(v.contour >= 0 && v.contour <= 1) {
		return view, wrong("--contour %v: give a number from 0 to 1", v.contour)
	}
	view.Contour = v.contour
	if v.zoom < 0 || v.zoom > compare.MaxZoom {
		return view, wrong("--zoom %d: give 1 to %d", v.zoom, compare.MaxZoom)
	}
	view.Zoom = v.zoom
	if v.cells {
		view.Interpolation = cam.Grid
	}
	return view, nil
}
