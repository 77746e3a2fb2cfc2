package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/parallel"
	"scalecam/version"
)

// Live is networks that learn alike, side by side: each of its steps is one step of
// every network on the same pictures, by the recipe of their pack. It runs in the
// background, where the system knows priorities after all else that the machine does, a
// network a core. It can be stopped after any step and go on; its rate can be changed on
// the way; and it keeps moments to which it can go back. What becomes of a network
// depends on the pack, the data and the changes of the rate alone.
//
// Do is called by one goroutine at a time. The other methods may be called beside it,
// but for those that say otherwise.
type Live struct {
	Pack *Pack
	Data Data

	pupils []*pupil
	bySize []*pupil // the most MACs first
	plates []*plate
	steps  int // of an epoch
	total  int // of all epochs

	mu      sync.Mutex // guards what follows
	at      int        // steps that are done
	begun   int        // steps that are done or begun
	changes []Change
	moments []*Moment // by their place
	every   int       // steps between moments
}

// Data is what a Live learns from.
type Data struct {
	Train, Val dataset.Set
	What       string // they are, in words that tell them from others
}

// Change is a factor of the recipe's learning rate, from a step on.
type Change struct {
	At     int     `json:"at"`
	Factor float64 `json:"factor"`
}

// The least and the largest factor of the rate.
const (
	LeastFactor = 0.01
	MostFactor  = 10
)

// Reading is a place on a learning curve: of the training pictures over some steps, or
// of all pictures of the validation.
type Reading struct {
	At   int     `json:"at"` // steps that were done
	Loss float64 `json:"loss"`
	Top1 float64 `json:"top1"`
}

// Moment is a place to which a Live can go back. It does not change.
type Moment struct {
	At     int // steps that were done
	states []map[string][][]float32
}

// pupil is one of the networks.
type pupil struct {
	run   *Run
	state *state
	step  *Step
	plate *plate
	form  network.Weights // of the weights, for moments

	loss    float64 // sum since the last reading
	right   int
	batches int
	learnt  []Reading
	checked []Reading
}

// plate is what networks of one input size learn from: the batch of this step, and that
// of the next, which is filled meanwhile.
type plate struct {
	loader *loader
	now    dish
	next   dish
}

type dish struct{ images, targets []float32 }

const (
	readings   = 120       // places on a learning curve
	checks     = 24        // validations on the way
	mostKept   = 24        // moments
	keptBytes  = 256 << 20 // that they take at most
	leastKept  = 4
	mostPupils = 5
)

// NewLive makes the networks of a pack ready to learn from data, from the start.
func NewLive(pack *Pack, data Data, from *Start) (*Live, error) {
	l := &Live{Pack: pack, Data: data}
	classes := data.Train.Classes()
	if n := len(pack.Networks); n < 1 || n > mostPupils {
		return nil, fault.Errorf("train: %d networks to learn side by side; take 1 to %d", n, mostPupils)
	}
	if pack.Recipe.Teacher != "" || pack.Recipe.FirstResolution < 1 {
		return nil, fault.Errorf("train: the recipe has a teacher or a first_resolution below 1, which networks that learn side by side do not take; leave them out, or train by the command")
	}
	for _, m := range pack.Networks {
		r := &Run{Name: m.Name, Title: m.Title, Recipe: pack.Recipe, From: from, Train: data.Train, Val: data.Val, Data: data.What}
		var err error
		if from != nil {
			r.Recipe.Epsilon = from.Model.Eps
			r.Network, err = from.Network(network.Size{}, len(classes))
		} else {
			r.Network, err = m.Network(len(classes))
		}
		if err != nil {
			return nil, err
		}
		if err := cmp.Or(r.check(), Check(r.Network, r.Recipe.Batch)); err != nil {
			return nil, err
		}
		p := &pupil{run: r, state: r.start()}
		for _, length := range shapes(p.state.weights) {
			p.state.optimiser.start(length)
		}
		p.form = p.state.weights.Clone()
		l.pupils = append(l.pupils, p)
	}
	l.steps = pack.Recipe.steps(data.Train)
	l.total = l.steps * pack.Recipe.Epochs
	l.every = max(1, l.total/(8*mostKept))
	l.keep()
	return l, nil
}

// Steps are how many are done, how many there are, and how many pictures each takes.
func (l *Live) Steps() (done, of, pictures int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at, l.total, l.Pack.Recipe.Batch
}

// Finished tells that all steps are done.
func (l *Live) Finished() bool {
	done, of, _ := l.Steps()
	return done == of
}

