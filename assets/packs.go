package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"
)

//go:embed packs/imagenet packs/everyday packs/scenes
var packs embed.FS

// Pack is a set of networks that comes with the program. Its folder holds
// pack.json, which this is, the weights, and what Recipe, Sweep, Swept, Study, Again
// and Measures are.
type Pack struct {
	Name    string `json:"name"` // as in specs: "scenes"
	Title   string `json:"title"`
	Domain  string `json:"domain"` // what pictures its networks know: a network.Domain
	About   string `json:"about"`  // a sentence
	Source  string `json:"source"`
	Licence string `json:"licence"` // SPDX; its text and notice lie beside pack.json where they are not the program's
	// Notes are what a reader of its comparisons must know, a sentence each.
	Notes []string `json:"notes,omitempty"`
	// Best is the network for whoever wants just one.
	Best     string        `json:"best"`
	Networks []PackNetwork `json:"networks"`

	Sweep  []byte `json:"-"` // scalecam sweep NAME: a sweep.Sweep in JSON; nil for none
	Swept  []byte `json:"-"` // what came of that: a sweep.Result in JSON; nil for none
	Recipe []byte `json:"-"` // the JSON that it was trained by: scalecam train --pack NAME; nil where others trained it
	Study  []byte `json:"-"` // a compare.Evaluation of its networks in JSON; nil for none; not to be written to
	Again  []byte `json:"-"` // the same of networks trained with seed 2, which are not embedded; nil for none
	// Measures is an evaluate.Agreement in JSON: which measures rank maps as the truth
	// does; nil for none.
	Measures []byte `json:"-"`

	files fs.FS
}

// PackNetwork is a network of a Pack: weights, which several may share, at an
// input size.
type PackNetwork struct {
	Name   string `json:"name"` // as in specs: "compound"
	Title  string `json:"title"`
	File   string `json:"file"`           // of the weights, a safetensors file
	SHA256 string `json:"sha256"`         // of that file, hexadecimal
	Head   bool   `json:"head,omitempty"` // it holds a classifier alone, of a network of another pack
	// Resolution is the input size that it runs at, and TrainedAt the one that
	// its weights were trained at, as network.ParseSize reads them.
	Resolution string `json:"resolution"`
	TrainedAt  string `json:"trained_at"`
	// Depth and Width are d and w of its architecture; Scaled says in words what
	// was scaled against the pack's first network, and by how much.
	Depth  float64 `json:"depth"`
	Width  float64 `json:"width"`
	Scaled string  `json:"scaled"`
	// CropPct is the setting crop_pct at that resolution; 0 for the file's.
	CropPct float64 `json:"crop_pct,omitempty"`
	// Temperature is what its logits are divided by before the softmax; 0 where
	// that was not fitted.
	Temperature float64 `json:"temperature,omitempty"`
	// Unsure is a network.Unsure, of what pictures it is unsure; nil where that was
	// not fitted.
	Unsure json.RawMessage `json:"unsure,omitempty"`

	Log []byte `json:"-"` // its learning curves, JSON lines; nil for none; not to be written to
}

// Packs returns the packs. The slice is shared, and not to be written to. It
// panics where an embedded file is damaged, which a test rules out.
func Packs() []Pack { return allPacks() }

var allPacks = sync.OnceValue(func() []Pack {
	var all []Pack
	for _, name := range []string{"imagenet", "everyday", "scenes"} {
		files, err := fs.Sub(packs, path.Join("packs", name))
		if err != nil {
			panic(fmt.Sprintf("assets: %v", err))
		}
		p, err := ReadPack(files)
		if err != nil {
			panic(fmt.Sprintf("assets: packs/%s/%v", name, err))
		}
		all = append(all, p)
	}
	return all
})

// ReadPack reads what a pack's folder says, but for the weights.
func ReadPack(files fs.FS) (Pack, error) {
	p := Pack{files: files}
	data, err := fs.ReadFile(files, "pack.json")
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("pack.json: %w", err)
	}
	// What is not there stays nil.
	p.Recipe, _ = fs.ReadFile(files, "recipe.json")
	p.Sweep, _ = fs.ReadFile(files, "sweep.json")
	p.Swept, _ = fs.ReadFile(files, "sweep-result.json")
	p.Study, _ = fs.ReadFile(files, "study.json")
	p.Again, _ = fs.ReadFile(files, "study-seed-2.json")
	p.Measures, _ = fs.ReadFile(files, "measures.json")
	for i := range p.Networks {
		n := &p.Networks[i]
		n.Log, _ = fs.ReadFile(files, n.Name+".log.jsonl")
	}
	return p, nil
}

// Weights is a weights file of a pack, to be closed.
type Weights interface {
	io.ReaderAt
	io.Closer
}

// Open opens the weights of one of the pack's networks, of so many bytes. Nothing
// of an embedded file is copied before it is read.
func (p *Pack) Open(n *PackNetwork) (w Weights, size int64, err error) {
	f, err := p.files.Open(n.File)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	w, ok := f.(Weights)
	if !ok || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, &fs.PathError{Op: "open", Path: n.File, Err: fs.ErrInvalid}
	}
	return w, info.Size(), nil
}

// LookupPack finds a pack by its name.
func LookupPack(name string) (Pack, bool) {
	for _, p := range Packs() {
		if p.Name == name {
			return p, true
		}
	}
	return Pack{}, false
}

// Scenes is the pack of networks that this program trained, on scenes that it
// draws, with their recipe and their study.
func Scenes() Pack {
	p, _ := LookupPack("scenes")
	return p
}
