// Package filedialog is the system's own dialogs for files: of Windows and macOS, and
// elsewhere of GTK or Qt, where a program for that is installed (zenity, qarma or
// matedialog).
package filedialog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ncruces/zenity"
)

// ErrNone tells that the system has no dialogs, or that its own do not work.
var ErrNone = errors.New("filedialog: the system has no dialog for files")

// Dialogs are the system's.
type Dialogs struct{}

// Asked is what a dialog asks for.
type Asked struct {
	Title      string
	Folder     string   // to begin in; "" for the system's choice
	Name       string   // offered, of a file to write
	Kind, All  string   // what files of the extensions are called, and all files
	Extensions []string // with their dots, in small letters; none for any
}

// at is where a dialog begins, as a path: one that ends with a separator is a folder.
func (a Asked) at() zenity.Option {
	if a.Folder == "" {
		return zenity.Filename(a.Name)
	}
	return zenity.Filename(a.Folder + string(filepath.Separator) + a.Name)
}

func (a Asked) filters() (all zenity.FileFilters) {
	if len(a.Extensions) == 0 {
		return nil
	}
	kind := zenity.FileFilter{Name: a.Kind, CaseFold: true}
	for _, e := range a.Extensions {
		kind.Patterns = append(kind.Patterns, "*"+e)
	}
	return zenity.FileFilters{kind, {Name: a.All, Patterns: []string{"*"}}}
}

// Open asks for a file that is there. It waits until the user has chosen one, "" for
// none, or ctx ends.
func (Dialogs) Open(ctx context.Context, a Asked) (string, error) {
	return show(ctx, a, zenity.SelectFile)
}

// OpenMany asks for files that are there, one or more.
func (Dialogs) OpenMany(ctx context.Context, a Asked) ([]string, error) {
	return showMany(ctx, a, zenity.SelectFileMultiple)
}

// Folder asks for a folder.
func (Dialogs) Folder(ctx context.Context, a Asked) (string, error) {
	return show(ctx, a, zenity.SelectFile, zenity.Directory())
}

// Save asks for a file to write. What is there the dialog itself asks about before it
// is overwritten.
func (Dialogs) Save(ctx context.Context, a Asked) (string, error) {
	return show(ctx, a, zenity.SelectFileSave, zenity.ConfirmOverwrite())
}

// least is how long it takes a person to see a dialog and dismiss it: what ends sooner
// without an answer was never in sight, as where the program finds no display.
const least = 200 * time.Millisecond

// show gives the path that was chosen.
func show(ctx context.Context, a Asked, dialog func(...zenity.Option) (string, error), more ...zenity.Option) (string, error) {
	paths, err := showMany(ctx, a, func(options ...zenity.Option) ([]string, error) {
		path, err := dialog(options...)
		return []string{path}, err
	}, more...)
	if len(paths) == 0 {
		return "", err
	}
	return paths[0], err
}

// showMany gives the paths that were chosen, absolute; none where it was dismissed.
func showMany(ctx context.Context, a Asked, dialog func(...zenity.Option) ([]string, error), more ...zenity.Option) ([]string, error) {
	if !zenity.IsAvailable() {
		return nil, ErrNone
	}
	options := append([]zenity.Option{zenity.Context(ctx), zenity.Title(a.Title), zenity.Modal(), a.at()}, more...)
	if filters := a.filters(); filters != nil {
		options = append(options, filters)
	}
	begun := time.Now()
	paths, err := dialog(options...)
	switch {
	case ctx.Err() != nil:
		return nil, nil
	case errors.Is(err, zenity.ErrCanceled) && time.Since(begun) >= least:
		return nil, nil
	case err != nil:
		return nil, errors.Join(ErrNone, err)
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return path == "" })
	for i, path := range paths {
		if folder, err := os.Getwd(); err == nil && !filepath.IsAbs(path) {
			paths[i] = filepath.Join(folder, path)
		}
	}
	return paths, nil
}
