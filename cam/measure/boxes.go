package measure

import (
	"image"
	"math"
)

// BoxLevels is how many thresholds a BoxCurve tells apart: those of a map of bytes.
const BoxLevels = 255

// BoxIoUs are the intersections over union at which MaxBoxAccV2 counts a box as found.
var BoxIoUs = [3]float64{0.3, 0.5, 0.7}

// BoxCurve tells, for each of BoxIoUs and each threshold of the map, whether a box of
// what lies above the threshold finds one of the object's: 1, else 0. Curves of
// pictures add up; MaxBoxAccV2 is made of their sum.
type BoxCurve [len(BoxIoUs)][BoxLevels]float64

// Boxes is the curve of a map, a value for each pixel in rows of w, by the protocol of
// MaxBoxAccV2 (Choe et al. 2020, arXiv 2007.04178, and its code): the map is brought
// to [0, 1] and to bytes, cut off; thresholds are the bytes from 0 on, what lies
// above one is taken apart into regions (8 neighbours), whose boxes, and those of the
// holes in them, edge included, are held against each of the object's. Right and lower
// ends of boxes are one pixel beyond the region, but within the picture, and sides are
// counted with both ends, as that code has it. A box of the object is given by its
// first and its last pixels, [x0, y0, x1, y1]. A map that is the same everywhere has
// the box of the first pixel alone.
func Boxes(values []float32, w int, object ...[4]int) BoxCurve {
	h := len(values) / w
	bytes, flat := toBytes(values)
	best := make([]float64, BoxLevels) // the best IoU, by threshold
	if flat {
		iou := bestIoU([4]int{}, object)
		for t := range best {
			best[t] = iou
		}
	} else {
		r := newRegions(w, h, object)
		r.above(bytes, best)
		r.holes(bytes, best)
	}
	var c BoxCurve
	for i, least := range BoxIoUs {
		for t, iou := range best {
			if iou >= least {
				c[i][t] = 1
			}
		}
	}
	return c
}

// MaxBoxAccV2 is the mean over BoxIoUs of the best threshold's share of n pictures
// that are found, by the sum of their curves.
func MaxBoxAccV2(sum *BoxCurve, n float64) float64 {
	var mean float64
	for _, found := range sum {
		most := 0.0
		for _, f := range found {
			most = max(most, f)
		}
		mean += most / n / float64(len(BoxIoUs))
	}
	return mean
}

// toBytes brings a map to [0, 1] and to bytes, cut off, in float32, as published code
// does; flat tells that it is the same everywhere, or not finite.
func toBytes(values []float32) (bytes []byte, flat bool) {
	unit, flat := toUnit(values)
	if flat {
		return nil, true
	}
	bytes = make([]byte, len(unit))
	for i, v := range unit {
		bytes[i] = byte(v * 255)
	}
	return bytes, false
}

// toUnit brings a map to [0, 1] by its least and its largest value.
func toUnit(values []float32) (unit []float32, flat bool) {
	least, most := float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range values {
		if v != v {
			return nil, true
		}
		least, most = min(least, v), max(most, v)
	}
	if !(most > least) || math.IsInf(float64(most), 0) || math.IsInf(float64(least), 0) {
		return nil, true
	}
	unit = make([]float32, len(values))
	for i, v := range values {
		unit[i] = (v - least) / (most - least)
	}
	return unit, false
}

// regions are connected pixels, which grow as pixels are added. Around the picture
// lies a margin of one pixel that is never added, so that every pixel has eight
// neighbours.
type regions struct {
	w, h   int
	object [][4]int
	parent []int32 // −1 for a pixel that is in none
	box    [][4]int
	edge   []bool  // it touches the picture's edge
	roots  []int32 // of the regions, and some that have become part of others
}

func newRegions(w, h int, object [][4]int) *regions {
	n := (w + 2) * (h + 2)
	return &regions{w: w, h: h, object: object, parent: make([]int32, n), box: make([][4]int, n), edge: make([]bool, n)}
}

func (r *regions) reset() {
	for i := range r.parent {
		r.parent[i] = -1
	}
	r.roots = r.roots[:0]
}

