// Package teach is the page on which networks are taught classes of one's own.
package teach

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network/teach"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Host is what the page asks of the window.
type Host interface {
	pages.Host
	Lesson() desk.Lesson
	SetLesson(kind, of string, l desk.Lesson) // by the user, as an action of that kind; updates the page
	ChoosePictures(chosen func(paths []string))
	ChooseFolder(chosen func(path string))
	Paste(taken func(path string)) // what is on the clipboard
	Over(d dialog.Dialog)
	Compare(specs []string, pictures desk.Album)                         // opens them in the place of those that are compared
	AskPath(name string, chosen func(path string), extensions ...string) // of a file to write
	Write(content func(ctx context.Context) ([]file.File, error), path string)
}

// Page shows a lesson, and what networks learnt of it.
type Page struct {
	host   Host
	course *Course
	chosen int // the class that pictures are put into

	cards    *fyne.Container
	made     []*card
	add      *widget.Button
	folder   *widget.Button
	name     *kit.Entry
	empty    *widget.Label
	offered  *widget.Label // of the last time
	offer    *fyne.Container
	focus    *kit.NameLabel
	sheet    *pages.Sheet
	table    *kit.Table
	worth    *widget.Label
	tabs     *container.AppTabs
	answers  *fyne.Container
	mistakes *mistakes
	looksAt  *looksAt
	differ   *differ
	left     *fyne.Container // beneath each other, whose heights change
	compare  *widget.Button
	save     *widget.Button
	right    fyne.CanvasObject
	box      fyne.CanvasObject
}

// New makes the page of a course.
func New(h Host, c *Course) *Page {
	p := &Page{host: h, course: c}
	p.makeContent()
	c.page = p
	p.show()
	return p
}

// Name implements pages.Page.
func (p *Page) Name() string { return "teach" }

// Title implements pages.Page.
func (p *Page) Title() string { return speak.Say("tab.teach") }

// Icon implements pages.Page.
func (p *Page) Icon() fyne.Resource { return theme.ContentAddIcon() }

// Content implements pages.Page.
func (p *Page) Content() fyne.CanvasObject { return p.box }

// Update implements pages.Page.
func (p *Page) Update() { p.show() }

// state is what of the page is kept: what is taught is the desk's.
type state struct {
	Tab int `json:"tab"` // of what was learnt
}

// State implements pages.Page.
func (p *Page) State() any { return state{p.tabs.SelectedIndex()} }

// Restore implements pages.Page.
func (p *Page) Restore(kept json.RawMessage) {
	var s state
	if json.Unmarshal(kept, &s) == nil && s.Tab >= 0 && s.Tab < len(p.tabs.Items) {
		p.tabs.SelectIndex(s.Tab)
	}
}

const (
	cardsWidth              = 330
	thumbWidth, thumbHeight = 56, 44
	mostThumbs              = 60 // of a class that are shown
)

func (p *Page) makeContent() {
	p.cards = container.NewVBox()
	p.name = kit.NewEntry()
	p.name.SetPlaceHolder(speak.Say("teach.name"))
	p.name.OnSubmitted = func(string) { p.addClass() }
	p.add = widget.NewButtonWithIcon(speak.Say("teach.add"), theme.ContentAddIcon(), p.addClass)
	p.folder = widget.NewButtonWithIcon(speak.Say("teach.folder"), theme.FolderOpenIcon(), p.openFolder)
	p.folder.Alignment = widget.ButtonAlignLeading
	p.empty = widget.NewLabel(speak.Say("teach.empty"))
	p.empty.Wrapping = fyne.TextWrapWord
	head := container.NewVBox(kit.Width(cardsWidth), kit.Heading(speak.Say("teach.classes")), p.folder, container.NewBorder(nil, nil, nil, p.add, p.name))
	p.offered = widget.NewLabel("")
	p.offered.Wrapping = fyne.TextWrapWord
	goOn := widget.NewButtonWithIcon(speak.Say("learn.resume"), theme.MediaPlayIcon(), func() { p.set("class.resume", "", p.course.kept, nil) })
	letGo := widget.NewButtonWithIcon(speak.Say("learn.forget"), theme.DeleteIcon(), func() {
		p.course.kept = desk.Lesson{}
		p.show()
	})
	p.offer = container.NewVBox(p.offered, container.NewGridWithColumns(2, goOn, letGo), widget.NewSeparator())
	p.left = container.NewVBox(p.offer, p.empty, p.cards)
	left := container.NewBorder(container.NewPadded(head), nil, nil, widget.NewSeparator(), container.NewVScroll(container.NewPadded(p.left)))

	p.focus = kit.NewNameLabel()
	try := widget.NewButtonWithIcon(speak.Say("teach.try"), theme.SearchIcon(), func() {
		p.host.ChoosePictures(func(paths []string) { p.course.Focus(paths[0]) })
	})
	p.compare = widget.NewButtonWithIcon(speak.Say("teach.compare"), theme.ContentAddIcon(), p.addToCompare)
	p.save = widget.NewButtonWithIcon(speak.Say("teach.save"), theme.DocumentSaveIcon(), p.askSave)
	p.sheet = pages.NewSheet(p.course.resized)
	p.table = kit.NewTable(0)
	p.worth = widget.NewLabel("")
	p.worth.Wrapping = fyne.TextWrapWord
	bar := container.NewBorder(nil, nil, nil, container.NewHBox(try, p.compare, p.save), p.focus)
	answers := container.NewScroll(nil)
	p.answers = container.New(&kit.Column{In: answers}, p.table, p.worth)
	answers.Content = p.answers
	p.mistakes, p.looksAt, p.differ = newMistakes(p), newLooks(), newDiffer(p)
	p.tabs = container.NewAppTabs(
		container.NewTabItem(speak.Say("teach.answers"), kit.Inset(answers)),
		container.NewTabItem(speak.Say("teach.mistakes"), p.mistakes.box),
		container.NewTabItem(speak.Say("teach.looks"), p.looksAt.box),
		container.NewTabItem(speak.Say("teach.differ"), p.differ.box),
	)
	p.tabs.OnSelected = func(*container.TabItem) { p.showLooks() }
	split := container.NewVSplit(kit.Inset(p.sheet.Box), p.tabs)
	split.Offset = 0.42
	p.right = container.NewBorder(container.NewPadded(bar), nil, nil, nil, split)
	p.box = container.NewBorder(nil, nil, left, nil, p.right)
}

