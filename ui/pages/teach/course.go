package teach

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/teach"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Course is what the networks learnt of the lesson. It outlives the page, which is made
// anew when the language changes, and belongs to the UI goroutine.
type Course struct {
	run  desk.Runner
	slot *desk.Slot // learning
	look *desk.Slot // the picture in focus
	// finding is where pictures of folders are looked for.
	finding *desk.Slot
	folder  string // of the user's data, for heads
	page    *Page

	Networks []string // that are taught, as specs; set before they are first

	open  func() ([]*network.Model, error)
	cache *teach.Cache // nil where there is no place for one
	sums  teach.Sums   // of the pictures' files

	lesson desk.Lesson // that taught is of, or will be
	taught *taught     // nil before two classes were learnt
	focus  string      // the path of the picture that is looked at; "" for none
	seen   *seen       // nil while there is none
	then   func()      // what waits until that is there; nil for nothing
	side   int         // of a map, in pixels

	sum   *desk.Slot // summing up where networks look
	looks *looks     // nil before somebody asked for them

	thumbs *pages.Thumbs

	kept    desk.Lesson // of the last time, that may go on; empty for none
	written desk.Lesson // that is kept for the next time
	writing bool
}

// taught is what networks learnt of a lesson. It does not change.
type taught struct {
	lesson  desk.Lesson
	sorted  *teach.Lesson // what of it can be learnt from
	classes []string
	models  []*network.Model // with their heads
	fitted  []*teach.Head
	all     *teach.Taught // of which the report is; nil before it is known how often they are right
	report  *teach.Report // likewise
}

// path is where a picture of the report lies.
func (t *taught) path(picture int) string { return t.sorted.Learn.Pictures[picture].Name }

// looks is where networks look for each class. It does not change.
type looks struct {
	of      *taught
	report  *teach.Report   // with the looks in it
	classes [][]*image.RGBA // average maps by class and network; nil where there is none
}

// seen is what the networks make of a picture. It does not change.
type seen struct {
	path  string
	shows string // its class; "" where it is in none
	of    *taught
	maps  []pages.Outlook // of each network
}

// pack is of the networks that are taught.
const pack = "imagenet"

// NewCourse learns in the background, in slots of the tasks, and keeps heads in a folder of the
// user's data, "" for none.
func NewCourse(tasks *desk.Tasks, folder string) *Course {
	c := &Course{run: tasks.Run, slot: tasks.Slot(), look: tasks.Aside(), sum: tasks.Slot(), finding: tasks.Slot(), folder: folder, Networks: models.Pack(pack), side: 200, thumbs: pages.NewThumbs(tasks.Run, thumbWidth, thumbHeight, desk.MostTaught)}
	c.open = sync.OnceValues(func() (all []*network.Model, err error) {
		for _, spec := range c.Networks {
			m, err := models.Open(spec, nil)
			if err != nil {
				return nil, err
			}
			all = append(all, m)
		}
		return all, nil
	})
	if cache, err := teach.UserCache(); err == nil && folder != "" {
		c.cache = cache
	}
	if folder != "" {
		c.recall()
	}
	return c
}

func (c *Course) changed() {
	if c.page != nil {
		c.page.show()
	}
}

func (c *Course) fail(err error) {
	if c.page != nil {
		c.page.host.Fail(err)
	}
}

// Set has the networks learn another lesson. What they learn of the one before is
// dropped.
func (c *Course) Set(l desk.Lesson) {
	c.lesson, c.kept = l, desk.Lesson{}
	c.remember()
	c.dropThumbs()
	if c.focus != "" && l.Of(c.focus) < 0 && (c.seen == nil || c.seen.shows != "") {
		c.focus = "" // it was taken away
	}
	if c.focus == "" {
		c.focus = first(l)
	}
	c.slot.Cancel()
	c.sum.Cancel()
	c.then = nil
	if len(l.Taught()) < 2 {
		c.taught, c.seen, c.looks = nil, nil, nil
		c.changed()
		return
	}
	t, before := c.slot.Begin(speak.Say("teach.learning")), c.taught
	c.changed()
	c.run.Go(func() {
		m, err := c.study(t.Ctx, l, before, func(done, total int) {
			c.slot.Report(t, speak.Say("teach.looking", done, total), done, total)
		})
		c.run.Do(func() {
			if !c.slot.Is(t) {
				return
			}
			if err != nil || m.quick == nil {
				c.slot.Finish(t, func() {
					if c.taught, c.seen = nil, nil; err != nil {
						c.fail(err)
					} else {
						c.tell(m.left)
					}
					c.changed()
				})
				return
			}
			c.then = func() { c.check(t, m) }
			c.tell(m.left)
			c.take(m.quick)
		})
	})
}

