package naming

import (
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"scalecam/fault"
	"scalecam/network"
)

// Shapes are a file's tensors: their shapes by name.
type Shapes map[string][]int

// Identity is which network a file holds, and under which names.
type Identity struct {
	Scheme       *Scheme
	Architecture *network.Architecture
	Depth, Width float64
	Preset       *network.Preset // the published scaling that it equals, or nil
	Classes      int
	// Prefix stands before every name of the network's, as "module." does where
	// DataParallel saved it.
	Prefix string
	// Head is the classifier's layer with all before it, which the scheme calls
	// otherwise where it was replaced.
	Head string
	// Ignored are tensors that belong to no network: counters, and what lies beside
	// the network's prefix.
	Ignored []string
}

// Names are those of the network's tensors in the file.
func (id *Identity) Names(n *network.Network) []Name {
	names := id.Scheme.Names(n)
	for i := range names {
		of := &names[i]
		switch {
		case n.Nodes[i].Part == network.Classifier && of.Layer != "":
			of.Layer = id.Head
		case of.Layer != "":
			of.Layer = id.Prefix + of.Layer
		}
		if of.Norm != "" {
			of.Norm = id.Prefix + of.Norm
		}
	}
	return names
}

// Identify finds the architecture, its scaling and the number of classes from
// names and shapes. stated is the scaling that a file's metadata state, zero
// where they do not: many scalings give the same shapes, and a stated one that
// does is taken. So it is with architectures, of which they state the name, or "": of
// those that are alike, the first of the scheme is taken. Where no width fits, the nearest is taken: who holds every
// tensor to it then names the first that differs.
func Identify(tensors Shapes, architecture string, stated network.Scaling) (Identity, error) {
	all, missing := recognise(tensors)
	if len(all) == 0 {
		if other := otherFamily(tensors); other != "" {
			return Identity{}, fault.Errorf("naming: this is %s, which is not read; scalecam reads EfficientNet, EfficientNet-Lite, EfficientNetV2, MobileNetV2 and ResNet of any scaling", other)
		}
		return Identity{}, fault.Errorf("naming: the tensors (%s) are named as in no network that scalecam knows; it reads EfficientNet, EfficientNet-Lite, EfficientNetV2, MobileNetV2 and ResNet of any scaling, under the names of one of these: %s", sample(tensors), libraries())
	}
	if missing != "" {
		c := all[0]
		return Identity{}, fault.Errorf("naming: no tensor %q, as %s has it under %s's names; the file must hold a whole network with its classifier, such as a state dict", missing, c.architecture.Title, c.scheme.Library)
	}
	all = stating(preferred(all), architecture)
	for _, c := range all {
		if c.prefix != all[0].prefix && c.scheme == all[0].scheme && c.architecture == all[0].architecture {
			return Identity{}, fault.Errorf("naming: there are two networks, under %q and %q; save the state dict of one", all[0].prefix, c.prefix)
		}
	}
	var id Identity
	var failed error
	nearest := math.Inf(1)
	for i, c := range all {
		found, misfit, err := c.solve(stated)
		switch {
		case err != nil && i == 0:
			failed = err
		case err == nil && misfit < nearest:
			id, nearest = found, misfit
		}
	}
	if math.IsInf(nearest, 1) {
		return Identity{}, failed
	}
	return id, nil
}

// preferred leaves of networks alike those with averaged weights, where there are
// such and others.
func preferred(all []*candidate) []*candidate {
	averaged := func(c *candidate) bool {
		for part := range strings.SplitSeq(c.prefix, ".") {
			if strings.Contains(part, "ema") || strings.Contains(part, "averaged") {
				return true
			}
		}
		return false
	}
	if slices.ContainsFunc(all, averaged) {
		return slices.DeleteFunc(all, func(c *candidate) bool { return !averaged(c) })
	}
	return all
}

// stating leaves of several architectures the one that is stated, if it is one of them:
// all networks of it, should there be two.
func stating(all []*candidate, architecture string) []*candidate {
	is := func(c *candidate) bool { return c.architecture.Name == architecture }
	if slices.ContainsFunc(all, is) {
		return slices.DeleteFunc(all, func(c *candidate) bool { return !is(c) })
	}
	return all
}

