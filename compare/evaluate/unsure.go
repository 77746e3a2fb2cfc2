package evaluate

import (
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
)

// Strangers are pictures of none of the models' classes.
type Strangers struct {
	Name string // what they are, in the plural: "textures"
	dataset.Set
}

// kept is the share of the pictures of its classes of which a model is to be sure.
const kept = 0.95

// Recognition is how well pictures of the classes are told from others by
// network.Certainty.
type Recognition struct {
	// Kept is the share of the pictures of the classes, those tested, that are not
	// marked as unsure: about 0.95, as of those fitted to.
	Kept    float64      `json:"kept"`
	Against []Separation `json:"against"`
}

// Separation is how well pictures of the classes are told from some others.
type Separation struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	// AUROC is the chance that of two pictures the one that shows a class has
	// the higher certainty: the area under the receiver operating characteristic.
	AUROC float64 `json:"auroc"`
	// Through is the share of the others that are not marked as unsure.
	Through float64 `json:"through"`
}

// AUROC is the chance that one of some is more than one of others, where equal
// ones count half (Mann and Whitney 1947, doi 10.1214/aoms/1177730491).
func AUROC(some, others []float64) float64 {
	sorted := slices.Sorted(slices.Values(others))
	sum := 0.0
	for _, v := range some {
		first, _ := slices.BinarySearch(sorted, v)
		last, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
		sum += float64(first+last) / 2
	}
	return sum / float64(len(some)*len(others))
}

// recognise tells by certainties (network.Certainty).
func recognise(known []float64, strangers []Strangers, certainties [][]float64) Recognition {
	sure := func(of []float64) float64 {
		n := 0
		for _, v := range of {
			if v >= 0 {
				n++
			}
		}
		return float64(n) / float64(len(of))
	}
	r := Recognition{Kept: sure(known), Against: []Separation{}}
	for i, s := range strangers {
		r.Against = append(r.Against, Separation{s.Name, len(certainties[i]), AUROC(known, certainties[i]), sure(certainties[i])})
	}
	return r
}

// fitUnsure fits to models what they are unsure of, by pictures of their classes,
// [model][picture].
func fitUnsure(seen [][]network.Familiarity) []*network.Unsure {
	// By how much Typical's spread over pictures of the classes counts, in nats;
	// chosen for the packs on half of their pictures (docs/unsure.md), where 0.1 to
	// 0.25 do about as well.
	const share = 0.15
	all, scores := make([]*network.Unsure, len(seen)), make([][]float64, len(seen))
	for i, pictures := range seen {
		u := new(network.Unsure)
		var typical []float64
		for _, f := range pictures {
			typical = append(typical, f.Typical)
		}
		const least = 1e-3 // a correlation that varies less tells nothing
		if d := deviation(typical); d > least {
			u.Weight = rounded(share / d)
		}
		for _, f := range pictures {
			scores[i] = append(scores[i], u.Score(f))
		}
		sorted := slices.Sorted(slices.Values(scores[i]))
		u.Mean = rounded(mean(sorted))
		u.Below = min(u.Mean, rounded(sorted[int((1-kept)*float64(len(sorted)))]))
		all[i] = u
	}
	for i, u := range all {
		var with []float64
		for j := range all {
			if j != i {
				with = append(with, network.Correlation(scores[i], scores[j]))
			}
		}
		if u.Agreement = 1; len(with) > 0 {
			u.Agreement = rounded(mean(with))
		}
	}
	return all
}

// rounded is a figure to three decimals.
func rounded(v float64) float64 { return math.Round(1000*v) / 1000 }

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func deviation(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(values)))
}

// familiarities are the models' of the set's pictures, [model][picture].
func familiarities(ctx context.Context, models []*network.Model, set dataset.Set, progress func(done, total int)) ([][]network.Familiarity, error) {
	all := make([][]network.Familiarity, len(models))
	for j := range all {
		all[j] = make([]network.Familiarity, set.Len())
	}
	err := each(ctx, models, set.Len(), progress, func(mine []*network.Model, i int) error {
		e, err := set.At(i)
		if err != nil {
			return err
		}
		inputs := network.NewInputs(e.Image)
		for j, m := range mine {
			a, err := m.Forward(ctx, inputs.For(m))
			if err != nil {
				return err
			}
			all[j][i] = a.Familiarity
		}
		return nil
	})
	return all, err
}

// DrawnStrangers are those that the program draws by a seed: so many textures, as
// many pictures of noise, and of scenes unless a model knows them.
func DrawnStrangers(models []*network.Model, seed uint64, count int) []Strangers {
	var all []Strangers
	if !slices.ContainsFunc(models, func(m *network.Model) bool { return m.Domain == network.Scenes }) {
		all = append(all, Strangers{"scenes", scenes.Set{Seed: seed + scenes.TestSeed, Count: count, Side: 160}})
	}
	return append(all,
		Strangers{"textures", patterns{textures, seed, count}},
		Strangers{"noise", patterns{noises, seed, count}})
}

// patterns are drawn pictures that show no thing, of some kinds in turn.
type patterns struct {
	kinds []pattern
	seed  uint64
	count int
}

// Classes has one for all.
func (p patterns) Classes() []string { return []string{"none"} }

// Len is how many they are.
func (p patterns) Len() int { return p.count }

// Class is none for all.
func (p patterns) Class(int) int { return 0 }

