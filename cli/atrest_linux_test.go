package cli

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/network/models"
)

// TestGiveBackFile reads embedded weights, which brings them into memory, and gives
// them back: the pages are gone, and the weights are read again as they were.
func TestGiveBackFile(t *testing.T) {
	open := func() {
		p, _ := assets.LookupPack("imagenet")
		w, size, err := p.Open(&p.Networks[0])
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if _, err := w.ReadAt(make([]byte, size), 0); err != nil {
			t.Fatal(err)
		}
	}
	open()
	before := resident(t)
	if giveBackFile() == 0 {
		t.Skip("this system does not say where the program's file lies in memory")
	}
	after := resident(t)
	if gone := before - after; gone < 8<<10 { // of 9 MB of weights alone
		t.Errorf("%d kB of files were in memory, %d kB after they were given back", before, after)
	}
	open()
	if _, err := models.Open("imagenet:baseline", nil); err != nil { // held to its SHA-256
		t.Error(err)
	}
}

// resident is how much of files is in memory, in kB.
func resident(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, after, ok := strings.Cut(string(status), "RssFile:")
	if !ok {
		t.Skip("this system does not say how much of files is in memory")
	}
	kB, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kB
}
