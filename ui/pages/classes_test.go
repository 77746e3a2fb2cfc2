package pages

import (
	"slices"
	"testing"

	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/ui/speak"
)

// TestSearch: a class is found by its name in the language spoken and its own.
func TestSearch(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	if err := speak.Use("ko"); err != nil {
		t.Fatal(err)
	}
	models := []*network.Model{{Classes: scenes.Classes()}}
	for _, text := range []string{"cat", "고양", "양이"} {
		if got := Search(models, text); !slices.Equal(got, []Choice{{Text: "고양이", Class: "cat"}}) {
			t.Errorf("searching %q finds %v", text, got)
		}
	}
}
