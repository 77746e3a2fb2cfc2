package record

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

// erased is a picture without a box and a stroke, before two networks of which the
// second lacks the class.
func erased(t *testing.T) *compare.Erased {
	t.Helper()
	e := compare.Erasure{Erasure: picture.Erasure{Fill: picture.Blur, Regions: []picture.Region{
		picture.NewBox(10, 20, 30, 25.5), {Shape: picture.Brush, Points: [][2]float64{{50, 40}, {60, 45}}, Radius: 5},
		{Shape: picture.Polygon, Points: [][2]float64{{1, 1}, {9, 1}, {5, 8}}},
	}}}
	models := []*network.Model{comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 64, comparetest.Animals...)}
	made, err := compare.RunErased(t.Context(), comparetest.Picture("folder/slope.png", 80, 60), e, models, "class 3", compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestErasedSettings: a PNG and a session keep what is erased, and the command line
// erases it again.
func TestErasedSettings(t *testing.T) {
	e := erased(t)
	s := SettingsOfErased(e, compare.DefaultView(), BaseNames)
	const want = "scalecam erase slope.png --network a.safetensors --network b.safetensors --class 'class 3' --scale own --colormap inferno --opacity 0.7 " +
		"--region 10,20,30,25.5 --brush 5,50,40,60,45 --polygon 1,1,9,1,5,8 --fill blur -o figure.png"
	if s.Command != want {
		t.Errorf("command %s\nwant    %s", s.Command, want)
	}
	png, err := EncodePNG(t.Context(), e.Comparison.Rows[1].Picture.Image, s)
	if err != nil {
		t.Fatal(err)
	}
	session, err := json.Marshal(Session{Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string, data []byte) (*Session, error) {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return ReadSession(path)
	}
	for name, data := range map[string][]byte{"figure.png": png, "view.scalecam": session} {
		if got, err := read(name, data); err != nil || got.Settings.Erase == nil || !got.Settings.Erase.Equal(e.Erasure) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for from, to := range map[string]string{
		`"shape":"box"`: `"shape":"cloud"`, `"radius":5`: `"radius":-5`, `"fill":"blur"`: `"fill":"void"`, `[[1,1],[9,1],[5,8]]`: `[[1,1]]`, `"regions"`: `"areas"`,
	} {
		bad := bytes.Replace(session, []byte(from), []byte(to), 1)
		if _, err := read("view.scalecam", bad); bytes.Equal(bad, session) || err == nil || !strings.Contains(err.Error(), "view.scalecam") {
			t.Errorf("%s: error %v", to, err)
		}
	}
}

// TestErasedReport: the numbers are those of the two rows, and their differences.
func TestErasedReport(t *testing.T) {
	e, v := erased(t), compare.DefaultView()
	r := ErasedReportOf(e, v, WholePaths)
	one, other := r.Networks[0], r.Networks[1]
	if r.Class != "class 3" || r.Predicted || r.Picture != "folder/slope.png" || !(r.Erased > 0.1 && r.Erased < 0.3) {
		t.Errorf("%+v", r)
	}
	if d := float64(one.After.Logit - one.Before.Logit - one.LogitChange); math.Abs(d) > 1e-6 || one.LogitChange == 0 {
		t.Errorf("the logit from %v to %v, changed by %v", one.Before.Logit, one.After.Logit, one.LogitChange)
	}
	if one.ProbabilityChange != one.After.Probability-one.Before.Probability || len(one.Before.Top) != 5 || len(one.After.Top) != 5 {
		t.Errorf("probability or answers: %+v", one)
	}
	// CAM: the mean of what changed is what the logit changed by.
	if d := float64(one.Change[2] - one.LogitChange); math.Abs(d) > 1e-4*math.Abs(float64(one.Before.Logit))+1e-6 {
		t.Errorf("the map's mean changes by %v, the logit by %v", one.Change[2], one.LogitChange)
	}
	if one.Before.Scale != one.After.Scale || one.Before.Scale[1] != max(one.Before.Maximum, one.After.Maximum) {
		t.Errorf("scales %v and %v", one.Before.Scale, one.After.Scale)
	}
	if own := other.Before.Top[0].Index; math.IsNaN(float64(other.LogitChange)) || *other.Before.ClassIndex != own || *other.After.ClassIndex != own || other.MarginChange != nil {
		t.Errorf("a network without the class: %+v", other)
	}
	data, err := Encode(r)
	again, _ := Encode(ErasedReportOf(erased(t), v, WholePaths))
	if err != nil || !bytes.Equal(data, again) || !bytes.Contains(data, []byte(`"logit_change": `)) || !bytes.HasPrefix(data, []byte("{\n  \"schema\": 1")) {
		t.Errorf("%s, %v", data, err)
	}
}
