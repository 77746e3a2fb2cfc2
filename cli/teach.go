package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/figure"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/teach"
	"scalecam/printable"
	"scalecam/wording"
)

// teachFlags are the flags of teach.
type teachFlags struct {
	networks     networkFlags
	plan         teach.Plan
	out          string
	whole, again bool
	half, asJSON bool
	clear, looks bool
	language     string
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
and what they learnt: report.md, report.json, pictures.csv, confusion.csv, looks.csv,
and looks.png, the average map of each class by each network.

What the networks see of the pictures is kept in the user's cache folder, so that the
same command goes on where it was interrupted, and a picture more or less costs a
moment; --clear-cache removes all that is kept.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.clear && len(args) == 0, len(args) == 1:
				return nil
			case len(args) == 0:
				return wrong("no folder of pictures named; write scalecam teach DIR -o OUT")
			}
			return wrong("teach takes one folder, and %q is a second; put the class folders into one", args[1])
		},
		RunE: f.run,
	}
	f.networks.add(cmd, manyNetworks)
	p := cmd.Flags()
	p.StringVarP(&f.out, "output", "o", "", "folder to write to; it is made where it does not exist")
	p.BoolVar(&f.whole, "whole", false, "write each network whole, too, under timm's names, with a config.json beside it")
	p.BoolVar(&f.plan.Balanced, "balanced", false, "give all classes the same say, however many pictures they have")
	p.Float64Var(&f.plan.Strength, "strength", 0, "how closely heads follow their pictures, C of scikit-learn's LogisticRegression (default: what answers best of pictures left out)")
	p.IntVar(&f.plan.Folds, "folds", 0, "parts that the pictures are divided into, each answered for by a head that has not seen it (default: 5, or of few pictures each alone)")
	p.BoolVar(&f.half, "half", false, "write heads as float16, half as large")
	p.BoolVar(&f.looks, "looks", true, "find where the networks look for each class, of up to 16 pictures each; --looks=false leaves that out")
	p.StringVar(&f.language, "language", wording.Languages[0], "language of report.md and looks.png: "+strings.Join(wording.Languages, ", "))
	p.BoolVar(&f.again, "again", false, "look at all pictures again, whatever the cache has")
	p.BoolVar(&f.clear, "clear-cache", false, "remove what is kept of all pictures, and end where no folder is named")
	p.BoolVar(&f.asJSON, "json", false, "print the report as JSON")
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
	case !slices.Contains(wording.Languages, f.language):
		return wrong("--language %q; there are %s", f.language, strings.Join(wording.Languages, ", "))
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
	lesson, features = lesson.Sort(features, tell)
	if err := lesson.Check(dir); err != nil {
		return err
	}
	learnt, alike, folds, err := f.plan.Teach(cmd.Context(), lesson, features, opened, func(done, total int) {
		show.line("fit %d of %d", done, total)
	})
	show.end()
	if err != nil {
		return err
	}
	var files []file.File
	for i := range learnt {
		some, err := f.files(&learnt[i], names[i], lesson)
		if err != nil {
			return err
		}
		files = append(files, some...)
	}
	same := f.unchanged(files) // what was found of that stands in the report
	taught := lesson.Taught(dir, learnt, names, alike, folds)
	if f.looks && (!same || f.asJSON) {
		looks, err := f.look(cmd.Context(), lesson, learnt, show)
		if err != nil {
			return err
		}
		for i := range looks {
			taught.Networks[i].Looks = looks[i]
		}
	}
	report := teach.NewReport(taught)
	if !same {
		told, err := report.Files(f.out, wording.In(f.language))
		if err != nil {
			return err
		}
		sheet, err := figure.DrawLooks(report, wording.In(f.language))
		if err != nil {
			return err
		}
		if sheet != nil {
			var b bytes.Buffer
			if err := png.Encode(&b, sheet); err != nil {
				return err
			}
			told = append(told, file.File{Path: filepath.Join(f.out, "looks.png"), Data: b.Bytes()})
		}
		if err := f.write(append(files, told...)); err != nil {
			return err
		}
	}
	printable.Fprintf(messages(cmd), "scalecam: the networks looked at %d pictures; what they see of the others was kept\n", made)
	if same {
		printable.Fprintf(messages(cmd), "scalecam: %s holds these heads already, and stays as it is\n", f.out)
	}
	if f.asJSON {
		data, err := report.JSON()
		if err == nil {
			_, err = cmd.OutOrStdout().Write(data)
		}
		return err
	}
	return printReport(cmd.OutOrStdout(), report)
}

