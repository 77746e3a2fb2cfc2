package network_test

import (
	"fmt"

	"scalecam/network"
)

// Compound scaling by φ = 1 from EfficientNet-B0, counted layer by layer.
func ExampleNew() {
	scaling, err := network.PaperCompound.Scale(1, network.EfficientNetB0.Resolution)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := network.New(network.EfficientNetB0, scaling, network.SymmetricPadding, 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scaling)
	fmt.Println(n.Blocks(), "blocks,", n.Parameters(), "parameters,", n.MACs(), "MACs, grid", n.Grid())
	// Output:
	// d 1.2, w 1.1, 258 px
	// 23 blocks, 9109994 parameters, 992629472 MACs, grid 9
}
