package learn

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/picture"
	"scalecam/ui/speak"
)

// lesson is what the user chose to have learnt.
type lesson struct {
	networks []train.PackMember
	data     int    // of material
	folder   string // where data is own
	from     string // weights to begin from; "" for random ones
}

// material is what can be learnt from, as the page offers it.
var material = []struct {
	key    string
	scenes train.Scenes
}{
	// Chosen so that on two cores two networks tell most of them after three minutes.
	{"eight", train.Scenes{Seed: scenes.TrainSeed, Train: 8000, Val: heldOut, Side: 64, Near: true, Classes: []string{"bird", "fish", "flower", "house", "key", "mushroom", "umbrella", "windmill"}}},
	{"near", train.Scenes{Seed: scenes.TrainSeed, Train: 18_000, Val: heldOut, Side: 64, Near: true}},
	{"all", train.Scenes{Seed: scenes.TrainSeed, Train: 30_000, Val: heldOut, Side: 128}},
	{"own", train.Scenes{}},
}

const (
	own     = 3   // the material that is the user's
	heldOut = 216 // pictures to validate on: so few that it takes half a second

	// mostHeldOut is how many of a folder's are validated on while it is learnt.
	mostHeldOut = heldOut
)

// recipe is the page's: a run is over in minutes. Its rate is measured on scenes of
// EfficientNet-64.
func recipe(epochs int) train.Recipe {
	r := train.DefaultRecipe
	r.Epochs, r.Batch, r.Optimiser = epochs, 16, "adam"
	r.Rate, r.WarmUp, r.WeightDecay, r.Average = 0.01, 0.1*float64(epochs), 0.02, 0.98
	r.LabelSmoothing, r.Dropout, r.StochasticDepth = 0, 0, 0
	r.Crop, r.Colour = 1, 0
	return r
}

// starts are the scalings that the page offers, as the pack of scenes has them.
var starts = []train.PackMember{
	{Name: "baseline", Title: "baseline", Depth: 1, Width: 1, Resolution: "64"},
	{Name: "deeper", Title: "deeper", Depth: 4, Width: 1, Resolution: "64"},
	{Name: "wider", Title: "wider", Depth: 1, Width: 2, Resolution: "64"},
	{Name: "higher-resolution", Title: "higher resolution", Depth: 1, Width: 1, Resolution: "128"},
	{Name: "compound", Title: "compound", Depth: 1.4, Width: 1.2, Resolution: "83"},
}

// mostNetworks and leastNetworks bound how many learn side by side.
const leastNetworks, mostNetworks = 1, 5

// byHand is a network of the user's own scaling.
func byHand(depth, width float64, resolution int) (train.PackMember, error) {
	m := train.PackMember{
		Name: "own", Title: fmt.Sprintf("d %v, w %v, %d px", depth, width, resolution),
		Architecture: architecture, Depth: depth, Width: width, Resolution: fmt.Sprint(resolution),
	}
	n, err := m.Network(2)
	if err == nil {
		err = train.Check(n, recipe(1).Batch)
	}
	return m, err
}

// pack is what the lesson is to package train.
func (l *lesson) pack() *train.Pack {
	p := &train.Pack{Name: "learn", Title: "Learn", Recipe: recipe(2), Folder: l.folder}
	if l.data != own {
		s := material[l.data].scenes
		p.Scenes, p.Folder = &s, ""
	}
	for i, m := range l.networks {
		m.Architecture, m.Name = architecture, fmt.Sprintf("%d-%s", i+1, m.Name)
		p.Networks = append(p.Networks, m)
	}
	if p.Recipe.From = l.from; l.from != "" { // that network alone, whose scaling is its own
		title := speak.Say("learn.tuned", filepath.Base(l.from))
		p.Networks = []train.PackMember{{Name: "1-tuned", Title: title, Architecture: architecture, Depth: 1, Width: 1, Resolution: "1"}}
		p.Recipe.Rate /= 4 // so that what is learnt already stays
	}
	return p
}

// opened is data that are ready, and what of a folder is left out.
type opened struct {
	train.Data
	pack   *train.Pack
	from   *train.Start
	broken []dataset.Broken
	live   *train.Live
}

