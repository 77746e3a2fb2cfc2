package teach_test

import (
	"bytes"
	"context"
	"image/png"
	"slices"
	"strings"
	"testing"

	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/teach"
)

// TestLesson goes through docs/teach.md's lesson: what a network learns of ten mugs on
// wood and ten glasses on tiles is the ground, which the report tells, though it answers
// every picture left out rightly; five pictures more mend it.
func TestLesson(t *testing.T) {
	ctx := context.Background()
	m, err := models.Open("imagenet:baseline", nil)
	if err != nil {
		t.Fatal(err)
	}
	classes := []string{"mug", "glass"}
	var pictures []teach.Picture
	for _, p := range scenes.Lesson() {
		var b bytes.Buffer
		if err := png.Encode(&b, p.Image); err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, teach.Picture{Name: p.Path, Data: b.Bytes()})
	}
	f, err := (&teach.Pass{Models: []*network.Model{m}}).Run(ctx, pictures)
	if err != nil {
		t.Fatal(err)
	}
	k := f.K[0]
	class := func(path string) int {
		name := path[strings.LastIndex(path, "/")+1:]
		return slices.IndexFunc(classes, func(c string) bool { return strings.HasPrefix(name, c) })
	}
	crossed := func(path string) bool {
		return strings.Contains(path, "mug-on-tiles") || strings.Contains(path, "glass-on-wood")
	}
	for _, stage := range []struct {
		folders []string
		right   int // of the four that are on the other class's ground
		told    bool
	}{{[]string{"first/"}, 0, true}, {[]string{"first/", "five/"}, 4, false}} {
		p := teach.Problem{Classes: 2}
		c := &teach.Taught{Classes: classes}
		var shown []teach.Picture
		for i, picture := range pictures {
			if slices.ContainsFunc(stage.folders, func(folder string) bool { return strings.HasPrefix(picture.Name, folder) }) {
				p.Labels, p.Features = append(p.Labels, class(picture.Name)), append(p.Features, f.Of[0][i*k:][:k]...)
				shown, c.Pictures = append(shown, picture), append(c.Pictures, picture.Name)
			}
		}
		if c.Alike, err = teach.FindAlike(ctx, p.Features, p.Labels); err != nil {
			t.Fatal(err)
		}
		c.Labels, c.Folds = p.Labels, teach.Divide(p.Labels, 2, c.Alike.Group)
		choice, err := p.Choose(ctx, c.Folds, nil)
		if err != nil {
			t.Fatal(err)
		}
		taught, err := m.WithHead(choice.Head.W, choice.Head.B, classes)
		if err != nil {
			t.Fatal(err)
		}
		looks, err := teach.Looks(ctx, []*network.Model{taught}, shown, p.Labels, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.Networks = []teach.Student{{Name: m.Name, Choice: choice, Looks: looks[0]}}
		r := teach.NewReport(c)
		if r.Networks[0].Accuracy != 1 {
			t.Errorf("%v: right of %.2f left out", stage.folders, r.Networks[0].Accuracy)
		}
		told := slices.IndexFunc(r.Notes, func(n teach.Note) bool { return n.Key == "ground" })
		if (told >= 0) != stage.told || told >= 0 && len(r.Notes[told].Classes) != 2 {
			t.Errorf("%v: notes %+v", stage.folders, r.Notes)
		}
		right := 0
		for i, picture := range pictures {
			if !strings.HasPrefix(picture.Name, "ask/") {
				continue
			}
			odds := network.Softmax(choice.Head.Logits(f.Of[0][i*k:][:k]), choice.Temperature)[class(picture.Name)]
			t.Logf("%v: %s: %.2f", stage.folders, picture.Name, odds)
			switch {
			case crossed(picture.Name) && odds > 0.5:
				right++
			case !crossed(picture.Name) && odds < 0.8:
				t.Errorf("%v: %s: %.2f", stage.folders, picture.Name, odds)
			}
		}
		if right != stage.right {
			t.Errorf("%v: %d of the four on the other's ground are told, want %d", stage.folders, right, stage.right)
		}
	}
}
