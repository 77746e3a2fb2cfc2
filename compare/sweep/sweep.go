// Package sweep trains networks of many scalings by one recipe, so that what scaling does
// is measured: the list of them, the trainings side by side, and what came of each.
package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"scalecam/file"
	"scalecam/network"
	"scalecam/network/train"
)

// Sweep says which networks are trained alike: an architecture scaled along lines, on the
// same data, by one recipe. In a file it is JSON.
type Sweep struct {
	Name  string `json:"name"`
	Title string `json:"title"` // as shown
	// Scenes or Folder is what the networks learn from.
	Scenes       *train.Scenes `json:"scenes,omitempty"`
	Folder       string        `json:"folder,omitempty"` // of pictures, as dataset.OpenSplits takes it
	Architecture string        `json:"architecture"`
	Recipe       train.Recipe  `json:"recipe"`
	Lines        []Line        `json:"lines"`
}

// Line is networks that belong together, such as all that are scaled in depth alone:
// Points, and those that a Grid spells out.
type Line struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	// Seeds are those that each network is trained with; the recipe's where there are none.
	Seeds  []uint64 `json:"seeds,omitempty"`
	Points []Point  `json:"points,omitempty"`
	Grid   *Grid    `json:"grid,omitempty"`
}

// Point is a scaling: factors of the architecture's own layers, channels and input side,
// each 1 where it is left out.
type Point struct {
	Depth      float64  `json:"depth"`
	Width      float64  `json:"width"`
	Resolution float64  `json:"resolution"`
	Seeds      []uint64 `json:"seeds,omitempty"` // in place of the line's
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Point) UnmarshalJSON(data []byte) error {
	type plain Point // which has no such method
	read := plain{Depth: 1, Width: 1, Resolution: 1}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(&read)
	*p = Point(read)
	return err
}

// Grid is compound scaling at every φ by every α, β and γ of which the multiply-adds about
// double when φ grows by one: α·β²·γ² is 2, within the tolerance (arXiv 1905.11946,
// section 3.3). Where Gamma is left out, γ is what makes it 2, to three decimals, or 1
// where α and β alone do.
type Grid struct {
	Alpha     []float64 `json:"alpha"`
	Beta      []float64 `json:"beta"`
	Gamma     []float64 `json:"gamma,omitempty"`
	Phi       []float64 `json:"phi"`
	Tolerance float64   `json:"tolerance"`
}

// What a sweep holds at most.
const (
	mostLines     = 50
	mostTrainings = 1000
	mostSeeds     = 100
	mostValues    = 100 // of each list of a grid
)

// Parse reads a sweep's JSON. An unknown key, a value out of range, two lines of one name
// and a network that is twice in a line are errors.
func Parse(data []byte) (*Sweep, error) {
	s := &Sweep{Recipe: train.DefaultRecipe}
	if err := train.Decode(data, s); err != nil {
		return nil, err
	}
	if err := s.Recipe.Check(); err != nil {
		return nil, fmt.Errorf("the recipe's %w", err)
	}
	if err := file.CheckLocal(s.Folder); err != nil { // a file may be anybody's
		return nil, fmt.Errorf("folder: %w", err)
	}
	switch {
	case s.Name == "":
		return nil, errors.New("it has no name")
	case s.Recipe.From != "" || s.Recipe.Teacher != "":
		return nil, errors.New("the recipe's from and teacher are of a network that learns from another; a sweep's begin from random weights and learn from labels")
	case (s.Scenes == nil) == (s.Folder == ""):
		return nil, errors.New("it names scenes or a folder to learn from, and just one of them")
	case len(s.Lines) == 0:
		return nil, errors.New("it has no lines")
	case len(s.Lines) > mostLines:
		return nil, fmt.Errorf("it has %d lines, more than %d; leave some out", len(s.Lines), mostLines)
	}
	seen := map[string]bool{}
	for _, l := range s.Lines {
		lower := strings.ToLower(l.Name)
		const longest = 100
		if l.Name == "" || len(l.Name) > longest || seen[lower] || !train.PlainName(l.Name) {
			return nil, fmt.Errorf("%.80q names a line; each has a name of its own, of up to %d letters, digits, - and _", l.Name, longest)
		}
		seen[lower] = true
	}
	_, err := s.Plan(2)
	return s, err
}

// Pack is what the sweep trains, as a pack of networks without names.
func (s *Sweep) Pack() *train.Pack {
	return &train.Pack{Name: s.Name, Title: s.Title, Scenes: s.Scenes, Folder: s.Folder, Recipe: s.Recipe}
}

