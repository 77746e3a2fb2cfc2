package teach

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/file"

	"scalecam/cam/measure"
	"scalecam/wording"
)

// taught is a small case: of eight pictures the last one is alone in its class; two
// networks answer with the logits given, natural logarithms of the odds.
func taught() *Taught {
	log := func(odds ...float64) (z []float32) {
		for _, v := range odds {
			z = append(z, float32(math.Log(v)))
		}
		return z
	}
	first := slices.Concat(
		log(0.8, 0.1, 0.1), // cat, right
		log(0.7, 0.2, 0.1), // cat, right
		log(0.1, 0.8, 0.1), // cat, taken for dog, as surely as dogs are
		log(0.2, 0.7, 0.1), // dog, right
		log(0.3, 0.6, 0.1), // dog, right
		log(0.5, 0.4, 0.1), // dog, taken for cat
		log(0.4, 0.5, 0.1), // dog, right
		make([]float32, 3),
	)
	second := slices.Clone(first)
	copy(second[5*3:], log(0.2, 0.7, 0.1)) // right
	copy(second[2*3:], log(0.05, 0.9, 0.05))
	choice := func(z []float32) *Choice {
		return &Choice{Head: &Head{Strength: 0.1}, Tried: []Tried{{0.1, 1}}, Logits: z, Temperature: 1}
	}
	return &Taught{
		Root:     filepath.FromSlash("/data/set"),
		Pictures: []string{"/data/set/cat/1.jpg", "/data/set/cat/2.jpg", "/data/set/cat/3.jpg", "/data/set/dog/a_b.jpg", "/data/set/dog/2.jpg", "/elsewhere/private/3.jpg", "/data/set/dog/4.jpg", "/data/set/ox/1.jpg"},
		Labels:   []int{0, 0, 0, 1, 1, 1, 1, 2},
		Classes:  []string{"cat", "dog", "o|x"},
		Alike: &Alike{
			Group: []int{0, 0, 1, 2, 3, 4, 1, 5},
			Other: []Neighbour{{3, 0.1}, {3, 0.2}, {6, 0.95}, {1, 0.2}, {0, 0.2}, {0, 0.3}, {2, 0.95}, {-1, 0}},
		},
		Folds: &Folds{Of: []int{0, 0, 1, 0, 1, 0, 1, -1}, Count: 2, Single: []int{2}},
		Networks: []Student{
			{Name: "baseline", Choice: choice(first), Looks: []Look{
				{Pictures: 3, Outer: measure.Mean{Value: 0.4, Interval: &[2]float64{0.3, 0.5}}, Right: 1, Border: 1, Grounds: &Grounds{0.7, 0.1}, H: 1, W: 2, Map: []float64{0.25, 0.75}},
				{Pictures: 4, Outer: measure.Mean{Value: 0.2, Interval: &[2]float64{0.1, 0.3}}, Right: 1, Border: 0.5, Grounds: &Grounds{0.4, 0.1}, H: 1, W: 2, Map: []float64{1, 0}},
				{Pictures: 1, Outer: measure.Mean{Value: 0.3}, Right: 1, H: 1, W: 2, Map: []float64{0, 1}},
			}},
			{Name: "compound", Choice: choice(second)},
		},
	}
}

