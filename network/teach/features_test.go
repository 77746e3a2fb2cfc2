package teach

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"scalecam/assets"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
)

// scenePictures writes n drawn scenes to files.
func scenePictures(t testing.TB, n int) (all []Picture) {
	t.Helper()
	folder := t.TempDir()
	for i := range n {
		path := filepath.Join(folder, fmt.Sprintf("%d.png", i))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, scenes.Draw(1, i, 160).Image); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		all = append(all, Picture{Name: path})
	}
	return all
}

// packed opens networks of the pack scenes.
func packed(t testing.TB, specs ...string) (all []*network.Model) {
	t.Helper()
	for _, spec := range specs {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// run is a pass that must succeed.
func pass(t testing.TB, cache *Cache, models []*network.Model, pictures []Picture) *Features {
	t.Helper()
	p := Pass{Models: models, Cache: cache}
	f, err := p.Run(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// equal tells that two passes found the same.
func equal(a, b *Features) bool {
	return slices.Equal(a.SHA256, b.SHA256) && slices.EqualFunc(a.Of, b.Of, slices.Equal[[]float32])
}

// TestPass: features are the means of what the last layer puts out, the same to the
// bit on any number of cores, with and without a cache, which has them all the second
// time; alike pictures and alike networks are looked at once; a broken picture is named.
func TestPass(t *testing.T) {
	pictures := scenePictures(t, 7)
	broken := filepath.Join(t.TempDir(), "broken.png")
	if err := os.WriteFile(broken, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	twice, err := os.ReadFile(pictures[2].Name)
	if err != nil {
		t.Fatal(err)
	}
	pictures = append(pictures, Picture{Name: broken}, Picture{Name: "missing.png"}, Picture{Name: "pasted", Data: twice}, Picture{Name: "copy.png", Data: []byte("no picture")})
	all := packed(t, "scenes:baseline", "scenes:wider", "scenes:baseline@96", "scenes:baseline")
	cache := &Cache{filepath.Join(t.TempDir(), "features")}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := pass(t, nil, all, pictures)
	if want.Made != 7 || want.Broken[7] == nil || !strings.Contains(want.Broken[8].Error(), "missing.png") || want.Broken[0] != nil {
		t.Errorf("%d looked at, broken are %v", want.Made, want.Broken)
	}
	if err := want.Broken[10]; err == nil || !strings.Contains(err.Error(), "copy.png") {
		t.Errorf("of a copy of a broken one: %v", err)
	}
	if &want.Of[0][0] != &want.Of[3][0] || slices.Equal(want.Of[0], want.Of[2]) {
		t.Error("the same network runs twice, or at two sizes once")
	}
	k := want.K[0]
	if !slices.Equal(want.Of[0][2*k:3*k], want.Of[0][9*k:10*k]) {
		t.Error("the same picture has other features")
	}
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		if got := pass(t, nil, all, pictures); !equal(got, want) {
			t.Errorf("other features on %d cores", cores)
		}
	}
	var told []Progress
	p := Pass{Models: all, Cache: cache, Report: func(p Progress) { told = append(told, p) }}
	for round, made := range []int{7, 0} {
		told = nil
		got, err := p.Run(t.Context(), pictures)
		if err != nil {
			t.Fatal(err)
		}
		if !equal(got, want) || got.Made != made {
			t.Errorf("round %d: other features, %d pictures made", round, got.Made)
		}
		if last := told[len(told)-1]; last.Done != len(pictures) || last.Total != len(pictures) {
			t.Errorf("round %d ends at %+v", round, last)
		}
	}
	if err := cache.Clear(); err != nil {
		t.Fatal(err)
	}
	if got := pass(t, cache, all, pictures); got.Made != 7 || !equal(got, want) {
		t.Errorf("%d pictures made after the cache was cleared", got.Made)
	}
}

// TestSums: a file that is as it was is not read again; one that was changed is, and one
// that was written a moment ago, whose time may not tell.
func TestSums(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	write := func(text string, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age).Truncate(time.Second)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	p := Pass{Models: packed(t, "scenes:baseline"), Sums: new(Sums)}
	sum := func() string {
		t.Helper()
		f, err := p.Run(t.Context(), []Picture{{Name: path}})
		if err != nil {
			t.Fatal(err)
		}
		return f.SHA256[0]
	}
	write("one", time.Hour)
	one := sum()
	write("two", time.Hour) // at the same second, as nobody does
	if sum() != one {
		t.Error("it is read again")
	}
	write("two", time.Minute)
	two := sum()
	write("three", time.Minute)
	if two == one || sum() == two {
		t.Error("a changed file is not read again")
	}
	write("four", 0)
	four := sum()
	write("five", 0)
	if sum() == four {
		t.Error("a file that was just written is taken for what it was")
	}
}

// TestPooled: of each network the features are those that its own logits are made of.
func TestPooled(t *testing.T) {
	pictures := scenePictures(t, 1)
	m := packed(t, "scenes:compound")[0]
	f := pass(t, nil, []*network.Model{m}, pictures)
	set := scenes.Draw(1, 0, 160)
	a, err := m.Run(t.Context(), set.Image)
	if err != nil {
		t.Fatal(err)
	}
	for class, logit := range a.Logits {
		want := float64(a.Bias[class])
		for k, w := range a.Weight.Row(class) {
			want += float64(w) * float64(f.Of[0][k])
		}
		if math.Abs(want-float64(logit)) > 1e-4*max(1, math.Abs(want)) { // float32 sums of some hundred
			t.Errorf("class %d: %v by its features, %v by the network", class, want, logit)
		}
	}
}

// TestCacheDamaged: a cache whose files are cut short anywhere, changed or of another
// version gives what is whole in them, and the rest is made anew, the same to the bit.
func TestCacheDamaged(t *testing.T) {
	pictures := scenePictures(t, 4)
	all := packed(t, "scenes:baseline")
	want := pass(t, nil, all, pictures)
	made := func(t *testing.T, change func(path string, data []byte) []byte) int {
		t.Helper()
		cache := &Cache{t.TempDir()}
		pass(t, cache, all, pictures)
		paths, err := filepath.Glob(filepath.Join(cache.Folder, "*", "*"+segmentEnding))
		if err != nil || len(paths) != 1 {
			t.Fatalf("the cache holds %q (%v)", paths, err)
		}
		data, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(paths[0], change(paths[0], data), 0o600); err != nil {
			t.Fatal(err)
		}
		got := pass(t, cache, all, pictures)
		if !equal(got, want) {
			t.Error("other features from a damaged cache")
		}
		return got.Made
	}
	record := sha256.Size + 4*want.K[0] + 4
	for _, c := range []struct {
		name   string
		change func(path string, data []byte) []byte
		made   int
	}{
		{"cut in its last record", func(_ string, d []byte) []byte { return d[:len(d)-5] }, 1},
		{"cut after two", func(_ string, d []byte) []byte { return d[:headBytes+2*record] }, 2},
		{"cut in its head", func(_ string, d []byte) []byte { return d[:20] }, 4},
		{"empty", func(string, []byte) []byte { return nil }, 4},
		{"a bit of the second changed", func(_ string, d []byte) []byte { d[headBytes+record+100] ^= 4; return d }, 1},
		{"another version", func(_ string, d []byte) []byte { d[len(magic)-1]++; return d }, 4},
		{"another network's", func(_ string, d []byte) []byte { d[len(magic)]++; return d }, 4},
		{"other lengths", func(_ string, d []byte) []byte { binary.LittleEndian.PutUint32(d[headBytes-4:], 7); return d }, 4},
		{"whole", func(_ string, d []byte) []byte { return d }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := made(t, c.change); got != c.made {
				t.Errorf("%d pictures made anew, want %d", got, c.made)
			}
		})
	}
}

// TestCacheApart: another size, preprocessing, instruction set or weights are looked up
// apart.
func TestCacheApart(t *testing.T) {
	pictures := scenePictures(t, 1)
	cache := &Cache{t.TempDir()}
	all := packed(t, "scenes:baseline", "scenes:wider", "scenes:baseline@96", "random:efficientnet-64,seed=1", "random:efficientnet-64,seed=2")
	cropped, err := all[0].At(all[0].Network.Scaling.Resolution)
	if err != nil {
		t.Fatal(err)
	}
	cropped.Preprocessing.Ratio /= 2
	all = append(all, cropped)
	for _, m := range all {
		for round, want := range []int{1, 0} {
			if got := pass(t, cache, []*network.Model{m}, pictures); got.Made != want {
				t.Errorf("%s at %v, round %d: %d made, want %d", m.Spec, m.Network.Scaling.Resolution, round, got.Made, want)
			}
		}
	}
	defer func(set string) {
		if err := kernel.UseInstructionSet(set); err != nil {
			t.Fatal(err)
		}
	}(kernel.CurrentInstructionSet())
	for _, set := range kernel.InstructionSets() {
		if set == kernel.CurrentInstructionSet() {
			continue
		}
		if err := kernel.UseInstructionSet(set); err != nil {
			t.Fatal(err)
		}
		if got := pass(t, cache, packed(t, "scenes:baseline"), pictures); got.Made != 1 {
			t.Errorf("%s: features of another instruction set are taken", set)
		}
		break
	}
}

// TestStopped: a pass that is stopped keeps what it has found, and goes on from there.
func TestStopped(t *testing.T) {
	pictures := scenePictures(t, 6)
	all := packed(t, "scenes:baseline")
	cache := &Cache{t.TempDir()}
	ctx, stop := context.WithCancel(t.Context())
	p := Pass{Models: all, Cache: cache, Report: func(p Progress) {
		if p.Done >= 3 {
			stop()
		}
	}}
	if _, err := p.Run(ctx, pictures); err != context.Canceled {
		t.Fatalf("the error is %v", err)
	}
	got := pass(t, cache, all, pictures)
	if got.Made == 0 || got.Made > 3 {
		t.Errorf("%d of 6 pictures are made again, though 3 were found", got.Made)
	}
	if !equal(got, pass(t, nil, all, pictures)) {
		t.Error("other features than at once")
	}
}

// TestJoined: many small files become one, with all that was in them; two programs may
// do so at once.
func TestJoined(t *testing.T) {
	pictures := scenePictures(t, 9)
	all := packed(t, "scenes:baseline")
	cache := &Cache{t.TempDir()}
	for i := range pictures {
		pass(t, cache, all, pictures[i:i+1])
	}
	done := make(chan *Features)
	for range 2 {
		go func() {
			p := Pass{Models: all, Cache: cache}
			f, err := p.Run(t.Context(), pictures)
			if err != nil {
				t.Error(err)
			}
			done <- f
		}()
	}
	a, b := <-done, <-done
	if !equal(a, b) {
		t.Error("two programs find other features")
	}
	if got := pass(t, cache, all, pictures); got.Made != 0 || !equal(got, a) {
		t.Errorf("%d pictures made again after joining", got.Made)
	}
	paths, err := filepath.Glob(filepath.Join(cache.Folder, "*", "*"+segmentEnding))
	if err != nil || len(paths) > 3 {
		t.Errorf("%d files are left of 9 (%v)", len(paths), err)
	}
}

// TestTrim: what was used longest ago goes where too much is kept.
func TestTrim(t *testing.T) {
	pictures := scenePictures(t, 1)
	cache := &Cache{t.TempDir()}
	first, second := packed(t, "scenes:baseline"), packed(t, "scenes:wider")
	pass(t, cache, first, pictures)
	pass(t, cache, second, pictures)
	pass(t, cache, first, pictures) // used last
	cache.trim(1000)
	if got := pass(t, cache, first, pictures); got.Made != 0 {
		t.Error("what was used last is gone")
	}
	if got := pass(t, cache, second, pictures); got.Made != 1 {
		t.Error("what was used longest ago is kept")
	}
}

// TestVersion holds cacheVersion to what the program computes: where this fails
// because pictures are read, or networks run, in another way, count cacheVersion up.
func TestVersion(t *testing.T) {
	defer func(set string) {
		if err := kernel.UseInstructionSet(set); err != nil {
			t.Fatal(err)
		}
	}(kernel.CurrentInstructionSet())
	if err := kernel.UseInstructionSet("portable"); err != nil {
		t.Fatal(err)
	}
	f := pass(t, nil, packed(t, "scenes:baseline"), []Picture{{Name: "sample", Data: assets.Samples()[2].Data}})
	h := sha256.New()
	for _, v := range f.Of[0] {
		fmt.Fprintf(h, "%08x", math.Float32bits(v))
	}
	const want = "1 5da3354d0d5aa7cf"
	if got := fmt.Sprint(cacheVersion, " ", hex.EncodeToString(h.Sum(nil)[:8])); got != want {
		t.Errorf("features are %s, and were %s", got, want)
	}
}
