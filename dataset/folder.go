package dataset

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"scalecam/fault"
	"scalecam/lookup"
	"scalecam/parallel"
	"scalecam/picture"
)

// Folder is the pictures below a folder of class folders, as in
// animals/cat/1.jpg. Each is read from its file when it is asked for. A Folder
// does not change; the methods that leave pictures out give another.
type Folder struct {
	dir     string
	classes []string // sorted
	files   []listed // sorted by class, then path
	empty   []string // folders in dir without pictures, which are no classes
}

var _ Set = (*Folder)(nil)

// listed is a picture found in the folder.
type listed struct {
	path  string
	class int
	note  *annotation // nil where there is none
}

// Open lists the class folders in dir, as torchvision's ImageFolder does: each
// folder directly in dir that holds pictures, at any depth, is a class of its
// name. Classes are sorted by name, pictures by path. A picture is told by its
// name's extension, one of [picture.Extensions] in any case; nothing is decoded
// yet. Links are followed, to folders too, but for those that lead back to where
// they lie. Hidden files and folders are left out, as those that macOS writes
// beside each file on other disks (._1.jpg).
//
// Folders that look like splits of one set, and not like classes, are refused:
// where each holds folders of the same names alone.
//
// Where dir, or else its parent, holds an annotations.json, examples have the
// boxes and masks that it gives. It maps a picture's path, relative to the
// json's own folder and with slashes, to places in the upright picture's pixels:
//
//	{"cat/1.jpg": {"box": [x0, y0, x1, y1], "polygon": [[x, y], …]}, …}
//
// The polygon may be null. A box or polygon without area is as if it were not
// known. It may also be COCO's JSON, whose images are found by their paths or, where
// those are names alone, by their names; its polygons and masks by run lengths are
// read. Where there is no such file, a PASCAL VOC's XML file of a picture's name is,
// beside it or in a folder Annotations of dir's or of its parent.
//
// Errors begin "dataset: PATH: ", or are ctx's. Those of the file system can be
// told apart with [errors.Is].
func Open(ctx context.Context, dir string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(err)
	}
	f := &Folder{dir: dir}
	var within []string // the folders in each class's folder, in words
	for _, e := range entries {
		if hidden(e) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			continue
		}
		paths, err := pictures(ctx, path)
		if err != nil {
			return nil, unreadable(err)
		}
		if len(paths) == 0 {
			f.empty = append(f.empty, e.Name())
			continue
		}
		for _, path := range paths {
			f.files = append(f.files, listed{path: path, class: len(f.classes)})
		}
		f.classes = append(f.classes, e.Name())
		within = append(within, foldersAlone(path, paths))
	}
	if len(within) > 1 && within[0] != "" && len(slices.Compact(slices.Clone(within))) == 1 {
		return nil, fault.Errorf("dataset: %s: %s and %s hold the same folders (%s), so that they look like splits, and not like classes; name one train and the other val, or, if they are classes, put their pictures into them directly", dir, f.classes[0], f.classes[1], within[0])
	}
	if len(f.files) == 0 {
		return nil, fault.Errorf("dataset: %s: no folder in it holds pictures; class folders hold one class's pictures each, as in %s", dir, filepath.Join(dir, "cat", "1.jpg"))
	}
	if err := f.annotate(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// hidden tells what a folder's listing leaves out.
func hidden(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }

// foldersAlone names the folders in dir that pictures lie in, where there are two
// or more and no picture lies in dir itself; else it is "". The paths are those of
// all pictures below dir, sorted.
func foldersAlone(dir string, paths []string) string {
	var names []string
	for _, path := range paths {
		name, _, below := strings.Cut(strings.TrimPrefix(path, dir+string(filepath.Separator)), string(filepath.Separator))
		if !below {
			return ""
		}
		names = append(names, name)
	}
	if names = slices.Compact(names); len(names) < 2 {
		return ""
	}
	return strings.Join(names, ", ")
}

// pictures gives the paths of the pictures below dir, sorted.
func pictures(ctx context.Context, dir string) ([]string, error) {
	// The folders above dir hold it: a link to one of them would lead back.
	var above []fs.FileInfo
	at, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for {
		info, err := os.Stat(at)
		if err != nil {
			return nil, err
		}
		above = append(above, info)
		up := filepath.Dir(at)
		if up == at {
			break
		}
		at = up
	}
	w := walk{ctx: ctx}
	err = w.in(dir, above)
	slices.Sort(w.paths)
	return w.paths, err
}

// A walk goes through a folder and those in it.
type walk struct {
	ctx     context.Context
	folders int
	paths   []string // of the pictures found
}

// mostFolders bounds a walk: links to folders full of links would make it endless.
const mostFolders = 1_000_000

// in walks through a folder; above are that and the folders on the way to it.
func (w *walk) in(dir string, above []fs.FileInfo) error {
	if w.folders++; w.folders > mostFolders {
		return fault.Errorf("more than %d folders, links counted as often as they lead there", mostFolders)
	}
	entries, err := os.ReadDir(dir)
	if err = cmp.Or(err, w.ctx.Err()); err != nil {
		return err
	}
	for _, e := range entries {
		if hidden(e) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		named := slices.Contains(picture.Extensions, strings.ToLower(filepath.Ext(path)))
		if link := e.Type()&fs.ModeSymlink != 0; !e.IsDir() && !link {
			if named {
				w.paths = append(w.paths, path)
			}
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil && e.IsDir():
			return err
		case err != nil || !info.IsDir():
			if named { // a link that leads nowhere is a picture that cannot be read
				w.paths = append(w.paths, path)
			}
		case !slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }):
			if err := w.in(path, append(slices.Clip(above), info)); err != nil {
				return err
			}
		}
	}
	return nil
}

