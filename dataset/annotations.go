package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/image/vector"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/lookup"
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

// An annotation is what is known of a picture, in its pixels.
type annotation struct {
	file   string // that it is in
	entry  string // its name there; "" where the file is this picture's alone
	places []place
	// flat tells that the file does not say in which folder the picture lies.
	flat bool
	// read reads the places when they are wanted; nil where they are there.
	read func() ([]place, error)
}

// place is where an object is.
type place struct {
	category string    // "" where it is the folder's
	from, to point     // the box's corners
	polygons [][]point // none if only the box is known
	runs     *runs     // instead of polygons; nil for none
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
		f.annotateByXML()
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
		f.files[i].note = notes.of(filepath.ToSlash(filepath.Join(prefix, path)))
	}
	return nil
}

// annotations are those of a file, by the paths of pictures from there.
type annotations map[string]*annotation

// of is the annotation of a picture; nil for none.
func (n annotations) of(entry string) *annotation {
	if note := n[entry]; note != nil {
		return note
	}
	if note := n[path.Base(entry)]; note != nil && note.flat {
		return note
	}
	return nil
}

// readAnnotations reads the file path. Its error is fs.ErrNotExist where there
// is none, nor a link that should lead to one.
func readAnnotations(ctx context.Context, path string) (annotations, error) {
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
		return nil, fault.Errorf(`dataset: %s: %w; give {"cat/1.jpg": {"box": [x0, y0, x1, y1], "polygon": [[x, y], …] or null}, …} or COCO's {"images": […], "annotations": […], "categories": […]}, or rename it to go without annotations`, path, err)
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
func parseAnnotations(ctx context.Context, path string, r io.Reader) (annotations, error) {
	in := &entries{ctx: ctx, r: r}
	dec := json.NewDecoder(in)
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("it does not begin as a JSON object")
	}
	notes := annotations{}
	var coco *cocoFile
	for dec.More() && ctx.Err() == nil {
		in.began = dec.InputOffset()
		key, err := dec.Token()
		if err != nil {
			return nil, fault.Errorf("it is damaged at byte %d (%w)", dec.InputOffset(), err)
		}
		name, _ := key.(string)
		if coco == nil && len(notes) == 0 && slices.Contains(cocoKeys, name) {
			coco = newCOCO(in, dec)
		}
		if coco != nil {
			if err := coco.take(name); err != nil {
				return nil, fault.Errorf("%q: %w", name, err)
			}
			continue
		}
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
	if coco != nil {
		return coco.annotations(path)
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
	at := place{from: point{box[0], box[1]}, to: point{box[2], box[3]}}
	if fields.Polygon != nil {
		at.polygons = [][]point{fields.Polygon}
	}
	return &annotation{places: []place{at}}, nil
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
// which is 255 times the part of it within the polygons. Both end at the
// picture's edge, beyond which an annotation may reach by a pixel, for rounding;
// one that reaches farther was made for another size and is an error. Of several
// objects those of the class count, or all where none is called so: the box is around
// them.
func (a *annotation) mark(e *Example, class string) error {
	const slack = 1
	places, err := a.all()
	if err != nil {
		return err
	}
	bounds := e.Image.Rect
	where := func() string {
		if a.entry == "" {
			return a.file
		}
		return fmt.Sprintf("%s: entry %.80q", a.file, a.entry)
	}
	for _, at := range places {
		for _, p := range slices.Concat(append(slices.Clone(at.polygons), []point{at.to})...) {
			if p.x > coordinate(bounds.Dx()+slack) || p.y > coordinate(bounds.Dy()+slack) {
				return fault.Errorf("dataset: %s: it reaches (%g, %g), but %s has %d × %d pixels; give places in its own pixels", where(), p.x, p.y, e.Name, bounds.Dx(), bounds.Dy())
			}
		}
		if r := at.runs; r != nil && (r.h != bounds.Dy() || r.w != bounds.Dx()) {
			return fault.Errorf("dataset: %s: its mask has %d × %d pixels, but %s has %d × %d; give masks of its own size", where(), r.w, r.h, e.Name, bounds.Dx(), bounds.Dy())
		}
	}
	mine := slices.DeleteFunc(slices.Clone(places), func(at place) bool { return !at.of(class) })
	if len(mine) == 0 {
		mine = places
	}
	mask := image.NewAlpha(bounds)
	for _, at := range mine {
		if at.from.x < at.to.x && at.from.y < at.to.y {
			down := func(c coordinate) int { return int(c) } // never negative
			up := func(c coordinate) int { return int(math.Ceil(float64(c))) }
			e.Box = e.Box.Union(image.Rect(down(at.from.x), down(at.from.y), up(at.to.x), up(at.to.y)).Intersect(bounds))
		}
		at.draw(mask)
	}
	if len(mask.Pix) > 0 && slices.Max(mask.Pix) > 0 {
		e.Mask = mask
	}
	return nil
}

// all are the places, read where they were not.
func (a *annotation) all() ([]place, error) {
	if a.read != nil {
		return a.read()
	}
	return a.places, nil
}

// of tells that the object is of a class.
func (p *place) of(class string) bool {
	return p.category == "" || lookup.Typed(class).Fits(p.category) == lookup.Same
}

// shows is the class that a picture in a class's folder shows: that one or, where no
// object is called so, what all are called; "" where they differ.
func (a *annotation) shows(class string) string {
	places, err := a.all()
	if err != nil || len(places) == 0 || slices.ContainsFunc(places, func(p place) bool { return p.of(class) }) {
		return class
	}
	if slices.ContainsFunc(places, func(p place) bool { return !p.of(places[0].category) }) {
		return ""
	}
	return places[0].category
}

// draw adds the object to a mask.
func (p *place) draw(mask *image.Alpha) {
	if p.runs != nil {
		p.runs.draw(mask)
	}
	for _, polygon := range p.polygons {
		r := vector.NewRasterizer(mask.Rect.Dx(), mask.Rect.Dy())
		for i, p := range polygon {
			if i == 0 {
				r.MoveTo(float32(p.x), float32(p.y))
			} else {
				r.LineTo(float32(p.x), float32(p.y))
			}
		}
		r.ClosePath()
		r.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	}
}
