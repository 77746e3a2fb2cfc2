package teach

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"scalecam/network/models"
	"scalecam/network/teach"
	"scalecam/ui/desk"
	"scalecam/ui/pages/pagetest"
)

// BenchmarkMore is how long the maps of a picture take that is added to hundreds, by the
// networks that the window teaches, in the background as there.
func BenchmarkMore(b *testing.B) {
	const of = "../../../../shared/caltech101/train"
	if _, err := os.Stat(of); err != nil {
		b.Skip("needs photographs that are not part of this repository: ", err)
	}
	var l desk.Lesson
	for _, class := range []string{"airplanes", "Leopards", "watch"} {
		pictures, err := filepath.Glob(filepath.Join(of, class, "*"))
		if err != nil || len(pictures) < 120 {
			b.Fatal(len(pictures), err)
		}
		l.Classes = append(l.Classes, desk.LessonClass{Name: class, Pictures: pictures[:120]})
	}
	ui := make(chan func(), 1000) // what is done on the UI goroutine, which is this one
	until := func(done func() bool) time.Duration {
		start := time.Now()
		for !done() {
			(<-ui)()
		}
		return time.Since(start)
	}
	h := &host{Host: pagetest.New(b, desk.Runner{Go: func(f func()) { go f() }, Do: func(f func()) { ui <- f }})}
	h.course = NewCourse(h.Tasks, b.TempDir())
	h.course.Networks, h.course.cache = models.Pack("imagenet"), &teach.Cache{Folder: b.TempDir()}
	p := New(h, h.course)
	h.Show(p)
	c := p.course
	h.SetLesson("class.open", "", l)
	checked := func() bool { return c.taught != nil && c.taught.report != nil }
	b.Logf("%d pictures are learnt after %v", l.Count(), until(checked))
	more, err := filepath.Glob(filepath.Join(of, "airplanes", "*"))
	if err != nil {
		b.Fatal(err)
	}
	more = more[120:]
	var maps, all time.Duration
	for n := range b.N {
		b.StopTimer()
		picture := more[n%len(more)]
		if h.lesson.Of(picture) >= 0 {
			b.Fatal("there are no more pictures")
		}
		b.StartTimer()
		p.put(0, []string{picture})
		maps += until(func() bool { return c.seen != nil && c.seen.path == picture && c.seen.of.lesson.Of(picture) == 0 })
		all += until(checked)
	}
	b.ReportMetric(float64(maps.Milliseconds())/float64(b.N), "ms/maps")
	b.ReportMetric(float64((maps+all).Milliseconds())/float64(b.N), "ms/checked")
}
