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
	"scalecam/network"
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

// short is a run of the smallest network in steps and epochs, which saves after
// each of the first epochs, and in later ones before every step, too.
func short(t testing.TB, dir string, steps, epochs, first int) *Run {
	t.Helper()
	net, err := network.New(network.EfficientNet64, network.Scaling{Depth: 0.1, Width: 0.1, Resolution: network.Square(8)}, network.SymmetricPadding, 3)
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, dir)
	r.Network, r.Recipe.Epochs, r.Train, r.Val = net, epochs, blots{n: 8 * steps, classes: 3}, blots{n: 3, classes: 3}
	before := between
	t.Cleanup(func() { between = before })
	between = time.Hour
	if first == 0 {
		between = -1
	}
	r.Report = func(p Progress) {
		if p.Finished != nil && p.Epoch == first {
			between = -1
		}
	}
	return r
}

// goOn is what the same run comes to that goes on in the folder.
func goOn(t *testing.T, r *Run) ([]Epoch, error) {
	t.Helper()
	again := *r
	again.Report = nil
	return again.Do(context.Background())
}

// TestSavesBrokenOff: whichever call to the system fails in whichever save, or is
// the last before the process is killed, the same run goes on and ends in the
// same bytes.
func TestSavesBrokenOff(t *testing.T) {
	defer func() { file.Fault = nil }()
	for _, c := range []struct{ epochs, first, calls int }{
		{1, 0, 40}, // the first save is of a checkpoint alone
		{2, 1, 80}, // the first save is of all files
	} {
		of := func(dir string) *Run { return short(t, dir, 2, c.epochs, c.first) }
		whole := of(t.TempDir())
		want, err := whole.Do(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, fails := range []bool{false, true} {
			for at := 1; ; at++ {
				r := of(t.TempDir())
				var failure error // nil: killed
				if fails {
					failure = [...]error{syscall.ENOSPC, syscall.EIO}[at%2]
				}
				calls, last, err := breakOff(r, at, failure)
				if calls < at {
					if calls < c.calls || err != nil {
						t.Errorf("%d calls alone, error %v", calls, err)
					}
					break
				}
				if failure != nil && (err == nil || !strings.Contains(err.Error(), "file: "+r.path("")) || strings.Contains(err.Error(), "beside")) {
					t.Errorf("%s, call %d, %v: error %v", last, at, failure, err)
				}
				got, err := goOn(t, r)
				if err != nil {
					t.Fatalf("%s, call %d, %v: it does not go on: %v", last, at, failure, err)
				}
				if same(t, whole, want, r, got); t.Failed() {
					t.Fatalf("%s, call %d, %v", last, at, failure)
				}
			}
		}
	}
}

// breakOff has a call of the run's saves fail, or ends the run there where
// failure is nil. It gives how many calls it made, and the broken one's name.
func breakOff(r *Run, at int, failure error) (calls int, last string, err error) {
	const killed = "killed"
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
	defer func() {
		file.Fault = nil
		if p := recover(); p != nil && p != killed {
			panic(p)
		}
	}()
	_, err = r.Do(context.Background())
	return calls, last, err
}

// TestKilledAtEveryCall: as TestSavesBrokenOff, of a process that strace kills
// before each of the calls to the system by which it reads and writes files, or
// whose calls it has fail.
func TestKilledAtEveryCall(t *testing.T) {
	const folder = "SCALECAM_TRACED"
	of := func(t *testing.T, dir string) *Run { return short(t, dir, 1, 2, 1) }
	if dir := os.Getenv(folder); dir != "" { // the process to kill
		runtime.LockOSThread() // strace counts the calls of each thread
		if _, err := of(t, dir).Do(context.Background()); err != nil {
			t.Fatal(err)
		}
		return
	}
	strace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "inject=openat,write,fsync,fchmod,close,renameat:error=EIO:when=1000", "true").Run()
	}
	if err != nil {
		t.Skipf("without strace's fault injection: %v", err)
	}
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	whole := of(t, t.TempDir())
	want, err := whole.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	const kill, least = "signal=KILL", 9 // 3 saves of 3 files
	for _, c := range []struct {
		call, fault string
		least       int
	}{
		{"openat", kill, 3 * least}, {"write", kill, least}, {"fsync", kill, 2 * least}, {"fchmod", kill, least - 3}, {"close", kill, 3 * least}, {"renameat", kill, least},
		{"write", "error=ENOSPC", least}, {"fsync", "error=EIO", 2 * least}, {"renameat", "error=EIO", least},
	} {
		t.Run(c.call+":"+c.fault, func(t *testing.T) {
			t.Parallel()
			for at := 1; ; at++ {
				dir := t.TempDir()
				inject := fmt.Sprintf("inject=%s:%s:when=%d", c.call, c.fault, at)
				cmd := exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace="+c.call, "-e", inject, os.Args[0], "-test.run=^TestKilledAtEveryCall$")
				cmd.Env = append(os.Environ(), folder+"="+dir)
				out, err := cmd.CombinedOutput()
				if err == nil { // it makes fewer such calls
					if at <= c.least {
						t.Errorf("%d calls alone: %s", at-1, out)
					}
					return
				}
				r := *whole
				r.Folder = dir
				got, err := goOn(t, &r)
				if err != nil {
					t.Fatalf("call %d: %s; it does not go on: %v", at, out, err)
				}
				if same(t, whole, want, &r, got); t.Failed() {
					t.Fatalf("call %d: %s", at, out)
				}
			}
		})
	}
}
