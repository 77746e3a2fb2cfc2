package version

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// TestNumber: the version is one, and the files that packages are made by say the same.
func TestNumber(t *testing.T) {
	if !regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$`).MatchString(Number) {
		t.Errorf("%q is no version of a release", Number)
	}
	for file, states := range map[string]string{
		"../FyneApp.toml": `(?m)^Version = "(.*)"$`,
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if is := regexp.MustCompile(states).FindSubmatch(data); is == nil || string(is[1]) != Number {
			t.Errorf("%s says %q, and the program %s", file, is, Number)
		}
	}
}

// TestBuilds: a release says so, and of what commit it is; nothing else does.
func TestBuilds(t *testing.T) {
	if String() != Number+"-dev" || Name() != "scalecam "+Number+"-dev" {
		t.Errorf("a build that is no release is %s", Name())
	}
	defer func() { release = "" }()
	release = "0123456789abcdef0123456789abcdef01234567"
	if commit, changed := Commit(); String() != Number || commit != release || changed {
		t.Errorf("a release is %s, of %s, changed: %v", Name(), commit, changed)
	}
}

// TestProgram: a file says what wrote it, which stays when it is written again; one that
// that does not say, nothing is made up.
func TestProgram(t *testing.T) {
	for in, want := range map[string]string{
		`{}`:                             `{"program":"` + Name() + `"}`,
		`{"program":"scalecam 0.0.1"}`:   `{"program":"scalecam 0.0.1"}`,
		`{"program":"x\u001b[2J\n\"<é"}`: `{"program":"x\u001b[2J\n\"\u003cé"}`,
	} {
		var file struct {
			Program Program `json:"program"`
		}
		if err := json.Unmarshal([]byte(in), &file); err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if out, err := json.Marshal(file); err != nil || string(out) != want {
			t.Errorf("%s is written again as %s, %v; want %s", in, out, err, want)
		}
	}
	if err := json.Unmarshal([]byte(`7`), new(Program)); err == nil {
		t.Error("a number is a program")
	}
}
