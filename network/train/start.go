package train

import (
	"slices"

	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/models"
)

// Start is a trained network from which a run begins, in place of random weights: it
// is fine-tuned. All its layers learn, the body more slowly than the head
// (Recipe.BodyRate), and pictures are prepared as they were for it.
type Start struct {
	Spec    string         // as models.Open takes it
	Model   *network.Model // what the weights are: network, classes, preprocessing, batch norm's eps
	weights network.Weights
}

// OpenStart opens the weights that a spec names.
func OpenStart(spec string, stated models.Settings) (*Start, error) {
	m, w, err := models.Unpacked(spec, stated)
	if err != nil {
		return nil, err
	}
	if !m.Network.Architecture.Ending.Linear() {
		return nil, fault.Errorf("train: %s: its classifier is no single linear layer, so that there is no head to make anew; take a network that ends in one", spec)
	}
	return &Start{spec, m, w}, nil
}

// Network is the weights' network at an input size, or at their own where that is
// zero, as a classifier of so many classes.
func (s *Start) Network(size network.Size, classes int) (*network.Network, error) {
	n := s.Model.Network
	scaling := n.Scaling
	if size != (network.Size{}) {
		scaling.Resolution = size
	}
	return network.New(n.Architecture, scaling, n.Padding, classes)
}

// Known are the classes that the weights tell already, by their names: what the head
// knows of them is kept. Where classes do not exclude each other for the weights
// (Model.Independent), there are none: logits mean something else there.
func (s *Start) Known(classes []string) (known []string) {
	for _, class := range classes {
		if s.class(class) >= 0 {
			known = append(known, class)
		}
	}
	return known
}

func (s *Start) class(name string) int {
	if s.Model.Independent {
		return -1
	}
	return slices.Index(s.Model.Classes, name)
}

// fit puts the weights into those of the same network with a head for other classes:
// all but the head, and of that the classes that are known.
func (s *Start) fit(w network.Weights, classes []string) {
	head := len(w) - 1
	for i, l := range s.weights[:head].Clone() {
		w[i] = l
	}
	from, to := s.weights[head], w[head]
	width := len(to.Weight) / len(classes)
	for i, class := range classes {
		if at := s.class(class); at >= 0 {
			copy(to.Weight[i*width:][:width], from.Weight[at*width:])
			to.Bias[i] = from.Bias[at]
		}
	}
}
