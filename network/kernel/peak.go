package kernel

import (
	"runtime"
	"time"
)

// Peak measures how many GFLOP/s (10⁹ multiplications and additions a second)
// the cores reach together on registers alone, by multiply-adds in a loop of
// the instruction set in use: what no network can exceed.
// Nothing else may be computed meanwhile.
func Peak() float64 {
	cores := runtime.GOMAXPROCS(0)
	const rounds, tries = 1 << 20, 10
	best := 0.0
	for range tries {
		start := time.Now()
		parallel(cores, func(*worker, int) {
			n := uintptr(rounds)
			current.peak(&n)
		})
		lanes := current.lanes
		if current == available[len(available)-1] {
			lanes = 1 // the portable loop
		}
		best = max(best, float64(cores*rounds*12*2*lanes)/float64(time.Since(start).Nanoseconds()))
	}
	return best
}
