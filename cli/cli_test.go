package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"scalecam/compare/record"
)

// small is a network that runs in milliseconds.
const small = "random:efficientnet-b0,w=0.25,r=64"

// call runs a command line.
func call(args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = Run(args, &out, &err, nil)
	return out.String(), err.String(), status
}

// ok runs a command line that must succeed.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, status := call(args...)
	if status != 0 || stderr != "" {
		t.Fatalf("scalecam %s: status %d, %s", strings.Join(args, " "), status, stderr)
	}
	return stdout
}

// photo writes a picture of w × h pixels and gives its path.
func photo(t *testing.T, dir string, w, h int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x ^ y) & 255), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, fmt.Sprintf("photo%dx%d.png", w, h))
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		args             []string
		parameters, macs int64
		blocks, head     int
		grid             [2]int
	}{
		{[]string{"efficientnet-b0"}, 5_288_548, 385_814_752, 16, 1280, [2]int{7, 7}},
		{[]string{"efficientnet-b0", "--depth", "4"}, 20_091_856, 1_575_132_640, 64, 1280, [2]int{7, 7}},
		{[]string{"efficientnet-b0", "--width", "2"}, 18_122_720, 1_449_958_848, 16, 2560, [2]int{7, 7}},
		{[]string{"efficientnet-b0", "--resolution", "448"}, 5_288_548, 1_537_537_408, 16, 1280, [2]int{14, 14}},
		{[]string{"efficientnet-b0", "--resolution", "2"}, 5_288_548, 1_537_537_408, 16, 1280, [2]int{14, 14}},
		{[]string{"efficientnet-b0", "--depth", "1.4", "--width", "1.2", "--resolution", "300"}, 12_233_232, 1_827_141_392, 26, 1536, [2]int{10, 10}},
		{[]string{"random:efficientnet-b0,d=1.4,w=1.2,r=300"}, 12_233_232, 1_827_141_392, 26, 1536, [2]int{10, 10}},
		{[]string{"compound"}, 12_233_232, 1_827_141_392, 26, 1536, [2]int{10, 10}},
		{[]string{"mobilenet-v2", "--resolution", "96x160"}, 3_504_872, 0, 17, 1280, [2]int{3, 5}},
	} {
		var d description
		if err := json.Unmarshal([]byte(ok(t, append([]string{"describe", "--json"}, c.args...)...)), &d); err != nil {
			t.Fatal(err)
		}
		if c.macs == 0 { // none are published at this size: the stages' sum
			for _, s := range d.Stages {
				c.macs += s.MACs
			}
		}
		if d.Parameters != c.parameters || d.MACs != c.macs || d.Blocks != c.blocks || d.Head != c.head || d.Grid != c.grid {
			t.Errorf("%v: got %+v", c.args, d)
		}
	}
	// The budget is the counted MACs of Figure 7's networks: these are found again.
	for _, c := range []struct {
		args []string
		most string
		macs int64
	}{
		{[]string{"--by", "depth"}, "1,575,132,640", 1_575_132_640},
		{[]string{"--by", "resolution"}, "1537537408", 1_537_537_408},
		{[]string{"--by", "resolution"}, "1.538G", 1_537_537_408},
		{[]string{"--by", "width", "--depth", "1"}, "1449958848", 1_449_958_848},
		{nil, "386M", 385_814_752},
	} {
		var d description
		if err := json.Unmarshal([]byte(ok(t, append([]string{"describe", "efficientnet-b0", "--json", "--at-most", c.most}, c.args...)...)), &d); err != nil {
			t.Fatal(err)
		}
		if d.MACs != c.macs || d.AtMost == nil || d.AtMost.Value < 0 || d.AtMost.MACs < d.MACs {
			t.Errorf("at most %s: %d MACs, %+v", c.most, d.MACs, d.AtMost)
		}
	}
	if table := ok(t, "describe", "efficientnet-b0", "--at-most", "2G"); !strings.Contains(table, "is the most with at most 2,000,000,000 MACs") || !strings.Contains(table, "phi 2.") {
		t.Errorf("the table reads:\n%s", table)
	}
	if table := ok(t, "describe", "efficientnet-b0"); !strings.Contains(table, "MBConv6 5×5") || !strings.Contains(table, "5,288,548") {
		t.Errorf("the table reads:\n%s", table)
	}
}

