package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// annotated writes cat/1.png of 8 × 6 pixels and the given annotations.json.
func annotated(t *testing.T, json string) (dir, path string) {
	t.Helper()
	dir = write(t, t.TempDir(), "cat/1.png")
	path = filepath.Join(dir, annotationsName)
	if err := os.WriteFile(path, []byte(json), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

func TestAnnotations(t *testing.T) {
	cases := []struct {
		name, json string
		box        image.Rectangle
		mask       map[image.Point]uint8 // nil where there is none
	}{
		{"none for it", `{"cat/2.png": {"box": [0, 0, 1, 1]}}`, image.Rectangle{}, nil},
		{"box, outwards", `{"cat/1.png": {"box": [1.5, 2, 3.1, 4], "polygon": null}}`, image.Rect(1, 2, 4, 4), nil},
		{"box without area", `{"cat/1.png": {"box": [1, 2.5, 3, 2.5], "polygon": null}}`, image.Rectangle{}, nil},
		{"a pixel beyond the edge", `{"cat/1.png": {"box": [0, 0, 9, 7]}}`, image.Rect(0, 0, 8, 6), nil},
		{"polygon", `{"cat/1.png": {"box": [1, 1, 4, 4], "polygon": [[1, 1], [3.5, 1], [3.5, 4], [1, 4]], "label": "cat"}}`, image.Rect(1, 1, 4, 4),
			// 255/2, rounded either way.
			map[image.Point]uint8{{X: 0, Y: 1}: 0, {X: 1, Y: 1}: 255, {X: 2, Y: 3}: 255, {X: 3, Y: 2}: 127, {X: 4, Y: 2}: 0, {X: 2, Y: 4}: 0}},
		{"polygon beyond the edge", `{"cat/1.png": {"box": [6, 4, 9, 7], "polygon": [[6, 4], [9, 4], [9, 7], [6, 7]]}}`, image.Rect(6, 4, 8, 6),
			map[image.Point]uint8{{X: 7, Y: 5}: 255, {X: 6, Y: 4}: 255, {X: 0, Y: 5}: 0, {X: 5, Y: 4}: 0}},
		{"polygon without area", `{"cat/1.png": {"box": [1, 1, 4, 4], "polygon": [[1, 1], [4, 4], [1, 1]]}}`, image.Rect(1, 1, 4, 4), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := annotated(t, c.json)
			f, err := Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			e, err := f.At(0)
			if err != nil {
				t.Fatal(err)
			}
			if e.Box != c.box {
				t.Errorf("box %v, want %v", e.Box, c.box)
			}
			if (e.Mask == nil) != (c.mask == nil) || e.Part != nil {
				t.Fatalf("mask %v and part %v, want mask %v and no part", e.Mask, e.Part, c.mask)
			}
			if c.mask != nil && e.Mask.Rect != e.Image.Rect {
				t.Errorf("the mask has bounds %v, the picture %v", e.Mask.Rect, e.Image.Rect)
			}
			for p, want := range c.mask {
				// ±1: the rasterizer's rounding.
				if got := int(e.Mask.AlphaAt(p.X, p.Y).A); got < int(want)-1 || got > int(want)+1 {
					t.Errorf("mask at %v is %d, want %d", p, got, want)
				}
			}
		})
	}
}

// The parent's annotations count where the folder has none, by paths relative
// to the parent, from wherever the folder is named.
func TestAnnotationsOfParent(t *testing.T) {
	dir := write(t, t.TempDir(), "train/cat/1.png", "val/cat/1.png")
	err := os.WriteFile(filepath.Join(dir, annotationsName), []byte(`{"train/cat/1.png": {"box": [1, 1, 2, 2]}, "val/cat/1.png": {"box": [3, 3, 4, 4]}}`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "val"))
	for path, want := range map[string]image.Rectangle{
		filepath.Join(dir, "train"): image.Rect(1, 1, 2, 2),
		".":                         image.Rect(3, 3, 4, 4),
		"../val":                    image.Rect(3, 3, 4, 4),
		"../train/":                 image.Rect(1, 1, 2, 2),
	} {
		f, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if e, err := f.At(0); err != nil || e.Box != want {
			t.Errorf("%s: got %+v, %v; want box %v", path, e, err, want)
		}
	}
}

func TestAnnotationsRefused(t *testing.T) {
	entry := func(fields string) string { return `{"cat/1.png": {` + fields + `}}` }
	cases := []struct{ name, json, want string }{
		{"empty", ``, "it does not begin as a JSON object"},
		{"list", `[]`, "it does not begin as a JSON object"},
		{"text", `hello`, "it does not begin as a JSON object"},
		{"cut", `{"cat/1.png": {"box": [1, 1`, `entry "cat/1.png": unexpected EOF`},
		{"cut between", `{"cat/1.png": {"box": [1, 1, 2, 2]}`, "it ends within the JSON object"},
		{"closed wrongly", `{]`, "it ends within the JSON object"},
		{"no name", `{1: {}}`, "it is damaged at byte 1"},
		{"more", entry(`"box": [1, 1, 2, 2]`) + `{}`, "something follows"},
		{"twice", `{"a": {"box": [1, 1, 2, 2]}, "a": {"box": [1, 1, 2, 2]}}`, `entry "a": it comes twice`},
		{"null", `{"a": null}`, `entry "a": the box has 0 numbers, not 4`},
		{"COCO, an image named twice", `{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}]}`, `"images": element 1: the image 1 comes twice`},
		{"COCO, two images of one name", `{"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "a.png"}], "annotations": [{"image_id": 1, "bbox": [0, 0, 1, 1]}, {"image_id": 2, "bbox": [0, 0, 1, 1]}]}`, `two images are called "a.png"`},
		{"COCO, of no image", `{"annotations": [{"image_id": 7, "bbox": [0, 0, 1, 1]}]}`, `an annotation is of the image 7`},
		{"COCO, a box of three", `{"annotations": [{"image_id": 1, "bbox": [0, 0, 1]}]}`, `"annotations": element 0: the box has 3 numbers, not 4`},
		{"COCO, a negative box", `{"annotations": [{"image_id": 1, "bbox": [0, 0, -1, 2]}]}`, `"annotations": element 0: the box [0 0 -1 2] is none`},
		{"COCO, nothing", `{"annotations": [{"image_id": 1}]}`, `"annotations": element 0: it has neither`},
		{"COCO, no array", `{"images": 3}`, `"images": it is no JSON array`},
		{"COCO, cut", `{"images": [{"id": 1}`, `"images": it ends within the array`},
		{"COCO, an odd polygon", `{"annotations": [{"image_id": 1, "segmentation": [[1, 1, 2, 2, 3]]}]}`, `"annotations": element 0: a polygon has 5 numbers`},
		{"COCO, runs too long", `{"annotations": [{"image_id": 1, "segmentation": {"size": [6, 8], "counts": [40, 9]}}]}`, `"annotations": element 0: the mask's runs are not those of 8 × 6 pixels`},
		{"COCO, runs too short", `{"annotations": [{"image_id": 1, "segmentation": {"size": [6, 8], "counts": [40, 7]}}]}`, `"annotations": element 0: the mask's runs end 1 pixels early`},
		{"COCO, a huge mask", `{"annotations": [{"image_id": 1, "segmentation": {"size": [6, 1000000], "counts": [6000000]}}]}`, `"annotations": element 0: the mask's size is [6 1000000]`},
		{"COCO, packed wrongly", `{"annotations": [{"image_id": 1, "segmentation": {"size": [6, 8], "counts": "oooooooo"}}]}`, `"annotations": element 0: the mask's packed runs are damaged`},
		{"COCO, a long entry", `{"annotations": [{"image_id": 1, "segmentation": [[` + strings.Repeat("1,", maxEntry/2) + `1]]}]}`, `"annotations": element 0: it is longer than 1 MiB`},
		{"three numbers", entry(`"box": [1, 1, 2]`), `entry "cat/1.png": the box has 3 numbers, not 4`},
		{"null number", entry(`"box": [1, null, 2, 2]`), `entry "cat/1.png": null is no number of pixels from 0 to 65535`},
		{"negative", entry(`"box": [-1, 1, 2, 2]`), `entry "cat/1.png": -1 is no number`},
		{"infinite", entry(`"box": [1, 1, 1e999, 2]`), `entry "cat/1.png": 1e999 is no number`},
		{"huge", entry(`"box": [1, 1, 65536, 2]`), `entry "cat/1.png": 65536 is no number`},
		{"NaN", entry(`"box": [1, 1, NaN, 2]`), `entry "cat/1.png": invalid character 'N'`},
		{"text NaN", entry(`"box": [1, 1, "NaN", 2]`), `entry "cat/1.png": "NaN" is no number`},
		{"reversed", entry(`"box": [3, 1, 2, 2]`), `entry "cat/1.png": the box [3 1 2 2] ends before it begins`},
		{"two corners", entry(`"box": [1, 1, 2, 2], "polygon": [[1, 1], [2, 2]]`), `entry "cat/1.png": the polygon has 2 corners; the fewest are 3`},
		{"no corners", entry(`"box": [1, 1, 2, 2], "polygon": []`), `entry "cat/1.png": the polygon has 0 corners`},
		{"null corner", entry(`"box": [1, 1, 2, 2], "polygon": [[1, 1], null, [2, 2]]`), `entry "cat/1.png": a corner has 0 numbers, not 2`},
		{"corner in space", entry(`"box": [1, 1, 2, 2], "polygon": [[1, 1, 1], [2, 2, 2], [3, 3, 3]]`), `entry "cat/1.png": a corner has 3 numbers, not 2`},
		{"many corners", entry(`"box": [1, 1, 2, 2], "polygon": [[1,1]` + strings.Repeat(",[1,1]", maxCorners) + `]`), `entry "cat/1.png": the polygon has 10001 corners`},
		{"long entry", entry(`"box": [1, 1, 2, 2], "polygon": [` + strings.Repeat("[1,1],", maxEntry/6) + `[1, 1]]`), `entry "cat/1.png": it is longer than 1 MiB`},
		{"deeply nested", entry(`"box": [1, 1, 2, 2], "other": ` + strings.Repeat("[", 1<<20)), `entry "cat/1.png": `},
		{"long name", `{"` + strings.Repeat("x", 1000) + `": 1}`, `entry "` + strings.Repeat("x", 80) + `": json`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, path := annotated(t, c.json)
			_, err := Open(t.Context(), dir)
			checkError(t, err, "dataset: "+path+": "+c.want)
			if err != nil && !strings.HasSuffix(err.Error(), "or rename it to go without annotations") {
				t.Errorf("%q does not say what to do", err)
			}
		})
	}
}

