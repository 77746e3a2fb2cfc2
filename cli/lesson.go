package cli

import (
	"bytes"
	"errors"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/printable"
)

func newLesson() *cobra.Command {
	return &cobra.Command{
		Use:   "lesson DIR",
		Short: "Draw the pictures of the lesson in which networks learn a background",
		Long: `Draw the pictures of the lesson in docs/teach.md into a new folder, 33 of them, each
384 × 384 pixels:
  DIR/first   ten mugs on wood and ten glasses on tiles, in a folder for each class
  DIR/five    the five that mend what networks learn from these
  DIR/ask     two mugs and two glasses on either, to ask about
They are the same every time.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return wrong("no folder named; write scalecam lesson DIR")
			case 1:
				return nil
			}
			return wrong("lesson takes one folder, and %q is a second", args[1])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := args[0]
			// Beside other pictures these would be learnt from along with them.
			entries, err := os.ReadDir(dir)
			switch {
			case err == nil && len(entries) > 0:
				return fault.Errorf("lesson: %s: there are files in it already; name a new folder", dir)
			case err != nil && !errors.Is(err, fs.ErrNotExist):
				return fault.Errorf("lesson: %w", err)
			}
			var files []file.File
			for _, p := range scenes.Lesson() {
				if err := cmd.Context().Err(); err != nil {
					return err
				}
				var b bytes.Buffer
				if err := png.Encode(&b, p.Image); err != nil {
					return fault.Errorf("lesson: %w", err)
				}
				f := file.File{Path: filepath.Join(dir, filepath.FromSlash(p.Path)), Data: b.Bytes()}
				if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
					return fault.Errorf("lesson: %w", err)
				}
				files = append(files, f)
			}
			if err := file.Write(files...); err != nil {
				return err
			}
			printable.Fprintf(cmd.OutOrStdout(), "%d pictures in %s\n", len(files), dir)
			return nil
		},
	}
}
