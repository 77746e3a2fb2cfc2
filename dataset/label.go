package dataset

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"image"
	"image/draw"

	"scalecam/picture"
)

// highest is how many folders above a picture's own may hold its annotations.json: the
// set's, a split's, its class's, and two within that.
const highest = 4

// Label has a picture of a file say what it shows and where, if it lies in a folder of
// labelled pictures as Open reads them, whose annotations.json has an entry for it or
// beside which its XML file lies: the class is its folder's name or, where all objects
// there are called otherwise, theirs. Of any other it does nothing. An error is about the
// annotations alone, and leaves the picture as it was.
func Label(ctx context.Context, p *picture.Picture) error {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return nil // it was opened, and so has a name
	}
	dir := filepath.Dir(path)
	for range highest {
		if _, err := os.Lstat(filepath.Join(dir, annotationsName)); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	within, err := filepath.Rel(dir, path)
	if err != nil {
		return nil // it lies elsewhere
	}
	folders := strings.Split(filepath.ToSlash(within), "/")
	entry, folders := strings.Join(folders, "/"), folders[:len(folders)-1]
	notes, err := recent.annotations(ctx, filepath.Join(dir, annotationsName))
	note := notes.of(entry)
	if errors.Is(err, fs.ErrNotExist) {
		folder := filepath.Dir(path)
		note, err = xmlOf(path, folder, filepath.Dir(folder), filepath.Dir(filepath.Dir(folder))), nil
		folders = []string{filepath.Base(folder)}
	}
	if err != nil || note == nil {
		return err
	}
	if len(folders) > 1 && slices.ContainsFunc(slices.Concat(trainNames, valNames), func(split string) bool { return strings.EqualFold(split, folders[0]) }) {
		folders = folders[1:]
	}
	class := ""
	if len(folders) > 0 {
		class = folders[0]
	}
	e := &Example{Name: p.Path, Image: p.Image}
	if err := note.mark(e, class); err != nil {
		return err
	}
	if e.Mask == nil && !e.Box.Empty() {
		e.Mask = image.NewAlpha(p.Image.Rect)
		draw.Draw(e.Mask, e.Box, image.Opaque, image.Point{}, draw.Src)
	}
	if e.Mask != nil {
		p.SetObject(e.Mask)
	}
	p.Shows = note.shows(class)
	return nil
}

// lastRead keeps the file of annotations that was read last: pictures of one set are
// looked at one after another.
type lastRead struct {
	mu    sync.Mutex
	path  string
	size  int64
	at    time.Time
	notes annotations
	err   error
}

var recent lastRead

// annotations is readAnnotations of a file that may be the one before, unchanged.
func (l *lastRead) annotations(ctx context.Context, path string) (annotations, error) {
	info, err := os.Stat(path)
	if err != nil {
		return readAnnotations(ctx, path)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path == path && l.size == info.Size() && l.at.Equal(info.ModTime()) {
		return l.notes, l.err
	}
	notes, err := readAnnotations(ctx, path)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	l.path, l.size, l.at, l.notes, l.err = path, info.Size(), info.ModTime(), notes, err
	return notes, err
}
