package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"scalecam/fault"
	"scalecam/file"
)

// Net is how files are got from servers.
type Net struct {
	// Mirror stands in place of scheme and host of every address; "" for none.
	Mirror string
	// Stall is how long a server may send nothing.
	Stall time.Duration
	// Tries is how often in a row a server may fail with nothing gained; between two of
	// them Pause passes, twice as long each time, or what the server asks for, up to
	// Patience.
	Tries           int
	Pause, Patience time.Duration

	client *http.Client
}

// mostRequests is how often one file is asked for in all, whatever is gained.
const mostRequests = 200

// UserNet is a Net through the proxies that the environment names, and the mirror of
// SCALECAM_MIRROR.
func UserNet() (*Net, error) {
	return NewNet(os.Getenv("SCALECAM_MIRROR"))
}

// NewNet is a Net with the program's own patience.
func NewNet(mirror string) (*Net, error) {
	if mirror != "" {
		if u, err := url.Parse(mirror); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fault.Errorf("store: SCALECAM_MIRROR is %.200q; give an address that stands for every host, such as https://mirror.example/networks", mirror)
		}
	}
	n := &Net{Mirror: strings.TrimRight(mirror, "/"), Stall: 30 * time.Second, Tries: 6, Pause: time.Second, Patience: 2 * time.Minute}
	n.client = &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 20 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 20 * time.Second,
			ForceAttemptHTTP2:   true,
			DisableCompression:  true, // bytes are counted, and asked for from the middle
			DisableKeepAlives:   true, // what a server sends beside its answers is nobody's
			// Headers have their bound from the Transport: 10 MiB.
		},
		CheckRedirect: redirect,
	}
	return n, nil
}

// MirrorName is the mirror as it is told of: without a password.
func (n *Net) MirrorName() string { return withoutPassword(n.Mirror) }

// errRedirect is why a redirection was not followed.
type errRedirect struct{ error }

// redirect follows a server's word to another address, a few times, and never to one
// that is less safe.
func redirect(to *http.Request, via []*http.Request) error {
	const most = 10
	last := via[len(via)-1].URL
	switch {
	case len(via) > most:
		return errRedirect{fault.Errorf("it leads from address to address without end (%d times)", most)}
	case to.URL.Scheme != "https" && to.URL.Scheme != "http":
		return errRedirect{fault.Errorf("it leads to %.200s, which is no address on the net", to.URL.Redacted())}
	case last.Scheme == "https" && to.URL.Scheme == "http":
		return errRedirect{fault.Errorf("it leads to %.200s, where anybody on the way could change the file", to.URL.Redacted())}
	}
	return nil
}

// at is the address that a file is got from.
func (n *Net) at(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fault.Errorf("store: %.200q is no address of a file", address)
	}
	if n.Mirror == "" {
		return address, nil
	}
	return n.Mirror + u.EscapedPath(), nil
}

// state is what is known of a part of a file: enough to go on with it.
type state struct {
	URL       string `json:"url"`
	Validator string `json:"validator"` // the server's word for this content: a strong ETag, or when it was changed
	Total     int64  `json:"total"`     // bytes of the whole; 0 where the server does not say
}

// download is a file on its way.
type download struct {
	net     *Net
	url     string
	part    string // path
	sure    bool   // a checksum will tell
	bytes   int64  // that are published; 0 where none are
	most    int64  // bytes, at the most
	report  func(done, total int64)
	pausing func(err error) // told of what went wrong, before the server is asked again
	resumed bool            // a part of another run or connection is in it
}

// again is an error after which it is worth to ask once more.
type again struct {
	error
	after time.Duration // that the server asks for
}

func (a again) Unwrap() error { return a.error }

// get gets the file into d.part, going on where that ends. What it has got stays
// there when it fails. The error is ctx's when ctx ends.
func (d *download) get(ctx context.Context) error {
	failed, gained := 0, d.have()
	for request := 1; ; request++ {
		err := d.ask(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var more again
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &more):
			return err
		}
		if have := d.have(); have > gained { // not what is got over and over
			failed, gained = 0, have
		}
		failed++
		if failed >= d.net.Tries || request >= mostRequests {
			if d.have() == 0 {
				return fault.Errorf("store: %s: %w; add it again later, try a mirror (SCALECAM_MIRROR), or import the file from elsewhere", d.named(), more.error)
			}
			return fault.Errorf("store: %s: %w; what has come is kept: add it again to go on", d.named(), more.error)
		}
		pause := d.net.Pause << (failed - 1)
		if more.after > d.net.Patience {
			return fault.Errorf("store: %s: %w, and asks to wait for %v; add it again then", d.named(), more.error, more.after.Round(time.Second))
		}
		if failed > 1 || more.after > 0 { // else it is over in a moment
			d.pausing(more.error)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(max(pause, more.after), d.net.Patience)):
		}
	}
}

