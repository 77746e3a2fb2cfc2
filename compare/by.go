package compare

import (
	"context"
	"fmt"

	"scalecam/cam"
	"scalecam/fault"
	"scalecam/network"
)

// By is how maps are made: by a method, of a layer. The zero By is CAM of the
// last layer.
type By struct {
	Method *cam.Method // nil for CAM
	Layer  string      // as network.Model.FindLayer takes it; "" for the last
}

// ByName is a By of a method's key and a layer's name, "" for CAM and the last.
func ByName(method, layer string) (By, error) {
	b := By{Layer: layer}
	if layer == cam.LastLayer.Name {
		b.Layer = ""
	}
	if method == "" {
		return b, nil
	}
	m, err := cam.LookupMethod(method)
	if m != cam.MethodCAM {
		b.Method = m
	}
	return b, err
}

// Uses is the method itself.
func (b By) Uses() *cam.Method {
	if b.Method == nil {
		return cam.MethodCAM
	}
	return b.Method
}

// At is the layer's name.
func (b By) At() string {
	if b.Layer == "" {
		return cam.LastLayer.Name
	}
	return b.Layer
}

// Find finds the layer in a model, and refuses one that the method cannot
// explain. The error names the model.
func (b By) Find(m *network.Model) (cam.Layer, error) {
	layer, err := m.FindLayer(b.At())
	if err != nil {
		return layer, err
	}
	if err := b.Uses().Check(layer); err != nil {
		return layer, fault.Errorf("compare: %s: %w", Title(m), err)
	}
	return layer, nil
}

// Map makes the map of what the model computed; an error names the model.
func (b By) Map(ctx context.Context, m *network.Model, a *network.Activations, target cam.Target) (*cam.Map, error) {
	layer, err := b.Find(m)
	if err != nil {
		return nil, err
	}
	made, err := b.Uses().Map(ctx, a, layer, target)
	if err != nil {
		return nil, fault.Errorf("compare: %s: %w", Title(m), err)
	}
	return made, nil
}

// Grid is that of the model's maps.
func (b By) Grid(m *network.Model) network.Size {
	layer, err := b.Find(m)
	if err != nil { // nothing of it is made
		return m.Network.Grid()
	}
	size := m.Network.Nodes[layer.Node].Size
	size.H, size.W = b.Uses().Grid(size.H, size.W)
	return size
}

// String is the method and the layer, for a figure's small print.
func (b By) String() string {
	m := b.Uses()
	at := ""
	if b.Layer != "" {
		at = " at " + b.Layer
	}
	return fmt.Sprintf("%s%s (%s)", m.Title, at, m.Source)
}
