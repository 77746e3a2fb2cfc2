package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"scalecam/file"
)

// TestKilled: a run that is killed ten times, in the middle of epochs and, since
// it saves after every step, of a checkpoint's writing, ends in the bytes of one
// that never was, log and all but the times.
func TestKilled(t *testing.T) {
	const folder = "SCALECAM_KILLED"
	long := func(dir string) *Run {
		r := run(t, dir)
		r.Recipe.Epochs = 30
		return r
	}
	if dir := os.Getenv(folder); dir != "" { // the process to kill
		between = 0
		if _, err := long(dir).Do(context.Background()); err != nil {
			t.Fatal(err)
		}
		return
	}
	whole := long(t.TempDir())
	want, err := whole.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	kills, torn := 0, 0
	for kills < 10 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), folder+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
			t.Fatalf("it ended after %d kills; give it more epochs", kills)
		case <-time.After(time.Duration(40+rng.IntN(120)) * time.Millisecond):
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
			kills++
		}
		left, err := filepath.Glob(filepath.Join(dir, ".scalecam-*"))
		if err != nil {
			t.Fatal(err)
		}
		torn = len(left)
	}
	r := long(dir)
	got, err := r.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, whole, want, r, got)
	t.Logf("%d kills, %d files left half written beside their place", kills, torn)
}

// same: a run ended as another did, all but its times, and so do its files say.
func same(t *testing.T, whole *Run, want []Epoch, r *Run, got []Epoch) {
	t.Helper()
	if !bytes.Equal(final(t, whole), final(t, r)) {
		t.Error("broken off and taken up, other weights")
	}
	if len(got) != len(want) {
		t.Fatalf("%d epochs, want %d", len(got), len(want))
	}
	data, err := os.ReadFile(r.path(".log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	log := json.NewDecoder(bytes.NewReader(data))
	for i, e := range got {
		var logged Epoch
		if err := log.Decode(&logged); err != nil || logged != e {
			t.Errorf("epoch %d is logged as %+v, %v; it was %+v", i+1, logged, err, e)
		}
		e.Seconds, e.ImagesASecond = want[i].Seconds, want[i].ImagesASecond
		if e != want[i] {
			t.Errorf("epoch %d: %+v, want %+v", i+1, e, want[i])
		}
	}
	if log.More() {
		t.Errorf("%d epochs and more in the log", len(got))
	}
}

// short is a run of few steps, which saves before every one of them.
func short(t *testing.T, dir string) *Run {
	t.Helper()
	before := between
	between = -1
	t.Cleanup(func() { between = before })
	r := run(t, dir)
	r.Recipe.Epochs, r.Train, r.Val = 2, blots{n: 16, classes: 3}, blots{n: 3, classes: 3}
	return r
}

// TestSavesBrokenOff: whichever call to the system fails in whichever save, or is
// the last before the process is killed, the same run goes on and ends in the
// same bytes.
func TestSavesBrokenOff(t *testing.T) {
	whole := short(t, t.TempDir())
	want, err := whole.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { file.Fault = nil }()
	const killed = "killed"
	for _, fails := range []bool{false, true} {
		for at := 1; ; at++ {
			r := short(t, t.TempDir())
			var failure error // nil: killed
			if fails {
				failure = [...]error{syscall.ENOSPC, syscall.EIO}[at%2]
			}
			calls, last := 0, ""
			file.Fault = func(call string) error {
				switch calls++; {
				case calls == at:
					last = call
					if failure != nil {
						return &fs.PathError{Op: call, Path: "beside", Err: failure}
					}
					fallthrough
				case calls > at && failure == nil:
					panic(killed)
				}
				return nil
			}
			_, err := func() (_ []Epoch, err error) {
				defer func() {
					if p := recover(); p != nil && p != killed {
						panic(p)
					}
				}()
				return r.Do(context.Background())
			}()
			file.Fault = nil
			if calls < at {
				if calls < 100 || err != nil {
					t.Errorf("%d calls alone, error %v", calls, err)
				}
				break
			}
			if failure != nil && (err == nil || !strings.Contains(err.Error(), "file: "+r.path("")) || strings.Contains(err.Error(), "beside")) {
				t.Errorf("%s, call %d, %v: error %v", last, at, failure, err)
			}
			got, err := short(t, r.Folder).Do(context.Background())
			if err != nil {
				t.Fatalf("%s, call %d, %v: it does not go on: %v", last, at, failure, err)
			}
			if same(t, whole, want, r, got); t.Failed() {
				t.Fatalf("%s, call %d, %v", last, at, failure)
			}
		}
	}
}

// TestKilledAtEveryCall: as TestSavesBrokenOff, of a process that strace kills
// before each of the calls to the system by which it reads and writes files, or
// whose calls it has fail.
func TestKilledAtEveryCall(t *testing.T) {
	const folder = "SCALECAM_TRACED"
	once := func(dir string) *Run {
		r := short(t, dir)
		r.Train = blots{n: 8, classes: 3} // a step an epoch
		return r
	}
	if dir := os.Getenv(folder); dir != "" { // the process to kill
		runtime.LockOSThread() // strace counts the calls of each thread
		if _, err := once(dir).Do(context.Background()); err != nil {
			t.Fatal(err)
		}
		return
	}
	strace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(strace, "-f", "-qq", "-e", "trace=none", "-e", "inject=fsync:error=EIO", "true").Run()
	}
	if err != nil {
		t.Skipf("without strace's fault injection: %v", err)
	}
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	whole := once(t.TempDir())
	want, err := whole.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	kills, errors := 0, 0
	for _, c := range []struct{ calls, with string }{
		{"openat", "signal=KILL"}, {"write", "signal=KILL"}, {"fsync", "signal=KILL"}, {"fchmod", "signal=KILL"}, {"close", "signal=KILL"},
		{"rename,renameat,renameat2", "signal=KILL"},
		{"write", "error=ENOSPC"}, {"fsync", "error=EIO"}, {"rename,renameat,renameat2", "error=EIO"},
	} {
		for at := 1; ; at++ {
			dir := t.TempDir()
			cmd := exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace="+c.calls, "-e", fmt.Sprintf("inject=%s:%s:when=%d", c.calls, c.with, at), os.Args[0], "-test.run=^TestKilledAtEveryCall$")
			cmd.Env = append(os.Environ(), folder+"="+dir)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Logf("%s, %s: %d times", c.calls, c.with, at-1)
				break // it has fewer calls of these
			}
			if strings.HasPrefix(c.with, "signal") {
				kills++
			} else {
				errors++
			}
			got, err := once(dir).Do(context.Background())
			if err != nil {
				t.Fatalf("%s, call %d, %s: %s; it does not go on: %v", c.calls, at, c.with, out, err)
			}
			if same(t, whole, want, once(dir), got); t.Failed() {
				t.Fatalf("%s, call %d, %s: %s", c.calls, at, c.with, out)
			}
		}
	}
	t.Logf("%d kills and %d errors", kills, errors)
}
