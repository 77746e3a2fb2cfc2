package cli

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/compare/evaluate"
	"scalecam/compare/record"
)

// TestSigmoid: a network of one output is never shown as a softmax, by no command.
func TestSigmoid(t *testing.T) {
	data, dir := folder(t, 12, "green", "red"), t.TempDir()
	weights, picture := untaught(t, dir, "red"), filepath.Join(data, "red", "x.png")
	if got := ok(t, "describe", weights); !strings.Contains(got, ", 1 class (") || !strings.Contains(got, "the sigmoid of its logit") {
		t.Errorf("described as %s", got)
	}
	stdout, stderr, status := call("classify", picture, "-n", weights, "--json")
	var before classified
	if err := json.Unmarshal([]byte(stdout), &before); err != nil || status != 0 || !before.Independent || before.Top[0].Probability > 0.999 || !strings.Contains(stderr, "(sigmoid)") || !strings.Contains(stderr, "uncalibrated") {
		t.Fatalf("%+v, %q, %v", before, stderr, err)
	}
	if _, stderr, status := call("evaluate", "--data", data, "-n", weights); status != 1 || !strings.Contains(stderr, `{"YES": [0], "NO": []}`) {
		t.Errorf("status %d, %q", status, stderr)
	}
	answers := filepath.Join(dir, "map.json")
	if err := os.WriteFile(answers, []byte(`{"red": [0], "green": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	does := func(args ...string) string { // one picture of the folder is broken, which is said
		t.Helper()
		stdout, stderr, status := call(args...)
		if status != 0 {
			t.Fatal(args, stderr)
		}
		return stdout
	}
	table := does("evaluate", "--data", data, "--classes", answers, "-n", weights)
	if !strings.Contains(table, `"green" always`) || !strings.Contains(table, "50.0%") || !strings.Contains(table, "100.0%") { // the share, top-5
		t.Errorf("%s", table)
	}
	var e evaluate.Evaluation
	if err := record.Decode([]byte(does("evaluate", "--data", data, "--classes", answers, "-n", weights, "--json")), &e); err != nil || e.Largest == nil || e.Largest.Share != 0.5 || e.Networks[0].Confidence < 0.5 {
		t.Errorf("%+v, %v", e, err)
	}
	does("calibrate", "--data", data, "--classes", answers, "-n", weights)
	ok(t, "compare", picture, "-n", weights, "--json", "-o", filepath.Join(dir, "figure.png"))
	text, err := os.ReadFile(filepath.Join(dir, "figure.json"))
	if err != nil {
		t.Fatal(err)
	}
	var figure record.Report
	if err := json.Unmarshal(text, &figure); err != nil {
		t.Fatal(err)
	}
	cell := figure.Rows[0].Cells[0]
	sigmoid := func(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }
	z := float64(cell.Logit)
	if math.Abs(float64(cell.ProbabilityRaw)-sigmoid(z)) > 1e-6 || math.Abs(float64(cell.Probability)-sigmoid(z/float64(*cell.Temperature))) > 1e-6 {
		t.Errorf("%+v", cell)
	}
}
