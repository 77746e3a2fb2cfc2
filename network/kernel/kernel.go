// Package kernel holds the float32 loops that Scalecam's networks are made of:
// matrix product, convolution, depthwise convolution, batch norm, activations
// and pooling, each with its gradient.
//
// Every array is row-major. Feature maps are laid out NHWC: batch, row, column,
// channel, so that a pixel's channels lie side by side: they are what a 1×1
// convolution sums over, and what a depthwise one does many of at a time. A
// batch of feature maps is thus a matrix with a row for each pixel. No function
// allocates its result: dst comes first, is as long as its shape says, and is
// overwritten unless the comment says that it is added to.
//
// The inner loops are assembly for the instruction sets that the machine has
// (InstructionSets), written by generate/ and held to portable.go by the tests.
//
// The work is split over runtime.GOMAXPROCS cores, always into the same
// independent parts, each added up in the same order, so that results are the
// same bytes whatever the number of cores.
package kernel
