package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io"

	"scalecam/fault"
	"scalecam/picture/codec"
)

// Markers of a JPEG that are looked for: ITU-T T.81, table B.1.
const (
	markerSOF0  = 0xc0 // frame headers to 0xcf, of which DHT, JPG and DAC are none
	markerDHT   = 0xc4
	markerJPG   = 0xc8
	markerDAC   = 0xcc
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDRI   = 0xdd
	markerAPP1  = 0xe1
	markerTEM   = 0x01
	lossless    = "a lossless JPEG"
	hierarchic  = "a hierarchical JPEG"
	arithmetic  = 8 // of a frame header's marker
	progressive = 2
)

// isFrame tells a marker of a frame header.
func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= markerSOF0+15 && marker != markerDHT && marker != markerJPG && marker != markerDAC
}

// jpegKind tells the kinds of JPEG that libjpeg-turbo does not read, by the marker
// of the frame header and the bits of a sample; "" for the others.
func jpegKind(marker byte, bits byte) string {
	switch k := marker - markerSOF0; {
	case k == 3 || k == 11:
		return lossless
	case k >= 5 && k != 9 && k != 10:
		return hierarchic
	case bits == 12:
		return "a JPEG of 12 bits a sample"
	}
	return ""
}

// configJPEG reads the frame header.
func configJPEG(s *io.SectionReader) (image.Config, error) {
	r := bufio.NewReader(s)
	var config image.Config
	_, err := r.Discard(2) // SOI
	for part := 0; err == nil && part < mostParts; part++ {
		var marker byte
		if marker, err = nextMarker(r); err != nil {
			break
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerSOI {
			continue
		}
		var head [8]byte
		if _, err = io.ReadFull(r, head[:2]); err != nil {
			break
		}
		n := int(binary.BigEndian.Uint16(head[:]))
		if isFrame(marker) {
			if _, err = io.ReadFull(r, head[:6]); err != nil {
				break
			}
			if kind := jpegKind(marker, head[0]); kind != "" {
				return config, refusal{notRead(kind)}
			}
			config.Height, config.Width = int(binary.BigEndian.Uint16(head[1:])), int(binary.BigEndian.Uint16(head[3:]))
			// No less than a bit for each grey block of 8 × 8. Arithmetic coding makes
			// 125 bytes of 12 million pixels of one level.
			const densest = 8 * 64
			if (marker-markerSOF0)&arithmetic == 0 {
				err = holds(s.Size(), config.Width, config.Height, densest)
			}
			return config, err
		}
		if n < 2 || marker == markerSOS || marker == markerEOI {
			return config, errors.New("no frame header")
		}
		_, err = r.Discard(n - 2)
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return config, err
}

// nextMarker reads up to the next marker, and past it.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		for err == nil && b == 0xff {
			if b, err = r.ReadByte(); err == nil && b != 0xff && b != 0 {
				return b, nil
			}
		}
		if err != nil {
			return 0, err
		}
	}
}

// A jpegFile is what the segments of a JPEG say of it.
type jpegFile struct {
	frame      byte   // the marker of the frame header
	components []byte // the sampling of each, horizontal and vertical, in 4 bits each
	scans      int
	restarts   bool
	apart      bool // a scan has fewer components than the frame
	tables     bool // Huffman tables are there
	ended      bool // the end marker is there
}

// segments goes through the segments of a JPEG.
func segments(data []byte) (f jpegFile) {
	for i := 2; i+4 <= len(data); {
		// Entropy-coded data and fill bytes between two segments: 0xff there is
		// followed by 0x00, a restart marker or another 0xff.
		marker := data[i+1]
		if data[i] != 0xff || marker == 0 || marker == 0xff || marker >= markerRST0 && marker <= markerRST7 {
			i++
			continue
		}
		if marker == markerEOI { // cameras append previews
			f.ended = true
			return f
		}
		length := int(binary.BigEndian.Uint16(data[i+2:]))
		body := data[i+4 : max(min(i+2+length, len(data)), i+4)]
		switch {
		case marker == markerDHT:
			f.tables = true
		case marker == markerDRI && len(body) >= 2:
			f.restarts = binary.BigEndian.Uint16(body) > 0
		case marker == markerSOS && len(body) > 0:
			f.scans++
			f.apart = f.apart || int(body[0]) < len(f.components)
		case isFrame(marker) && len(body) >= 6 && f.frame == 0:
			f.frame = marker
			for c := range body[5] {
				if at := 6 + 3*int(c) + 1; at < len(body) {
					f.components = append(f.components, body[at])
				}
			}
		}
		i += 2 + length
	}
	f.ended = f.ended || bytes.HasSuffix(data, []byte{0xff, markerEOI})
	return f
}

