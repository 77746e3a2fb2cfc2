// Package cli is Scalecam's commands: compare, erase, cam, classify, disagree, batch, describe,
// bench, train, sweep, teach, evaluate, calibrate, lesson, networks and version.
// Without a command the program opens its window, where it has one.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/lookup"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/printable"
	"scalecam/version"
)

// Window is what the window is opened with.
type Window struct {
	Pictures []string        // paths; empty for the sample
	Networks []string        // specs; empty for those that come with the program
	Settings models.Settings // that go before the weights files' metadata
	Class    string          // to explain; "" for what a scene shows, else what the first network predicts
}

// usageError is an error in how the program was called: exit status 2.
type usageError struct{ error }

func wrong(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Run carries out the command line and gives the exit status: 0, 1 after an
// error, 2 after wrong usage. Errors are one line on stderr. open opens the
// window; it is nil in a program that has none.
func Run(args []string, stdout, stderr io.Writer, open func(Window) error) int {
	if os.Getenv("GOGC") == "" { // or else that has the say
		tend()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	out, messages := &printer{w: stdout}, &printer{w: stderr}
	log.SetOutput(messages) // Fyne's
	root := newRoot(open)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(messages)
	set := kernel.CurrentInstructionSet()
	err := root.ExecuteContext(ctx)
	if ctx.Err() == nil { // or else a step that was left to itself may run on another still
		_ = kernel.UseInstructionSet(set) // it was in use: it is there
	}
	if lost := out.finish(); lost != nil && (err == nil || errors.Is(err, lost)) {
		err = unprinted(lost)
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReader):
		return 1 // who does not read that either
	case errors.Is(err, context.Canceled) && out.used:
		err = errors.New("interrupted; what is printed is not all")
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted; nothing was written")
	}
	printable.Fprintf(messages, "scalecam: %v\n", err)
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

// Commands are all commands of the program with its window, for who writes about them.
func Commands() *cobra.Command { return newRoot(func(Window) error { return nil }) }

func newRoot(open func(Window) error) *cobra.Command {
	var n networkFlags
	var class, instructions string
	root := &cobra.Command{
		Use:   "scalecam [PICTURE…]",
		Short: "See what scaling does to a network's attention",
		Long: `Scalecam shows what scaling does to a network's attention: class activation
maps of scaled networks, side by side, on your own picture (Figure 7 of the
EfficientNet paper, arXiv 1905.11946). Without a command it opens its window.

A network is named by a SPEC:
  imagenet:NETWORK                             one of the five that come with the program, trained on ImageNet's
                                               photographs: baseline, deeper, higher-resolution,
                                               compound-half, compound
  everyday:NETWORK                             the same five, taught 149 everyday things
  scenes:NETWORK                               one of the five that it trained itself, on scenes that it draws:
                                               baseline, deeper, wider, higher-resolution, compound
  NAME or NAME@SIZE                            a published network, such as resnet-50, that scalecam networks
                                               add got, or import; scalecam networks list names them
  FILE or FILE@SIZE                            weights, .safetensors, .pth or .onnx, of EfficientNet (B, Lite and V2),
                                               MobileNetV2 or ResNet at any scaling, a head that teach wrote, or a folder
                                               that holds either;
                                               SIZE is 224 or 96x160
  random:ARCHITECTURE,d=4,w=1,r=224[,seed=1]   untrained weights; ARCHITECTURE is efficientnet-b0
                                               to -b7 or -lite0 to -lite4, efficientnetv2-b0 to -b3, -s, -m, -l,
                                               mobilenet-v2, resnet-18, -34, -50, -101, -152, wide-resnet-50-2,
                                               -101-2, CIFAR-10's resnet-20, -32, -44, -56, -110, efficientnet-64,
                                               efficientnet-128, or one of Figure 7: baseline, deeper, wider, … (of table 3:
                                               resnet-50-deeper, …, mobilenet-v2-deeper, …)

Where no network is named, they are those of the pack imagenet, or of scenes where
all pictures are scenes; --pack NAME says which, a series of published ones, such as
resnet-depth, too.

A picture is a file, scene:NUMBER, which the program draws, or sample:balloons.jpg.

The exit status is 0 when all is done, 2 when the command line is wrong, and 1
for every other error, output that cannot be written included.`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if instructions == "" {
				return nil
			}
			if err := kernel.UseInstructionSet(instructions); err != nil {
				return usageError{err}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if open == nil && len(args) == 0 {
				return cmd.Help()
			}
			if len(args) > 0 && mistyped(args[0]) {
				hint := ""
				if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
					hint = fmt.Sprintf("; did you mean %s?", strings.Join(near, " or "))
				}
				return wrong("there is no command and no picture %q%s", args[0], hint)
			}
			if open == nil {
				return wrong("this program was built without a window; write scalecam compare %s", strings.Join(args, " "))
			}
			if !hasDisplay() {
				return errors.New("there is no display for the window (neither DISPLAY nor WAYLAND_DISPLAY is set); write scalecam compare for a PNG")
			}
			settings, err := n.settings()
			if err != nil {
				return err
			}
			if n.pack != "" {
				if err := n.pick(cmd, args, all); err != nil {
					return err
				}
			}
			networks, err := n.named()
			if err != nil {
				return err
			}
			if err := record.Check(cmd.Context(), compare.By{}, nil, 0, networks); err != nil {
				return err
			}
			return open(Window{Pictures: args, Networks: n.networks, Settings: settings, Class: class})
		},
	}
	n.add(root, manyNetworks)
	root.Flags().StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts)")
	root.PersistentFlags().StringVar(&instructions, "instructions", "", "instruction set, of those that the machine has: avx512, avx2, neon or portable, which is slow and writes the same bytes on every machine (default: the fastest)")
	root.SetFlagErrorFunc(flagError)
	root.Version = version.String() // for --version, as programs have it
	root.SetVersionTemplate(version.Name() + "\n")
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(newCompare(), newErase(), newCAM(), newClassify(), newDisagree(), newBatch(), newDescribe(), newBench(), newTrain(), newSweep(), newTeach(), newEvaluate(), newCalibrate(), newLesson(), newNetworks(), newVersion(open != nil))
	complete(root)
	return root
}