// An annotation made for another size is told when the picture is known.
func TestAnnotationsOfOtherSize(t *testing.T) {
	for _, c := range []struct{ json, place string }{
		{`{"cat/1.png": {"box": [1, 1, 9.5, 2]}}`, "(9.5, 2)"},
		{`{"cat/1.png": {"box": [1, 1, 2, 2], "polygon": [[1, 1], [2, 2], [1, 8]]}}`, "(1, 8)"},
	} {
		dir, path := annotated(t, c.json)
		f, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		want := "dataset: " + path + `: entry "cat/1.png": it reaches ` + c.place + ", but " + filepath.Join(dir, "cat", "1.png") + " has 8 × 6 pixels; give"
		_, err = f.At(0)
		checkError(t, err, want)
		_, broken, err := f.Check(t.Context(), nil)
		if err != nil || len(broken) != 1 {
			t.Fatal(broken, err)
		}
		checkError(t, broken[0].Err, want)
	}
}

func TestAnnotationsOfOtherKinds(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		dir := write(t, t.TempDir(), "cat/1.png", annotationsName+"/")
		_, err := Open(t.Context(), dir)
		checkError(t, err, "dataset: "+filepath.Join(dir, annotationsName)+": this is a folder; give a JSON file of annotations")
	})
	t.Run("too large", func(t *testing.T) {
		dir, path := annotated(t, `{}`)
		if err := os.Truncate(path, maxAnnotations+1<<20); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), dir)
		checkError(t, err, "dataset: "+path+": it is larger than 64 MiB, the most that is read here")
	})
	t.Run("pipe", func(t *testing.T) {
		dir := write(t, t.TempDir(), "cat/1.png")
		path := filepath.Join(dir, annotationsName)
		if err := exec.Command("mkfifo", path).Run(); err != nil {
			t.Skip("cannot make a named pipe here:", err)
		}
		_, err := Open(t.Context(), dir)
		checkError(t, err, "dataset: "+path+": this is a device or a pipe; give a JSON file of annotations")
		_, err = Open(t.Context(), path)
		checkError(t, err, "dataset: "+path+": cannot be read")
	})
}

