package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/code"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/picture"
)

func newCAM() *cobra.Command {
	var n networkFlags
	var v viewFlags
	var b byFlags
	var class, out string
	var asCode, every, paths bool
	cmd := &cobra.Command{
		Use:   "cam PICTURE [--network SPEC] -o DIR|--code",
		Short: "Write one network's map: raw values, heatmap, overlay, numbers",
		Long: `Write one network's map of one picture into a folder, by default its class
activation map:
  map.npy      raw values, float32 [h, w], on the layer's own grid
  heatmap.png  the map in colours, over the part of the picture that the network saw
  overlay.png  the map laid over the whole picture
  cam.json     class, logit, probability, method, layer, units, grid, range and settings
  classes.npy  with --every-class: the class activation maps of all classes, float32 [classes, h, w]

--code writes nothing and prints the lines of PyTorch that make the same values as
map.npy's, with torchvision's or timm's network of these weights.

` + pathsHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrong("%d pictures named; name one", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			view, err := v.view()
			if err != nil {
				return err
			}
			by, err := b.by(class)
			if err != nil {
				return err
			}
			switch {
			case every && (asCode || by.Uses() != cam.MethodCAM || len(by.Against) > 0):
				return wrong("--every-class is of each class's CAM; leave out --code, --method and --against")
			case asCode && out != "":
				return wrong("--code prints and writes nothing, and -o %s is a folder to write to; give one of them", out)
			case out == "" && !asCode:
				return wrong("no folder named; name one with -o DIR")
			}
			if err := n.pick(cmd, args, best); err != nil {
				return err
			}
			see := func(by compare.By) (*compare.Comparison, error) {
				model, err := n.one(cmd.Context(), by, args)
				if err != nil {
					return nil, err
				}
				p, err := compare.OpenPicture(args[0])
				if err != nil {
					return nil, err
				}
				models := []*network.Model{model}
				ctx, report := progress(cmd, models)
				return compare.Run(ctx, []*picture.Picture{p}, models, class, by, report)
			}
			if asCode {
				text, err := soon(cmd.Context(), func() (string, error) {
					// What CAM explains is what any method does: the method itself, which
					// may take its time, is left to the code.
					c, err := see(compare.By{Against: by.Against, Own: by.Own})
					if err != nil {
						return "", err
					}
					c.By = by
					return code.Of(c, 0, 0, naming(paths))
				})
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write([]byte(text))
				return err
			}
			files, err := soon(cmd.Context(), func() ([]file.File, error) {
				c, err := see(by)
				if err != nil {
					return nil, err
				}
				unseen(cmd, c, view)
				files, err := camFiles(cmd.Context(), c, view, naming(paths), out)
				if err != nil || !every {
					return files, err
				}
				raw, err := record.ClassesNPY(c, 0, 0)
				return append(files, file.File{Path: filepath.Join(out, "classes.npy"), Data: raw}), err
			})
			if err != nil {
				return err
			}
			networks, err := n.named()
			if err != nil {
				return err
			}
			for _, f := range files {
				if err := checkApart(f.Path, args, networks); err != nil {
					return err
				}
			}
			if err := makeFolder(out); err != nil {
				return err
			}
			return write(cmd, files)
		},
	}
	n.add(cmd, oneNetwork)
	v.add(cmd.Flags(), oneMap)
	b.add(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what the network predicts)")
	f.StringVarP(&out, "output", "o", "", "folder to write to; it is made where it does not exist")
	f.BoolVar(&every, "every-class", false, "write the class activation maps of all classes, too")
	f.BoolVar(&asCode, "code", false, "print the PyTorch that makes the same values, in place of writing files")
	addPaths(cmd, &paths)
	return cmd
}

