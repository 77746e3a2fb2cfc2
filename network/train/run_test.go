package train

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/dataset"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/tensorfile"
	"scalecam/version"
)

// blots is a set of pictures that a small network learns in a few steps: the
// class is the colour.
type blots struct {
	n, classes int
	broken     int // the picture that cannot be read, where above 0
}

func (b blots) Classes() []string { return []string{"red", "green", "blue"}[:b.classes] }
func (b blots) Len() int          { return b.n }
func (b blots) Class(i int) int   { return i % b.classes }
func (b blots) At(i int) (*dataset.Example, error) {
	if b.broken > 0 && i == b.broken {
		return nil, fmt.Errorf("blots: picture %d cannot be read", i)
	}
	img := image.NewRGBA(image.Rect(0, 0, 24, 20))
	class := i % b.classes
	for y := range 20 {
		for x := range 24 {
			c := color.RGBA{90, 90, 90, 255}
			if (x+i)%7 < 4 {
				v := uint8(150 + (i*7+x*3)%100)
				c = [...]color.RGBA{{v, 40, 40, 255}, {40, v, 40, 255}, {40, 40, v, 255}}[class]
			}
			img.SetRGBA(x, y, c)
		}
	}
	return &dataset.Example{Name: fmt.Sprint(i), Image: img, Class: class}, nil
}

// named has a class whose name would do more on a terminal than be read.
type named struct{ blots }

func (named) Classes() []string { return []string{"a\tb", "b", "c"} }

// run is a run on blots in a folder.
func run(t testing.TB, folder string) *Run {
	t.Helper()
	net, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(16)}, network.SymmetricPadding, 3)
	if err != nil {
		t.Fatal(err)
	}
	recipe := DefaultRecipe
	recipe.Epochs, recipe.Batch, recipe.Rate, recipe.Mixup, recipe.Dropout, recipe.StochasticDepth, recipe.Average = 3, 8, 0.05, 0.1, 0.2, 0.2, 0.9
	return &Run{
		Folder: folder, Name: "small", Title: "small", Network: net, Recipe: recipe,
		Train: blots{n: 50, classes: 3}, Val: blots{n: 12, classes: 3}, Data: "blots",
	}
}

