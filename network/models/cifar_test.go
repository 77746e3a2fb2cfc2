package models_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// TestCIFAR holds the published ResNet-20, 32, 44 and 56 of CIFAR-10, on pictures as
// they are, to what PyTorch computed: logits and the map of the first class, within 1e-4
// as the others.
func TestCIFAR(t *testing.T) { eachSet(t, testCIFAR) }

func testCIFAR(t *testing.T) {
	data, err := os.ReadFile(shared(t, "resnet_cifar/expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]struct {
		Logits []float32
		Top    int
		CAM    [][]float32
	}
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	if len(expected) < 8 {
		t.Fatalf("%d results", len(expected))
	}
	depths := map[string]float64{"resnet20": 3, "resnet32": 5, "resnet44": 7, "resnet56": 9}
	for of, want := range expected {
		name, file, _ := strings.Cut(of, " ")
		p, err := picture.Open(shared(t, "resnet_cifar/"+file))
		if err != nil {
			t.Fatal(err)
		}
		bounds := p.Image.Bounds()
		size := network.Size{H: bounds.Dy(), W: bounds.Dx()}
		m, err := models.Open(shared(t, "resnet_cifar/"+name+".th")+"@"+size.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := m.Network; n.Architecture != network.CIFARResNet || n.Scaling.Depth != depths[name] || m.Classes[9] != "truck" {
			t.Errorf("%s is %s at %v of the classes %q", name, n.Architecture.Title, n.Scaling, m.Classes)
		}
		a, err := m.Run(t.Context(), p.Image)
		if err != nil {
			t.Fatal(err)
		}
		if top := a.Top(1)[0].Class; top != want.Top {
			t.Errorf("%s: top-1 is class %d, want %d", of, top, want.Top)
		}
		got, err := cam.CAM(&a.Pooled, want.Top)
		if err != nil {
			t.Fatal(err)
		}
		var values []float32
		for _, row := range want.CAM {
			values = append(values, row...)
		}
		agree(t, of+" logits", a.Logits, want.Logits)
		agree(t, of+" CAM", got.Values, values)
		checkIdentity(t, a)
	}
}
