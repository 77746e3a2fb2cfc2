package kernel

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Matrix is a row-major float32 matrix of Rows × Cols over Data.
type Matrix struct {
	Rows, Cols int
	Data       []float32
}

func (m Matrix) general() blas32.General {
	return blas32.General{Rows: m.Rows, Cols: m.Cols, Stride: m.Cols, Data: m.Data}
}

// MatMul computes dst = op(a)·op(b), or adds the product to dst where add is
// set; op transposes where the flag before it says so. It panics where the
// shapes do not fit.
func MatMul(dst Matrix, transA bool, a Matrix, transB bool, b Matrix, add bool) {
	beta := float32(0)
	if add {
		beta = 1
	}
	blas32.Gemm(transpose(transA), transpose(transB), 1, a.general(), b.general(), beta, dst.general())
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}
