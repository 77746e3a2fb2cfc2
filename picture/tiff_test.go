package picture

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"
)

// madeTIFF is a grey TIFF of 4 × 4 pixels and 64 bytes of zeros, but for these
// fields, each of one number of 16 bits or of several.
func madeTIFF(changed map[uint16][]uint16) []byte {
	const stripOffsets, long = 273, 4
	fields := map[uint16][]uint16{256: {4}, 257: {4}, 258: {8}, 259: {1}, 262: {1}, 277: {1}, 278: {4}, 279: {64}, stripOffsets: {0}}
	maps.Copy(fields, changed)
	le := binary.LittleEndian
	data := []byte("II*\x00\x08\x00\x00\x00")
	data = le.AppendUint16(data, uint16(len(fields)))
	beyond := 8 + 2 + 12*len(fields) + 4
	var more []byte
	for _, tag := range slices.Sorted(maps.Keys(fields)) {
		values := fields[tag]
		data = le.AppendUint16(data, tag)
		switch {
		case tag == stripOffsets:
			data = le.AppendUint32(le.AppendUint32(le.AppendUint16(data, long), 1), uint32(beyond+2*3*256))
			continue
		case len(values) > 2:
			data = le.AppendUint32(le.AppendUint32(le.AppendUint16(data, 3), uint32(len(values))), uint32(beyond+len(more)))
			for _, v := range values {
				more = le.AppendUint16(more, v)
			}
			continue
		}
		data = le.AppendUint32(le.AppendUint16(data, 3), uint32(len(values)))
		data = append(le.AppendUint16(data, values[0]), 0, 0)
	}
	data = append(le.AppendUint32(data, 0), more...)
	return append(data, make([]byte, beyond+2*3*256+64-len(data))...)
}

// TestOddTIFF: samples and colours that do not go together are named for what they
// are; libtiff reads a palette of the wrong length as levels of grey.
func TestOddTIFF(t *testing.T) {
	const bits, photometric, samples, palette, format = 258, 262, 277, 320, 339
	colours := make([]uint16, 3*256)
	for _, c := range []struct {
		fields map[uint16][]uint16
		want   string
	}{
		{nil, ""},
		{map[uint16][]uint16{photometric: {3}, palette: colours}, ""},
		{map[uint16][]uint16{photometric: {3}}, "no palette of the 256 colours"},
		{map[uint16][]uint16{photometric: {3}, palette: colours[:300]}, "no palette of the 256 colours"},
		{map[uint16][]uint16{photometric: {3}, palette: colours, bits: {32}, format: {3}}, "floating-point numbers of 32 bits that a palette"},
		{map[uint16][]uint16{photometric: {3}, palette: colours, bits: {16}}, "whole numbers of 16 bits that a palette"},
		{map[uint16][]uint16{photometric: {3}, palette: colours, format: {2}}, "signed numbers of 8 bits that a palette"},
		{map[uint16][]uint16{photometric: {2}}, "samples of 1 colours a pixel where its PhotometricInterpretation, 2, needs 3"},
		{map[uint16][]uint16{photometric: {5}, samples: {3}}, "needs 4"},
	} {
		_, _, err := decode("odd.tif", madeTIFF(c.fields), 1000)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) || err != nil && strings.Contains(err.Error(), "damaged") {
			t.Errorf("%v: %v; want %q", c.fields, err, c.want)
		}
	}
}
