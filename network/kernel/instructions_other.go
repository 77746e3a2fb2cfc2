//go:build (!amd64 && !arm64) || noasm

package kernel

var assembled []string

func detect() []*instructions {
	s := portable(4, 2)
	s.narrower = portable(1, 2)
	return []*instructions{s}
}
