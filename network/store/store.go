// Package store keeps the weights of published networks on the user's disk: a folder
// for each, which holds the file, as it was published, and a record of it. A file has
// its name only once it is whole and is what it should be.
package store

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"scalecam/fault"
	"scalecam/file"
)

// Store is the folder of the networks' folders.
type Store struct {
	Folder string
}

// User is the store that all of the user's programs share: "networks" in the folder
// that SCALECAM_DATA names, else in "scalecam" in the user's data, as the system has it.
func User() (*Store, error) {
	folder := os.Getenv("SCALECAM_DATA")
	if folder == "" {
		data, err := userData()
		if err != nil {
			return nil, fault.Errorf("store: there is no folder for networks (%w); name one by SCALECAM_DATA", err)
		}
		folder = filepath.Join(data, "scalecam")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fault.Errorf("store: there is no folder for networks (%w); name one by SCALECAM_DATA", err)
	}
	return &Store{filepath.Join(folder, "networks")}, nil
}

// userData is where the system has its users' programs keep large things.
func userData() (string, error) {
	switch runtime.GOOS {
	case "windows": // what does not go from machine to machine with the user
		if local := os.Getenv("LocalAppData"); local != "" {
			return local, nil
		}
		return "", errors.New("LocalAppData is not set")
	case "darwin":
		return os.UserConfigDir() // Library/Application Support
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return data, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

// Trust says how a file was known to be the right one when it was added.
type Trust string

// The ways.
const (
	Whole    Trust = "checksum"  // by a published checksum of 160 bits or more
	Prefix   Trust = "prefix"    // by the first digits of one
	FirstUse Trust = "first use" // by nothing: what came first is what is meant from then on
)

// Record is what is known of a network's file.
type Record struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
	File   string `json:"file"` // its name, in the network's folder
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	From   string `json:"from"` // an address, or the name of a file that was imported
	Trust  Trust  `json:"trust"`
}

const (
	// RecordSchema is a Record's.
	RecordSchema = "scalecam.network/1"
	recordFile   = "record.json"
	mostRecord   = 1 << 16
	stateFile    = "part.json"
	partEnding   = ".part"
)

// Kept is a network in the store.
type Kept struct {
	Record
	Path string
}

// names are what networks, and files of them, can be called: on every system, and
// nowhere but in the store.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$`)

// reserved are names that stand for devices on Windows, with any ending.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// ValidName tells that a network can be called so.
func ValidName(name string) bool {
	return names.MatchString(name) && !strings.HasSuffix(name, ".") && !reserved.MatchString(name)
}

// validFile tells that a network's file can be called so.
func validFile(name string) bool {
	return ValidName(name) && name != recordFile && name != stateFile && !strings.HasSuffix(name, partEnding)
}

// folder is a network's, whose name is valid.
func (s *Store) folder(name string) string { return filepath.Join(s.Folder, name) }

// holds tells that a network has a folder in the store. A link is none: what is written
// there, or removed, would be wherever it leads.
func (s *Store) holds(name string) bool {
	if !ValidName(name) {
		return false
	}
	info, err := os.Lstat(s.folder(name))
	return err == nil && info.IsDir()
}

// regular is an error where a link or anything else lies at a path that a file is to
// have.
func regular(path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fault.Errorf("store: %s is no regular file but a link, a folder or a device; remove it", path)
	}
	return nil
}

// Find gives the network of that name, nil where it is not in the store.
func (s *Store) Find(name string) *Kept {
	if !s.holds(name) {
		return nil
	}
	folder := s.folder(name)
	data, err := file.Read(filepath.Join(folder, recordFile), mostRecord, "a record")
	if err != nil {
		return nil
	}
	k := new(Kept)
	if json.Unmarshal(data, &k.Record) != nil || k.Schema != RecordSchema || k.Name != name || !validFile(k.File) {
		return nil
	}
	k.Path = filepath.Join(folder, k.File)
	info, err := os.Lstat(k.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != k.Bytes {
		return nil
	}
	return k
}

// recorded tells that there is a record of the network, whether it is whole or not.
func (s *Store) recorded(name string) bool {
	_, err := os.Lstat(filepath.Join(s.folder(name), recordFile))
	return err == nil && s.holds(name)
}

// Part is how many bytes of a network's file have come, where it is not whole.
func (s *Store) Part(name string) int64 {
	if !s.holds(name) || s.Find(name) != nil {
		return 0
	}
	parts, _ := filepath.Glob(filepath.Join(s.folder(name), "*"+partEnding))
	for _, p := range parts {
		if info, err := os.Lstat(p); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// Names are those of all networks of which there is anything in the store, sorted.
func (s *Store) Names() ([]string, error) {
	entries, err := os.ReadDir(s.Folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Errorf("store: %s cannot be read: %w; check its permissions", s.Folder, cause(err))
	}
	var all []string
	for _, e := range entries {
		if e.IsDir() && ValidName(e.Name()) {
			all = append(all, e.Name())
		}
	}
	slices.Sort(all)
	return all, nil
}

// Remove removes a network, or what there is of it. Its calibration goes with it.
func (s *Store) Remove(name string) (err error) {
	if !s.holds(name) {
		return fault.Errorf("store: %.80s is not in the store; networks list says what is", name)
	}
	release, err := s.lock(name)
	if err != nil {
		return err
	}
	folder := s.folder(name)
	defer func() {
		release()
		_ = os.Remove(folder) // where anything is left, it stays
	}()
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fault.Errorf("store: %s cannot be removed: %w; check the permissions of %s", name, cause(err), folder)
	}
	// The record first: without it nothing is taken for a network.
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return rank(a) - rank(b) })
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		switch {
		case e.Name() == file.LockName:
			continue
		case e.IsDir(): // the store has none there
			err = fault.Errorf("store: %s was removed, but not the folder %s, which is not the store's; remove it", name, path)
			continue
		}
		if err := os.Remove(path); err != nil { // of a link, not what it leads to
			return fault.Errorf("store: %s cannot be removed: %w; check the permissions of %s", name, cause(err), folder)
		}
	}
	return err
}

func rank(e fs.DirEntry) int {
	if e.Name() == recordFile {
		return 0
	}
	return 1
}

// lock keeps a network's folder, which is there, from others. Where the file system
// knows no locks nothing is kept, and checksums alone tell.
func (s *Store) lock(name string) (release func(), err error) {
	folder := s.folder(name)
	if info, err := os.Lstat(folder); err == nil && !info.IsDir() {
		return nil, fault.Errorf("store: %s is a link, which may lead out of the store; remove it, and add the network again", folder)
	}
	if err := regular(filepath.Join(folder, file.LockName)); err != nil {
		return nil, err
	}
	release, err = file.Lock(folder)
	if errors.Is(err, errors.ErrUnsupported) {
		return func() {}, nil
	}
	if err == nil {
		file.SweepOwn(folder) // what a killed program left of its writing
	}
	if no, ok := errors.AsType[syscall.Errno](err); ok && !errors.Is(err, file.ErrInUse) && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Errorf("store: %s cannot be changed: %w; check its permissions", folder, no)
	}
	return release, err
}

// write writes a small file into a network's folder. A link in its place is refused: the
// file would be written where that leads.
func write(path string, data []byte) error {
	if err := regular(path); err != nil {
		return err
	}
	return file.Write(file.File{Path: path, Data: data})
}

// cause is an error of the file system without the call and the path.
func cause(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}
