package record

import (
	"encoding/json"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/file"
)

func TestNaming(t *testing.T) {
	for _, test := range []struct {
		name func(Naming, string) file.Path
		path string
		want file.Path // without its folders
	}{
		{Naming.picture, "/home/me/cat.jpg", "cat.jpg"},
		{Naming.picture, "../cat.jpg", "cat.jpg"},
		{Naming.picture, "scene:12", "scene:12"},
		{Naming.picture, "sample:clock.jpg", "sample:clock.jpg"},
		{Naming.picture, "/home/me/scene:12", "./scene:12"},
		{Naming.picture, "./scene:12", "./scene:12"},
		{Naming.network, "/home/me/b0.pth", "b0.pth"},
		{Naming.network, "me@home/b0.pth@96x160", "b0.pth@96x160"},
		{Naming.network, "scenes:deeper@64", "scenes:deeper@64"},
		{Naming.network, "random:efficientnet-b0,d=2", "random:efficientnet-b0,d=2"},
		{Naming.network, "/home/me/scenes:deeper", "./scenes:deeper"},
	} {
		if got := test.name(BaseNames, test.path); got != test.want {
			t.Errorf("%s is named %s, want %s", test.path, got, test.want)
		}
		if got := test.name(WholePaths, test.path); string(got) != test.path {
			t.Errorf("%s is named %s", test.path, got)
		}
	}
}

// TestNamesWithoutFolders: nothing of the folders is in settings and numbers,
// and there is no command where one name stands for several files.
func TestNamesWithoutFolders(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{3, 4})
	c.Rows[0].Picture.Path, c.Rows[0].Picture.SHA256 = "/home/me/a.png", "1"
	second := c.Rows[0]
	second.Picture = comparetest.Picture("/home/you/a.png", 20, 30)
	c.Rows = append(c.Rows, second)
	c.Models[1].Spec = "/home/me/net.pth@64"
	v := compare.DefaultView()
	for _, sum := range []string{"1", "2", ""} {
		second.Picture.SHA256 = sum
		data, err := json.Marshal(ReportOf(c, v, BaseNames))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "home") {
			t.Errorf("the numbers tell of a folder: %s", data)
		}
		if command := SettingsOf(c, v, BaseNames).Command; (command != "") != (sum == "1") {
			t.Errorf("files of SHA-256 1 and %s of one name: the command %q", sum, command)
		}
		if s := SettingsOf(c, v, WholePaths); s.SHA256 != nil || s.Command == "" || !strings.Contains(s.Command, "/home/you/a.png") {
			t.Errorf("with paths: %+v", s)
		}
	}
}
