package study

import (
	"encoding/json"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"scalecam/assets"
	"scalecam/cam/measure"
	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/ui/kit"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// TestAgreement: the third tab has a row and two dots for each measure that was held
// against the truth, says which agree, and is copied and saved, in every language.
func TestAgreement(t *testing.T) {
	of := new(evaluate.Agreement)
	if err := record.Decode(assets.Scenes().Measures, of); err != nil || len(of.Measures) == 0 || len(of.Maps) == 0 {
		t.Fatalf("%d measures of %d maps: %v", len(of.Measures), len(of.Maps), err)
	}
	for _, language := range []string{"ko", "en"} {
		if err := speak.Use(language); err != nil {
			t.Fatal(err)
		}
		_, p := open(t, pagetest.Inline)
		p.tabs.SelectIndex(2)
		a := p.agreement
		if len(a.table.Rows) != 1+len(of.Measures) || len(a.overall.Series) != len(of.Measures) || len(a.byPicture.Series) != len(of.Measures) {
			t.Errorf("%d rows, %d and %d dots of %d measures", len(a.table.Rows), len(a.overall.Series), len(a.byPicture.Series), len(of.Measures))
		}
		for _, m := range measure.Measures {
			if name := title(m.Key); name == "" || strings.Contains(name, "agreement.") {
				t.Errorf("%s: %s is called %q", language, m.Key, name)
			}
		}
		best := of.Ordered()[0]
		if row := a.table.Texts(1); !strings.Contains(row[0], title(best.Measure)) || !strings.Contains(row[2], correlation(best.ByPicture.Value)) {
			t.Errorf("the first row is %q, the best measure %+v", row, best)
		}
		if !strings.Contains(a.finding.Text, title(best.Measure)) {
			t.Errorf("the finding %q does not name %s", a.finding.Text, title(best.Measure))
		}
		p.copied.OnTapped()
		if !p.copied.Visible() || !strings.HasPrefix(fyne.CurrentApp().Clipboard().Content(), speak.Say("agreement.measure")+"\t") {
			t.Errorf("copied: %q", fyne.CurrentApp().Clipboard().Content())
		}
		name, table, data := p.kept()
		text, err := table()
		if err != nil || name != "scalecam-agreement" || strings.Count(string(text), "\n") != 1+2*len(of.Measures) || data != any(a.of) {
			t.Errorf("kept as %s: %v, %s", name, err, text)
		}
		all := p.Products()
		made, err := all[len(all)-1].Make(t.Context())
		if again := new(evaluate.Agreement); err != nil || json.Unmarshal(made, again) != nil || len(again.Measures) != len(of.Measures) {
			t.Errorf("exported: %v, %s", err, made)
		}
	}
}

// TestTextAgreement: by the intervals measures agree, disagree or tell nothing.
func TestTextAgreement(t *testing.T) {
	figure := func(value, low, high float64) evaluate.MeasureAgreement {
		return evaluate.MeasureAgreement{ByPicture: evaluate.Figure{Value: value, Interval: &[2]float64{low, high}}}
	}
	energy, drop, sparsity := figure(0.5, 0.4, 0.6), figure(0.1, -0.1, 0.2), figure(-0.3, -0.4, -0.2)
	energy.Measure, drop.Measure, sparsity.Measure = "energy", "drop", "sparsity"
	got := textAgreement([]evaluate.MeasureAgreement{energy, drop, sparsity})
	if want := "Picture by picture these order maps as the truth does: energy inside (0.50). The other way round: sparsity (−0.30). Not told from chance: average drop (0.10)."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if x := kit.AxisOf(-1, 1); x.Lo > -1 || x.Hi < 1 {
		t.Errorf("the axis is from %v to %v", x.Lo, x.Hi)
	}
}
