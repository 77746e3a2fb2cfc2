package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scalecam/assets"
	"scalecam/file"
)

// content is a weights file to serve: any bytes, since the store looks at sums alone.
func content(size int) []byte {
	data := make([]byte, size)
	r := rand.New(rand.NewPCG(1, uint64(size)))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// quick is a Net that waits for little.
func quick(t *testing.T, mirror string) *Net {
	t.Helper()
	n, err := NewNet(mirror)
	if err != nil {
		t.Fatal(err)
	}
	n.Stall, n.Pause, n.Patience, n.Tries = time.Minute, time.Millisecond, 2*time.Second, 4
	return n
}

// served is a published network whose file is at a server's address.
func served(server *httptest.Server, name, checksum string, size int) *assets.Published {
	return &assets.Published{Name: name, URL: server.URL + "/models/" + name + ".pth", Checksum: checksum, Bytes: int64(size), Parameters: "1000"}
}

// holds: what is in the store is right, and there is nothing that is taken for a network
// and is none.
func holds(t *testing.T, s *Store) {
	t.Helper()
	all, err := s.Verify(t.Context(), nil, nil)
	if err != nil {
		t.Error(err)
	}
	for _, v := range all {
		if v.Err != nil {
			t.Errorf("the store holds a bad file: %v", v.Err)
		}
	}
}

// whole serves data as file servers do: ranges, and an ETag.
func whole(w http.ResponseWriter, r *http.Request, data []byte) {
	w.Header().Set("ETag", `"`+sum(data)[:16]+`"`)
	http.ServeContent(w, r, "f.pth", time.Time{}, bytes.NewReader(data))
}

// hijacked ends a connection in the middle: so many bytes of the body come, of which
// the header promises all.
func hijacked(w http.ResponseWriter, header string, body []byte) {
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	_, _ = buffer.WriteString("HTTP/1.1 " + header + "\r\n\r\n")
	_, _ = buffer.Write(body)
	_ = buffer.Flush() // whose reader may be gone
}

// TestAdd: whatever a server does, what is in the store is right, or nothing is; what
// can be gone on with is, and the message says what happened.
func TestAdd(t *testing.T) {
	data, other := content(1<<20), content(1<<20 + 1)[:1<<20]
	const half = 1 << 19
	full := bySHA256 + sum(data)
	length := strconv.Itoa(len(data))
	cases := []struct {
		name     string
		checksum string
		serve    func(w http.ResponseWriter, r *http.Request, n int) // n counts requests from 1
		size     int                                                 // published; 0 for len(data)
		want     string                                              // of the error, "" where it is added
		resumed  bool                                                // parts were asked for
		part     bool                                                // what has come stays
	}{
		{name: "whole", serve: func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, data) }},
		{name: "prefix", checksum: full[:len(bySHA256)+8], serve: func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, data) }},
		{name: "first use", checksum: "-", serve: func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, data) }},
		{name: "breaks off", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				hijacked(w, "200 OK\r\nETag: \""+sum(data)[:16]+"\"\r\nContent-Length: "+length, data[:half])
				return
			}
			whole(w, r, data)
		}},
		{name: "breaks off, no checksum, no validator", checksum: "-", serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				hijacked(w, "200 OK\r\nContent-Length: "+length, data[:half])
				return
			}
			whole(w, r, data)
		}},
		{name: "breaks off every time", resumed: true, part: true, want: "the connection broke off", serve: func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 1 {
				hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: "+length, data[:half])
				return
			}
			hijacked(w, fmt.Sprintf("206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d", half, len(data)-1, len(data), len(data)-half), nil)
		}},
		{name: "stalls", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				w.Header().Set("ETag", `"`+sum(data)[:16]+`"`)
				w.Header().Set("Content-Length", length)
				_, _ = w.Write(data[:half])
				w.(http.Flusher).Flush()
				<-r.Context().Done()
				return
			}
			whole(w, r, data)
		}},
		{name: "stalls before it answers", want: "the server sent nothing for 300ms", serve: func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }},
		{name: "promises more than it has", want: "the file on the server has changed; add it again later", resumed: true, size: 2 << 20, serve: func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.Header.Get("Range") != "" {
				hijacked(w, "416 Range Not Satisfiable\r\nContent-Length: 0", nil)
				return
			}
			hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: 2000000", data)
		}},
		{name: "promises less than it has", want: "another file", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: 1000", data)
		}},
		{name: "never ends", want: "the most that this network can have", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			for range 64 {
				if _, err := w.Write(data); err != nil {
					return
				}
			}
		}},
		{name: "says that it is too large", want: "the most that this network can have", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			hijacked(w, "200 OK\r\nContent-Length: 99000000000", data[:100])
		}},
		{name: "wrong file", want: "its checksum is sha256:" + sum(other), serve: func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, other) }},
		{name: "a page to log in at", want: "a web page", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<html>log in</html>"))
		}},
		{name: "packed", want: "packed", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(data)
		}},
		{name: "redirects", serve: func(w http.ResponseWriter, r *http.Request, _ int) {
			if !strings.HasPrefix(r.URL.Path, "/deep") {
				http.Redirect(w, r, "/deep/../deep/%2e%2e/f", http.StatusFound)
				return
			}
			whole(w, r, data)
		}},
		{name: "redirects without end", want: "without end", serve: func(w http.ResponseWriter, r *http.Request, n int) {
			http.Redirect(w, r, "/"+strconv.Itoa(n), http.StatusFound)
		}},
		{name: "redirects in a circle", want: "without end", serve: func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, r.URL.Path, http.StatusMovedPermanently)
		}},
		{name: "redirects to a file", want: "no address on the net", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}},
		{name: "not found", want: "there is no such file on the server (404", serve: func(w http.ResponseWriter, r *http.Request, _ int) { http.NotFound(w, r) }},
		{name: "forbidden", want: "does not give it to us (403", serve: func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusForbidden) }},
		{name: "teapot", want: "answers 418", serve: func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusTeapot) }},
		{name: "no content", want: "answers 204", serve: func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusNoContent) }},
		{name: "busy for a while", serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n < 3 {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader([]int{0, http.StatusTooManyRequests, http.StatusServiceUnavailable}[n])
				return
			}
			whole(w, r, data)
		}},
		{name: "busy for ever", want: "the server is busy (503", serve: func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusServiceUnavailable) }},
		{name: "busy for a day", want: "asks to wait for 24h0m0s", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		}},
		{name: "busy for longer than can be counted", want: "asks to wait for", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Retry-After", "99999999999999999999")
			w.WriteHeader(http.StatusTooManyRequests)
		}},
		{name: "busy since long ago", serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n < 3 {
				w.Header().Set("Retry-After", []string{"", "-99999999999999999999", "Thu, 01 Jan 1970 00:00:00 GMT"}[n])
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			whole(w, r, data)
		}},
		{name: "talks without end", want: "answers 418", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			hijacked(w, "418 "+strings.Repeat("I am a teapot ", 1000)+"\r\nContent-Length: 0", nil)
		}},
		{name: "nothing comes", want: "add it again later", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			hijacked(w, "200 OK\r\nContent-Length: "+length, nil)
		}},
		{name: "breaks off, says no length", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				hijacked(w, "200 OK\r\nETag: \""+sum(data)[:16]+"\"", data[:half])
				return
			}
			whole(w, r, data)
		}},
		{name: "ignores ranges", resumed: true, serve: func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 1 {
				hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: "+length, data[:half])
				return
			}
			w.Header().Set("ETag", `"a"`)
			_, _ = w.Write(data)
		}},
		{name: "changes between two ranges", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				hijacked(w, "200 OK\r\nETag: \"old\"\r\nContent-Length: "+length, other[:half])
				return
			}
			whole(w, r, data) // If-Range names another
		}},
		{name: "changes between two ranges, and does not say so", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			switch {
			case n == 1:
				hijacked(w, "200 OK\r\nLast-Modified: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Length: "+length, other[:half])
			case r.Header.Get("Range") != "":
				hijacked(w, fmt.Sprintf("206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d", half, len(data)-1, len(data), len(data)-half), data[half:])
			default:
				whole(w, r, data)
			}
		}},
		{name: "sends another range", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			switch {
			case n == 1:
				hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: "+length, data[:half])
			case r.Header.Get("Range") != "":
				hijacked(w, fmt.Sprintf("206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes 0-%d/%d\r\nContent-Length: %d", len(data)-1, len(data), len(data)), data)
			default:
				whole(w, r, data)
			}
		}},
		{name: "refuses the range", resumed: true, serve: func(w http.ResponseWriter, r *http.Request, n int) {
			switch {
			case n == 1:
				hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: "+length, data[:half])
			case r.Header.Get("Range") != "":
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			default:
				whole(w, r, data)
			}
		}},
		{name: "a name that leads out", serve: func(w http.ResponseWriter, r *http.Request, _ int) {
			w.Header().Set("Content-Disposition", `attachment; filename="../../../../etc/passwd"`)
			whole(w, r, data)
		}},
		{name: "no HTTP", want: "malformed HTTP", serve: func(w http.ResponseWriter, _ *http.Request, _ int) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte("\x00\xff\x00nonsense\r\n\r\n"))
				conn.Close()
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var requests, parts atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Range") != "" {
					parts.Add(1)
				}
				c.serve(w, r, int(requests.Add(1)))
			}))
			defer server.Close()
			dir := t.TempDir()
			s := &Store{filepath.Join(dir, "networks")}
			checksum, size := full, len(data)
			if c.checksum != "" {
				checksum = strings.TrimPrefix(c.checksum, "-")
			}
			if c.size > 0 {
				size = c.size
			}
			n := quick(t, "")
			if strings.HasPrefix(c.name, "stalls") { // else the machine's own load is none
				n.Stall = 300 * time.Millisecond
			}
			err := s.Add(t.Context(), []*assets.Published{served(server, "net", checksum, size)}, Adding{Net: n})
			k := s.Find("net")
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it fails: %v", err)
			case c.want == "" && k == nil:
				t.Error("it is not in the store")
			case c.want == "":
				if got, err := os.ReadFile(k.Path); err != nil || !bytes.Equal(got, data) || k.SHA256 != sum(data) {
					t.Errorf("the store holds other bytes: %v", err)
				}
			case k != nil:
				t.Error("a bad file is in the store")
			case err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000:
				t.Errorf("error %v; want one that says %q", err, c.want)
			}
			if n := requests.Load(); n > 20 {
				t.Errorf("%d requests", n)
			}
			if got := parts.Load() > 0; got != c.resumed {
				t.Errorf("parts were asked for: %v", got)
			}
			if got := s.Part("net") > 0; got != c.part {
				t.Errorf("a part of %d bytes is left", s.Part("net"))
			}
			holds(t, s)
			outside(t, dir)
		})
	}
}

