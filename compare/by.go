package compare

import (
	"context"
	"slices"

	"scalecam/cam"
	"scalecam/fault"
	"scalecam/network"
)

// By is how maps are made: by a method, of a layer, of the class explained or of
// what tells it from others. The zero By is CAM of the last layer, of the class.
type By struct {
	Method *cam.Method // nil for CAM
	Layer  string      // as network.Model.FindLayer takes it; "" for the last
	// Against are classes, as FindClass takes them: what is explained is the
	// class's logit less the mean of theirs, the margin (Zhang et al. 2025,
	// arXiv 2501.11309, in closed form and without their softmax).
	Against []string
	// Own explains to each model what it predicts itself, in place of one class.
	Own bool
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

// Plain tells that it is CAM of the last layer and of one class: the zero By.
func (b By) Plain() bool {
	return b.Uses() == cam.MethodCAM && b.Layer == "" && len(b.Against) == 0 && !b.Own
}

// Equal tells that both make the same maps.
func (b By) Equal(o By) bool {
	return b.Uses() == o.Uses() && b.At() == o.At() && slices.Equal(b.Against, o.Against) && b.Own == o.Own
}

// Runs is how often the model, or what of it follows the layer, runs for a map beside
// its own run; 0 too where it has no such layer.
func (b By) Runs(m *network.Model) int {
	layer, err := b.Find(m)
	if err != nil {
		return 0
	}
	at := m.Network.Nodes[layer.Node]
	return b.Uses().Runs(layer, m.Network.Architecture.Ending.Linear(), at.Size.H, at.Size.W, at.Out)
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

// Check refuses what models cannot have: more classes to be held against than
// MaxAgainst, a layer or an ending that the method cannot explain, and a class that
// none of them has.
func (b By) Check(models []*network.Model) error {
	if err := b.CheckAgainst(); err != nil {
		return err
	}
	for _, m := range models {
		if _, err := b.Find(m); err != nil {
			return err
		}
	}
	c := Comparison{Models: models}
	for _, class := range b.Against {
		if _, err := c.find(class); err != nil {
			return err
		}
	}
	return nil
}

// Find finds the layer in a model, and refuses one that the method cannot
// explain, and such an ending. The error names the model.
func (b By) Find(m *network.Model) (cam.Layer, error) {
	layer, err := m.FindLayer(b.At())
	if err != nil {
		return layer, err
	}
	if err := b.Uses().Check(layer, m.Network.Architecture.Ending.Linear()); err != nil {
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

// target is what is explained of a class of the model's, or which of those that it
// is held against the model lacks.
func (b By) target(m *network.Model, class int) (target cam.Target, missing string) {
	var others []int
	for _, name := range b.Against {
		other, err := m.FindClass(name)
		if err != nil {
			return nil, name
		}
		others = append(others, other)
	}
	return cam.Margin(class, others...), ""
}

// against tells that the class is one of those that others are held against.
func (b By) against(m *network.Model, class int) bool {
	return slices.ContainsFunc(b.Against, func(name string) bool {
		i, err := m.FindClass(name)
		return err == nil && i == class
	})
}

// Margin is the score of the class explained against others, the class's logit
// less the mean of theirs; ok is false where it is held against none.
func (c *Comparison) Margin(row, col int) (margin float64, ok bool) {
	cell := &c.Rows[row].Cells[col]
	if len(c.By.Against) == 0 || cell.Map == nil {
		return 0, false
	}
	return cell.Map.Target.Score(cell.Activations.Logits), true
}

// AgainstNames are the names of the classes that are held against, as the first
// model that has each calls it.
func (c *Comparison) AgainstNames() []string {
	var names []string
	for _, class := range c.By.Against {
		if found, err := c.find(class); err == nil {
			class = found.name
		}
		names = append(names, class)
	}
	return names
}
