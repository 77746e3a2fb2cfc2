package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/printable"
)

// Recipe is how a network is trained. In a file it is JSON; what it leaves out
// is as in DefaultRecipe.
type Recipe struct {
	Epochs int    `json:"epochs"`
	Batch  int    `json:"batch"` // pictures in a step
	Seed   uint64 `json:"seed"`  // of the weights, the order and all chance

	Optimiser string  `json:"optimiser"` // "sgd", "rmsprop", "adam" or "muon"
	Rate      float64 `json:"rate"`      // learning rate, at its highest
	WarmUp    float64 `json:"warm_up"`   // epochs in which the rate rises to it; then it falls as a cosine
	Momentum  float64 `json:"momentum"`
	// WeightDecay is of weights, not of biases and batch norm.
	WeightDecay float64 `json:"weight_decay"`
	// Average is the decay of the moving average of the weights, which is what
	// is kept at the end; 0 keeps the last weights.
	Average float64 `json:"average"`

	LabelSmoothing  float64 `json:"label_smoothing"` // share of the target spread over all classes
	Dropout         float64 `json:"dropout"`
	StochasticDepth float64 `json:"stochastic_depth"`

	// Crop is the smallest area of a random crop, as a share of the picture's.
	Crop float64 `json:"crop"`
	Flip bool    `json:"flip"` // left to right, half of the pictures
	// Colour is how far brightness, contrast and saturation may change, as a
	// share.
	Colour float64 `json:"colour"`
	// Mixup is the α of the Beta distribution by which two pictures are mixed
	// (arXiv 1710.09412); 0 mixes none.
	Mixup float64 `json:"mixup"`
	// CutMix is the α of the Beta distribution by which a rectangle of a picture is
	// swapped with another's (arXiv 1905.04899); 0 swaps none. Where Mixup is set as
	// well, one batch is mixed and another swapped, by the toss of a coin.
	CutMix float64 `json:"cutmix"`

	// Cap is how many pictures of a class an epoch has at most, others in each; 0 for all.
	Cap int `json:"cap"`
	// FirstResolution is the share of the input's side that the first epoch has; it rises
	// to the whole side, which the last quarter of the epochs has (arXiv 2104.00298,
	// section 4).
	FirstResolution float64 `json:"first_resolution"`

	// Teacher names a trained network, as models.Open takes it, that is shown the same
	// pictures, changed in the same way: what it takes them for is learnt (arXiv
	// 1503.02531, 2106.05237). "" for none.
	Teacher string `json:"teacher"`
	// TeacherShare is the teacher's share of the target; the labels have the rest.
	TeacherShare float64 `json:"teacher_share"`

	Epsilon float64 `json:"epsilon"` // batch norm's; of a network that is fine-tuned, its own

	// From names the weights that a run begins from, as models.Open takes them; ""
	// for random ones.
	From string `json:"from"`
	// BodyRate is the share of the rate at which all layers but the classifier learn
	// that begin from weights.
	BodyRate float64 `json:"body_rate"`
}

// DefaultRecipe suits small networks and some thousands of pictures.
var DefaultRecipe = Recipe{
	Epochs: 30, Batch: 32, Seed: 1,
	Optimiser: "sgd", Rate: 0.1, WarmUp: 1, Momentum: 0.9, WeightDecay: 5e-5, Average: 0.999,
	LabelSmoothing: 0.1, Dropout: 0.1, StochasticDepth: 0.05,
	Crop: 0.5, Flip: true, Colour: 0.2,
	FirstResolution: 1, TeacherShare: 1,
	Epsilon: 1e-3, BodyRate: 0.1,
}

// ParseRecipe reads a recipe's JSON. An unknown key and a value out of range are
// errors that name it; so are weights on a network share, since a recipe may be anybody's.
func ParseRecipe(data []byte) (Recipe, error) {
	r := DefaultRecipe
	if err := Decode(data, &r); err != nil {
		return r, err
	}
	for key, spec := range map[string]string{"from": r.From, "teacher": r.Teacher} {
		if err := file.CheckLocal(spec); err != nil {
			return r, fmt.Errorf("%s: %w", key, err)
		}
	}
	return r, r.Check()
}

// Decode reads JSON that people write: an object of known keys, each once, and nothing
// after it.
func Decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("it is no JSON that is understood here: %.200s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows its JSON; a file holds one object")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return fmt.Errorf("it is no JSON object, {…}")
	}
	if key, twice := fault.Repeated(data); twice {
		return fmt.Errorf("the key %.60q is there twice; keep one of them", key)
	}
	return nil
}

