// Command dist builds what a release is made of, into the folder dist: programs for
// each system, packages, bills of materials and checksums. It is what `make dist` runs.
//
//	go run ./tools/dist [-o FOLDER] [-strict] [NAME…]
//
// NAMEs choose among the programs, such as linux-amd64 or headless-windows-amd64. What
// this machine lacks a compiler for is left out, and said so; -strict makes that an
// error. The same commit, Go and C compilers give the same bytes, in any folder.
package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"scalecam/version"
)

// target is a program for a system.
type target struct {
	os, arch string
	window   bool // with its window, which needs a C compiler for the system
}

var targets = []target{
	{"linux", "amd64", true},
	{"linux", "arm64", true},
	{"windows", "amd64", true},
	{"darwin", "arm64", true},
	{"darwin", "amd64", true},
	{"linux", "amd64", false},
	{"linux", "arm64", false},
	{"windows", "amd64", false},
	{"darwin", "arm64", false},
	{"darwin", "amd64", false},
}

// String is the target's name: "linux-amd64", or "headless-linux-amd64" without the
// window.
func (t target) String() string {
	name := t.os + "-" + t.arch
	if !t.window {
		name = "headless-" + name
	}
	return name
}

// product is what the target's program and package are called.
func (t target) product() string {
	if t.window {
		return "scalecam"
	}
	return "scalecam-headless"
}

// folder is the one folder in the target's archive, and the archive's name.
func (t target) folder(r release) string {
	return fmt.Sprintf("%s-%s-%s-%s", t.product(), r.version, t.os, t.arch)
}

// release is what all targets have in common.
type release struct {
	version string    // "0.1.0", or "0.1.0-dev" where the tree is not that of a commit
	commit  string    // "" where the tree is not that of a commit
	date    time.Time // of the commit: what every file in an archive is dated
	out     string    // where the products go
	work    string    // a folder for what is in between
}

func main() {
	out := flag.String("o", "dist", "`folder` for what is built")
	strict := flag.Bool("strict", false, "fail where something has to be left out")
	flag.Parse()
	if err := run(*out, *strict, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(out string, strict bool, names []string) error {
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	r, err := about(out)
	if err != nil {
		return err
	}
	if r.work, err = os.MkdirTemp("", "scalecam-dist-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	if there, err := os.ReadDir(r.out); err != nil || len(there) > 0 {
		return cmp.Or(err, fmt.Errorf("the folder %s is not empty, and what is in there would be taken for this version's", r.out))
	}
	texts, err := commandTexts(r)
	if err != nil {
		return err
	}
	var left []string
	for _, t := range chosen {
		if why := t.lacks(); why != "" {
			left = append(left, fmt.Sprintf("%s: %s", t, why))
			continue
		}
		fmt.Println(t)
		if err := r.make(t, texts); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	if err := r.sums(); err != nil {
		return err
	}
	for _, l := range left {
		fmt.Println("left out:", l)
	}
	if strict && len(left) > 0 {
		return errors.New("not everything could be built here")
	}
	return nil
}

func choose(names []string) ([]target, error) {
	if len(names) == 0 {
		return targets, nil
	}
	var chosen []target
	for _, name := range names {
		i := slices.IndexFunc(targets, func(t target) bool { return t.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no target %q; there are %v", name, targets)
		}
		chosen = append(chosen, targets[i])
	}
	return chosen, nil
}

// about finds out what is released: the commit, where the tree is exactly that.
func about(out string) (release, error) {
	r := release{version: version.Number, out: out}
	changes, err := output("git", "status", "--porcelain")
	if err == nil && changes == "" {
		r.commit, err = output("git", "rev-parse", "HEAD")
	}
	if err != nil || changes != "" {
		r.version += "-dev"
		fmt.Println("The tree is not exactly that of a commit: this is", r.version)
	}
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		if epoch, err = output("git", "log", "-1", "--format=%ct"); err != nil {
			return release{}, fmt.Errorf("the date of the source is not known; without git, set SOURCE_DATE_EPOCH to it, in seconds since 1970 (%w)", err)
		}
	}
	var seconds int64
	if _, err := fmt.Sscan(epoch, &seconds); err != nil || seconds < 0 {
		return release{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q and should be seconds since 1970", epoch)
	}
	r.date = time.Unix(seconds, 0).UTC()
	return r, nil
}

// make builds a target's program and packs it.
func (r release) make(t target, texts []entry) error {
	program, err := r.build(t)
	if err != nil {
		return err
	}
	notices, err := t.notices()
	if err != nil {
		return err
	}
	if err := r.bill(t, program); err != nil {
		return err
	}
	switch t.os {
	case "windows":
		files, err := r.windowsTree(program, notices)
		if err != nil {
			return err
		}
		return r.zip(t.folder(r), files)
	case "darwin":
		files, err := r.darwinTree(t, program, notices, texts)
		if err != nil {
			return err
		}
		return r.tar(t.folder(r), files)
	}
	files, err := r.unixTree(t, program, notices, texts)
	if err != nil {
		return err
	}
	if err := r.tar(t.folder(r), files); err != nil {
		return err
	}
	return r.deb(t, program, files)
}

// sums writes SHA256SUMS, as sha256sum -c reads it.
func (r release) sums() error {
	names, err := filepath.Glob(filepath.Join(r.out, "*"))
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(data), filepath.Base(name))
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(b.String()), 0o644)
}