// cancelling cancels when it is first read from.
type cancelling struct {
	cancel func()
	r      *strings.Reader
}

func (c cancelling) Read(p []byte) (int, error) {
	c.cancel()
	return c.r.Read(p)
}

// TestAnnotationsCancelled: cancelled while it parses, it parses no more, be it
// between entries, within one or with all of them read.
func TestAnnotationsCancelled(t *testing.T) {
	few := `{"a": {"box": [1, 1, 2, 2]}, "b": {"box": [1, 1, 2, 2]}}`
	for name, text := range map[string]string{
		"between":    "{" + strings.Repeat(`"a": {"box": [1, 1, 2, 2]}, `, 100_000),
		"within":     `{"a": {"box": [1, 1, 2, 2], "polygon": [` + strings.Repeat("[1, 1], ", 100_000),
		"before":     strings.Repeat(" ", 1<<20) + few,
		"all read":   few,
		"afterwards": few + strings.Repeat(" ", 1<<20),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		r := cancelling{cancel, strings.NewReader(text)}
		notes, _ := parseAnnotations(ctx, "path", r)
		if read := len(text) - r.r.Len(); read > 1<<10 || len(notes) > 0 {
			t.Errorf("%s: it read %d of %d bytes and found %d entries", name, read, len(text), len(notes))
		}
	}
	dir, _ := annotated(t, few)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, dir := range []string{dir, write(t, t.TempDir(), "cat/1.png")} {
		if _, err := Open(ctx, dir); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
		if _, _, err := OpenSplits(ctx, dir); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
	}
}