// MostBatch is the most pictures of a step.
const MostBatch = 4096

// Check holds every value to its range.
func (r Recipe) Check() error {
	for _, c := range []struct {
		key        string
		value      float64
		least, top float64 // both allowed
	}{
		{"epochs", float64(r.Epochs), 1, 10_000}, // a checkpoint lists them
		{"batch", float64(r.Batch), 2, MostBatch},
		{"rate", r.Rate, 1e-9, 100},
		{"warm_up", r.WarmUp, 0, float64(r.Epochs)},
		{"momentum", r.Momentum, 0, 0.9999},
		{"weight_decay", r.WeightDecay, 0, 1},
		{"average", r.Average, 0, 0.999999},
		{"label_smoothing", r.LabelSmoothing, 0, 0.9},
		{"dropout", r.Dropout, 0, 0.95},
		{"stochastic_depth", r.StochasticDepth, 0, 0.95},
		{"crop", r.Crop, 0.01, 1},
		{"colour", r.Colour, 0, 1},
		{"mixup", r.Mixup, 0, 10},
		{"cutmix", r.CutMix, 0, 10},
		{"cap", float64(r.Cap), 0, math.MaxInt32},
		{"first_resolution", r.FirstResolution, 0.1, 1},
		{"teacher_share", r.TeacherShare, 0, 1},
		{"epsilon", r.Epsilon, 1e-8, 1},
		{"body_rate", r.BodyRate, 0, 1},
	} {
		if !(c.value >= c.least && c.value <= c.top) {
			return fmt.Errorf("%s is %v; it runs from %v to %v", c.key, c.value, c.least, c.top)
		}
		const smallest = 0x1p-126 // of the float32 numbers of full precision
		if c.value > 0 && c.value < smallest {
			return fmt.Errorf("%s is %v, too small for a float32; it is 0, or runs from %.2g to %v", c.key, c.value, smallest, c.top)
		}
	}
	if !slices.Contains([]string{"sgd", "rmsprop", "adam", "muon"}, r.Optimiser) {
		return fmt.Errorf("optimiser is %.80q; it is sgd, rmsprop, adam or muon", r.Optimiser)
	}
	return nil
}

// Difference names the first key in which two recipes differ, and both values;
// it is empty where they are equal.
func (r Recipe) Difference(other Recipe) string {
	a, b := reflect.ValueOf(r), reflect.ValueOf(other)
	for i := range a.NumField() {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); x != y {
			return printable.Sprintf("%s %.80s, now %.80s", a.Type().Field(i).Tag.Get("json"), fmt.Sprint(x), fmt.Sprint(y))
		}
	}
	return ""
}

// optimiser is the recipe's, before its first step.
func (r Recipe) optimiser() *Optimiser {
	o := &Optimiser{Momentum: r.Momentum, WeightDecay: r.WeightDecay}
	switch r.Optimiser {
	case "rmsprop":
		o.Square, o.Epsilon = 0.9, 1e-3 // the paper's code
	case "adam", "muon":
		o.Adam, o.Muon = true, r.Optimiser == "muon"
		o.Square, o.Epsilon = 0.99, 1e-8 // 0.999 remembers longer than a short run lasts
	}
	return o
}

func (r Recipe) regularisation() network.Regularisation {
	return network.Regularisation{Dropout: r.Dropout, StochasticDepth: r.StochasticDepth}
}

// rate is the learning rate of step i, counted through all epochs of so many
// steps: it rises in a straight line, then falls to zero as half a cosine
// (arXiv 1608.03983).
func (r Recipe) rate(i, steps int) float64 {
	warm := r.WarmUp * float64(steps)
	at := float64(i) + 0.5 // the middle of the step
	if at < warm {
		return r.Rate * at / warm
	}
	all := float64(r.Epochs * steps)
	return r.Rate * 0.5 * (1 + math.Cos(math.Pi*(at-warm)/max(all-warm, 1)))
}

// size is the input size of an epoch, counted from 0, of a network of such a size: of
// sides of whole multiples of 16 pixels, as the networks' last cells are, until it is the
// whole one.
func (r Recipe) size(whole network.Size, epoch int) network.Size {
	const last, cell = 0.75, 16 // from so much of the run on it is whole
	grown := float64(epoch) / max(last*float64(r.Epochs), 1)
	share := r.FirstResolution + (1-r.FirstResolution)*grown
	if grown >= 1 || share >= 1 {
		return whole
	}
	side := func(n int) int {
		return min(n, max(cell, int(math.Round(share*float64(n)/cell))*cell))
	}
	return network.Size{H: side(whole.H), W: side(whole.W)}
}
