package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
)

// smallFile writes weights of a small network, others for another seed.
func smallFile(t *testing.T, path string, seed uint64) {
	t.Helper()
	n, err := network.New(network.EfficientNetB0, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(64)}, network.SymmetricPadding, 2)
	if err != nil {
		t.Fatal(err)
	}
	data, err := models.EncodeNetwork(n, network.Random(n, seed), 1e-3, []string{"cat", "dog"}, n.Architecture.Preprocessing, nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Dir(path), filepath.Base(path), string(data))
}

// private is a folder whose name nobody is to read, with a picture and weights in
// it, and what compare and cam write of them.
func private(t *testing.T, picture, net string, more ...string) (folder, out string, written map[string][]byte) {
	t.Helper()
	folder, out = filepath.Join(t.TempDir(), "secret-folder"), t.TempDir()
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	picture, net = filepath.Join(folder, picture), filepath.Join(folder, net)
	if err := os.Rename(photo(t, folder, 90, 60), picture); err != nil {
		t.Fatal(err)
	}
	smallFile(t, net, 1)
	ok(t, append([]string{"compare", picture, "-n", net, "-n", net + "@96x64", "--class", "dog", "--json", "-o", filepath.Join(out, "figure.png")}, more...)...)
	ok(t, append([]string{"cam", picture, "-n", net, "-o", filepath.Join(out, "cam")}, more...)...)
	written = map[string][]byte{}
	for _, name := range []string{"figure.png", "figure.json", "cam/map.npy", "cam/heatmap.png", "cam/overlay.png", "cam/cam.json"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		written[name] = data
	}
	return folder, out, written
}

// TestPaths: what is written tells names without folders, or whole paths where
// that is asked for.
func TestPaths(t *testing.T) {
	_, _, written := private(t, "cat.png", "net.safetensors")
	for name, data := range written {
		if bytes.Contains(data, []byte("secret-folder")) {
			t.Errorf("%s tells the folder", name)
		}
		if !strings.HasSuffix(name, ".npy") && (!bytes.Contains(data, []byte("cat.png")) || !bytes.Contains(data, []byte("net.safetensors"))) {
			t.Errorf("%s does not tell the names", name)
		}
	}
	_, _, written = private(t, "cat.png", "net.safetensors", "--paths")
	for name, data := range written {
		if !strings.HasSuffix(name, ".npy") && (!bytes.Contains(data, []byte("secret-folder/cat.png")) || !bytes.Contains(data, []byte("secret-folder/net.safetensors"))) {
			t.Errorf("%s does not tell the paths that were asked for", name)
		}
	}
}

// TestFind: a figure is drawn again from files beside it, in the current folder,
// or where it is said; and not from others of their names.
func TestFind(t *testing.T) {
	folder, out, written := private(t, "cat.png", "net@1.safetensors")
	figure := filepath.Join(out, "figure.png")
	again := filepath.Join(t.TempDir(), "again.png")
	same := func(how string, args ...string) {
		t.Helper()
		os.Remove(again)
		ok(t, append([]string{"compare", "-o", again}, args...)...)
		if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, written["figure.png"]) {
			t.Errorf("%s: other bytes (%v)", how, err)
		}
	}
	fails := func(want string, args ...string) {
		t.Helper()
		_, stderr, status := call(append([]string{"compare", "-o", again}, args...)...)
		if status == 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: status %d, %q; want %q", args, status, stderr, want)
		}
	}
	t.Chdir(t.TempDir())
	fails(figure+" names the picture cat.png, which is neither beside it nor in the current folder; say where it is with --look-in FOLDER", "--from", figure)
	same("where it is said", "--from", figure, "--look-in", folder)
	same("the files themselves", "--from", figure, "--look-in", filepath.Join(folder, "cat.png"), "--look-in", filepath.Join(folder, "net@1.safetensors"))
	t.Chdir(folder)
	same("the current folder", "--from", figure)
	t.Chdir(t.TempDir())
	moved := filepath.Join(folder, "moved.png")
	put(t, folder, "moved.png", string(written["figure.png"]))
	same("beside it", "--from", moved)

	other := t.TempDir() // others of the names are passed over, and told of
	if err := os.Rename(photo(t, other, 60, 90), filepath.Join(other, "cat.png")); err != nil {
		t.Fatal(err)
	}
	same("past another", "--from", moved, "--look-in", other)
	fails(filepath.Join(other, "cat.png")+" is not the picture that "+figure+" names, but another of its name", "--from", figure, "--look-in", other)
	if err := os.Rename(filepath.Join(folder, "cat.png"), filepath.Join(other, "cat.png")); err != nil {
		t.Fatal(err)
	}
	smallFile(t, filepath.Join(other, "net@1.safetensors"), 2)
	fails(filepath.Join(other, "net@1.safetensors")+" is not the weights file that "+figure+" names", "--from", figure, "--look-in", other)
	if err := os.Rename(filepath.Join(other, "cat.png"), filepath.Join(other, "renamed.png")); err != nil {
		t.Fatal(err)
	}
	ok(t, "compare", "-o", again, "--from", figure, "--look-in", filepath.Join(other, "renamed.png"), "--look-in", folder) // it shows its new name
	fails("--look-in x: it is for what --from names", "--look-in", "x")
}

