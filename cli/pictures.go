package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"scalecam/compare/evaluate"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network/train"
	"scalecam/printable"
)

// labelledFlags are the flags that name labelled pictures.
type labelledFlags struct {
	data, classes string
	count         int
}

func (l *labelledFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.data, "data", "scenes", "what to look at: scenes, which the program draws, or a folder of class folders (DIR/cat/1.jpg, or such in DIR/train and DIR/val)")
	f.StringVar(&l.classes, "classes", "", `JSON file that gives the network's classes by the names of DIR's folders: {"camera": [732, 759], …}, and [] for those that do not show the class of a network of one output; others are left out (default: the network's classes are named as the folders)`)
	f.IntVar(&l.count, "count", 2000, "scenes to draw")
}

// folder tells that the pictures are not scenes.
func (l *labelledFlags) folder() bool { return l.data != "scenes" }

// check refuses flags that do not go together.
func (l *labelledFlags) check(cmd *cobra.Command) error {
	const most = 1_000_000
	switch {
	case l.count < 1 || l.count > most:
		return wrong("--count %d; give 1 to %d", l.count, most)
	case l.folder() && cmd.Flags().Changed("count"):
		return wrong("--count is of scenes; of %s all pictures are looked at", l.data)
	case !l.folder() && l.classes != "":
		return wrong("--classes is of a folder's pictures; name it with --data DIR")
	}
	return nil
}

// names are what pick goes by.
func (l *labelledFlags) names() []string {
	if l.folder() {
		return []string{l.data}
	}
	return []string{scenes.Prefix}
}

// open opens the pictures, of scenes those of the seed, and gives what they are
// in words and what is right of them. Those that cannot be read are named and
// left out.
func (l *labelledFlags) open(cmd *cobra.Command, seed uint64) (set dataset.Set, what string, answers evaluate.Answers, err error) {
	if !l.folder() {
		drawn := scenes.Set{Seed: seed, Count: l.count, Side: train.DefaultScenes.Side}
		return drawn, drawn.String(), nil, nil
	}
	if l.classes != "" {
		if answers, err = evaluate.ReadAnswers(l.classes); err != nil {
			return nil, "", nil, err
		}
	}
	folder, err := dataset.OpenAll(cmd.Context(), l.data)
	if err != nil {
		return nil, "", nil, err
	}
	if answers != nil {
		leftOut := 0
		if folder, leftOut, err = answers.Only(folder); err != nil {
			return nil, "", nil, err
		}
		if leftOut > 0 {
			printable.Fprintf(messages(cmd), "scalecam: %d classes of the folder are not in %s and are left out\n", leftOut, l.classes)
		}
	}
	if folder, _, err = whole(cmd.Context(), messages(cmd), folder, 0); err != nil {
		return nil, "", nil, err
	}
	return folder, fmt.Sprintf("%d pictures of %d classes (%.16s)", folder.Len(), len(folder.Classes()), folder.Fingerprint()), answers, nil
}
