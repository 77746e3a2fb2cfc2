package tensorfile

import (
	"archive/zip"
	"bytes"
	"strings"

	"scalecam/fault"
)

// headBytes is how much of a file's beginning tells what it is.
const headBytes = 512

// A kind is one of files that people take for weights and that is not read.
type kind struct {
	name string // "a Keras file (HDF5)"
	// remedy is what to do, where that is to give the network's own weights, with the
	// line that writes them.
	remedy string
	// is tells the kind by a file's first headBytes.
	is func(head []byte) bool
	// record is one that every zip file of the kind has, by its end.
	record string
}

// Lines that convert, as they are typed.
const (
	fromKeras = "load it in Python with TensorFlow, and save the same network of torchvision or timm with its weights (timm has EfficientNet's of TensorFlow as tf_efficientnet_b0 and so on)"
	fromGraph = "give the weights that it was exported from: torch.save(model.state_dict(), 'model.pth')"
)

// kinds are those that are told apart, by their beginning or by a record of a zip
// file, the more special first.
var kinds = []kind{
	{name: "a TorchScript program", remedy: "write its weights with python -c \"import torch; torch.save(torch.jit.load('IN.pt').state_dict(), 'OUT.pth')\"", record: "constants.pkl"},
	{name: "a program of torch.export (pt2) from before PyTorch 2.8", remedy: "write its weights with python -c \"import torch; torch.save(dict(torch.export.load('IN.pt2').state_dict), 'OUT.pth')\"", record: "serialized_exported_program.json"},
	{name: "a Keras model", remedy: fromKeras, record: "model.weights.h5"},
	{name: "numpy's arrays (npz)", remedy: "give a .safetensors or .pth file", record: ".npy"},
	{name: "an Android archive or another program's zip file", remedy: "give a .safetensors or .pth file", record: "META-INF/MANIFEST.MF"},
	{name: "a Git LFS pointer, which stands for a file that was not fetched", remedy: "fetch it with git lfs pull", is: begins("version https://git-lfs")},
	{name: "a web page", remedy: "download the file itself, not the page that shows it", is: page},
	{name: "a Keras file (HDF5)", remedy: fromKeras, is: begins("\x89HDF\r\n\x1a\n")},
	{name: "a TensorFlow Lite model", remedy: "give the weights that it was converted from, as a .safetensors or .pth file; it keeps them folded, and often in eight bits", is: at(4, "TFL3")},
	{name: "a SavedModel of TensorFlow", remedy: fromKeras, is: begins("\x08\x01\x12")},
	{name: "a GGUF file", remedy: "give a .safetensors or .pth file", is: begins("GGUF")},
	{name: "a numpy array", remedy: "give a .safetensors or .pth file", is: begins("\x93NUMPY")},
	{name: "a gzip archive", remedy: "unpack it first", is: begins("\x1f\x8b")},
	{name: "a tar archive", remedy: "unpack it first; where PyTorch 0.1 wrote it, load it with torch.load and save its state dict again", is: at(257, "ustar")},
	{name: "a picture", remedy: "name it as a picture; a network is a .safetensors or .pth file", is: picture},
	{name: "a JSON text", remedy: "give the .safetensors or .pth file that it belongs to", is: begins("{", "[")},
	{name: "a pickle of Python that torch.save did not write", remedy: "load it with pickle and save its state dict with torch.save", is: begins("\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05")},
}

// refusal says what a file is and what to do.
func (k *kind) refusal() error {
	return fault.Errorf("this is %s, which is not read; %s", k.name, k.remedy)
}

// kindOf finds the kind of a file by its beginning, nil where that is none.
func kindOf(head []byte) *kind {
	for i := range kinds {
		if k := &kinds[i]; k.is != nil && k.is(head) {
			return k
		}
	}
	return nil
}

// archiveKind finds the kind of a zip file by its records, in the folder in which
// its data.pkl lies, if any.
func archiveKind(records map[string]*zip.File, root string) *kind {
	for i := range kinds {
		k := &kinds[i]
		if k.record == "" {
			continue
		}
		if root != "" && records[root+k.record] != nil {
			return k
		}
		for name := range records {
			if root == "" && strings.HasSuffix(name, k.record) {
				return k
			}
		}
	}
	return nil
}

func begins(with ...string) func(head []byte) bool {
	return func(head []byte) bool {
		for _, w := range with {
			if bytes.HasPrefix(head, []byte(w)) {
				return true
			}
		}
		return false
	}
}

func at(offset int, text string) func(head []byte) bool {
	return func(head []byte) bool {
		return len(head) >= offset && bytes.HasPrefix(head[offset:], []byte(text))
	}
}

// page tells HTML, whatever blanks and comments come first.
func page(head []byte) bool {
	text := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n"))
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<?xml") || strings.HasPrefix(text, "<!--")
}

// onnx tells a ModelProto (onnx.proto): its first field is the version of the
// format, 1 to 31, and its second who wrote it, a short text, or the graph.
func onnx(head []byte) bool {
	return len(head) > 4 && head[0] == 0x08 && head[1] > 0 && head[1] < 32 && (head[2] == 0x12 && head[3] > 0 && head[3] < 32 && head[4] >= ' ' && head[4] < 0x7f || head[2] == 0x3a)
}

func picture(head []byte) bool {
	return begins("\x89PNG\r\n", "\xff\xd8\xff", "GIF8", "BM", "II*\x00", "MM\x00*")(head) || at(8, "WEBP")(head)
}
