package train

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"scalecam/dataset"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/version"
)

// Run trains one network. In its folder it keeps
//
//	NAME.checkpoint   all that it takes to go on, in safetensors
//	NAME.log.jsonl    the learning curves: an Epoch in JSON a line
//	NAME.safetensors  the network as it is after the last epoch
//
// each of them whole at any moment. The checkpoint says all that the others do,
// and they are made of it where they lack. A run that was stopped, in whatever
// way, goes on from its checkpoint and ends in the same bytes as one that was not.
type Run struct {
	Folder  string // of which there is a Claim, where other processes may train
	Name    string // of the files and of the network
	Title   string // of the network, as shown
	Network *network.Network
	Recipe  Recipe
	From    *Start         // what Recipe.From names; nil for random weights
	Teacher *network.Model // what Recipe.Teacher names; nil for none
	Answers *Answers       // the teacher's, which runs of one pack share; nil to share none
	// Half has the network's file as models.EncodeHalf writes it; the checkpoint loses nothing.
	Half bool
	// Train is learnt from; Val tells how well, after every epoch.
	Train, Val dataset.Set
	// Data says what Train and Val are; a checkpoint of other data is refused.
	Data string
	// Until, where above 0, ends the run after so many epochs of the recipe's
	// schedule; the run then goes on another time.
	Until int
	// Report, where not nil, is told after every step, and after every picture
	// of a validation.
	Report func(Progress)
	// Tell, where not nil, is told what the user should know of how the run goes
	// on, a line each.
	Tell func(line string)
}

// Progress is where a run is.
type Progress struct {
	Epoch, Epochs int // from 1 on
	Step, Steps   int // of the epoch
	Validated     int // pictures; the epoch's steps are done then
	Loss, Top1    float64
	// ImagesASecond is of this epoch so far, and Left the time to the end.
	ImagesASecond float64
	Left          time.Duration
	Finished      *Epoch // the epoch that has just ended, or nil
}

// Epoch is what an epoch came to. Top-1 and losses are of the training pictures
// as they were learnt from, and of the validation set with the weights that
// would be kept.
type Epoch struct {
	Epoch   int     `json:"epoch"`
	Rate    float64 `json:"rate"` // of the last step
	Loss    float64 `json:"loss"`
	Top1    float64 `json:"top1"`
	ValLoss float64 `json:"val_loss"`
	ValTop1 float64 `json:"val_top1"`
	// Weights is the SHA-256 of the weights as they would be kept.
	Weights string `json:"weights"`
	// Program is what computed it, to the end at least; "" before there were versions.
	Program string `json:"program,omitempty"`
	// Seconds and ImagesASecond are of training alone. They differ from run to
	// run, and an epoch that was interrupted counts the time since.
	Seconds       float64 `json:"seconds"`
	ImagesASecond float64 `json:"images_a_second"`
}

// between is how long a run goes on without a checkpoint at most; tests shorten
// it.
var between = time.Minute

// ErrStopped says that the run was interrupted, and is saved.
var ErrStopped = errors.New("train: interrupted; the run is saved and goes on from there")

// ErrDiverged says that a run came to what is no number, as it will again.
var ErrDiverged = errors.New("train: the run diverged")