// named is the address as it is told of and recorded: without a mirror's password.
func (d *download) named() string { return withoutPassword(d.url) }

func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	return u.Redacted()
}

// have is how many bytes of the part there are.
func (d *download) have() int64 {
	info, err := os.Lstat(d.part)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

func (d *download) statePath() string { return filepath.Join(filepath.Dir(d.part), stateFile) }

// known is what is known of the part, where it is of this address and can be gone on
// with.
func (d *download) known() (s state, have int64) {
	data, err := file.Read(d.statePath(), mostRecord, "a record")
	if err != nil || json.Unmarshal(data, &s) != nil || s.URL != d.named() || s.Validator == "" && !d.sure || strings.ContainsFunc(s.Validator, unicode.IsControl) {
		return state{}, 0
	}
	have = d.have()
	if s.Total > 0 && have > s.Total {
		return state{}, 0
	}
	return s, have
}

// forget begins anew.
func (d *download) forget() error {
	d.resumed = false
	for _, path := range []string{d.part, d.statePath()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Errorf("store: %s cannot be removed: %w; check its permissions", path, cause(err))
		}
	}
	return nil
}

// ask asks the server once, and writes what it sends.
func (d *download) ask(ctx context.Context) error {
	known, have := d.known()
	if have > 0 && have == known.Total {
		d.resumed = true
		return nil
	}
	// A server that sends nothing is left: the timer ends the request, and every part
	// that comes sets it anew.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := again{error: fault.Errorf("the server sent nothing for %v", d.net.Stall)}
	timer := time.AfterFunc(d.net.Stall, func() { cancel(stalled) })
	defer timer.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return fault.Errorf("store: %.200s is no address of a file", d.named())
	}
	req.Header.Set("User-Agent", "scalecam")
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if known.Validator != "" {
			req.Header.Set("If-Range", known.Validator)
		}
	}
	resp, err := d.net.client.Do(req)
	if err != nil {
		return d.unreachable(ctx, err)
	}
	defer resp.Body.Close()
	now := state{URL: d.named(), Validator: validator(resp.Header)}
	switch resp.StatusCode {
	case http.StatusOK:
		now.Total, have, d.resumed = max(resp.ContentLength, 0), 0, false
	case http.StatusPartialContent:
		from, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if have == 0 || !ok || from != have || total != known.Total && known.Total > 0 || now.Validator != known.Validator && now.Validator != "" && known.Validator != "" {
			if err := d.forget(); err != nil {
				return err
			}
			return again{error: fault.Errorf("the file on the server has changed")}
		}
		now.Total, now.Validator, d.resumed = total, known.Validator, true
	case http.StatusRequestedRangeNotSatisfiable:
		if err := d.forget(); err != nil {
			return err
		}
		return again{error: fault.Errorf("the file on the server has changed")}
	default:
		return d.refused(resp)
	}
	if kind := resp.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") {
		return fault.Errorf("store: %s: the answer is a web page, not a weights file; is there a page to log in at before the net can be used?", d.named())
	}
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return fault.Errorf("store: %s: the answer is packed (%.40q), though it was asked for as it is; try another mirror", d.named(), enc)
	}
	if now.Total > d.most {
		return d.tooLarge()
	}
	return d.write(ctx, resp.Body, now, have, timer)
}

// tooLarge forgets a file that cannot be the one that is meant.
func (d *download) tooLarge() error {
	if err := d.forget(); err != nil {
		return err
	}
	return fault.Errorf("store: %s: the file has more than %d MB, the most that this network can have: it is another file", d.named(), d.most/1e6)
}