// check looks for the strength of the heads anew, by pictures left out, and has what it
// finds shown, once the maps of the heads before are.
func (c *Course) check(t *desk.Task, m *material) {
	c.run.Go(func() {
		got, err := m.check(t.Ctx, func(done, total int) {
			c.slot.Report(t, speak.Say("teach.checking"), done, total)
		})
		c.slot.Finish(t, func() {
			if err != nil {
				c.fail(err)
				return
			}
			c.take(got)
		})
	})
}

// take shows what was learnt.
func (c *Course) take(got *taught) {
	c.taught, c.looks = got, nil
	c.watch()
	c.changed()
}

// tell tells of pictures that are left out.
func (c *Course) tell(left []error) {
	if len(left) > 0 {
		c.fail(fault.Errorf("teach: pictures are left out (%d); the first one: %w", len(left), left[0]))
	}
}

// first is the lesson's first picture.
func first(l desk.Lesson) string {
	for _, class := range l.Taught() {
		return class.Pictures[0]
	}
	return ""
}

// material is what of a lesson can be learnt from.
type material struct {
	backbones []*network.Model
	lesson    desk.Lesson
	sorted    *teach.Lesson
	features  *teach.Features
	left      []error // why pictures are left out
	quick     *taught // by the strengths that were best before; nil where no two classes can be read
}

// study has the networks look at a lesson's pictures, and fits heads at the strengths
// that were best before. It may be called from anywhere.
func (c *Course) study(ctx context.Context, l desk.Lesson, before *taught, progress func(done, total int)) (*material, error) {
	backbones, err := c.open()
	if err != nil {
		return nil, err
	}
	all := &teach.Lesson{}
	for i, class := range l.Taught() {
		all.Classes = append(all.Classes, class.Name)
		for _, path := range class.Pictures {
			all.Learn.Add(teach.Picture{Name: path}, i)
		}
	}
	pass := teach.Pass{Models: backbones, Cache: c.cache, Sums: &c.sums, Report: func(p teach.Progress) { progress(p.Done, p.Total) }}
	found, err := pass.Run(ctx, all.Pictures())
	if err != nil {
		return nil, err
	}
	m := &material{backbones: backbones, lesson: l}
	m.sorted, m.features = all.Sort(found, func(warning error) { m.left = append(m.left, warning) })
	if m.sorted = m.sorted.Populated(); len(m.sorted.Classes) < 2 {
		return m, nil
	}
	strengths, temperatures := make([]float64, len(backbones)), make([]float64, len(backbones))
	for i := range backbones {
		if strengths[i] = 1; before != nil && len(before.fitted) > i {
			strengths[i], temperatures[i] = before.fitted[i].Strength, before.models[i].Temperature
		}
	}
	heads, err := teach.Fit(ctx, m.sorted, m.features, strengths)
	if err != nil {
		return nil, err
	}
	m.quick, err = m.taught(heads, temperatures)
	return m, err
}

// taught is what the networks are with heads.
func (m *material) taught(heads []*teach.Head, temperatures []float64) (*taught, error) {
	t := &taught{lesson: m.lesson, sorted: m.sorted, classes: m.sorted.Classes, fitted: heads}
	for i, backbone := range m.backbones {
		one, err := backbone.WithHead(heads[i].W, heads[i].B, t.classes)
		if err != nil {
			return nil, err
		}
		one.Temperature = temperatures[i]
		t.models = append(t.models, one)
	}
	return t, nil
}

// check is what is learnt at the strengths that answer best of pictures left out. It may
// be called from anywhere.
func (m *material) check(ctx context.Context, progress func(done, total int)) (*taught, error) {
	learnt, alike, folds, err := teach.Plan{}.Teach(ctx, m.sorted, m.features, m.backbones, progress)
	if err != nil {
		return nil, err
	}
	var heads []*teach.Head
	var temperatures []float64
	var names []string
	for _, l := range learnt {
		heads, temperatures, names = append(heads, l.Head), append(temperatures, l.Temperature), append(names, l.Model.Name)
	}
	t, err := m.taught(heads, temperatures)
	if err != nil {
		return nil, err
	}
	t.all = m.sorted.Taught("", learnt, names, alike, folds)
	t.report = teach.NewReport(t.all)
	return t, nil
}

// sumUp finds where the networks look for each class, where that is not known yet.
func (c *Course) sumUp() {
	of := c.taught
	if of == nil || of.report == nil || c.sum.Busy() || c.looks != nil && c.looks.of == of {
		return
	}
	t := c.sum.Begin(speak.Say("teach.summing"))
	c.run.Go(func() {
		got, err := of.sumUp(t.Ctx, func(done, total int) {
			c.sum.Report(t, speak.Say("teach.looking", done, total), done, total)
		})
		c.sum.Finish(t, func() {
			if c.looks = got; err != nil {
				c.fail(err)
			}
			c.changed()
		})
	})
}

