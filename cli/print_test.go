package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// asProgram has the test's program be scalecam, in a process of its own.
const asProgram = "SCALECAM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Run(os.Args[1:], os.Stdout, os.Stderr, nil))
	}
	os.Exit(m.Run())
}

// evil is text from outside that clears the screen, turns what follows around,
// hides, begins lines of its own and, in bytes that are no UTF-8, colours what
// terminals of 8 bits show.
const evil = "a\x1b[2Jb\u202ec\u009bd\x9be\nscalecam: done\tf\rg\u2028h\u200bi\x7f"

// harmless tells what a terminal would do more with text than show it.
func harmless(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s printed what is no UTF-8: %q", what, text)
	}
	for _, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsGraphic(r) {
			t.Fatalf("%s printed %U: %q", what, r, text)
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "scalecam: done") {
			t.Errorf("%s printed a line of somebody else's: %q", what, text)
		}
	}
}

// TestPrintable: whatever names, files and sessions hold, nothing of it reaches
// the terminal but to be read, and JSON still decodes to what it is.
func TestPrintable(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("there, file names are not any bytes")
	}
	dir := filepath.Join(t.TempDir(), evil)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	picture := photo(t, dir, 20, 20)
	weights := filepath.Join(dir, evil+".safetensors")
	embedded, err := os.ReadFile("../assets/packs/scenes/baseline.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	write := func(path string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(weights, embedded)
	metadata := filepath.Join(dir, "metadata.safetensors")
	write(metadata, withMetadata(t, embedded, evil))
	broken := filepath.Join(dir, "broken.png")
	write(broken, []byte("none"))
	session, err := json.Marshal(map[string]any{"scalecam": 1, "method": "CAM", "pictures": []string{evil}, "networks": []map[string]any{{"spec": evil, "set": map[string]string{evil: evil}}}, "colormap": evil})
	if err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "session"), session)
	classes := folder(t, 3, evil, "red")
	recipe := filepath.Join(dir, "recipe")
	write(recipe, []byte(`{"batch": 2, "epochs": 1}`))
	for _, args := range [][]string{
		{evil},
		{"--" + evil},
		{"describe", evil},
		{"describe", weights},
		{"describe", metadata},
		{"describe", "--json", weights},
		{"describe", "efficientnet-b0", "--resolution", evil},
		{"compare", picture, "-n", small, "-o", filepath.Join(dir, evil+".png")},
		{"compare", evil, "-n", small},
		{"compare", broken, "-n", small},
		{"compare", picture, "-n", evil},
		{"compare", picture, "-n", small, "--class", evil},
		{"compare", picture, "-n", small, "--colormap", evil},
		{"compare", picture, "-n", small, "--set", evil},
		{"compare", picture, "-n", small, "--set", evil + "=" + evil},
		{"compare", picture, "-n", small, "-o", evil},
		{"compare", "--from", evil},
		{"compare", "--from", filepath.Join(dir, "session")},
		{"cam", picture, "-n", small, "-o", filepath.Join(dir, "maps")},
		{"cam", picture, "-n", small, "-o", broken},
		{"classify", picture, "-n", weights},
		{"classify", picture, broken, "-n", metadata},
		{"classify", picture, "-n", weights, "--json"},
		{"bench", "-n", weights, "--runs", "1"},
		{"bench", "-n", weights, "--runs", "1", "--json"},
		{"bench", evil},
		{"bench", "--instructions", evil},
		{"evaluate", "-n", weights, "--count", "2"},
		{"evaluate", "-n", weights, "--count", "2", "--json"},
		{"evaluate", "--pack", evil},
		{"train", "--data", classes, "--recipe", recipe, "--width", "0.5", "--resolution", "16", "-o", filepath.Join(dir, "trained")},
		{"train", "--data", evil, "-o", dir},
		{"train", "--data", classes, "--classes", evil, "-o", dir},
		{"train", "--data", classes, "--architecture", evil, "-o", dir},
		{"train", "--pack", evil, "-o", dir},
		{"train", "--pack", broken, "-o", dir},
	} {
		stdout, stderr, status := call(args...)
		what := fmt.Sprintf("scalecam %q", args)
		harmless(t, what, stdout)
		harmless(t, what, stderr)
		if (status == 0) != (stdout != "") && args[0] != "classify" { // which goes on after a broken picture
			t.Errorf("%q: status %d, printed %q", args, status, stdout)
		}
		if !strings.Contains(stdout+stderr, `\u001b[2J`) && !strings.Contains(stdout+stderr, `\x1b[2J`) && status != 0 {
			t.Errorf("%q: does not say the name: %q", args, stderr)
		}
	}
	var c classified
	stdout, _, _ := call("classify", picture, "-n", weights, "--json")
	if err := json.Unmarshal([]byte(stdout), &c); err != nil || string(c.Picture) != picture {
		t.Errorf("%q: %v, %q", stdout, err, c.Picture)
	}
}