// solve finds depth, width and the classifier. misfit is how far the file's
// channels are from those of the network found, 0 where they are its own.
func (c *candidate) solve(stated network.Scaling) (id Identity, misfit float64, err error) {
	id = Identity{Scheme: c.scheme, Architecture: c.architecture, Prefix: c.prefix}
	if id.Head, err = c.findHead(); err != nil {
		return id, 0, err
	}
	c.classifier = c.tensors[id.Head+".weight"]
	if len(c.classifier) != 2 || c.classifier[0] < 1 || c.classifier[1] < 1 {
		return id, 0, fault.Errorf("naming: tensor %q has shape %v, expected [classes, channels]", id.Head+".weight", c.classifier)
	}
	id.Classes, id.Ignored = c.classifier[0], c.ignored(id.Head)
	fits := func(d, w float64) bool { return c.repeatsFit(d) && c.misfit(d, w) == 0 }
	if fits(stated.Depth, stated.Width) {
		id.Depth, id.Width = stated.Depth, stated.Width
	}
	for _, p := range network.Presets {
		if p.Architecture != c.architecture {
			continue
		}
		if id.Depth == 0 && fits(p.Scaling.Depth, p.Scaling.Width) {
			id.Depth, id.Width = p.Scaling.Depth, p.Scaling.Width
		}
		if id.Depth == p.Scaling.Depth && id.Width == p.Scaling.Width {
			id.Preset = &p
		}
	}
	if id.Depth == 0 {
		id.Depth, id.Width = c.simplest()
	}
	if id.Depth == 0 {
		return id, 0, fault.Errorf("naming: the stages have %v blocks, which no depth gives of %s, whose stages have %v", c.blocks, c.architecture.Title, c.repeats(1))
	}
	return id, c.misfit(id.Depth, id.Width), nil
}

// candidate is an architecture under a scheme that a file is named by.
type candidate struct {
	scheme       *Scheme
	architecture *network.Architecture
	tensors      Shapes
	prefix       string
	features     int   // channels that the classifier reads; 0 where no layer of its own makes them
	classifier   []int // shape of its weight
	blocks       []int // of each run
}

// recognise finds the architectures that name the most of a file's tensors, with
// the kernels that they have, among those of which every stage is there; else the
// one of which the most is there, if it is nearly all, and the first tensor that is
// missing.
func recognise(tensors Shapes) (best []*candidate, missing string) {
	most, mostPartly := 0, 0
	for _, s := range Schemes {
		for _, prefix := range s.prefixes(tensors) {
			for _, a := range s.Architectures {
				c := &candidate{scheme: s, architecture: a, tensors: tensors, prefix: prefix}
				c.count()
				switch named, lacks, first := c.named(); {
				case lacks == 0 && named >= most && named > 0:
					if named > most || missing != "" {
						best = nil
					}
					most, best, missing = named, append(best, c), ""
				case most == 0 && named > mostPartly && lacks <= named/nearly:
					mostPartly, best, missing = named, []*candidate{c}, first
				}
			}
		}
	}
	return best, missing
}

// nearly is how many times more tensors must be there than are missing, for a
// file to be an incomplete network rather than another.
const nearly = 8

// prefixes are what may stand before the scheme's names in a file: what does
// before the stem's, of which a file has few. Without a stem it is nothing.
func (s *Scheme) prefixes(tensors Shapes) []string {
	stem := place{}.fill(s.row(network.Stem, All).Layer) + ".weight"
	found := map[string]bool{}
	for name, shape := range tensors {
		before, is := strings.CutSuffix(name, stem)
		if is && (before == "" || strings.HasSuffix(before, ".")) && len(shape) == 4 && (shape[1] == 3 || shape[1] == 1) {
			found[before] = true
		}
	}
	if len(found) == 0 {
		return []string{""}
	}
	const most = 8
	all := slices.Sorted(maps.Keys(found))
	return all[:min(most, len(all))]
}

