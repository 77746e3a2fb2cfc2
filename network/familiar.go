package network

import (
	"math"

	"scalecam/cam"
	"scalecam/exact"
	"scalecam/network/kernel"
)

// Familiarity tells how much a picture looks like one of a model's classes, without
// knowing how large its logits are: it needs no temperature.
type Familiarity struct {
	// Peak is the natural logarithm of the logits' kurtosis, the mean of z⁴, z being
	// a logit less their mean and over their standard deviation. Of a picture of a
	// class few logits stand out; of others they are spread as sums of many small
	// causes are, with a kurtosis of about 3. That such pictures have features, and
	// so logits, as large as those of a class or larger, which the energy score
	// (arXiv 2010.03759) is misled by, makes no difference to it.
	Peak float64
	// Typical is the correlation, over channels, of the last features' means with
	// what they typically are (LayerWeights.typical); 0 where that is not known.
	// Noise and textures rouse the channels that most pictures rouse, of which a
	// classifier makes little.
	Typical float64
}

// Unsure is what was fitted to a model on pictures of its classes, to tell those
// of none. The score of a picture is Peak − Typical·Weight, in nats: the higher,
// the more it looks like one of the classes.
type Unsure struct {
	Weight float64 `json:"weight"` // in nats
	Mean   float64 `json:"mean"`   // of the score
	// Below is the score that 95 % of the pictures reach; who has less is unsure.
	Below float64 `json:"below"`
	// Agreement is the correlation of the score with those of the other models
	// fitted along with it; 1 where it was fitted alone.
	Agreement float64 `json:"agreement"`
}

// Score is the picture's.
func (u *Unsure) Score(f Familiarity) float64 { return f.Peak - u.Weight*f.Typical }

// Certainty is by how much the mean of several models' scores of a picture is above
// what 95 % of pictures of their classes reach, in nats; where it is negative they
// are unsure together. The mean of n scores, of which each pair has the correlation
// c, spreads by √((1 + (n−1)·c)/n) of what each does, and what is unsure lies the
// nearer to its mean.
func Certainty(models []*Unsure, seen []Familiarity) float64 {
	n := float64(len(models))
	score, mean, below, agreement := 0.0, 0.0, 0.0, 0.0
	for i, u := range models {
		score += u.Score(seen[i]) / n
		mean += u.Mean / n
		below += u.Below / n
		agreement += u.Agreement / n
	}
	spread := math.Sqrt(max(0, (1+(n-1)*agreement)/n))
	return score - (mean - spread*(mean-below))
}

// familiarity is that of a picture by its logits and last features.
func familiarity(logits []float32, f cam.Features, typical []float64) Familiarity {
	values := make([]float64, len(logits))
	for i, v := range logits {
		values[i] = float64(v)
	}
	return Familiarity{Peak: math.Log(kurtosis(values)), Typical: Correlation(pooled(f), typical)}
}

// kurtosis is the mean of the values' fourth powers where their mean is 0 and
// their variance 1; 1, the least there is, where all are the same.
func kurtosis(values []float64) float64 {
	values, deviation := centred(values)
	if deviation == 0 {
		return 1
	}
	sum := 0.0
	for _, v := range values {
		z := v / deviation
		sum += z * z * z * z
	}
	return sum / float64(len(values))
}

// Correlation is Pearson's; 0 where there is none, since either is constant,
// beyond all numbers or unknown.
func Correlation(x, y []float64) float64 {
	if len(x) != len(y) || len(x) == 0 {
		return 0
	}
	x, dx := centred(x)
	y, dy := centred(y)
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	r := sum / (float64(len(x)) * dx * dy)
	if math.IsNaN(r) {
		return 0
	}
	return r
}

// centred gives the values less their mean, and their standard deviation.
func centred(values []float64) (less []float64, deviation float64) {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	mean := sum / float64(len(values))
	less = make([]float64, len(values))
	square := 0.0
	for i, v := range values {
		less[i] = v - mean
		square += less[i] * less[i]
	}
	return less, math.Sqrt(square / float64(len(values)))
}

// pooled is the mean of each channel.
func pooled(f cam.Features) []float64 {
	mean := make([]float64, f.K)
	for cell := range f.H * f.W {
		for k, v := range f.Cell(cell) {
			mean[k] += float64(v)
		}
	}
	for k := range mean {
		mean[k] /= float64(f.H * f.W)
	}
	return mean
}

// typical is what each channel of a layer puts out on average, as its batch norm
// says: the mean of a(γ·x + β), a being the activation and x standard normal, as
// what batch norm has normalised is over the pictures that it learnt from (arXiv
// 1502.03167), were that normally distributed. It is nil of a layer without batch norm.
func (w LayerWeights) typical(activation kernel.Activation) []float64 {
	if w.Norm == nil {
		return nil
	}
	const steps, widest = 61, 4.5 // in standard deviations; beyond them are 7 values of a million
	var density, at [steps]float64
	total := 0.0
	for i := range at {
		at[i] = widest * (2*float64(i)/(steps-1) - 1)
		density[i] = exact.Exp(-at[i] * at[i] / 2)
		total += density[i]
	}
	channels := len(w.Norm.Gamma)
	values := make([]float32, channels*steps)
	for c := range channels {
		for i, x := range at {
			values[c*steps+i] = float32(float64(w.Norm.Gamma[c])*x + float64(w.Norm.Beta[c]))
		}
	}
	activation.Forward(values, values)
	mean := make([]float64, channels)
	for i, v := range values {
		mean[i/steps] += float64(v) * density[i%steps] / total
	}
	return mean
}
