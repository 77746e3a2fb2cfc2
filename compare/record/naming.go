package record

import (
	"path/filepath"
	"strings"

	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network/models"
	"scalecam/picture"
)

// Naming says by what names an export tells of pictures and weights files.
type Naming int

const (
	// BaseNames are without folders, so that what is passed on does not tell where
	// it was made. The SHA-256 of each file tells it from others of its name.
	BaseNames Naming = iota
	// WholePaths are as they were given.
	WholePaths
)

// picture names a picture by its path.
func (n Naming) picture(path string) file.Path {
	if n == WholePaths || NeedsNoFile(path) {
		return file.Path(path)
	}
	return asFile(filepath.Base(path), NeedsNoFile)
}

// network names a network by its spec.
func (n Naming) network(spec string) file.Path {
	if n == WholePaths || models.Named(spec) {
		return file.Path(spec)
	}
	return asFile(filepath.Base(spec), models.Named)
}

// NeedsNoFile tells whether a path names a picture that needs no file.
func NeedsNoFile(path string) bool {
	return strings.HasPrefix(path, scenes.Prefix) || strings.HasPrefix(path, picture.SamplePrefix)
}

// asFile is a path, marked as a file's where it would name what is built in.
func asFile(path string, builtIn func(string) bool) file.Path {
	if builtIn(path) {
		path = "./" + path
	}
	return file.Path(path)
}
