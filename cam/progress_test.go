package cam_test

import (
	"testing"

	"scalecam/cam"
)

func TestProgress(t *testing.T) {
	cam.Report(t.Context(), 1, 2) // nobody asks
	var got [2]int
	ctx := cam.WithProgress(t.Context(), func(done, total int) { got = [2]int{done, total} })
	if cam.Report(ctx, 3, 7); got != [2]int{3, 7} {
		t.Errorf("reported %v", got)
	}
}
