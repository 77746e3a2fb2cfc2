package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"scalecam/file"
)

// journal is a manifest that is being written: lines are added at its end, each of a
// picture whose files are there already. When it is opened again, what a process that was
// killed left of a line is cut off, and so is all from the first line on of which the
// files are not as they were: where the machine itself ended, some may be cut short.
type journal struct {
	f             *os.File
	w             *bufio.Writer
	lines, broken int
}

// openJournal opens a journal, or begins one; there tells that an entry's files are.
func openJournal(path string, there func(e *Entry) bool) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("batch: %s cannot be written: %w; name another folder", path, errors.Unwrap(err))
	}
	j := &journal{f: f}
	whole := int64(0) // bytes of whole lines
	err = eachLine(f, func(line []byte) error {
		var e Entry
		if json.Unmarshal(line, &e) != nil || !there(&e) {
			return io.EOF // what follows is made again
		}
		whole += int64(len(line)) + 1
		j.lines++
		if e.Error != "" {
			j.broken++
		}
		return nil
	})
	if err == nil || errors.Is(err, io.EOF) {
		if err = f.Truncate(whole); err == nil {
			_, err = f.Seek(whole, io.SeekStart)
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("batch: %s cannot be gone on with: %w; name another folder", path, err)
	}
	j.w = bufio.NewWriter(f)
	return j, nil
}

// eachLine calls do with each line that is whole, without its end.
func eachLine(r io.Reader, do func(line []byte) error) error {
	lines := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // the rest is no whole line
		}
		if err == nil {
			err = do(bytes.TrimSuffix(line, []byte{'\n'}))
		}
		if err != nil {
			return err
		}
	}
}

// add adds an entry.
func (j *journal) add(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	return j.addLine(append(line, '\n'))
}

// addLine adds a line with its end, for good where the process is killed.
func (j *journal) addLine(line []byte) error {
	_, _ = j.w.Write(line) // whose error Flush gives
	if err := j.w.Flush(); err != nil {
		return fmt.Errorf("batch: %s cannot be written: %w; see to it and start again, which goes on from here", j.f.Name(), errors.Unwrap(err))
	}
	j.lines++
	return nil
}

// finish makes the journal the manifest.
func (j *journal) finish(path string) error {
	file.Settle() // the files that it names
	err := j.f.Sync()
	if closed := j.f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("batch: %s cannot be written: %w; see to it and start again, which goes on from here", path, errors.Unwrap(err))
	}
	return file.Move(j.f.Name(), path)
}

// close closes what finish did not.
func (j *journal) close() { _ = j.f.Close() }

// countBroken is how many pictures of a manifest could not be looked at.
func countBroken(path string) (broken int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("batch: %s cannot be read: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	err = eachLine(f, func(line []byte) error {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("batch: %s is damaged: %w; make the batch anew in another folder", path, err)
		}
		if e.Error != "" {
			broken++
		}
		return nil
	})
	return broken, err
}
