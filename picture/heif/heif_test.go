package heif

import (
	"bytes"
	"encoding/binary"
	"image"
	"strings"
	"testing"
)

// TestOrientation: turns and mirrors add up to what Pillow takes them for
// (_avif.c, irot_imir_to_exif_orientation).
func TestOrientation(t *testing.T) {
	turn := func(n byte) property { return property{"irot", []byte{n}} }
	mirror := func(axis byte) property { return property{"imir", []byte{axis}} }
	for _, test := range []struct {
		properties []property
		want       int
	}{
		{nil, 1},
		{[]property{turn(1)}, 8}, {[]property{turn(2)}, 3}, {[]property{turn(3)}, 6},
		{[]property{mirror(0)}, 4}, {[]property{mirror(1)}, 2},
		{[]property{turn(1), mirror(0)}, 5}, {[]property{turn(1), mirror(1)}, 7},
		{[]property{turn(2), mirror(0)}, 2}, {[]property{turn(2), mirror(1)}, 4},
		{[]property{turn(3), mirror(0)}, 7}, {[]property{turn(3), mirror(1)}, 5},
		{[]property{{"irot", nil}, {"imir", nil}}, 1},
	} {
		if got := (&item{properties: test.properties}).orientation(); got != test.want {
			t.Errorf("%v: %d; want %d", test.properties, got, test.want)
		}
	}
}

// TestAperture: the part that is shown lies about the middle, and within.
func TestAperture(t *testing.T) {
	clap := func(v ...int32) (b []byte) {
		for _, n := range v {
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		return b
	}
	for _, test := range []struct {
		clap []byte
		want image.Rectangle // empty for an error
	}{
		{clap(8, 1, 6, 1, 0, 1, 0, 1), image.Rect(0, 0, 8, 6)},
		{clap(7, 1, 5, 1, -1, 2, -1, 2), image.Rect(0, 0, 7, 5)},
		{clap(4, 1, 2, 1, 1, 1, 2, 1), image.Rect(3, 4, 7, 6)},
		{clap(8, 1, 6, 1, 1, 1, 0, 1), image.Rectangle{}},
		{clap(8, 0, 6, 1, 0, 1, 0, 1), image.Rectangle{}},
		{clap(-8, 1, 6, 1, 0, 1, 0, 1), image.Rectangle{}},
		{clap(8, 1), image.Rectangle{}},
	} {
		got, err := aperture(test.clap, 8, 6)
		if (err != nil) != test.want.Empty() || err == nil && got != test.want {
			t.Errorf("%v: %v, %v; want %v", test.clap, got, err, test.want)
		}
	}
}

// box is one of a kind.
func box(kind string, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))) + kind + body
}

// TestHostile: what a container says is held against what is there.
func TestHostile(t *testing.T) {
	const pitm = "\x00\x00\x00\x00\x00\x01"
	for _, test := range []struct{ name, file, want string }{
		{"no metadata", box("ftyp", "heic"), "it holds a film"},
		{"metadata cut off", "\x00\x00\x10\x00meta", "unexpected EOF"},
		{"a box cut off", box("meta", "\x00\x00\x00\x00\x00\x00\x10\x00pitm"), "a box is cut short"},
		{"no picture", box("meta", "\x00\x00\x00\x00"+box("pitm", pitm)), "it holds no primary picture"},
		{"many items", box("meta", "\x00\x00\x00\x00"+box("iloc", "\x02\x00\x00\x00\x44\x00\xff\xff\xff\xff")), "a box is cut short"},
		{"wide numbers", box("meta", "\x00\x00\x00\x00"+box("iloc", "\x00\x00\x00\x00\xff\xff\x00\x01")), "numbers of more than 8 bytes"},
	} {
		_, err := Open(strings.NewReader(test.file), int64(len(test.file)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v; want %q", test.name, err, test.want)
		}
	}
	endless := bytes.Repeat([]byte(box("free", "")), 1<<20)
	if _, err := Open(bytes.NewReader(endless), int64(len(endless))); err == nil {
		t.Error("a file of nothing but boxes was opened")
	}
	// Bytes that are said to lie outside the file.
	f := &File{r: strings.NewReader("0123"), length: 4, c: &container{inside: []byte("ab")}}
	for _, i := range []*item{
		{extents: []extent{{3, 2}}}, {extents: []extent{{5, 1}}}, {extents: []extent{{1 << 63, 1 << 63}}},
		{method: 1, extents: []extent{{1, 2}}}, {method: 2, extents: []extent{{0, 1}}},
	} {
		if b, err := f.data(i); err == nil {
			t.Errorf("%+v: %q", i, b)
		}
	}
	if b, err := f.data(&item{extents: []extent{{0, 1}, {2, 2}}}); err != nil || string(b) != "023" {
		t.Errorf("%q, %v", b, err)
	}
}
