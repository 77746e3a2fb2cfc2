package record

import (
	"context"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
)

// Check holds what is asked for to the bounds, before any of it is opened: the
// counts, and the memory that the networks will take, and the maps of them, together
// with the pictures, of which so many are held at a time. It goes by specs and files' headers; what
// cannot be opened takes nothing here, and opening says what is wrong. It returns
// ctx's error when ctx ends.
func Check(ctx context.Context, by compare.By, pictures []string, held int, networks []NetworkSettings) error {
	if err := compare.CheckCounts(len(pictures), len(networks)); err != nil {
		return err
	}
	var nets []*network.Network
	for _, n := range networks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if net, err := models.Network(string(n.Spec), n.Set); err == nil {
			nets = append(nets, net)
		}
	}
	return by.CheckMemory(ctx, pictures, held, nets)
}
