package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDisagree: pictures of folders are sorted, most disagreement first, in three
// forms that say the same; what cannot be read is named and left out.
func TestDisagree(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.png", "a.png"} {
		if err := os.Rename(photo(t, dir, 40, 30), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir, "notes.txt", "no picture")
	args := []string{"disagree", "-n", "scenes:baseline", "-n", "scenes:compound", "--class", "taxi", "scene:35", dir, "scene:2"}
	var got disagreements
	if err := json.Unmarshal([]byte(ok(t, append(args, "--json")...)), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Pictures) != 4 || len(got.Networks) != 2 || got.Pictures[0].Class != "taxi" {
		t.Fatalf("%+v", got)
	}
	lines := strings.Split(ok(t, append(args, "--csv")...), "\n")
	if len(lines) != 6 || lines[0] != "picture,class,rank_correlation,iou_top20,answers" {
		t.Fatalf("%q", lines)
	}
	table := strings.Split(ok(t, args...), "\n")
	for i, row := range got.Pictures {
		if i > 0 && row.RankCorrelation < got.Pictures[i-1].RankCorrelation {
			t.Errorf("%s comes too late", row.Picture)
		}
		if !strings.HasPrefix(lines[i+1], string(row.Picture)+",taxi,"+exactly(row.RankCorrelation)) || !strings.HasSuffix(table[i+1], string(row.Picture)) {
			t.Errorf("row %d: %q and %q, want %+v", i, lines[i+1], table[i+1], row)
		}
	}
	put(t, dir, "c.png", "no picture")
	stdout, stderr, status := call(args...)
	if status != 1 || strings.Count(stdout, "\n") != 5 || !strings.Contains(stderr, "c.png") || !strings.Contains(stderr, "1 of 5 pictures") {
		t.Errorf("with a broken one: status %d, %q, %q", status, stdout, stderr)
	}
	empty := t.TempDir()
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, 2, "no picture and no folder"},
		{[]string{empty}, 1, "holds no pictures"},
		{[]string{"scene:1", "-n", "scenes:baseline"}, 2, "one network cannot disagree"},
		{[]string{"scene:1", "--json", "--csv"}, 2, "give one of them"},
		{[]string{"scene:1", "--class", "spaceship"}, 1, "spaceship"},
		{[]string{"scene:1", "--own", "--class", "taxi"}, 2, "give one of them"},
	} {
		stdout, stderr, status := call(append([]string{"disagree"}, c.args...)...)
		if status != c.status || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: status %d, %q, %q; want %q", c.args, status, stdout, stderr, c.want)
		}
	}
}
