package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"slices"

	"scalecam/picture/heif"
)

// Brands of files that hold a still picture: ISO/IEC 23008-12, annexes B and E,
// and AVIF, section 6. Those of films are not among them.
var (
	brandsAVIF = []string{"avif", "avis"}
	brandsHEIC = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "msf1"}
)

// isHEIF tells a file of one of those brands.
func isHEIF(brands []string) func(head []byte) bool {
	return func(head []byte) bool {
		end := min(int(binary.BigEndian.Uint32(head)), len(head))
		for at := len("????ftyp"); at+4 <= end; at += 4 {
			const version = 12 // in place of a brand
			if at != version && slices.Contains(brands, string(head[at:at+4])) {
				return true
			}
		}
		return false
	}
}

func configHEIF(r *io.SectionReader) (image.Config, error) {
	f, err := heif.Open(r, r.Size())
	if err != nil {
		return image.Config{}, err
	}
	return image.Config{Width: f.Bounds.Dx(), Height: f.Bounds.Dy()}, nil
}

func decodeHEIF(data []byte) (image.Image, error) {
	f, err := heif.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return f.Decode()
}

// orientationHEIF is what the container says: EXIF's is of the picture before it
// was turned.
func orientationHEIF(r io.ReaderAt, length int64) int {
	f, err := heif.Open(r, length)
	if err != nil {
		return 0
	}
	return f.Orientation
}