// TestReport: the figures of the small case, by hand.
func TestReport(t *testing.T) {
	r := NewReport(taught())
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	if r.LeftOut != 7 || r.Folds != 2 || r.Groups != 5 || len(r.Pictures) != 8 {
		t.Errorf("%d of %d left out in %d folds and %d groups", r.LeftOut, len(r.Pictures), r.Folds, r.Groups)
	}
	near("largest", r.Largest, 0.5)
	a, b := r.Networks[0], r.Networks[1]
	near("accuracy", a.Accuracy, 5./7)
	near("the other's", b.Accuracy, 6./7)
	want := measure.Share(5./7*5, 5).Interval // of as many as there are groups
	if a.AccuracyInterval == nil || *a.AccuracyInterval != *want {
		t.Errorf("interval %v, want %v", a.AccuracyInterval, want)
	}
	near("recall", a.Recall, (2./3+3./4)/2)
	near("confidence", a.Confidence, (0.8+0.7+0.8+0.7+0.6+0.5+0.5)/7)
	near("loss", a.Loss, -(math.Log(0.8)+math.Log(0.7)+math.Log(0.1)+math.Log(0.7)+math.Log(0.6)+math.Log(0.4)+math.Log(0.5))/7)
	if want := [][]int{{2, 1, 0}, {1, 3, 0}, {0, 0, 0}}; !slices.EqualFunc(a.Confusion, want, slices.Equal) {
		t.Errorf("confusion %v, want %v", a.Confusion, want)
	}
	for _, c := range []struct{ class, answer, picture int }{{0, 1, 2}, {1, 0, 5}} {
		if got := r.Confused(0, c.class, c.answer); !slices.Equal(got, []int{c.picture}) {
			t.Errorf("behind %v: %v", c, got)
		}
	}
	if a.Answers[7].Class != -1 || a.Answers[2].Class != 1 {
		t.Errorf("answers %v", a.Answers)
	}

	// The third is wrong twice, as surely dog as dogs usually are, and nearly one; its
	// twin is right, and less sure of it than the last one is wrong.
	if len(r.Hurting) != 3 || r.Hurting[0].Picture != 2 || r.Hurting[1].Picture != 6 || r.Hurting[2].Picture != 5 {
		t.Fatalf("hurting %+v", r.Hurting)
	}
	h := r.Hurting[0]
	near("its loss", h.Loss, -(math.Log(0.1)+math.Log(0.05))/2)
	if h.Wrong != 2 || h.Suspected == nil || *h.Suspected != 1 || h.Twin == nil || *h.Twin != (Twin{6, 0.95}) {
		t.Errorf("%+v", h)
	}
	if h := r.Hurting[2]; h.Wrong != 1 || h.Suspected != nil || h.Twin != nil { // by the mean it is a dog
		t.Errorf("%+v", h)
	}

	if len(r.Differ) != 1 || r.Differ[0].Picture != 5 {
		t.Fatalf("differing %+v", r.Differ)
	}
	entropy := func(p ...float64) (sum float64) {
		for _, v := range p {
			sum -= v * math.Log(v)
		}
		return sum
	}
	near("divergence", r.Differ[0].Divergence, entropy(0.35, 0.55, 0.1)-(entropy(0.5, 0.4, 0.1)+entropy(0.2, 0.7, 0.1))/2)
	if len(r.Pairs) != 1 || r.Pairs[0].A != 0 || r.Pairs[0].B != 1 {
		t.Fatalf("pairs %+v", r.Pairs)
	}
	near("same", r.Pairs[0].Same, 6./7)
	near("A alone", r.Pairs[0].AOnly, 0)
	near("B alone", r.Pairs[0].BOnly, 1./7)

	var keys []string
	for _, n := range r.Notes {
		keys = append(keys, n.Key)
		if text := r.Text(wording.In("en"), n, plain, plain); strings.Contains(text, "taught.") || strings.Contains(text, "%!") {
			t.Errorf("note %q says %q", n.Key, text)
		}
	}
	if want := []string{"few", "single", "largest", "ground"}; !slices.Equal(keys, want) {
		t.Errorf("notes %v, want %v", keys, want)
	}
	if ground := r.Notes[3]; !slices.Equal(ground.Classes, []int{0}) || !strings.Contains(r.Text(wording.In("en"), ground, plain, plain), "The pictures of cat have") {
		t.Errorf("%+v: %s", ground, r.Text(wording.In("en"), ground, plain, plain))
	}
	if a.Looks[0].Beside != nil || !slices.EqualFunc(a.Looks[1].Map, [][]float64{{1, 0}}, slices.Equal) || b.Looks != nil {
		t.Errorf("looks %+v", a.Looks)
	}
	two := taught()
	two.Networks[1].Looks = slices.Clone(two.Networks[0].Looks)
	two.Networks[1].Looks[0].Outer.Value = 0.9
	if beside := NewReport(two).Networks[0].Looks[0].Beside; beside == nil || *beside != 0.9 {
		t.Errorf("beside %v", beside)
	}
}

