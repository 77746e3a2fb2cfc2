package assets_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // for image.DecodeConfig
	_ "image/png"  // for image.DecodeConfig
	"strings"
	"testing"

	"scalecam/assets"
)

func ExampleImageNetClasses() {
	classes := assets.ImageNetClasses()
	fmt.Println(len(classes), classes[417], classes[409])
	// Output: 1000 balloon analog clock
}

func ExampleSamples() {
	for _, s := range assets.Samples() {
		fmt.Println(s.Name, "–", s.Title)
	}
	// Output:
	// balloons.jpg – Balloons at sunset
	// clock.jpg – A clock over a shelf
}

func TestPicturesHaveTheSizesStated(t *testing.T) {
	type picture struct {
		data          []byte
		format        string
		width, height int
	}
	pictures := map[string]picture{"icon.png": {assets.Icon, "png", 512, 512}}
	for _, s := range assets.Samples() {
		if _, twice := pictures[s.Name]; twice {
			t.Errorf("two samples are called %s", s.Name)
		}
		pictures[s.Name] = picture{s.Data, "jpeg", 800, 600}
	}
	for name, want := range pictures {
		got, format, err := image.DecodeConfig(bytes.NewReader(want.data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if format != want.format || got.Width != want.width || got.Height != want.height {
			t.Errorf("%s is a %s of %d×%d, want a %s of %d×%d",
				name, format, got.Width, got.Height, want.format, want.width, want.height)
		}
	}
}

func TestImageNetClassesStandAtTheirIndices(t *testing.T) {
	classes := assets.ImageNetClasses()
	if len(classes) != 1000 {
		t.Fatalf("got %d names, want 1000", len(classes))
	}
	// Beside both ends, the pairs that lists of short names mix up.
	for index, want := range map[int]string{
		0: "tench", 134: "crane bird", 517: "crane", 638: "maillot", 639: "maillot tank suit",
		657: "missile", 744: "projectile", 836: "sunglass", 837: "sunglasses", 999: "toilet tissue",
	} {
		if got := classes[index]; got != want {
			t.Errorf("class %d is %q, want %q", index, got, want)
		}
	}
	seen := map[string]int{}
	for i, name := range classes {
		if name == "" || name != strings.TrimSpace(name) || strings.Contains(name, ",") {
			t.Errorf("class %d has the name %q", i, name)
		}
		if first, twice := seen[name]; twice {
			t.Errorf("classes %d and %d are both called %q", first, i, name)
		}
		seen[name] = i
	}
	classes[0] = "changed"
	if assets.ImageNetClasses()[0] != "tench" {
		t.Error("a caller's change shows in the next list")
	}
}
