package file

import (
	"path/filepath"
	"strings"
)

// WithExtension is a path with another extension, ".csv", in the place of its own.
func WithExtension(path, extension string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + extension
}
