// Package assets holds what is embedded in the program: the trained networks, the
// sample pictures, the names of ImageNet's classes, the window's texts, Korean
// letters and the icon.
//
// Everything here is read-only bytes and text. The icon and the drawn pictures are
// the project's own: the program in samples/draw draws them. The photographs are
// others', in the public domain (samples/NOTICE), and so are the letters, by the SIL
// Open Font License (fonts/LICENSE).
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
	// Credit is who made a photograph, and by what licence; "" for a drawn picture.
	Credit string
	Data   []byte // the JPEG file, sRGB; not to be written to
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

//go:embed samples/cat.jpg
var cat []byte

//go:embed samples/espresso.jpg
var espresso []byte

// Samples returns the sample pictures: photographs, the first of which is shown
// where no picture is named, then drawn ones. The slice is the caller's, the bytes in
// it are shared.
func Samples() []Sample {
	return []Sample{
		{Name: "cat.jpg", Title: "A cat", Credit: "Stéfan van der Walt, CC0", Data: cat},
		{Name: "espresso.jpg", Title: "A cup of espresso", Credit: "Rachel Michetti, CC0", Data: espresso},
		{Name: "balloons.jpg", Title: "Balloons at sunset", Data: balloons},
		{Name: "clock.jpg", Title: "A clock over a shelf", Data: clock},
	}
}

// HangulRegular and HangulBold are fonts of Korean letters and of signs, without Latin
// ones, whose lines are as high as Noto Sans's, with which they are to stand
// (fonts/hangul.py, fonts/LICENSE). They are not to be written to.
var (
	//go:embed fonts/hangul-regular.otf
	HangulRegular []byte
	//go:embed fonts/hangul-bold.otf
	HangulBold []byte
)

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
