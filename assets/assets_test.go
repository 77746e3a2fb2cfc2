package assets_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // for image.DecodeConfig
	_ "image/png"  // for image.DecodeConfig
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

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
	// cat.jpg – A cat
	// espresso.jpg – A cup of espresso
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
		size := map[string][2]int{"cat.jpg": {451, 300}, "espresso.jpg": {600, 400}, "balloons.jpg": {800, 600}, "clock.jpg": {800, 600}}[s.Name]
		pictures[s.Name] = picture{s.Data, "jpeg", size[0], size[1]}
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
	if english := assets.ClassNames("imagenet", "en"); english[770][0] != classes[770] {
		t.Errorf("class 770 is %q by one list and %q by the other", english[770][0], classes[770])
	}
	classes[0] = "changed"
	if assets.ImageNetClasses()[0] != "tench" {
		t.Error("a caller's change shows in the next list")
	}
}

// TestClassNames holds the tables to what the search relies on: in every language
// each class has a name that is only its own, in whatever spelling, and no synonym is
// another class's name.
func TestClassNames(t *testing.T) {
	for domain, classes := range map[string]int{"imagenet": 1000, "everyday": 149} {
		t.Run(domain, func(t *testing.T) { testClassNames(t, domain, classes) })
	}
	for language, want := range map[string]string{"en": "sneaker", "ko": "운동화"} {
		if got := assets.ClassNames("imagenet", language)[770]; !slices.Contains(got[1:], want) {
			t.Errorf("%s: class 770 is called %q, not %s", language, got, want)
		}
	}
	// Pairs that lists mix up, by what the synset means.
	for index, want := range map[int]string{
		0: "텐치", 134: "두루미", 517: "기중기", 620: "랩톱 컴퓨터", 681: "노트북 컴퓨터", 657: "미사일", 744: "발사체",
		745: "프로젝터", 782: "화면", 810: "스페이스 바", 878: "타자기 자판", 482: "카세트 플레이어", 848: "테이프 플레이어", 999: "화장지",
	} {
		if got := assets.ClassNames("imagenet", "ko")[index][0]; got != want {
			t.Errorf("class %d is called %q, want %q", index, got, want)
		}
	}
	if got := assets.ClassNames("imagenet", "xx"); got != nil {
		t.Errorf("%d classes have names in a language that there is not", len(got))
	}
	if got := assets.ClassNames("nothing", "en"); got != nil {
		t.Errorf("%d classes of a domain that there is not", len(got))
	}
}

func testClassNames(t *testing.T, domain string, classes int) {
	// As lookup.Text does.
	spelling := strings.NewReplacer(" ", "", "-", "", "'", "", "’", "", ".", "")
	bare := func(s string) string { return strings.ToLower(spelling.Replace(s)) }
	scripts := map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`^[\p{Latin}0-9 .'-]+$`),
		"ko": regexp.MustCompile(`^[\p{Hangul}0-9A-Z ]*\p{Hangul}[\p{Hangul}0-9A-Z ]*$`),
	}
	of := map[string]int{} // whose name it is
	for _, language := range assets.ClassLanguages {
		all := assets.ClassNames(domain, language)
		if len(all) != classes {
			t.Fatalf("%s: names of %d classes, want %d", language, len(all), classes)
		}
		for i, names := range all {
			key := bare(names[0])
			if first, twice := of[key]; twice && first != i && key != "cardigan" { // the dog is a Cardigan
				t.Errorf("%s: classes %d and %d are both called %q", language, first, i, names[0])
			}
			of[key] = i
		}
	}
	for _, language := range assets.ClassLanguages {
		for i, names := range assets.ClassNames(domain, language) {
			seen := map[string]bool{}
			for j, name := range names {
				key := bare(name)
				if !scripts[language].MatchString(name) || name != strings.TrimSpace(name) || strings.Contains(name, "  ") || !norm.NFC.IsNormalString(name) {
					t.Errorf("%s: class %d is called %q", language, i, name)
				}
				if seen[key] {
					t.Errorf("%s: class %d has %q twice", language, i, name)
				}
				if seen[key] = true; j == 0 {
					continue
				}
				if other, taken := of[key]; taken && other != i {
					t.Errorf("%s: class %d has the synonym %q, which is the name of %d", language, i, name, other)
				}
			}
		}
	}
}

func TestClassTables(t *testing.T) {
	tables, err := filepath.Glob("classes/*.tsv")
	if err != nil || len(tables) == 0 {
		t.Fatalf("%v, %v", tables, err)
	}
	for _, table := range tables {
		data, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if strings.TrimRight(line, " \t\r") != line {
				t.Errorf("%s: line %d ends in space", table, i+1)
			}
		}
	}
}

// TestPacksTakeNothing: what packs say is read, not their weights, of which
// nothing is in memory before it is asked for.
func TestPacksTakeNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	all := assets.Packs()
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes", took)
	}
	var weights int64
	seen := map[string]bool{}
	for i := range all {
		p := &all[i]
		for j := range p.Networks {
			n := &p.Networks[j]
			w, size, err := p.Open(n)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if !seen[p.Name+n.File] {
				weights += size
			}
			seen[p.Name+n.File] = true
		}
	}
	if most := int64(39 << 20); weights < 30<<20 || weights > most {
		t.Errorf("the weights take %d bytes, want at most %d", weights, most)
	}
}
