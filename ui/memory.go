package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/ui/pages"
)

// Preferences that the window keeps from one time to the next, beside those of
// menu.go and files.go.
const (
	prefView   = "view" // record.Settings of view, method and layer
	prefWidth  = "width"
	prefHeight = "height"
	prefPage   = "page"    // the name of the one in sight
	prefFolder = "folder." // and a kind
)

func (w *Window) preferences() fyne.Preferences { return fyne.CurrentApp().Preferences() }

// remember keeps how the window is for the next time.
func (w *Window) remember() {
	p := w.preferences()
	view := w.View
	view.Difference = compare.Pair{} // of these networks
	s := record.SettingsOfView(view)
	if s.Method = w.By.Uses().Key; strings.HasPrefix(w.By.Layer, "stage") { // other names are a library's
		s.Layer = w.By.Layer
	}
	if data, err := json.Marshal(s); err == nil {
		p.SetString(prefView, string(data))
	}
	p.SetString(prefPage, w.Page)
	size := w.window.Canvas().Size()
	p.SetFloat(prefWidth, float64(size.Width))
	p.SetFloat(prefHeight, float64(size.Height))
	for _, k := range kinds {
		p.SetString(prefFolder+string(k), file.Path(w.folders[k]).Text())
	}
}

// leave closes the window, once no page asks and a file that is being written is there.
func (w *Window) leave() {
	for _, p := range w.pages {
		if l, ok := p.(pages.Leaver); ok && l.Leave(w.leaveNow) {
			return
		}
	}
	w.leaveNow()
}

func (w *Window) leaveNow() {
	w.remember()
	if w.saving.Busy() {
		w.leaving = true
		return
	}
	w.window.Close()
}

// lastView is the view of the last time, and how maps were made, unless that would
// keep the window from showing something soon.
func (w *Window) lastView() (compare.View, compare.By) {
	var s record.Settings
	if err := json.Unmarshal([]byte(w.preferences().String(prefView)), &s); err == nil {
		if v, err := s.View(); err == nil {
			v.Zoom = 0 // an export's
			by, err := compare.ByName(s.Method, s.Layer)
			if err != nil || by.Uses().For != cam.EachMap && by.Uses() != cam.MethodCAM {
				by = compare.By{}
			}
			return v, by
		}
	}
	return compare.DefaultView(), compare.By{}
}

// lastSize is the window's size of the last time, within reason.
func (w *Window) lastSize() fyne.Size {
	width := w.preferences().FloatWithFallback(prefWidth, 1280)
	height := w.preferences().FloatWithFallback(prefHeight, 800)
	return fyne.NewSize(float32(min(max(width, 640), 8000)), float32(min(max(height, 480), 8000)))
}

// PreferencesPath is the file that Fyne keeps an app's preferences in; where the
// system names no folder for it, a path in the working folder, as Fyne does.
func PreferencesPath(id string) string {
	config, _ := os.UserConfigDir()
	if runtime.GOOS == "darwin" {
		home, _ := os.UserHomeDir()
		config = filepath.Join(home, "Library", "Preferences")
	}
	return filepath.Join(config, "fyne", id, "preferences.json")
}

// DataPath is the folder beside them in which what is learnt is kept.
func DataPath(id string) string { return filepath.Join(filepath.Dir(PreferencesPath(id)), "learnt") }

// maxPreferences bounds the file, which has less than a MiB for each path and view
// in it.
const maxPreferences = 16 << 20

// MendPreferences takes out of a file of preferences what Fyne cannot read
// without a panic, before it does: lists whose values are not of one type. What is
// no file of preferences Fyne itself leaves alone.
func MendPreferences(path string) error {
	const right = "a file of preferences, or remove it to begin anew"
	data, err := file.Read(path, maxPreferences, right)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.Errorf("ui: %w", err)
	}
	var all map[string]any
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&all); err != nil {
		return nil //nolint:nilerr // Fyne says so
	}
	known := len(all)
	maps.DeleteFunc(all, func(_ string, value any) bool { return mixed(value) })
	if len(all) == known {
		return nil
	}
	if data, err = json.Marshal(all); err == nil {
		err = file.Write(file.File{Path: path, Data: data})
	}
	return err
}

// mixed tells of a list that Fyne takes for one of texts, numbers or bools by its
// first value, that another one is none.
func mixed(value any) bool {
	list, _ := value.([]any)
	if len(list) == 0 {
		return false
	}
	first := reflect.TypeOf(list[0])
	switch list[0].(type) {
	case string, float64, bool:
		return slices.ContainsFunc(list, func(v any) bool { return reflect.TypeOf(v) != first })
	}
	return false // which it leaves as it is
}
