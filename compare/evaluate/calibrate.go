package evaluate

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/parallel"
	"scalecam/printable"
)

// Sure is how sure a network was of its answer, and whether that was right.
type Sure struct {
	Probability float64 // 0 to 1
	Right       bool
}

// ECE is the expected calibration error (Naeini et al. 2015; arXiv 1706.04599):
// answers are sorted into 15 bins by their probability, and the error is the mean
// over them of how far the bin's share of right answers lies from its mean
// probability.
func ECE(all []Sure) float64 {
	const bins = 15
	var sum [bins]float64
	for _, s := range all {
		bin := min(int(s.Probability*bins), bins-1)
		sum[bin] += s.Probability
		if s.Right {
			sum[bin]--
		}
	}
	e := 0.0
	for _, v := range sum {
		e += math.Abs(v)
	}
	return e / float64(max(len(all), 1))
}

// confidence is the mean probability.
func confidence(all []Sure) float64 {
	sum := 0.0
	for _, s := range all {
		sum += s.Probability
	}
	return sum / float64(max(len(all), 1))
}

// Calibration is what was fitted to a network, a temperature and of what
// pictures it is unsure, and what they do on pictures that they were not fitted
// to.
type Calibration struct {
	Name        string  `json:"name"`
	Network     string  `json:"network"` // its spec
	Temperature float64 `json:"temperature"`
	Fitted      int     `json:"fitted"` // pictures
	Tested      int     `json:"tested"`
	Top1        float64 `json:"top1"` // of those tested
	// ECE and NLL (the mean of −log of the right class's probability; of a model of
	// sigmoids the mean over its outputs, too, of their binary cross-entropies) are
	// of those tested, with the temperature and without.
	ECE    float64         `json:"ece"`
	ECERaw float64         `json:"ece_raw"`
	NLL    float64         `json:"nll"`
	NLLRaw float64         `json:"nll_raw"`
	Unsure *network.Unsure `json:"unsure"`
	Recognition
}

// answer is what a network computes of a picture, and what would be right.
type answer struct {
	logits   []float32
	right    []int
	familiar network.Familiarity
}

// mostLogits is how many are kept at a time, in 256 MiB: of five networks of
// ImageNet those of 13,000 pictures, which are plenty.
const mostLogits = 64 << 20

