package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/file"
)

// Progress is how far a network is.
type Progress struct {
	Name        string
	Stage       Stage
	Done, Total int64 // bytes; a Total of 0 is not known
	Err         error // at the stages Pausing and Failed
}

// Stage is what is done for a network.
type Stage string

// The stages.
const (
	Waiting  Stage = "waiting" // for its turn
	Held     Stage = "held"    // by another program, which adds it, too: waiting for that
	Getting  Stage = "getting"
	Pausing  Stage = "pausing" // before the server is asked again
	Checking Stage = "checking"
	Added    Stage = "added"
	Here     Stage = "here" // already
	Failed   Stage = "failed"
)

// Adding is how networks are added.
type Adding struct {
	Net *Net
	// Check is an error where the file is not a network's that is published, by what it
	// holds; the store itself looks at checksums alone.
	Check func(p *assets.Published, path string) error
	// Report is told how far each network is, by one caller at a time; nil for nobody.
	Report func(Progress)
}

// maxAtOnce is how many files are got at a time.
const maxAtOnce = 3

// Add gets networks that are not in the store yet, several at once. What one fails by
// stops no other: the error is all of theirs, in the networks' order, or ctx's
// when ctx ends. What has come of those that are not whole stays, for the next time.
func (s *Store) Add(ctx context.Context, networks []*assets.Published, how Adding) error {
	var mu sync.Mutex
	report := func(p Progress) {
		if how.Report != nil {
			mu.Lock()
			defer mu.Unlock()
			how.Report(p)
		}
	}
	turns := make(chan struct{}, maxAtOnce)
	failed := make([]error, len(networks))
	var all sync.WaitGroup
	for i, p := range networks {
		report(Progress{Name: p.Name, Stage: Waiting, Total: p.Bytes})
		all.Go(func() {
			select {
			case turns <- struct{}{}:
			case <-ctx.Done():
				return
			}
			defer func() { <-turns }()
			if failed[i] = s.add(ctx, p, how, report); failed[i] != nil {
				report(Progress{Name: p.Name, Stage: Failed, Err: failed[i]})
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(failed...)
}

// add gets one network.
func (s *Store) add(ctx context.Context, p *assets.Published, how Adding, report func(Progress)) error {
	at, err := how.Net.at(p.URL)
	if err != nil {
		return err
	}
	return s.place(ctx, p.Name, p.File(), report, func(part string) (*Record, error) {
		d := &download{net: how.Net, url: at, part: part, sure: p.Checksum != "", bytes: p.Bytes, most: mostBytes(p), report: steady(func(done, total int64) {
			report(Progress{Name: p.Name, Stage: Getting, Done: done, Total: total})
		}), pausing: func(err error) {
			report(Progress{Name: p.Name, Stage: Pausing, Done: s.Part(p.Name), Err: err})
		}}
		for {
			if err := d.get(ctx); err != nil {
				return nil, err
			}
			r, err := s.judge(ctx, p, part, how.Check, report)
			if err == nil || ctx.Err() != nil {
				if r != nil {
					r.From = p.URL
				}
				return r, err
			}
			resumed := d.resumed
			if err := d.forget(); err != nil {
				return nil, err
			}
			if !resumed {
				return nil, err
			} // else two parts may not have belonged together
		}
	})
}

// judge is the record of a file that is a network's, of which it is known what it
// should be.
func (s *Store) judge(ctx context.Context, p *assets.Published, part string, check func(*assets.Published, string) error, report func(Progress)) (*Record, error) {
	sum, err := summed(ctx, part, steady(func(done, _ int64) { report(Progress{Name: p.Name, Stage: Checking, Done: done}) }).done)
	if err != nil {
		return nil, err
	}
	if !sum.are(p.Checksum) {
		return nil, fault.Errorf("store: %s: its checksum is %s, and the published one %s: it is another file, or was changed on its way; it was not kept", p.Name, sum.of(p.Checksum), p.Checksum)
	}
	if check != nil {
		if err := check(p, part); err != nil {
			return nil, fault.Errorf("store: %s: what came is not this network: %w; it was not kept", p.Name, err)
		}
	}
	return &Record{SHA256: sum.sha256, Bytes: sum.bytes, Trust: trust(p.Checksum)}, nil
}

// place puts a network's file into the store. fill fills the part, which may be there
// from another time, and gives what is known of it.
func (s *Store) place(ctx context.Context, name, base string, report func(Progress), fill func(part string) (*Record, error)) error {
	if !ValidName(name) || !validFile(base) {
		return fault.Errorf("store: %.80q: nothing in the store can be called so, or hold a file called %.80q", name, base)
	}
	folder := s.folder(name)
	release, err := s.claim(ctx, name, report)
	if err != nil {
		return err
	}
	defer func() {
		release()
		_ = os.Remove(folder) // where nothing came
	}()
	if k := s.Find(name); k != nil {
		report(Progress{Name: name, Stage: Here, Done: k.Bytes, Total: k.Bytes})
		return nil
	}
	part := filepath.Join(folder, base+partEnding)
	for _, path := range []string{part, filepath.Join(folder, base), filepath.Join(folder, recordFile)} { // before anything is got in vain
		if err := regular(path); err != nil {
			return err
		}
	}
	record, err := fill(part)
	if err != nil {
		return err
	}
	record.Schema, record.Name, record.File = RecordSchema, name, base
	data, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return fault.Errorf("store: %w", err)
	}
	// The record first: without its file it says nothing, and the file without it is nothing.
	if err := write(filepath.Join(folder, recordFile), append(data, '\n')); err != nil {
		return err
	}
	if err := file.Move(part, filepath.Join(folder, base)); err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(folder, stateFile)) // of no use any more, and no harm
	report(Progress{Name: name, Stage: Added, Done: record.Bytes, Total: record.Bytes})
	return nil
}

// claim makes a network's folder and keeps it from others, waiting for another
// program that adds the same.
func (s *Store) claim(ctx context.Context, name string, report func(Progress)) (release func(), err error) {
	for {
		if err := os.MkdirAll(s.folder(name), 0o777); err != nil {
			return nil, fault.Errorf("store: %s cannot be made: %w; name another folder by SCALECAM_DATA", s.folder(name), cause(err))
		}
		release, err = s.lock(name)
		if err == nil || errors.Is(err, file.ErrInUse) {
			if err == nil {
				return release, nil
			}
			report(Progress{Name: name, Stage: Held})
		} else if _, there := os.Stat(s.folder(name)); there == nil { // else another removed it between the two calls
			return nil, err
		}
		const often = 200 * time.Millisecond
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(often):
		}
	}
}

// mostBytes is the most that a network's file can have: what is said, and a little,
// or of the parameters and their statistics four times as much as they take.
func mostBytes(p *assets.Published) int64 {
	const beside = 16 << 20 // names, statistics, what an archive adds
	if p.Bytes > 0 {
		return p.Bytes + p.Bytes/50 + beside/16
	}
	return 4*Size(p) + beside
}

// Size is how many bytes a network's file has, as far as that is published, else what
// its parameters take as float32.
func Size(p *assets.Published) int64 {
	if p.Bytes > 0 {
		return p.Bytes
	}
	return 4 * Count(p.Parameters)
}

// Count reads a published number of parameters or MACs, "5288548", "3.504M" or "0.386G";
// 0 where it is none.
func Count(text string) int64 {
	scale := 1.0
	for unit, by := range map[string]float64{"k": 1e3, "M": 1e6, "G": 1e9} {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			text, scale = rest, by
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0 && v*scale < 1e15) {
		return 0
	}
	return int64(v*scale + 0.5)
}

// steady is a report that is told ten times a second.
func steady(report func(done, total int64)) reporter {
	var last time.Time
	return func(done, total int64) {
		const often = 100 * time.Millisecond
		if now := time.Now(); now.Sub(last) >= often || done == total {
			last = now
			report(done, total)
		}
	}
}

type reporter func(done, total int64)

func (r reporter) done(done int64) { r(done, 0) }

// Verified is what Verify found of a network.
type Verified struct {
	Kept
	Part int64 // bytes that have come of a file that is not whole; 0 where it is, or nothing came
	Err  error // nil where the file is whole and right, or not there yet
}

// Verify reads the files of the named networks through, of all where none are named,
// and holds them to their records and to what was published.
func (s *Store) Verify(ctx context.Context, named []string, report func(name string, done, total int64)) ([]Verified, error) {
	everything := len(named) == 0
	if everything {
		var err error
		if named, err = s.Names(); err != nil {
			return nil, err
		}
	}
	var all []Verified
	for _, name := range named {
		k := s.Find(name)
		if k == nil {
			v := Verified{Kept: Kept{Record: Record{Name: name}}, Part: s.Part(name)}
			_, unread := os.ReadDir(s.folder(name))
			switch there := s.recorded(name); {
			case s.holds(name) && unread != nil:
				v.Err = fault.Errorf("store: %s cannot be read: %w; check its permissions", s.folder(name), cause(unread))
			case v.Part > 0: // on its way
			case there:
				v.Err = fault.Errorf("store: %s: its file is cut, changed or gone; remove it and add it again", name)
			case !everything:
				v.Err = fault.Errorf("store: %.80s is not in the store; networks list says what is", name)
			default: // nothing had come when adding it was broken off
				continue
			}
			all = append(all, v)
			continue
		}
		sum, err := summed(ctx, k.Path, func(done int64) {
			if report != nil {
				report(name, done, k.Bytes)
			}
		})
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		p := assets.PublishedNetworks().Lookup(name)
		switch {
		case err != nil:
		case sum.sha256 != k.SHA256:
			err = fault.Errorf("store: %s: its SHA-256 is %s and was %s when it was added: it was changed since; remove it and add it again", name, sum.sha256, k.SHA256)
		case p != nil && !sum.are(p.Checksum):
			err = fault.Errorf("store: %s: its checksum is %s, and the published one %s; remove it and add it again", name, sum.of(p.Checksum), p.Checksum)
		}
		all = append(all, Verified{Kept: *k, Err: err})
	}
	return all, nil
}

// Identify gives the published network that a file is by its checksum, nil of none,
// and the file's SHA-256.
func Identify(ctx context.Context, path string) (p *assets.Published, sha256 string, err error) {
	sum, err := summed(ctx, path, nil)
	if err != nil {
		return nil, "", err
	}
	all := assets.PublishedNetworks().Networks
	for i := range all {
		if all[i].Checksum != "" && sum.are(all[i].Checksum) {
			return &all[i], sum.sha256, nil
		}
	}
	return nil, sum.sha256, nil
}

// Import copies a file into the store: as the published network that it is or, where p
// is nil, under a name of its own. beside are files that speak of it, which go with it.
func (s *Store) Import(ctx context.Context, path, name string, p *assets.Published, beside []string, how Adding) error {
	report := how.Report
	if report == nil {
		report = func(Progress) {}
	}
	base := called(filepath.Base(path))
	if p != nil {
		name, base = p.Name, p.File()
	}
	return s.place(ctx, name, base, report, func(part string) (*Record, error) {
		from, info, err := file.Open(path, "a weights file")
		if err != nil {
			return nil, fault.Errorf("store: %w", err)
		}
		defer from.Close() // opened for reading only, nothing to lose
		d := &download{part: part}
		if err := d.forget(); err != nil {
			return nil, err
		}
		kept := false
		for _, b := range beside {
			if to := filepath.Join(s.folder(name), filepath.Base(b)); !exists(to) {
				defer func() { // or it would speak of another file some day
					if !kept {
						_ = os.Remove(to)
					}
				}()
			}
			if err := s.copyBeside(name, b); err != nil {
				return nil, err
			}
		}
		to, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return nil, d.unwritable(err)
		}
		tell := steady(func(done, total int64) { report(Progress{Name: name, Stage: Getting, Done: done, Total: total}) })
		_, err = copyAll(ctx, to, io.LimitReader(from, info.Size()), func(done int64) { tell(done, info.Size()) })
		if err == nil {
			err = to.Sync()
		}
		if closed := to.Close(); err == nil {
			err = closed
		}
		if err != nil {
			_ = d.forget() // a copy is soon made anew
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, d.unwritable(err)
		}
		if p == nil {
			p = &assets.Published{Name: name}
		}
		r, err := s.judge(ctx, p, part, how.Check, report)
		if err != nil {
			_ = d.forget()
			return nil, err
		}
		r.From = fmt.Sprintf("file %s", filepath.Base(path))
		kept = true
		return r, nil
	})
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// called is a file's name as it can be in the store: with - for what cannot.
func called(base string) string {
	base = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && names.MatchString("a"+string(r)) {
			return r
		}
		return '-'
	}, base)
	const most = 100
	if base = strings.TrimLeft(base[max(len(base)-most, 0):], ".-_"); !validFile(base) {
		base = "network-" + base
	}
	return base
}

// copyBeside copies a small file into a network's folder.
func (s *Store) copyBeside(name, path string) error {
	const most = 4 << 20
	if !validFile(filepath.Base(path)) {
		return fault.Errorf("store: %s: nothing in the store can hold a file called so", path)
	}
	data, err := file.Read(path, most, "a configuration")
	if err != nil {
		return fault.Errorf("store: %w", err)
	}
	return write(filepath.Join(s.folder(name), filepath.Base(path)), data)
}
