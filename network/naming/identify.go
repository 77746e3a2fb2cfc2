package naming

import (
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"scalecam/fault"
	"scalecam/network"
)

// Shapes are a file's tensors: their shapes by name.
type Shapes map[string][]int

// Identity is which network a file holds.
type Identity struct {
	Scheme       *Scheme
	Architecture *network.Architecture
	Depth, Width float64
	Preset       *network.Preset // the published scaling that it equals, or nil
	Classes      int
}

// Identify finds the architecture, its scaling and the number of classes from
// names and shapes. stated is the scaling that a file's metadata state, zero
// where they do not: many scalings give the same shapes, and a stated one that
// does is taken. Where no width fits, the nearest is taken: who holds every
// tensor to it then names the first that differs.
func Identify(tensors Shapes, stated network.Scaling) (Identity, error) {
	c, missing := recognise(tensors)
	if c == nil {
		return Identity{}, fault.Errorf("naming: the tensors (%s) are named as in no network that scalecam knows; it reads EfficientNet, EfficientNet-Lite, MobileNetV2 and ResNet of any scaling, under torchvision's or timm's names", sample(tensors))
	}
	if missing != "" {
		return Identity{}, fault.Errorf("naming: no tensor %q, as %s has it under %s's names; the file must hold a whole network with its classifier, such as a state dict", missing, c.architecture.Title, c.scheme.Library)
	}
	if len(c.classifier) != 2 || c.classifier[0] < 1 || c.classifier[1] < 1 {
		return Identity{}, fault.Errorf("naming: tensor %q has shape %v, expected [classes, channels]", c.scheme.row(network.Classifier, All).Layer+".weight", c.classifier)
	}
	id := Identity{Scheme: c.scheme, Architecture: c.architecture, Classes: c.classifier[0]}
	fits := func(d, w float64) bool { return c.repeatsFit(d) && c.misfit(d, w) == 0 }
	if fits(stated.Depth, stated.Width) {
		id.Depth, id.Width = stated.Depth, stated.Width
	}
	for i, p := range network.Presets {
		if p.Architecture != c.architecture {
			continue
		}
		if id.Depth == 0 && fits(p.Scaling.Depth, p.Scaling.Width) {
			id.Depth, id.Width = p.Scaling.Depth, p.Scaling.Width
		}
		if id.Depth == p.Scaling.Depth && id.Width == p.Scaling.Width {
			id.Preset = &network.Presets[i]
		}
	}
	if id.Depth == 0 {
		id.Depth, id.Width = c.simplest()
	}
	if id.Depth == 0 {
		return id, fault.Errorf("naming: the stages have %v blocks, which no depth gives of %s, whose stages have %v", c.blocks, c.architecture.Title, c.repeats(1))
	}
	return id, nil
}

// candidate is an architecture under a scheme that a file is named by.
type candidate struct {
	scheme       *Scheme
	architecture *network.Architecture
	tensors      Shapes
	classifier   []int // shape of its weight
	blocks       []int // of each stage of blocks, or of all together where names do not tell stages
}

// recognise finds the architecture that names the most of a file's tensors, with
// the kernels that they have, among those of which every stage is there; else the one of which the most is
// there, if it is nearly all, and the first tensor that is missing.
func recognise(tensors Shapes) (best *candidate, missing string) {
	most, mostPartly := 0, 0
	for _, s := range Schemes {
		for _, a := range s.Architectures {
			c := &candidate{scheme: s, architecture: a, tensors: tensors}
			c.count()
			switch named, lacks, first := c.named(); {
			case lacks == 0 && named > most:
				most, best, missing = named, c, ""
			case most == 0 && named > mostPartly && lacks <= named/nearly:
				mostPartly, best, missing = named, c, first
			}
		}
	}
	return best, missing
}

// nearly is how many times more tensors must be there than are missing, for a
// file to be an incomplete network rather than another.
const nearly = 8

