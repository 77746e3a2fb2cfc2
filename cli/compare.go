package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/compare/webpage"
	"scalecam/file"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/printable"
)

func newCompare() *cobra.Command {
	var n networkFlags
	var v viewFlags
	var b byFlags
	var class, out, from string
	var lookIn, also []string
	var asJSON, paths bool
	cmd := &cobra.Command{
		Use:   "compare [PICTURE…]",
		Short: "Draw the maps of several networks side by side, one PNG or web page",
		Long: `Draw the class activation maps of several networks side by side as one PNG: a
row for each picture, a column for each network. Without a picture the sample is
taken. The settings that draw the figure again are in the PNG's text: --from
draws it again from there, or from a session that the window saved.

` + pathsHelp + `
--from looks for such files beside the figure, then in the current folder, and
takes no other file of their names.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			view, err := v.view()
			if err != nil {
				return err
			}
			by, err := b.by(class)
			if err != nil {
				return err
			}
			page := strings.EqualFold(filepath.Ext(out), ".html")
			if !page && !strings.EqualFold(filepath.Ext(out), ".png") {
				return wrong("-o %s: the figure is a PNG or a web page; name a file that ends in .png or .html", out)
			}
			if slices.Contains(also, "") {
				return wrong("--also names no class; name one, or leave it out")
			}
			if len(also) > 0 && !page {
				return wrong("--also %s: it is for a web page, and a PNG shows one class of each picture; leave it out, or name a file that ends in .html", also[0])
			}
			switch {
			case from != "": // which names them
			case len(lookIn) > 0:
				return wrong("--look-in %s: it is for what --from names; name the files themselves", lookIn[0])
			default:
				if err := n.pick(cmd, args, all); err != nil {
					return err
				}
				if err := n.withControl(cmd); err != nil {
					return err
				}
				if view, err = v.view(n.networks...); err != nil {
					return err
				}
				if err := view.Check(len(n.networks)); err != nil {
					return usageError{err}
				}
			}
			leftOut := 0
			files, err := soon(cmd.Context(), func() ([]file.File, error) {
				p, err := plan{pictures: args, asks: func(int) string { return class }, by: by, view: view}, error(nil)
				if from != "" {
					var s *record.Settings
					if p, s, err = again(cmd, args, from, lookIn); err == nil && s.Erase != nil {
						printable.Fprintf(messages(cmd), "scalecam: what %s erases is left as it is; scalecam erase --from %s erases it\n", from, from)
					}
				} else {
					p.networks, err = n.named()
				}
				if err != nil {
					return nil, err
				}
				p.naming, p.also = naming(paths), also
				if from != "" { // all that is in a figure has its place there
					return p.draw(cmd, out, asJSON)
				}
				files, err := p.drawSound(cmd, out, asJSON)
				leftOut = len(args) - len(p.pictures)
				return files, err
			})
			if err != nil {
				return err
			}
			if err := write(cmd, files); err != nil || leftOut == 0 {
				return err
			}
			return fmt.Errorf("%d of %d pictures are not in the figure, for the reasons above", leftOut, len(args))
		},
	}
	n.add(cmd, manyNetworks)
	n.addControl(cmd)
	v.add(cmd.Flags(), aComparison)
	b.add(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts of each picture)")
	f.StringVarP(&out, "output", "o", "scalecam.png", "file to write: a PNG, or a web page where it ends in .html")
	f.StringArrayVar(&also, "also", nil, "in a web page: class to choose beside the one explained, by name or index; may be repeated (default: the most probable ones)")
	f.StringVar(&from, "from", "", "draw again what a session, or a PNG of scalecam's, says: pictures, networks, class and view")
	f.StringArrayVar(&lookIn, "look-in", nil, "with --from: folder where a picture or weights file is that is not beside it, or the file; may be repeated")
	f.BoolVar(&asJSON, "json", false, "write settings and numbers beside it, as .json")
	addPaths(cmd, &paths)
	return cmd
}

// plan is what a figure is to be made of.
type plan struct {
	pictures []string // paths; none for a sample
	networks []record.NetworkSettings
	asks     func(row int) string // the class that a row explains
	by       compare.By
	view     compare.View
	naming   record.Naming
	also     []string // classes that a web page has beside
}

// drawSound is draw, but of pictures that cannot be opened it names each and
// draws the others.
func (p *plan) drawSound(cmd *cobra.Command, out string, asJSON bool) ([]file.File, error) {
	for {
		files, err := p.draw(cmd, out, asJSON)
		var broken unopened
		if !errors.As(err, &broken) || len(p.pictures) < 2 {
			return files, err
		}
		printable.Fprintf(messages(cmd), "scalecam: %v\n", broken.error)
		p.pictures = slices.DeleteFunc(slices.Clone(p.pictures), func(path string) bool { return path == broken.path })
	}
}

// unopened is why a picture cannot be opened.
type unopened struct {
	error
	path string
}

func (u unopened) Unwrap() error { return u.error }

// draw makes the figure's files.
func (p plan) draw(cmd *cobra.Command, out string, asJSON bool) ([]file.File, error) {
	ctx := cmd.Context()
	if err := checkApart(out, p.pictures, p.networks); err != nil {
		return nil, err
	}
	page := strings.EqualFold(filepath.Ext(out), ".html")
	if !page {
		if err := figure.Check(max(len(p.pictures), 1), len(p.networks), p.view); err != nil {
			return nil, err
		}
	}
	for _, path := range p.pictures { // by their headers
		if _, err := compare.PictureSize(path); err != nil {
			return nil, unopened{err, path}
		}
	}
	if err := record.Check(ctx, p.by, p.pictures, 1, p.networks); err != nil {
		return nil, err
	}
	open := compare.OpenPicture
	if len(p.pictures) > 0 {
		open = beginning(p.pictures[0])
	}
	models, err := openEach(ctx, p.networks)
	if err != nil {
		return nil, err
	}
	if len(p.pictures) == 0 {
		p.pictures = []string{compare.SampleFor(models)}
	}
	named := func(path string) (*picture.Picture, error) {
		m, err := open(path)
		switch {
		case err != nil:
			return nil, unopened{err, path}
		case m.Beware != nil:
			printable.Fprintf(messages(cmd), "scalecam: note: %s: %v\n", path, m.Beware)
		}
		return m, nil
	}
	running, report := progress(cmd, models)
	var c *compare.Comparison
	var drawn []byte
	if page {
		c, drawn, err = p.page(running, named, models, report)
	} else {
		c, drawn, err = p.figure(ctx, running, named, models, report)
	}
	if err != nil {
		return nil, err
	}
	unseen(cmd, c, p.view)
	if len(c.Astray()) > 0 {
		printable.Fprintf(messages(cmd), "scalecam: note: networks that learnt drawn scenes alone: of other pictures their maps are guesses; --pack imagenet knows photographs, and scalecam networks list names others that do\n")
	}
	files := []file.File{{Path: out, Data: drawn}}
	if asJSON {
		report, err := record.Encode(record.ReportOf(c, p.view, p.naming))
		if err != nil {
			return nil, err
		}
		files = append(files, file.File{Path: strings.TrimSuffix(out, filepath.Ext(out)) + ".json", Data: report})
	}
	return files, nil
}

// figure makes the PNG; running is the context that says how far the networks are.
func (p plan) figure(ctx, running context.Context, open opener, models []*network.Model, report func(done, total int)) (*compare.Comparison, []byte, error) {
	c, err := figure.Run(running, p.pictures, open, models, p.asks, p.by, p.view, report)
	if err != nil {
		return nil, nil, err
	}
	img, err := figure.Draw(ctx, c, p.view)
	if err != nil {
		return nil, nil, err
	}
	png, err := record.EncodePNG(ctx, img, record.SettingsOf(c, p.view, p.naming))
	return c, png, err
}

// page makes the web page.
func (p plan) page(running context.Context, open opener, models []*network.Model, report func(done, total int)) (*compare.Comparison, []byte, error) {
	page := webpage.New(p.view, p.also)
	c, err := page.Run(running, p.pictures, open, models, p.asks, p.by, report)
	if err != nil {
		return nil, nil, err
	}
	var html bytes.Buffer
	err = page.WriteTo(&html, c)
	return c, html.Bytes(), err
}

// opener opens a picture by its path.
type opener = func(path string) (*picture.Picture, error)

// beginning begins to open the first of some pictures, of which decoding takes
// one core, while networks are opened. What it gives opens them in order.
func beginning(first string) func(path string) (*picture.Picture, error) {
	type opened struct {
		picture *picture.Picture
		err     error
	}
	done := make(chan opened, 1) // which nobody may wait for
	go func() {
		p, err := compare.OpenPicture(first)
		done <- opened{p, err}
	}()
	begun := true
	return func(path string) (*picture.Picture, error) {
		if begun {
			begun = false
			o := <-done
			return o.picture, o.err
		}
		return compare.OpenPicture(path)
	}
}

// again is the plan of a session, and its settings.
func again(cmd *cobra.Command, pictures []string, from string, lookIn []string) (p plan, settings *record.Settings, err error) {
	if len(pictures) > 0 {
		return p, nil, wrong("--from %s names the pictures; leave out %s", from, pictures[0])
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"from", "look-in", "output", "also", "json", "paths"}, f.Name) && err == nil {
			err = wrong("--from %s says all of the figure; leave out --%s", from, f.Name)
		}
	})
	if err != nil {
		return p, nil, err
	}
	s, err := record.ReadSession(from)
	if err != nil {
		return p, nil, err
	}
	if err := s.Find(cmd.Context(), lookIn...); err != nil {
		return p, nil, err
	}
	p = plan{pictures: file.Names(s.Settings.Pictures), networks: s.Settings.Networks, asks: s.Settings.Asks}
	if p.by, err = s.Settings.By(); err != nil {
		return p, nil, err
	}
	p.view, err = s.Settings.View()
	return p, &s.Settings, err
}