// Networks are those that learn.
func (l *Live) Networks() (all []*network.Network) {
	for _, p := range l.pupils {
		all = append(all, p.run.Network)
	}
	return all
}

// SetRate changes the learning rate to so many times the recipe's from the next step on.
func (l *Live) SetRate(factor float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	factor = min(max(factor, LeastFactor), MostFactor)
	l.changes = slices.DeleteFunc(l.changes, func(c Change) bool { return c.At >= l.begun })
	if l.factor(l.begun) != factor {
		l.changes = append(l.changes, Change{l.begun, factor})
	}
}

// Rate is the learning rate of the next step, and what it is of the recipe's.
func (l *Live) Rate() (rate, factor float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	factor = l.factor(l.begun)
	return l.Pack.Recipe.rate(min(l.begun, l.total-1), l.steps) * factor, factor
}

// factor is that of a step.
func (l *Live) factor(at int) float64 {
	for _, c := range slices.Backward(l.changes) {
		if c.At <= at {
			return c.Factor
		}
	}
	return 1
}

// Curves are the learning curves of network i: on the pictures that it learnt from, as
// it did, and on those of the validation.
func (l *Live) Curves(i int) (learnt, checked []Reading) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.pupils[i].learnt), slices.Clone(l.pupils[i].checked)
}

// Moments are those that can be gone back to, oldest first; how many steps lie between
// two of them; and how many are kept at most: then every other one is let go of.
func (l *Live) Moments() (all []*Moment, every, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.moments), l.every, l.most()
}

// most is how many moments are kept, by what they take.
func (l *Live) most() int {
	bytes := 0
	for _, p := range l.pupils {
		for _, arrays := range p.state.arrays() {
			bytes += 4 * total(arrays)
		}
	}
	return min(max(keptBytes/bytes, leastKept), mostKept)
}

