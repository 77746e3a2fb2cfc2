package ui

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/compare/webpage"
	"scalecam/file"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// product is something to export of a comparison.
type product struct {
	key       string // its text is export.key
	extension string
	cell      bool // of one picture and one network, rather than of all
	pixels    bool // it is a picture, and so has a zoom
	make      func(ctx context.Context, c *compare.Comparison, row, col int, v compare.View, n record.Naming) ([]byte, error)
}

var products = []product{
	{"figure", ".png", false, true, func(ctx context.Context, c *compare.Comparison, _, _ int, v compare.View, n record.Naming) ([]byte, error) {
		img, err := figure.Draw(ctx, c, v)
		if err != nil {
			return nil, err
		}
		return record.EncodePNG(ctx, img, record.SettingsOf(c, v, n))
	}},
	{"overlay", ".png", true, true, func(ctx context.Context, c *compare.Comparison, row, col int, v compare.View, n record.Naming) ([]byte, error) {
		img, err := figure.OverlayPicture(ctx, c, row, col, v)
		if err != nil {
			return nil, err
		}
		return record.EncodePNG(ctx, img, record.SettingsOf(c, v, n))
	}},
	{"heatmap", ".png", true, true, func(ctx context.Context, c *compare.Comparison, row, col int, v compare.View, n record.Naming) ([]byte, error) {
		img, err := figure.Heatmap(ctx, c, row, col, v)
		if err != nil {
			return nil, err
		}
		return record.EncodePNG(ctx, img, record.SettingsOf(c, v, n))
	}},
	{"npy", ".npy", true, false, func(_ context.Context, c *compare.Comparison, row, col int, _ compare.View, _ record.Naming) ([]byte, error) {
		return record.NPY(c, row, col)
	}},
	{"csv", ".csv", true, false, func(_ context.Context, c *compare.Comparison, row, col int, _ compare.View, _ record.Naming) ([]byte, error) {
		return record.CSV(c, row, col)
	}},
	{"page", ".html", false, false, func(ctx context.Context, c *compare.Comparison, _, _ int, v compare.View, _ record.Naming) ([]byte, error) {
		var page bytes.Buffer
		err := webpage.Write(ctx, &page, c, v, nil)
		return page.Bytes(), err
	}},
}

// export is what of the scene shown is to be exported.
type export struct {
	product  *product
	row, col int
	zoom     int
	naming   record.Naming // of files, in the settings that a picture holds
}

// data makes the export of a scene, whichever is shown by then.
func (e export) data(ctx context.Context, s *comparing.Scene) ([]byte, error) {
	v := pages.Exported(s.View)
	v.Zoom = e.zoom
	return e.product.make(ctx, s.Comparison, e.row, e.col, v, e.naming)
}

// name is the file name that an export is offered under.
func (e export) name(s *comparing.Scene) string {
	base := filepath.Base(strings.ReplaceAll(s.Pictures[e.row].Path, ":", "-"))
	base = strings.TrimSuffix(base, filepath.Ext(base))
	if e.product.cell {
		base += "-" + strings.ReplaceAll(s.Comparison.Models[e.col].Name, " ", "-")
	}
	return strings.ToValidUTF8(base, "_") + "-scalecam" + e.product.extension
}

// zooms that a picture is exported at.
var zooms = []int{1, 2, 4}

// canKeep tells that what is in sight can be exported and copied, or will be.
func (w *Window) canKeep() bool {
	if p := w.visible(); p != nil {
		_, can := p.(pages.Exporter)
		return can
	}
	return w.canExport()
}

// products are what can be kept of the page in sight; where there is nothing yet, the
// window says so.
func (w *Window) products(of pages.Page) []pages.Product {
	if p, can := of.(pages.Exporter); can {
		if all := p.Products(); len(all) > 0 {
			return all
		}
		w.rest.SetText(speak.Say("export.nothing"))
	}
	return nil
}

