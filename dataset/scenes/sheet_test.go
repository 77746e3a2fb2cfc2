package scenes

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// TestSheet writes contact sheets to look at where SCENES_SHEET names a folder:
// every class alone (object.png, with its telling part tinted in the second
// sheet), and scenes as they are. SCENES_CLASS draws that class alone in more
// variants.
func TestSheet(t *testing.T) {
	dir := os.Getenv("SCENES_SHEET")
	if dir == "" {
		t.Skip("SCENES_SHEET names no folder to write contact sheets to")
	}
	const side = 160
	save := func(name string, columns int, pictures []image.Image) {
		rows := (len(pictures) + columns - 1) / columns
		sheet := image.NewRGBA(image.Rect(0, 0, columns*(side+4), rows*(side+4)))
		draw.Draw(sheet, sheet.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		for i, img := range pictures {
			x, y := i%columns*(side+4), i/columns*(side+4)
			draw.Draw(sheet, image.Rect(x, y, x+side, y+side), img, image.Point{}, draw.Src)
		}
		f, err := os.Create(dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, sheet); err != nil {
			t.Fatal(err)
		}
	}
	only := os.Getenv("SCENES_CLASS")
	for i, c := range classes {
		if only != "" && c.name != only {
			continue
		}
		var pictures []image.Image
		for n := range 32 {
			pictures = append(pictures, alone(i, uint64(n/2), side, n%2 == 1))
		}
		save("class-"+c.name+".png", 8, pictures)
	}
	if only != "" {
		return
	}
	var all []image.Image
	for n := range 6 * len(classes) {
		all = append(all, Draw(1, n, side).Image)
	}
	save("scenes.png", len(classes)/2, all)
}

// alone is an object by itself on grey; told tints its telling part red.
func alone(class int, seed uint64, side int, told bool) image.Image {
	c := newCanvas(side)
	draw.Draw(c.img, c.img.Rect, image.NewUniform(color.Gray{150}), image.Point{}, draw.Src)
	p := &pen{canvas: c, rng: rand.New(rand.NewPCG(seed, 3))}
	o := place(p, class, 0.85, nil)
	m, part := image.NewAlpha(c.img.Rect), image.NewAlpha(c.img.Rect)
	q := &pen{canvas: c, at: o.at.then(scale(float64(side), float64(side))), rng: rand.New(rand.NewPCG(o.seed, 7)), mask: m, part: part}
	classes[class].draw(q)
	if told {
		draw.DrawMask(c.img, c.img.Rect, image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, part, image.Point{}, draw.Over)
	}
	return c.img
}

func BenchmarkDraw(b *testing.B) {
	for _, side := range []int{64, 160, 512} {
		b.Run(strconv.Itoa(side), func(b *testing.B) {
			n := 0
			for b.Loop() {
				Draw(1, n, side)
				n++
			}
		})
	}
}
