package cli

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/network/train"
	"scalecam/printable"
)

// measurement is bench --json. Times are in milliseconds.
type measurement struct {
	Threads      int     `json:"threads"`
	Instructions string  `json:"instructions"`
	PeakGFLOPs   float64 `json:"peak_gflops"` // of the machine: 10⁹ multiplications and additions a second
	Training     bool    `json:"training,omitempty"`
	// Method and Layer are of the maps measured: from the picture made ready
	// to the map. They are "" where networks alone are.
	Method     string         `json:"method,omitempty"`
	Layer      string         `json:"layer,omitempty"`
	Batch      int            `json:"batch,omitempty"` // pictures in a training step
	Networks   []networkTimes `json:"networks"`
	SumMS      float64        `json:"sum_ms"`                      // of the medians
	PeakMemory int64          `json:"peak_memory_bytes,omitempty"` // of the whole process
}

// networkTimes is what runs of one network took: of the network alone, from an
// input that is ready to features and logits, or of one training step.
type networkTimes struct {
	Name          string  `json:"name"`
	MedianMS      float64 `json:"median_ms"`
	MinMS         float64 `json:"min_ms"`
	MaxMS         float64 `json:"max_ms"`
	GFLOPs        float64 `json:"gflops,omitempty"`     // by the median; of networks alone
	PeakShare     float64 `json:"peak_share,omitempty"` // of peak_gflops
	LoadMS        float64 `json:"load_ms,omitempty"`
	ImagesASecond float64 `json:"images_a_second,omitempty"`
}

// benchFlags are the flags of bench.
type benchFlags struct {
	networks      networkFlags
	by            byFlags
	threads, runs int
	train, asJSON bool
	made          *compare.By // of maps, where these are measured
	batch         int
}

// Bounds of what may be asked for: more helps nobody, and a typing error must
// not take the machine.
const (
	maxThreads = 1024
	maxRuns    = 100_000
	maxBatch   = 4096
)

