package tensorfile

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"scalecam/fault"
)

// pt2Weights is the record of a program that torch.export.save wrote (pt2) that lists
// its weights; they lie beside it, raw and little-endian. The program itself is not
// read: its weights go by the names of the module that was exported.
const pt2Weights = "data/weights/model_weights_config.json"

// pt2Types are torch/_export/serde/schema.py's ScalarType.
var pt2Types = map[int]string{
	1: "U8", 2: "I8", 3: "I16", 4: "I32", 5: "I64", 6: "F16", 7: "F32", 8: "F64", 10: "C64", 11: "C128", 12: "BOOL", 13: "BF16",
	28: "U16", 29: "F8_E4M3", 30: "F8_E5M2", 31: "F8_E4M3FNUZ", 32: "F8_E5M2FNUZ", 33: "F8_E8M0",
}

// pt2Config finds that record, "" where there is none.
func (a *torchArchive) pt2Config() string {
	for name := range a.records {
		if strings.HasSuffix(name, pt2Weights) && strings.Count(name, "/") <= strings.Count(pt2Weights, "/")+1 {
			return name
		}
	}
	return ""
}

// pt2 is a program's weights as a state dict.
func (a *torchArchive) pt2(record string) (*pickleDict, error) {
	text, err := readRecord(a.records[record], maxDescription)
	if err != nil {
		return nil, err
	}
	type whole struct {
		Int int64 `json:"as_int"`
	}
	var config struct {
		Config map[string]struct {
			Path   string `json:"path_name"`
			Pickle bool   `json:"use_pickle"`
			Meta   struct {
				Dtype   int     `json:"dtype"`
				Sizes   []whole `json:"sizes"`
				Strides []whole `json:"strides"`
				Offset  whole   `json:"storage_offset"`
			} `json:"tensor_meta"`
		} `json:"config"`
	}
	if err := fault.JSON(json.Unmarshal(text, &config)); err != nil {
		return nil, fault.Errorf("the JSON is damaged (%w)", err)
	}
	a.root = strings.TrimSuffix(record, pt2Weights)
	tuple := func(numbers []whole) pickleTuple {
		var t pickleTuple
		for _, n := range numbers {
			t = append(t, n.Int)
		}
		return t
	}
	dict := &pickleDict{}
	for _, name := range slices.Sorted(maps.Keys(config.Config)) {
		c := config.Config[name]
		dtype, ok := pt2Types[c.Meta.Dtype]
		f := a.records[path.Dir(record)+"/"+c.Path]
		switch {
		case !ok || c.Pickle:
			return nil, fault.Errorf("tensor %s is of a kind of PyTorch's that is not read; save model.state_dict()", quote(name))
		case f == nil:
			return nil, fault.Errorf("the record %s is missing; copy or download the file again", quote(c.Path))
		}
		size := uint64(dtypes[dtype].size)
		if f.UncompressedSize64/size > maxElements {
			return nil, fault.Errorf("it has a storage of %d values, more than the %d that fit in 4 GiB", f.UncompressedSize64/size, maxElements)
		}
		storage := &torchStorage{dtype: dtype, record: "weights/" + c.Path, elements: int64(f.UncompressedSize64 / size)}
		view, err := newView(storage, c.Meta.Offset.Int, tuple(c.Meta.Sizes), tuple(c.Meta.Strides), "")
		if err != nil {
			return nil, err
		}
		dict.items = append(dict.items, pickleItem{name, view})
	}
	return dict, nil
}
