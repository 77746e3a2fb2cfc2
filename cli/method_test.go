package cli

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/record"
)

// TestMethods: cam says what its map is, at any layer, and the values add up as
// it says.
func TestMethods(t *testing.T) {
	dir := t.TempDir()
	picture := photo(t, dir, 90, 70)
	for _, c := range []struct {
		args []string
		want camReport
		grid [2]int
		adds func(r camReport) float64 // what the values make of the logit; nil where they do not
	}{
		{nil, camReport{Method: "cam", Layer: "last", Adds: "mean plus bias"}, [2]int{2, 2}, func(r camReport) float64 { return r.Mean + r.Bias }},
		{[]string{"--method", "hires-cam"}, camReport{Method: "hires-cam", Layer: "last", Adds: "sum", Same: "CAM divided by the number of cells"}, [2]int{2, 2}, func(r camReport) float64 { return 4*r.Mean + r.Bias }},
		{[]string{"--method", "grad-cam", "--layer", "features.8"}, camReport{Method: "grad-cam", Layer: "features.8", Adds: "sum", Same: "CAM divided by the number of cells"}, [2]int{2, 2}, func(r camReport) float64 { return 4*r.Mean + r.Bias }},
		{[]string{"--method", "hires-cam", "--layer", "stage5"}, camReport{Method: "hires-cam", Layer: "stage5", Adds: "sum"}, [2]int{4, 4}, nil},
		{[]string{"--method", "grad-cam", "--layer", "features.2.0"}, camReport{Method: "grad-cam", Layer: "features.2.0", Adds: "sum"}, [2]int{16, 16}, nil},
		{[]string{"--method", "layer-cam", "--layer", "stage5"}, camReport{Method: "layer-cam", Layer: "stage5", Adds: "no", Units: "logit"}, [2]int{4, 4}, nil},
		{[]string{"--method", "grad-cam++"}, camReport{Method: "grad-cam++", Layer: "last", Adds: "no", Units: "none"}, [2]int{2, 2}, nil},
		{[]string{"--method", "XGrad-CAM"}, camReport{Method: "xgrad-cam", Layer: "last", Adds: "sum", Same: "CAM divided by the number of cells"}, [2]int{2, 2}, func(r camReport) float64 { return 4*r.Mean + r.Bias }},
		{[]string{"--method", "eigen-cam", "--layer", "stage3"}, camReport{Method: "eigen-cam", Layer: "stage3", Adds: "no", Units: "none"}, [2]int{16, 16}, nil},
		{[]string{"--method", "eigengrad-cam", "--layer", "stage5"}, camReport{Method: "eigengrad-cam", Layer: "stage5", Adds: "no", Units: "none"}, [2]int{4, 4}, nil},
		{[]string{"--method", "score-cam", "--layer", "stage3"}, camReport{Method: "score-cam", Layer: "stage3", Adds: "no", Units: "none"}, [2]int{16, 16}, nil},
		{[]string{"--method", "ablation-cam", "--layer", "stage5"}, camReport{Method: "ablation-cam", Layer: "stage5", Adds: "no", Units: "none", Signed: true}, [2]int{4, 4}, nil},
		{[]string{"--method", "recipro-cam", "--layer", "stage5"}, camReport{Method: "recipro-cam", Layer: "stage5", Adds: "sum"}, [2]int{4, 4}, nil},
		{[]string{"--method", "recipro-cam"}, camReport{Method: "recipro-cam", Layer: "last", Adds: "sum", Same: "CAM divided by the number of cells"}, [2]int{2, 2}, func(r camReport) float64 { return 4*r.Mean + r.Bias }},
		{[]string{"--method", "occlusion"}, camReport{Method: "occlusion", Layer: "last", Adds: "no"}, [2]int{14, 14}, nil},
	} {
		if c.want.Units == "" { // of most
			c.want.Units, c.want.Signed = "logit", true
		}
		out := filepath.Join(dir, "out")
		ok(t, append([]string{"cam", picture, "-n", small, "-o", out}, c.args...)...)
		data, err := os.ReadFile(filepath.Join(out, "cam.json"))
		if err != nil {
			t.Fatal(err)
		}
		var r camReport
		if err := json.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		if r.Method != c.want.Method || r.Layer != c.want.Layer || r.Adds != c.want.Adds || r.Same != c.want.Same || r.Units != c.want.Units || r.Signed != c.want.Signed || r.Grid != c.grid {
			t.Errorf("%v: got %s, %s, %s, %q, %s, signed %v, grid %v; want %+v and grid %v", c.args, r.Method, r.Layer, r.Adds, r.Same, r.Units, r.Signed, r.Grid, c.want, c.grid)
		}
		if c.adds != nil && math.Abs(c.adds(r)-r.Logit) > 1e-4*max(1, math.Abs(r.Logit)) {
			t.Errorf("%v: the values make %v of the logit %v", c.args, c.adds(r), r.Logit)
		}
	}
}