// TestFindOfOneName: two pictures of one name are not taken for each other.
func TestFindOfOneName(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for folder, size := range map[string][2]int{"a": {90, 60}, "b": {60, 90}} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(photo(t, folder, size[0], size[1]), filepath.Join(folder, "cat.png")); err != nil {
			t.Fatal(err)
		}
	}
	ok(t, "compare", "a/cat.png", "b/cat.png", "-n", small, "-o", "figure.png")
	ok(t, "compare", "--from", "figure.png", "--look-in", "b", "--look-in", "a", "-o", "again.png")
	want, err := os.ReadFile("figure.png")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("again.png"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("other bytes (%v)", err)
	}
	put(t, dir, "cat.png", "no picture")
	if _, stderr, status := call("compare", "--from", "figure.png", "--look-in", "a"); status != 1 || !strings.Contains(stderr, "another of its name") {
		t.Errorf("without the other: status %d, %q", status, stderr)
	}
}

// TestNoUTF8: names of files that are no UTF-8 come back from figures and sessions,
// and are printed spelt out.
func TestNoUTF8(t *testing.T) {
	const picture, net = "caf\xe9 100%.png", "bytes:n\xff.safetensors"
	folder, out, written := private(t, picture, net)
	var r camReport
	if err := json.Unmarshal(written["cam/cam.json"], &r); err != nil || string(r.Picture) != picture || string(r.Network) != net {
		t.Errorf("cam.json names %q and %q, %v", r.Picture, r.Network, err)
	}
	if !bytes.Contains(written["figure.json"], []byte(`"network": "bytes:n\\xff"`)) {
		t.Errorf("figure.json does not spell the network's name: %s", written["figure.json"])
	}
	figure, again := filepath.Join(out, "figure.png"), filepath.Join(out, "again.png")
	s, err := record.ReadSession(figure)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Settings.Networks { // as the window saves it
		s.Settings.Networks[i].Spec = file.Path(filepath.Join(folder, string(s.Settings.Networks[i].Spec)))
	}
	s.Settings.Pictures[0] = file.Path(filepath.Join(folder, picture))
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--from", figure, "--look-in", folder}, {"--from", put(t, out, "view.scalecam", string(data))}} {
		ok(t, append([]string{"compare", "-o", again}, args...)...)
		if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, written["figure.png"]) {
			t.Errorf("%q: other bytes (%v)", args, err)
		}
	}
	stdout := ok(t, "compare", filepath.Join(folder, picture), "-n", filepath.Join(folder, net), "-o", filepath.Join(out, "\xfe.png"))
	if want := filepath.Join(out, `\xfe.png`) + "\n"; stdout != want {
		t.Errorf("printed %q, want %q", stdout, want)
	}
	if _, err := os.Stat(filepath.Join(out, "\xfe.png")); err != nil {
		t.Error(err)
	}
	if _, stderr, _ := call("compare", "--from", figure); !strings.Contains(stderr, `names the picture caf\xe9 100%.png`) {
		t.Errorf("printed %q", stderr)
	}
}

// TestObjectUnseen: where it is not known where the object is, --object says so.
func TestObjectUnseen(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"compare", "-n", "scenes:baseline", "--object", "-o", filepath.Join(dir, "a.png")},
		{"erase", "-n", "scenes:baseline", "--object", "--region", "1,1,9,9"},
		{"cam", "-n", "scenes:baseline", "--object", "-o", filepath.Join(dir, "cam")},
	} {
		for picture, silent := range map[string]bool{"scene:35": true, "sample:cat.jpg": false} {
			var out, errs bytes.Buffer
			if code := Run(append([]string{args[0], picture}, args[1:]...), &out, &errs, nil); code != 0 {
				t.Fatalf("%s: %s", args, errs.String())
			}
			if said := strings.Contains(errs.String(), "--object: it is not known where the object is"); said == silent {
				t.Errorf("%s of %s says %q", args[0], picture, errs.String())
			}
		}
	}
}
