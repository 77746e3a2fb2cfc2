package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/teach"
	"scalecam/printable"
)

// teachFlags are the flags of teach.
type teachFlags struct {
	networks     networkFlags
	plan         teach.Plan
	out          string
	whole, again bool
	half, asJSON bool
	clear        bool
}

func newTeach() *cobra.Command {
	var f teachFlags
	cmd := &cobra.Command{
		Use:   "teach DIR -o OUT [--pack NAME | --network SPEC…]",
		Short: "Teach networks your own classes, all of them at once",
		Long: `Teach networks the classes of your own pictures: class folders (DIR/mug/1.jpg,
DIR/glass/1.jpg), or such in DIR/train beside DIR/val, whose pictures then measure and
are not learnt from. The networks stay as they are; each is shown every picture once,
and a new classifier, its head, is fitted to what it sees: one linear layer, by
multinomial logistic regression, whose strength is chosen by cross-validation, with
pictures that are nearly the same kept together. OUT then holds for each network
  NAME.safetensors   its head, a small file, which every command here takes in a
                     network's place; it names the network by its hash
  NAME/              with --whole, the network with its new classifier, as timm has it
and what they learnt, in report.md, report.json and predictions.csv.

What the networks see of the pictures is kept in the user's cache folder, so that the
same command goes on where it was interrupted, and a picture more or less costs a
moment; --clear-cache removes all that is kept.`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.clear && len(args) == 0, len(args) == 1:
				return nil
			case len(args) == 0:
				return wrong("no folder of pictures named; write scalecam teach DIR -o OUT")
			}
			return wrong("teach takes one folder, and %q is a second; put the class folders into one", args[1])
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.networks.add(cmd, manyNetworks)
	p := cmd.Flags()
	p.StringVarP(&f.out, "output", "o", "", "folder to write to; it is made where it does not exist")
	p.BoolVar(&f.whole, "whole", false, "write each network whole, too, under timm's names, with a config.json beside it")
	p.BoolVar(&f.plan.Balanced, "balanced", false, "give all classes the same say, however many pictures they have")
	p.Float64Var(&f.plan.Strength, "strength", 0, "how closely heads follow their pictures, C of scikit-learn's LogisticRegression (default: what answers best of pictures left out)")
	p.IntVar(&f.plan.Folds, "folds", 0, "parts that the pictures are divided into, each answered for by a head that has not seen it (default: 5, or of few pictures each alone)")
	p.BoolVar(&f.half, "half", false, "write heads as float16, half as large")
	p.BoolVar(&f.again, "again", false, "look at all pictures again, whatever the cache has")
	p.BoolVar(&f.clear, "clear-cache", false, "remove what is kept of all pictures, and end where no folder is named")
	p.BoolVar(&f.asJSON, "json", false, "print JSON")
	return cmd
}

