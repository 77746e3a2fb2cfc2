package compare_test

import (
	"context"
	"fmt"
	"slices"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// The map of a picture, in ten lines.
func ExampleRun() {
	p, err := compare.OpenPicture("scene:35") // or a file
	if err != nil {
		panic(err)
	}
	m, err := models.Open("scenes:compound", nil) // or a weights file
	if err != nil {
		panic(err)
	}
	c, err := compare.Run(context.Background(), []*picture.Picture{p}, []*network.Model{m}, "", compare.By{}, func(int, int) {})
	if err != nil {
		panic(err)
	}
	cell := c.Rows[0].Cells[0]
	fmt.Println(m.Classes[cell.Class], cell.Map.H, "×", cell.Map.W, "cells")
	// Output: windmill 11 × 11 cells
}

// A batch: what two networks answer to many pictures, and how far the cell is from the
// centre at which each map is highest; pictures are worked on side by side, and taken in
// their order.
func ExampleEach() {
	baseline, err := models.Open("scenes:baseline", nil)
	if err != nil {
		panic(err)
	}
	compound, err := models.Open("scenes:compound", nil)
	if err != nil {
		panic(err)
	}
	stream := compare.Stream{
		Paths: []string{"scene:35", "scene:36", "scene:37"}, Open: compare.OpenPicture,
		Models: []*network.Model{baseline, compound}, Asks: []compare.Ask{{}}, // CAM of what the first predicts
	}
	peak := func(m *cam.Map) string {
		at := slices.Index(m.Values, slices.Max(m.Values))
		return fmt.Sprintf("%d,%d of %d×%d", at%m.W, at/m.W, m.W, m.H)
	}
	err = compare.Each(context.Background(), stream, func(_ int, asked []*compare.Comparison) (line string, err error) {
		row := asked[0].Rows[0]
		line = row.Picture.Path
		for j, m := range asked[0].Models {
			line += fmt.Sprintf("; %s: %s at %s", m.Name, m.Classes[row.Cells[j].Top[0].Class], peak(row.Cells[j].Map))
		}
		return line, nil
	}, func(_ int, line string, err error) error {
		fmt.Println(line)
		return err
	})
	if err != nil {
		panic(err)
	}
	// Output:
	// scene:35; baseline: cat at 3,5 of 8×8; compound: windmill at 3,7 of 11×11
	// scene:36; baseline: bicycle at 4,6 of 8×8; compound: bicycle at 3,5 of 11×11
	// scene:37; baseline: bird at 5,6 of 8×8; compound: bird at 6,7 of 11×11
}
