package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/printable"
)

// mapFlags say which maps evaluate measures, and by what.
type mapFlags struct {
	methods, layers, measures []string
	asCSV                     bool
	plot, pictures            string // files
}

// localisation are the measures where none is named.
var localisation = []string{"pointing", "energy", "iou", "max-box-acc", "pxap", "ceiling"}

func (f *mapFlags) add(cmd *cobra.Command) {
	var methods, keys []string
	for _, m := range cam.Methods {
		methods = append(methods, m.Key)
	}
	for _, m := range measure.Measures {
		keys = append(keys, m.Key)
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.methods, "method", nil, "measure maps that are made by a method, as METHOD or METHOD@LAYER; may be repeated: "+strings.Join(methods, " "))
	flags.StringArrayVar(&f.layers, "layer", nil, "layer of the methods named without one; may be repeated (default last)")
	flags.StringSliceVar(&f.measures, "measures", nil, "measure maps by these, with commas between: "+strings.Join(append(keys, evaluate.PartRemoved), " ")+" (default of --method: "+strings.Join(localisation, ",")+")")
	flags.StringVar(&f.plot, "plot", "", "draw what --method and --measures ask for as FILE.svg, too")
	flags.StringVar(&f.pictures, "pictures", "", "write what --method and --measures ask for of every picture as FILE.csv, too")
	flags.BoolVar(&f.asCSV, "csv", false, "print what --method and --measures, or --mistakes, ask for as a table with commas, for spreadsheets")
}

// asked tells that maps are to be measured so.
func (f *mapFlags) asked() bool {
	return len(f.methods) > 0 || len(f.layers) > 0 || len(f.measures) > 0
}

// protocol is what the flags ask for.
func (f *mapFlags) protocol(p evaluate.Protocol, seed uint64) (evaluate.MapsProtocol, error) {
	asks := evaluate.MapsProtocol{Protocol: p, Seed: seed}
	keys := f.measures
	if len(keys) == 0 {
		keys = localisation
	}
	var err error
	if asks.Measures, asks.Part, err = evaluate.ParseMeasures(keys); err != nil {
		return asks, usageError{err}
	}
	methods, layers := f.methods, f.layers
	if len(methods) == 0 {
		methods = []string{cam.MethodCAM.Key}
	}
	if len(layers) == 0 {
		layers = []string{cam.LastLayer.Name}
	}
	for _, method := range methods {
		name, layer, own := strings.Cut(method, "@")
		for _, l := range layers {
			if own {
				l = layer
			}
			by, err := compare.ByName(name, l)
			if err != nil {
				return asks, usageError{err}
			}
			if !slices.ContainsFunc(asks.By, by.Equal) {
				asks.By = append(asks.By, by)
			}
		}
	}
	return asks, nil
}

