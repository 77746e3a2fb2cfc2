package cli

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/file"
)

// folder writes class folders of so many plain pictures each, and one broken
// one.
func folder(t *testing.T, each int, classes ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, class := range classes {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o777); err != nil {
			t.Fatal(err)
		}
		for j := range each {
			img := image.NewRGBA(image.Rect(0, 0, 20, 20))
			for k := range img.Pix {
				img.Pix[k] = uint8(40 + (k*7+j*13)%60)
			}
			for p := range 400 {
				img.SetRGBA(p%20, p/20, color.RGBA{uint8(200 * (i % 2)), uint8(200 - 200*(i%2)), uint8(j), 255})
			}
			f, err := os.Create(filepath.Join(dir, class, strings.Repeat("x", j+1)+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
	if err := os.WriteFile(filepath.Join(dir, classes[0], "broken.png"), []byte("none"), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTrain: a folder is learnt, what cannot be read is named, and every command
// takes the network that comes out.
func TestTrain(t *testing.T) {
	dir, out := folder(t, 15, "green", "red"), filepath.Join(t.TempDir(), "run")
	recipe := filepath.Join(t.TempDir(), "recipe.json")
	if err := os.WriteFile(recipe, []byte(`{"batch": 8, "rate": 0.05, "average": 0.5, "colour": 0, "mixup": 0}`), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"train", "--data", dir, "--recipe", recipe, "--width", "0.5", "--resolution", "16", "--epochs", "4", "-o", out}
	stdout, stderr, status := call(append(args, "--until", "2")...)
	if status != 0 || stdout != "" || !strings.Contains(stderr, "stopped after epoch 2 of 4") || !strings.Contains(stderr, "1 of 25 pictures cannot be read") || !strings.Contains(stderr, "broken.png") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	stdout, stderr, status = call(args...)
	if status != 0 || !strings.Contains(stdout, "network.safetensors: top-1 100.0% on 6 pictures") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	for _, want := range []string{"network epoch 3/4: loss ", "unseen: loss ", "images/s"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in %q", want, stderr)
		}
	}
	log, err := os.ReadFile(filepath.Join(out, "network.log.jsonl"))
	if err != nil || strings.Count(string(log), "\n") != 4 || !json.Valid([]byte(strings.SplitN(string(log), "\n", 2)[0])) {
		t.Errorf("log %q, %v", log, err)
	}
	// What is passed on does not tell where it was made.
	files, err := os.ReadDir(out)
	if err != nil || len(files) < 3 {
		t.Fatalf("the run's folder holds %v, %v", files, err)
	}
	for _, f := range files {
		if data, err := os.ReadFile(filepath.Join(out, f.Name())); err != nil || bytes.Contains(data, []byte(filepath.Dir(dir))) {
			t.Errorf("%s tells the folder of the pictures (%v)", f.Name(), err)
		}
	}
	weights := filepath.Join(out, "network.safetensors")
	got, stderr, status := call("classify", filepath.Join(dir, "red", "x.png"), "--network", weights, "--json")
	if status != 0 || stderr != "scalecam: note: network: uncalibrated. Where no temperature was fitted (scalecam calibrate), probabilities are the plain softmax or sigmoid, not how often the network is right.\n" || !strings.Contains(got, `"temperature":null`) {
		t.Errorf("status %d, %q, %s", status, stderr, got)
	}
	if !strings.Contains(got, `"class":"red"`) || strings.Index(got, `"class":"red"`) > strings.Index(got, `"class":"green"`) {
		t.Errorf("classified as %s", got)
	}
	if d := ok(t, "describe", weights); !strings.Contains(d, "EfficientNet-64, d 1, w 0.5, 16 px, 2 classes") {
		t.Errorf("described as %s", d)
	} else if !strings.Contains(d, "25 pictures") && !strings.Contains(d, "24 pictures") || !strings.Contains(d, `"epochs":4`) {
		t.Errorf("described without its data and recipe: %s", d)
	}
	// The same command again has nothing left to do, another one is refused.
	if again, _, status := call(args...); status != 0 || again != stdout {
		t.Errorf("again: status %d, %q", status, again)
	}
	_, stderr, status = call(append(args, "--seed", "7")...)
	if status != 1 || !strings.Contains(stderr, "it belongs to another run (seed 1, now 7)") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// TestTrainPack: a pack's networks take turns, and --only picks among them.
func TestTrainPack(t *testing.T) {
	dir := folder(t, 10, "green", "red")
	pack := filepath.Join(t.TempDir(), "pack.json")
	text, err := json.Marshal(map[string]any{
		"name": "small", "title": "Small", "folder": dir,
		"networks": []map[string]any{
			{"name": "one", "title": "one", "architecture": "efficientnet-64", "depth": 1, "width": 0.5, "resolution": "16"},
			{"name": "two", "title": "two", "architecture": "efficientnet-64", "depth": 2, "width": 0.5, "resolution": "24"},
		},
		"recipe": map[string]any{"epochs": 2, "batch": 8, "rate": 0.05},
	})
	if err == nil {
		err = os.WriteFile(pack, text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	_, stderr, status := call("train", "--pack", pack, "-o", out)
	if status != 0 {
		t.Fatal(stderr)
	}
	var order []string
	for _, line := range strings.Split(stderr, "\n") {
		if name, rest, ok := strings.Cut(line, " epoch "); ok {
			order = append(order, name+rest[:1])
		}
	}
	if got := strings.Join(order, " "); got != "one1 two1 one2 two2" {
		t.Errorf("the epochs came as %s", got)
	}
	alone := t.TempDir()
	if _, stderr, status := call("train", "--pack", pack, "--only", "two", "-o", alone); status != 0 {
		t.Fatal(stderr)
	}
	if _, err := os.Stat(filepath.Join(alone, "one.safetensors")); err == nil {
		t.Error("--only two trained one")
	}
	a, err := os.ReadFile(filepath.Join(out, "two.safetensors"))
	b, err2 := os.ReadFile(filepath.Join(alone, "two.safetensors"))
	if err != nil || err2 != nil || string(a) != string(b) {
		t.Errorf("trained alone, other bytes (%v, %v)", err, err2)
	}
	// The pack says what its folder is called; where it lies is the user's to say.
	elsewhere := t.TempDir()
	if err := os.WriteFile(pack, bytes.Replace(text, []byte(strconv.Quote(dir)), []byte(`"photographs"`), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := call("train", "--pack", pack, "--only", "two", "-o", elsewhere); status == 0 || !strings.Contains(stderr, "photographs") {
		t.Errorf("a folder that is not there: status %d, %s", status, stderr)
	}
	if _, stderr, status := call("train", "--pack", pack, "--only", "two", "--data", dir, "-o", elsewhere); status != 0 {
		t.Fatal(stderr)
	}
	if c, err := os.ReadFile(filepath.Join(elsewhere, "two.safetensors")); err != nil || string(a) != string(c) {
		t.Errorf("with --data, other bytes (%v)", err)
	}
	// Half as large, from what is trained already.
	if _, stderr, status := call("train", "--pack", pack, "--only", "two", "--data", dir, "--half", "-o", elsewhere); status != 0 || !strings.Contains(stderr, "written anew") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if c, err := os.ReadFile(filepath.Join(elsewhere, "two.safetensors")); err != nil || len(c) > len(a)*3/4 {
		t.Errorf("--half writes %d bytes where there were %d (%v)", len(c), len(a), err)
	}
	for data, pack := range map[string]string{dir: "scenes", "scenes": pack} {
		if _, stderr, status := call("train", "--pack", pack, "--data", data, "-o", elsewhere); status != 2 || !strings.Contains(stderr, "--data "+data+" beside") {
			t.Errorf("--pack %s --data %s: status %d, %s", pack, data, status, stderr)
		}
	}
}

// TestTrainMemory: with little memory for pictures the same bytes come out; less than a
// step takes is refused before anything is read.
func TestTrainMemory(t *testing.T) {
	dir := folder(t, 10, "green", "red")
	args := []string{"train", "--data", dir, "--width", "0.25", "--resolution", "16", "--epochs", "1", "--batch", "8"}
	var files [][]byte
	for _, memory := range []string{"2GiB", "302MiB"} { // the second keeps a picture or two
		out := t.TempDir()
		if _, stderr, status := call(append(args, "-o", out, "--memory", memory)...); status != 0 {
			t.Fatal(stderr)
		}
		data, err := os.ReadFile(filepath.Join(out, "network.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("another --memory, other weights")
	}
	for memory, want := range map[string]string{"100MB": "a step of the largest network takes 30", "2": "a number above 0 and its unit", "-1GB": "a number above 0", "NaNGB": "a number above 0", "1e30GB": "a number above 0"} {
		if _, stderr, status := call(append(args, "-o", filepath.Join(t.TempDir(), "out"), "--memory", memory)...); status != 2 || !strings.Contains(stderr, want) {
			t.Errorf("--memory %s: status %d, %s", memory, status, stderr)
		}
	}
}

// TestTrainFew: of fewer pictures than a batch a step takes all, and --batch says
// how many otherwise.
func TestTrainFew(t *testing.T) {
	dir := folder(t, 4, "green", "red") // of which 1 in 5 is held out
	args := []string{"train", "--data", dir, "--width", "0.25", "--resolution", "16", "--epochs", "1"}
	stdout, stderr, status := call(append(args, "-o", filepath.Join(t.TempDir(), "all"))...)
	if status != 0 || !strings.Contains(stderr, "are fewer than a batch of 32: a step takes all") || !strings.Contains(stdout, `("green" always would be right of 50.0%)`) {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
	_, stderr, status = call(append(args, "-o", filepath.Join(t.TempDir(), "two"), "--batch", "2")...)
	if status != 0 || strings.Contains(stderr, "fewer") {
		t.Errorf("--batch 2: status %d, %q", status, stderr)
	}
	if _, stderr, status = call(append(args, "-o", filepath.Join(t.TempDir(), "none"), "--batch", "1")...); status != 2 || !strings.Contains(stderr, "give 2 to 4096") {
		t.Errorf("--batch 1: status %d, %q", status, stderr)
	}
}

func TestTrainErrors(t *testing.T) {
	dir := folder(t, 10, "green", "red")
	out := filepath.Join(t.TempDir(), "out")
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"rat": 1}`), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--data", dir}, 2, "name one with -o DIR"},
		{[]string{"-o", out}, 2, "--data scenes"},
		{[]string{"--data", dir, "--pack", "scenes", "-o", out}, 2, "which learns from scenes"},
		{[]string{"--data", dir, "--only", "a", "-o", out}, 2, "--only picks networks of a pack"},
		{[]string{"--pack", "scenes", "--depth", "2", "-o", out}, 2, "--depth is in the pack"},
		{[]string{"--pack", "scenes", "--only", "widest", "-o", out}, 2, `no network "widest"`},
		{[]string{"--pack", "nowhere.json", "-o", out}, 1, "nowhere.json: cannot be read"},
		{[]string{"--pack", bad, "-o", out}, 1, `unknown field "rat"`},
		{[]string{"--data", dir, "--recipe", bad, "-o", out}, 1, `unknown field "rat"`},
		{[]string{"--data", dir, "--recipe", dir, "-o", out}, 1, "this is a folder"},
		{[]string{"--data", "scenes:x", "-o", out}, 2, "scenes:COUNT"},
		{[]string{"--data", "nowhere", "-o", out}, 1, "nowhere"},
		{[]string{"--data", dir, "--classes", "gren,red", "-o", out}, 1, "green"},
		{[]string{"--data", dir, "--classes", "green", "-o", out}, 1, "one class alone (green)"},
		{[]string{"--data", dir, "--architecture", "resnet", "-o", out}, 1, `no architecture is named "resnet"`},
		{[]string{"--data", dir, "--epochs", "-1", "-o", out}, 2, "whole numbers above 0"},
		{[]string{"--data", dir, "--epochs", "0", "-o", out}, 2, "whole numbers above 0"},
		{[]string{"--data", dir, "--until", "0", "-o", out}, 2, "whole numbers above 0"},
		{[]string{"--data", "scenes", "--classes", "cat", "-o", out}, 2, "scenes have the same ones"},
		{[]string{"--data", dir, "--resolution", "2048", "--width", "8", "-o", out}, 1, "too large to run"},
		{[]string{"pictures", "-o", out}, 2, "name the pictures with --data"},
	} {
		stdout, stderr, status := call(append([]string{"train"}, c.args...)...)
		if status != c.status || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("train %v: status %d, want %d; %q lacks %q", c.args, status, c.status, stderr, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		if entries, _ := os.ReadDir(out); len(entries) > 0 {
			t.Errorf("something was written: %v", entries)
		}
	}
}

func TestPrintRecipe(t *testing.T) {
	for args, want := range map[string]string{
		"train --recipe default":               `"optimiser": "sgd"`,
		"train --pack scenes --recipe default": `"name": "higher-resolution"`,
	} {
		if got := ok(t, strings.Fields(args)...); !strings.Contains(got, want) || !json.Valid([]byte(got)) {
			t.Errorf("%s: %s", args, got)
		}
	}
}

// TestEvaluateOne: one scene says nothing of how far another would lie from it.
func TestEvaluateOne(t *testing.T) {
	table := ok(t, "evaluate", "-n", "scenes:baseline", "--count", "1")
	if strings.Contains(table, "–") || strings.Contains(table, "NaN") || !strings.Contains(table, "one is too few for an interval") {
		t.Errorf("of one scene:\n%s", table)
	}
	var e evaluate.Evaluation
	text := ok(t, "evaluate", "-n", "scenes:baseline", "--count", "1", "--json")
	if err := record.Decode([]byte(text), &e); err != nil || e.Networks[0].Top1Interval != nil || e.Networks[0].IoUInterval != nil || !strings.Contains(text, `"top1_interval": null`) {
		t.Errorf("of one scene %v: %s", err, text)
	}
	if table := ok(t, "evaluate", "-n", "scenes:baseline", "--count", "2"); strings.Count(table, "–") != 13 {
		t.Errorf("of two scenes:\n%s", table)
	}
}

// TestEvaluateMosaics: they are measured when they are asked for, and networks are
// held against the first picture by picture.
func TestEvaluateMosaics(t *testing.T) {
	args := []string{"evaluate", "-n", "scenes:baseline", "-n", "scenes:higher-resolution", "--count", "18", "--mosaics", "4", "--seed", "5"}
	var e evaluate.Evaluation
	text := ok(t, append(args, "--json")...)
	if err := record.Decode([]byte(text), &e); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if e.Mosaics == nil || e.Mosaics.Count != 4 || e.Mosaics.Seed != 5 || e.Networks[1].Mosaics == nil || len(e.Differences) != 1 {
		t.Fatalf("%s", text)
	}
	table := ok(t, args...)
	for _, want := range []string{"mosaics: energy", "Differences from baseline, picture by picture", e.Differences[0].Of["mosaic_energy"].String() + "\n"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	if table := ok(t, "evaluate", "-n", "scenes:baseline", "--count", "2"); strings.Contains(table, "mosaics") || strings.Contains(table, "Differences") {
		t.Errorf("unasked:\n%s", table)
	}
}

// TestEvaluateMapsOfMosaics: mosaics are measured by other methods' maps, too, in the
// table and in all that is written of it; --pictures has a line for each map and picture.
func TestEvaluateMapsOfMosaics(t *testing.T) {
	pictures := filepath.Join(t.TempDir(), "pictures.csv")
	args := []string{"evaluate", "-n", "scenes:baseline", "-n", "scenes:wider", "--count", "18", "--mosaics", "3", "--method", "layer-cam@stage4", "--measures", "energy,sparsity,part-removed"}
	table := ok(t, append(args, "--pictures", pictures)...)
	for _, want := range []string{"layer-cam of stage4, mosaics", "maps that know nothing, mosaics", "wider less baseline", "25.0% 25.0–25.0"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	lines := strings.Split(strings.TrimSpace(read(t, pictures)), "\n")
	if len(lines) != 1+2*18 || lines[0] != "method,layer,network,picture,energy,sparsity,part_share,logit_drop" || !strings.HasPrefix(lines[3], "layer-cam,stage4,baseline,1,0.") {
		t.Errorf("%d lines: %s, %s", len(lines), lines[0], lines[3])
	}
	sheet := ok(t, append(args, "--csv")...)
	for _, want := range []string{"layer-cam,stage4,baseline,energy,mosaics,", "layer-cam,stage4,wider,energy,mosaics less first,", ",,centre,energy,mosaics baseline,0.25,"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("no %q in\n%s", want, sheet)
		}
	}
	var e evaluate.MapEvaluation
	if text := ok(t, append(args, "--json")...); record.Decode([]byte(text), &e) != nil || e.Mosaics == nil || e.Mosaics.Count != 3 || e.Asks[0].Networks[1].MosaicsLess["energy"].Count != 3 {
		t.Errorf("%s", text)
	}
}

func TestEvaluateErrors(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--count", "0"}, 2, "--count 0"},
		{[]string{"--pack", "none"}, 2, `there is no pack "none"`},
		{[]string{"--pack", "scenes", "--network", small}, 2, "not both"},
		{[]string{"--network", small}, 1, "it was not trained on these pictures"},
		{[]string{"--mosaics", "-1"}, 2, "--mosaics -1"},
		{[]string{"--mosaics", "100001"}, 2, "give 0 to 100000"},
		{[]string{"--count", "3", "--mosaics", "2"}, 1, "four classes that have no answer in common, and here are 3"},
		{[]string{"photo.jpg"}, 2, "name a folder of labelled pictures"},
		{[]string{"--pictures", "a.csv"}, 2, "--pictures is of what --method"},
		{[]string{"--method", "cam", "--pictures", "a.txt"}, 2, "name a file that ends in .csv"},
	} {
		stdout, stderr, status := call(append([]string{"evaluate"}, c.args...)...)
		if status != c.status || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("evaluate %v: status %d, want %d; %q lacks %q", c.args, status, c.status, stderr, c.want)
		}
	}
}

// TestTrainTwice: a second run into a folder says at once that there is one.
func TestTrainTwice(t *testing.T) {
	dir, out := folder(t, 10, "green", "red"), t.TempDir()
	release, err := file.Claim(out)
	if err != nil {
		t.Fatal(err)
	}
	recipe := filepath.Join(t.TempDir(), "recipe.json")
	if err := os.WriteFile(recipe, []byte(`{"batch": 8}`), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"train", "--data", dir, "--recipe", recipe, "--width", "0.5", "--resolution", "16", "--epochs", "1", "-o", out}
	if _, stderr, status := call(args...); status != 1 || !strings.Contains(stderr, out+": another process of scalecam writes to this folder") || strings.Contains(stderr, "broken.png") {
		t.Errorf("status %d, %q", status, stderr)
	}
	release()
	if _, stderr, status := call(args...); status != 0 {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// TestTrainFrom: a network is fine-tuned from a file and from one of the program's
// own, says which classes it knew, and keeps how pictures are prepared.
func TestTrainFrom(t *testing.T) {
	dir, out := folder(t, 15, "cat", "red"), filepath.Join(t.TempDir(), "run")
	recipe := filepath.Join(t.TempDir(), "recipe.json")
	if err := os.WriteFile(recipe, []byte(`{"batch": 8, "rate": 0.02, "average": 0}`), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"train", "--data", dir, "--recipe", recipe, "--from", "scenes:baseline", "--resolution", "32", "--epochs", "1"}
	stdout, stderr, status := call(append(args, "-o", out)...)
	if status != 0 || !strings.Contains(stdout, "network.safetensors: top-1 ") || !strings.Contains(stderr, "begins from scenes:baseline (EfficientNet-64, 18 classes); of the 2 classes here it keeps what the head knows of 1 of them and begins anew with 1") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	weights := filepath.Join(out, "network.safetensors")
	described := ok(t, "describe", weights)
	if !strings.Contains(described, "32") || !strings.Contains(described, "EfficientNet-64") {
		t.Errorf("%s", described)
	}
	// On from there, by the recipe's own key, with both classes known.
	if err := os.WriteFile(recipe, []byte(`{"batch": 8, "rate": 0.02, "average": 0, "from": "`+filepath.ToSlash(weights)+`", "body_rate": 0}`), 0o666); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status = call("train", "--data", dir, "--recipe", recipe, "--epochs", "1", "-o", out+"2")
	if status != 0 || !strings.Contains(stderr, "of the 2 classes here it keeps what its head knows of them") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--from", "scenes:baseline", "--depth", "2"}, "--depth is the weights' own"},
		{[]string{"--body-rate", "0.5"}, "name them with --from"},
		{[]string{"--from", "scenes:baseline", "--body-rate", "2"}, "give 0 to 1"},
		{[]string{"--from", ""}, "--from names no weights"},
		{[]string{"--from", "nowhere.pth"}, "nowhere.pth: there is no such file"},
	} {
		if _, stderr, status := call(append([]string{"train", "--data", dir, "-o", out + "3"}, c.args...)...); status == 0 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, %q", c.args, status, stderr)
		}
	}
	if _, stderr, status := call("train", "--pack", "scenes", "--from", "scenes:baseline", "-o", out+"3"); status != 2 || !strings.Contains(stderr, "a pack's begin from random weights") {
		t.Errorf("status %d, %q", status, stderr)
	}
}
