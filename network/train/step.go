// Package train trains networks: by a Recipe, on a dataset.Set, in a Run that
// keeps checkpoints and can be taken up again.
package train

import (
	"fmt"
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network"
	"scalecam/network/op"
)

// Step is a training step on batches of one size: forward pass, cross-entropy,
// gradients of all parameters, and an optimiser's update of the weights. One
// goroutine at a time may use it.
type Step struct {
	// Images [batch, H, W, 3] and Targets [batch, classes] are what Run learns
	// from: normalised pixels, and the probability of each class. The caller
	// fills them.
	Images, Targets []float32

	machine      G.VM
	solver       G.Solver
	parameters   []G.ValueGrad
	chances      []network.Chance
	loss, logits G.Value
}

// NewStep lays out training of the network's weights, which Run changes in
// place. eps is batch norm's, and r what is dropped at random.
func NewStep(net *network.Network, w network.Weights, batch int, eps float64, r network.Regularisation, solver G.Solver) (*Step, error) {
	return newStep(net, w, batch, eps, r, solver, nil)
}

// newStep calls begin, where not nil, in the goroutine in which a run then computes.
func newStep(net *network.Network, w network.Weights, batch int, eps float64, r network.Regularisation, solver G.Solver, begin func()) (*Step, error) {
	if err := Check(net, batch); err != nil {
		return nil, err
	}
	defer network.Building()()
	graph, err := network.BuildTraining(net, w, batch, eps, r, begin)
	if err != nil {
		return nil, err
	}
	s := &Step{solver: solver, parameters: G.NodesToValueGrads(graph.Parameters), chances: graph.Chances}
	s.Images = make([]float32, graph.Input.Shape().TotalSize())
	s.Targets = make([]float32, batch*net.Classes)
	targets := G.NewMatrix(graph.Expr, tensor.Float32, G.WithShape(batch, net.Classes), G.WithName("targets"),
		G.WithValue(tensor.New(tensor.WithShape(batch, net.Classes), tensor.WithBacking(s.Targets))))
	if err := G.Let(graph.Input, tensor.New(tensor.WithShape(graph.Input.Shape()...), tensor.WithBacking(s.Images))); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	losses, err := op.CrossEntropy(graph.Logits, targets)
	if err != nil {
		return nil, err
	}
	cost, err := G.Mean(losses)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	roots := G.Nodes{G.Read(cost, &s.loss), G.Read(graph.Logits, &s.logits)}
	gradients, err := G.Grad(cost, graph.Parameters...)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	op.ShareRooms(graph.Expr)
	// What these need and no more.
	needed := graph.Expr.SubgraphRoots(append(roots, gradients...)...)
	s.machine = network.Collectable(G.NewTapeMachine(needed, G.BindDualValues(graph.Parameters...)))
	return s, nil
}

// Draw draws anew what Run drops.
func (s *Step) Draw(rng *rand.Rand) {
	for _, c := range s.chances {
		for i := range c.Factors {
			c.Factors[i] = 0
			if rng.Float64() < c.Keep {
				c.Factors[i] = float32(1 / c.Keep)
			}
		}
	}
}

// Run learns from Images and Targets, and gives the loss before the update: the
// mean cross-entropy of the batch.
func (s *Step) Run() (loss float32, err error) {
	s.machine.Reset()
	if err := s.machine.RunAll(); err != nil {
		return 0, fmt.Errorf("train: %w", err)
	}
	if err := s.solver.Step(s.parameters); err != nil {
		return 0, fmt.Errorf("train: %w", err)
	}
	return s.loss.Data().(float32), nil
}

// Logits are those of the last Run, [batch, classes], before its update.
func (s *Step) Logits() []float32 { return s.logits.Data().([]float32) }
