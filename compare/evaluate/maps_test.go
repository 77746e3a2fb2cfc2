package evaluate

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
)

// noProgress is told nothing.
func noProgress(int, int) {}

// mapsOf measures a small network's maps, of CAM and of LayerCAM at a stage, by all
// measures.
func mapsOf(t *testing.T, set dataset.Set, keys ...string) *MapEvaluation {
	t.Helper()
	m := comparetest.ScenesModel(t, scenes.Classes())
	p := MapsProtocol{Seed: 3}
	var err error
	if p.Measures, p.Part, err = ParseMeasures(keys); err != nil {
		t.Fatal(err)
	}
	for _, by := range [][2]string{{"cam", "last"}, {"layer-cam", "stage3"}} {
		b, err := compare.ByName(by[0], by[1])
		if err != nil {
			t.Fatal(err)
		}
		p.By = append(p.By, b)
	}
	e, err := RunMaps(t.Context(), []*network.Model{m, m}, set, p, noProgress)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestMaps: CAM's figures are Run's, the same whatever the number of cores; what
// cannot be known of a picture is not counted; a network less itself is nothing.
func TestMaps(t *testing.T) {
	set := scenes.Set{Seed: 9, Count: 12, Side: 64}
	keys := []string{"pointing", "energy", "iou", "part-iou", "ceiling", "max-box-acc", "pxap", "deletion", "insertion", "drop", "increase", "gain", "adcc", "sparsity", PartRemoved}
	e := mapsOf(t, set, keys...)
	if len(e.Asks) != 2 || len(e.Asks[0].Networks) != 2 || e.Count != 12 {
		t.Fatalf("%+v", e)
	}
	m := comparetest.ScenesModel(t, scenes.Classes())
	plain, err := Run(t.Context(), []*network.Model{m}, set, Protocol{}, noProgress)
	if err != nil {
		t.Fatal(err)
	}
	first, second := e.Asks[0].Networks[0], e.Asks[0].Networks[1]
	for key, want := range map[string]float64{
		"pointing": plain.Networks[0].Pointing, "energy": plain.Networks[0].Energy, "iou": plain.Networks[0].IoU, "part-iou": plain.Networks[0].PartIoU,
	} {
		if got := first.Figures[key]; math.Abs(got.Value-want) > 1e-12 || got.Count != 12 { // sums in another order
			t.Errorf("%s is %+v, and Run's %v", key, got, want)
		}
	}
	for key, f := range first.Figures {
		if f.Value < 0 || f.Value > 1 || f.Interval == nil || f.Interval[0] > f.Value || f.Interval[1] < f.Value && key != "max-box-acc" { // which is the best of thresholds, of each sample anew
			t.Errorf("%s is %v %v", key, f.Value, f.Interval)
		}
		if less := second.Less[key]; less.Value != 0 || *less.Interval != [2]float64{} {
			t.Errorf("%s of a network less its own is %+v", key, less)
		}
	}
	if len(first.Figures) != len(keys)-1 || first.Part == nil || math.Abs(first.Part.Value) > 1 {
		t.Errorf("%d figures, the part removed: %v", len(first.Figures), first.Part)
	}
	if uniform := e.Baselines["uniform"]; len(uniform) != 8 || uniform["sparsity"].Value > 1e-9 || uniform["max-box-acc"].Value != 0 {
		t.Errorf("of a uniform map %v", uniform)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(5))
	if again := mapsOf(t, set, keys...); !reflect.DeepEqual(e, again) {
		t.Errorf("on other cores %+v; want %+v", again, e)
	}
}

// TestMapsOfMosaics: pointing and energy of CAM are Run's, and a map that knows nothing
// reaches a quarter; the measures that ask the network, or for a part, are not of mosaics.
func TestMapsOfMosaics(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := scenes.Set{Seed: 9, Count: 12, Side: 64}
	p := MapsProtocol{Protocol: Protocol{Mosaics: Mosaics{Count: 5, Seed: 2}}, By: []compare.By{{}, {Method: cam.MethodLayerCAM}}, Seed: 3}
	var err error
	if p.Measures, p.Part, err = ParseMeasures([]string{"sparsity", "pointing", "energy", "part-iou", "max-box-acc", "pxap", "drop"}); err != nil {
		t.Fatal(err)
	}
	last := 0
	e, err := RunMaps(t.Context(), []*network.Model{m, m}, set, p, func(done, total int) {
		if last++; done != last || total != 17 {
			t.Errorf("progress %d of %d after %d", done, total, last-1)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Run(t.Context(), []*network.Model{m}, set, p.Protocol, noProgress)
	if err != nil {
		t.Fatal(err)
	}
	n, q := e.Asks[0].Networks[0], plain.Networks[0].Mosaics
	for key, want := range map[string]float64{"pointing": q.Pointing, "energy": q.Energy} {
		if got := n.Mosaics[key]; math.Abs(got.Value-want) > 1e-12 || got.Count != 5 {
			t.Errorf("%s is %+v, and Run's %v", key, got, want)
		}
		for name, of := range e.Mosaics.Baselines {
			if got := of[key].Value; math.Abs(got-0.25) > 1e-6 {
				t.Errorf("%s of %s is %v", key, name, got)
			}
		}
	}
	if len(n.Mosaics) != 4 || len(e.Asks[0].Networks[1].MosaicsLess) != 4 || e.Asks[0].Networks[1].MosaicsLess["energy"].Value != 0 || n.MosaicsLess != nil {
		t.Errorf("%+v, %+v", n.Mosaics, e.Asks[0].Networks[1].MosaicsLess)
	}
	if box := e.Mosaics.Baselines["uniform"]["max-box-acc"].Value; box != 0 {
		t.Errorf("boxes of a uniform map find %v of the quarters", box)
	}
}

// TestPictureTable: the means of what is told of each picture are the figures, and a table
// that is read again says how far measures agree with the truth.
func TestPictureTable(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := scenes.Set{Seed: 9, Count: 12, Side: 64}
	models := []*network.Model{m}
	p := MapsProtocol{By: []compare.By{{}, {Method: cam.MethodLayerCAM}, {Method: cam.MethodEigenCAM}, {Method: cam.MethodGradCAM, Layer: "stage3"}}, Seed: 3}
	var err error
	if p.Measures, p.Part, err = ParseMeasures([]string{"energy", "pxap", "deletion", PartRemoved}); err != nil {
		t.Fatal(err)
	}
	table := NewPictureTable(models, p)
	p.Told = table.Add
	e, err := RunMaps(t.Context(), models, set, p, noProgress)
	if err != nil {
		t.Fatal(err)
	}
	seen := new(Seen)
	if err := seen.Read(table.Text()); err != nil {
		t.Fatal(err)
	}
	if len(seen.Maps) != 4 || seen.Pictures != 12 {
		t.Fatalf("%+v", seen)
	}
	a := seen.Agree(3)
	for i, f := range a.Maps {
		n := e.Asks[i].Networks[0]
		for _, key := range []string{"energy", "deletion"} {
			if math.Abs(f.Figures[key]-n.Figures[key].Value) > 1e-4 {
				t.Errorf("%s of %s is %v, and the table's %v", key, f.Method, n.Figures[key].Value, f.Figures[key])
			}
		}
		if math.Abs(f.Part.Value-n.Part.Value) > 1e-4 || math.Abs(f.Part.Interval[0]-n.Part.Interval[0]) > 1e-4 || f.Part.Count != n.Part.Count {
			t.Errorf("the part removed of %s: %v, and the table's %v", f.Method, n.Part, f.Part)
		}
	}
	if len(a.Measures) != 3 || a.Measures[0].Measure != "energy" || a.Measures[2].Measure != "deletion" {
		t.Fatalf("%+v", a.Measures)
	}
	for _, m := range a.Measures {
		if math.Abs(m.Overall.Value) > 1 || m.Overall.Interval == nil || m.Overall.Count != 12 || m.ByPicture.Count == 0 || m.Maps != 4 {
			t.Errorf("%+v", m)
		}
	}
	for _, bad := range []string{"", "a,b\n", "method,layer,network,picture,energy\ncam,last,a,-1,0.5\n", "method,layer,network,picture,energy\ncam,last,a,1,much\n", "method,layer,network,picture\ncam,last\n"} {
		if err := new(Seen).Read([]byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "evaluate: ") {
			t.Errorf("of %q: %v", bad, err)
		}
	}
}

// TestPlot: the drawing is XML, with a panel for each measure that there is, and a dot in
// it for each map and network.
func TestPlot(t *testing.T) {
	e := mapsOf(t, scenes.Set{Seed: 9, Count: 4, Side: 64}, "pointing", "energy", "sparsity", "deletion")
	e.Asks[0].Networks[0].Name = "<&>"
	all, _, err := ParseMeasures([]string{"pointing", "energy", "sparsity", "deletion", "pxap"}) // which was not measured
	if err != nil {
		t.Fatal(err)
	}
	drawn := e.Plot(all)
	dots := 0
	for d := xml.NewDecoder(bytes.NewReader(drawn)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := token.(xml.StartElement); ok && s.Name.Local == "circle" {
			dots++
		}
	}
	if dots != 4*4 || !strings.Contains(string(drawn), "deletion (less is better)") || strings.Contains(string(drawn), "pixel average") || strings.Contains(string(drawn), "NaN") {
		t.Errorf("%d dots in %s", dots, drawn)
	}
}

// unmarked are scenes of which it is not known where anything is.
type unmarked struct{ scenes.Set }

func (u unmarked) At(i int) (*dataset.Example, error) {
	e, err := u.Set.At(i)
	e.Mask, e.Part = nil, nil
	e.Box = e.Image.Rect.Inset(8)
	if i%3 == 0 {
		e.Box = e.Box.Intersect(e.Box.Sub(e.Box.Max))
	}
	return e, err
}

// TestMapsCount: each figure is of the pictures that have what it needs.
func TestMapsCount(t *testing.T) {
	e := mapsOf(t, unmarked{scenes.Set{Seed: 9, Count: 6, Side: 64}}, "energy", "max-box-acc", "sparsity")
	of := e.Asks[0].Networks[0].Figures
	if _, ok := of["energy"]; ok || of["max-box-acc"].Count != 4 || of["sparsity"].Count != 6 {
		t.Errorf("%v", of)
	}
}

// TestDeletionOfCells: deletion is the area under the probabilities of the pictures from
// which ever more of what the map holds high was taken, one by one.
func TestDeletionOfCells(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	x, err := (scenes.Set{Seed: 9, Count: 1, Side: 64}).At(0)
	if err != nil {
		t.Fatal(err)
	}
	e := mapsOf(t, scenes.Set{Seed: 9, Count: 1, Side: 64}, "deletion")
	all, err := whole([]*network.Model{m})
	if err != nil {
		t.Fatal(err)
	}
	m = all[0]
	input := network.NewInputs(x.Image).For(m)
	a, err := m.Forward(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	c, err := (compare.By{}).Map(t.Context(), m, a, cam.Class(x.Class))
	if err != nil {
		t.Fatal(err)
	}
	side := input.Size.H
	path := measure.Deletion(c.Resize(side, side, cam.Smooth), side, input.Pixels)
	var scores []float64
	for i := range path.Steps() {
		changed := *input
		changed.Pixels = make([]float32, len(input.Pixels))
		path.At(i, changed.Pixels)
		seen, err := m.Forward(t.Context(), &changed)
		if err != nil {
			t.Fatal(err)
		}
		scores = append(scores, network.Softmax(seen.Logits, 1)[x.Class])
	}
	// In batches the same values are added up in the same order.
	if got, want := e.Asks[0].Networks[0].Figures["deletion"].Value, measure.AUC(scores); math.Abs(got-want) > 1e-6 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestMapsRefused: what cannot be measured is said before anything is.
func TestMapsRefused(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	cut, err := dataset.Only(scenes.Set{Seed: 9, Count: 4, Side: 64}, scenes.Classes()[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := RunMaps(t.Context(), []*network.Model{m}, cut, MapsProtocol{By: []compare.By{{}}, Part: true}, noProgress); err == nil || !strings.Contains(err.Error(), "part") {
		t.Errorf("a part that is not known: %v", err)
	}
	if _, err := RunMaps(t.Context(), []*network.Model{m}, cut, MapsProtocol{By: []compare.By{{Layer: "stage99"}}}, noProgress); err == nil || !strings.Contains(err.Error(), "stage99") {
		t.Errorf("a layer that is not there: %v", err)
	}
	if _, _, err := ParseMeasures([]string{"pointing", "beauty"}); err == nil || !strings.Contains(err.Error(), "beauty") || !strings.Contains(err.Error(), "pxap") || !strings.Contains(err.Error(), PartRemoved) {
		t.Errorf("a measure that there is not: %v", err)
	}
}
