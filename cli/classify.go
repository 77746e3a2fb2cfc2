package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/network"
)

// classified is a line of classify --json.
type classified struct {
	Picture string       `json:"picture"`
	Top     []prediction `json:"top"`
}

type prediction struct {
	Index       int     `json:"index"`
	Class       string  `json:"class"`
	Probability float64 `json:"probability"`
}

func newClassify() *cobra.Command {
	var n networkFlags
	var top int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "classify PICTURE… --network SPEC",
		Short: "Print the most probable classes of pictures",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("no picture named; name one or more")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if top < 1 {
				return wrong("--top %d: give 1 or more", top)
			}
			model, err := n.one()
			if err != nil {
				return err
			}
			for _, note := range compare.ModelNotes(model) {
				fmt.Fprintf(cmd.ErrOrStderr(), "scalecam: note: %s: %s\n", model.Name, note)
			}
			for _, path := range args {
				if err := classify(cmd, model, path, top, asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	n.add(cmd, oneNetwork)
	f := cmd.Flags()
	f.IntVar(&top, "top", 5, "how many classes to print")
	f.BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}

// classify prints the top classes of one picture.
func classify(cmd *cobra.Command, model *network.Model, path string, top int, asJSON bool) error {
	p, err := compare.OpenPicture(path)
	if err != nil {
		return err
	}
	a, err := model.Run(cmd.Context(), p.Image)
	if err != nil {
		return err
	}
	c := classified{Picture: path}
	for _, t := range a.Top(top) {
		c.Top = append(c.Top, prediction{t.Class, model.Classes[t.Class], t.Probability})
	}
	out := cmd.OutOrStdout()
	if asJSON {
		return json.NewEncoder(out).Encode(c)
	}
	fmt.Fprintln(out, path)
	for _, t := range c.Top {
		fmt.Fprintf(out, "  %6s  %s (%d)\n", compare.FormatProbability(t.Probability), t.Class, t.Index)
	}
	return nil
}
