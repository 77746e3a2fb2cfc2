package tensorfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"scalecam/fault"
)

// The header is parsed here and not by github.com/nlpodyssey/safetensors, which
// takes the last of two entries of the same name, holds the whole file's bytes
// beside the tensors, and whose errors print Go values of any length. Looking
// for repeated names needs a walk through the header's tokens, and after that
// walk little is left for a library to do. The tests hold every file that is
// read here against it.

// An entry is one tensor as the header describes it.
type entry struct {
	name       string
	dtype      string
	shape      []int64
	begin, end int64 // bytes, from the end of the header
}

// readSafetensors reads a file of size bytes: the header's length as eight
// little-endian bytes, the header in JSON, and the tensors' values, which lie
// side by side without gap or overlap.
func readSafetensors(r io.ReaderAt, size int64) (*File, error) {
	file, entries, dataStart, err := describeSafetensors(r, size)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, chunkBytes)
	for _, e := range entries {
		if t := dtypes[e.dtype]; t.decode != nil {
			tensor := file.Tensors[e.name]
			tensor.Data = make([]float32, (e.end-e.begin)/t.size)
			values := io.NewSectionReader(r, dataStart+e.begin, e.end-e.begin)
			if err := decodeAll(tensor.Data, values, t, buf); err != nil {
				return nil, fault.Errorf("cannot read tensor %s: %w", quote(e.name), err)
			}
		}
	}
	return file, nil
}

// describeSafetensors gives what the header says, with tensors that have no
// values, and where these are.
func describeSafetensors(r io.ReaderAt, size int64) (file *File, entries []entry, dataStart int64, err error) {
	const prefix = 8
	if size < prefix {
		return nil, nil, 0, fault.Errorf("the file ends after %d bytes, within the length of its safetensors header; copy or download it again", size)
	}
	var length [prefix]byte
	if err := readAt(r, length[:], 0); err != nil {
		return nil, nil, 0, err
	}
	switch n := binary.LittleEndian.Uint64(length[:]); {
	case n > maxDescription:
		return nil, nil, 0, fault.Errorf("its safetensors header claims %d bytes, more than the %d that a network's may have; the file is damaged or of another kind", n, maxDescription)
	case n > uint64(size-prefix):
		return nil, nil, 0, fault.Errorf("its safetensors header claims %d bytes, but only %d follow; copy or download it again", n, size-prefix)
	}
	header := make([]byte, binary.LittleEndian.Uint64(length[:]))
	if err := readAt(r, header, prefix); err != nil {
		return nil, nil, 0, err
	}
	metadata, entries, err := parseHeader(header)
	if err != nil {
		return nil, nil, 0, fault.Errorf("in its safetensors header, %w; write the file again with the safetensors library", err)
	}
	dataStart = prefix + int64(len(header))
	if err := checkLayout(entries, size-dataStart); err != nil {
		return nil, nil, 0, err
	}

	file = &File{Format: "safetensors", Metadata: metadata, Tensors: make(map[string]*Tensor, len(entries))}
	for _, e := range entries {
		file.Tensors[e.name] = newTensor(e.name, e.dtype, e.shape)
	}
	return file, entries, dataStart, nil
}

