// Package codec runs decoders of pictures that no Go library replaces:
// libjpeg-turbo, libtiff, libde265 (HEVC) and dav1d (AV1), compiled to
// WebAssembly by build.sh.
//
// A decoder has a memory of its own, of a given size at most, no file, no clock
// and no network, and ends when its time is over. What it makes of a hostile file
// can therefore be no worse than an error or wrong pixels.
package codec

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"scalecam/fault"
)

//go:embed *.wasm.gz
var files embed.FS

// A Module is a decoder, which [Module.Start] starts.
type Module struct {
	name    string
	machine func() (machine, error)
}

// A machine has a module's code made ready to run.
type machine struct {
	wazero.Runtime
	code wazero.CompiledModule
}

// The decoders. What they export is in the C sources of their names.
var (
	JPEG = module("jpeg") // libjpeg-turbo
	TIFF = module("tiff") // libtiff
	HEVC = module("hevc") // libde265
	AV1  = module("av1")  // dav1d
)

// module compiles a module when it is first started, which takes up to a second.
func module(name string) Module {
	return Module{name, sync.OnceValues(func() (m machine, err error) {
		f, err := files.Open(name + ".wasm.gz")
		if err != nil {
			return m, err
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			return m, err
		}
		wasm, err := io.ReadAll(z)
		if err != nil {
			return m, err
		}
		ctx := context.Background()
		m.Runtime = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
		if _, err = wasi_snapshot_preview1.Instantiate(ctx, m.Runtime); err != nil {
			return m, err
		}
		m.code, err = m.CompileModule(ctx, wasm)
		return m, err
	})}
}

// Patience is how long a decoder may run: several times what the largest picture
// takes.
const Patience = 3 * time.Minute

// A Decoder is a module that runs, for one picture and one goroutine.
type Decoder struct {
	ctx      context.Context // ends when its time is over
	cancel   context.CancelFunc
	patience time.Duration
	mod      api.Module
	memory   memory
}

// Start starts a module, whose memory may grow to so many bytes (4 GiB at most).
// [Decoder.Close] ends it.
func (m Module) Start(most int64) (*Decoder, error) { return m.start(most, Patience) }

func (m Module) start(most int64, patience time.Duration) (*Decoder, error) {
	machine, err := m.machine()
	if err != nil {
		return nil, fault.Errorf("the decoder of %s cannot be started (%w)", m.name, err)
	}
	d := &Decoder{patience: patience, memory: memory{most: uint64(most)}}
	d.ctx, d.cancel = context.WithTimeout(context.Background(), patience)
	ctx := experimental.WithMemoryAllocator(d.ctx, &d.memory)
	d.mod, err = machine.InstantiateModule(ctx, machine.code, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		d.cancel()
		return nil, fault.Errorf("the decoder of %s cannot be started (%w)", m.name, err)
	}
	return d, nil
}

// Close ends the decoder. What its memory held is gone.
func (d *Decoder) Close() {
	_ = d.mod.Close(context.WithoutCancel(d.ctx)) // nothing can be lost
	d.cancel()
}

// memory is a decoder's, of so many bytes at most.
type memory struct {
	most uint64
	data []byte
}

// Allocate implements experimental.MemoryAllocator.
func (m *memory) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate implements experimental.LinearMemory.
func (m *memory) Reallocate(size uint64) []byte {
	switch {
	case size > m.most:
		return nil
	case size > uint64(cap(m.data)):
		// Little at a time would be copied often.
		larger := make([]byte, size, max(size, min(2*uint64(cap(m.data)), m.most)))
		copy(larger, m.data)
		m.data = larger
	}
	m.data = m.data[:size]
	return m.data
}

// Free implements experimental.LinearMemory.
func (m *memory) Free() { m.data = nil }

// Put copies data into the decoder's memory and gives its place there.
func (d *Decoder) Put(data []byte) (uint64, error) {
	at, err := d.Call("malloc", uint64(max(len(data), 1)))
	if err != nil {
		return 0, err
	}
	if at == 0 || !d.mod.Memory().Write(at, data) {
		return 0, errMemory
	}
	return uint64(at), nil
}

var errMemory = errors.New("decoding it takes more memory than a picture of its size should")

// Call calls a function of the decoder and gives what it returns, a number or a
// place in its memory. The error is what the decoder says.
func (d *Decoder) Call(name string, args ...uint64) (uint32, error) {
	result, err := d.mod.ExportedFunction(name).Call(d.ctx, args...)
	switch {
	case d.ctx.Err() != nil:
		return 0, fault.Errorf("decoding it takes longer than %v", d.patience)
	case err != nil:
		return 0, d.Failure()
	}
	return uint32(result[0]), nil
}

// Failure is what the decoder says is amiss.
func (d *Decoder) Failure() error {
	const most = 200
	if f := d.mod.ExportedFunction("message"); f != nil {
		if at, err := f.Call(d.ctx); err == nil {
			if text, err := d.Bytes(uint32(at[0]), most); err == nil {
				text, _, _ = bytes.Cut(text, []byte{0})
				if words := bytes.Fields(text); len(words) > 0 { // some libraries break theirs
					return errors.New(string(bytes.Join(words, []byte(" "))))
				}
			}
		}
	}
	return errors.New("its data are damaged")
}

// Bytes gives the n bytes at a place of the decoder's memory, which the next call
// may change.
func (d *Decoder) Bytes(at, n uint32) ([]byte, error) {
	b, ok := d.mod.Memory().Read(at, n)
	if !ok {
		return nil, errors.New("its decoder is broken")
	}
	return b, nil
}

// Words gives the n numbers of 32 bits at a place of the decoder's memory.
func (d *Decoder) Words(at uint32, n int) ([]int32, error) {
	b, err := d.Bytes(at, uint32(4*n))
	if err != nil {
		return nil, err
	}
	words := make([]int32, n)
	for i := range words {
		words[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return words, nil
}
