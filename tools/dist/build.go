package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/image/draw"

	"scalecam/assets"
)

// The tools of others that releases are made with, which go run builds.
const (
	nfpm      = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.42.0"
	cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"
	winres    = "github.com/tc-hib/go-winres@v0.3.3"
	fyne      = "fyne.io/tools/cmd/fyne@v1.7.4"
)

// mingw is the C compiler for Windows, as Debian calls it.
const mingw = "x86_64-w64-mingw32-gcc"

// tags are those that the target is built with.
func (t target) tags() string {
	if t.window {
		return "migrated_fynedo"
	}
	return "headless"
}

// lacks says what the target cannot be built for here; "" where it can.
func (t target) lacks() string {
	here := runtime.GOOS == t.os && runtime.GOARCH == t.arch
	switch {
	case !t.window:
		return ""
	case t.os == "windows":
		if _, err := exec.LookPath(mingw); err != nil && !here {
			return "there is no " + mingw + " (tools/deps.sh windows)"
		}
	case t.os == "darwin":
		if runtime.GOOS != "darwin" {
			return "Apple's tools are on Macs alone; .github/workflows/release.yml builds it there"
		}
	case !here:
		return "the C compiler here is not for " + t.arch + "; .github/workflows/release.yml builds it on such a machine"
	default:
		if err := exec.Command("tools/deps.sh").Run(); err != nil {
			return "the C compiler or headers that the window needs are not here (tools/deps.sh)"
		}
	}
	return ""
}

// environment is what the target's package list and build depend on.
func (t target) environment() []string {
	cgo := "0"
	if t.window {
		cgo = "1"
	}
	env := append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED="+cgo,
		"GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "CGO_CFLAGS=-O2", "CGO_LDFLAGS=")
	if t.window && t.os == "windows" && runtime.GOOS != "windows" {
		env = append(env, "CC="+mingw)
	}
	return env
}

// build builds the target's program, without whatever would tell one folder, moment or
// build from another, and returns its path.
func (r release) build(t target) (string, error) {
	program := filepath.Join(r.work, t.String(), t.executable())
	flags := "-s -w -buildid="
	if r.commit != "" {
		flags += " -X scalecam/version.release=" + r.commit
	}
	if t.os == "windows" {
		if t.window {
			flags += " -H windowsgui"
		}
		resource := "rsrc_windows_amd64.syso" // go build links what is called so
		if err := r.resource(t, resource); err != nil {
			return "", err
		}
		defer os.Remove(resource)
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags", t.tags(), "-ldflags", flags}
	if t.arch == "arm64" {
		args = append(args, "-gcflags=all=-d=fmahash=qn") // as the Makefile does, and says why
	}
	return program, goTool(t.environment(), append(args, "-o", program, ".")...)
}

func (t target) executable() string {
	if t.os == "windows" {
		return "scalecam.exe"
	}
	return "scalecam"
}

// resource writes what Windows shows of the program: icon, version, and that it knows of
// screens of any density and of long paths.
func (r release) resource(t target, path string) error {
	name := "Scalecam"
	if !t.window {
		name += ", commands alone"
	}
	number := version4(r.version)
	const neutral, english = "0000", "0409"
	settings, err := json.Marshal(map[string]any{
		"RT_GROUP_ICON": map[string]any{"APP": map[string]any{neutral: "icon.png"}},
		"RT_MANIFEST": map[string]any{"#1": map[string]any{english: map[string]any{
			"description": "Class activation maps of scaled networks, side by side",
			"identity":    map[string]any{"name": "Scalecam", "version": number},
			// Fyne asks for the density itself, as its own packages do.
			"dpi-awareness": "per monitor v2", "execution-level": "as invoker", "minimum-os": "win10",
			"long-path-aware": true, "use-common-controls-v6": true,
		}}},
		"RT_VERSION": map[string]any{"#1": map[string]any{neutral: map[string]any{
			"fixed": map[string]any{"file_version": number, "product_version": number},
			"info": map[string]any{english: map[string]any{
				"FileDescription": name, "ProductName": "Scalecam", "OriginalFilename": t.executable(),
				"FileVersion": r.version, "ProductVersion": r.version, "LegalCopyright": "MIT licence",
			}},
		}}},
	})
	if err != nil {
		return err
	}
	folder := filepath.Join(r.work, t.String())
	if err := errors.Join(os.MkdirAll(folder, 0o755),
		os.WriteFile(filepath.Join(folder, "icon.png"), assets.Icon, 0o644),
		os.WriteFile(filepath.Join(folder, "winres.json"), settings, 0o644)); err != nil {
		return err
	}
	return goTool(os.Environ(), "run", winres, "make", "--in", filepath.Join(folder, "winres.json"),
		"--arch", t.arch, "--out", strings.TrimSuffix(path, "_windows_"+t.arch+".syso"))
}

// version4 is a version as Windows' resources have it: "0.1.0-dev" is 0.1.0.0.
func version4(version string) string {
	number, _, _ := strings.Cut(version, "-")
	return number + ".0"
}

// commandTexts are the manual pages and the completions of shells, which the program
// writes itself; they are one for all systems but Windows.
func commandTexts(r release) ([]entry, error) {
	program := filepath.Join(r.work, "scalecam")
	if err := goTool(os.Environ(), "build", "-tags", "headless", "-o", program, "."); err != nil {
		return nil, err
	}
	var texts []entry
	for shell, path := range map[string]string{
		"bash": "share/bash-completion/completions/scalecam",
		"zsh":  "share/zsh/site-functions/_scalecam",
		"fish": "share/fish/vendor_completions.d/scalecam.fish",
	} {
		text, err := exec.Command(program, "completion", shell).Output()
		if err != nil {
			return nil, fmt.Errorf("scalecam completion %s: %w", shell, err)
		}
		texts = append(texts, entry{path, 0o644, text})
	}
	pages := filepath.Join(r.work, "man")
	if err := goTool(append(os.Environ(), fmt.Sprint("SOURCE_DATE_EPOCH=", r.date.Unix())), "run", "-tags", "headless", "./tools/man", pages); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(pages, "*.1"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts = append(texts, entry{"share/man/man1/" + filepath.Base(name) + ".gz", 0o644, gzipped(text)})
	}
	return texts, nil
}

// icon is the program's icon at another size, as PNG.
func icon(side int) ([]byte, error) {
	source, err := png.Decode(bytes.NewReader(assets.Icon))
	if err != nil {
		return nil, err
	}
	scaled := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(scaled, scaled.Rect, source, source.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	err = png.Encode(&b, scaled)
	return b.Bytes(), err
}

// goTool runs the go command to its end, with what it says to be seen.
func goTool(env []string, args ...string) error {
	c := exec.Command("go", args...)
	c.Env, c.Stdout, c.Stderr = env, os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// output is the line that a program prints.
func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	return strings.TrimSpace(string(out)), err
}