// checkLayout sorts entries by their place and checks that each spans what its
// type and shape take, and that together they cover the data exactly.
func checkLayout(entries []entry, dataBytes int64) error {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	covered := int64(0)
	for _, e := range entries {
		name := quote(e.name)
		t, ok := dtypes[e.dtype]
		if !ok {
			return fault.Errorf("tensor %s has type %s; convert it to one of %s", name, quote(e.dtype), dtypeNames())
		}
		n, err := elements(e.shape)
		switch {
		case err != nil:
			return fault.Errorf("tensor %s %w", name, err)
		case e.end < e.begin:
			return fault.Errorf("tensor %s ends at byte %d, before its beginning at %d; the file is damaged", name, e.end, e.begin)
		case e.end > dataBytes:
			return fault.Errorf("tensor %s ends at byte %d of the data, of which there are %d; copy or download the file again", name, e.end, dataBytes)
		case e.end-e.begin != n*t.size:
			return fault.Errorf("tensor %s of type %s and shape %d takes %d bytes, but spans %d; the file is damaged", name, e.dtype, e.shape, n*t.size, e.end-e.begin)
		case e.begin < covered:
			return fault.Errorf("tensor %s begins at byte %d, within the tensor before it, which ends at %d; the file is damaged", name, e.begin, covered)
		case e.begin > covered:
			return fault.Errorf("tensor %s begins at byte %d, and bytes %d to there belong to no tensor; the file is damaged", name, e.begin, covered)
		}
		covered = e.end
	}
	if covered != dataBytes {
		return fault.Errorf("the tensors end at byte %d of the data, of which there are %d; the file is damaged", covered, dataBytes)
	}
	return nil
}

// parseHeader parses {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets":
// [0, 24]}, …, "__metadata__": {"key": "text"}}, which spaces may follow.
func parseHeader(header []byte) (map[string]string, []entry, error) {
	dec := json.NewDecoder(bytes.NewReader(header))
	metadata := map[string]string{}
	var entries []entry
	err := parseObject(dec, func(name string) error {
		if name == "__metadata__" {
			return parseObject(dec, func(key string) error {
				text, err := dec.Token()
				value, ok := text.(string)
				if err == nil && !ok {
					return fault.Errorf("the metadata %s is not text", quote(key))
				}
				metadata[key] = value
				return err
			})
		}
		e, err := parseEntry(dec, name)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, nil, errors.New("something follows the last tensor")
	}
	return metadata, entries, nil
}

func parseEntry(dec *json.Decoder, name string) (entry, error) {
	e := entry{name: name}
	var offsets []int64
	err := parseObject(dec, func(key string) error {
		var err error
		switch key {
		case "dtype":
			err = dec.Decode(&e.dtype)
		case "shape":
			e.shape, err = parseNaturals(dec)
		case "data_offsets":
			offsets, err = parseNaturals(dec)
		default:
			return fault.Errorf("tensor %s has a field %s besides dtype, shape and data_offsets", quote(name), quote(key))
		}
		if err != nil {
			return fault.Errorf("tensor %s has an unreadable %s", quote(name), key)
		}
		return nil
	})
	if err == nil && (e.dtype == "" || e.shape == nil || len(offsets) != 2) {
		err = fault.Errorf("tensor %s lacks a dtype, a shape or two data_offsets", quote(name))
	}
	if err != nil {
		return e, err
	}
	e.begin, e.end = offsets[0], offsets[1]
	return e, nil
}

// parseNaturals parses a list of whole numbers, 0 or more. encoding/json's own
// []int64 would take null for a number.
func parseNaturals(dec *json.Decoder) ([]int64, error) {
	var list []natural
	if err := dec.Decode(&list); err != nil || list == nil {
		return nil, cmp.Or(err, errors.New("null"))
	}
	numbers := make([]int64, len(list))
	for i, n := range list {
		numbers[i] = int64(n)
	}
	return numbers, nil
}

type natural int64

func (n *natural) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseUint(string(text), 10, 63)
	*n = natural(v)
	return err
}

// parseObject parses a JSON object and calls field after each key, to take the
// value. A key that comes twice is an error, since readers would disagree about
// which of the two counts.
func parseObject(dec *json.Decoder, field func(key string) error) error {
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.New("an object in braces is missing")
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return fault.Errorf("the JSON is damaged (%w)", err)
		}
		key := token.(string) // the decoder takes nothing else for a key
		if seen[key] {
			return fault.Errorf("the name %s comes twice", quote(key))
		}
		seen[key] = true
		if err := field(key); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return fault.Errorf("the JSON is damaged (%w)", err)
	}
	return nil
}
