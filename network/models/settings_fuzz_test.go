package models

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
)

// FuzzSettings asserts that no setting panics, be it stated or in a file's
// metadata, that what is accepted is in its range, and that a file which holds it
// is read as it is, and not shown where it holds another thing.
func FuzzSettings(f *testing.F) {
	for _, seed := range [][2]string{
		{"depth", "1.4"}, {"depth", "0x1p-2"}, {"width", "100"}, {"height", "224"}, {"width_px", "2048"}, {"padding", "same"}, {"eps", "1e-3"},
		{"mean", "[0.485, 0.456, 0.406]"}, {"std", "(0.229,0.224,0.225)"}, {"interpolation", "bicubic"}, {"crop", "none"}, {"crop_pct", "0.875"},
		{"classes", "cat\r\ndog\n"}, {"classes", `["cat", "dog"]`}, {"classes", "\ufeffcat\r\n"}, {"classes", `{"0": "cat", "1": "dog"}`}, {"classes", `{"0": ["n0", "cat"]}`}, {"classes", `{"id2label": {"0": "cat"}}`}, {"classes", "[1]"}, {"classes", "@names.txt"}, {"depth", "NaN"}, {"colour", "red"},
		{"classes", ""}, {"classes", strings.Repeat("x", 501)}, {"classes", "a\x1b[2J"}, {"mean", "1,,"}, {"crop_pct", "1e-300"}, {"classes", "[\"\", \"\x83\"]"}, {"classes", "\xff"},
	} {
		which := slices.IndexFunc(settingTable, func(s setting) bool { return s.key == seed[0] })
		f.Add(uint8(which), seed[1]) // 255 for none of them
	}
	path := filepath.Join(f.TempDir(), "setting.txt")
	f.Fuzz(func(t *testing.T, which uint8, value string) {
		key := "colour"
		if int(which) < len(settingTable) {
			key = settingTable[which].key
		}
		var s settings
		err := s.read(&tensorfile.File{Path: "fuzz"}, Settings{key: value})
		if err == nil && strings.HasPrefix(value, "@") {
			t.Errorf("%s=%q is read", key, value)
		}
		if err == nil {
			s.mustBeInRange(t)
		} else if n := len(err.Error()); n > 2000+8*len(value) {
			t.Errorf("a value of %d bytes makes an error of %d", len(value), n)
		}
		var m settings
		if err := m.read(&tensorfile.File{Path: "fuzz", Metadata: map[string]string{key: value}}, nil); err == nil {
			m.mustBeInRange(t)
		}
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		got, readErr := ReadSetting(key, path)
		if bare := strings.TrimPrefix(strings.TrimRight(value, "\r\n"), mark); readErr == nil {
			if got != bare || new(settings).read(&tensorfile.File{Path: "fuzz"}, Settings{key: got}) != nil {
				t.Errorf("a file that holds %q is read as %q", value, got)
			}
		} else if err == nil && value == bare {
			t.Errorf("a file that holds %q: %v", value, readErr)
		} else if len(bare) > 20 && strings.Contains(readErr.Error(), bare) && key != bare {
			t.Errorf("the error shows what the file holds: %v", readErr)
		}
	})
}

// mustBeInRange holds what settings say, where they say it, to what the rest of
// the house takes.
func (s *settings) mustBeInRange(t *testing.T) {
	t.Helper()
	finite := func(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }
	p := s.preprocessing
	for i := range 3 {
		if !finite(p.Mean[i]) || !finite(p.Std[i]) || p.Std != [3]float32{} && !finite(1/p.Std[i]) {
			t.Errorf("mean %v, std %v", p.Mean, p.Std)
		}
	}
	if !(s.eps >= 0 && s.eps <= 1) || !(p.Ratio >= 0 && p.Ratio <= 1) {
		t.Errorf("eps %v, ratio %v", s.eps, p.Ratio)
	}
	for _, d := range []float64{s.scaling.Depth, s.scaling.Width} {
		if !(d >= 0 && d <= network.MaxFactor) {
			t.Errorf("scaling %+v", s.scaling)
		}
	}
	if min(s.size.H, s.size.W) < 0 || max(s.size.H, s.size.W) > network.MaxResolution {
		t.Errorf("size %v", s.size)
	}
	if err := CheckNames(s.classes); err != nil {
		t.Error(err)
	}
}

// FuzzSpec asserts that no spec panics or takes long, and that the network which
// it stands for can be counted and, where it is small, is the one that opens.
func FuzzSpec(f *testing.F) {
	for _, seed := range []string{
		"random:efficientnet-b0,d=4,w=1,r=224,seed=1", "random:mobilenet-v2,r=96x160", "random:efficientnet-64,phi=-3", "random:efficientnet-b7,d=100,w=100,r=2048",
		"random:compound", "random:", "random:efficientnet-b0,r=2,phi=NaN", "random:efficientnet-b0,w=0x1p-70", "random:efficientnet-64,w=0.01,d=1e-300,seed=18446744073709551615",
		"scenes:compound", "scenes:baseline@96x160", "scenes:wider@0", "scenes:", "scenes:@64", "missing.pth@224", "@", "@64", "x@@", ".", "deeper", "random:deeper@64", "efficientnet-b0", "a:b:c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		if err := file.CheckLocal(spec); err != nil {
			return
		}
		n, err := Network(spec, nil)
		if err != nil {
			if size := len(err.Error()); size > 2000+10*len(spec) {
				t.Errorf("a spec of %d bytes makes an error of %d", len(spec), size)
			}
			if m, err := Open(spec, nil); err == nil {
				t.Errorf("%q opens %v, and describes none", spec, m.Network)
			}
			return
		}
		size := n.Scaling.Resolution
		if n.Parameters() <= 0 || n.MACs() <= 0 || n.ActivationBytes() <= 0 || n.MemoryBytes() < 4*n.Parameters() || n.Grid().H < 1 || n.Grid().W < 1 || max(size.H, size.W) > network.MaxResolution {
			t.Errorf("%q is %+v: %d parameters, %d MACs", spec, n.Scaling, n.Parameters(), n.MACs())
		}
		if n.MemoryBytes() > 8<<20 {
			return
		}
		m, err := Open(spec, nil)
		if err != nil || m.Network.Scaling != n.Scaling || m.Network.Parameters() != n.Parameters() || len(m.Classes) != n.Classes {
			t.Errorf("%q opens %v, %v; it is %v", spec, m, err, n.Scaling)
		}
	})
}
