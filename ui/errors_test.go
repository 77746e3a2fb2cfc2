package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"scalecam/assets"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// unmet are packages and files whose errors nobody meets in the window, and such
// errors: they are the program's own mistakes, or of what the terminal alone
// does. They stay English.
var unmet = []string{
	"../colormap/overlay.go", "../file/lock.go", "../network/graph.go", "../network/weights.go", "../network/models/write.go",
	"../assets", "../cam/measure", "../cli", "../docs", "../network/kernel", "../network/op", "../network/oracletest", "../network/train",
	"network: %s: an input of %v and %d values, expected %v and %d",
	"null",                    // said in other words before it is told
	"ui: the texts in %s: %w", // the embedded ones
	"ui: %w",                  // of the preferences, before there is a window
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
	for _, l := range languages {
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

// TestErrorsAreTold: errors as they come are told in Korean, with the names in
// them and without a word of English.
func TestErrorsAreTold(t *testing.T) {
	t.Cleanup(func() {
		if err := speak("en"); err != nil {
			t.Error(err)
		}
	})
	folder := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The header of a PNG file, and nothing after it.
	cut := assets.Icon[:33]
	open := func(path string) error { _, err := picture.Open(path); return err }
	weightsOf := func(spec string) error { _, err := models.Open(spec, nil); return err }
	session := func(path string) error { _, err := record.ReadSession(path); return err }
	data := func(path string) error { _, err := dataset.Open(t.Context(), path); return err }
	list := func(path string) error { _, err := pictureFiles(path); return err }
	describe := func(scaling network.Scaling) error {
		_, err := network.New(network.EfficientNetB0, scaling, 0, 10)
		return err
	}
	model, err := models.Open("scenes:baseline", nil)
	if err != nil {
		t.Fatal(err)
	}
	class := func(name string) error { _, err := model.FindClass(name); return err }
	for i, c := range []struct {
		err   error
		names []string // that the text holds, and that may be English
	}{
		{open(filepath.Join(folder, "missing.png")), []string{"missing.png"}},
		{open(filepath.Join(folder, "missing: cannot be read (no such file or directory); check its name.png")), []string{"missing: cannot be read (no such file or directory); check its name.png"}},
		{open(folder), nil},
		{open(put("cut.png", cut)), []string{"cut.png"}},
		{open(put("empty.png", nil)), []string{"empty.png"}},
		{open(put("notes.png", []byte("notes"))), []string{"notes.png"}},
		{open(put("paper.png", []byte("%PDF-1.4"))), []string{"paper.png"}},
		{open("sample:none"), []string{"sample:none", "sample:balloons.jpg"}},
		{weightsOf(put("cut.safetensors", []byte("\x40\x00\x00\x00\x00\x00\x00\x00{\"a\":"))), []string{"cut.safetensors", "safetensors"}},
		{weightsOf(put("bad.safetensors", []byte("\x06\x00\x00\x00\x00\x00\x00\x00{\"a\":x"))), []string{"bad.safetensors", "safetensors"}},
		{weightsOf(put("type.safetensors", []byte("\x40\x00\x00\x00\x00\x00\x00\x00"+fmt.Sprintf("%-64s", `{"odd: tensor":{"dtype":"Q9","shape":[1],"data_offsets":[0,4]}}`)+"1234"))), []string{"type.safetensors", "odd: tensor", "Q9"}},
		{weightsOf(put("other.safetensors", []byte("\x40\x00\x00\x00\x00\x00\x00\x00"+fmt.Sprintf("%-64s", `{"odd: tensor":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`)+"1234"))), []string{"other.safetensors", "odd: tensor"}},
		{weightsOf(put("short.pth", []byte("PK\x03\x04 and no more"))), []string{"short.pth", "PyTorch"}},
		{weightsOf("random:efficientnet-b0,d=-1"), []string{"random:efficientnet-b0,d=-1", "d=-1"}},
		{weightsOf("random:efficientnet-b0,x=1"), []string{"random:efficientnet-b0,x=1"}},
		{weightsOf("scenes:taller"), []string{"scenes:taller", "taller"}},
		{session(put("none.json", []byte("{}"))), []string{"none.json"}},
		{session(put("plain.png", assets.Icon)), []string{"plain.png"}},
		{session(filepath.Join(folder, "missing.json")), []string{"missing.json"}},
		{session(put("odd.json", []byte(`{"settings":{"pictures":["a"],"networks":[{"spec":"b"}],"colormap":"viridis","interpolation":"smooth","method":"CAM","scale":"odd"}}`))), []string{"odd.json", "odd"}},
		{file.Write(file.File{Path: filepath.Join(folder, "nowhere", "map.png")}), []string{"map.png", "nowhere"}},
		{file.Write(file.File{Path: folder}), nil},
		{data(folder), []string{"cat"}},
		{data(filepath.Join(folder, "nowhere")), []string{"nowhere"}},
		{list(filepath.Join(folder, "nowhere")), []string{"nowhere"}},
		{describe(network.Scaling{Depth: 200, Width: 1, Resolution: network.Square(64)}), nil},
		{describe(network.Scaling{Depth: 1, Width: 1, Resolution: network.Square(64000)}), nil},
		{class("ball"), []string{"ball", "기준", "새"}},
		{class("99"), nil},
		{func() error { _, err := scenes.Open("scene:-1"); return err }(), []string{"scene:-1", "scene:12"}},
		{errors.Join(open(filepath.Join(folder, "a.png")), open(filepath.Join(folder, "b.png"))), []string{"a.png", "b.png"}},
		{fault.Errorf("file: %s cannot be written: %w; choose another folder", "x.png", syscall.ENOSPC), []string{"x.png"}},
		{fault.Errorf("file: %s cannot be written: %w; choose another folder", "x.png", syscall.EISDIR), []string{"x.png"}},
		{&fs.PathError{Op: "open", Path: "x.png", Err: syscall.EACCES}, []string{"x.png"}},
	} {
		if c.err == nil {
			t.Errorf("%d: no error", i)
			continue
		}
		if err := speak("en"); err != nil {
			t.Fatal(err)
		}
		if got := textError(c.err); got != c.err.Error() {
			t.Errorf("in English %q is %q", c.err, got)
		}
		if err := speak("ko"); err != nil {
			t.Fatal(err)
		}
		got := textError(c.err)
		rest := got
		for _, name := range append(c.names, folder) {
			if name != folder && !strings.Contains(got, name) {
				t.Errorf("%q does not name %s", got, name)
			}
			rest = strings.ReplaceAll(rest, name, "")
		}
		if !hangul.MatchString(rest) {
			t.Errorf("%q is no Korean", got)
		}
		for _, word := range regexp.MustCompile(`[A-Za-z]{2,}`).FindAllString(rest, -1) {
			if !slices.Contains(english, word) {
				t.Errorf("%q speaks English: %s", got, word)
			}
		}
		if strings.Contains(got, "%!") || strings.Contains(got, "\x00") {
			t.Errorf("%q is not put together", got)
		}
	}
}

var hangul = regexp.MustCompile(`\p{Hangul}`)

// english are names that Korean writes in Latin letters.
var english = []string{
	"PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF", "PDF", "Scalecam", "JSON", "zip", "MB", "MiB", "EfficientNet", "ResNet", "MobileNetV",
	"torchvision", "timm", "safetensors", "pth", "scenes", "random", "seed", "phi", "jpg", "scale", "own", "shared", "BF", "BOOL",
	"baseline", "deeper", "wider", "higher", "resolution", "compound",
}

// TestErrorsMayHoldAnything: no name in an error upsets its translation.
func TestErrorsMayHoldAnything(t *testing.T) {
	c := messagesIn()["ko"]
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
	c := messagesIn()["ko"]
	for room, texts := range rooms {
		for format, text := range texts {
			if room != foreignRoom {
				if got := c.texts[format]; got != text {
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
