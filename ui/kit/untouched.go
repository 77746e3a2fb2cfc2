package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage/repository"
)

// untouched keeps Fyne's save dialog from emptying the file that the user
// names before there is anything to write: a writer opens its file when
// something is first written. It also keeps it from asking, in English, whether
// to overwrite it: askPath does, of all that is written. (That a folder cannot be
// written to, the dialog still says in English.) And it keeps the open dialog from
// opening what the user names, since that would wait for a pipe's writer. All else
// is as in the repository beneath.
type untouched struct{ files }

// files is what Fyne's repository for file URIs does.
type files interface {
	repository.AppendableRepository
	repository.ListableRepository
	repository.HierarchicalRepository
	repository.DeleteAllRepository
	repository.CopyableRepository
	repository.MovableRepository
}

// ProtectFiles puts before the app's own repository of files one that keeps
// dialogs from emptying and opening what the user names (see untouched).
func ProtectFiles() {
	const scheme = "file"
	below, err := repository.ForScheme(scheme)
	if f, ok := below.(files); ok && err == nil {
		repository.Register(scheme, untouched{f})
	}
}

// Exists implements repository.Repository; of a file it says that it does not.
func (r untouched) Exists(u fyne.URI) (bool, error) {
	there, err := r.files.Exists(u)
	if there && err == nil {
		return r.CanList(u) // a folder
	}
	return there, err
}

// Writer implements repository.WritableRepository.
func (r untouched) Writer(u fyne.URI) (fyne.URIWriteCloser, error) {
	return &lateWriter{uri: u, open: r.files.Writer}, nil
}

// Reader implements repository.Repository.
func (r untouched) Reader(u fyne.URI) (fyne.URIReadCloser, error) {
	return &lateReader{uri: u, open: r.files.Reader}, nil
}

// lateReader is a reader that opens its file when first read from.
type lateReader struct {
	uri  fyne.URI
	open func(fyne.URI) (fyne.URIReadCloser, error)
	file fyne.URIReadCloser
}

func (r *lateReader) URI() fyne.URI { return r.uri }

func (r *lateReader) Read(p []byte) (n int, err error) {
	if r.file == nil {
		if r.file, err = r.open(r.uri); err != nil {
			return 0, err
		}
	}
	return r.file.Read(p)
}

func (r *lateReader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// lateWriter is a writer that opens its file when first written to.
type lateWriter struct {
	uri  fyne.URI
	open func(fyne.URI) (fyne.URIWriteCloser, error)
	file fyne.URIWriteCloser
}

func (w *lateWriter) URI() fyne.URI { return w.uri }

func (w *lateWriter) Write(p []byte) (n int, err error) {
	if w.file == nil {
		if w.file, err = w.open(w.uri); err != nil {
			return 0, err
		}
	}
	return w.file.Write(p)
}

func (w *lateWriter) Close() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}
