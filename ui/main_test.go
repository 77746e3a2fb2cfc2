package ui

import (
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestMain lets the heap grow further between collections: of a window Fyne keeps, for a
// minute, how each of its parts is drawn, so that those of many tests are there to be walked
// through each time. That took half of the tests' time.
func TestMain(m *testing.M) {
	const percent = 400
	os.Setenv("GOGC", strconv.Itoa(percent)) // or our commands would have the say
	debug.SetGCPercent(percent)
	debug.SetMemoryLimit(3 << 30) // before a small machine has no more
	data, err := os.MkdirTemp("", "scalecam")
	if err != nil {
		panic(err)
	}
	os.Setenv("SCALECAM_DATA", data) // not what the user has
	status := m.Run()
	os.RemoveAll(data)
	os.Exit(status)
}

// letGo has Fyne let go of what it keeps of windows that are closed, which it does only
// when something is painted.
func letGo() { test.NewCanvas().Capture() }
