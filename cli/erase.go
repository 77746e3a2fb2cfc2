package cli

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/picture"
	"scalecam/printable"
)

func newErase() *cobra.Command {
	var n networkFlags
	var v viewFlags
	var b byFlags
	var e compare.Erasure
	var class, out, from, fill string
	var lookIn []string
	var asJSON, paths bool
	cmd := &cobra.Command{
		Use:   "erase PICTURE --region x,y,w,h [--fill blur]",
		Short: "Take something out of a picture, and see what the networks say then",
		Long: `Erase regions of a picture and show it to the networks again: what they predict,
the logit and the map of the class explained, before and after. Regions are in
pixels of the upright picture, its upper left corner being 0,0. They are filled by
  surroundings  what is around them, spread smoothly into them
  blur          the picture itself, blurred by a quarter of the region's breadth
  grey          124, 116, 104, the mean colour of ImageNet
Of a scene, --telling-part has it drawn again without the part by which its class
is told: the same picture truly without it.

It prints a table. With -o it draws the maps before, after and what changed as one
PNG, which --from erases again, as it does a session in which the window has.

` + pathsHelp,
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
			if ext := filepath.Ext(out); out != "" && !strings.EqualFold(ext, ".png") {
				return wrong("-o %s: the figure is a PNG; name a file that ends in .png", out)
			}
			e.Fill = picture.Fill(fill)
			p := plan{pictures: args, asks: func(int) string { return class }, by: by, view: view}
			if from != "" {
				p, e, err = erasedAgain(cmd, args, from, lookIn)
			} else if err = checkErase(args, e, lookIn); err == nil {
				if err = n.pick(cmd, args, all); err == nil {
					p.networks, err = n.named()
				}
			}
			if err != nil {
				return err
			}
			p.naming = naming(paths)
			made, err := soon(cmd.Context(), func() (*erased, error) { return p.erase(cmd, e, out) })
			if err != nil {
				return err
			}
			files := cmd.OutOrStdout()
			if asJSON { // which is to be read alone
				files = messages(cmd)
			}
			if err := made.print(cmd.OutOrStdout(), asJSON); err != nil {
				return err
			}
			return writeTo(cmd, files, made.files)
		},
	}
	n.add(cmd, manyNetworks)
	v.add(cmd.Flags(), aFigure)
	b.add(cmd)
	f := cmd.Flags()
	for _, o := range record.RegionOptions {
		f.Var(&regionFlag{o.Shape, &e.Regions}, o.Option, o.About)
	}
	f.BoolVar(&e.Part, "telling-part", false, "of a scene: draw it again without its telling part")
	f.StringVar(&fill, "fill", "", "what comes into the regions: surroundings, blur or grey (default surroundings)")
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts before)")
	f.StringVarP(&out, "output", "o", "", "PNG file to draw the maps to (default: none is drawn)")
	f.StringVar(&from, "from", "", "erase again what a session, or a PNG that this command drew, says")
	f.StringArrayVar(&lookIn, "look-in", nil, "with --from: folder where a picture or weights file is that is not beside it, or the file; may be repeated")
	f.BoolVar(&asJSON, "json", false, "print settings and numbers as JSON in place of the table")
	addPaths(cmd, &paths)
	return cmd
}

// regionFlag is an option for regions of a shape, which come in the order in which the
// command line has them, whatever their shapes.
type regionFlag struct {
	shape picture.Shape
	to    *[]picture.Region
}

// String, Set and Type implement pflag.Value.
func (r *regionFlag) String() string { return "" }

// Set adds a region.
func (r *regionFlag) Set(text string) error {
	region, err := picture.ParseRegion(r.shape, text)
	if err == nil {
		*r.to = append(*r.to, region)
	}
	return err
}

// Type is what help calls it.
func (r *regionFlag) Type() string { return "numbers" }

// checkErase refuses what can be told to be wrong before anything is opened.
func checkErase(pictures []string, e compare.Erasure, lookIn []string) error {
	switch {
	case len(pictures) != 1:
		return wrong("%d pictures named; name one", len(pictures))
	case len(lookIn) > 0:
		return wrong("--look-in %s: it is for what --from names; name the files themselves", lookIn[0])
	case e.Empty():
		return wrong("nothing is to be erased; name a region, as in --region 40,60,120,90, or of a scene --telling-part")
	case len(e.Regions) == 0 && e.Fill != "":
		return wrong("--fill %s: there is no region to fill; name one, as in --region 40,60,120,90", e.Fill)
	}
	if err := e.Check(); err != nil {
		return usageError{err}
	}
	return nil
}

