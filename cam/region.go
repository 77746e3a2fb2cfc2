package cam

import "image"

// Region is where a map's values reach a threshold.
type Region struct {
	W, H int
	In   []bool // [h, w], row-major
	// Box is around the largest part that hangs together by its sides; of
	// equally large ones the one that begins first, row by row. It is empty
	// where no value reaches the threshold.
	Box image.Rectangle
}

// Above is the region of values, [h, w] in rows, at or above a threshold: how
// Zhou et al. 2016 (arXiv 1512.04150, section 3.2) draw a box around an object,
// at a fifth of the map's highest value.
func Above(values []float32, w, h int, threshold float32) Region {
	r := Region{W: w, H: h, In: make([]bool, w*h)}
	for i, v := range values[:w*h] {
		r.In[i] = v >= threshold
	}
	seen := make([]bool, w*h)
	var stack []int
	most := 0
	for start, in := range r.In {
		if !in || seen[start] {
			continue
		}
		box, size := image.Rectangle{}, 0
		seen[start] = true
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := at%w, at/w
			box = box.Union(image.Rect(x, y, x+1, y+1))
			size++
			for _, next := range [4]struct {
				at int
				ok bool
			}{{at - 1, x > 0}, {at + 1, x < w-1}, {at - w, y > 0}, {at + w, y < h-1}} {
				if next.ok && r.In[next.at] && !seen[next.at] {
					seen[next.at] = true
					stack = append(stack, next.at)
				}
			}
		}
		if size > most {
			most, r.Box = size, box
		}
	}
	return r
}

// Edge tells whether the region ends at a pixel of it: a pixel beside it, within
// the map, is not in it.
func (r *Region) Edge(x, y int) bool {
	at := y*r.W + x
	return r.In[at] && (x > 0 && !r.In[at-1] || x < r.W-1 && !r.In[at+1] || y > 0 && !r.In[at-r.W] || y < r.H-1 && !r.In[at+r.W])
}
