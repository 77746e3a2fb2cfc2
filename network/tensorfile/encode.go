package tensorfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"

	"scalecam/fault"
)

// Encode gives a safetensors file of the tensors, as float32, in the order of
// their names, and metadata: the same bytes for the same contents.
func Encode(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	size := int64(0)
	for _, t := range tensors {
		n := int64(1)
		for _, d := range t.Shape {
			n *= int64(d)
		}
		if n != int64(len(t.Data)) {
			return nil, fault.Errorf("tensorfile: tensor %q has %d values for a shape of %v", t.Name, len(t.Data), t.Shape)
		}
		if header[t.Name] != nil {
			return nil, fault.Errorf("tensorfile: two tensors are named %q", t.Name)
		}
		header[t.Name] = map[string]any{"dtype": "F32", "shape": append([]int{}, t.Shape...), "data_offsets": [2]int64{size, size + 4*n}}
		size += 4 * n
	}
	text, err := json.Marshal(header) // in the order of the keys
	if err != nil {
		return nil, fault.Errorf("tensorfile: %w", err)
	}
	const align = 8 // of the values, as the format's own library does it
	text = append(text, bytes.Repeat([]byte{' '}, (align-len(text)%align)%align)...)
	out := make([]byte, 0, int64(align+len(text))+size)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(text)))
	out = append(out, text...)
	for _, t := range tensors {
		for _, v := range t.Data {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out, nil
}
