package network

import (
	"context"
	"runtime"
	"sync"

	"scalecam/network/kernel"
)

// Each has work done of each of 0 to n−1, an item a core, and gives what comes of it to
// take, in order. Each worker has the models to itself: mine share the models' weights
// and have rooms of their own, so that nobody waits for another; a single worker has the
// models themselves, which then run on all cores. No work begins far ahead of what was
// taken, so that what is in memory is bounded, however many items there are. What a model
// computes does not depend on how many workers there are.
//
// An error of work is take's to judge; the first that take gives ends it all, as ctx does,
// whose error is then given. take is called by one goroutine at a time, and not after ctx
// has ended.
func Each[T any](ctx context.Context, models []*Model, n int, work func(mine []*Model, i int) (T, error), take func(i int, made T, err error) error) error {
	e := &each[T]{ctx: ctx, n: n, take: take, ready: map[int]result[T]{}}
	e.moved.L = &e.mu
	workers := Workers(models, n)
	e.ahead = 4 * workers
	if workers > 1 {
		defer kernel.Alone()()
	}
	defer context.AfterFunc(ctx, func() { // who waits for others' work waits no more
		e.mu.Lock()
		defer e.mu.Unlock()
		e.moved.Broadcast()
	})()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			mine := models
			var err error
			if workers > 1 {
				mine, err = own(models)
			}
			e.work(mine, err, work)
		})
	}
	group.Wait()
	if e.panicked != nil {
		panic(*e.panicked)
	}
	if e.failed != nil {
		return e.failed
	}
	return ctx.Err()
}

// Workers is how many items Each works on at once: as many as there are cores, or fewer
// where the models' rooms would take more than a quarter of the memory.
func Workers(models []*Model, n int) int {
	rooms := int64(1)
	for _, m := range models {
		rooms += m.Network.MemoryBytes() - 4*m.Network.Parameters()
	}
	fit := max(1, MachineMemory()/4/rooms)
	return max(1, int(min(int64(min(runtime.GOMAXPROCS(0), n)), fit)))
}

// own are the models with rooms of their own.
func own(models []*Model) ([]*Model, error) {
	mine := make([]*Model, len(models))
	for j, m := range models {
		var err error
		if mine[j], err = m.At(m.Network.Scaling.Resolution); err != nil {
			return nil, err
		}
	}
	return mine, nil
}

// result is what came of an item.
type result[T any] struct {
	made T
	err  error
}

// each is one of Each.
type each[T any] struct {
	ctx   context.Context
	n     int
	ahead int // how far work may begin before what is taken
	take  func(i int, made T, err error) error

	mu       sync.Mutex // guards what follows
	moved    sync.Cond  // what is taken, or the end
	next     int        // to be worked on
	taken    int        // so many
	taking   bool       // by somebody
	ready    map[int]result[T]
	failed   error
	panicked *any
}

// ended tells that nothing more is to be done; mu is held.
func (e *each[T]) ended() bool {
	return e.failed != nil || e.panicked != nil || e.ctx.Err() != nil
}

// work works on what is there until there is nothing left.
func (e *each[T]) work(mine []*Model, err error, work func(mine []*Model, i int) (T, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.moved.Broadcast()
	defer func() { // a panic is the caller's
		if r := recover(); r != nil {
			e.panicked = &r
		}
	}()
	if err != nil {
		e.failed = err
	}
	for {
		for e.next >= e.taken+e.ahead && e.next < e.n && !e.ended() {
			e.moved.Wait()
		}
		if e.next >= e.n || e.ended() {
			return
		}
		i := e.next
		e.next++
		var r result[T]
		e.unlocked(func() { r.made, r.err = work(mine, i) })
		e.ready[i] = r
		e.takeReady()
	}
}

// takeReady takes what is ready and in order; mu is held.
func (e *each[T]) takeReady() {
	if e.taking {
		return // who takes takes this, too
	}
	e.taking = true
	defer func() { e.taking = false }()
	for !e.ended() {
		i := e.taken
		r, ok := e.ready[i]
		if !ok {
			return
		}
		delete(e.ready, i)
		var err error
		e.unlocked(func() { err = e.take(i, r.made, r.err) })
		e.taken++
		if e.failed == nil {
			e.failed = err
		}
		e.moved.Broadcast()
	}
}

// unlocked does something for which mu is not held.
func (e *each[T]) unlocked(do func()) {
	e.mu.Unlock()
	defer e.mu.Lock()
	do()
}
