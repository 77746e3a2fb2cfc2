// Package webpage writes a Comparison as one web page that is whole: an HTML file
// with the pictures, the maps as the values that they are, and a script that shows
// them as the View says, until the reader wants another view. It asks nothing of any
// server, and its own policy (Content-Security-Policy) forbids it to.
package webpage

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // for the page's parts
	"encoding/base64"
	"encoding/json"
	"html"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/version"
)

// The page's parts: its frame, with a place in braces for each of the others.
var (
	//go:embed page.html
	frame string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

const (
	// most bounds the longer side of a picture in the page, and least those that are
	// smaller, so that a JPEG's coarser colours do not show; both in pixels.
	most, least = 1024, 512
	quality     = 88 // of the JPEG
	// MaxBytes bounds a page, which a browser holds as a whole, and more than once.
	MaxBytes = 128 << 20
)

// Page is a page in the making: rows are added to it.
type Page struct {
	view compare.View
	also []string
	rows []rowData
	size int // of what the rows hold
}

// New is a page without rows that begins with the view v. Beside the class that a row
// explains a reader can choose those of also, by name or index; where also is nil,
// those that the networks find most probable, where their maps take no runs.
func New(v compare.View, also []string) *Page { return &Page{view: v.Bounded(), also: also} }

// Add adds a row of a comparison as Run makes it, not reduced, with a map of each
// class to choose from. It returns ctx's error when ctx ends.
func (p *Page) Add(ctx context.Context, c *compare.Comparison, row int) error {
	shown, err := encodePicture(c.Rows[row].Picture)
	if err != nil {
		return err
	}
	choices, err := p.choices(ctx, c, row)
	if err != nil {
		return err
	}
	added := describeRow(c, row, choices, p.view, shown)
	if p.size += added.size(); p.size > MaxBytes {
		return fault.Errorf("webpage: the page of more than %d pictures and %d networks takes more than %d MB; compare fewer at a time", len(p.rows), len(c.Models), MaxBytes>>20)
	}
	p.rows = append(p.rows, added)
	return nil
}

// WriteTo writes the page of a comparison whose rows have been added; of c nothing is
// needed that Row.Reduce takes away.
func (p *Page) WriteTo(w io.Writer, c *compare.Comparison) error {
	data, err := json.Marshal(p.describe(c)) // which writes <, > and & so that no element ends in it
	if err != nil {
		return fault.Errorf("webpage: %w", err)
	}
	title := titleOfPage(c)[0]
	for _, part := range splice(frame, map[string]string{
		"{policy}":  "default-src 'none'; img-src data:; style-src '" + hash(style) + "'; script-src '" + hash(script) + "'; base-uri 'none'; form-action 'none'",
		"{program}": html.EscapeString(version.Name()),
		"{title}":   html.EscapeString(title),
		"{style}":   style,
		"{none}":    html.EscapeString(strings.Join(say("page.script"), " ")),
		"{data}":    string(data),
		"{script}":  script,
	}) {
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// Write writes the page of a comparison as Run makes it; it is New, Add and WriteTo.
func Write(ctx context.Context, w io.Writer, c *compare.Comparison, v compare.View, also []string) error {
	p := New(v, also)
	for row := range c.Rows {
		if err := p.Add(ctx, c, row); err != nil {
			return err
		}
	}
	return p.WriteTo(w, c)
}

// Run is compare.RunEach for a page, to which it adds each row: of each picture no
// more is kept than the page holds.
func (p *Page) Run(ctx context.Context, paths []string, open func(path string) (*picture.Picture, error), models []*network.Model, asks func(row int) string, by compare.By, progress func(done, total int)) (*compare.Comparison, error) {
	return compare.RunEach(ctx, paths, open, models, asks, by, func(c *compare.Comparison, row int) error {
		if err := p.Add(ctx, c, row); err != nil {
			return err
		}
		c.Rows[row].Reduce(image.NewRGBA(image.Rect(0, 0, 1, 1))) // the page has it
		return nil
	}, progress)
}

// splice is the frame in parts, what it has in braces in the place of that; what is put
// in is not looked at again.
func splice(frame string, with map[string]string) (parts []string) {
	for {
		at, key := len(frame), ""
		for k := range with {
			if i := strings.Index(frame, k); i >= 0 && i < at {
				at, key = i, k
			}
		}
		parts = append(parts, frame[:at], with[key])
		if key == "" {
			return parts
		}
		frame = frame[at+len(key):]
	}
}

// hash names an inline style or script in a Content-Security-Policy.
func hash(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// encoded is a picture as the page holds it, in base64.
type encoded struct {
	jpeg   string
	object string // a PNG of the line around what it is known to show; "" for none
	size   image.Point
}

// encodePicture brings a picture to a size within bounds, in its proportions, and makes
// a JPEG of it.
func encodePicture(p *picture.Picture) (of encoded, err error) {
	img := p.Image
	size := img.Rect.Size()
	long := max(size.X, size.Y)
	if to := min(max(long, least), most); to != long {
		of := func(side int) int { return max(1, (side*to+long/2)/long) }
		size = image.Pt(of(size.X), of(size.Y))
		img = picture.Resize(img, size.X, size.Y, picture.Bicubic)
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, img, &jpeg.Options{Quality: quality}); err != nil {
		return of, fault.Errorf("webpage: %w", err)
	}
	of.jpeg, of.size = base64.StdEncoding.EncodeToString(data.Bytes()), size
	if p.Object == nil {
		return of, nil
	}
	data.Reset()
	line := figure.Base(p, compare.View{Object: true}, image.NewRGBA(image.Rectangle{Max: size}), size, image.Point{})
	if err := png.Encode(&data, line); err != nil {
		return of, fault.Errorf("webpage: %w", err)
	}
	of.object = base64.StdEncoding.EncodeToString(data.Bytes())
	return of, nil
}

// values are a map's as the page holds them: float32, the lowest byte first, in base64.
func values(m *cam.Map) string {
	raw := make([]byte, 0, 4*len(m.Values))
	for _, v := range m.Values {
		raw = appendFloat32(raw, v)
	}
	return base64.StdEncoding.EncodeToString(raw)
}