// Calibrate fits a temperature to each model: the one that minimises the negative
// log likelihood on half of the set's pictures, drawn by the seed (Guo et al.
// 2017, arXiv 1706.04599); of a model whose classes do not exclude each other the
// binary cross-entropies of its outputs, of which a picture's folder names those
// that are right, and no other. On the same half it fits of what pictures the models
// are unsure. Of very many pictures no more are drawn than
// have room. Maps and logits stay as they are. together is how well all the models
// tell strangers, as one.
func Calibrate(ctx context.Context, models []*network.Model, set dataset.Set, answers Answers, strangers []Strangers, seed uint64, progress func(done, total int)) (all []Calibration, together Recognition, err error) {
	if models, err = whole(models); err != nil {
		return nil, together, err
	}
	labels := make([][][]int, len(models))
	perPicture := 0
	for i, m := range models {
		if labels[i], err = answers.of(m, set); err != nil {
			return nil, together, err
		}
		perPicture += len(m.Classes)
	}
	const fewest = 20 // fewer tell nothing
	if set.Len() < fewest {
		return nil, together, fault.Errorf("evaluate: %d pictures to calibrate with; give %d or more", set.Len(), fewest)
	}
	drawn := rand.New(rand.NewPCG(seed, 0)).Perm(set.Len())
	drawn = drawn[:min(len(drawn), max(fewest, mostLogits/max(perPicture, 1)))]
	seen := make([][]answer, len(models)) // in the order drawn
	for i := range seen {
		seen[i] = make([]answer, len(drawn))
	}
	total := len(drawn)
	for _, s := range strangers {
		total += s.Len()
	}
	done := 0
	forth := func(more, _ int) { progress(done+more, total) }
	err = each(ctx, models, len(drawn), forth, func(mine []*network.Model, i int) error {
		e, err := set.At(drawn[i])
		if err != nil {
			return err
		}
		inputs := network.NewInputs(e.Image)
		for j, m := range mine {
			a, err := m.Forward(ctx, inputs.For(m))
			if err != nil {
				return err
			}
			seen[j][i] = answer{a.Logits, labels[j][e.Class], a.Familiarity}
		}
		return nil
	})
	if err != nil {
		return nil, together, err
	}
	strange := make([][][]network.Familiarity, len(strangers)) // by stranger, model, picture
	done = len(drawn)
	for i, s := range strangers {
		if strange[i], err = familiarities(ctx, models, s, forth); err != nil {
			return nil, together, err
		}
		done += s.Len()
	}
	half := (len(drawn) + 1) / 2
	fits, tests := make([][]network.Familiarity, len(models)), make([][]network.Familiarity, len(models))
	for i := range models {
		fits[i], tests[i] = familiar(seen[i][:half]), familiar(seen[i][half:])
	}
	unsure := fitUnsure(fits)
	recognition := func(of ...int) Recognition {
		certainties := func(seen [][]network.Familiarity) []float64 {
			all := make([]float64, len(seen[0]))
			for k := range all {
				var by []*network.Unsure
				var f []network.Familiarity
				for _, i := range of {
					by, f = append(by, unsure[i]), append(f, seen[i][k])
				}
				all[k] = network.Certainty(by, f)
			}
			return all
		}
		theirs := make([][]float64, len(strangers))
		for k := range strangers {
			theirs[k] = certainties(strange[k])
		}
		return recognise(certainties(tests), strangers, theirs)
	}
	for i, m := range models {
		fit, test := seen[i][:half], seen[i][half:]
		t := fitTemperature(m, fit)
		shown, raw := sure(m, test, t), sure(m, test, 1)
		right := 0
		for _, s := range raw {
			if s.Right {
				right++
			}
		}
		all = append(all, Calibration{
			Name: printable.Line(m.Name), Network: printable.Line(m.Spec), Temperature: t, Fitted: len(fit), Tested: len(test), Top1: float64(right) / float64(len(test)),
			ECE: ECE(shown), ECERaw: ECE(raw), NLL: loss(m, test, t), NLLRaw: loss(m, test, 1),
			Unsure: unsure[i], Recognition: recognition(i),
		})
	}
	every := make([]int, len(models))
	for i := range every {
		every[i] = i
	}
	return all, recognition(every...), nil
}

// familiar are the familiarities of the answers' pictures.
func familiar(all []answer) (out []network.Familiarity) {
	for _, a := range all {
		out = append(out, a.familiar)
	}
	return out
}

// sure is how sure the model is of its answers at a temperature.
func sure(m *network.Model, all []answer, temperature float64) []Sure {
	out := make([]Sure, len(all))
	parallel.Each(len(all), func(i int) { out[i] = verdict(odds(m, all[i].logits, temperature), all[i].right) })
	return out
}

// loss is the mean negative log likelihood of what is right at a temperature.
func loss(m *network.Model, all []answer, temperature float64) float64 {
	each := make([]float64, len(all))
	unlikely := func(p float64) float64 { return -math.Log(max(p, math.SmallestNonzeroFloat64)) }
	parallel.Each(len(all), func(i int) {
		p := odds(m, all[i].logits, temperature)
		sum := 0.0
		if m.Independent && !alone(m) {
			for c, p := range p {
				if !slices.Contains(all[i].right, c) {
					p = 1 - p
				}
				sum += unlikely(p)
			}
			each[i] = sum / float64(len(p))
			return
		}
		for _, c := range all[i].right {
			sum += p[c]
		}
		each[i] = unlikely(sum)
	})
	sum := 0.0
	for _, v := range each {
		sum += v
	}
	return sum / float64(len(all))
}

// fitTemperature finds the temperature of the least loss.
func fitTemperature(m *network.Model, all []answer) float64 {
	return network.FitTemperature(func(t float64) float64 { return loss(m, all, t) })
}
