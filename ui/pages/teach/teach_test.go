package teach

import (
	"archive/zip"
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/dataset/scenes"
	"scalecam/network/models"
	"scalecam/network/teach"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/pages/pagetest"
)

// host is the window of the page, which has a lesson.
type host struct {
	*pagetest.Host
	course   *Course
	lesson   desk.Lesson
	did      []string // kinds of actions
	choice   []string // that ChoosePictures chooses
	compared []string
	album    desk.Album
}

func (h *host) Lesson() desk.Lesson { return h.lesson }

func (h *host) SetLesson(kind, _ string, l desk.Lesson) {
	h.did, h.lesson = append(h.did, kind), l
	h.course.Set(l)
}

func (h *host) ChoosePictures(chosen func([]string)) { chosen(h.choice) }
func (h *host) Paste(taken func(string))             { taken(h.choice[0]) }
func (h *host) Compare(specs []string, a desk.Album) { h.compared, h.album = specs, a }

// teaching is the page of two small networks that know scenes, and pictures of two
// kinds of scenes.
func teaching(t testing.TB) (h *host, p *Page, pictures map[string][]string) {
	t.Helper()
	h = &host{Host: pagetest.New(t, pagetest.Inline)}
	h.course = NewCourse(h.Tasks, t.TempDir())
	h.course.Networks = []string{"scenes:baseline", "scenes:wider"}
	h.course.cache = &teach.Cache{Folder: t.TempDir()}
	p = New(h, h.course)
	h.Show(p)
	folder := t.TempDir()
	pictures = map[string][]string{}
	for _, class := range []string{"bird", "house"} {
		for i := range 4 {
			s := scenes.Draw(1, slices.Index(scenes.Classes(), class)+i*len(scenes.Classes()), 96)
			path := filepath.Join(folder, class, string(rune('a'+i))+".png")
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, s.Image); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			pictures[class] = append(pictures[class], path)
		}
	}
	return h, p, pictures
}

// TestTeach: two classes are named and given pictures; networks learn by themselves, and
// follow every change.
func TestTeach(t *testing.T) {
	h, p, pictures := teaching(t)
	if !p.empty.Visible() || p.course.taught != nil {
		t.Error("an empty lesson says nothing")
	}
	for i, class := range []string{"bird", "house"} {
		p.name.SetText(class)
		test.Tap(p.add)
		h.choice = pictures[class]
		p.put(i, h.choice)
	}
	if h.Message != "" {
		t.Fatal(h.Message)
	}
	c := p.course
	if c.taught == nil || c.taught.report == nil || len(c.taught.models) != 2 || c.seen == nil {
		t.Fatalf("nothing was learnt: %+v", c.taught)
	}
	if r := c.taught.report; r.LeftOut != 8 || r.Networks[0].Accuracy < 0.75 || !c.seen.maps[0].Right {
		t.Errorf("%v of %d are right; of one learnt from it answers %+v", r.Networks[0].Accuracy, r.LeftOut, c.seen.maps[0])
	}
	for i, m := range c.taught.models {
		if got := m.Classes; len(got) != 2 || got[0] != "bird" || got[1] != "house" {
			t.Errorf("network %d knows %v", i, got)
		}
	}
	if img, text := p.sheet.At(0, 1); img == nil || !strings.Contains(text, "%") {
		t.Errorf("no map is shown: %q", text)
	}
	if len(p.table.Rows) != 5 || p.table.Foot != 2 || !strings.Contains(p.worth.Text, "50%") {
		t.Errorf("%v, %q", p.table.Rows, p.worth.Text)
	}

	// A picture less, and one moved.
	p.remove(pictures["bird"][0])
	if got := c.taught.report.LeftOut; got != 7 {
		t.Errorf("%d pictures after one was taken away", got)
	}
	p.put(1, pictures["bird"][1:2])
	if of := h.lesson.Of(pictures["bird"][1]); of != 1 || c.taught.report.LeftOut != 7 {
		t.Errorf("the picture is in class %d", of)
	}
	if got := strings.Join(h.did, " "); got != "class.add class.put class.add class.put class.less class.put" {
		t.Errorf("actions: %s", got)
	}

	// Two names that are one, and one that is none.
	p.name.SetText("Bird")
	test.Tap(p.add)
	if !strings.Contains(h.Message, "already") || len(h.lesson.Classes) != 2 {
		t.Errorf("a name twice: %q", h.Message)
	}
	p.name.SetText("  ")
	test.Tap(p.add)
	if !strings.Contains(h.Message, "name") {
		t.Errorf("no name: %q", h.Message)
	}

	// The last class but one goes: nothing is learnt any more.
	h.SetLesson("class.remove", "bird", h.lesson.Without(0))
	if c.taught != nil || c.seen != nil {
		t.Error("one class is learnt")
	}
}

