package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/speak"
)

// rooms are where errors are from, which the terminal says and the window does not: room
// is one at the beginning.
var (
	rooms = regexp.MustCompile(`(^|\n|: )[a-z]+: `)
	room  = regexp.MustCompile(`^(picture|models|network|record|file|compare|dataset|tensorfile|scenes): `)
)

// TestErrorsAreTold: errors as they come are told in Korean, with the names in
// them and without a word of English.
func TestErrorsAreTold(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
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
	list := func(path string) error { _, err := compare.PictureFiles(path); return err }
	describe := func(scaling network.Scaling) error {
		_, err := network.New(network.EfficientNetB0, scaling, network.SymmetricPadding, 10)
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
		{open("sample:none"), []string{"sample:none", "sample:cat.jpg"}},
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
		{session(put("newer.json", []byte(`{"schema":2}`))), []string{"newer.json"}},
		{session(put("unknown.json", []byte(`{"schema":1,"blur":3}`))), []string{"unknown.json", "blur"}},
		{session(put("twice.json", []byte(`{"schema":1,"window":{"tab":1,"tab":2}}`))), []string{"twice.json", "tab"}},
		{session(put("dark.json", []byte(`{"settings":{"pictures":["a"],"networks":[{"spec":"b"}],"colormap":"viridis","interpolation":"smooth","method":"CAM","scale":"own","opacity":7}}`))), []string{"dark.json", "opacity"}},
		{session(put("large.json", []byte(`{"settings":{"pictures":["a"],"networks":[{"spec":"b"}],"colormap":"viridis","interpolation":"smooth","method":"CAM","scale":"own","zoom":9}}`))), []string{"large.json", "zoom"}},
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
		if err := speak.Use("en"); err != nil {
			t.Fatal(err)
		}
		if got := speak.Error(c.err); rooms.ReplaceAllString(got, "$1") != rooms.ReplaceAllString(c.err.Error(), "$1") || room.MatchString(got) {
			t.Errorf("in English %q is %q", c.err, got)
		}
		if err := speak.Use("ko"); err != nil {
			t.Fatal(err)
		}
		got := speak.Error(c.err)
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
	"PNG", "JPEG", "GIF", "WebP", "HEIC", "AVIF", "BMP", "TIFF", "PNM", "PDF", "Scalecam", "JSON", "zip", "MB", "MiB", "EfficientNet", "Lite", "ResNet", "MobileNetV", "EfficientNetV", "resnet", "cifar",
	"torchvision", "timm", "safetensors", "pth", "scenes", "random", "seed", "phi", "jpg", "scale", "own", "shared", "BF", "BOOL", "FNUZ", "QI", "QU",
	"PyTorch", "transformers", "mmpretrain", "pytorch", "mobilenet", "mobilenetv",
	"baseline", "deeper", "wider", "higher", "resolution", "compound",
}
