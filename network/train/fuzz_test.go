package train

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/network/tensorfile"
)

// FuzzRecipe: any text is a recipe in range, which is the same once written down
// and read again, or an error of one line.
func FuzzRecipe(f *testing.F) {
	for _, text := range []string{
		string(encodeJSON(DefaultRecipe)), `{}`, `{"epochs": 5, "optimiser": "rmsprop", "flip": false}`, `{"warm_up": 1e-300}`, `{"seed": 18446744073709551615}`,
		`{"epochs": 1, "epochs": 2}`, `{"EPOCHS": 3}`, `null`, `{} {}`, `{"rate": 1e400}`, `{"mixup": 10, "average": 0.999999, "crop": 0.01}`, `{"` + strings.Repeat("x", 5000) + `": 1}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRecipe(data)
		if err != nil {
			oneLine(t, err)
			return
		}
		for i := range 3 {
			if rate := r.rate(i, 1); !(rate >= 0 && rate <= r.Rate) {
				t.Errorf("%+v: the rate of step %d is %v", r, i, rate)
			}
		}
		if again, err := ParseRecipe(encodeJSON(r)); err != nil || again != r {
			t.Errorf("%+v is read again as %+v, %v", r, again, err)
		}
	})
}

// FuzzPack: any text is a pack whose networks can be made, which is the same once
// written down and read again, or an error of one line.
func FuzzPack(f *testing.F) {
	f.Add(assets.Scenes().Recipe)
	const network = `{"name": "a", "title": "A", "architecture": "efficientnet-64", "depth": 1, "width": 1, "resolution": "1"}`
	for _, text := range []string{
		`{"name": "x", "folder": "y", "networks": [` + network + `]}`,
		`{"name": "x", "scenes": {"seed": 3, "train": 8, "val": 2, "side": 64}, "networks": [` + network + `], "recipe": {"batch": 4}}`,
		`{"name": "x", "folder": "y", "networks": [{"name": "b", "architecture": "mobilenet-v2", "depth": 1e-300, "width": 1e300, "resolution": "96x160"}]}`,
		`{"name": "x", "scenes": null, "networks": [null]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePack(data)
		if err != nil {
			oneLine(t, err)
			return
		}
		if p.Scenes != nil {
			if train, val, _, err := p.Scenes.Sets(); err != nil {
				oneLine(t, err)
			} else if train.Len() < 1 || val.Len() < 1 {
				t.Errorf("%+v are %d and %d pictures", p.Scenes, train.Len(), val.Len())
			}
		}
		for _, m := range p.Networks {
			net, err := m.Network(2)
			if err != nil {
				t.Fatalf("%s cannot be made: %v", m.Name, err)
			}
			if err := Check(net, p.Recipe.Batch); err != nil {
				oneLine(t, err)
			}
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParsePack(written); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%s is read again as %+v, %v", written, again, err)
		}
	})
}

// FuzzCheckpoint: any file in a checkpoint's place, and any text that says where
// the run is in one that else is whole, is a state that the run can be at and can
// be saved, or an error of one line.
func FuzzCheckpoint(f *testing.F) {
	r := short(f, f.TempDir(), 3, 3, 0)
	r.Until = 1
	ctx, cancel := context.WithCancel(context.Background())
	r.Report = func(p Progress) {
		if p.Epoch == 2 && p.Step == 2 {
			cancel() // in the middle of an epoch
		}
	}
	var tensors []tensorfile.Tensor
	for ; r.Until <= 2; r.Until++ {
		if _, err := r.Do(ctx); err != ErrStopped {
			f.Fatal(err)
		}
		data, err := os.ReadFile(r.path(".checkpoint"))
		if err != nil {
			f.Fatal(err)
		}
		c, err := tensorfile.Read(r.path(".checkpoint"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, c.Metadata["run"])
		tensors = nil
		for _, t := range c.Tensors {
			tensors = append(tensors, *t)
		}
	}
	r.Report = nil
	f.Add([]byte("no checkpoint"), `{}`)
	f.Add([]byte(nil), `null`)
	f.Add([]byte(nil), `{"architecture": "two\nlines`+strings.Repeat("x", 5000)+`"}`)
	f.Fuzz(func(t *testing.T, whole []byte, run string) {
		crafted, err := tensorfile.Encode(tensors, map[string]string{"run": run})
		if err != nil {
			t.Skip() // no text
		}
		for _, data := range [][]byte{whole, crafted} {
			if err := os.WriteFile(r.path(".checkpoint"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := r.restore()
			if err != nil {
				oneLine(t, err)
				continue
			}
			steps := r.Train.Len() / r.Recipe.Batch
			if s.step < 0 || s.step > steps || len(s.epochs) > r.Recipe.Epochs || s.right < 0 || math.IsNaN(s.loss) || math.IsInf(s.loss, 0) {
				t.Errorf("a state at step %d of epoch %d, %d right, a loss of %v", s.step, len(s.epochs)+1, s.right, s.loss)
			}
			if _, err := r.derived(s); err != nil {
				t.Errorf("no files are made of it: %v", err)
			}
			written, err := r.checkpoint(s)
			if err == nil {
				err = os.WriteFile(r.path(".checkpoint"), written, 0o600)
			}
			if err != nil {
				t.Fatalf("it cannot be saved: %v", err)
			}
			again, err := r.restore()
			if err != nil || !reflect.DeepEqual(r.header(again), r.header(s)) || !reflect.DeepEqual(again.arrays(), s.arrays()) {
				t.Errorf("%+v is read again as %+v, %v", r.header(s), again, err)
			}
		}
	})
}

// oneLine: an error is told in a line, of a length that can be read.
func oneLine(t *testing.T, err error) {
	t.Helper()
	if text := err.Error(); strings.Contains(text, "\n") || len(text) > 2000 {
		t.Errorf("the error is %d bytes: %.3000q", len(text), text)
	}
}