// keep makes a moment of the networks as they are.
func (l *Live) keep() *Moment {
	m := &Moment{At: l.at}
	for _, p := range l.pupils {
		m.states = append(m.states, copied(p.state.arrays()))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moments = slices.DeleteFunc(l.moments, func(other *Moment) bool { return other.At >= m.At })
	l.moments = append(l.moments, m)
	if len(l.moments) > l.most() {
		l.every *= 2
		// The last one stays whatever its place: it is where the run is.
		l.moments = slices.DeleteFunc(l.moments, func(other *Moment) bool { return other.At%l.every != 0 && other != m })
	}
	return m
}

func copied(arrays map[string][][]float32) map[string][][]float32 {
	all := maps.Clone(arrays)
	for name, list := range all {
		all[name] = make([][]float32, len(list))
		for i, a := range list {
			all[name][i] = slices.Clone(a)
		}
	}
	return all
}

// Now is a moment of the networks as they are, which is kept. It is not to be called
// beside Do.
func (l *Live) Now() *Moment {
	if last := l.moments[len(l.moments)-1]; last.At == l.at {
		return last
	}
	return l.keep()
}

// Back goes back to a moment: what came after it is gone, and the next step is the one
// after it. It is not to be called beside Do.
func (l *Live) Back(m *Moment) {
	factor := l.factor(l.begun)
	for i, p := range l.pupils {
		put(p.state.arrays(), m.states[i])
		later := func(r Reading) bool { return r.At > m.At }
		p.loss, p.right, p.batches = 0, 0, 0
		l.mu.Lock()
		p.learnt, p.checked = slices.DeleteFunc(p.learnt, later), slices.DeleteFunc(p.checked, later)
		l.mu.Unlock()
	}
	l.mu.Lock()
	l.at, l.begun = m.At, m.At
	l.changes = slices.DeleteFunc(l.changes, func(c Change) bool { return c.At >= m.At })
	l.moments = slices.DeleteFunc(l.moments, func(other *Moment) bool { return other.At > m.At })
	l.mu.Unlock()
	l.SetRate(factor) // as the user has it
	for _, p := range l.plates {
		p.next = dish{}
	}
}

func put(into, from map[string][][]float32) {
	for name, list := range into {
		for i, a := range list {
			copy(a, from[name][i])
		}
	}
}

// weights are those of network i at a moment, as they would be kept.
func (l *Live) weights(i int, m *Moment) network.Weights {
	w := l.pupils[i].form.Clone()
	for j, a := range w.Arrays() {
		copy(a, m.states[i]["average"][j])
	}
	return w
}

// Model is network i at a moment.
func (l *Live) Model(i int, m *Moment) (*network.Model, error) {
	return l.pupils[i].model(l.weights(i, m))
}

func (p *pupil) model(w network.Weights) (*network.Model, error) {
	r := p.run
	m, err := network.NewModel(r.Network, w, r.Recipe.Epsilon, r.Train.Classes())
	if err != nil {
		return nil, err
	}
	m.Name, m.Preprocessing, m.Trained = r.Title, r.preprocessing(), true
	return m, nil
}

// File is the network i at a moment as a weights file, which says how it was trained.
func (l *Live) File(i int, m *Moment) ([]byte, error) {
	p := l.pupils[i]
	r := p.run
	commit, _ := version.Commit()
	more := map[string]string{
		"program": version.Name(), "title": r.Title, "data": r.Data, "recipe": string(encodeJSON(r.Recipe)), "step": fmt.Sprint(m.At), "steps": fmt.Sprint(l.total),
		"commit": commit, "instructions": instructions(),
	}
	if r.From != nil {
		more["from"] = r.origin()
	}
	l.mu.Lock()
	if changes := slices.DeleteFunc(slices.Clone(l.changes), func(c Change) bool { return c.At >= m.At }); len(changes) > 0 {
		more["rate_changes"] = string(encodeJSON(changes))
	}
	for _, c := range p.checked {
		if c.At <= m.At {
			more["val_top1"], more["val_loss"], more["val_step"] = fmt.Sprint(c.Top1), fmt.Sprint(c.Loss), fmt.Sprint(c.At)
		}
	}
	l.mu.Unlock()
	return models.EncodeNetwork(r.Network, l.weights(i, m), r.Recipe.Epsilon, r.Train.Classes(), r.preprocessing(), more)
}

// Seen is the networks at a step, for whoever watches.
type Seen struct {
	At     int // steps that were done
	Models []*network.Model
}

// Watch is what Do tells on the way.
type Watch struct {
	// See is shown the networks once they are ready and then at least so long after it
	// was shown them the last time. It is called beside a step, which waits for it.
	See   func(Seen)
	Every time.Duration
	// Step is called after every step.
	Step func()
	// Save keeps the run, at least so long after the last time: it is called between
	// steps. An error ends Do.
	Save      func() error
	SaveEvery time.Duration
}

// Do makes the networks learn until all steps are done, ctx ends or, where steps is above 0, so many more
// are done. An error says why a step is not possible: the last moment then stands.
func (l *Live) Do(ctx context.Context, steps int, w Watch) error {
	defer kernel.Alone()()
	hands := min(runtime.GOMAXPROCS(0), len(l.pupils)+1)
	if !parallel.Yields {
		hands = min(hands, max(1, runtime.GOMAXPROCS(0)-1))
	}
	// So that those who do not wait here need not wait for a place to run either.
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(before + hands)
	defer runtime.GOMAXPROCS(before)
	crew := newCrew(hands)
	defer crew.end()

	if err := crew.do(l.prepare()...); err != nil {
		return err
	}
	var seen, saved time.Time
	saved = time.Now()
	for until := l.until(steps); l.at < until; {
		if ctx.Err() != nil {
			return nil
		}
		l.mu.Lock()
		at := l.at
		rate := l.Pack.Recipe.rate(at, l.steps) * l.factor(at)
		l.begun = at + 1
		l.mu.Unlock()
		var round []func() error
		if w.See != nil && (seen.IsZero() || time.Since(seen) >= w.Every) {
			seen = time.Now()
			s, err := l.seen()
			if err != nil {
				return err
			}
			round = append(round, func() error { w.See(s); return nil })
		}
		for _, p := range l.bySize {
			round = append(round, func() error { return p.learn(at, rate) })
		}
		for _, p := range l.plates {
			p.now, p.next = p.next, p.now
			if at+1 < l.total {
				round = append(round, func() error { return p.fill(at+1, l.steps) })
			}
		}
		err := crew.do(round...)
		if err == nil {
			l.mu.Lock()
			l.at = at + 1
			l.mu.Unlock()
			err = l.after(ctx, crew)
		}
		if err != nil { // some networks may have taken the step
			l.Back(l.moments[len(l.moments)-1])
			return err
		}
		if w.Step != nil {
			w.Step()
		}
		if w.Save != nil && time.Since(saved) >= w.SaveEvery {
			if err := w.Save(); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return nil
}

// until is the step at which Do ends.
func (l *Live) until(steps int) int {
	if steps <= 0 {
		return l.total
	}
	return min(l.at+steps, l.total)
}

// prepare are the tasks that make ready what is not: graphs of steps, and the first
// batch.
func (l *Live) prepare() (tasks []func() error) {
	if l.plates == nil {
		for _, p := range l.pupils {
			i := slices.IndexFunc(l.plates, func(other *plate) bool { return other.loader.size == p.run.Network.Scaling.Resolution })
			if i < 0 {
				i = len(l.plates)
				l.plates = append(l.plates, &plate{loader: p.run.loader()})
			}
			p.plate = l.plates[i]
		}
		// The slowest first, so that the others fill up what it leaves of the cores.
		l.bySize = slices.Clone(l.pupils)
		slices.SortStableFunc(l.bySize, func(a, b *pupil) int { return cmp.Compare(b.run.Network.MACs(), a.run.Network.MACs()) })
	}
	for _, p := range l.pupils {
		if p.step == nil {
			tasks = append(tasks, func() (err error) {
				p.step, err = newStep(p.run.Network, p.state.weights, p.run.Recipe.Batch, p.run.Recipe.Epsilon, p.run.Recipe.regularisation(), p.state.optimiser, aside)
				return err
			})
		}
	}
	for _, p := range l.plates {
		if p.next.images == nil && l.at < l.total {
			tasks = append(tasks, func() error { return p.fill(l.at, l.steps) })
		}
	}
	return tasks
}

// fill prepares the batch of a step.
func (p *plate) fill(at, steps int) error {
	batch, size := p.loader.recipe.Batch, p.loader.size
	if p.next.images == nil {
		p.next = dish{make([]float32, 3*batch*size.H*size.W), make([]float32, batch*p.loader.classes)}
	}
	epoch := at / steps
	return p.loader.fill(p.next.images, p.next.targets, p.loader.order(epoch)[at%steps*batch:][:batch], uint64(at)*uint64(batch))
}

// learn takes a step.
func (p *pupil) learn(at int, rate float64) error {
	copy(p.step.Images, p.plate.now.images)
	copy(p.step.Targets, p.plate.now.targets)
	loss, hits, err := p.run.learn(p.state, p.step, at, rate)
	if errors.Is(err, errLoss) {
		return fault.Errorf("train: %s: the loss is no longer finite after %d steps; the learning rate of %.2g is too high: go back along the time line, and go on with a lower one", p.run.Title, at, rate)
	}
	p.loss, p.right, p.batches = p.loss+loss, p.right+hits, p.batches+1
	return err
}

// after does what is due after a step: readings, a validation, a moment.
func (l *Live) after(ctx context.Context, c *crew) error {
	if due(l.at, l.total, readings) {
		l.mu.Lock()
		for _, p := range l.pupils {
			n := float64(p.batches)
			p.learnt = append(p.learnt, Reading{l.at, p.loss / n, float64(p.right) / n / float64(p.run.Recipe.Batch)})
			p.loss, p.right, p.batches = 0, 0, 0
		}
		l.mu.Unlock()
	}
	if due(l.at, l.total, checks) {
		var tasks []func() error
		for _, p := range l.pupils {
			tasks = append(tasks, func() error {
				loss, top1, err := p.run.validate(ctx, p.state.average.weights, Progress{})
				if err != nil {
					if ctx.Err() != nil {
						return nil // it is made the next time
					}
					return err
				}
				l.mu.Lock()
				p.checked = append(p.checked, Reading{l.at, loss, top1})
				l.mu.Unlock()
				return nil
			})
		}
		if err := c.do(tasks...); err != nil {
			return err
		}
	}
	if l.at%l.every == 0 || l.at == l.total {
		l.keep()
	}
	return nil
}

// due tells that one of n things, evenly spread over all steps, comes after step at.
func due(at, total, n int) bool {
	if n >= total {
		return true
	}
	return at*n/total != (at-1)*n/total
}

// seen is the networks as they are.
func (l *Live) seen() (Seen, error) {
	s := Seen{At: l.at}
	for _, p := range l.pupils {
		m, err := p.model(p.state.average.weights)
		if err != nil {
			return s, err
		}
		s.Models = append(s.Models, m)
	}
	return s, nil
}

// aside is replaced by tests, which are not to wait for all else that a machine does.
var aside = parallel.Aside

// crew are goroutines that work aside.
type crew struct {
	tasks chan func()
}

func newCrew(hands int) *crew {
	c := &crew{make(chan func())}
	for range hands {
		go func() {
			aside()
			for task := range c.tasks {
				task()
			}
		}()
	}
	return c
}

func (c *crew) end() { close(c.tasks) }

// do does all tasks, the first ones first, and gives the first error.
func (c *crew) do(tasks ...func() error) error {
	var wg sync.WaitGroup
	errs := make([]error, len(tasks))
	for i, task := range tasks {
		wg.Add(1)
		c.tasks <- func() {
			defer wg.Done()
			errs[i] = task()
		}
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