// showPageExport asks what to export of a page.
func (w *Window) showPageExport(of pages.Page) {
	all := w.products(of)
	if len(all) == 0 || w.exporting != nil {
		return
	}
	var titles []string
	for _, p := range all {
		titles = append(titles, p.Title)
	}
	product, copied := all[0], widget.NewButtonWithIcon(speak.Say("export.copy"), theme.ContentCopyIcon(), nil)
	kind := kit.NewRadio(titles, func(title string) {
		product = all[slices.Index(titles, title)]
		kit.Enable(copied, !product.Picture || w.clipboard != nil)
	})
	kind.SetSelected(titles[0])
	copied.OnTapped = func() {
		w.closeExport()
		w.copyProduct(product)
	}
	w.askExport(widget.NewForm(widget.NewFormItem(speak.Say("export.what"), kind)), copied, func() {
		w.askPath(product.Name, func(path string) {
			w.write(func(ctx context.Context) ([]file.File, error) {
				data, err := product.Make(ctx)
				return []file.File{{Path: path, Data: data}}, err
			}, path)
		})
	})
}

// askExport shows what is asked about an export, and beneath it what can be done.
func (w *Window) askExport(about fyne.CanvasObject, copied *widget.Button, saved func()) {
	save := widget.NewButtonWithIcon(speak.Say("export.save"), theme.DocumentSaveIcon(), func() {
		w.closeExport()
		saved()
	})
	save.Importance = widget.HighImportance
	cancel := widget.NewButton(speak.Say("cancel"), w.closeExport)
	w.exporting = dialog.NewCustomWithoutButtons(speak.Say("export"), container.NewVBox(about, container.NewCenter(container.NewHBox(cancel, copied, save))), w.window)
	w.exporting.SetOnClosed(func() { w.exporting = nil })
	w.exporting.Show()
}

// showExport asks what to export of what is in sight; of the comparison, of the cell
// that is enlarged first.
func (w *Window) showExport() {
	if p := w.visible(); p != nil {
		w.showPageExport(p)
		return
	}
	if !w.canExport() || w.exporting != nil {
		return
	}
	s := w.comparison.Shown
	e := w.first(s)
	var what, networks, pictures, sizes []string
	for _, p := range products {
		what = append(what, speak.Say("export."+p.key))
	}
	for _, m := range s.Models {
		networks = append(networks, speak.Network(m.Name))
	}
	for _, p := range s.Pictures {
		pictures = append(pictures, speak.File(p.Path))
	}
	for _, z := range zooms {
		sizes = append(sizes, speak.Say("export.zoom", z))
	}
	network, picture, size := kit.NewSelect(networks, nil), kit.NewSelect(pictures, nil), widget.NewRadioGroup(sizes, nil)
	size.Horizontal, size.Required = true, true
	size.SetSelected(sizes[0])
	network.SetSelectedIndex(e.col)
	picture.SetSelectedIndex(e.row)
	paths := kit.NewCheck(speak.Say("export.paths"), func(on bool) {
		e.naming = record.BaseNames
		if on {
			e.naming = record.WholePaths
		}
	})
	copied := widget.NewButtonWithIcon(speak.Say("export.copy"), theme.ContentCopyIcon(), nil)
	var form *widget.Form
	fit := func() {
		for _, one := range []*kit.Select{network, picture} {
			kit.Enable(one, e.product.cell)
		}
		kit.Enable(size, e.product.pixels)
		kit.Enable(paths, e.product.pixels)
		kit.Enable(copied, e.product.pixels && w.clipboard != nil)
		if form != nil {
			form.Refresh() // its labels are as its fields
		}
	}
	kind := widget.NewRadioGroup(what, func(chosen string) {
		for i, text := range what {
			if text == chosen {
				e.product = &products[i]
			}
		}
		fit()
	})
	kind.Required = true
	for i := range products {
		if e.product == &products[i] {
			kind.SetSelected(what[i])
		}
	}
	network.OnChanged = func(string) { e.col = network.SelectedIndex() }
	picture.OnChanged = func(string) { e.row = picture.SelectedIndex() }
	size.OnChanged = func(chosen string) {
		for i, text := range sizes {
			if text == chosen {
				e.zoom = zooms[i]
			}
		}
	}
	again := kit.Caption(widget.MediumImportance)
	again.Truncation, again.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	again.SetText(speak.Say("export.again"))
	if w.comparison.Zoomed() {
		again.SetText(speak.Say("export.zoomed") + " " + again.Text)
	}
	form = widget.NewForm(
		widget.NewFormItem(speak.Say("export.what"), kind),
		widget.NewFormItem(speak.Say("export.network"), network),
		widget.NewFormItem(speak.Say("export.picture"), picture),
		widget.NewFormItem(speak.Say("export.size"), size),
	)
	copied.OnTapped = func() {
		w.closeExport()
		w.copyPicture(s, e)
	}
	fit()
	w.askExport(container.NewVBox(form, again, paths), copied, func() {
		w.askPath(e.name(s), func(path string) { w.writeExport(s, e, path) })
	})
}