func TestClassify(t *testing.T) {
	dir := t.TempDir()
	a, b := photo(t, dir, 90, 60), photo(t, dir, 40, 80)
	stdout, stderr, status := call("classify", a, b, "--network", small, "--top", "3", "--json")
	if status != 0 || !strings.Contains(stderr, "untrained") {
		t.Fatalf("status %d, %q; want a note that the network is untrained", status, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want one for each picture", len(lines))
	}
	for i, path := range []string{a, b} {
		var c classified
		if err := json.Unmarshal([]byte(lines[i]), &c); err != nil {
			t.Fatal(err)
		}
		if string(c.Picture) != path || len(c.Top) != 3 || c.Top[0].Probability < c.Top[1].Probability || c.Top[0].Class == "" {
			t.Errorf("line %d: %+v", i, c)
		}
	}
	if text, _, _ := call("classify", a, "--network", small); !strings.Contains(text, "%") || strings.Count(text, "\n") != 6 {
		t.Errorf("for people:\n%s", text)
	}
}

// TestCompareBroken: a figure is drawn of the pictures that can be read, and the
// others are named.
func TestCompareBroken(t *testing.T) {
	dir := t.TempDir()
	a, broken, missing := photo(t, dir, 40, 30), filepath.Join(dir, "broken.jpg"), filepath.Join(dir, "missing.jpg")
	// Its header is sound, and its pixels are cut off.
	whole, err := os.ReadFile("../testdata/picture/rgb.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, whole[:len(whole)*3/4], 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "figure.png")
	_, stderr, status := call("compare", a, broken, missing, "--network", "scenes:baseline", "-o", out, "--json")
	if status != 1 || strings.Count(stderr, broken) != 1 || strings.Count(stderr, missing) != 1 || !strings.Contains(stderr, "2 of 3 pictures are not in the figure") {
		t.Errorf("status %d, %q", status, stderr)
	}
	report, err := os.ReadFile(filepath.Join(dir, "figure.json"))
	if err != nil || !strings.Contains(string(report), filepath.Base(a)) || strings.Contains(string(report), "broken") {
		t.Errorf("%v; %s", err, report)
	}
	if _, stderr, status := call("compare", broken, "--network", "scenes:baseline", "-o", out); status != 1 || !strings.Contains(stderr, "broken.jpg: this JPEG picture cannot be read") {
		t.Errorf("alone: status %d, %q", status, stderr)
	}
}

// TestDarkSaid: what to beware of in a picture is said in the numbers, and once where
// the program speaks.
func TestDarkSaid(t *testing.T) {
	dir := t.TempDir()
	var dark bytes.Buffer
	if err := png.Encode(&dark, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	path, out := filepath.Join(dir, "dark.png"), filepath.Join(dir, "figure.png")
	if err := os.WriteFile(path, dark.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := call("compare", path, photo(t, dir, 40, 30), "--network", "scenes:baseline", "-o", out, "--json")
	if status != 0 || strings.Count(stderr, "nearly black") != 1 || strings.Count(stderr, "networks that learnt drawn scenes alone") != 1 {
		t.Errorf("status %d, %q", status, stderr)
	}
	report, err := os.ReadFile(filepath.Join(dir, "figure.json"))
	if err != nil || strings.Count(string(report), `"beware": "it looks nearly black: its lightest level is 0 of 255`) != 1 {
		t.Errorf("%v; %s", err, report)
	}
}

// TestClassifyBroken: a broken picture is named, and those after it are
// classified all the same.
func TestClassifyBroken(t *testing.T) {
	dir := t.TempDir()
	a, b, broken, missing := photo(t, dir, 90, 60), photo(t, dir, 40, 80), filepath.Join(dir, "broken.jpg"), filepath.Join(dir, "missing.jpg")
	if err := os.WriteFile(broken, []byte("\xff\xd8\xff and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	want, _, _ := call("classify", a, b, "--network", "scenes:baseline")
	stdout, stderr, status := call("classify", a, broken, missing, b, "--network", "scenes:baseline")
	lines := strings.Split(stderr, "\n")
	if status != 1 || stdout != want || len(lines) != 4 || !strings.Contains(lines[0], broken) || !strings.Contains(lines[1], missing) || !strings.Contains(lines[2], "2 of 4 pictures are not classified") {
		t.Errorf("status %d, %q, %q; want %q", status, stdout, stderr, want)
	}
	stdout, stderr, status = call("classify", broken, a, "--network", "scenes:baseline", "--json")
	var c classified
	if err := json.Unmarshal([]byte(stdout), &c); err != nil || status != 1 || string(c.Picture) != a || strings.Count(stdout, "\n") != 1 {
		t.Errorf("status %d, %q, %q; want a line for %s", status, stdout, stderr, a)
	}
	if stdout, stderr, status = call("classify", broken, "--network", "scenes:baseline"); status != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 {
		t.Errorf("alone: status %d, %q, %q; want one line", status, stdout, stderr)
	}
}

// outputs runs compare and cam and gives all files that they write.
func outputs(t *testing.T, picture string) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	ok(t, "compare", picture, "-n", small, "-n", small+",seed=2", "--scale", "shared", "-o", "figure.png", "--json")
	ok(t, "cam", picture, "-n", small, "--class", "7", "--crop", "none", "-o", "new/folder")
	files := map[string][]byte{}
	for _, name := range []string{"figure.png", "figure.json", "new/folder/map.npy", "new/folder/heatmap.png", "new/folder/overlay.png", "new/folder/cam.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	return files
}

// TestFiles: what compare and cam write is what it says, and the same bytes
// again whatever the number of threads.
func TestFiles(t *testing.T) {
	picture := photo(t, t.TempDir(), 120, 80)
	files := outputs(t, picture)
	for name, want := range map[string]image.Point{"new/folder/heatmap.png": {120, 80}, "new/folder/overlay.png": {120, 80}} {
		c, err := png.DecodeConfig(bytes.NewReader(files[name]))
		if err != nil || (image.Point{c.Width, c.Height}) != want {
			t.Errorf("%s: %d×%d, %v; want %v", name, c.Width, c.Height, err, want)
		}
	}
	// The grid of 64 px is 2 × 2: a header of NumPy's and four numbers.
	npy := files["new/folder/map.npy"]
	if !bytes.HasPrefix(npy, []byte("\x93NUMPY")) || !bytes.Contains(npy, []byte("'<f4'")) || !bytes.Contains(npy, []byte("(2, 2)")) {
		t.Errorf("map.npy begins %q", npy[:min(len(npy), 100)])
	}
	var r camReport
	if err := json.Unmarshal(files["new/folder/cam.json"], &r); err != nil {
		t.Fatal(err)
	}
	if r.Index != 7 || r.Class != "cock" || r.Grid != [2]int{2, 2} || r.Input != [2]int{64, 64} || r.Seen != [4]float64{0, 0, 120, 80} ||
		len(r.Notes) == 0 || r.Minimum > r.Maximum || r.Probability <= 0 {
		t.Errorf("cam.json: %+v", r)
	}
	if d := r.Mean + r.Bias - r.Logit; d > 1e-5 || d < -1e-5 {
		t.Errorf("mean + bias differs from the logit by %v", d)
	}
	for _, threads := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(threads)
		again := outputs(t, picture)
		runtime.GOMAXPROCS(before)
		for name := range files {
			if !slices.Equal(files[name], again[name]) {
				t.Errorf("%s differs with %d threads", name, threads)
			}
		}
	}
}

// TestSchema: JSON that is read again begins with its schema, and a session of a
// newer one is refused in one line.
func TestSchema(t *testing.T) {
	dir := t.TempDir()
	figure := filepath.Join(dir, "figure.png")
	ok(t, "compare", "scene:1", "-n", small, "-o", figure, "--json")
	ok(t, "cam", "scene:1", "-n", small, "-o", dir)
	texts := map[string]string{"evaluate": ok(t, "evaluate", "-n", "scenes:baseline", "--count", "1", "--json")}
	for _, name := range []string{"figure.json", "cam.json"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	for name, text := range texts {
		if !strings.HasPrefix(text, "{\n  \"schema\": 1,\n") {
			t.Errorf("%s begins with %.40q", name, text)
		}
	}
	newer := filepath.Join(dir, "newer.scalecam")
	if err := os.WriteFile(newer, []byte(`{"schema": 2, "settings": {"blend": "screen"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := call("compare", "--from", newer, "-o", filepath.Join(dir, "again.png"))
	if want := "its schema is 2, and this version of scalecam reads 1; update scalecam (" + newer + ")\n"; status != 1 || stdout != "" || !strings.HasSuffix(stderr, want) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

// TestSample: without a picture the sample is compared, and the command that
// the figure carries draws it again.
func TestSample(t *testing.T) {
	t.Chdir(t.TempDir())
	if got := ok(t, "compare", "--network", small); got != "scalecam.png\n" {
		t.Errorf("wrote %q", got)
	}
	first, err := os.ReadFile("scalecam.png")
	if err != nil {
		t.Fatal(err)
	}
	text, err := record.DecodeSettings(first)
	if err != nil {
		t.Fatal(err)
	}
	var settings record.Settings
	if err := json.Unmarshal(text, &settings); err != nil {
		t.Fatal(err)
	}
	// No word of this command needs quotes.
	ok(t, strings.Fields(strings.TrimPrefix(settings.Command, "scalecam "))...)
	if again, err := os.ReadFile("figure.png"); err != nil || !slices.Equal(again, first) {
		t.Errorf("%s: not the same figure (%v)", settings.Command, err)
	}
}

// TestClass: --class takes synonyms, in Korean too, in letters of either form.
func TestClass(t *testing.T) {
	picture := photo(t, t.TempDir(), 30, 30)
	for _, class := range []string{"sneaker", "운동화", norm.NFD.String("운동화"), "러닝 화"} {
		t.Chdir(t.TempDir())
		ok(t, "cam", picture, "-n", small, "--class", class, "-o", "map")
		data, err := os.ReadFile("map/cam.json")
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Class string
			Index int
		}
		if err := json.Unmarshal(data, &got); err != nil || got.Class != "running shoe" || got.Index != 770 {
			t.Errorf("%s: the map is of %s (%d), want running shoe; %v", class, got.Class, got.Index, err)
		}
	}
}

// TestErrors: one line on standard error, the status, and nothing written.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	good := photo(t, dir, 30, 30)
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"compare", "nothing.png", "-n", small}, 1, "nothing.png"},
		{[]string{"compare", dir, "-n", small}, 1, dir},
		{[]string{"compare", good, "-n", "nothing.safetensors"}, 1, "nothing.safetensors"},
		{[]string{"compare", good, "-n", good}, 1, good},
		{[]string{"compare", good, "-n", small, "--class", "grey foks"}, 1, `"grey fox"`},
		{[]string{"compare", good, "-n", small, "--class", "피아노"}, 1, `579 "그랜드 피아노", 881 "업라이트 피아노"`},
		{[]string{"compare", good, "-n", small, "-o", "no/folder/x.png"}, 1, "no/folder"},
		{[]string{"compare", good, "-n", small, "-o", "x.jpg"}, 2, "PNG"},
		{[]string{"compare", good, "-n", small, "--colormap", "rainbow"}, 2, "inferno"},
		{[]string{"compare", good, "-n", small, "--opacity", "NaN"}, 2, "0 to 1"},
		{[]string{"compare", good, "-n", small, "--scale", "log"}, 2, "shared"},
		{[]string{"compare", good, "-n", small, "--crop", "left"}, 2, "centre"},
		{[]string{"compare", good, "-n", small, "--set", "padding"}, 2, "KEY=VALUE"},
		{[]string{"compare", good, "-n", small, "--set", "colour=red"}, 1, "padding"},
		{[]string{"compare", "--nonsense"}, 2, "--nonsense"},
		{[]string{"cam", good, "-n", small}, 2, "-o"},
		{[]string{"cam", good, good, "-n", small, "-o", "x"}, 2, "2 pictures"},
		{[]string{"cam", good, "-n", small, "-n", small, "-o", "x"}, 2, "--network"},
		{[]string{"compare", good, "--pack", "photos"}, 2, `no pack "photos"; there are imagenet, everyday, scenes`},
		{[]string{"compare", good, "--pack", "scenes", "-n", small}, 2, "not both"},
		{[]string{"describe", "--pack", "scenes", small}, 2, "not both"},
		{[]string{"describe", "--pack", "scenes", "--depth", "2"}, 2, "leave out --depth"},
		{[]string{"describe", "--pack", "scenes", "--set", "eps=1"}, 2, "leave out --set"},
		{[]string{"bench", "-n", small, "--own"}, 2, "--own"}, // of which class, changes no time
		{[]string{"bench", "-n", small, "--against", "3", "--train"}, 2, "--against"},
		{[]string{"train", "--pack", "imagenet", "-o", "x"}, 2, "trained elsewhere"},
		{[]string{"cam", good, "-n", small, "-o", good}, 1, good},
		{[]string{"classify", "-n", small}, 2, "no picture"},
		{[]string{"classify", good, "-n", small, "--top", "0"}, 2, "--top"},
		{[]string{"describe", "efficientdet-d0", "--depth", "2"}, 2, "leave out --depth"},
		{[]string{"describe"}, 2, "SPEC"},
		{[]string{"describe", "resnet-49"}, 1, "resnet-49"},
		{[]string{"describe", "efficientnet-b0", "--depth", "0"}, 1, "depth"},
		{[]string{"describe", "efficientnet-b0", "--phi", "1", "--depth", "2"}, 2, "--phi"},
		{[]string{"describe", small, "--depth", "2"}, 2, "--depth"},
		{[]string{"describe", small, "--at-most", "2G"}, 2, "has its own scaling"},
		{[]string{"describe", "efficientnet-b0", "--at-most", "two"}, 2, "no count"},
		{[]string{"describe", "efficientnet-b0", "--at-most", "9"}, 1, "more than 9"},
		{[]string{"describe", "efficientnet-b0", "--by", "depth"}, 2, "--at-most"},
		{[]string{"describe", "efficientnet-b0", "--at-most", "2G", "--by", "length"}, 2, "phi, depth, width or resolution"},
		{[]string{"describe", "efficientnet-b0", "--at-most", "2G", "--width", "2"}, 2, "leave out --width"},
		{[]string{good}, 2, "scalecam compare"},
	} {
		stdout, stderr, status := call(c.args...)
		if status != c.status || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "scalecam: ") || !strings.Contains(stderr, c.want) {
			t.Errorf("scalecam %s: status %d, %q, %q; want status %d and one line that says %q", strings.Join(c.args, " "), status, stdout, stderr, c.status, c.want)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestWindow: without a command the window opens with what is named.
func TestWindow(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	never := func(Window) error {
		t.Error("the window was opened")
		return nil
	}
	for arg, want := range map[string]int{"compaer": 2, "photo.png": 1} { // no command; no display
		if status := Run([]string{arg}, &bytes.Buffer{}, &bytes.Buffer{}, never); runtime.GOOS == "linux" && status != want {
			t.Errorf("%s: status %d, want %d", arg, status, want)
		}
	}
	t.Setenv("DISPLAY", ":0")
	var got Window
	status := Run([]string{"a.png", "b.png", "-n", small, "--crop", "none", "--class", "7"}, &bytes.Buffer{}, &bytes.Buffer{}, func(w Window) error {
		got = w
		return nil
	})
	if status != 0 || !slices.Equal(got.Pictures, []string{"a.png", "b.png"}) || !slices.Equal(got.Networks, []string{small}) || got.Settings["crop"] != "none" || got.Class != "7" {
		t.Errorf("status %d, window %+v", status, got)
	}
}

// TestFrom: a figure is drawn again to the same bytes from its own PNG and from
// a session, and nothing else may be asked for beside that.
func TestFrom(t *testing.T) {
	dir := t.TempDir()
	figure := filepath.Join(dir, "figure.png")
	ok(t, "compare", photo(t, dir, 120, 80), photo(t, dir, 80, 120), "-n", small, "--class", "3", "--contour", "0.3", "--zoom", "2", "--scale", "shared", "-o", figure)
	want, err := os.ReadFile(figure)
	if err != nil {
		t.Fatal(err)
	}
	s, err := record.ReadSession(figure)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	session := filepath.Join(dir, "view.scalecam")
	if err := os.WriteFile(session, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{figure, session} {
		again := filepath.Join(dir, "again.png")
		ok(t, "compare", "--from", from, "-o", again)
		if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, want) {
			t.Errorf("from %s: other bytes (%v)", from, err)
		}
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--from", figure, "other.png"}, 2, "names the pictures"},
		{[]string{"--from", figure, "--grey"}, 2, "leave out --grey"},
		{[]string{"--from", filepath.Join(dir, "missing")}, 1, "cannot be read"},
		{[]string{"--from", dir}, 1, "this is a folder"},
		{[]string{"--contour", "2"}, 2, "--contour 2"},
		{[]string{"--zoom", "9"}, 2, "--zoom 9"},
	} {
		_, stderr, status := call(append([]string{"compare"}, c.args...)...)
		if status != c.status || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: status %d, %q; want %d and %q", c.args, status, stderr, c.status, c.want)
		}
	}
}

// TestPacks: where no network is named, the pictures decide which pack's they are,
// and every command says so; --pack goes before.
func TestPacks(t *testing.T) {
	dir := t.TempDir()
	good := photo(t, dir, 30, 30)
	t.Chdir(dir)
	for _, c := range []struct {
		args []string
		want string // said
		in   string // what is written
	}{
		{[]string{"compare"}, "those of the pack imagenet, since no picture is named", "figure.json"},
		{[]string{"compare", good}, "those of the pack imagenet, since the pictures are no scenes", "figure.json"},
		{[]string{"compare", "scene:35"}, "those of the pack scenes, since the pictures are scenes", "figure.json"},
		{[]string{"compare", "scene:35", good}, "those of the pack imagenet, since some of the pictures are no scenes", "figure.json"},
		{[]string{"compare", "--pack", "scenes", good}, "those of the pack scenes, by --pack", "figure.json"},
		{[]string{"cam", good, "-o", "."}, "the network is imagenet:compound, the best of the pack imagenet, since", "cam.json"},
		{[]string{"cam", "scene:35", "-o", "."}, "the network is scenes:compound, the best of the pack scenes, since", "cam.json"},
		{[]string{"classify", good, "--pack", "scenes"}, "the network is scenes:compound, the best of the pack scenes, by --pack", ""},
		{[]string{"bench", "--pack", "scenes", "--runs", "1"}, "those of the pack scenes, by --pack", ""},
		{[]string{"evaluate", "--count", "1"}, "those of the pack scenes, since the pictures are scenes", ""},
	} {
		args := c.args
		if args[0] == "compare" {
			args = append(args, "-o", "figure.png", "--json")
		}
		_, stderr, status := call(args...)
		lines := 1
		if slices.Equal(c.args, []string{"compare", "--pack", "scenes", good}) { // which those do not know
			lines = 2
			if !strings.Contains(stderr, "their maps are guesses; --pack imagenet knows photographs") {
				t.Errorf("%v: %q", args, stderr)
			}
		}
		if status != 0 || strings.Count(stderr, "\n") != lines || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, %q; want %q", args, status, stderr, c.want)
		}
		if c.in == "" {
			continue
		}
		written, err := os.ReadFile(c.in)
		if pack := strings.Contains(c.want, "pack scenes"); err != nil || strings.Contains(string(written), `"scenes:compound"`) != pack || strings.Contains(string(written), `"imagenet:compound"`) == pack {
			t.Errorf("%v: %v, %.300s", args, err, written)
		}
	}
	var d packDescription
	if err := json.Unmarshal([]byte(ok(t, "describe", "--pack", "imagenet", "--json")), &d); err != nil || len(d.Networks) != 5 || d.Networks[4].Parameters != 6_092_072 || d.Networks[4].Scaled == "" {
		t.Errorf("%v, %+v", err, d)
	}
	if text := ok(t, "describe", "--pack", "imagenet"); !strings.Contains(text, "wider alone was never published") || !strings.Contains(text, "× 2.23") || !strings.Contains(text, "Apache-2.0") {
		t.Error(text)
	}
}
