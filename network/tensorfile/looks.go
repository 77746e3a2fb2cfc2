package tensorfile

import (
	"encoding/binary"
	"io"

	"scalecam/file"
)

// Extensions are those of weights files, the last two of networks that were exported.
var Extensions = []string{".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".tar", ".th", ".onnx", ".pt2"}

// Looks tells that the file at path begins as a weights file does, under whatever
// name: as an archive or a pickle of PyTorch's, as safetensors, or as a graph of ONNX.
func Looks(path string) bool {
	f, info, err := file.Open(path, "a weights file")
	if err != nil {
		return false
	}
	defer f.Close() // opened for reading only, nothing to lose
	var head [9]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return false
	}
	const archive, pickle = "PK\x03\x04", 0x80
	switch header := binary.LittleEndian.Uint64(head[:]); {
	case string(head[:len(archive)]) == archive:
		return true
	case head[0] == pickle && head[1] >= 2 && head[1] <= 5: // the protocol
		return true
	case onnx(head[:]):
		return true
	default:
		return head[8] == '{' && header > 0 && header < uint64(info.Size())
	}
}
