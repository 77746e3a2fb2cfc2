// Package assets holds what is embedded in the program: the trained networks, the
// sample pictures, the names of ImageNet's classes, the window's texts and the
// icon.
//
// Everything here is read-only bytes and text. The pictures and the icon are
// the project's own: the program in samples/draw draws them.
package assets

import (
	"embed"
	"fmt"
)

//go:generate go run ./samples/draw -o .

// Sample is a picture that comes with the program, for those who start it
// without one of their own.
type Sample struct {
	Name  string // file name, such as "balloons.jpg"; unique among the samples
	Title string // what the picture shows, in English
	Data  []byte // the JPEG file, 800×600 pixels, sRGB; not to be written to
}

// Icon is the program's icon: a PNG file of 512×512 pixels with transparent
// corners. It is not to be written to.
//
//go:embed icon.png
var Icon []byte

//go:embed samples/balloons.jpg
var balloons []byte

//go:embed samples/clock.jpg
var clock []byte

// Samples returns the sample pictures; the first is the one shown where no
// picture is named. The slice is the caller's, the bytes in it are shared.
func Samples() []Sample {
	return []Sample{
		{Name: "balloons.jpg", Title: "Balloons at sunset", Data: balloons},
		{Name: "clock.jpg", Title: "A clock over a shelf", Data: clock},
	}
}

//go:embed translations
var translations embed.FS

// Translation is the window's texts in a language, such as "en": a JSON object
// of keys and texts. It panics where there is no such language.
func Translation(language string) []byte {
	data, err := translations.ReadFile("translations/" + language + ".json")
	if err != nil {
		panic(fmt.Sprintf("assets: %v", err))
	}
	return data
}

// Errors is what the program's errors say in a language: a JSON object that has,
// for each package, an object of the formats as they stand in its source, in
// English, and what they say. It is nil where there is none, as for English.
func Errors(language string) []byte {
	data, err := translations.ReadFile("translations/errors-" + language + ".json")
	if err != nil {
		return nil
	}
	return data
}
