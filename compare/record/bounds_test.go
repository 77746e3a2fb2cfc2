package record

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/file"
	"scalecam/network"
)

// specs are networks of these specs, so many times each.
func specs(times int, names ...string) (all []NetworkSettings) {
	for _, name := range names {
		all = append(all, slices.Repeat([]NetworkSettings{{Spec: file.Path(name)}}, times)...)
	}
	return all
}

// TestCheck: what is too much is refused at once, in little memory and with the
// bound in the message; what people compare is not.
func TestCheck(t *testing.T) {
	large := header(t, 12_000, 10_000)
	for _, c := range []struct {
		name     string
		by       compare.By
		pictures []string
		held     int
		networks []NetworkSettings
		want     string // in the error; "" for none
	}{
		{"networks that take all memory", compare.By{}, []string{"scene:1"}, 1, specs(40, "random:efficientnet-b7"), "40 networks and 1 pictures would take about 18.2 GiB of memory; at most"},
		{"a few that are as large as may be", compare.By{}, nil, 0, specs(8, "random:efficientnet-b0,w=9,r=900"), "GiB of memory; at most"},
		{"many pictures", compare.By{}, slices.Repeat([]string{"a.png"}, 300_000), 1, specs(1, "scenes:baseline"), "300000 pictures and 1 networks are asked for; at most 1000 pictures, 64 networks and 5000 maps"},
		{"many networks", compare.By{}, []string{"scene:1"}, 1, specs(65, "random:efficientnet-64"), "at most 1000 pictures, 64 networks"},
		{"many maps", compare.By{}, slices.Repeat([]string{"scene:1"}, 1000), 1, specs(6, "random:efficientnet-64"), "and 5000 maps"},
		{"large pictures", compare.By{}, slices.Repeat([]string{large}, 40), 40, specs(1, "scenes:baseline"), "1 networks and 40 pictures would take about 18.8 GiB of memory"},
		{"large pictures, one after another", compare.By{}, slices.Repeat([]string{large}, 1000), 1, specs(1, "scenes:baseline"), ""},
		{"gradients at early layers", compare.By{Method: cam.MethodGradCAM, Layer: "stage1"}, []string{"scene:1"}, 1, specs(2, "random:efficientnet-b7"), "2 networks and 1 pictures would take about"},
		{"gradients at late ones", compare.By{Method: cam.MethodGradCAM}, []string{"scene:1"}, 1, specs(2, "random:efficientnet-b7"), ""},
		{"the paper's five", compare.By{}, []string{"scene:1"}, 1, specs(1, "random:baseline", "random:deeper", "random:wider", "random:higher-resolution", "random:compound"), ""},
		{"what is not there", compare.By{}, []string{"missing.png"}, 1, specs(8, "missing.pth", "scenes:missing", "random:missing"), ""},
	} {
		if network.MachineMemory() < 4<<30 && c.want == "" {
			continue // all is much there
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		err := Check(t.Context(), c.by, c.pictures, c.held, c.networks)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 200 || took > 20*time.Second { // a loaded machine included
			t.Errorf("%s: it took %d MB and %v", c.name, n, took)
		}
	}
}

// header writes a PNG file of that size that is a header and holes, as long as
// its pixels can be, and gives its path.
func header(t *testing.T, w, h uint32) string {
	t.Helper()
	chunk := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	data := append([]byte(pngSignature+"\x00\x00\x00\x0d"), chunk...)
	data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(chunk))
	path := filepath.Join(t.TempDir(), fmt.Sprintf("%dx%d.png", w, h))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<20); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSessionOfTooMuch: a session that names too much is none.
func TestSessionOfTooMuch(t *testing.T) {
	s := SettingsOf(comparetest.Comparison(t, []float32{1, 2}), compare.DefaultView(), WholePaths)
	for name, change := range map[string]func(*Settings){
		"pictures": func(s *Settings) { s.Pictures = slices.Repeat([]file.Path{"a.png"}, 300_000) },
		"networks": func(s *Settings) { s.Networks = specs(65, "random:efficientnet-b0") },
	} {
		spoilt := s
		change(&spoilt)
		data, err := json.Marshal(Session{Settings: spoilt})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "x.scalecam")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSession(path); err == nil || !strings.Contains(err.Error(), "at most 1000 pictures, 64 networks") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