// set asks for another lesson, as one action.
func (p *Page) set(kind, of string, l desk.Lesson, err error) {
	if err != nil {
		p.host.Fail(err)
		return
	}
	p.host.Dismiss()
	p.host.SetLesson(kind, of, l)
}

// addClass adds a class of the name that was typed.
func (p *Page) addClass() {
	name := p.name.Text
	l, err := p.host.Lesson().With(name)
	if err == nil {
		p.chosen = len(l.Classes) - 1
		p.name.SetText("")
	}
	p.set("class.add", name, l, err)
}

// openFolder takes a folder's subfolders for classes.
func (p *Page) openFolder() {
	p.host.ChooseFolder(func(path string) { p.course.openFolder(path) })
}

// put puts pictures into a class.
func (p *Page) put(class int, paths []string) {
	if len(paths) == 0 {
		return
	}
	was := p.host.Lesson()
	l, err := was.Put(class, paths...)
	if err == nil {
		p.chosen = class
		p.course.focus = paths[0]
	}
	p.set("class.put", was.Classes[class].Name, l, err)
}

// Take implements pages.Taker: pictures go into the class at the place, or else into the
// one that was chosen last.
func (p *Page) Take(at *fyne.Position, paths []string) {
	class := min(p.chosen, len(p.made)-1)
	if at != nil {
		if i := slices.IndexFunc(p.made, func(c *card) bool { return c.covers(*at) }); i >= 0 {
			class = i
		}
	}
	p.course.gather(paths, class)
}

// gathered puts pictures into a class, and those of folders. Where there is no class
// yet, or a folder lies beside others, folders are classes of their own.
func (p *Page) gathered(pictures []string, folders []desk.LessonClass, class int) {
	l := p.host.Lesson()
	var err error
	if class < 0 || len(folders) > 1 {
		for _, f := range folders {
			at := slices.IndexFunc(l.Classes, func(c desk.LessonClass) bool { return strings.EqualFold(c.Name, f.Name) })
			if at < 0 {
				if l, err = l.With(f.Name); err != nil {
					break
				}
				at = len(l.Classes) - 1
			}
			if l, err = l.Put(at, f.Pictures...); err != nil {
				break
			}
		}
	} else {
		for _, f := range folders {
			pictures = append(pictures, f.Pictures...)
		}
	}
	if err == nil && len(pictures) > 0 {
		if class < 0 {
			err = fault.Errorf("teach: there is no class yet that pictures could go into; add one by its name first")
		} else if l, err = l.Put(class, pictures...); err == nil {
			p.chosen, p.course.focus = class, pictures[0]
		}
	}
	of := ""
	if class >= 0 && class < len(l.Classes) {
		of = l.Classes[class].Name
	} else if len(folders) > 0 {
		of = folders[0].Name
	}
	p.set("class.put", of, l, err)
}

// Key implements pages.Keyed: Delete takes the picture in sight away.
func (p *Page) Key(name fyne.KeyName) bool {
	if (name != fyne.KeyDelete && name != fyne.KeyBackspace) || p.course.focus == "" {
		return false
	}
	p.remove(p.course.focus)
	return true
}

