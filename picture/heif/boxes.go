package heif

import (
	"encoding/binary"
	"errors"
	"io"

	"scalecam/fault"
)

var errShort = errors.New("a box is cut short")

// bytesOf reads numbers from a box, most significant byte first. Past its end it
// gives zeros and remembers that.
type bytesOf struct {
	b     []byte
	short bool
}

func (r *bytesOf) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, min(max(n, 0), 8))
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// uint reads a number of n bytes, 0 to 8.
func (r *bytesOf) uint(n int) (v uint64) {
	for _, b := range r.take(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

// full reads what begins most boxes: a version, and flags.
func (r *bytesOf) full() (version byte, flags uint32) {
	v := uint32(r.uint(4))
	return byte(v >> 24), v & 0xffffff
}

func (r *bytesOf) err() error {
	if r.short {
		return errShort
	}
	return nil
}

// boxes calls visit for each box in b.
func boxes(b []byte, visit func(kind string, body []byte) error) error {
	for len(b) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch {
		case size == 0: // to the end
			size = uint64(len(b))
		case size == 1 && len(b) >= 16:
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		}
		if size < head || size > uint64(len(b)) {
			return errShort
		}
		if err := visit(string(b[4:8]), b[head:size]); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}

// meta finds the box of metadata in a file and reads it.
func meta(r io.ReaderAt, length int64) ([]byte, error) {
	// Before it are a few boxes, and it is of kilobytes: a megabyte for tiles by
	// the ten thousand.
	const mostBoxes, mostBytes = 1000, 16 << 20
	var head [16]byte
	for at, n := int64(0), 0; at < length && n < mostBoxes; n++ {
		if k, err := r.ReadAt(head[:], at); k < 8 {
			return nil, err
		}
		size, begin := int64(binary.BigEndian.Uint32(head[:])), int64(8)
		switch size {
		case 0:
			size = length - at
		case 1:
			size, begin = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		if size < begin || size > length-at {
			return nil, io.ErrUnexpectedEOF
		}
		if string(head[4:8]) == "meta" {
			if size > mostBytes {
				return nil, fault.Errorf("its metadata are %d bytes", size)
			}
			b := make([]byte, size-begin)
			if _, err := r.ReadAt(b, at+begin); err != nil {
				return nil, err
			}
			return b, nil
		}
		at += size
	}
	return nil, errors.New("it holds a film, and no still picture")
}

// An item is what a file holds under a number: a coded picture, one that is put
// together of others, or metadata.
type item struct {
	kind       string
	method     uint64 // 0: its bytes are in the file, 1: in the box of metadata
	extents    []extent
	properties []property
	from       map[string][]uint64 // the items that it refers to, by kind
}

type extent struct{ at, length uint64 }

type property struct {
	kind string
	body []byte
}

// property gives the first property of a kind, nil where there is none.
func (i *item) property(kind string) []byte {
	for _, p := range i.properties {
		if p.kind == kind {
			return p.body
		}
	}
	return nil
}

// A container is what the box of metadata says.
type container struct {
	primary uint64
	items   map[uint64]*item
	inside  []byte // item data that are in the box itself
}

// item gives the item of a number, new where there is none.
func (c *container) item(id uint64) *item {
	if c.items[id] == nil {
		c.items[id] = &item{from: map[string][]uint64{}}
	}
	return c.items[id]
}

// parse reads a box of metadata: ISO/IEC 14496-12, section 8.11, and 23008-12.
func parse(b []byte) (*container, error) {
	c := &container{items: map[uint64]*item{}}
	var properties []property
	r := &bytesOf{b: b}
	r.full()
	err := boxes(r.b, func(kind string, body []byte) error {
		r := &bytesOf{b: body}
		switch kind {
		case "pitm":
			version, _ := r.full()
			c.primary = r.uint(wide(version > 0))
			return r.err()
		case "iinf":
			version, _ := r.full()
			r.uint(wide(version > 0))
			return boxes(r.b, c.info)
		case "iloc":
			return c.locations(r)
		case "iref":
			version, _ := r.full()
			return boxes(r.b, func(kind string, body []byte) error {
				r := &bytesOf{b: body}
				id := wide(version > 0)
				from := c.item(r.uint(id))
				for n := r.uint(2); n > 0 && !r.short; n-- {
					from.from[kind] = append(from.from[kind], r.uint(id))
				}
				return r.err()
			})
		case "idat":
			c.inside = body
		case "iprp":
			return boxes(body, func(kind string, body []byte) error {
				switch kind {
				case "ipco":
					return boxes(body, func(kind string, body []byte) error {
						properties = append(properties, property{kind, body})
						return nil
					})
				case "ipma":
					return c.associate(&bytesOf{b: body}, properties)
				}
				return nil
			})
		}
		return nil
	})
	return c, err
}

// wide is the length of an item's number.
func wide(yes bool) int {
	if yes {
		return 4
	}
	return 2
}

// info reads what an item is.
func (c *container) info(kind string, body []byte) error {
	r := &bytesOf{b: body}
	if version, _ := r.full(); kind == "infe" && version >= 2 {
		id := r.uint(wide(version > 2))
		r.uint(2) // whether it is encrypted
		c.item(id).kind = string(r.take(4))
	}
	return r.err()
}

// locations reads where items' bytes are.
func (c *container) locations(r *bytesOf) error {
	version, _ := r.full()
	sizes := r.uint(2)
	offset, length, base, index := int(sizes>>12&15), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if max(offset, length, base, index) > 8 {
		return errors.New("numbers of more than 8 bytes")
	}
	for n := r.uint(wide(version > 1)); n > 0 && !r.short; n-- {
		i := c.item(r.uint(wide(version > 1)))
		if version > 0 {
			i.method = r.uint(2) & 15
		} else {
			index = 0
		}
		r.uint(2) // in this file
		from := r.uint(base)
		for n := r.uint(2); n > 0 && !r.short; n-- {
			r.uint(index)
			i.extents = append(i.extents, extent{from + r.uint(offset), r.uint(length)})
		}
	}
	return r.err()
}

// associate gives items their properties.
func (c *container) associate(r *bytesOf, properties []property) error {
	version, flags := r.full()
	for n := r.uint(4); n > 0 && !r.short; n-- {
		i := c.item(r.uint(wide(version > 0)))
		for n := r.uint(1); n > 0 && !r.short; n-- {
			at := r.uint(1) & 0x7f
			if flags&1 != 0 {
				at = at<<8 | r.uint(1)
			}
			if at > 0 && at <= uint64(len(properties)) {
				i.properties = append(i.properties, properties[at-1])
			}
		}
	}
	return r.err()
}
