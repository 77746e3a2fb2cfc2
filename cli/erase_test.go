package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/compare/record"
)

// TestErase: a table, or numbers, and a figure that is drawn again to the byte.
func TestErase(t *testing.T) {
	dir := t.TempDir()
	picture := photo(t, dir, 90, 70)
	table := ok(t, "erase", picture, "-n", small, "--region", "20,10,40,30", "--brush", "6,70,50,80,60", "--fill", "blur", "--class", "3")
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "of the pixels changed") || !strings.HasPrefix(lines[1], "network") || !strings.Contains(lines[2], "→") {
		t.Errorf("the table is\n%s", table)
	}
	if got := ok(t, "erase", picture, "-n", small, "--region", "20,10,1,1", "--fill", "grey"); !strings.Contains(got, ": <0.1% of the pixels changed") {
		t.Errorf("of one pixel it prints %q", got)
	}
	// Why a network has no numbers, and what a class that an index names is called.
	if got := ok(t, "erase", "scene:1", "-n", "scenes:baseline", "--region", "20,10,40,30", "--against", "bird"); !strings.Contains(got, "baseline: the class is held against itself") {
		t.Errorf("of a bird against birds it prints %q", got)
	}
	if got := ok(t, "erase", "scene:1", "-n", "scenes:baseline", "--region", "20,10,40,30", "--against", "0"); strings.Contains(got, "“0”") {
		t.Errorf("against an index it prints %q", got)
	}
	first, second := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	if got := ok(t, "erase", picture, "-n", small, "--region", "20,10,40,30", "--polygon", "1,1,9,1,5,8", "-o", first); !strings.HasSuffix(got, first+"\n") {
		t.Errorf("it prints %q", got)
	}
	ok(t, "erase", "--from", first, "-o", second)
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(second); err != nil || string(a) != string(b) {
		t.Errorf("another figure (%v)", err)
	}
	var r record.ErasedReport
	if err := json.Unmarshal([]byte(ok(t, "erase", "--from", first, "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Networks) != 1 || len(r.Networks[0].After.Top) != 5 || r.Settings.Erase == nil || len(r.Settings.Erase.Regions) != 2 {
		t.Errorf("numbers %+v", r)
	}
	// The same picture, whole, says so.
	_, stderr, status := call("compare", "--from", first, "-o", second)
	if status != 0 || !strings.Contains(stderr, "scalecam erase --from") {
		t.Errorf("compare: status %d, %q", status, stderr)
	}
	// By another method, against another class, to each its own.
	for _, more := range [][]string{{"--method", "grad-cam", "--layer", "stage6"}, {"--against", "5", "--class", "3"}, {"--own"}} {
		ok(t, append([]string{"erase", picture, "-n", small, "--region", "20,10,40,30"}, more...)...)
	}
}

// TestEraseTellingPart: a scene is drawn again, and is a picture of another class.
func TestEraseTellingPart(t *testing.T) {
	var r record.ErasedReport
	if err := json.Unmarshal([]byte(ok(t, "erase", "scene:86", "-n", "scenes:compound", "--telling-part", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	n := r.Networks[0]
	if r.Class != "taxi" || n.Before.Top[0].Class != "taxi" || n.After.Top[0].Class != "car" || n.LogitChange > -2 || r.Erased > 0.05 {
		t.Errorf("a taxi without its sign: %+v", n)
	}
}

// TestEraseErrors: what cannot be erased is refused in one line, before anything is
// written.
func TestEraseErrors(t *testing.T) {
	dir := t.TempDir()
	picture := photo(t, dir, 90, 70)
	plain := filepath.Join(dir, "plain.png")
	ok(t, "compare", picture, "-n", small, "-o", plain)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{picture}, 2, "nothing is to be erased"},
		{[]string{"--region", "1,2,3,4"}, 2, "0 pictures"},
		{[]string{picture, picture, "--region", "1,2,3,4"}, 2, "2 pictures"},
		{[]string{picture, "--region", "80,60,30,30"}, 1, "box 80,60,30,30 reaches out of the picture, which has 90 × 70 pixels"},
		{[]string{picture, "--region", "1,2,3"}, 2, "write x,y,width,height"},
		{[]string{picture, "--region", "1,2,0,3"}, 2, "the last two above 0"},
		{[]string{picture, "--region", "1,2,NaN,3"}, 2, "is no number"},
		{[]string{picture, "--brush", "0,2,3"}, 2, "a brush of the radius 0"},
		{[]string{picture, "--region", "1,2,3,4", "--fill", "void"}, 2, "surroundings, blur, grey"},
		{[]string{picture, "--telling-part"}, 1, "is no scene"},
		{[]string{"scene:86", "--telling-part", "--fill", "blur"}, 2, "no region to fill"},
		{[]string{picture, "--region", "0,0,90,70"}, 1, "nothing is left"},
		{[]string{picture, "--region", "1,2,3,4", "-o", "out.jpg"}, 2, "ends in .png"},
		{[]string{picture, "--region", "1,2,3,4", "--class", "no such thing"}, 1, "no such thing"},
		{[]string{picture, "--region", "1,2,3,4", "--look-in", dir}, 2, "--look-in"},
		{[]string{"--from", plain}, 1, "erases nothing"},
		{[]string{"--from", plain, "--region", "1,2,3,4"}, 2, "leave out --region"},
		{[]string{picture, "--from", plain}, 2, "leave out " + picture},
	} {
		args := append([]string{"erase"}, c.args...)
		if !strings.Contains(strings.Join(args, " "), "--from") {
			args = append(args, "-n", small)
		}
		if !strings.Contains(strings.Join(args, " "), "-o") {
			args = append(args, "-o", filepath.Join(dir, "out.png"))
		}
		stdout, stderr, status := call(args...)
		if status != c.status || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: status %d, %q, %q; want %d and %q", c.args, status, stderr, stdout, c.status, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, "out.png")); err == nil {
			t.Fatalf("%v: a figure was written", c.args)
		}
	}
}
