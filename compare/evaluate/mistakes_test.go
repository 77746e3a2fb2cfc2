package evaluate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"image"
	"math"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/mistakes"
	"scalecam/network/models"
	"scalecam/picture"
)

func wrongs(t *testing.T, set dataset.Set, a Answers, all ...*network.Model) *Evaluation {
	t.Helper()
	e, err := Run(t.Context(), all, set, Protocol{Answers: a, Mistakes: true}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func opened(t *testing.T, specs ...string) (all []*network.Model) {
	t.Helper()
	for _, spec := range specs {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// TestMistakes: the answers are those that a comparison has, wrong ones are as many as
// top-1 says, and maps agree as a comparison's do; on one core, too.
func TestMistakes(t *testing.T) {
	set := scenes.Set{Seed: scenes.TestSeed, Count: 40, Side: 160}
	all := opened(t, "scenes:baseline", "scenes:wider", "scenes:compound")
	e := wrongs(t, set, nil, all...)
	m := e.Mistakes
	for j, n := range e.Networks {
		if wrong := len(m.Wrong(j)); m.Networks[j] != n.Name || math.Abs(n.Top1-(1-float64(wrong)/40)) > 1e-12 {
			t.Errorf("%s: %d wrong, top-1 is %v", m.Networks[j], wrong, n.Top1)
		}
	}
	if len(m.Wrong(0)) == 0 || len(m.Apart(0, 1)) == 0 || !slices.Equal(m.Classes, scenes.Classes()) {
		t.Fatalf("%v wrong, %v apart, of %v", m.Wrong(0), m.Apart(0, 1), m.Classes)
	}
	for _, i := range []int{m.Wrong(0)[0], m.Apart(0, 1)[0], 3} {
		x, err := set.At(i)
		if err != nil {
			t.Fatal(err)
		}
		class := set.Classes()[x.Class]
		c, err := compare.Run(t.Context(), []*picture.Picture{{Image: x.Image}}, all, class, compare.By{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for j := range all {
			a, cell := m.Of(j, i), c.Rows[0].Cells[j]
			if top := cell.Top[0]; a.Class != top.Class || math.Abs(a.Probability-float64(top.Probability)) > 1e-6 || math.Abs(a.Right-float64(cell.Probability)) > 1e-6 {
				t.Errorf("%s, %s: %+v, want %+v and %v", m.Names[i], m.Networks[j], a, top, cell.Probability)
			}
			for k := range j {
				how, _ := c.Change(0, compare.Derived{Kind: compare.Difference, After: j, Before: k})
				if got := m.Maps[i][mistakes.PairAt(k, j)]; got != how {
					t.Errorf("%s: the maps of %d and %d agree by %+v, want %+v", m.Names[i], k, j, got, how)
				}
			}
		}
	}
	byMap := m.ByMap(0, 2)
	if len(byMap) != 40 || m.Maps[byMap[0]][1].RankCorrelation > m.Maps[byMap[39]][1].RankCorrelation {
		t.Errorf("by map %v", byMap)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if again := wrongs(t, set, nil, all...).Mistakes; !reflect.DeepEqual(again, m) {
		t.Error("on one core there are others")
	}
}

// TestMistakesOfAnswers: where several of a network's classes are right of the pictures',
// its other answers are classes of their own, and only those that somebody gave.
func TestMistakesOfAnswers(t *testing.T) {
	set, err := dataset.Only(scenes.Set{Seed: scenes.TestSeed, Count: 100, Side: 160}, "cat", "dog", "car")
	if err != nil {
		t.Fatal(err)
	}
	all := opened(t, "scenes:baseline")
	at := func(name string) int { return slices.Index(all[0].Classes, name) }
	m := wrongs(t, set, Answers{"cat": {at("cat"), at("dog")}, "dog": {at("dog")}, "car": {at("car")}}, all...).Mistakes
	if m.Labels != 3 || !slices.Equal(m.Classes[:3], set.Classes()) || len(m.Classes) == 3 || len(m.Classes) == len(all[0].Classes) {
		t.Fatalf("answers are of %v", m.Classes)
	}
	for i, s := range m.Seen {
		a := m.Of(0, i)
		switch name := set.Classes()[s.Class]; {
		case a.Class >= m.Labels && slices.Contains([]string{"cat", "dog", "car"}, m.Classes[a.Class]):
			t.Errorf("%s is answered beside the pictures' own", m.Classes[a.Class])
		case name == "dog" && m.Classes[a.Class] == "cat" && m.Seen[i].Mean.Class == s.Class:
			t.Errorf("%s: dog is right of a dog, and counts as cat", m.Names[i])
		case a.Right > 1 || a.Class == s.Class && a.Right < a.Probability:
			t.Errorf("%s: %+v", m.Names[i], a)
		}
	}
	if m.Explains(0) != set.Classes()[0] { // the first of those that are right
		t.Errorf("of %s is explained %s", set.Classes()[0], m.Explains(0))
	}
	for c := m.Labels; c < len(m.Classes); c++ {
		if m.Explains(c) != m.Classes[c] {
			t.Errorf("of %s is explained %s", m.Classes[c], m.Explains(c))
		}
	}
}

// named is one picture whose name and class are odd.
type named struct{ scenes.Set }

func (n named) Classes() []string { return []string{"a,\"b\"\n\u202e"} }
func (n named) Class(int) int     { return 0 }
func (n named) At(int) (*dataset.Example, error) {
	return &dataset.Example{Name: filepath.Join("/data/private", "ü\x1b[31m", "1,\n.png"), Image: image.NewRGBA(image.Rect(0, 0, 9, 7))}, nil
}

// TestMistakesWritten: JSON and CSV hold every answer, of one class and one network, too,
// with odd names spelt out and no folder but the pictures'.
func TestMistakesWritten(t *testing.T) {
	all := opened(t, "scenes:baseline", "scenes:wider")
	odd := named{scenes.Set{Count: 2}}
	for _, c := range []struct {
		set    dataset.Set
		a      Answers
		models []*network.Model
	}{
		{scenes.Set{Seed: scenes.TestSeed, Count: 30, Side: 160}, nil, all},
		{odd, Answers{odd.Classes()[0]: {1}}, all[:1]},
	} {
		m := wrongs(t, c.set, c.a, c.models...).Mistakes
		m.Within("/data/private")
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back mistakesJSON
		if err := json.Unmarshal(data, &back); err != nil || len(back.Pictures) != c.set.Len() || bytes.Contains(data, []byte("private")) {
			t.Fatalf("%s: %v", data, err)
		}
		for j, n := range back.Networks {
			if n.Right+len(n.Wrong) != c.set.Len() || !slices.Equal(n.Wrong, m.Wrong(j)) && len(n.Wrong) > 0 {
				t.Errorf("%s: %d right, wrong %v", n.Name, n.Right, n.Wrong)
			}
		}
		table, err := m.CSV()
		if err != nil || bytes.ContainsAny(table, "\x1b\u202e") {
			t.Fatalf("%q: %v", table, err)
		}
		rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
		pairs := len(c.models) * (len(c.models) - 1) / 2
		if err != nil || len(rows) != 1+c.set.Len() || len(rows[0]) != 3+4*len(c.models)+4*pairs {
			t.Fatalf("%d rows of %d cells: %v", len(rows), len(rows[0]), err)
		}
		for i, row := range rows[1:] {
			a := m.Of(0, i)
			if row[3] != m.Classes[a.Class] || row[4] != strconv.FormatBool(a.Class == m.Seen[i].Class) || row[0] != back.Pictures[i].Name || strings.Contains(row[0], "private") {
				t.Errorf("row %q", row)
			}
		}
	}
}
