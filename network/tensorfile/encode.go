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

// Encode gives a safetensors file of the tensors, in the order of their names, and
// metadata: the same bytes for the same contents. Values are written as float32, or
// rounded to float16 where a tensor's DType is F16; a value beyond those is an error.
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
		dtype, each := "F32", int64(4)
		if t.DType == "F16" {
			dtype, each = "F16", 2
			for _, v := range t.Data {
				if _, ok := toHalf(v); !ok {
					return nil, fault.Errorf("tensorfile: tensor %q has the value %v, which is none of float16; write it as float32", t.Name, v)
				}
			}
		}
		header[t.Name] = map[string]any{"dtype": dtype, "shape": append([]int{}, t.Shape...), "data_offsets": [2]int64{size, size + each*n}}
		size += each * n
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
			if t.DType == "F16" {
				h, _ := toHalf(v) // looked at above
				out = binary.LittleEndian.AppendUint16(out, h)
			} else {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
			}
		}
	}
	return out, nil
}

// toHalf is the number of half precision (IEEE 754 binary16) nearest to v, of two the
// even one, as half reads it; ok is false of what is beyond them, and of NaN.
func toHalf(v float32) (h uint16, ok bool) {
	sign := uint16(math.Float32bits(v) >> 16 & 0x8000)
	magnitude := math.Abs(float64(v))
	const (
		most     = 65504   // the largest
		normal   = 0x1p-14 // the least that has all 10 bits of a fraction
		smallest = 0x1p-24
	)
	step := smallest
	if magnitude >= normal {
		_, exponent := math.Frexp(magnitude) // magnitude = f·2^exponent, f from ½ to 1
		step = math.Ldexp(1, exponent-11)
	}
	rounded := math.RoundToEven(magnitude/step) * step
	if !(rounded <= most) {
		return 0, false
	}
	// As half turns them back: the bits of float32, whose exponent is 112 more.
	return sign | uint16(math.Float32bits(float32(rounded)*0x1p-112)>>13), true
}
