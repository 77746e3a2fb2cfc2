package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"io"
	"regexp"
	"strings"
)

// mostParts is how many parts of a picture's file are gone through to find what
// it says of itself: a file may be made of nothing but small ones. The pixels of
// the largest PNG take a hundred thousand.
const mostParts = 1 << 20

// mostMetadata is how long a part of metadata may be that is looked at.
const mostMetadata = 4 << 20

// orientation returns the EXIF orientation of the picture in so many bytes of r,
// 1 to 8; 1 (upright) where there is none or where its block is broken: metadata
// never fails a picture. As Pillow does, it takes EXIF's word first, then XMP's.
func orientation(f format, r io.ReaderAt, length int64) int {
	if f.orientation == nil {
		return 1
	}
	return max(f.orientation(r, length), 1)
}

// Tags of a TIFF directory.
const (
	tagWidth       = 256
	tagHeight      = 257
	tagPhotometric = 262
	tagOrientation = 274
	tagXMP         = 700
)

// A field is one of a TIFF directory: its first value, and how many bytes of
// values there are, and where.
type field struct {
	value  uint64
	at     int64
	length int64
}

var errDirectory = errors.New("no directory")

// directory reads the first directory of a TIFF file in so many bytes of r, as a
// block of EXIF is one, too, or of a BigTIFF: its fields of the tags above.
func directory(r io.ReaderAt, length int64) (map[uint16]field, error) {
	var head [16]byte
	if _, err := r.ReadAt(head[:8], 0); err != nil {
		return nil, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(head[:2]) {
	case "II":
	case "MM":
		order = binary.BigEndian
	default:
		return nil, errDirectory
	}
	// Where a directory's count and its entries end, and where in an entry its
	// number of values and the values are.
	at, counted, entry, number, inline := int64(order.Uint32(head[4:])), int64(2), int64(12), 4, int64(8)
	word := func(b []byte) uint64 { return uint64(order.Uint32(b)) }
	if order.Uint16(head[2:]) == 43 {
		if _, err := r.ReadAt(head[:], 0); err != nil {
			return nil, err
		}
		word = order.Uint64
		at, counted, entry, number, inline = int64(word(head[8:])), 8, 20, 4, 12
	}
	if at < 0 || at+counted > length {
		return nil, errDirectory
	}
	if _, err := r.ReadAt(head[:counted], at); err != nil {
		return nil, err
	}
	n := int64(order.Uint16(head[:]))
	if counted == 8 {
		n = int64(min(word(head[:]), 1<<16))
	}
	fields := map[uint16]field{}
	var e [20]byte
	for i := range n {
		place := at + counted + i*entry
		if _, err := r.ReadAt(e[:entry], place); err != nil {
			break // what was read so far may be all that is needed
		}
		tag, kind := order.Uint16(e[:]), order.Uint16(e[2:])
		if tag != tagWidth && tag != tagHeight && tag != tagPhotometric && tag != tagOrientation && tag != tagXMP {
			continue
		}
		size := map[uint16]int64{1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8, 18: 8}[kind]
		count := word(e[number:])
		if size == 0 || count == 0 || count > uint64(length) {
			continue
		}
		f := field{at: place + inline, length: size * int64(count)}
		if f.length > entry-inline {
			f.at = int64(word(e[inline:]))
		}
		var b [8]byte
		if f.at < 0 || f.at+size > length {
			continue
		}
		if _, err := r.ReadAt(b[:size], f.at); err != nil {
			continue
		}
		switch size {
		case 1:
			f.value = uint64(b[0])
		case 2:
			f.value = uint64(order.Uint16(b[:]))
		case 4:
			f.value = uint64(order.Uint32(b[:]))
		case 8:
			f.value = order.Uint64(b[:])
		}
		if _, ok := fields[tag]; !ok {
			fields[tag] = f
		}
	}
	return fields, nil
}

// turned is an orientation of 1 to 8, else 0.
func turned(o uint64) int {
	if o > 8 {
		return 0
	}
	return int(o)
}

// orientationEXIF is what a block of EXIF says. Programs begin it with a name, as
// a JPEG's begins.
func orientationEXIF(block []byte) int {
	block = bytes.TrimPrefix(block, []byte(exifName))
	fields, err := directory(bytes.NewReader(block), int64(len(block)))
	if err != nil {
		return 0
	}
	return turned(fields[tagOrientation].value)
}

const (
	exifName = "Exif\x00\x00"
	xmpName  = "http://ns.adobe.com/xap/1.0/\x00"
)

var xmpOrientation = regexp.MustCompile(`tiff:Orientation\s*(?:=\s*["']|>)\s*([1-8])`)

// orientationXMP is what a packet of XMP says.
func orientationXMP(packet []byte) int {
	if m := xmpOrientation.FindSubmatch(packet); m != nil {
		return int(m[1][0] - '0')
	}
	return 0
}

// part reads n bytes of r from at on, none where they are too many.
func part(r io.ReaderAt, at, n int64) []byte {
	if n <= 0 || n > mostMetadata {
		return nil
	}
	b := make([]byte, n)
	k, _ := r.ReadAt(b, at)
	return b[:k]
}

// orientationTIFF looks in the first directory.
func orientationTIFF(r io.ReaderAt, length int64) int {
	fields, err := directory(r, length)
	if err != nil {
		return 0
	}
	if o := turned(fields[tagOrientation].value); o > 0 {
		return o
	}
	x := fields[tagXMP]
	return orientationXMP(part(r, x.at, x.length))
}

// orientationJPEG looks in the segments before the pixels.
func orientationJPEG(r io.ReaderAt, length int64) int {
	xmp := 0
	var head [4]byte
	at := int64(2)
	for range mostParts {
		if n, _ := r.ReadAt(head[:], at); n < len(head) || at > length {
			break
		}
		marker := head[1]
		if head[0] != 0xff {
			break
		}
		if marker == 0xff { // filled up
			at++
			continue
		}
		if marker == markerSOS || marker == markerEOI {
			break
		}
		n := int64(binary.BigEndian.Uint16(head[2:]))
		if marker == markerAPP1 {
			block := part(r, at+4, n-2)
			if bytes.HasPrefix(block, []byte(exifName)) {
				if o := orientationEXIF(block); o > 0 {
					return o
				}
			} else if bytes.HasPrefix(block, []byte(xmpName)) && xmp == 0 {
				xmp = orientationXMP(block)
			}
		}
		at += 2 + n
	}
	return xmp
}

// orientationWebP looks in the chunks of metadata, which follow the pixels.
func orientationWebP(r io.ReaderAt, length int64) int {
	xmp := 0
	var head [8]byte
	if n, _ := r.ReadAt(head[:], 0); n == len(head) {
		length = min(length, 8+int64(binary.LittleEndian.Uint32(head[4:])))
	}
	at := int64(len("RIFF????WEBP"))
	for range mostParts {
		if n, _ := r.ReadAt(head[:], at); n < len(head) || at > length {
			break
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "EXIF":
			if o := orientationEXIF(part(r, at+8, n)); o > 0 {
				return o
			}
		case "XMP ":
			xmp = orientationXMP(part(r, at+8, n))
		}
		at += 8 + n + n&1
	}
	return xmp
}

// orientationPNG looks in the chunks of EXIF and of texts: as which XMP is kept,
// and EXIF was before it had a chunk of its own, in hexadecimal.
func orientationPNG(r io.ReaderAt, length int64) int {
	xmp := 0
	const around = 12 // a chunk's length and type before its data, its checksum after
	var head [8]byte
	at := int64(len(head))
	for range mostParts {
		if n, _ := r.ReadAt(head[:], at); n < len(head) || at > length {
			break
		}
		n := int64(binary.BigEndian.Uint32(head[:]))
		switch string(head[4:]) {
		case "IEND":
			return xmp
		case "eXIf":
			if o := orientationEXIF(part(r, at+8, n)); o > 0 {
				return o
			}
		case "tEXt", "zTXt", "iTXt":
			name, text := pngText(string(head[4:]), part(r, at+8, n))
			switch name {
			case "Raw profile type exif", "Raw profile type APP1":
				if o := orientationEXIF(rawProfile(text)); o > 0 {
					return o
				}
			case "XML:com.adobe.xmp":
				xmp = orientationXMP(text)
			case "Raw profile type xmp":
				xmp = orientationXMP(rawProfile(text))
			}
		}
		at += around + n
	}
	return xmp
}

// pngText gives the name of a PNG's text chunk, and the text where it may say
// which way up the picture is.
func pngText(kind string, chunk []byte) (name string, text []byte) {
	before, text, _ := bytes.Cut(chunk, []byte{0})
	name = string(before)
	if !strings.HasPrefix(name, "Raw profile") && name != "XML:com.adobe.xmp" {
		return "", nil
	}
	compressed := kind == "zTXt"
	switch {
	case kind == "iTXt" && len(text) > 2:
		compressed = text[0] == 1
		text = text[2:]
		for range 2 { // a language, and the name in that
			_, text, _ = bytes.Cut(text, []byte{0})
		}
	case kind == "zTXt" && len(text) > 0:
		text = text[1:] // the method of compression
	}
	if compressed {
		z, err := zlib.NewReader(bytes.NewReader(text))
		if err != nil {
			return "", nil
		}
		text, _ = io.ReadAll(io.LimitReader(z, mostMetadata)) // what there is of it
	}
	return name, text
}

// rawProfile is what ImageMagick writes down as a name, a length and hexadecimal
// digits, in lines.
func rawProfile(text []byte) []byte {
	fields := bytes.Fields(text)
	if len(fields) < 3 {
		return nil
	}
	digits := bytes.Join(fields[2:], nil)
	block := make([]byte, hex.DecodedLen(len(digits)))
	n, _ := hex.Decode(block, digits)
	return block[:n]
}

// transposed tells that an orientation's rows are seen as columns.
func transposed(o int) bool { return o >= 5 }

// turn writes a strip of the stored picture, whose bounds say which rows of its
// h they are, to where EXIF orientation o shows it in dst.
//
// The orientations are those of CIPA DC-008 (EXIF 2.32), tag 0x0112: where row
// 0 and column 0 of the stored picture are seen.
func turn(dst, strip *image.RGBA, h, o int) {
	mirrored := o == 2 || o == 3 || o == 7 || o == 8 // along the stored rows
	flipped := o == 3 || o == 4 || o == 6 || o == 7  // along the stored columns
	// How far apart pixels of dst are that follow each other in a stored row and
	// in a stored column, and where the stored picture's first pixel is.
	w, first := strip.Rect.Dx(), 0
	across, down := 4, dst.Stride
	if transposed(o) {
		across, down = down, across
	}
	if mirrored {
		first += (w - 1) * across
		across = -across
	}
	if flipped {
		first += (h - 1) * down
		down = -down
	}
	first += strip.Rect.Min.Y * down
	rows := strip.Rect.Dy()
	for x := range w {
		for y := range rows {
			from, to := y*strip.Stride+4*x, first+x*across+y*down
			copy(dst.Pix[to:to+4], strip.Pix[from:from+4])
		}
	}
}
