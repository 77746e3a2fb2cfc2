package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// worker is what one core works with: arguments for the assembly, which would
// be allocated anew for each call if they were on the stack, and room.
type worker struct {
	product   productArgs
	depthwise depthwiseArgs
	maps      mapArgs
	rooms     [rooms][]float32
}

// The rooms of a worker, each for one purpose at a time.
const (
	stripRoom  = iota // input rows of a depthwise convolution, a few channels wide
	tailRoom          // output whose last columns do not fill a vector
	unfoldRoom        // input cells under a row of output cells
	sumRoom           // sums
	gradRoom          // gradient of what some pixels put out
	sourceRoom        // what some pixels take in
	rooms
)

// room gives n values for the purpose, with what was left in them.
func (w *worker) room(purpose, n int) []float32 {
	if cap(w.rooms[purpose]) < n {
		w.rooms[purpose] = make([]float32, n)
	}
	return w.rooms[purpose][:n]
}

// job is a call of parallel: parts that are taken by whoever is free. Each core
// begins with a share of its own, the same one in every job, since what lies near
// in the network is mostly made of what lay near before: so it is in its cache.
type job struct {
	part     func(w *worker, i int)
	n        int64
	next     []turn       // part to take, of each core's share
	finished atomic.Int64 // parts done
	failed   atomic.Pointer[any]
}

// turn is a counter that shares no line of the cache with another.
type turn struct {
	atomic.Int64
	_ [120]byte
}

// work takes parts until there are none left: those of the core's own share first.
func (j *job) work(w *worker, core int) {
	shares := int64(len(j.next))
	for k := range shares {
		share := (int64(core) + k) % shares
		end := (share + 1) * j.n / shares
		for i := j.next[share].Add(1) - 1; i < end; i = j.next[share].Add(1) - 1 {
			j.run(w, int(i))
		}
	}
}

func (j *job) run(w *worker, i int) {
	// A panic in a helper would end the program: hand it to the caller's
	// goroutine, where an operator turns it into an error.
	defer func() {
		if r := recover(); r != nil {
			j.failed.CompareAndSwap(nil, &r)
		}
		j.finished.Add(1)
	}()
	j.part(w, i)
}

// helper is a goroutine that takes part in jobs. A network is hundreds of jobs
// of some tens of microseconds, and to wake a sleeper takes as long as such a
// job: between jobs a helper looks out for the next one for a while before it
// goes to sleep.
type helper struct {
	number   int // from 1 on: the caller is 0
	job      atomic.Pointer[job]
	sleeping atomic.Bool
	wake     chan struct{}
}

// patience is how long a helper stays awake: more than lies between the jobs
// of a network.
const patience = 200 * time.Microsecond

// waiting looks until done says that it may stop, or patience is at its end:
// false then.
func waiting(done func() bool) bool {
	const looks = 64 // for each at the clock, which takes longer
	for start := time.Now(); ; {
		for range looks {
			if done() {
				return true
			}
			relax()
		}
		if time.Since(start) > patience {
			return false
		}
	}
}

func (h *helper) run() {
	w := new(worker)
	for {
		if !waiting(func() bool { return h.job.Load() != nil }) {
			*w = worker{} // a sleeper holds on to nothing
			h.sleeping.Store(true)
			// Where the job came just now, its giver may have seen no sleeper.
			if h.job.Load() == nil || !h.sleeping.CompareAndSwap(true, false) {
				<-h.wake
			}
		}
		if j := h.job.Swap(nil); j != nil {
			j.work(w, h.number)
		}
	}
}

func (h *helper) give(j *job) {
	h.job.Store(j)
	if h.sleeping.CompareAndSwap(true, false) {
		h.wake <- struct{}{}
	}
}

// pool is the helpers, which work for one caller at a time.
var pool struct {
	sync.Mutex
	helpers []*helper
}

// workers keeps the rooms of those who call parallel.
var workers = sync.Pool{New: func() any { return new(worker) }}

// alone counts those who asked that nobody be helped.
var alone atomic.Int64

// Alone has everybody work on a core of their own until done is called, as those want
// who spread networks over the cores rather than parts of them.
func Alone() (done func()) {
	alone.Add(1)
	return func() { alone.Add(-1) }
}

// parallel calls part(w, i) for every i in [0, n), spread over the cores; w is
// the part's own while it runs. Parts must not write to the same place: who
// computes a part then cannot change it. Where the cores are taken already, by
// another caller, this one works alone.
func parallel(n int, part func(w *worker, i int)) {
	w := workers.Get().(*worker)
	defer workers.Put(w)
	help := min(runtime.GOMAXPROCS(0), n) - 1
	if help <= 0 || alone.Load() > 0 || !pool.TryLock() {
		for i := range n {
			part(w, i)
		}
		return
	}
	j := &job{part: part, n: int64(n), next: make([]turn, 1+help)}
	for i := range j.next {
		j.next[i].Store(int64(i * n / len(j.next)))
	}
	for len(pool.helpers) < help {
		h := &helper{number: len(pool.helpers) + 1, wake: make(chan struct{}, 1)}
		pool.helpers = append(pool.helpers, h)
		go h.run()
	}
	for _, h := range pool.helpers[:help] {
		h.give(j)
	}
	j.work(w, 0)
	for finished := func() bool { return j.finished.Load() == j.n }; !waiting(finished); {
		runtime.Gosched()
	}
	for _, h := range pool.helpers[:help] {
		h.job.CompareAndSwap(j, nil) // came too late: nothing is left to do
	}
	pool.Unlock()
	if r := j.failed.Load(); r != nil {
		panic(*r)
	}
}

// Each calls part(i) for every i in [0, n), spread over the cores as all of this package
// is. Parts must not write to the same place.
func Each(n int, part func(i int)) { parallel(n, func(_ *worker, i int) { part(i) }) }

// serial calls part with a worker, on this core.
func serial(part func(w *worker)) {
	w := workers.Get().(*worker)
	defer workers.Put(w)
	part(w)
}
