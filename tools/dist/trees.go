package main

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/assets"
)

// id is the program's, by which desktops know it (main.go has it, too).
const id = "io.scalecam.scalecam"

// documents are what lies beside every program.
func documents(notices []byte) ([]entry, error) {
	mit, err := os.ReadFile("LICENSE")
	if err != nil {
		return nil, err
	}
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return nil, err
	}
	return []entry{{"LICENSE.txt", 0o644, mit}, {"THIRD-PARTY-NOTICES.txt", 0o644, notices}, {"CHANGELOG.md", 0o644, changes}}, nil
}

// windowsTree are the files of Windows' archives: all in one folder.
func (r release) windowsTree(program string, notices []byte) ([]entry, error) {
	exe, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	files, err := documents(notices)
	return append(files, entry{"scalecam.exe", 0o755, exe}), err
}

// unixTree are the files of a program as they lie beneath /usr, /usr/local or ~/.local.
func (r release) unixTree(t target, program string, notices []byte, texts []entry) ([]entry, error) {
	exe, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	beside, err := documents(notices)
	if err != nil {
		return nil, err
	}
	files := append(slices.Clone(texts), entry{"bin/scalecam", 0o755, exe})
	for _, f := range beside {
		files = append(files, entry{"share/doc/" + t.product() + "/" + f.name, f.mode, f.data})
	}
	if !t.window || t.os != "linux" {
		return files, nil
	}
	for _, f := range []struct{ folder, name string }{
		{"applications", id + ".desktop"},
		{"metainfo", id + ".metainfo.xml"},
	} {
		text, err := os.ReadFile(filepath.Join("tools/dist/linux", f.name))
		if err != nil {
			return nil, err
		}
		files = append(files, entry{"share/" + f.folder + "/" + f.name, 0o644, r.dated(text)})
	}
	for _, side := range []int{32, 48, 64, 128, 256, 512} {
		picture := assets.Icon
		if side != 512 {
			if picture, err = icon(side); err != nil {
				return nil, err
			}
		}
		files = append(files, entry{fmt.Sprintf("share/icons/hicolor/%dx%d/apps/%s.png", side, side, id), 0o644, picture})
	}
	return files, nil
}

// dated puts version and date of the release into a text.
func (r release) dated(text []byte) []byte {
	return []byte(strings.NewReplacer("@VERSION@", r.version, "@DATE@", r.date.Format("2006-01-02")).Replace(string(text)))
}

// darwinTree are the files of macOS's archives: the window's is an application.
func (r release) darwinTree(t target, program string, notices []byte, texts []entry) ([]entry, error) {
	if !t.window {
		return r.unixTree(t, program, notices, texts)
	}
	// fyne writes Scalecam.app where it runs, counts builds in a FyneApp.toml there, and
	// wants a program's source beside it, though it packs the one that is built.
	folder := filepath.Join(r.work, t.String(), "app")
	picture := filepath.Join(folder, "icon.png")
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(picture, assets.Icon, 0o644),
		os.WriteFile(filepath.Join(folder, "main.go"), []byte("package main\n"), 0o644)); err != nil {
		return nil, err
	}
	number, _, _ := strings.Cut(r.version, "-")
	pack := exec.Command("go", "run", fyne, "package", "--os", "darwin", "--executable", program,
		"--name", "Scalecam", "--app-id", id, "--app-version", number, "--icon", picture, "--release")
	pack.Dir, pack.Stderr = folder, os.Stderr
	if err := pack.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", pack, err)
	}
	app := filepath.Join(folder, "Scalecam.app")
	files, err := documents(notices)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(app, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data = bytes.ReplaceAll(data, []byte("<string>public.app-category.</string>"), []byte("<string>public.app-category.education</string>"))
		mode := os.FileMode(0o644)
		if filepath.Base(filepath.Dir(path)) == "MacOS" {
			mode = 0o755
		}
		name, err := filepath.Rel(folder, path)
		files = append(files, entry{filepath.ToSlash(name), mode, data})
		return err
	})
	return files, err
}

// packages are Debian's for the libraries that programs may be linked with, or open by
// name, as GLFW does. Others that are linked are an error, so that no package says too
// little of what it needs.
var packages = map[string]string{
	"libGL.so.1": "libgl1", "libX11.so.6": "libx11-6", "libXcursor.so.1": "libxcursor1",
	"libXrandr.so.2": "libxrandr2", "libXinerama.so.1": "libxinerama1", "libXi.so.6": "libxi6",
	"libXext.so.6": "libxext6", "libXrender.so.1": "libxrender1", "libX11-xcb.so.1": "libx11-xcb1",
	"libXxf86vm.so.1": "libxxf86vm1", "libxkbcommon.so.0": "libxkbcommon0",
	"libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0",
	"libwayland-egl.so.1": "libwayland-egl1",
}

// libc are the files of the C library, whose symbols say which version they are of.
var libc = []string{"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}

// needs are the Debian packages that a program is linked with or names a library of, with
// the C library's version.
func needs(program string) ([]string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) == 0 {
		return nil, err
	}
	found := map[string]bool{}
	for _, name := range libraries {
		switch p, known := packages[name]; {
		case known:
			found[p] = true
		case !slices.Contains(libc, name):
			return nil, fmt.Errorf("the program is linked with %s; which package has it is to be added to packages (tools/dist/trees.go)", name)
		}
	}
	text, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	for name, p := range packages {
		if bytes.Contains(text, []byte(name+"\x00")) {
			found[p] = true
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	var newest [2]int
	for _, s := range symbols {
		var v [2]int
		if n, _ := fmt.Sscanf(s.Version, "GLIBC_%d.%d", &v[0], &v[1]); n == 2 && slices.Compare(v[:], newest[:]) > 0 {
			newest = v
		}
	}
	return append(slices.Sorted(maps.Keys(found)), fmt.Sprintf("libc6 (>= %d.%d)", newest[0], newest[1])), nil
}

// deb packs a program for Debian and what descends from it.
func (r release) deb(t target, program string, files []entry) error {
	depends, err := needs(program)
	if err != nil {
		return err
	}
	other := target{t.os, t.arch, !t.window}.product()
	folder := filepath.Join(r.work, t.String(), "deb")
	var contents []map[string]any
	for _, f := range debian(t, files) {
		path := filepath.Join(folder, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			return err
		}
		contents = append(contents, map[string]any{"src": path, "dst": "/usr/" + f.name,
			"file_info": map[string]any{"mode": f.mode, "mtime": r.date, "owner": "root", "group": "root"}})
	}
	settings := map[string]any{
		"name": t.product(), "arch": t.arch, "version": r.version, "version_schema": "semver", "mtime": r.date,
		"maintainer": "The Scalecam authors <scalecam@scalecam.invalid>", "section": "science",
		"description": "class activation maps of scaled networks, side by side\n" +
			"Scalecam shows what scaling does to a network's attention: it runs a picture\n" +
			"through convolutional networks scaled in depth, width and resolution, and lays\n" +
			"their class activation maps side by side. Three packs of networks come with it;\n" +
			"weights of torchvision, timm and others are read." + map[bool]string{false: "\nThis package has the commands alone, without the window."}[t.window],
		"depends": depends, "conflicts": []string{other}, "replaces": []string{other},
		"contents": contents, // compressed by gzip: xz takes minutes over weights, which hardly shrink
	}
	if t.window {
		settings["recommends"] = []string{"zenity"} // the system's dialogs for files
	}
	config := filepath.Join(folder, "nfpm.json") // JSON is YAML
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return err
	}
	name := fmt.Sprintf("%s_%s_%s.deb", t.product(), strings.ReplaceAll(r.version, "-", "~"), t.arch)
	return goTool(os.Environ(), "run", nfpm, "package", "--config", config, "--packager", "deb", "--target", filepath.Join(r.out, name))
}

// debian are the files as Debian's policy wants them: licences in one file "copyright",
// the change log compressed, zsh's completion in its own folder.
func debian(t target, files []entry) []entry {
	folder := "share/doc/" + t.product() + "/"
	var out []entry
	copyright := entry{folder + "copyright", 0o644, nil}
	for _, f := range files {
		switch f.name {
		case folder + "LICENSE.txt":
			copyright.data = append(slices.Concat(f.data, []byte("\n")), copyright.data...)
		case folder + "THIRD-PARTY-NOTICES.txt":
			copyright.data = append(copyright.data, f.data...)
		case folder + "CHANGELOG.md":
			out = append(out, entry{folder + "NEWS.gz", f.mode, gzipped(f.data)})
		case "share/zsh/site-functions/_scalecam":
			out = append(out, entry{"share/zsh/vendor-completions/_scalecam", f.mode, f.data})
		default:
			out = append(out, f)
		}
	}
	return append(out, copyright)
}

// gzipped is a text compressed, without name and time.
func gzipped(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one
	_, _ = z.Write(text)                                  // a Buffer takes all
	_ = z.Close()
	return b.Bytes()
}