// look finds where the networks look for each class.
func (f *teachFlags) look(ctx context.Context, l *teach.Lesson, learnt []teach.Learnt, show *teachProgress) ([][]teach.Look, error) {
	var headed []*network.Model
	for _, n := range learnt {
		m, err := n.Model.WithHead(n.Head.W, n.Head.B, l.Classes)
		if err != nil {
			return nil, err
		}
		headed = append(headed, m)
	}
	defer show.end()
	return teach.Looks(ctx, headed, l.Learn.Pictures, l.Learn.Labels, func(done, total int) {
		show.line("where they look: picture %d of %d", done, total)
	})
}

// mostReport is more than a report's text is long, in bytes.
const mostReport = 16 << 20

// unchanged tells that the files are there already, and a report in the language beside
// them.
func (f *teachFlags) unchanged(files []file.File) bool {
	for _, f := range files {
		if there, err := file.Read(f.Path, (int64(len(f.Data))>>20+1)<<20, "a file of a head"); err != nil || !bytes.Equal(there, f.Data) {
			return false
		}
	}
	if _, err := os.Stat(filepath.Join(f.out, "report.json")); err != nil {
		return false
	}
	text, err := file.Read(filepath.Join(f.out, "report.md"), mostReport, "a report")
	return err == nil && bytes.HasPrefix(text, []byte(teach.Title(wording.In(f.language))+"\n"))
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

// printReport writes for people how often heads are right of pictures that they were
// not fitted to, and what to beware of.
func printReport(w io.Writer, r *teach.Report) error {
	printable.Fprintf(w, "%d classes, %d pictures to learn from, of which %d were left out in turn, in %d parts; in brackets the 95%% interval\n\n", len(r.Classes), len(r.Pictures), r.LeftOut, r.Folds)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "network\tstrength\t"
	if r.LeftOut > 0 {
		head += "right\tsure\t"
	}
	held := r.Networks[0].Held != nil
	if held {
		head += fmt.Sprintf("of %d set aside\tsure\t", r.Networks[0].Held.Pictures)
	}
	fmt.Fprintln(t, head)
	share := func(accuracy float64, interval *[2]float64, confidence float64) {
		margin := ""
		if interval != nil {
			margin = " (" + evaluate.Range(interval) + ")"
		}
		printable.Fprintf(t, "%.1f%%%s\t%.1f%%\t", 100*accuracy, margin, 100*confidence)
	}
	largest := 0
	for c := range r.Classes {
		if r.Classes[c].Pictures > r.Classes[largest].Pictures {
			largest = c
		}
	}
	for _, n := range r.Networks {
		printable.Fprintf(t, "%s\t%.3g\t", n.Name, n.Strength)
		if r.LeftOut > 0 {
			share(n.Accuracy, n.AccuracyInterval, n.Confidence)
		}
		if held {
			share(n.Held.Accuracy, n.Held.AccuracyInterval, n.Held.Confidence)
		}
		fmt.Fprintln(t)
	}
	if r.LeftOut > 0 {
		printable.Fprintf(t, "%q always\t\t%.1f%%\t\t\n", r.Classes[largest].Name, 100*r.Largest)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range r.Networks {
		if m := n.Moved; m != nil {
			printable.Fprintf(w, "\n%s runs at another size than its weights were trained at: a head taught there, at %s, and used here is right of %.1f%% and sure to %.1f%%; this one of %.1f%% and to %.1f%%\n",
				n.Name, m.From, 100*m.Accuracy, 100*m.Confidence, 100*n.Accuracy, 100*n.Confidence)
		}
	}
	for _, n := range r.Notes {
		printable.Fprintf(w, "\n%s\n", r.Text(wording.In(wording.Languages[0]), n, printable.Line, printable.Line))
	}
	return nil
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

func (t *teachProgress) line(format string, args ...any) {
	if t.due() {
		t.p.rewrite(format, args...)
	}
}

// end clears the line.
func (t *teachProgress) end() {
	if t.p.isTerminal() {
		t.p.rewrite("")
	}
}
