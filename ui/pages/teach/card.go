package teach

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// card is a class: its name, what can be done with it, and its pictures.
type card struct {
	page  *Page
	at    int
	class desk.LessonClass

	box    *fyne.Container
	back   *canvas.Rectangle
	name   *kit.Entry
	thumbs *fyne.Container
	count  *widget.Label
}

func newCard(p *Page, at int) *card {
	c := &card{page: p, at: at, back: canvas.NewRectangle(nil), name: kit.NewEntry(), count: kit.Caption(widget.MediumImportance)}
	c.name.OnSubmitted = func(string) { c.rename() }
	c.name.OnLeft = c.rename
	pictures := kit.NewIconButton(theme.ContentAddIcon(), speak.Say("teach.pictures"), func() {
		p.host.ChoosePictures(func(paths []string) { p.put(at, paths) })
	})
	paste := kit.NewIconButton(theme.ContentPasteIcon(), speak.Say("teach.paste"), func() {
		p.host.Paste(func(path string) { p.put(at, []string{path}) })
	})
	away := kit.NewIconButton(theme.DeleteIcon(), speak.Say("teach.remove"), func() {
		l := p.host.Lesson()
		p.set("class.remove", l.Classes[at].Name, l.Without(at), nil)
	})
	c.thumbs = container.NewGridWrap(fyne.NewSize(thumbWidth, thumbHeight))
	c.back.CornerRadius, c.back.StrokeWidth = 4, 1
	bar := container.NewBorder(nil, nil, nil, container.NewHBox(pictures, paste, away), c.name)
	c.box = container.NewStack(c.back, container.NewPadded(container.NewVBox(bar, c.thumbs, c.count)))
	return c
}

// rename calls the class what was typed.
func (c *card) rename() {
	if c.name.Text == c.class.Name {
		return
	}
	was := c.page.host.Lesson()
	l, err := was.Renamed(c.at, c.name.Text)
	if err != nil {
		c.name.SetText(c.class.Name)
	}
	c.page.set("class.rename", c.class.Name, l, err)
}

// covers tells that a place on the canvas is on the card.
func (c *card) covers(at fyne.Position) bool {
	p := fyne.CurrentApp().Driver().AbsolutePositionForObject(c.box)
	size := c.box.Size()
	return at.X >= p.X && at.Y >= p.Y && at.X < p.X+size.Width && at.Y < p.Y+size.Height
}

// set shows a class, which new pictures may go to.
func (c *card) set(class desk.LessonClass, chosen bool) {
	if c.class.Name != class.Name || c.name.Text == "" {
		c.name.SetText(class.Name)
	}
	c.class = class
	count := speak.Say("teach.count", len(class.Pictures))
	if len(class.Pictures) == 1 {
		count = speak.Say("teach.count.one")
	}
	if more := len(class.Pictures) - mostThumbs; more > 0 {
		count += " " + speak.Say("teach.more", more)
	}
	kit.SetText(c.count, count)
	edge := theme.ColorNameSeparator
	if chosen {
		edge = theme.ColorNamePrimary
	}
	c.back.FillColor, c.back.StrokeColor = theme.Color(theme.ColorNameInputBackground), theme.Color(edge)
	c.back.Refresh()
}

// showThumbs shows the class's small pictures, and gives the paths of those that are
// lacking.
func (c *card) showThumbs(course *Course) (wanted []string) {
	n := min(len(c.class.Pictures), mostThumbs)
	for len(c.thumbs.Objects) < n {
		t := kit.NewThumb(thumbWidth, thumbHeight)
		c.thumbs.Objects = append(c.thumbs.Objects, t)
	}
	c.thumbs.Objects = c.thumbs.Objects[:n]
	for i, o := range c.thumbs.Objects {
		path := c.class.Pictures[i]
		img, known := course.thumbs.Of(path)
		if !known {
			wanted = append(wanted, path)
		}
		t := o.(*kit.Thumb)
		t.Set(img, known && img == nil, path == course.focus, func() {
			c.page.chosen = c.at
			course.Focus(path)
		})
		t.OnMenu(func(at fyne.Position) { c.page.menu(path, at) })
	}
	kit.Show(c.thumbs, n > 0)
	c.thumbs.Refresh()
	return wanted
}
