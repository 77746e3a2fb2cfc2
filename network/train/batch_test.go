package train

import (
	"fmt"
	"testing"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
)

// BenchmarkFill times the preparing of a batch, its pictures at hand.
func BenchmarkFill(b *testing.B) {
	for _, side := range []int{64, 128} {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			set := dataset.Keep(scenes.Set{Seed: 1, Count: 32, Side: 160}, 1<<30)
			l := loader{set: set, recipe: DefaultRecipe, preprocessing: network.EfficientNet64.Preprocessing, size: network.Square(side), classes: len(set.Classes())}
			images, targets := make([]float32, 32*side*side*3), make([]float32, 32*l.classes)
			order := l.order(0)
			for b.Loop() {
				if err := l.fill(images, targets, order, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
