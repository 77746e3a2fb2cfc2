package compare_test

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

// TestStream: each ask of each picture is what Run makes of it alone, whatever the number
// of cores; what cannot be opened is told apart from what a network cannot do.
func TestStream(t *testing.T) {
	models := []*network.Model{comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96)}
	paths := []string{"0", "1", "missing", "2", "3"}
	open := func(path string) (*picture.Picture, error) {
		if path == "missing" {
			return nil, errors.New(path)
		}
		return comparetest.Picture(path, 40+10*int(path[0]-'0'), 30), nil
	}
	asks := []compare.Ask{{}, {Class: "class 3"}, {By: compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"}}, {By: compare.By{Own: true}}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		told := 0
		err := compare.Each(t.Context(), compare.Stream{Paths: paths, Open: open, Models: models, Asks: asks}, func(i int, asked []*compare.Comparison) ([]*compare.Comparison, error) {
			if asked[0].Rows[0].Picture.Path != paths[i] {
				t.Errorf("picture %d is %s", i, asked[0].Rows[0].Picture.Path)
			}
			return asked, nil
		}, func(i int, asked []*compare.Comparison, err error) error {
			if told++; told != i+1 {
				t.Errorf("told of %d after %d", i, told-1)
			}
			var unopened compare.Unopened
			if errors.As(err, &unopened) != (paths[i] == "missing") {
				t.Errorf("%s: %v", paths[i], err)
			}
			if err != nil {
				return nil
			}
			p, _ := open(paths[i])
			for k, ask := range asks {
				want, err := compare.Run(t.Context(), []*picture.Picture{p}, models, ask.Class, ask.By, nil)
				if err != nil {
					return err
				}
				got, row := &asked[k].Rows[0], &want.Rows[0]
				for j := range row.Cells {
					if !reflect.DeepEqual(got.Cells[j].Map.Values, row.Cells[j].Map.Values) || got.Class != row.Class || got.Cells[j].Class != row.Cells[j].Class {
						t.Errorf("%d cores, %s, ask %d, network %d: not as alone", cores, paths[i], k, j)
					}
				}
			}
			return nil
		})
		if err != nil || told != len(paths) {
			t.Errorf("%d cores: told of %d, %v", cores, told, err)
		}
	}
	for _, c := range []struct {
		s    compare.Stream
		want string
	}{
		{compare.Stream{Paths: paths, Models: models, Asks: []compare.Ask{{}, {Class: "spaceship"}}}, "spaceship"},
		{compare.Stream{Models: models, Asks: asks}, "0 pictures"},
		{compare.Stream{Paths: paths, Models: models, Asks: []compare.Ask{{By: compare.By{Layer: "nowhere"}}}}, "nowhere"},
	} {
		err := compare.Each(t.Context(), c.s, func(int, []*compare.Comparison) (int, error) { return 0, nil }, func(int, int, error) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
