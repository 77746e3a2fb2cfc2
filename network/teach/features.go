package teach

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/parallel"
	"scalecam/picture"
)

// Picture is one to learn from.
type Picture struct {
	Name string // of its file, or what it is called
	Data []byte // of a picture that has no file, as a file would have it; else nil
}

// read gives the picture's file.
func (p *Picture) read() ([]byte, error) {
	if p.Data != nil {
		return p.Data, nil
	}
	data, err := file.Read(p.Name, picture.MaxBytes, "a picture")
	if err != nil {
		return nil, fault.Errorf("picture: %w", err)
	}
	return data, nil
}

// Features are what networks' classifiers read of pictures.
type Features struct {
	// SHA256 is of each picture's file, hexadecimal; "" of one that cannot be read.
	SHA256 []string
	// Broken is of each picture why it cannot be read; nil where it can.
	Broken []error
	// Of has of each network the features of all pictures, [pictures, K], picture by
	// picture; those of a broken one are zeros. Networks that have the same share them.
	Of [][]float32
	// K is of each network how many a picture has.
	K []int
	// Made is of how many pictures a network was run; the cache had the others.
	Made int
}

// Progress is how far a pass is.
type Progress struct {
	Done, Total int           // pictures; those that the cache has are done at once
	Rate        float64       // pictures a second; 0 where that is not known yet
	Left        time.Duration // 0 where that is not known yet
}

// Pass shows pictures to networks, each once. Pictures that the cache has are not
// decoded; a picture is decoded once for all networks, and prepared once for all of a
// size and preprocessing; networks of the same weights, size and preprocessing run once.
type Pass struct {
	Models []*network.Model
	Cache  *Cache              // nil to keep nothing
	Sums   *Sums               // of files that earlier passes read; nil to read all
	Report func(p Progress)    // nil for nobody; one call at a time
	Tell   func(warning error) // what goes wrong with the cache, once; nil for nobody
}

// Sums are the SHA-256 of files that passes of one process have read, so that a file that
// is as it was is not read again.
type Sums struct{ of sync.Map } // stamp by path

// stamp is a file as it was when it was read.
type stamp struct {
	info fs.FileInfo
	sum  sum
}

// settled is how old a file must be for its time to tell its contents: some file systems
// count in steps of two seconds.
const settled = 3 * time.Second

// find is the sum of a file that is as it was.
func (s *Sums) find(path string) (sum, bool) {
	was, ok := s.of.Load(path)
	if !ok {
		return sum{}, false
	}
	then := was.(stamp)
	now, err := os.Stat(path)
	same := err == nil && os.SameFile(now, then.info) && now.Size() == then.info.Size() && now.ModTime().Equal(then.info.ModTime())
	return then.sum, same
}

// keep keeps the sum of a file, by what was known of it before it was read.
func (s *Sums) keep(path string, before fs.FileInfo, is sum) {
	if before != nil && time.Since(before.ModTime()) >= settled {
		s.of.Store(path, stamp{before, is})
	}
}

// saving is how often what was found is kept: so much is lost where the process ends.
const saving = 10 * time.Second

// Run gives the features of the pictures: the same ones, to the bit, whatever the
// number of cores and whatever the cache has. It returns ctx's error when ctx ends, by
// which time what was found is in the cache, if there is one. A broken picture is no
// error; a network that cannot be run is.
func (p *Pass) Run(ctx context.Context, pictures []Picture) (*Features, error) {
	r := &run{Pass: p, pictures: pictures, saved: time.Now()}
	if err := r.columns(); err != nil {
		return nil, err
	}
	f := &Features{SHA256: make([]string, len(pictures)), Broken: make([]error, len(pictures))}
	r.found = f
	if err := r.hash(ctx); err != nil {
		return nil, err
	}
	r.recall()
	err := r.see(ctx)
	r.save(true)
	if err != nil {
		return nil, err
	}
	for i := range p.Models {
		c := r.of[i]
		f.Of, f.K = append(f.Of, c.values), append(f.K, c.k)
	}
	return f, nil
}

// run is one of a Pass.
type run struct {
	*Pass
	pictures []Picture
	sums     []sum
	all      []*seen // each once
	of       []*seen // of each model
	found    *Features

	mu        sync.Mutex // guards what follows, and calls of Report
	saved     time.Time
	unsavable bool // it was said
}

// seen is what is found of one network.
type seen struct {
	model   *network.Model
	kept    *column // nil where nothing is kept
	k       int
	values  []float32 // [pictures, K]
	has     []bool    // of each picture
	pending []byte    // records to be written
}

// columns makes room for what is to be found. Networks that find the same share it.
func (r *run) columns() error {
	by := map[string]*seen{}
	bytes := int64(0)
	for _, m := range r.Models {
		key := columnKey(m)
		s := by[key]
		if s == nil {
			s = &seen{model: m, k: m.Network.Head()}
			bytes += 4 * int64(s.k) * int64(len(r.pictures))
			if r.Cache != nil {
				s.kept = r.Cache.column(key, s.k)
			}
			by[key], r.all = s, append(r.all, s)
		}
		r.of = append(r.of, s)
	}
	if most := network.MachineMemory() / 2; bytes > most {
		return fault.Errorf("teach: the features of %d pictures take %d MB, more than half of this machine's memory; name fewer networks or pictures", len(r.pictures), bytes/1e6)
	}
	for _, s := range r.all {
		s.values, s.has = make([]float32, s.k*len(r.pictures)), make([]bool, len(r.pictures))
	}
	return nil
}

