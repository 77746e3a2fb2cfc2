package op

import (
	"math/rand/v2"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// TestShareRooms: a residual network's gradients are the same, to the byte, whether or
// not its results share rooms, of which there then are fewer; and only what one operator
// alone reads is overwritten.
func TestShareRooms(t *testing.T) {
	run := func(share bool) (values [][]float32, rooms int) {
		g := G.NewGraph()
		shapes := []tensor.Shape{{2, 6, 5, 4}}
		for range 5 {
			shapes = append(shapes, tensor.Shape{4, 4, 1, 1}, tensor.Shape{4}, tensor.Shape{4})
		}
		rng := rand.New(rand.NewPCG(8, 8))
		var in G.Nodes
		for i, s := range shapes {
			in = append(in, G.NewTensor(g, tensor.Float32, s.Dims(), G.WithShape(s...), G.WithName(string(rune('a'+i))),
				G.WithValue(tensor.New(tensor.WithShape(s...), tensor.WithBacking(normal(rng, s.TotalSize()))))))
		}
		c := new(chain)
		conv := func(x *G.Node, i int) *G.Node {
			return c.do(ConvNorm(x, in[1+3*i], in[2+3*i], in[3+3*i], kernel.Symmetric(1, 1, 6, 5), Norm{Eps: 1e-3, Activation: kernel.SiLU, First: i == 0}))
		}
		x := conv(in[0], 0)
		x = c.do(Add(conv(conv(x, 1), 2), x, kernel.Identity, nil))
		x = c.do(Add(conv(conv(x, 3), 4), x, kernel.SiLU, nil))
		cost, _, err := loss(g, x)
		if c.err != nil || err != nil {
			t.Fatal(c.err, err)
		}
		grads, err := G.Grad(cost, in[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		read := make([]G.Value, len(grads))
		for i, n := range grads {
			G.Read(n, &read[i])
		}
		if share {
			ShareRooms(g)
		}
		machine := G.NewTapeMachine(g)
		defer machine.Close()
		for range 2 {
			machine.Reset()
			if err := machine.RunAll(); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range read {
			values = append(values, slices.Clone(v.Data().([]float32)))
		}
		seen := map[*float32]bool{}
		for _, n := range g.AllNodes() {
			if o, ok := n.Op().(*operator); ok && o.buffer != nil {
				seen[&o.buffer.Data().([]float32)[0]] = true
			}
		}
		return values, len(seen)
	}
	want, before := run(false)
	got, after := run(true)
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("gradient %d is another", i)
		}
	}
	if after >= before {
		t.Errorf("the results lie in %d rooms, in %d where they do not share", after, before)
	}
}
