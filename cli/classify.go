package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/printable"
)

// classified is a line of classify --json.
type classified struct {
	Picture file.Path `json:"picture"`
	// Temperature is what logits are divided by for probabilities; null where none
	// was fitted.
	Temperature *float64 `json:"temperature"`
	// Certainty and Unsure are a record.ReportCell's.
	Certainty *float64 `json:"certainty"`
	Unsure    *bool    `json:"unsure"`
	// Independent tells that classes do not exclude each other: probabilities are
	// sigmoids. Assumed are the network's settings that nothing says.
	Independent bool         `json:"independent"`
	Assumed     []string     `json:"assumed"`
	Top         []prediction `json:"top"`

	beware error // a picture.Picture's
}

type prediction struct {
	Index       int     `json:"index"`
	Class       string  `json:"class"`
	Probability float64 `json:"probability"`
	// ProbabilityRaw is the softmax of the logits alone, or the sigmoid.
	ProbabilityRaw float64 `json:"probability_raw"`
}

// temperature is the model's, nil where none was fitted.
func temperature(m *network.Model) *float64 {
	if m.Temperature == 0 {
		return nil
	}
	return &m.Temperature
}

func newClassify() *cobra.Command {
	var n networkFlags
	var top int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "classify PICTURE… [--network SPEC]",
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
			if err := n.pick(cmd, args, best); err != nil {
				return err
			}
			model, err := n.one(cmd.Context(), compare.By{}, nil) // however many pictures, each is looked at by itself
			if err != nil {
				return err
			}
			for _, note := range compare.ModelNotes(model) {
				line := note.String()
				if reason := note.Kind.Reason(); reason != "" {
					line += ". " + reason
				}
				printable.Fprintf(messages(cmd), "scalecam: note: %s: %s\n", model.Name, line)
			}
			if hint := models.PaddingHint(model); hint != nil {
				printable.Fprintf(messages(cmd), "scalecam: hint: %s: %s\n", model.Name, hint)
			}
			broken := 0
			for _, path := range args {
				c, err := classify(cmd.Context(), model, path, top)
				switch {
				case err == nil:
					if c.beware != nil {
						printable.Fprintf(messages(cmd), "scalecam: note: %s: %v\n", path, c.beware)
					}
					if err := c.print(cmd.OutOrStdout(), asJSON); err != nil {
						return err
					}
				case cmd.Context().Err() != nil || len(args) == 1:
					return err
				default: // the others may be sound
					broken++
					printable.Fprintf(messages(cmd), "scalecam: %v\n", err)
				}
			}
			if broken > 0 {
				return fmt.Errorf("%d of %d pictures are not classified, for the reasons above", broken, len(args))
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

// classify gives the top classes of one picture.
func classify(ctx context.Context, model *network.Model, path string, top int) (*classified, error) {
	if err := (compare.By{}).CheckMemory(ctx, []string{path}, 1, []*network.Network{model.Network}); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p, err := compare.OpenPicture(path)
	if err != nil {
		return nil, err
	}
	a, err := model.Run(ctx, p.Image)
	if err != nil {
		return nil, err
	}
	c := &classified{Picture: file.Path(path), Temperature: temperature(model), Independent: model.Independent, Assumed: append([]string{}, model.Assumed()...), beware: p.Beware}
	if a.Unsure != nil {
		certainty := network.Certainty([]*network.Unsure{a.Unsure}, []network.Familiarity{a.Familiarity})
		negative := certainty < 0
		c.Certainty, c.Unsure = &certainty, &negative
	}
	for _, t := range a.Top(top) {
		c.Top = append(c.Top, prediction{t.Class, model.Classes[t.Class], t.Probability, t.Raw})
	}
	return c, nil
}

func (c *classified) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(c)
	}
	var text bytes.Buffer
	printable.Fprintf(&text, "%s\n", c.Picture)
	for _, t := range c.Top {
		printable.Fprintf(&text, "  %6s  %s (%d)\n", compare.FormatProbability(t.Probability), t.Class, t.Index)
	}
	if c.Unsure != nil && *c.Unsure {
		printable.Fprintf(&text, "  %v\n", compare.Note{Kind: compare.Unsure})
	}
	_, err := w.Write(text.Bytes())
	return err
}