func (p *Page) remove(path string) {
	l := p.host.Lesson()
	i := l.Of(path)
	if i < 0 {
		return
	}
	at := slices.Index(l.Classes[i].Pictures, path)
	less := l.Less(path)
	if rest := less.Classes[i].Pictures; len(rest) > 0 {
		p.course.focus = rest[min(at, len(rest)-1)]
	}
	p.set("class.less", name(path), less, nil)
}

// menu offers what can be done with a picture.
func (p *Page) menu(path string, at fyne.Position) {
	l := p.host.Lesson()
	of := l.Of(path)
	items := []*fyne.MenuItem{fyne.NewMenuItem(speak.Say("teach.less"), func() { p.remove(path) })}
	for i, c := range l.Classes {
		if i != of {
			items = append(items, fyne.NewMenuItem(speak.Say("teach.move", c.Name), func() { p.put(i, []string{path}) }))
		}
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), p.host.Window().Canvas(), at)
}

// addToCompare keeps the heads in the user's data, and compares the networks on the
// lesson's pictures, the one in focus first in sight.
func (p *Page) addToCompare() {
	var pictures []string
	for _, c := range p.course.taught.lesson.Classes {
		pictures = append(pictures, c.Pictures...)
	}
	at := slices.Index(pictures, p.course.focus)
	if at < 0 { // it was only tried
		pictures, at = append([]string{p.course.focus}, pictures...), 0
	}
	p.course.keep(func(specs []string) { p.host.Compare(specs, desk.Album{Sources: pictures, At: at, Rows: 1}) })
}

// askSave asks how what was learnt is saved.
func (p *Page) askSave() {
	t := p.course.taught
	ways := []struct {
		key string
		do  func()
	}{
		{"heads", func() { p.saveFolder(t, false) }},
		{"copies", func() { p.saveFolder(t, true) }},
		{"one", func() {
			p.host.AskPath("lesson.zip", func(path string) {
				p.host.Write(func(ctx context.Context) ([]file.File, error) {
					data, err := t.archive(ctx)
					return []file.File{{Path: path, Data: data}}, err
				}, path)
			})
		}},
	}
	var titles []string
	for _, w := range ways {
		titles = append(titles, speak.Say("teach.save."+w.key))
	}
	choice := kit.NewRadio(titles, nil)
	choice.SetSelected(titles[0])
	about := widget.NewLabel(speak.Say("teach.save.about"))
	about.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomConfirm(speak.Say("teach.save"), speak.Say("teach.save"), speak.Say("cancel"), container.NewVBox(about, choice), func(yes bool) {
		if i := slices.Index(titles, choice.Selected); yes && i >= 0 {
			ways[i].do()
		}
	}, p.host.Window())
	d.Resize(fyne.NewSize(480, 0))
	p.host.Over(d)
}

// saveFolder saves heads, and with copies the pictures, in a folder.
func (p *Page) saveFolder(t *taught, copies bool) {
	p.host.ChooseFolder(func(path string) {
		write := func() {
			p.host.Write(func(ctx context.Context) ([]file.File, error) {
				if copies {
					if err := t.folders(path); err != nil {
						return nil, err
					}
				}
				return t.files(ctx, path, copies)
			}, path)
		}
		there := t.there(path, copies)
		if len(there) == 0 {
			write()
			return
		}
		p.host.Over(dialog.NewConfirm(speak.Say("overwrite"), speak.Say("overwrite.these", strings.Join(there, ", ")), func(yes bool) {
			if yes {
				write()
			}
		}, p.host.Window()))
	})
}

// show shows all of the lesson and what was learnt.
func (p *Page) show() {
	l := p.host.Lesson()
	p.showCards(l)
	kit.Show(p.empty, len(l.Classes) == 0)
	kept := p.course.kept
	kit.Show(p.offer, len(kept.Classes) > 0 && len(l.Classes) == 0)
	if len(kept.Classes) > 0 {
		var names []string
		for _, c := range kept.Classes {
			names = append(names, c.Name)
		}
		kit.SetText(p.offered, speak.Say("teach.offer", strings.Join(names, ", "), kept.Count()))
	}
	p.showSeen()
	p.showTable()
	p.mistakes.show()
	p.differ.show()
	p.showLooks()
	p.left.Refresh()
	p.answers.Refresh()
}

// showCards has a card for each class.
func (p *Page) showCards(l desk.Lesson) {
	if len(p.made) != len(l.Classes) {
		p.made, p.cards.Objects = nil, nil
		for i := range l.Classes {
			c := newCard(p, i)
			p.made = append(p.made, c)
			p.cards.Add(c.box)
		}
	}
	for i, c := range l.Classes {
		p.made[i].set(c, i == p.chosen)
	}
	p.cards.Refresh()
	p.showThumbs()
}

