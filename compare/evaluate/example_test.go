package evaluate_test

import (
	"context"
	"fmt"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// How well a network's maps find the object, of two methods at two layers, with the
// interval of each figure.
func ExampleRunMaps() {
	m, err := models.Open("scenes:baseline", nil)
	if err != nil {
		panic(err)
	}
	measures, _, err := evaluate.ParseMeasures([]string{"energy", "ceiling"})
	if err != nil {
		panic(err)
	}
	layer, err := compare.ByName("layer-cam", "stage4")
	if err != nil {
		panic(err)
	}
	set := scenes.Set{Seed: scenes.TestSeed, Count: 8, Side: 160}
	e, err := evaluate.RunMaps(context.Background(), []*network.Model{m}, set, evaluate.MapsProtocol{By: []compare.By{{}, layer}, Measures: measures}, func(int, int) {})
	if err != nil {
		panic(err)
	}
	for _, ask := range e.Asks {
		of := ask.Networks[0].Figures
		fmt.Printf("%s of %s: energy %.0f%%; whole cells could reach an IoU of %.0f%%\n", ask.Method, ask.Layer, 100*of["energy"].Value, 100*of["ceiling"].Value)
	}
	// Output:
	// cam of last: energy 52%; whole cells could reach an IoU of 62%
	// layer-cam of stage4: energy 36%; whole cells could reach an IoU of 62%
}
