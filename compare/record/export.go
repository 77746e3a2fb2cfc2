package record

import (
	"bytes"
	"strconv"

	"gorgonia.org/tensor"

	"scalecam/compare"
	"scalecam/fault"
)

// NPY is a cell's raw map as a NumPy file: float32 [h, w] on the network's own
// grid, in logit units.
func NPY(c *compare.Comparison, row, col int) ([]byte, error) {
	m, err := c.Map(row, col)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if err := tensor.New(tensor.WithShape(m.H, m.W), tensor.WithBacking(m.Values)).WriteNpy(&raw); err != nil {
		return nil, fault.Errorf("record: the map as NPY: %w", err)
	}
	return raw.Bytes(), nil
}

// ClassesNPY are the class activation maps of all of a cell's classes, in their order,
// as a NumPy file: float32 [classes, h, w], in logit units.
func ClassesNPY(c *compare.Comparison, row, col int) ([]byte, error) {
	a := c.Rows[row].Cells[col].Activations
	maps, err := a.CAMs()
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if err := tensor.New(tensor.WithShape(len(a.Logits), a.Features.H, a.Features.W), tensor.WithBacking(maps)).WriteNpy(&raw); err != nil {
		return nil, fault.Errorf("record: the map as NPY: %w", err)
	}
	return raw.Bytes(), nil
}

// CSV is a cell's raw map as numbers with commas between, a line for each row
// of the network's own grid: each the shortest that is the same float32.
func CSV(c *compare.Comparison, row, col int) ([]byte, error) {
	m, err := c.Map(row, col)
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
