package kernel

// The arguments of the kernels in assembly. Strides ("lines", "steps") are in
// bytes, counts in what their comment says. The pointers point into their
// arrays, never beyond: what moves on does so in registers, out of the garbage
// collector's sight. generate/ knows the layout by the offsets of the fields.

// productArgs asks for tiles of rows × vectors of C = A·B + bias.
type productArgs struct {
	a           *float32 // first row
	aLine       uintptr  // from row to row
	aStep       uintptr  // from k to k; read only if strided
	b           *float32
	bLine       uintptr // from k to k; read only if strided
	c           *float32
	cLine       uintptr
	k           uintptr
	bias        *float32 // of the tile's columns, whole vectors
	add         *float32 // added before the activation, as C is laid out, or nil
	addLine     uintptr
	activation  uintptr // Identity, SiLU, ReLU6 or ReLU
	tiles       uintptr
	strided     uintptr  // 0: A's k lie side by side, and B's rows without a gap
	lastColumns uintptr  // mask of the last vector's columns; AVX-512 alone heeds it
	ahead       *float32 // what is needed next, to be brought near meanwhile, a line for
	aheadStep   uintptr  // every four k
}

// depthwiseArgs asks for tiles of output pixels of one row, one vector of
// channels wide. Input pixels lie two vectors apart.
type depthwiseArgs struct {
	rows       [5]kernelRow // those of the kernel's rows that lie on the plane
	count      uintptr      // of rows, 1 or more
	bias       *float32     // a vector
	out        *float32     // a vector for each pixel, outStep apart
	outStep    uintptr
	tiles      uintptr  // in a gradient: pixels
	sums       *float32 // a vector to which the outputs are added, or nil
	activation uintptr  // Identity, SiLU, ReLU6 or ReLU
}

// kernelRow is a row of input pixels, from the first one that the first output
// pixel sees, and the weights for it: a vector for each column of the kernel.
type kernelRow struct{ x, weight *float32 }

// mapArgs asks for a pass over rows of channels. What a kernel does not use
// may be nil, except x, y and z, which then are x again with a line of 0.
type mapArgs struct {
	rows, vectors uintptr
	x             *float32
	xLine         uintptr
	y             *float32
	yLine         uintptr
	z             *float32
	zLine         uintptr
	mean          *float32 // a value for each channel, as all that follow
	scale, shift  *float32
	sum, dot      *float32
	activation    uintptr
}
