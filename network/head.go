package network

import (
	"context"
	"math"
	"slices"

	"scalecam/fault"
	"scalecam/network/kernel"
)

// Pooled runs the network on an input of its size and gives what its classifier
// reads: the mean of each of the last features' channels, [K]. It returns ctx's error
// where ctx ends meanwhile, and an ErrNotFinite where a value is not finite. A network
// that has hidden layers before its classifier is an error.
func (m *Model) Pooled(ctx context.Context, input *Input) ([]float32, error) {
	if err := m.Network.teachable(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	pool := m.Network.Nodes[len(m.Network.Nodes)-1].From[0]
	p, _, err := m.forward(ctx, input, []int{pool})
	if err != nil {
		return nil, err
	}
	pooled := slices.Clone(p.outputs[pool].data())
	for _, v := range pooled {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fault.Errorf("network: %s: %w", m.Name, ErrNotFinite)
		}
	}
	return pooled, nil
}

// WithHead is the same model with another classifier: weight is [classes, K], row by
// row, and bias [classes]. The two share all other weights. What was fitted to the
// logits (Temperature, Unsure) and what the file says of its classes is not of the new
// ones, and left out.
func (m *Model) WithHead(weight, bias []float32, classes []string) (*Model, error) {
	n, err := m.Network.WithClasses(len(classes))
	if err != nil {
		return nil, err
	}
	if len(bias) != len(classes) || len(weight) != len(classes)*n.Head() {
		return nil, fault.Errorf("network: a head of %d weights and %d biases, where %d classes of %d features take %d and %d", len(weight), len(bias), len(classes), n.Head(), len(classes)*n.Head(), len(classes))
	}
	taught, err := m.At(m.Network.Scaling.Resolution)
	if err != nil {
		return nil, err
	}
	taught.Network, taught.Classes = n, classes
	taught.weights = slices.Clone(m.weights)
	taught.weights[len(taught.weights)-1].matrix = kernel.PackLinear(weight, len(classes), n.Head(), bias)
	taught.Temperature, taught.Unsure, taught.Independent, taught.Domain, taught.Plain = 0, nil, false, Unknown, false
	return taught, nil
}

// WithClasses is the network with a classifier of so many classes.
func (n *Network) WithClasses(classes int) (*Network, error) {
	if err := n.teachable(); err != nil {
		return nil, err
	}
	return New(n.Architecture, n.Scaling, n.Padding, classes)
}

// teachable refuses a network of which no linear layer reads the pooled features.
func (n *Network) teachable() error {
	if !n.Architecture.Ending.Linear() {
		return fault.Errorf("network: %s does not end in pooling and one linear layer, which a head takes the place of", n.Architecture.Title)
	}
	return nil
}
