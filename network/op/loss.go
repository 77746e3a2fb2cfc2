package op

import (
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/exact"
	"scalecam/network/kernel"
)

// CrossEntropy is, for each row, the cross-entropy between the softmax of
// logits [N, classes] and the probabilities in targets [N, classes], which get
// no gradient. Result [N].
func CrossEntropy(logits, targets *G.Node) (*G.Node, error) {
	const name = "cross-entropy"
	if err := want(name, "logits", logits, -1, -1); err != nil {
		return nil, err
	}
	if err := want(name, "targets", targets, logits.Shape()...); err != nil {
		return nil, err
	}
	n, classes := logits.Shape()[0], logits.Shape()[1]
	probabilities := make([]float32, n*classes) // of the last run, for the gradient
	return apply(&operator{
		name: name, shape: tensor.Shape{n},
		run: func(out []float32, in []array) {
			kernel.Each(n, func(i int) {
				at := i * classes
				out[i] = crossEntropy(probabilities[at:][:classes], in[0].data[at:], in[1].data[at:])
			})
		},
		grad: func(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
			toLogits, err := apply(&operator{
				name: name + " gradient", shape: logits.Shape().Clone(),
				run: func(dst []float32, in []array) {
					for i := range n {
						row := in[0].data[i*classes:][:classes]
						var total float32 // 1, where the targets are probabilities
						for _, t := range row {
							total += t
						}
						for c, t := range row {
							dst[i*classes+c] = in[1].data[i] * (probabilities[i*classes+c]*total - t)
						}
					}
				},
			}, in[1], grad, out) // out, so that the forward pass comes first
			return G.Nodes{toLogits, nil}, err
		},
		fixed: 1,
	}, logits, targets)
}

// crossEntropy writes the softmax of a row of logits into p, and gives its
// cross-entropy with the targets.
func crossEntropy(p, logits, targets []float32) float32 {
	largest := float32(math.Inf(-1))
	for i := range p {
		largest = max(largest, logits[i])
	}
	var sum float64
	for i := range p {
		e := exact.Exp(float64(logits[i] - largest))
		p[i], sum = float32(e), sum+e
	}
	var loss float64
	for i := range p {
		p[i] = float32(float64(p[i]) / sum)
		loss -= float64(targets[i]) * (float64(logits[i]-largest) - math.Log(sum))
	}
	return float32(loss)
}