// outside: nothing is in the folder but the store.
func outside(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "networks" {
			t.Errorf("%s was written beside the store", e.Name())
		}
	}
}

// TestDowngrade: no way leads from https to http.
func TestDowngrade(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, content(100)) }))
	defer plain.Close()
	safe := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL+"/f", http.StatusFound)
	}))
	defer safe.Close()
	n := quick(t, "")
	n.client.Transport = safe.Client().Transport // which knows its certificate
	s := &Store{t.TempDir()}
	err := s.Add(t.Context(), []*assets.Published{served(safe, "net", "", 100)}, Adding{Net: n})
	if err == nil || !strings.Contains(err.Error(), "anybody on the way") || s.Find("net") != nil {
		t.Errorf("error %v", err)
	}
}

// TestAgain: what an interruption leaves is gone on with, and a server that has another
// file by then is begun anew with.
func TestAgain(t *testing.T) {
	data := content(1 << 20)
	changed := content(2 << 20)[:1<<20]
	now := data
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Range"))
		if len(asked)%2 == 1 { // half of it, then nothing
			w.Header().Set("ETag", `"`+sum(now)[:16]+`"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(now)))
			_, _ = w.Write(now[:len(now)/2])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		whole(w, r, now)
	}))
	defer server.Close()
	s := &Store{t.TempDir()}
	n := quick(t, "")
	n.Stall = time.Minute
	interrupted := func(p *assets.Published) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := s.Add(ctx, []*assets.Published{p}, Adding{Net: n, Report: func(p Progress) {
			if p.Stage == Getting && p.Done > 0 {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) || s.Find(p.Name) != nil || s.Part(p.Name) == 0 {
			t.Fatalf("interrupted: %v, a part of %d bytes", err, s.Part(p.Name))
		}
		holds(t, s)
	}
	for _, c := range []struct {
		name   string
		change bool
	}{{"same", false}, {"other", true}} {
		now, asked = data, nil
		p := served(server, c.name, "", len(data))
		interrupted(p)
		if c.change {
			now = changed
		}
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: n}); err != nil {
			t.Fatal(err)
		}
		if len(asked) != 2 || asked[1] == "" {
			t.Errorf("%s: asked for %q", c.name, asked)
		}
		if k := s.Find(c.name); k == nil || k.SHA256 != sum(now) || k.Trust != FirstUse {
			t.Errorf("%s: %+v", c.name, k)
		}
		holds(t, s)
	}
}

// TestStateSpoilt: where what is said of a part is of no use any more, the part is begun anew.
func TestStateSpoilt(t *testing.T) {
	data := content(1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	p := served(server, "net", bySHA256+sum(data), len(data))
	for _, said := range []string{
		`{"url":"` + p.URL + `","validator":"\"a\nX: b\"","total":1000}`, `{"url":"` + p.URL + `","validator":"\u0000","total":1000}`,
		`{"url":"` + p.URL + `","validator":"","total":-5}`, `{"url":"` + p.URL + `","validator":"","total":10}`, `{"url":"` + p.URL + `","total":1e99}`, `{`, "", strings.Repeat("[", 1<<17),
	} {
		s := &Store{t.TempDir()}
		if err := os.Mkdir(s.folder("net"), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"net.pth" + partEnding: strings.Repeat("x", 500), stateFile: said} {
			if err := os.WriteFile(filepath.Join(s.folder("net"), name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err != nil || s.Find("net") == nil {
			t.Errorf("%.80s: %v", said, err)
		}
		holds(t, s)
	}
}

// TestMirror: it stands in the place of every host, and what is none is refused.
func TestMirror(t *testing.T) {
	data := content(1000)
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { path = r.URL.Path; whole(w, r, data) }))
	defer server.Close()
	s := &Store{t.TempDir()}
	p := &assets.Published{Name: "net", URL: "https://nowhere.invalid/a/b.pth", Checksum: bySHA256 + sum(data), Bytes: 1000}
	if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, server.URL+"/mirror/")}); err != nil {
		t.Fatal(err)
	}
	if k := s.Find("net"); k == nil || path != "/mirror/a/b.pth" || k.From != p.URL {
		t.Errorf("%q was asked for, %+v", path, k)
	}
	// A mirror's password is sent to it, and told to nobody else.
	secret := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "sesame" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		hijacked(w, "200 OK\r\nETag: \"a\"\r\nContent-Length: 1000", data[:500])
	}))
	defer secret.Close()
	locked := quick(t, strings.Replace(secret.URL, "://", "://ali:sesame@", 1))
	err := s.Add(t.Context(), []*assets.Published{{Name: "locked", URL: p.URL, Checksum: p.Checksum, Bytes: 1000}}, Adding{Net: locked})
	said, failed := os.ReadFile(filepath.Join(s.folder("locked"), stateFile))
	if err == nil || failed != nil || strings.Contains(err.Error()+string(said)+locked.MirrorName(), "sesame") || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("error %v, recorded is %s, %v", err, said, failed)
	}
	for _, bad := range []string{"mirror.example", "file:///x", "ftp://a/b", "https://", "https://a/b?c", "%"} {
		if _, err := NewNet(bad); err == nil || !strings.Contains(err.Error(), "SCALECAM_MIRROR") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	nobody := quick(t, closed.URL)
	nobody.Tries = 1
	if err := s.Add(t.Context(), []*assets.Published{{Name: "gone", URL: p.URL, Bytes: 1000}}, Adding{Net: nobody}); err == nil || !strings.Contains(err.Error(), "there is no connection to the server (") || strings.Contains(err.Error(), "dial") {
		t.Errorf("nobody listens: error %v", err)
	}
	gone := &assets.Published{Name: "gone", URL: "https://nowhere.invalid/a/b.pth", Bytes: 1000}
	n := quick(t, "")
	n.Tries = 1
	if err := s.Add(t.Context(), []*assets.Published{gone}, Adding{Net: n}); err == nil || !strings.Contains(err.Error(), "nowhere.invalid") {
		t.Errorf("no host: error %v", err)
	}
}

// TestWrongNetwork: a file that is not what its network holds is not kept.
func TestWrongNetwork(t *testing.T) {
	data := content(1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	s := &Store{t.TempDir()}
	check := func(_ *assets.Published, path string) error {
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
			t.Errorf("the file to check is another: %v", err)
		}
		return errors.New("it holds a sonnet")
	}
	err := s.Add(t.Context(), []*assets.Published{served(server, "net", "", 1000)}, Adding{Net: quick(t, ""), Check: check})
	if err == nil || !strings.Contains(err.Error(), "a sonnet") || s.Find("net") != nil || s.Part("net") != 0 {
		t.Errorf("error %v", err)
	}
}

// TestNames: no name leads out of the store, or to a device.
func TestNames(t *testing.T) {
	data := content(100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	dir := t.TempDir()
	s := &Store{filepath.Join(dir, "networks")}
	for _, name := range []string{"..", "../x", "a/b", `a\b`, "", ".", "a\x00b", "con", "NUL.txt", "a.", "-a", "a b", "ä", strings.Repeat("a", 200), "C:x", "a:b"} {
		p := &assets.Published{Name: name, URL: server.URL + "/f.pth", Bytes: 100}
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err == nil {
			t.Errorf("%q is added", name)
		}
		if s.Find(name) != nil || s.Remove(name) == nil {
			t.Errorf("%q is found", name)
		}
	}
	for _, url := range []string{server.URL, server.URL + "/..", server.URL + "/record.json", server.URL + "/part.json", server.URL + "/x.part", server.URL + "/%2e%2e%2fx", server.URL + "/nul.pth"} {
		p := &assets.Published{Name: "net", URL: url, Bytes: 100}
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err == nil {
			t.Errorf("%s is added", url)
		}
	}
	// A record that names a file elsewhere, and one of another network.
	for _, record := range []string{
		`{"schema":"scalecam.network/1","name":"net","file":"../../secret","bytes":6}`,
		`{"schema":"scalecam.network/1","name":"other","file":"f.pth","bytes":6}`,
		`{"schema":"scalecam.network/2","name":"net","file":"f.pth","bytes":6}`, `[]`, `{`, strings.Repeat("[", 1<<17),
	} {
		folder := filepath.Join(s.Folder, "net")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for path, text := range map[string]string{filepath.Join(dir, "secret"): "secret", filepath.Join(folder, "f.pth"): "secret", filepath.Join(folder, recordFile): record} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if s.Find("net") != nil {
			t.Errorf("%.80s: it is found", record)
		}
	}
	if err := s.Remove("net"); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "secret")); err != nil || string(got) != "secret" {
		t.Errorf("what lies beside is %q, %v", got, err)
	}
}

// TestLinks: where a link lies in the store, nothing is written or removed where it leads.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links ask for a permission there")
	}
	data := content(1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	p := served(server, "net", bySHA256+sum(data), len(data))
	for _, name := range []string{"", recordFile, stateFile, "net.pth", "net.pth" + partEnding, file.LockName, "nowhere" + recordFile} {
		dir := t.TempDir()
		s := &Store{filepath.Join(dir, "networks")}
		elsewhere := filepath.Join(dir, "elsewhere")
		diary, folder := filepath.Join(elsewhere, "diary"), s.folder("net")
		if err := errors.Join(os.MkdirAll(elsewhere, 0o700), os.MkdirAll(s.Folder, 0o700), os.WriteFile(diary, []byte("dear"), 0o600)); err != nil {
			t.Fatal(err)
		}
		link, to := folder, elsewhere
		if name != "" {
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			link, to = filepath.Join(folder, name), diary
			if rest, nowhere := strings.CutPrefix(name, "nowhere"); nowhere {
				link, to = filepath.Join(folder, rest), filepath.Join(elsewhere, "new")
			}
		}
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		same := func(what string) {
			t.Helper()
			entries, err := os.ReadDir(elsewhere)
			got, failed := os.ReadFile(diary)
			if err != nil || failed != nil || len(entries) != 1 || string(got) != "dear" {
				t.Fatalf("%q, %s: elsewhere are %v, and the diary is %q, %v", name, what, entries, got, failed)
			}
		}
		err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")})
		if err == nil || !strings.Contains(err.Error(), link) || !strings.Contains(err.Error(), "remove it") || s.Find("net") != nil {
			t.Errorf("%q: added with error %v", name, err)
		}
		same("added")
		if err := s.Import(t.Context(), diary, "net", nil, nil, Adding{}); err == nil && name != stateFile && name != "net.pth" && name != "net.pth"+partEnding {
			t.Errorf("%q: it is imported", name)
		}
		same("imported")
		if !strings.HasSuffix(name, recordFile) { // which is told to be bad
			holds(t, s)
		}
		err = s.Remove("net")
		same("removed")
		if refused := name == "" || name == file.LockName; refused != (err != nil) {
			t.Errorf("%q: removed with error %v", name, err)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err != nil || s.Find("net") == nil {
			t.Errorf("%q: added again with error %v", name, err)
		}
		same("added again")
	}
	// A folder that somebody made there stays, and is told of.
	s := &Store{t.TempDir()}
	theirs := filepath.Join(s.folder("net"), "net.pth")
	if err := os.MkdirAll(theirs, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err == nil || !strings.Contains(err.Error(), theirs) || s.Part("net") != 0 {
		t.Errorf("over a folder: error %v", err)
	}
	if err := s.Remove("net"); err == nil || !strings.Contains(err.Error(), theirs) {
		t.Errorf("a folder is removed: error %v", err)
	}
}

// TestVerify: a file that is changed, cut or gone is told of.
func TestVerify(t *testing.T) {
	data := content(5000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	for name, spoil := range map[string]func(path string) error{
		"changed": func(path string) error { b := slices.Clone(data); b[17]++; return os.WriteFile(path, b, 0o600) },
		"cut":     func(path string) error { return os.Truncate(path, 100) },
		"gone":    os.Remove,
	} {
		s := &Store{t.TempDir()}
		p := served(server, "net", bySHA256+sum(data), len(data))
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err != nil {
			t.Fatal(err)
		}
		holds(t, s)
		if err := spoil(s.Find("net").Path); err != nil {
			t.Fatal(err)
		}
		all, err := s.Verify(t.Context(), nil, nil)
		if err != nil || len(all) != 1 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), "remove it and add it again") {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
		if err := s.Remove("net"); err != nil {
			t.Error(err)
		}
		if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: quick(t, "")}); err != nil {
			t.Error(err)
		}
		holds(t, s)
	}
	s := &Store{t.TempDir()}
	if all, err := s.Verify(t.Context(), []string{"none", "../x"}, nil); err != nil || len(all) != 2 || all[0].Err == nil || all[1].Err == nil {
		t.Errorf("what is not there: %+v, %v", all, err)
	}
}

// TestForbidden: what may not be read or changed is told of, not passed over.
func TestForbidden(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("permissions hold nobody back here")
	}
	data := content(100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	s := &Store{t.TempDir()}
	if err := s.Add(t.Context(), []*assets.Published{served(server, "net", "", len(data))}, Adding{Net: quick(t, "")}); err != nil {
		t.Fatal(err)
	}
	folder := s.folder("net")
	defer func() { _ = os.Chmod(folder, 0o700) }()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	holds(t, s)
	if err := s.Remove("net"); err == nil || !strings.Contains(err.Error(), "net cannot be changed: permission denied; check its permissions") || s.Find("net") == nil {
		t.Errorf("removed with error %v", err)
	}
	if err := os.Chmod(folder, 0); err != nil {
		t.Fatal(err)
	}
	all, err := s.Verify(t.Context(), nil, nil)
	if err != nil || len(all) != 1 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), "net cannot be read: permission denied") {
		t.Errorf("verified: %+v, %v", all, err)
	}
}

// TestWaiting: who waits for a busy server or for another program is told why.
func TestWaiting(t *testing.T) {
	data := content(1000)
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		whole(w, r, data)
	}))
	defer server.Close()
	s := &Store{t.TempDir()}
	if err := os.Mkdir(s.folder("net"), 0o700); err != nil {
		t.Fatal(err)
	}
	release, err := file.Lock(s.folder("net"))
	if err != nil {
		t.Fatal(err)
	}
	var stages []Stage
	err = s.Add(t.Context(), []*assets.Published{served(server, "net", bySHA256+sum(data), len(data))}, Adding{Net: quick(t, ""), Report: func(p Progress) {
		if !slices.Contains(stages, p.Stage) {
			stages = append(stages, p.Stage)
		}
		switch p.Stage {
		case Held:
			release()
			release = func() {}
		case Pausing:
			if p.Err == nil || !strings.Contains(p.Err.Error(), "busy") {
				t.Errorf("it pauses for %v", p.Err)
			}
		}
	}})
	if want := []Stage{Waiting, Held, Pausing, Getting, Checking, Added}; err != nil || !slices.Equal(stages, want) {
		t.Errorf("told are %v, %v; want %v", stages, err, want)
	}
}

// TestSeveral: networks are got several at once, one that fails stops no other, and
// progress is told of each.
func TestSeveral(t *testing.T) {
	var now, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for n, m := now.Add(1), most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		defer now.Add(-1)
		time.Sleep(20 * time.Millisecond)
		if strings.Contains(r.URL.Path, "bad") {
			http.NotFound(w, r)
			return
		}
		whole(w, r, content(1000))
	}))
	defer server.Close()
	s := &Store{t.TempDir()}
	var all []*assets.Published
	for i := range 8 {
		all = append(all, served(server, fmt.Sprintf("net-%d", i), bySHA256+sum(content(1000)), 1000))
	}
	all = append(all, served(server, "bad-1", "", 1000), served(server, "bad-2", "", 1000))
	stages := map[string]Stage{}
	err := s.Add(t.Context(), all, Adding{Net: quick(t, ""), Report: func(p Progress) { stages[p.Name] = p.Stage }})
	if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 2 || !strings.Contains(joined.Unwrap()[0].Error(), "bad-1") {
		t.Errorf("error %v", err)
	}
	for _, p := range all {
		want := Added
		if strings.HasPrefix(p.Name, "bad") {
			want = Failed
		}
		if stages[p.Name] != want {
			t.Errorf("%s: %s", p.Name, stages[p.Name])
		}
	}
	if n := most.Load(); n < 2 || n > maxAtOnce {
		t.Errorf("%d at once", n)
	}
	holds(t, s)
}

// child is a process that adds a network and is told by its environment from where.
const child = "SCALECAM_TEST_ADDS"

// TestChild is that process.
func TestChild(t *testing.T) {
	address := os.Getenv(child)
	if address == "" {
		t.Skip("it is another test's process")
	}
	parts := strings.Split(address, " ")
	s := &Store{parts[1]}
	n := quick(t, "")
	n.Stall = time.Minute
	p := &assets.Published{Name: "net", URL: parts[0] + "/net.pth", Checksum: parts[2], Bytes: 1 << 22}
	if err := s.Add(t.Context(), []*assets.Published{p}, Adding{Net: n}); err != nil {
		t.Fatal(err)
	}
}

func spawn(t *testing.T, url, folder, checksum string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), child+"="+url+" "+folder+" "+checksum)
	cmd.Stderr, cmd.Stdout = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// TestTwoPrograms: two that add one network at once both have it, and one got it.
func TestTwoPrograms(t *testing.T) {
	data := content(1 << 20)
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		time.Sleep(300 * time.Millisecond)
		whole(w, r, data)
	}))
	defer server.Close()
	s := &Store{filepath.Join(t.TempDir(), "networks")}
	var all []*exec.Cmd
	for range 3 {
		all = append(all, spawn(t, server.URL, s.Folder, bySHA256+sum(data)))
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Errorf("a program fails: %v", err)
		}
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests; the second program is to find what the first got", n)
	}
	if k := s.Find("net"); k == nil || k.SHA256 != sum(data) {
		t.Errorf("the store holds %+v", k)
	}
	holds(t, s)
}

// TestKilled: a program that is killed while it gets a network, twenty times, leaves
// no bad file, and the next goes on where it was.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	data := content(1 << 22)
	var mu sync.Mutex
	come := map[string]bool{}
	asked := make(chan bool, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		come[r.Header.Get("Range")] = true
		mu.Unlock()
		asked <- true
		whole(slow{w}, r, data)
	}))
	defer server.Close()
	s := &Store{filepath.Join(t.TempDir(), "networks")}
	r := rand.New(rand.NewPCG(7, 7))
	for i := range 20 {
		cmd := spawn(t, server.URL, s.Folder, bySHA256+sum(data))
		if i%4 > 0 && s.Find("net") == nil { // else it may be killed before it asks
			select {
			case <-asked:
			case <-time.After(time.Minute):
			}
		}
		time.Sleep(time.Duration(20+r.IntN(150)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // which was killed
		holds(t, s)
		if k := s.Find("net"); k != nil && k.SHA256 != sum(data) {
			t.Fatal("a bad file is in the store")
		}
	}
	if err := spawn(t, server.URL, s.Folder, bySHA256+sum(data)).Wait(); err != nil {
		t.Fatal(err)
	}
	if k := s.Find("net"); k == nil || k.SHA256 != sum(data) {
		t.Errorf("the store holds %+v", k)
	}
	if len(come) < 3 {
		t.Errorf("asked for %v: it always began anew", come)
	}
	holds(t, s)
	if entries, err := os.ReadDir(filepath.Join(s.Folder, "net")); err != nil || len(entries) != 2 { // file and record: what the killed ones left of their writing is swept up
		t.Errorf("left are %v, %v", entries, err)
	}
}

// slow is a writer that takes 5 MB a second.
type slow struct{ http.ResponseWriter }

func (s slow) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		var m int
		m, err = s.ResponseWriter.Write(b[:min(len(b), 1<<15)])
		n, b = n+m, b[m:]
		s.ResponseWriter.(http.Flusher).Flush()
		time.Sleep(6 * time.Millisecond)
	}
	return n, err
}

// TestImport: a file comes into the store as what it is published as, or under its own
// name; a bad one does not.
func TestImport(t *testing.T) {
	data := content(3000)
	dir := t.TempDir()
	path := filepath.Join(dir, "my network (1).safetensors")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.json")
	if err := os.WriteFile(config, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Store{t.TempDir()}
	p := &assets.Published{Name: "net", URL: "https://nowhere.invalid/net.pth", Checksum: bySHA256 + sum(data)}
	if err := s.Import(t.Context(), path, "", p, nil, Adding{}); err != nil {
		t.Fatal(err)
	}
	if k := s.Find("net"); k == nil || k.File != "net.pth" || k.Trust != Whole {
		t.Errorf("%+v", k)
	}
	if err := s.Import(t.Context(), path, "mine", nil, []string{config}, Adding{}); err != nil {
		t.Fatal(err)
	}
	if k := s.Find("mine"); k == nil || k.File != "my-network--1-.safetensors" || k.Trust != FirstUse {
		t.Errorf("%+v", k)
	}
	if _, err := os.Stat(filepath.Join(s.Folder, "mine", "config.json")); err != nil {
		t.Error(err)
	}
	bad := &assets.Published{Name: "bad", URL: "https://nowhere.invalid/net.pth", Checksum: bySHA256 + sum(data[:10])}
	if err := s.Import(t.Context(), path, "", bad, nil, Adding{}); err == nil || s.Find("bad") != nil || s.Part("bad") != 0 {
		t.Errorf("error %v", err)
	}
	if err := s.Import(t.Context(), filepath.Join(dir, "none"), "none", nil, nil, Adding{}); err == nil {
		t.Error("no error of a file that is not there")
	}
	refuse := func(*assets.Published, string) error { return errors.New("it holds a sonnet") }
	if err := s.Import(t.Context(), path, "sonnet", nil, []string{config}, Adding{Check: refuse}); err == nil || exists(s.folder("sonnet")) {
		t.Errorf("error %v, and what speaks of it is left", err)
	}
	holds(t, s)
	names, err := s.Names()
	if err != nil || !slices.Equal(names, []string{"mine", "net"}) {
		t.Errorf("there are %v, %v", names, err)
	}
	if err := s.Remove("mine"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.Folder, "mine")); err == nil {
		t.Error("something of it is left")
	}
}

// TestGit: a checksum as git has it is that of git hash-object.
func TestGit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := summed(t.Context(), path, nil)
	if err != nil || !got.are("git:ce013625030ba8dba906f756967f9e9ca394464a") || got.are("git:") || got.are("sha256:") || got.are("md5:1") {
		t.Errorf("%+v, %v", got, err)
	}
}
