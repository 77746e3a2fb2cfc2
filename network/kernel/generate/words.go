package main

import "fmt"

// code is an instruction of arm64 that Go's assembler does not know, or knows by
// another name than all others: its bits, and how it is written. Registers are
// d, which it writes, n and m; a lane is of m. (Arm Architecture Reference
// Manual, DDI 0487, C7.2.) The tests hold the bits to GNU as.
type code struct {
	bits uint32
	text string // of d, n, m, lane
}

var (
	fadd    = code{0x4e20d400, "fadd v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fsub    = code{0x4ea0d400, "fsub v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fmul    = code{0x6e20dc00, "fmul v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fdiv    = code{0x6e20fc00, "fdiv v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fmin    = code{0x4ea0f400, "fmin v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fmax    = code{0x4e20f400, "fmax v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fmla    = code{0x4e20cc00, "fmla v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fmlaBy  = code{0x4f801000, "fmla v%[1]d.4s, v%[2]d.4s, v%[3]d.s[%[4]d]"}
	fneg    = code{0x6ea0f800, "fneg v%[1]d.4s, v%[2]d.4s"}
	fcmgt   = code{0x6ea0e400, "fcmgt v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	fcmgt0  = code{0x4ea0c800, "fcmgt v%[1]d.4s, v%[2]d.4s, #0.0"}
	fcmeq   = code{0x4e20e400, "fcmeq v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	addInts = code{0x4ea08400, "add v%[1]d.4s, v%[2]d.4s, v%[3]d.4s"}
	shl23   = code{0x4f375400, "shl v%[1]d.4s, v%[2]d.4s, #23"}
	and     = code{0x4e201c00, "and v%[1]d.16b, v%[2]d.16b, v%[3]d.16b"}
	orr     = code{0x4ea01c00, "orr v%[1]d.16b, v%[2]d.16b, v%[3]d.16b"}
	orn     = code{0x4ee01c00, "orn v%[1]d.16b, v%[2]d.16b, v%[3]d.16b"} // n, or what m is not
	movi0   = code{0x4f000400, "movi v%[1]d.4s, #0"}
)

func (c code) write(d, n, m, lane int) string {
	bits := c.bits | uint32(lane&1<<21|m<<16|lane>>1<<11|n<<5|d)
	return fmt.Sprintf("WORD $0x%08x // %s", bits, fmt.Sprintf(c.text, d, n, m, lane))
}
