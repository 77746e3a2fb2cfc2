package record

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/compare/comparetest"
	"scalecam/file"
	"scalecam/version"
)

func encoded(t testing.TB, settings Settings) []byte {
	t.Helper()
	data, err := EncodePNG(t.Context(), comparetest.Picture("", 30, 20).Image, settings)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPNGRoundTrip(t *testing.T) {
	want := Settings{Pictures: []file.Path{"a <b> & \u2028 é画\x01.png"}, Networks: []NetworkSettings{{Spec: "x", Set: map[string]string{"b": "2", "a": "1"}}}, Opacity: 0.3}
	data := encoded(t, want)
	if !bytes.Equal(data, encoded(t, want)) {
		t.Error("the same input gives other bytes")
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	img := comparetest.Picture("", 30, 20).Image
	for y := range 20 {
		for x := range 30 {
			if got := color.RGBAModel.Convert(decoded.At(x, y)); got != img.RGBAAt(x, y) {
				t.Fatalf("pixel (%d, %d) is %v, want %v", x, y, got, img.RGBAAt(x, y))
			}
		}
	}
	text, err := DecodeSettings(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte(`{"schema":1,"program":"`+version.Name()+`","pictures":[`)) {
		t.Errorf("the text begins with %.40s", text)
	}
	var got pngText
	if err := Decode(text, &got); err != nil {
		t.Fatal(err)
	}
	if a, b := mustJSON(t, got.Settings), mustJSON(t, want); a != b {
		t.Errorf("got %s, want %s", a, b)
	}
	if kind := string(data[headerEnd+4:][:4]); kind != "iTXt" {
		t.Errorf("after the header comes %q, want iTXt", kind)
	}
	if !bytes.Contains(data, []byte("tEXtSoftware\x00"+version.Name())) {
		t.Error("no tEXt chunk with the software")
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEncodePNGRefuses(t *testing.T) {
	if _, err := EncodePNG(t.Context(), comparetest.Picture("", 2, 2).Image, Settings{Opacity: math.NaN()}); err == nil {
		t.Error("settings that JSON cannot hold: no error")
	}
	if _, err := EncodePNG(t.Context(), image.NewRGBA(image.Rectangle{}), Settings{}); err == nil {
		t.Error("a picture without pixels: no error")
	}
	if _, err := EncodePNG(t.Context(), comparetest.Picture("", 2, 2).Image, Settings{Class: strings.Repeat("x", maxSettings)}); err == nil {
		t.Error("settings that DecodeSettings would refuse: no error")
	}
}

// withText is a PNG of no pixels with an iTXt chunk of the given data.
func withText(data string) []byte {
	return appendChunk([]byte(pngSignature), "iTXt", []byte(data))
}

func TestDecodeSettingsRefuses(t *testing.T) {
	whole := encoded(t, Settings{Method: "CAM"})
	damaged := bytes.Clone(whole)
	damaged[bytes.Index(damaged, []byte("CAM"))] = 'X'
	var plain bytes.Buffer
	if err := png.Encode(&plain, comparetest.Picture("", 2, 2).Image); err != nil {
		t.Fatal(err)
	}
	long := []byte(pngSignature + "\xff\xff\xff\xffiTXt")
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "no PNG picture"},
		{"a JPEG", []byte("\xff\xd8\xff\xe0"), "no PNG picture"},
		{"another program's PNG", plain.Bytes(), "holds no settings"},
		{"only a signature", []byte(pngSignature), "holds no settings"},
		{"a length beyond the end", append(long, make([]byte, 20)...), "cut short"},
		{"cut within the settings", whole[:headerEnd+30], "cut short"},
		{"damaged", damaged, "are damaged"},
		{"compressed", withText("scalecam\x00\x01\x00\x00\x00{}"), "holds no settings"},
		{"without separators", withText("scalecam\x00\x00\x00{}"), "holds no settings"},
		{"no more than the keyword", withText("scalecam\x00"), "holds no settings"},
		{"no JSON", withText("scalecam\x00\x00\x00\x00\x00{"), "holds no settings"},
		{"nested deeply", withText("scalecam\x00\x00\x00\x00\x00" + strings.Repeat("[", maxSettings-100)), "holds no settings"},
		{"too much", withText("scalecam\x00\x00\x00\x00\x00" + strings.Repeat(" ", maxSettings)), "more than"},
	} {
		got, err := DecodeSettings(test.data)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %q and error %v, want a line with %q", test.name, got, err, test.want)
		}
	}
	if got, err := DecodeSettings(withText("scalecam\x00\x00\x00en\x00title\x00{}")); err != nil || string(got) != "{}" {
		t.Errorf("with a language: got %q and %v, want {}", got, err)
	}
}

// FuzzDecodeSettings asserts that no bytes panic, and that what is accepted is
// JSON.
func FuzzDecodeSettings(f *testing.F) {
	f.Add(encoded(f, Settings{Method: "CAM"}))
	f.Add(withText("scalecam\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = bytes.Clone(data) // and mend the chunks' checksums, or no change would get past them
		for rest := data[min(len(data), len(pngSignature)):]; len(rest) >= 12; {
			n := int(min(uint64(binary.BigEndian.Uint32(rest)), uint64(len(rest)-12)))
			binary.BigEndian.PutUint32(rest[8+n:], crc32.ChecksumIEEE(rest[4:8+n]))
			rest = rest[12+n:]
		}
		got, err := DecodeSettings(data)
		if err == nil && !json.Valid(got) {
			t.Errorf("accepted %q", got)
		}
	})
}

// TestCredits: a figure says whose weights drew it, where the program brings them
// along and did not train them.
func TestCredits(t *testing.T) {
	for spec, want := range map[file.Path]bool{"imagenet:compound": true, "imagenet:baseline@192": true, "scenes:compound": false, "mine.safetensors": false} {
		data, err := EncodePNG(t.Context(), image.NewRGBA(image.Rect(0, 0, 2, 2)), Settings{Networks: []NetworkSettings{{Spec: spec}, {Spec: spec}}})
		if err != nil {
			t.Fatal(err)
		}
		count := bytes.Count(data, []byte("tEXtCopyright\x00Networks imagenet: TensorFlow's EfficientNet-Lite"))
		if want != (count == 1) || want != bytes.Contains(data, []byte("licence Apache-2.0")) {
			t.Errorf("%s: named %d times", spec, count)
		}
		if _, err := png.Decode(bytes.NewReader(data)); err != nil {
			t.Error(err)
		}
		if _, err := DecodeSettings(data); err != nil {
			t.Error(err)
		}
	}
	data, err := EncodePNG(t.Context(), image.NewRGBA(image.Rect(0, 0, 2, 2)), Settings{Networks: []NetworkSettings{{Spec: "resnet-50"}, {Spec: "resnet-50@288"}, {Spec: "./resnet-50"}}})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("tEXtCopyright\x00Network resnet-50: https://download.pytorch.org/models/resnet50-0676ba61.pth; licence BSD-3-Clause")); n != 1 {
		t.Errorf("a published network is named %d times", n)
	}
	for _, p := range assets.Packs() {
		for _, r := range p.Source + p.Licence {
			if r > 0xff {
				t.Errorf("%s: %q is not Latin-1", p.Name, r)
			}
		}
	}
}
