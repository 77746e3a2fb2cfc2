//go:build linux && !android

package clipboard

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	wire "golang.design/x/x11"

	"scalecam/picture"
)

// display starts an X server of the test's own.
func display(t *testing.T) {
	t.Helper()
	program, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("needs Xvfb")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command(program, "-displayfd", "3", "-screen", "0", "64x64x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = x.Process.Kill() // it has ended, else
		_ = x.Wait()
	})
	w.Close()
	number, err := io.ReadAll(r) // it closes it once it is there
	if err != nil || len(number) == 0 {
		t.Fatalf("Xvfb does not start: %v", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(string(number)))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XAUTHORITY", "/none")
}

// content is so many bytes that begin as a PNG file does.
func content(n int) []byte {
	data := make([]byte, n)
	random := rand.NewChaCha8([32]byte{byte(n)})
	if _, err := random.Read(data); err != nil {
		panic(err) // it never fails
	}
	copy(data, "\x89PNG\r\n\x1a\n")
	return data
}

// sizes of pictures: of one request, at its bound, and beyond.
var sizes = []int{8, 4*65535 - changeHeader - 1, 4*65535 - changeHeader, 4*65535 - changeHeader + 1, 4 * 65535, 3 << 20, 40 << 20}

// xclip is another program that puts on the clipboard, or takes from it.
func xclip(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("xclip")
	if err != nil {
		t.Skip("needs xclip")
	}
	var out bytes.Buffer
	if in != nil { // it is not there yet when the command is done
		defer time.Sleep(500 * time.Millisecond)
	}
	c := exec.Command("timeout", append([]string{"60", program, "-selection", "clipboard"}, args...)...)
	c.Stdin = bytes.NewReader(in)
	if in == nil { // else it stays, and with it what it writes to
		c.Stdout = &out
	}
	if err := c.Run(); err != nil {
		t.Fatalf("xclip %v: %v", args, err)
	}
	return out.Bytes()
}

// TestCopy: another program gets the picture, whatever its size, and so does this
// one.
func TestCopy(t *testing.T) {
	display(t)
	for _, n := range sizes {
		want := content(n)
		if err := (Pictures{}).SetPicture(want); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if got, err := (Pictures{}).Picture(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d are read here, %v", n, len(got), err)
		}
		if got := string(xclip(t, nil, "-o", "-t", "TARGETS")); got != "TARGETS\nimage/png\n" {
			t.Errorf("%d bytes: the targets are %q", n, got)
		}
		for range 2 {
			if got := xclip(t, nil, "-o", "-t", "image/png"); !bytes.Equal(got, want) {
				t.Errorf("%d bytes: xclip reads %d", n, len(got))
			}
		}
	}
}

// TestPaste: what another program has put there is read, whatever its size.
func TestPaste(t *testing.T) {
	display(t)
	if got, err := (Pictures{}).Picture(); got != nil || err != nil {
		t.Errorf("of an empty clipboard: %d bytes, %v", len(got), err)
	}
	for _, n := range sizes {
		want := content(n)
		xclip(t, want, "-i", "-t", "image/png")
		if got, err := (Pictures{}).Picture(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d are read, %v", n, len(got), err)
		}
	}
	xclip(t, []byte("text"), "-i")
	if got, err := (Pictures{}).Picture(); got != nil || err != nil {
		t.Errorf("of text: %d bytes, %v", len(got), err)
	}
	xclip(t, []byte("no PNG"), "-i", "-t", "image/png")
	if got, err := (Pictures{}).Picture(); got != nil || err != nil {
		t.Errorf("of what is no PNG file: %q, %v", got, err)
	}
}

// TestHalfway: programs that go away in the middle, or stop taking, are in nobody's
// way, nor is another picture put there meanwhile.
func TestHalfway(t *testing.T) {
	display(t)
	first, second := content(3<<20), content(2<<20)
	if err := (Pictures{}).SetPicture(first); err != nil {
		t.Fatal(err)
	}
	ask := func() *server {
		s, err := connect()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		for _, request := range [][]byte{
			listen(s.window, propertyEvents),
			wire.ConvertSelection(s.window, s.clipboard, s.png, s.property, wire.CurrentTime),
		} {
			if err := s.send(request); err != nil {
				t.Fatal(err)
			}
		}
		for {
			if event, err := s.next(); err != nil {
				t.Fatal(err)
			} else if event.EventCode() == wire.EventSelectionNotify {
				return s
			}
		}
	}
	ask().Close()
	slow := ask()
	if got := xclip(t, nil, "-o", "-t", "image/png"); !bytes.Equal(got, first) {
		t.Errorf("xclip reads %d bytes beside others, want %d", len(got), len(first))
	}
	if err := (Pictures{}).SetPicture(second); err != nil {
		t.Fatal(err)
	}
	if got := xclip(t, nil, "-o", "-t", "image/png"); !bytes.Equal(got, second) {
		t.Errorf("xclip reads %d bytes, want the %d of the newer picture", len(got), len(second))
	}
	// The one that had begun still gets the first.
	if err := slow.wait(); err != nil {
		t.Fatal(err)
	}
	if _, whole, err := slow.take(); err != nil || whole {
		t.Fatalf("the slow one: whole %v, %v", whole, err)
	}
	got, err := slow.rest()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, first) {
		t.Errorf("the slow one reads %d bytes, want %d", len(got), len(first))
	}
}

// TestSilentOwner: a program that owns the clipboard and never answers is not
// waited for longer than it takes to say so.
func TestSilentOwner(t *testing.T) {
	display(t)
	s, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.send(wire.SetSelectionOwner(s.window, s.clipboard, wire.CurrentTime)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ask(wire.GetSelectionOwner(s.clipboard)); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	_, err = (Pictures{}).Picture()
	if err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(before); took > 3*patience {
		t.Errorf("took %v", took)
	}
}

// TestNoDisplay: where there is no X server, or none that this user may use, one
// line says so.
func TestNoDisplay(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XAUTHORITY", "/none")
	for _, d := range []string{"", ":64999", "x"} {
		t.Setenv("DISPLAY", d)
		_, err := (Pictures{}).Picture()
		for _, err := range []error{err, (Pictures{}).SetPicture(content(8))} {
			if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), fmt.Sprintf("display %q", d)) {
				t.Errorf("%q: error %v", d, err)
			}
		}
	}
}

// TestTooLarge: what no picture has is not read.
func TestTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a GiB")
	}
	display(t)
	huge := make([]byte, picture.MaxBytes+1)
	s, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.send(wire.SetSelectionOwner(s.window, s.clipboard, wire.CurrentTime)); err != nil {
		t.Fatal(err)
	}
	go s.serve(huge)
	if _, err := (Pictures{}).Picture(); err == nil || !strings.Contains(err.Error(), "more than 512 MiB") {
		t.Errorf("error %v", err)
	}
}
