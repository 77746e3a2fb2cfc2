// Package clipboard is the system's clipboard for pictures; Fyne's takes text
// alone.
package clipboard

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"sync"
	"time"

	system "golang.design/x/clipboard"

	"scalecam/fault"
)

// Pictures is the clipboard as it holds pictures: as PNG files.
type Pictures struct{}

// board is a way to reach the clipboard.
type board interface {
	read() ([]byte, error) // nil where there is no picture
	write(png []byte) error
}

// patience is how long another program may take over its next answer.
const patience = 5 * time.Second

// Picture is the PNG file on the clipboard, or nil.
func (Pictures) Picture() ([]byte, error) {
	var failed error
	for _, b := range boards() {
		data, err := b.read()
		if err != nil && failed == nil {
			failed = fault.Errorf("clipboard: it cannot be read: %w; save the picture and open its file", err)
			continue
		}
		if err == nil && bytes.HasPrefix(data, []byte("\x89PNG")) {
			return data, nil
		}
	}
	return nil, failed
}

// SetPicture puts a PNG file on the clipboard, and looks whether it is there.
func (Pictures) SetPicture(picture []byte) error {
	var failed error
	for _, b := range boards() {
		err := b.write(picture)
		var back []byte
		if err == nil {
			back, err = b.read()
		}
		if err == nil && !same(back, picture) {
			err = errors.New("it holds another afterwards")
		}
		if err == nil {
			return nil
		}
		if failed == nil { // the first is the way that is meant
			failed = err
		}
	}
	return fault.Errorf("clipboard: it did not take the picture: %w; save it as a PNG file instead", failed)
}

// same tells of what is read that it is the picture, though a system may keep it
// otherwise encoded.
func same(back, picture []byte) bool {
	if bytes.Equal(back, picture) {
		return true
	}
	is, err := png.DecodeConfig(bytes.NewReader(back))
	was, wasErr := png.DecodeConfig(bytes.NewReader(picture))
	return err == nil && wasErr == nil && is.Width == was.Width && is.Height == was.Height
}

// library is golang.design's clipboard: of Windows, macOS and Wayland.
type library struct{}

var initLibrary = sync.OnceValue(func() error {
	if system.Init() != nil { // it says why in a page of text
		if os.Getenv("WAYLAND_DISPLAY") != "" {
			return errors.New("the desktop lets no program at it in the background (Wayland without data control)")
		}
		return errors.New("there is no display that it could be on")
	}
	return nil
})

func (library) read() ([]byte, error) {
	if err := initLibrary(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	data, err := system.Read(ctx, system.FmtImage)
	if err != nil {
		return nil, nil //nolint:nilerr // it holds something else, or nothing
	}
	return data, nil
}

func (library) write(picture []byte) error {
	if err := initLibrary(); err != nil {
		return err
	}
	_, err := system.Write(context.Background(), system.FmtImage, picture)
	return err
}
