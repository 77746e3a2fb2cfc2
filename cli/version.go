package cli

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"scalecam/compare/record"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/network/teach"
	"scalecam/printable"
	"scalecam/version"
)

// schemas are what files of ours state that they are written by, with what they are.
var schemas = []struct {
	Key, About string
	Schema     any
}{
	{"files", "sessions, figures, batches and numbers", record.SchemaVersion},
	{"heads", "heads that were taught", models.HeadSchema},
	{"lessons", "what teach tells of them", teach.ReportSchema},
	{"calibrations", "temperatures", models.CalibrationSchema},
	{"networks", "published networks that are kept here", store.RecordSchema},
}

// about is version --json.
type about struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`  // of the source; "" where the build does not know
	Changed bool   `json:"changed"` // the source was not just that
	Go      string `json:"go"`
	System  string `json:"system"`
	Window  bool   `json:"window"` // it was built with one

	Instructions instructions   `json:"instructions"`
	Schemas      map[string]any `json:"schemas"` // by their keys
}

// instructions are names of instruction sets, the fastest first.
type instructions struct {
	Program   []string `json:"program"`   // that it has kernels for
	Processor []string `json:"processor"` // those of them that this processor has
	Used      string   `json:"used"`
}

func newVersion(window bool) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and what the program was built of and for",
		Long: `Prints the version, the commit and the Go release that the program was built of,
the instruction sets that it has loops for, those of them that this processor has,
the one that it uses, and the schemas of the files that it writes and reads.

What it writes says the version, too: figures and maps as pictures under
"Software", sessions, JSON and batches under "program", and so do a training run's
log, checkpoint and weights. A version that ends in -dev is of no release.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("version takes no %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			a := about{
				Version: version.String(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Window: window,
				Instructions: instructions{kernel.BuiltInstructionSets(), kernel.InstructionSets(), kernel.CurrentInstructionSet()},
				Schemas:      map[string]any{},
			}
			a.Commit, a.Changed = version.Commit()
			for _, s := range schemas {
				a.Schemas[s.Key] = s.Schema
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), a)
			}
			a.print(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func (a *about) print(w io.Writer) {
	commit, window := cmp.Or(a.Commit, "not known"), "with its window"
	if a.Changed {
		commit += ", and changes that are not committed"
	}
	if !a.Window {
		window = "without a window"
	}
	printable.Fprintf(w, "%s\n", version.Name())
	row := func(name, format string, values ...any) {
		printable.Fprintf(w, "%-13s %s\n", name, fmt.Sprintf(format, values...))
	}
	row("commit", "%s", commit)
	row("built", "by %s for %s, %s", a.Go, a.System, window)
	list := func(names []string) string { return strings.Join(names, ", ") }
	row("instructions", "%s; this processor has %s, the program %s", a.Instructions.Used, list(a.Instructions.Processor), list(a.Instructions.Program))
	for i, s := range schemas {
		name := ""
		if i == 0 {
			name = "schemas"
		}
		row(name, "%v: %s", s.Schema, s.About)
	}
}
