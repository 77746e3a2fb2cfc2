package train

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"

	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
	"scalecam/printable"
	"scalecam/version"
)

// state is all that a run has at a moment.
type state struct {
	weights   network.Weights
	average   *average
	optimiser *Optimiser
	epochs    []Epoch // those that are done
	step      int     // those that are done of the epoch at hand
	loss      float64 // their sum
	right     int     // pictures among them
	// instructions are the instruction sets that computed it, one after another.
	instructions []string
	commit       string          // of the program that ended the last epoch
	program      version.Program // that saved it
}

// header is what a checkpoint says about itself. All chance comes from the
// recipe's seed and the place in the run, so that the place is the generator's
// state.
type header struct {
	Program      version.Program `json:"program"`
	Recipe       Recipe          `json:"recipe"`
	Architecture string          `json:"architecture"`
	Scaling      string          `json:"scaling"`
	Classes      int             `json:"classes"`
	Data         string          `json:"data"`
	From         string          `json:"from"` // SHA-256 of the weights that it began from
	Teacher      string          `json:"teacher"`
	Epochs       []Epoch         `json:"epochs"`
	Step         int             `json:"step"`
	Loss         float64         `json:"loss"`
	Right        int             `json:"right"`
	Instructions []string        `json:"instructions"`
	Commit       string          `json:"commit"`
}

func (r *Run) header(s *state) header {
	return header{
		Recipe: r.written(), Architecture: r.Network.Architecture.Name, Scaling: r.Network.Scaling.String(), Classes: r.Network.Classes, Data: r.Data, From: r.origin(), Teacher: r.teacherID(),
		Epochs: s.epochs, Step: s.step, Loss: s.loss, Right: s.right, Instructions: s.instructions, Commit: s.commit,
	}
}

// begin gives the state of the folder's checkpoint, or that of the start where
// there is none.
func (r *Run) begin() (*state, error) {
	if _, err := os.Stat(r.path(".checkpoint")); errors.Is(err, fs.ErrNotExist) {
		for _, other := range []string{r.path(".safetensors"), r.path(".log.jsonl")} {
			if _, err := os.Lstat(other); err == nil {
				return nil, fmt.Errorf("train: %s is there, and no checkpoint to go on from; name another folder, so that it is not overwritten", other)
			}
		}
		return r.start(), nil
	}
	s, err := r.restore()
	if err != nil {
		return nil, err
	}
	return s, r.repair(s)
}

// start is the state before the first step.
func (r *Run) start() *state {
	w, o := network.Random(r.Network, r.Recipe.Seed), r.Recipe.optimiser()
	if r.From != nil {
		r.From.fit(w, r.Train.Classes())
		const head = 2 // its weight and its bias
		o.Body, o.BodyRate = len(shapes(w))-head, r.Recipe.BodyRate
	}
	return &state{weights: w, average: &average{w.Clone()}, optimiser: o}
}

// restore reads the checkpoint.
func (r *Run) restore() (*state, error) {
	path := r.path(".checkpoint")
	f, err := tensorfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("%w; or name another folder to start anew", err)
	}
	h := header{Recipe: DefaultRecipe} // which older ones know no keys of that came later
	if err := json.Unmarshal([]byte(f.Metadata["run"]), &h); err != nil {
		return nil, fmt.Errorf("train: %s: it is no checkpoint of a run; name another folder", path)
	}
	if d := r.difference(h); d != "" {
		return nil, fmt.Errorf("train: %s: it belongs to another run (%s); name another folder, or the same settings to go on", path, d)
	}
	// As they were called at the start, which its files say.
	if r.From != nil {
		r.Recipe.From = h.Recipe.From
	}
	if r.Teacher != nil {
		r.Recipe.Teacher = h.Recipe.Teacher
	}
	steps := r.Recipe.steps(r.Train)
	if h.Step < 0 || h.Step > steps || h.Right < 0 || h.Right > h.Step*r.Recipe.Batch || len(h.Epochs) > r.Recipe.Epochs || (len(h.Epochs) == r.Recipe.Epochs && h.Step > 0) {
		return nil, fmt.Errorf("train: %s: it is at step %d of %d after %d epochs, which no run is; name another folder", path, h.Step, steps, len(h.Epochs))
	}
	s := r.start()
	s.epochs, s.step, s.loss, s.right, s.instructions, s.commit, s.program = h.Epochs, h.Step, h.Loss, h.Right, h.Instructions, h.Commit, h.Program
	if len(s.epochs) > 0 || s.step > 0 {
		for _, l := range shapes(s.weights) {
			s.optimiser.start(l)
		}
	}
	for name, into := range s.arrays() {
		t := f.Tensors[name]
		if t == nil || len(t.Data) != total(into) {
			return nil, fmt.Errorf("train: %s: its tensor %q does not fit the network; name another folder", path, name)
		}
		data := t.Data
		for _, a := range into {
			data = data[copy(a, data):]
		}
	}
	return s, nil
}

