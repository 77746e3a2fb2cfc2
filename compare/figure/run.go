package figure

import (
	"context"
	"image"

	"scalecam/compare"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
)

// Run is compare.RunEach for a figure in the view v. Before anything else it
// refuses what would be too large a figure, and of each picture no more is kept
// than the figure shows.
func Run(ctx context.Context, paths []string, open func(path string) (*picture.Picture, error), models []*network.Model, asks func(row int) string, by compare.By, v compare.View, progress func(done, total int)) (*compare.Comparison, error) {
	if err := Check(len(paths), len(models), v); err != nil {
		return nil, err
	}
	if err := checkPictures(ctx, paths, len(models)+v.Extra(), v); err != nil {
		return nil, err
	}
	return compare.RunEach(ctx, paths, open, models, asks, by, func(c *compare.Comparison, row int) error {
		r := &c.Rows[row]
		size := fitted(r.Size()).Mul(v.Bounded().Zoom)
		r.Reduce(picture.Resize(r.Picture.Image, size.X, size.Y, picture.Bicubic))
		return nil
	}, progress)
}

// Check refuses so many pictures and networks as would make too large a
// figure in the view, however small the pictures are.
func Check(pictures, networks int, v compare.View) error {
	columns := networks + v.Extra()
	return checkSize(leastSize(pictures, pictures, columns), pictures, columns, v)
}

// checkPictures is Check by the pictures' sizes; none of them is decoded.
func checkPictures(ctx context.Context, paths []string, networks int, v compare.View) error {
	heights := 0
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		size, err := compare.PictureSize(path)
		if err != nil {
			return err
		}
		heights += fitted(size).Y
	}
	return checkSize(leastSize(heights, len(paths), networks), len(paths), networks, v)
}

// checkSize refuses a figure that is larger than a picture may be; size is what
// it has at zoom 1, or at least has.
func checkSize(size image.Point, pictures, networks int, v compare.View) error {
	switch size = size.Mul(v.Bounded().Zoom); {
	case max(size.X, size.Y) > picture.MaxSide:
		return fault.Errorf("figure: the figure of %d pictures and %d networks takes %d × %d pixels or more, and a picture has at most %d on a side; compare fewer at a time, or at a smaller zoom",
			pictures, networks, size.X, size.Y, picture.MaxSide)
	case size.X*size.Y > picture.MaxPixels:
		return fault.Errorf("figure: the figure of %d pictures and %d networks takes %d × %d pixels or more, and a picture has at most %d million of them; compare fewer at a time, or at a smaller zoom",
			pictures, networks, size.X, size.Y, picture.MaxPixels/1_000_000)
	}
	return nil
}

// leastSize is the size that a figure has at least, at zoom 1: where each text is
// one line and no note is needed. heights are those of all pictures in it.
func leastSize(heights, pictures, networks int) image.Point {
	head := margin + heading.leading + 3*quiet.leading + rowGap // a name and three facts
	row := textGap + strong.leading + quiet.leading + rowGap    // a picture's name, and what it explains
	bottom := 2*foot.leading + margin*3/4                       // method and colours
	return image.Pt(2*margin+(networks+1)*(narrowest+gutter)-gutter, head+heights+pictures*row+bottom)
}