// Reached is how far a run is that may be another process's: the epochs of its
// checkpoint, none where there is no checkpoint, and the instruction sets that computed
// them. Nothing is written. A checkpoint of another run is an error.
func (r *Run) Reached() (epochs []Epoch, instructions []string, err error) {
	if _, err := os.Stat(r.path(".checkpoint")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	s, err := r.restore()
	if err != nil {
		return nil, nil, err
	}
	return s.epochs, s.instructions, nil
}

// Do trains to the end, or goes on where the folder's checkpoint is, and gives
// the epochs' figures. It stops with ErrStopped where ctx ends or Until is
// reached, with an error where the loss is not finite, a picture cannot be read
// or a file cannot be written; the last checkpoint then stands.
func (r *Run) Do(ctx context.Context) ([]Epoch, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	file.Sweep(r.Folder)
	s, err := r.begin()
	if err != nil {
		return nil, err
	}
	switch done := len(s.epochs); {
	case done >= r.Recipe.Epochs:
		return s.epochs, nil
	case r.Until > 0 && done >= r.Until:
		return s.epochs, ErrStopped
	}
	if err := file.Writable(r.path(".checkpoint"), r.path(".log.jsonl"), r.path(".safetensors")); err != nil {
		return s.epochs, err
	}
	if by := s.program.String(); by != version.Name() {
		r.tell("%s was trained by %.80q so far and goes on by %q: its bytes may differ from those of a run by one of them", r.Name, by, version.Name())
	}
	r.computeBy(s, instructions())
	l := r.loader()
	if r.Teacher != nil {
		if l.teacher, err = newTeacher(r.Teacher, r.Train.Classes(), r.Answers); err != nil {
			return nil, err
		}
	}
	var step *Step // of the loader's size
	for len(s.epochs) < r.Recipe.Epochs {
		if r.Until > 0 && len(s.epochs) >= r.Until {
			return s.epochs, ErrStopped
		}
		if size := r.Recipe.size(r.Network.Scaling.Resolution, len(s.epochs)); step == nil || size != l.size {
			l.size = size
			if step, err = r.step(s, size); err != nil {
				return s.epochs, err
			}
		}
		if err := r.epoch(ctx, s, l, step); err != nil {
			return s.epochs, err
		}
	}
	return s.epochs, nil
}

// order numbers the orders in which training has added up, sums and pictures alike: a
// change of one gives other bytes. Of the first, what was computed does not say so.
const order = 4

// instructions says by what training computes: the instruction set, each of which adds
// up in an order of its own, and which of the orders that there were.
func instructions() string {
	return fmt.Sprintf("%s order %d", kernel.CurrentInstructionSet(), order)
}

// computeBy notes the instruction set that the run goes on with.
func (r *Run) computeBy(s *state, instructions string) {
	n := len(s.instructions)
	if n > 0 && s.instructions[n-1] == instructions {
		return
	}
	if n > 0 {
		r.tell("%s was trained by %.80q so far and goes on by %q: its bytes will differ from those of a run by one alone", r.Name, s.instructions[n-1], instructions)
	}
	s.instructions = append(s.instructions, instructions)
}

func (r *Run) tell(format string, values ...any) {
	if r.Tell != nil {
		r.Tell("train: " + fmt.Sprintf(format, values...))
	}
}

func (r *Run) path(ending string) string { return filepath.Join(r.Folder, r.Name+ending) }

// epoch trains an epoch, or what is left of it, and validates.
func (r *Run) epoch(ctx context.Context, s *state, l *loader, step *Step) error {
	epoch := len(s.epochs)
	batch := r.Recipe.Batch
	steps := r.Recipe.steps(r.Train)
	order := l.order(epoch)
	if r.Answers != nil && l.teacher != nil {
		r.Answers.begin(r.asked(l.size, epoch), steps*batch*l.classes*4)
	}
	p := Progress{Epoch: epoch + 1, Epochs: r.Recipe.Epochs, Steps: steps}
	start, begun, saved := time.Now(), s.step, time.Now()
	for ; s.step < steps; s.step++ {
		if ctx.Err() != nil {
			return r.stop(s)
		}
		if time.Since(saved) > between {
			if err := r.save(s); err != nil {
				return err
			}
			saved = time.Now()
		}
		at := epoch*steps + s.step
		if err := l.fill(step.Images, step.Targets, order[s.step*batch:][:batch], uint64(at)*uint64(batch)); err != nil {
			return err
		}
		loss, hits, err := r.learn(s, step, at, r.Recipe.rate(at, steps))
		switch {
		case errors.Is(err, errLoss):
			return r.diverged("the loss is %v in step %d of epoch %d", loss, s.step+1, epoch+1)
		case err != nil:
			return err
		}
		s.loss += loss
		s.right += hits
		if r.Report != nil {
			p.Step, p.Loss, p.Top1 = s.step+1, s.loss/float64(s.step+1), float64(s.right)/float64((s.step+1)*batch)
			seconds := time.Since(start).Seconds()
			done := float64(s.step + 1 - begun)
			p.ImagesASecond = done * float64(batch) / seconds
			p.Left = time.Duration(seconds / done * float64(r.Recipe.Epochs*steps-at-1) * float64(time.Second))
			r.Report(p)
		}
	}
	seconds := max(time.Since(start).Seconds(), 1e-9) // a clock may stand still
	e := Epoch{
		Epoch: epoch + 1, Rate: r.Recipe.rate(epoch*steps+steps-1, steps), Loss: s.loss / float64(steps), Top1: float64(s.right) / float64(steps*batch),
		Weights: s.average.sum(), Program: version.Name(), Seconds: seconds, ImagesASecond: float64((steps-begun)*batch) / seconds,
	}
	var err error
	if e.ValLoss, e.ValTop1, err = r.validate(ctx, s.average.weights, p); err != nil {
		switch {
		case ctx.Err() != nil:
			return r.stop(s)
		case errors.Is(err, network.ErrNotFinite):
			return r.diverged("the network's output is not finite in the validation of epoch %d", epoch+1)
		}
		return err
	}
	s.epochs = append(s.epochs, e)
	s.commit, _ = version.Commit()
	s.step, s.loss, s.right = 0, 0, 0
	if err := r.save(s); err != nil {
		return err
	}
	if r.Report != nil {
		p.Finished = &e
		r.Report(p)
	}
	return nil
}

// loader prepares the run's batches, without a teacher.
func (r *Run) loader() *loader {
	return &loader{set: r.Train, recipe: r.Recipe, preprocessing: r.preprocessing(), size: r.Network.Scaling.Resolution, classes: r.Network.Classes}
}

// asked is what a teacher's answers hang on in an epoch of the run.
func (r *Run) asked(size network.Size, epoch int) asked {
	a := asked{teacher: r.teacherID(), data: r.Data, recipe: r.Recipe, proportions: float64(size.W) / float64(size.H), epoch: epoch}
	if r.Recipe.CutMix > 0 {
		a.cut = size
	}
	return a
}

// step lays out training at an input size.
func (r *Run) step(s *state, size network.Size) (*Step, error) {
	net, err := r.Network.At(size)
	if err != nil {
		return nil, err
	}
	return NewStep(net, s.weights, r.Recipe.Batch, r.Recipe.Epsilon, r.Recipe.regularisation(), s.optimiser)
}

// errLoss says that a step's loss is not finite.
var errLoss = errors.New("the loss is not finite")

// learn takes step number at of all, at a learning rate, from what the step's Images and
// Targets hold. It gives the loss, and how many pictures of the batch were right.
func (r *Run) learn(s *state, step *Step, at int, rate float64) (loss float64, hits int, err error) {
	step.Draw(chance(r.Recipe.Seed, 4, uint64(at)))
	s.optimiser.Rate, s.optimiser.At = rate, at
	l, err := step.Run()
	if err != nil {
		return 0, 0, err
	}
	if loss = float64(l); math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, 0, errLoss
	}
	s.average.follow(s.weights, r.Recipe.Average, at)
	return loss, right(step.Logits(), step.Targets, r.Network.Classes), nil
}

