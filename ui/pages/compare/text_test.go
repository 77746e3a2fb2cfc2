package compare

import (
	"errors"
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2/theme"

	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
)

// TestTextPrintable: names from outside are spelt out where they would hide or turn
// what is around them.
func TestTextPrintable(t *testing.T) {
	const evil = "photo\u202egnp\x1b[2J\nDone\u2066\u200b\xff.exe"
	for what, text := range map[string]string{
		"choice": pages.ChoiceOf(&network.Model{Classes: []string{evil}}, network.Prediction{Probability: 0.5}),
		"format": textPicture(&picture.Picture{Path: evil, Format: evil, Image: image.NewRGBA(image.Rect(0, 0, 1, 1))}),
	} {
		if !strings.Contains(text, `photo\u202egnp\u001b[2J\nDone\u2066\u200b\xff.exe`) {
			t.Errorf("%s: %q", what, text)
		}
	}
}

// TestTextDark: a picture that looks nearly black is said to, beside its size.
func TestTextDark(t *testing.T) {
	p := &picture.Picture{Format: "PNG", Image: image.NewRGBA(image.Rect(0, 0, 2, 1)), Beware: errors.New("it looks nearly black")}
	s := &Scene{sketch: sketch{Asked: desk.Asked{Pictures: []*picture.Picture{p}}}, Bases: []*image.RGBA{p.Image}}
	lines := s.picture(0).Lines
	if lines[0].Text != "2 × 1 px, PNG" || lines[1].Text != "it looks nearly black" || lines[1].Colour != theme.ColorNameWarning {
		t.Errorf("got %v", lines)
	}
}
