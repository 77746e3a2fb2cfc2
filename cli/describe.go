package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/printable"
)

// description is describe --json.
type description struct {
	Network         string             `json:"network"`
	Architecture    string             `json:"architecture"`
	Depth           float64            `json:"depth"`
	Width           float64            `json:"width"`
	Resolution      [2]int             `json:"resolution"` // [h, w]
	Padding         string             `json:"padding"`
	Classes         int                `json:"classes"`
	Parameters      int64              `json:"parameters"`
	MACs            int64              `json:"macs"`
	Blocks          int                `json:"blocks"`
	Head            int                `json:"head"`
	Grid            [2]int             `json:"grid"` // [h, w]
	ReceptiveField  int                `json:"receptive_field"`
	ActivationBytes int64              `json:"activation_bytes"`
	Stages          []stageDescription `json:"stages"`
	// About is what a weights file says about itself.
	About map[string]string `json:"about,omitempty"`
	// Settings are what names and shapes of weights do not tell, with their origins.
	Settings []network.Setting    `json:"settings,omitempty"`
	Weights  *network.WeightsRead `json:"weights,omitempty"`
	Hint     string               `json:"hint,omitempty"`
	// Independent: each class has a probability by itself, the sigmoid of its logit.
	Independent bool `json:"independent,omitempty"`
	// Published is what is reported of it.
	Published *reported `json:"published,omitempty"`
	// AtMost is what was looked for.
	AtMost *atMost `json:"at_most,omitempty"`
}

// reported is what is reported of a network as it stands.
type reported struct {
	GMACs   float64 `json:"gmacs,omitempty"` // in 10⁹
	Top1    float64 `json:"top1"`            // percent
	Top5    float64 `json:"top5,omitempty"`
	Dataset string  `json:"dataset"`
	Source  string  `json:"source"`
}

// reportedOf is what is reported of the preset that a spec names, unless n is scaled
// otherwise; nil of others.
func reportedOf(spec string, n *network.Network) *reported {
	p, err := network.LookupPreset(spec)
	if err != nil || p.Scaling != n.Scaling || p.Published.Top1 == 0 {
		return nil
	}
	r := p.Published
	return &reported{r.FLOPS, r.Top1, r.Top5, p.Architecture.Dataset(), r.Source}
}

// String is the line for people.
func (p *reported) String() string {
	text := "Published: "
	if p.GMACs > 0 {
		text += fmt.Sprintf("%v·10⁹ MACs, ", p.GMACs)
	}
	text += fmt.Sprintf("%s top-1 %v %%", p.Dataset, p.Top1)
	if p.Top5 > 0 {
		text += fmt.Sprintf(", top-5 %v %%", p.Top5)
	}
	return text + " (" + p.Source + ")."
}

// atMost is the largest value of a dimension whose network has at most so many MACs.
type atMost struct {
	MACs  int64             `json:"macs"`
	By    network.Dimension `json:"by"`
	Value float64           `json:"value"`
	Limit string            `json:"limit,omitempty"` // what else than the MACs allows no more
}

type stageDescription struct {
	network.StageSummary
	Input  [2]int `json:"input"`  // grid that comes in, [h, w]
	Output [2]int `json:"output"` // grid that goes out
}

