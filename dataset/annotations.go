package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/image/vector"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/picture"
)

const (
	annotationsName = "annotations.json"

	// maxAnnotations is the largest annotations.json read, in bytes: room for
	// 100,000 polygons of 50 corners.
	maxAnnotations = 64 << 20

	// maxCorners is the most that a polygon may have. Drawing one takes time by
	// its corners and the picture's height.
	maxCorners = 10_000

	// maxEntry is the longest entry parsed, in bytes: maxCorners with 17 digits a
	// number, each in a line of its own. One is parsed in a moment.
	maxEntry = 1 << 20
)

// An annotation is an entry of annotations.json: places in a picture's pixels.
type annotation struct {
	file     string  // that it is in
	entry    string  // its name there
	from, to point   // the box's corners
	polygon  []point // none if only the box is known
}

// annotate gives the files of f the annotations that there are for them.
func (f *Folder) annotate(ctx context.Context) error {
	abs, err := filepath.Abs(f.dir)
	if err != nil {
		return fault.Errorf("dataset: %s: %w", f.dir, err)
	}
	// Entries are paths relative to the json's folder.
	prefix := ""
	notes, err := readAnnotations(ctx, filepath.Join(f.dir, annotationsName))
	if errors.Is(err, fs.ErrNotExist) {
		prefix = filepath.Base(abs)
		notes, err = readAnnotations(ctx, filepath.Join(f.dir, "..", annotationsName))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range f.files {
		path, err := filepath.Rel(f.dir, f.files[i].path)
		if err != nil {
			return fault.Errorf("dataset: %s: %w", f.files[i].path, err)
		}
		f.files[i].note = notes[filepath.ToSlash(filepath.Join(prefix, path))]
	}
	return nil
}

// readAnnotations reads the file path. Its error is fs.ErrNotExist where there
// is none, nor a link that should lead to one.
func readAnnotations(ctx context.Context, path string) (map[string]*annotation, error) {
	data, err := file.Read(path, maxAnnotations, "a JSON file of annotations, or rename it to go without")
	if _, link := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && link == nil {
		return nil, fault.Errorf("dataset: %s: it is a link to a file that is not there; mend it, or remove it to go without annotations", path)
	}
	if err != nil {
		return nil, fault.Errorf("dataset: %w", err)
	}
	notes, err := parseAnnotations(ctx, path, bytes.NewReader(data))
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fault.Errorf(`dataset: %s: %w; give {"cat/1.jpg": {"box": [x0, y0, x1, y1], "polygon": [[x, y], …] or null}, …}, or rename it to go without annotations`, path, err)
	}
	return notes, nil
}

// entries is a file's entries on their way to the decoder, which asks for more
// only within one: as long as they are wanted, and as long as one may be.
type entries struct {
	ctx         context.Context
	r           io.Reader
	read, began int64 // bytes: all, and where the entry being parsed begins
}

func (e *entries) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	left := e.began + maxEntry - e.read
	if left <= 0 {
		return 0, fault.Errorf("it is longer than %d MiB", maxEntry>>20)
	}
	n, err := e.r.Read(p[:min(int64(len(p)), left)])
	e.read += int64(n)
	return n, err
}