// showThumbs shows the small pictures that there are, and has those made that are lacking.
func (p *Page) showThumbs() {
	var wanted []string
	for _, c := range p.made {
		wanted = append(wanted, c.showThumbs(p.course)...)
	}
	p.course.makeThumbs(wanted)
	p.mistakes.showPictures()
}

// showSeen shows the picture in focus.
func (p *Page) showSeen() {
	c := p.course
	path := c.focus
	if c.seen != nil { // whose maps stand beneath until those of the one in focus are there
		path = c.seen.path
	}
	switch of := p.host.Lesson().Of(path); {
	case path == "":
		p.focus.Set("")
	case of >= 0:
		p.focus.Set(speak.Say("teach.learnt", name(path), speak.Class(p.host.Lesson().Classes[of].Name)))
	default:
		p.focus.Set(speak.Say("teach.unseen", name(path)))
	}
	kit.Enable(p.compare, c.taught != nil && !c.slot.Busy() && c.folder != "")
	kit.Enable(p.save, c.taught != nil && !c.slot.Busy())
	s := c.seen
	if s == nil {
		p.sheet.Set(nil, nil, nil)
		return
	}
	var heads []string
	for _, m := range s.of.models {
		heads = append(heads, speak.Network(m.Name))
	}
	row := speak.Class(s.shows)
	if row == "" {
		row = speak.Say("teach.answer")
	}
	p.sheet.Set(heads, []string{row}, [][]pages.Outlook{s.maps})
}

// showTable shows percentages of the picture in focus, and how often networks are right
// of pictures that were left out: a column for each network.
func (p *Page) showTable() {
	t := p.course.taught
	if t == nil {
		p.table.Set(nil, 0)
		kit.SetText(p.worth, speak.Say("teach.begin"))
		return
	}
	head := []kit.TableCell{{Text: speak.Say("teach.odds")}}
	for _, m := range t.models {
		head = append(head, kit.TableCell{Text: speak.Network(m.Name)})
	}
	rows := [][]kit.TableCell{head}
	if s := p.course.seen; s != nil {
		rows = append(rows, oddsOf(s)...)
	}
	r := t.report
	if r == nil {
		p.table.Set(rows, 0)
		kit.SetText(p.worth, speak.Say("teach.checking"))
		return
	}
	if r.LeftOut == 0 {
		p.table.Set(rows, 0)
	} else {
		right, interval := []kit.TableCell{{Text: speak.Say("teach.right")}}, []kit.TableCell{{Text: speak.Say("teach.interval")}}
		for _, n := range r.Networks {
			between := ""
			if ends := n.AccuracyInterval; ends != nil {
				between = fmt.Sprintf("%.0f–%.0f%%", 100*ends[0], 100*ends[1])
			}
			right = append(right, kit.TableCell{Text: fmt.Sprintf("%.0f / %d", n.Accuracy*float64(r.LeftOut), r.LeftOut)})
			interval = append(interval, kit.TableCell{Text: between})
		}
		p.table.Set(append(rows, right, interval), 2)
	}
	kit.SetText(p.worth, worthOf(t))
}

// mostOdds is of how many classes percentages are shown: those that networks find most
// probable.
const mostOdds = 12

// oddsOf are percentages: a row for each class, a column for each network.
func oddsOf(s *seen) (rows [][]kit.TableCell) {
	order, sums := make([]int, len(s.of.classes)), make([]float64, len(s.of.classes))
	for i := range order {
		order[i] = i
		for _, o := range s.maps {
			sums[i] += o.Odds[i]
		}
	}
	if len(order) > mostOdds {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[b], sums[a]) })
		order = order[:mostOdds]
	}
	for _, i := range order {
		class := s.of.classes[i]
		row := []kit.TableCell{{Text: speak.Class(class), Bold: class == s.shows}}
		for _, o := range s.maps {
			row = append(row, kit.TableCell{Text: compare.FormatProbability(o.Odds[i]), Bold: o.Class == class})
		}
		rows = append(rows, row)
	}
	return rows
}

// worthOf says what the scores are worth: the report's notes but for those on looks,
// which stand with these.
func worthOf(t *taught) string {
	r := t.report
	var said []string
	for _, n := range r.Notes {
		said = append(said, r.Text(speak.Now(), n, speak.Network, speak.Class))
	}
	if r.LeftOut > 0 {
		largest := slices.MaxFunc(r.Classes, func(a, b teach.ReportedClass) int { return a.Pictures - b.Pictures })
		said = append(said, speak.Say("teach.worth.largest", speak.Class(largest.Name), fmt.Sprintf("%.0f%%", 100*r.Largest)))
	}
	said = append(said, speak.Say("teach.of", len(t.models), len(r.Pictures)))
	return strings.Join(said, " ")
}
