package compare

import (
	"context"
	"errors"
	"sync"

	"scalecam/cam"
	"scalecam/network"
	"scalecam/picture"
)

// Ask is a class to explain, as Run's class says, and how its maps are made.
type Ask struct {
	Class string
	By    By
}

// Stream is pictures × models × asks, of which one picture after another is gone through.
type Stream struct {
	Paths  []string
	Open   func(path string) (*picture.Picture, error)
	Models []*network.Model
	Asks   []Ask
}

// Unopened is why a picture cannot be opened, or not within the memory there is.
type Unopened struct{ error }

// Unwrap gives the error itself.
func (u Unopened) Unwrap() error { return u.error }

// Each shows every picture to every model and explains it as each ask says: work makes of
// it what is wanted, of a comparison for each ask, of one row each, and take is told of
// that in the pictures' order. Pictures are worked on side by side (network.Each), each
// network runs once for all asks, and neither the number of pictures nor that of cores
// changes what work is given, or decides what memory is taken: a few pictures are held
// at a time, fewer where they are large. Where a picture cannot be opened, take is told
// of an Unopened; other errors, too, are of that picture alone. What take gives ends it all.
func Each[T any](ctx context.Context, s Stream, work func(i int, asked []*Comparison) (T, error), take func(i int, made T, err error) error) error {
	if err := s.Check(); err != nil {
		return err
	}
	var networks []*network.Network
	for _, m := range s.Models {
		networks = append(networks, m.Network)
	}
	held := newHeld(memoryBound() / 2)
	return network.Each(ctx, s.Models, len(s.Paths), func(mine []*network.Model, i int) (made T, err error) {
		for _, a := range s.Asks {
			if err := a.By.CheckMemory(ctx, s.Paths[i:i+1], 1, networks); err != nil {
				return made, Unopened{err}
			}
		}
		defer held.release(held.take(s.Paths[i]))
		p, err := s.Open(s.Paths[i])
		if err != nil {
			return made, Unopened{err}
		}
		asked, err := s.look(ctx, mine, p)
		if err != nil {
			return made, err
		}
		return work(i, asked)
	}, take)
}

// Check refuses what cannot be asked of the models, before any work.
func (s *Stream) Check() error {
	for _, a := range s.Asks {
		c := &Comparison{Models: s.Models, By: a.By}
		if err := c.check(len(s.Paths), func(int) string { return a.Class }); err != nil {
			return err
		}
	}
	return nil
}

// look shows a picture to models that are the stream's.
func (s *Stream) look(ctx context.Context, models []*network.Model, p *picture.Picture) ([]*Comparison, error) {
	inputs := network.NewInputs(p.Image)
	var asked []*Comparison
	for _, a := range s.Asks {
		asked = append(asked, &Comparison{Models: models, By: a.By, Rows: []Row{{Picture: p, Cells: make([]Cell, len(models))}}})
	}
	for j, m := range models {
		var layers []cam.Layer
		for _, a := range s.Asks {
			layer, err := a.By.Find(m)
			if err != nil {
				return nil, err
			}
			layers = append(layers, layer)
		}
		seen, err := m.Forward(ctx, inputs.For(m), layers...)
		if err != nil {
			return nil, err
		}
		for _, c := range asked {
			c.Rows[0].Cells[j] = Cell{Activations: seen, Top: seen.Top(top), Class: -1}
		}
	}
	for k, a := range s.Asks {
		if err := asked[k].Explain(ctx, 0, a.Class); err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// held is the memory that pictures take which are worked on: a picture waits until there
// is room for it, or until it is alone.
type held struct {
	mu    sync.Mutex
	freed sync.Cond
	bytes int64
	most  int64
}

func newHeld(most int64) *held {
	h := &held{most: most}
	h.freed.L = &h.mu
	return h
}

// take waits for the room of the picture that a path names, and gives how much that is:
// 0 of what is no picture, which opening it will say.
func (h *held) take(path string) int64 {
	size, err := PictureSize(path)
	if err != nil {
		return 0
	}
	const times = 3 // decoded, and what decoding takes beside it
	bytes := times * 4 * int64(size.X) * int64(size.Y)
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.bytes > 0 && h.bytes+bytes > h.most {
		h.freed.Wait()
	}
	h.bytes += bytes
	return bytes
}

func (h *held) release(bytes int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bytes -= bytes
	h.freed.Broadcast()
}

// unopened tells that a picture cannot be opened.
func unopened(err error) bool {
	var u Unopened
	return errors.As(err, &u)
}
