package desk

import (
	"context"
	"errors"
	"slices"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/picture"
)

// Album is pictures opened together, and which of them to show.
type Album struct {
	Sources []string
	At      int // the first one shown
	Rows    int // how many are shown, one beneath the other
}

// MostRows bounds how many pictures are shown at once.
const MostRows = 4

// MostAlbum bounds how many pictures are opened together: a session of more would
// be too large to be read again.
const MostAlbum = 50_000

// Fit puts at and rows within the album's bounds.
func (a Album) Fit() Album {
	a.Rows = min(max(a.Rows, 1), MostRows, len(a.Sources))
	a.At = min(max(a.At, 0), len(a.Sources)-a.Rows)
	return a
}

// Open opens the pictures to show, where there is memory for them beside the
// networks and their maps; the error is about those that cannot be.
func (a Album) Open(ctx context.Context, beside []*network.Network, by compare.By) (pictures []*picture.Picture, err error) {
	shown := a.Sources[a.At:][:a.Rows]
	if err := by.CheckMemory(ctx, shown, len(shown), beside); err != nil {
		return nil, err
	}
	for _, path := range shown {
		p, failed := compare.OpenPicture(path)
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		pictures = append(pictures, p)
	}
	return pictures, err
}

// Without is the album without those of the pictures to show that were not
// opened.
func (a Album) Without(opened []*picture.Picture) Album {
	sources := slices.Clone(a.Sources[:a.At])
	for _, p := range opened {
		sources = append(sources, p.Path)
	}
	sources = append(sources, a.Sources[a.At+a.Rows:]...)
	return Album{sources, a.At, len(opened)}.Fit()
}

// RowsFor is how many pictures are shown of so many opened together: a few make
// rows, as in the paper's figure; of more, one at a time.
func RowsFor(pictures int) int {
	if pictures <= MostRows {
		return pictures
	}
	return 1
}

// SamplePaths are those of the pictures that need no file.
func SamplePaths() (paths []string) {
	for _, s := range compare.Samples() {
		paths = append(paths, s.Path)
	}
	return paths
}
