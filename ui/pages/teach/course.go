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

	lesson desk.Lesson // that taught is of, or will be
	taught *taught     // nil before two classes were learnt
	focus  string      // the path of the picture that is looked at; "" for none
	seen   *seen       // nil while there is none
	side   int         // of a map, in pixels

	thumbs map[string]*image.RGBA // by path; nil of one that cannot be read
	making bool

	kept    desk.Lesson // of the last time, that may go on; empty for none
	written desk.Lesson // that is kept for the next time
	writing bool
}

// taught is what networks learnt of a lesson. It does not change.
type taught struct {
	lesson  desk.Lesson
	classes []string
	models  []*network.Model
	learnt  []learnt // of each model
	checked bool     // and so it is known how often they are right
	wrong   []wrong  // pictures, those of most networks first
	broken  []error  // pictures that cannot be read
}

// wrong is a picture that networks take for another class where it is left out.
type wrong struct {
	path     string
	networks int
	class    string // that most of them answer
}

// learnt is what a network learnt, and how often it is right of pictures that were left
// out while it learnt.
type learnt struct {
	head         *teach.Head
	temperature  float64
	right, asked int
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
	c := &Course{run: tasks.Run, slot: tasks.Slot(), look: tasks.Aside(), finding: tasks.Slot(), folder: folder, Networks: models.Pack(pack), side: 200, thumbs: map[string]*image.RGBA{}}
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
	if c.focus != "" && l.Of(c.focus) < 0 && (c.seen == nil || c.seen.shows != "") {
		c.focus = "" // it was taken away
	}
	if c.focus == "" {
		c.focus = first(l)
	}
	c.slot.Cancel()
	if len(l.Taught()) < 2 {
		c.taught, c.seen = nil, nil
		c.changed()
		return
	}
	t, before := c.slot.Begin(speak.Say("teach.learning")), c.taught
	c.changed()
	c.run.Go(func() {
		err := c.learn(t.Ctx, l, before, func(done, total int) {
			c.slot.Report(t, speak.Say("teach.looking", done, total), done, total)
		}, func(got *taught) {
			c.run.Do(func() {
				if c.slot.Is(t) {
					c.take(got)
				}
			})
		})
		c.slot.Finish(t, func() {
			if err != nil {
				c.fail(err)
			}
			c.changed()
		})
	})
}

// take shows what was learnt.
func (c *Course) take(got *taught) {
	c.taught = got
	if len(got.models) == 0 { // no two classes that can be read
		c.taught, c.seen = nil, nil
	}
	if n := len(got.broken); n > 0 {
		c.fail(fault.Errorf("teach: pictures that cannot be read are left out (%d); the first one: %w", n, got.broken[0]))
	}
	c.watch()
	c.changed()
}

// first is the lesson's first picture.
func first(l desk.Lesson) string {
	for _, class := range l.Taught() {
		return class.Pictures[0]
	}
	return ""
}

// learn teaches the networks, and gives what they learnt twice: as soon as there are
// heads, at the strength that was best before, and once that was looked for anew and it
// is known how often they are right. It may be called from anywhere.
func (c *Course) learn(ctx context.Context, l desk.Lesson, before *taught, progress func(done, total int), give func(*taught)) error {
	backbones, err := c.open()
	if err != nil {
		return err
	}
	var pictures []teach.Picture
	for _, class := range l.Taught() {
		for _, path := range class.Pictures {
			pictures = append(pictures, teach.Picture{Name: path})
		}
	}
	pass := teach.Pass{Models: backbones, Cache: c.cache, Report: func(p teach.Progress) { progress(p.Done, p.Total) }}
	found, err := pass.Run(ctx, pictures)
	if err != nil {
		return err
	}
	m := readable(l, found)
	if m.classes = len(m.t.classes); m.classes < 2 {
		give(m.t)
		return nil
	}
	quick := *m.t
	for i, backbone := range backbones {
		strength, temperature := 1.0, 0.0
		if before != nil && len(before.learnt) > i {
			strength, temperature = before.learnt[i].head.Strength, before.learnt[i].temperature
		}
		head, err := m.problem(found, i).Fit(ctx, strength, nil)
		if err != nil {
			return err
		}
		one, err := headed(backbone, head, temperature, quick.classes)
		if err != nil {
			return err
		}
		quick.models, quick.learnt = append(quick.models, one), append(quick.learnt, learnt{head: head, temperature: temperature})
	}
	give(&quick)
	for i, backbone := range backbones {
		p := m.problem(found, i)
		alike, err := teach.FindAlike(ctx, p.Features, p.Labels)
		if err != nil {
			return err
		}
		folds := teach.Divide(p.Labels, p.Classes, alike.Group)
		choice, err := p.Choose(ctx, folds, nil)
		if err != nil {
			return err
		}
		one, err := headed(backbone, choice.Head, choice.Temperature, m.t.classes)
		if err != nil {
			return err
		}
		m.t.models = append(m.t.models, one)
		m.t.learnt = append(m.t.learnt, m.answers(p, folds, choice))
	}
	m.t.wrong = m.wrong()
	m.t.checked = true
	give(m.t)
	return nil
}