func newDescribe() *cobra.Command {
	var pack string
	var set []string
	var depth, width, phi float64
	var resolution, budget, by string
	var c = network.PaperCompound
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "describe SPEC|ARCHITECTURE|--pack NAME",
		Short: "Print a network's stage table, counted layer by layer",
		Long: `Print a network's stage table: layers, channels, grids, parameters and
multiply-adds (MACs, which papers often call FLOPS). An architecture, such as
efficientnet-b0, may be scaled by --depth, --width and --resolution, or by
compound scaling with --phi; --at-most 2G finds the largest φ, or by --by depth,
width or resolution the largest of that alone, whose network has no more MACs.
efficientdet-d0 to efficientdet-d7x, or efficientdet for all of them, are
detectors, counted by formula. With --pack, what the pack says and its networks.`,
		Args: func(cmd *cobra.Command, args []string) error {
			var others []string
			cmd.Flags().Visit(func(f *pflag.Flag) {
				if f.Name != "pack" && f.Name != "json" {
					others = append(others, f.Name)
				}
			})
			switch {
			case pack != "" && len(others) > 0:
				return wrong("--pack %s says all of its networks; leave out --%s", pack, others[0])
			case pack != "" && len(args) > 0:
				return wrong("name a network or a pack, not both (%q, --pack %s)", args[0], pack)
			case len(args) == 1 && len(others) > 0 && len(detectors(args[0])) > 0:
				return wrong("EfficientDet's networks are described as published; leave out --%s", others[0])
			case pack == "" && len(args) != 1:
				return wrong("%d networks named; name one SPEC or ARCHITECTURE, or a pack with --pack", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if pack != "" {
				return describePack(cmd.OutOrStdout(), pack, asJSON)
			}
			if all := detectors(args[0]); len(all) > 0 {
				return describeDetectors(cmd.OutOrStdout(), all, asJSON)
			}
			n, known, err := scaled(cmd, args[0], set, depth, width, resolution, phi, c)
			if err != nil {
				return err
			}
			most, err := found(cmd, args[0], budget, by, &n, c)
			if err != nil {
				return err
			}
			if asJSON {
				d := describe(args[0], n)
				d.AtMost, d.Published = most, reportedOf(args[0], n)
				d.About, d.Settings, d.Hint, d.Independent = known.About, known.Settings, known.Hint, known.Independent
				if known.Weights.Library != "" {
					d.Weights = &known.Weights
				}
				return printJSON(cmd.OutOrStdout(), d)
			}
			if err := printTable(cmd.OutOrStdout(), args[0], n); err != nil {
				return err
			}
			if p := reportedOf(args[0], n); p != nil {
				printable.Fprintf(cmd.OutOrStdout(), "%v\n", p)
			}
			if most != nil {
				why := "one more step has more"
				if most.Limit != "" {
					why = "what allows no more is another bound (" + most.Limit + ")"
				}
				printable.Fprintf(cmd.OutOrStdout(), "%s %v is the most with at most %s MACs; %s.\n", most.By, most.Value, compare.FormatExact(most.MACs), why)
			}
			if err := printSettings(cmd.OutOrStdout(), known); err != nil {
				return err
			}
			return printAbout(cmd.OutOrStdout(), known.About)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&depth, "depth", 1, "depth d: factor of the table's layers")
	f.Float64Var(&width, "width", 1, "width w: factor of the table's channels")
	f.StringVar(&resolution, "resolution", "", "input size, 224 or 96x160, or below 16 a factor of the architecture's own")
	f.Float64Var(&phi, "phi", 0, "compound scaling: depth α^φ, width β^φ, resolution γ^φ")
	f.StringVar(&budget, "at-most", "", "so many MACs, 2G or 390M: find the largest network with no more")
	f.StringVar(&by, "by", string(network.Phi), "what --at-most scales: "+dimensions())
	f.Float64Var(&c.Alpha, "alpha", c.Alpha, "base α of depth")
	f.Float64Var(&c.Beta, "beta", c.Beta, "base β of width")
	f.Float64Var(&c.Gamma, "gamma", c.Gamma, "base γ of resolution")
	f.StringArrayVar(&set, "set", nil, "what a weights file does not say, as KEY=VALUE (see scalecam compare --help)")
	f.StringVar(&pack, "pack", "", "pack of networks that come with the program, "+strings.Join(packs(), ", ")+", or a series of published ones")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// packDescription is describe --pack NAME --json.
type packDescription struct {
	assets.Pack
	Networks []packedDescription `json:"networks"`
}

type packedDescription struct {
	assets.PackNetwork
	Parameters int64  `json:"parameters"`
	MACs       int64  `json:"macs"`
	Grid       [2]int `json:"grid"` // [h, w]
}

// describePack writes what a pack says of itself, and counts its networks.
func describePack(w io.Writer, name string, asJSON bool) error {
	if s := assets.PublishedNetworks().LookupSeries(name); s != nil {
		if asJSON {
			return printJSON(w, s)
		}
		l, err := listNetworks()
		if err != nil {
			return err
		}
		return showSeries(w, l, s)
	}
	p, err := lookupPack(name)
	if err != nil {
		return err
	}
	d := packDescription{Pack: p}
	for i, spec := range models.Pack(name) {
		n, err := models.Network(spec, nil)
		if err != nil {
			return err
		}
		d.Networks = append(d.Networks, packedDescription{p.Networks[i], n.Parameters(), n.MACs(), pair(n.Grid())})
	}
	if asJSON {
		return printJSON(w, d)
	}
	return d.print(w)
}

// print writes the pack for people.
func (d packDescription) print(w io.Writer) error {
	printable.Fprintf(w, "%s: %s\n%s; licence %s\n\n", d.Name, d.About, d.Source, d.Licence)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "network\tscaled\tinput\ttrained at\tgrid\tparameters\tMACs\tcost")
	for _, n := range d.Networks {
		printable.Fprintf(t, "%s:%s\t%s\t%s\t%s\t%d×%d\t%s\t%s\t× %.2f\n", d.Name, n.Name, n.Scaled, n.Resolution, n.TrainedAt, n.Grid[0], n.Grid[1],
			compare.FormatExact(n.Parameters), compare.FormatExact(n.MACs), float64(n.MACs)/float64(d.Networks[0].MACs))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, note := range d.Notes {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, note)
	}
	return nil
}

// printSettings writes what of a weights file was read, and what names and shapes do
// not tell, with where each is from.
func printSettings(w io.Writer, d models.Description) error {
	if len(d.Settings) == 0 {
		return nil
	}
	read := d.Weights
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nWhat names and shapes do not tell:")
	for _, s := range d.Settings {
		printable.Fprintf(t, "  %s\t%s\t%s\t%s\n", s.Key, short(s.Value), s.Origin, short(s.Says))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if d.Hint != "" {
		printable.Fprintf(w, "Hint: %s\n", d.Hint)
	}
	line := fmt.Sprintf("Its tensors go by the names of %s", read.Library)
	if read.Prefix != "" {
		line += fmt.Sprintf(", after %q", read.Prefix)
	}
	line += fmt.Sprintf("; the classifier is %q", read.Head)
	if read.Taken != "" {
		line += fmt.Sprintf("; they lie under %q", read.Taken)
	}
	if len(read.Beside) > 0 {
		line += fmt.Sprintf(", beside %s, which is not read", strings.Join(read.Beside, ", "))
	}
	if n := len(read.Ignored); n > 0 {
		line += fmt.Sprintf("; ignored: %s", short(strings.Join(read.Ignored, ", ")))
	}
	printable.Fprintf(w, "\n%s.\n", line)
	if d.Independent {
		fmt.Fprintln(w, "Each class has a probability by itself, the sigmoid of its logit.")
	}
	return nil
}

// printAbout writes what a weights file says about itself.
func printAbout(w io.Writer, about map[string]string) error {
	if len(about) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nThe file says:")
	for _, key := range slices.Sorted(maps.Keys(about)) {
		printable.Fprintf(t, "  %s\t%s\n", short(key), short(about[key]))
	}
	return t.Flush()
}

// short is text cut off where it is long.
func short(text string) string {
	const most = 160
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}

// scaled is the network named, under the scaling that the flags ask for, and
// what is known of its weights.
func scaled(cmd *cobra.Command, spec string, set []string, depth, width float64, resolution string, phi float64, c network.Compound) (n *network.Network, known models.Description, err error) {
	flags := networkFlags{set: set}
	settings, err := flags.settings()
	if err != nil {
		return nil, known, err
	}
	if n, known, err = models.Describe(spec, settings); err != nil {
		return nil, known, err
	}
	given := cmd.Flags().Changed
	s := n.Scaling
	if _, err := network.LookupPreset(spec); err != nil && (given("depth") || given("width") || given("phi")) {
		return nil, known, wrong("%s has its own scaling; --depth, --width and --phi scale an architecture such as efficientnet-b0", spec)
	}
	if given("phi") {
		if given("depth") || given("width") || given("resolution") {
			return nil, known, wrong("--phi sets depth, width and resolution together; leave out the others")
		}
		if s, err = c.Scale(phi, n.Architecture.Resolution); err != nil {
			return nil, known, err
		}
	}
	if given("depth") {
		s.Depth = depth
	}
	if given("width") {
		s.Width = width
	}
	if given("resolution") {
		if s.Resolution, err = network.ParseResolution(resolution, n.Architecture); err != nil {
			return nil, known, err
		}
	}
	n, err = network.New(n.Architecture, s, n.Padding, n.Classes)
	return n, known, err
}

// dimensions are the names of what can be scaled.
func dimensions() string {
	var names []string
	for _, d := range network.Dimensions {
		names = append(names, string(d))
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// found puts the largest network with at most so many MACs in n's place, where the
// flags ask for that, and says what was found; else it is nil.
func found(cmd *cobra.Command, spec, budget, by string, n **network.Network, c network.Compound) (*atMost, error) {
	given := cmd.Flags().Changed
	if !given("at-most") {
		if given("by") {
			return nil, wrong("--by says what --at-most scales; give that, too")
		}
		return nil, nil
	}
	d := network.Dimension(by)
	if !slices.Contains(network.Dimensions, d) {
		return nil, wrong("--by is %s, not %q", dimensions(), by)
	}
	if _, err := network.LookupPreset(spec); err != nil {
		return nil, wrong("%s has its own scaling; --at-most scales an architecture such as efficientnet-b0", spec)
	}
	for _, flag := range []string{"phi", "depth", "width", "resolution"} {
		if given(flag) && (flag == by || flag == "phi" || d == network.Phi) {
			return nil, wrong("--at-most finds %s; leave out --%s", by, flag)
		}
	}
	macs, err := compare.ParseCount(budget)
	if err != nil {
		return nil, wrong("--at-most: %v", err)
	}
	most, err := (*n).AtMost(macs, d, c)
	if err != nil {
		return nil, err
	}
	*n = most.Network
	limit := ""
	if most.Limit != nil {
		limit = most.Limit.Error()
	}
	return &atMost{macs, d, most.Value, limit}, nil
}

func pair(s network.Size) [2]int { return [2]int{s.H, s.W} }

func describe(name string, n *network.Network) description {
	d := description{
		Network: name, Architecture: n.Architecture.Name, Depth: n.Scaling.Depth, Width: n.Scaling.Width,
		Resolution: pair(n.Scaling.Resolution), Padding: n.Padding.String(), Classes: n.Classes,
		Parameters: n.Parameters(), MACs: n.MACs(), Blocks: n.Blocks(), Head: n.Head(), Grid: pair(n.Grid()),
		ReceptiveField: n.ReceptiveField(), ActivationBytes: n.ActivationBytes(),
	}
	for _, s := range n.Stages() {
		d.Stages = append(d.Stages, stageDescription{s, pair(s.Input), pair(s.Output)})
	}
	return d
}

// printTable writes the stage table for people.
func printTable(w io.Writer, name string, n *network.Network) error {
	classes := "1 class"
	if n.Classes > 1 {
		classes = fmt.Sprintf("%d classes", n.Classes)
	}
	printable.Fprintf(w, "%s: %s, %v, %s (%s)\n\n", name, n.Architecture.Title, n.Scaling, classes, n.Architecture.Source)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "stage\toperator\tinput grid\tchannels out\tlayers\tstride\tparameters\tMACs\t")
	for i, s := range n.Stages() {
		printable.Fprintf(t, "%d\t%s\t%v\t%d\t%d\t%d\t%s\t%s\t\n", i+1, s.Operator, s.Input, s.Channels, s.Layers, s.Stride, compare.FormatExact(s.Parameters), compare.FormatExact(s.MACs))
	}
	printable.Fprintf(t, "\t\t\t\t%d blocks\t\t%s\t%s\t\n", n.Blocks(), compare.FormatExact(n.Parameters()), compare.FormatExact(n.MACs()))
	if err := t.Flush(); err != nil {
		return err
	}
	printable.Fprintf(w, "\ngrid %v, head of %d channels, receptive field %d px, %d MiB of activations if all are kept, %v padding\n",
		n.Grid(), n.Head(), n.ReceptiveField(), (n.ActivationBytes()+1<<19)>>20, n.Padding)
	return nil
}
