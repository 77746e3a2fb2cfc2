package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"scalecam/network"
	"scalecam/network/naming"
)

// Encode gives a safetensors file of the tensors, as float32, in the order of
// their names, and metadata: the same bytes for the same contents.
func Encode(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	size := int64(0)
	for _, t := range tensors {
		n := int64(1)
		for _, d := range t.Shape {
			n *= int64(d)
		}
		if n != int64(len(t.Data)) {
			return nil, fmt.Errorf("weights: tensor %q has %d values for a shape of %v", t.Name, len(t.Data), t.Shape)
		}
		if header[t.Name] != nil {
			return nil, fmt.Errorf("weights: two tensors are named %q", t.Name)
		}
		header[t.Name] = map[string]any{"dtype": "F32", "shape": append([]int{}, t.Shape...), "data_offsets": [2]int64{size, size + 4*n}}
		size += 4 * n
	}
	text, err := json.Marshal(header) // in the order of the keys
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	const align = 8 // of the values, as the format's own library does it
	text = append(text, bytes.Repeat([]byte{' '}, (align-len(text)%align)%align)...)
	out := make([]byte, 0, int64(align+len(text))+size)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(text)))
	out = append(out, text...)
	for _, t := range tensors {
		for _, v := range t.Data {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out, nil
}

// Tensors are a network's weights under torchvision's names, layer by layer: a
// layer's weight, then its bias or its batch norm's weight, bias, mean and
// variance. They share the weights' arrays.
func Tensors(n *network.Network, w network.Weights) ([]Tensor, error) {
	var tensors []Tensor
	add := func(name string, data []float32, shape ...int) {
		tensors = append(tensors, Tensor{Name: name, Shape: shape, Data: data})
	}
	scheme, err := naming.Of(n.Architecture)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	for i, name := range scheme.Names(n) {
		node := &n.Nodes[i]
		if !node.Weighted() {
			continue
		}
		add(name.Layer+".weight", w[i].Weight, node.WeightShape()...)
		if name.Norm == "" {
			add(name.Layer+".bias", w[i].Bias, node.Out)
			continue
		}
		b := w[i].Norm
		add(name.Norm+".weight", b.Gamma, node.Out)
		add(name.Norm+".bias", b.Beta, node.Out)
		add(name.Norm+".running_mean", b.Mean, node.Out)
		add(name.Norm+".running_var", b.Var, node.Out)
	}
	return tensors, nil
}

// EncodeNetwork gives a safetensors file of a network's Tensors, with all that
// Open needs to run it as it was trained; more is added to the metadata. eps is
// batch norm's.
func EncodeNetwork(n *network.Network, w network.Weights, eps float64, classes []string, p network.Preprocessing, more map[string]string) ([]byte, error) {
	if err := CheckNames(classes); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	names, err := json.Marshal(classes)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	float := func(v float64, bits int) string { return strconv.FormatFloat(v, 'g', -1, bits) }
	triple := func(v [3]float32) string {
		return strings.Join([]string{float(float64(v[0]), 32), float(float64(v[1]), 32), float(float64(v[2]), 32)}, ",")
	}
	metadata := map[string]string{
		"architecture": n.Architecture.Name,
		"depth":        float(n.Scaling.Depth, 64), "width": float(n.Scaling.Width, 64),
		"height": strconv.Itoa(n.Scaling.Resolution.H), "width_px": strconv.Itoa(n.Scaling.Resolution.W),
		"padding": n.Padding.String(), "eps": float(eps, 64), "classes": string(names),
		"mean": triple(p.Mean), "std": triple(p.Std), "interpolation": p.Filter.String(),
		"crop": p.Crop.String(), "crop_pct": float(p.Ratio, 64),
	}
	maps.Copy(metadata, more)
	tensors, err := Tensors(n, w)
	if err != nil {
		return nil, err
	}
	return Encode(tensors, metadata)
}