// open makes the networks of a pack ready to learn; of a kept one, where it was.
func open(ctx context.Context, pack *train.Pack, kept *train.KeptLive, progress func(done, total int)) (*opened, error) {
	o := &opened{pack: pack}
	var err error
	if pack.Scenes != nil {
		if o.Train, o.Val, o.What, err = pack.Scenes.Sets(); err != nil {
			return nil, err
		}
	} else if err = o.openFolder(ctx, progress); err != nil {
		return nil, err
	}
	const room = 1 << 30 // bytes of pictures
	o.Train, o.Val = dataset.Keep(o.Train, min(room, network.MachineMemory()/8)), dataset.Keep(o.Val, room/8)
	if pack.Recipe.From != "" {
		if o.from, err = train.OpenStart(pack.Recipe.From, nil); err != nil {
			return nil, err
		}
	}
	if n := o.Train.Len(); kept == nil && pack.Scenes == nil {
		pack.Recipe.Batch = max(2, min(pack.Recipe.Batch, n))
		const pictures = 16_000 // that a run is to see: some minutes
		pack.Recipe.Epochs = min(max(1, pictures/max(n, 1)), 200)
		pack.Recipe.WarmUp = 0.1 * float64(pack.Recipe.Epochs)
	}
	if kept != nil {
		o.live, err = kept.Open(o.Data, o.from)
	} else {
		o.live, err = train.NewLive(pack, o.Data, o.from)
	}
	return o, err
}

// openFolder opens a folder of class folders, without what cannot be read.
func (o *opened) openFolder(ctx context.Context, progress func(done, total int)) error {
	t, v, err := dataset.OpenSplits(ctx, o.pack.Folder)
	if err != nil {
		return err
	}
	if classes := t.Classes(); len(classes) < 2 {
		return fault.Errorf("learn: %s: there is one class alone (%s); put the pictures of each class into a folder of its own, two or more", o.pack.Folder, classes[0])
	}
	for _, f := range []**dataset.Folder{&t, &v} {
		good, broken, err := (*f).Check(ctx, progress)
		if err != nil {
			return err
		}
		*f, o.broken = good, append(o.broken, broken...)
	}
	for i, n := range t.Counts() {
		if n == 0 {
			return fault.Errorf("learn: %s: of class %q no picture can be read to learn from; add some, or take its folder away", o.pack.Folder, t.Classes()[i])
		}
	}
	if v.Len() == 0 {
		return fault.Errorf("learn: %s: no picture that can be read is left to validate on; add pictures", o.pack.Folder)
	}
	o.Train, o.Val = t, dataset.Spread(v, mostHeldOut)
	o.What = fmt.Sprintf("%d pictures of %d classes (%s)", t.Len(), len(t.Classes()), t.Fingerprint()[:8]+v.Fingerprint()[:8])
	return nil
}

// mostWatched is how many pictures are watched; scenes are drawn for that with more
// pixels than they are learnt from.
const (
	mostWatched = 6
	watchedSide = 240
)

// watched is a picture that the networks are shown, and what it is shown as, which may
// have more pixels.
type watched struct {
	*picture.Picture
	large *image.RGBA
}

// watched are pictures of the validation, of as many classes, at most so many.
func (o *opened) watched() (all []watched, err error) {
	val := o.Val
	if s := o.pack.Scenes; s != nil {
		large := *s
		large.Side = watchedSide
		if _, val, _, err = large.Sets(); err != nil {
			return nil, err
		}
	}
	classes := o.Val.Classes()
	seen := map[int]bool{}
	for i := 0; i < o.Val.Len() && len(all) < min(mostWatched, len(classes)); i++ {
		if class := o.Val.Class(i); !seen[class] && (class*mostWatched/len(classes) == len(all) || len(classes) <= mostWatched) {
			seen[class] = true
			e, err := o.Val.At(i)
			if err != nil {
				return nil, err
			}
			large, err := val.At(i)
			if err != nil {
				return nil, err
			}
			all = append(all, watched{&picture.Picture{Path: e.Name, Image: e.Image, Shows: classes[e.Class]}, large.Image})
		}
	}
	if len(all) == 0 {
		return nil, errors.New("learn: there is no picture to watch")
	}
	return all, nil
}

// keptFile is the run's checkpoint in the user's data.
const keptFile = "learn.checkpoint"

// weightsName is a file's name for a network's weights.
func weightsName(m train.PackMember) string { return "learnt-" + m.Name + ".safetensors" }

// addTo is where a network is kept that is compared: a file that is not there yet, since
// those of other runs may be compared still.
func addTo(folder string, m train.PackMember, pictures int) string {
	name := fmt.Sprintf("learnt-%s-%d", m.Name, pictures)
	for n := 1; ; n++ {
		path := filepath.Join(folder, name+".safetensors")
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s (%d).safetensors", name, n))
		}
		if _, err := os.Lstat(path); err != nil {
			return path
		}
	}
}

// architecture is what is scaled.
const architecture = "efficientnet-64"