// TestEveryClass: the maps of all classes, of which one is the map.
func TestEveryClass(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	ok(t, "cam", photo(t, dir, 90, 70), "-n", "scenes:baseline", "--class", "taxi", "--every-class", "-o", out)
	read := func(name, header string) []byte {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(data, []byte(header)) {
			t.Fatalf("%s: %.128q says no %s", name, data, header)
		}
		return data[bytes.IndexByte(data, '}'):]
	}
	one, all := read("map.npy", "'shape': (8, 8)"), read("classes.npy", "'shape': (18, 8, 8)")
	const bytesOf = 4 * 8 * 8
	one, all = one[len(one)-bytesOf:], all[len(all)-18*bytesOf+14*bytesOf:][:bytesOf] // taxi is 14
	for i := 0; i < bytesOf; i += 4 {
		want, got := math.Float32frombits(binary.LittleEndian.Uint32(one[i:])), math.Float32frombits(binary.LittleEndian.Uint32(all[i:]))
		if math.Abs(float64(want-got)) > 1e-4 {
			t.Errorf("cell %d: %v, want %v", i/4, got, want)
		}
	}
	for _, args := range [][]string{{"--method", "grad-cam"}, {"--against", "boat"}, {"--code"}} {
		if _, stderr, status := call(append([]string{"cam", "scene:3", "-o", out, "--every-class"}, args...)...); status != 2 || !strings.Contains(stderr, "--every-class") {
			t.Errorf("%v: status %d, %q", args, status, stderr)
		}
	}
}

// TestMethodErrors: a method or a layer that there is not, or that do not go
// together, is refused before anything is written.
func TestMethodErrors(t *testing.T) {
	dir := t.TempDir()
	picture := photo(t, dir, 90, 70)
	for _, c := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"--method", "gradcam"}, 2, []string{"gradcam", "grad-cam"}},
		{[]string{"--layer", "stage10"}, 1, []string{"stage10", "stage1 to stage9"}},
		{[]string{"--layer", "features.99", "--method", "grad-cam"}, 1, []string{"features.99", `"features.`, `such as "features.4"`}},
		{[]string{"--layer", "stage5", "--method", "occlusion"}, 1, []string{"Occlusion", "stage5", "as a whole", "hires-cam"}},
		{[]string{"--layer", "stage5"}, 1, []string{"CAM", "stage5", "hires-cam"}},
	} {
		for _, command := range []string{"cam", "compare"} {
			out := filepath.Join(dir, "out")
			if command == "compare" {
				out += ".png"
			}
			_, stderr, status := call(append([]string{command, picture, "-n", small, "-o", out}, c.args...)...)
			if status != c.status || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s %v: status %d, %q", command, c.args, status, stderr)
			}
			for _, w := range c.want {
				if !strings.Contains(stderr, w) {
					t.Errorf("%s %v: %q does not say %q", command, c.args, stderr, w)
				}
			}
			if _, err := os.Stat(out); err == nil {
				t.Errorf("%s %v: %s was written", command, c.args, out)
			}
		}
	}
}

// TestMethodSession: a figure by another method is drawn again by --from, to the
// byte, and bench measures maps.
func TestMethodSession(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	ok(t, "compare", photo(t, dir, 90, 70), "-n", small, "--method", "grad-cam", "--layer", "stage6", "-o", first)
	ok(t, "compare", "--from", first, "-o", second)
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(second)
	if err != nil || string(a) != string(b) {
		t.Errorf("another figure (%v)", err)
	}
	s, err := record.ReadSession(first)
	if err != nil || s.Settings.Method != "grad-cam" || s.Settings.Layer != "stage6" || !strings.Contains(s.Settings.Command, "--method grad-cam --layer stage6") {
		t.Errorf("settings %+v, %v", s, err)
	}
	var m measurement
	if err := json.Unmarshal([]byte(ok(t, "bench", "-n", small, "--method", "grad-cam", "--layer", "stage6", "--runs", "2", "--json")), &m); err != nil {
		t.Fatal(err)
	}
	if m.Method != "grad-cam" || m.Layer != "stage6" || m.SumMS <= 0 {
		t.Errorf("bench measured %+v", m)
	}
}

