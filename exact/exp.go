// Package exact is arithmetic that gives the same bits on every processor, where Go's own
// does not: package math has assembly for some functions on some of them.
package exact

import "math"

// Exp is eˣ, within one unit in the last place; of NaN and ±Inf what math.Exp says.
//
// The method is that of FreeBSD's msun, e_exp.c: x = k·ln 2 + r with |r| ≤ ½·ln 2, and a
// rational function for eʳ whose polynomial in r² approximates r·(eʳ+1)/(eʳ−1) by Remez'
// algorithm. Each product is rounded by itself, which float64 says to compilers that
// otherwise fuse it with a sum.
func Exp(x float64) float64 {
	const (
		ln2High, ln2Low = 6.93147180369123816490e-01, 1.90821492927058770002e-10
		highest, lowest = 7.09782712893383973096e+02, -7.45133219101941108420e+02
		p1, p2, p3      = 1.66666666666666657415e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05
		p4, p5          = -1.65339022054652515390e-06, 4.13813679705723846039e-08
	)
	switch {
	case x != x || x > highest:
		return x * math.Inf(1) // NaN or +Inf
	case x < lowest:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	high, low := x-float64(k*ln2High), float64(k*ln2Low)
	r := high - low
	t := float64(r * r)
	c := r - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	return math.Ldexp(1-((low-float64(r*c)/(2-c))-high), int(k))
}
