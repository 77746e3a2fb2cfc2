package cli

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"scalecam/network/kernel"
)

// TestBench: the JSON has the fields that scripts read, the figures hang
// together, and what was set for measuring is set back.
func TestBench(t *testing.T) {
	cores, set := runtime.GOMAXPROCS(0), kernel.CurrentInstructionSet()
	for _, name := range kernel.InstructionSets() {
		t.Run(name, func(t *testing.T) {
			out := ok(t, "bench", "--network", small, "--network", small+",seed=2", "--runs", "3", "--threads", "1", "--instructions", name, "--json")
			var raw map[string]any
			if err := json.Unmarshal([]byte(out), &raw); err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"threads", "peak_gflops", "networks", "sum_ms"} {
				if raw[key] == nil {
					t.Errorf("no %q in %s", key, out)
				}
			}
			network := raw["networks"].([]any)[0].(map[string]any)
			for _, key := range []string{"name", "median_ms", "min_ms", "gflops", "peak_share"} {
				if network[key] == nil {
					t.Errorf("no %q in a network of %s", key, out)
				}
			}
			var m measurement
			if err := json.Unmarshal([]byte(out), &m); err != nil {
				t.Fatal(err)
			}
			if m.Threads != 1 || m.Instructions != name || len(m.Networks) != 2 || m.PeakGFLOPs <= 0 {
				t.Fatalf("%+v", m)
			}
			sum := 0.0
			for _, n := range m.Networks {
				sum += n.MedianMS
				if !(0 < n.MinMS && n.MinMS <= n.MedianMS && n.MedianMS <= n.MaxMS) {
					t.Errorf("minimum, median and maximum of %s: %v, %v, %v", n.Name, n.MinMS, n.MedianMS, n.MaxMS)
				}
				if share := n.GFLOPs / m.PeakGFLOPs; share != n.PeakShare || n.PeakShare <= 0 {
					t.Errorf("share of the peak %v, of %v GFLOP/s in %v", n.PeakShare, n.GFLOPs, m.PeakGFLOPs)
				}
			}
			if sum != m.SumMS {
				t.Errorf("sum %v, the medians add up to %v", m.SumMS, sum)
			}
			if (runtime.GOOS == "linux" || runtime.GOOS == "darwin") && m.PeakMemory < 1e6 {
				t.Errorf("peak memory %d bytes", m.PeakMemory)
			}
		})
	}
	if runtime.GOMAXPROCS(0) != cores || kernel.CurrentInstructionSet() != set {
		t.Error("bench left other threads or instructions in use")
	}
}

func TestBenchTraining(t *testing.T) {
	out := ok(t, "bench", "--train", "--network", "random:efficientnet-b0,w=0.25,r=32", "--batch", "2", "--runs", "1", "--json")
	var m measurement
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatal(err)
	}
	if !m.Training || m.Batch != 2 || len(m.Networks) != 1 || m.Networks[0].ImagesASecond <= 0 {
		t.Errorf("%+v", m)
	}
	table := ok(t, "bench", "--train", "--network", "random:efficientnet-b0,w=0.25,r=32", "--batch", "2", "--runs", "1")
	for _, want := range []string{"training steps of 2 pictures", "images/s", "GFLOP/s"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
}

func TestBenchErrors(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--threads", "0"}, 2, "--threads 0; give 1 to 1024"},
		{[]string{"--runs", "0"}, 2, "--runs 0; give 1 to 100000"},
		{[]string{"--train", "--batch", "-1"}, 2, "--batch -1; give 1 to 4096"},
		{[]string{"--batch", "4"}, 2, "give --train"},
		{[]string{"--instructions", "mmx"}, 2, `there is no instruction set "mmx" on this machine; there are`},
		{[]string{"photo.jpg"}, 2, "bench takes no picture"},
		{[]string{"--network", "nowhere.safetensors"}, 1, "nowhere.safetensors: there is no such file"},
		{[]string{"--train", "--batch", "4096", "--network", "random:efficientnet-b7"}, 1, "take fewer at a time"},
	} {
		stdout, stderr, status := call(append([]string{"bench"}, c.args...)...)
		if status != c.status || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("bench %v: status %d, want %d; %q lacks %q", c.args, status, c.status, stderr, c.want)
		}
	}
}

// TestBenchDefault: where no network is named the five of Figure 7 are measured
// at full size, which docs/performance.md is about.
func TestBenchDefault(t *testing.T) {
	var m measurement
	if err := json.Unmarshal([]byte(ok(t, "bench", "--runs", "1", "--json")), &m); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range m.Networks {
		names = append(names, n.Name)
	}
	if got := strings.Join(names, ", "); got != "baseline, deeper, wider, higher resolution, compound" || m.SumMS < 20 {
		t.Errorf("measured %s in %.1f ms", got, m.SumMS)
	}
}
