package teach

import (
	"cmp"
	"context"
	"math"
	"slices"

	"scalecam/network/kernel"
)

// Alike tells which pictures show nearly the same, such as a burst of one scene or
// copies of one file: an answer to one of them is known from the others.
type Alike struct {
	// Group is of each picture the number of its group, of those that are alike by way
	// of others, too. Groups are numbered in the order of their first pictures.
	Group []int
	// Other is of each picture the one of another class that is most like it.
	Other []Neighbour
}

// Neighbour is a picture and how like it is: the cosine of the two pictures' features,
// of which 1 is the same but for contrast.
type Neighbour struct {
	Picture int // −1 for none
	Cosine  float64
}

// Near is the cosine from which on pictures count as nearly the same. Of Lite0's
// features, a photograph and itself shifted by a twentieth, 20 % brighter or mirrored
// reach it 19 times of 20, and half of the time at two thirds of its size or a sixth
// nearer; of photographs of one thing that nothing else connects one in 50 finds
// another that does, and of two things none.
const Near = 0.9

// FindAlike compares all pictures with each other by their features [n, k], row-major.
// Room is taken for a strip of the comparisons at a time. The error is ctx's.
func FindAlike(ctx context.Context, features []float32, labels []int) (*Alike, error) {
	n := len(labels)
	a := &Alike{Group: make([]int, n), Other: make([]Neighbour, n)}
	for i := range n {
		a.Group[i], a.Other[i] = i, Neighbour{Picture: -1}
	}
	if n == 0 {
		return a, nil
	}
	k := len(features) / n
	x := make([]float32, n*k) // each of length 1
	for i := range n {
		row := features[i*k:][:k]
		sum := 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		if sum == 0 {
			continue
		}
		for j, v := range row {
			x[i*k+j] = float32(float64(v) / math.Sqrt(sum))
		}
	}
	const strip = 256
	cosines := make([]float32, n*strip)
	for lo := 0; lo < n; lo += strip {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		wide := min(strip, n-lo)
		p := kernel.PackLinear(x[lo*k:][:wide*k], wide, k, nil)
		p.Product(cosines, x, n, kernel.Identity, nil)
		p.Release()
		for i := range n {
			for c, v := range cosines[i*wide:][:wide] {
				j := lo + c
				if v >= Near && i < j {
					a.join(i, j)
				}
				if labels[i] != labels[j] && (a.Other[j].Picture < 0 || float64(v) > a.Other[j].Cosine) {
					a.Other[j] = Neighbour{i, float64(v)}
				}
			}
		}
	}
	number := map[int]int{} // by first picture
	for i := range n {
		a.Group[i] = a.first(i)
		if a.Group[i] == i {
			number[i] = len(number)
		}
	}
	for i, first := range a.Group {
		a.Group[i] = number[first]
	}
	return a, nil
}

// first is the first picture of a group while it is put together: each points to an
// earlier one, the first to itself.
func (a *Alike) first(i int) int {
	for a.Group[i] != i {
		a.Group[i] = a.Group[a.Group[i]]
		i = a.Group[i]
	}
	return i
}

func (a *Alike) join(i, j int) {
	i, j = a.first(i), a.first(j)
	a.Group[max(i, j)] = min(i, j)
}

// Folds divide pictures: the head that answers for a fold's pictures is fitted to all
// others.
type Folds struct {
	Of    []int // of each picture; −1 of those that every head is fitted to
	Count int   // 0 where no picture can be left out
	// Single are classes whose pictures cannot be left out, such as a class of one:
	// without them there is no such class. Of them nothing is known.
	Single []int
	// Bursts are classes whose pictures are all nearly the same. They are left out one
	// by one nevertheless, and the answers flatter.
	Bursts []int
}

const (
	usualFolds = 5
	fewGroups  = 30 // up to so many, each is a fold: leave-one-out
)

// Divide divides pictures into folds of about the same classes (stratified) that keep
// groups together. The division depends on the order of the pictures alone.
func Divide(labels []int, classes int, group []int) *Folds {
	return DivideInto(0, labels, classes, group)
}

// DivideInto is Divide into so many folds, 0 for the usual number, or into as many as
// there are groups where these are fewer.
func DivideInto(folds int, labels []int, classes int, group []int) *Folds {
	f := &Folds{Of: make([]int, len(labels))}
	of := make([][]int, classes) // pictures of each class
	for i, c := range labels {
		of[c] = append(of[c], i)
	}
	group = slices.Clone(group)
	next := len(labels) // numbers that no group has
	for c, pictures := range of {
		switch {
		case len(pictures) == 1:
			f.Single = append(f.Single, c)
		case len(pictures) > 1 && !slices.ContainsFunc(pictures, func(i int) bool { return group[i] != group[pictures[0]] }):
			f.Bursts = append(f.Bursts, c)
			for _, i := range pictures {
				group[i] = next
				next++
			}
		}
	}
	var groups [][]int // of pictures
	at := map[int]int{}
	for i, c := range labels {
		if f.Of[i] = -1; len(of[c]) == 1 {
			continue
		}
		if _, ok := at[group[i]]; !ok {
			at[group[i]] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[group[i]]] = append(groups[at[group[i]]], i)
	}
	if len(groups) < 2 {
		return f
	}
	switch {
	case folds > 0:
		f.Count = min(folds, len(groups))
	case len(groups) <= fewGroups:
		f.Count = len(groups)
	default:
		f.Count = usualFolds
	}
	// The largest first: what comes last fills the gaps. Of a class whose pictures are
	// all single, fold after fold gets one.
	slices.SortStableFunc(groups, func(a, b []int) int { return cmp.Compare(len(b), len(a)) })
	has, size := make([][]int, f.Count), make([]int, f.Count) // pictures of each class
	for fold := range has {
		has[fold] = make([]int, classes)
	}
	for _, g := range groups {
		best, least := 0, [2]float64{math.Inf(1)}
		for fold := range has {
			// The share of its pictures' classes that the fold has already.
			crowd := 0.0
			for _, i := range g {
				crowd += float64(has[fold][labels[i]]) / float64(len(of[labels[i]]))
			}
			if now := [2]float64{crowd, float64(size[fold])}; slices.Compare(now[:], least[:]) < 0 {
				best, least = fold, now
			}
		}
		for _, i := range g {
			f.Of[i] = best
			has[best][labels[i]]++
		}
		size[best] += len(g)
	}
	for c, pictures := range of { // none of which would be left
		for fold := range has {
			if len(pictures) > 1 && has[fold][c] == len(pictures) {
				f.Single = append(f.Single, c)
				for _, i := range pictures {
					f.Of[i] = -1
				}
			}
		}
	}
	return f
}
