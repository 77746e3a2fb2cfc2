package record

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// Missing is the error of a session whose file is not found by the name that it
// gives.
type Missing struct {
	error
	Session string // the session's own file
	Name    string
	Network bool   // it is a weights file, not a picture
	Other   string // a file of the name that is not the one meant; "" for none
}

// Unwrap gives the error without what else is known of it.
func (m *Missing) Unwrap() error { return m.error }

// Find puts paths in the place of names that do not say where their files are, as
// BaseNames are. They are looked for in the places, which are folders, or files
// themselves, whatever they are called; then beside the session's own file, and
// then in the current folder. A file of another SHA-256 than the session gives is
// not the one meant. The error is a *Missing, or ctx's when ctx ends.
func (s *Session) Find(ctx context.Context, places ...string) error {
	look := lookout{ctx, s.path, append(places, filepath.Dir(s.path), "."), map[string]string{}}
	for i, p := range s.Settings.Pictures {
		name, sum := string(p), ""
		if NeedsNoFile(name) || filepath.IsAbs(name) {
			continue
		}
		if i < len(s.Settings.SHA256) {
			sum = s.Settings.SHA256[i]
		}
		path, err := look.find(name, sum, false)
		if err != nil {
			return err
		}
		s.Settings.Pictures[i] = asFile(path, NeedsNoFile)
	}
	for i := range s.Settings.Networks {
		n := &s.Settings.Networks[i]
		spec := string(n.Spec)
		if models.Named(spec) || filepath.IsAbs(spec) {
			continue
		}
		name, size := spec, ""
		if at := strings.LastIndexByte(spec, '@'); at > 0 {
			if _, err := network.ParseSize(spec[at+1:]); err == nil {
				name, size = spec[:at], spec[at:]
			}
		}
		path, err := look.find(name, n.SHA256, true)
		if err != nil && size != "" { // or a file's name has it
			if whole, failed := look.find(spec, n.SHA256, true); failed == nil {
				path, size, err = whole, "", nil
			}
		}
		if err != nil {
			return err
		}
		n.Spec = asFile(path+size, models.Named)
	}
	return nil
}

// lookout is where a session's files are looked for.
type lookout struct {
	ctx     context.Context
	session string
	places  []string
	sums    map[string]string // of files that were read, by path
}

// find is the path of the file of that name and, unless it is "", that SHA-256.
func (l lookout) find(name, sum string, weights bool) (string, error) {
	other := ""
	for _, place := range l.places {
		path := place
		if info, err := os.Stat(place); err == nil && info.IsDir() {
			path = filepath.Join(place, name)
		} else if sum == "" && filepath.Base(place) != filepath.Base(name) {
			continue // nothing tells that it is meant
		}
		switch is, err := l.holds(path, sum, weights); {
		case errors.Is(err, fs.ErrNotExist):
		case l.ctx.Err() != nil:
			return "", l.ctx.Err()
		case is || err != nil: // opening it says what is wrong
			return path, nil
		case filepath.Base(path) == filepath.Base(name):
			other = path
		}
	}
	m := &Missing{Session: l.session, Name: name, Network: weights, Other: other}
	what := "picture"
	if weights {
		what = "weights file"
	}
	m.error = fault.Errorf("record: %s names the %s %s, which is neither beside it nor in the current folder; say where it is with --look-in FOLDER", l.session, what, name)
	if other != "" {
		m.error = fault.Errorf("record: %s is not the %s that %s names, but another of its name; say where that is with --look-in FOLDER", other, what, l.session)
	}
	return "", m
}

// holds tells whether a file has the SHA-256, "" for any.
func (l lookout) holds(path, sum string, weights bool) (bool, error) {
	if got, ok := l.sums[path]; ok && sum != "" {
		return got == sum, nil
	}
	f, info, err := file.Open(path, remedy)
	if err != nil || sum == "" {
		return err == nil, err
	}
	defer f.Close() // opened for reading only, nothing to lose
	if !weights && info.Size() > picture.MaxBytes {
		return false, nil
	}
	got, err := file.SHA256(l.ctx, f)
	if err == nil {
		l.sums[path] = got
	}
	return got == sum, err
}
