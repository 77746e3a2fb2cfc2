package models

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network/tensorfile"
)

// weightsNames are what hubs call a network's weights, in the order in which they are
// preferred.
var weightsNames = []string{"model.safetensors", "pytorch_model.bin"}

// inFolder finds the weights file in a folder: under a hub's name, else the only one
// there is; of a hub's cache (models--OWNER--NAME) in its snapshot.
func inFolder(folder string) (string, error) {
	if snapshots := filepath.Join(folder, "snapshots"); isFolder(snapshots) {
		folders, err := os.ReadDir(snapshots)
		if err != nil {
			return "", fault.Errorf("models: %w", err)
		}
		at := ""
		const most = 256 // a revision's 40 letters
		if revision, err := file.Read(filepath.Join(folder, "refs", "main"), most, "a revision"); err == nil {
			at = filepath.Base(strings.TrimSpace(string(revision)))
		} else if len(folders) == 1 {
			at = folders[0].Name()
		}
		if at != "" && isFolder(filepath.Join(snapshots, at)) {
			folder = filepath.Join(snapshots, at)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fault.Errorf("models: %w", err)
	}
	var found []string
	for _, e := range entries {
		if slices.Contains(tensorfile.Extensions, strings.ToLower(filepath.Ext(e.Name()))) && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, e.Name())
		}
	}
	for _, name := range weightsNames {
		if slices.Contains(found, name) {
			return filepath.Join(folder, name), nil
		}
	}
	// What was exported was made of the weights beside it.
	if weights := slices.DeleteFunc(slices.Clone(found), exported); len(weights) > 0 {
		found = weights
	}
	switch len(found) {
	case 1:
		return filepath.Join(folder, found[0]), nil
	case 0:
		return "", fault.Errorf("models: %s: no weights file is in this folder (%s); name a .safetensors, .pth or .onnx file, or a folder that holds one", folder, strings.Join(tensorfile.Extensions, ", "))
	}
	return "", fault.Errorf("models: %s: this folder holds %d weights files (%s, %s, …); name one of them", folder, len(found), found[0], found[1])
}

func exported(name string) bool {
	return slices.Contains([]string{".onnx", ".pt2"}, strings.ToLower(filepath.Ext(name)))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// nameOf is what a weights file is called: its own name without its ending or, where
// that is a hub's for every network, the folder's.
func nameOf(path string) string {
	base := filepath.Base(path)
	if !slices.Contains(weightsNames, base) {
		return strings.TrimSuffix(base, filepath.Ext(base))
	}
	folder := filepath.Dir(path)
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole
	}
	if up := filepath.Dir(folder); filepath.Base(up) == "snapshots" {
		folder = filepath.Dir(up)
	}
	name := filepath.Base(folder)
	if parts := strings.Split(name, "--"); len(parts) == 3 && parts[0] == "models" {
		name = parts[2]
	}
	if len(name) < 2 { // the file system's root
		return strings.TrimSuffix(base, filepath.Ext(base))
	}
	return name
}