// flagError says which option was meant, where there is none of that name.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return usageError{err}
	}
	var all [][]string
	c.Flags().VisitAll(func(f *pflag.Flag) { all = append(all, []string{f.Name}) })
	near := lookup.Nearest(all, unknown.GetSpecifiedName())
	if len(near) == 0 {
		return usageError{err}
	}
	return wrong("%w; the nearest is --%s (see %s --help)", err, near[0], c.CommandPath())
}

// mistyped tells that an argument is no file and looks like no file's name, so
// that it was meant as a command.
func mistyped(arg string) bool {
	_, err := os.Stat(arg)
	return errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(arg, `./\:`)
}

// hasDisplay tells whether a window can be shown; only on systems whose windows
// are X11's or Wayland's can there be no display.
func hasDisplay() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// networkFlags are the flags that name networks and how to run them.
type networkFlags struct {
	networks []string
	pack     string
	set      []string
	crop     string
	control  bool
}

// What --network takes.
const (
	oneNetwork    = "network, as a SPEC (default: the best of the pack)"
	benchNetworks = "network, as a SPEC; may be repeated (default: the five of Figure 7 at full size, untrained)"
	manyNetworks  = "network, as a SPEC; may be repeated (default: those of the pack)"
)

func (n *networkFlags) add(cmd *cobra.Command, usage string) {
	f := cmd.Flags()
	f.StringArrayVarP(&n.networks, "network", "n", nil, usage)
	f.StringVar(&n.pack, "pack", "", "pack of networks, where no --network is named: "+strings.Join(packs(), ", ")+", which come with the program, or a series of published ones (scalecam networks list)")
	f.StringArrayVar(&n.set, "set", nil, "what a weights file does not say, as KEY=VALUE or KEY=@FILE; may be repeated:\n"+models.SettingsHelp())
	f.StringVar(&n.crop, "crop", "", "part of the picture shown to the network: centre, or none for all of it, resized")
}

// addControl adds the flag that withControl asks.
func (n *networkFlags) addControl(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&n.control, "control", false, "add the first network at the largest input size of all, for which it was not trained: what a finer grid alone does")
}

// withControl adds that network, where it is asked for and none is just that already.
func (n *networkFlags) withControl(cmd *cobra.Command) error {
	if !n.control {
		return nil
	}
	stated, err := n.settings()
	if err != nil {
		return err
	}
	var all []models.Sized
	for _, spec := range n.networks {
		named, err := models.Network(spec, stated)
		if err != nil {
			return err
		}
		all = append(all, models.Sized{Spec: spec, Stated: stated, Size: named.Scaling.Resolution})
	}
	spec, there, err := models.Control(all)
	switch {
	case err != nil:
		return fmt.Errorf("--control: %w", err)
	case there != "":
		printable.Fprintf(messages(cmd), "scalecam: --control adds none: %s is %s's weights at the largest size already\n", there, n.networks[0])
	default:
		n.networks = append(n.networks, spec)
		printable.Fprintf(messages(cmd), "scalecam: the control is %s, not trained at this size\n", spec)
	}
	return nil
}