// sumUp finds where the networks look. It may be called from anywhere.
func (t *taught) sumUp(ctx context.Context, progress func(done, total int)) (*looks, error) {
	found, err := teach.Looks(ctx, t.models, t.sorted.Learn.Pictures, t.sorted.Learn.Labels, progress)
	if err != nil {
		return nil, err
	}
	all := *t.all
	all.Networks = slices.Clone(all.Networks)
	for i := range all.Networks {
		all.Networks[i].Looks = found[i]
	}
	l := &looks{of: t, report: teach.NewReport(&all)}
	highest := figure.HighestLook(l.report)
	for class := range t.classes {
		var maps []*image.RGBA
		for _, n := range l.report.Networks {
			var img *image.RGBA
			if look := n.Looks[class]; len(look.Map) > 0 && highest > 0 {
				if img, err = figure.PaintLook(look.Map, highest, lookSide); err != nil {
					return nil, err
				}
			}
			maps = append(maps, img)
		}
		l.classes = append(l.classes, maps)
	}
	return l, nil
}

// Focus looks at a picture.
func (c *Course) Focus(path string) {
	c.focus = path
	c.watch()
	c.changed()
}

// watch has the networks look at the picture in focus.
func (c *Course) watch() {
	c.look.Cancel()
	if c.focus == "" || c.taught == nil {
		c.seen = nil
		c.seenIt()
		return
	}
	path, of, side, shows := c.focus, c.taught, c.side, ""
	if i := c.lesson.Of(path); i >= 0 {
		shows = c.lesson.Classes[i].Name
	}
	if !slices.Contains(of.classes, shows) {
		shows = ""
	}
	t := c.look.Begin("")
	c.run.Go(func() {
		maps, err := look(t.Ctx, of.models, path, shows, side)
		c.look.Finish(t, func() {
			if c.seen = nil; err == nil {
				c.seen = &seen{path, shows, of, maps}
			} else if c.lesson.Of(path) < 0 { // else it was told of as left out
				c.fail(err)
			}
			c.changed()
			c.seenIt()
		})
	})
}

// seenIt goes on with what waited until the picture in focus was looked at, so that both
// do not take the cores from each other.
func (c *Course) seenIt() {
	if then := c.then; then != nil {
		c.then = nil
		then()
	}
}

// look shows a picture to networks. It may be called from anywhere.
func look(ctx context.Context, models []*network.Model, path, shows string, side int) ([]pages.Outlook, error) {
	p, err := compare.OpenPicture(path)
	if err != nil {
		return nil, err
	}
	p.Shows = shows
	return pages.Look(ctx, models, p, p.Image, side)
}

// resized has maps drawn in another size.
func (c *Course) resized(side int) {
	if side > c.side || side < c.side/2 {
		c.side = side
		c.watch()
	}
}

// name is what a picture is called.
func name(path string) string { return filepath.Base(path) }

// gather puts pictures into a class, those of folders, too; where there is none yet,
// folders are classes.
func (c *Course) gather(paths []string, class int) {
	t := c.finding.Begin(speak.Say("teach.finding"))
	c.run.Go(func() {
		var pictures []string
		var folders []desk.LessonClass
		var err error
		for _, path := range paths {
			info, failed := os.Stat(path)
			if failed != nil || !info.IsDir() {
				pictures = append(pictures, path)
				continue
			}
			within, failed := compare.PictureFiles(path)
			err = errors.Join(err, failed)
			folders = append(folders, desk.LessonClass{Name: filepath.Base(path), Pictures: within})
		}
		c.finding.Finish(t, func() {
			if err != nil {
				c.fail(err)
			}
			c.page.gathered(pictures, folders, class)
		})
	})
}

// openFolder takes a folder's subfolders for classes, as scalecam teach does.
func (c *Course) openFolder(path string) {
	t := c.finding.Begin(speak.Say("teach.finding"))
	c.run.Go(func() {
		f, err := dataset.OpenAll(t.Ctx, path)
		var l desk.Lesson
		if err == nil {
			l, err = lessonOf(f)
		}
		c.finding.Finish(t, func() {
			c.page.set("class.open", name(path), l, err)
		})
	})
}

// lessonOf is what a folder of class folders teaches.
func lessonOf(f *dataset.Folder) (l desk.Lesson, err error) {
	of := make([][]string, len(f.Classes()))
	for i := range f.Len() {
		of[f.Class(i)] = append(of[f.Class(i)], f.Path(i))
	}
	for i, class := range f.Classes() {
		if l, err = l.With(class); err != nil {
			return l, err
		}
		if l, err = l.Put(len(l.Classes)-1, of[i]...); err != nil {
			return l, err
		}
	}
	return l, nil
}

