package cli

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMistakes: the three forms say the same of a folder's pictures, named from there; what
// cannot be read is named and left out.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	for i, class := range []string{"cat", "dog", "dog"} {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, class, string(rune('a'+i))+" ü\t.png")
		if err := os.Rename(photo(t, t.TempDir(), 40+i, 30), name); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(dir, "dog"), "z.png", "no picture")
	args := []string{"evaluate", "--data", dir, "-n", "scenes:baseline", "-n", "scenes:wider", "--mistakes"}
	var got struct {
		Classes  []string
		Networks []struct {
			Name  string
			Right int
			Wrong []int
		}
		Pictures []struct {
			Picture string
			Class   int
			Answers []struct{ Class int }
		}
		Pairs []struct{ Differing, Changed []int }
	}
	stdout, stderr, status := call(append(args, "--json")...)
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 0 || !strings.Contains(stderr, "z.png") || strings.Contains(stdout, dir) {
		t.Fatalf("status %d, %s, %s: %v", status, stdout, stderr, err)
	}
	if len(got.Pictures) != 3 || len(got.Networks) != 2 || len(got.Pairs) != 1 || got.Pictures[1].Picture != `dog/b ü\t.png` {
		t.Fatalf("%+v", got)
	}
	if err := os.Remove(filepath.Join(dir, "dog", "z.png")); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(ok(t, append(args, "--csv")...))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%q: %v", rows, err)
	}
	table := ok(t, append(args, "--top", "1")...)
	for j, n := range got.Networks {
		if n.Right+len(n.Wrong) != 3 {
			t.Errorf("%+v", n)
		}
		for i, p := range got.Pictures {
			wrong := p.Answers[j].Class != p.Class
			if slices.Contains(n.Wrong, i) != wrong || rows[1+i][4+4*j] != map[bool]string{true: "false", false: "true"}[wrong] || rows[1+i][3+4*j] != got.Classes[p.Answers[j].Class] || rows[1+i][0] != p.Picture {
				t.Errorf("%s: row %q, answered %+v, wrong %v", p.Picture, rows[1+i], p.Answers[j], n.Wrong)
			}
		}
		if len(n.Wrong) > 0 && !strings.Contains(table, got.Pictures[n.Wrong[0]].Picture) {
			t.Errorf("%s is not in %s", got.Pictures[n.Wrong[0]].Picture, table)
		}
	}
	if all := strings.Count(ok(t, args...), "\n"); all <= strings.Count(table, "\n") || !strings.Contains(table, "(1 of 3)") {
		t.Errorf("%d lines without --top, and with it %s", all, table)
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--mistakes", "--method", "grad-cam"}, 2, "--method"},
		{[]string{"--mistakes", "--mosaics", "4"}, 2, "--mosaics"},
		{[]string{"--mistakes", "--json", "--csv"}, 2, "give one of them"},
		{[]string{"--mistakes", "--top", "0"}, 2, "give 1 or more"},
		{[]string{"--top", "3"}, 2, "--mistakes"},
		{[]string{"--csv"}, 2, "--mistakes"},
		{[]string{"--mistakes", "--data", t.TempDir()}, 1, "no folder in it holds pictures"},
	} {
		stdout, stderr, status := call(append([]string{"evaluate"}, c.args...)...)
		if status != c.status || stdout != "" || strings.Count(stderr, "\n") == 0 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, %q, %q", c.args, status, stdout, stderr)
		}
	}
}
