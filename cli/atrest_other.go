//go:build !linux

package cli

// giveBackFile: other systems are left to it by themselves.
func giveBackFile() uint64 { return 0 }
