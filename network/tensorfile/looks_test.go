package tensorfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLooks(t *testing.T) {
	dir := t.TempDir()
	for data, want := range map[string]bool{
		"PK\x03\x04 an archive":              true,
		"\x80\x02}q\x01(an old checkpoint":   true,
		"\x02\x00\x00\x00\x00\x00\x00\x00{}": true,
		"\x7f\x00\x00\x00\x00\x00\x00\x00{}": false, // longer than the file
		"\x08\x08\x12\x07pytorch: a graph":   true,
		"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d":  false,
		"a text of words":                    false,
		"":                                   false,
	} {
		path := filepath.Join(dir, "file.bin")
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if Looks(path) != want {
			t.Errorf("%q: %v; want %v", data, !want, want)
		}
	}
	for _, golden := range []string{"graph.onnx", "model.pth", "legacy.pth", "plain.safetensors"} {
		if !Looks(goldens + golden) {
			t.Errorf("%s does not look like weights", golden)
		}
	}
	if Looks(dir) || Looks(filepath.Join(dir, "missing")) {
		t.Error("a folder or a file that is not there looks like weights")
	}
}
