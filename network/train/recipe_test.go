package train

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/network"
)

func TestParseRecipe(t *testing.T) {
	r, err := ParseRecipe([]byte(`{"epochs": 5, "optimiser": "rmsprop", "flip": false}`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultRecipe
	want.Epochs, want.Optimiser, want.Flip = 5, "rmsprop", false
	if r != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
	for text, says := range map[string]string{
		`{`:                 "no JSON",
		`{} {}`:             "something follows",
		`{}} x`:             "something follows",
		`null`:              "no JSON object",
		`{"epochs": 20000}`: "epochs is 20000",
		`{"epoch": 5}`:      `unknown field "epoch"`,
		`{"` + strings.Repeat("x", 5000) + `": 1}`:           "unknown field \"xxx",
		`{"optimiser": "` + strings.Repeat("x", 5000) + `"}`: "xxx",
		`{"rate": 0.1, "Rate": 0.2}`:                         "the key \"Rate\" is there twice; keep one of them",
		`{"epochs": 0}`:                                      "epochs is 0; it runs from 1",
		`{"batch": 1}`:                                       "batch is 1; it runs from 2",
		`{"rate": 1e9}`:                                      "rate is 1e+09",
		`{"crop": 0}`:                                        "crop is 0",
		`{"from": "//far/x.pth"}`:                            "from: //far/x.pth: this is on a network share",
		`{"warm_up": 99}`:                                    "warm_up is 99",
		`{"optimiser": "lion"}`:                              `optimiser is "lion"; it is sgd, rmsprop, adam or muon`,
		`{"epochs": "many"}`:                                 "cannot unmarshal string",
		`{"label_smoothing": 1}`:                             "label_smoothing is 1",
		`{"weight_decay": 1e-300}`:                           "weight_decay is 1e-300, too small for a float32; it is 0, or runs from 1.2e-38 to 1",
	} {
		if _, err := ParseRecipe([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 1000 {
			t.Errorf("%s: error %v; want one that says %q", text, err, says)
		}
	}
}

// TestRate: it rises in a straight line to its height and falls to nothing, on
// no step twice as steep as a cosine may.
func TestRate(t *testing.T) {
	r := Recipe{Epochs: 4, Rate: 0.8, WarmUp: 1}
	const steps = 10
	for i, want := range map[int]float64{0: 0.04, 4: 0.36, 9: 0.76, 25: 0.8 * 0.5 * (1 + math.Cos(math.Pi*15.5/30)), 39: 0.8 * 0.5 * (1 + math.Cos(math.Pi*29.5/30))} {
		if got := r.rate(i, steps); math.Abs(got-want) > 1e-12 {
			t.Errorf("step %d: rate %v, want %v", i, got, want)
		}
	}
	highest := 0.0
	for i := range 4 * steps {
		highest = max(highest, r.rate(i, steps))
	}
	if highest > 0.8 || highest < 0.79 {
		t.Errorf("the highest rate is %v", highest)
	}
}

// TestPacks: the pack that comes with the program is one, of five networks,
// scaled as the paper scales its own.
func TestPacks(t *testing.T) {
	p, err := ParsePack(assets.Scenes().Recipe)
	if err != nil {
		t.Fatal(err)
	}
	_, _, what, err := p.Scenes.Sets()
	if err != nil || !strings.Contains(what, "scenes") {
		t.Errorf("%q, %v", what, err)
	}
	var scalings []string
	var macs []float64
	for _, m := range p.Networks {
		n, err := m.Network(18)
		if err != nil {
			t.Fatal(err)
		}
		scalings = append(scalings, n.Scaling.String())
		macs = append(macs, float64(n.MACs()))
	}
	if got, want := fmt.Sprint(scalings), "[d 1, w 1, 64 px d 4, w 1, 64 px d 1, w 2, 64 px d 1, w 1, 128 px d 1.4, w 1.2, 83 px]"; got != want {
		t.Errorf("the networks are %s, want %s", got, want)
	}
	if macs[0] < 6e6 || macs[0] > 10e6 {
		t.Errorf("the baseline has %v MACs, want 6 to 10 million", macs[0])
	}
	for i, m := range macs[1:] {
		if by := m / macs[0]; by < 3.5 || by > 4.5 {
			t.Errorf("%s has %.2f times the baseline's MACs, want about 4", p.Networks[i+1].Name, by)
		}
	}
}

func TestParsePackErrors(t *testing.T) {
	const network = `{"name": "a", "architecture": "efficientnet-64", "depth": 1, "width": 1, "resolution": "1"}`
	for text, says := range map[string]string{
		`{}`:                           "no name",
		`{"name": "x"}`:                "scenes or a folder",
		`{"name": "x", "folder": "y"}`: "no networks",
		`{"name": "x", "folder": "//far/pictures", "networks": [` + network + `]}`:                                      "folder: //far/pictures: this is on a network share",
		`{"name": "x", "folder": "y", "scenes": {}, "networks": [` + network + `]}`:                                     "just one of them",
		`{"name": "x", "folder": "y", "networks": [` + network + `,` + network + `]}`:                                   `"a" names a network; each has a name of its own`,
		`{"name": "x", "folder": "y", "networks": [` + network + `,` + strings.Replace(network, `"a"`, `"A"`, 1) + `]}`: `"A" names a network`,
		`{"name": "x", "folder": "y", "networks": [{"name": "../a"}]}`:                                                  `"../a" names a network`,
		`{"name": "x", "folder": "y", "networks": [{"name": "a", "architecture": "b"}]}`:                                `no architecture is named "b"`,
		`{"name": "x", "folder": "y", "networks": [` + network + `], "recipe": {"rate": -1}}`:                           "the recipe's rate is -1",
		`{"name": "x", "folder": "y", "networks": [` + strings.Replace(network, `"width": 1`, `"width": -1`, 1) + `]}`:  "a width of -1",
	} {
		if _, err := ParsePack([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 1000 {
			t.Errorf("%s: error %v; want one that says %q", text, err, says)
		}
	}
	for _, s := range []Scenes{{Train: 0, Val: 1, Side: 64}, {Train: 1, Val: 0, Side: 64}, {Train: 1, Val: 1, Side: 1e6}, {Train: 1e9, Val: 1, Side: 64}} {
		if _, _, _, err := s.Sets(); err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("%+v: error %v", s, err)
		}
	}
}

// TestGrowingSize: sides are whole cells and rise to the whole input, which the last
// quarter of the epochs has.
func TestGrowingSize(t *testing.T) {
	r := DefaultRecipe
	r.Epochs, r.FirstResolution = 8, 0.5
	var sides []int
	for epoch := range r.Epochs {
		size := r.size(network.Size{H: 166, W: 40}, epoch)
		if size.W < 16 || size.W > 40 || size.W%16 != 0 && size.W != 40 {
			t.Errorf("epoch %d has a width of %d", epoch, size.W)
		}
		sides = append(sides, size.H)
	}
	if want := []int{80, 96, 112, 128, 144, 160, 166, 166}; !slices.Equal(sides, want) {
		t.Errorf("heights %v, want %v", sides, want)
	}
	r.FirstResolution = 1
	if size := r.size(network.Square(100), 0); size != network.Square(100) {
		t.Errorf("without growth the first epoch has %v", size)
	}
}
