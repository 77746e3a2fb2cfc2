package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/file"
)

func newCompare() *cobra.Command {
	var n networkFlags
	var v viewFlags
	var class, out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare [PICTURE…]",
		Short: "Draw the maps of several networks side by side, one PNG",
		Long: `Draw the class activation maps of several networks side by side as one PNG: a
row for each picture, a column for each network. Without a picture the sample is
taken. The settings that draw the figure again are in the PNG's text.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			view, err := v.view()
			if err != nil {
				return err
			}
			if ext := filepath.Ext(out); !strings.EqualFold(ext, ".png") {
				return wrong("-o %s: the figure is a PNG; name a file that ends in .png", out)
			}
			models, err := n.open()
			if err != nil {
				return err
			}
			c, err := run(cmd, args, models, class)
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
	v.addScale(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts of each picture)")
	f.StringVarP(&out, "output", "o", "scalecam.png", "PNG file to write")
	f.BoolVar(&asJSON, "json", false, "write settings and numbers beside the PNG, as .json")
	return cmd
}

// encodeJSON writes a value as people can read it, with a line end.
func encodeJSON(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("cli: %w", err)
	}
	return append(b, '\n'), nil
}
