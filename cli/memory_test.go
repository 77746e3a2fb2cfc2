package cli

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 800, 4 << 20: 800, 32 << 20: 100, 100 << 20: 32, 1 << 30: garbagePercent} {
		if got := percent(live); got != want {
			t.Errorf("%d bytes alive: %d%%, want %d%%", live, got, want)
		}
	}
}

// TestTend: after every collection the percentage is that of what is alive then.
func TestTend(t *testing.T) {
	tend()
	now := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/heap/live:bytes"}}
	for _, size := range []int{1 << 20, 200 << 20, 1 << 20} {
		alive := make([]byte, size)
		for range 100 { // the finalizer runs a moment after its collection
			runtime.GC()
			time.Sleep(5 * time.Millisecond)
			metrics.Read(now)
			if int(now[0].Value.Uint64()) == percent(now[1].Value.Uint64()) {
				break
			}
		}
		if got, want := int(now[0].Value.Uint64()), percent(now[1].Value.Uint64()); got != want || size > 100<<20 && got > 20 {
			t.Errorf("with %d bytes alive: %d%%, want %d%%", now[1].Value.Uint64(), got, want)
		}
		runtime.KeepAlive(alive)
	}
}

// TestRest: once no collection has followed another for a while, what is free goes
// back to the system, which takes one collection, and no more of them after that.
func TestRest(t *testing.T) {
	tend()
	now := []metrics.Sample{{Name: "/gc/cycles/forced:gc-cycles"}, {Name: "/memory/classes/heap/free:bytes"}}
	forced := func() uint64 {
		metrics.Read(now)
		return now[0].Value.Uint64()
	}
	runtime.GC()
	before := forced()
	for began := time.Now(); forced() == before && time.Since(began) < 4*rest; {
		time.Sleep(20 * time.Millisecond)
	}
	if got := forced() - before; got != 1 {
		t.Fatalf("at rest there were %d collections, want 1", got)
	}
	time.Sleep(rest + rest/2)
	if got := forced() - before; got != 1 {
		t.Errorf("a window at rest collects for ever: %d times, want 1", got)
	}
	if free := now[1].Value.Uint64(); free > 8<<20 {
		t.Errorf("%d bytes are free and not given back", free)
	}
}