// skeletons are the architectures with a block in each stage.
var skeletons = sync.OnceValue(func() map[*network.Architecture]*network.Network {
	all := map[*network.Architecture]*network.Network{}
	for _, s := range Schemes {
		for _, a := range s.Architectures {
			n, err := network.New(a, network.Scaling{Depth: least, Width: 1, Resolution: network.Square(a.Resolution)}, network.SymmetricPadding, 1)
			if err != nil {
				panic(err) // of a table's own
			}
			all[a] = n
		}
	}
	return all
})

// named counts the tensors of the architecture, with a block in each stage, that
// the file has, with the architecture's kernel, and that it lacks, and gives the
// first of these. The classifier is looked for elsewhere.
func (c *candidate) named() (named, lacks int, first string) {
	skeleton := skeletons()[c.architecture]
	ends := skeleton.Blocks()
	c.scheme.walk(skeleton, func(i int, row *Row, at place) {
		node := &skeleton.Nodes[i]
		if row.Layer == "" || node.Part == network.Classifier {
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
		name := c.prefix + at.fill(row.Layer) + ".weight"
		shape, ok := c.tensors[name]
		if !ok {
			if lacks == 0 {
				first = name
			}
			lacks++
			return
		}
		if node.Part == network.Head && len(shape) > 0 {
			c.features = shape[0]
		}
		if k := node.Window.Kernel; node.Op != network.OpConv || len(shape) == 4 && shape[2] == k && shape[3] == k {
			named++
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
		if c.architecture.Stages[i].Operator.Block() {
			stages = append(stages, i)
		}
	}
	return stages
}

// runs are the stages whose blocks names count on, run by run: each stage's of its
// own, those of a group, or all.
func (c *candidate) runs() [][]int {
	stages := c.stages()
	pattern := c.scheme.row(c.scheme.Key, Expanded).Layer
	var runs [][]int
	for i, stage := range stages {
		on := i > 0 && (strings.Contains(pattern, "{n") || strings.Contains(pattern, "{m") && group(c.architecture, stage) == group(c.architecture, stages[i-1]))
		if on {
			runs[len(runs)-1] = append(runs[len(runs)-1], stage)
		} else {
			runs = append(runs, []int{stage})
		}
	}
	return runs
}

// key is the shape of the weight of the key part of a run's block, of which blocks
// another stage may say. It is nil where there is no such block.
func (c *candidate) key(stage, block, as int) []int {
	pattern := c.keyRow(as).Layer
	if !strings.Contains(pattern, "{") && block > 0 { // a name of one block alone
		return nil
	}
	at := place{stage: stage, block: block, number: block, group: group(c.architecture, stage), member: block}
	shape := c.tensors[c.prefix+at.fill(pattern)+".weight"]
	if len(shape) != 4 || shape[0] < 1 {
		return nil
	}
	return shape
}

// keyRow names the key part of a stage's blocks.
func (c *candidate) keyRow(stage int) *Row {
	switch m := c.architecture.Stages[stage].Operator.(type) {
	case network.FusedMBConv:
		if m.Expand == 1 {
			return c.scheme.row(network.Conv1, Plain)
		}
		return c.scheme.row(c.scheme.Key, Merged)
	case network.MBConv:
		if m.Expand != 1 {
			return c.scheme.row(c.scheme.Key, Expanded)
		}
	}
	return c.scheme.row(c.scheme.Key, Plain)
}

// keyWidth is how many channels the key part of a stage's blocks puts out.
func (c *candidate) keyWidth(stage int, width float64) int {
	s := &c.architecture.Stages[stage]
	if b, ok := s.Operator.(network.Bottleneck); ok {
		return b.Inner * s.Width(width)
	}
	return s.Width(width)
}

// count counts the file's blocks.
func (c *candidate) count() {
	const most = 1 << 14
	for _, run := range c.runs() {
		n := 0
		for n < most && (c.key(run[0], n, run[0]) != nil || c.key(run[0], n, run[len(run)-1]) != nil) {
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
	for i, run := range c.runs() {
		sum := 0
		for _, stage := range run {
			sum += c.architecture.Stages[stage].Repeats(depth)
		}
		if sum != c.blocks[i] {
			return false
		}
	}
	return true
}

// misfit says how far the file's channels are from those at this depth and
// width: 0 where stem, every stage of blocks and what the classifier reads have
// them.
func (c *candidate) misfit(depth, width float64) float64 {
	off := func(got, want int) float64 { return math.Abs(math.Log(float64(got) / float64(want))) }
	misfit := 0.0
	stages := c.architecture.Stages
	if last := &stages[len(stages)-1]; !last.Operator.Block() {
		misfit = off(c.classifier[1], last.Width(width))
	}
	if stem := c.tensors[c.prefix+place{}.fill(c.scheme.row(network.Stem, All).Layer)+".weight"]; len(stem) == 4 && stem[0] > 0 {
		misfit += off(stem[0], stages[0].Width(width))
	}
	for _, run := range c.runs() {
		block := 0
		for _, stage := range run {
			shape := c.key(stage, block, stage)
			if shape == nil {
				return math.Inf(1)
			}
			misfit += off(shape[0], c.keyWidth(stage, width))
			block += stages[stage].Repeats(depth)
		}
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
		if !c.repeatsFit(d) {
			continue
		}
		repeats := c.repeats(d)
		if slices.ContainsFunc(tried, func(t []int) bool { return slices.Equal(t, repeats) }) {
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

// findHead finds the classifier's layer: under the scheme's name or, where it was
// replaced, the one linear layer that reads as many channels as the network's last
// layer has.
func (c *candidate) findHead() (string, error) {
	own := c.prefix + c.scheme.row(network.Classifier, All).Layer
	var heads, linear []string
	for _, name := range slices.Sorted(maps.Keys(c.tensors)) {
		layer, isWeight := strings.CutSuffix(name, ".weight")
		if shape := c.tensors[name]; isWeight && len(shape) == 2 && shape[0] > 0 && shape[1] > 0 {
			linear = append(linear, layer)
			if bias, ok := c.tensors[layer+".bias"]; ok && len(bias) == 1 && (c.features == 0 || shape[1] == c.features) {
				heads = append(heads, layer)
			}
		}
	}
	head := own
	if _, ok := c.tensors[own+".weight"]; !ok {
		switch {
		case len(heads) == 0:
			return "", fault.Errorf("naming: it holds %s without its classifier: there is no tensor %q, nor another linear layer of %d channels; give a whole network, such as a state dict", c.architecture.Title, own+".weight", c.features)
		case len(heads) > 1:
			return "", fault.Errorf("naming: two linear layers, %q and %q, may be the classifier; save the network with one", heads[0], heads[1])
		}
		head = heads[0]
	}
	for _, after := range linear {
		if after != head && c.tensors[after+".weight"][1] == c.tensors[head+".weight"][0] && !strings.HasPrefix(head, after+".") {
			return "", fault.Errorf("naming: its head has two linear layers, %q and %q; class activation maps need the classes to be one linear layer on the pooled features: give a network with such a head", head, after)
		}
	}
	return head, nil
}

// counters are what profilers and averaging leave among a network's tensors: thop's,
// and torch.optim.swa_utils'. Batch norm's own are not told of.
var counters = []string{"total_ops", "total_params", "n_averaged"}

// ignored are the tensors that belong to no network.
func (c *candidate) ignored(head string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(c.tensors)) {
		last := name[strings.LastIndexByte(name, '.')+1:]
		if slices.Contains(counters, last) || !strings.HasPrefix(name, c.prefix) && name != head+".weight" && name != head+".bias" {
			all = append(all, name)
		}
	}
	return all
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

// libraries are those of the table.
func libraries() string {
	var names []string
	for _, s := range Schemes {
		if !slices.Contains(names, s.Library) {
			names = append(names, s.Library)
		}
	}
	return strings.Join(names, ", ")
}
