package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network/models"
	"scalecam/printable"
)

// calibrations are calibrate --json.
type calibrations struct {
	record.Stamp
	Data     string                 `json:"data"`
	Seed     uint64                 `json:"seed"` // of the split
	Pack     string                 `json:"pack,omitempty"`
	Networks []evaluate.Calibration `json:"networks"`
	// Together is how well all networks tell pictures of none of the classes.
	Together evaluate.Recognition `json:"together"`
}

func newCalibrate() *cobra.Command {
	var n networkFlags
	var l labelledFlags
	var against []string
	var strange []string
	var seed uint64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "calibrate [--data DIR [--classes MAP.json]] [--network FILE…]",
		Short: "Fit to networks what makes percentages say how often they are right, and when they are unsure",
		Long: `Fit a temperature to each network, by which its logits are divided before the
softmax or sigmoid (arXiv 1706.04599): the one of the least negative log likelihood on half
of the labelled pictures, drawn by a seed. Of a network of sigmoids (one output, or
classes that do not exclude each other) it is the one of the least binary
cross-entropy, the mean over its outputs; classes that a picture's folder does not
name count as not shown. Printed are, for the other half, the
expected calibration error (ECE, 15 bins) and that likelihood, with the
temperature and without. A network needs one for each input size.

On the same half it fits when a network is unsure: below the score (docs/unsure.md)
that 95 % of pictures of its classes reach. Printed is how well that tells pictures
of none of its classes, textures, noise and scenes that the program draws, and
those of each folder named by --strangers: the AUROC, which is the chance that of two
pictures the one that shows a class has the higher score, and the share of such
pictures that is let through.

Both are written beside a weights file, as NAME.calibration.json, which every command
and the window take from there. Of a pack's networks they are printed. Maps and logits
stay as they are. Networks are shown the whole picture, resized, unless --crop
says otherwise.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("calibrate takes no %q; name a folder of labelled pictures with --data", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := l.check(cmd); err != nil {
				return err
			}
			if len(strange) > 0 && len(against) == 0 {
				return wrong("--strangers-classes is of other pictures; name their folder with --strangers DIR")
			}
			if err := n.pick(cmd, l.names(), all); err != nil {
				return err
			}
			opened, err := n.open(cmd.Context(), compare.By{}, nil)
			if err != nil {
				return err
			}
			for _, m := range opened {
				if !m.Trained {
					return wrong("%s has random weights; there is nothing to calibrate", m.Spec)
				}
			}
			set, what, answers, err := l.open(cmd, scenes.ValidationSeed)
			if err != nil {
				return err
			}
			const enough = 300
			strangers := evaluate.DrawnStrangers(opened, seed, min(set.Len(), enough))
			for _, dir := range against {
				s, err := openStrangers(cmd, dir, strange)
				if err != nil {
					return err
				}
				strangers = append(strangers, s)
			}
			made, together, err := evaluate.Calibrate(cmd.Context(), opened, set, answers, strangers, seed, evaluating(cmd))
			if err != nil {
				return err
			}
			for i, m := range opened {
				if models.BuiltIn(m.Spec) {
					continue
				}
				c := made[i]
				// One after another: several may be of one file.
				f, err := models.Calibrated(m, models.Fitted{Temperature: c.Temperature, Unsure: c.Unsure, Data: what, Fitted: c.Fitted, Tested: c.Tested, ECE: c.ECE, ECERaw: c.ECERaw})
				if err != nil {
					return err
				}
				if err := file.Write(f); err != nil {
					return err
				}
				printable.Fprintf(messages(cmd), "scalecam: written: %s\n", f.Path)
			}
			all := calibrations{Data: what, Seed: seed, Pack: n.pack, Networks: made, Together: together}
			if !asJSON {
				return all.print(cmd.OutOrStdout())
			}
			return printJSON(cmd.OutOrStdout(), all)
		},
	}
	n.add(cmd, manyNetworks)
	l.add(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&against, "strangers", nil, "folder of pictures of none of the classes, to be told from those; may be given several times")
	f.StringSliceVar(&strange, "strangers-classes", nil, "class folders of --strangers to take alone, separated by commas (default: all pictures)")
	f.Uint64Var(&seed, "seed", 1, "seed by which the pictures are split in halves and others are drawn")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// print writes the calibrations for people.
func (c calibrations) print(w io.Writer) error {
	printable.Fprintf(w, "%s: fitted to %d, measured on the other %d\n\n", c.Data, c.Networks[0].Fitted, c.Networks[0].Tested)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "network\ttemperature\ttop-1\tECE without\twith\t−log likelihood without\twith\t")
	for _, n := range c.Networks {
		printable.Fprintf(t, "%s\t%.3f\t%.1f%%\t%.1f%%\t%.1f%%\t%.3f\t%.3f\t\n", n.Name, n.Temperature, 100*n.Top1, 100*n.ECERaw, 100*n.ECE, n.NLLRaw, n.NLL)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	printable.Fprintf(w, "\nUnsure: AUROC against pictures of none of the classes, and the share of them that is let through\n\n")
	header := "network\tunsure below\tkept\t"
	for _, a := range c.Together.Against {
		header += printable.Line(a.Name) + "\tthrough\t"
	}
	fmt.Fprintln(t, header)
	for _, n := range c.Networks {
		printable.Fprintf(t, "%s\t%.3f\t", n.Name, n.Unsure.Below)
		printRecognition(t, n.Recognition)
	}
	if len(c.Networks) > 1 {
		fmt.Fprint(t, "together\t\t")
		printRecognition(t, c.Together)
	}
	return t.Flush()
}

// printRecognition ends a line of the table.
func printRecognition(w io.Writer, r evaluate.Recognition) {
	printable.Fprintf(w, "%.1f%%\t", 100*r.Kept)
	for _, a := range r.Against {
		printable.Fprintf(w, "%.3f\t%.1f%%\t", a.AUROC, 100*a.Through)
	}
	fmt.Fprintln(w)
}

// openStrangers opens a folder of pictures of none of the classes; where classes are
// named, theirs alone. Those that cannot be read are named and left out.
func openStrangers(cmd *cobra.Command, dir string, classes []string) (s evaluate.Strangers, err error) {
	var f *dataset.Folder
	if len(classes) == 0 {
		f, err = dataset.OpenAlike(cmd.Context(), dir)
	} else if f, err = dataset.OpenAll(cmd.Context(), dir); err == nil {
		f, err = f.Only(classes...)
	}
	if err != nil {
		return s, err
	}
	if f, _, err = whole(cmd.Context(), messages(cmd), f, 0); err != nil {
		return s, err
	}
	return evaluate.Strangers{Name: filepath.Base(dir), Set: f}, nil
}