// material is a lesson's pictures that could be read.
type material struct {
	t       *taught
	rows    []int // of the pass's pictures
	paths   []string
	labels  []int
	classes int
	missed  []map[int]int // of each picture, by how many networks it is taken for a wrong class
}

// readable leaves out the pictures that cannot be read, and the classes that have no other.
func readable(l desk.Lesson, found *teach.Features) *material {
	m := &material{t: &taught{lesson: l}}
	row := 0
	for _, class := range l.Taught() {
		here := len(m.rows)
		for _, path := range class.Pictures {
			if err := found.Broken[row]; err != nil {
				m.t.broken = append(m.t.broken, err)
			} else {
				m.rows, m.labels = append(m.rows, row), append(m.labels, len(m.t.classes))
				m.paths, m.missed = append(m.paths, path), append(m.missed, map[int]int{})
			}
			row++
		}
		if len(m.rows) > here {
			m.t.classes = append(m.t.classes, class.Name)
		}
	}
	return m
}

// problem is what a network's head is fitted to.
func (m *material) problem(found *teach.Features, i int) teach.Problem {
	k := found.K[i]
	x := make([]float32, 0, len(m.rows)*k)
	for _, row := range m.rows {
		x = append(x, found.Of[i][row*k:][:k]...)
	}
	return teach.Problem{Features: x, Labels: m.labels, Classes: m.classes}
}

// headed is a backbone with a head.
func headed(backbone *network.Model, h *teach.Head, temperature float64, classes []string) (*network.Model, error) {
	m, err := backbone.WithHead(h.W, h.B, classes)
	if err != nil {
		return nil, err
	}
	m.Temperature = temperature
	return m, nil
}

// answers counts the right answers of pictures that were left out, and keeps the wrong ones.
func (m *material) answers(p teach.Problem, folds *teach.Folds, c *teach.Choice) learnt {
	l := learnt{head: c.Head, temperature: c.Temperature}
	for i, label := range p.Labels {
		if folds.Of[i] < 0 {
			continue
		}
		l.asked++
		odds := c.Logits[i*p.Classes:][:p.Classes]
		if top := slices.Index(odds, slices.Max(odds)); top == label {
			l.right++
		} else {
			m.missed[i][top]++
		}
	}
	return l
}

// wrong lists the pictures that networks missed.
func (m *material) wrong() (all []wrong) {
	for i, by := range m.missed {
		w := wrong{path: m.paths[i]}
		most := 0
		for class, name := range m.t.classes {
			w.networks += by[class]
			if by[class] > most {
				most, w.class = by[class], name
			}
		}
		if w.networks > 0 {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b wrong) int { return b.networks - a.networks })
	return all
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
			if err != nil {
				c.fail(err)
				return
			}
			c.seen = &seen{path, shows, of, maps}
			c.changed()
		})
	})
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
	for i, l := range t.learnt {
		m := t.models[i]
		path := filepath.Join(folder, m.Name+".safetensors")
		data, err := models.EncodeHead(m, &models.Head{Weight: l.head.W, Bias: l.head.B, Classes: t.classes, Temperature: l.temperature}, path)
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
	if c.making || len(wanted) == 0 {
		return
	}
	path := wanted[0]
	c.making = true
	c.run.Work(func() func() {
		var small *image.RGBA
		if p, err := compare.OpenPicture(path); err == nil {
			small = pages.Small(p.Image, thumbWidth, thumbHeight)
		}
		return func() {
			c.making = false
			c.thumbs[path] = small
			if c.page != nil {
				c.page.showThumbs()
			}
		}
	})
}
