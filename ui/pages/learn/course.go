package learn

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Course is what is learnt. It outlives the page, which is made anew when the language
// changes, and belongs to the UI goroutine.
type Course struct {
	run    desk.Runner
	folder string // of the user's data; "" where there is none
	page   *Page

	lesson  lesson
	kept    *train.KeptLive // of the last time, that may go on
	opened  *opened
	watched []watched
	cancel  context.CancelFunc // of what runs; nil while nothing does
	learns  bool               // what runs is learning, not opening
	pausing bool
	state   string // what opening is at
	seen    *seen
	asked   int           // counts what was asked to be seen
	moment  *train.Moment // that is looked at; nil for the networks as they are
	speed   float64       // pictures a second of each network
	ended   func()        // what to do once nothing runs

	side atomic.Int32 // of a map, in pixels
}

// NewCourse keeps what is learnt in a folder.
func NewCourse(run desk.Runner, folder string) *Course {
	c := &Course{run: run, folder: folder}
	c.lesson.networks = []train.PackMember{starts[0], starts[2]}
	c.side.Store(160)
	if path := c.path(); path != "" {
		run.Go(func() {
			kept, err := train.ReadLive(path)
			run.Do(func() {
				switch {
				case errors.Is(err, fs.ErrNotExist) || c.opened != nil:
					return
				case err != nil:
					c.fail(err)
					return
				}
				c.kept = kept
				c.changed()
			})
		})
	}
	return c
}

// path is the checkpoint's.
func (c *Course) path() string {
	if c.folder == "" {
		return ""
	}
	return filepath.Join(c.folder, keptFile)
}

func (c *Course) changed() {
	if c.page != nil {
		c.page.show()
	}
}

func (c *Course) fail(err error) {
	if c.page != nil {
		c.page.host.Fail(err)
	}
}

// busy tells that something runs.
func (c *Course) busy() bool { return c.cancel != nil }

// begin opens what the lesson asks for, or what was kept, and learns.
func (c *Course) begin(pack *train.Pack, kept *train.KeptLive) {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.learns, c.state = cancel, false, speak.Say("learn.opening")
	c.changed()
	progress := func(done, total int) {
		if done%20 == 0 || done == total {
			c.run.Do(func() {
				c.state = speak.Say("learn.reading", done, total)
				c.changed()
			})
		}
	}
	c.run.Go(func() {
		o, err := open(ctx, pack, kept, progress)
		var watched []watched
		if err == nil {
			watched, err = o.watched()
		}
		c.run.Do(func() {
			c.end()
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				c.fail(err)
			default:
				c.opened, c.watched, c.kept, c.moment = o, watched, nil, nil
				c.tellBroken()
				c.learn(0)
				return
			}
			c.changed()
		})
	})
}

// tellBroken tells of the pictures that are left out.
func (c *Course) tellBroken() {
	if b := c.opened.broken; len(b) > 0 {
		c.fail(fault.Errorf("learn: pictures that cannot be read are left out (%d); the first one: %w", len(b), b[0].Err))
	}
}

// end is when nothing runs any more.
func (c *Course) end() {
	c.cancel()
	c.cancel, c.learns, c.pausing = nil, false, false
	if then := c.ended; then != nil {
		c.ended = nil
		then()
	}
}

// How often what is shown is made anew; tests shorten it.
var (
	seeEvery  = time.Second
	stepEvery = 250 * time.Millisecond
)

const saveEvery = 15 * time.Second // what a killed window loses at most

// learn takes so many steps, all that are left where that is 0.
func (c *Course) learn(steps int) {
	live, watched := c.opened.live, c.watched
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.learns, c.moment, c.speed = cancel, true, nil, 0
	c.asked++
	c.changed()
	began := time.Now()
	from, _, each := live.Steps()
	var told time.Time
	w := train.Watch{
		Every: seeEvery,
		See: func(s train.Seen) {
			at, err := c.draw(ctx, watched, s.Models, s.At*each)
			c.run.Do(func() {
				if err == nil && c.learns && c.opened != nil && c.opened.live == live {
					c.seen = at
					if c.page != nil {
						c.page.showSeen()
					}
				}
			})
		},
		Step: func() {
			if time.Since(told) < stepEvery {
				return
			}
			told = time.Now()
			at, _, _ := live.Steps()
			speed := float64((at-from)*each) / time.Since(began).Seconds()
			c.run.Do(func() {
				c.speed = speed
				if c.page != nil {
					c.page.showProgress()
				}
			})
		},
		SaveEvery: saveEvery,
		Save:      func() error { return c.save(live) },
	}
	c.run.Go(func() {
		err := live.Do(ctx, steps, w)
		err = errors.Join(err, c.save(live))
		now := live.Now()
		last, bad := c.models(context.Background(), live, watched, now)
		c.run.Do(func() {
			if c.opened != nil && c.opened.live == live && bad == nil {
				c.seen = last
			}
			c.end()
			if err != nil {
				c.fail(err)
			}
			c.changed()
		})
	})
}

// save keeps the run in the user's data.
func (c *Course) save(l *train.Live) error {
	path := c.path()
	if path == "" {
		return nil
	}
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return fault.Errorf("learn: %s cannot be made: %w; what is learnt is not kept", c.folder, errors.Unwrap(err))
	}
	if err := l.Save(path); err != nil {
		return fault.Errorf("learn: what is learnt is not kept: %w", err)
	}
	return nil
}

// pause stops after the step at hand.
func (c *Course) pause() {
	if c.busy() {
		c.pausing = true
		c.cancel()
		c.changed()
	}
}

// forget lets go of what is learnt, and of its checkpoint.
func (c *Course) forget() {
	if path := c.path(); path != "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.fail(fault.Errorf("learn: %w", err))
		}
	}
	c.opened, c.kept, c.watched, c.seen, c.moment = nil, nil, nil, nil, nil
	c.asked++
	c.changed()
}

// look shows the networks as they were at a moment.
func (c *Course) look(m *train.Moment) {
	if c.busy() || c.opened == nil {
		return
	}
	live, watched := c.opened.live, c.watched
	c.moment = m
	c.asked++
	asked := c.asked
	c.run.Go(func() {
		at, err := c.models(context.Background(), live, watched, m)
		c.run.Do(func() {
			switch {
			case c.asked != asked:
			case err != nil:
				c.fail(err)
			default:
				c.seen = at
				c.page.showSeen()
			}
		})
	})
}

// models draws the networks of a moment.
func (c *Course) models(ctx context.Context, live *train.Live, watched []watched, m *train.Moment) (*seen, error) {
	var all []*network.Model
	for i := range live.Networks() {
		one, err := live.Model(i, m)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	_, _, each := live.Steps()
	return c.draw(ctx, watched, all, m.At*each)
}

// seen is what the networks make of the watched pictures at a moment: their maps of the
// pictures' own classes. It does not change.
type seen struct {
	pictures int               // that each had learnt from
	maps     [][]pages.Outlook // of each network, of each picture
}

// draw makes the maps. It may be called from anywhere.
func (c *Course) draw(ctx context.Context, watched []watched, models []*network.Model, pictures int) (*seen, error) {
	s := &seen{pictures, make([][]pages.Outlook, len(models))}
	for _, p := range watched {
		all, err := pages.Look(ctx, models, p.Picture, p.large, int(c.side.Load()))
		if err != nil {
			return nil, err
		}
		for i, o := range all {
			s.maps[i] = append(s.maps[i], o)
		}
	}
	return s, nil
}