// keep writes the heads into the user's data, and then has their networks opened.
func (c *Course) keep(open func(specs []string)) {
	t, folder := c.taught, c.folder
	c.run.Go(func() {
		var files []file.File
		err := os.MkdirAll(folder, 0o700)
		if err == nil {
			folder, err = os.MkdirTemp(folder, strings.Join(t.classes[:min(len(t.classes), 2)], "-")+"-")
		}
		if err == nil {
			files, err = t.heads(folder)
		}
		if err == nil {
			err = file.Write(files...)
		}
		var specs []string
		for _, f := range files {
			specs = append(specs, f.Path)
		}
		c.run.Do(func() {
			if err != nil {
				c.fail(fault.Errorf("teach: what was learnt cannot be kept: %w", err))
				return
			}
			open(specs)
		})
	})
}

// heads are the files of what was learnt, in a folder.
func (t *taught) heads(folder string) (files []file.File, err error) {
	for i, m := range t.models {
		path := filepath.Join(folder, m.Name+".safetensors")
		data, err := models.EncodeHead(m, &models.Head{Weight: t.fitted[i].W, Bias: t.fitted[i].B, Classes: t.classes, Temperature: m.Temperature}, path)
		if err != nil {
			return nil, err
		}
		files = append(files, file.File{Path: path, Data: data})
	}
	return files, nil
}

// mostCopied bounds copies of pictures, in bytes: they are in memory until all are
// written.
const mostCopied = 512 << 20

// files are heads and, if asked for, copies of the pictures in a folder for each class,
// which opens again.
func (t *taught) files(ctx context.Context, folder string, copies bool) ([]file.File, error) {
	files, err := t.heads(folder)
	if err != nil || !copies {
		return files, err
	}
	size := 0
	for _, class := range t.lesson.Taught() {
		to := filepath.Join(folder, class.Name)
		taken := map[string]bool{}
		for _, path := range class.Pictures {
			if filepath.Dir(path) == to { // it is there already
				taken[strings.ToLower(name(path))] = true
			}
		}
		for _, path := range class.Pictures {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if filepath.Dir(path) == to {
				continue
			}
			data, err := file.Read(path, picture.MaxBytes, "a picture")
			if err != nil {
				return nil, fault.Errorf("teach: %w", err)
			}
			if size += len(data); size > mostCopied {
				return nil, fault.Errorf("teach: the pictures have more than the %d MB that are copied at a time; save what was learnt alone, and copy the pictures as folders are copied", mostCopied>>20)
			}
			called := name(path)
			for n := 2; taken[strings.ToLower(called)]; n++ {
				ext := filepath.Ext(path)
				called = strings.TrimSuffix(name(path), ext) + "-" + strconv.Itoa(n) + ext
			}
			taken[strings.ToLower(called)] = true
			files = append(files, file.File{Path: filepath.Join(to, called), Data: data})
		}
	}
	return files, nil
}

// there are the files, and the folders of classes, that are in a folder already.
func (t *taught) there(folder string, copies bool) (names []string) {
	for _, m := range t.models {
		names = append(names, m.Name+".safetensors")
	}
	if copies {
		names = append(names, t.classes...)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		_, err := os.Lstat(filepath.Join(folder, name))
		return err != nil
	})
}

// folders makes a folder for each class.
func (t *taught) folders(folder string) error {
	for _, class := range t.lesson.Taught() {
		if err := os.Mkdir(filepath.Join(folder, class.Name), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fault.Errorf("teach: %w", err)
		}
	}
	return nil
}

// archive is all of files as one, a ZIP archive of a folder that opens as a lesson once
// it is unpacked. It says nothing of where the pictures come from.
func (t *taught) archive(ctx context.Context) ([]byte, error) {
	const folder = "lesson"
	files, err := t.files(ctx, folder, true)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: filepath.ToSlash(f.Path), Method: zip.Store}) // pictures are compressed already
		if err != nil {
			return nil, fault.Errorf("teach: %w", err)
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, fault.Errorf("teach: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fault.Errorf("teach: %w", err)
	}
	return out.Bytes(), nil
}

// makeThumbs makes the small pictures that are lacking, one after another.
func (c *Course) makeThumbs(wanted []string) {
	if len(wanted) == 0 {
		return
	}
	path := wanted[0]
	c.thumbs.Make(path, func() *image.RGBA { return c.thumbs.Open(path) }, func() {
		if c.page != nil {
			c.page.showThumbs()
		}
	})
}

// dropThumbs drops the small pictures of those that were taken away.
func (c *Course) dropThumbs() {
	paths := map[string]bool{}
	for _, class := range c.lesson.Classes {
		for _, path := range class.Pictures {
			paths[path] = true
		}
	}
	c.thumbs.Keep(paths)
}
