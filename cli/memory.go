package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// Most of the memory is weights, which stay and hold no pointers: to collect
// more often than Go does by itself costs little, and keeps what lies around
// between two collections small. Where little is alive it would cost more than
// it keeps, as while the window opens.
const (
	garbagePercent = 15       // of what is alive
	garbageLeast   = 32 << 20 // bytes

	// rest is how long after a collection, where no other follows, all that is
	// free goes back to the system: a window at rest holds what it shows.
	rest = 3 * time.Second
)

// tend has the collector let so much garbage lie around, now and after every
// collection.
var tend = sync.OnceFunc(func() {
	debug.SetGCPercent(percent(0))
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var giving atomic.Bool // what is free back, which collects first
	resting := time.AfterFunc(rest, func() {
		giving.Store(true)
		debug.FreeOSMemory()
		giveBackFile()
	})
	var after func(*collection)
	after = func(c *collection) {
		if !giving.Swap(false) {
			resting.Reset(rest)
		}
		metrics.Read(live)
		debug.SetGCPercent(percent(live[0].Value.Uint64()))
		runtime.SetFinalizer(c, after)
	}
	runtime.SetFinalizer(&collection{}, after)
})

// collection is garbage: its finalizer runs after a collection.
type collection struct{ _ *int }

// percent is garbagePercent, or garbageLeast in percent of so many bytes alive.
func percent(live uint64) int {
	const runtimes = 4 << 20 // of which Go takes the percentage where less is alive
	return max(garbagePercent, int(100*garbageLeast/max(live, runtimes)))
}
