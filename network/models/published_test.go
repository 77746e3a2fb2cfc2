package models

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/store"
	"scalecam/network/tensorfile"
)

// TestPublishedCounts: every network of the catalogue counts the parameters that are
// published, and the MACs, to as many digits.
func TestPublishedCounts(t *testing.T) {
	c := assets.PublishedNetworks()
	macs := 0
	for i := range c.Networks {
		p := &c.Networks[i]
		n, err := PublishedNetwork(p)
		if err != nil {
			t.Error(err)
			continue
		}
		if !rounds(n.Parameters(), p.Parameters) {
			t.Errorf("%s has %d parameters, and %s are published", p.Name, n.Parameters(), p.Parameters)
		}
		if p.MACs == "" {
			continue
		}
		// torchvision counts by fvcore, which leaves out what squeeze-and-excite and
		// pooling add, and d-li14 counts those of pooling: half a percent.
		macs++
		want := float64(store.Count(p.MACs))
		if got := float64(n.MACs()); got < 0.994*want || got > 1.006*want {
			t.Errorf("%s has %d MACs, and %s are published", p.Name, n.MACs(), p.MACs)
		}
		for key, value := range p.Settings {
			if err := CheckValue(key, value); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
		}
	}
	if macs < 15 {
		t.Errorf("MACs of %d networks alone", macs)
	}
}

// rounds tells that a count is the published one, cut or rounded to its digits.
func rounds(n int64, published string) bool {
	number := strings.TrimRight(published, "kMG")
	if number == published {
		return strconv.FormatInt(n, 10) == published
	}
	_, after, _ := strings.Cut(number, ".")
	step := float64(store.Count("1" + published[len(number):]))
	for range after {
		step /= 10
	}
	d := float64(n) - float64(store.Count(published))
	return -0.5*step <= d && d < step
}

// inUserStore has the store in a folder of its own and serves a weights file at every
// address.
func inUserStore(t *testing.T, data []byte) *store.Store {
	t.Helper()
	t.Setenv("SCALECAM_DATA", t.TempDir())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }))
	t.Cleanup(server.Close)
	t.Setenv("SCALECAM_MIRROR", server.URL)
	s, err := store.User()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fileOf is a weights file of one of timm's published networks, with weights by chance,
// as timm has it: without metadata.
func fileOf(t *testing.T, p *assets.Published) []byte {
	t.Helper()
	n, err := PublishedNetwork(p)
	if err != nil {
		t.Fatal(err)
	}
	scheme := naming.Schemes[slices.IndexFunc(naming.Schemes, func(s *naming.Scheme) bool { return s.Library == p.Source })]
	data, err := tensorfile.Encode(tensorsBy(scheme, n, network.Random(n, 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestPublished: a published network is not here until it was added; then its name is a
// spec, and it is run as the catalogue says.
func TestPublished(t *testing.T) {
	const name = "test_efficientnet.r160_in1k" // the smallest, of no published checksum
	p := assets.PublishedNetworks().Lookup(name)
	s := inUserStore(t, fileOf(t, p))
	for _, open := range []func() error{
		func() error { _, err := Open(name, nil); return err },
		func() error { _, err := Network(name+"@96", nil); return err },
	} {
		if err := open(); err == nil || !strings.Contains(err.Error(), "scalecam networks add "+name) {
			t.Errorf("error %v", err)
		}
	}
	net, err := store.UserNet()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), []*assets.Published{p}, store.Adding{Net: net, Check: Holds}); err != nil {
		t.Fatal(err)
	}
	m, err := Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Spec != name || m.Name != p.Title || m.Network.Scaling.Resolution != network.Square(160) || m.Domain != network.ImageNet || m.SHA256 != s.Find(name).SHA256 {
		t.Errorf("it is %q, %q at %v, of %s", m.Spec, m.Name, m.Network.Scaling.Resolution, m.Domain)
	}
	if keys := m.Assumed(); len(keys) > 0 {
		t.Errorf("assumed are %v", keys)
	}
	for _, setting := range m.Settings {
		if setting.Origin != network.ByCatalogue || !strings.Contains(setting.Says, p.SettingsFrom) {
			t.Errorf("%+v", setting)
		}
	}
	at, err := Open(name+"@96", Settings{"crop_pct": "1"})
	if err != nil {
		t.Fatal(err)
	}
	if at.Network.Scaling.Resolution != network.Square(96) || at.Preprocessing.Ratio != 1 || at.Name != p.Title+" @96" || At(at.Spec, network.Square(64)) != name+"@64" {
		t.Errorf("at another size it is %+v", at.Preprocessing)
	}
	if path, own := File(name); own || path != s.Find(name).Path {
		t.Errorf("its file is %s", path)
	}
	if !Named(name) || !Named(name+"@96") || BuiltIn(name) || Named("./"+name) || !Here(name) || Here("resnet-18") || !Named("resnet-18") {
		t.Error("names are taken for others")
	}
	if f, err := Calibrated(m, Fitted{Temperature: 1}); err != nil || filepath.Dir(f.Path) != filepath.Dir(s.Find(name).Path) {
		t.Errorf("its calibration is %s, %v", f.Path, err)
	}
}

// TestHoldsAnother: a file of another network than is published is not kept.
func TestHoldsAnother(t *testing.T) {
	c := assets.PublishedNetworks()
	data := fileOf(t, c.Lookup("test_efficientnet.r160_in1k"))
	s := inUserStore(t, data)
	net, err := store.UserNet()
	if err != nil {
		t.Fatal(err)
	}
	err = s.Add(t.Context(), []*assets.Published{c.Lookup("tf_efficientnet_lite0.in1k")}, store.Adding{Net: net, Check: Holds})
	if err == nil || !strings.Contains(err.Error(), "what came is not this network") || s.Find("tf_efficientnet_lite0.in1k") != nil {
		t.Errorf("error %v", err)
	}
}

// graphBeside is a graph of ONNX, one linear layer, whose values are in a file beside it.
func graphBeside(name string) []byte {
	field := func(number byte, text string) string {
		return string(append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(text))), text...))
	}
	weight := "\x08\x02\x08\x02\x10\x01" + field(8, "w") + field(13, field(1, "location")+field(2, name)) // 2 × 2 of float32
	graph := field(1, field(1, "x")+field(1, "w")+field(2, "y")+field(3, "/fc/MatMul")+field(4, "MatMul")) + field(5, weight) + field(11, field(1, "x"))
	return []byte("\x08\x08" + field(2, "pytorch") + field(7, graph))
}

