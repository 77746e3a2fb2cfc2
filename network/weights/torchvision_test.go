package weights_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"scalecam/cam"
	"scalecam/network"
	"scalecam/network/oracletest"
	"scalecam/network/weights"
)

// TestTorchvision holds networks to the oracles of testdata/oracle, which are
// in every clone, within 1e-4 as the others.
func TestTorchvision(t *testing.T) { eachSet(t, testTorchvision) }

func testTorchvision(t *testing.T) {
	for _, name := range []string{"efficientnet_b0", "efficientnet-w0.25-d1.4-10", "mobilenet_v2", "mobilenet_v2-w0.25-10"} {
		t.Run(name, func(t *testing.T) {
			oracle, err := oracletest.Read("../../testdata/oracle/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var tensors []weights.Tensor
			oracle.EachWeight(func(name string, shape []int, values []float32) {
				tensors = append(tensors, weights.Tensor{Name: name, Shape: shape, Data: values})
			})
			file, err := weights.Encode(tensors, nil)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), name+".safetensors")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, run := range oracle.Runs {
				m, err := weights.Open(fmt.Sprintf("%s@%dx%d", path, run.Height, run.Width), nil)
				if err != nil {
					t.Fatal(err)
				}
				size := network.Size{H: run.Height, W: run.Width}
				a, err := m.Forward(context.Background(), &network.Input{Size: size, Pixels: oracletest.Transposed(oracletest.Input(run.Height, run.Width, run.Seed), 3)})
				if err != nil {
					t.Fatal(err)
				}
				if top := a.Top(1)[0].Class; top != run.Top {
					t.Errorf("top-1 is class %d, want %d", top, run.Top)
				}
				checked := 0
				for _, r := range run.Results {
					var got []float32
					switch r.What {
					case "logits":
						got = a.Logits
					case "features":
						got = a.Features
					case "cam":
						m, err := cam.CAM(a, r.Class)
						if err != nil {
							t.Fatal(err)
						}
						got = m.Values
					default: // gradients
						continue
					}
					checked++
					if err := r.Check(got, 1e-4); err != nil {
						t.Errorf("%d×%d: %v", run.Height, run.Width, err)
					}
				}
				if checked != 4 {
					t.Errorf("%d×%d: %d results checked, want logits, features and two maps", run.Height, run.Width, checked)
				}
			}
		})
	}
}
