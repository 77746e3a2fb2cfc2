//go:build !amd64 || noasm

package kernel

var assembled []string

func detect() []*instructions {
	s := portable(4)
	s.narrower = portable(1)
	return []*instructions{s}
}
