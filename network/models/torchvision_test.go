package models_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/network/oracletest"
	"scalecam/network/tensorfile"
)

// TestOracles holds networks to the oracles of testdata/oracle, which are in every
// clone, torchvision's and, under their own names and with what they save beside the
// weights, other libraries', within 1e-4 as the others. So are gradients and what is made of
// them: PyTorch's own float32 needs 4e-6, and the inputs keep clear of where
// ReLUs bend.
func TestOracles(t *testing.T) { eachSet(t, testOracles) }

func testOracles(t *testing.T) {
	all, err := filepath.Glob("../../testdata/oracle/*.json")
	if err != nil || len(all) < 15 {
		t.Fatalf("%d oracles, %v", len(all), err)
	}
	for _, of := range all {
		name := strings.TrimSuffix(filepath.Base(of), ".json")
		t.Run(name, func(t *testing.T) {
			oracle, err := oracletest.Read(of)
			if err != nil {
				t.Fatal(err)
			}
			var tensors []tensorfile.Tensor
			oracle.EachWeight(func(name string, shape []int, values []float32) {
				tensors = append(tensors, tensorfile.Tensor{Name: name, Shape: shape, Data: values})
			})
			file, err := tensorfile.Encode(tensors, nil)
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			path := filepath.Join(folder, name+".safetensors")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			for beside, text := range oracle.Beside {
				if err := os.WriteFile(filepath.Join(folder, beside), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, run := range oracle.Runs {
				m, err := models.Open(fmt.Sprintf("%s@%dx%d", path, run.Height, run.Width), nil)
				if err != nil {
					t.Fatal(err)
				}
				// The largest at full size take long: they run by the fastest instructions alone,
				// and the others, which have all of their operators, by all.
				if m.Network.MACs() > 4_200_000_000 && kernel.CurrentInstructionSet() != kernel.InstructionSets()[0] {
					continue
				}
				size := network.Size{H: run.Height, W: run.Width}
				a, err := m.Forward(context.Background(), &network.Input{Size: size, Pixels: oracletest.Transposed(oracletest.Input(run.Height, run.Width, run.Seed), 3)})
				if err != nil {
					t.Fatal(err)
				}
				if m.Library != oracle.Library {
					t.Errorf("it goes by the names of %s, want %s", m.Library, oracle.Library)
				}
				if top := a.Top(1)[0].Class; top != run.Top {
					t.Errorf("top-1 is class %d, want %d", top, run.Top)
				}
				checked := 0
				for _, r := range run.Results {
					var got []float32
					ctx, target := context.Background(), cam.Class(r.Class)
					layer := cam.LastLayer
					if r.Layer != "" {
						if layer, err = m.FindLayer(r.Layer); err != nil {
							t.Fatal(err)
						}
					}
					switch r.What {
					case "logits":
						got = a.Logits
					case "features":
						got = planes(&a.Features)
					case "cam":
						m, err := cam.CAM(&a.Pooled, r.Class)
						if err != nil {
							t.Fatal(err)
						}
						got = m.Values
					case "activations":
						f, err := a.At(ctx, layer)
						if err != nil {
							t.Fatal(err)
						}
						got = planes(f)
					case "gradient":
						g, err := a.Gradient(ctx, layer, target)
						if err != nil {
							t.Fatal(err)
						}
						got = planes(g)
					default:
						method, err := cam.LookupMethod(r.What)
						if err != nil {
							t.Fatal(err)
						}
						m, err := method.Map(ctx, a, layer, target)
						if err != nil {
							t.Fatal(err)
						}
						got = m.Values
					}
					checked++
					if err := r.Check(got, 1e-4); err != nil {
						t.Errorf("%d×%d: %v", run.Height, run.Width, err)
					}
				}
				if checked != len(run.Results) || checked < 4 {
					t.Errorf("%d×%d: %d of %d results checked", run.Height, run.Width, checked, len(run.Results))
				}
			}
		})
	}
}
