package scenes

import "math"

// shape is the outline of something to fill: one or more closed contours. What
// lies inside of several is filled once where they run the same way round, and a
// hole where they run opposite ways.
type shape [][]point

// join is several shapes as one.
func join(shapes ...shape) shape {
	var all shape
	for _, s := range shapes {
		all = append(all, s...)
	}
	return all
}

// moved is the shape under a transform.
func (s shape) moved(t transform) shape {
	out := make(shape, len(s))
	for i, contour := range s {
		out[i] = make([]point, len(contour))
		for j, p := range contour {
			out[i][j] = t.apply(p)
		}
	}
	return out
}

// hole is the shape run round the other way.
func (s shape) hole() shape {
	out := make(shape, len(s))
	for i, contour := range s {
		out[i] = make([]point, len(contour))
		for j, p := range contour {
			out[i][len(contour)-1-j] = p
		}
	}
	return out
}

// polygon has straight sides. Its points are given as x, y, x, y, …
func polygon(xy ...float64) shape { return shape{clockwise(points(xy))} }

func points(xy []float64) []point {
	ps := make([]point, len(xy)/2)
	for i := range ps {
		ps[i] = point{xy[2*i], xy[2*i+1]}
	}
	return ps
}

// clockwise gives the contour running clockwise as seen with y down, so that
// all shapes run the same way.
func clockwise(ps []point) []point {
	area := 0.0
	for i, p := range ps {
		q := ps[(i+1)%len(ps)]
		area += p.x*q.y - q.x*p.y
	}
	if area >= 0 {
		return ps
	}
	return shape{ps}.hole()[0]
}

// rectangle reaches from corner to corner.
func rectangle(x0, y0, x1, y1 float64) shape { return polygon(x0, y0, x1, y0, x1, y1, x0, y1) }

// round is a rectangle with corners of radius r.
func round(x0, y0, x1, y1, r float64) shape {
	x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
	r = min(r, (x1-x0)/2, (y1-y0)/2)
	var ps []point
	for i, c := range []point{{x1 - r, y1 - r}, {x0 + r, y1 - r}, {x0 + r, y0 + r}, {x1 - r, y0 + r}} {
		for j := range 7 {
			s, k := math.Sincos((float64(i) + float64(j)/6) * math.Pi / 2)
			ps = append(ps, point{c.x + r*k, c.y + r*s})
		}
	}
	return shape{ps}
}

// ellipse has its middle at (x, y).
func ellipse(x, y, rx, ry float64) shape { return pie(x, y, rx, ry, 0, 360) }

// disc is a circle.
func disc(x, y, r float64) shape { return ellipse(x, y, r, r) }

// pie is the part of an ellipse between two angles in degrees, clockwise from
// the right, cut off by the chord between its ends.
func pie(x, y, rx, ry, from, to float64) shape { return shape{clockwise(arc(x, y, rx, ry, from, to))} }

// arc gives the points of an ellipse's line between two angles in degrees.
func arc(x, y, rx, ry, from, to float64) []point {
	n := max(4, int(math.Abs(to-from)/9))
	ps := make([]point, n+1)
	for i := range ps {
		s, c := math.Sincos((from + (to-from)*float64(i)/float64(n)) * math.Pi / 180)
		ps[i] = point{x + rx*c, y + ry*s}
	}
	return ps
}

// ring is a circle's line, so wide.
func ring(x, y, r, width float64) shape {
	return join(disc(x, y, r+width/2), disc(x, y, r-width/2).hole())
}

// blob is a smooth closed line through the points x, y, x, y, …
// (a closed Catmull-Rom spline).
func blob(xy ...float64) shape { return shape{clockwise(smooth(points(xy), true))} }

// smooth gives a smooth line through the points.
func smooth(ps []point, closed bool) []point {
	const steps = 8
	n := len(ps)
	at := func(i int) point {
		if closed {
			return ps[(i+n)%n]
		}
		return ps[min(max(i, 0), n-1)]
	}
	spans := n - 1
	if closed {
		spans = n
	}
	var out []point
	for i := range spans {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		for j := range steps {
			t := float64(j) / steps
			f := func(a, b, c, d float64) float64 {
				return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
			}
			out = append(out, point{f(a.x, b.x, c.x, d.x), f(a.y, b.y, c.y, d.y)})
		}
	}
	if !closed {
		out = append(out, ps[n-1])
	}
	return out
}

// line is a stroke with round ends, so wide, through the points x, y, x, y, …
func line(width float64, xy ...float64) shape { return stroke(width, width, points(xy)) }

// curve is line through the same points, smoothed.
func curve(width float64, xy ...float64) shape {
	return stroke(width, width, smooth(points(xy), false))
}

// stroke is a stroke with round ends whose width changes from one end to the
// other.
func stroke(from, to float64, ps []point) shape {
	var s shape
	for i, p := range ps {
		w := from + (to-from)*float64(i)/float64(max(1, len(ps)-1))
		s = append(s, disc(p.x, p.y, w/2)...)
		if i == 0 {
			continue
		}
		q := ps[i-1]
		v := from + (to-from)*float64(i-1)/float64(max(1, len(ps)-1))
		dx, dy := p.x-q.x, p.y-q.y
		l := math.Hypot(dx, dy)
		if l == 0 {
			continue
		}
		nx, ny := -dy/l/2, dx/l/2
		s = append(s, clockwise([]point{{q.x + nx*v, q.y + ny*v}, {p.x + nx*w, p.y + ny*w}, {p.x - nx*w, p.y - ny*w}, {q.x - nx*v, q.y - ny*v}}))
	}
	return s
}

// spiked is a closed zigzag between two radii around the origin: a star, a cog.
func spiked(outer, inner float64, spikes int, degrees float64) shape {
	ps := make([]point, 2*spikes)
	for i := range ps {
		r := outer
		if i%2 == 1 {
			r = inner
		}
		s, c := math.Sincos((degrees + 180*float64(i)/float64(spikes)) * math.Pi / 180)
		ps[i] = point{r * c, r * s}
	}
	return shape{ps}
}