// TestOnePicture: two classes of a picture each are learnt, and it is said what that is
// worth.
func TestOnePicture(t *testing.T) {
	h, p, pictures := teaching(t)
	h.SetLesson("class.open", "", desk.Lesson{Classes: []desk.LessonClass{{Name: "a", Pictures: pictures["bird"][:1]}, {Name: "b", Pictures: pictures["house"][:1]}}})
	if c := p.course; c.taught == nil || c.taught.report.LeftOut != 0 {
		t.Fatalf("%+v", c.taught)
	}
	if !strings.Contains(p.worth.Text, "not known") {
		t.Errorf("it says %q", p.worth.Text)
	}
}

// TestBroken: a picture that cannot be read is named and left out.
func TestBroken(t *testing.T) {
	h, p, pictures := teaching(t)
	broken := filepath.Join(t.TempDir(), "broken.jpg")
	if err := os.WriteFile(broken, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.SetLesson("class.open", "", desk.Lesson{Classes: []desk.LessonClass{{Name: "a", Pictures: append(pictures["bird"][:2:2], broken)}, {Name: "b", Pictures: pictures["house"][:2]}}})
	h.SetLesson("class.put", "", desk.Lesson{Classes: []desk.LessonClass{{Name: "all broken", Pictures: []string{broken}}, {Name: "a", Pictures: pictures["bird"][:2]}, {Name: "b", Pictures: pictures["house"][:2]}}})
	if got := p.course.taught; got == nil || len(got.classes) != 2 || got.classes[1] != "b" || got.report.LeftOut != 4 {
		t.Errorf("beside a class of a broken picture %+v is learnt", got)
	}
	p.course.Focus(broken)
	if p.course.seen != nil {
		t.Errorf("maps of %s stand for those of a broken one", p.course.seen.path)
	}
	if !strings.Contains(h.Message, "broken.jpg") || p.course.taught == nil || p.course.taught.report.LeftOut != 4 {
		t.Errorf("%q", h.Message)
	}
}

// TestSaved: heads open as networks that know the classes; with copies of the pictures,
// the folder opens again as the same lesson.
func TestSaved(t *testing.T) {
	h, p, pictures := teaching(t)
	l := desk.Lesson{Classes: []desk.LessonClass{{Name: "bird", Pictures: pictures["bird"]}, {Name: "house", Pictures: append(pictures["house"][:2:2], pictures["house"][3])}}}
	h.SetLesson("class.open", "", l)
	folder := t.TempDir()
	h.Folder = folder
	p.saveFolder(p.course.taught, true)
	if h.Message != "" {
		t.Fatal(h.Message)
	}
	heads, err := filepath.Glob(filepath.Join(folder, "*.safetensors"))
	if err != nil || len(heads) != 2 {
		t.Fatalf("%v, %v", heads, err)
	}
	m, err := models.Open(heads[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Classes) != 2 || m.Classes[1] != "house" {
		t.Errorf("it knows %v", m.Classes)
	}
	test.Tap(p.folder)
	if got := h.lesson; len(got.Classes) != 2 || len(got.Classes[0].Pictures) != 4 || len(got.Classes[1].Pictures) != 3 {
		t.Errorf("it opens as %+v; %s", got, h.Message)
	}
	h.Dialog = nil
	p.saveFolder(p.course.taught, true)
	if h.Dialog == nil {
		t.Error("what is there is overwritten without a question")
	}
	archive, err := p.course.taught.archive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(z.File) != 2+7 {
		t.Fatalf("%d files in one, %v", len(z.File), err)
	}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "lesson/") || strings.Contains(f.Name, "..") {
			t.Errorf("it holds %s", f.Name)
		}
	}
	if bytes.Contains(archive, []byte(filepath.Dir(pictures["bird"][0]))) {
		t.Error("it says where the pictures come from")
	}
	test.Tap(p.compare)
	if len(h.compared) != 2 || len(h.album.Sources) != 7 || h.Message != "" {
		t.Errorf("compared: %v; %s", h.compared, h.Message)
	}
}

