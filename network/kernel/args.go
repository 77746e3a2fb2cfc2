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
	run         uintptr // rows up to the first gap in C; 0: there are none
	runs        uintptr // and between one gap and the next
	gap         uintptr // by how much more than cLine the next row lies apart there
	k           uintptr
	more        uintptr  // times that k values follow in A and B,
	jump        uintptr  // in A so far behind those before
	bias        *float32 // of the tile's columns, whole vectors
	add         *float32 // added before the activation, as C is laid out, or nil
	addLine     uintptr
	activation  uintptr // Identity, SiLU, ReLU6 or ReLU
	tiles       uintptr
	strided     uintptr  // 0: A's k lie side by side, and B's rows without a gap; else A's rows lie side by side
	lastColumns uintptr  // mask of the last vector's columns; AVX-512 alone heeds it
	ahead       *float32 // what is needed next, to be brought near meanwhile, two lines for
	aheadStep   uintptr  // every four k
}

// depthwiseArgs asks for tiles of output pixels of some lines, one vector of
// channels wide. Input pixels lie a panel apart.
type depthwiseArgs struct {
	x, weight  *float32    // a vector's; seen says where in them
	seen       *kernelRows // of each line
	lines      uintptr     // a gradient has one
	bias       *float32    // a vector
	out        *float32    // a vector for each pixel, outStep apart
	outStep    uintptr
	outLine    uintptr  // from line to line
	tiles      uintptr  // in a line; in a gradient: pixels
	sums       *float32 // a vector to which the outputs are added, or nil
	activation uintptr  // Identity, SiLU, ReLU6 or ReLU
}

// kernelRows are the rows of the kernel, one or more, that lie on the plane for a
// line of the output.
type kernelRows struct {
	count uintptr
	rows  [5]kernelRow
}

// kernelRow says how many bytes behind x lies the first input pixel that a
// line's first output pixel sees under a row of the kernel, and how many behind
// weight that row's weights: a vector for each column of the kernel.
type kernelRow struct{ x, weight uintptr }

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
	ahead         uintptr // how far on what is read is to be brought near meanwhile
}
