package compare

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/assets"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
)

// OpenPicture opens the picture that a path names: a file or an embedded sample
// (see picture.Open), or a scene to be drawn (see scenes.Open). A labelled picture
// says what it shows (see dataset.Label).
func OpenPicture(path string) (*picture.Picture, error) {
	if strings.HasPrefix(path, scenes.Prefix) {
		return scenes.Open(path)
	}
	p, err := picture.Open(path)
	if err != nil || strings.HasPrefix(path, picture.SamplePrefix) {
		return p, err
	}
	if err := dataset.Label(context.Background(), p); err != nil && p.Beware == nil {
		p.Beware = err
	}
	return p, nil
}

// PictureFiles are the pictures in a folder by their names' endings, sorted by
// name; hidden files, as macOS writes beside each on other disks (._1.jpg), are
// left out.
func PictureFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fault.Errorf("compare: the folder %s cannot be read: %w; name another", folder, errors.Unwrap(err))
	}
	var paths []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && slices.Contains(picture.Extensions, strings.ToLower(filepath.Ext(e.Name()))) {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, fault.Errorf("compare: the folder %s holds no pictures; name one with files that end in %s", folder, strings.Join(picture.Extensions, ", "))
	}
	return paths, nil
}

// PictureSize is the size of the picture that OpenPicture opens.
func PictureSize(path string) (image.Point, error) {
	if strings.HasPrefix(path, scenes.Prefix) {
		return scenes.Size(path)
	}
	return picture.Size(path)
}

// Sample is a picture that needs no file, for those who have none at hand.
type Sample struct{ Path, Title string }

// Samples are the embedded pictures, then the sample scenes.
func Samples() []Sample {
	var all []Sample
	for _, s := range assets.Samples() {
		all = append(all, Sample{picture.SamplePrefix + s.Name, s.Title})
	}
	for _, s := range sampleScenes {
		all = append(all, Sample{scenes.Path(s.number), s.title})
	}
	return all
}

// sampleScenes are scenes that show what the networks of the pack find easy and
// what they do not.
var sampleScenes = []struct {
	number int
	title  string
}{
	{35, "A windmill, and a clock"},
	{4, "A cat among odds and ends"},
	{26, "A dog behind a pole"},
	{86, "A taxi, by its sign"},
	{74, "A boat, and a clock"},
	{6, "A compass"},
	{58, "A small cat"},
	{72, "A bicycle"},
}

// SampleFor is the path of the picture to begin with for the models.
func SampleFor(models []*network.Model) string {
	domain := models[0].Domain
	for _, m := range models {
		if m.Domain != domain {
			domain = network.Unknown
		}
	}
	return SampleOf(domain)
}

// SampleOf is the path of the picture to begin with for networks of a domain: a
// scene for those that know what is in scenes, else a photograph.
func SampleOf(domain network.Domain) string {
	if domain == network.Scenes {
		return scenes.Path(sampleScenes[0].number)
	}
	return picture.SamplePrefix + assets.Samples()[0].Name
}
