package picture

import (
	"bytes"
	"image"

	"github.com/bep/imagemeta"
)

// orientation returns the EXIF orientation of the picture in data, 1 to 8; 1
// (upright) where there is none or where its block is broken: metadata never
// fails a picture.
func orientation(f format, data []byte) int {
	found := 1
	if f.exif == 0 {
		return found
	}
	isOrientation := func(tag imagemeta.TagInfo) bool {
		return tag.Namespace == "IFD0" && tag.Tag == "Orientation" // IFD1 is the thumbnail's
	}
	_, _ = imagemeta.Decode(imagemeta.Options{ // its error is of the metadata only
		R:               bytes.NewReader(data),
		ImageFormat:     f.exif,
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

// upright turns and mirrors src as EXIF orientation o (1 to 8) asks; sides swap
// from 5 on. It returns src itself for 1 and else a new picture.
//
// The orientations are those of CIPA DC-008 (EXIF 2.32), tag 0x0112: where row
// 0 and column 0 of the stored picture are seen.
func upright(src *image.RGBA, o int) *image.RGBA {
	if o == 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	transposed := o >= 5
	mirrored := o == 2 || o == 3 || o == 7 || o == 8 // along the stored rows
	flipped := o == 3 || o == 4 || o == 6 || o == 7  // along the stored columns
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if transposed {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	eachRow(dst.Rect.Dy(), func(y int) {
		for x := range dst.Rect.Dx() {
			sx, sy := x, y
			if transposed {
				sx, sy = y, x
			}
			if mirrored {
				sx = w - 1 - sx
			}
			if flipped {
				sy = h - 1 - sy
			}
			i, j := dst.PixOffset(x, y), src.PixOffset(sx, sy)
			copy(dst.Pix[i:i+4], src.Pix[j:j+4])
		}
	})
	return dst
}
