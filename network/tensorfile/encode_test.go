package tensorfile

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestEncode against the safetensors library.
func TestEncode(t *testing.T) {
	tensors := []Tensor{
		{Name: "b", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, -6.5}},
		{Name: "a", Shape: []int{}, Data: []float32{7}},
		{Name: "none", Shape: []int{0, 4}},
	}
	data, err := Encode(tensors, map[string]string{"k": "v"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := readSafetensors(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(f.Metadata, map[string]string{"k": "v"}) || len(f.Tensors) != 3 {
		t.Errorf("%+v", f)
	}
	for _, want := range tensors {
		if got := f.Tensors[want.Name]; got == nil || !slices.Equal(got.Data, want.Data) || !slices.Equal(got.Shape, want.Shape) {
			t.Errorf("%s: %+v", want.Name, got)
		}
	}
	agreesWithLibrary(t, f, data)
	for _, c := range []struct {
		tensors []Tensor
		want    string
	}{
		{[]Tensor{{Name: "a", Shape: []int{2}, Data: []float32{1}}}, `"a" has 1 values for a shape of [2]`},
		{[]Tensor{{Name: "a", Shape: []int{0}}, {Name: "a", Shape: []int{0}}}, "two tensors are named"},
	} {
		if _, err := Encode(c.tensors, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want one that says %q", err, c.want)
		}
	}
}
