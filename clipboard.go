//go:build !headless

package main

import (
	"context"
	"fmt"
	"sync"

	"golang.design/x/clipboard"
)

// pictures is the system's clipboard for pictures; Fyne's takes text alone.
type pictures struct{}

var initClipboard = sync.OnceValue(clipboard.Init)

// Picture gives the PNG file on the clipboard, or nil.
func (pictures) Picture() ([]byte, error) {
	if err := initClipboard(); err != nil {
		return nil, fmt.Errorf("the clipboard cannot be reached: %w", err)
	}
	data, err := clipboard.Read(context.Background(), clipboard.FmtImage)
	if err != nil {
		return nil, nil //nolint:nilerr // it holds something else, or nothing
	}
	return data, nil
}

// SetPicture puts a PNG file on the clipboard.
func (pictures) SetPicture(png []byte) error {
	if err := initClipboard(); err != nil {
		return fmt.Errorf("the clipboard cannot be reached: %w", err)
	}
	if _, err := clipboard.Write(context.Background(), clipboard.FmtImage, png); err != nil {
		return fmt.Errorf("the clipboard did not take the picture: %w", err)
	}
	return nil
}