// showPage asks for the file of a web page of the figure.
func (w *Window) showPage() {
	if !w.canExport() {
		return
	}
	s, e := w.comparison.Shown, export{product: &products[len(products)-1]}
	w.askPath(e.name(s), func(path string) { w.writeExport(s, e, path) })
}

// writeExport writes an export of a scene to a file.
func (w *Window) writeExport(s *comparing.Scene, e export, path string) {
	w.write(func(ctx context.Context) ([]file.File, error) {
		data, err := e.data(ctx, s)
		return []file.File{{Path: path, Data: data}}, err
	}, path)
}

func (w *Window) closeExport() {
	if w.exporting != nil {
		w.exporting.Hide()
		w.exporting = nil
	}
}

// Clipboard holds pictures, as PNG files.
type Clipboard interface {
	Picture() ([]byte, error) // nil where there is none
	SetPicture(png []byte) error
}

var errNoClipboard = errors.New("ui: this program was built without a clipboard for pictures; save the picture instead")

// copyPicture puts an export on the clipboard.
func (w *Window) copyPicture(s *comparing.Scene, e export) {
	w.copyProduct(pages.Product{Picture: true, Make: func(ctx context.Context) ([]byte, error) { return e.data(ctx, s) }})
}

// copyProduct puts it on the clipboard: a picture on that for pictures, else as text.
func (w *Window) copyProduct(p pages.Product) {
	if p.Picture && w.clipboard == nil {
		w.fail(errNoClipboard)
		return
	}
	var data []byte
	w.save(speak.Say("task.copying"), func(ctx context.Context) (err error) {
		if data, err = p.Make(ctx); err == nil {
			err = ctx.Err()
		}
		if err == nil && p.Picture {
			err = w.clipboard.SetPicture(data)
		}
		return err
	}, func() {
		if p.Picture && w.inCompare() && w.comparison.Zoomed() {
			w.rest.SetText(speak.Say("task.copied whole"))
			return
		}
		if p.Picture {
			w.rest.SetText(speak.Say("task.copied"))
			return
		}
		fyne.CurrentApp().Clipboard().SetContent(string(data))
		w.rest.SetText(speak.Say("code.copied"))
	})
}

// copyShown copies what is in sight: of the comparison the figure, or the cell that is
// enlarged.
func (w *Window) copyShown() {
	if p := w.visible(); p != nil {
		if all := w.products(p); len(all) > 0 {
			w.copyProduct(all[0])
		}
		return
	}
	if w.canExport() {
		w.copyPicture(w.comparison.Shown, w.first(w.comparison.Shown))
	}
}

// first is what is exported of a scene unless the user says otherwise: the cell
// that is enlarged, else the figure.
func (w *Window) first(s *comparing.Scene) export {
	n := s.Columns()
	if at := w.comparison.Enlarged; at > 0 && at%n > 0 && at%n <= len(s.Models) && s.Of(&w.Asked) {
		return export{product: &products[1], row: at / n, col: at%n - 1, zoom: 1}
	}
	return export{product: &products[0], zoom: 1}
}