// named counts the tensors of the architecture, with a block in each stage, that
// the file has, with the architecture's kernel, and that it lacks, and gives the
// first of these.
func (c *candidate) named() (named, lacks int, first string) {
	size := network.Square(c.architecture.Resolution)
	skeleton, err := network.New(c.architecture, network.Scaling{Depth: least, Width: 1, Resolution: size}, network.SymmetricPadding, 1)
	if err != nil {
		return 0, 1, ""
	}
	ends := skeleton.Blocks()
	c.scheme.walk(skeleton, func(i int, row *Row, at place) {
		node := &skeleton.Nodes[i]
		if row.Layer == "" {
			return
		}
		if strings.Contains(row.Layer, "{n") {
			// Numbers depend on the depth: the first block and the last one
			// stand for all, and what comes after them follows the last.
			switch {
			case at.number == 0:
			case c.scheme.isBlock(skeleton, node.Stage) && at.number < ends-1:
				return
			default:
				at.number += c.blocks[0] - ends
			}
		}
		name := at.fill(row.Layer) + ".weight"
		shape, ok := c.tensors[name]
		if !ok {
			if lacks == 0 {
				first = name
			}
			lacks++
			return
		}
		if k := node.Window.Kernel; node.Op != network.OpConv || len(shape) == 4 && shape[2] == k && shape[3] == k {
			named++
		}
		if node.Part == network.Classifier {
			c.classifier = shape
		}
	})
	return named, lacks, first
}

// least is a depth at which every stage has one block.
const least = 1e-3

// stages are the indices of the architecture's stages of blocks.
func (c *candidate) stages() []int {
	var stages []int
	for i := range c.architecture.Stages {
		if blocks(c.architecture.Stages[i].Operator) {
			stages = append(stages, i)
		}
	}
	return stages
}

// flat tells that names do not tell stages apart.
func (c *candidate) flat() bool {
	return !strings.Contains(c.scheme.row(c.scheme.Key, Expanded).Layer, "{s")
}

// key is the shape of the weight of a block's key part: its stage, its number
// within it and through all stages. It is nil where there is no such block.
func (c *candidate) key(stage, block, number int) []int {
	in := Plain
	if m, ok := c.architecture.Stages[stage].Operator.(network.MBConv); ok && m.Expand != 1 {
		in = Expanded
	}
	shape := c.tensors[place{stage, block, number}.fill(c.scheme.row(c.scheme.Key, in).Layer)+".weight"]
	if len(shape) == 0 || shape[0] < 1 {
		return nil
	}
	return shape
}

// count counts the file's blocks.
func (c *candidate) count() {
	stages := c.stages()
	if c.flat() {
		n := 0
		for c.key(stages[min(n, 1)], 0, n) != nil { // the first stage alone is plain
			n++
		}
		c.blocks = []int{n}
		return
	}
	for _, stage := range stages {
		n := 0
		for c.key(stage, n, 0) != nil {
			n++
		}
		c.blocks = append(c.blocks, n)
	}
}

// repeats is how often each stage of blocks is repeated at a depth.
func (c *candidate) repeats(depth float64) []int {
	var r []int
	for _, i := range c.stages() {
		r = append(r, c.architecture.Stages[i].Repeats(depth))
	}
	return r
}

func (c *candidate) repeatsFit(depth float64) bool {
	repeats := c.repeats(depth)
	if !c.flat() {
		return slices.Equal(repeats, c.blocks)
	}
	sum := 0
	for _, r := range repeats {
		sum += r
	}
	return sum == c.blocks[0]
}

// misfit says how far the file's channels are from those at this depth and
// width: 0 where every stage of blocks and what the classifier reads have them.
func (c *candidate) misfit(depth, width float64) float64 {
	misfit := 0.0
	if last := &c.architecture.Stages[len(c.architecture.Stages)-1]; !blocks(last.Operator) {
		misfit = math.Abs(math.Log(float64(c.classifier[1]) / float64(last.Width(width))))
	}
	repeats := c.repeats(depth)
	number := 0
	for i, stage := range c.stages() {
		shape := c.key(stage, 0, number)
		if shape == nil {
			return math.Inf(1)
		}
		misfit += math.Abs(math.Log(float64(shape[0]) / float64(c.architecture.Stages[stage].Width(width))))
		number += repeats[i]
	}
	return misfit
}

// simplest searches depth and width for the simplest factors that give the
// file's repetitions and channels. Where no width fits, the nearest is taken. A
// depth of 0 says that no depth fits.
func (c *candidate) simplest() (depth, width float64) {
	var tried [][]int
	nearest := math.Inf(1)
	for d := range factors(network.MaxFactor) {
		repeats := c.repeats(d)
		if !c.repeatsFit(d) || slices.ContainsFunc(tried, func(t []int) bool { return slices.Equal(t, repeats) }) {
			continue
		}
		tried = append(tried, repeats)
		for w := range factors(16) {
			if m := c.misfit(d, w); m < nearest {
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

// sample names a few of the file's tensors, for an error.
func sample(tensors Shapes) string {
	const few = 3
	names := slices.Sorted(maps.Keys(tensors))
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
