package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/cli"
	"scalecam/network/kernel"
)

func pages(t *testing.T) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "man1")
	if err := run([]string{dir}, "1796000000"); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(data)
	}
	return all
}

// TestPages: each command has its page, with all of its options, of the date that was
// stated, and nothing of this machine.
func TestPages(t *testing.T) {
	all := pages(t)
	var visit func(c *cobra.Command)
	count := 0
	visit = func(c *cobra.Command) {
		count++
		text := all[name(c)+".1"]
		if !strings.HasPrefix(text, `.TH "`+strings.ToUpper(name(c))+`" "1" "2026-11-30" "Scalecam `) {
			t.Errorf("%s begins with %.60q", name(c), text)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(text, `\fB\-\-`+strings.ReplaceAll(f.Name, "-", `\-`)+`\fR`) {
				t.Errorf("%s does not have --%s", name(c), f.Name)
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(cli.Commands())
	if count < 20 || len(all) != count {
		t.Errorf("%d pages of %d commands", len(all), count)
	}
	macro := regexp.MustCompile(`(?m)^[.'](TH|SH|TP|PP|nf|fi|BR)?`)
	for file, text := range all {
		for _, found := range macro.FindAllStringSubmatch(text, -1) {
			if found[1] == "" {
				t.Errorf("%s has a line that roff takes for a macro", file)
			}
		}
	}
	// The options' defaults are of this machine in the program's own help.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(7))
	defer func(before string) {
		if err := kernel.UseInstructionSet(before); err != nil {
			t.Error(err)
		}
	}(kernel.CurrentInstructionSet())
	if err := kernel.UseInstructionSet("portable"); err != nil {
		t.Fatal(err)
	}
	for file, text := range pages(t) {
		if text != all[file] {
			t.Errorf("%s is another on another machine", file)
		}
	}
}

// TestLint: mandoc, where it is installed, finds no fault.
func TestLint(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("mandoc is not installed")
	}
	for file, text := range pages(t) {
		lint := exec.Command("mandoc", "-Tlint", "-Wwarning")
		lint.Stdin = strings.NewReader(text)
		if out, err := lint.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		args  []string
		epoch string
		want  string
	}{
		{nil, "1", "name one folder"},
		{[]string{t.TempDir()}, "", "SOURCE_DATE_EPOCH"},
		{[]string{t.TempDir()}, "yesterday", "SOURCE_DATE_EPOCH"},
		{[]string{"main.go"}, "1", "main.go"},
	} {
		if err := run(c.args, c.epoch); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q of %q: %v", c.args, c.epoch, err)
		}
	}
}