// write writes what comes after have bytes to the part.
func (d *download) write(ctx context.Context, body io.Reader, now state, have int64, timer *time.Timer) (err error) {
	data, err := json.Marshal(now)
	if err != nil {
		return fault.Errorf("store: %w", err)
	}
	flags := os.O_WRONLY | os.O_CREATE
	if have == 0 { // what is there belongs to the state that is written over
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(d.part, flags, 0o666)
	if err != nil {
		return d.unwritable(err)
	}
	defer func() {
		if err == nil || ctx.Err() != nil || errors.As(err, new(again)) {
			if failed := f.Sync(); failed != nil && err == nil {
				err = d.unwritable(failed)
			}
		}
		if failed := f.Close(); failed != nil && err == nil {
			err = d.unwritable(failed)
		}
	}()
	if err := write(d.statePath(), data); err != nil {
		return err
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return d.unwritable(err)
	}
	buffer := make([]byte, 256<<10)
	for {
		n, failed := body.Read(buffer)
		if n > 0 {
			timer.Reset(d.net.Stall)
			if have+int64(n) > d.most {
				return d.tooLarge()
			}
			if _, err := f.Write(buffer[:n]); err != nil {
				return d.unwritable(err)
			}
			have += int64(n)
			d.report(have, now.Total)
		}
		whole := now.Total
		if whole == 0 { // a connection that ends looks like a file that does
			whole = d.bytes
		}
		switch {
		case failed == io.EOF && have < whole:
			return again{error: fault.Errorf("the connection broke off after %d of %d bytes", have, whole)}
		case failed == io.EOF:
			return nil
		case failed != nil:
			return d.unreachable(ctx, failed)
		}
	}
}

// unwritable names the disk.
func (d *download) unwritable(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fault.Errorf("store: %s cannot be written: its disk is full; free some space and add it again, which goes on from there", d.part)
	}
	return fault.Errorf("store: %s cannot be written: %w; check its folder, or name another by SCALECAM_DATA", d.part, cause(err))
}

// unreachable says why a server was not heard, or not to the end.
func (d *download) unreachable(ctx context.Context, err error) error {
	if stalled, ok := context.Cause(ctx).(again); ok {
		return stalled
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var led errRedirect
	if errors.As(err, &led) {
		return fault.Errorf("store: %s: %w; nothing was got from there", d.named(), led.error)
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		err = fault.Errorf("no such host is found; is there a connection to the net?")
	}
	if refused, ok := errors.AsType[*net.OpError](err); ok {
		switch refused.Op {
		case "dial":
			err = fault.Errorf("there is no connection to the server (%w)", errnoOf(err))
		case "proxyconnect":
			err = fault.Errorf("there is no connection to the proxy, which HTTPS_PROXY or HTTP_PROXY names (%w)", errnoOf(err))
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		err = fault.Errorf("the connection broke off")
	}
	return again{error: err}
}

// errnoOf is the system's own word for what went wrong, where there is one.
func errnoOf(err error) error {
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		return no
	}
	return err
}

// refused says what a server answers that sends no file.
func (d *download) refused(resp *http.Response) error {
	const most = 80
	status := resp.Status[:min(len(resp.Status), most)]
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusInternalServerError, http.StatusRequestTimeout:
		return again{fault.Errorf("the server is busy (%s)", status), retryAfter(resp.Header.Get("Retry-After"))}
	case http.StatusNotFound, http.StatusGone:
		return fault.Errorf("store: %s: there is no such file on the server (%s); try a mirror (SCALECAM_MIRROR), or import the file from elsewhere", d.named(), status)
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return fault.Errorf("store: %s: the server does not give it to us (%s); try a mirror (SCALECAM_MIRROR), or import the file from elsewhere", d.named(), status)
	default:
		return fault.Errorf("store: %s: the server answers %s where a file was asked for; try a mirror (SCALECAM_MIRROR), or import the file from elsewhere", d.named(), status)
	}
}

// retryAfter reads how long a server asks to wait: seconds, or until a time.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32); err == nil || errors.Is(err, strconv.ErrRange) { // whose number is the nearest there is
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// validator is a server's word for a content: a strong ETag, else when it was changed.
func validator(h http.Header) string {
	const most = 256
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) && len(tag) <= most {
		return tag
	}
	if at := h.Get("Last-Modified"); len(at) <= most {
		return at
	}
	return ""
}

// contentRange reads "bytes 100-199/200".
func contentRange(text string) (from, total int64, ok bool) {
	var to int64
	n, err := fmt.Sscanf(text, "bytes %d-%d/%d", &from, &to, &total)
	return from, total, n == 3 && err == nil && 0 <= from && from <= to && to == total-1
}