func final(t *testing.T, r *Run) []byte {
	t.Helper()
	data, err := os.ReadFile(r.path(".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRun learns, and does so in the same bytes on any number of cores.
func TestRun(t *testing.T) {
	r := run(t, t.TempDir())
	epochs, err := r.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if last := epochs[len(epochs)-1]; len(epochs) != 3 || last.ValTop1 < 0.9 {
		t.Errorf("after %d epochs top-1 %v; %+v", len(epochs), last.ValTop1, epochs)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	again := run(t, t.TempDir())
	if _, err := again.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(final(t, r), final(t, again)) {
		t.Error("another number of cores, other weights")
	}
	other := run(t, t.TempDir())
	other.Recipe.Seed = 2
	if _, err := other.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(final(t, r), final(t, other)) {
		t.Error("another seed, the same weights")
	}
}

// TestStoppedAnywhere: a run that is stopped after every step, in either
// optimiser, or as it grows and is taught, ends in the bytes of one that never was.
func TestStoppedAnywhere(t *testing.T) {
	for name, change := range map[string]func(r *Run){
		"sgd":     func(*Run) {},
		"rmsprop": func(r *Run) { r.Recipe.Optimiser = "rmsprop" },
		"taught": func(r *Run) {
			r.Network, _ = r.Network.At(network.Square(32))
			r.Recipe.Cap, r.Recipe.FirstResolution = 16, 0.5
			r.Recipe.Teacher, r.Teacher = "some", randomTeacher(t, "green", "red", "blue")
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole := run(t, t.TempDir())
			change(whole)
			whole.Recipe.Epochs = 2
			want, err := whole.Do(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, t.TempDir())
			r.Recipe, r.Network, r.Teacher = whole.Recipe, whole.Network, whole.Teacher
			var got []Epoch
			for stops := 0; ; stops++ {
				ctx, cancel := context.WithCancel(context.Background())
				r.Report = func(p Progress) {
					if p.Validated == 0 {
						cancel()
					}
				}
				got, err = r.Do(ctx)
				cancel()
				if err == nil {
					if stops < 2*6 {
						t.Errorf("stopped %d times only", stops)
					}
					break
				}
				if !errors.Is(err, ErrStopped) {
					t.Fatal(err)
				}
				if stops > 100 {
					t.Fatal("it does not get on")
				}
			}
			if !bytes.Equal(final(t, whole), final(t, r)) {
				t.Error("stopped and taken up, other weights")
			}
			for i := range want {
				got[i].Seconds, got[i].ImagesASecond = want[i].Seconds, want[i].ImagesASecond
				if got[i] != want[i] {
					t.Errorf("epoch %d: %+v, want %+v", i+1, got[i], want[i])
				}
			}
		})
	}
}

// TestUntil: a run in parts is the whole run, and the first part's weights are
// those that its first epoch has in the log.
func TestUntil(t *testing.T) {
	r := run(t, t.TempDir())
	r.Until = 1
	part, err := r.Do(context.Background())
	if !errors.Is(err, ErrStopped) || len(part) != 1 {
		t.Fatalf("%d epochs, %v", len(part), err)
	}
	whole := run(t, t.TempDir())
	all, err := whole.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if part[0].Weights != all[0].Weights || part[0].Weights == all[1].Weights {
		t.Errorf("the first epoch has weights %s, then %s", part[0].Weights, all[0].Weights)
	}
}

// TestRunErrors: what cannot be trained is refused, and what fails on its way
// leaves the last checkpoint.
func TestRunErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Run)
		want   string
	}{
		{"one class", func(r *Run) { r.Train, r.Val = blots{n: 50, classes: 1}, blots{n: 9, classes: 1} }, "one class alone (red)"},
		{"other classes", func(r *Run) { r.Val = blots{n: 9, classes: 2} }, "different classes"},
		{"another number", func(r *Run) { r.Train, r.Val = blots{n: 50, classes: 2}, blots{n: 9, classes: 2} }, "2 classes for a network of 3"},
		{"few", func(r *Run) { r.Train = blots{n: 5, classes: 3} }, "less than a batch of 8"},
		{"nothing to validate", func(r *Run) { r.Val = blots{classes: 3} }, "no picture to validate on"},
		{"unreadable", func(r *Run) { r.Train = blots{n: 50, classes: 3, broken: 17} }, "picture 17 cannot be read"},
		{"rate", func(r *Run) { r.Recipe.Rate = -1 }, "rate is -1; it runs from"},
		{"a class's name", func(r *Run) { r.Train, r.Val = named{blots{n: 50, classes: 3}}, named{blots{n: 9, classes: 3}} }, "control characters"},
	} {
		r := run(t, t.TempDir())
		c.change(r)
		if _, err := r.Do(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v; want one that says %q", c.name, err, c.want)
		}
	}
}