// At draws number i.
func (p patterns) At(i int) (*dataset.Example, error) {
	rng := rand.New(rand.NewPCG(p.seed, uint64(i)))
	level := p.kinds[i%len(p.kinds)](rng)
	img := image.NewRGBA(image.Rect(0, 0, patternSide, patternSide))
	for y := range patternSide {
		for x := range patternSide {
			to := img.Pix[img.PixOffset(x, y):][:4]
			for c, v := range level(x, y) {
				to[c] = uint8(255 * min(max(v, 0), 1))
			}
			to[3] = 255
		}
	}
	return &dataset.Example{Name: fmt.Sprintf("pattern %d", i), Image: img}, nil
}

const patternSide = 224 // pixels

// pattern makes a picture up by chance: its colour at each pixel, asked for line
// by line, from 0 to 1.
type pattern func(rng *rand.Rand) func(x, y int) [3]float64

// noises are noise of each pixel, of blocks of them, and without colour.
var noises = []pattern{
	func(rng *rand.Rand) func(x, y int) [3]float64 { // uniform
		return func(int, int) [3]float64 { return colour(rng) }
	},
	func(rng *rand.Rand) func(x, y int) [3]float64 { // normal
		return func(int, int) [3]float64 { return [3]float64{normal(rng), normal(rng), normal(rng)} }
	},
	func(rng *rand.Rand) func(x, y int) [3]float64 { // uniform, in blocks
		const side = 8
		blocks := make([][3]float64, patternSide/side*patternSide/side)
		for i := range blocks {
			blocks[i] = colour(rng)
		}
		return func(x, y int) [3]float64 { return blocks[y/side*(patternSide/side)+x/side] }
	},
	func(rng *rand.Rand) func(x, y int) [3]float64 { // grey
		return func(int, int) [3]float64 {
			v := normal(rng)
			return [3]float64{v, v, v}
		}
	},
}

// textures blend two colours by a field; half of them are grainy.
var textures = []pattern{
	texture(func(rng *rand.Rand) func(x, y float64) float64 { // stripes
		sin, cos := math.Sincos(math.Pi * rng.Float64())
		width := between(rng, 3, 30)
		return func(x, y float64) float64 { return wave((x*cos + y*sin) / width) }
	}),
	texture(func(rng *rand.Rand) func(x, y float64) float64 { // a chessboard
		side := between(rng, 4, 40)
		return func(x, y float64) float64 { return float64((int(x/side) + int(y/side)) % 2) }
	}),
	texture(cloud),
	texture(func(rng *rand.Rand) func(x, y float64) float64 { // from one colour to the other
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		return func(x, y float64) float64 { return 0.5 + ((x/patternSide-0.5)*cos+(y/patternSide-0.5)*sin)/math.Sqrt2 }
	}),
	texture(func(rng *rand.Rand) func(x, y float64) float64 { // dots
		side := between(rng, 8, 40)
		radius := side * between(rng, 0.2, 0.45)
		return func(x, y float64) float64 {
			if math.Hypot(math.Mod(x, side)-side/2, math.Mod(y, side)-side/2) < radius {
				return 1
			}
			return 0
		}
	}),
	texture(func(rng *rand.Rand) func(x, y float64) float64 { // marble
		clouds, width := cloud(rng), between(rng, 8, 40)
		return func(x, y float64) float64 { return wave(x/width + 2*clouds(x, y)) }
	}),
}

func texture(field func(rng *rand.Rand) func(x, y float64) float64) pattern {
	return func(rng *rand.Rand) func(x, y int) [3]float64 {
		a, b, at, grain := colour(rng), colour(rng), field(rng), 0.0
		if rng.IntN(2) == 0 {
			grain = between(rng, 0.01, 0.08)
		}
		return func(x, y int) [3]float64 {
			share := at(float64(x), float64(y))
			var out [3]float64
			for c := range out {
				out[c] = a[c]*share + b[c]*(1-share) + grain*rng.NormFloat64()
			}
			return out
		}
	}
}

// cloud is a field of five octaves of value noise, each half as strong as the one
// before.
func cloud(rng *rand.Rand) func(x, y float64) float64 {
	const octaves, coarsest = 5, 64
	var grids [octaves][][]float64
	for o := range grids {
		cells := patternSide<<o/coarsest + 2
		for range cells {
			row := make([]float64, cells)
			for i := range row {
				row[i] = rng.Float64()
			}
			grids[o] = append(grids[o], row)
		}
	}
	return func(x, y float64) float64 {
		sum, whole, strength := 0.0, 0.0, 1.0
		for o, grid := range grids {
			u, v := x*float64(int(1)<<o)/coarsest, y*float64(int(1)<<o)/coarsest
			i, j := int(u), int(v)
			u, v = smooth(u-float64(i)), smooth(v-float64(j))
			top := grid[j][i]*(1-u) + grid[j][i+1]*u
			bottom := grid[j+1][i]*(1-u) + grid[j+1][i+1]*u
			sum += strength * (top*(1-v) + bottom*v)
			whole += strength
			strength /= 2
		}
		return sum / whole
	}
}

func smooth(t float64) float64 { return t * t * (3 - 2*t) }

func wave(turns float64) float64 { return (1 + math.Sin(2*math.Pi*turns)) / 2 }

func between(rng *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*rng.Float64() }

func colour(rng *rand.Rand) [3]float64 {
	return [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}
}

// normal is a level around grey, a fifth as its deviation.
func normal(rng *rand.Rand) float64 { return 0.5 + 0.2*rng.NormFloat64() }
