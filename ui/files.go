package ui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/filedialog"
	"scalecam/network/tensorfile"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// kind is what files are for. Where one was chosen last, the next of its kind is looked
// for.
type kind string

const (
	ofPictures kind = "pictures"
	ofWeights  kind = "weights"
	ofSessions kind = "sessions"
	ofExports  kind = "exports"
	ofAnswers  kind = "answers"
	ofResults  kind = "results"
)

var kinds = []kind{ofPictures, ofWeights, ofSessions, ofExports, ofAnswers, ofResults}

// FileDialogs are the system's own. Each waits until the user has chosen a path, "" for
// none; Save itself asks before something is overwritten. An error tells that there is
// no such dialog, or none that works.
type FileDialogs interface {
	Open(ctx context.Context, a filedialog.Asked) (path string, err error)
	OpenMany(ctx context.Context, a filedialog.Asked) (paths []string, err error)
	Folder(ctx context.Context, a filedialog.Asked) (path string, err error)
	Save(ctx context.Context, a filedialog.Asked) (path string, err error)
}

func (w *Window) showOpen() {
	w.choose(ofPictures, picture.Extensions, func(path string) { w.openPaths([]string{path}) })
}

func (w *Window) showAdd() {
	w.choose(ofWeights, tensorfile.Extensions, func(path string) { w.add([]string{path}) })
}

func (w *Window) showOpenSession() {
	w.choose(ofSessions, []string{sessionExtension, ".png"}, func(path string) { w.openSession(path) })
}

func (w *Window) showSaveSession() {
	if !w.canExport() {
		return
	}
	s := w.comparison.Shown // which may be none once there is a path
	name := filepath.Base(strings.ReplaceAll(s.Pictures[0].Path, ":", "-"))
	w.askPath(strings.ToValidUTF8(strings.TrimSuffix(name, filepath.Ext(name)), "_")+sessionExtension, func(path string) { w.saveSession(s, path) })
}

// choose asks for a file that is there.
func (w *Window) choose(k kind, extensions []string, chosen func(path string)) {
	w.chooseBy(k, extensions, one(FileDialogs.Open), func(paths []string) { chosen(paths[0]) })
}

// one is a dialog for one path as a dialog for several.
func one(dialog func(FileDialogs, context.Context, filedialog.Asked) (string, error)) dialogFor {
	return func(d FileDialogs, ctx context.Context, a filedialog.Asked) ([]string, error) {
		path, err := dialog(d, ctx, a)
		if path == "" {
			return nil, err
		}
		return []string{path}, err
	}
}

// dialogFor is one of FileDialogs.
type dialogFor func(FileDialogs, context.Context, filedialog.Asked) (paths []string, err error)

// chooseBy asks for files in a dialog of the system's; the window's own has one at a
// time.
func (w *Window) chooseBy(k kind, extensions []string, system dialogFor, chosen func(paths []string)) {
	asked := filedialog.Asked{Title: speak.Say("choose." + string(k)), Kind: speak.Say("files." + string(k)), All: speak.Say("files.all"), Extensions: extensions}
	w.showSystem(k, system, asked, chosen, func(chosen func(paths []string)) {
		d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
			if err != nil {
				w.fail(err)
			}
			if f == nil { // dismissed
				return
			}
			f.Close()
			chosen([]string{f.URI().Path()})
		}, w.window)
		d.SetFilter(storage.NewExtensionFileFilter(extensions))
		d.SetTitleText(asked.Title)
		w.showDialog(k, d)
	})
}

func (w *Window) showFolder() {
	w.chooseFolder(func(path string) { w.openPaths([]string{path}) })
}

// chooseFolder asks for a folder of pictures.
func (w *Window) chooseFolder(chosen func(path string)) {
	asked := filedialog.Asked{Title: speak.Say("choose.folder")}
	w.showSystem(ofPictures, one(FileDialogs.Folder), asked, func(paths []string) { chosen(paths[0]) }, func(chosen func(paths []string)) {
		d := dialog.NewFolderOpen(func(f fyne.ListableURI, err error) {
			if err != nil {
				w.fail(err)
			}
			if f != nil { // not dismissed
				chosen([]string{f.Path()})
			}
		}, w.window)
		d.SetTitleText(asked.Title)
		w.showDialog(ofPictures, d)
	})
}

