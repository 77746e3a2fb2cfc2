// Package batch makes maps of many pictures into a folder, which may be interrupted and
// gone on with, and divided over machines.
//
// What is in the folder is the same, byte by byte, however often the work was interrupted,
// on however many cores, and in however many shards it was done (on machines of one
// instruction set, see kernel).
package batch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/printable"
)

// Job is what is to be made of pictures.
type Job struct {
	Paths  []string
	Models []*network.Model
	Ask    compare.Ask
	View   compare.View // of overlays and figures
	Naming record.Naming
	Kinds  []Kind
	Shard  Shard
	Dir    string
	Report func(Progress) // nil for nobody
}

// Kind is a kind of files that are made of each picture, and the folder they are in.
type Kind string

// The kinds.
const (
	Maps     Kind = "maps"     // of each network, raw values: NPY
	Overlays Kind = "overlays" // of each network, over the picture: PNG
	Figures  Kind = "figures"  // all networks side by side: PNG
)

// Kinds are all of them.
var Kinds = []Kind{Maps, Overlays, Figures}

// Shard is a part of the pictures, Part of Of: of each Of pictures one. The zero Shard is
// all of them.
type Shard struct{ Part, Of int }

// ParseShard reads "3/8".
func ParseShard(text string) (Shard, error) {
	const most = 100_000
	var s Shard
	if n, err := fmt.Sscanf(text, "%d/%d", &s.Part, &s.Of); n != 2 || err != nil || s.Part < 1 || s.Of < s.Part || s.Of > most || text != s.String() {
		return Shard{}, fmt.Errorf("batch: %.40q is no shard; write one such as 3/8, from 1/8 to 8/8", text)
	}
	return s, nil
}

// String writes "3/8".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Part, s.Of) }

// whole tells that it is all pictures.
func (s Shard) whole() bool { return s.Of == 0 }

// len is how many of n pictures are the shard's, and at is which the i-th of them is.
func (s Shard) len(n int) int {
	if s.whole() {
		return n
	}
	return (n - s.Part + s.Of) / s.Of
}

func (s Shard) at(i int) int {
	if s.whole() {
		return i
	}
	return s.Part - 1 + i*s.Of
}

// Folder is where the shard keeps what it is and how far it is, in the batch's.
func (s Shard) Folder(dir string) string {
	if s.whole() {
		return dir
	}
	return filepath.Join(dir, shards, fmt.Sprintf("%d-of-%d", s.Part, s.Of))
}

// What is in a batch's folder, or a shard's.
const (
	Manifest     = "manifest.jsonl"
	settingsFile = "batch.json"
	journalFile  = "manifest.part.jsonl" // the manifest of what is done so far
	shards       = "shards"
)

// Settings are batch.json.
type Settings struct {
	record.Stamp
	Pictures int             `json:"pictures"` // so many
	List     string          `json:"list"`     // SHA-256 of their paths, each with a byte 0 behind it
	Kinds    []Kind          `json:"kinds"`
	Settings record.Settings `json:"settings"`
}

// Entry is a line of the manifest: a picture, in the order of the list.
type Entry struct {
	Index   int       `json:"index"` // from 0 on
	Picture file.Path `json:"picture"`
	// Error says why there is nothing of the picture.
	Error   string `json:"error,omitempty"`
	*Looked        // nil then
}

// Looked is what networks saw in a picture.
type Looked struct {
	SHA256    string  `json:"sha256"` // the picture's file's; "" where it needs none
	Size      [2]int  `json:"size"`   // height, width in pixels
	Class     string  `json:"class"`  // explained; "" where each network explains what it predicts
	Predicted bool    `json:"predicted"`
	Shown     bool    `json:"shown"`
	Beware    string  `json:"beware,omitempty"`
	Cells     []Cell  `json:"cells"`
	Figure    *Output `json:"figure,omitempty"`
}