func newBench() *cobra.Command {
	var b benchFlags
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast networks run on this machine",
		Long: `Measure how fast networks run on this machine: for each, the median of some
runs on one picture and their spread (of the network alone: neither opening nor
resizing a picture is in it), GFLOP/s (10⁹ multiplications and additions
a second; a MAC is two), and the share of what the machine's cores can reach,
which a loop of multiply-adds measures. With --method or --layer, from the picture
made ready to the map of the class that the network predicts. A network that shares its weights with
one before, at another input size, has them loaded already. With --train, training steps: forward,
backward and update, on a batch.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("bench takes no picture (%q); name networks with --network SPEC", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return b.run(cmd) },
	}
	b.networks.add(cmd, benchNetworks)
	b.by.addMethod(cmd)
	f := cmd.Flags()
	f.IntVar(&b.threads, "threads", runtime.GOMAXPROCS(0), "cores to use")
	f.IntVar(&b.runs, "runs", 20, "runs to measure, after a few to warm up")
	f.BoolVar(&b.train, "train", false, "measure training steps, on chance pictures and labels")
	f.IntVar(&b.batch, "batch", 32, "pictures in a training step")
	f.BoolVar(&b.asJSON, "json", false, "print JSON")
	return cmd
}

func (b *benchFlags) run(cmd *cobra.Command) error {
	switch {
	case b.threads < 1 || b.threads > maxThreads:
		return wrong("--threads %d; give 1 to %d", b.threads, maxThreads)
	case b.runs < 1 || b.runs > maxRuns:
		return wrong("--runs %d; give 1 to %d", b.runs, maxRuns)
	case b.batch < 1 || b.batch > maxBatch:
		return wrong("--batch %d; give 1 to %d", b.batch, maxBatch)
	case b.maps(cmd) && b.train:
		return wrong("--method and --layer are of maps; leave out --train")
	case cmd.Flags().Changed("batch") && !b.train:
		return wrong("--batch is of training steps; give --train with it")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(b.threads))
	if b.maps(cmd) {
		by, err := b.by.by("")
		if err != nil {
			return err
		}
		b.made = &by
	}
	m := measurement{Threads: b.threads, Instructions: kernel.CurrentInstructionSet(), PeakGFLOPs: kernel.Peak(), Training: b.train}
	measure := b.inference
	if b.made != nil {
		m.Method, m.Layer = b.by.method, b.by.layer
	}
	if b.train {
		m.Batch, measure = b.batch, b.training
	}
	var err error
	if len(b.networks.networks) == 0 && b.networks.pack == "" {
		b.networks.networks = models.Figure7()
	} else if err = b.networks.pick(cmd, nil, all); err != nil {
		return err
	}
	if m.Networks, err = measure(cmd.Context()); err != nil {
		return err
	}
	for i := range m.Networks {
		n := &m.Networks[i]
		n.PeakShare = n.GFLOPs / m.PeakGFLOPs
		m.SumMS += n.MedianMS
	}
	m.PeakMemory = peakMemory()
	if b.asJSON {
		return printJSON(cmd.OutOrStdout(), m)
	}
	return m.print(cmd.OutOrStdout())
}

// inference loads all the networks and then runs one after the other.
func (b *benchFlags) inference(ctx context.Context) ([]networkTimes, error) {
	networks, err := b.networks.named()
	if err != nil {
		return nil, err
	}
	by := compare.By{}
	if b.made != nil {
		by = *b.made
	}
	if err := record.Check(ctx, by, nil, 0, networks); err != nil {
		return nil, err
	}
	var opened []*network.Model
	var all []networkTimes
	for _, n := range networks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		m, err := models.Open(string(n.Spec), n.Set)
		if err != nil {
			return nil, err
		}
		if err := m.Compile(); err != nil {
			return nil, err
		}
		opened = append(opened, m)
		all = append(all, networkTimes{Name: m.Name, LoadMS: milliseconds(time.Since(start))})
	}
	for i, m := range opened {
		size := m.Network.Scaling.Resolution
		input := &network.Input{Size: size, Pixels: noise(3 * size.H * size.W)}
		operations := 2 * float64(m.Network.MACs())
		if b.made != nil { // not all counted
			operations = 0
		}
		err := all[i].time(ctx, b.runs, operations, func() error {
			if b.made != nil {
				return b.make(ctx, m, input)
			}
			_, err := m.Forward(ctx, input)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// maps tells that maps are to be measured, not networks alone.
func (b *benchFlags) maps(cmd *cobra.Command) bool {
	return cmd.Flags().Changed("method") || cmd.Flags().Changed("layer")
}

// make makes the map of the class that the network predicts.
func (b *benchFlags) make(ctx context.Context, m *network.Model, input *network.Input) error {
	layer, err := b.made.Find(m)
	if err != nil {
		return err
	}
	a, err := m.Forward(ctx, input, layer)
	if err != nil {
		return err
	}
	_, err = b.made.Map(ctx, m, a, cam.Class(a.Top(1)[0].Class))
	return err
}

// training times steps of each network, from chance weights.
func (b *benchFlags) training(ctx context.Context) ([]networkTimes, error) {
	settings, err := b.networks.settings()
	if err != nil {
		return nil, err
	}
	var all []networkTimes
	for _, spec := range b.networks.networks {
		n, _, err := models.Describe(spec, settings)
		if err != nil {
			return nil, err
		}
		if err := train.Check(n, b.batch); err != nil { // before its weights are drawn
			return nil, fmt.Errorf("%s: %w", spec, err)
		}
		s, err := train.NewStep(n, network.Random(n, 1), b.batch, 1e-3, network.Regularisation{}, &train.Optimiser{Rate: 0.01, Momentum: 0.9})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", spec, err)
		}
		copy(s.Images, noise(len(s.Images)))
		rng := rand.New(rand.NewPCG(2, 2))
		for i := range b.batch {
			s.Targets[i*n.Classes+rng.IntN(n.Classes)] = 1
		}
		t := networkTimes{Name: spec}
		// A step's gradients take twice the multiply-adds of its forward pass.
		if err := t.time(ctx, b.runs, 3*2*float64(n.MACs())*float64(b.batch), func() error {
			_, err := soon(ctx, s.Run) // which takes seconds, and looks at no ctx
			return err
		}); err != nil {
			return nil, err
		}
		t.ImagesASecond = 1000 * float64(b.batch) / t.MedianMS
		all = append(all, t)
	}
	return all, nil
}

// time fills in what runs of f take, each of so many operations.
func (t *networkTimes) time(ctx context.Context, runs int, operations float64, f func() error) error {
	const warmUp = 3
	var times []float64
	for i := range warmUp + runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := time.Now()
		if err := f(); err != nil {
			return err
		}
		if i >= warmUp {
			times = append(times, milliseconds(time.Since(start)))
		}
	}
	slices.Sort(times)
	t.MinMS, t.MaxMS = times[0], times[len(times)-1]
	t.MedianMS = (times[(len(times)-1)/2] + times[len(times)/2]) / 2
	t.GFLOPs = operations / t.MedianMS / 1e6
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// noise gives n normally distributed values, always the same.
func noise(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 1))
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64())
	}
	return s
}

// print writes the measurement for people.
func (m *measurement) print(w io.Writer) error {
	what := "one picture"
	if m.Method != "" {
		what = fmt.Sprintf("%s at %s of one picture", m.Method, m.Layer)
	}
	if m.Training {
		what = fmt.Sprintf("training steps of %d pictures", m.Batch)
	}
	printable.Fprintf(w, "%s, %d threads, %s; the cores' peak is %.0f GFLOP/s\n\n", what, m.Threads, m.Instructions, m.PeakGFLOPs)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "network\tmedian ms\tmin\tmax\t")
	if m.Method == "" {
		fmt.Fprint(t, "GFLOP/s\tof peak\t")
	}
	if m.Training {
		fmt.Fprint(t, "images/s\t")
	} else {
		fmt.Fprint(t, "loaded in ms\t")
	}
	fmt.Fprintln(t)
	for _, n := range m.Networks {
		printable.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f\t", n.Name, n.MedianMS, n.MinMS, n.MaxMS)
		if m.Method == "" {
			printable.Fprintf(t, "%.1f\t%.0f%%\t", n.GFLOPs, 100*n.PeakShare)
		}
		if m.Training {
			printable.Fprintf(t, "%.1f\t\n", n.ImagesASecond)
		} else {
			printable.Fprintf(t, "%.0f\t\n", n.LoadMS)
		}
	}
	printable.Fprintf(t, "sum\t%.2f\t\n", m.SumMS)
	if err := t.Flush(); err != nil {
		return err
	}
	if m.PeakMemory > 0 {
		printable.Fprintf(w, "\npeak memory of the process: %d MB\n", m.PeakMemory/1e6)
	}
	return nil
}
