package cam

import "context"

// progressKey is that of a context's report.
type progressKey struct{}

// WithProgress is ctx with a report of how many of a map's runs are done: what takes
// many calls it before each of its batches, from its own goroutine.
func WithProgress(ctx context.Context, report func(done, total int)) context.Context {
	return context.WithValue(ctx, progressKey{}, report)
}

// Report tells ctx's report, if it has one, that so many runs of total are done.
func Report(ctx context.Context, done, total int) {
	if report, ok := ctx.Value(progressKey{}).(func(done, total int)); ok {
		report(done, total)
	}
}
