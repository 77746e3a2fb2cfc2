package kernel

import (
	"bytes"
	endian "encoding/binary"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// neonFunctions gives the lines of NEON's assembly by function.
func neonFunctions(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("neon_arm64.s")
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string][]string{}
	name := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "TEXT ·"); ok {
			name, _, _ = strings.Cut(rest, "NEON(")
		} else if name != "" && line != "" && !strings.HasPrefix(line, "// func") {
			functions[name] = append(functions[name], line)
		}
	}
	return functions
}

// TestWords holds what generate/ encodes itself to the GNU assembler.
func TestWords(t *testing.T) {
	as, err := exec.LookPath("aarch64-linux-gnu-as")
	if err != nil {
		t.Skip("there is no aarch64-linux-gnu-as (Debian's binutils-aarch64-linux-gnu) to hold the instructions of arm64 to")
	}
	words := map[string]uint32{}
	for _, lines := range neonFunctions(t) {
		for _, line := range lines {
			word, text, ok := strings.Cut(line, " // ")
			if !ok {
				continue
			}
			n, err := strconv.ParseUint(strings.TrimPrefix(word, "WORD $"), 0, 32)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			words[text] = uint32(n)
		}
	}
	texts := slices.Sorted(maps.Keys(words))
	if len(texts) < 1000 {
		t.Fatalf("%d instructions are encoded, want thousands", len(texts))
	}
	source, object, code := filepath.Join(t.TempDir(), "words.s"), filepath.Join(t.TempDir(), "words.o"), filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(source, []byte(strings.Join(texts, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []*exec.Cmd{
		exec.Command(as, "-o", object, source),
		exec.Command(strings.TrimSuffix(as, "as")+"objcopy", "-O", "binary", "-j", ".text", object, code),
	} {
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", command, err, out)
		}
	}
	assembled, err := os.ReadFile(code)
	if err != nil {
		t.Fatal(err)
	}
	if len(assembled) != 4*len(texts) {
		t.Fatalf("%d instructions make %d bytes", len(texts), len(assembled))
	}
	for i, text := range texts {
		if want := endian.LittleEndian.Uint32(assembled[4*i:]); words[text] != want {
			t.Errorf("%s is 0x%08x in neon_arm64.s, 0x%08x by the assembler", text, words[text], want)
		}
	}
}

// innerLoop counts the instructions of a loop, and the multiply-adds of four
// lanes among them.
func innerLoop(t *testing.T, lines []string, label string) (all, mulAdds int) {
	t.Helper()
	first := slices.Index(lines, label+":")
	if first < 0 {
		t.Fatalf("there is no label %s", label)
	}
	for _, line := range lines[first+1:] {
		all++
		if strings.Contains(line, "// fmla ") {
			mulAdds++
		}
		if strings.HasSuffix(line, " "+label) {
			return all, mulAdds
		}
	}
	t.Fatalf("the loop %s does not end", label)
	return 0, 0
}

// TestInnerLoops: the largest tiles take at most 1.3 instructions for each
// multiply-add of four lanes, and docs/performance.md says how many all take.
func TestInnerLoops(t *testing.T) {
	functions := neonFunctions(t)
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	set := emulated("neon")
	type loop struct {
		title, function, label string
		sizes                  int
	}
	loops := []loop{{"matrix product, rows", "product%dx1", "four", set.rows}}
	for i, k := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			loops = append(loops, loop{fmt.Sprintf("depthwise %d × %d, stride %d, pixels", k, k, stride), fmt.Sprintf("depthwise%ds%dx%%d", k, stride), "row", set.pixels[i]})
		}
	}
	says := func(row string) {
		if !bytes.Contains(doc, []byte(row)) {
			t.Errorf("docs/performance.md does not say\n%s", row)
		}
	}
	for _, k := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			all, mulAdds := innerLoop(t, functions[fmt.Sprintf("depthwiseGradient%ds%d", k, stride)], "several")
			says(fmt.Sprintf("| gradient of the weights, %d × %d, stride %d | %.2f |", k, k, stride, float64(all)/float64(mulAdds)))
		}
	}
	for _, l := range loops {
		var sizes, each []string
		for n := l.sizes; n > 0; n-- {
			all, mulAdds := innerLoop(t, functions[fmt.Sprintf(l.function, n)], l.label)
			ratio := float64(all) / float64(mulAdds)
			if n == l.sizes && ratio > 1.3 {
				t.Errorf("%s %d: %d instructions for %d multiply-adds, %.3f for each; want at most 1.3", l.title, n, all, mulAdds, ratio)
			}
			sizes, each = append(sizes, strconv.Itoa(n)), append(each, fmt.Sprintf("%.2f", ratio))
		}
		says(fmt.Sprintf("| %s %s to 1 | %s |", l.title, sizes[0], strings.Join(each, ", ")))
	}
}