// camReport is cam.json.
type camReport struct {
	record.Stamp
	Picture     file.Path `json:"picture"`
	Network     file.Path `json:"network"`
	Class       string    `json:"class"`
	Against     []string  `json:"against,omitempty"` // what the class is held against
	Margin      *float64  `json:"margin,omitempty"`  // logit less the mean of theirs, where it is
	Index       int       `json:"index"`
	Logit       float64   `json:"logit"`
	Bias        float64   `json:"bias"`
	Probability float64   `json:"probability"`
	// ProbabilityRaw is the softmax of the logits alone, or the sigmoid; Temperature is what they are
	// divided by for Probability, null where none was fitted.
	ProbabilityRaw float64  `json:"probability_raw"`
	Temperature    *float64 `json:"temperature"`
	// Certainty and Unsure are a record.ReportCell's.
	Certainty *record.Number  `json:"certainty"`
	Unsure    *bool           `json:"unsure"`
	Method    string          `json:"method"` // a key of cam.Methods
	Layer     string          `json:"layer"`
	Units     string          `json:"units"`          // of the map's values
	Signed    bool            `json:"signed"`         // values below 0 speak against the class
	Adds      cam.Adding      `json:"adds"`           // how the values make up the logit
	Same      string          `json:"same,omitempty"` // which other map this is, where methods coincide
	Grid      [2]int          `json:"grid"`           // [h, w]
	Input     [2]int          `json:"input"`          // [h, w]
	Seen      [4]float64      `json:"seen"`           // the part of the picture: x0, y0, x1, y1 in its pixels
	Minimum   float64         `json:"minimum"`
	Maximum   float64         `json:"maximum"`
	Mean      float64         `json:"mean"`
	Notes     []string        `json:"notes"`
	Settings  record.Settings `json:"settings"`
}

// camFiles makes the four files of the comparison's only cell.
func camFiles(ctx context.Context, c *compare.Comparison, view compare.View, n record.Naming, dir string) ([]file.File, error) {
	cell, model := &c.Rows[0].Cells[0], c.Models[0]
	m, seen := cell.Map, cell.Activations.Seen
	raw, err := record.NPY(c, 0, 0)
	if err != nil {
		return nil, err
	}
	overlay, err := figure.OverlayPicture(ctx, c, 0, 0, view)
	if err != nil {
		return nil, err
	}
	heatmap, err := figure.Heatmap(ctx, c, 0, 0, view)
	if err != nil {
		return nil, err
	}
	settings := record.SettingsOf(c, view, n)
	lowest, highest := m.Range()
	size := model.Network.Scaling.Resolution
	var margin *float64
	if value, ok := c.Margin(0, 0); ok {
		margin = &value
	}
	certainty, unsure := record.Certainty(c, 0)
	report, err := record.Encode(camReport{
		Picture: settings.Pictures[0], Network: settings.Networks[0].Spec, Class: c.ClassOf(0, 0), Against: c.By.Against, Margin: margin, Index: cell.Class,
		Logit: cell.Logit(), Bias: cell.Bias(), Probability: cell.Probability, ProbabilityRaw: cell.Raw, Temperature: temperature(model), Certainty: certainty, Unsure: unsure,
		Method: m.Method.Key, Layer: m.Layer.Name, Units: m.Method.Units, Signed: m.Method.Signed, Adds: m.Method.Adds, Same: m.Method.Same(m.Layer.Last),
		Grid: [2]int{m.H, m.W}, Input: [2]int{size.H, size.W}, Seen: [4]float64{seen.X0, seen.Y0, seen.X1, seen.Y1},
		Minimum: float64(lowest), Maximum: float64(highest), Mean: m.Mean(), Notes: compare.NoteTexts(c.Notes(0, 0, view)), Settings: settings,
	})
	if err != nil {
		return nil, err
	}
	heatPNG, err := record.EncodePNG(ctx, heatmap, settings)
	if err != nil {
		return nil, err
	}
	overlayPNG, err := record.EncodePNG(ctx, overlay, settings)
	if err != nil {
		return nil, err
	}
	return []file.File{
		{Path: filepath.Join(dir, "map.npy"), Data: raw},
		{Path: filepath.Join(dir, "heatmap.png"), Data: heatPNG},
		{Path: filepath.Join(dir, "overlay.png"), Data: overlayPNG},
		{Path: filepath.Join(dir, "cam.json"), Data: report},
	}, nil
}

// makeFolder makes the folder to write to, where it is not there.
func makeFolder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("cli: %s is a file; name a folder to write to", dir)
	}
	if err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cli: the folder %s cannot be made: %w; name another", dir, errors.Unwrap(err))
	}
	return nil
}