// Cell is what one network saw: figures as in record.ReportCell.
type Cell struct {
	Network        string                    `json:"network"`
	Top            []record.ReportPrediction `json:"top"`
	Certainty      *record.Number            `json:"certainty"`
	Unsure         *bool                     `json:"unsure"`
	ClassIndex     *int                      `json:"class_index"`
	Logit          record.Number             `json:"logit"`
	Probability    record.Number             `json:"probability"`
	ProbabilityRaw record.Number             `json:"probability_raw"`
	Margin         *record.Number            `json:"margin,omitempty"`
	Minimum        record.Number             `json:"minimum"`
	Maximum        record.Number             `json:"maximum"`
	Mean           record.Number             `json:"mean"`
	Bias           record.Number             `json:"bias"`
	Agreement      *record.ReportAgreement   `json:"agreement,omitempty"` // with the mean of the others' maps
	Object         *record.ReportFound       `json:"object,omitempty"`
	Seen           [4]record.Number          `json:"seen"` // x0, y0, x1, y1 in the picture's pixels
	Map            *Output                   `json:"map,omitempty"`
	Overlay        *Output                   `json:"overlay,omitempty"`
}

// Output is a file that was made, by its path in the batch's folder, with / between.
type Output struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// outputs are the files that an entry names.
func (e *Entry) outputs() (all []*Output) {
	if e.Looked == nil {
		return nil
	}
	for _, c := range e.Cells {
		all = append(all, c.Map, c.Overlay)
	}
	return slices.DeleteFunc(append(all, e.Figure), func(o *Output) bool { return o == nil })
}

// there tells that an entry's files are in the folder, as they were made.
func (e *Entry) there(dir string) bool {
	return !slices.ContainsFunc(e.outputs(), func(o *Output) bool {
		_, err := o.read(dir)
		return err != nil
	})
}

// read gives the file, if it is as it was made.
func (o *Output) read(dir string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(o.File)) {
		return nil, fmt.Errorf("%.80q lies elsewhere", o.File)
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(o.File)))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != o.SHA256 {
		return nil, fmt.Errorf("%.80q is not as the manifest says", o.File)
	}
	return data, nil
}

// Progress is how far a job is.
type Progress struct {
	Done, Total, Broken int
	Rate                float64       // pictures a second, of this run; 0 where it is not known yet
	Left                time.Duration // likewise
}

// Summary is what became of a job.
type Summary struct {
	Pictures, Broken int
	Before           int // that were done before this run
}

// settings are the job's.
func (j *Job) settings() Settings {
	list := sha256.New()
	for _, path := range j.Paths {
		list.Write([]byte(path))
		list.Write([]byte{0})
	}
	return Settings{
		Pictures: len(j.Paths), List: hex.EncodeToString(list.Sum(nil)), Kinds: j.Kinds,
		Settings: record.SettingsOfMany(j.Models, j.Ask, j.View, j.Naming),
	}
}

// Run makes what the job says, of the pictures that were not done before. A picture of
// which nothing can be made is recorded, and the others are made. What is interrupted, in
// whatever way, goes on where it was when it is run again; the manifest is there when all
// is done.
func (j *Job) Run(ctx context.Context) (sum Summary, err error) {
	if err := j.check(); err != nil {
		return sum, err
	}
	own := j.Shard.Folder(j.Dir)
	if err := j.fresh(); err != nil {
		return sum, err
	}
	if err := makeFolder(own); err != nil {
		return sum, err
	}
	release, err := file.Lock(own)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return sum, err
	}
	if err == nil {
		defer release()
	}
	if err := j.same(own); err != nil {
		return sum, err
	}
	sum.Pictures = j.Shard.len(len(j.Paths))
	if _, err := os.Stat(filepath.Join(own, Manifest)); err == nil {
		sum.Before = sum.Pictures
		sum.Broken, err = countBroken(filepath.Join(own, Manifest))
		return sum, err
	}
	journal, err := openJournal(filepath.Join(own, journalFile), func(e *Entry) bool { return e.there(j.Dir) })
	if err != nil {
		return sum, err
	}
	defer journal.close()
	sum.Before, sum.Broken = journal.lines, journal.broken
	if err := j.look(ctx, journal, &sum); err != nil {
		return sum, err
	}
	if j.Shard.whole() { // what runs left that were killed; of shards, Merge does it
		file.SweepOwn(j.Dir)
	}
	return sum, journal.finish(filepath.Join(own, Manifest))
}

