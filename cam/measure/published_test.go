package measure

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// published is testdata/measure/measures.json: what independent code makes of maps.
type published struct {
	W, H             int
	Picture, Weights string
	MaxBoxAccV2      float64 `json:"max_box_acc_v2"`
	PxAP             float64
	Cases            []struct {
		Map, Mask                 string
		Boxes                     [][4]int
		Found                     [3]int // of a thousand thresholds, those that find the box
		Deletion, Insertion, Gini float64
		Ceilings                  [2]float64
	}
}

func readPublished(t *testing.T) (p published) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "measure", "measures.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func floats(t *testing.T, text string) []float32 {
	t.Helper()
	data := decode(t, text)
	all := make([]float32, len(data)/4)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return all
}

// TestPublished holds measures to independent code: OpenCV's contours, NumPy's
// histograms, SciPy's blur. Counts are equal; sums in float64 agree to 1e-9, areas
// along a path, whose pictures and blur are float32, to 1e-6.
func TestPublished(t *testing.T) {
	p := readPublished(t)
	picture, weights := floats(t, p.Picture), floats(t, p.Weights)
	score := func(pixels []float32) float64 {
		var sum float64
		for i, v := range pixels {
			sum += float64(v) * float64(weights[i])
		}
		return 1 / (1 + math.Exp(-sum))
	}
	along := func(path *Path) float64 {
		var scores []float64
		now := make([]float32, len(picture))
		for i := range path.Steps() {
			path.At(i, now)
			scores = append(scores, score(now))
		}
		return AUC(scores)
	}
	near := func(i int, name string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("map %d: %s is %v, want %v", i, name, got, want)
		}
	}
	var boxes BoxCurve
	var pixels PixelCurve
	for i, c := range p.Cases {
		values := make([]float32, p.W*p.H)
		for j, v := range decode(t, c.Map) {
			values[j] = float32(v)
		}
		mask := image.NewAlpha(image.Rect(0, 0, p.W, p.H))
		for j, v := range decode(t, c.Mask) {
			mask.Pix[j] = 255 * v
		}
		curve := Boxes(values, p.W, c.Boxes...)
		for at := range curve {
			found := 0
			for step := range 1000 {
				found += int(curve[at][int(float64(step)*0.001*255)])
			}
			if found != c.Found[at] {
				t.Errorf("map %d: the box is found with an IoU of %v at %d of 1000 thresholds, want %d", i, BoxIoUs[at], found, c.Found[at])
			}
			for level := range curve[at] {
				boxes[at][level] += curve[at][level]
			}
		}
		for side, counts := range Pixels(values, mask) {
			for bin, n := range counts {
				pixels[side][bin] += n
			}
		}
		near(i, "deletion", along(Deletion(values, p.W, picture)), c.Deletion, 1e-6)
		near(i, "insertion", along(Insertion(values, p.W, picture)), c.Insertion, 1e-6)
		near(i, "the Gini index", Sparsity(values), c.Gini, 1e-9)
		near(i, "the ceiling of 7 × 7", Ceiling(mask, 7, 7), c.Ceilings[0], 1e-12)
		near(i, "the ceiling of 14 × 14", Ceiling(mask, 14, 14), c.Ceilings[1], 1e-12)
	}
	near(-1, "MaxBoxAccV2", MaxBoxAccV2(&boxes, float64(len(p.Cases))), p.MaxBoxAccV2, 1e-12)
	near(-1, "PxAP", PxAP(&pixels), p.PxAP, 1e-9)
}

// TestByHand: what can be worked out on paper.
func TestByHand(t *testing.T) {
	near := func(name string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-9) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	near("a drop from 0.8 to 0.2", Drop(0.8, 0.2), 0.75)
	near("no drop", Drop(0.2, 0.8), 0)
	near("a drop of nothing", Drop(0, 0.8), 0)
	near("a gain from 0.2 to 0.8", Gain(0.2, 0.8), 0.75)
	near("no gain", Gain(0.8, 0.2), 0)
	near("a gain beyond 1", Gain(1, 1), 0)
	near("an increase", Increase(0.2, 0.3), 1)
	near("none", Increase(0.3, 0.3), 0)
	near("the area of 1, ½, 0", AUC([]float64{1, 0.5, 0}), 0.5)
	near("the area of 1, 0, 0", AUC([]float64{1, 0, 0}), 0.25)
	near("coherency with itself", Coherency([]float32{1, 2, 4}, []float32{1, 2, 4}), 1)
	near("with the reverse", Coherency([]float32{1, 2, 3}, []float32{3, 2, 1}), 0)
	near("with nothing", Coherency([]float32{1, 2, 3}, []float32{5, 5, 5}), 0.5)
	near("complexity of 0, ½, 1", Complexity([]float32{-1, 0, 1}), 0.5)
	near("of one value", Complexity([]float32{3, 3}), 0)
	near("ADCC of 1, 0, 0", ADCC(1, 0, 0), 1)
	near("of ½, ½, ½", ADCC(0.5, 0.5, 0.5), 0.5)
	near("of a drop of all", ADCC(1, 0, 1), 0)
	near("sparsity of one alike", Sparsity([]float32{2, 2, -2, 2}), 0)
	near("of one of four", Sparsity([]float32{0, 0, 0, -5}), 0.75)
	near("of nothing", Sparsity([]float32{0, 0}), 0)
	mask := alpha(4, "oo.."+"oo.."+"...."+"....")
	near("a cell of four", Ceiling(mask, 2, 2), 1)
	near("one cell of all", Ceiling(mask, 1, 1), 0.25)
	near("no object", Ceiling(alpha(2, "...."), 2, 2), 0)
	// Of the map 3 2 / 1 0 the object is the pixel of 3: at every threshold from 2 on it
	// is all there is, whose box goes one pixel beyond it where there is one.
	c := Boxes([]float32{3, 2, 1, 0}, 2, [4]int{0, 0, 1, 1})
	if c[2][254] != 1 || c[2][0] != 1 {
		t.Errorf("the box of both ends is not found: %v", c[2])
	}
	var sum PixelCurve
	for side, counts := range Pixels([]float32{3, 2, 1, 0}, alpha(2, "o.o.")) {
		for bin, n := range counts {
			sum[side][bin] += n
		}
	}
	near("precision 1 to a recall of ½, ⅔ to 1", PxAP(&sum), 0.5+0.5*2/3)
	near("no object at all", PxAP(new(PixelCurve)), 0)
}
