package train

import (
	"context"
	"os"
	"testing"

	"scalecam/dataset"
	"scalecam/network"
	"scalecam/network/kernel"
)

// TestCaltech: a network learns twenty classes of photographs from class folders
// in half a minute, five times better than chance.
func TestCaltech(t *testing.T) {
	const folder = "../../../shared/caltech101"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the photographs are not here: ", err)
	}
	if kernel.CurrentInstructionSet() == "portable" {
		t.Skip("without assembly this takes minutes; what it learns does not depend on it")
	}
	train, val, err := dataset.OpenSplits(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	classes := []string{
		"accordion", "anchor", "ant", "barrel", "bass", "beaver", "binocular", "bonsai", "brain", "brontosaurus",
		"buddha", "butterfly", "camera", "cannon", "ceiling_fan", "chair", "chandelier", "cougar_body", "crab", "crayfish",
	}
	if train, err = train.Only(classes...); err != nil {
		t.Fatal(err)
	}
	if val, err = val.Only(classes...); err != nil {
		t.Fatal(err)
	}
	net, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 1, Resolution: network.Square(64)}, network.SymmetricPadding, len(classes))
	if err != nil {
		t.Fatal(err)
	}
	recipe := DefaultRecipe
	recipe.Epochs, recipe.Batch, recipe.Average = 14, 16, 0.99
	r := &Run{
		Folder: t.TempDir(), Name: "photographs", Network: net, Recipe: recipe, Data: "photographs",
		Train: dataset.Keep(train, 1<<30), Val: dataset.Keep(val, 1<<30),
	}
	epochs, err := r.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range epochs {
		t.Logf("epoch %d: loss %.3f, top-1 %.1f%%; unseen: loss %.3f, top-1 %.1f%%", e.Epoch, e.Loss, 100*e.Top1, e.ValLoss, 100*e.ValTop1)
	}
	if last := epochs[len(epochs)-1]; last.ValTop1 < 5.0/20 {
		t.Errorf("top-1 %v on %d unseen photographs of 20 classes, want 0.25", last.ValTop1, val.Len())
	}
}
