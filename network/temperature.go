package network

import (
	"math"

	"scalecam/exact"
)

// The range of temperatures, as logarithms to the base e: a twentieth to 20.
const lowest, hottest = -3.0, 3.0

// FitTemperature finds the temperature of the least loss, which has one least, by
// golden-section search over its logarithm (Kiefer 1953, doi
// 10.1090/S0002-9939-1953-0055639-3), to three digits.
func FitTemperature(loss func(temperature float64) float64) float64 {
	golden := (math.Sqrt(5) - 1) / 2
	lo, hi := lowest, hottest
	at := func(x float64) float64 { return loss(exact.Exp(x)) }
	a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
	fa, fb := at(a), at(b)
	for hi-lo > 1e-4 {
		if fa <= fb {
			hi, b, fb = b, a, fa
			a = hi - golden*(hi-lo)
			fa = at(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + golden*(hi-lo)
			fb = at(b)
		}
	}
	const digits = 1000
	return math.Round(exact.Exp((lo+hi)/2)*digits) / digits
}
