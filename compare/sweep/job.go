package sweep

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"scalecam/compare/batch"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/train"
)

// Job carries out a sweep, or a part of it, into a folder, in which it keeps
//
//	points/NAME/…   what a train.Run keeps of each Training
//	result.json     the Result, once all are done
//
// Whoever does parts of it at the same time, into the same folder, never trains a network
// that another trains. What is stopped, in whatever way, goes on where it was, and the
// result is the same, byte by byte, however the work was divided (on machines of one
// instruction set, see kernel).
type Job struct {
	Sweep      *Sweep
	Dir        string
	Train, Val dataset.Set
	Data       string      // what they are, in words that tell them from others
	Shard      batch.Shard // of the trainings, the costly ones dealt out first
	Jobs       int         // trainings at once; 0 for as many as there are cores
	// Known, where not nil, is a result of the same recipe on the same data, whose
	// trainings are taken over.
	Known *Result
	Until int // where above 0, the epochs after which each training waits for another time
	// Report, where not nil, is told how far the job is, by one caller at a time.
	Report func(Progress)
	// Tell, where not nil, is told what the user should know, a line each, maybe by
	// several callers at a time.
	Tell func(line string)
}

// Progress is how far a job is.
type Progress struct {
	Done, Total int           // trainings of this part
	Now         []Now         // those at work
	Left        time.Duration // to the end of this part; 0 where it is not known yet
	Finished    *Training     // which has just ended, or waits for another time; nil where none has
}

// Now is a training at work.
type Now struct {
	Name          string
	Epoch, Epochs int // from 1 on; of those that it is to have for now
}

// ResultFile is the result's name in the sweep's folder.
const ResultFile = "result.json"

// task is a Training to be done.
type task struct {
	*Training
	network *network.Network
	bytes   int64   // that a step takes
	epoch   int     // that it is at, from 1 on
	share   float64 // of its goal that is done
}

// goal is how many epochs each training has at the end of this time.
func (j *Job) goal() int {
	if j.Until > 0 {
		return min(j.Until, j.Sweep.Recipe.Epochs)
	}
	return j.Sweep.Recipe.Epochs
}

// work is what an epoch of it takes, in MACs for each picture.
func (t *task) work() float64 { return float64(t.network.MACs()) }

// Check is an error where a network of the job cannot be trained on this machine.
func (j *Job) Check() error {
	plan, err := j.Sweep.Plan(2)
	if err != nil {
		return err
	}
	for _, l := range plan.Lines {
		for _, p := range l.Points {
			if err := train.Check(p.network, j.Sweep.Recipe.Batch); err != nil {
				return fmt.Errorf("the line %s, %v: %w", l.Name, p.Scaling(), err)
			}
		}
	}
	return nil
}

// Run trains what is not trained yet of the job's part. The result says how far all parts
// are; where that is whole, it is written. A training that diverges is left, the others are
// done, and the error is a train.ErrDiverged; every other error stops all at once.
func (j *Job) Run(ctx context.Context) (*Result, error) {
	plan, tasks, err := j.plan()
	if err != nil {
		return nil, err
	}
	if err := j.ours(); err != nil {
		return nil, err
	}
	if err := j.train(ctx, plan, tasks); err != nil {
		return nil, err
	}
	r, err := j.Result()
	if err != nil || !r.Whole() {
		return r, err
	}
	data, err := record.Encode(r)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(j.Dir, ResultFile)
	if is, err := os.ReadFile(path); err == nil && bytes.Equal(is, data) {
		return r, nil
	}
	return r, file.Write(file.File{Path: path, Data: data})
}

// Result is what has come of the sweep so far, by all parts into its folder.
func (j *Job) Result() (*Result, error) {
	r, tasks, err := j.plan()
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		epochs, instructions, err := j.run(t).Reached()
		if err != nil {
			return nil, err
		}
		r.set(t.Name, epochs, instructions)
	}
	return r, nil
}

// plan is the sweep's, and its trainings but for those that are known.
func (j *Job) plan() (*Result, []*task, error) {
	plan, err := j.Sweep.Plan(len(j.Train.Classes()))
	if err != nil {
		return nil, nil, err
	}
	plan.Data, plan.Validated = j.Data, j.Val.Len()
	if j.Known != nil {
		if err := plan.take(j.Known); err != nil {
			return nil, nil, err
		}
	}
	var tasks []*task
	seen := map[string]bool{}
	for _, l := range plan.Lines {
		for _, p := range l.Points {
			for _, t := range p.Runs {
				if !seen[t.Name] && !plan.Done(t) {
					seen[t.Name] = true
					tasks = append(tasks, &task{Training: t, network: p.network, bytes: train.StepBytes(p.network, j.Sweep.Recipe.Batch), epoch: 1})
				}
			}
		}
	}
	return plan, tasks, nil
}

// run is the training as a train.Run.
func (j *Job) run(t *task) *train.Run {
	recipe := j.Sweep.Recipe
	recipe.Seed = t.Seed
	return &train.Run{
		Folder: filepath.Join(j.Dir, "points", t.Name), Name: t.Name, Title: fmt.Sprintf("%s, %v", t.network.Architecture.Title, t.network.Scaling), Network: t.network,
		Recipe: recipe, Train: j.Train, Val: j.Val, Data: j.Data, Until: j.Until, Tell: j.Tell,
	}
}

// ours refuses a folder whose result is no sweep's.
func (j *Job) ours() error {
	path := filepath.Join(j.Dir, ResultFile)
	data, err := file.Read(path, mostResult, "the result of a sweep")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("sweep: %w", err)
	}
	if _, err = Read(data); err != nil {
		return fmt.Errorf("sweep: %s is there, and would be written over (%w); name another folder", path, err)
	}
	return nil
}

