package measure

import "math"

// Mean is a mean of many values with its 95% confidence interval, of which there
// is none where there are fewer than two values.
type Mean struct {
	Value    float64
	Interval *[2]float64 // low, high; nil for none
}

// z95 is the normal distribution's quantile for 95%, both tails.
const z95 = 1.959963984540054

// MeanOf is the mean of values, and the interval by the normal distribution:
// for hundreds of them and more. Of none it is zero.
func MeanOf(values []float64) Mean {
	n := float64(len(values))
	if n == 0 {
		return Mean{}
	}
	var sum, squares float64
	for _, v := range values {
		sum += v
	}
	mean := sum / n
	if n == 1 {
		return Mean{Value: mean} // nothing tells how far another would lie from it
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	half := z95 * math.Sqrt(squares/(n-1)/n)
	return Mean{mean, &[2]float64{mean - half, mean + half}}
}

// Share is how often something held, of n times (parts of a time count as such),
// and Wilson's interval (Wilson 1927, doi 10.1080/01621459.1927.10502953), which
// is right near 0 and 1 too. Of none it is zero.
func Share(held float64, n int) Mean {
	if n == 0 {
		return Mean{}
	}
	p, m := held/float64(n), float64(n)
	if n == 1 {
		return Mean{Value: p} // Wilson's would be most of all shares
	}
	middle := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	return Mean{p, &[2]float64{max(0, middle-half), min(1, middle+half)}}
}
