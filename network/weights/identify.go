package weights

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"scalecam/network"
)

// identity is which network a file holds, found from its tensors' names and
// shapes.
type identity struct {
	scheme       scheme
	depth, width float64
	preset       *network.Preset // the published scaling that it equals, or nil
	classes      int
}

// identify finds the architecture, its scaling and the number of classes.
// stated is the scaling that metadata state, zero where they do not: many
// scalings give the same shapes, and a stated one that does is taken.
func identify(f *File, stated network.Scaling) (identity, error) {
	id := identity{}
	at := slices.IndexFunc(schemes, func(s scheme) bool {
		return !slices.ContainsFunc(s.telltale, func(name string) bool { return f.Tensors[name] == nil })
	})
	if at < 0 {
		return id, fmt.Errorf("weights: %s: its tensors (%s) are named as in no network that scalecam knows; it reads EfficientNet and MobileNetV2 of any scaling, under torchvision's or timm's names", f.Path, sample(f))
	}
	id.scheme = schemes[at]
	classifier, _ := id.scheme.names(&network.Network{Layers: []network.Layer{{Role: network.Classifier}}}, 0)
	head, err := f.tensor(classifier + ".weight")
	if err != nil {
		return id, err
	}
	if len(head.Shape) != 2 || head.Shape[0] < 1 {
		return id, fmt.Errorf("weights: %s: tensor %q has shape %v, expected [classes, channels]", f.Path, head.Name, head.Shape)
	}
	id.classes = head.Shape[0]

	blocks := id.scheme.blocks(f)
	fits := func(d, w float64) bool { return id.scheme.repeatsFit(blocks, d) && id.scheme.misfit(f, d, w) == 0 }
	if fits(stated.Depth, stated.Width) {
		id.depth, id.width = stated.Depth, stated.Width
	}
	for i, p := range network.Presets {
		if p.Architecture != id.scheme.architecture {
			continue
		}
		if id.depth == 0 && fits(p.Scaling.Depth, p.Scaling.Width) {
			id.depth, id.width = p.Scaling.Depth, p.Scaling.Width
		}
		if id.depth == p.Scaling.Depth && id.width == p.Scaling.Width {
			id.preset = &network.Presets[i]
		}
	}
	if id.depth == 0 {
		id.depth, id.width = id.scheme.simplest(f, blocks)
	}
	if id.depth == 0 {
		return id, fmt.Errorf("weights: %s: its stages have %v blocks, which no depth gives of %s, whose stages have %v", f.Path, blocks, id.scheme.architecture.Title, id.scheme.repeats(1))
	}
	return id, nil
}

// simplest searches depth and width for the simplest factors that give the
// file's repetitions and channels. Where no width fits, the nearest is taken:
// the check of every tensor against it then names the first that differs. A
// depth of 0 says that no depth fits.
func (s scheme) simplest(f *File, blocks []int) (depth, width float64) {
	var tried [][]int
	nearest := math.Inf(1)
	for d := range factors(network.MaxFactor) {
		repeats := s.repeats(d)
		if !s.repeatsFit(blocks, d) || slices.ContainsFunc(tried, func(t []int) bool { return slices.Equal(t, repeats) }) {
			continue
		}
		tried = append(tried, repeats)
		for w := range factors(16) {
			if m := s.misfit(f, d, w); m < nearest {
				depth, width, nearest = d, w, m
			}
			if nearest == 0 {
				return depth, width
			}
		}
	}
	return depth, width
}

// factors runs through the factors up to most, those first that people write:
// whole numbers, halves, quarters, tenths, twentieths and hundredths.
func factors(most int) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		for _, den := range []int{1, 2, 4, 10, 20, 100} {
			for i := 1; i <= most*den; i++ {
				if !yield(float64(i) / float64(den)) {
					return
				}
			}
		}
	}
}

// mbconvs are the indices of the architecture's stages of blocks.
func (s scheme) mbconvs() []int {
	var stages []int
	for i, stage := range s.architecture.Stages {
		if stage.Operator == network.MBConv {
			stages = append(stages, i)
		}
	}
	return stages
}

// repeats is how often each stage of blocks is repeated at a depth.
func (s scheme) repeats(depth float64) []int {
	var r []int
	for _, i := range s.mbconvs() {
		r = append(r, network.Repeats(s.architecture.Stages[i].Layers, depth))
	}
	return r
}

// blocks counts the file's blocks: of each stage, or of all of them together
// where names do not tell stages apart.
func (s scheme) blocks(f *File) []int {
	count := func(stage int) int {
		n := 0
		for f.Tensors[s.project(stage, n)] != nil {
			n++
		}
		return n
	}
	if s.flat {
		return []int{count(0)}
	}
	var counts []int
	for _, i := range s.mbconvs() {
		counts = append(counts, count(i))
	}
	return counts
}

func (s scheme) repeatsFit(blocks []int, depth float64) bool {
	repeats := s.repeats(depth)
	if !s.flat {
		return slices.Equal(repeats, blocks)
	}
	sum := 0
	for _, r := range repeats {
		sum += r
	}
	return sum == blocks[0]
}

// misfit says how far the file's channels are from those at this depth and
// width: 0 where every stage of blocks and the head have them.
func (s scheme) misfit(f *File, depth, width float64) float64 {
	repeats := s.repeats(depth)
	classifier, _ := s.names(&network.Network{Layers: []network.Layer{{Role: network.Classifier}}}, 0)
	misfit := math.Inf(1)
	if t := f.Tensors[classifier+".weight"]; t != nil && len(t.Shape) == 2 && t.Shape[1] > 0 {
		misfit = math.Abs(math.Log(float64(t.Shape[1]) / float64(s.architecture.Head(width))))
	}
	block := 0
	for i, stage := range s.mbconvs() {
		if !s.flat {
			block = 0
		}
		want := network.Channels(s.architecture.Stages[stage].Channels, width)
		t := f.Tensors[s.project(stage, block)]
		if t == nil || len(t.Shape) == 0 || t.Shape[0] < 1 {
			return math.Inf(1)
		}
		misfit += math.Abs(math.Log(float64(t.Shape[0]) / float64(want)))
		block += repeats[i]
	}
	return misfit
}

// sample names a few of the file's tensors, for an error.
func sample(f *File) string {
	const few = 3
	names := slices.Sorted(maps.Keys(f.Tensors))
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