// askPath asks for a file to write, whose extension name has, and before anything
// that is there is overwritten. With extensions, files of the same name and these
// are written rather than one.
func (w *Window) askPath(name string, chosen func(path string), extensions ...string) {
	k, title := ofExports, speak.Say("choose.exports")
	if filepath.Ext(name) == sessionExtension {
		k, title = ofSessions, speak.Say("session.save")
	}
	named := func(path, about string) {
		if filepath.Ext(path) == "" {
			path += filepath.Ext(name)
		}
		written := extensions
		if len(written) == 0 {
			written = []string{filepath.Ext(path)}
		}
		var there []string
		for _, extension := range written {
			p := file.WithExtension(path, extension)
			if _, err := os.Lstat(p); err == nil && p != about {
				there = append(there, filepath.Base(p))
			}
		}
		if len(there) == 0 {
			chosen(path)
			return
		}
		dialog.ShowConfirm(speak.Say("overwrite"), speak.Say("overwrite.these", strings.Join(there, ", ")), func(yes bool) {
			if yes {
				chosen(path)
			} else {
				w.askPath(filepath.Base(path), chosen, extensions...)
			}
		}, w.window)
	}
	asked := filedialog.Asked{Title: title, Name: name}
	w.showSystem(k, one(FileDialogs.Save), asked, func(paths []string) { named(paths[0], paths[0]) }, func(func(paths []string)) {
		d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
			if err != nil {
				w.fail(err)
			}
			if f == nil {
				return
			}
			f.Close()
			w.folders[k] = filepath.Dir(f.URI().Path())
			named(f.URI().Path(), "")
		}, w.window)
		d.SetFileName(name)
		d.SetTitleText(title)
		w.showDialog(k, d)
	})
}

// showSystem asks in a dialog of the system's, beside which the window goes on, and in
// one of the window's own where there is none. There is one dialog at a time.
func (w *Window) showSystem(k kind, dialog dialogFor, asked filedialog.Asked, chosen func(paths []string), own func(chosen func(paths []string))) {
	if w.dialog != nil || w.choosing != nil {
		return
	}
	taken := func(paths []string) {
		path := paths[0]
		if w.folders[k] = path; asked.Name != "" || len(asked.Extensions) > 0 { // it is a file
			w.folders[k] = filepath.Dir(path)
		}
		w.dismiss()
		chosen(paths)
	}
	if w.dialogs == nil {
		own(taken)
		return
	}
	system := w.dialogs
	asked.Folder = w.folderOf(k)
	var ctx context.Context
	ctx, w.choosing = context.WithCancel(context.Background())
	w.tasks.Run.Go(func() {
		paths, err := dialog(system, ctx, asked)
		w.tasks.Run.Do(func() {
			w.choosing()
			w.choosing = nil
			switch {
			case w.closed:
			case err != nil: // and there will be none the next time
				w.dialogs = nil
				own(taken)
			case len(paths) > 0:
				taken(paths)
			}
		})
	})
}

// folderOf is the first that is there of: where files of a kind were chosen last, where
// pictures were, where the picture shown lies, where any files were chosen, the user's own
// folder. A dialog of GTK's that is given none shows recent files alone, often none.
func (w *Window) folderOf(k kind) string {
	folders := []string{w.folders[k], w.folders[ofPictures]}
	if len(w.Pictures) > 0 && filepath.IsAbs(w.Pictures[0].Path) {
		folders = append(folders, filepath.Dir(w.Pictures[0].Path))
	}
	for _, other := range kinds {
		folders = append(folders, w.folders[other])
	}
	home, _ := os.UserHomeDir() // or none
	for _, folder := range append(folders, home) {
		if info, err := os.Stat(folder); folder != "" && err == nil && info.IsDir() {
			return folder
		}
	}
	return ""
}

// showDialog shows a file dialog that fills most of the window.
func (w *Window) showDialog(k kind, d *dialog.FileDialog) {
	w.dialog = d
	if folder := w.folderOf(k); folder != "" {
		if at, err := storage.ListerForURI(storage.NewFileURI(folder)); err == nil {
			d.SetLocation(at)
		}
	}
	d.SetOnClosed(func() { w.dialog = nil })
	d.Show()
	size := w.window.Canvas().Size()
	d.Resize(fyne.NewSize(size.Width*0.85, size.Height*0.85))
	kit.MindEscape(w.window.Canvas())
}