func unreadable(err error) error {
	var at *fs.PathError
	if !errors.As(err, &at) {
		return fault.Errorf("dataset: %w", err)
	}
	return fault.Errorf("dataset: %s: cannot be read (%w); check its name and permissions", at.Path, at.Err)
}

// The names, in any case, of the folders that OpenSplits looks for; of several,
// the first counts.
var (
	trainNames = []string{"train", "training"}
	valNames   = []string{"val", "valid", "validation", "test", "testing", "eval", "evaluation"}
)

// holdOut is of how many pictures one is held out for validation.
const holdOut = 5

// OpenSplits gives the pictures below dir to train with and those to validate
// with. Both have the same classes.
//
// If dir holds a folder train or training and one of val, valid, validation, test,
// testing, eval and evaluation, in any case, these are the two, each read as by [Open]; the classes are those of
// either. Otherwise dir itself holds the class folders, and the third of every
// five pictures of a class is held out for validation: the same ones every time,
// as long as the files are the same. Where neighbouring files show the same
// thing, as a film's frames do, that makes validation too easy; such pictures
// are better split by hand.
func OpenSplits(ctx context.Context, dir string) (train, val *Folder, err error) {
	train, val, err = OpenGiven(ctx, dir)
	if err != nil || val != nil {
		return train, val, err
	}
	return train.holdOut()
}

// OpenGiven is OpenSplits but that nothing is held out: val is nil where dir lacks one
// of the two folders.
func OpenGiven(ctx context.Context, dir string) (train, val *Folder, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	trainDir, valDir := find(dir, entries, trainNames), find(dir, entries, valNames)
	if trainDir == "" || valDir == "" {
		if train, err = Open(ctx, dir); err != nil {
			return nil, nil, err
		}
		if trainDir != "" && len(train.classes) == 1 {
			return nil, nil, fault.Errorf("dataset: %s: it holds %s, but no val beside it; add one, or give %s, of which a part is then held out", dir, filepath.Base(trainDir), trainDir)
		}
		return train, nil, nil
	}
	if train, err = Open(ctx, trainDir); err != nil {
		return nil, nil, err
	}
	if val, err = Open(ctx, valDir); err != nil {
		return nil, nil, err
	}
	classes := slices.Concat(train.classes, val.classes)
	slices.Sort(classes)
	classes = slices.Compact(classes)
	return train.relabel(classes), val.relabel(classes), nil
}

// OpenAll gives all pictures below dir: those of the folders that OpenSplits
// finds, where there are two, else those that Open gives.
func OpenAll(ctx context.Context, dir string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(err)
	}
	if find(dir, entries, trainNames) == "" || find(dir, entries, valNames) == "" {
		return Open(ctx, dir)
	}
	train, val, err := OpenSplits(ctx, dir)
	if err != nil {
		return nil, err
	}
	all := &Folder{dir: dir, classes: train.classes, files: slices.Concat(train.files, val.files)}
	slices.SortFunc(all.files, func(a, b listed) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.path, b.path))
	})
	return all, nil
}

// OpenAlike gives all pictures below dir as one class, of the folder's name,
// whatever folders they lie in.
func OpenAlike(ctx context.Context, dir string) (*Folder, error) {
	paths, err := pictures(ctx, dir)
	if err != nil {
		return nil, unreadable(err)
	}
	if len(paths) == 0 {
		return nil, fault.Errorf("dataset: %s: there is no picture in it", dir)
	}
	f := &Folder{dir: dir, classes: []string{filepath.Base(dir)}}
	for _, path := range paths {
		f.files = append(f.files, listed{path: path})
	}
	return f, nil
}

// find gives the path of the folder among dir's entries that has the first of
// names that any has, or "".
func find(dir string, entries []fs.DirEntry, names []string) string {
	for _, name := range names {
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if info, err := os.Stat(path); strings.EqualFold(e.Name(), name) && err == nil && info.IsDir() {
				return path
			}
		}
	}
	return ""
}

// holdOut is OpenSplits of a folder that is not split.
func (f *Folder) holdOut() (train, val *Folder, err error) {
	seen := make([]int, len(f.classes))
	held := func(l listed) bool {
		seen[l.class]++
		return seen[l.class]%holdOut == (holdOut+1)/2
	}
	train, val = &Folder{dir: f.dir, classes: f.classes}, &Folder{dir: f.dir, classes: f.classes}
	for _, l := range f.files {
		if held(l) {
			val.files = append(val.files, l)
		} else {
			train.files = append(train.files, l)
		}
	}
	if len(val.files) == 0 {
		return nil, nil, fault.Errorf("dataset: %s: no class has %d pictures, so that one could be held out for validation; add pictures", f.dir, (holdOut+1)/2)
	}
	return train, val, nil
}

