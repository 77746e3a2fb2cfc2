//go:build !noasm

package kernel

// relax tells the processor that this is a loop that waits.
func relax()