// stop saves the run and gives ErrStopped, or the error why it is not saved.
func (r *Run) stop(s *state) error {
	if err := r.save(s); err != nil {
		return err
	}
	return ErrStopped
}

// kept says where the last checkpoint is, for an error.
func (r *Run) kept() string {
	if _, err := os.Stat(r.path(".checkpoint")); err != nil {
		return ""
	}
	return fmt.Sprintf("; the last good checkpoint is kept in %s", r.path(".checkpoint"))
}

// right counts the pictures whose largest logit is that of their most probable
// class.
func right(logits, targets []float32, classes int) (n int) {
	for i := 0; i < len(logits); i += classes {
		if largest(logits[i:][:classes]) == largest(targets[i:][:classes]) {
			n++
		}
	}
	return n
}

func largest(v []float32) int {
	at := 0
	for i, x := range v {
		if x > v[at] {
			at = i
		}
	}
	return at
}

// validate runs the network with the weights on the validation set and gives
// the mean cross-entropy and the share of pictures that it gets right.
func (r *Run) validate(ctx context.Context, w network.Weights, p Progress) (loss, top1 float64, err error) {
	m, err := network.NewModel(r.Network, w, r.Recipe.Epsilon, r.Val.Classes())
	if err != nil {
		return 0, 0, err
	}
	m.Name, m.Preprocessing = r.Name, r.preprocessing()
	type answer struct {
		probability float64 // of the right class
		right       bool
	}
	hits := 0
	err = network.Each(ctx, []*network.Model{m}, r.Val.Len(), func(mine []*network.Model, i int) (answer, error) {
		e, err := r.Val.At(i)
		if err != nil {
			return answer{}, err
		}
		a, err := mine[0].Run(ctx, e.Image)
		if err != nil {
			return answer{}, err
		}
		return answer{a.Probabilities()[e.Class], a.Top(1)[0].Class == e.Class}, nil
	}, func(i int, a answer, err error) error {
		if err != nil {
			return err
		}
		loss -= math.Log(max(a.probability, 1e-30))
		if a.right {
			hits++
		}
		if r.Report != nil {
			p.Validated = i + 1
			r.Report(p)
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	n := float64(r.Val.Len())
	return loss / n, float64(hits) / n, nil
}

// encode gives the file of the network after its last epoch.
func (r *Run) encode(s *state) ([]byte, error) {
	last := s.epochs[len(s.epochs)-1]
	more := map[string]string{
		"title": r.Title, "data": r.Data, "recipe": string(encodeJSON(r.written())), "epoch": fmt.Sprint(last.Epoch), "commit": s.commit,
		"instructions": strings.Join(s.instructions, ", "), "val_top1": fmt.Sprint(last.ValTop1), "val_loss": fmt.Sprint(last.ValLoss),
	}
	if last.Program != "" {
		more["program"] = last.Program
	}
	if r.From != nil {
		more["from"] = r.origin()
	}
	if r.Teacher != nil {
		more["teacher"] = r.teacherID()
	}
	encode := models.EncodeNetwork
	if r.Half {
		encode = models.EncodeHalf
	}
	return encode(r.Network, s.average.weights, r.Recipe.Epsilon, r.Train.Classes(), r.preprocessing(), more)
}

// preprocessing is how pictures are prepared.
func (r *Run) preprocessing() network.Preprocessing {
	if r.From != nil {
		return r.From.Model.Preprocessing
	}
	return r.Network.Architecture.Preprocessing
}

// written is the recipe as files have it, which are passed on: without the folders of the
// weights that it names.
func (r *Run) written() Recipe {
	recipe := r.Recipe
	for _, spec := range []*string{&recipe.From, &recipe.Teacher} {
		if *spec != "" && !models.Named(*spec) {
			*spec = filepath.Base(*spec)
		}
	}
	return recipe
}

// origin says which weights the run begins from: their SHA-256, or of untrained ones
// their spec; "" where it begins from none.
func (r *Run) origin() string {
	if r.From == nil {
		return ""
	}
	return cmp.Or(r.From.Model.SHA256, r.From.Spec)
}

// average is a moving average of weights and running statistics.
type average struct{ weights network.Weights }

// follow moves the average towards the weights after step i. In the first
// steps it follows faster, or it would remember the weights of the start.
func (a *average) follow(w network.Weights, decay float64, i int) {
	d := float32(1 - min(decay, float64(1+i)/float64(10+i)))
	to := a.weights.Arrays()
	for j, from := range w.Arrays() {
		if d == 1 { // no average: the weights to the bit
			copy(to[j], from)
			continue
		}
		for k, v := range from {
			to[j][k] += d * (v - to[j][k])
		}
	}
}

// sum is the SHA-256 of all values.
func (a *average) sum() string {
	h := sha256.New()
	var b []byte
	for _, s := range a.weights.Arrays() {
		b = b[:0]
		for _, v := range s {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}
