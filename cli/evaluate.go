package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/printable"
)

func newEvaluate() *cobra.Command {
	var n networkFlags
	var l labelledFlags
	var seed uint64
	var mosaics int
	var asJSON, wrongs bool
	var lines int
	var maps mapFlags
	cmd := &cobra.Command{
		Use:   "evaluate [--pack NAME] [--data DIR [--classes MAP.json]]",
		Short: "Measure how often networks are right, and how well their maps find the object",
		Long: `Measure networks on scenes that they did not learn from, or on a folder of
labelled pictures: how often the most probable class is right (top-1), or one of
the five most probable (top-5); how far probabilities are from how often it is
(ECE, the expected calibration error, of 15 bins, with the network's temperature
and without); beside that, how often the class of the most pictures would be, were
it always the answer; and, where the object's place is known, how well the class
activation map of the true class finds it:
  pointing  how often the map's highest pixel lies on the object
  energy    share of the map's positive values that lies on it
  IoU       intersection over union at the best threshold
  part IoU  the same with the part by which the class is told
and, with --mosaics, how well the maps of four classes find their quarters of
pictures made of four (pointing and energy; a map that knows nothing reaches 25%),
beside what a blob in the centre and a uniform map would reach. Places are those
that DIR/annotations.json gives: {"cat/1.jpg": {"box": […], "polygon": [[x, y], …]}},
or in COCO's format, or the PASCAL VOC's XML files beside the pictures.
Networks are shown the whole picture, resized, unless --crop says otherwise. Maps
of photographs are enlarged bicubically, of scenes linearly, as in their study.
Differences between networks are taken picture by picture; beneath the table stand
those against the first network, with --json those of every pair.

With --method, --layer or --measures other maps are measured, and otherwise, to the
letter of the papers (docs/measures.md; on mosaics by those measures that look at
the object alone): MaxBoxAccV2 and PxAP over 224 × 224 pixels,
deletion and insertion by the softmax, the ceiling that a grid allows, and, of scenes,
how far the map tells what the logit loses when the telling part is drawn away
(part-removed).

With --mistakes the pictures themselves are listed, and not the table: what each
network takes for what, its wrong answers, the surest first, those to which the first
network and another answer differently or look at other places, where the probability
of the right class changed most between them (as of a network before and after more
training), and pictures whose label looks wrong (docs/mistakes.md). --csv has a row
for each picture, --json all lists.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("evaluate takes no %q; name a folder of labelled pictures with --data", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := l.check(cmd); err != nil {
				return err
			}
			const most = 100_000
			switch {
			case mosaics < 0 || mosaics > most:
				return wrong("--mosaics %d; give 0 to %d", mosaics, most)
			case maps.plot != "" && !maps.asked():
				return wrong("--plot is of what --method, --layer or --measures ask for; name one of them")
			case maps.plot != "" && !strings.EqualFold(filepath.Ext(maps.plot), ".svg"):
				return wrong("--plot %s: the drawing is SVG; name a file that ends in .svg", maps.plot)
			case maps.pictures != "" && !maps.asked():
				return wrong("--pictures is of what --method, --layer or --measures ask for; name one of them")
			case maps.pictures != "" && !strings.EqualFold(filepath.Ext(maps.pictures), ".csv"):
				return wrong("--pictures %s: it is a table with commas; name a file that ends in .csv", maps.pictures)
			case wrongs && (maps.asked() || mosaics > 0):
				return wrong("--mistakes are by CAM of the last layer, picture by picture; leave them or --method, --layer, --measures and --mosaics out")
			case !wrongs && cmd.Flags().Changed("top"):
				return wrong("--top is of --mistakes; name both")
			case lines < 1:
				return wrong("--top %d; give 1 or more", lines)
			case maps.asCSV && !maps.asked() && !wrongs:
				return wrong("--csv is of what --method, --layer, --measures or --mistakes ask for; name one of them, or print --json")
			case maps.asCSV && asJSON:
				return wrong("--json and --csv are two ways to print the same; give one of them")
			case l.folder() && mosaics == 0 && cmd.Flags().Changed("seed"):
				return wrong("--seed is of scenes and mosaics; of %s all pictures are looked at", l.data)
			}
			if maps.asked() { // what is wrong of it is said at once
				if _, err := maps.protocol(evaluate.Protocol{}, seed); err != nil {
					return err
				}
			}
			if err := n.pick(cmd, l.names(), all); err != nil {
				return err
			}
			if err := n.withControl(cmd); err != nil {
				return err
			}
			models, err := n.open(cmd.Context(), compare.By{}, nil)
			if err != nil {
				return err
			}
			set, what, answers, err := l.open(cmd, seed)
			if err != nil {
				return err
			}
			protocol := evaluate.Protocol{Answers: answers, Bicubic: l.folder(), Mosaics: evaluate.Mosaics{Count: mosaics, Seed: seed}, Mistakes: wrongs}
			if maps.asked() {
				asks, err := maps.protocol(protocol, seed)
				if err != nil {
					return err
				}
				table := evaluate.NewPictureTable(models, asks)
				if maps.pictures != "" {
					asks.Told = table.Add
				}
				e, err := evaluate.RunMaps(cmd.Context(), models, set, asks, evaluating(cmd))
				if err != nil {
					return err
				}
				e.Data, e.Pack = what, n.pack
				var files []file.File
				if maps.plot != "" {
					files = append(files, file.File{Path: maps.plot, Data: e.Plot(asks.Measures)})
				}
				if maps.pictures != "" {
					files = append(files, file.File{Path: maps.pictures, Data: table.Text()})
				}
				if err := file.Write(files...); err != nil {
					return err
				}
				switch {
				case asJSON:
					return printJSON(cmd.OutOrStdout(), e)
				case maps.asCSV:
					return writeMapsCSV(cmd.OutOrStdout(), e, asks)
				}
				return printMaps(cmd.OutOrStdout(), e, asks)
			}
			e, err := evaluate.Run(cmd.Context(), models, set, protocol, evaluating(cmd))
			if err != nil {
				return err
			}
			e.Data, e.Pack = what, n.pack
			if m := e.Mistakes; m != nil {
				if m.Data, m.Pack = what, n.pack; l.folder() {
					m.Within(l.data)
				}
				switch {
				case asJSON:
					return printJSON(cmd.OutOrStdout(), m)
				case maps.asCSV:
					return writeCSV(cmd.OutOrStdout(), m)
				}
				return printMistakes(cmd.OutOrStdout(), m, lines)
			}
			if !asJSON {
				return printEvaluation(cmd.OutOrStdout(), e)
			}
			return printJSON(cmd.OutOrStdout(), e)
		},
	}
	n.add(cmd, manyNetworks)
	n.addControl(cmd)
	l.add(cmd)
	maps.add(cmd)
	f := cmd.Flags()
	f.Uint64Var(&seed, "seed", scenes.TestSeed, fmt.Sprintf("seed of the scenes and mosaics; the pack learnt from those of %d and was validated on those of %d", scenes.TrainSeed, scenes.ValidationSeed))
	f.IntVar(&mosaics, "mosaics", 0, "pictures to make of four of four classes, for each of which its map is to find its quarter")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&wrongs, "mistakes", false, "list what networks get wrong, disagree on and changed, picture by picture, in place of the table")
	f.IntVar(&lines, "top", 10, "how many lines of each list --mistakes prints; --json and --csv have all")
	return cmd
}

// evaluating reports progress on a terminal.
func evaluating(cmd *cobra.Command) func(done, total int) {
	p := messages(cmd)
	if !p.isTerminal() {
		return func(int, int) {}
	}
	return func(done, total int) {
		if done == total {
			p.rewrite("")
		} else if done%10 == 0 {
			p.rewrite("picture %d of %d", done, total)
		}
	}
}

// measures are evaluate.Measures for people.
var measures = []string{"top-1", "pointing", "energy", "IoU", "part IoU", "mosaics: pointing", "mosaics: energy"}

// printEvaluation writes the evaluation for people.
func printEvaluation(w io.Writer, e *evaluate.Evaluation) error {
	about := "beside each figure its 95% interval"
	if e.Count == 1 {
		about = "one is too few for an interval"
	}
	printable.Fprintf(w, "%s; %s\n\n", e.Data, about)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	measured := e.Measured()
	fmt.Fprint(t, "network\tparameters\tMACs\tgrid\ttop-1\ttop-5\tECE\twithout\t")
	for _, i := range measured[1:] {
		printable.Fprintf(t, "%s\t", measures[i])
	}
	fmt.Fprintln(t)
	baselines := map[string]string{"centre": "blob in the centre", "uniform": "uniform map"}
	if e.Largest != nil {
		baselines["largest"] = fmt.Sprintf("%q always", e.Largest.Name)
	}
	for _, s := range e.Standings() {
		if n := s.Network; n != nil {
			printable.Fprintf(t, "%s\t%s\t%s\t%d×%d\t", n.Name, compare.FormatExact(n.Parameters), compare.FormatExact(n.MACs), n.Grid[0], n.Grid[1])
		} else {
			printable.Fprintf(t, "%s\t\t\t\t", baselines[s.Name])
		}
		for _, i := range measured {
			f := s.Shares[i]
			switch {
			case f.Interval != nil:
				printable.Fprintf(t, "%v%% %s\t", f, f.Range())
			case f.Known:
				printable.Fprintf(t, "%v%%\t", f)
			default: // a map that knows nothing of classes, or the other way round
				fmt.Fprint(t, "\t")
			}
			switch n := s.Network; {
			case i > 0: // after top-1
			case n != nil && n.Sureness != nil:
				printable.Fprintf(t, "%.1f%%\t%.1f%%\t%.1f%%\t", 100*n.Top5, 100*n.ECE, 100*n.ECERaw)
			default:
				fmt.Fprint(t, "\t\t\t")
			}
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil || len(e.Differences) == 0 {
		return err
	}
	printable.Fprintf(w, "\nDifferences from %s, picture by picture; * where the interval leaves out 0\n\n", e.Networks[0].Name)
	fmt.Fprint(t, "network\t")
	for _, i := range measured {
		printable.Fprintf(t, "%s\t", measures[i])
	}
	fmt.Fprintln(t)
	for _, d := range e.FromFirst() {
		printable.Fprintf(t, "%s\t", d.Name)
		for _, i := range measured {
			printable.Fprintf(t, "%v\t", d.Of[evaluate.Measures[i]])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
