package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scalecam/compare"
	"scalecam/compare/batch"
	"scalecam/printable"
)

func newBatch() *cobra.Command {
	var n networkFlags
	var v viewFlags
	var b byFlags
	var class, out, shard string
	var kinds []string
	var strict bool
	cmd := &cobra.Command{
		Use:   "batch INPUT… -o DIR",
		Short: "Write the maps of many pictures into a folder, and a manifest of them",
		Long: `Write the maps of many pictures into a folder:
  maps/…/*.npy      with --write maps, the default: each network's raw map, float32 [h, w]
  overlays/…/*.png  with --write overlays: each network's map over the picture
  figures/…/*.png   with --write figures: all networks side by side
  manifest.jsonl    a line of JSON for each picture, in order: its SHA-256, each network's
                    five most probable classes and figures of its map, the files and their
                    SHA-256; of a picture that cannot be opened, "error"
  batch.json        the settings

` + inputsHelp + `

All cores are busy, and memory does not grow with the number of pictures. What is
interrupted goes on where it was when the same is run again, and ends in the same
bytes. --shard 3/8 makes the third of eight parts of the pictures, on any machine;
when all eight are done, scalecam batch merge puts them together, as one run would
have made it.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("no input named; name pictures, folders, @LIST or -")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return wrong("no folder named; name one with -o DIR")
			}
			j := batch.Job{Dir: out}
			var err error
			if j.Kinds, err = parseKinds(kinds); err != nil {
				return err
			}
			if shard != "" {
				if j.Shard, err = batch.ParseShard(shard); err != nil {
					return wrong("--shard: %v", err)
				}
			}
			if j.Ask.By, err = b.by(class); err != nil {
				return err
			}
			j.Ask.Class = class
			if j.Paths, err = inputs(cmd.InOrStdin(), args, out); err != nil {
				return err
			}
			if err := n.pick(cmd, j.Paths, all); err != nil {
				return err
			}
			if err := n.withControl(cmd); err != nil {
				return err
			}
			if j.View, err = v.view(n.networks...); err != nil {
				return err
			}
			if err := j.View.Check(len(n.networks)); err != nil {
				return usageError{err}
			}
			if j.Models, err = n.open(cmd.Context(), j.Ask.By, nil); err != nil { // however many pictures, few are held at a time
				return err
			}
			j.Report = batching(cmd)
			sum, err := j.Run(cmd.Context())
			if p := messages(cmd); p.isTerminal() {
				p.rewrite("")
			}
			if errors.Is(err, context.Canceled) {
				return fmt.Errorf("interrupted; the same command goes on from here")
			}
			if err != nil {
				return err
			}
			return tellBatch(cmd, sum, filepath.Join(j.Shard.Folder(out), batch.Manifest), strict)
		},
	}
	n.add(cmd, manyNetworks)
	n.addControl(cmd)
	v.add(cmd.Flags(), aComparison)
	b.add(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "class to explain, by name or index (default: what a scene shows, else what the first network predicts of each picture)")
	f.StringVarP(&out, "output", "o", "", "folder to write to, a new one or one of an interrupted run")
	f.StringSliceVar(&kinds, "write", []string{string(batch.Maps)}, "what to write of each picture: maps, overlays, figures, or several with commas between")
	f.StringVar(&shard, "shard", "", "make one part of several, such as 3/8: every eighth picture from the third on")
	f.BoolVar(&strict, "strict", false, "end with status 1 where a picture could not be looked at, when all others are done")
	cmd.AddCommand(newBatchMerge())
	return cmd
}

func newBatchMerge() *cobra.Command {
	var out string
	var strict bool
	cmd := &cobra.Command{
		Use:   "merge DIR… [-o OUT]",
		Short: "Put the shards of a batch together",
		Long: `Put the shards of a batch together, as one run without --shard would have made it.
Where all shards were written into one folder, name that: the files stay where they
are. Else name each folder, and a new one with -o: files are copied there, each held
to the SHA-256 in its manifest.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("no folder named; name those with the shards")
			}
			if out == "" && len(args) > 1 {
				return wrong("%d folders named; name a new one to write to with -o OUT", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				out = args[0]
			}
			sum, err := batch.Merge(cmd.Context(), args, out)
			if errors.Is(err, context.Canceled) {
				return fmt.Errorf("interrupted; the same command goes on from here")
			}
			if err != nil {
				return err
			}
			return tellBatch(cmd, sum, filepath.Join(out, batch.Manifest), strict)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "folder to write to (default: the only one named)")
	f.BoolVar(&strict, "strict", false, "end with status 1 where a picture could not be looked at")
	return cmd
}

// parseKinds are the kinds that --write names, in their order and once each.
func parseKinds(names []string) (kinds []batch.Kind, err error) {
	var known []string
	for _, k := range batch.Kinds {
		if known = append(known, string(k)); slices.Contains(names, string(k)) {
			kinds = append(kinds, k)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, wrong("--write %q; give one of %s, or several with commas between", name, strings.Join(known, ", "))
		}
	}
	return kinds, nil
}

// tellBatch prints the manifest's path, and says what could not be looked at.
func tellBatch(cmd *cobra.Command, sum batch.Summary, manifest string, strict bool) error {
	printable.Fprintf(cmd.OutOrStdout(), "%s\n", manifest)
	if sum.Broken == 0 {
		return nil
	}
	text := fmt.Sprintf("%s of %s pictures could not be looked at, for the reasons in %s (\"error\")", compare.FormatExact(int64(sum.Broken)), compare.FormatExact(int64(sum.Pictures)), manifest)
	if strict || sum.Broken == sum.Pictures {
		return errors.New(text)
	}
	printable.Fprintf(messages(cmd), "scalecam: note: %s\n", text)
	return nil
}

// batching reports progress: on a terminal in a line, else, for logs, once a minute.
func batching(cmd *cobra.Command) func(p batch.Progress) {
	m := messages(cmd)
	often := time.Minute
	if m.isTerminal() {
		often = 100 * time.Millisecond
	}
	told := time.Now()
	return func(p batch.Progress) {
		if time.Since(told) < often || p.Rate == 0 {
			return
		}
		told = time.Now()
		text := fmt.Sprintf("picture %d of %d, %.1f a second, %v left", p.Done, p.Total, p.Rate, p.Left.Round(time.Second))
		if p.Broken > 0 {
			text += fmt.Sprintf(", %d could not be looked at", p.Broken)
		}
		if m.isTerminal() {
			m.rewrite("%s", text)
		} else {
			printable.Fprintf(m, "scalecam: %s\n", text)
		}
	}
}