// erasedAgain is the plan of a session's erasure.
func erasedAgain(cmd *cobra.Command, pictures []string, from string, lookIn []string) (p plan, e compare.Erasure, err error) {
	p, s, err := again(cmd, pictures, from, lookIn)
	if err != nil {
		return p, e, err
	}
	if s.Erase == nil || s.Erase.Empty() {
		return p, e, fmt.Errorf("%s erases nothing; name a session in which the window has, or a PNG of scalecam erase", from)
	}
	p.pictures = p.pictures[:1] // of which the session erases something
	return p, *s.Erase, nil
}

// erased is what the command has made.
type erased struct {
	report record.ErasedReport
	e      *compare.Erased
	files  []file.File
}

// erase erases the plan's picture, and draws the figure where out names it.
func (p plan) erase(cmd *cobra.Command, e compare.Erasure, out string) (*erased, error) {
	ctx := cmd.Context()
	if err := checkApart(out, p.pictures, p.networks); err != nil {
		return nil, err
	}
	twice := []string{p.pictures[0], p.pictures[0]} // before and after
	if err := record.Check(ctx, p.by, twice, 2, p.networks); err != nil {
		return nil, err
	}
	open := beginning(p.pictures[0])
	if size, err := compare.PictureSize(p.pictures[0]); err == nil { // else opening says what is wrong
		if err := e.CheckIn(size); err != nil {
			return nil, err
		}
	}
	models, err := openEach(ctx, p.networks)
	if err != nil {
		return nil, err
	}
	original, err := open(p.pictures[0])
	if err != nil {
		return nil, err
	}
	running, report := progress(cmd, models)
	made, err := compare.RunErased(running, original, e, models, p.asks(0), p.by, report)
	if err != nil {
		return nil, err
	}
	unseen(cmd, made.Comparison, p.view)
	all := &erased{e: made, report: record.ErasedReportOf(made, p.view, p.naming)}
	if out == "" {
		return all, nil
	}
	img, err := figure.DrawErased(ctx, made, p.view)
	if err != nil {
		return nil, err
	}
	png, err := record.EncodePNG(ctx, img, all.report.Settings)
	if err != nil {
		return nil, err
	}
	all.files = []file.File{{Path: out, Data: png}}
	return all, nil
}

// print prints a line for each network, before and after.
func (m *erased) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, m.report)
	}
	c := m.e.Comparison
	row := &c.Rows[compare.Before]
	var text bytes.Buffer
	class := "“" + row.Class + "”"
	if row.Own {
		class = "what each network predicts"
	}
	if against := c.AgainstNames(); len(against) > 0 {
		class += " against “" + strings.Join(against, "”, “") + "”"
	}
	changed := "none"
	if share := float64(m.report.Erased); share > 0 {
		changed = compare.FormatProbability(share)
	}
	printable.Fprintf(&text, "%s: %s of the pixels changed; the class explained is %s\n", m.report.Picture, changed, class)
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	score := "logit"
	if len(c.By.Against) > 0 {
		score = "margin"
	}
	printable.Fprintf(columns, "network\tpredicted before\tafter\t%s before\tafter\tchange\tprobability\trank correlation of maps\n", score)
	for j, model := range c.Models {
		before, after := &row.Cells[j], &c.Rows[compare.After].Cells[j]
		top := func(cell *compare.Cell) string {
			t := cell.Top[0]
			return fmt.Sprintf("%s %s", model.Classes[t.Class], compare.FormatProbability(t.Probability))
		}
		was, is, change, share, r := "-", "-", "-", "-", "-"
		if by, ok := m.e.Delta(j); ok {
			a, b := before.Logit(), after.Logit()
			if margin, held := c.Margin(int(compare.Before), j); held {
				a, b = margin, margin+by
			}
			was, is, change = fmt.Sprintf("%#.3g", a), fmt.Sprintf("%#.3g", b), fmt.Sprintf("%+#.3g", by)
			share = compare.FormatProbability(before.Probability) + " → " + compare.FormatProbability(after.Probability)
		}
		if v := m.e.RankCorrelation(j); !math.IsNaN(v) {
			r = fmt.Sprintf("%.2f", v)
		}
		printable.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", compare.Title(model), top(before), top(after), was, is, change, share, r)
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	for j, model := range c.Models { // why there are dashes
		if row.Cells[j].Map == nil {
			for _, note := range c.CellNotes(int(compare.Before), j, compare.View{}) {
				printable.Fprintf(&text, "%s: %s\n", compare.Title(model), note)
			}
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}
