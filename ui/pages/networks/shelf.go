package networks

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/ui/desk"
	"scalecam/ui/speak"
)

// Shelf is what the window knows of the user's store, and what it gets into it. It
// outlives the dialog that shows it, and belongs to the UI goroutine.
type Shelf struct {
	Here  map[string]store.Record // networks in the store, by their names
	Part  map[string]int64        // bytes that have come of others
	Going map[string]*Going       // those on their way
	Last  string                  // what was imported last, in words; "" for nothing

	run     desk.Runner
	slot    *desk.Slot
	task    *desk.Task // of all that is on its way
	active  int        // so many things
	turns   chan struct{}
	altered func()          // called when what is here has changed
	failed  func(err error) // told of what went wrong
	changed func()          // of the dialog that shows it; nil for none

	news struct { // of what is on its way, from wherever it comes, until the UI goroutine takes it
		sync.Mutex
		of map[string]store.Progress
	}
}

// Going is a network on its way.
type Going struct {
	store.Progress
	cancel context.CancelFunc
}

// NewShelf reads nothing yet. What is on its way is told of in the slot, whose task ends
// all of it when it is cancelled.
func NewShelf(run desk.Runner, slot *desk.Slot, altered func(), failed func(err error)) *Shelf {
	const atOnce = 3 // as store.Add has
	return &Shelf{Here: map[string]store.Record{}, Part: map[string]int64{}, Going: map[string]*Going{}, run: run, slot: slot, turns: make(chan struct{}, atOnce), altered: altered, failed: failed}
}

// Look reads in the background what is in the store.
func (s *Shelf) Look() { s.look(func() {}) }

// look is Look, and then does what belongs to what was found.
func (s *Shelf) look(then func()) {
	s.run.Work(func() func() {
		here, part := map[string]store.Record{}, map[string]int64{}
		u, err := store.User()
		if err == nil {
			var names []string
			if names, err = u.Names(); err == nil {
				for _, name := range names {
					if k := u.Find(name); k != nil {
						here[name] = k.Record
					} else if n := u.Part(name); n > 0 {
						part[name] = n
					}
				}
			}
		}
		return func() {
			then()
			if err != nil {
				s.failed(err)
				return
			}
			same := maps.Equal(here, s.Here)
			s.Here, s.Part = here, part
			if !same {
				s.altered()
			}
			s.tell()
		}
	})
}

func (s *Shelf) tell() {
	if s.changed != nil {
		s.changed()
	}
}

// Has tells that all of them are in the store.
func (s *Shelf) Has(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { _, here := s.Here[name]; return !here })
}

// Series are those whose networks are all in the store.
func (s *Shelf) Series() (all []*assets.Series) {
	c := assets.PublishedNetworks()
	for i := range c.Series {
		if s.Has(c.Series[i].Members) {
			all = append(all, &c.Series[i])
		}
	}
	return all
}

// begin has the slot's task told of one more thing on its way.
func (s *Shelf) begin() context.Context {
	if s.task == nil || s.task.Ctx.Err() != nil {
		s.task, s.active = s.slot.Begin(speak.Say("nets.getting")), 0
	}
	s.active++
	return s.task.Ctx
}

// end tells that a thing that belongs to the task is done.
func (s *Shelf) end(of *desk.Task) {
	if of != s.task {
		return // another has begun since
	}
	if s.active--; s.active == 0 {
		s.task = nil
		s.slot.Finish(of, func() {})
	}
}

// Add gets networks that are neither here nor on their way.
func (s *Shelf) Add(names []string) {
	for _, name := range names {
		p := assets.PublishedNetworks().Lookup(name)
		if _, here := s.Here[name]; p == nil || here || s.Going[name] != nil {
			continue
		}
		outer := s.begin()
		task := s.task
		ctx, cancel := context.WithCancel(outer)
		g := &Going{store.Progress{Name: name, Stage: store.Waiting, Total: p.Bytes}, cancel}
		s.Going[name] = g
		s.run.Go(func() {
			err := s.get(ctx, p)
			s.run.Do(func() {
				cancel()
				s.end(task)
				if err != nil && !errors.Is(err, context.Canceled) {
					s.failed(err)
				}
				s.look(func() { // until then it is neither here nor to be got
					if s.Going[name] == g {
						delete(s.Going, name)
					}
				})
			})
		})
	}
	s.tell()
}

