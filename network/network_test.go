package network

import (
	"math"
	"slices"
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
		{"efficientnetv2-b0", 7_139_704, 718_086_176, 21, 1280, 7}, // here on torchvision's and timm's, and those of CIFAR-10's by testdata/naming/make.py
		{"efficientnetv2-b1", 8_141_052, 1_196_819_360, 27, 1280, 8},
		{"efficientnetv2-b2", 10_096_086, 1_697_542_832, 28, 1408, 9},
		{"efficientnetv2-b3", 14_358_406, 3_011_458_816, 32, 1536, 10},
		{"efficientnetv2-s", 21_458_488, 8_365_617_152, 40, 1280, 12},
		{"efficientnetv2-m", 54_139_356, 24_582_460_384, 57, 1280, 15},
		{"efficientnetv2-l", 118_515_272, 56_079_699_008, 79, 1280, 15},
		{"resnet-18", 11_689_512, 1_814_073_344, 8, 512, 7},
		{"resnet-34", 21_797_672, 3_663_761_408, 16, 512, 7},
		{"resnet-50", 25_557_032, 4_089_184_256, 16, 2048, 7},
		{"resnet-101", 44_549_160, 7_801_405_440, 33, 2048, 7},
		{"resnet-152", 60_192_808, 11_513_626_624, 50, 2048, 7},
		{"wide-resnet-50-2", 68_883_240, 11_398_021_120, 16, 2048, 7},
		{"wide-resnet-101-2", 126_886_696, 22_753_050_624, 33, 2048, 7},
		{"mobilenet-v2-110d", 4_516_520, 430_516_080, 22, 1280, 7},
		{"mobilenet-v2-120d", 5_831_144, 668_857_568, 26, 1280, 7},
		{"test-efficientnet", 356_196, 57_304_256, 4, 256, 5},
		{"resnet-20", 269_722, 40_551_040, 9, 64, 8},
		{"resnet-32", 464_154, 68_862_592, 15, 64, 8},
		{"resnet-44", 658_586, 97_174_144, 21, 64, 8},
		{"resnet-56", 853_018, 125_485_696, 27, 64, 8},
		{"resnet-110", 1_727_962, 252_887_680, 54, 64, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := LookupPreset(c.name)
			if err != nil {
				t.Fatal(err)
			}
			n, err := New(p.Architecture, p.Scaling, p.Architecture.Padding, p.Architecture.OwnClasses())
			if err != nil {
				t.Fatal(err)
			}
			if n.Parameters() != c.parameters || n.MACs() != c.macs || n.Blocks() != c.blocks || n.Head() != c.head || n.Grid() != Square(c.grid) {
				t.Errorf("got %d parameters, %d MACs, %d blocks, head %d, grid %v; want %+v",
					n.Parameters(), n.MACs(), n.Blocks(), n.Head(), n.Grid(), c)
			}
			if p.Published.Source == torchvision && p.Published.MACs() != (c.macs+500_000)/1_000_000*1_000_000 {
				t.Errorf("torchvision has %v·10⁹ MACs, of %d counted", p.Published.FLOPS, c.macs)
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

// TestTable3 holds the networks of table 3 to what is counted of them, and that to what
// is published: within 6 %, since the paper does not say how it counts, but for those
// that Table3 tells of.
func TestTable3(t *testing.T) {
	for name, want := range map[string]int64{
		"mobilenet-v2-deeper": 1_219_587_776, "mobilenet-v2-wider": 1_137_428_224, "mobilenet-v2-higher-resolution": 1_199_257_088, "mobilenet-v2-compound": 1_469_613_600,
		"resnet-50-deeper": 14_570_749_952, "resnet-50-wider": 16_116_613_120, "resnet-50-higher-resolution": 16_350_593_024, "resnet-50-compound": 16_335_486_144,
	} {
		p, err := LookupPreset(name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := New(p.Architecture, p.Scaling, p.Architecture.Padding, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if n.MACs() != want {
			t.Errorf("%s: %d MACs, want %d", name, n.MACs(), want)
		}
		off := float64(n.MACs())/float64(p.Published.MACs()) - 1
		apart := slices.Contains([]string{"resnet-50-deeper", "resnet-50-wider", "mobilenet-v2-compound"}, name)
		if near := math.Abs(off) <= .06; near == apart {
			t.Errorf("%s: %v·10⁹ MACs are published, which what is counted is off by %.3f", name, p.Published.FLOPS, off)
		}
	}
}

// TestArchitectures: each is found by its own name, unscaled, under which random
// weights of it are asked for and weights written.
func TestArchitectures(t *testing.T) {
	for _, a := range Architectures {
		p, err := LookupPreset(a.Name)
		if err != nil || p.Architecture != a || p.Scaling != (Scaling{1, 1, Square(a.Resolution)}) {
			t.Errorf("%s: %+v, %v", a.Name, p.Scaling, err)
		}
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

// TestNearest: as EfficientNetV2's code rounds, which does not mind that a width falls
// below 0.9 of what was asked for.
func TestNearest(t *testing.T) {
	for _, c := range []struct {
		channels int
		w        float64
		want     int
	}{{32, 1.1, 32}, {48, 1.1, 56}, {16, 1.2, 16}, {96, 1.2, 112}, {112, 1.2, 136}, {24, .4, 8}, {3, .1, 8}} {
		s := Stage{Channels: c.channels, Keeps: Nearest}
		if got := s.Width(c.w); got != c.want {
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