// packs are the names of those that come with the program.
func packs() (names []string) {
	for _, p := range assets.Packs() {
		names = append(names, p.Name)
	}
	return names
}

// lookupPack finds one of them.
func lookupPack(name string) (assets.Pack, error) {
	p, ok := assets.LookupPack(name)
	if !ok {
		return p, wrong("there is no pack %q; there are %s, and the series that scalecam networks list names", name, strings.Join(packs(), ", "))
	}
	return p, nil
}

// What pick takes of a pack.
const (
	all = iota
	best
)

// pick names the networks of a pack, all or the best, where none are named: of
// the one that --pack names, else of the one that knows what the pictures show.
// It says which pack that is, and why.
func (n *networkFlags) pick(cmd *cobra.Command, pictures []string, which int) error {
	if len(n.networks) > 0 {
		if n.pack != "" {
			return wrong("name a pack or networks, not both (--pack %s, --network %s)", n.pack, n.networks[0])
		}
		return nil
	}
	if s := assets.PublishedNetworks().LookupSeries(n.pack); s != nil {
		return n.pickSeries(cmd, s, which)
	}
	p, reason := compare.PackFor(pictures)
	why := "since " + reason.String()
	if n.pack != "" {
		var err error
		if p, err = lookupPack(n.pack); err != nil {
			return err
		}
		why = "by --pack"
	}
	n.pack = p.Name
	if n.networks = models.Pack(p.Name); which == best {
		n.networks = []string{p.Name + ":" + p.Best}
		printable.Fprintf(messages(cmd), "scalecam: the network is %s, the best of the pack %s, %s\n", n.networks[0], p.Name, why)
		return nil
	}
	printable.Fprintf(messages(cmd), "scalecam: the networks are those of the pack %s, %s\n", p.Name, why)
	return nil
}

// pickSeries names the networks of a series, all or the best, and says what a reader of
// their comparison must know.
func (n *networkFlags) pickSeries(cmd *cobra.Command, s *assets.Series, which int) error {
	n.networks = models.Pack(s.Name)
	if which == best {
		n.networks = []string{s.Best}
		printable.Fprintf(messages(cmd), "scalecam: the network is %s, the best of the series %s, by --pack\n", s.Best, s.Name)
		return nil
	}
	printable.Fprintf(messages(cmd), "scalecam: the networks are those of the series %s, by --pack: it compares %s\n", s.Name, s.Compares)
	for _, note := range s.Notes {
		printable.Fprintf(messages(cmd), "scalecam: note: %s\n", note)
	}
	var missing []string
	for _, m := range n.networks {
		if !models.Here(m) {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("models: %s: %d of its %d networks are not on this machine yet (%s); get them by: scalecam networks add %s", s.Name, len(missing), len(n.networks), strings.Join(missing, ", "), s.Name)
	}
	return nil
}

// one is the network of a command that takes just one, to run on the pictures.
func (n *networkFlags) one(ctx context.Context, by compare.By, pictures []string) (*network.Model, error) {
	if len(n.networks) != 1 {
		return nil, wrong("%d networks named; name one with --network SPEC", len(n.networks))
	}
	models, err := n.open(ctx, by, pictures)
	if err != nil {
		return nil, err
	}
	return models[0], nil
}

func (n *networkFlags) settings() (models.Settings, error) {
	s := models.Settings{}
	for _, kv := range n.set {
		key, value, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, wrong("--set %s: write KEY=VALUE", kv)
		}
		if path, isFile := strings.CutPrefix(value, "@"); isFile {
			var err error
			if value, err = models.ReadSetting(key, path); err != nil {
				return nil, err
			}
		}
		s[key] = value
	}
	if n.crop != "" {
		if _, err := network.ParseCrop(n.crop); err != nil {
			return nil, usageError{err}
		}
		s["crop"] = n.crop
	}
	return s, nil
}

// named are the networks that the flags name; none of them is opened.
func (n *networkFlags) named() ([]record.NetworkSettings, error) {
	settings, err := n.settings()
	if err != nil {
		return nil, err
	}
	var networks []record.NetworkSettings
	for _, spec := range n.networks {
		networks = append(networks, record.NetworkSettings{Spec: file.Path(spec), Set: settings})
	}
	return networks, nil
}

