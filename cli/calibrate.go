package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network/models"
	"scalecam/printable"
)

// calibrations are calibrate --json.
type calibrations struct {
	Schema   record.Schema          `json:"schema"`
	Data     string                 `json:"data"`
	Seed     uint64                 `json:"seed"` // of the split
	Pack     string                 `json:"pack,omitempty"`
	Networks []evaluate.Calibration `json:"networks"`
}

func newCalibrate() *cobra.Command {
	var n networkFlags
	var l labelledFlags
	var seed uint64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "calibrate [--data DIR [--classes MAP.json]] [--network FILE…]",
		Short: "Fit a temperature to networks, so that percentages say how often they are right",
		Long: `Fit a temperature to each network, by which its logits are divided before the
softmax (arXiv 1706.04599): the one of the least negative log likelihood on half
of the labelled pictures, drawn by a seed. Printed are, for the other half, the
expected calibration error (ECE, 15 bins) and that likelihood, with the
temperature and without. A network needs one for each input size.

It is written beside a weights file, as NAME.calibration.json, which every command
and the window take from there. Of a pack's networks it is printed. Maps and logits
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
			if err := n.pick(cmd, l.names(), all); err != nil {
				return err
			}
			if err := n.whole(); err != nil {
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
			made, err := evaluate.Calibrate(cmd.Context(), opened, set, answers, seed, evaluating(cmd))
			if err != nil {
				return err
			}
			for i, m := range opened {
				if models.BuiltIn(m.Spec) {
					continue
				}
				c := made[i]
				// One after another: several may be of one file.
				f, err := models.Calibrated(m, models.Fitted{Temperature: c.Temperature, Data: what, Fitted: c.Fitted, Tested: c.Tested, ECE: c.ECE, ECERaw: c.ECERaw})
				if err != nil {
					return err
				}
				if err := file.Write(f); err != nil {
					return err
				}
				printable.Fprintf(messages(cmd), "scalecam: written: %s\n", f.Path)
			}
			all := calibrations{Data: what, Seed: seed, Pack: n.pack, Networks: made}
			if !asJSON {
				return all.print(cmd.OutOrStdout())
			}
			j, err := record.Encode(all)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(j)
			return err
		},
	}
	n.add(cmd, manyNetworks)
	l.add(cmd)
	f := cmd.Flags()
	f.Uint64Var(&seed, "seed", 1, "seed by which the pictures are split in halves")
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
	return t.Flush()
}
