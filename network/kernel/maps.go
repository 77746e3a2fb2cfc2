package kernel

// long panics where a slice holds fewer than n values: the assembly looks at no
// slice's length.
func long(n int, slices ...[]float32) {
	for _, s := range slices {
		_ = s[:n]
	}
}

// maps runs a kernel that goes over rows of channels: the channels that fill
// vectors with the set's own, the rest with narrower ones.
func (s *instructions) maps(w *worker, args mapArgs, channels int, kernel func(*instructions) func(*mapArgs)) {
	for done := 0; done < channels; s = s.narrower {
		vectors := (channels - done) / s.lanes
		if vectors == 0 {
			continue
		}
		w.maps = args
		m := &w.maps
		m.ahead = ahead(args.xLine, channels)
		m.vectors = uintptr(vectors)
		for _, p := range [...]**float32{&m.x, &m.y, &m.z, &m.mean, &m.scale, &m.shift, &m.sum, &m.dot} {
			*p = forward(*p, uintptr(4*done))
		}
		kernel(s)(m)
		done += vectors * s.lanes
	}
}

// ahead is how far on to bring near what is read, of rows so far apart and as many
// channels: where these are some of a pixel's, the processor does not foresee it.
func ahead(line uintptr, channels int) uintptr {
	const values = 512
	return line * uintptr(max(values/channels, 1))
}

func affine(s *instructions) func(*mapArgs)         { return s.affine }
func affineGradient(s *instructions) func(*mapArgs) { return s.affineGradient }
func combine(s *instructions) func(*mapArgs)        { return s.combine }
func moment(s *instructions) func(*mapArgs)         { return s.moments }
func sums(s *instructions) func(*mapArgs)           { return s.sums }
func dots(s *instructions) func(*mapArgs)           { return s.dots }
func add(s *instructions) func(*mapArgs)            { return s.add }
func maximum(s *instructions) func(*mapArgs)        { return s.maximum }
func copyMap(s *instructions) func(*mapArgs)        { return s.copy }

// blockRows is how many rows of channels one core takes at a time: about 64
// KiB of them, but no more than what float32 adds up without losing much.
func blockRows(channels int) int { return min(max(1<<14/channels, 8), 512) }

// blocks calls part for blocks of rows, spread over the cores.
func blocks(rows, channels int, part func(w *worker, block, lo, hi int)) {
	size := blockRows(channels)
	parallel((rows+size-1)/size, func(w *worker, i int) { part(w, i, i*size, min((i+1)*size, rows)) })
}

// columns adds up what part puts into sums, n·channels values for each block
// of rows, and gives the totals.
func columns(rows, channels, n int, part func(w *worker, sums []float32, lo, hi int)) []float64 {
	size := n * channels
	count := (rows + blockRows(channels) - 1) / blockRows(channels)
	partial := borrow(count * size)
	defer giveBack(partial)
	clear(partial)
	blocks(rows, channels, func(w *worker, block, lo, hi int) { part(w, partial[block*size:][:size], lo, hi) })
	return total(partial, size)
}

// total adds up rows of so many partial sums, in order.
func total(partial []float32, size int) []float64 {
	totals, count := make([]float64, size), len(partial)/size
	few(size, count, func(from, to int) {
		totals := totals[from:to]
		for b := range count {
			for i, v := range partial[b*size+from:][:len(totals)] {
				totals[i] += float64(v)
			}
		}
	})
	return totals
}

// fewChannels is how many channels few calls for at most.
const fewChannels = 32

// few calls part for channels [from, to), few at a time, on all cores where there is
// work enough, of so much a channel.
func few(channels, work int, part func(from, to int)) {
	parts := (channels + fewChannels - 1) / fewChannels
	each := func(_ *worker, i int) { part(i*fewChannels, min((i+1)*fewChannels, channels)) }
	if channels*work < enough/8 {
		for i := range parts {
			each(nil, i)
		}
		return
	}
	parallel(parts, each)
}

// SumChannels writes into dst [channels] the sum over the rows of grad [rows,
// channels]: the gradient of a bias.
func SumChannels(dst, grad []float32, rows, channels int) {
	long(rows*channels, grad)
	totals := columns(rows, channels, 1, func(w *worker, to []float32, lo, hi int) {
		line := uintptr(4 * channels)
		x := &grad[lo*channels]
		current.maps(w, mapArgs{rows: uintptr(hi - lo), x: x, xLine: line, y: x, z: x, sum: &to[0]}, channels, sums)
	})
	for c, v := range totals {
		dst[c] = float32(v)
	}
}

// Add writes a + b into dst, which may be either.
func Add(dst, a, b []float32) {
	long(len(dst), a, b)
	const line = 1 << 10
	whole := len(dst) / line
	blocks(whole, line, func(w *worker, _, lo, hi int) {
		current.maps(w, mapArgs{
			rows: uintptr(hi - lo), x: &a[lo*line], xLine: 4 * line, y: &b[lo*line], yLine: 4 * line, z: &dst[lo*line], zLine: 4 * line,
		}, line, add)
	})
	for i := whole * line; i < len(dst); i++ {
		dst[i] = a[i] + b[i]
	}
}
