package wording

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/fault"
)

// unmet are packages and files whose errors nobody meets in the window, and such
// errors: they are the program's own mistakes, or of what the terminal alone
// does. They stay English.
var unmet = []string{
	"../colormap/overlay.go", "../file/lock.go", "../network/graph.go", "../network/weights.go", "../network/models/write.go",
	"../assets", "../cam/measure", "../cli", "../compare/batch", "../compare/sweep/job.go", "../compare/sweep/sweep.go", "../docs", "../network/kernel", "../network/op", "../network/oracletest", "../tools", "../ui/pages/pagetest",
	"../network/train/batch.go", "../network/train/checkpoint.go", "../network/train/optimiser.go", "../network/train/pack.go", "../network/train/recipe.go", "../network/train/run.go", "../network/train/step.go",
	"network: %s: an input of %v and %d values, expected %v and %d",
	"null",                       // said in other words before it is told
	"speak: the texts in %s: %w", // the embedded ones
	"ui: %w",                     // of the preferences, before there is a window
}

// spoken are a package's literals, and those of them that are formats of errors.
type spoken struct{ literals, formats map[string]bool }

// sources reads all packages' texts, by folder.
func sources(t *testing.T) map[string]spoken {
	t.Helper()
	all := map[string]spoken{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() != ".." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(unmet, filepath.ToSlash(path))) {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		room = strings.TrimPrefix(strings.TrimPrefix(room, ".."), "/")
		if room == "" {
			room = "."
		}
		s, ok := all[room]
		if !ok {
			s = spoken{map[string]bool{}, map[string]bool{}}
			all[room] = s
		}
		text := func(n ast.Node) (string, bool) {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING {
				return "", false
			}
			text, err := strconv.Unquote(l.Value)
			return text, err == nil
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if l, ok := text(n); ok {
				s.literals[l] = true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 || slices.Contains(unmet, filepath.ToSlash(path)) {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Errorf", "New", "fail"}, f.Sel.Name) {
				if l, ok := text(call.Args[0]); ok {
					s.formats[l] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestErrorsInTheSource: every error that the window may tell of is translated,
// with all its values, and no other.
func TestErrorsInTheSource(t *testing.T) {
	all := sources(t)
	if n := len(all["network/tensorfile"].formats); n < 50 {
		t.Fatalf("found %d formats in network/tensorfile", n)
	}
	for _, l := range Languages {
		if l == "en" { // as in the source
			continue
		}
		data := assets.Errors(l)
		var rooms map[string]map[string]string
		if err := json.Unmarshal(data, &rooms); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		for room, texts := range rooms {
			if room == "system" {
				continue
			}
			for _, format := range slices.Sorted(maps.Keys(texts)) {
				if !all[room].literals[format] {
					t.Errorf("%s: no %q is in %s", l, format, room)
				}
				used := uses(texts[format])
				for n, v := range uses(format) {
					if put := used[n]; put != "s" && put != "v" || v == "w" && put != "v" || put == "v" && !slices.Contains([]string{"w", "s", "v", "q"}, v) {
						t.Errorf("%s: %q is %q: value %d, %%%s, is %%%s", l, format, texts[format], n, v, put)
					}
					delete(used, n)
				}
				if len(used) > 0 {
					t.Errorf("%s: %q is %q, of more values", l, format, texts[format])
				}
			}
		}
		for _, room := range slices.Sorted(maps.Keys(all)) {
			for _, format := range slices.Sorted(maps.Keys(all[room].formats)) {
				if rooms[room][format] == "" && !slices.Contains(unmet, format) && format != "%s" {
					t.Errorf("%s: %s: nothing says %q", l, room, format)
				}
			}
		}
	}
}

// uses are the verbs of a format's values, by their numbers.
func uses(format string) map[int]string {
	used := map[int]string{}
	eachVerb(format, func(n int, v []string) string { used[n] = v[3]; return "" })
	return used
}

// TestErrorsMayHoldAnything: no name in an error upsets its translation.
func TestErrorsMayHoldAnything(t *testing.T) {
	c := In("ko")
	for _, name := range []string{"", "\x00", "%s%d%!", "a: b: c", "\xff\xfe", "file: x cannot be written: y", "줄\n바꿈", strings.Repeat(": ", 1e5), `"`, "(", "$1"} {
		inner := fault.Errorf("%s: cannot be read (%w); check its name and permissions", name, errors.New(name))
		for _, err := range []error{errors.New(name), inner, fault.Errorf("picture: %s: %w", name, inner), fmt.Errorf("%s: %w", name, inner), errors.Join(inner, errors.New(name))} {
			if got := c.error(err); !strings.Contains(got, name) {
				t.Errorf("%q: got %q", err, got)
			}
		}
	}
}

// TestErrorsAreToldApart: no format of one room is another's with other words,
// and no text of the system's takes what another says.
func TestErrorsAreToldApart(t *testing.T) {
	var rooms map[string]map[string]string
	if err := json.Unmarshal(assets.Errors("ko"), &rooms); err != nil {
		t.Fatal(err)
	}
	c := In("ko")
	for room, texts := range rooms {
		for format, text := range texts {
			if room != foreignRoom {
				if got := c.errors[format]; got != text {
					t.Errorf("%s: %q is %q here and %q elsewhere", room, format, text, got)
				}
				continue
			}
			sample := eachVerb(format, func(n int, _ []string) string { return strconv.Itoa(n) })
			want := eachVerb(text, func(n int, _ []string) string { return strconv.Itoa(n) })
			if got, ok := c.find(sample); !ok || got != want {
				t.Errorf("%q is told as %q, want %q", sample, got, want)
			}
		}
	}
}

// TestWithoutRooms: the window says what happened, not in which of the program's rooms.
func TestWithoutRooms(t *testing.T) {
	inner := fault.Errorf("file: %s: is a folder; give a file", "picture: x")
	for _, c := range []struct {
		err  error
		want string
	}{
		{inner, "picture: x: is a folder; give a file"},
		{fault.Errorf("picture: %s: %w", "cat.jpg", inner), "cat.jpg: picture: x: is a folder; give a file"},
		{fmt.Errorf("later: %w", inner), "later: picture: x: is a folder; give a file"},
		{errors.Join(inner, errors.New("ui: y")), "picture: x: is a folder; give a file\nui: y"},
	} {
		if got := In("en").Error(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
