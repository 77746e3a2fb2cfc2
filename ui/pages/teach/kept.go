package teach

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"scalecam/compare/record"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/ui/desk"
)

// keptFile is where the lesson is kept for the next time: its classes, and where their
// pictures are.
const keptFile = "lesson.json"

type keptLesson struct {
	record.Stamp
	Classes []keptClass `json:"classes"`
}

type keptClass struct {
	Name     string      `json:"name"`
	Pictures []file.Path `json:"pictures"`
}

const mostKept = 4 << 20 // bytes

// readKept gives the lesson that was kept in a folder: an fs.ErrNotExist where there is
// none.
func readKept(folder string) (l desk.Lesson, err error) {
	path := filepath.Join(folder, keptFile)
	data, err := file.Read(path, mostKept, "the lesson that the window kept")
	if err != nil {
		return l, fault.Errorf("teach: %w", err)
	}
	var k keptLesson
	if err := record.Decode(data, &k); err != nil {
		return l, fault.Errorf("%w (%s)", err, path)
	}
	for _, c := range k.Classes {
		if l, err = l.With(c.Name); err != nil {
			return l, fault.Errorf("%w (%s)", err, path)
		}
		var pictures []string
		for _, p := range c.Pictures {
			pictures = append(pictures, string(p))
		}
		if l, err = l.Put(len(l.Classes)-1, pictures...); err != nil {
			return l, fault.Errorf("%w (%s)", err, path)
		}
	}
	return l, nil
}

// writeKept keeps a lesson in a folder.
func writeKept(folder string, l desk.Lesson) error {
	k := keptLesson{Classes: []keptClass{}}
	for _, c := range l.Classes {
		kept := keptClass{Name: c.Name, Pictures: []file.Path{}}
		for _, p := range c.Pictures {
			kept.Pictures = append(kept.Pictures, file.Path(p))
		}
		k.Classes = append(k.Classes, kept)
	}
	data, err := record.Encode(k)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fault.Errorf("teach: %w", err)
	}
	return file.Write(file.File{Path: filepath.Join(folder, keptFile), Data: data})
}

// recall reads what was kept the last time.
func (c *Course) recall() {
	c.run.Go(func() {
		kept, err := readKept(c.folder)
		c.run.Do(func() {
			switch {
			case errors.Is(err, fs.ErrNotExist) || len(c.lesson.Classes) > 0:
			case err != nil:
				c.fail(err)
			default:
				c.kept = kept
				c.changed()
			}
		})
	})
}

// remember keeps the lesson for the next time, one write at a time.
func (c *Course) remember() {
	if c.folder == "" || c.writing || c.lesson.Equal(c.written) {
		return
	}
	c.writing = true
	l := c.lesson
	c.run.Go(func() {
		err := writeKept(c.folder, l)
		c.run.Do(func() {
			c.writing, c.written = false, l
			if err != nil {
				c.fail(fault.Errorf("teach: the lesson is not kept for the next time: %w", err))
				return
			}
			c.remember()
		})
	})
}
