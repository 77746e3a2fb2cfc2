package teach

import "math"

// Wilson is the interval that the share of right answers lies in, right of n, with 95 %
// confidence (Wilson 1927, doi:10.1080/01621459.1927.10502953): where few were asked,
// and where all or none were right, it is neither too narrow nor beyond 0 or 1.
func Wilson(right, n int) (lo, hi float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(right)/float64(n), float64(n)
	centre := p + z*z/(2*m)
	wide := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (centre-wide)/(1+z*z/m)), min(1, (centre+wide)/(1+z*z/m))
}
