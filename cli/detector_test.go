package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDescribeDetectors(t *testing.T) {
	table := ok(t, "describe", "efficientdet")
	for _, want := range []string{"EfficientDet-D0", "EfficientDet-D7x", "1536 (1408)", "112 (116.6)", "7 (8)", "55.1 %", "no detection network is run"} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
	one := ok(t, "describe", "efficientdet-d3")
	for _, want := range []string{"12,032,296", "feature network", "47.5 %"} {
		if !strings.Contains(one, want) {
			t.Errorf("%q is not in\n%s", want, one)
		}
	}
	var d detectorDescription
	if err := json.Unmarshal([]byte(ok(t, "describe", "efficientdet-d7", "--json")), &d); err != nil {
		t.Fatal(err)
	}
	if d.Resolution != 1536 || d.Rule.Resolution != 1408 || d.Backbone != "efficientnet-b6" || d.Parts[4].Parameters != 51871782 || d.Published.AP != 53.7 {
		t.Errorf("%+v", d)
	}
	var all []detectorDescription
	if err := json.Unmarshal([]byte(ok(t, "describe", "EfficientDet", "--json")), &all); err != nil || len(all) != 9 {
		t.Errorf("%d detectors, %v", len(all), err)
	}
}
