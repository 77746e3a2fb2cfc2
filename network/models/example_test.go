package models_test

import (
	"fmt"

	"scalecam/network/models"
)

// What a network is, found from the names and shapes of its weights, and where each
// setting that those do not say comes from.
func ExampleOpen() {
	m, err := models.Open("imagenet:compound", nil)
	if err != nil {
		panic(err)
	}
	n := m.Network
	fmt.Println(n.Architecture.Title, n.Scaling, n.Parameters(), "parameters")
	fmt.Println(len(m.Classes), "classes;", m.ClassName(417, "ko"))
	// Output:
	// EfficientNet-Lite0 d 1.2, w 1.1, 260 px 6092072 parameters
	// 1000 classes; 열기구
}