// get gets a network, in the background, once it is its turn.
func (s *Shelf) get(ctx context.Context, p *assets.Published) error {
	select {
	case s.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turns }()
	u, err := store.User()
	if err != nil {
		return err
	}
	net, err := store.UserNet()
	if err != nil {
		return err
	}
	err = u.Add(ctx, []*assets.Published{p}, store.Adding{Net: net, Check: models.Holds, Report: s.hear})
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // of one network
		err = joined.Unwrap()[0]
	}
	return err
}

// hear takes note of how far a network is. The UI goroutine takes what is newest of all
// at once, however long it was busy.
func (s *Shelf) hear(now store.Progress) {
	s.news.Lock()
	waiting := s.news.of != nil
	if !waiting {
		s.news.of = map[string]store.Progress{}
	}
	s.news.of[now.Name] = now
	s.news.Unlock()
	if waiting {
		return
	}
	s.run.Do(func() {
		s.news.Lock()
		news := s.news.of
		s.news.of = nil
		s.news.Unlock()
		for name, now := range news {
			if g := s.Going[name]; g != nil {
				if now.Total == 0 {
					now.Total = g.Total
				}
				g.Progress = now
			}
		}
		s.report()
		s.tell()
	})
}

// report tells in the slot how far all are that are on their way.
func (s *Shelf) report() {
	if s.task == nil {
		return
	}
	var done, total int64
	for name, g := range s.Going {
		of := g.Total
		if of == 0 {
			of = store.Size(assets.PublishedNetworks().Lookup(name))
		}
		done, total = done+min(g.Done, of), total+of
	}
	const unit = 1 << 10
	s.slot.Report(s.task, speak.Say("nets.getting.so far", megabytes(done), megabytes(total)), int(done/unit), int(total/unit))
}

// Cancel ends what is on its way; what has come of it stays.
func (s *Shelf) Cancel(names []string) {
	for _, name := range names {
		if g := s.Going[name]; g != nil {
			g.cancel()
		}
	}
}

// Remove removes networks from the store.
func (s *Shelf) Remove(names []string) {
	s.run.Work(func() func() {
		u, err := store.User()
		for _, name := range names {
			if err == nil {
				err = u.Remove(name)
			}
		}
		return func() {
			if err != nil {
				s.failed(err)
			}
			s.Look()
		}
	})
}

// Import brings weights files into the store: a file, or those in a folder.
func (s *Shelf) Import(path string) {
	ctx := s.begin()
	task := s.task
	s.Last = speak.Say("nets.importing", speak.File(path))
	s.tell()
	s.run.Go(func() {
		var added []string
		u, err := store.User()
		if err == nil {
			var found []models.Found
			found, err = models.FindImports(ctx, u, path)
			failures := 0
			for i := range found {
				f := &found[i]
				if failed := f.Import(ctx, u, nil); failed != nil {
					if failures++; failures == 1 {
						err = failed
					}
					continue
				}
				n := f.Network
				added = append(added, speak.Say("nets.imported", f.Name, n.Architecture.Title, n.Scaling.Depth, n.Scaling.Width, n.Scaling.Resolution.String()))
			}
			if failures > 1 {
				err = fault.Errorf("%d of %d files were not imported; the first: %w", failures, len(found), err)
			}
		}
		cancelled := ctx.Err() != nil
		s.run.Do(func() {
			s.end(task)
			const most = 4 // that the dialog has room for; its list has all
			s.Last = strings.Join(added[:min(len(added), most)], " • ")
			if len(added) > most {
				s.Last += " • " + speak.Say("nets.imported.more", len(added)-most)
			}
			if err != nil && !cancelled {
				s.failed(err)
			}
			s.Look()
		})
	})
}
