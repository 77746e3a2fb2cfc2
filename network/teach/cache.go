package teach

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
)

// Cache keeps features of pictures in a folder, so that none is made twice. Of each
// network at a size, under a preprocessing and an instruction set, it is a folder of
// files, each written whole: several programs may use it at once. What is cut short or
// changed in it is not believed, and made anew.
type Cache struct {
	Folder string
}

// cacheVersion counts what changes the bytes of features, be it the reading of
// pictures, the kernels or the files' form: features of another version are not found.
// TestVersion holds it to what the program computes.
const cacheVersion = 1

// UserCache is the cache of all runs, in the user's cache folder.
func UserCache() (*Cache, error) {
	folder, err := os.UserCacheDir()
	if err != nil {
		return nil, fault.Errorf("teach: there is no folder for what is kept of pictures (%w); set it, or name one", err)
	}
	return &Cache{filepath.Join(folder, "scalecam", "features")}, nil
}

// Clear removes what the cache keeps.
func (c *Cache) Clear() error {
	if err := os.RemoveAll(c.Folder); err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fault.Errorf("teach: %s cannot be removed: %w", c.Folder, err)
	}
	return nil
}

// mostKept bounds what the cache keeps, in bytes: the features of half a million
// pictures by one network of 1,280. What was used longest ago goes first.
const mostKept = 4 << 30

// Trim removes what was used longest ago, where the cache keeps more than its bound.
func (c *Cache) Trim() { c.trim(mostKept) }

func (c *Cache) trim(most int64) {
	type folder struct {
		path string
		size int64
		used time.Time
	}
	var all []folder
	total := int64(0)
	entries, _ := os.ReadDir(c.Folder) // where there is none, there is nothing to remove
	for _, e := range entries {
		f := folder{path: filepath.Join(c.Folder, e.Name())}
		if info, err := e.Info(); err == nil {
			f.used = info.ModTime() // of the folder: the last file written to it, or touched by column
		}
		files, _ := os.ReadDir(f.path)
		for _, s := range files {
			if info, err := s.Info(); err == nil {
				f.size += info.Size()
			}
		}
		total += f.size
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b folder) int { return a.used.Compare(b.used) })
	for _, f := range all {
		if total <= most {
			return
		}
		if os.RemoveAll(f.path) == nil {
			total -= f.size
		}
	}
}

// columnKey tells networks apart by what features of a picture depend on: weights,
// how they are laid out, size, preprocessing and instruction set. A head taught on a
// network reads the features of that.
func columnKey(m *network.Model) string {
	n := m.Network
	backbone := models.BackboneOf(m)
	weights := cmp.Or(backbone.SHA256, backbone.Spec)
	return fmt.Sprintf("%d %s %s%v d=%v w=%v %v %v eps=%v %+v %s", cacheVersion, weights, n.Architecture.Name, n.Architecture.Unskipped,
		n.Scaling.Depth, n.Scaling.Width, n.Scaling.Resolution, n.Padding, m.Eps, m.Preprocessing, kernel.CurrentInstructionSet())
}

// column is what the cache keeps of one network.
type column struct {
	folder string
	key    [sha256.Size]byte
	k      int // features of a picture
}

// column is that of a key, and of so many features.
func (c *Cache) column(key string, k int) *column {
	sum := sha256.Sum256([]byte(key))
	return &column{filepath.Join(c.Folder, hex.EncodeToString(sum[:16])), sum, k}
}

// A segment is a file of a column:
//
//	magic, 16 bytes; the column's key, 32; K, 4; then records to its end:
//	the picture's SHA-256, 32 bytes; K values, 4 each; the CRC-32C of both, 4
//
// all numbers little-endian.
const (
	magic         = "scalecam feats\n\x01"
	headBytes     = len(magic) + sha256.Size + 4
	segmentEnding = ".features"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (c *column) recordBytes() int { return sha256.Size + 4*c.k + 4 }

// sum is a picture's SHA-256.
type sum [sha256.Size]byte

// segments are the paths of the column's files, in order.
func (c *column) segments() []string {
	entries, _ := os.ReadDir(c.folder) // where there is none, nothing is kept
	var paths []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == segmentEnding && !strings.HasPrefix(e.Name(), ".") {
			paths = append(paths, filepath.Join(c.folder, e.Name()))
		}
	}
	return paths
}

// read gives each whole record of the column to take. What lies in values stands until
// the next.
func (c *column) read(take func(of sum, values []float32)) {
	paths := c.segments()
	if len(paths) > 0 {
		now := time.Now()
		_ = os.Chtimes(c.folder, now, now) // for Trim; where it is denied, it goes the sooner
	}
	missed := false
	for _, path := range paths {
		missed = !c.readSegment(path, take) || missed
	}
	if missed { // another program has joined them: its file has all that was in them
		for _, path := range c.segments() {
			if !slices.Contains(paths, path) {
				c.readSegment(path, take)
			}
		}
	}
}

// readSegment reads a file up to where it is no more as it was written. It is false
// where the file is not there.
func (c *column) readSegment(path string, take func(of sum, values []float32)) (there bool) {
	f, _, err := file.Open(path, "a file of features")
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close() // opened for reading only, nothing to lose
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.Equal(head, c.head()) {
		return true
	}
	const many = 64 // records at a time
	room := make([]byte, many*c.recordBytes())
	values := make([]float32, c.k)
	for {
		n, err := io.ReadFull(f, room)
		for at := 0; at+c.recordBytes() <= n; at += c.recordBytes() {
			record := room[at:][:c.recordBytes()]
			body := record[:len(record)-4]
			if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(record[len(body):]) {
				continue
			}
			for i := range values {
				values[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[sha256.Size+4*i:]))
			}
			take(sum(body[:sha256.Size]), values)
		}
		if err != nil {
			return true
		}
	}
}

func (c *column) head() []byte {
	return binary.LittleEndian.AppendUint32(append([]byte(magic), c.key[:]...), uint32(c.k))
}

// record adds a record to those to be written.
func (c *column) record(to []byte, of sum, values []float32) []byte {
	at := len(to)
	to = append(to, of[:]...)
	for _, v := range values {
		to = binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
	}
	return binary.LittleEndian.AppendUint32(to, crc32.Checksum(to[at:], castagnoli))
}

// write writes records as a file of the column's.
func (c *column) write(records []byte) error {
	if err := os.MkdirAll(c.folder, 0o700); err != nil { // what somebody's pictures show is nobody else's
		return fault.Errorf("teach: %s cannot be made: %w", c.folder, errors.Unwrap(err))
	}
	name := fmt.Sprintf("%016x%s", rand.Uint64(), segmentEnding)
	return file.Write(file.File{Path: filepath.Join(c.folder, name), Data: append(c.head(), records...)})
}

// join makes one file of many small ones: opening each takes longer than reading it.
func (c *column) join() {
	const (
		many  = 8
		small = 32 << 20
	)
	var paths []string
	for _, path := range c.segments() {
		if info, err := os.Stat(path); err == nil && info.Size() < small {
			paths = append(paths, path)
		}
	}
	if len(paths) < many {
		return
	}
	seen := map[sum]bool{}
	var records []byte
	for _, path := range paths {
		c.readSegment(path, func(of sum, values []float32) {
			if !seen[of] {
				seen[of] = true
				records = c.record(records, of, values)
			}
		})
	}
	if c.write(records) == nil {
		for _, path := range paths {
			_ = os.Remove(path) // what stays is there twice, which does no harm
		}
	}
}
