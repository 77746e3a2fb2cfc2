package file

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestLock: a folder has one holder at a time, and one that was killed holds it
// no more.
func TestLock(t *testing.T) {
	const folder = "SCALECAM_LOCKED"
	if dir := os.Getenv(folder); dir != "" { // the process to kill
		if _, err := Lock(dir); err != nil {
			t.Fatal(err)
		}
		runtime.GC() // closes no file that is locked
		runtime.GC()
		os.Stdout.WriteString("locked\n")
		select {}
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLock$")
	cmd.Env = append(os.Environ(), folder+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir+": another process") {
		t.Errorf("error %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it was not killed")
	}
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); err == nil {
		t.Error("it is locked twice")
	}
	release()
	onlyFiles(t, dir)
	if _, err := Lock(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "none cannot be locked") {
		t.Errorf("error %v", err)
	}
}

// TestLockManyTimes: who takes the lock just as another lets go of it has it
// alone.
func TestLockManyTimes(t *testing.T) {
	dir := t.TempDir()
	var holders, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				release, err := Lock(dir)
				if err != nil {
					continue
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold it", n)
				}
				taken.Add(1)
				holders.Add(-1)
				release()
			}
		})
	}
	wg.Wait()
	if taken.Load() < 100 {
		t.Errorf("taken %d times only", taken.Load())
	}
}
