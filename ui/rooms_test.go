package ui

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports are what the files of a folder import, without its tests.
func imports(t *testing.T, folder string) (paths []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	return paths
}

// TestRooms: the window's rooms import what ARCHITECTURE.md says, and nothing
// imports the window but the program.
func TestRooms(t *testing.T) {
	for folder, ours := range map[string][]string{
		"speak": {"scalecam/assets", "scalecam/fault", "scalecam/printable", "scalecam/wording"},
		"kit":   {"scalecam/assets", "scalecam/colormap"},
	} {
		for _, path := range imports(t, folder) {
			if strings.HasPrefix(path, "scalecam/") && !slices.Contains(ours, path) {
				t.Errorf("ui/%s imports %s", folder, path)
			}
		}
	}
	for _, path := range imports(t, "desk") {
		if strings.HasPrefix(path, "fyne.io/fyne/v2/") || strings.HasPrefix(path, "scalecam/ui/") {
			t.Errorf("ui/desk imports %s", path)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if len(files) > 12 {
		t.Errorf("%d files in ui: %v", len(files), files)
	}
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return fs.SkipDir
		}
		if found, err := filepath.Glob(filepath.Join(path, "*.go")); err != nil || len(found) == 0 || path == ".." {
			return err
		}
		if slices.Contains(imports(t, path), "scalecam/ui") {
			t.Errorf("%s imports the window", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNoC: no folder of ours with Go in it has C in it, too, which the go
// command refuses where it has a C compiler, as for the window, and passes over
// in every other build.
func TestNoC(t *testing.T) {
	folders := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return fs.SkipDir
		}
		if found, err := filepath.Glob(filepath.Join(path, "*.go")); err != nil || len(found) == 0 {
			return err
		}
		folders++
		for _, ending := range []string{"c", "cc", "cpp", "cxx", "m", "f", "swig"} {
			found, err := filepath.Glob(filepath.Join(path, "*."+ending))
			if err != nil {
				return err
			}
			for _, name := range found {
				t.Errorf("%s: the window cannot be built with it; a folder without Go is the place", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if folders < 30 {
		t.Errorf("%d folders looked into", folders)
	}
}