// TestReportOfNothing: where no picture can be left out, nothing is said of how often
// answers are right.
func TestReportOfNothing(t *testing.T) {
	c := taught()
	c.Folds = &Folds{Of: slices.Repeat([]int{-1}, 8), Single: []int{0, 1, 2}}
	r := NewReport(c)
	if r.LeftOut != 0 || len(r.Notes) != 2 || r.Notes[0].Key != "untold" || r.Notes[1].Key != "ground" || r.Networks[0].AccuracyInterval != nil {
		t.Errorf("%d left out, notes %+v", r.LeftOut, r.Notes)
	}
	if len(r.Hurting) != 2 || r.Hurting[0].Twin == nil || len(r.Differ) != 0 {
		t.Errorf("hurting %+v, differing %+v", r.Hurting, r.Differ)
	}
	if text := string(r.Markdown(wording.In("en"))); strings.Contains(text, "How often") || strings.Contains(text, "NaN") {
		t.Error(text)
	}
	if data, err := r.JSON(); err != nil || !json.Valid(data) {
		t.Errorf("%v", err)
	}
}

// TestReportLanguages: the text is told in each language, with every key and value.
func TestReportLanguages(t *testing.T) {
	c := taught()
	c.Networks[0].Held, c.Networks[0].Moved = &Scored{Pictures: 3}, &Moved{From: "240"}
	r := NewReport(c)
	lines := strings.Count(string(r.Markdown(wording.In("en"))), "\n")
	for _, in := range wording.All() {
		text := string(r.Markdown(in))
		if !strings.HasPrefix(text, Title(in)+"\n") || strings.Count(text, "\n") != lines {
			t.Errorf("%s: %s", in.Language, text)
		}
		if strings.Contains(text, "taught.") || strings.Contains(text, "%!") {
			t.Errorf("%s: a key or a value is not told: %s", in.Language, text)
		}
	}
}

// TestReportFiles: no file tells of folders outside the data's, names stand as they are,
// and the bytes are the same every time.
func TestReportFiles(t *testing.T) {
	dir := t.TempDir()
	again := t.TempDir()
	for _, dir := range []string{dir, again} {
		files, err := NewReport(taught()).Files(dir, wording.In("en"))
		if err == nil {
			err = file.Write(files...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"report.md", "report.json", "pictures.csv", "confusion.csv", "looks.csv"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if same, err := os.ReadFile(filepath.Join(again, name)); err != nil || !bytes.Equal(data, same) {
			t.Errorf("%s differs from run to run (%v)", name, err)
		}
		if bytes.Contains(data, []byte("private")) || bytes.Contains(data, []byte("/data")) {
			t.Errorf("%s tells of a folder", name)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"- cat taken for dog, 1: cat/3.jpg\n",
		"| cat/3.jpg | cat | 2 of 2 | 2.65 | dog | dog/4.jpg |\n",
		"| 3.jpg | dog | cat, 50 % | dog, 70 % |\n",
		"| baseline | 71.4 |",
		"| *dog*, always | 50.0 |",
		"| o\\|x | 0 | 0 | 0 |\n",
		"| cat | 40 (0.70, 0.10) | – |\n",
		"| baseline | compound | 85.7 | 0.0 | 14.3 |\n",
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "pictures.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := rows[3][:8]; !slices.Equal(got[:4], []string{"cat/3.jpg", "cat", "1", "1"}) || !slices.Equal(got[5:], []string{"dog", "dog/4.jpg", "0.95"}) || rows[8][8] != "" || rows[3][8] != "dog" {
		t.Errorf("%v", rows)
	}
}

// TestReportOfNoMistake: what is right of everything takes a line.
func TestReportOfNoMistake(t *testing.T) {
	c := taught()
	for _, n := range c.Networks {
		for i, label := range c.Labels {
			clear(n.Choice.Logits[i*3:][:3])
			n.Choice.Logits[i*3+label] = 3
		}
	}
	text := string(NewReport(c).Markdown(wording.In("en")))
	for _, want := range []string{"Right of every picture: baseline, compound.\n", "Nothing: all give the same answer to every picture.\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestPlain: no name means anything to Markdown.
func TestPlain(t *testing.T) {
	if got, want := plain("a_b|c*[d](e)`<f>`\\"), "a\\_b\\|c\\*\\[d\\](e)\\`\\<f\\>\\`\\\\"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
