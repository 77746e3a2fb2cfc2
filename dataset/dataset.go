// Package dataset holds labelled pictures: class folders, with boxes and masks
// where they have them. The scenes that the program draws are in
// scalecam/dataset/scenes.
package dataset

import "image"

// Example is a picture with its label and, where they are known, the places of
// the object in it.
type Example struct {
	Name  string // of the picture, as shown: a file's path, "scene 12"
	Image *image.RGBA
	Class int // index into the set's Classes
	// Box holds the object, in the picture's pixels; empty where not known.
	Box image.Rectangle
	// Mask is how far each pixel shows the object, 0 to 255, and Part the same
	// for the part by which its class is told; both have the picture's bounds,
	// and are nil where not known.
	Mask, Part *image.Alpha
}

// Set is a fixed list of labelled pictures. Its methods may be called from
// several goroutines.
type Set interface {
	// Classes names the classes, in the order of the labels.
	Classes() []string
	// Len is the number of examples.
	Len() int
	// Class is that of example i, which need not be read for that.
	Class(i int) int
	// At gives example i, from 0 to Len()-1: the same one every time.
	At(i int) (*Example, error)
}
