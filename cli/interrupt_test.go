package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"scalecam/compare/record"
	"scalecam/dataset/scenes"
)

// TestSoon: what ctx ends is not waited for.
func TestSoon(t *testing.T) {
	if n, err := soon(t.Context(), func() (int, error) { return 7, nil }); n != 7 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	slow := errors.New("slow")
	if _, err := soon(t.Context(), func() (int, error) { return 0, slow }); !errors.Is(err, slow) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan struct{})
	defer close(end)
	n, err := soon(ctx, func() (int, error) {
		cancel()
		<-end
		return 7, nil
	})
	if n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d, %v", n, err)
	}
}

// TestOpenInterrupted: no further network is opened for whom nobody waits.
func TestOpenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := openEach(ctx, []record.NetworkSettings{{Spec: small}}); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("got %d networks, %v", len(got), err)
	}
}

// TestStepInterrupted: a training step of seconds is not waited for.
func TestStepInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted there")
	}
	cmd := program(t, "bench", "--train", "-n", "random:efficientnet-b0,r=128", "--batch", "32")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second) // in the midst of a step
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	_ = cmd.Wait() // its status is looked at
	if late := time.Since(begun); late > time.Second || cmd.ProcessState.ExitCode() != 1 || stdout.Len() > 0 || stderr.String() != "scalecam: interrupted; nothing was written\n" {
		t.Errorf("status %d, %v later: %q, %q", cmd.ProcessState.ExitCode(), late, stdout.String(), stderr.String())
	}
}

// TestInterrupted: a large figure is given up within a second, whatever is being
// done for it, and nothing is written.
func TestInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	pictures := slices.Repeat([]string{scenes.Path(35)}, 14)
	for _, after := range []time.Duration{0, 300 * time.Millisecond, 2 * time.Second} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		defer cancel()
		root := newRoot(nil)
		root.SetOut(&printer{w: io.Discard})
		root.SetErr(&printer{w: io.Discard})
		root.SetArgs(append([]string{"compare", "-n", small, "-n", small + ",seed=2", "--zoom", "4"}, pictures...))
		err := root.ExecuteContext(ctx)
		ended, _ := ctx.Deadline()
		if late := time.Since(ended); !errors.Is(err, context.DeadlineExceeded) || late > time.Second {
			t.Errorf("ended after %v: %v, %v later", after, err, late)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
