// Package heif reads HEIC and AVIF pictures, as telephones and the web keep them:
// the container (ISO/IEC 23008-12, HEIF) here, the coded pictures by libde265 and
// dav1d (package codec). Colours are converted as libheif and libavif do: chroma
// repeated in HEIC and interpolated in AVIF, without a look at colour profiles, as
// Pillow leaves them, too.
package heif

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
	"math"
	"slices"

	"scalecam/fault"
	"scalecam/parallel"
	"scalecam/picture/codec"
)

// A File is the primary picture of a file.
type File struct {
	// Bounds are the part that is shown of the coded picture.
	Bounds image.Rectangle
	// Orientation is how that is turned, as EXIF says it, 1 to 8.
	Orientation int

	r      io.ReaderAt
	length int64
	c      *container
	main   *item
}

// Open reads the headers of a file of so many bytes.
func Open(r io.ReaderAt, length int64) (*File, error) {
	b, err := meta(r, length)
	if err != nil {
		return nil, err
	}
	c, err := parse(b)
	if err != nil {
		return nil, err
	}
	f := &File{r: r, length: length, c: c, main: c.items[c.primary]}
	if f.main == nil {
		return nil, errors.New("it holds no primary picture")
	}
	w, h := f.main.size()
	f.Bounds, f.Orientation = image.Rect(0, 0, w, h), f.main.orientation()
	if clap := f.main.property("clap"); clap != nil {
		if f.Bounds, err = aperture(clap, w, h); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// most is what a side may be, so that no product of two overflows.
const most = 1 << 20

// size is the coded picture's; 0, 0 where it is not said.
func (i *item) size() (w, h int) {
	r := &bytesOf{b: i.property("ispe")}
	r.full()
	w, h = int(r.uint(4)), int(r.uint(4))
	if r.short || w > most || h > most {
		return 0, 0
	}
	return w, h
}

// orientation follows the turns and mirrors that an item has, in their order. It
// is what comes of transposing, then mirroring left and right, then top and
// bottom.
func (i *item) orientation() int {
	var transpose, leftRight, topBottom bool
	for _, p := range i.properties {
		switch {
		case p.kind == "irot" && len(p.body) > 0: // counter-clockwise, quarters
			for range p.body[0] & 3 {
				transpose, leftRight, topBottom = !transpose, topBottom, !leftRight
			}
		case p.kind == "imir" && len(p.body) > 0 && p.body[0]&1 == 1:
			leftRight = !leftRight
		case p.kind == "imir" && len(p.body) > 0:
			topBottom = !topBottom
		}
	}
	for o, t := range [][3]bool{{}, {false, true, false}, {false, true, true}, {false, false, true}, {true, false, false}, {true, true, false}, {true, true, true}} {
		if t == [3]bool{transpose, leftRight, topBottom} {
			return o + 1
		}
	}
	return 8
}

// aperture is the part of a picture of w × h that a clean aperture shows.
func aperture(clap []byte, w, h int) (image.Rectangle, error) {
	r := &bytesOf{b: clap}
	var v [4]float64 // width, height and how far the middle is off
	for i := range v {
		n, d := int32(r.uint(4)), int32(r.uint(4))
		v[i] = float64(n) / float64(d)
	}
	left := math.Floor(v[2] + float64(w-1)/2 - (v[0]-1)/2)
	top := math.Floor(v[3] + float64(h-1)/2 - (v[1]-1)/2)
	b := image.Rectangle{image.Pt(int(left), int(top)), image.Pt(int(left+math.Floor(v[0])), int(top+math.Floor(v[1])))} // not image.Rect, which would mend it
	if r.short || b.Empty() || !b.In(image.Rect(0, 0, w, h)) {
		return b, errors.New("the part that is to be shown is outside the picture")
	}
	return b, nil
}

// data are an item's bytes.
func (f *File) data(i *item) ([]byte, error) {
	var all []byte
	for _, e := range i.extents {
		switch n := uint64(len(f.c.inside)); {
		case i.method == 1 && e.at <= n && e.length <= n-e.at:
			all = append(all, f.c.inside[e.at:e.at+e.length]...)
		case i.method == 0 && e.at <= uint64(f.length) && e.length <= uint64(f.length)-e.at && uint64(len(all))+e.length <= uint64(f.length):
			if e.length == 0 { // to the end
				e.length = uint64(f.length) - e.at
			}
			b := make([]byte, e.length)
			if _, err := f.r.ReadAt(b, int64(e.at)); err != nil {
				return nil, err
			}
			all = append(all, b...)
		default:
			return nil, io.ErrUnexpectedEOF
		}
	}
	return all, nil
}

// Decode decodes the picture: f.Bounds of it, transparency laid on white.
func (f *File) Decode() (*image.RGBA, error) {
	p, err := f.planes(f.main)
	if err != nil {
		return nil, err
	}
	var alpha *planes
	for _, i := range f.c.items {
		if !slices.Contains(i.from["auxl"], f.c.primary) || !isAlpha(i.property("auxC")) {
			continue
		}
		if alpha, err = f.planes(i); err != nil {
			return nil, err
		}
		if alpha.w != p.w || alpha.h != p.h {
			return nil, errors.New("its transparency is of another size")
		}
		break
	}
	return p.show(f.Bounds, alpha, len(f.main.from["prem"]) > 0)
}

func isAlpha(aux []byte) bool {
	if len(aux) < 4 {
		return false
	}
	name := string(aux[4:])
	for _, known := range []string{"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\x00", "urn:mpeg:hevc:2015:auxid:1\x00", "urn:mpeg:avc:2015:auxid:1\x00"} {
		if len(name) >= len(known) && name[:len(known)] == known {
			return true
		}
	}
	return false
}

// planes decodes an item.
func (f *File) planes(i *item) (*planes, error) {
	w, h := i.size()
	// More than is shown may be coded, but not a lot more.
	const much, little = 4, 1 << 20
	if w < 1 || h < 1 || int64(w)*int64(h) > much*int64(f.Bounds.Dx())*int64(f.Bounds.Dy())+little {
		return nil, fault.Errorf("it shows %d × %d pixels and has %d × %d", f.Bounds.Dx(), f.Bounds.Dy(), w, h)
	}
	var p *planes
	var err error
	switch i.kind {
	case "grid":
		p, err = f.grid(i, w, h)
	case "hvc1", "av01":
		p, err = f.coded(i, w, h)
	default:
		return nil, fault.Errorf("it is of the kind %q", i.kind)
	}
	if err != nil {
		return nil, err
	}
	if p.w != w || p.h != h {
		return nil, fault.Errorf("it says that it is %d × %d, and is %d × %d", w, h, p.w, p.h)
	}
	// What the container says of colours is more than what the codec says.
	for _, c := range i.properties {
		if r := (&bytesOf{b: c.body}); c.kind == "colr" && string(r.take(4)) == "nclx" {
			r.uint(4) // primaries and transfer
			p.matrix, p.full = int(r.uint(2)), r.uint(1)>>7 == 1
		}
	}
	return p, nil
}

// grid decodes a picture of tiles.
func (f *File) grid(i *item, w, h int) (*planes, error) {
	data, err := f.data(i)
	if err != nil {
		return nil, err
	}
	r := &bytesOf{b: data}
	r.uint(1)
	side := wide(r.uint(1)&1 == 1)
	rows, columns := int(r.uint(1))+1, int(r.uint(1))+1
	if gw, gh := int(r.uint(side)), int(r.uint(side)); r.short || gw != w || gh != h {
		return nil, errors.New("its grid is of another size")
	}
	tiles := i.from["dimg"]
	if len(tiles) != rows*columns {
		return nil, fault.Errorf("its grid has %d tiles of %d", len(tiles), rows*columns)
	}
	first := f.c.item(tiles[0])
	tw, th := first.size()
	if tw < 1 || th < 1 || (columns-1)*tw >= w || columns*tw < w || (rows-1)*th >= h || rows*th < h {
		return nil, errors.New("its tiles do not cover it")
	}
	// The first says of what kind all are.
	decode := func(k int) (*planes, error) {
		t := f.c.item(tiles[k])
		if t.kind != first.kind || t.kind == "grid" {
			return nil, errors.New("its tiles are of different kinds")
		}
		return f.planes(t)
	}
	p, err := decode(0)
	if err != nil {
		return nil, err
	}
	whole := p.blank(w, h)
	errs := make([]error, len(tiles))
	parallel.Each(len(tiles), func(k int) {
		t := p
		if k > 0 {
			if t, errs[k] = decode(k); errs[k] != nil {
				return
			}
		}
		errs[k] = whole.put(t, k%columns*tw, k/columns*th)
	})
	return whole, errors.Join(errs...)
}

// coded decodes a picture that is coded in one piece.
func (f *File) coded(i *item, w, h int) (*planes, error) {
	data, err := f.data(i)
	if err != nil {
		return nil, err
	}
	m := codec.AV1
	if i.kind == "hvc1" {
		m = codec.HEVC
		if data, err = units(i.property("hvcC"), data); err != nil {
			return nil, err
		}
	}
	// Blocks are padded to 128 pixels; for each the decoders take up to 16 bytes,
	// in samples, and in what they remember of the blocks.
	const block, each, tables = 256, 16, 48 << 20
	pixels := int64(w+block) * int64(h+block)
	d, err := m.Start(int64(len(data)) + pixels*each + tables)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	at, err := d.Put(data)
	if err != nil {
		return nil, err
	}
	place, err := d.Call("decode", at, uint64(len(data)), uint64(pixels))
	if err != nil {
		return nil, err
	}
	if place == 0 {
		return nil, d.Failure()
	}
	p, err := read(d, place)
	if err != nil {
		return nil, err
	}
	p.repeated = i.kind == "hvc1"
	return p, nil
}

// units gives the units of an HEVC stream, each after its length in four bytes:
// those of the configuration, then those of data.
func units(configuration, data []byte) ([]byte, error) {
	r := &bytesOf{b: configuration}
	r.take(21)
	size := int(r.uint(1)&3) + 1
	var all []byte
	add := func(unit []byte) {
		all = binary.BigEndian.AppendUint32(all, uint32(len(unit)))
		all = append(all, unit...)
	}
	for n := r.uint(1); n > 0 && !r.short; n-- {
		r.uint(1) // their type
		for n := r.uint(2); n > 0 && !r.short; n-- {
			add(r.take(int(r.uint(2))))
		}
	}
	if r.short {
		return nil, errShort
	}
	for r.b = data; len(r.b) > 0 && !r.short; {
		add(r.take(int(r.uint(size))))
	}
	return all, r.err()
}
