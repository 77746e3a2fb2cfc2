// Command methods draws the pictures of docs/methods.md: for each method a row of maps
// at the sixth stage and one at the last layer, a column for each network of ImageNet.
//
//	go run ./docs/methods
//
// They are the cells of what scalecam compare draws by the commands that the page
// states, made smaller.
package main

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"log"
	"os"
	"path/filepath"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

const (
	folder = "docs/methods"
	sample = "sample:espresso.jpg"
	class  = "espresso"
	early  = "stage6" // the last but two, on a grid four times as fine
	width  = 200      // of a cell, in pixels
	gap    = 6        // between cells
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	p, err := compare.OpenPicture(sample)
	if err != nil {
		return err
	}
	var all []*network.Model
	for _, spec := range models.Pack("imagenet") {
		m, err := models.Open(spec, nil)
		if err != nil {
			return err
		}
		all = append(all, m)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, m := range cam.Methods {
		var rows [][]*image.RGBA
		for _, layer := range []string{early, cam.LastLayer.Name} {
			by, err := compare.ByName(m.Key, layer)
			if err != nil {
				return err
			}
			if _, err := by.Find(all[0]); err != nil {
				continue // it is of the last layer, or of no layer
			}
			row, err := cells(ctx, p, all, class, by)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		if err := write(m.Key, rows); err != nil {
			return err
		}
	}
	// What tells the cat's two likeliest classes from each other.
	cat, err := compare.OpenPicture("sample:cat.jpg")
	if err != nil {
		return err
	}
	var rows [][]*image.RGBA
	for _, by := range []compare.By{{}, {Against: []string{"tiger cat"}}, {Own: true}} {
		asked := "Egyptian cat"
		if by.Own {
			asked = ""
		}
		row, err := cells(ctx, cat, all, asked, by)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return write("targets", rows)
}

// cells are the picture's overlays, one for each network, made smaller.
func cells(ctx context.Context, p *picture.Picture, all []*network.Model, asked string, by compare.By) ([]*image.RGBA, error) {
	c, err := compare.Run(ctx, []*picture.Picture{p}, all, asked, by, nil)
	if err != nil {
		return nil, err
	}
	view := compare.DefaultView()
	view.Grey = true
	var row []*image.RGBA
	for col := range all {
		over, err := figure.OverlayPicture(ctx, c, 0, col, view)
		if err != nil {
			return nil, err
		}
		size := over.Rect.Size()
		row = append(row, picture.Resize(over, width, width*size.Y/size.X, picture.Bicubic))
	}
	return row, nil
}

// write writes rows of cells as a PNG.
func write(name string, rows [][]*image.RGBA) error {
	high := rows[0][0].Rect.Dy()
	whole := image.NewRGBA(image.Rect(0, 0, (width+gap)*len(rows[0])-gap, (high+gap)*len(rows)-gap))
	draw.Draw(whole, whole.Rect, image.White, image.Point{}, draw.Src)
	for i, row := range rows {
		for j, cell := range row {
			draw.Draw(whole, cell.Rect.Add(image.Pt(j*(width+gap), i*(high+gap))), cell, image.Point{}, draw.Src)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, whole); err != nil {
		return err
	}
	path := filepath.Join(folder, name+".png")
	log.Print(path)
	return file.Write(file.File{Path: path, Data: b.Bytes()})
}