// relabel gives the pictures of f that are of the given classes, which must be
// sorted, labelled by their places among these.
func (f *Folder) relabel(classes []string) *Folder {
	g := &Folder{dir: f.dir, classes: classes, empty: f.empty}
	for _, file := range f.files {
		if class, ok := slices.BinarySearch(classes, f.classes[file.class]); ok {
			file.class = class
			g.files = append(g.files, file)
		}
	}
	return g
}

// Only gives the pictures of the classes that are named, which become all the
// classes that there are, sorted. The error for a name that is none of f's
// classes gives the one nearest to it.
func (f *Folder) Only(classes ...string) (*Folder, error) {
	for _, name := range classes {
		if _, ok := slices.BinarySearch(f.classes, name); !ok {
			return nil, fault.Errorf("dataset: %s: there is no class %.80q; the nearest is %q", f.dir, name, lookup.Nearest(slices.Collect(slices.Chunk(f.classes, 1)), name)[0])
		}
	}
	sorted := slices.Sorted(slices.Values(classes))
	return f.relabel(slices.Compact(sorted)), nil
}

// Classes names the classes, sorted.
func (f *Folder) Classes() []string { return slices.Clone(f.classes) }

// Len is the number of pictures.
func (f *Folder) Len() int { return len(f.files) }

// Path is the file of picture i.
func (f *Folder) Path(i int) string { return f.files[i].path }

// Class is that of picture i, an index into Classes.
func (f *Folder) Class(i int) int { return f.files[i].class }

// Empty names the folders that hold no picture, and so are no classes.
func (f *Folder) Empty() []string { return slices.Clone(f.empty) }

// At reads picture i, from 0 to Len()-1, by [picture.Open]. The error, of one
// line, names the file, or the entry of annotations.json that does not fit it.
func (f *Folder) At(i int) (*Example, error) {
	file := f.files[i]
	p, err := picture.Open(file.path)
	if err != nil {
		return nil, err
	}
	e := &Example{Name: file.path, Image: p.Image, Class: file.class}
	if file.note != nil {
		if err := file.note.mark(e, f.classes[file.class]); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Broken is a picture that cannot be read.
type Broken struct {
	Path string
	Err  error // of one line, and names the file
}

// Check reads every picture once, on all cores, and gives those that can be
// read, of the same classes, and in f's order those that cannot. progress, if
// not nil, is called after each picture, one call at a time. The error is ctx's.
func (f *Folder) Check(ctx context.Context, progress func(done, total int)) (*Folder, []Broken, error) {
	whole, _, broken, err := f.CheckAndKeep(ctx, 0, progress)
	return whole, broken, err
}

// CheckAndKeep is Check, and gives those that can be read as Keep does, with what it has
// read of them.
func (f *Folder) CheckAndKeep(ctx context.Context, bytes int64, progress func(done, total int)) (whole *Folder, kept Set, broken []Broken, err error) {
	errs := make([]error, len(f.files))
	read := &keeper{Set: f, left: bytes, examples: make([]*Example, len(f.files))}
	var mu sync.Mutex // guards done, and calls of progress
	done := 0
	parallel.Each(len(f.files), func(i int) {
		if ctx.Err() != nil {
			return
		}
		_, errs[i] = read.At(i)
		mu.Lock()
		defer mu.Unlock()
		done++
		if progress != nil {
			progress(done, len(f.files))
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, nil, err
	}
	whole = &Folder{dir: f.dir, classes: f.classes}
	all := &keeper{Set: whole, left: read.left}
	for i, file := range f.files {
		if errs[i] != nil {
			broken = append(broken, Broken{file.path, errs[i]})
		} else {
			whole.files = append(whole.files, file)
			all.examples = append(all.examples, read.examples[i])
		}
	}
	return whole, all, broken, nil
}

// Counts is how many pictures each class has.
func (f *Folder) Counts() []int {
	counts := make([]int, len(f.classes))
	for _, file := range f.files {
		counts[file.class]++
	}
	return counts
}

// Fingerprint tells sets of pictures apart: it is the SHA-256, in hexadecimal, of
// the classes' names and of every picture's class, place in the folder and size
// in bytes. It does not depend on where the folder lies.
func (f *Folder) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", f.classes)
	for _, file := range f.files {
		path, err := filepath.Rel(f.dir, file.path)
		if err != nil {
			path = file.path // it lies elsewhere
		}
		size := int64(-1)
		if info, err := os.Stat(file.path); err == nil {
			size = info.Size()
		}
		fmt.Fprintf(h, "%d %q %d\n", file.class, filepath.ToSlash(path), size)
	}
	return hex.EncodeToString(h.Sum(nil))
}
