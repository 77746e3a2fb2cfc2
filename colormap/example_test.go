package colormap_test

import (
	"fmt"
	"image"

	"scalecam/colormap"
)

func ExampleOverlay() {
	photo := image.NewRGBA(image.Rect(0, 0, 4, 1))
	for i := range photo.Pix {
		photo.Pix[i] = 255 // white
	}
	// Two values over the middle two pixels; the outer ones lie outside.
	values := []float32{0, 1}
	err := colormap.Overlay(photo, photo, values, image.Rect(1, 0, 3, 1), colormap.Default(), colormap.Blend{Opacity: 1})
	if err != nil {
		fmt.Println(err)
	}
	for x := range 4 {
		fmt.Println(photo.RGBAAt(x, 0))
	}
	// Output:
	// {255 255 255 255}
	// {255 255 255 255}
	// {252 255 164 255}
	// {255 255 255 255}
}

func ExampleLookup() {
	scale, err := colormap.Lookup("gray")
	fmt.Println(scale, err)
	// Output:
	// <nil> colormap: no scale is named "gray"; there are inferno, viridis, magma, cividis, turbo, grey, coolwarm, jet
}

func ExampleTicks() {
	for _, tick := range colormap.Ticks(-2.5, 2.5, 6) {
		fmt.Println(tick.Label, tick.Position)
	}
	// Output:
	// −2 0.1
	// −1 0.3
	// 0 0.5
	// 1 0.7
	// 2 0.9
}
