package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"scalecam/assets"
	"scalecam/network"
	"scalecam/network/tensorfile"
)

// TestPacks: each pack is what it says of itself.
func TestPacks(t *testing.T) {
	for _, p := range assets.Packs() {
		best := false
		for i := range p.Networks {
			n := &p.Networks[i]
			spec := p.Name + ":" + n.Name
			best = best || n.Name == p.Best
			m, err := Open(spec, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := m.Network.Scaling
			if s.Depth != n.Depth || s.Width != n.Width || s.Resolution.String() != n.Resolution || m.TrainedAt.String() != n.TrainedAt {
				t.Errorf("%s is d %v, w %v at %v, trained at %v; the pack says %+v", spec, s.Depth, s.Width, s.Resolution, m.TrainedAt, n)
			}
			if !m.Trained || string(m.Domain) != p.Domain || m.Name != n.Title || m.Spec != spec {
				t.Errorf("%s is %q (%s), trained %v, of %q", spec, m.Name, m.Spec, m.Trained, m.Domain)
			}
			if n.CropPct > 0 && m.Preprocessing.Ratio != n.CropPct {
				t.Errorf("%s: a crop of %v, want %v", spec, m.Preprocessing.Ratio, n.CropPct)
			}
			described, err := Network(spec, nil)
			if err != nil || described.Scaling != s || described.Parameters() != m.Network.Parameters() {
				t.Errorf("%s is described as %v, %v", spec, described, err)
			}
		}
		if !best || p.About == "" || p.Licence == "" || p.Source == "" {
			t.Errorf("%+v", p)
		}
	}
}

// TestPackShares: networks of one file hold its weights once.
func TestPackShares(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	assets.Packs() // whose weights are not read by it
	none := heap()
	a, err := Open("imagenet:baseline", nil)
	if err != nil {
		t.Fatal(err)
	}
	one := heap()
	b, err := Open("imagenet:higher-resolution", nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open("imagenet:baseline@192", nil)
	if err != nil {
		t.Fatal(err)
	}
	// Lite0's weights are 18.6 MB.
	if first, more := int64(one)-int64(none), int64(heap())-int64(one); first < 17<<20 || first > 25<<20 || more > 1<<20 {
		t.Errorf("the first network took %d bytes, two more of the same file %d", first, more)
	}
	runtime.KeepAlive(a)
	if c.Name != "baseline @192" || c.Network.Scaling.Resolution != network.Square(192) || c.Preprocessing.Ratio != 0.875 {
		t.Errorf("%q at %v, a crop of %v", c.Name, c.Network.Scaling, c.Preprocessing.Ratio)
	}
	d, err := Open("imagenet:higher-resolution", Settings{"crop_pct": "0.5"})
	if err != nil || d.Preprocessing.Ratio != 0.5 || b.Preprocessing.Ratio != 0.89 {
		t.Errorf("a stated crop is %v, %v", d.Preprocessing.Ratio, err)
	}
}

// TestBrokenPacks: a pack whose file is not what it says is refused, clearly.
func TestBrokenPacks(t *testing.T) {
	sum := func(data []byte) string {
		s := sha256.Sum256(data)
		return hex.EncodeToString(s[:])
	}
	file := func(classes int, metadata map[string]string, spoil func(values []float32)) []byte {
		n, err := network.New(network.EfficientNetLite, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(32)}, network.SamePadding, classes)
		if err != nil {
			t.Fatal(err)
		}
		tensors, err := Tensors(n, network.Random(n, 1))
		if err != nil {
			t.Fatal(err)
		}
		if spoil != nil {
			spoil(tensors[0].Data)
		}
		data, err := tensorfile.Encode(tensors, metadata)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	pack := func(domain network.Domain, sum string, data []byte) assets.Pack {
		about, err := json.Marshal(assets.Pack{Name: "mine", Domain: string(domain), Networks: []assets.PackNetwork{{Name: "net", Title: "net", File: "net.safetensors", SHA256: sum, Resolution: "32", TrainedAt: "32"}}})
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{"pack.json": {Data: about}}
		if data != nil {
			files["net.safetensors"] = &fstest.MapFile{Data: data}
		}
		p, err := assets.ReadPack(files)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	good := file(1000, nil, nil)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("thing %d", i)
	}
	renamed, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	nan := file(1000, nil, func(v []float32) { v[7] = float32(math.NaN()) })
	few, other := file(10, nil, nil), file(1000, map[string]string{"classes": string(renamed)}, nil)
	changed := bytes.Clone(good)
	changed[len(changed)-5] ^= 1
	if m, err := openPacked("mine:net", ptr(pack(network.ImageNet, sum(good), good)), "net", nil); err != nil || m.Domain != network.ImageNet || m.Network.Classes != 1000 {
		t.Fatalf("%v, %v", m, err)
	}
	for _, c := range []struct {
		name string
		pack assets.Pack
		want []string
	}{
		{"missing", pack(network.ImageNet, sum(good), nil), []string{"net.safetensors", "not exist"}},
		{"cut", pack(network.ImageNet, sum(good), good[:len(good)/2]), []string{"net.safetensors", "SHA-256", "cut or changed"}},
		{"empty", pack(network.ImageNet, sum(good), []byte{}), []string{"net.safetensors", "SHA-256"}},
		{"changed", pack(network.ImageNet, sum(good), changed), []string{"net.safetensors", sum(good), sum(changed), "cut or changed"}},
		{"not finite", pack(network.ImageNet, sum(nan), nan), []string{"net.safetensors", "NaN"}},
		{"of few classes", pack(network.ImageNet, sum(few), few), []string{"net.safetensors has 10 classes", `1000, "tench"`}},
		{"of other classes", pack(network.ImageNet, sum(other), other), []string{`1000 classes, "thing 0"`, `"tench"`}},
		{"of the other domain", pack(network.Scenes, sum(good), good), []string{`1000 classes, "tench"`, "the labels of the pack are 18"}},
	} {
		c.pack.Name = c.name // of which nothing was opened before
		_, err := openPacked("mine:net", &c.pack, "net", nil)
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		for _, w := range append(c.want, "models: mine:net: ") {
			if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %q does not say %q", c.name, err, w)
			}
		}
	}
}

func ptr(p assets.Pack) *assets.Pack { return &p }

// TestPackAssumesNothing: of a network that comes with the program all is known.
func TestPackAssumesNothing(t *testing.T) {
	for _, p := range assets.Packs() {
		for _, spec := range Pack(p.Name) {
			m, err := Open(spec, nil)
			if err != nil {
				t.Fatal(err)
			}
			if assumed := m.Assumed(); len(m.Settings) == 0 || len(assumed) > 0 {
				t.Errorf("%s: %d settings, of which are assumed %q", spec, len(m.Settings), assumed)
			}
		}
	}
}
