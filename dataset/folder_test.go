package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/picture"
)

// write makes files below dir: a picture of 8 × 6 pixels where the name ends in
// a picture's extension, an empty folder where it ends in a slash.
func write(t testing.TB, dir string, names ...string) string {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		parent := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			parent = path
		}
		if err := os.MkdirAll(parent, 0o755); err != nil {
			t.Fatal(err)
		}
		if parent == path {
			continue
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		img := image.NewRGBA(image.Rect(0, 0, 8, 6))
		img.Set(0, 0, color.White)
		if slices.Contains(picture.Extensions, strings.ToLower(filepath.Ext(path))) {
			err = png.Encode(f, img) // whatever the extension: reading goes by content
		}
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// listing gives f's pictures as "class: path", with the path below dir.
func listing(t *testing.T, f *Folder, dir string) []string {
	t.Helper()
	var list []string
	for i := range f.Len() {
		e, err := f.At(i)
		if err != nil {
			t.Fatal(err)
		}
		path, err := filepath.Rel(dir, e.Name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f.Classes()[e.Class]+": "+filepath.ToSlash(path))
	}
	return list
}

func TestOpen(t *testing.T) {
	cases := []struct {
		name  string
		files []string
		want  []string
	}{
		{"sorted", []string{"dog/b.png", "cat/2.png", "cat/10.png", "dog/a.png"},
			[]string{"cat: cat/10.png", "cat: cat/2.png", "dog: dog/a.png", "dog: dog/b.png"}},
		{"one class", []string{"cat/1.png"}, []string{"cat: cat/1.png"}},
		{"any depth", []string{"cat/old/deep/1.png", "cat/2.png"}, []string{"cat: cat/2.png", "cat: cat/old/deep/1.png"}},
		{"extensions", []string{"cat/1.JPG", "cat/2.jpeg", "cat/3.Gif", "cat/4.bmp", "cat/5.tif", "cat/6.TIFF", "cat/7.webp", "cat/notes.txt", "cat/png"},
			[]string{"cat: cat/1.JPG", "cat: cat/2.jpeg", "cat: cat/3.Gif", "cat: cat/4.bmp", "cat: cat/5.tif", "cat: cat/6.TIFF", "cat: cat/7.webp"}},
		{"hidden", []string{"cat/1.png", "cat/._1.png", "cat/.old/2.png", ".git/3.png"}, []string{"cat: cat/1.png"}},
		{"no pictures", []string{"cat/1.png", "empty/", "words/a.txt", "loose.png"}, []string{"cat: cat/1.png"}},
		{"folder named as a picture", []string{"cat/x.jpg/1.png", "cat/y.jpg/"}, []string{"cat: cat/x.jpg/1.png"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, t.TempDir(), c.files...)
			f, err := Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := listing(t, f, dir); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestLinks: links to folders are followed, as torchvision's ImageFolder does,
// and those that lead back are not.
func TestLinks(t *testing.T) {
	elsewhere := write(t, t.TempDir(), "felines/1.png", "felines/young/2.png", "more/3.png")
	dir := write(t, t.TempDir(), "dog/1.png", "owl/1.png")
	for from, to := range map[string]string{
		"cat": filepath.Join(elsewhere, "felines"), "dog/more": filepath.Join(elsewhere, "more"),
		"dog/up": dir, "dog/self": filepath.Join(dir, "dog"), "dog/owls": filepath.Join(dir, "owl"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Skip("cannot make links here:", err)
		}
	}
	f, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"cat: cat/1.png", "cat: cat/young/2.png", "dog: dog/1.png", "dog: dog/more/3.png", "dog: dog/owls/1.png", "owl: owl/1.png"}
	if got := listing(t, f, dir); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSplitsByOtherNames: what looks like splits is not taken for classes.
func TestSplitsByOtherNames(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		want  string // of the error; none where it is ""
	}{
		{"splits", []string{"fit/cat/1.png", "fit/dog/1.png", "held/cat/2.png", "held/dog/2.png"}, "fit and held hold the same folders (cat, dog), so that they look like splits"},
		{"three", []string{"a/x/1.png", "a/y/1.png", "b/x/1.png", "b/y/1.png", "c/x/1.png", "c/y/1.png"}, "a and b hold the same folders (x, y)"},
		{"unlike folders", []string{"cat/in/1.png", "cat/out/1.png", "dog/in/1.png"}, ""},
		{"one folder each", []string{"cat/images/1.png", "dog/images/1.png"}, ""},
		{"pictures beside", []string{"cat/1.png", "cat/in/1.png", "cat/out/1.png", "dog/in/1.png", "dog/out/1.png"}, ""},
	} {
		_, err := Open(t.Context(), write(t, t.TempDir(), c.files...))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v; want %q", c.name, err, c.want)
		}
	}
	train, val, err := OpenSplits(t.Context(), write(t, t.TempDir(), "Training/cat/1.png", "Training/dog/1.png", "Testing/cat/2.png", "Testing/dog/2.png"))
	if err != nil || !slices.Equal(train.Classes(), []string{"cat", "dog"}) || train.Len() != 2 || val.Len() != 2 {
		t.Errorf("Training and Testing: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := write(t, t.TempDir(), "loose/1.png", "empty/a/", "file", "only/train/cat/1.png", "few/cat/1.png", "few/cat/2.png",
		"bare/train/1.png", "bare/val/1.png")
	splits := func(dir string) error {
		_, _, err := OpenSplits(t.Context(), dir)
		return err
	}
	one := func(dir string) error {
		_, err := Open(t.Context(), dir)
		return err
	}
	cases := []struct {
		name string
		open func(string) error
		want string // after "dataset: DIR/NAME: "
	}{
		{"missing", one, "cannot be read (no such file or directory); check its name and permissions"},
		{"missing", splits, "cannot be read (no such file or directory); check its name and permissions"},
		{"file", one, "cannot be read (not a directory)"},
		{"loose", one, "no folder in it holds pictures; class folders hold one class's pictures each, as in " + filepath.Join(dir, "loose", "cat", "1.jpg")},
		{"empty", splits, "no folder in it holds pictures"},
		{"only", splits, "it holds train, but no val beside it; add one, or give " + filepath.Join(dir, "only", "train") + ", of which a part"},
		{"few", splits, "no class has 3 pictures"},
		{"bare/train", one, "no folder in it holds pictures"},
	}
	for _, c := range cases {
		path := filepath.Join(dir, c.name)
		checkError(t, c.open(path), "dataset: "+path+": "+c.want)
	}
	_, err := Open(t.Context(), filepath.Join(dir, "missing"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	// The split that lacks class folders is the one that is named.
	checkError(t, splits(filepath.Join(dir, "bare")), "dataset: "+filepath.Join(dir, "bare", "train")+": no folder")
}

// checkError holds err to be of one line and to begin as it should.
func checkError(t *testing.T, err error, prefix string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error; want %q", prefix)
	} else if s := err.Error(); !strings.HasPrefix(s, prefix) || strings.Contains(s, "\n") {
		t.Errorf("error %q\nshould begin %q and have one line", s, prefix)
	}
}

func TestOpenSplits(t *testing.T) {
	cases := []struct {
		name       string
		files      []string
		train, val []string
	}{
		{"train and val", []string{"train/cat/1.png", "train/dog/2.png", "val/cat/3.png", "val/dog/4.png"},
			[]string{"cat: train/cat/1.png", "dog: train/dog/2.png"}, []string{"cat: val/cat/3.png", "dog: val/dog/4.png"}},
		{"classes of either", []string{"train/bee/1.png", "train/dog/2.png", "val/ant/3.png", "val/dog/4.png"},
			[]string{"bee: train/bee/1.png", "dog: train/dog/2.png"}, []string{"ant: val/ant/3.png", "dog: val/dog/4.png"}},
		{"test", []string{"train/cat/1.png", "test/cat/2.png"}, []string{"cat: train/cat/1.png"}, []string{"cat: test/cat/2.png"}},
		{"valid before test", []string{"Train/cat/1.png", "test/cat/2.png", "Valid/cat/3.png"},
			[]string{"cat: Train/cat/1.png"}, []string{"cat: Valid/cat/3.png"}},
		{"validation", []string{"train/cat/1.png", "validation/cat/2.png"}, []string{"cat: train/cat/1.png"}, []string{"cat: validation/cat/2.png"}},
		{"held out", []string{"cat/1.png", "cat/2.png", "cat/3.png", "cat/4.png", "cat/5.png", "cat/6.png", "cat/7.png", "cat/8.png", "dog/1.png"},
			[]string{"cat: cat/1.png", "cat: cat/2.png", "cat: cat/4.png", "cat: cat/5.png", "cat: cat/6.png", "cat: cat/7.png", "dog: dog/1.png"},
			[]string{"cat: cat/3.png", "cat: cat/8.png"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, t.TempDir(), c.files...)
			train, val, err := OpenSplits(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := listing(t, train, dir); !slices.Equal(got, c.train) {
				t.Errorf("train: got %q, want %q", got, c.train)
			}
			if got := listing(t, val, dir); !slices.Equal(got, c.val) {
				t.Errorf("val: got %q, want %q", got, c.val)
			}
			if !slices.Equal(train.Classes(), val.Classes()) {
				t.Errorf("classes %q to train, %q to validate", train.Classes(), val.Classes())
			}
		})
	}
}

func TestOnly(t *testing.T) {
	dir := write(t, t.TempDir(), "airplane/1.png", "bee/1.png", "cat/1.png", "dalmatian/1.png")
	f, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Only("dalmatian", "bee", "bee")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"bee", "dalmatian"}; !slices.Equal(g.Classes(), want) {
		t.Errorf("classes %q, want %q", g.Classes(), want)
	}
	if got, want := listing(t, g, dir), []string{"bee: bee/1.png", "dalmatian: dalmatian/1.png"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if f.Len() != 4 || len(f.Classes()) != 4 {
		t.Error("Only changed the folder that it was called of")
	}
	for name, want := range map[string]string{"dalmation": "dalmatian", "Airplanes": "airplane", "bees": "bee", "CAT": "cat", "": "bee"} {
		_, err := f.Only("bee", name)
		checkError(t, err, fmt.Sprintf("dataset: %s: there is no class %q; the nearest is %q", dir, name, want))
	}
}

// Files that cannot be read are an error of their own picture alone, and Check
// leaves them out, in order, whatever the timing.
func TestCheck(t *testing.T) {
	dir := write(t, t.TempDir(), "cat/a.png", "cat/m.png", "dog/z.png", "dog/folder.jpg/")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	whole, err := os.ReadFile(at("cat/a.png"))
	must(err)
	want := map[string]string{} // path to the reason
	broken := func(name, reason string) string {
		want[at(name)] = reason
		return at(name)
	}
	must(os.WriteFile(broken("cat/empty.jpg", "empty"), nil, 0o644))
	must(os.WriteFile(broken("cat/cut.png", "unexpected EOF"), whole[:len(whole)-20], 0o644))
	must(os.WriteFile(broken("dog/text.jpg", "this is text"), []byte("hello there"), 0o644))
	links := map[string]string{"dog/good.png": at("cat/a.png"), "dog/up": dir, "dog/up.png": dir, "dog/self": "."}
	links[broken("dog/loop.png", "cannot be read")] = "loop.png"
	links[broken("dog/nowhere.png", "cannot be read")] = "nowhere"
	for name, to := range links {
		if !filepath.IsAbs(name) {
			name = at(name)
		}
		if err := os.Symlink(to, name); err != nil {
			t.Skip("cannot make links here:", err)
		}
	}
	if err := exec.Command("mkfifo", at("cat/pipe.png")).Run(); err == nil {
		broken("cat/pipe.png", "a device or a pipe")
	}
	must(os.WriteFile(at("cat/secret.png"), whole, 0))
	if f, err := os.Open(at("cat/secret.png")); err != nil {
		broken("cat/secret.png", "permission denied")
	} else { // the superuser reads it all the same
		must(f.Close())
		must(os.Remove(at("cat/secret.png")))
	}

	f, err := Open(t.Context(), dir)
	must(err)
	calls := 0
	got, list, err := f.Check(t.Context(), func(done, total int) {
		if calls++; done != calls || total != f.Len() {
			t.Errorf("progress %d of %d in call %d; there are %d", done, total, calls, f.Len())
		}
	})
	must(err)
	if names, want := listing(t, got, dir), []string{"cat: cat/a.png", "cat: cat/m.png", "dog: dog/good.png", "dog: dog/z.png"}; !slices.Equal(names, want) {
		t.Errorf("left are %q, want %q", names, want)
	}
	var paths []string
	for _, b := range list {
		paths = append(paths, b.Path)
		reason, ok := want[b.Path]
		if !ok || !strings.Contains(b.Err.Error(), reason) || !strings.Contains(b.Err.Error(), b.Path) {
			t.Errorf("%s: %v; want %q", b.Path, b.Err, reason)
		}
	}
	if len(list) != len(want) || !slices.IsSorted(paths) || calls != len(want)+got.Len() {
		t.Errorf("%d broken in %d calls, want %d in order: %q", len(list), calls, len(want), paths)
	}

	// What was read is kept, and of the pictures that are left.
	_, kept, _, err := f.CheckAndKeep(t.Context(), 1<<20, nil)
	must(err)
	for i := range got.Len() {
		must(os.Remove(got.Path(i)))
	}
	for i := range kept.Len() {
		if e, err := kept.At(i); err != nil || e.Name != got.Path(i) || e.Class != got.Class(i) {
			t.Errorf("kept picture %d is %+v, %v; want %s", i, e, err, got.Path(i))
		}
	}
	if kept.Len() != got.Len() {
		t.Errorf("%d are kept of %d", kept.Len(), got.Len())
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Check(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, Check gives error %v", err)
	}
}

func ExampleOpenSplits() {
	dir, err := os.MkdirTemp("", "animals")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"cat/1.png", "cat/2.png", "cat/3.png", "dog/1.png", "dog/2.png", "dog/3.png"} {
		var data bytes.Buffer
		path := filepath.Join(dir, name)
		if err := errors.Join(
			png.Encode(&data, image.NewRGBA(image.Rect(0, 0, 8, 6))),
			os.MkdirAll(filepath.Dir(path), 0o755),
			os.WriteFile(path, data.Bytes(), 0o644),
		); err != nil {
			fmt.Println(err)
			return
		}
	}

	train, val, err := OpenSplits(context.Background(), dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := val.At(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Classes(), train.Len(), val.Len())
	fmt.Println(filepath.Base(e.Name), "shows a", val.Classes()[e.Class], "in", e.Image.Rect.Size())
	// Output:
	// [cat dog] 4 2
	// 3.png shows a dog in (8,6)
}
