package measure

import (
	"math"
	"slices"

	"scalecam/exact"
)

// How many samples a Bootstrap draws: enough for the 2.5 % at each end, and fewer of
// records that are long curves, whose sums are what takes the memory.
const (
	replicates    = 1000
	replicatesFew = 200
	few           = 16 // values of a record, up to which there are many samples
)

// Bootstrap sums what was observed of pictures, and draws samples of the pictures, with
// replacement, of which the interval of any figure that is made of such a sum is read:
// a percentile bootstrap (Efron 1979, doi 10.1214/aos/1176344552) in which how often a
// picture is in a sample is Poisson's of mean 1, drawn by the seed, the picture and the
// sample alone (Chamandy et al. 2012, "Estimating Uncertainty for Massive Data
// Streams"). So no picture need be kept, memory is bounded however many there are, and
// two networks that are measured on the same pictures, by one seed, are drawn alike:
// the intervals of their differences are of pairs.
type Bootstrap struct {
	seed  uint64
	n     float64
	sum   []float64
	drawn []float64   // how many pictures each sample has
	sums  [][]float64 // of each sample
}

// NewBootstrap sums records of so many values.
func NewBootstrap(seed uint64, values int) *Bootstrap {
	samples := replicates
	if values > few {
		samples = replicatesFew
	}
	b := &Bootstrap{seed: seed, sum: make([]float64, values), drawn: make([]float64, samples), sums: make([][]float64, samples)}
	for i := range b.sums {
		b.sums[i] = make([]float64, values)
	}
	return b
}

// Add adds what was observed of picture i. The same pictures in the same order give the
// same sums to the bit. It panics where the record has another length.
func (b *Bootstrap) Add(i int, record []float64) {
	if len(record) != len(b.sum) {
		panic("measure: a record of another length")
	}
	var at []int // what is not zero, which is little of a curve
	for j, v := range record {
		if v != 0 {
			at = append(at, j)
			b.sum[j] += v
		}
	}
	b.n++
	for r, sums := range b.sums {
		times := drawn(b.seed, uint64(i), uint64(r))
		if times == 0 {
			continue
		}
		b.drawn[r] += times
		for _, j := range at {
			sums[j] += times * record[j]
		}
	}
}

// Count is how many pictures were added.
func (b *Bootstrap) Count() int { return int(b.n) }

// Figure is what a figure makes of the sum and of how many pictures are in it, with its
// interval.
func (b *Bootstrap) Figure(figure func(sum []float64, n float64) float64) Mean {
	if b.n == 0 {
		return Mean{}
	}
	value := figure(b.sum, b.n)
	if b.n == 1 {
		return Mean{Value: value}
	}
	var all []float64
	for r, sums := range b.sums {
		if b.drawn[r] > 0 {
			all = append(all, figure(sums, b.drawn[r]))
		}
	}
	return Mean{value, interval(all)}
}

// Less is what a figure makes of b less what it makes of another, of the same pictures
// by the same seed, with its interval.
func (b *Bootstrap) Less(other *Bootstrap, figure func(sum []float64, n float64) float64) Mean {
	if b.n == 0 || b.n != other.n {
		return Mean{}
	}
	value := figure(b.sum, b.n) - figure(other.sum, other.n)
	if b.n == 1 {
		return Mean{Value: value}
	}
	var all []float64
	for r := range b.sums {
		if n := b.drawn[r]; n > 0 {
			all = append(all, figure(b.sums[r], n)-figure(other.sums[r], n))
		}
	}
	return Mean{value, interval(all)}
}

// Pair is two numbers of one picture.
type Pair struct{ X, Y float64 }

// Pairs are those of pictures, one after another.
type Pairs []Pair

// Spearman is the rank correlation of the pairs' numbers, as RankCorrelation is of maps,
// with its interval by samples drawn as a Bootstrap's are: 0 where one of the numbers is
// the same in all.
func (p Pairs) Spearman(seed uint64) Mean {
	of := func(times func(i int) float64) float64 {
		var x, y []float64
		for i, pair := range p {
			for range int(times(i)) {
				x, y = append(x, pair.X), append(y, pair.Y)
			}
		}
		return defined(rankCorrelation(x, y))
	}
	if len(p) < 2 {
		return Mean{Value: of(func(int) float64 { return 1 })}
	}
	return sampled(of, seed)
}

// interval is from the 2.5th to the 97.5th percentile.
func interval(all []float64) *[2]float64 {
	slices.Sort(all)
	at := func(share float64) float64 {
		place := share * float64(len(all)-1)
		i := min(int(place), len(all)-2)
		return all[i] + (place-float64(i))*(all[i+1]-all[i])
	}
	return &[2]float64{at(0.025), at(0.975)}
}

// poisson are the chances of at most 0, 1, … of Poisson's distribution of mean 1, as
// parts of 2⁶⁴; what lies beyond the last is less than 1e-15.
var poisson = func() (most []uint64) {
	chance, sum := exact.Exp(-1), 0.0
	for k := 1; k < 18; k++ {
		sum += chance
		most = append(most, uint64(min(sum, 1-1e-16)*math.MaxUint64))
		chance /= float64(k)
	}
	return most
}()

// drawn is how often a picture is in a sample.
func drawn(seed, picture, sample uint64) float64 {
	x := mixed(mixed(mixed(seed)^picture) ^ sample)
	for k, most := range poisson {
		if x <= most {
			return float64(k)
		}
	}
	return float64(len(poisson))
}

// mixed is SplitMix64 (Steele et al. 2014, doi 10.1145/2660193.2660195).
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
