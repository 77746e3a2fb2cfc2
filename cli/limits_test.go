package cli

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestLittleMemory: where the system gives a process less than it would take,
// that is an error in one line, and not the exit status of wrong usage, which is
// also that of Go's runtime when it gets no memory.
func TestLittleMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems do not limit a process's address space")
	}
	limited := func(args ...string) (stdout, stderr string, status int) {
		cmd := program(t, args...)
		const kib = "1640000" // Go's runtime takes 1.3 million of it for itself, more where many threads wait, and the program with what is embedded 65 thousand
		cmd.Args = append([]string{"sh", "-c", "ulimit -v " + kib + ` && exec "$0" "$@"`}, cmd.Args...)
		cmd.Path = "/bin/sh"
		var out, err bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &err
		if err := cmd.Run(); err != nil {
			if _, ran := err.(*exec.ExitError); !ran {
				t.Skip(err)
			}
		}
		return out.String(), err.String(), cmd.ProcessState.ExitCode()
	}
	dir := t.TempDir()
	if _, _, status := limited("describe", "efficientnet-b0"); status != 0 {
		t.Skip("the program needs more in order to start, as under the race detector")
	}
	large := photo(t, dir, 8000, 8000)
	for _, args := range [][]string{
		{"compare", "-n", "random:efficientnet-b7", "-o", filepath.Join(dir, "figure.png")},
		{"compare", large, "-n", small, "-o", filepath.Join(dir, "figure.png")},
		{"cam", large, "-n", small, "-o", filepath.Join(dir, "maps")},
		{"classify", large, "-n", small},
		{"bench", "-n", "random:efficientnet-b7"},
		{"train", "--data", "scenes", "--resolution", "512", "-o", filepath.Join(dir, "trained")},
	} {
		stdout, stderr, status := limited(args...)
		lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
		if args[0] == "classify" {
			lines = lines[1:] // a note that the network is untrained
		}
		if status != 1 || stdout != "" || len(lines) != 1 || !strings.Contains(stderr, " GiB") {
			t.Errorf("scalecam %q: status %d, %.300q, %.500q; want a line that says how much memory it would take", args, status, stdout, stderr)
		}
	}
	if stdout, stderr, status := limited("classify", "scene:35", "-n", "scenes:baseline"); status != 0 || stdout == "" {
		t.Errorf("a small network: status %d, %q", status, stderr)
	}
}