// Plan is the sweep's result before anything is trained, for so many classes: every line
// and network with the trainings that there are to be.
func (s *Sweep) Plan(classes int) (*Result, error) {
	preset, err := network.LookupPreset(s.Architecture)
	if err != nil {
		return nil, err
	}
	architecture := preset.Architecture
	plan := &Result{Name: s.Name, Title: s.Title, Architecture: architecture.Name, Recipe: s.Recipe}
	for _, line := range s.Lines {
		all := &Curves{Name: line.Name, Title: line.Title}
		add := func(scaling network.Scaling, bases *Bases, seeds []uint64) error {
			if len(all.Points) >= mostTrainings {
				return fmt.Errorf("it has more than %d points; leave some out", mostTrainings)
			}
			scaling = scaling.Rounded()
			n, err := network.New(architecture, scaling, network.SymmetricPadding, classes)
			if err != nil {
				return err
			}
			p := &Measured{
				Depth: scaling.Depth, Width: scaling.Width, Resolution: scaling.Resolution.H, Bases: bases, Parameters: n.Parameters(), MACs: n.MACs(), network: n,
			}
			if len(seeds) == 0 {
				seeds = []uint64{s.Recipe.Seed}
			}
			for i, seed := range seeds {
				if slices.Contains(seeds[:i], seed) || i >= mostSeeds {
					return fmt.Errorf("its seeds are up to %d different ones, and %d is there twice or too many", mostSeeds, seed)
				}
				p.Runs = append(p.Runs, &Training{Name: name(scaling, seed), Seed: seed})
			}
			if bases == nil && slices.ContainsFunc(all.Points, func(o *Measured) bool { return o.Scaling() == scaling && o.Bases == nil }) {
				return fmt.Errorf("%v is there twice", scaling)
			}
			all.Points = append(all.Points, p)
			return nil
		}
		err := line.spell(architecture.Resolution, add)
		if err == nil && len(all.Points) == 0 {
			err = errors.New("it has no points, and its grid none within the tolerance")
		}
		if err != nil {
			return nil, fmt.Errorf("the line %s: %w", line.Name, err)
		}
		plan.Lines = append(plan.Lines, all)
		if n := len(plan.Trainings()); n > mostTrainings {
			return nil, fmt.Errorf("it has more than %d trainings; leave some out", mostTrainings)
		}
	}
	return plan, nil
}

// name is what a training is called: the same for the same network and seed, in whatever
// line it is. It is a file's name on any system.
func name(s network.Scaling, seed uint64) string {
	factor := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	return fmt.Sprintf("d%s-w%s-%vpx-seed%d", factor(s.Depth), factor(s.Width), s.Resolution, seed)
}

// spell calls add with each network of the line, of an architecture of so many pixels.
func (l *Line) spell(side int, add func(s network.Scaling, bases *Bases, seeds []uint64) error) error {
	for _, p := range l.Points {
		const least = 1e-3 // of three decimals
		if !(p.Resolution >= least && p.Resolution <= network.MaxResolution) || p.Depth < least || p.Width < least {
			return fmt.Errorf("a point of depth %v, width %v, resolution %v is out of range; they are factors from %v on, 1 for the architecture's own", p.Depth, p.Width, p.Resolution, least)
		}
		s := network.Scaling{Depth: p.Depth, Width: p.Width, Resolution: network.Square(int(math.Round(p.Resolution * float64(side))))}
		seeds := p.Seeds
		if len(seeds) == 0 {
			seeds = l.Seeds
		}
		if err := add(s, nil, seeds); err != nil {
			return err
		}
	}
	if l.Grid == nil {
		return nil
	}
	bases, err := l.Grid.bases()
	if err != nil {
		return err
	}
	for _, c := range bases {
		for _, phi := range l.Grid.Phi {
			s, err := c.Scale(phi, side)
			if err == nil {
				err = add(s, &Bases{c.Alpha, c.Beta, c.Gamma, phi}, l.Seeds)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// bases are those of the grid that are within its tolerance, α by α.
func (g *Grid) bases() (all []network.Compound, err error) {
	for _, list := range []struct {
		key         string
		values      []float64
		least, most float64
		optional    bool
	}{{"alpha", g.Alpha, 1, 10, false}, {"beta", g.Beta, 1, 10, false}, {"gamma", g.Gamma, 1, 10, true}, {"phi", g.Phi, 0, 20, false}} {
		if n := len(list.values); n > mostValues || n == 0 && !list.optional {
			return nil, fmt.Errorf("its grid has %d values of %s; give 1 to %d", n, list.key, mostValues)
		}
		for i, v := range list.values {
			if !(v >= list.least && v <= list.most) || slices.Contains(list.values[:i], v) {
				return nil, fmt.Errorf("its grid's %s has %v; give different values from %v to %v", list.key, v, list.least, list.most)
			}
		}
	}
	if !(g.Tolerance >= 0 && g.Tolerance <= 1) {
		return nil, fmt.Errorf("its grid's tolerance is %v; it runs from 0 to 1", g.Tolerance)
	}
	for _, a := range g.Alpha {
		for _, b := range g.Beta {
			gammas := g.Gamma
			if len(gammas) == 0 {
				gammas = []float64{max(1, math.Round(1e3*math.Sqrt(2/(a*b*b)))/1e3)}
			}
			for _, c := range gammas {
				// γ of three decimals is not off by more than that.
				const rounding = 0.003
				if c := (network.Compound{Alpha: a, Beta: b, Gamma: c}); c.Doubles(max(g.Tolerance, rounding)) {
					all = append(all, c)
				}
			}
		}
	}
	return all, nil
}