// fresh refuses a folder with anything in it that no batch of the kind made.
func (j *Job) fresh() error {
	entries, err := os.ReadDir(j.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("batch: the folder %s cannot be read: %w; name another", j.Dir, errors.Unwrap(err))
	}
	strange := ""
	for _, e := range entries {
		switch name := e.Name(); {
		case name == shards && j.Shard.whole():
			return fmt.Errorf("batch: the folder %s holds shards; merge them, or name another folder", j.Dir)
		case name == settingsFile && !j.Shard.whole():
			return fmt.Errorf("batch: the folder %s holds a batch that is not in shards; name another folder", j.Dir)
		case name == settingsFile || name == shards:
			return nil
		case !strings.HasPrefix(name, "."):
			strange = name
		}
	}
	if strange != "" {
		return fmt.Errorf("batch: the folder %s holds %.80q, which no batch made; name a new folder, or an empty one", j.Dir, strange)
	}
	return nil
}

// same writes the settings where there are none yet, and refuses a batch of others.
func (j *Job) same(own string) error {
	settings := j.settings()
	want, err := record.Encode(settings)
	if err != nil {
		return err
	}
	path := filepath.Join(own, settingsFile)
	is, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return file.Write(file.File{Path: path, Data: want})
	case err != nil:
		return fmt.Errorf("batch: %s cannot be read: %w; name another folder", path, errors.Unwrap(err))
	case bytes.Equal(asNow(is), want):
		return nil
	}
	var other Settings
	if err := json.Unmarshal(is, &other); err != nil {
		return fmt.Errorf("batch: %s is damaged (%w); name another folder", path, err)
	}
	by := other.Program.String()
	if other.List != settings.List {
		return fmt.Errorf("batch: the folder %s holds a batch of other pictures (%d, and these are %d, or in another order); name another folder", j.Dir, other.Pictures, settings.Pictures)
	}
	other.Program = settings.Program
	if now, err := record.Encode(other); err == nil && bytes.Equal(now, want) {
		return fmt.Errorf("batch: the folder %s holds a batch that %.80q began, and this is %s, which may not make the same; go on with that one, or name another folder", j.Dir, by, settings.Program)
	}
	return fmt.Errorf("batch: the folder %s holds a batch with other settings (see %s); give the same, or name another folder", j.Dir, path)
}

// asNow are a batch's settings as they are written now: those from before 0.1.0 do not say
// what program wrote them. What cannot be read stays as it is.
func asNow(data []byte) []byte {
	var s Settings
	if json.Unmarshal(data, &s) != nil {
		return data
	}
	now, err := record.Encode(s)
	if err != nil {
		return data
	}
	return now
}

// notWritten is an error that ends a batch: what is made cannot be written.
type notWritten struct{ error }

func (n notWritten) Unwrap() error { return n.error }

// look shows the networks the pictures that are left.
func (j *Job) look(ctx context.Context, journal *journal, sum *Summary) error {
	start, before := time.Now(), sum.Before
	report := func(done int) {
		if j.Report == nil {
			return
		}
		p := Progress{Done: done, Total: sum.Pictures, Broken: sum.Broken}
		if spent := time.Since(start).Seconds(); done > before && spent > 0 {
			p.Rate = float64(done-before) / spent
			p.Left = time.Duration(float64(p.Total-done) / p.Rate * float64(time.Second))
		}
		j.Report(p)
	}
	report(before)
	var left []string
	for i := before; i < sum.Pictures; i++ {
		left = append(left, j.Paths[j.Shard.at(i)])
	}
	if len(left) == 0 {
		return nil
	}
	return compare.Each(ctx, j.stream(left), func(i int, asked []*compare.Comparison) (*Looked, error) {
		return j.make(ctx, j.Shard.at(before+i), asked[0])
	}, func(i int, made *Looked, err error) error {
		if cannot := (notWritten{}); errors.As(err, &cannot) {
			return cannot.error
		}
		index := j.Shard.at(before + i)
		e := Entry{Index: index, Picture: file.Path(j.Paths[index]), Looked: made}
		if err != nil {
			e.Looked, e.Error = nil, printable.Line(err.Error())
			sum.Broken++
		}
		if err := journal.add(e); err != nil {
			return err
		}
		report(before + i + 1)
		return nil
	})
}

