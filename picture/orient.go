package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"github.com/bep/imagemeta"
	"golang.org/x/image/riff"
)

// mostParts is how many parts of a picture's file are gone through to find its
// EXIF: a file may be made of nothing but small ones. The pixels of the largest
// PNG take a hundred thousand.
const mostParts = 1 << 20

// orientation returns the EXIF orientation of the picture in so many bytes of r,
// 1 to 8; 1 (upright) where there is none or where its block is broken: metadata
// never fails a picture.
func orientation(f format, r io.ReaderAt, length int64) int {
	found := 1
	kind := f.exif
	var data io.ReadSeeker = io.NewSectionReader(r, 0, length)
	switch kind {
	case 0:
		return found
	case imagemeta.WebP:
		data, kind = bytes.NewReader(webpEXIF(data)), imagemeta.TIFF
	case imagemeta.PNG:
		data, kind = pngEXIF(r, length), imagemeta.TIFF
	case imagemeta.JPEG:
		data = io.NewSectionReader(r, 0, min(length, 4*mostParts)) // a part takes 4 bytes
	}
	isOrientation := func(tag imagemeta.TagInfo) bool {
		return tag.Namespace == "IFD0" && tag.Tag == "Orientation" // IFD1 is the thumbnail's
	}
	_, _ = imagemeta.Decode(imagemeta.Options{ // its error is of the metadata only
		R:               data,
		ImageFormat:     kind,
		Sources:         imagemeta.EXIF,
		ShouldHandleTag: isOrientation,
		HandleTag: func(tag imagemeta.TagInfo) error {
			if v, ok := tag.Value.(uint16); ok && v >= 1 && v <= 8 {
				found = int(v)
			}
			return imagemeta.ErrStopWalking
		},
		// One SHORT. The limit also keeps the walk out of long lists of
		// sub-directories, each of which could be walked for a while.
		LimitTagSize: 4,
	})
	return found
}

// webpEXIF returns the content of a WebP's EXIF chunk, which is laid out as a
// TIFF file, or nil where there is none. imagemeta 1.0.1 would look for it
// itself, but forgets that RIFF pads chunks of odd length, such as most of those
// that hold the pixels.
func webpEXIF(data io.Reader) []byte {
	_, chunks, err := riff.NewReader(data)
	for part := 0; err == nil && part < mostParts; part++ {
		var id riff.FourCC
		var chunk io.Reader
		if id, _, chunk, err = chunks.Next(); err == nil && id == (riff.FourCC{'E', 'X', 'I', 'F'}) {
			exif, _ := io.ReadAll(chunk)
			return bytes.TrimPrefix(exif, []byte("Exif\x00\x00")) // as some programs begin it, after JPEG's manner
		}
	}
	return nil
}

// pngEXIF is the content of a PNG's eXIf chunk, which is laid out as a TIFF file;
// it is empty where there is none. imagemeta 1.0.1 would look for it itself, but
// reads 4 KB for every chunk.
func pngEXIF(r io.ReaderAt, length int64) *io.SectionReader {
	const signature, around = 8, 12 // a chunk's length and type before its data, its checksum after
	var head [8]byte
	at := int64(signature)
	for range mostParts {
		if _, err := r.ReadAt(head[:], at); err != nil {
			break
		}
		size := int64(binary.BigEndian.Uint32(head[:]))
		if string(head[4:]) == "eXIf" {
			return io.NewSectionReader(r, at+int64(len(head)), min(size, length))
		}
		at += around + size
	}
	return io.NewSectionReader(r, 0, 0)
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
