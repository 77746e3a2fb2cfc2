package codec

import (
	"bytes"
	"strings"
	"testing"
)

// damaged is a JPEG of one grey block whose pixels are cut off.
const damaged = "\xff\xd8\xff\xdb\x00\x43\x00" + "\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"

// TestFailure: what a decoder finds amiss is told, in its words where it has some.
func TestFailure(t *testing.T) {
	for _, test := range []struct {
		module Module
		args   []uint64 // after the data and their length
		start  string
		data   string
		want   string
	}{
		{JPEG, nil, "start", "no JPEG", "Not a JPEG file: starts with 0x6e 0x6f"},
		{TIFF, nil, "start", "no TIFF", "Cannot read TIFF header"},
		{HEVC, []uint64{1000}, "decode", "\x00\x00\x10\x00", "its data are damaged"},
		{AV1, []uint64{1000}, "decode", "\x12\x00", "its data are damaged"},
	} {
		d, err := test.module.Start(32 << 20)
		if err != nil {
			t.Fatal(err)
		}
		at, err := d.Put([]byte(test.data))
		if err != nil {
			t.Fatal(err)
		}
		place, err := d.Call(test.start, append([]uint64{at, uint64(len(test.data))}, test.args...)...)
		if err == nil && place == 0 {
			err = d.Failure()
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v; want %q", test.module.name, err, test.want)
		}
		d.Close()
	}
}

// TestTrap: a decoder that gives up in the midst of it says why.
func TestTrap(t *testing.T) {
	d, err := JPEG.Start(32 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	at, err := d.Put([]byte(damaged))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Call("start", at, uint64(len(damaged))); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Call("read"); err == nil || !strings.Contains(err.Error(), "premature end of data segment") {
		t.Errorf("got %v", err)
	}
}

// TestBounds: memory and time are no more than was given.
func TestBounds(t *testing.T) {
	d, err := JPEG.Start(4 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Put(make([]byte, 5<<20)); err != errMemory {
		t.Errorf("5 MiB in 4: %v", err)
	}
	at, err := d.Put(bytes.Repeat([]byte{7}, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := d.Bytes(uint32(at), 1<<20); err != nil || b[0] != 7 || b[len(b)-1] != 7 {
		t.Errorf("1 MiB in 4: %v", err)
	}
	if _, err := d.Bytes(5<<20, 1); err == nil {
		t.Error("a byte beyond the memory was read")
	}
	late, err := JPEG.start(4<<20, 1)
	if err == nil {
		defer late.Close()
		_, err = late.Put([]byte(damaged))
	}
	if err == nil {
		t.Error("it ran longer than it may")
	}
}
