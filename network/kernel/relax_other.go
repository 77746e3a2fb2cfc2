//go:build !amd64 || noasm

package kernel

// relax does nothing where there is no instruction for it here.
func relax() {}
