package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"

	"scalecam/compare"
)

// Preferences that the window keeps from one time to the next, beside those of
// menu.go and files.go.
const (
	prefView   = "view" // compare.Settings, without pictures and networks
	prefWidth  = "width"
	prefHeight = "height"
	prefFolder = "folder"
)

func (w *Window) preferences() fyne.Preferences { return fyne.CurrentApp().Preferences() }

// remember keeps how the window is for the next time.
func (w *Window) remember() {
	p := w.preferences()
	if data, err := json.Marshal(w.view.Settings()); err == nil {
		p.SetString(prefView, string(data))
	}
	size := w.window.Canvas().Size()
	p.SetFloat(prefWidth, float64(size.Width))
	p.SetFloat(prefHeight, float64(size.Height))
	p.SetString(prefFolder, w.folder)
}

// leave closes the window, once a file that is being written is there.
func (w *Window) leave() {
	w.remember()
	if w.saving != nil {
		w.leaving = true
		return
	}
	w.window.Close()
}

// lastView is the view of the last time.
func (w *Window) lastView() compare.View {
	w.folder = w.preferences().String(prefFolder)
	var s compare.Settings
	if err := json.Unmarshal([]byte(w.preferences().String(prefView)), &s); err == nil {
		if v, err := s.View(); err == nil {
			return v
		}
	}
	return compare.DefaultView()
}

// lastSize is the window's size of the last time, within reason.
func (w *Window) lastSize() fyne.Size {
	width := w.preferences().FloatWithFallback(prefWidth, 1280)
	height := w.preferences().FloatWithFallback(prefHeight, 800)
	return fyne.NewSize(float32(min(max(width, 640), 8000)), float32(min(max(height, 480), 8000)))
}
