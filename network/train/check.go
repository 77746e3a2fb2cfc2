package train

import (
	"slices"

	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/models"
)

// check refuses a run that could only fail later.
func (r *Run) check() error {
	if err := r.Recipe.Check(); err != nil {
		return fault.Errorf("train: the recipe's %w", err)
	}
	classes := r.Train.Classes()
	if err := models.CheckNames(classes); err != nil {
		return fault.Errorf("train: %s: %w", r.Data, err)
	}
	switch {
	case len(classes) < 2:
		return fault.Errorf("train: %s: there is one class alone (%s); a classifier tells two or more apart", r.Data, first(classes))
	case !slices.Equal(classes, r.Val.Classes()):
		return fault.Errorf("train: %s: training and validation have different classes", r.Data)
	case len(classes) != r.Network.Classes:
		return fault.Errorf("train: %s: %d classes for a network of %d", r.Data, len(classes), r.Network.Classes)
	case r.Train.Len() < r.Recipe.Batch:
		return fault.Errorf("train: %s: %d pictures to learn from, less than a batch of %d; take more pictures or a smaller batch", r.Data, r.Train.Len(), r.Recipe.Batch)
	case r.Recipe.steps(r.Train) == 0:
		return fault.Errorf("train: %s: an epoch of at most %d pictures a class is less than a batch of %d; take a larger cap or a smaller batch", r.Data, r.Recipe.Cap, r.Recipe.Batch)
	case r.Val.Len() == 0:
		return fault.Errorf("train: %s: there is no picture to validate on", r.Data)
	case (r.Teacher != nil) != (r.Recipe.Teacher != ""):
		return fault.Errorf("train: the recipe's teacher is %q, and it is not the one that was opened", r.Recipe.Teacher)
	case r.Teacher != nil:
		return checkTeacher(r.Teacher, classes)
	}
	return nil
}

func first(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return names[0]
}

// Check is an error where a step on so many pictures would take more than
// 16 GiB, or than three quarters of what the machine has (the rest is for the
// pictures that are kept), or where the network is too large to run.
func Check(net *network.Network, batch int) error {
	if err := net.Runnable(); err != nil {
		return err
	}
	most := min(16<<30, network.MachineMemory()/4*3)
	if need := StepBytes(net, batch); need > most {
		return fault.Errorf("train: a step on %d pictures of %v would take %.1f GiB, more than %.1f; take fewer at a time, or scale the network less", batch, net.Scaling.Resolution, gib(need), gib(most))
	}
	return nil
}

// StepBytes is about the most that a step on so many pictures takes, as of ResNets: every
// layer keeps its output and that of its batch norm, and a gradient for each; every weight
// has a gradient, a velocity and a packed copy.
func StepBytes(net *network.Network, batch int) int64 {
	return 4*net.ActivationBytes()*int64(batch) + 4*4*net.Parameters()
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }
