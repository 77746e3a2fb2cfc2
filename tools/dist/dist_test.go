package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil { // where the program is run
		panic(err)
	}
	os.Exit(m.Run())
}

var day = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// TestArchives: an archive holds the files as they are given, in one folder, with the
// release's date and nobody's name, whatever order they were made in.
func TestArchives(t *testing.T) {
	files := []entry{{"share/b.txt", 0o644, []byte("b")}, {"bin/scalecam", 0o755, bytes.Repeat([]byte("x"), 1e5)}, {"a.txt", 0o644, nil}}
	other := []entry{files[2], files[0], files[1]}
	want := []string{"f/a.txt", "f/bin/scalecam", "f/share/b.txt"}

	tar1, err := tarball("f", files, day)
	tar2, err2 := tarball("f", other, day.In(time.FixedZone("KST", 9*3600)))
	if err = errors.Join(err, err2); err != nil || !bytes.Equal(tar1, tar2) {
		t.Fatalf("two tars of the same files differ (%v)", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(tar1))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || !h.ModTime.Equal(day) || (h.Mode == 0o755) != (h.Name == "f/bin/scalecam") {
			t.Errorf("tar: %+v", h)
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("tar holds %q, not %q", names, want)
	}

	zip1, err := zipfile("f", files, day)
	zip2, err2 := zipfile("f", other, day)
	if err = errors.Join(err, err2); err != nil || !bytes.Equal(zip1, zip2) {
		t.Fatalf("two zips of the same files differ (%v)", err)
	}
	r, err := zip.NewReader(bytes.NewReader(zip1), int64(len(zip1)))
	if err != nil {
		t.Fatal(err)
	}
	names = nil
	for _, f := range r.File {
		names = append(names, f.Name)
		if !f.Modified.Equal(day) || (f.Mode() == 0o755) != (f.Name == "f/bin/scalecam") {
			t.Errorf("zip: %+v", f.FileHeader)
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("zip holds %q, not %q", names, want)
	}
}

// TestNotices: the notices have the licences of what no module file names: fonts in
// folders of their own, sources in C, decoders, weights, pictures; and each system's its own.
func TestNotices(t *testing.T) {
	for _, c := range []struct {
		target         target
		wanted, unlike []string
	}{
		{target{"linux", "amd64", true},
			[]string{"fyne.io/fyne/v2 v", "LICENSE_Inter.txt", "LICENSE_EmojiOneColor.txt", "Camilla Löwy", "github.com/rymdport/portal"},
			[]string{"mousetrap", "mingw-w64's run-time"}},
		{target{"windows", "amd64", true}, []string{"mingw-w64's run-time library", "github.com/inconshreveable/mousetrap", "Camilla Löwy"}, []string{"rymdport"}},
		{target{"linux", "arm64", false}, []string{"gorgonia.org/gorgonia", "WordNet", "Noto Sans CJK", "Soumith Chintala", "GNU LESSER GENERAL PUBLIC LICENSE", "Rich Felker", "TensorFlow"}, []string{"fyne.io", "mingw-w64's run-time"}},
	} {
		text, err := c.target.notices()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.wanted {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q in the notices", c.target, want)
			}
		}
		for _, not := range c.unlike {
			if strings.Contains(string(text), not) {
				t.Errorf("%s: the notices have %q", c.target, not)
			}
		}
	}
}

// TestWorks: each licence and notice in the tree is one of a work's.
func TestWorks(t *testing.T) {
	named := map[string]bool{"LICENSE": true} // our own
	for _, e := range works {
		if len(e.texts) == 0 {
			t.Errorf("%s has no licence", e.name)
		}
		for _, name := range e.texts {
			named[name] = true
		}
	}
	for _, folder := range []string{"assets", "picture", "ui", "compare", "tools"} {
		err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			name := filepath.ToSlash(path)
			if err == nil && !d.IsDir() && !named[name] && (licence.MatchString(d.Name()) && filepath.Ext(name) != ".go" || strings.Contains(name, "licences/") || strings.HasSuffix(name, ".NOTICE")) {
				t.Errorf("%s is of no work in works", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestLicences: of a module's licences those of what is linked are taken, and a module
// without any is an error.
func TestLicences(t *testing.T) {
	m := &module{Path: "example.com/m", Dir: t.TempDir()}
	for _, name := range []string{"LICENSE", "linked/COPYING.txt", "linked/c/LICENSE.md", "linked/c/x.c", "linked/sub/LICENSE", "linked/sub/sub.go", "linked/testdata/LICENSE", "other/NOTICE", "linked/license.go"} {
		path := filepath.Join(m.Dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	m.packages = map[string]bool{filepath.Join(m.Dir, "linked"): true}
	got, err := m.licences()
	if want := []string{"LICENSE", "linked/COPYING.txt", "linked/c/LICENSE.md"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("licences %q, %v; want %q", got, err, want)
	}
	m.Dir = t.TempDir()
	if _, err := m.licences(); err == nil || !strings.Contains(err.Error(), "example.com/m has no file with its licence") {
		t.Errorf("a module without a licence: %v", err)
	}
}

// TestBill: a bill of materials has the release's date, what no module has, and the
// licence of those that are taken for others.
func TestBill(t *testing.T) {
	r := release{version: "0.1.0", date: day}
	text, err := r.completed(target{"windows", "amd64", true}, []byte(`{"metadata":{"timestamp":"now","component":{"name":"scalecam"}},"components":[{"name":"a module","evidence":{}},{"name":"golang.org/x/image","evidence":{"licenses":[{"license":{"id":"BSD-Source-Code"}}]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		Metadata struct {
			Timestamp string
			Component struct{ Licenses []struct{ Expression string } }
		}
		Components []struct {
			Name, Type, Version string
			Evidence            any
			Licenses            []struct{ Expression string }
		}
	}
	if err := json.Unmarshal(text, &bill); err != nil {
		t.Fatal(err)
	}
	if bill.Metadata.Timestamp != "2026-11-30T12:00:00Z" || len(bill.Components) != 2+len(works) || bill.Components[0].Name != "a module" {
		t.Errorf("%s", text)
	}
	if m, x, us := bill.Components[0], bill.Components[1], bill.Metadata.Component; m.Evidence == nil || x.Evidence != nil || len(x.Licenses) != 1 || x.Licenses[0].Expression != "BSD-3-Clause" || len(us.Licenses) != 1 || us.Licenses[0].Expression != "MIT" {
		t.Errorf("licences: %s", text)
	}
	if _, err := r.completed(targets[0], []byte(`{}`)); err == nil {
		t.Error("a bill without components is taken")
	}
}

// TestDebian: licences and change log lie where Debian's policy has them.
func TestDebian(t *testing.T) {
	files, err := documents([]byte("THEIRS"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i].name = "share/doc/scalecam/" + files[i].name
	}
	names := map[string]string{}
	for _, f := range debian(target{"linux", "amd64", true}, files) {
		names[f.name] = string(f.data)
	}
	text := names["share/doc/scalecam/copyright"]
	if len(names) != 2 || !strings.HasPrefix(text, "MIT License") || !strings.HasSuffix(text, "THEIRS") || names["share/doc/scalecam/NEWS.gz"] == "" {
		t.Errorf("%d files, copyright %.60q", len(names), text)
	}
}

// TestDesktop: what desktops read is of this program, names files that are packed, and
// has no place left empty.
func TestDesktop(t *testing.T) {
	fyneApp, err := os.ReadFile("FyneApp.toml")
	if err != nil || !strings.Contains(string(fyneApp), `ID = "`+id+`"`) {
		t.Errorf("FyneApp.toml has another ID than %s (%v)", id, err)
	}
	r := release{version: "0.1.0", date: day}
	program := filepath.Join(t.TempDir(), "scalecam")
	if err := os.WriteFile(program, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := r.unixTree(target{"linux", "amd64", true}, program, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	packed := map[string]string{}
	for _, f := range files {
		packed[f.name] = string(f.data)
	}
	entry := packed["share/applications/"+id+".desktop"]
	for _, want := range []string{"\nIcon=" + id + "\n", "\nExec=scalecam %F\n", "\nType=Application\n"} {
		if !strings.Contains(entry, want) {
			t.Errorf("no %q in the desktop entry", want)
		}
	}
	var info struct {
		ID         string `xml:"id"`
		Launchable string `xml:"launchable"`
		Release    struct {
			Version string `xml:"version,attr"`
			Date    string `xml:"date,attr"`
		} `xml:"releases>release"`
	}
	if err := xml.Unmarshal([]byte(packed["share/metainfo/"+id+".metainfo.xml"]), &info); err != nil {
		t.Fatal(err)
	}
	if info.ID != id || info.Launchable != id+".desktop" || info.Release.Version != "0.1.0" || info.Release.Date != "2026-11-30" {
		t.Errorf("%+v", info)
	}
	for _, name := range []string{"share/icons/hicolor/48x48/apps/" + id + ".png", "share/icons/hicolor/512x512/apps/" + id + ".png", "bin/scalecam"} {
		if packed[name] == "" {
			t.Errorf("no %s", name)
		}
	}
}

// TestNeeds: a static program needs nothing.
func TestNeeds(t *testing.T) {
	program := filepath.Join(t.TempDir(), "man")
	if err := goTool(append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux"), "build", "-o", program, "./tools/man"); err != nil {
		t.Fatal(err)
	}
	if got, err := needs(program); err != nil || len(got) > 0 {
		t.Errorf("a static program needs %q (%v)", got, err)
	}
}

// TestChoose: targets by their names; the error names them all.
func TestChoose(t *testing.T) {
	got, err := choose([]string{"headless-linux-arm64"})
	if err != nil || len(got) != 1 || got[0] != (target{"linux", "arm64", false}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := choose([]string{"beos"}); err == nil || !strings.Contains(err.Error(), "headless-windows-amd64") {
		t.Errorf("beos: %v", err)
	}
}

// TestFull: a folder with something in it is left as it is.
func TestFull(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "0")
	if err := run(folder, false, nil); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a full folder: %v", err)
	}
}
