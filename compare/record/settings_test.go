package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

func TestSettingsCommand(t *testing.T) {
	set := map[string]string{"padding": "same", "eps": "0.001"}
	for _, test := range []struct {
		name   string
		change func(*compare.Comparison, *compare.View)
		want   string // after "scalecam compare " and before " -o figure.png"
	}{
		{"default", func(*compare.Comparison, *compare.View) {},
			"pictures/slope.png --network 'network 0.safetensors' --network 'network 1.safetensors' --scale own --colormap inferno --opacity 0.7"},
		{"all choices", func(c *compare.Comparison, v *compare.View) {
			v.Shared, v.Grey, v.Interpolation, v.Opacity = true, true, cam.Grid, 0.25
			c.Rows[0].Predicted = false
		}, "pictures/slope.png --network 'network 0.safetensors' --network 'network 1.safetensors' --class 'class 0' --scale shared --colormap inferno --opacity 0.25 --grey --raw"},
		{"names to quote", func(c *compare.Comparison, v *compare.View) {
			c.Rows[0].Picture.Path = "-it's $HOME/*.png"
			c.Models[0].Spec, c.Models[1].Spec = "", "random:efficientnet-b0,d=4"
			v.Opacity = math.NaN()
		}, `'./-it'\''s $HOME/*.png' --network '' --network random:efficientnet-b0,d=4 --scale own --colormap inferno --opacity 0`},
		{"stated settings", func(c *compare.Comparison, v *compare.View) {
			c.Models[0].Stated, c.Models[1].Stated = set, set
			v.Opacity = 7
		}, "pictures/slope.png --network 'network 0.safetensors' --network 'network 1.safetensors' --set eps=0.001 --set padding=same --scale own --colormap inferno --opacity 1"},
		{"settings stated of one network alone", func(c *compare.Comparison, _ *compare.View) { c.Models[1].Stated = set }, ""},
		{"a class that shares its name", func(c *compare.Comparison, _ *compare.View) {
			c.Rows[0].Predicted, c.Rows[0].Class, c.Models[0].Classes = false, "crane", comparetest.Animals
			c.Rows[0].Cells[0].Class = 6
		}, "pictures/slope.png --network 'network 0.safetensors' --network 'network 1.safetensors' --class 6 --scale own --colormap inferno --opacity 0.7"},
		{"different classes", func(c *compare.Comparison, _ *compare.View) {
			second := c.Rows[0]
			second.Predicted = false
			c.Rows = append(c.Rows, second)
		}, ""},
	} {
		c, v := comparetest.Comparison(t, []float32{1, 2}, []float32{3, 4}), compare.DefaultView()
		test.change(c, &v)
		want := test.want
		if want != "" {
			want = "scalecam compare " + want + " -o figure.png"
		}
		if got := SettingsOf(c, v, WholePaths).Command; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, want)
		}
	}
}

func TestSettingsOfDifferentClasses(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2})
	second := c.Rows[0]
	second.Predicted = false
	c.Rows = append(c.Rows, second)
	got := SettingsOf(c, compare.DefaultView(), WholePaths)
	if want := []string{"", "class 0"}; !slices.Equal(got.Classes, want) || got.Class != "" {
		t.Errorf("got class %q and classes %q, want %q", got.Class, got.Classes, want)
	}
}

// A shell reads back what quote wrote.
func TestQuote(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell here")
	}
	words := []string{"", "plain", "a b", "it's", `back\slash`, `"$HOME"`, "`id`", "~", "*", "new\nline", "a=b", "été", "!x", "#x", "-n", "''", "{a,b}", "a;b&c|d",
		"caf\xe9.png", "\xff it's 100% \\n \"$HOME\" `id`\n사진\xfe1", "-\xff"}
	var line strings.Builder
	for _, w := range words {
		line.WriteString(" " + quote(w))
	}
	out, err := exec.Command(sh, "-c", `printf '%s\0'`+line.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, words) {
		t.Errorf("got %q, want %q", got, words)
	}
}

func TestReport(t *testing.T) {
	c := comparetest.Comparison(t, []float32{-0.1, 0.1}, nil)
	c.Models[1].Trained, c.Models[1].Temperature = false, 0
	c.Rows[0].Cells[0].Activations.Bias[0] = 0.05
	c.Rows[0].Cells[0].Activations.Logits[0] = 1
	c.Rows[0].Cells[0].Activations.Unsure = &network.Unsure{Mean: 2, Below: 1, Agreement: 1}
	c.Rows[0].Cells[0].Activations.Familiarity.Peak = 1.25
	c.Rows[0].Cells[0].Activations.Seen.X0 = math.Inf(1) // JSON has no such number
	got, err := json.Marshal(ReportOf(c, compare.DefaultView(), WholePaths).Rows)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"picture":"pictures/slope.png","class":"class 0","predicted":true,"shown":false,"certainty":0.25,"unsure":false,"cells":[` +
		`{"network":"network 0","spec":"network 0.safetensors","scaling":{"depth":1,"width":0.25,"resolution":[64,64]},` +
		fmt.Sprintf(`"parameters":%d,"macs":%d,`, c.Models[0].Network.Parameters(), c.Models[0].Network.MACs()) +
		`"grid":[2,2],"trained":true,"temperature":0.5,"top":[{"index":0,"class":"class 0","probability":0.75,"probability_raw":0.5}],` +
		`"certainty":0.25,"unsure":false,"class_index":0,"logit":1,"probability":0.25,"probability_raw":0.3,"minimum":-0.1,"maximum":0.1,"mean":0,"bias":0.05,"scale":[0,0.1],` +
		`"seen":[null,5,60,55],"notes":[]},` +
		`{"network":"network 1","spec":"network 1.safetensors","scaling":{"depth":1,"width":0.25,"resolution":[64,64]},` +
		fmt.Sprintf(`"parameters":%d,"macs":%d,`, c.Models[1].Network.Parameters(), c.Models[1].Network.MACs()) +
		`"grid":[2,2],"trained":false,"temperature":null,"top":[{"index":1,"class":"class 1","probability":0.75,"probability_raw":0.5}],` +
		`"certainty":null,"unsure":null,"class_index":null,"logit":null,"probability":null,"probability_raw":null,"minimum":null,"maximum":null,"mean":null,"bias":null,"scale":[null,null],` +
		`"seen":[10,5,60,55],"notes":["untrained: random weights","has no class “class 0”"]}]}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestReportOfDerived: what the view asks for beside the networks is in the numbers.
