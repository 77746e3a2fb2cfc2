package models

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/store"
	"scalecam/network/tensorfile"
)

// Found is a weights file that can be imported into the user's store.
type Found struct {
	Path      string
	Published *assets.Published // that it is by its checksum; nil of another
	Name      string            // that it has in the store
	Network   *network.Network  // that it holds
	Beside    []string          // files that speak of it
	Err       error             // why it cannot be imported; the other fields are empty then
}

// Bounds of what is looked through: a stick holds more than networks.
const (
	mostImported = 500 // files
	mostDeep     = 4   // folders: a hub's cache is models--OWNER--NAME/snapshots/REVISION
)

// FindImports finds the weights files at a path: the file itself, or those in a folder
// and in its folders. It says of each what it is.
func FindImports(ctx context.Context, s *store.Store, path string) ([]Found, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Errorf("models: %s: there is no such file or folder; name a weights file, or a folder with some", path)
	}
	files := []string{path}
	if info.IsDir() {
		if files = weightsIn(path, mostDeep); len(files) == 0 {
			return nil, fault.Errorf("models: %s: no weights file is in this folder (%s); name a .safetensors, .pth or .onnx file, or a folder that holds one", path, strings.Join(tensorfile.Extensions, ", "))
		}
		if len(files) > mostImported {
			return nil, fault.Errorf("models: %s: there are more than %d weights files in this folder; name one of its folders", path, mostImported)
		}
	}
	var all []Found
	taken := map[string]bool{}
	for _, f := range files {
		one, err := findImport(ctx, s, f, taken)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if one.Err = err; err != nil {
			one = Found{Path: f, Err: err}
		}
		taken[one.Name] = true
		all = append(all, one)
	}
	return all, nil
}

// weightsIn are the weights files in a folder, and in its folders, sorted.
func weightsIn(folder string, deep int) (all []string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // what cannot be looked into holds nothing for us
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		switch {
		case len(all) > mostImported:
			return all
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && deep > 0: // no link, which may lead in circles
			all = append(all, weightsIn(path, deep-1)...)
		case slices.Contains(tensorfile.Extensions, strings.ToLower(filepath.Ext(e.Name()))):
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				all = append(all, path)
			}
		}
	}
	return all
}

// findImport says what a file is. taken are names that others found with it have.
func findImport(ctx context.Context, s *store.Store, path string, taken map[string]bool) (f Found, err error) {
	f.Path = path
	t, err := tensorfile.Describe(path) // first: what is no weights file, or has no end, is not read through
	if err != nil {
		return f, err
	}
	var sha256 string
	if f.Published, sha256, err = store.Identify(ctx, path); err != nil {
		return f, err
	}
	if p := f.Published; p != nil {
		if err := Holds(p, path); err != nil {
			return f, err
		}
		f.Name = p.Name
		f.Network, err = PublishedNetwork(p)
		return f, err
	}
	if isHead(t) {
		return f, fault.Errorf("models: %s: it holds a head that was taught, without its network; import that", path)
	}
	if t.Values != "" {
		return f, fault.Errorf("models: %s: its weights are in a file beside it, %s, which would not be kept with it; name it as a network where it is, or export it again with external_data=False", path, t.Values)
	}
	h, err := held(t, network.Size{}, nil, readBeside(path))
	if err != nil {
		return f, err
	}
	f.Network = h.network
	for _, name := range []string{configFile, processorFile} {
		if beside := filepath.Join(filepath.Dir(path), name); readable(beside) {
			f.Beside = append(f.Beside, beside)
		}
	}
	base := ownName(nameOf(path))
	for n := 1; ; n++ {
		if f.Name = base; n > 1 {
			f.Name += "-" + strconv.Itoa(n)
		}
		there := s.Find(f.Name)
		if there != nil && there.SHA256 == sha256 { // this file
			return f, nil
		}
		if there == nil && !taken[f.Name] && !means(f.Name) {
			return f, nil
		}
	}
}

func readable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() <= mostBeside
}

// means tells that a name means something else already.
func means(name string) bool {
	c := assets.PublishedNetworks()
	_, preset := network.LookupPreset(name)
	_, pack := assets.LookupPack(name)
	return c.Lookup(name) != nil || c.LookupSeries(name) != nil || preset == nil || pack || name == "random"
}

// ownName is a file's name as a network in the store can have it.
func ownName(name string) string {
	const most = 80
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '-'
	}, name)
	name = strings.Trim(name, ".-_")
	name = strings.Trim(name[:min(len(name), most)], ".-_")
	if !store.ValidName(name) {
		name = strings.Trim("network-"+name, "-")
	}
	return name
}

// Import copies what was found into the store.
func (f *Found) Import(ctx context.Context, s *store.Store, report func(store.Progress)) error {
	if f.Err != nil {
		return f.Err
	}
	return s.Import(ctx, f.Path, f.Name, f.Published, f.Beside, store.Adding{Check: Holds, Report: report})
}