func (r *regions) find(i int32) int32 {
	for r.parent[i] != i {
		r.parent[i] = r.parent[r.parent[i]]
		i = r.parent[i]
	}
	return i
}

// four and eight are how far on the neighbours of a pixel lie.
func (r *regions) four() []int32 {
	down := int32(r.w + 2)
	return []int32{-down, -1, 1, down}
}

func (r *regions) eight() []int32 {
	down := int32(r.w + 2)
	return append(r.four(), -down-1, -down+1, down-1, down+1)
}

// add adds the pixel at x and y, which joins the regions of its neighbours.
func (r *regions) add(x, y int, neighbours []int32) {
	i := int32((y+1)*(r.w+2) + x + 1)
	own := int32(-1)
	for _, on := range neighbours {
		if r.parent[i+on] < 0 {
			continue
		}
		switch other := r.find(i + on); own {
		case -1:
			own = other
		case other:
		default:
			r.parent[own] = other
			r.extend(other, r.box[own], r.edge[own])
			own = other
		}
	}
	pixel, edge := [4]int{x, y, x, y}, x == 0 || y == 0 || x == r.w-1 || y == r.h-1
	if own >= 0 {
		r.parent[i] = own
		r.extend(own, pixel, edge)
		return
	}
	r.parent[i], r.box[i], r.edge[i] = i, pixel, edge
	r.roots = append(r.roots, i)
}

func (r *regions) extend(root int32, by [4]int, edge bool) {
	b := &r.box[root]
	*b = [4]int{min(b[0], by[0]), min(b[1], by[1]), max(b[2], by[2]), max(b[3], by[3])}
	r.edge[root] = r.edge[root] || edge
}

// each calls f with the root of every region.
func (r *regions) each(f func(root int32)) {
	live := r.roots[:0]
	for _, root := range r.roots {
		if r.parent[root] == root {
			live = append(live, root)
			f(root)
		}
	}
	r.roots = live
}

// above holds the boxes of what lies above each threshold against the object's.
func (r *regions) above(bytes []byte, best []float64) {
	r.reset()
	at, eight := byLevel(bytes), r.eight()
	for t := BoxLevels - 1; t >= 0; t-- {
		for _, i := range at[t+1] {
			r.add(int(i)%r.w, int(i)/r.w, eight)
		}
		r.each(func(root int32) { best[t] = max(best[t], r.iou(r.box[root])) })
	}
}

// holes does so with the boxes of holes in it, with the pixels around them.
func (r *regions) holes(bytes []byte, best []float64) {
	r.reset()
	at, four := byLevel(bytes), r.four()
	for t := range BoxLevels {
		for _, i := range at[t] {
			r.add(int(i)%r.w, int(i)/r.w, four)
		}
		r.each(func(root int32) {
			if b := r.box[root]; !r.edge[root] {
				best[t] = max(best[t], r.iou([4]int{b[0] - 1, b[1] - 1, b[2] + 1, b[3] + 1}))
			}
		})
	}
}

// iou is the best of a region's box with the object's.
func (r *regions) iou(box [4]int) float64 {
	box[2], box[3] = min(box[2]+1, r.w-1), min(box[3]+1, r.h-1)
	return bestIoU(box, r.object)
}

// byLevel are the pixels of each value.
func byLevel(bytes []byte) (at [256][]int32) {
	for i, v := range bytes {
		at[v] = append(at[v], int32(i))
	}
	return at
}

// bestIoU is the best intersection over union of a box with others, whose ends are
// counted with them.
func bestIoU(a [4]int, others [][4]int) float64 {
	area := func(b [4]int) int { return max(b[2]-b[0]+1, 0) * max(b[3]-b[1]+1, 0) }
	most := 0.0
	for _, b := range others {
		both := area([4]int{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])})
		most = max(most, float64(both)/float64(area(a)+area(b)-both))
	}
	return most
}

// BoxOf is the box of an object as Boxes takes it: its first and its last pixels.
func BoxOf(r image.Rectangle) [4]int {
	return [4]int{r.Min.X, r.Min.Y, r.Max.X - 1, r.Max.Y - 1}
}
