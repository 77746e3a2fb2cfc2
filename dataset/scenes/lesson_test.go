package scenes

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"strings"
	"testing"
)

// TestLesson: the lesson is ten of each, five more and eight to ask about, each with its
// object on it and no two alike; and it is what docs/teach.md tells of.
func TestLesson(t *testing.T) {
	all := Lesson()
	count := map[string]int{}
	seen := map[string]string{}
	sum := sha256.New()
	for _, p := range all {
		folder := p.Path[:strings.LastIndex(p.Path, "/")]
		name := strings.Split(strings.TrimPrefix(p.Path, folder+"/"), "-on-")
		ground, _, _ := strings.Cut(name[1], "-")
		count[folder+": "+name[0]+" on "+ground]++
		if other, ok := seen[string(p.Image.Pix)]; ok {
			t.Errorf("%s is %s", p.Path, other)
		}
		seen[string(p.Image.Pix)] = p.Path
		shows := 0
		for _, v := range p.Mask.Pix {
			if v >= 128 {
				shows++
			}
		}
		if share := float64(shows) / (lessonSide * lessonSide); share < 0.008 || share > 0.06 {
			t.Errorf("%s: the object has %.1f %% of the picture", p.Path, 100*share)
		}
		sum.Write(p.Image.Pix)
	}
	for what, want := range map[string]int{
		"first/mug: mug on wood": 10, "first/glass: glass on tiles": 10,
		"five/mug: mug on tiles": 3, "five/glass: glass on wood": 2,
		"ask: mug on tiles": 2, "ask: mug on wood": 2, "ask: glass on tiles": 2, "ask: glass on wood": 2,
	} {
		if count[what] != want {
			t.Errorf("%d of %s, want %d", count[what], what, want)
		}
	}
	if len(all) != 33 {
		t.Errorf("%d pictures", len(all))
	}
	for i, p := range Lesson() {
		if !bytes.Equal(p.Image.Pix, all[i].Image.Pix) {
			t.Errorf("%s is drawn anew every time", p.Path)
		}
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("the hash is of amd64's rounding")
	}
	// Another drawing is another lesson: go through docs/teach.md again.
	const want = "d99fa8b5ba8273d0"
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != want {
		t.Errorf("the pictures' sum is %s, want %s", got, want)
	}
}
