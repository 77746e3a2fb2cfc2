package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/network"
	"scalecam/network/models"
)

// untaught is a weights file of chance weights that says nothing of that, with
// these classes.
func untaught(t *testing.T, dir string, classes ...string) string {
	t.Helper()
	n, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(32)}, network.SymmetricPadding, len(classes))
	if err != nil {
		t.Fatal(err)
	}
	data, err := models.EncodeNetwork(n, network.Random(n, 3), 1e-3, classes, network.EfficientNet64.Preprocessing, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "mine.safetensors")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCalibrate: a temperature is written beside the weights file, and shown from
// then on: probabilities change, raw ones and logits do not.
func TestCalibrate(t *testing.T) {
	data, dir := folder(t, 12, "green", "red"), t.TempDir()
	weights := untaught(t, dir, "green", "red", "blue")
	picture := filepath.Join(data, "red", "x.png")
	classify := func() (classified, string) {
		t.Helper()
		stdout, stderr, status := call("classify", picture, "-n", weights, "--json")
		var c classified
		if err := json.Unmarshal([]byte(stdout), &c); err != nil || status != 0 {
			t.Fatal(status, stderr, err)
		}
		return c, stderr
	}
	before, said := classify()
	if before.Temperature != nil || before.Top[0].Probability != before.Top[0].ProbabilityRaw || !strings.Contains(said, "uncalibrated") {
		t.Errorf("before: %+v, %q", before, said)
	}
	stdout, stderr, status := call("calibrate", "--data", data, "-n", weights, "--json")
	var made calibrations
	if err := record.Decode([]byte(stdout), &made); err != nil || status != 0 || len(made.Networks) != 1 {
		t.Fatalf("status %d, %q, %v: %s", status, stderr, err, stdout)
	}
	c := made.Networks[0]
	if beside := filepath.Join(dir, "mine.calibration.json"); !strings.Contains(stderr, "written: "+beside) {
		t.Errorf("%q does not name %s", stderr, beside)
	}
	if c.Fitted != 12 || c.Tested != 12 || c.Temperature <= 0 || c.Temperature == 1 || !strings.HasPrefix(made.Data, "24 pictures of 2 classes") {
		t.Errorf("%+v", made)
	}
	after, said := classify()
	top := after.Top[0]
	if after.Temperature == nil || *after.Temperature != c.Temperature || said != "" || top.Class != before.Top[0].Class ||
		top.ProbabilityRaw != before.Top[0].Probability || top.Probability == top.ProbabilityRaw {
		t.Errorf("after: %+v, %q; before %+v", after, said, before)
	}
	if again := ok(t, "compare", picture, "-n", weights, "--json", "-o", filepath.Join(dir, "figure.png")); again == "" {
		t.Error("nothing is drawn")
	}
	report, err := os.ReadFile(filepath.Join(dir, "figure.json"))
	if err != nil || !strings.Contains(string(report), `"probability_raw"`) || strings.Contains(string(report), "uncalibrated") {
		t.Errorf("%v: %s", err, report)
	}
	// A picture is unsure or not, by what lies beside the weights; where that says
	// otherwise, so is the same picture.
	if after.Unsure == nil || after.Certainty == nil || *after.Unsure != (*after.Certainty < 0) || before.Unsure != nil || before.Certainty != nil {
		t.Errorf("unsure: %+v, before %+v", after, before)
	}
	beside := filepath.Join(dir, "mine.calibration.json")
	fitted, err := os.ReadFile(beside)
	if err != nil {
		t.Fatal(err)
	}
	for _, below := range []string{"-50", "50"} {
		text := regexp.MustCompile(`"mean": [^,]*,\s*"below": [^,]*,`).ReplaceAllString(string(fitted), `"mean": 50, "below": `+below+`,`)
		if err := os.WriteFile(beside, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, _ := classify()
		if c.Unsure == nil || *c.Unsure != (below == "50") {
			t.Errorf("unsure below %s: %+v", below, c)
		}
		said := "unsure: like none of its classes"
		if text := ok(t, "classify", picture, "-n", weights); strings.Contains(text, said) != *c.Unsure {
			t.Errorf("unsure below %s: %q", below, text)
		}
		ok(t, "compare", picture, "-n", weights, "--json", "-o", filepath.Join(dir, "figure.png"))
		ok(t, "cam", picture, "-n", weights, "-o", dir)
		for _, name := range []string{"figure.json", "cam.json"} {
			report, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || strings.Contains(string(report), said) != *c.Unsure || strings.Contains(string(report), `"unsure": true`) != *c.Unsure {
				t.Errorf("unsure below %s: %v: %s", below, err, report)
			}
		}
	}
	// The same once more, against the pictures themselves, by a map of classes; the seed decides the halves.
	answers := filepath.Join(dir, "map.json")
	if err := os.WriteFile(answers, []byte(`{"red": [1], "green": [0, 2]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, stderr, status := call("calibrate", "--data", data, "--classes", answers, "-n", weights, "--seed", "7", "--strangers", data, "--strangers-classes", "red"); status != 0 || !strings.Contains(text, "temperature") || !strings.Contains(text, "fitted to 12, measured on the other 12") || !strings.Contains(text, "textures") || !strings.Contains(text, filepath.Base(data)) {
		t.Errorf("status %d, %q: %s", status, stderr, text)
	}
}

// TestEvaluateFolder: labelled photographs, all of DIR/train and DIR/val, with
// several indices for a class; and what is wrong of them.
func TestEvaluateFolder(t *testing.T) {
	parts, dir := folder(t, 6, "green", "red", "yellow"), t.TempDir()
	for _, part := range []string{"train", "val"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(parts)); err != nil {
			t.Fatal(err)
		}
	}
	answers := filepath.Join(dir, "map.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(answers, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	weights := untaught(t, dir, "a", "b", "c")
	write(`{"green": [0, 1, 2], "red": [0, 1, 2], "cat": [0]}`)
	stdout, stderr, status := call("evaluate", "--data", dir, "--classes", answers, "-n", weights, "--json")
	var e evaluate.Evaluation
	if err := record.Decode([]byte(stdout), &e); err != nil || status != 0 {
		t.Fatalf("status %d, %q, %v", status, stderr, err)
	}
	if n := e.Networks[0]; e.Count != 24 || e.Unmasked != 24 || n.Top1 != 1 || n.Top5 != 1 || n.ECE != n.ECERaw || n.Placement != nil {
		t.Errorf("%+v, %+v", e, e.Networks[0])
	}
	if !strings.Contains(stderr, "1 classes of the folder are not in") || !strings.Contains(stdout, `"ece_raw"`) || strings.Contains(stdout, `"pointing"`) {
		t.Errorf("%q, %s", stderr, stdout)
	}
	for text, want := range map[string]string{
		`{"green": [0, 3]}`: `class "green" is to be its class 3; it has the classes 0 to 2`,
		`{"cat": [0]}`:      "none of the folder's classes",
		`{"green": 0}`:      "map.json",
		`{}`:                "it names no class",
	} {
		write(text)
		for _, command := range []string{"evaluate", "calibrate"} {
			stdout, stderr, status := call(command, "--data", dir, "--classes", answers, "-n", weights)
			if lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n"); status != 1 || stdout != "" || !strings.Contains(lines[len(lines)-1], want) {
				t.Errorf("%s %s: status %d, %q; want %q", command, text, status, stderr, want)
			}
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"evaluate", "--data", dir, "--count", "3"}, "--count is of scenes"},
		{[]string{"evaluate", "--data", dir, "--seed", "3"}, "--seed is of scenes"},
		{[]string{"evaluate", "--classes", answers}, "--data DIR"},
		{[]string{"calibrate", "--data", dir, "-n", weights, "--strangers-classes", "red"}, "--strangers"},
		{[]string{"calibrate", "photo.png"}, "--data"},
		{[]string{"calibrate", "--data", dir, "-n", small}, "random weights"},
	} {
		if stdout, stderr, status := call(c.args...); status != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, %q; want %q", c.args, status, stderr, c.want)
		}
	}
}
