package dataset

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/picture"
)

// picked are the pixels of a mask that show something, a row a line.
func picked(m *image.Alpha) string {
	if m == nil {
		return ""
	}
	var rows []string
	for y := range m.Rect.Dy() {
		row := ""
		for _, a := range m.Pix[y*m.Stride:][:m.Rect.Dx()] {
			if a >= 128 {
				row += "o"
			} else {
				row += "."
			}
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, " ")
}

// TestCOCO: boxes, polygons and runs, packed as pycocotools 2.0.11 packs them or not;
// of several objects those of the folder's class.
func TestCOCO(t *testing.T) {
	const around = `{"info": {"year": 2026}, "images": [{"id": 3, "file_name": "FILE", "width": 8}], "categories": [{"id": 1, "name": "Cat"}, {"id": 2, "name": "dog"}], "annotations": [`
	const mask = "........ ..ooooo. ..ooooo. ...oooo. ........ .......o"
	for _, c := range []struct {
		name, file, objects string
		box                 image.Rectangle
		mask                string
	}{
		{"a box, by the path", "cat/1.png", `{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3.5, 1]}`, image.Rect(1, 2, 5, 3), ""},
		{"by the name alone", "1.png", `{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 1]}`, image.Rect(1, 2, 4, 3), ""},
		{"by another folder's", "train2017/1.png", `{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 1]}`, image.Rect(1, 2, 4, 3), ""},
		{"by Windows' path", `.\\cat\\1.png`, `{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 1]}`, image.Rect(1, 2, 4, 3), ""},
		{"another picture", "cat/2.png", `{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 1]}`, image.Rectangle{}, ""},
		{"polygons", "1.png", `{"image_id": 3, "category_id": 1, "bbox": [0, 0, 8, 6], "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2], [6, 4, 8, 4, 8, 6, 6, 6]]}`, image.Rect(0, 0, 8, 6), "oo...... oo...... ........ ........ ......oo ......oo"},
		{"runs", "1.png", `{"image_id": 3, "category_id": 1, "segmentation": {"size": [6, 8], "counts": [13, 2, 4, 3, 3, 3, 3, 3, 3, 3, 7, 1]}}`, image.Rectangle{}, mask},
		{"packed", "1.png", `{"image_id": 3, "category_id": 1, "segmentation": {"size": [6, 8], "counts": "=241O000004N"}}`, image.Rectangle{}, mask},
		{"of the class", "1.png", `{"image_id": 3, "category_id": 2, "bbox": [5, 4, 2, 1]}, {"image_id": 3, "category_id": 1, "bbox": [0, 0, 1, 1]}, {"image_id": 3, "category_id": 1, "bbox": [2, 2, 1, 1]}`, image.Rect(0, 0, 3, 3), ""},
		{"of no such class", "1.png", `{"image_id": 3, "category_id": 2, "bbox": [5, 4, 2, 1]}`, image.Rect(5, 4, 7, 5), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := annotated(t, strings.Replace(around, "FILE", c.file, 1)+c.objects+"]}")
			f, err := Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			e, err := f.At(0)
			if err != nil || e.Box != c.box || picked(e.Mask) != c.mask {
				t.Errorf("box %v, mask %s, %v; want %v and %s", e.Box, picked(e.Mask), err, c.box, c.mask)
			}
		})
	}
	dir, _ := annotated(t, strings.Replace(around, "FILE", "1.png", 1)+`{"image_id": 3, "category_id": 1, "segmentation": {"size": [8, 6], "counts": [40, 8]}}]}`)
	f, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.At(0); err == nil || !strings.Contains(err.Error(), "its mask has 6 × 8 pixels") {
		t.Errorf("a mask of another size: %v", err)
	}
}

// TestXML: PASCAL VOC's boxes, whose first pixel is 1, beside the picture or in a
// folder of them.
func TestXML(t *testing.T) {
	const object = `<annotation><object><name>cat</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>4</xmax><ymax>6</ymax></bndbox></object></annotation>`
	for _, c := range []struct{ name, at, xml, want string }{
		{"beside it", "cat/1.xml", object, ""},
		{"in the set's folder", "Annotations/1.xml", object, ""},
		{"in its parent's", "../Annotations/1.xml", object, ""},
		{"no XML", "cat/1.xml", "cat", "it is no XML of a picture's objects"},
		{"another's XML", "cat/1.xml", "<html></html>", "it is no XML of a picture's objects"},
		{"without a box", "cat/1.xml", "<annotation><object><name>cat</name></object></annotation>", `the object "cat" has no box`},
		{"beyond the picture", "cat/1.xml", strings.Replace(object, "4", "40", 1), "it reaches (40, 6)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, filepath.Join(t.TempDir(), "set"), "cat/1.png")
			path := filepath.Join(dir, filepath.FromSlash(c.at))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.xml), 0o644); err != nil {
				t.Fatal(err)
			}
			f, err := Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			e, err := f.At(0)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "1.xml") {
					t.Errorf("%v; want %s", err, c.want)
				}
				return
			}
			if want := image.Rect(1, 0, 4, 6); err != nil || e.Box != want {
				t.Errorf("box %v, %v; want %v", e.Box, err, want)
			}
		})
	}
}

// TestLabelByXML: a picture in a folder of pictures of all kinds shows what its objects
// are called, where they are alike.
func TestLabelByXML(t *testing.T) {
	const around, object = "<annotation>%</annotation>", `<object><name>NAME</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>4</xmax><ymax>6</ymax></bndbox></object>`
	for _, c := range []struct{ names, want string }{{"cat", "cat"}, {"cat,cat", "cat"}, {"cat,dog", ""}} {
		dir := write(t, t.TempDir(), "JPEGImages/1.png")
		var objects string
		for name := range strings.SplitSeq(c.names, ",") {
			objects += strings.Replace(object, "NAME", name, 1)
		}
		if err := os.Mkdir(filepath.Join(dir, "Annotations"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "Annotations", "1.xml"), []byte(strings.Replace(around, "%", objects, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := picture.Open(filepath.Join(dir, "JPEGImages", "1.png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := Label(t.Context(), p); err != nil || p.Shows != c.want || p.Object == nil {
			t.Errorf("%s: shows %q, %v", c.names, p.Shows, err)
		}
	}
}
