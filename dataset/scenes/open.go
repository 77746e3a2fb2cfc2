package scenes

import (
	"image"
	"math/rand/v2"
	"strconv"
	"strings"

	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/picture"
)

// Seeds of the scenes that networks learn from, are validated on while they do,
// and are measured on and shown afterwards: no scene is in two of them.
const (
	TrainSeed = 1 + iota
	ValidationSeed
	TestSeed
)

// Prefix begins the path of a scene, as in "scene:12".
const Prefix = "scene:"

// shownSide is the side of a scene that is opened by its path.
const shownSide = 640

// Path names scene n of TestSeed, which Open opens.
func Path(n int) string { return Prefix + strconv.Itoa(n) }

// RandomPath names a scene that no test and no sample uses.
func RandomPath() string { return Path(1_000_000 + rand.IntN(1_000_000_000)) }

// Open draws the scene that a path names, 640 pixels wide and high.
func Open(path string) (*picture.Picture, error) { return open(path, Draw) }

// OpenWithout is Open of the same scene without its class's telling part, as
// DrawWithout says.
func OpenWithout(path string) (*picture.Picture, error) { return open(path, DrawWithout) }

func open(path string, draw func(seed uint64, n, side int) *dataset.Example) (*picture.Picture, error) {
	n, err := number(path)
	if err != nil {
		return nil, err
	}
	e := draw(TestSeed, n, shownSide)
	p := &picture.Picture{Path: path, Format: "scene", Image: e.Image, Shows: classes[e.Class].name}
	p.SetObject(e.Mask)
	return p, nil
}

// Size is the size of the scene that Open would draw.
func Size(path string) (image.Point, error) {
	_, err := number(path)
	return image.Pt(shownSide, shownSide), err
}

// number is that of the scene that a path names.
func number(path string) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(path, Prefix))
	if err != nil || n < 0 || int64(n) > 1<<40 {
		return 0, fault.Errorf("scenes: %s: scenes are numbered from 0 on, as in %s", path, Path(12))
	}
	return n, nil
}
