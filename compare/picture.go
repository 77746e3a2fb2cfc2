package compare

import (
	"strings"

	"scalecam/dataset/scenes"
	"scalecam/picture"
)

// OpenPicture opens the picture that a path names: a file or an embedded sample
// (see picture.Open), or a scene to be drawn (see scenes.Open).
func OpenPicture(path string) (*picture.Picture, error) {
	if strings.HasPrefix(path, scenes.Prefix) {
		return scenes.Open(path)
	}
	return picture.Open(path)
}
