package cli

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"scalecam/assets"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
)

// lite is a published network of no published checksum, and small.
const lite = "tf_efficientnet_lite0.in1k"

// liteFile is a weights file that could be its.
func liteFile(t *testing.T) []byte {
	t.Helper()
	n, err := models.PublishedNetwork(assets.PublishedNetworks().Lookup(lite))
	if err != nil {
		t.Fatal(err)
	}
	data, err := models.EncodeNetwork(n, network.Random(n, 1), 1e-3, assets.ImageNetClasses(), network.TensorFlowBicubic, nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// withStore has the store in a folder of its own, and a server stand for the net.
func withStore(t *testing.T, serve http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	t.Setenv("SCALECAM_DATA", t.TempDir())
	t.Setenv("SCALECAM_MIRROR", server.URL)
}

// TestNetworks: from nothing to a comparison of published networks, and back.
func TestNetworks(t *testing.T) {
	data := liteFile(t)
	withStore(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "tf_efficientnet_lite0.in1k") {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	})
	if got := ok(t, "networks", "list"); !strings.Contains(got, "efficientnet-lite0-lite2") || !strings.Contains(got, "No network is in") {
		t.Errorf("the list is\n%s", got)
	}
	if got := ok(t, "networks", "list", "--all"); !strings.Contains(got, lite) || strings.Count(got, "\n") < 60 {
		t.Errorf("the whole list is\n%s", got)
	}
	if got := ok(t, "networks", "show", lite); !strings.Contains(got, "none is published") || !strings.Contains(got, "Apache-2.0") || !strings.Contains(got, "4,652,008") || !strings.Contains(got, "scalecam networks add "+lite) {
		t.Errorf("it is shown as\n%s", got)
	}
	if got := ok(t, "networks", "show", "mobilenet-v2-resolution"); !strings.Contains(got, "mobilenet-v2-r96") || !strings.Contains(got, "a finer grid") || got[strings.Index(got, "\n")+1:] != ok(t, "describe", "--pack", "mobilenet-v2-resolution")[strings.Index(got, "\n")+1:] {
		t.Errorf("the series is shown as\n%s", got)
	}
	picture := photo(t, t.TempDir(), 80, 60)
	if _, stderr, status := call("cam", picture, "-n", lite, "-o", t.TempDir()); status != 1 || !strings.Contains(stderr, "scalecam networks add "+lite) {
		t.Errorf("status %d, %s", status, stderr)
	}
	if _, stderr, status := call("compare", picture, "--pack", "efficientnet-lite0-lite2"); status != 1 || !strings.Contains(stderr, "scalecam networks add efficientnet-lite0-lite2") || !strings.Contains(stderr, "note: Stem, head") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if _, stderr, status := call("networks", "add", "--yes", lite); status != 0 || !strings.Contains(stderr, "licence Apache-2.0") || !strings.Contains(stderr, "no checksum is published: from now on it is held to its SHA-256") {
		t.Fatalf("status %d, %s", status, stderr)
	}
	if _, stderr, status := call("networks", "add", lite); status != 0 || !strings.Contains(stderr, "here already") {
		t.Errorf("again: status %d, %s", status, stderr)
	}
	if _, stderr, status := call("networks", "add", "--yes", "efficientnet-lite0-lite2"); status != 1 || strings.Count(stderr, "404 Not Found") != 2 || !strings.Contains(stderr, "2 of 2 were not added") {
		t.Errorf("the others: status %d, %s", status, stderr)
	}
	var listed networkList
	if err := json.Unmarshal([]byte(ok(t, "networks", "list", "--json")), &listed); err != nil {
		t.Fatal(err)
	}
	here := 0
	for _, n := range listed.Networks {
		if n.Here != nil {
			here++
		}
	}
	if here != 1 {
		t.Errorf("%d networks are here", here)
	}
	if got := ok(t, "networks", "verify"); !strings.Contains(got, lite) || !strings.Contains(got, "right") {
		t.Errorf("verified: %s", got)
	}
	out := filepath.Join(t.TempDir(), "out.png")
	if _, stderr, status := call("compare", picture, "-n", lite, "-n", lite+"@160", "-o", out); status != 0 {
		t.Errorf("status %d, %s", status, stderr)
	}
	// It is passed on by its name, and drawn again from it.
	if _, stderr, status := call("compare", "--from", out, "--look-in", filepath.Dir(picture), "-o", filepath.Join(t.TempDir(), "again.png")); status != 0 {
		t.Errorf("status %d, %s", status, stderr)
	}
	path := strings.TrimSpace(ok(t, "networks", "path", lite))
	stick := filepath.Join(t.TempDir(), "mine.safetensors")
	if err := os.WriteFile(stick, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ok(t, "networks", "import", stick); !strings.Contains(got, "imported as mine: EfficientNet-Lite0, depth 1, width 1, at 224, 4.65M parameters; not a published file") {
		t.Errorf("imported: %s", got)
	}
	if got, stderr, status := call("classify", picture, "-n", "mine", "--json"); status != 0 || got == "" {
		t.Errorf("what was imported is no network: status %d, %s", status, stderr)
	}
	note := filepath.Join(filepath.Dir(stick), "note.pth")
	if err := os.WriteFile(note, []byte("buy milk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, stderr, status := call("networks", "import", note, note+".none", stick); status != 1 || !strings.Contains(got, "here already as mine") || strings.Count(stderr, "\n") != 3 || !strings.Contains(stderr, "2 of 3 were not imported") {
		t.Errorf("one good of three: status %d, %s %s", status, got, stderr)
	}
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if got, stderr, status := call("networks", "verify"); status != 1 || !strings.Contains(got, "BAD") || !strings.Contains(stderr, "1 of 2 are not as they should be") {
		t.Errorf("cut: status %d, %s %s", status, got, stderr)
	}
	if _, stderr, status := call("networks", "remove", lite, "mine"); status != 0 || strings.Count(stderr, "removed") != 2 {
		t.Errorf("status %d, %s", status, stderr)
	}
	if got := ok(t, "networks", "verify"); got != "" {
		t.Errorf("verified: %s", got)
	}
	for _, wrong := range [][]string{{"networks", "nonsense"}, {"networks", "add"}, {"networks", "add", "resnet"}, {"networks", "show"}, {"networks", "show", "nothing"}, {"networks", "list", "x"}, {"networks", "remove"}, {"networks", "import"}, {"networks", "path", "a", "b"}, {"compare", "--pack", "nothing"}} {
		if _, stderr, status := call(wrong...); status != 2 {
			t.Errorf("%v: status %d, %s", wrong, status, stderr)
		}
	}
	for _, failing := range [][]string{{"networks", "remove", "nothing"}, {"networks", "remove", "resnet-depth"}, {"networks", "verify", "nothing"}, {"networks", "path", lite}, {"networks", "import", filepath.Dir(stick) + "/none"}} {
		if _, stderr, status := call(failing...); status != 1 || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: status %d, %s", failing, status, stderr)
		}
	}
}

// TestAddWaiting: what keeps a download waiting is told, once.
func TestAddWaiting(t *testing.T) {
	data := liteFile(t)
	n := 0
	withStore(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	})
	folder := filepath.Join(strings.TrimSpace(ok(t, "networks", "path")), lite)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	release, err := file.Lock(folder)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(700*time.Millisecond, release)
	if _, stderr, status := call("networks", "add", "--yes", lite); status != 0 || strings.Count(stderr, "another program is adding it") != 1 || strings.Count(stderr, "the server is busy (503 Service Unavailable); asking again") != 1 {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// TestImportInterrupted: Ctrl-C is answered while a large file is read through, and what
// was imported before it stays.
func TestImportInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted there")
	}
	withStore(t, http.NotFound)
	dir := t.TempDir()
	mine, large := filepath.Join(dir, "mine.safetensors"), filepath.Join(dir, "large.safetensors")
	const header = `{"a":{"dtype":"F32","shape":[30000,30000],"data_offsets":[0,3600000000]}}`
	for path, data := range map[string][]byte{mine: liteFile(t), large: append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(large, 8+int64(len(header))+3_600_000_000); err != nil {
		t.Skipf("no file can be so large here: %v", err)
	}
	cmd := program(t, "networks", "import", mine, large)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "imported as mine") {
		t.Errorf("%q, %v", line, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(stderr.String(), "interrupted; what was imported before is in the store") {
		t.Errorf("%v: %s", err, stderr.String())
	}
	if got := ok(t, "networks", "verify"); !strings.Contains(got, "mine") || strings.Count(got, "\n") != 1 {
		t.Errorf("verified: %s", got)
	}
}

// TestAddInterrupted: Ctrl-C is answered at once, and what has come is kept.
func TestAddInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted there")
	}
	data := liteFile(t)
	come := make(chan bool, 8)
	withStore(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(data))
			return
		}
		w.Header().Set("Last-Modified", time.Unix(1e9, 0).UTC().Format(http.TimeFormat))
		_, _ = w.Write(data[:len(data)/2])
		w.(http.Flusher).Flush()
		come <- true
		<-r.Context().Done()
	})
	cmd := program(t, "networks", "add", "--yes", lite)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-come
	time.Sleep(300 * time.Millisecond)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := cmd.Wait(); err == nil || time.Since(begun) > 5*time.Second || !strings.Contains(stderr.String(), "what has come is kept") {
		t.Errorf("%v after %v: %s", err, time.Since(begun), stderr.String())
	}
	if got := ok(t, "networks", "list"); !strings.Contains(got, "a part of") {
		t.Errorf("the list is\n%s", got)
	}
	if got := ok(t, "networks", "verify"); !strings.Contains(got, "not whole yet") {
		t.Errorf("verified: %s", got)
	}
	if _, stderr, status := call("networks", "add", "--yes", lite); status != 0 {
		t.Errorf("status %d, %s", status, stderr)
	}
	if got := ok(t, "networks", "verify"); !strings.Contains(got, "right") {
		t.Errorf("verified: %s", got)
	}
}
