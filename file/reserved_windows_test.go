package file

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReserved: names that mean a device in any folder are refused, and said to be so;
// names like them are written, as are Korean ones and paths beyond 260 characters.
func TestReserved(t *testing.T) {
	for _, name := range []string{"CON", "con.png", "NUL.png", "COM1.json", "LPT9", "aux.tar.gz", "con .png"} {
		err := Write(File{filepath.Join(t.TempDir(), name), []byte("x")})
		if err == nil || !strings.Contains(err.Error(), "is a name that Windows keeps for a device") {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := t.TempDir()
	for range 3 {
		long = filepath.Join(long, strings.Repeat("d", 120))
	}
	if err := os.MkdirAll(long, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "console.png"), filepath.Join(t.TempDir(), "풍선.png"), filepath.Join(long, "x.png")} {
		if err := Write(File{path, []byte("x")}); err != nil {
			t.Error(err)
		} else if got, err := os.ReadFile(path); err != nil || string(got) != "x" {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}
