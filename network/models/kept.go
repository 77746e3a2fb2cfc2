package models

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"

	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/kernel"
)

// kept are the weights in use, by what tells them apart: at another input size
// they are not read and laid out again.
var kept = struct {
	sync.Mutex
	entries map[string]*keptModel
}{entries: map[string]*keptModel{}}

// keptModel is one of kept. Nobody but keep sees its model: those that are handed
// out are the same at some size, and keep it from being collected.
type keptModel struct {
	sync.Mutex // held while it is opened, so that nobody does it twice
	model      weak.Pointer[network.Model]
	size       network.Size // that the model has when none is asked for
	file       os.FileInfo  // nil for random weights
}

// keep gives the model that open opens, or that it opened before under the key
// and of the same file, at the size asked for: zero for the model's own, which
// open gives too. An error of the size names the spec.
func keep(spec, key string, file os.FileInfo, size network.Size, open func() (*network.Model, network.Size, error)) (*network.Model, error) {
	key += " " + kernel.CurrentInstructionSet() // which they are laid out for
	kept.Lock()
	for other, e := range kept.entries {
		if other != key && e.TryLock() {
			if e.model.Value() == nil {
				delete(kept.entries, other)
			}
			e.Unlock()
		}
	}
	e := kept.entries[key]
	if e == nil {
		e = new(keptModel)
		kept.entries[key] = e
	}
	kept.Unlock()

	e.Lock()
	defer e.Unlock()
	m := e.model.Value()
	if m == nil || (file != nil && !os.SameFile(file, e.file)) {
		var err error
		if m, e.size, err = open(); err != nil {
			return nil, err
		}
		e.model, e.file = weak.Make(m), file
	}
	if size == (network.Size{}) {
		size = e.size
	}
	at, err := m.At(size)
	if err != nil {
		return nil, fault.Errorf("models: %s: %w", spec, err)
	}
	return at, nil
}

// settled is how old a file must be for its time to tell its contents: some
// file systems count in steps of two seconds.
const settled = 3 * time.Second

// fileKey tells a weights file, as it and what lies beside it are now, under the
// settings.
func fileKey(path string, stated Settings) string {
	key := state(path)
	for _, name := range []string{configFile, processorFile} {
		key += " " + state(filepath.Join(filepath.Dir(path), name))
	}
	return key + " " + stated.key()
}

// state tells a file as it is now.
func state(path string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		whole = path
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Sprintf("%q missing", whole)
	}
	return fmt.Sprintf("%q of %d bytes at %d", whole, info.Size(), info.ModTime().UnixNano())
}

// key tells settings apart.
func (s Settings) key() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(&b, "%q=%q ", k, s[k])
	}
	return b.String()
}
