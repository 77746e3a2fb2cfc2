package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scalecam/assets"
	"scalecam/compare/evaluate"
	"scalecam/dataset"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/train"
	"scalecam/printable"
)

// trainFlags are the flags of train.
type trainFlags struct {
	data, recipe, pack, out  string
	classes, only            []string
	architecture, resolution string
	depth, width             float64
	epochs, until, batch     int
	seed                     uint64
	from                     string
	bodyRate                 float64
	memory                   string
	half                     bool
}

func newTrain() *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "train (--data scenes|DIR | --pack RECIPE [--data DIR]) -o DIR",
		Short: "Train a network, or a pack of them alike, on scenes or on your own pictures",
		Long: `Train a network, or a pack of networks alike, on scenes that the program draws
or on class folders of pictures (DIR/cat/1.jpg, or DIR/train/cat/1.jpg beside
DIR/val/cat/2.jpg). The folder of -o then holds for each network
  NAME.safetensors  the network after its last epoch, which every command here takes
  NAME.log.jsonl    its learning curves, an epoch a line
  NAME.checkpoint   what it takes to go on
The same command goes on where a run was interrupted, by Ctrl-C or in any other
way, and ends in the same weights. One command at a time trains in a folder.

Up to 4 GiB of pictures to learn from are kept in memory, or a quarter of what
the machine has, and an eighth of that of those to validate on; the rest is read
or drawn anew in every epoch. --memory bounds all that training takes: what a step
and the program leave of it is the pictures'.

--from WEIGHTS fine-tunes a network in place of training one from random weights:
all its layers learn, the body at --body-rate of the classifier's rate. Classes that
the weights know by the same name keep their place in the classifier, others get a
new one. Size, padding, batch norm's eps and how pictures are prepared stay as the
weights have them. A recipe is a JSON file; what it leaves out is as in
the default, which --recipe default prints.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("train takes no %q; name the pictures with --data", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	p := cmd.Flags()
	p.StringVar(&f.data, "data", "", "what to learn from: scenes, scenes:COUNT, or a folder of class folders; with --pack, where its folder lies")
	p.StringSliceVar(&f.classes, "classes", nil, "classes of the folder to learn, with commas between (default: all)")
	p.StringVar(&f.architecture, "architecture", "efficientnet-64", "architecture, as in describe")
	p.Float64Var(&f.depth, "depth", 1, "depth d: factor of the architecture's layers")
	p.Float64Var(&f.width, "width", 1, "width w: factor of the architecture's channels")
	p.StringVar(&f.resolution, "resolution", "1", "input size, 64 or 96x160, or below 16 a factor of the architecture's own")
	p.StringVar(&f.recipe, "recipe", "", "JSON file with the recipe; default prints the default one")
	p.IntVar(&f.epochs, "epochs", 0, "epochs, in place of the recipe's")
	p.IntVar(&f.batch, "batch", 0, "pictures in a step, in place of the recipe's (default: the recipe's, or as many as there are where these are fewer)")
	p.Uint64Var(&f.seed, "seed", 0, "seed of the weights and of all chance, in place of the recipe's")
	p.StringVar(&f.from, "from", "", "weights to begin from, a file or a network as every command takes it (imagenet:compound); --resolution may differ from theirs")
	p.Float64Var(&f.bodyRate, "body-rate", train.DefaultRecipe.BodyRate, "with --from: share of the learning rate at which all layers but the classifier learn, 0 to 1")
	p.StringVar(&f.pack, "pack", "", "pack to train: scenes, the one that comes with the program, or a JSON file like it (--pack scenes --recipe default prints it)")
	p.StringSliceVar(&f.only, "only", nil, "networks of the pack to train, with commas between (default: all)")
	p.IntVar(&f.until, "until", 0, "stop after so many epochs of the schedule, to go on another time")
	p.BoolVar(&f.half, "half", false, "write networks as float16, half as large")
	p.StringVar(&f.memory, "memory", "", "memory that training takes at most, such as 2GiB or 1500MB (default: what a step takes, and up to 4GiB of pictures)")
	p.StringVarP(&f.out, "output", "o", "", "folder to write to; it is made where it does not exist")
	return cmd
}

func (f *trainFlags) run(cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	if f.recipe == "default" {
		return f.printRecipe(cmd.OutOrStdout())
	}
	switch {
	case f.out == "":
		return wrong("no folder named to write to; name one with -o DIR")
	case f.data == "" && f.pack == "":
		return wrong("say what to learn from with --data scenes or --data DIR, or name a pack with --pack")
	case f.pack != "" && isScenes(f.data):
		return wrong("--data %s beside a pack, which says itself how many scenes it learns from; leave it out, or name the folder where the pack's pictures lie", f.data)
	case given("epochs") && f.epochs < 1 || given("until") && f.until < 1:
		return wrong("--epochs and --until are whole numbers above 0")
	case given("batch") && (f.batch < 2 || f.batch > train.MostBatch):
		return wrong("--batch %d; give 2 to %d: the mean over a batch is taken, of more than one picture", f.batch, train.MostBatch)
	case len(f.classes) > 0 && isScenes(f.data):
		return wrong("--classes picks classes of a folder; scenes have the same ones always")
	case len(f.only) > 0 && f.pack == "":
		return wrong("--only picks networks of a pack; name one with --pack")
	case given("from") && f.from == "":
		return wrong("--from names no weights; name a file or a network such as imagenet:compound, or leave it out")
	case f.from != "" && f.pack != "":
		return wrong("--from is where one network begins; a pack's begin from random weights")
	case given("body-rate") && !(f.bodyRate >= 0 && f.bodyRate <= 1):
		return wrong("--body-rate %v; give 0 to 1", f.bodyRate)
	}
	pack, err := f.read(cmd)
	if err != nil {
		return err
	}
	if given("from") {
		pack.Recipe.From = f.from
	}
	if given("body-rate") {
		pack.Recipe.BodyRate = f.bodyRate
	}
	of := train.PackMember.Network // a network of so many classes
	var from *train.Start
	switch {
	case pack.Recipe.From == "" && given("body-rate"):
		return wrong("--body-rate is of a network that begins from weights; name them with --from")
	case pack.Recipe.From != "" && f.pack != "":
		return fmt.Errorf("train: %s: the recipe's from is where one network begins; a pack's begin from random weights", f.pack)
	case pack.Recipe.From != "":
		if from, of, err = f.start(given, pack); err != nil {
			return err
		}
	}
	var teacher *network.Model
	if spec := pack.Recipe.Teacher; spec != "" {
		if teacher, err = models.Open(spec, nil); err != nil {
			return fmt.Errorf("train: the recipe's teacher: %w", err)
		}
	}
	if given("epochs") {
		pack.Recipe.Epochs = f.epochs
		pack.Recipe.WarmUp = min(pack.Recipe.WarmUp, float64(f.epochs))
	}
	if given("seed") {
		pack.Recipe.Seed = f.seed
	}
	if given("batch") {
		pack.Recipe.Batch = f.batch
	}
	var step int64                    // what the largest network's takes
	for _, m := range pack.Networks { // before any picture is read
		net, err := of(m, 2)
		if err != nil {
			return err
		}
		if err := train.Check(net, pack.Recipe.Batch); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		step = max(step, train.StepBytes(net, pack.Recipe.Batch))
	}
	keep := keptBytes()
	if f.memory != "" {
		most, err := parseBytes(f.memory)
		if err != nil {
			return wrong("--memory %s: %v", f.memory, err)
		}
		if keep = most - around(step, teacher); keep < 0 {
			return wrong("--memory %s: a step of the largest network takes %d MiB with what is around it; give as much, or take fewer pictures at a time (batch)", f.memory, (most-keep+1<<20-1)>>20)
		}
		keep = keep / 9 * 8 // an eighth of it comes on top
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(most))
	}
	release, err := file.Claim(f.out)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		printable.Fprintf(messages(cmd), "scalecam: %v\n", err)
	case err != nil:
		return err
	default:
		defer release()
	}
	ctx := cmd.Context()
	trainSet, valSet, what, err := sets(ctx, messages(cmd), pack, cmp.Or(f.pack, "--data "+f.data), f.classes, keep)
	if err != nil {
		return err
	}
	if n := trainSet.Len(); n < pack.Recipe.Batch && n > 1 && !given("batch") {
		printable.Fprintf(messages(cmd), "scalecam: %d pictures to learn from are fewer than a batch of %d: a step takes all %d\n", n, pack.Recipe.Batch, n)
		pack.Recipe.Batch = n
	}
	if from != nil {
		printable.Fprintf(messages(cmd), "scalecam: %s\n", begins(from, trainSet.Classes()))
	}
	target := pack.Recipe.Epochs
	if f.until > 0 {
		target = min(target, f.until)
	}
	// The networks take turns, an epoch each, so that they can be compared at
	// any time, and a teacher answers once for all.
	var answers train.Answers
	for until := 1; until <= target; until++ {
		for _, m := range pack.Networks {
			net, err := of(m, len(trainSet.Classes()))
			if err != nil {
				return err
			}
			show := &trainProgress{p: messages(cmd), name: m.Name}
			r := train.Run{
				Folder: f.out, Name: m.Name, Title: m.Title, Network: net, Recipe: pack.Recipe, From: from, Teacher: teacher, Answers: &answers, Half: f.half,
				Train: trainSet, Val: valSet, Data: what, Until: until, Report: show.report,
				Tell: func(line string) { printable.Fprintf(messages(cmd), "scalecam: %s\n", line) },
			}
			epochs, err := r.Do(ctx)
			show.end()
			switch {
			case errors.Is(err, train.ErrStopped) && ctx.Err() != nil:
				return fmt.Errorf("%s: interrupted in epoch %d of %d and saved in %s; the same command goes on from there", m.Name, len(epochs)+1, pack.Recipe.Epochs, f.out)
			case errors.Is(err, train.ErrStopped):
				continue // until its next turn
			case err != nil:
				return err
			case until < target:
				continue // it was trained before
			}
			last := epochs[len(epochs)-1]
			printable.Fprintf(cmd.OutOrStdout(), "%s: top-1 %.1f%% on %d pictures that it did not learn from%s\n", filepath.Join(f.out, m.Name+".safetensors"), 100*last.ValTop1, valSet.Len(), largest(valSet))
		}
	}
	if target < pack.Recipe.Epochs {
		printable.Fprintf(messages(cmd), "stopped after epoch %d of %d; the same command without --until goes on\n", target, pack.Recipe.Epochs)
	}
	return nil
}

// start opens the weights that a run begins from. of gives their network, in place of
// the one that flags describe.
func (f *trainFlags) start(given func(flag string) bool, pack *train.Pack) (from *train.Start, of func(m train.PackMember, classes int) (*network.Network, error), err error) {
	for _, flag := range []string{"architecture", "depth", "width"} {
		if given(flag) {
			return nil, nil, wrong("--%s is the weights' own, with which the run begins (%s); leave it out", flag, pack.Recipe.From)
		}
	}
	if from, err = train.OpenStart(pack.Recipe.From, nil); err != nil {
		return nil, nil, err
	}
	var size network.Size // their own
	if given("resolution") {
		if size, err = network.ParseResolution(f.resolution, from.Model.Network.Architecture); err != nil {
			return nil, nil, err
		}
	}
	pack.Recipe.Epsilon = from.Model.Eps
	pack.Networks[0].Title = from.Model.Name + ", fine-tuned"
	return from, func(_ train.PackMember, classes int) (*network.Network, error) { return from.Network(size, classes) }, nil
}

// begins says what a run begins from, and which classes get a new head.
func begins(from *train.Start, classes []string) string {
	known := from.Known(classes)
	head := fmt.Sprintf("keeps what the head knows of %d of them and begins anew with %d", len(known), len(classes)-len(known))
	switch len(known) {
	case 0:
		head = "gets a new head for them, since it knows none by these names"
	case len(classes):
		head = "keeps what its head knows of them"
	}
	text := fmt.Sprintf("begins from %s (%s, %d classes); of the %d classes here it %s", from.Spec, from.Model.Network.Architecture.Title, len(from.Model.Classes), len(classes), head)
	if !from.Model.Trained {
		text += "; these weights are random"
	}
	return text
}

// largest says how often the class of the most pictures would be right: what is
// no better has learnt nothing.
func largest(set dataset.Set) string {
	l := evaluate.Answers(nil).LargestClass(set)
	return fmt.Sprintf(" (%q always would be right of %.1f%%)", l.Name, 100*l.Share)
}

// printRecipe prints the default recipe, or a pack's.
func (f *trainFlags) printRecipe(w io.Writer) error {
	var what any = train.DefaultRecipe
	if f.pack != "" {
		data, err := f.packFile()
		if err != nil {
			return err
		}
		if what, err = train.ParsePack(data); err != nil {
			return fmt.Errorf("train: %s: %w", f.pack, err)
		}
	}
	return printJSON(w, what)
}

// packFile is the JSON of the pack named.
func (f *trainFlags) packFile() ([]byte, error) {
	if p, ok := assets.LookupPack(f.pack); ok {
		if p.Recipe == nil {
			return nil, wrong("the pack %s was trained elsewhere (%s); the one that this program trains is scenes", p.Name, p.Source)
		}
		return p.Recipe, nil
	}
	data, err := file.Read(f.pack, maxRecipe, "a pack's JSON, or scenes")
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return data, nil
}

// maxRecipe bounds a recipe's file and a pack's, which people write.
const maxRecipe = 1 << 20

// read gives the pack that the flags ask for: of one network where they name
// one.
func (f *trainFlags) read(cmd *cobra.Command) (*train.Pack, error) {
	if f.pack != "" {
		for _, flag := range []string{"architecture", "depth", "width", "resolution", "recipe", "classes"} {
			if cmd.Flags().Changed(flag) {
				return nil, wrong("--%s is in the pack; leave it out, or write a pack of your own", flag)
			}
		}
		data, err := f.packFile()
		if err != nil {
			return nil, err
		}
		p, err := train.ParsePack(data)
		if err != nil {
			return nil, fmt.Errorf("train: %s: %w", f.pack, err)
		}
		if f.data != "" {
			if p.Scenes != nil {
				return nil, wrong("--data %s beside the pack %s, which learns from scenes; leave it out", f.data, f.pack)
			}
			p.Folder = f.data
		}
		return p, f.pick(p)
	}
	p := &train.Pack{Folder: f.data, Recipe: train.DefaultRecipe, Networks: []train.PackMember{{
		Name: "network", Title: fmt.Sprintf("%s d %v, w %v", f.architecture, f.depth, f.width),
		Architecture: f.architecture, Depth: f.depth, Width: f.width, Resolution: f.resolution,
	}}}
	if isScenes(f.data) {
		s := train.DefaultScenes
		if _, count, ok := strings.Cut(f.data, ":"); ok {
			n, err := strconv.Atoi(count)
			if err != nil || n < 1 {
				return nil, wrong("--data %s: write scenes, or scenes:COUNT with a whole number", f.data)
			}
			s.Train = n
		}
		p.Folder, p.Scenes = "", &s
	}
	if f.recipe != "" {
		data, err := file.Read(f.recipe, maxRecipe, "a recipe's JSON, or default to print one")
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		if p.Recipe, err = train.ParseRecipe(data); err != nil {
			return nil, fmt.Errorf("train: %s: %w", f.recipe, err)
		}
	}
	_, err := p.Networks[0].Network(2)
	return p, err
}

// isScenes tells that --data names scenes, and no folder.
func isScenes(data string) bool { return data == "scenes" || strings.HasPrefix(data, "scenes:") }

// pick keeps the networks of --only.
func (f *trainFlags) pick(p *train.Pack) error {
	if len(f.only) == 0 {
		return nil
	}
	var some []train.PackMember
	for _, name := range f.only {
		before := len(some)
		for _, m := range p.Networks {
			if m.Name == name {
				some = append(some, m)
			}
		}
		if len(some) == before {
			return wrong("the pack has no network %q", name)
		}
	}
	p.Networks = some
	return nil
}

// keptBytes is how much of the pictures to learn from is kept in memory unless the user
// says otherwise: up to 4 GiB, and to what a training step leaves.
func keptBytes() int64 { return min(4<<30, network.MachineMemory()/4) }

// around is about what training takes beside the pictures that it keeps, where a step
// takes so much.
func around(step int64, teacher *network.Model) int64 {
	const program = 300 << 20 // with pictures as they are decoded
	if teacher != nil {
		step += teacher.Network.MemoryBytes() * int64(runtime.GOMAXPROCS(0))
	}
	return program + step
}

// parseBytes reads a number of bytes: 2GiB, 1.5GB, 800MiB, 800MB.
func parseBytes(s string) (int64, error) {
	units := []struct {
		name string
		of   float64
	}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}}
	for _, unit := range units {
		if number, ok := strings.CutSuffix(s, unit.name); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if err != nil || !(n > 0 && n*unit.of < 1<<60) {
				break
			}
			return int64(n * unit.of), nil
		}
	}
	return 0, errors.New("write a number above 0 and its unit: GiB, GB, MiB or MB, as 2GiB")
}

// sets are the pictures to train on and to validate on, of which so many bytes are kept
// in memory (of the latter an eighth of that), so that they are not read or drawn in
// every epoch anew; of a folder those of some classes where any are named. Those that
// cannot be read are named on w and left out. called is what asks for them.
func sets(ctx context.Context, w *printer, p *train.Pack, called string, classes []string, keep int64) (trainSet, valSet dataset.Set, what string, err error) {
	if p.Scenes != nil {
		if trainSet, valSet, what, err = p.Scenes.Sets(); err != nil {
			return nil, nil, "", fmt.Errorf("%s: %w", called, err)
		}
		return dataset.Keep(trainSet, keep), dataset.Keep(valSet, keep/8), what, nil
	}
	t, v, err := dataset.OpenSplits(ctx, p.Folder)
	if err != nil {
		return nil, nil, "", err
	}
	if len(classes) > 0 {
		if t, err = t.Only(classes...); err != nil {
			return nil, nil, "", err
		}
		if v, err = v.Only(classes...); err != nil {
			return nil, nil, "", err
		}
	}
	if t, trainSet, err = whole(ctx, w, t, keep); err != nil {
		return nil, nil, "", err
	}
	if v, valSet, err = whole(ctx, w, v, keep/8); err != nil {
		return nil, nil, "", err
	}
	if err := populated(w, t, v); err != nil {
		return nil, nil, "", err
	}
	what = fmt.Sprintf("%d pictures of %d classes (%s)", t.Len(), len(t.Classes()), t.Fingerprint()[:8]+v.Fingerprint()[:8])
	return trainSet, valSet, what, nil
}

// populated refuses classes that nothing can be learnt of, and names on w those
// that are not validated.
func populated(w io.Writer, t, v *dataset.Folder) error {
	counts := v.Counts()
	for i, n := range t.Counts() {
		class := t.Classes()[i]
		if n == 0 {
			return fmt.Errorf("train: class %q has no picture to learn from; add some, or leave the class out with --classes", class)
		}
		if counts[i] == 0 {
			printable.Fprintf(w, "class %q has no picture to validate on\n", class)
		}
	}
	return nil
}

// whole is the folder without the pictures that cannot be read, which it names, and the
// same with so many bytes of pictures kept in memory.
func whole(ctx context.Context, w *printer, f *dataset.Folder, keep int64) (*dataset.Folder, dataset.Set, error) {
	var progress func(done, total int)
	if w.isTerminal() {
		progress = func(done, total int) {
			if done == total {
				w.rewrite("")
			} else if done%20 == 0 {
				w.rewrite("reading picture %d of %d", done, total)
			}
		}
	} else if f.Len() >= 1000 { // which take a while
		printable.Fprintf(w, "reading %d pictures\n", f.Len())
	}
	good, kept, broken, err := f.CheckAndKeep(ctx, keep, progress)
	if err != nil || len(broken) == 0 {
		return good, kept, err
	}
	printable.Fprintf(w, "%d of %d pictures cannot be read and are skipped:\n", len(broken), f.Len())
	const few = 10
	for i, b := range broken {
		if i == few {
			printable.Fprintf(w, "  and %d more\n", len(broken)-few)
			break
		}
		printable.Fprintf(w, "  %v\n", b.Err)
	}
	return good, kept, nil
}

// trainProgress shows a run on a terminal as a bar, elsewhere as a line an epoch.
type trainProgress struct {
	p     *printer
	name  string
	shown time.Time
}

func (t *trainProgress) report(p train.Progress) {
	if e := p.Finished; e != nil {
		t.end()
		printable.Fprintf(t.p, "%s epoch %d/%d: loss %.3f, top-1 %.1f%%; unseen: loss %.3f, top-1 %.1f%%; %.0f images/s\n",
			t.name, e.Epoch, p.Epochs, e.Loss, 100*e.Top1, e.ValLoss, 100*e.ValTop1, e.ImagesASecond)
		return
	}
	const often = 100 * time.Millisecond
	if !t.p.isTerminal() || time.Since(t.shown) < often {
		return
	}
	t.shown = time.Now()
	if p.Validated > 0 {
		t.p.rewrite("%s epoch %d/%d: validating, picture %d", t.name, p.Epoch, p.Epochs, p.Validated)
		return
	}
	const width = 20
	done := width * p.Step / p.Steps
	t.p.rewrite("%s epoch %d/%d [%s%s] loss %.3f, top-1 %.1f%%, %.0f images/s, %v left", t.name, p.Epoch, p.Epochs,
		strings.Repeat("#", done), strings.Repeat(".", width-done), p.Loss, 100*p.Top1, p.ImagesASecond, p.Left.Round(time.Second))
}

// end clears the bar.
func (t *trainProgress) end() {
	if t.p.isTerminal() {
		t.p.rewrite("")
	}
}