func (f *teachFlags) run(cmd *cobra.Command, args []string) error {
	given := cmd.Flags().Changed
	const leastStrength, mostStrength, mostFolds = 1e-9, 1e9, 1000
	switch {
	case given("strength") && !(f.plan.Strength >= leastStrength && f.plan.Strength <= mostStrength):
		return wrong("--strength %v; give %v to %v", f.plan.Strength, leastStrength, mostStrength)
	case given("folds") && (f.plan.Folds < 2 || f.plan.Folds > mostFolds):
		return wrong("--folds %d; give 2 to %d", f.plan.Folds, mostFolds)
	case len(args) > 0 && f.out == "":
		return wrong("no folder named to write to; name one with -o OUT")
	}
	cache, err := teach.UserCache()
	if f.clear {
		if err == nil {
			err = cache.Clear()
		}
		if err != nil || len(args) == 0 {
			return err
		}
	}
	if err != nil { // it goes without
		printable.Fprintf(messages(cmd), "scalecam: %v\n", err)
	}
	if f.again {
		cache = nil
	}
	dir := args[0]
	if within(f.out, dir) {
		return wrong("%s lies in %s, whose folders are classes; name another folder to write to", f.out, dir)
	}
	if err := f.networks.pick(cmd, []string{dir}, all); err != nil {
		return err
	}
	tell := func(warning error) { printable.Fprintf(messages(cmd), "scalecam: %v\n", warning) }
	lesson, err := teach.OpenLesson(cmd.Context(), dir, tell)
	if err != nil {
		return err
	}
	release, err := file.Claim(f.out)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		tell(err)
	case err != nil:
		return err
	default:
		defer release()
	}
	opened, err := f.networks.open(cmd.Context(), compare.By{}, nil)
	if err != nil {
		return err
	}
	names := headNames(opened)
	if err := f.replaces(names, tell); err != nil {
		return err
	}
	show := &teachProgress{p: messages(cmd)}
	pass := teach.Pass{Models: opened, Cache: cache, Report: show.pass, Tell: tell}
	features, err := pass.Run(cmd.Context(), lesson.Pictures())
	show.end()
	if err != nil {
		return err
	}
	defer cache.Trim()
	made := features.Made
	if lesson, features, err = lesson.Sort(dir, features, tell); err != nil {
		return err
	}
	taught, _, folds, err := f.plan.Teach(cmd.Context(), lesson, features, opened, func(model, done, total int) {
		show.fit(opened[model].Name, done, total)
	})
	show.end()
	if err != nil {
		return err
	}
	var files []file.File
	for i := range taught {
		some, err := f.files(&taught[i], names[i], lesson)
		if err != nil {
			return err
		}
		files = append(files, some...)
	}
	if err := f.write(files); err != nil {
		return err
	}
	printable.Fprintf(messages(cmd), "scalecam: the networks looked at %d pictures; what they see of the others was kept\n", made)
	return printLearnt(cmd.OutOrStdout(), lesson, taught, names, folds)
}

// within tells that a folder is another, or lies in it.
func within(folder, in string) bool {
	a, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	b, err := filepath.Abs(in)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(b, a)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// headNames are what the heads of networks are called: by the pack's columns, or by the
// networks' names, as files can be named everywhere.
func headNames(opened []*network.Model) []string {
	names := make([]string, len(opened))
	for i, m := range opened {
		name := m.Name
		if _, of, ok := strings.Cut(m.Spec, ":"); ok && models.BuiltIn(m.Spec) {
			name = of
		}
		names[i] = strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`<>:"/\|?*@,= `, r) || r < ' ' {
				return '-'
			}
			return r
		}, name), ".-")
		for n := 2; names[i] == "" || slices.Contains(names[:i], names[i]); n++ {
			names[i] = fmt.Sprintf("%s-%d", strings.Trim(name, ".-"), n)
		}
	}
	return names
}

// replaces says which heads are there already, and refuses to write over what is no
// head.
func (f *teachFlags) replaces(names []string, tell func(warning error)) error {
	var old []string
	for _, name := range names {
		path := filepath.Join(f.out, name+".safetensors")
		switch _, err := os.Stat(path); {
		case errors.Is(err, fs.ErrNotExist):
		case err == nil && models.IsHead(path):
			old = append(old, name)
		default:
			return fmt.Errorf("teach: %s is there already, and no head that was taught; name another folder, or move it away", path)
		}
		if err := file.Writable(path); err != nil {
			return err
		}
	}
	if len(old) > 0 {
		tell(fault.Errorf("teach: %s holds %s of an earlier run, which will be replaced", f.out, strings.Join(old, ", ")))
	}
	return nil
}

// files are what is written of a network.
func (f *teachFlags) files(t *teach.Learnt, name string, l *teach.Lesson) ([]file.File, error) {
	h := &models.Head{
		Weight: t.Head.W, Bias: t.Head.B, Classes: l.Classes, Temperature: t.Temperature, Half: f.half,
		About: map[string]string{"taught": fmt.Sprintf("%d pictures of %d classes", len(l.Learn.Labels), len(l.Classes)), "strength": fmt.Sprint(t.Head.Strength)},
	}
	path := filepath.Join(f.out, name+".safetensors")
	data, err := models.EncodeHead(t.Model, h, path)
	if err != nil {
		return nil, err
	}
	files := []file.File{{Path: path, Data: data}}
	if !f.whole {
		return files, nil
	}
	m, w, err := models.Unpacked(t.Model.Spec, t.Model.Stated)
	if err != nil {
		return nil, err
	}
	hub, err := models.Hub(m, w, h, filepath.Join(f.out, name))
	return append(files, hub...), err
}

