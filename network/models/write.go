package models

import (
	"encoding/json"
	"maps"
	"strconv"

	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
)

// Tensors are a network's weights under torchvision's names, layer by layer: a
// layer's weight, then its bias or its batch norm's weight, bias, mean and
// variance. They share the weights' arrays.
func Tensors(n *network.Network, w network.Weights) ([]tensorfile.Tensor, error) {
	scheme, err := naming.Of(n.Architecture)
	if err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	return tensorsBy(scheme, n, w), nil
}

// tensorsBy is Tensors under the names of a scheme.
func tensorsBy(scheme *naming.Scheme, n *network.Network, w network.Weights) (tensors []tensorfile.Tensor) {
	add := func(name string, data []float32, shape ...int) {
		tensors = append(tensors, tensorfile.Tensor{Name: name, Shape: shape, Data: data})
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
	return tensors
}

// EncodeNetwork gives a safetensors file of a network's Tensors, with all that
// Open needs to run it as it was trained; more is added to the metadata. eps is
// batch norm's.
func EncodeNetwork(n *network.Network, w network.Weights, eps float64, classes []string, p network.Preprocessing, more map[string]string) ([]byte, error) {
	return encode(n, w, false, eps, classes, p, more)
}

// EncodeHalf is EncodeNetwork with the weights of layers rounded to float16, half as
// large; biases and batch norm's values, which are few, stay float32.
func EncodeHalf(n *network.Network, w network.Weights, eps float64, classes []string, p network.Preprocessing, more map[string]string) ([]byte, error) {
	return encode(n, w, true, eps, classes, p, more)
}

func encode(n *network.Network, w network.Weights, half bool, eps float64, classes []string, p network.Preprocessing, more map[string]string) ([]byte, error) {
	scheme, err := naming.Of(n.Architecture)
	if err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	return encodeNamed(scheme, half, n, w, eps, classes, p, more)
}

// encodeNamed is encode under the names of a scheme.
func encodeNamed(scheme *naming.Scheme, half bool, n *network.Network, w network.Weights, eps float64, classes []string, p network.Preprocessing, more map[string]string) ([]byte, error) {
	if err := CheckNames(classes); err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	names, err := json.Marshal(classes)
	if err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	metadata := map[string]string{
		"architecture": n.Architecture.Name,
		"depth":        float(n.Scaling.Depth, 64), "width": float(n.Scaling.Width, 64),
		"height": strconv.Itoa(n.Scaling.Resolution.H), "width_px": strconv.Itoa(n.Scaling.Resolution.W),
		"padding": n.Padding.String(), "eps": float(eps, 64), "classes": string(names),
		"mean": triple3(p.Mean), "std": triple3(p.Std), "interpolation": p.Filter.String(),
		"crop": p.Crop.String(), "crop_pct": float(p.Ratio, 64),
	}
	maps.Copy(metadata, more)
	tensors := tensorsBy(scheme, n, w)
	for i := range tensors {
		if half && len(tensors[i].Shape) > 1 {
			tensors[i].DType = "F16"
		}
	}
	return tensorfile.Encode(tensors, metadata)
}
