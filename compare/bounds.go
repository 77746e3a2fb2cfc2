package compare

import (
	"context"

	"scalecam/cam"
	"scalecam/fault"
	"scalecam/network"
)

// What is compared at a time. No figure of more has room in a picture, and no
// window of more can be seen.
const (
	MaxPictures = 1000
	MaxNetworks = 64
	MaxCells    = 5000 // pictures × networks
)

// MaxAgainst is the most classes that one is held against: as many as ImageNet
// has.
const MaxAgainst = 1000

// mostMemory is the most memory that models and pictures together may take: that,
// or half of what the machine has or a process can, where that is less.
const mostMemory = 8 << 30

// memoryBound is mostMemory on this machine.
func memoryBound() int64 { return min(mostMemory, network.MachineMemory()/2) }

// CheckCounts refuses more pictures or networks than are compared at a time.
func CheckCounts(pictures, networks int) error {
	if pictures > MaxPictures || networks > MaxNetworks || pictures*networks > MaxCells {
		return fault.Errorf("compare: %d pictures and %d networks are asked for; at most %d pictures, %d networks and %d maps are compared at a time: name fewer", pictures, networks, MaxPictures, MaxNetworks, MaxCells)
	}
	return nil
}

// CheckAgainst refuses more classes to be held against than MaxAgainst.
func (b By) CheckAgainst() error {
	if n := len(b.Against); n > MaxAgainst {
		return fault.Errorf("compare: the class is held against %d others; give at most %d", n, MaxAgainst)
	}
	return nil
}

// CheckMemory refuses networks, and pictures of which so many are held at a time,
// that together, and with what their maps are made of, take more memory than there
// is for them. It returns ctx's error when ctx ends.
func (b By) CheckMemory(ctx context.Context, pictures []string, held int, networks []*network.Network) error {
	var models, opening, largest int64
	for _, n := range networks {
		models += n.MemoryBytes()
		node, _ := n.Layer(b.At()) // a library's name of one may be anywhere: from the first one on
		switch b.Uses().Needs {
		case cam.NeedsGradient:
			models += n.GradientBytes(node)
		case cam.NeedsScores, cam.NeedsInputs, cam.NeedsPicture:
			models += n.ScoresBytes()
		}
		opening = max(opening, 4*n.Parameters()) // a weights file's values, beside the model's
	}
	for i, path := range pictures {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i > 0 && path == pictures[i-1] {
			continue
		}
		if size, err := PictureSize(path); err == nil {
			largest = max(largest, 4*int64(size.X)*int64(size.Y))
		}
	}
	const decoding = 2 // beside the picture, as much again and half of that
	pixels := largest * int64(min(held, len(pictures))+decoding)
	if need, most := models+opening+pixels, memoryBound(); need > most {
		return fault.Errorf("compare: %d networks and %d pictures would take about %.1f GiB of memory; at most %.1f GiB are given to them: name fewer or smaller ones", len(networks), len(pictures), gib(need), gib(most))
	}
	return nil
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }
