// Command draw draws the sample pictures and the icon that Scalecam embeds.
//
// They are drawn so that nobody's photograph has to be shipped, lit and grained
// like photographs so that networks trained on photographs know what they see.
// The same version draws the same picture every time; `go generate ./assets`
// runs it.
package main

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/spatial/r3"
)

// width and height of the sample pictures in pixels.
const width, height = 800, 600

// samples are the pictures by file name. Each function gives the light that
// falls on the point (x, y) of the film, in pixels from the top left.
var samples = map[string]func(x, y float64) r3.Vec{
	"samples/balloons.jpg": balloons,
	"samples/clock.jpg":    clock,
}

func main() {
	out := flag.String("o", ".", "the assets folder")
	flag.Parse()
	for name, scene := range samples {
		write(filepath.Join(*out, name), encodeJPEG(develop(scene)))
	}
	write(filepath.Join(*out, "icon.png"), encodePNG(icon()))
}

func write(name string, data []byte) {
	if err := os.WriteFile(name, data, 0o644); err != nil {
		log.Fatalf("draw: %v; run it in the assets folder or name that with -o", err)
	}
}

// encodeJPEG keeps 4:2:0 and quality 88: grain at the size of a pixel does not
// compress, and above this the file grows faster than the picture gains.
func encodeJPEG(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 88}); err != nil {
		panic(err) // a Buffer takes everything
	}
	return b.Bytes()
}

func encodePNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a Buffer takes everything
	}
	return b.Bytes()
}

// develop exposes a scene on film of width×height pixels: four points a pixel,
// a vignette, a shoulder that keeps highlights from burning out, and grain.
func develop(scene func(x, y float64) r3.Vec) *image.RGBA {
	// No two of the four lie in one row or column, so that edges near to
	// upright or level come out smooth as well.
	points := [4][2]float64{{0.375, 0.125}, {0.875, 0.375}, {0.125, 0.625}, {0.625, 0.875}}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for py := range height {
		for px := range width {
			var light r3.Vec
			for _, p := range points {
				light = r3.Add(light, scene(float64(px)+p[0], float64(py)+p[1]))
			}
			light = r3.Scale(1.0/float64(len(points)), light)

			fromCentre := math.Hypot(float64(px)-width/2, float64(py)-height/2) / (width / 2)
			light = r3.Scale(1-0.16*fromCentre*fromCentre, light)

			// Two hashes make one roughly bell-shaped grain, the same in all
			// three channels but for a little colour.
			grain := hash(px, py, 90) + hash(px, py, 91) - 1
			img.SetRGBA(px, py, color.RGBA{
				R: tone(light.X, grain+0.4*(hash(px, py, 92)-0.5)),
				G: tone(light.Y, grain+0.4*(hash(px, py, 93)-0.5)),
				B: tone(light.Z, grain+0.4*(hash(px, py, 94)-0.5)),
				A: 255,
			})
		}
	}
	return img
}

// tone turns linear light into an sRGB byte by the filmic curve of Narkowicz
// (2016, a fit to the Academy's ACES), with grain in [-1.2, 1.2] on top.
func tone(light, grain float64) uint8 {
	light = max(0, light*0.8)
	light = light * (2.51*light + 0.03) / (light*(2.43*light+0.59) + 0.14)
	s := 12.92 * light
	if light > 0.0031308 {
		s = 1.055*math.Pow(light, 1/2.4) - 0.055
	}
	return uint8(max(0, min(255, math.Round(255*s+6*grain))))
}
