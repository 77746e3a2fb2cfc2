package tensorfile

import (
	"encoding/binary"
	"io"

	"scalecam/fault"
)

// legacyMagic begins files that torch.save wrote before PyTorch 1.6: the pickle
// of the number 0x1950a86a20f9469cfc6c.
const legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// openLegacy opens the format before PyTorch 1.6 (torch/serialization.py,
// _legacy_save): five pickles, which are the magic number, the protocol's number
// 1001, what the machine was like, what was saved, and a list of the storages' keys;
// then, in the order of that list, each storage's number of elements as a
// little-endian int64, and its elements.
func openLegacy(r io.ReaderAt, size int64) (*torchFile, error) {
	const others = 1 << 20 // for the other four pickles: the last lists ten thousand storages in a third of that
	head := make([]byte, min(size, maxDescription+others))
	if err := readAt(r, head, 0); err != nil {
		return nil, err
	}
	var values [5]any
	var storages map[string]*torchStorage // that the fourth asks for
	rest := head
	for i := range values {
		value, machine, err := unpickle(rest)
		if err != nil {
			return nil, fault.Errorf("in the pickle %d of the format before PyTorch 1.6, %w", i+1, err)
		}
		values[i], rest = value, machine.in
		if i == 3 {
			storages = machine.storages
		}
	}
	if version, _ := values[1].(int64); version != 1001 {
		return nil, fault.Errorf("it has version %v of the format before PyTorch 1.6, and 1001 is read; load it with torch.load and save its state dict again", version)
	}
	if machine := dictOf(values[2]); machine != nil && machine.get("little_endian") == any(false) {
		return nil, fault.Errorf("the byte order is %s, not little-endian; save it again on an ordinary machine, or as safetensors", quote("big"))
	}
	keys, _ := values[4].(*pickleList)
	if keys == nil {
		return nil, fault.Errorf("it lists no storages; the file is damaged")
	}
	t := newTorchFile(size)
	t.described = values[3]
	begins := int64(len(head) - len(rest))
	// Where each storage lies is known once those before it are: their types, and
	// so their sizes, are what the tensors say.
	places := map[string]int64{}
	for _, key := range keys.items {
		name, _ := key.(string)
		s := storages[name]
		if s == nil {
			return nil, fault.Errorf("it lists a storage %s that no tensor has; the file is damaged", quote(name))
		}
		if _, twice := places[name]; twice {
			return nil, fault.Errorf("it lists the storage %s twice; the file is damaged", quote(name))
		}
		places[name] = begins
		begins += 8 + s.elements*dtypes[s.dtype].size
	}
	if begins > size {
		return nil, fault.Errorf("its storages end at byte %d, and the file has %d; copy or download it again", begins, size)
	}
	t.open = func(s *torchStorage) (io.ReadCloser, error) {
		begins, ok := places[s.record]
		bytesOf := s.elements * dtypes[s.dtype].size
		if !ok || begins+8+bytesOf > size {
			return nil, fault.Errorf("the record %s is missing; copy or download the file again", quote(s.record))
		}
		var count [8]byte
		if err := readAt(r, count[:], begins); err != nil {
			return nil, err
		}
		if n, want := binary.LittleEndian.Uint64(count[:]), storages[s.record].elements; n != uint64(want) {
			return nil, fault.Errorf("the record %s has %d values, and the tensors say %d; the file is damaged", quote(s.record), n, want)
		}
		return io.NopCloser(io.NewSectionReader(r, begins+8, bytesOf)), nil
	}
	return t, nil
}
