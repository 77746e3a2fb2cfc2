package op

import G "gorgonia.org/gorgonia"

// After is x, once do was called: in the goroutine of a tape machine's run, which ends
// with it. x has no gradient.
func After(x *G.Node, do func()) (*G.Node, error) {
	return apply(&operator{
		name: "after", shape: x.Shape().Clone(),
		run: func(out []float32, in []array) {
			do()
			copy(out, in[0].data)
		},
	}, x)
}
