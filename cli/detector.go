package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/printable"
)

// detectorFamily names all of network.Detectors.
const detectorFamily = "efficientdet"

// detectors are those that a name means: one, or the family; none where it is another's.
func detectors(name string) []network.Detector {
	if strings.EqualFold(strings.TrimSpace(name), detectorFamily) {
		return network.Detectors
	}
	if d, ok := network.LookupDetector(name); ok {
		return []network.Detector{d}
	}
	return nil
}

// detectorDescription is describe --json of a detector.
type detectorDescription struct {
	Network  string `json:"network"`
	Source   string `json:"source"`
	Phi      int    `json:"phi"`
	Backbone string `json:"backbone"`
	network.DetectorScaling
	Rule      network.DetectorScaling `json:"rule"` // what φ gives by formula
	Parts     []network.DetectorPart  `json:"parts"`
	Published network.Detected        `json:"published"` // AP in percent, 10⁶ parameters, 10⁹ MACs
}

// describeDetectors writes what EfficientDet's scaling gives, and counts it.
func describeDetectors(w io.Writer, all []network.Detector, asJSON bool) error {
	var described []detectorDescription
	for _, d := range all {
		parts, err := d.Parts()
		if err != nil {
			return err
		}
		described = append(described, detectorDescription{d.Name, network.DetectorSource, d.Phi, d.Backbone, d.DetectorScaling, network.DetectorRule(d.Phi), parts, d.Published})
	}
	switch {
	case asJSON && len(all) == 1:
		return printJSON(w, described[0])
	case asJSON:
		return printJSON(w, described)
	}
	if len(all) == 1 {
		d, one := all[0], described[0]
		printable.Fprintf(w, "%s: %s, φ %d, on %s (%s)\n\n", d.Name, d.Title, d.Phi, d.Backbone, network.DetectorSource)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "part\tparameters\tMACs\t")
		for _, p := range one.Parts {
			printable.Fprintf(t, "%s\t%s\t%s\t\n", p.Name, compare.FormatExact(p.Parameters), compare.FormatExact(p.MACs))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	} else {
		printable.Fprintf(w, "EfficientDet (%s)\n\n", network.DetectorSource)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "network\tφ\tbackbone\tinput\tchannels\tlayers\thead layers\tparameters\tMACs\tpublished\tMACs\tCOCO AP\t")
	departs := false
	for i, d := range described {
		sum, rule := d.Parts[len(d.Parts)-1], d.Rule
		printable.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.1fM\t%vB\t%.1f %%\t\n", all[i].Title, d.Phi, d.Backbone,
			besideRule(float64(d.Resolution), float64(rule.Resolution), &departs), besideRule(d.Channels, rule.Channels, &departs),
			besideRule(float64(d.Layers), float64(rule.Layers), &departs), besideRule(float64(d.HeadLayers), float64(rule.HeadLayers), &departs),
			compare.FormatCount(sum.Parameters), compare.FormatCount(sum.MACs), d.Published.Parameters, d.Published.FLOPS, d.Published.AP)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nBy rule: input 512 + 128φ, channels of the feature network (BiFPN) 64·1.35^φ, its layers 3 + φ, those of each head 3 + ⌊φ/3⌋.")
	if departs {
		fmt.Fprintln(w, "In parentheses what the rule gives, where the published network departs from it.")
	}
	_, err := fmt.Fprintln(w, "Counted by formula, as multiply-adds of convolutions; no detection network is run here. AP is on COCO test-dev, one network at one size.")
	return err
}

// besideRule writes a value, and what the rule gives where that is another.
func besideRule(value, rule float64, departs *bool) string {
	if value == rule {
		return fmt.Sprint(value)
	}
	*departs = true
	return fmt.Sprintf("%v (%.4g)", value, rule)
}
