package train

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
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
	if !bytes.Equal(final(t, whole), final(t, r)) {
		t.Error("killed and taken up, other weights")
	}
	if len(got) != len(want) {
		t.Fatalf("%d epochs, want %d", len(got), len(want))
	}
	for i := range want {
		got[i].Seconds, got[i].ImagesASecond = want[i].Seconds, want[i].ImagesASecond
		if got[i] != want[i] {
			t.Errorf("epoch %d: %+v, want %+v", i+1, got[i], want[i])
		}
	}
	t.Logf("%d kills, %d files left half written beside their place", kills, torn)
}