// repair writes those files anew that are made of the checkpoint and are not as
// it says: the last save was broken off after it.
func (r *Run) repair(s *state) error {
	if len(s.instructions) == 0 {
		return nil // as programs saved that wrote the checkpoint last
	}
	files, err := r.derived(s)
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f file.File) bool {
		info, err := os.Stat(f.Path)
		if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(f.Data)) {
			return false
		}
		data, err := os.ReadFile(f.Path)
		return err == nil && bytes.Equal(data, f.Data)
	})
	for _, f := range files {
		r.tell("%s is written anew from %s: the last save was broken off, or it was changed since", f.Path, r.path(".checkpoint"))
	}
	return file.Write(files...)
}

// difference says in what a checkpoint is of another run, or is empty.
func (r *Run) difference(h header) string {
	own := r.header(&state{})
	switch {
	case own.Architecture != h.Architecture || own.Scaling != h.Scaling || own.Classes != h.Classes:
		return printable.Sprintf("%.80s %.80s of %d classes, now %s %s of %d", h.Architecture, h.Scaling, h.Classes, own.Architecture, own.Scaling, own.Classes)
	case own.From != h.From:
		return printable.Sprintf("from weights %.16s…, now from %.16s…", cmp.Or(h.From, "none"), cmp.Or(own.From, "none"))
	case own.Teacher != h.Teacher:
		return printable.Sprintf("taught by %.24s…, now by %.24s…", cmp.Or(h.Teacher, "nobody"), cmp.Or(own.Teacher, "nobody"))
	case own.Data != h.Data:
		return printable.Sprintf("on %.200s, now on %.200s", h.Data, own.Data)
	}
	// The SHA-256 tell, whatever the files are called now.
	h.Recipe.From, h.Recipe.Teacher = own.Recipe.From, own.Recipe.Teacher
	return h.Recipe.Difference(own.Recipe)
}

// arrays are the state's values, by the names that they have in a checkpoint.
func (s *state) arrays() map[string][][]float32 {
	return map[string][][]float32{
		"weights": s.weights.Arrays(), "average": s.average.weights.Arrays(),
		"velocity": s.optimiser.velocity, "squares": s.optimiser.squares,
	}
}

// shapes are the lengths of the parameters, in the order in which a graph lists
// them.
func shapes(w network.Weights) (lengths []int) {
	for _, l := range w {
		if l.Weight == nil { // a node without any
			continue
		}
		lengths = append(lengths, len(l.Weight))
		if l.Bias != nil {
			lengths = append(lengths, len(l.Bias))
		}
		if l.Norm != nil {
			lengths = append(lengths, len(l.Norm.Gamma), len(l.Norm.Beta))
		}
	}
	return lengths
}

func total(arrays [][]float32) (n int) {
	for _, a := range arrays {
		n += len(a)
	}
	return n
}

// save writes the checkpoint, and what is derived from it. The checkpoint goes
// first: where a save is broken off, at whatever place, what the others lack is
// made of it by repair.
func (r *Run) save(s *state) error {
	data, err := r.checkpoint(s)
	if err != nil {
		return err
	}
	files, err := r.derived(s)
	if err != nil {
		return err
	}
	if err := file.Write(append([]file.File{{Path: r.path(".checkpoint"), Data: data}}, files...)...); err != nil {
		return fmt.Errorf("%w%s; the same command goes on once that is put right", err, r.kept())
	}
	return nil
}

// checkpoint is the state as restore reads it, where all its values are finite.
func (r *Run) checkpoint(s *state) ([]byte, error) {
	var tensors []tensorfile.Tensor
	for name, arrays := range s.arrays() {
		t := tensorfile.Tensor{Name: name, Shape: []int{total(arrays)}, Data: make([]float32, 0, total(arrays))}
		for _, a := range arrays {
			t.Data = append(t.Data, a...)
		}
		for _, v := range t.Data {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil, r.diverged("a value of the %s is %v after step %d of epoch %d", name, v, s.step, len(s.epochs)+1)
			}
		}
		tensors = append(tensors, t)
	}
	return tensorfile.Encode(tensors, map[string]string{"run": string(encodeJSON(r.header(s)))})
}

// derived are the files that the state says all of, at the end of an epoch: its
// log and its network. Within one they stay as they were at its beginning.
func (r *Run) derived(s *state) ([]file.File, error) {
	if len(s.epochs) == 0 || s.step > 0 {
		return nil, nil
	}
	var log bytes.Buffer
	for _, e := range s.epochs {
		log.Write(encodeJSON(e))
		log.WriteByte('\n')
	}
	network, err := r.encode(s)
	if err != nil {
		return nil, err
	}
	return []file.File{{Path: r.path(".log.jsonl"), Data: log.Bytes()}, {Path: r.path(".safetensors"), Data: network}}, nil
}

// diverged is the error of a run whose rate is too high, as what was found in it
// tells.
func (r *Run) diverged(what string, values ...any) error {
	kept, where := r.kept(), ""
	if kept != "" {
		where = " in another folder"
	}
	return diverged{fmt.Errorf("train: %s: %s; the learning rate of %v is too high: start again%s with a lower one, as %.2g%s", r.Name, fmt.Sprintf(what, values...), r.Recipe.Rate, where, r.Recipe.Rate/4, kept)}
}

// diverged is an ErrDiverged that says where.
type diverged struct{ error }

func (diverged) Is(target error) bool { return target == ErrDiverged }

// encodeJSON is JSON of a plain struct of finite numbers and text, which always
// has one.
func encodeJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
