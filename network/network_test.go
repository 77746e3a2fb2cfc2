package network

import (
	"math"
	"testing"
)

// TestPublishedCounts holds every preset to integers counted layer by layer
// elsewhere; the parameters of B0 to B7 equal torchvision's.
func TestPublishedCounts(t *testing.T) {
	for _, c := range []struct {
		name               string
		parameters, macs   int64
		blocks, head, grid int
	}{
		{"baseline", 5_288_548, 385_814_752, 16, 1280, 7},
		{"deeper", 20_091_856, 1_575_132_640, 64, 1280, 7},
		{"wider", 18_122_720, 1_449_958_848, 16, 2560, 7},
		{"higher-resolution", 5_288_548, 1_537_537_408, 16, 1280, 14},
		{"compound", 12_233_232, 1_827_141_392, 26, 1536, 10},
		{"efficientnet-b0", 5_288_548, 385_814_752, 16, 1280, 7},
		{"efficientnet-b1", 7_794_184, 686_802_832, 23, 1280, 8},
		{"efficientnet-b2", 9_109_994, 993_561_872, 23, 1408, 9},
		{"efficientnet-b3", 12_233_232, 1_827_141_392, 26, 1536, 10},
		{"efficientnet-b4", 19_341_616, 4_393_771_024, 32, 1792, 12},
		{"efficientnet-b5", 30_389_784, 10_266_384_752, 39, 2048, 15},
		{"efficientnet-b6", 43_040_704, 19_067_593_536, 45, 2304, 17},
		{"efficientnet-b7", 66_347_960, 37_745_884_192, 55, 2560, 19},
		{"mobilenet-v2", 3_504_872, 300_774_272, 17, 1280, 7},       // parameters: torchvision's
		{"efficientnet-lite0", 4_652_008, 385_187_552, 16, 1280, 7}, // and, of Lite, timm's
		{"efficientnet-lite1", 5_416_680, 600_185_232, 21, 1280, 8},
		{"efficientnet-lite2", 6_092_072, 859_736_272, 21, 1280, 9},
		{"efficientnet-lite3", 8_197_096, 1_383_321_872, 24, 1280, 9},
		{"efficientnet-lite4", 13_006_568, 2_553_034_336, 30, 1280, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := LookupPreset(c.name)
			if err != nil {
				t.Fatal(err)
			}
			n, err := New(p.Architecture, p.Scaling, p.Architecture.Padding, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if n.Parameters() != c.parameters || n.MACs() != c.macs || n.Blocks() != c.blocks || n.Head() != c.head || n.Grid() != Square(c.grid) {
				t.Errorf("got %d parameters, %d MACs, %d blocks, head %d, grid %v; want %+v",
					n.Parameters(), n.MACs(), n.Blocks(), n.Head(), n.Grid(), c)
			}
			var parameters, macs int64
			for _, s := range n.Stages() {
				parameters += s.Parameters
				macs += s.MACs
			}
			if parameters != c.parameters || macs != c.macs {
				t.Errorf("stages sum to %d parameters, %d MACs", parameters, macs)
			}
		})
	}
}

// TestTable1 checks the stage table of B0 against the paper's grids.
func TestTable1(t *testing.T) {
	n, err := New(EfficientNetB0, Scaling{1, 1, Square(224)}, SymmetricPadding, 1000)
	if err != nil {
		t.Fatal(err)
	}
	grids := []int{224, 112, 112, 56, 28, 14, 14, 7, 7, 7}
	channels := []int{32, 16, 24, 40, 80, 112, 192, 320, 1280, 1000}
	layers := []int{1, 1, 2, 2, 3, 3, 4, 1, 1, 1}
	strides := []int{2, 1, 2, 2, 2, 1, 2, 1, 1, 1}
	for i, s := range n.Stages() {
		if s.Input != Square(grids[i]) || s.Channels != channels[i] || s.Layers != layers[i] || s.Stride != strides[i] {
			t.Errorf("stage %d: %+v; want grid %d, %d channels, %d layers, stride %d", i+1, s, grids[i], channels[i], layers[i], strides[i])
		}
	}
}

