package scaling

import (
	"context"
	"strings"
	"testing"

	"scalecam/network"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// TestFamilies: the table is of the family of the architecture that is scaled, until another
// is chosen, and has what is counted beside what is published.
func TestFamilies(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	table := p.families.table
	if got, want := rowTexts(table, 4), "EfficientNet-B3 | 1.4 | 1.2 | 300 | 12,233,232 | 1.83B | 1.8B | 81.6%"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := rowTexts(table, 10), "EfficientNet-B0, wider | 1 | 2 | 224 | 18,122,720 | 1.45B | 1.8B | 78.9%"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	p.architectures.SetSelected(network.ResNet50.Title)
	if p.families.choice.Selected != "ResNet" || !strings.HasPrefix(rowTexts(table, 1), "ResNet-18 | 1 | 1 | 224 | 11,689,512 | ") {
		t.Errorf("of ResNet-50 it shows %s: %s", p.families.choice.Selected, rowTexts(table, 1))
	}
	for i, want := range map[int]string{
		3: "ResNet-50 | 1 | 1 | 224 | 25,557,032 | 4.09B | 4.089B | 76.1%", 9: "ResNet-50, wider | 1 | 2 | 224 | ",
	} {
		if got := rowTexts(table, i); !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	p.families.choice.SetSelected("CIFAR ResNet")
	if got, want := rowTexts(table, 4), "ResNet-56 | 9 | 1 | 32 | 853,018 | "; !strings.HasPrefix(got, want) { // the paper says 0.85M
		t.Errorf("%s, want %s", got, want)
	}
	p.choices.SetSelected(speak.Say("scaling.preset.table 3", "ResNet-50, deeper"))
	if p.network.Scaling.Depth != 4 || p.architecture != network.ResNet50 || p.families.choice.Selected != "ResNet" {
		t.Errorf("table 3's deeper ResNet-50 is %s, %v", p.architecture.Title, p.network.Scaling)
	}
	p.families.choice.SetSelected(detectors)
	p.depth.SetValue(2)
	if len(table.Rows) != len(network.Detectors)+1 || !strings.Contains(p.families.note.Text, "no detection network is run") {
		t.Errorf("%d rows of EfficientDet, beneath %q", len(table.Rows), p.families.note.Text)
	}
	if got, want := rowTexts(table, 8), "D7 | 7 | B6 | 1536 | 384 | 8 | 5 | 51,871,782 | 323B | 325B | 53.7%"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := table.Rows[8]; got[3].Was != "1408" || got[4].Was != "523" || got[5].Was != "10" || got[6].Was != "" {
		t.Errorf("D7 by rule: %+v", got)
	}
	for _, product := range p.Products() {
		if product.Name == "EfficientDet-family.csv" {
			data, err := product.Make(context.Background())
			if err != nil || !strings.Contains(string(data), "D7x,7,B7,1536,384,8,5") {
				t.Errorf("%s, %v", data, err)
			}
			return
		}
	}
	t.Error("the table cannot be exported")
}
