package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/batch"
	"scalecam/compare/sweep"
	"scalecam/file"
	"scalecam/network/train"
	"scalecam/printable"
)

func newSweep() *cobra.Command {
	var out, shard, known string
	var jobs, until int
	var show bool
	cmd := &cobra.Command{
		Use:   "sweep RECIPE [-o DIR]",
		Short: "Train networks of many scalings alike, and put down what came of each",
		Long: `Train networks of many scalings by one recipe, each once for every seed, and put down
what came of each. RECIPE is a JSON file, or scenes for the one that comes with the
program (docs/sweep.md); without -o it is printed, to write one's own from. The folder
of -o then holds
  points/NAME/…  each network, its learning curves and what it takes to go on, as
                 scalecam train has them
  result.json    once all are done: every network's scaling, parameters, multiply-adds,
                 curves and top-1 with its 95% interval

Where there are several cores, as many are trained side by side, each on one, as the
memory has room for; --jobs says otherwise. The same command goes on where it was
interrupted, in whatever way, trains nothing twice, and ends in the same result; a
recipe may get more lines, points and seeds meanwhile. --shard 3/8 trains the third of
eight parts, on any machine; parts may be written into one folder, and who ends last
writes the result. Of parts in several folders, copy what is in points into one folder,
and run the same command without --shard over that. --known RESULT.json takes over what
an earlier sweep by the same recipe on the same data has trained, be it anybody's.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrong("name one recipe: scenes, or a JSON file like the one that scalecam sweep scenes prints")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := sweepFile(args[0])
			if err != nil {
				return err
			}
			s, err := sweep.Parse(data)
			if err != nil {
				return fmt.Errorf("sweep: %s: %w", args[0], err)
			}
			given := cmd.Flags().Changed
			switch {
			case out == "" && (given("shard") || given("jobs") || given("until") || given("known") || show):
				return wrong("no folder named to write to; name one with -o DIR")
			case out == "":
				return printJSON(cmd.OutOrStdout(), s)
			case given("jobs") && jobs < 1 || given("until") && until < 1:
				return wrong("--jobs and --until are whole numbers above 0")
			}
			j := &sweep.Job{Sweep: s, Dir: out, Jobs: jobs, Until: until}
			if shard != "" {
				if j.Shard, err = batch.ParseShard(shard); err != nil {
					return wrong("--shard: %v", err)
				}
			}
			if known != "" {
				if j.Known, err = sweep.ReadFile(known); err != nil {
					return err
				}
			}
			if err := j.Check(); err != nil {
				return fmt.Errorf("sweep: %s: %w", args[0], err)
			}
			if j.Train, j.Val, j.Data, err = sets(cmd.Context(), messages(cmd), s.Pack(), args[0], nil, keptBytes()); err != nil {
				return err
			}
			if show {
				r, err := j.Result()
				if err != nil {
					return err
				}
				return printSweep(cmd.OutOrStdout(), r)
			}
			told := &sweepProgress{p: messages(cmd), told: time.Now()}
			j.Report, j.Tell = told.report, told.tell
			r, err := j.Run(cmd.Context())
			told.clear()
			switch {
			case cmd.Context().Err() != nil && errors.Is(err, train.ErrStopped):
				return fmt.Errorf("interrupted and saved in %s; the same command goes on from there", out)
			case err != nil:
				return err
			}
			if err := printSweep(cmd.OutOrStdout(), r); err != nil {
				return err
			}
			if !r.Whole() {
				left := 0
				for _, t := range r.Trainings() {
					if !r.Done(t) {
						left++
					}
				}
				printable.Fprintf(messages(cmd), "scalecam: %d of %d trainings are not done; %s is written once all are\n", left, len(r.Trainings()), filepath.Join(out, sweep.ResultFile))
				return nil
			}
			printable.Fprintf(cmd.OutOrStdout(), "%s\n", filepath.Join(out, sweep.ResultFile))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "folder to write to; it is made where it does not exist")
	f.StringVar(&shard, "shard", "", "train one part of several, such as 3/8")
	f.IntVar(&jobs, "jobs", 0, "trainings at once (default: as many as there are cores)")
	f.IntVar(&until, "until", 0, "stop each training after so many epochs, to go on another time")
	f.StringVar(&known, "known", "", "result.json of an earlier sweep by the same recipe, whose trainings are taken over")
	f.BoolVar(&show, "show", false, "print the table of what is done so far, and train nothing")
	return cmd
}

// sweepFile is the JSON of a sweep that comes with the program, or of a file.
func sweepFile(name string) ([]byte, error) {
	if p, ok := assets.LookupPack(name); ok && p.Sweep != nil {
		return p.Sweep, nil
	}
	data, err := file.Read(name, maxRecipe, "a sweep's JSON, or scenes")
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	return data, nil
}

// printSweep prints the table of a sweep.
func printSweep(w io.Writer, r *sweep.Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	printable.Fprintf(t, "line\tnetwork\tparameters\tMACs\tseed\ttop-1, %%\n")
	for _, l := range r.Lines {
		for _, p := range l.Points {
			network := p.Scaling().String()
			if b := p.Bases; b != nil {
				network += fmt.Sprintf(" (α %v, β %v, γ %v, φ %v)", b.Alpha, b.Beta, b.Gamma, b.Phi)
			}
			for _, run := range p.Runs {
				printable.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", l.Name, network, compare.FormatCount(p.Parameters), compare.FormatCount(p.MACs), run.Seed, reached(r, run))
			}
		}
	}
	return t.Flush()
}

// reached is a training's top-1 and its interval, or how far it is.
func reached(r *sweep.Result, t *sweep.Training) string {
	if len(t.Curve) == 0 {
		return "–"
	}
	text := fmt.Sprintf("%.1f", 100*t.Top1)
	if t.Interval != nil {
		text += fmt.Sprintf(" (%.1f–%.1f)", 100*t.Interval[0], 100*t.Interval[1])
	}
	if !r.Done(t) {
		text += fmt.Sprintf(", epoch %d of %d", len(t.Curve), r.Recipe.Epochs)
	}
	return text
}

// sweepProgress prints a line for each training that has ended, and how far the others
// are: on a terminal in a line, else, for logs, once a minute.
type sweepProgress struct {
	p    *printer
	told time.Time
}

func (s *sweepProgress) report(p sweep.Progress) {
	if t := p.Finished; t != nil {
		s.clear()
		printable.Fprintf(s.p, "%d of %d: %s, top-1 %.1f%% after epoch %d\n", p.Done, p.Total, t.Name, 100*t.Top1, len(t.Curve))
		return
	}
	often := time.Minute
	if s.p.isTerminal() {
		often = 100 * time.Millisecond
	}
	if time.Since(s.told) < often {
		return
	}
	s.told = time.Now()
	var now []string
	for _, n := range p.Now {
		now = append(now, fmt.Sprintf("%s epoch %d/%d", n.Name, n.Epoch, n.Epochs))
	}
	text := fmt.Sprintf("%d of %d done; %s", p.Done, p.Total, strings.Join(now, ", "))
	if p.Left > 0 {
		text += fmt.Sprintf("; %v left", p.Left.Round(time.Second))
	}
	if s.p.isTerminal() {
		s.p.rewrite("%s", text)
	} else {
		printable.Fprintf(s.p, "scalecam: %s\n", text)
	}
}

func (s *sweepProgress) tell(line string) {
	s.clear()
	printable.Fprintf(s.p, "scalecam: %s\n", line)
}

// clear clears the line.
func (s *sweepProgress) clear() {
	if s.p.isTerminal() {
		s.p.rewrite("")
	}
}