// mostResult bounds a result's file: a thousand trainings of 10,000 epochs.
const mostResult = 1 << 30

// part are the trainings of the job's shard, those that take most first: so parts take
// about as long, and what is left at a part's end is short.
func (j *Job) part(tasks []*task) (part []*task) {
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b *task) int { return cmp.Compare(b.work(), a.work()) })
	for i, t := range tasks {
		if j.Shard.Of == 0 || i%j.Shard.Of == j.Shard.Part-1 {
			part = append(part, t)
		}
	}
	return part
}

// crew is what those who train have in common.
type crew struct {
	*Job
	plan   *Result
	budget int64 // bytes that all steps at once may take
	// unlocked tells once that the folders have no locks.
	unlocked sync.Once

	mu      sync.Mutex // guards what follows
	free    *sync.Cond // a training has ended
	waiting []*task
	now     []*task
	alone   func() // ends kernel.Alone, where that holds
	err     error  // why all stop
	faults  []error
	done    int
	total   int
	before  float64 // work that was done at the start
	work    float64 // all of it
	spent   float64 // work of the trainings that are done
	start   time.Time
}

// train does the job's part.
func (j *Job) train(ctx context.Context, plan *Result, tasks []*task) error {
	part := j.part(tasks)
	// A quarter of the memory is for the pictures.
	c := &crew{Job: j, plan: plan, budget: network.MachineMemory() / 4 * 3, waiting: part, total: len(part), start: time.Now()}
	c.free = sync.NewCond(&c.mu)
	for _, t := range part {
		epochs, _, err := j.run(t).Reached()
		if err != nil {
			return err
		}
		t.share = min(1, float64(len(epochs))/float64(j.goal()))
		c.work += t.work()
		c.before += t.work() * t.share
	}
	jobs := j.Jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	for range min(jobs, len(part)) {
		all.Go(func() {
			for t := c.next(); t != nil; t = c.next() {
				if c.end(t, c.do(ctx, t)) {
					stop()
				}
			}
		})
	}
	all.Wait()
	if c.err == nil && len(c.faults) > 0 {
		return fmt.Errorf("%w (of %d trainings %d diverged)", c.faults[0], len(part), len(c.faults))
	}
	return c.err
}

// next is a training to begin with: the first one that the memory has room for beside
// those at work. It is nil where there is none left or all stop.
func (c *crew) next() *task {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		taken := int64(0)
		for _, t := range c.now {
			taken += t.bytes
		}
		if c.err != nil || len(c.waiting) == 0 {
			return nil
		}
		i := slices.IndexFunc(c.waiting, func(t *task) bool { return len(c.now) == 0 || taken+t.bytes <= c.budget })
		if i >= 0 {
			t := c.waiting[i]
			c.waiting = slices.Delete(c.waiting, i, i+1)
			c.now = append(c.now, t)
			c.spread()
			return t
		}
		c.free.Wait()
	}
}

// spread has each of several trainings keep to a core of its own, and a single one use
// them all: several on a core each get more done than one after another on all, whose
// cores wait for each other at every layer.
func (c *crew) spread() {
	switch {
	case len(c.now) > 1 && c.alone == nil:
		c.alone = kernel.Alone()
	case len(c.now) <= 1 && c.alone != nil:
		c.alone()
		c.alone = nil
	}
}

// do trains, unless another process does.
func (c *crew) do(ctx context.Context, t *task) error {
	r := c.run(t)
	release, err := file.Claim(r.Folder)
	switch {
	case errors.Is(err, file.ErrInUse):
		c.tell(fmt.Sprintf("%s is trained by another process", t.Name))
		return nil
	case errors.Is(err, errors.ErrUnsupported):
		c.unlocked.Do(func() { c.tell(err.Error()) })
	case err != nil:
		return err
	default:
		defer release()
	}
	r.Report = func(p train.Progress) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t.epoch = p.Epoch; p.Steps > 0 {
			t.share = (float64(p.Epoch-1) + float64(p.Step)/float64(p.Steps)) / float64(c.goal())
		}
		c.report(nil)
	}
	epochs, err := r.Do(ctx)
	if errors.Is(err, train.ErrStopped) && ctx.Err() == nil { // for this time
		err = nil
	}
	if err == nil && len(epochs) >= c.goal() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.plan.set(t.Name, epochs, nil)
		t.share = 1
		c.report(t.Training)
	}
	return err
}

// end takes a training off those at work, and tells that all are to stop.
func (c *crew) end(t *task, err error) (stop bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = slices.DeleteFunc(c.now, func(other *task) bool { return other == t })
	c.spread()
	c.free.Broadcast()
	c.spent += t.work() * t.share
	switch {
	case errors.Is(err, train.ErrDiverged):
		c.faults = append(c.faults, err)
		c.tell(err.Error())
	case err != nil && c.err == nil:
		c.err = err
	}
	return c.err != nil
}

func (c *crew) tell(line string) {
	if c.Tell != nil {
		c.Tell(line)
	}
}

// report tells of a training that has ended, or of how far all are.
func (c *crew) report(finished *Training) {
	if finished != nil {
		c.done++
	}
	if c.Report == nil {
		return
	}
	p := Progress{Done: c.done, Total: c.total, Finished: finished}
	work := c.spent
	for _, t := range c.now {
		p.Now = append(p.Now, Now{t.Name, t.epoch, c.goal()})
		work += t.work() * t.share
	}
	for _, t := range c.waiting {
		work += t.work() * t.share
	}
	if done := work - c.before; done > 0 {
		p.Left = time.Duration((c.work - work) / done * float64(time.Since(c.start)))
	}
	c.Report(p)
}
