package cli

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/printable"
)

// disagreements are disagree --json.
type disagreements struct {
	record.Stamp
	Networks []string         `json:"networks"`
	Pictures []disagreeingRow `json:"pictures"` // those on which they disagree most first
}

// disagreeingRow is a picture. What is not known is null.
type disagreeingRow struct {
	Picture         file.Path     `json:"picture"`
	Class           string        `json:"class"`            // explained; "" with --own
	RankCorrelation record.Number `json:"rank_correlation"` // of each map with the mean of the others': their mean
	IoUTop20        record.Number `json:"iou_top20"`        // likewise
	Answers         int           `json:"answers"`          // how many different classes the networks predict
	Top             []string      `json:"top"`              // each network's most probable class
}

func newDisagree() *cobra.Command {
	var n networkFlags
	var b byFlags
	var class string
	var asJSON, asCSV bool
	cmd := &cobra.Command{
		Use:   "disagree INPUT…",
		Short: "Sort pictures by how much networks disagree on where they look",
		Long: `Sort pictures by how much the maps of several networks disagree, most first. Of each network's map two numbers are taken with the mean of
the others' (docs/columns.md), and their means printed:
  rank corr.  Spearman's rank correlation over all cells; 1 where maps have one order
  IoU         intersection over union of where both are highest, a fifth of the cells
              each; maps that know nothing of each other reach 0.11
and how many different answers the networks give. Untrained networks, and those
without the class, have no say. Pictures are opened one after another; those that
cannot be are named and left out.

` + inputsHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("no picture and no folder named; name one or more")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			by, err := b.by(class)
			if err != nil {
				return err
			}
			if asJSON && asCSV {
				return wrong("--json and --csv are two ways to print the same; give one of them")
			}
			paths, err := inputs(cmd.InOrStdin(), args, "")
			if err != nil {
				return err
			}
			if err := n.pick(cmd, paths, all); err != nil {
				return err
			}
			if err := n.withControl(cmd); err != nil {
				return err
			}
			if len(n.networks) < 2 {
				return wrong("one network cannot disagree; name two or more with --network SPEC")
			}
			models, err := n.open(cmd.Context(), by, nil) // however many pictures, one is held at a time
			if err != nil {
				return err
			}
			broken := 0
			sorted, err := compare.Disagreements(cmd.Context(), paths, compare.OpenPicture, models, class, by, evaluating(cmd), func(err error) error {
				broken++
				printable.Fprintf(messages(cmd), "scalecam: %v\n", err)
				return nil
			})
			if err != nil {
				return err
			}
			if err := printDisagreements(cmd, models, sorted, asJSON, asCSV); err != nil {
				return err
			}
			if broken > 0 {
				return fmt.Errorf("%d of %d pictures could not be opened", broken, len(paths))
			}
			return nil
		},
	}
	n.add(cmd, manyNetworks)
	n.addControl(cmd)
	b.add(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts of each picture)")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&asCSV, "csv", false, "print a table with commas, for spreadsheets")
	return cmd
}

func printDisagreements(cmd *cobra.Command, models []*network.Model, sorted []compare.Disagreement, asJSON, asCSV bool) error {
	out := disagreements{Networks: []string{}, Pictures: []disagreeingRow{}}
	for _, m := range models {
		out.Networks = append(out.Networks, printable.Line(compare.Title(m)))
	}
	for _, d := range sorted {
		row := disagreeingRow{Picture: file.Path(d.Path), Class: d.Class, RankCorrelation: record.Number(d.Agreement.RankCorrelation), IoUTop20: record.Number(d.Agreement.TopIoU)}
		if !d.Known {
			row.RankCorrelation, row.IoUTop20 = record.Number(math.NaN()), record.Number(math.NaN())
		}
		different := map[string]bool{}
		for j, p := range d.Top {
			row.Top = append(row.Top, models[j].Classes[p.Class])
			different[models[j].Classes[p.Class]] = true
		}
		row.Answers = len(different)
		out.Pictures = append(out.Pictures, row)
	}
	w := cmd.OutOrStdout()
	switch {
	case asJSON:
		return printJSON(w, out)
	case asCSV:
		table := csv.NewWriter(w)
		rows := [][]string{{"picture", "class", "rank_correlation", "iou_top20", "answers"}}
		for _, r := range out.Pictures {
			rows = append(rows, []string{string(r.Picture), r.Class, exactly(r.RankCorrelation), exactly(r.IoUTop20), strconv.Itoa(r.Answers)})
		}
		return table.WriteAll(rows)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "rank corr.\tIoU\tanswers\tclass\tpicture")
	for _, r := range out.Pictures {
		short := func(v record.Number) string {
			if exactly(v) == "" {
				return "–"
			}
			return fmt.Sprintf("%.2f", float64(v))
		}
		printable.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", short(r.RankCorrelation), short(r.IoUTop20), r.Answers, r.Class, r.Picture)
	}
	return t.Flush()
}

// exactly is a number with all its digits, "" for one that is not known.
func exactly(n record.Number) string {
	text, _ := n.MarshalJSON() // it has no error to give
	if string(text) == "null" {
		return ""
	}
	return string(text)
}
