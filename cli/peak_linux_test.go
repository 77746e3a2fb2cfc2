package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPeak: maps that take hundreds of runs of a network at its full size take less
// than 400 MB, by what the system says of the process at its highest.
func TestPeak(t *testing.T) {
	dir := t.TempDir()
	const most = 400 << 10 // kB
	picture := photo(t, dir, 640, 480)
	for _, args := range [][]string{{"--method", "score-cam", "--layer", "features.13"}, {"--method", "ablation-cam", "--layer", "stage3"}, {"--method", "occlusion"}} {
		cmd := program(t, append([]string{"cam", picture, "-n", "random:mobilenet-v2", "-o", filepath.Join(dir, "out")}, args...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var peak, err = 0, error(nil)
		for running := true; running; {
			select {
			case err = <-ended:
				running = false
			case <-time.After(2 * time.Millisecond):
				status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)) // which may have ended
				if _, after, found := strings.Cut(string(status), "VmHWM:"); found {
					_, _ = fmt.Sscan(after, &peak) // in kB; it only grows
				}
			}
		}
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		if peak == 0 || peak > most {
			t.Errorf("%v: %d MB at its highest", args, peak>>10)
		}
		t.Logf("%v: %d MB", args, peak>>10)
	}
}
