package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, size int) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("a"), size), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const most = 1 << 20
	for _, size := range []int{0, 1, 511, 512, 513, most - 1, most} {
		got, err := Read(put("a", size), most, "a text")
		if err != nil || len(got) != size || bytes.Count(got, []byte("a")) != size {
			t.Errorf("of %d bytes: read %d, %v", size, len(got), err)
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(put("b", 3), link); err == nil {
		if got, err := Read(link, most, "a text"); err != nil || string(got) != "aaa" {
			t.Errorf("a link: read %q, %v", got, err)
		}
	}
	for path, want := range map[string]string{
		put("large", most+1):          "it is larger than 1 MiB, the most that is read here; give a text",
		dir:                           "this is a folder; give a text",
		os.DevNull:                    "this is a device or a pipe; give a text",
		filepath.Join(dir, "missing"): "; check its name and permissions",
	} {
		got, err := Read(path, most, "a text")
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.HasSuffix(err.Error(), want) || got != nil {
			t.Errorf("%s: read %d bytes and %v; want %q", path, len(got), err, want)
		}
	}
	if _, err := Read(filepath.Join(dir, "missing"), most, "a text"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

// TestCheckLocal: names of what lies on another machine, as any system writes
// them, and names that only look like it.
func TestCheckLocal(t *testing.T) {
	for _, path := range []string{
		`\\host\share\a.png`, `//host/share/a.png`, `\/host\share`, `/\host/share`, `\\?\UNC\host\share`, `\??\UNC\host\share`, `\\.\pipe\x`, "///a",
		"smb://host/share/a.png", "SMB://host", "file://host/a", "https://host/a.png", "sftp://host/a", "nfs://host/a", "dav+sd://host/a",
	} {
		if err := CheckLocal(path); err == nil || !strings.HasPrefix(err.Error(), path+": this is on a network share") {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{
		"", "a.png", "/a.png", `\a.png`, `C:\a\b.png`, "C:/a.png", "C://a.png", "./a", "../a", "a//b.png", "scene:12", "sample:clock.jpg",
		"scenes:deeper", "random:efficientnet-b0,d=4", "a b://c", "사진.png", "net.pth@96x160",
	} {
		if err := CheckLocal(path); err != nil {
			t.Error(err)
		}
	}
}