// TestDerived: columns made of the networks' are drawn again from the figure, and
// what cannot be made is refused before any network is opened.
func TestDerived(t *testing.T) {
	dir := t.TempDir()
	figure, again := filepath.Join(dir, "figure.png"), filepath.Join(dir, "again.png")
	ok(t, "compare", "scene:35", "-n", "scenes:baseline", "-n", "scenes:higher-resolution", "--consensus", "--difference", "higher resolution-baseline", "-o", figure, "--json")
	ok(t, "compare", "--from", figure, "-o", again)
	want, err := os.ReadFile(figure)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, want) {
		t.Errorf("drawn again: other bytes (%v)", err)
	}
	numbers, err := os.ReadFile(filepath.Join(dir, "figure.json"))
	if err != nil || !strings.Contains(string(numbers), `--consensus --difference 2-1 -o`) || strings.Count(string(numbers), `"rank_correlation"`) != 4 {
		t.Errorf("the numbers are (%v) %s", err, numbers)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-n", "missing.pth", "--consensus"}, "two networks or more"},
		{[]string{"-n", "missing.pth", "-n", "b.pth", "--difference", "missing-missing"}, "less itself"},
		{[]string{"-n", "missing.pth", "-n", "b.pth", "--difference", "missing-c"}, `no network is named "c"`},
		{[]string{"-n", "missing.pth", "-n", "b.pth", "--difference", "3-1"}, `no network is named "3"`},
		{[]string{"-n", "missing.pth", "-n", "missing.pth", "--difference", "missing-2"}, "several pairs"},
	} {
		_, stderr, status := call(append([]string{"compare", "-o", filepath.Join(dir, "not.png")}, c.args...)...)
		if status != 2 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: status %d, %q; want %q", c.args, status, stderr, c.want)
		}
	}
}

// TestCode: cam --code prints the code of its map and writes nothing.
func TestCode(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	picture := photo(t, dir, 90, 70)
	for _, c := range []struct{ args, want []string }{
		{nil, []string{"array = torch.tensordot(score(net.get_submodule(\"classifier.1\").weight), A[0], 1)\n"}},
		{[]string{"--method", "score-cam", "--layer", "stage6", "--class", "taxi", "--against", "boat"}, []string{"    return y[14] - y[2]\n", "softmax(0)\n", "\"features.5\""}},
		{[]string{"--own", "--method", "grad-cam", "--paths"}, []string{"Image.open(" + strconv.Quote(picture) + ")"}},
	} {
		out := ok(t, append([]string{"cam", picture, "-n", "scenes:baseline", "--code"}, c.args...)...)
		for _, w := range append(c.want, "net = EfficientNet(", "array = array.detach().numpy()\n") {
			if !strings.Contains(out, w) {
				t.Errorf("%v: no %q in\n%s", c.args, w, out)
			}
		}
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-n", small}, 1, "its weights are random"},
		{[]string{"-n", "scenes:baseline", "-o", "out"}, 2, "--code prints and writes nothing"},
		{[]string{"-n", "scenes:baseline", "--layer", "stage9"}, 1, "stage1 to stage6"},
		{[]string{"-n", "scenes:baseline", "--layer", "stage3"}, 1, "the last layer and the classifier"},
	} {
		stdout, stderr, status := call(append([]string{"cam", picture, "--code"}, c.args...)...)
		if status != c.status || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, %q, %q", c.args, status, stdout, stderr)
		}
	}
	// What the code says of overlay.png: it is the picture itself, decoded.
	out := filepath.Join(t.TempDir(), "out")
	ok(t, "cam", "sample:cat.jpg", "-n", "scenes:baseline", "--opacity", "0", "-o", out)
	want, err := compare.OpenPicture("sample:cat.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := compare.OpenPicture(filepath.Join(out, "overlay.png")); err != nil || !bytes.Equal(got.Image.Pix, want.Image.Pix) {
		t.Errorf("overlay.png is not the picture (%v)", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%v lie beside the picture, %v", files, err)
	}
}

// TestControl: the baseline at the higher resolution comes beside the networks of the
// pack, and not twice.
func TestControl(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args   []string
		status int
		want   string // on stderr
		specs  int
	}{
		{[]string{"scene:35", "--control"}, 0, "the control is scenes:baseline@128, not trained at this size", 6},
		{[]string{"--pack", "imagenet", "scene:35", "--control"}, 0, "--control adds none: imagenet:higher-resolution is imagenet:baseline's weights", 5},
		{[]string{"scene:35", "-n", "scenes:compound", "--control"}, 1, "--control: models: no network runs at a larger input", 0},
		{[]string{"scene:35", "--control", "--difference", "6-4"}, 0, "", 6},
	} {
		out := filepath.Join(dir, "figure.png")
		_, stderr, status := call(append([]string{"compare", "-o", out}, c.args...)...)
		if status != c.status || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: status %d, %q; want %q", c.args, status, stderr, c.want)
		}
		if c.status != 0 {
			continue
		}
		if s, err := record.ReadSession(out); err != nil || len(s.Settings.Networks) != c.specs {
			t.Errorf("%q: the figure is of %v (%v)", c.args, s, err)
		}
	}
}