// TestMistakes: a picture in a class where it does not belong is among those that hurt,
// and behind a number of the confusion matrix; from both it can be looked at.
func TestMistakes(t *testing.T) {
	h, p, pictures := teaching(t)
	stray := pictures["house"][3]
	h.SetLesson("class.open", "", desk.Lesson{Classes: []desk.LessonClass{{Name: "bird", Pictures: append(pictures["bird"][:4:4], stray)}, {Name: "house", Pictures: pictures["house"][:3]}}})
	m, c := p.mistakes, p.course
	about, hurting := m.shots()
	i := slices.IndexFunc(hurting, func(s pages.Shot) bool { return s.Path == stray })
	if i < 0 || !strings.Contains(about, "hurt") {
		t.Fatalf("%s: %+v", about, hurting)
	}
	test.Tap(m.pictures.Box.Objects[i].(*fyne.Container).Objects[0].(*kit.Thumb))
	if c.focus != stray || c.seen.path != stray {
		t.Errorf("in focus is %s", c.focus)
	}
	for class, row := range m.matrix.Counts {
		for answer, n := range row {
			m.matrix.Tapped(&fyne.PointEvent{Position: m.matrix.Place(class, answer)})
			_, behind := m.shots()
			if n == 0 {
				continue
			}
			if m.chosen != [2]int{class, answer} || len(behind) != n || len(m.pictures.Box.Objects) != n {
				t.Errorf("%d of class %d answered as %d: %+v", n, class, answer, behind)
			}
			has := slices.ContainsFunc(behind, func(s pages.Shot) bool { return s.Path == stray })
			if want := class == 0 && answer == c.taught.report.Networks[0].Answers[4].Class; has != want {
				t.Errorf("behind %d, %d are %+v", class, answer, behind)
			}
		}
	}
	test.Tap(m.all)
	if m.chosen[0] >= 0 || len(m.pictures.Box.Objects) != len(hurting) {
		t.Errorf("%v", m.chosen)
	}
	m.network.SetSelectedIndex(1)
	if m.at != 1 || m.of != c.taught.report {
		t.Errorf("of network %d", m.at)
	}
	p.remove(stray)
	if _, all := m.shots(); m.of != c.taught.report || slices.ContainsFunc(all, func(s pages.Shot) bool { return s.Path == stray }) {
		t.Error("what was taken away is still there")
	}
	if rows := p.differ.pictures.Rows; len(c.taught.report.Differ) > 0 && len(rows) != 1+len(c.taught.report.Differ) || len(p.differ.pairs.Rows) != 2 {
		t.Errorf("%+v", rows)
	}
}

// TestLooks: where networks look is found out once somebody asks, and anew once something
// else is learnt.
func TestLooks(t *testing.T) {
	h, p, pictures := teaching(t)
	l := desk.Lesson{Classes: []desk.LessonClass{{Name: "bird", Pictures: pictures["bird"]}, {Name: "house", Pictures: pictures["house"]}}}
	h.SetLesson("class.open", "", l)
	c := p.course
	if c.looks != nil {
		t.Error("it was found out already")
	}
	p.tabs.SelectIndex(2)
	if c.looks == nil || len(p.looksAt.grid.Objects) != 3 || len(c.looks.classes) != 2 || c.looks.classes[1][1] == nil {
		t.Fatalf("%+v", c.looks)
	}
	before := c.looks
	p.remove(pictures["bird"][0])
	if c.looks == nil || c.looks == before || p.looksAt.of != c.looks {
		t.Error("it is of what was learnt before")
	}
}

// TestSame: a picture that lies in two classes is left out of both, and told of.
func TestSame(t *testing.T) {
	h, p, pictures := teaching(t)
	data, err := os.ReadFile(pictures["bird"][0])
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.png")
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h.SetLesson("class.open", "", desk.Lesson{Classes: []desk.LessonClass{{Name: "bird", Pictures: pictures["bird"]}, {Name: "house", Pictures: append(pictures["house"][:4:4], copied)}}})
	if !strings.Contains(h.Message, "copy.png") || p.course.taught.report.LeftOut != 7 {
		t.Errorf("%q, %d", h.Message, p.course.taught.report.LeftOut)
	}
}

// TestKept: the lesson is there the next time, for who wants to go on with it; a file of it
// that is none is told of.
func TestKept(t *testing.T) {
	h, p, pictures := teaching(t)
	l := desk.Lesson{Classes: []desk.LessonClass{{Name: "bird", Pictures: pictures["bird"]}, {Name: "none"}}}
	h.SetLesson("class.open", "", l)
	again := &host{Host: h.Host}
	again.course = NewCourse(h.Tasks, p.course.folder)
	p = New(again, again.course)
	if !p.offer.Visible() || !strings.Contains(p.offered.Text, "bird, none (4") {
		t.Fatalf("offered: %q", p.offered.Text)
	}
	p.set("class.resume", "", p.course.kept, nil)
	if !again.lesson.Equal(l) || p.offer.Visible() {
		t.Errorf("%+v", again.lesson)
	}
	if err := os.WriteFile(filepath.Join(p.course.folder, keptFile), []byte(`{"schema": 1, "classes": [{"name": "../x", "pictures": []}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readKept(p.course.folder); err == nil || !strings.Contains(err.Error(), keptFile) {
		t.Errorf("a class that is no folder's name: %v", err)
	}
}

// TestTake: what is dropped on a class goes there; folders beside each other are classes.
func TestTake(t *testing.T) {
	h, p, pictures := teaching(t)
	p.Take(nil, []string{filepath.Dir(pictures["bird"][0]), filepath.Dir(pictures["house"][0])})
	if l := h.lesson; len(l.Classes) != 2 || l.Classes[1].Name != "house" || len(l.Classes[1].Pictures) != 4 {
		t.Fatalf("%+v; %s", h.lesson, h.Message)
	}
	other := filepath.Join(t.TempDir(), "c.png")
	data, err := os.ReadFile(pictures["bird"][0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, data, 0o600); err != nil {
		t.Fatal(err)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.made[1].box).AddXY(5, 5)
	p.Take(&at, []string{other})
	if h.lesson.Of(other) != 1 {
		t.Errorf("it went to class %d", h.lesson.Of(other))
	}
}
