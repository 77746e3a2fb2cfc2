package evaluate

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scalecam/compare/comparetest"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
)

// TestECE against values computed by hand.
func TestECE(t *testing.T) {
	for _, c := range []struct {
		name string
		all  []Sure
		want float64
	}{
		{"none", nil, 0},
		{"sure and right", []Sure{{1, true}}, 0},
		{"sure and wrong", []Sure{{1, false}}, 1},
		{"half right at a half", []Sure{{0.5, true}, {0.5, false}}, 0},
		{"two bins, off in both ways", []Sure{{0.9, true}, {0.9, false}, {0.1, true}, {0.1, false}}, 0.4},
		{"the same in one bin", []Sure{{0.41, true}, {0.46, false}, {0.41, true}, {0.46, false}}, 0.065},
	} {
		if got := ECE(c.all); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// drawn are answers of a network whose logits are a known multiple of those that
// would be calibrated: what is right is drawn by these. Of the classes, two count
// as one.
func drawn(n int, times float64) []answer {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]answer, n)
	for i := range all {
		logits := make([]float32, 12)
		for c := range logits {
			logits[c] = float32(2 * rng.NormFloat64())
		}
		at, right := rng.Float64(), 0
		for c, p := range network.Softmax(logits, 1) {
			if at -= p; at < 0 {
				right = c
				break
			}
		}
		for c := range logits {
			logits[c] *= float32(times)
		}
		all[i] = answer{logits: logits, right: []int{right}}
		if right < 2 {
			all[i].right = []int{0, 1}
		}
	}
	return all
}

// excluding is a model of those, whose classes exclude each other.
var excluding = &network.Model{Classes: make([]string, 12)}

// TestFitSigmoids: of classes that do not exclude each other, and of one alone, the
// multiple is found, too, by which their logits were drawn; a softmax would find
// another.
func TestFitSigmoids(t *testing.T) {
	for _, classes := range []int{1, 4} {
		m := &network.Model{Classes: make([]string, classes), Independent: true}
		for _, times := range []float64{0.3, 2.5} {
			rng := rand.New(rand.NewPCG(3, 4))
			all := make([]answer, 4_000)
			for i := range all {
				logits := make([]float32, classes)
				var right []int
				for c := range logits {
					logits[c] = float32(2*rng.NormFloat64() - 1)
					if rng.Float64() < network.Sigmoids(logits[c:][:1], 1)[0] {
						right = append(right, c)
					}
					logits[c] *= float32(times)
				}
				if classes == 1 && right == nil {
					right = []int{none}
				}
				all[i] = answer{logits: logits, right: right}
			}
			got := fitTemperature(m, all)
			if math.Abs(got/times-1) > 0.08 { // of three standard deviations
				t.Errorf("%d classes: temperature %v, want %v", classes, got, times)
			}
			if e := ECE(sure(m, all, got)); e > 0.03 || ECE(sure(m, all, 1)) < 0.05 {
				t.Errorf("%d classes, %v: an error of %v is left, of %v", classes, times, e, ECE(sure(m, all, 1)))
			}
		}
	}
	// By hand: of two outputs, 0 and log 3, of which the second is right.
	two := &network.Model{Classes: make([]string, 2), Independent: true}
	if got, want := loss(two, []answer{{logits: []float32{0, float32(math.Log(3))}, right: []int{1}}}, 1), (math.Log(2)-math.Log(0.75))/2; math.Abs(got-want) > 1e-6 {
		t.Errorf("loss %v, want %v", got, want)
	}
}

