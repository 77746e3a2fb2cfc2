package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/network/kernel"
	"scalecam/version"
)

// TestVersion: the program says what it is, to people and to scripts.
func TestVersion(t *testing.T) {
	if got, want := ok(t, "--version"), version.Name()+"\n"; got != want {
		t.Errorf("--version prints %q, want %q", got, want)
	}
	text := ok(t, "version")
	for _, want := range []string{version.Name() + "\n", runtime.Version(), runtime.GOARCH, "without a window", kernel.CurrentInstructionSet(), "scalecam.network/1: published networks"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var a about
	if err := json.Unmarshal([]byte(ok(t, "version", "--json")), &a); err != nil {
		t.Fatal(err)
	}
	if a.Version != version.String() || a.Go != runtime.Version() || a.Window || a.Instructions.Used != a.Instructions.Processor[0] || !slices.Contains(a.Instructions.Program, a.Instructions.Used) || a.Schemas["files"] != 1.0 {
		t.Errorf("it says %+v", a)
	}
}

// TestWrittenBy: what is written says what wrote it, and a session that does not say, as
// older ones, is drawn as ever.
func TestWrittenBy(t *testing.T) {
	dir := t.TempDir()
	figure := filepath.Join(dir, "figure.png")
	ok(t, "compare", "scene:1", "-n", small, "-o", figure, "--json")
	ok(t, "compare", "scene:1", "-n", small, "-o", filepath.Join(dir, "page.html"))
	ok(t, "cam", "scene:1", "-n", small, "-o", dir)
	texts := map[string]string{
		"evaluate": ok(t, "evaluate", "-n", "scenes:baseline", "--count", "1", "--json"),
		"disagree": ok(t, "disagree", "scene:1", "-n", small, "-n", "scenes:baseline", "--json"),
		"erase":    ok(t, "erase", "scene:86", "-n", small, "--telling-part", "--json"),
	}
	for _, name := range []string{"figure.png", "figure.json", "cam.json", "page.html"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	says := `"program": "` + version.Name() + `"`
	for name, text := range texts {
		want := says
		switch filepath.Ext(name) {
		case ".png":
			want = "tEXtSoftware\x00" + version.Name()
		case ".html":
			want = `<meta name="generator" content="` + version.Name() + `">`
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q: %.300q", name, want, text)
		}
	}
	const session = `{"schema": 1, %"settings": {"pictures": ["scene:1"], "networks": [{"spec": "scenes:baseline"}], "class": "", "method": "cam", "scale": "own", "colormap": "inferno", "opacity": 0.7, "grey": false, "interpolation": "smooth", "command": ""}}`
	var drawn []string
	for _, by := range []string{"", `"program": "scalecam 0.0.1", `} {
		from, to := filepath.Join(dir, "view.scalecam"), filepath.Join(dir, "again.png")
		if err := os.WriteFile(from, []byte(strings.Replace(session, "%", by, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		ok(t, "compare", "--from", from, "-o", to)
		data, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		drawn = append(drawn, string(data))
	}
	if drawn[0] != drawn[1] || !strings.Contains(drawn[0], version.Name()) {
		t.Error("sessions of older versions are drawn otherwise, or by them")
	}
}

// TestMistyped: what is spelt wrongly is wrong usage, and its error says what was meant,
// in a program without a window, too.
func TestMistyped(t *testing.T) {
	for line, want := range map[string]string{
		"versoin":                       `there is no command and no picture "versoin"; did you mean version?`,
		"compare --colourmap inferno":   "unknown flag: --colourmap; the nearest is --colormap (see scalecam compare --help)",
		"describe efficientnet-b0 -q 2": "unknown shorthand flag: 'q' in -q",
		"networks add --al":             "unknown flag: --al; the nearest is --",
		"version now":                   `version takes no "now"`,
	} {
		if _, stderr, status := call(strings.Split(line, " ")...); status != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("scalecam %s: status %d, %q; want %q", line, status, stderr, want)
		}
	}
}
