package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// embedded is a work of others that is in the program but is no Go module.
type embedded struct {
	name, version string
	licence       string // by SPDX
	texts         []string
	window        bool   // in programs with the window alone
	os            string // in programs for this system alone
}

// works are all of them; a test holds them to what is in the folders.
var works = []embedded{
	{"EfficientNet-Lite 0, 1 and 2 (weights)", "", "Apache-2.0", []string{"assets/packs/imagenet/NOTICE", "assets/packs/imagenet/LICENSE"}, false, ""},
	{"classifiers of everyday things (weights)", "", "Apache-2.0", []string{"assets/packs/everyday/NOTICE", "assets/packs/everyday/LICENSE"}, false, ""},
	{"photographs of a cat and a cup", "", "CC0-1.0", []string{"assets/samples/NOTICE"}, false, ""},
	{"names of ImageNet's classes (torchvision, WordNet)", "", "BSD-3-Clause AND LicenseRef-WordNet-3.0", []string{"assets/classes/imagenet.NOTICE"}, false, ""},
	{"Noto Sans CJK KR (letters of Korean)", "2.004", "OFL-1.1", []string{"assets/fonts/LICENSE"}, false, ""},
	{"libjpeg-turbo", "2.1.5", "IJG AND BSD-3-Clause", []string{"picture/codec/licences/libjpeg-turbo.txt"}, false, ""},
	{"libtiff", "4.7.0", "libtiff", []string{"picture/codec/licences/libtiff.txt"}, false, ""},
	{"zlib", "1.2.13", "Zlib", []string{"picture/codec/licences/zlib.txt"}, false, ""},
	{"zstd", "1.5.7", "BSD-3-Clause", []string{"picture/codec/licences/zstd.txt"}, false, ""},
	{"liblzma", "5.4.1", "LicenseRef-public-domain", []string{"picture/codec/licences/liblzma.txt"}, false, ""},
	{"libwebp", "1.5.0", "BSD-3-Clause", []string{"picture/codec/licences/libwebp.txt"}, false, ""},
	{"libde265", "1.0.15", "LGPL-3.0-or-later", []string{"picture/codec/licences/libde265.txt"}, false, ""},
	{"dav1d", "1.5.1", "BSD-2-Clause", []string{"picture/codec/licences/dav1d.txt"}, false, ""},
	{"wasi-libc, with musl and cloudlibc", "0.0~git20220510.9886d3d", "CC0-1.0 AND MIT AND BSD-2-Clause", []string{"picture/codec/licences/wasi-libc.txt"}, false, ""},
	{"libc++ and compiler-rt of LLVM", "14.0.6", "Apache-2.0 WITH LLVM-exception", []string{"picture/codec/licences/llvm.txt"}, false, ""},
	{"mingw-w64's run-time library", "10.0.0", "ZPL-2.1 AND BSD-3-Clause", []string{"tools/dist/licences/mingw-w64.txt"}, true, "windows"},
}

// in says whether the target's program has the work in it.
func (e embedded) in(t target) bool {
	return (t.window || !e.window) && (e.os == "" || e.os == t.os)
}

// licence matches what files with licences and notices are called.
var licence = regexp.MustCompile(`(?i)^(un)?(licen[sc]e|copying|notice|patents|authors)([-_.].*)?$`)

// module is a Go module that a program is built of, with its linked packages' folders.
type module struct {
	Path, Version, Dir string
	packages           map[string]bool
}

// modules are those that the target's program is built of, by their paths.
func (t target) modules() ([]*module, error) {
	list := exec.Command("go", "list", "-deps", "-json=Dir,Module", "-tags", t.tags(), ".")
	list.Env = t.environment()
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := map[string]*module{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir    string
			Module *struct {
				Path, Version, Dir string
				Main               bool
				Replace            *struct{ Path, Version, Dir string }
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Module == nil || p.Module.Main { // Go's own library, or ours
			continue
		}
		if p.Module.Replace != nil {
			return nil, fmt.Errorf("module %s is replaced, which the notices do not know of", p.Module.Path)
		}
		m := found[p.Module.Path]
		if m == nil {
			m = &module{p.Module.Path, p.Module.Version, p.Module.Dir, map[string]bool{}}
			found[m.Path] = m
		}
		m.packages[p.Dir] = true
	}
	var all []*module
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[name])
	}
	return all, nil
}

// licences are the paths, within the module, of the licences and notices of what is
// linked: in the folders of linked packages, in those above, and in those below that
// hold no Go package (fonts, sources in C).
func (m *module) licences() ([]string, error) {
	tree := os.DirFS(m.Dir)
	var names []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !licence.MatchString(path.Base(name)) || strings.HasSuffix(name, ".go") {
			return err
		}
		if ok, err := m.linked(tree, path.Dir(name)); err != nil || !ok {
			return err
		}
		names = append(names, name)
		return nil
	})
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("module %s has no file with its licence", m.Path)
	}
	return names, err
}

func (m *module) linked(tree fs.FS, folder string) (bool, error) {
	full := filepath.Join(m.Dir, filepath.FromSlash(folder))
	for p := range m.packages {
		if p == full || folder == "." || strings.HasPrefix(p, full+string(filepath.Separator)) {
			return true, nil
		}
	}
	for ; folder != "."; folder = path.Dir(folder) {
		if m.packages[filepath.Join(m.Dir, filepath.FromSlash(folder))] {
			return true, nil
		}
		programs, err := fs.Glob(tree, folder+"/*.go")
		if err != nil || len(programs) > 0 || path.Base(folder) == "testdata" {
			return false, err
		}
	}
	return m.packages[m.Dir], nil
}

// notices are the licences of all that the target's program is made of, as one text.
func (t target) notices() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("Scalecam is made of works of others, each under its own licence:\n")
	heading := func(name, version string) {
		fmt.Fprintf(&b, "\n%s\n%s\n", strings.Repeat("=", 78), strings.TrimSpace(name+" "+version))
	}
	add := func(name string) error {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		fmt.Fprintf(&b, "\n--- %s\n\n%s\n", filepath.Base(name), bytes.TrimSpace(text))
		return nil
	}
	for _, e := range works {
		if !e.in(t) {
			continue
		}
		heading(e.name, e.version)
		fmt.Fprintf(&b, "Licence: %s\n", e.licence)
		for _, name := range e.texts {
			if err := add(name); err != nil {
				return nil, err
			}
		}
	}
	heading("Go's library", runtime.Version())
	goroot, err := output("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"LICENSE", "PATENTS"} {
		if err := add(filepath.Join(goroot, name)); err != nil {
			return nil, err
		}
	}
	modules, err := t.modules()
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		names, err := m.licences()
		if err != nil {
			return nil, err
		}
		heading(m.Path, m.Version)
		for _, name := range names {
			if err := add(filepath.Join(m.Dir, filepath.FromSlash(name))); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), nil
}