// TestImports: files and folders from elsewhere are told and come into the store.
func TestImports(t *testing.T) {
	data := fileOf(t, assets.PublishedNetworks().Lookup("test_efficientnet.r160_in1k"))
	s := inUserStore(t, nil)
	stick := t.TempDir()
	hub := filepath.Join(stick, "models--timm--test_efficientnet.r160_in1k", "snapshots", "0123")
	for path, text := range map[string][]byte{
		filepath.Join(hub, "model.safetensors"):          data,
		filepath.Join(hub, "config.json"):                []byte(`{"architecture":"test_efficientnet","num_classes":1000,"pretrained_cfg":{"input_size":[3,96,96],"crop_pct":1}}`),
		filepath.Join(stick, "resnet-18.safetensors"):    data, // which it is not
		filepath.Join(stick, "notes.pth"):                []byte("buy milk"),
		filepath.Join(stick, "graph.onnx"):               graphBeside("graph.onnx.data"),
		filepath.Join(stick, "readme.txt"):               []byte("buy milk"),
		filepath.Join(stick, ".hidden", "h.safetensors"): data,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := FindImports(t.Context(), s, stick)
	if err != nil || len(found) != 4 {
		t.Fatalf("%+v, %v", found, err)
	}
	var names []string
	for i := range found {
		f := &found[i]
		err := f.Import(t.Context(), s, nil)
		if filepath.Base(f.Path) == "graph.onnx" {
			if err == nil || !strings.Contains(err.Error(), "in a file beside it, graph.onnx.data") {
				t.Errorf("a graph without its values: %v", err)
			}
			continue
		}
		if filepath.Base(f.Path) == "notes.pth" {
			if err == nil {
				t.Error("a note is imported")
			}
			continue
		}
		if err != nil {
			t.Error(err)
		}
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if want := []string{"resnet-18-2", "test_efficientnet.r160_in1k-2"}; !slices.Equal(names, want) {
		t.Errorf("they are called %v, want %v", names, want)
	}
	m, err := Open("test_efficientnet.r160_in1k-2", nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Network.Scaling.Resolution != network.Square(96) || m.Name != "test_efficientnet.r160_in1k-2" {
		t.Errorf("what lay beside it is not read: %v, %s", m.Network.Scaling.Resolution, m.Name)
	}
	again, err := FindImports(t.Context(), s, filepath.Join(stick, "resnet-18.safetensors"))
	if err != nil || len(again) != 1 || again[0].Name != "resnet-18-2" {
		t.Errorf("again: %+v, %v", again, err)
	}
	// A file of many gigabytes, of which nothing lies on the disk, is refused at once.
	endless := filepath.Join(t.TempDir(), "endless.pth")
	if err := os.WriteFile(endless, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(endless, 1<<42); err == nil { // else the file system has none so large
		if found, err := FindImports(t.Context(), s, endless); err != nil || len(found) != 1 || found[0].Err == nil {
			t.Errorf("%+v, %v", found, err)
		}
	}
	for _, bad := range []string{filepath.Join(stick, "none"), t.TempDir()} {
		if _, err := FindImports(t.Context(), s, bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
	if all, err := s.Verify(t.Context(), nil, nil); err != nil || len(all) != 2 || all[0].Err != nil || all[1].Err != nil {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestHeadOnPublished: a head that was taught on a published network is opened on it.
func TestHeadOnPublished(t *testing.T) {
	const name = "test_efficientnet.r160_in1k"
	p := assets.PublishedNetworks().Lookup(name)
	s := inUserStore(t, fileOf(t, p))
	net, err := store.UserNet()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), []*assets.Published{p}, store.Adding{Net: net}); err != nil {
		t.Fatal(err)
	}
	m, err := Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := m.Network.Head()
	path := filepath.Join(t.TempDir(), "head.safetensors")
	data, err := EncodeHead(m, &Head{Weight: make([]float32, 2*k), Bias: make([]float32, 2), Classes: []string{"mug", "cup"}}, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h.Backbone == nil || h.Backbone.Spec != name || fmt.Sprint(h.Classes) != "[mug cup]" {
		t.Errorf("it is on %+v", h.Backbone)
	}
	if err := s.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Settings{"crop_pct": "0.5"}); err == nil || !strings.Contains(err.Error(), "networks add "+name) {
		t.Errorf("without it: error %v", err)
	}
}
