package kernel

// source is what a layer in training reads, of rows [rows, channels]: those of plain,
// or what another layer puts out, which is nowhere whole: its convolution's result,
// normalised and activated as it is read, and each picture's channels scaled by gates
// [N, channels], if there are any.
type source struct {
	plain  []float32
	normed *normed
	gates  []float32
	pixels int // of a picture; where there are gates
}

func (s source) long(n int) {
	if s.normed == nil {
		long(n, s.plain)
	} else {
		long(n, s.normed.x)
	}
}

// rows gives n rows from row lo on, side by side.
func (s source) rows(w *worker, channels, lo, n int) []float32 {
	if s.normed == nil {
		return s.plain[lo*channels:][:n*channels]
	}
	room := w.room(sourceRoom, n*channels)
	s.write(w, room, lo, n)
	return room
}

// write writes n rows of a layer's from row lo on.
func (s source) write(w *worker, dst []float32, lo, n int) {
	channels := s.normed.Channels
	s.normed.write(w, &dst[0], channels, lo, lo+n, 0, channels)
	if s.gates == nil {
		return
	}
	zeros := w.room(sumRoom, channels)
	clear(zeros)
	cut{s.normed.Rows / s.pixels, s.pixels, s.pixels}.within(lo, lo+n, func(picture, from, to int) {
		rows := dst[(from-lo)*channels:]
		scaleShiftRows(w, rows, rows, to-from, channels, s.gates[picture*channels:], zeros, zeros)
	})
}

// whole gives all rows; end ends that.
func (s source) whole() []float32 {
	if s.normed == nil {
		return s.plain
	}
	n := s.normed
	all := borrow(n.Rows * n.Channels)
	blocks(n.Rows, n.Channels, func(w *worker, _, lo, hi int) { s.write(w, all[lo*n.Channels:], lo, hi-lo) })
	return all
}

func (s source) end(whole []float32) {
	if s.normed != nil {
		giveBack(whole)
	}
}

// strip is a forward pass's, for as many channels as are valid.
func (s source) strip(w *worker, set *instructions, win Window, valid int) strip {
	to := forwardStrip(w, set, win)
	if s.normed != nil && valid%set.lanes != 0 { // fill leaves out the others
		clear(to.data)
	}
	return to
}

// fill fills rows [y0, y1) of a strip with channels [c, c+valid) of picture n. There are
// no gates.
func (s source) fill(w *worker, to *strip, n, channels, c, valid, y0, y1 int) {
	if s.normed == nil {
		to.copyRows(w, s.plain[n*to.InH*to.InW*channels:], channels, c, valid, to.Left, 1, y0, y1)
		return
	}
	for y := y0; y < y1; y++ {
		at := (n*to.InH + y) * to.InW
		s.normed.write(w, to.pixel(y, to.Left), to.set.wide(), at, at+to.InW, c, valid)
	}
}