// paste takes the picture on the clipboard, or the file whose path is on it. A
// picture is kept as a file, so that a session can name it.
func (w *Window) paste(taken func(path string)) {
	t := w.listing.Begin(speak.Say("task.pasting"))
	text := strings.TrimSpace(fyne.CurrentApp().Clipboard().Content())
	w.tasks.Run.Go(func() {
		path, err := pasted(w.clipboard, text)
		w.listing.Finish(t, func() {
			if err != nil {
				w.fail(err)
				return
			}
			taken(path)
		})
	})
}

// pasteHere gives what is pasted to the page in sight, if that takes pictures, or opens it.
func (w *Window) pasteHere() {
	w.paste(func(path string) { w.take(nil, []string{path}) })
}

// take gives paths to the page in sight, if that takes pictures, or opens them.
func (w *Window) take(at *fyne.Position, paths []string) {
	if p, ok := w.visible().(pages.Taker); ok {
		p.Take(at, paths)
		return
	}
	w.openPaths(paths)
}

// pasted is the path of what the clipboards hold.
func pasted(pictures Clipboard, text string) (string, error) {
	text = strings.TrimPrefix(text, "file://")
	if filepath.IsAbs(text) && !strings.Contains(text, "\n") {
		if _, err := os.Stat(text); err == nil {
			return text, nil
		}
	}
	var data []byte
	if pictures != nil {
		var err error
		if data, err = pictures.Picture(); err != nil {
			return "", err
		}
	}
	if len(data) == 0 {
		return "", fault.Errorf("ui: %s", speak.Say("paste.nothing"))
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fault.Errorf("ui: the pasted picture has no place to be kept: %w", err)
	}
	sum := sha256.Sum256(data)
	path := filepath.Join(cache, "scalecam", "pasted-"+hex.EncodeToString(sum[:6])+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fault.Errorf("ui: the pasted picture cannot be kept: %w", err)
	}
	return path, file.Write(file.File{Path: path, Data: data})
}

const (
	prefRecent = "recent" // preference: paths opened last, the newest first, as file.Path writes them
	mostRecent = 10
)

// recent are the recent files; nil where the preference is none, or no list.
func (w *Window) recent() (paths []string) {
	return w.paths(prefRecent, mostRecent)
}

// paths are those that a preference lists.
func (w *Window) paths(key string, most int) (paths []string) {
	list := w.preferences().StringListWithFallback(key, nil)
	for _, text := range list[:min(len(list), most)] {
		if path, err := file.ParsePath(text); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// opened has what was asked for among the recent files, once its first pictures are
// there, and takes from them what could not be opened.
func (w *Window) opened(a desk.Album, pictures []*picture.Picture) {
	if len(w.asked) == 0 || !slices.Equal(a.Sources, w.askedOf) {
		return
	}
	failed := func(path string) bool { // of those that were tried
		return len(pictures) == 0 || slices.Contains(a.Sources[:min(a.At+a.Rows, len(a.Sources))], path) &&
			!slices.ContainsFunc(pictures, func(p *picture.Picture) bool { return p.Path == path })
	}
	var there, gone []string
	for _, path := range w.asked {
		if failed(path) {
			gone = append(gone, path)
		} else {
			there = append(there, path)
		}
	}
	w.asked, w.askedOf = nil, nil
	w.removeRecent(gone)
	w.addRecent(there)
}

// removeRecent takes paths from the recent files.
func (w *Window) removeRecent(paths []string) {
	recent := w.recent()
	left := slices.DeleteFunc(slices.Clone(recent), func(p string) bool {
		return slices.ContainsFunc(paths, func(gone string) bool { return whole(gone) == p })
	})
	if len(left) < len(recent) {
		w.preferences().SetStringList(prefRecent, asTexts(left))
		w.menus()
	}
}

// asTexts are paths as preferences hold them.
func asTexts(paths []string) (all []string) {
	for _, path := range paths {
		all = append(all, file.Path(path).Text())
	}
	return all
}

// addRecent puts what was opened together on top of the recent files.
func (w *Window) addRecent(paths []string) {
	if len(paths) == 0 {
		return
	}
	if len(paths) > mostRecent { // they came as one: that would be all there is
		paths = paths[:1]
	}
	recent := w.recent()
	if recent == nil { // something else, which Fyne cannot put a list in the place of
		w.preferences().RemoveValue(prefRecent)
	}
	for _, path := range slices.Backward(paths) {
		path = whole(path)
		recent = slices.DeleteFunc(recent, func(p string) bool { return p == path })
		recent = slices.Insert(recent, 0, path)
	}
	w.preferences().SetStringList(prefRecent, asTexts(recent[:min(len(recent), mostRecent)]))
	w.menus()
}