// TestOneOutput: a network of one output is right where it says so of its class and
// where it says of other pictures that they do not show it; only pictures of its
// class have a map to measure.
func TestOneOutput(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes()[:1])
	m.Independent = true
	set := scenes.Set{Seed: 9, Count: 40, Side: 64}
	if _, err := Run(t.Context(), []*network.Model{m}, set, Protocol{}, func(int, int) {}); err == nil || !strings.Contains(err.Error(), "it has one output") {
		t.Errorf("nothing says which pictures show it: %v", err)
	}
	answers := Answers{}
	for i, class := range scenes.Classes() {
		answers[class] = []int{}
		if i%2 == 0 {
			answers[class] = []int{0}
		}
	}
	p := Protocol{Answers: answers}
	e, err := Run(t.Context(), []*network.Model{m}, set, p, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	right, shown := 0, 0
	for i := range set.Count {
		x, err := set.At(i)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Run(t.Context(), x.Image)
		if err != nil {
			t.Fatal(err)
		}
		if (a.Probabilities()[0] >= 0.5) == (x.Class%2 == 0) {
			right++
		}
		if x.Class%2 == 0 {
			shown++
		}
	}
	if n := e.Networks[0]; n.Top1 != float64(right)/40 || n.Confidence < 0.5 || e.Unmasked != 40-shown {
		t.Errorf("%+v, %d without a mask; want %d right, %d shown", n, e.Unmasked, right, shown)
	}
	all, _, err := Calibrate(t.Context(), []*network.Model{m}, set, answers, nil, 1, func(int, int) {})
	if err != nil || all[0].NLL > all[0].NLLRaw+0.5 || all[0].Temperature == 1 {
		t.Errorf("%+v, %v", all, err)
	}
	p.Mosaics = Mosaics{Count: 1}
	if _, err := Run(t.Context(), []*network.Model{m}, set, p, func(int, int) {}); err == nil || !strings.Contains(err.Error(), "would have no map") {
		t.Errorf("mosaics: %v", err)
	}
	m.Independent = false
	if _, err := Run(t.Context(), []*network.Model{m}, set, Protocol{Answers: answers}, func(int, int) {}); err == nil || !strings.Contains(err.Error(), "has no index") {
		t.Errorf("of another network: %v", err)
	}
}