// TestDiverged: a run whose numbers are none any more ends, names its learning
// rate and a better one, and leaves the checkpoint before.
func TestDiverged(t *testing.T) {
	r := run(t, t.TempDir())
	r.Recipe.Rate, r.Recipe.WeightDecay, r.Recipe.Average = 30, 1, 0
	_, err := r.Do(context.Background())
	if want := "not finite in the validation of epoch 1; the learning rate of 30 is too high: start again with a lower one, as 7.5"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v; want one that ends in %q", err, want)
	}
	if left, err := os.ReadDir(r.Folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}

	r = run(t, t.TempDir())
	r.Until = 1
	if _, err := r.Do(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	f, err := tensorfile.Read(r.path(".checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	var tensors []tensorfile.Tensor
	for _, tensor := range f.Tensors {
		if tensor.Name == "weights" {
			for i := range tensor.Data {
				tensor.Data[i] *= 1e36
			}
		}
		tensors = append(tensors, *tensor)
	}
	before, err := tensorfile.Encode(tensors, f.Metadata)
	if err == nil {
		err = os.WriteFile(r.path(".checkpoint"), before, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.Until = 0
	_, err = r.Do(context.Background())
	for _, want := range []string{"the loss is NaN in step 1 of epoch 2", "the learning rate of 0.05", "in another folder", "as 0.013", r.path(".checkpoint")} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("error %v; want one that says %q", err, want)
		}
	}
	if after, err := os.ReadFile(r.path(".checkpoint")); err != nil || !bytes.Equal(before, after) {
		t.Error("the checkpoint has changed", err)
	}
}

// TestRepaired: what is made of the checkpoint and is not as it says is written
// anew, and told of; what is as it says is not touched.
func TestRepaired(t *testing.T) {
	r := run(t, t.TempDir())
	var told []string
	r.Tell = func(line string) { told = append(told, line) }
	r.Until = 1
	if _, err := r.Do(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	network := final(t, r)
	log, err := os.ReadFile(r.path(".log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(r.path(".log.jsonl")); err != nil {
		t.Fatal(err)
	}
	torn := append([]byte{}, network...)
	torn[len(torn)-1]++
	if err := os.WriteFile(r.path(".safetensors"), torn, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 2} { // the second time there is nothing more to tell
		if _, err := r.Do(context.Background()); !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
		if len(told) != want || !strings.Contains(told[0], "small.log.jsonl is written anew") || !strings.Contains(told[1], "small.safetensors is written anew") {
			t.Errorf("told %q", told)
		}
	}
	if after, err := os.ReadFile(r.path(".log.jsonl")); err != nil || !bytes.Equal(after, log) {
		t.Errorf("the log is %s, %v", after, err)
	}
	if !bytes.Equal(final(t, r), network) {
		t.Error("the network is another")
	}
	// What cannot be written to is told of before an epoch is trained.
	if err := os.Chmod(r.path(".safetensors"), 0o444); err != nil {
		t.Fatal(err)
	}
	r.Report = func(Progress) { t.Error("it trains") }
	r.Until = 0
	if _, err := r.Do(context.Background()); err == nil || !strings.Contains(err.Error(), "small.safetensors is protected") {
		t.Errorf("error %v", err)
	}
}

// TestOtherInstructions: a run that goes on by another instruction set says so,
// once, and its network says by which it was trained.
func TestOtherInstructions(t *testing.T) {
	sets := kernel.InstructionSets()
	if len(sets) < 2 {
		t.Skip("this machine has one instruction set alone")
	}
	before := kernel.CurrentInstructionSet()
	defer func() {
		if err := kernel.UseInstructionSet(before); err != nil {
			t.Error(err)
		}
	}()
	r := run(t, t.TempDir())
	r.Recipe.Epochs = 4
	var told []string
	r.Tell = func(line string) { told = append(told, line) }
	for until, set := range []string{sets[0], sets[1], sets[1]} {
		if err := kernel.UseInstructionSet(set); err != nil {
			t.Fatal(err)
		}
		r.Until = until + 1
		if _, err := r.Do(context.Background()); !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
		if len(told) != min(until, 1) {
			t.Fatalf("after epoch %d it told %q", until+1, told)
		}
	}
	for _, want := range []string{sets[0], sets[1], "order 4", "its bytes will differ"} {
		if !strings.Contains(told[0], want) {
			t.Errorf("told %q, without %q", told[0], want)
		}
	}
	f, err := tensorfile.Read(r.path(".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Metadata["instructions"], sets[0]+" order 4, "+sets[1]+" order 4"; got != want {
		t.Errorf("trained by %q, want %q", got, want)
	}
}

// TestOtherProgram: a run that another version goes on with says so, its log tells what
// computed each epoch, and one of the time before there were versions goes on in silence.
func TestOtherProgram(t *testing.T) {
	for before, want := range map[string]int{"": 0, "scalecam 0.0.1": 1, version.Name(): 0} {
		r := run(t, t.TempDir())
		var told []string
		r.Tell = func(line string) { told = append(told, line) }
		r.Until = 1
		if _, err := r.Do(context.Background()); !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
		checkpoint, err := tensorfile.Read(r.path(".checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		var tensors []tensorfile.Tensor
		for _, tensor := range checkpoint.Tensors {
			tensors = append(tensors, *tensor)
		}
		said := checkpoint.Metadata["run"]
		for _, field := range []string{`"program":"` + version.Name() + `",`, `,"program":"` + version.Name() + `"`} { // the checkpoint's, the epoch's
			if !strings.Contains(said, field) {
				t.Fatalf("no %s in %s", field, said)
			}
			now := strings.ReplaceAll(field, version.Name(), before)
			if before == "" {
				now = ""
			}
			said = strings.Replace(said, field, now, 1)
		}
		data, err := tensorfile.Encode(tensors, map[string]string{"run": said})
		if err != nil {
			t.Fatal(err)
		}
		for _, derived := range []string{".log.jsonl", ".safetensors"} {
			if err := os.Remove(r.path(derived)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(r.path(".checkpoint"), data, 0o666); err != nil {
			t.Fatal(err)
		}
		r.Until = 2
		epochs, err := r.Do(context.Background())
		if !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
		if epochs[0].Program != before || epochs[1].Program != version.Name() {
			t.Errorf("after %q the epochs are by %q and %q", before, epochs[0].Program, epochs[1].Program)
		}
		told = slices.DeleteFunc(told, func(line string) bool { return strings.Contains(line, "is written anew") })
		if len(told) != want || want > 0 && !strings.Contains(told[0], `trained by "scalecam 0.0.1" so far`) {
			t.Errorf("after %q it told %q", before, told)
		}
		f, err := tensorfile.Read(r.path(".safetensors"))
		if err != nil || f.Metadata["program"] != version.Name() {
			t.Errorf("the network is by %q, %v", f.Metadata["program"], err)
		}
	}
}

// TestClaim: one process at a time trains in a folder, which is made, and gone
// again where nothing came of it.
func TestClaim(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "run")
	release, err := file.Claim(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Claim(folder); err == nil || !strings.Contains(err.Error(), folder) {
		t.Errorf("error %v", err)
	}
	release()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Claim(filepath.Join(dir, "file", "sub")); err == nil || !strings.Contains(err.Error(), "cannot be made") {
		t.Errorf("error %v", err)
	}
}

// TestAnotherRun: a checkpoint of other settings is not gone on from.
func TestAnotherRun(t *testing.T) {
	r := run(t, t.TempDir())
	r.Until = 1
	if _, err := r.Do(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*Run)
		want   string
	}{
		{func(r *Run) { r.Recipe.Rate = 0.2 }, "rate 0.05, now 0.2"},
		{func(r *Run) { r.Data = "spots" }, "on blots, now on spots"},
		{func(r *Run) { r.Recipe.Teacher, r.Teacher = "some", randomTeacher(t, "red", "green", "blue") }, "taught by nobody…, now by random@16"},
		{func(r *Run) { r.Network, _ = r.Network.At(network.Square(24)) }, "now efficientnet-64 d 1, w 0.5, 24 px"},
	} {
		other := run(t, r.Folder)
		c.change(other)
		if _, err := other.Do(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want one that says %q", err, c.want)
		}
	}
	// A checkpoint at a place where no run can be.
	for _, place := range []string{`"step":-5`, `"step":99`} {
		data, err := os.ReadFile(r.path(".checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		crafted := bytes.Replace(data, []byte(`\"step\":0`), []byte(strings.ReplaceAll(place, `"`, `\"`)), 1)
		if bytes.Equal(crafted, data) {
			t.Fatal("the step is not in the checkpoint as expected")
		}
		n := binary.LittleEndian.Uint64(crafted) + uint64(len(crafted)-len(data))
		binary.LittleEndian.PutUint64(crafted, n)
		other := run(t, t.TempDir())
		if err := os.WriteFile(other.path(".checkpoint"), crafted, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Do(context.Background()); err == nil || !strings.Contains(err.Error(), "which no run is") {
			t.Errorf("%s: error %v", place, err)
		}
	}
	// Results without a checkpoint are somebody's, and stay.
	if err := os.Rename(r.path(".checkpoint"), filepath.Join(t.TempDir(), "away")); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, r.Folder).Do(context.Background()); err == nil || !strings.Contains(err.Error(), "so that it is not overwritten") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(r.path(".checkpoint"), []byte("no checkpoint"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, r.Folder).Do(context.Background()); err == nil || !strings.Contains(err.Error(), "small.checkpoint") {
		t.Errorf("error %v", err)
	}
}