// withMetadata is a safetensors file with one more entry of metadata, of such a
// key and value.
func withMetadata(t *testing.T, file []byte, text string) []byte {
	t.Helper()
	n := int(file[0]) | int(file[1])<<8 | int(file[2])<<16
	var header map[string]json.RawMessage
	var metadata map[string]string
	if err := errors.Join(json.Unmarshal(file[8:8+n], &header), json.Unmarshal(header["__metadata__"], &metadata)); err != nil {
		t.Fatal(err)
	}
	metadata[text] = text
	var err error
	if header["__metadata__"], err = json.Marshal(metadata); err != nil {
		t.Fatal(err)
	}
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return append(append([]byte{byte(len(h)), byte(len(h) >> 8), byte(len(h) >> 16), 0, 0, 0, 0, 0}, h...), file[8+n:]...)
}

// TestRewrite: the program's own sequences reach the terminal, nobody else's.
func TestRewrite(t *testing.T) {
	var b bytes.Buffer
	p := printer{w: &b}
	p.rewrite("%s (%d of %d)", "a\x1b[2J\n", 1, 2)
	p.rewrite("")
	if got, want := b.String(), "\r\x1b[Ka\\u001b[2J\\n (1 of 2)\r\x1b[K"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// full is a disk without room for more than some bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), f.left)
	if f.left -= n; n < len(b) {
		return n, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	}
	return n, nil
}

// late is a file of which the system says only when it is closed that it has no
// room.
type late struct{ full }

func (*late) Close() error { return syscall.ENOSPC }

// What stands in a command line for a folder that is not there yet, and for one with
// shards of a batch, which are gone once they are merged.
const somewhere, shards = "SOMEWHERE", "SHARDS"