// Of [1 2 3 4] and [4 3 2 1], of one root mean square √7.5, the mean is 2.5 and the
// difference ±3, ±1 over it.
func TestReportOfDerived(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2, 3, 4}, []float32{4, 3, 2, 1})
	c.Rows[0].Cells[1].Activations.Logits[0] = 2.5
	v := compare.DefaultView()
	v.Consensus, v.Difference = true, compare.Pair{After: 2, Before: 1}
	row := ReportOf(c, v, WholePaths).Rows[0]
	got, err := json.Marshal([]any{row.Cells[0].Agreement, row.Cells[1].Agreement, row.Consensus, row.Difference})
	if err != nil {
		t.Fatal(err)
	}
	root := math.Sqrt(7.5)
	n := func(v float64) string { return fmt.Sprint(single(float32(v))) }
	against := `{"rank_correlation":-1,"iou_top20":0}`
	middle, far, near := n((1/root+4/root)/2), n(3/root), n(1/root)
	want := `[` + against + `,` + against +
		`,{"of":[1,2],"agreement":` + against + `,"region":[10,5,60,55],"values":[[` + middle + `,` + middle + `],[` + middle + `,` + middle + `]],"scale":[0,` + middle + `],"notes":[]}` +
		`,{"of":[2,1],"agreement":` + against + `,"region":[10,5,60,55],"values":[[` + far + `,` + near + `],[-` + near + `,-` + far + `]],"scale":[-` + far + `,` + far + `],"notes":[]` +
		`,"before":{"network":"network 0","top":"class 0","logit":0,"probability":0.25},"after":{"network":"network 1","top":"class 1","logit":2.5,"probability":0.25}}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Of a margin, 0 − 0 in the first network and 2.5 − 0 in the second.
	c.By.Against = []string{"class 1"}
	for j := range c.Rows[0].Cells {
		c.Rows[0].Cells[j].Map.Target = cam.Margin(0, 1)
		c.Rows[0].Cells[j].Activations.Logits[1] = 0
	}
	d := ReportOf(c, v, WholePaths).Rows[0].Difference
	if d.Before.Margin == nil || d.After.Margin == nil || *d.Before.Margin != 0 || *d.After.Margin != 2.5 {
		t.Errorf("the margins are %v and %v", d.Before.Margin, d.After.Margin)
	}
	c = comparetest.Comparison(t, []float32{1, 2}, nil)
	row = ReportOf(c, v, WholePaths).Rows[0]
	if got, err = json.Marshal([]any{row.Cells[0].Agreement, row.Consensus}); err != nil {
		t.Fatal(err)
	}
	if want := `[null,{"of":[],"agreement":null,"region":[null,null,null,null],"values":[],"scale":[null,null],"notes":["no consensus: it takes two trained networks with a map of a part that both saw"]}]`; string(got) != want {
		t.Errorf("of one network alone: got %s\nwant %s", got, want)
	}
}

// The numbers of a report are those of the comparison: mean + bias = logit.
func TestReportOfARun(t *testing.T) {
	c := comparetest.Run(t, "", []*picture.Picture{comparetest.Picture("a.png", 40, 30)}, comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96))
	first, err := json.Marshal(ReportOf(c, compare.DefaultView(), WholePaths))
	if err != nil {
		t.Fatal(err)
	}
	again := comparetest.Run(t, "", []*picture.Picture{comparetest.Picture("a.png", 40, 30)}, comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96))
	second, err := json.Marshal(ReportOf(again, compare.DefaultView(), WholePaths))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("a second run gives another report (error %v):\n%s\n%s", err, first, second)
	}
	for j, cell := range ReportOf(c, compare.DefaultView(), WholePaths).Rows[0].Cells {
		// float32's sums over the features: about seven digits.
		if d := math.Abs(float64(cell.Mean + cell.Bias - cell.Logit)); d > 1e-5*max(1, math.Abs(float64(cell.Logit))) {
			t.Errorf("network %d: mean %v + bias %v is not the logit %v", j, cell.Mean, cell.Bias, cell.Logit)
		}
	}
}

func ExampleSettingsOf() {
	c := &compare.Comparison{
		Models: []*network.Model{{Spec: "compound.safetensors@448"}},
		Rows:   []compare.Row{{Picture: &picture.Picture{Path: "my cat.jpg"}, Predicted: true}},
	}
	fmt.Println(SettingsOf(c, compare.DefaultView(), WholePaths).Command)
	// Output: scalecam compare 'my cat.jpg' --network compound.safetensors@448 --scale own --colormap inferno --opacity 0.7 -o figure.png
}