// write writes the files, for which it makes their folders.
func (f *teachFlags) write(files []file.File) error {
	for _, w := range files {
		if folder := filepath.Dir(w.Path); folder != f.out {
			if err := os.MkdirAll(folder, 0o777); err != nil {
				return fmt.Errorf("teach: %s cannot be made: %w; name another folder", folder, errors.Unwrap(err))
			}
		}
	}
	return file.Write(files...)
}

// printLearnt writes for people how often heads are right of pictures that they were
// not fitted to.
func printLearnt(w io.Writer, l *teach.Lesson, all []teach.Learnt, names []string, folds *teach.Folds) error {
	printable.Fprintf(w, "%d classes, %d pictures to learn from", len(l.Classes), len(l.Learn.Labels))
	if n := len(l.Held.Labels); n > 0 {
		printable.Fprintf(w, ", %d held", n)
	}
	printable.Fprintf(w, "; ± is half of the 95%% interval\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "network\tstrength\t")
	if folds.Count > 0 {
		fmt.Fprint(t, "left out: right\tsure\t")
	}
	if len(l.Held.Labels) > 0 {
		fmt.Fprint(t, "held: right\tsure\t")
	}
	fmt.Fprintln(t)
	for i := range all {
		printable.Fprintf(t, "%s\t%.3g\t", names[i], all[i].Head.Strength)
		if folds.Count > 0 {
			printShare(t, teach.Answers(all[i].Logits, l.Learn.Labels, folds.Of, all[i].Temperature))
		}
		if len(l.Held.Labels) > 0 {
			printShare(t, teach.Answers(all[i].Held, l.Held.Labels, nil, all[i].Temperature))
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	most, share := l.Largest()
	printable.Fprintf(w, "\n%q always would be right of %.1f%%\n", l.Classes[most], 100*share)
	for i := range all {
		if m := all[i].Moved; m != nil {
			before := teach.Answers(m.Logits, l.Learn.Labels, folds.Of, m.Temperature)
			after := teach.Answers(all[i].Logits, l.Learn.Labels, folds.Of, all[i].Temperature)
			printable.Fprintf(w, "%s, whose weights were trained at %v: a head taught there is right of %.1f%% here and %.1f%% sure, and this one, taught at %v, right of %.1f%% and %.1f%% sure\n",
				names[i], m.From, 100*before.Right(), 100*before.Sure(), all[i].Model.Network.Scaling.Resolution, 100*after.Right(), 100*after.Sure())
		}
	}
	switch single := folds.Single; {
	case folds.Count == 0:
		printable.Fprintf(w, "No picture could be left out, so that nobody knows how often the heads are right: add pictures, two or more to a class\n")
	case len(single) > 0:
		var names []string
		for _, c := range single {
			names = append(names, strconv.Quote(l.Classes[c]))
		}
		printable.Fprintf(w, "Of %s no picture could be left out, so that nothing is known of it: add pictures\n", strings.Join(names, ", "))
	}
	return nil
}

func printShare(w io.Writer, a teach.Answered) {
	lo, hi := teach.Wilson(a.Hits, a.Count)
	printable.Fprintf(w, "%.1f%% ±%.1f\t%.1f%%\t", 100*a.Right(), 50*(hi-lo), 100*a.Sure())
}

// teachProgress shows on a terminal how far teaching is.
type teachProgress struct {
	p     *printer
	shown time.Time
}

func (t *teachProgress) due() bool {
	const often = 100 * time.Millisecond
	if !t.p.isTerminal() || time.Since(t.shown) < often {
		return false
	}
	t.shown = time.Now()
	return true
}

func (t *teachProgress) pass(p teach.Progress) {
	if !t.due() {
		return
	}
	if p.Rate == 0 {
		t.p.rewrite("picture %d of %d", p.Done, p.Total)
		return
	}
	t.p.rewrite("picture %d of %d, %.1f a second, %v left", p.Done, p.Total, p.Rate, p.Left.Round(time.Second))
}

func (t *teachProgress) fit(name string, done, total int) {
	if t.due() {
		t.p.rewrite("%s: fit %d of %d", name, done, total)
	}
}

// end clears the line.
func (t *teachProgress) end() {
	if t.p.isTerminal() {
		t.p.rewrite("")
	}
}