// common tells that image/jpeg reads the JPEG, w pixels wide, as libjpeg-turbo
// does (see [luminous]). As of Go 1.26 it knows no arithmetic coding, counts
// restart intervals wrongly in scans of one component of several, refuses unusual
// sampling and repeats chroma that is sampled in columns alone.
func (f jpegFile) common(w int) bool {
	if f.frame > markerSOF0+progressive || !f.tables || !f.ended || f.restarts && f.apart {
		return false
	}
	const whole, halved, quartered = 0x11, 0x21, 0x22
	switch len(f.components) {
	case 1:
		return true
	case 3:
		// libjpeg-turbo interpolates no row of fewer than three samples.
		const tooNarrow = 4
		luma, cb, cr := f.components[0], f.components[1], f.components[2]
		return cb == whole && cr == whole && (luma == whole || (luma == halved || luma == quartered) && w > tooNarrow)
	}
	return false
}

// decodeJPEG decodes a JPEG: the common kinds by image/jpeg, which needs no
// compiling first, all others, and what that refuses, by libjpeg-turbo.
func decodeJPEG(data []byte) (image.Image, error) {
	config, err := configJPEG(section(data))
	if err != nil {
		return nil, err
	}
	// Each scan of a progressive JPEG goes through the whole picture, however few
	// bytes it has, so a file of nothing but scans would keep the decoder busy for
	// hours; ninety of 100 million pixels took it 24 seconds. Encoders write about
	// 10 scans; 64 would be one for each coefficient.
	const most = 100
	f := segments(data)
	if f.scans > most {
		return nil, refusal{fault.Errorf("this JPEG has more than %d scans, as no camera and no program makes; save it anew as PNG or JPEG", most)}
	}
	if f.common(config.Width) {
		m, err := jpeg.Decode(bytes.NewReader(data))
		if m, ok := m.(*image.YCbCr); ok && err == nil {
			return luminous{m, m, false}, nil
		}
		if err == nil {
			return m, nil
		}
	}
	return turboJPEG(data, config.Width, config.Height)
}

// turboJPEG decodes a JPEG of that size by libjpeg-turbo.
func turboJPEG(data []byte, w, h int) (image.Image, error) {
	// A progressive JPEG's coefficients are kept, two bytes each, of up to four
	// components and whole blocks of up to 32 pixels.
	const block, coefficients, tables = 32, 2 * 4, 16 << 20
	d, err := codec.JPEG.Start(int64(len(data)) + int64(w+block)*int64(h+block)*coefficients + tables)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	at, err := d.Put(data)
	if err != nil {
		return nil, err
	}
	header, err := d.Call("start", at, uint64(len(data)))
	if err != nil {
		return nil, err
	}
	words, err := d.Words(header, 4)
	if err != nil {
		return nil, err
	}
	channels, rows := int(words[2]), uint32(words[3])
	if int(words[0]) != w || int(words[1]) != h || channels < 1 || channels > 4 {
		return nil, errors.New("two frame headers")
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := 0; y < h; {
		n, err := d.Call("read")
		if err != nil {
			return nil, err
		}
		n = min(n, uint32(h-y))
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		pixels, err := d.Bytes(rows, n*uint32(w*channels))
		if err != nil {
			return nil, err
		}
		opaque(m.Pix[m.PixOffset(0, y):], pixels, channels)
		y += int(n)
	}
	return m, nil
}

// opaque writes pixels of grey, RGB or CMYK as opaque RGBA. CMYK has 255 for no
// ink, as Adobe's programs write it, and all others after them.
func opaque(out, pixels []byte, channels int) {
	for i := 0; i+channels <= len(pixels); i += channels {
		p, to := pixels[i:][:channels], out[i/channels*4:][:4]
		switch channels {
		case 1:
			to[0], to[1], to[2] = p[0], p[0], p[0]
		case 3:
			copy(to, p)
		case 4:
			to[0], to[1], to[2] = inked(255-p[0], 255-p[3]), inked(255-p[1], 255-p[3]), inked(255-p[2], 255-p[3])
		}
		to[3] = 255
	}
}

// inked is what cyan, magenta or yellow of that much ink, and so much black, leave
// of red, green or blue, rounded as Pillow's cmyk2rgb does.
func inked(ink, black byte) byte {
	paper := int(255 - black)
	product := int(ink)*paper + 128
	return byte(max(paper-((product>>8)+product)>>8, 0))
}
