package record

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/version"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	// headerEnd is where the chunk IHDR, always the first and of 13 bytes, ends;
	// a chunk is a length, a type, the data and a checksum (PNG, third edition,
	// section 5.3).
	headerEnd = len(pngSignature) + 4 + 4 + 13 + 4
	// keyword of the text chunk that holds the settings.
	keyword = "scalecam"
	// maxSettings bounds the settings in a picture: a figure of the most
	// networks and pictures that fit, each with a path of the longest, has less.
	maxSettings = 4 << 20
)

// pngText is what a PNG's text holds.
type pngText struct {
	Stamp
	Settings
}

// EncodePNG writes the picture as PNG with the settings in it, as JSON in an
// iTXt chunk "scalecam" right after the header, from where DecodeSettings reads
// them. The same input gives the same bytes. EncodePNG returns ctx's error when
// ctx ends.
func EncodePNG(ctx context.Context, img image.Image, settings Settings) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(pngText{Settings: settings}); err != nil {
		return nil, fault.Errorf("record: settings as JSON: %w", err)
	}
	// Keyword; not compressed, by method 0; no language; no translated keyword.
	itxt := append([]byte(keyword+"\x00\x00\x00\x00\x00"), bytes.TrimSpace(text.Bytes())...)
	if len(itxt) > maxSettings {
		return nil, fault.Errorf("record: the settings have %d bytes, more than the %d that a picture may hold; state less", len(itxt), maxSettings)
	}
	var out bytes.Buffer
	if err := png.Encode(untilDone{ctx, &out}, img); err != nil {
		return nil, fault.Errorf("record: the figure as PNG: %w", err)
	}
	whole := out.Bytes()
	result := make([]byte, 0, len(whole)+text.Len()+100)
	result = append(result, whole[:headerEnd]...)
	result = appendChunk(result, "iTXt", itxt)
	result = appendChunk(result, "tEXt", []byte("Software\x00"+version.Name()))
	for _, credit := range settings.credits() {
		result = appendChunk(result, "tEXt", []byte("Copyright\x00"+credit))
	}
	return append(result, whole[headerEnd:]...), nil
}

// credits name the weights in the figure that others made and the program brings
// along, or got by their published names, with their licence, in Latin-1.
func (s *Settings) credits() (credits []string) {
	for _, p := range assets.Packs() {
		used := slices.ContainsFunc(s.Networks, func(n NetworkSettings) bool { return strings.HasPrefix(string(n.Spec), p.Name+":") })
		if used && p.Recipe == nil { // not trained by this program
			credits = append(credits, "Networks "+p.Name+": "+p.Source+"; licence "+p.Licence)
		}
	}
	for _, n := range s.Networks {
		name, _, _ := strings.Cut(string(n.Spec), "@")
		if p := assets.PublishedNetworks().Lookup(name); p != nil {
			if credit := "Network " + p.Name + ": " + p.URL + "; licence " + p.Licence; !slices.Contains(credits, credit) {
				credits = append(credits, credit)
			}
		}
	}
	return credits
}

// untilDone is a writer that refuses once ctx has ended, so that who writes to it
// stops.
type untilDone struct {
	ctx context.Context
	to  io.Writer
}

// Write implements io.Writer.
func (u untilDone) Write(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.to.Write(b)
}

func appendChunk(to []byte, kind string, data []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(data)))
	start := len(to)
	to = append(append(to, kind...), data...)
	return binary.BigEndian.AppendUint32(to, crc32.ChecksumIEEE(to[start:]))
}

var errNoSettings = fault.Errorf("record: the picture holds no settings of scalecam; open a PNG that scalecam saved, not a copy that another program did")

// DecodeSettings finds the settings that EncodePNG put into a picture. They are
// valid JSON of at most 4 MiB, and otherwise whatever the picture's maker
// wrote. The result is a part of png, which is only read.
func DecodeSettings(png []byte) (json.RawMessage, error) {
	if !bytes.HasPrefix(png, []byte(pngSignature)) {
		return nil, fault.Errorf("record: this is no PNG picture; open one that scalecam saved")
	}
	for rest := png[len(pngSignature):]; len(rest) >= 12; {
		length := binary.BigEndian.Uint32(rest)
		if uint64(length) > uint64(len(rest)-12) {
			return nil, fault.Errorf("record: the PNG picture is cut short; fetch it anew")
		}
		kind, data := string(rest[4:8]), rest[8:8+length]
		sum := binary.BigEndian.Uint32(rest[8+length:])
		body := rest[4 : 8+length]
		rest = rest[12+length:]
		text, found := bytes.CutPrefix(data, []byte(keyword+"\x00"))
		if kind != "iTXt" || !found {
			continue
		}
		if len(text) > maxSettings {
			return nil, fault.Errorf("record: the settings in the picture have %d bytes, more than the %d that scalecam writes", len(text), maxSettings)
		}
		if crc32.ChecksumIEEE(body) != sum {
			return nil, fault.Errorf("record: the settings in the picture are damaged; fetch it anew")
		}
		// Compression flag and method, then language and translated keyword.
		if len(text) < 2 || text[0] != 0 {
			return nil, errNoSettings
		}
		parts := bytes.SplitN(text[2:], []byte{0}, 3)
		if len(parts) != 3 || !json.Valid(parts[2]) {
			return nil, errNoSettings
		}
		return parts[2], nil
	}
	return nil, errNoSettings
}
