package sweep

import (
	"fmt"
	"slices"

	"scalecam/cam/measure"
	"scalecam/compare/record"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/printable"
)

// Result is what came of a sweep. In a file it is JSON, in which nothing tells how long it
// took or on how many machines: the same sweep gives the same bytes.
type Result struct {
	record.Stamp
	Name         string       `json:"name"`
	Title        string       `json:"title"`
	Architecture string       `json:"architecture"`
	Data         string       `json:"data"`      // what was learnt from, in words
	Validated    int          `json:"validated"` // pictures that each top-1 is of
	Recipe       train.Recipe `json:"recipe"`
	Lines        []*Curves    `json:"lines"`
}

// Curves is what came of a Line.
type Curves struct {
	Name   string      `json:"name"`
	Title  string      `json:"title"`
	Points []*Measured `json:"points"`
}

// Measured is a network of a line.
type Measured struct {
	Depth      float64     `json:"depth"` // factors
	Width      float64     `json:"width"`
	Resolution int         `json:"resolution"`      // side in pixels
	Bases      *Bases      `json:"bases,omitempty"` // nil where it is not of a grid
	Parameters int64       `json:"parameters"`
	MACs       int64       `json:"macs"`
	Runs       []*Training `json:"runs"` // one for each seed

	network *network.Network // nil where the result was read
}

// Scaling is how the architecture is scaled.
func (m *Measured) Scaling() network.Scaling {
	return network.Scaling{Depth: m.Depth, Width: m.Width, Resolution: network.Square(m.Resolution)}
}

// Bases are those of compound scaling, and φ.
type Bases struct {
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
	Gamma float64 `json:"gamma"`
	Phi   float64 `json:"phi"`
}

// Training is a network trained with a seed. One that is in several lines is trained once.
type Training struct {
	// Name is also its folder's and its files', under points/ in the sweep's folder.
	Name string `json:"name"`
	Seed uint64 `json:"seed"`
	// Top1 is the share of the validation's pictures that the network is right in after
	// its last epoch, with Wilson's 95% interval.
	Top1     float64     `json:"top1"`
	Interval *[2]float64 `json:"interval"`
	// Weights is the SHA-256 of the weights' values after the last epoch.
	Weights string `json:"weights"`
	// Program and Instructions are what computed it; another instruction set gives
	// other last digits.
	Program      string    `json:"program"`
	Instructions []string  `json:"instructions"`
	Curve        []Reading `json:"curve"` // an epoch each
}

// Reading is what an epoch came to, as train.Epoch has it.
type Reading struct {
	Loss    float64 `json:"loss"`
	Top1    float64 `json:"top1"`
	ValLoss float64 `json:"val_loss"`
	ValTop1 float64 `json:"val_top1"`
}

// Trainings are those of the names that there are, each once, in order.
func (r *Result) Trainings() (all []*Training) {
	seen := map[string]bool{}
	for _, l := range r.Lines {
		for _, p := range l.Points {
			for _, t := range p.Runs {
				if !seen[t.Name] {
					seen[t.Name], all = true, append(all, t)
				}
			}
		}
	}
	return all
}

// Done tells that the training has taken all epochs of the recipe.
func (r *Result) Done(t *Training) bool { return len(t.Curve) >= r.Recipe.Epochs }

// Whole tells that all trainings are done.
func (r *Result) Whole() bool {
	return !slices.ContainsFunc(r.Trainings(), func(t *Training) bool { return !r.Done(t) })
}

// set puts down how far a training is, wherever it is listed.
func (r *Result) set(name string, epochs []train.Epoch, instructions []string) {
	for _, l := range r.Lines {
		for _, p := range l.Points {
			for _, t := range p.Runs {
				if t.Name != name || len(epochs) == 0 {
					continue
				}
				last := epochs[len(epochs)-1]
				top1 := measure.Share(last.ValTop1*float64(r.Validated), r.Validated)
				t.Top1, t.Interval, t.Weights, t.Program, t.Instructions, t.Curve = last.ValTop1, top1.Interval, last.Weights, last.Program, instructions, nil
				for _, e := range epochs {
					t.Curve = append(t.Curve, Reading{Loss: e.Loss, Top1: e.Top1, ValLoss: e.ValLoss, ValTop1: e.ValTop1})
				}
			}
		}
	}
}

// take puts down the trainings that another result holds, which is an error where that is
// of other data or of another recipe.
func (r *Result) take(known *Result) error {
	apart := ""
	switch {
	case known.Architecture != r.Architecture:
		apart = printable.Sprintf("%.80s, now %s", known.Architecture, r.Architecture)
	case known.Data != r.Data || known.Validated != r.Validated:
		apart = printable.Sprintf("on %.200s, now on %s", known.Data, r.Data)
	default:
		apart = known.Recipe.Difference(r.Recipe)
	}
	if apart != "" {
		return fmt.Errorf("sweep: the known result is of another sweep (%s); give one of the same recipe on the same data", apart)
	}
	of := map[string]*Measured{}
	trained := map[string]*Training{}
	for _, l := range known.Lines {
		for _, p := range l.Points {
			for _, t := range p.Runs {
				of[t.Name], trained[t.Name] = p, t
			}
		}
	}
	for _, l := range r.Lines {
		for _, p := range l.Points {
			for _, t := range p.Runs {
				k := trained[t.Name]
				if k == nil {
					continue
				}
				if is := of[t.Name]; is.Parameters != p.Parameters || is.MACs != p.MACs {
					return fmt.Errorf("sweep: %s has %d parameters and %d multiply-adds in the known result, and %d and %d here; leave it out", t.Name, is.Parameters, is.MACs, p.Parameters, p.MACs)
				}
				*t = *k
			}
		}
	}
	return nil
}

// ReadFile reads a result's file. Errors name it.
func ReadFile(path string) (*Result, error) {
	data, err := file.Read(path, mostResult, "the result of a sweep")
	if err != nil {
		return nil, err
	}
	r, err := Read(data)
	if err != nil {
		return nil, fault.Errorf("sweep: %s: %w", path, err)
	}
	return r, nil
}

// Read reads a result's JSON, of which nothing is missing. Errors say what is wrong of it.
func Read(data []byte) (*Result, error) {
	r := new(Result)
	if err := record.Decode(data, r); err != nil {
		return nil, err
	}
	if r.Name == "" || len(r.Lines) == 0 || len(r.Lines) > mostLines || r.Validated < 1 || r.Recipe.Check() != nil {
		return nil, fault.Errorf("sweep: this is no result of a sweep, or not whole; make it anew by scalecam sweep")
	}
	for _, l := range r.Lines {
		if l == nil || len(l.Points) == 0 || len(l.Points) > mostTrainings {
			return nil, fault.Errorf("sweep: a line of %.80q has no points, or too many; make the result anew by scalecam sweep", r.Name)
		}
		for _, p := range l.Points {
			if p == nil || len(p.Runs) == 0 || len(p.Runs) > mostSeeds || p.MACs < 1 || p.Parameters < 1 {
				return nil, fault.Errorf("sweep: a point of the line %.80q is damaged; make the result anew by scalecam sweep", l.Name)
			}
			for _, t := range p.Runs {
				// By its name a training's files are found, so that it is no other.
				if t == nil || t.Name != name(p.Scaling(), t.Seed) || !r.Done(t) || !(t.Top1 >= 0 && t.Top1 <= 1) {
					return nil, fault.Errorf("sweep: a training of the line %.80q is damaged or not done; make the result anew by scalecam sweep", l.Name)
				}
			}
		}
	}
	return r, nil
}
