package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/compare"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/weights"
)

func newCompare() *cobra.Command {
	var n networkFlags
	var v viewFlags
	var class, out, from string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare [PICTURE…]",
		Short: "Draw the maps of several networks side by side, one PNG",
		Long: `Draw the class activation maps of several networks side by side as one PNG: a
row for each picture, a column for each network. Without a picture the sample is
taken. The settings that draw the figure again are in the PNG's text: --from
draws it again from there, or from a session that the window saved.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			view, err := v.view()
			if err != nil {
				return err
			}
			if ext := filepath.Ext(out); !strings.EqualFold(ext, ".png") {
				return wrong("-o %s: the figure is a PNG; name a file that ends in .png", out)
			}
			var c *compare.Comparison
			if from != "" {
				c, view, err = again(cmd, args, from)
			} else {
				c, err = named(cmd, args, &n, class)
			}
			if err != nil {
				return err
			}
			figure, err := c.Figure(view)
			if err != nil {
				return err
			}
			png, err := compare.EncodePNG(figure, c.Settings(view))
			if err != nil {
				return err
			}
			files := []file.File{{Path: out, Data: png}}
			if asJSON {
				report, err := encodeJSON(c.Report(view))
				if err != nil {
					return err
				}
				files = append(files, file.File{Path: strings.TrimSuffix(out, filepath.Ext(out)) + ".json", Data: report})
			}
			return write(cmd, files)
		},
	}
	n.add(cmd, manyNetworks)
	v.add(cmd)
	v.addFigure(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts of each picture)")
	f.StringVarP(&out, "output", "o", "scalecam.png", "PNG file to write")
	f.StringVar(&from, "from", "", "draw again what a session, or a PNG of scalecam's, says: pictures, networks, class and view")
	f.BoolVar(&asJSON, "json", false, "write settings and numbers beside the PNG, as .json")
	return cmd
}

// named compares what the arguments and flags name.
func named(cmd *cobra.Command, pictures []string, n *networkFlags, class string) (*compare.Comparison, error) {
	models, err := n.open()
	if err != nil {
		return nil, err
	}
	return run(cmd, pictures, models, class)
}

// again compares what a session names, and gives its view.
func again(cmd *cobra.Command, pictures []string, from string) (c *compare.Comparison, v compare.View, err error) {
	if len(pictures) > 0 {
		return nil, v, wrong("--from %s names the pictures; leave out %s", from, pictures[0])
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "from" && f.Name != "output" && f.Name != "json" && err == nil {
			err = wrong("--from %s says all of the figure; leave out --%s", from, f.Name)
		}
	})
	if err != nil {
		return nil, v, err
	}
	s, err := compare.ReadSession(from)
	if err != nil {
		return nil, v, err
	}
	if v, err = s.Settings.View(); err != nil {
		return nil, v, err
	}
	var models []*network.Model
	for _, n := range s.Settings.Networks {
		m, err := weights.Open(n.Spec, n.Set)
		if err != nil {
			return nil, v, err
		}
		models = append(models, m)
	}
	if c, err = run(cmd, s.Settings.Pictures, models, ""); err != nil {
		return nil, v, err
	}
	for i := range c.Rows {
		if err := c.Explain(i, s.Settings.Asks(i)); err != nil {
			return nil, v, err
		}
	}
	return c, v, nil
}

// encodeJSON writes a value as people can read it, with a line end.
func encodeJSON(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("cli: %w", err)
	}
	return append(b, '\n'), nil
}
