package compare

import (
	"bytes"
	"context"
	"image"
	"strconv"

	"gorgonia.org/tensor"

	"scalecam/cam"
	"scalecam/fault"
	"scalecam/picture"
)

// exported is a cell's map; the error says where there is none.
func (c *Comparison) exported(row, col int) (*cam.Map, error) {
	m := c.Rows[row].Cells[col].Map
	if m == nil {
		return nil, fault.Errorf("compare: %s has no class “%s”, and so no map to write; choose a class that it has", title(c.Models[col]), c.Rows[row].Class)
	}
	return m, nil
}

// zoomed is the row's picture at its own size times the view's zoom.
func (c *Comparison) zoomed(row int, v View) (*image.RGBA, error) {
	p := c.Rows[row].Picture.Image
	if v.zoom() == 1 {
		return p, nil
	}
	w, h := p.Rect.Dx()*v.zoom(), p.Rect.Dy()*v.zoom()
	if max(w, h) > picture.MaxSide || w*h > picture.MaxPixels {
		return nil, fault.Errorf("compare: %s would have %d × %d pixels at a zoom of %d, more than the %d million that a picture may have; take a smaller zoom",
			c.Rows[row].Picture.Path, w, h, v.zoom(), picture.MaxPixels/1_000_000)
	}
	return picture.Resize(p, w, h, picture.Bicubic), nil
}

// OverlayPicture is a cell's map over the whole picture, at the picture's own
// size times the view's zoom. It returns ctx's error when ctx ends, after the
// step that it is at.
func (c *Comparison) OverlayPicture(ctx context.Context, row, col int, v View) (*image.RGBA, error) {
	base, err := c.zoomed(row, v)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return c.Overlay(row, col, v, base)
}

// Heatmap is a cell's map in colours alone, as large as the part that the
// network saw of the picture, times the view's zoom. It ends with ctx as
// OverlayPicture does.
func (c *Comparison) Heatmap(ctx context.Context, row, col int, v View) (*image.RGBA, error) {
	m, err := c.exported(row, col)
	if err != nil {
		return nil, err
	}
	base, err := c.zoomed(row, v)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	region := c.seen(row, col, base.Rect.Size())
	if region.Empty() {
		region = base.Rect
	}
	heat := m.Resize(region.Dy(), region.Dx(), v.Interpolation)
	c.Scale(row, col, v).Unit(heat)
	return v.Colormap.Paint(heat, region.Dx(), region.Dy())
}

// NPY is a cell's raw map as a NumPy file: float32 [h, w] on the network's own
// grid, in logit units.
func (c *Comparison) NPY(row, col int) ([]byte, error) {
	m, err := c.exported(row, col)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if err := tensor.New(tensor.WithShape(m.H, m.W), tensor.WithBacking(m.Values)).WriteNpy(&raw); err != nil {
		return nil, fault.Errorf("compare: the map as NPY: %w", err)
	}
	return raw.Bytes(), nil
}

// CSV is a cell's raw map as numbers with commas between, a line for each row
// of the network's own grid: each the shortest that is the same float32.
func (c *Comparison) CSV(row, col int) ([]byte, error) {
	m, err := c.exported(row, col)
	if err != nil {
		return nil, err
	}
	var out []byte
	for i, v := range m.Values {
		out = strconv.AppendFloat(out, float64(v), 'g', -1, 32)
		if (i+1)%m.W == 0 {
			out = append(out, '\n')
		} else {
			out = append(out, ',')
		}
	}
	return out, nil
}
