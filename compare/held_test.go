package compare

import (
	"testing"
	"time"

	"scalecam/dataset/scenes"
)

// TestHeld: pictures wait for room, and one that is larger than all there is waits until
// it is alone.
func TestHeld(t *testing.T) {
	size, err := scenes.Size(scenes.Path(1))
	if err != nil {
		t.Fatal(err)
	}
	one := int64(12 * size.X * size.Y)
	for _, c := range []struct {
		most  int64
		first int // so many at once
	}{{3*one - 1, 2}, {one - 1, 1}} {
		h := newHeld(c.most)
		for range c.first {
			if got := h.take(scenes.Path(1)); got != one {
				t.Fatalf("a scene takes %d, want %d", got, one)
			}
		}
		if got := h.take("missing.png"); got != 0 {
			t.Errorf("what is no picture takes %d", got)
		}
		taken := make(chan bool)
		go func() {
			h.take(scenes.Path(2))
			close(taken)
		}()
		select {
		case <-taken:
			t.Errorf("of %d bytes %d pictures have room", c.most, c.first+1)
		case <-time.After(20 * time.Millisecond):
		}
		for range c.first {
			h.release(one)
		}
		select {
		case <-taken:
		case <-time.After(10 * time.Second):
			t.Fatalf("of %d bytes nobody had the room that was left", c.most)
		}
	}
}
