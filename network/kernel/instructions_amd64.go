//go:build amd64 && !noasm

package kernel

import "golang.org/x/sys/cpu"

// assembled are the sets that there is assembly for, the fastest first.
var assembled = []string{"avx512", "avx2"}

func detect() []*instructions {
	one := portable(1, 2)
	sets := []*instructions{portable(4, 2)}
	sets[0].narrower = one
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return sets
	}
	narrow := avx2()
	narrow.narrower = one
	sets = append([]*instructions{narrow}, sets...)
	if !cpu.X86.HasAVX512F {
		return sets
	}
	wide := avx512()
	wide.narrower = narrow
	return append([]*instructions{wide}, sets...)
}