// printMaps writes what was measured for people.
func printMaps(w io.Writer, e *evaluate.MapEvaluation, p evaluate.MapsProtocol) error {
	printable.Fprintf(w, "%s; beside each figure its 95%% interval, by bootstrap of seed %d\n", e.Data, e.Seed)
	var less []string
	for _, m := range p.Measures {
		if m.Less {
			less = append(less, m.Key)
		}
	}
	if len(less) > 0 {
		printable.Fprintf(w, "the less the better: %s\n", strings.Join(less, ", "))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	// A block is of pictures or of mosaics, which have fewer measures.
	type row = func(name, grid string, of evaluate.Figures, format func(evaluate.Figure) string, last ...string)
	block := func(title string, measures []*measure.Measure, part bool, rows func(row row)) {
		printable.Fprintf(t, "\n%s\tgrid\t", title)
		for _, m := range measures {
			printable.Fprintf(t, "%s\t", m.Key)
		}
		if part {
			printable.Fprintf(t, "%s\t", evaluate.PartRemoved)
		}
		fmt.Fprintln(t)
		rows(func(name, grid string, of evaluate.Figures, format func(evaluate.Figure) string, last ...string) {
			printable.Fprintf(t, "%s\t%s\t", name, grid)
			for _, m := range measures {
				if f, ok := of[m.Key]; ok {
					fmt.Fprint(t, format(f))
				}
				fmt.Fprint(t, "\t")
			}
			for _, text := range last {
				printable.Fprintf(t, "%s\t", text)
			}
			fmt.Fprintln(t)
		})
	}
	quarters := p.OnQuarters()
	for _, ask := range e.Asks {
		title := ask.Method + " of " + ask.Layer
		block(title, p.Measures, p.Part, func(row row) {
			for _, n := range ask.Networks {
				var last []string
				if n.Part != nil {
					last = []string{correlation(*n.Part)}
				}
				row(n.Name, grid(n), n.Figures, inPercent, last...)
			}
			for _, n := range ask.Networks[1:] {
				row(n.Name+" less "+ask.Networks[0].Name, "", n.Less, lessPercent)
			}
		})
		if e.Mosaics == nil {
			continue
		}
		block(title+", mosaics", quarters, false, func(row row) {
			for _, n := range ask.Networks {
				row(n.Name, grid(n), n.Mosaics, inPercent)
			}
			for _, n := range ask.Networks[1:] {
				row(n.Name+" less "+ask.Networks[0].Name, "", n.MosaicsLess, lessPercent)
			}
		})
	}
	nothing := func(title string, measures []*measure.Measure, of map[string]evaluate.Figures) {
		block(title, measures, false, func(row row) {
			row("blob in the centre", "", of["centre"], inPercent)
			row("uniform map", "", of["uniform"], inPercent)
		})
	}
	nothing("maps that know nothing", p.Measures, e.Baselines)
	if e.Mosaics != nil {
		nothing("maps that know nothing, mosaics", quarters, e.Mosaics.Baselines)
	}
	return t.Flush()
}

func grid(n evaluate.MapFigures) string { return fmt.Sprintf("%d×%d", n.Grid[0], n.Grid[1]) }

// inPercent is a share in percent with its interval.
func inPercent(f evaluate.Figure) string {
	return strings.TrimSpace(fmt.Sprintf("%.1f%% %s", 100*f.Value, evaluate.Range(f.Interval)))
}

// lessPercent is a difference of shares in points, with a star where the interval leaves
// out 0.
func lessPercent(f evaluate.Figure) string {
	return evaluate.Paired{Value: f.Value, Interval: f.Interval}.String()
}

// correlation is from −1 to 1.
func correlation(f evaluate.Figure) string {
	text := fmt.Sprintf("%.2f", f.Value)
	if f.Interval != nil {
		text += fmt.Sprintf(" (%.2f to %.2f)", f.Interval[0], f.Interval[1])
	}
	return printable.Minus(text)
}

// writeMapsCSV writes a line for each figure.
func writeMapsCSV(w io.Writer, e *evaluate.MapEvaluation, p evaluate.MapsProtocol) error {
	table := csv.NewWriter(w)
	line := func(method, layer, name, key, kind string, f evaluate.Figure) error {
		number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
		lo, hi := "", ""
		if f.Interval != nil {
			lo, hi = number(f.Interval[0]), number(f.Interval[1])
		}
		return table.Write([]string{method, layer, printable.Line(name), key, kind, number(f.Value), lo, hi, strconv.Itoa(f.Count)})
	}
	if err := table.Write([]string{"method", "layer", "network", "measure", "kind", "value", "low", "high", "pictures"}); err != nil {
		return err
	}
	figures := func(method, layer, name, kind string, of evaluate.Figures) error {
		for _, m := range p.Measures {
			if f, ok := of[m.Key]; ok {
				if err := line(method, layer, name, m.Key, kind, f); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, ask := range e.Asks {
		for _, n := range ask.Networks {
			if err := figures(ask.Method, ask.Layer, n.Name, "figure", n.Figures); err != nil {
				return err
			}
			if n.Part != nil {
				if err := line(ask.Method, ask.Layer, n.Name, evaluate.PartRemoved, "figure", *n.Part); err != nil {
					return err
				}
			}
			for _, of := range []struct {
				kind    string
				figures evaluate.Figures
			}{{"less first", n.Less}, {"mosaics", n.Mosaics}, {"mosaics less first", n.MosaicsLess}} {
				if err := figures(ask.Method, ask.Layer, n.Name, of.kind, of.figures); err != nil {
					return err
				}
			}
		}
	}
	for _, name := range []string{"centre", "uniform"} {
		if err := figures("", "", name, "baseline", e.Baselines[name]); err != nil {
			return err
		}
		if e.Mosaics == nil {
			continue
		}
		if err := figures("", "", name, "mosaics baseline", e.Mosaics.Baselines[name]); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}