// make makes the files of a picture, and what the manifest says of it.
func (j *Job) make(ctx context.Context, index int, c *compare.Comparison) (*Looked, error) {
	made, p := &Looked{}, c.Rows[0].Picture
	size := p.Image.Rect.Size()
	made.SHA256, made.Size = p.SHA256, [2]int{size.Y, size.X}
	measured := j.View
	measured.Consensus, measured.Object = len(c.Models) > 1, true
	row := record.ReportOf(c, measured, j.Naming).Rows[0]
	made.Class, made.Predicted, made.Shown, made.Beware = row.Class, row.Predicted, row.Shown, row.Beware
	var files []file.File
	add := func(kind Kind, ending string, data []byte) *Output {
		name := place(kind, index, p.Path) + ending
		files = append(files, file.File{Path: filepath.Join(j.Dir, filepath.FromSlash(name)), Data: data})
		sum := sha256.Sum256(data)
		return &Output{name, hex.EncodeToString(sum[:])}
	}
	settings := record.SettingsOf(c, j.View, j.Naming)
	for k, r := range row.Cells {
		cell := Cell{
			Network: r.Network, Top: r.Top, Certainty: r.Certainty, Unsure: r.Unsure, ClassIndex: r.ClassIndex, Logit: r.Logit, Probability: r.Probability, ProbabilityRaw: r.ProbabilityRaw,
			Margin: r.Margin, Minimum: r.Minimum, Maximum: r.Maximum, Mean: r.Mean, Bias: r.Bias, Agreement: r.Agreement, Object: r.Object, Seen: r.Seen,
		}
		ending := fmt.Sprintf("-%d-%s", k+1, stem(r.Network))
		if c.Rows[0].Cells[k].Map != nil && j.makes(Maps) {
			data, err := record.NPY(c, 0, k)
			if err != nil {
				return nil, err
			}
			cell.Map = add(Maps, ending+".npy", data)
		}
		if c.Rows[0].Cells[k].Map != nil && j.makes(Overlays) {
			img, err := figure.OverlayPicture(ctx, c, 0, k, j.View)
			if err != nil {
				return nil, err
			}
			data, err := record.EncodePNG(ctx, img, settings)
			if err != nil {
				return nil, err
			}
			cell.Overlay = add(Overlays, ending+".png", data)
		}
		made.Cells = append(made.Cells, cell)
	}
	if j.makes(Figures) {
		img, err := figure.Draw(ctx, c, j.View)
		if err != nil {
			return nil, err
		}
		data, err := record.EncodePNG(ctx, img, settings)
		if err != nil {
			return nil, err
		}
		made.Figure = add(Figures, ".png", data)
	}
	for _, f := range files {
		if err := makeFolder(filepath.Dir(f.Path)); err != nil {
			return nil, notWritten{err}
		}
	}
	if err := file.WriteSoon(files...); err != nil {
		return nil, notWritten{err}
	}
	return made, nil
}

func (j *Job) makes(kind Kind) bool { return slices.Contains(j.Kinds, kind) }

// together is how many pictures' files are in one folder.
const together = 100

// place is where files of a picture are, without what tells them apart.
func place(kind Kind, index int, path string) string {
	base := filepath.Base(path)
	return fmt.Sprintf("%s/%05d/%07d-%s", kind, index/together, index, stem(strings.TrimSuffix(base, filepath.Ext(base))))
}

// stem is a name as a part of files' names on any system: letters, digits, - and _ .
func stem(name string) string {
	const most = 40
	var all []rune
	for _, r := range strings.ToValidUTF8(name, "_") {
		if len(all) == most {
			break
		}
		if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = '_'
		}
		all = append(all, r)
	}
	return string(all)
}

// makeFolder makes a folder where it is not there.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("batch: the folder %s cannot be made: %w; name another", dir, errors.Unwrap(err))
	}
	return nil
}

// check refuses what no batch can be made of.
func (j *Job) check() error {
	if len(j.Paths) == 0 {
		return fmt.Errorf("batch: there are no pictures; name files or folders that hold some")
	}
	if j.makes(Figures) {
		if err := figure.Check(1, len(j.Models), j.View); err != nil {
			return err
		}
	}
	s := j.stream(j.Paths)
	return s.Check()
}

// stream is what networks are shown of the pictures.
func (j *Job) stream(paths []string) compare.Stream {
	return compare.Stream{Paths: paths, Open: compare.OpenPicture, Models: j.Models, Asks: []compare.Ask{j.Ask}}
}
