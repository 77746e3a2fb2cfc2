//go:build !noasm

package kernel

// assembled are the sets that there is assembly for.
var assembled = []string{"neon"}

// detect needs not look: every processor that Go's arm64 is for has NEON.
func detect() []*instructions {
	one := portable(1, 1)
	narrow, wide := portable(4, 2), neon()
	narrow.narrower, wide.narrower = one, one
	return []*instructions{wide, narrow}
}