// TestLargestClass: it is told beside top-1, in the table too.
func TestLargestClass(t *testing.T) {
	e, err := Run(t.Context(), []*network.Model{comparetest.ScenesModel(t, scenes.Classes())}, scenes.Set{Seed: 9, Count: len(scenes.Classes()) + 1, Side: 64}, Protocol{}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	want := 2 / float64(e.Count) // every class once, the first twice
	if e.Largest == nil || e.Largest.Share != want || e.Largest.Name != scenes.Classes()[0] {
		t.Errorf("%+v, want %v of %s", e.Largest, want, scenes.Classes()[0])
	}
	rows := e.Standings()
	both := Answers{scenes.Classes()[0]: {7}}
	for _, class := range scenes.Classes()[1:] {
		both[class] = []int{7, 8}
	}
	if got := both.LargestClass(scenes.Set{Seed: 9, Count: 100, Side: 64}); got.Share != 1 {
		t.Errorf("one answer is right of all: %+v", got)
	}
	if r := rows[1]; r.Name != largest || r.Shares[0] != known(want, nil) || len(r.Shares) != len(Measures) || r.Shares[1].Known {
		t.Errorf("row %+v", r)
	}
	table, err := e.CSV()
	if err != nil || !strings.Contains(string(table), "\nlargest,,,,,,"+digits(want)) {
		t.Errorf("%v: %s", err, table)
	}
}

// TestFitTemperature finds the multiple again, to what 20,000 answers tell, and
// takes the error away.
func TestFitTemperature(t *testing.T) {
	for _, times := range []float64{0.3, 1, 2.5} {
		all := drawn(20_000, times)
		got := fitTemperature(excluding, all)
		if math.Abs(got/times-1) > 0.03 {
			t.Errorf("temperature %v, want %v", got, times)
		}
		if e := ECE(sure(excluding, all, got)); e > 0.015 {
			t.Errorf("%v: an error of %v is left", times, e)
		}
		if times != 1 && ECE(sure(excluding, all, 1)) < 0.1 {
			t.Errorf("%v: there was no error before", times)
		}
		if loss(excluding, all, got) > loss(excluding, all, got*1.02) || loss(excluding, all, got) > loss(excluding, all, got/1.02) {
			t.Errorf("%v: the loss at %v is not the least", times, got)
		}
	}
	never := drawn(50, 1) // right, always: the lowest is the best, and finite
	for i := range never {
		p := network.Softmax(never[i].logits, 1)
		never[i].right = []int{slices.Index(p, slices.Max(p))}
	}
	if got := fitTemperature(excluding, never); !(got >= 0.04 && got < 0.1) {
		t.Errorf("always right: %v", got)
	}
}

// TestCalibrate: the same halves by the same seed, others by another; and what it
// says of a model is what Run says of the same pictures and temperature.
func TestCalibrate(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := scenes.Set{Seed: 9, Count: 40, Side: 64}
	calibrate := func(seed uint64) Calibration {
		t.Helper()
		all, _, err := Calibrate(t.Context(), []*network.Model{m}, set, nil, nil, seed, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	first, again, other := calibrate(1), calibrate(1), calibrate(2)
	if !reflect.DeepEqual(first, again) || reflect.DeepEqual(first, other) || first.Fitted != 20 || first.Tested != 20 {
		t.Errorf("%+v, again %+v, by another seed %+v", first, again, other)
	}
	m.Temperature = first.Temperature
	e, err := Run(t.Context(), []*network.Model{m}, set, Protocol{}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	n := e.Networks[0]
	if n.Temperature != first.Temperature || n.ECE == n.ECERaw || n.Confidence == n.ConfidenceRaw || n.Top5 < n.Top1 {
		t.Errorf("%+v", n)
	}
	if _, _, err := Calibrate(t.Context(), []*network.Model{m}, scenes.Set{Seed: 9, Count: 5, Side: 64}, nil, nil, 1, func(int, int) {}); err == nil || !strings.Contains(err.Error(), "5 pictures") {
		t.Errorf("of five pictures: %v", err)
	}
}

// TestAnswers: several classes of a network are right of one of the pictures'.
func TestAnswers(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := scenes.Set{Seed: 9, Count: 24, Side: 64}
	every := Answers{}
	for _, class := range scenes.Classes() {
		for i := range m.Classes {
			every[class] = append(every[class], i)
		}
	}
	e, err := Run(t.Context(), []*network.Model{m}, set, Protocol{Answers: every}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if n := e.Networks[0]; n.Top1 != 1 || n.Top5 != 1 || math.Abs(n.ECE-(1-n.Confidence)) > 1e-9 {
		t.Errorf("every class is right: %+v", n)
	}
	path := filepath.Join(t.TempDir(), "map.json")
	for text, want := range map[string]string{
		`{"cat": [1], "dog": [2, 3]}`: "",
		`{"cat": [1], "cat": [2]}`:    `class "cat" is there twice`,
		`{"cat": [], "dog": [2, 3]}`:  "",
		`{}`:                          "it names no class",
		`[1]`:                         "at byte 1 there cannot be: array",
		`{"cat": ["x"]}`:              "there cannot be: string",
		`{"cat": [1.5]}`:              "there cannot be: number 1.5",
		`{"cat": [1`:                  "unexpected end",
		``:                            "unexpected end",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := ReadAnswers(path)
		if want == "" && (err != nil || !slices.Equal(a["dog"], []int{2, 3})) {
			t.Errorf("%s: %v, %v", text, a, err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%q: %v; want one that says %q", text, err, want)
		}
	}
	if _, err := ReadAnswers(t.TempDir()); err == nil {
		t.Error("a folder is read")
	}
	for _, index := range []int{-1, 18} {
		bad := Answers{}
		for _, class := range scenes.Classes() {
			bad[class] = []int{0}
		}
		bad["cat"] = []int{0, index}
		if _, err := Run(t.Context(), []*network.Model{m}, set, Protocol{Answers: bad}, func(int, int) {}); err == nil || !strings.Contains(err.Error(), `class "cat"`) || !strings.Contains(err.Error(), "0 to 17") {
			t.Errorf("index %d: %v", index, err)
		}
	}
}

// TestAnswersOnly leaves out classes without answers.
func TestAnswersOnly(t *testing.T) {
	dir := t.TempDir()
	for _, class := range []string{"cat", "dog", "emu"} {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, class, "1.png"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := dataset.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	some, leftOut, err := Answers{"dog": {1}, "cat": {0}, "yak": {2}}.Only(folder)
	if err != nil || leftOut != 1 || !slices.Equal(some.Classes(), []string{"cat", "dog"}) || some.Len() != 2 {
		t.Errorf("%v, %d left out, %v", some, leftOut, err)
	}
	if _, _, err := (Answers{"yak": {2}}).Only(folder); err == nil || !strings.Contains(err.Error(), `"yak"`) || !strings.Contains(err.Error(), `"cat"`) {
		t.Errorf("none: %v", err)
	}
}
