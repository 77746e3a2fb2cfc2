package weights

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"weak"

	"scalecam/network"
	"scalecam/network/kernel"
)

// kept are the models opened that somebody still uses: the same weights at
// another input size are not read and laid out again.
var kept = struct {
	sync.Mutex
	models map[string]keptModel
}{models: map[string]keptModel{}}

// keptModel is a model and the input size that it has when none is asked for.
type keptModel struct {
	model weak.Pointer[network.Model]
	size  network.Size
}

// keep opens a model by open, or takes one that is kept under the key, at the
// size asked for: zero for the model's own, which open gives too.
func keep(key string, size network.Size, open func() (*network.Model, network.Size, error)) (*network.Model, error) {
	key += " " + kernel.CurrentInstructionSet() // which they are laid out for
	kept.Lock()
	k, ok := kept.models[key]
	for other, k := range kept.models {
		if k.model.Value() == nil {
			delete(kept.models, other)
		}
	}
	kept.Unlock()
	if ok {
		if m := k.model.Value(); m != nil {
			if size == (network.Size{}) {
				size = k.size
			}
			at, err := m.At(size)
			if err != nil {
				return nil, fmt.Errorf("weights: %s: %w", m.Spec, err)
			}
			return at, nil
		}
	}
	m, own, err := open()
	if err != nil {
		return nil, err
	}
	kept.Lock()
	kept.models[key] = keptModel{weak.Make(m), own}
	kept.Unlock()
	return m, nil
}

// fileKey tells a weights file, as it is now, under the settings.
func fileKey(path string, stated Settings) string { return state(path) + " " + stated.key() }

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

// key tells settings apart, those in files by the files' state.
func (s Settings) key() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(&b, "%q=%q ", k, s[k])
		if path, ok := strings.CutPrefix(s[k], "@"); ok {
			b.WriteString(state(path))
		}
	}
	return b.String()
}
