package ui

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"scalecam/compare"
	"scalecam/file"
	"scalecam/picture"
)

func (w *Window) showOpen() {
	w.choose(picture.Extensions, func(path string) { w.openPictures([]string{path}, 0) })
}

func (w *Window) showAdd() {
	w.choose(weightsExtensions, func(path string) { w.add([]string{path}) })
}

// choose asks for a file that is there.
func (w *Window) choose(extensions []string, chosen func(path string)) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil {
			w.fail(err)
		}
		if f == nil { // dismissed
			return
		}
		f.Close()
		w.folder = filepath.Dir(f.URI().Path())
		w.dismiss()
		chosen(f.URI().Path())
	}, w.window)
	d.SetFilter(storage.NewExtensionFileFilter(extensions))
	w.showDialog(d)
}

func (w *Window) showSave() {
	if w.shown == nil || !w.shown.whole() {
		return
	}
	name := filepath.Base(w.shown.picture.Path)
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err != nil {
			w.fail(err)
		}
		if f == nil {
			return
		}
		f.Close()
		w.folder = filepath.Dir(f.URI().Path())
		w.save(f.URI().Path())
	}, w.window)
	d.SetFileName(strings.TrimSuffix(name, filepath.Ext(name)) + "-scalecam.png")
	w.showDialog(d)
}

// showDialog shows a file dialog that fills most of the window, in the folder
// used last; not a second one, which a shortcut may ask for.
func (w *Window) showDialog(d *dialog.FileDialog) {
	if w.dialog != nil {
		return
	}
	w.dialog = d
	if at, err := storage.ListerForURI(storage.NewFileURI(w.folder)); err == nil && w.folder != "" {
		d.SetLocation(at)
	}
	d.SetOnClosed(func() { w.dialog = nil })
	d.Show()
	size := w.window.Canvas().Size()
	d.Resize(fyne.NewSize(size.Width*0.85, size.Height*0.85))
}

// save writes the figure of what is shown as a PNG file.
func (w *Window) save(path string) {
	c, v := w.shown.comparison, w.shown.view
	t := w.begin(&w.saving, textSaving(path))
	w.run.Go(func() {
		err := save(c, v, path)
		w.finish(&w.saving, t, func() {
			if err != nil {
				w.fail(err)
				return
			}
			w.rest.SetText(textSaved(path))
		})
	})
}

func save(c *compare.Comparison, v compare.View, path string) error {
	img, err := c.Figure(v)
	if err != nil {
		return err
	}
	data, err := compare.EncodePNG(img, c.Settings(v))
	if err != nil {
		return err
	}
	return file.Write(file.File{Path: path, Data: data})
}
