package pages

import (
	"bytes"
	"context"
	"encoding/csv"
	"image"
	"image/png"

	"fyne.io/fyne/v2"

	"scalecam/compare"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Product is something of what is in sight that can be written to a file, or copied.
type Product struct {
	Title   string                                    // as it is to be read
	Name    string                                    // offered for its file, with the extension
	Picture bool                                      // it is a PNG, else text
	Make    func(ctx context.Context) ([]byte, error) // in the background
}

// Exporter is a Page of which something can be kept. The first of its products is the
// one that is copied.
type Exporter interface {
	Products() []Product // none while there is nothing to keep
}

// Exported is a view as what it gives is exported: in the language that the window speaks.
func Exported(v compare.View) compare.View {
	v.Language = speak.Now().Language
	return v
}

// Render is a PNG of objects that are made for it alone, by lay, on the UI goroutine;
// itself it runs in the background. They get so many points' width.
func Render(ctx context.Context, run desk.Runner, width float32, lay func() fyne.CanvasObject) ([]byte, error) {
	const dense = 2 // pixels to a point
	drawn := make(chan image.Image, 1)
	run.Do(func() {
		if ctx.Err() == nil {
			drawn <- kit.Picture(lay(), width, dense)
		}
	})
	select {
	case img := <-drawn:
		var out bytes.Buffer
		err := png.Encode(&out, img)
		return out.Bytes(), err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// CSV writes rows with commas between.
func CSV(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	err := csv.NewWriter(&out).WriteAll(rows)
	return out.Bytes(), err
}