// FuzzAnnotations: no bytes panic or take much more memory than their number;
// what is accepted is what encoding/json reads, within its bounds, and gives
// boxes and masks within the picture or an error of one line.
func FuzzAnnotations(f *testing.F) {
	for _, text := range []string{
		`{"cat/1.jpg": {"box": [1.5, 2, 3.1, 4], "polygon": [[1, 1], [3.5, 1], [3.5, 4], [1, 4]], "label": "cat"}, "b": {"box": [0, 0, 9, 7], "polygon": null}}`,
		`{"a": {"box": [6, 4, 65535, 7], "polygon": [[6, 4], [1e999, 4], [-0, 7]], "box": [1, 1, 2, 2]}, "a": {}}`,
		`{"\ud800": {"Box": [0, 0, 0, 0], "POLYGON": [[0, 0], [0, 0], [0, 0]]}} `,
		`{"images": [{"id": 1}], "annotations": [{"bbox": [1, 2, 3, 4]}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		notes, err := parseAnnotations(t.Context(), "fuzz", bytes.NewReader(data))
		runtime.ReadMemStats(&after)
		// An entry of some 30 bytes becomes a note and a place in the map, a
		// corner of 6 two numbers on their way through a slice.
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20+100*uint64(len(data)) {
			t.Errorf("%d bytes take %d bytes of memory", len(data), got)
		}
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
			return
		}
		var keys map[string]json.RawMessage
		if json.Unmarshal(data, &keys) == nil && slices.ContainsFunc(cocoKeys, func(key string) bool { return keys[key] != nil }) {
			for name, a := range notes {
				e := &Example{Name: "fuzz", Image: image.NewRGBA(image.Rect(0, 0, 8, 6))}
				if err := a.mark(e, "cat"); err == nil && (!e.Box.In(e.Image.Rect) || e.Mask != nil && e.Mask.Rect != e.Image.Rect) {
					t.Errorf("%q: box %v and mask %v", name, e.Box, e.Mask)
				}
			}
			return
		}
		var all map[string]struct {
			Box     []float64
			Polygon [][]float64
		}
		if err := json.Unmarshal(data, &all); err != nil || len(all) != len(notes) {
			t.Fatalf("%d entries, of which encoding/json reads %d (%v)", len(notes), len(all), err)
		}
		for name, a := range notes {
			at := a.places[0]
			want := []float64{float64(at.from.x), float64(at.from.y), float64(at.to.x), float64(at.to.y)}
			for i, v := range all[name].Box {
				if float32(v) != float32(want[i]) {
					t.Errorf("%q has box %v, not %v", name, want, all[name].Box)
				}
			}
			if corners := len(slices.Concat(at.polygons...)); corners != len(all[name].Polygon) {
				t.Errorf("%q has %d corners, not %d", name, corners, len(all[name].Polygon))
			}
			e := &Example{Name: "fuzz", Image: image.NewRGBA(image.Rect(0, 0, 8, 6))}
			if err := a.mark(e, "cat"); err != nil {
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("the error has more than one line: %q", err)
				}
				continue
			}
			if !e.Box.In(e.Image.Rect) || e.Mask != nil && e.Mask.Rect != e.Image.Rect {
				t.Errorf("%q: box %v and mask %v", name, e.Box, e.Mask)
			}
		}
	})
}

func TestCaltech101(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "caltech101")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared/caltech101 is not here: photographs in class folders are needed")
	}
	train, val, err := OpenSplits(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if c, n, m := len(train.Classes()), train.Len(), val.Len(); c != 97 || n != 5335 || m != 1202 {
		t.Errorf("%d classes, %d pictures to train and %d to validate; want 97, 5335 and 1202", c, n, m)
	}
	notes, masks := 0, 0
	for _, f := range []*Folder{train, val} {
		for i, file := range f.files {
			if file.note == nil {
				continue
			}
			notes++
			if file.note.places[0].polygons == nil || notes%50 != 0 {
				continue
			}
			e, err := f.At(i)
			if err != nil {
				t.Fatal(err)
			}
			masks++
			checkMask(t, e)
		}
	}
	if notes != 1865 || masks < 10 {
		t.Errorf("%d pictures have annotations, and %d masks were looked at; want 1865 and some", notes, masks)
	}
}

// checkMask holds e's mask to be within its box and to fill some of it.
func checkMask(t *testing.T, e *Example) {
	t.Helper()
	if e.Box.Empty() || e.Mask == nil {
		t.Errorf("%s: box %v and mask %v", e.Name, e.Box, e.Mask != nil)
		return
	}
	// 3: polygons of the data reach beyond their boxes by up to 2.5 pixels.
	within := e.Box.Inset(-3)
	area := 0
	for y := range e.Mask.Rect.Dy() {
		for x := range e.Mask.Rect.Dx() {
			a := int(e.Mask.AlphaAt(x, y).A)
			if a > 0 && !(image.Point{X: x, Y: y}).In(within) {
				t.Errorf("%s: the mask covers (%d, %d), outside its box %v", e.Name, x, y, e.Box)
				return
			}
			area += a
		}
	}
	if size := e.Box.Size(); area < 255*size.X*size.Y/20 {
		t.Errorf("%s: the mask covers %d pixels of a box of %v", e.Name, area/255, size)
	}
}