// TestReceptiveField: counted by hand for MobileNetV2 as 491 pixels, the value
// published for it (Araujo et al. 2019, doi 10.23915/distill.00021).
func TestReceptiveField(t *testing.T) {
	n, err := New(MobileNetV2, Scaling{1, 1, Square(224)}, SymmetricPadding, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if got := n.ReceptiveField(); got != 491 {
		t.Errorf("receptive field %d, want 491", got)
	}
}

func TestNonSquareAndPadding(t *testing.T) {
	for _, c := range []struct {
		size    Size
		padding Padding
		want    Size
	}{
		{Size{96, 160}, SymmetricPadding, Size{3, 5}},
		{Size{83, 83}, SymmetricPadding, Size{3, 3}},
		{Size{33, 65}, SamePadding, Size{2, 3}},
		{Size{33, 65}, Padding{Same: true, For: Square(240)}, Size{1, 2}},
		{Size{1, 1}, SymmetricPadding, Size{1, 1}},
	} {
		n, err := New(EfficientNetB0, Scaling{1, 0.25, c.size}, c.padding, 10)
		if err != nil {
			t.Fatal(err)
		}
		if n.Grid() != c.want {
			t.Errorf("%v, %v: grid %v, want %v", c.size, c.padding, n.Grid(), c.want)
		}
	}
}

func TestChannels(t *testing.T) {
	for _, c := range []struct {
		channels int
		w        float64
		want     int
	}{{32, 1, 32}, {32, 1.1, 32}, {32, 1.2, 40}, {16, 0.25, 8}, {24, 0.5, 16}, {320, 0.3, 96}, {1280, 1.4, 1792}, {3, 1, 8}} {
		if got := Channels(c.channels, c.w); got != c.want {
			t.Errorf("%d channels × %v: %d, want %d", c.channels, c.w, got, c.want)
		}
	}
}

func TestCompound(t *testing.T) {
	if got := PaperCompound.Cost(); math.Abs(got-1.92027) > 1e-9 {
		t.Errorf("α·β²·γ² = %v, want 1.92027", got)
	}
	s, err := PaperCompound.Scale(1, 224)
	if err != nil || s != (Scaling{1.2, 1.1, Square(258)}) { // 224·1.15 = 257.6
		t.Errorf("φ = 1: %v, %v", s, err)
	}
	for _, phi := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 100} {
		if s, err := PaperCompound.Scale(phi, 224); err == nil {
			t.Errorf("φ = %v: %v, want an error", phi, s)
		}
	}
	if _, err := (Compound{0.9, 1.1, 1.15}).Scale(1, 224); err == nil {
		t.Error("α below 1: no error")
	}
}

func TestOutOfRange(t *testing.T) {
	for _, s := range []Scaling{
		{0, 1, Square(224)}, {-1, 1, Square(224)}, {math.NaN(), 1, Square(224)}, {1, math.Inf(1), Square(224)},
		{101, 1, Square(224)}, {1, 1, Square(0)}, {1, 1, Size{224, MaxResolution + 1}}, {100, 100, Square(224)},
	} {
		if _, err := New(EfficientNetB0, s, SymmetricPadding, 10); err == nil {
			t.Errorf("%v: no error", s)
		}
	}
	if _, err := New(EfficientNetB0, Scaling{1, 1, Square(224)}, SymmetricPadding, 0); err == nil {
		t.Error("no classes: no error")
	}
	if n, err := New(EfficientNetB0, Scaling{1, 1, Size{16, 224}}, Padding{Same: true, For: Square(224)}, 10); err == nil {
		t.Errorf("padding that leaves nothing: a grid of %v", n.Grid())
	}
}

func TestParsePadding(t *testing.T) {
	for _, p := range []Padding{SymmetricPadding, SamePadding, {Same: true, For: Square(240)}, {Same: true, For: Size{96, 160}}} {
		if got, err := ParsePadding(p.String()); err != nil || got != p {
			t.Errorf("%v: %v, %v", p, got, err)
		}
	}
	for _, text := range []string{"", "valid", "same@", "same@0", "symmetric@224"} {
		if got, err := ParsePadding(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]Size{"224": {224, 224}, "96x160": {96, 160}, "96×160": {96, 160}, "96X160": {96, 160}} {
		if got, err := ParseSize(in); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "0", "-3", "224x", "x224", "1e3", "99999999999999999999", "2049", "1x2x3"} {
		if got, err := ParseSize(in); err == nil {
			t.Errorf("%q: %v, want an error", in, got)
		}
	}
}