// hash reads all pictures' files once, to know them by.
func (r *run) hash(ctx context.Context) error {
	r.sums = make([]sum, len(r.pictures))
	parallel.Each(len(r.pictures), func(i int) {
		if ctx.Err() != nil {
			return
		}
		if err := r.weigh(i); err != nil {
			r.found.Broken[i] = err
			return
		}
		r.found.SHA256[i] = hex.EncodeToString(r.sums[i][:])
	})
	return ctx.Err()
}

// weigh finds a picture's sum.
func (r *run) weigh(i int) error {
	p, sums := &r.pictures[i], r.Sums
	if sums == nil || p.Data != nil {
		sums = new(Sums)
	}
	known, ok := sums.find(p.Name)
	if !ok {
		before, _ := os.Stat(p.Name) // where it fails, reading does
		data, err := p.read()
		if err != nil {
			return err
		}
		known = sha256.Sum256(data)
		sums.keep(p.Name, before, known)
	}
	r.sums[i] = known
	return nil
}

// recall takes what the cache has.
func (r *run) recall() {
	if r.Cache == nil {
		return
	}
	at := map[sum][]int{}
	for i, s := range r.sums {
		if r.found.Broken[i] == nil {
			at[s] = append(at[s], i)
		}
	}
	parallel.Each(len(r.all), func(i int) {
		s := r.all[i]
		s.kept.join()
		s.kept.read(func(of sum, values []float32) {
			for _, i := range at[of] {
				copy(s.row(i), values)
				s.has[i] = true
			}
		})
	})
}

func (s *seen) row(i int) []float32 { return s.values[i*s.k:][:s.k] }

// see runs the networks on the pictures that they have not seen.
func (r *run) see(ctx context.Context) error {
	var missing []int
	same := map[sum]int{} // the first of those that are alike
	var copies [][2]int
	for i := range r.pictures {
		if r.found.Broken[i] != nil || !slices.ContainsFunc(r.all, func(s *seen) bool { return !s.has[i] }) {
			continue
		}
		if first, ok := same[r.sums[i]]; ok {
			copies = append(copies, [2]int{first, i})
			continue
		}
		same[r.sums[i]] = i
		missing = append(missing, i)
	}
	before, start := len(r.pictures)-len(missing), time.Now()
	report := func(done int) {
		if r.Report == nil {
			return
		}
		p := Progress{Done: before + done, Total: len(r.pictures)}
		if spent := time.Since(start).Seconds(); done > 0 && spent > 0 {
			p.Rate = float64(done) / spent
			p.Left = time.Duration(float64(len(missing)-done) / p.Rate * float64(time.Second))
		}
		r.Report(p)
	}
	report(0)
	models := make([]*network.Model, len(r.all))
	for j, s := range r.all {
		models[j] = s.model
	}
	type nothing struct{}
	err := network.Each(ctx, models, len(missing), func(mine []*network.Model, at int) (nothing, error) {
		return nothing{}, r.look(ctx, mine, missing[at])
	}, func(at int, _ nothing, err error) error {
		if err == nil {
			report(at + 1)
			r.save(false)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, i := range missing {
		if r.found.Broken[i] == nil {
			r.found.Made++
		}
	}
	for _, c := range copies {
		if r.found.Broken[c[0]] != nil { // the error names the file
			_, r.found.Broken[c[1]] = r.decode(c[1])
			continue
		}
		for _, s := range r.all {
			copy(s.row(c[1]), s.row(c[0]))
		}
	}
	return nil
}

// look shows a picture to the networks that have not seen it.
func (r *run) look(ctx context.Context, mine []*network.Model, i int) error {
	p := &r.pictures[i]
	img, err := r.decode(i)
	if err != nil {
		r.found.Broken[i] = err
		return nil
	}
	inputs := network.NewInputs(img.Image)
	for j, s := range r.all {
		if s.has[i] {
			continue
		}
		values, err := mine[j].Pooled(ctx, inputs.For(mine[j]))
		if errors.Is(err, network.ErrNotFinite) {
			return fault.Errorf("teach: %s: %w", p.Name, err)
		}
		if err != nil {
			return err
		}
		copy(s.row(i), values)
		s.has[i] = true
		if s.kept != nil {
			r.mu.Lock()
			s.pending = s.kept.record(s.pending, r.sums[i], values)
			r.mu.Unlock()
		}
	}
	return nil
}

// decode opens a picture that is what its sum says.
func (r *run) decode(i int) (*picture.Picture, error) {
	p := &r.pictures[i]
	data, err := p.read()
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != r.sums[i] {
		return nil, fault.Errorf("teach: %s: it changes while it is read; start again when it is at rest", p.Name)
	}
	return picture.Decode(p.Name, data)
}

// save keeps what was found, at the end or where it is time.
func (r *run) save(end bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Cache == nil || !end && time.Since(r.saved) < saving {
		return
	}
	errs := make([]error, len(r.all))
	parallel.Each(len(r.all), func(i int) { // each waits for the disk
		if s := r.all[i]; len(s.pending) > 0 {
			errs[i] = s.kept.write(s.pending)
			s.pending = s.pending[:0]
		}
	})
	if err := cmp.Or(errs...); err != nil && !r.unsavable {
		r.unsavable = true
		if r.Tell != nil {
			r.Tell(fault.Errorf("teach: what the networks see of the pictures cannot be kept for the next time: %w", err))
		}
	}
	r.saved = time.Now()
}
