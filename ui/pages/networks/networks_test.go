package networks

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/assets"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/pages/pagetest"
)

// lite are a series' networks, of no published checksum.
func lite() *assets.Series {
	return assets.PublishedNetworks().LookupSeries("efficientnet-lite0-lite2")
}

// host is a window that a dialog lies over.
type host struct {
	*pagetest.Host
	pack string // that was chosen
}

func (h *host) ChoosePack(name string) { h.pack = name }

// open shows the dialog over a window, with a server in the place of the net.
func open(t *testing.T, serve http.HandlerFunc) (*host, *Dialog, *Shelf) {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	t.Setenv("SCALECAM_DATA", t.TempDir())
	t.Setenv("SCALECAM_MIRROR", server.URL)
	h := &host{Host: pagetest.New(t, pagetest.Inline)}
	s := NewShelf(pagetest.Inline, h.Tasks.Slot(), func() {}, func(err error) { t.Errorf("told of outside of the dialog: %v", err) })
	return h, Show(h, s), s
}

// weights is a weights file for a published network, by chance.
func weights(t *testing.T, name string) []byte {
	t.Helper()
	n, err := models.PublishedNetwork(assets.PublishedNetworks().Lookup(name))
	if err != nil {
		t.Fatal(err)
	}
	data, err := models.EncodeNetwork(n, network.Random(n, 1), 1e-3, assets.ImageNetClasses(), network.TensorFlowBicubic, nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSeries: a series is got by a button, compared by another, and removed by a third;
// the window hears of what is here.
func TestSeries(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range lite().Members {
		files[name] = weights(t, name)
	}
	h, d, s := open(t, func(w http.ResponseWriter, r *http.Request) {
		for name, data := range files {
			if strings.Contains(r.URL.Path, name) {
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
			}
		}
	})
	altered := 0
	s.altered = func() { altered++ }
	d.Choose(slices.IndexFunc(assets.PublishedNetworks().Series, func(s assets.Series) bool { return s.Name == lite().Name }))
	if !d.add.Visible() || d.see.Visible() || d.remove.Visible() || d.add.Text != "Get 3 (about 64.6 MB)" {
		t.Errorf("offered are %q, compare %v, remove %v", d.add.Text, d.see.Visible(), d.remove.Visible())
	}
	test.Tap(d.add)
	if !s.Has(lite().Members) || len(s.Going) > 0 || len(s.Series()) != 1 || altered == 0 || d.failedWith != "" {
		t.Fatalf("here are %v, on their way %v; %s", s.Here, s.Going, d.failedWith)
	}
	if h.Tasks.Foremost() != nil {
		t.Error("a task is left")
	}
	if d.add.Visible() || !d.see.Visible() || !d.remove.Visible() {
		t.Error("what is offered is not as it should be")
	}
	test.Tap(d.see)
	if h.pack != lite().Name {
		t.Errorf("compared is %q", h.pack)
	}
	d = Show(h, s)
	d.Choose(slices.IndexFunc(assets.PublishedNetworks().Series, func(s assets.Series) bool { return s.Name == lite().Name }))
	test.Tap(d.remove)
	if len(s.Here) > 0 || d.remove.Visible() {
		t.Errorf("left are %v", s.Here)
	}
}

// TestFailing: what goes wrong is told in the dialog, and another try is offered.
func TestFailing(t *testing.T) {
	_, d, s := open(t, http.NotFound)
	name := lite().Members[0]
	d.begin([]string{name})
	if len(s.Going) > 0 || !strings.Contains(d.message.Text, "404") || !d.message.Visible() {
		t.Errorf("it says %q", d.message.Text)
	}
	d.begin(nil)
	if d.failedWith != "" {
		t.Errorf("it still says %q", d.failedWith)
	}
}

// TestCancelled: what is on its way can be cancelled, one by itself or all by the task, and
// a part stays, of which the row says so.
func TestCancelled(t *testing.T) {
	data := weights(t, lite().Members[0])
	come := make(chan bool, 9)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"a"`)
		w.Header().Set("Content-Length", "9999999")
		_, _ = w.Write(data[:1<<20])
		w.(http.Flusher).Flush()
		come <- true
		<-r.Context().Done()
	}))
	defer server.Close()
	t.Setenv("SCALECAM_DATA", t.TempDir())
	t.Setenv("SCALECAM_MIRROR", server.URL)
	h := &host{Host: pagetest.New(t, pagetest.Inline)}
	todo := make(chan func(), 1000) // for this goroutine, which has the window
	run := h.Tasks.Run
	run.Go, run.Do = func(f func()) { go f() }, func(f func()) { todo <- f }
	h.Tasks.Run = run
	s := NewShelf(run, h.Tasks.Slot(), func() {}, func(err error) { t.Error(err) })
	d := Show(h, s)
	until := func(what string, is func() bool) {
		t.Helper()
		for late := time.After(30 * time.Second); !is(); {
			select {
			case f := <-todo:
				f()
			case <-late:
				t.Fatalf("%s: it does not come to that", what)
			}
		}
	}
	for i, cancel := range []func(names []string){s.Cancel, func([]string) { h.Tasks.Cancel() }} {
		name := lite().Members[i]
		s.Add([]string{name})
		if s.Going[name] == nil || h.Tasks.Foremost() == nil {
			t.Fatal("it is not on its way")
		}
		<-come
		until("progress", func() bool { return s.Going[name].Done > 0 })
		cancel([]string{name})
		until("the end", func() bool { return s.Going[name] == nil && s.Part[name] > 0 })
		if h.Tasks.Foremost() != nil {
			t.Error("a task is left")
		}
	}
	row := newRow().(*fyne.Container)
	d.fill(row, lite().Members[0])
	if d.failedWith != "" {
		t.Errorf("it says %q", d.failedWith)
	}
}

// TestImport: a file comes in by the dialog, which says what it is; a bad one does not.
func TestImport(t *testing.T) {
	h, d, s := open(t, http.NotFound)
	h.Weights = filepath.Join(t.TempDir(), "mine.safetensors")
	if err := os.WriteFile(h.Weights, weights(t, lite().Members[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	test.Tap(d.imports)
	if !s.Has([]string{"mine"}) || !strings.Contains(d.message.Text, "EfficientNet-Lite0") {
		t.Errorf("here are %v; it says %q", s.Here, d.message.Text)
	}
	d.Choose(len(assets.PublishedNetworks().Series) + 1)
	if !slices.Equal(d.shown, []string{"mine"}) {
		t.Errorf("shown are %v", d.shown)
	}
	if err := os.WriteFile(h.Weights, []byte("a note"), 0o600); err != nil {
		t.Fatal(err)
	}
	test.Tap(d.imports)
	if d.failedWith == "" || len(s.Here) != 1 {
		t.Errorf("of a note it says %q", d.failedWith)
	}
	h.Folder = t.TempDir()
	test.Tap(d.folders)
	if !strings.Contains(d.failedWith, "no weights file") {
		t.Errorf("of an empty folder it says %q", d.failedWith)
	}
}

// TestImportMany: of many files that are no networks the dialog tells in few lines, as of
// many that are; so it keeps its room.
func TestImportMany(t *testing.T) {
	h, d, s := open(t, http.NotFound)
	h.Folder = t.TempDir()
	for i := range 60 {
		if err := os.WriteFile(filepath.Join(h.Folder, fmt.Sprintf("note %d.pth", i)), []byte("buy milk"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	room := d.over.MinSize().Height
	test.Tap(d.folders)
	if !strings.Contains(d.failedWith, "60 of 60") || strings.Contains(d.failedWith, "\n") || d.over.MinSize().Height > room+100 {
		t.Errorf("it says %q, %v high; it was %v", d.failedWith, d.over.MinSize(), room)
	}
	h.Folder = t.TempDir()
	data := weights(t, lite().Members[0])
	for i := range 6 {
		if err := os.WriteFile(filepath.Join(h.Folder, fmt.Sprintf("net-%d.safetensors", i)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	test.Tap(d.folders)
	if len(s.Here) != 6 || !strings.Contains(d.Shelf.Last, "and 2 more") {
		t.Errorf("here are %d; it says %q", len(s.Here), d.Shelf.Last)
	}
}

// TestClosed: what goes wrong once the dialog is closed is told by the window.
func TestClosed(t *testing.T) {
	var told error
	_, d, s := open(t, http.NotFound)
	d.over.Hide()
	s.failed = func(err error) { told = err }
	s.Add(lite().Members[:1])
	if told == nil || errors.Unwrap(told) == nil && told.Error() == "" || d.failedWith != "" {
		t.Errorf("told is %v, in the dialog %q", told, d.failedWith)
	}
}