func (n *networkFlags) open(ctx context.Context, by compare.By, pictures []string) ([]*network.Model, error) {
	networks, err := n.named()
	if err != nil {
		return nil, err
	}
	return openModels(ctx, by, pictures, networks)
}

// openModels opens networks that are to run on the pictures, one after another,
// where all of it is within the bounds.
func openModels(ctx context.Context, by compare.By, pictures []string, networks []record.NetworkSettings) ([]*network.Model, error) {
	if err := record.Check(ctx, by, pictures, 1, networks); err != nil {
		return nil, err
	}
	return openEach(ctx, networks)
}

// openEach opens networks, one after another, and gives ctx's error when ctx ends
// between two.
func openEach(ctx context.Context, networks []record.NetworkSettings) ([]*network.Model, error) {
	var opened []*network.Model
	for _, n := range networks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, err := models.Open(string(n.Spec), n.Set)
		if err != nil {
			return nil, err
		}
		if n.Name != "" {
			m.Own, m.Name, m.Called = m.Name, n.Name, true
		}
		opened = append(opened, m)
	}
	for i, name := range models.Apart(opened) {
		if m := opened[i]; m.Name != name {
			m.Own, m.Name = m.OwnName(), name
		}
	}
	return opened, nil
}

// progress reports runs on stderr, where that is a terminal; within the context that
// it gives also those for one map.
func progress(cmd *cobra.Command, models []*network.Model) (ctx context.Context, report func(done, total int)) {
	p, ctx := messages(cmd), cmd.Context()
	if !p.isTerminal() {
		return ctx, nil
	}
	said := ""
	say := func(format string, args ...any) {
		if ctx.Err() == nil { // else nobody waits for it any more (see soon)
			p.rewrite(format, args...)
		}
	}
	runs := cam.WithProgress(ctx, func(done, total int) { say("%s: %d of %d runs for its map", said, done, total) })
	return runs, func(done, total int) {
		if done == total {
			say("")
			return
		}
		said = fmt.Sprintf("%s (%d of %d)", models[done%len(models)].Name, done+1, total)
		say("%s", said)
	}
}

// soon gives what do makes, or ctx's error as soon as ctx ends: what is being
// made then is left to itself, and dropped. It must not write to any file.
func soon[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		made T
		err  error
	}
	done := make(chan result, 1) // which nobody may wait for any more
	go func() {
		made, err := do()
		done <- result{made, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case r := <-done:
		return r.made, r.err
	}
}

// pathsHelp says what is written of paths.
const pathsHelp = `What is written names files without their folders, so that it can be passed on
without telling where it was made; --paths keeps the paths as they are given.`

// addPaths adds the flag that says by what names files are told of.
func addPaths(cmd *cobra.Command, paths *bool) {
	cmd.Flags().BoolVar(paths, "paths", false, "write the whole paths of pictures and weights files, as they are given, not their names alone")
}

func naming(paths bool) record.Naming {
	if paths {
		return record.WholePaths
	}
	return record.BaseNames
}

// checkApart refuses to write over what is looked at: a picture or a weights file.
func checkApart(out string, pictures []string, networks []record.NetworkSettings) error {
	there, err := os.Stat(out)
	if err != nil {
		return nil // nothing is written over
	}
	is := func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && os.SameFile(info, there)
	}
	if slices.ContainsFunc(pictures, func(path string) bool { return !record.NeedsNoFile(path) && is(path) }) {
		return wrong("%s is a picture that is looked at, which would be written over; name another place to write to", out)
	}
	for _, n := range networks {
		spec := string(n.Spec)
		if size := strings.LastIndexByte(spec, '@'); !models.Named(spec) && (is(spec) || size > 0 && is(spec[:size])) {
			return wrong("%s is a network's weights file, which would be written over; name another place to write to", out)
		}
	}
	return nil
}

// write writes the files, each of them whole, and prints their names.
func write(cmd *cobra.Command, files []file.File) error {
	return writeTo(cmd, cmd.OutOrStdout(), files)
}

// writeTo is write that prints the names elsewhere.
func writeTo(cmd *cobra.Command, names io.Writer, files []file.File) error {
	if err := cmd.Context().Err(); err != nil {
		return err
	}
	if err := file.Write(files...); err != nil {
		return err
	}
	for _, f := range files {
		printable.Fprintf(names, "%s\n", f.Path)
	}
	return nil
}