// printing are command lines that print something, one at least of each command but
// those whose messages are all that they print.
func printing(t *testing.T) [][]string {
	cached(t)
	t.Setenv("SCALECAM_DATA", t.TempDir())
	dir := t.TempDir()
	picture := photo(t, dir, 20, 20)
	recipe := filepath.Join(dir, "recipe.json")
	if err := os.WriteFile(recipe, []byte(`{"batch": 2, "epochs": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	classes := folder(t, 12, "green", "red")
	weights := untaught(t, dir, "green", "red", "blue")
	lines := [][]string{
		{}, {"--help"}, {"--version"}, {"help", "train"}, {"version"}, {"version", "--json"},
		{"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"completion", "powershell"},
		{"describe", "efficientnet-b0"}, {"describe", "efficientnet-b0", "--json"}, {"describe", "scenes:baseline"},
		{"compare", picture, "-n", small, "-o", filepath.Join(dir, "figure.png"), "--json"},
		{"cam", picture, "-n", small, "-o", filepath.Join(dir, "maps")},
		{"classify", picture, "-n", "scenes:baseline"}, {"classify", picture, "-n", "scenes:baseline", "--json"},
		{"cam", picture, "-n", "imagenet:baseline", "--code"},
		{"erase", picture, "-n", small, "--region", "2,2,9,9"}, {"erase", picture, "-n", small, "--region", "2,2,9,9", "--json", "-o", filepath.Join(dir, "erased.png")},
		{"disagree", picture, "-n", small, "-n", small + ",seed=2", "--class", "3"}, {"disagree", picture, "-n", small, "-n", small + ",seed=2", "--class", "3", "--csv"},
		{"batch", picture, "-n", small, "-o", filepath.Join(dir, "whole")}, {"batch", "merge", shards},
		{"bench", "-n", small, "--runs", "1"}, {"bench", "-n", small, "--runs", "1", "--json"},
		{"evaluate", "-n", "scenes:baseline", "--count", "2"}, {"evaluate", "-n", "scenes:baseline", "--count", "2", "--json"},
		{"train", "--recipe", "default"},
		{"sweep", "scenes"}, {"sweep", "scenes", "-o", somewhere, "--show"},
		{"evaluate", "--data", classes, "-n", weights, "--mistakes"}, {"evaluate", "--data", classes, "-n", weights, "--mistakes", "--csv"},
		{"calibrate", "--data", classes, "-n", weights}, {"calibrate", "--data", classes, "-n", weights, "--json"},
		{"teach", classes, "-n", "scenes:baseline", "-o", somewhere},
		{"lesson", somewhere},
		{"networks"}, {"networks", "list"}, {"networks", "list", "--json"}, {"networks", "show", "resnet-18"}, {"networks", "path"},
		{"networks", "import", weights}, {"networks", "verify"}, {"networks", "verify", "--json"},
		{"train", "--data", classes, "--recipe", recipe, "--width", "0.5", "--resolution", "16", "-o", filepath.Join(dir, "trained")},
	}
	silent := []string{"networks add", "networks remove"}
	var each func(c *cobra.Command, path []string)
	each = func(c *cobra.Command, path []string) {
		lines = append(lines, append(slices.Clone(path), "--help"))
		name := strings.Join(path, " ")
		if c.Runnable() && !slices.Contains(silent, name) && !slices.ContainsFunc(lines, func(l []string) bool {
			return len(l) >= len(path) && slices.Equal(l[:len(path)], path) && l[len(l)-1] != "--help"
		}) {
			t.Errorf("no line prints what scalecam %s does", name)
		}
		for _, sub := range c.Commands() {
			each(sub, append(slices.Clone(path), sub.Name()))
		}
	}
	for _, c := range newRoot(nil).Commands() {
		each(c, []string{c.Name()})
	}
	return lines
}

// placed is a command line with folders in the places of those.
func placed(t *testing.T, args []string) []string {
	args = slices.Clone(args)
	for i, a := range args {
		if a == somewhere || a == shards {
			args[i] = filepath.Join(t.TempDir(), "new")
		}
		if a == shards {
			ok(t, "batch", "scene:1", "-n", small, "--shard", "1/1", "-o", args[i])
		}
	}
	return args
}

// TestFullOutput: what cannot be printed is an error, for every command, be it
// said at the first byte, in the middle or at the end.
func TestFullOutput(t *testing.T) {
	for _, args := range printing(t) {
		what := "scalecam " + strings.Join(args, " ")
		stdout, _, status := call(placed(t, args)...)
		if status != 0 || stdout == "" {
			t.Fatalf("%s: status %d and %q where there is room", what, status, stdout)
		}
		closed, err := os.Create(filepath.Join(t.TempDir(), "closed"))
		if err != nil {
			t.Fatal(err)
		}
		closed.Close()
		for name, w := range map[string]io.Writer{
			"full": &full{0}, "soon full": &full{len(stdout) - 1}, "late": &late{full{1 << 20}}, "closed": closed,
		} {
			if name == "soon full" && len(args) > 0 && args[0] == "bench" {
				continue // whose times never are as long again
			}
			var stderr bytes.Buffer
			status := Run(placed(t, args), w, &stderr, nil)
			lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
			last := lines[len(lines)-1]
			if status != 1 || !strings.HasPrefix(last, "scalecam: standard output cannot be written (") || strings.Contains(last, "/dev/stdout") {
				t.Errorf("%s > %s: status %d, %q", what, name, status, last)
			}
		}
	}
}

// program is scalecam in a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(me, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// TestOutputOfProcess: what the system says of a full disk, and of a pipe whose
// reader went away, of which nothing is said.
func TestOutputOfProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	disk, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer disk.Close()
	for _, args := range [][]string{{"--help"}, {"describe", "efficientnet-b0"}, {"describe", "efficientnet-b0", "--json"}} {
		var stderr bytes.Buffer
		cmd := program(t, args...)
		cmd.Stdout, cmd.Stderr = disk, &stderr
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%q > /dev/full: %v, %q", args, err, stderr.String())
		}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		stderr.Reset()
		cmd = program(t, args...)
		cmd.Stdout, cmd.Stderr = w, &stderr
		if err := cmd.Run(); err == nil || stderr.Len() > 0 {
			t.Errorf("%q | true: %v, %q", args, err, stderr.String())
		}
		w.Close()
	}
	// To a program in Go, a standard output that was closed before it began is /dev/null:
	// nothing is printed, and no file that is written gets into its place.
	figure := filepath.Join(t.TempDir(), "figure.png")
	cmd := program(t, "compare", "scene:1", "-n", small, "-o", figure)
	sh := exec.Command("sh", append([]string{"-c", `exec "$0" "$@" >&-`}, cmd.Args...)...)
	sh.Env = cmd.Env
	if said, err := sh.CombinedOutput(); err != nil {
		t.Errorf("with standard output closed: %v, %s", err, said)
	}
	if data, err := os.ReadFile(figure); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) || !bytes.HasSuffix(data, []byte("IEND\xaeB\x60\x82")) {
		t.Errorf("with standard output closed, the figure is not whole (%v)", err)
	}
	// With SIGPIPE ignored, as nohup and some parents have it, the pipe's error
	// is met instead.
	var stderr bytes.Buffer
	if status := Run([]string{"describe", "efficientnet-b0"}, pipeGone{}, &stderr, nil); status != 1 || stderr.Len() > 0 {
		t.Errorf("status %d, %q", status, stderr.String())
	}
}

type pipeGone struct{}

func (pipeGone) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}
