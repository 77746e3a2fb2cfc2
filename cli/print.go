package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"scalecam/compare/record"
	"scalecam/printable"
)

// printer is standard output or standard error. All that commands, cobra and
// encoders print goes through it and comes out printable. Names and other text
// from outside, which may hold new lines, are put into a line by
// printable.Fprintf.
type printer struct {
	w    io.Writer
	mu   sync.Mutex // guards what follows, and writing
	used bool
	err  error // the first that writing gave; nothing is written after it
}

// Write writes whole letters: one of which only a part is in b is no UTF-8.
func (p *printer) Write(b []byte) (int, error) {
	if err := p.put(printable.Lines(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (p *printer) put(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used = true; p.err == nil {
		_, p.err = io.WriteString(p.w, text)
	}
	return p.err
}

// rewrite puts a line in place of the one that the terminal's cursor is in.
func (p *printer) rewrite(format string, args ...any) {
	var b strings.Builder
	printable.Fprintf(&b, format, args...)
	_ = p.put("\r\x1b[K" + b.String()) // to the start of the line, and empty it; p keeps the error
}

// isTerminal tells whether a person reads what is printed.
func (p *printer) isTerminal() bool {
	f, ok := p.w.(*os.File)
	if !ok {
		return false
	}
	return isTerminal(f)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// finish tells whether all that was printed has arrived, of which some file
// systems speak when a file is closed.
func (p *printer) finish() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.w.(io.Closer); ok && p.used && p.err == nil {
		p.err = c.Close()
	}
	return p.err
}

// errReader is the error of a pipe whose reader went away, having read enough.
var errReader = errors.New("nobody reads standard output any more")

// unprinted says that standard output could not be written.
func unprinted(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return errReader
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // its name tells nothing
	}
	return fmt.Errorf("standard output cannot be written (%w), so that what is printed is not whole; send it elsewhere", err)
}

// messages is where a command tells people what is not its result.
func messages(cmd *cobra.Command) *printer { return cmd.ErrOrStderr().(*printer) }

// printJSON writes a value for scripts.
func printJSON(w io.Writer, v any) error {
	j, err := record.Encode(v)
	if err != nil {
		return err
	}
	_, err = w.Write(j)
	return err
}
