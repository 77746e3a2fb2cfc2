package batch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/file"
)

// Merge makes one batch of its shards, which are in the folders, into the folder out, as
// one run without shards would have made it. Where out is the only folder, the files stay
// where they are and the shards' own are removed; else files are copied, each held to its
// SHA-256, and the folders stay as they are.
func Merge(ctx context.Context, folders []string, out string) (sum Summary, err error) {
	parts, settings, err := shardsOf(folders)
	if err != nil {
		return sum, err
	}
	inPlace := len(folders) == 1 && sameFolder(folders[0], out)
	if !inPlace {
		if slices.ContainsFunc(folders, func(f string) bool { return sameFolder(f, out) }) {
			return sum, fmt.Errorf("batch: %s is one of several folders to merge; name a new folder to write to", out)
		}
		if err := (&Job{Dir: out}).fresh(); err != nil {
			return sum, err
		}
	}
	if err := makeFolder(out); err != nil {
		return sum, err
	}
	release, err := file.Lock(out)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return sum, err
	}
	if err == nil {
		defer release()
	}
	if !inPlace { // first, so that it is known whose folder it is
		path := filepath.Join(out, settingsFile)
		is, err := os.ReadFile(path)
		if err == nil && !bytes.Equal(asNow(is), settings) {
			return sum, fmt.Errorf("batch: the folder %s holds another batch; name another folder", out)
		}
		if err := file.Write(file.File{Path: path, Data: settings}); err != nil {
			return sum, err
		}
	}
	if sum, err = interleave(ctx, parts, out, inPlace); err != nil {
		return sum, err
	}
	if !inPlace {
		return sum, nil
	}
	if err := file.Write(file.File{Path: filepath.Join(out, settingsFile), Data: settings}); err != nil {
		return sum, err
	}
	file.SweepOwn(out) // what was left of shards that were killed
	if err := os.RemoveAll(filepath.Join(out, shards)); err != nil {
		return sum, fmt.Errorf("batch: what the shards in %s were cannot be removed: %w; the batch is whole without", out, err)
	}
	return sum, nil
}

// shard is one to be merged.
type shard struct {
	dir   string // the batch's folder that it is in
	lines *bufio.Reader
}

// shardsOf opens the shards in the folders, in order, and gives their settings.
func shardsOf(folders []string) (parts []*shard, settings []byte, err error) {
	found := map[string]string{} // batch's folders, by shards' names
	for _, dir := range folders {
		entries, err := os.ReadDir(filepath.Join(dir, shards))
		if err != nil {
			return nil, nil, fmt.Errorf("batch: the folder %s holds no shards (%w); name one in which scalecam batch --shard wrote", dir, errors.Unwrap(err))
		}
		for _, e := range entries {
			if other, ok := found[e.Name()]; ok {
				return nil, nil, fmt.Errorf("batch: shard %s is in %s and in %s; leave one of the folders out", e.Name(), other, dir)
			}
			if _, err := ParseShard(strings.Replace(e.Name(), "-of-", "/", 1)); err == nil {
				found[e.Name()] = dir
			}
		}
	}
	of := 0
	for name := range found {
		s, _ := ParseShard(strings.Replace(name, "-of-", "/", 1)) // as above
		if of > 0 && s.Of != of {
			return nil, nil, fmt.Errorf("batch: there are shards of %d and of %d; name the folders of one batch", min(of, s.Of), max(of, s.Of))
		}
		of = s.Of
	}
	var missing []string
	for part := 1; part <= of; part++ {
		s := Shard{part, of}
		dir, ok := found[filepath.Base(s.Folder(""))]
		own := s.Folder(dir)
		if ok {
			_, err := os.Stat(filepath.Join(own, Manifest))
			ok = err == nil
		}
		if !ok {
			missing = append(missing, s.String())
			continue
		}
		theirs, err := os.ReadFile(filepath.Join(own, settingsFile))
		if err != nil {
			return nil, nil, fmt.Errorf("batch: shard %v: %s cannot be read: %w", s, settingsFile, errors.Unwrap(err))
		}
		theirs = asNow(theirs)
		if settings == nil {
			settings = theirs
		}
		if !bytes.Equal(settings, theirs) {
			return nil, nil, fmt.Errorf("batch: shard %v has other pictures or settings than the first, or was made by another version of scalecam (see %s); run it again as the others", s, filepath.Join(own, settingsFile))
		}
		parts = append(parts, &shard{dir: dir})
	}
	if len(missing) > 0 || of == 0 {
		return nil, nil, fmt.Errorf("batch: of %d shards %d are not done (%s); run them first, with scalecam batch --shard", of, len(missing), strings.Join(missing[:min(len(missing), 5)], ", "))
	}
	return parts, settings, nil
}

// interleave writes the manifest of the shards' lines, one of each in turn, and copies the
// files that the lines name, unless they are there.
func interleave(ctx context.Context, parts []*shard, out string, inPlace bool) (sum Summary, err error) {
	for k, p := range parts {
		f, err := os.Open(filepath.Join(Shard{k + 1, len(parts)}.Folder(p.dir), Manifest))
		if err != nil {
			return sum, fmt.Errorf("batch: shard %d of %d cannot be read: %w", k+1, len(parts), errors.Unwrap(err))
		}
		defer f.Close()
		p.lines = bufio.NewReaderSize(f, 1<<16)
	}
	journal, err := openJournal(filepath.Join(out, journalFile), func(e *Entry) bool { return inPlace || e.there(out) })
	if err != nil {
		return sum, err
	}
	defer journal.close()
	done := journal.lines // by a merge that was interrupted
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		p := parts[i%len(parts)]
		line, err := p.lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		var e Entry
		if err == nil {
			err = json.Unmarshal(line, &e)
		}
		if err == nil && e.Index != i {
			err = fmt.Errorf("line %d is of picture %d", i/len(parts)+1, e.Index)
		}
		if err != nil {
			return sum, fmt.Errorf("batch: the manifest of shard %d of %d is damaged (%w); run it again in a new folder", i%len(parts)+1, len(parts), err)
		}
		if sum.Pictures++; e.Error != "" {
			sum.Broken++
		}
		if i < done {
			continue
		}
		if !inPlace {
			if err := copyOutputs(&e, p.dir, out); err != nil {
				return sum, err
			}
		}
		if err := journal.addLine(line); err != nil {
			return sum, err
		}
	}
	return sum, journal.finish(filepath.Join(out, Manifest))
}

// copyOutputs copies the files that an entry names.
func copyOutputs(e *Entry, from, to string) error {
	var files []file.File
	for _, o := range e.outputs() {
		data, err := o.read(from)
		if err != nil {
			return fmt.Errorf("batch: a file that the manifest in %s names cannot be had: %w; run its shard again in a new folder", from, err)
		}
		place := filepath.Join(to, filepath.FromSlash(o.File))
		if err := makeFolder(filepath.Dir(place)); err != nil {
			return err
		}
		files = append(files, file.File{Path: place, Data: data})
	}
	return file.WriteSoon(files...)
}

func sameFolder(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}
