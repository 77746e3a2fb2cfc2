package picture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCases reads pictures of kinds that libraries stumble over, each made by the
// program that writes such, and holds them to what Pillow makes of them: exactly,
// but for the lossy ones.
func TestCases(t *testing.T) {
	const cases = "../../shared/cases"
	files, err := os.ReadDir(filepath.Join(cases, "pictures"))
	if err != nil {
		t.Skipf("the cases are no part of this repository: %v", err)
	}
	refused := map[string]string{
		"float-0-to-1.tif": "floating-point numbers of 32 bits, from 0.0235294 to 0.85098",
		"int16.tif":        "signed numbers of 16 bits",
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			path := filepath.Join(cases, "pictures", f.Name())
			p, err := Open(path)
			if want := refused[f.Name()]; want != "" {
				checkRefused(t, err, path, want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if f.Name() == "grey-12-of-16-bits.png" {
				if p.Beware == nil || !strings.Contains(p.Beware.Error(), "nearly black") {
					t.Errorf("got %v; want a word that it looks nearly black", p.Beware)
				}
				return
			}
			if p.Beware != nil {
				t.Error(p.Beware)
			}
			want, err := Open(filepath.Join(cases, "want", f.Name()+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if p.Image.Rect != want.Image.Rect {
				t.Fatalf("got bounds %v; want %v", p.Image.Rect, want.Image.Rect)
			}
			most, mostMean := 0, 0.0
			if strings.Contains(f.Name(), "jp") { // libjpeg-turbo's tolerance of its own versions
				most, mostMean = 4, 0.3
			}
			greatest, mean := differ(p.Image, want.Image)
			t.Logf("%d, %.3f", greatest, mean)
			if greatest > most || mean > mostMean {
				t.Errorf("off by up to %d levels, %.2f in the mean; want at most %d and %.2f", greatest, mean, most, mostMean)
			}
		})
	}
}
