package exact

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExp: within one unit in the last place of the series, summed in 200 bits.
func TestExp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 2000 {
		x := rng.NormFloat64() * []float64{1e-9, 1, 30, 300}[i%4]
		if math.Abs(x) > 700 {
			continue
		}
		want, got := series(x), Exp(x)
		if ulp := math.Nextafter(want, math.Inf(1)) - want; math.Abs(got-want) > ulp {
			t.Errorf("Exp(%g) = %g, not %g", x, got, want)
		}
	}
}

// series is eˣ by its Taylor series of x/1024, squared ten times.
func series(x float64) float64 {
	const bits = 200
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(v) }
	small, term, sum := number(x/1024), number(1), number(1)
	for i := 1; i < 60; i++ {
		term.Mul(term, small).Quo(term, number(float64(i)))
		sum.Add(sum, term)
	}
	for range 10 {
		sum.Mul(sum, sum)
	}
	v, _ := sum.Float64()
	return v
}

// TestExpEnds: the ends of its range, and beyond.
func TestExpEnds(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, 1}, {math.Copysign(0, -1), 1}, {math.Inf(1), math.Inf(1)}, {math.Inf(-1), 0}, {710, math.Inf(1)}, {-746, 0}, {1e300, math.Inf(1)}, {-745, 5e-324}, {1e-300, 1},
	} {
		if got := Exp(c.x); got != c.want {
			t.Errorf("Exp(%g) = %g, not %g", c.x, got, c.want)
		}
	}
	if !math.IsNaN(Exp(math.NaN())) {
		t.Error("Exp(NaN) is a number")
	}
}

// TestExpBits: the bits of a hundred thousand values, which are one on every processor.
func TestExpBits(t *testing.T) {
	h := fnv.New64a()
	for i := range 100_000 {
		_ = binary.Write(h, binary.LittleEndian, Exp(float64(i-50_000)/80)) // a hash takes all
	}
	if got, want := fmt.Sprintf("%x", h.Sum64()), "7418a8a1a061ccaa"; got != want {
		t.Errorf("the bits hash to %s, not %s", got, want)
	}
}

// TestUse: whatever is not drawn before the program is built takes Exp from here.
func TestUse(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(filepath.ToSlash(path), "../assets/samples/draw/") {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("math.Exp(")) {
			t.Errorf("%s takes math.Exp, whose bits are not one on every processor", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
