package models

import (
	"slices"
	"strings"
	"testing"

	"scalecam/network"
)

// TestApart: networks called alike are told apart by folders, as many as it takes, by
// their packs, or by numbers; what the user calls them stays.
func TestApart(t *testing.T) {
	named := func(name, spec string) *network.Model { return &network.Model{Name: name, Spec: spec} }
	called := named("mine", "c/best.pth")
	called.Called, called.Own = true, "best"
	for _, c := range []struct {
		all  []*network.Model
		want []string
	}{
		{[]*network.Model{named("best", "a/best.pth"), named("last", "a/last.pth")}, []string{"best", "last"}},
		{[]*network.Model{named("best", "runs/a/best.pth"), named("best", "runs/b/best.pth")}, []string{"a/best", "b/best"}},
		{[]*network.Model{named("best", "a/x/best.pth"), named("best", "b/x/best.pth"), named("last", "last.pth")}, []string{"a/x/best", "b/x/best", "last"}},
		{[]*network.Model{named("baseline", "scenes:baseline"), named("baseline", "imagenet:baseline")}, []string{"scenes: baseline", "imagenet: baseline"}},
		{[]*network.Model{named("B0", "random:efficientnet-b0"), named("B0", "random:efficientnet-b0,seed=2")}, []string{"B0", "B0 (2)"}},
		{[]*network.Model{called, named("best", "a/best.pth")}, []string{"mine", "best"}},
	} {
		if got := Apart(c.all); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	for name, ok := range map[string]bool{"": true, "fine-tuned": true, "미세 조정": true, "a\nb": false, "\xff": false, strings.Repeat("x", 81): false} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