// parseAnnotations parses the file entry by entry, and holds each to what does
// not depend on its picture. An entry that comes twice is an error. Once ctx is
// done it ends within a moment, with any error.
func parseAnnotations(ctx context.Context, path string, r io.Reader) (map[string]*annotation, error) {
	in := &entries{ctx: ctx, r: r}
	dec := json.NewDecoder(in)
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("it does not begin as a JSON object")
	}
	notes := map[string]*annotation{}
	for dec.More() && ctx.Err() == nil {
		in.began = dec.InputOffset()
		key, err := dec.Token()
		if err != nil {
			return nil, fault.Errorf("it is damaged at byte %d (%w)", dec.InputOffset(), err)
		}
		name, _ := key.(string)
		note, err := parseAnnotation(dec)
		if err == nil && notes[name] != nil {
			err = errors.New("it comes twice")
		}
		if err != nil {
			return nil, fault.Errorf("entry %.80q: %w", name, err)
		}
		note.file, note.entry = path, name
		notes[name] = note
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("it ends within the JSON object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return notes, nil
}

func parseAnnotation(dec *json.Decoder) (*annotation, error) {
	var fields struct {
		Box     []coordinate
		Polygon []point
	}
	if err := dec.Decode(&fields); err != nil {
		return nil, err
	}
	box, corners := fields.Box, len(fields.Polygon)
	switch {
	case len(box) != 4:
		return nil, fault.Errorf("the box has %d numbers, not 4", len(box))
	case box[0] > box[2] || box[1] > box[3]:
		return nil, fault.Errorf("the box %v ends before it begins", box)
	case fields.Polygon != nil && corners < 3:
		return nil, fault.Errorf("the polygon has %d corners; the fewest are 3", corners)
	case corners > maxCorners:
		return nil, fault.Errorf("the polygon has %d corners; the most are %d", corners, maxCorners)
	}
	return &annotation{from: point{box[0], box[1]}, to: point{box[2], box[3]}, polygon: fields.Polygon}, nil
}

// A coordinate is in pixels, from 0 to picture.MaxSide.
type coordinate float32

func (c *coordinate) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(string(text), 32)
	if err != nil || !(v >= 0 && v <= picture.MaxSide) {
		return fault.Errorf("%.40s is no number of pixels from 0 to %d", text, picture.MaxSide)
	}
	*c = coordinate(v)
	return nil
}

type point struct{ x, y coordinate }

func (p *point) UnmarshalJSON(text []byte) error {
	var xy []coordinate
	if err := json.Unmarshal(text, &xy); err != nil {
		return err
	}
	if len(xy) != 2 {
		return fault.Errorf("a corner has %d numbers, not 2", len(xy))
	}
	*p = point{xy[0], xy[1]}
	return nil
}

// mark fills in e's Box, rounded outwards to whole pixels, and Mask, a pixel of
// which is 255 times the part of it within the polygon. Both end at the
// picture's edge, beyond which an annotation may reach by a pixel, for rounding;
// one that reaches farther was made for another size and is an error.
func (a *annotation) mark(e *Example) error {
	const slack = 1
	bounds := e.Image.Rect
	for _, p := range append(a.polygon[:len(a.polygon):len(a.polygon)], a.to) {
		if p.x > coordinate(bounds.Dx()+slack) || p.y > coordinate(bounds.Dy()+slack) {
			where := fmt.Sprintf("%s: entry %.80q", a.file, a.entry)
			return fault.Errorf("dataset: %s: it reaches (%g, %g), but %s has %d × %d pixels; give places in its own pixels", where, p.x, p.y, e.Name, bounds.Dx(), bounds.Dy())
		}
	}
	if a.from.x < a.to.x && a.from.y < a.to.y {
		down := func(c coordinate) int { return int(c) } // never negative
		up := func(c coordinate) int { return int(math.Ceil(float64(c))) }
		e.Box = image.Rect(down(a.from.x), down(a.from.y), up(a.to.x), up(a.to.y)).Intersect(bounds)
	}
	if a.polygon == nil {
		return nil
	}
	mask := image.NewAlpha(bounds)
	r := vector.NewRasterizer(bounds.Dx(), bounds.Dy())
	r.DrawOp = draw.Src
	for i, p := range a.polygon {
		if i == 0 {
			r.MoveTo(float32(p.x), float32(p.y))
		} else {
			r.LineTo(float32(p.x), float32(p.y))
		}
	}
	r.ClosePath()
	r.Draw(mask, bounds, image.Opaque, image.Point{})
	if slices.Max(mask.Pix) > 0 {
		e.Mask = mask
	}
	return nil
}
