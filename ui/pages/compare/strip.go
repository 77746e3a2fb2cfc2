package compare

import (
	"image"
	"slices"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// strip shows the album's pictures, as many as fit, those shown among them.
// Only these are ever opened for it.
type strip struct {
	box   *fyne.Container
	line  *fyne.Container // of thumbs
	Place *widget.Label
	rows  *kit.Select
	host  Host

	samples       *widget.Button
	sorting       *kit.Button
	back, forward *kit.Button

	album  desk.Album
	open   []*picture.Picture // those shown
	Thumbs *pages.Thumbs
	quiet  bool
}

const (
	thumbWidth, thumbHeight = 68, 50
	thumbGap                = 6
	mostThumbs              = 96 // that are kept, of 54 kB each at most; half of them may be in sight
)

// sampleThumbs are those of the program's own pictures, by path: in another language the
// page is made anew, and a scene takes its time to draw.
var sampleThumbs sync.Map

func newStrip(h Host) *strip {
	s := &strip{host: h, Place: widget.NewLabel(""), Thumbs: pages.NewThumbs(h.Runner(), thumbWidth, thumbHeight, mostThumbs)}
	s.line = container.New(thumbs{s.fill})
	var counts []string
	for n := range desk.MostRows {
		counts = append(counts, speak.Say("rows", n+1))
	}
	s.rows = kit.NewSelect(counts, func(string) {
		if !s.quiet {
			h.SetRows(s.rows.SelectedIndex() + 1)
		}
	})
	s.back = kit.NewIconButton(theme.NavigateBackIcon(), speak.Say("tip.back"), func() { h.Turn(-1) })
	s.forward = kit.NewIconButton(theme.NavigateNextIcon(), speak.Say("tip.forward"), func() { h.Turn(1) })
	s.samples = widget.NewButtonWithIcon(speak.Say("menu.samples"), theme.GridIcon(), h.OpenSamples)
	s.sorting = kit.NewIconButton(theme.MenuIcon(), speak.Say("tip.order"), func() {
		below := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.sorting)
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
			fyne.NewMenuItem(speak.Say("order.name"), h.SortByName),
			fyne.NewMenuItem(speak.Say("order.disagreement"), h.SortByDisagreement),
		), h.Window().Canvas(), below)
	})
	s.box = container.NewBorder(nil, nil, container.NewCenter(container.NewHBox(s.samples, s.back)),
		container.NewCenter(container.NewHBox(s.forward, s.Place, s.sorting, s.rows)), s.line)
	return s
}

// set shows an album with the pictures that are open.
func (s *strip) set(a desk.Album, open []*picture.Picture) {
	s.album = a
	s.open = open
	s.quiet = true
	if text := textPlace(a); s.Place.Text != text {
		s.Place.SetText(text)
		s.box.Refresh()
	}
	if s.rows.SelectedIndex() != a.Rows-1 {
		s.rows.SetSelectedIndex(a.Rows - 1)
	}
	s.quiet = false
	for _, b := range []*kit.Button{s.back, s.forward} { // where there is another picture
		kit.Enable(b, len(a.Sources) > a.Rows)
	}
	kit.Show(s.rows, len(a.Sources) > 1)
	kit.Show(s.sorting, len(a.Sources) > 1)
	if away := !slices.Contains(a.Sources, desk.SamplePaths()[0]); s.samples.Visible() != away {
		kit.Show(s.samples, away)
		s.box.Refresh()
	}
	s.fill()
}

// fill puts thumbs for the part of the album around what is shown.
func (s *strip) fill() {
	n := min(thumbsFit(s.line.Size().Width), mostThumbs/2, len(s.album.Sources))
	first := s.first(n)
	for len(s.line.Objects) < n {
		s.line.Objects = append(s.line.Objects, kit.NewThumb(thumbWidth, thumbHeight))
	}
	s.line.Objects = s.line.Objects[:n]
	for i, o := range s.line.Objects {
		at := first + i
		path := s.album.Sources[at]
		img, known := s.Thumbs.Of(path)
		o.(*kit.Thumb).Set(img, known && img == nil, at >= s.album.At && at < s.album.At+s.album.Rows, func() {
			s.host.OpenAlbum(desk.Album{Sources: s.album.Sources, At: at, Rows: s.album.Rows})
		})
	}
	for i, o := range s.line.Objects {
		o.Move(fyne.NewPos(float32(i)*(thumbWidth+thumbGap), 0))
		o.Resize(fyne.NewSize(thumbWidth, thumbHeight))
	}
	canvas.Refresh(s.line)
	s.Make()
}

// Make makes the thumbs that are lacking one after another, in the background: of
// pictures that are open, and of others, which it opens, never beside what the user
// waits for.
func (s *strip) Make() {
	if s.Thumbs.Making() || s.host.Closed() {
		return
	}
	for _, p := range s.open {
		if _, known := s.Thumbs.Of(p.Path); !known {
			s.Thumbs.Make(p.Path, func() *image.RGBA { return s.Thumbs.Small(p.Image) }, s.fill)
			return
		}
	}
	if s.host.Waiting() {
		return
	}
	n := len(s.line.Objects)
	for _, path := range s.album.Sources[s.first(n):][:n] {
		if _, known := s.Thumbs.Of(path); !known {
			s.Thumbs.Make(path, func() *image.RGBA {
				if small, made := sampleThumbs.Load(path); made {
					return small.(*image.RGBA)
				}
				small := s.Thumbs.Open(path)
				if slices.Contains(desk.SamplePaths(), path) {
					sampleThumbs.Store(path, small)
				}
				return small
			}, s.fill)
			return
		}
	}
}

// first is the place in the album of the first of n thumbs.
func (s *strip) first(n int) int {
	return min(max(s.album.At+s.album.Rows/2-n/2, 0), len(s.album.Sources)-n)
}

// thumbs is the layout of the line, which strip.fill fills anew when another
// number of thumbs fits.
type thumbs struct{ fill func() }

func thumbsFit(width float32) int {
	return max(int((width+thumbGap)/(thumbWidth+thumbGap)), 1)
}

// Layout implements fyne.Layout.
func (t thumbs) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if min(thumbsFit(size.Width), mostThumbs/2) != len(objects) {
		t.fill()
	}
}

// MinSize implements fyne.Layout.
func (thumbs) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(thumbWidth, thumbHeight) }
