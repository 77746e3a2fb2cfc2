package cli

import (
	"slices"
	"strings"
	"testing"

	"scalecam/network/kernel"
)

// TestInstructions: every command runs by the instruction set that it is told, and
// leaves the process with the one that it had.
func TestInstructions(t *testing.T) {
	const portable = "portable"
	before := kernel.CurrentInstructionSet()
	args := []string{"classify", "scene:35", "--network", "scenes:baseline", "--json"}
	told := ok(t, slices.Concat(args, []string{"--instructions", portable})...)
	if now := kernel.CurrentInstructionSet(); now != before {
		t.Fatalf("%s is left in use, not %s", now, before)
	}
	if err := kernel.UseInstructionSet(portable); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kernel.UseInstructionSet(before) }()
	if set := ok(t, args...); told != set {
		t.Errorf("told to: %s\nset: %s", told, set)
	}
	_, stderr, status := call(append(args, "--instructions", "mmx")...)
	if status != 2 || !strings.Contains(stderr, `there is no instruction set "mmx" on this machine; there are`) {
		t.Errorf("mmx: status %d, %s", status, stderr)
	}
	if kernel.CurrentInstructionSet() != portable {
		t.Error("an unknown set changed the one in use")
	}
}
