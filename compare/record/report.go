package record

import (
	"math"
	"strconv"

	"scalecam/compare"
	"scalecam/file"
	"scalecam/printable"
)

// Report is a Comparison in numbers: the same bytes as JSON on each run.
type Report struct {
	Stamp
	Settings Settings    `json:"settings"`
	Rows     []ReportRow `json:"rows"`
}

// ReportRow is one picture.
type ReportRow struct {
	Picture   file.Path `json:"picture"`
	Class     string    `json:"class"`           // the class explained
	Predicted bool      `json:"predicted"`       // by the first network, because none was asked for
	Shown     bool      `json:"shown"`           // it is what the picture is known to show, likewise
	Own       bool      `json:"own,omitempty"`   // each network explains what it predicts itself, and class is ""
	Truth     string    `json:"truth,omitempty"` // the class of what the picture is known to show
	// Beware says what to beware of in the picture (picture.Picture.Beware).
	Beware string `json:"beware,omitempty"`
	// Certainty is by how much the picture looks more like one of the networks' classes
	// than what they are unsure of together, in nats (compare.Comparison.Certainty): they
	// are Unsure where it is negative. Both are null where that is not known.
	Certainty *Number      `json:"certainty"`
	Unsure    *bool        `json:"unsure"`
	Cells     []ReportCell `json:"cells"` // one for each network
	// Consensus and Difference are the columns that the view asks for beside those.
	Consensus  *ReportDerived    `json:"consensus,omitempty"`
	Difference *ReportDifference `json:"difference,omitempty"`
}

// ReportDerived is a map made of the networks', in units of their root mean square
// over the part of the picture that all of them saw.
type ReportDerived struct {
	Of []int `json:"of"` // the networks' columns, from 1 on; none where there is no map
	// Agreement is the mean of the networks' with the others; of a difference that of
	// its two maps.
	Agreement *ReportAgreement `json:"agreement"`
	Region    [4]Number        `json:"region"` // as a ReportCell's Seen
	Values    [][]Number       `json:"values"` // row by row of the grid
	Scale     [2]Number        `json:"scale"`
	Notes     []string         `json:"notes"`
}

// ReportDifference is one network's map less another's, and what changed from the
// second, Before, to the first, After.
type ReportDifference struct {
	ReportDerived
	Before ReportAnswer `json:"before"`
	After  ReportAnswer `json:"after"`
}

// ReportAnswer is what a network says of a picture.
type ReportAnswer struct {
	Network     string `json:"network"`
	Top         string `json:"top"` // the most probable class
	Logit       Number `json:"logit"`
	Probability Number `json:"probability"` // of the class explained, as is logit
	// Margin is the score that the maps explain, where that is the class's logit less
	// the mean of others' (compare.Comparison.Margin).
	Margin *Number `json:"margin,omitempty"`
}

// ReportAgreement is how alike two maps are (compare.Agreement).
type ReportAgreement struct {
	RankCorrelation Number `json:"rank_correlation"`
	IoUTop20        Number `json:"iou_top20"`
}

// ReportCell is what one network sees in one picture. Where the network has no
// class of the name explained, what depends on it is null.
type ReportCell struct {
	Network    string        `json:"network"` // its name
	Spec       file.Path     `json:"spec"`
	Scaling    ReportScaling `json:"scaling"`
	Parameters int64         `json:"parameters"`
	MACs       int64         `json:"macs"`
	Grid       [2]int        `json:"grid"` // height, width
	Trained    bool          `json:"trained"`
	// Temperature is what the logits are divided by for probabilities; null where
	// none was fitted: they are uncalibrated then.
	Temperature *Number            `json:"temperature"`
	Top         []ReportPrediction `json:"top"` // the most probable classes, at most five
	// Certainty and Unsure are the row's, of this network alone.
	Certainty *Number `json:"certainty"`
	Unsure    *bool   `json:"unsure"`

	ClassIndex     *int   `json:"class_index"`
	Logit          Number `json:"logit"`
	Probability    Number `json:"probability"`
	ProbabilityRaw Number `json:"probability_raw"` // softmax of the logits alone, or sigmoid

	// Margin is the logit less the mean of those of the classes that it is held
	// against, where it is.
	Margin *Number `json:"margin,omitempty"`

	// Of the map, in the method's units, not clipped; of CAM mean + bias = logit, or
	// margin.
	Minimum Number    `json:"minimum"`
	Maximum Number    `json:"maximum"`
	Mean    Number    `json:"mean"`
	Bias    Number    `json:"bias"`
	Scale   [2]Number `json:"scale"` // what the colours' two ends stand for

	// Agreement is with the mean of the other networks' maps, where the view asks for
	// a consensus and the network has a say in it.
	Agreement *ReportAgreement `json:"agreement,omitempty"`

	// Object is how well the map finds what the picture is known to show, where its
	// place is known and the view asks for it.
	Object *ReportFound `json:"object,omitempty"`

	Seen  [4]Number `json:"seen"` // x0, y0, x1, y1 in the picture's pixels
	Notes []string  `json:"notes"`
}

// ReportFound is how well a map finds an object: a measure.Localisation.
type ReportFound struct {
	Pointing Number `json:"pointing"`
	Energy   Number `json:"energy"`
	IoU      Number `json:"iou"`
}

// ReportScaling is a network's scaling.
type ReportScaling struct {
	Depth      float64 `json:"depth"`
	Width      float64 `json:"width"`
	Resolution [2]int  `json:"resolution"` // height, width
}

// ReportPrediction is a class with its probability.
type ReportPrediction struct {
	Index          int    `json:"index"`
	Class          string `json:"class"`
	Probability    Number `json:"probability"`
	ProbabilityRaw Number `json:"probability_raw"`
}

// Number is written as JSON's null where it is not finite, for which JSON has
// no number.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// single is a float32 as the Number of the fewest digits that tell it apart.
func single(v float32) Number {
	n, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64) // it wrote what it reads
	return Number(n)
}

// ReportOf gives the comparison in numbers, with the scales that v has.
func ReportOf(c *compare.Comparison, v compare.View, n Naming) Report {
	report := Report{Settings: SettingsOf(c, v, n)}
	for i, r := range c.Rows {
		row := ReportRow{Picture: n.picture(r.Picture.Path), Class: r.Class, Predicted: r.Predicted, Shown: r.Shown, Own: r.Own, Truth: r.Picture.Shows}
		if r.Picture.Beware != nil {
			row.Beware = r.Picture.Beware.Error()
		}
		row.Certainty, row.Unsure = Certainty(c, i)
		for j := range r.Cells {
			row.Cells = append(row.Cells, reportCell(c, i, j, v, n))
		}
		for k, d := range c.Derived(v) {
			made := reportDerived(c, i, len(c.Models)+k, d, v)
			if d.Kind == compare.Difference {
				made.Agreement = reportAgreement(c.Change(i, d))
				row.Difference = &ReportDifference{made, reportAnswer(c, i, d.Before), reportAnswer(c, i, d.After)}
				continue
			}
			row.Consensus = &made
			made.Agreement = reportAgreement(c.Agreement(i))
			for j, a := range c.Agreements(i) {
				row.Cells[j].Agreement = reportAgreement(a, true)
			}
		}
		report.Rows = append(report.Rows, row)
	}
	return report
}

// Certainty is compare.Comparison.Certainty as JSON has it, and whether the networks
// are unsure; nil where that is not known.
func Certainty(c *compare.Comparison, row int, cols ...int) (certainty *Number, unsure *bool) {
	m, known := c.Certainty(row, cols...)
	if !known {
		return nil, nil
	}
	n, negative := Number(m), m < 0
	return &n, &negative
}

func reportCell(c *compare.Comparison, row, col int, v compare.View, naming Naming) ReportCell {
	m, cell := c.Models[col], &c.Rows[row].Cells[col]
	n, s, seen, grid := m.Network, m.Network.Scaling, cell.Activations.Seen, c.By.Grid(m)
	none := Number(math.NaN())
	out := ReportCell{
		Network: printable.Line(compare.Title(m)), Spec: naming.network(m.Spec), Trained: m.Trained,
		Scaling:    ReportScaling{s.Depth, s.Width, [2]int{s.Resolution.H, s.Resolution.W}},
		Parameters: n.Parameters(), MACs: n.MACs(), Grid: [2]int{grid.H, grid.W},
		Logit: none, Probability: none, ProbabilityRaw: none, Minimum: none, Maximum: none, Mean: none, Bias: none,
		Scale: [2]Number{none, none},
		Seen:  [4]Number{Number(seen.X0), Number(seen.Y0), Number(seen.X1), Number(seen.Y1)},
		Notes: compare.NoteTexts(c.Notes(row, col, v)),
	}
	if m.Temperature > 0 {
		t := Number(m.Temperature)
		out.Temperature = &t
	}
	out.Certainty, out.Unsure = Certainty(c, row, col)
	for _, p := range cell.Top {
		out.Top = append(out.Top, ReportPrediction{p.Class, m.Classes[p.Class], Number(p.Probability), Number(p.Raw)})
	}
	if cell.Map == nil {
		return out
	}
	lowest, highest := cell.Map.Range()
	scale := c.Scale(row, col, v)
	out.ClassIndex = &cell.Class
	out.Logit, out.Probability, out.ProbabilityRaw = single(cell.Activations.Logits[cell.Class]), Number(cell.Probability), Number(cell.Raw)
	out.Minimum, out.Maximum, out.Mean = single(lowest), single(highest), Number(cell.Map.Mean())
	out.Bias = single(float32(cell.Bias()))
	if margin, ok := c.Margin(row, col); ok {
		m := Number(margin)
		out.Margin = &m
	}
	if found, ok := c.Found(row, col, v); v.Object && ok {
		out.Object = &ReportFound{Number(found.Pointing), Number(found.Energy), Number(found.IoU)}
	}
	out.Scale = [2]Number{single(float32(scale.Lo)), single(float32(scale.Hi))} // they are float32 values
	return out
}

func reportAgreement(a compare.Agreement, known bool) *ReportAgreement {
	if !known {
		return nil
	}
	return &ReportAgreement{Number(a.RankCorrelation), Number(a.TopIoU)}
}

func reportDerived(c *compare.Comparison, row, col int, d compare.Derived, v compare.View) ReportDerived {
	none := Number(math.NaN())
	out := ReportDerived{
		Of: []int{}, Values: [][]Number{}, Region: [4]Number{none, none, none, none}, Scale: [2]Number{none, none},
		Notes: compare.NoteTexts(c.Notes(row, col, v)),
	}
	for _, j := range c.Of(row, d) {
		out.Of = append(out.Of, j+1)
	}
	s := c.Shown(row, col, v)
	if s.Map == nil {
		return out
	}
	out.Region = [4]Number{Number(s.Seen.X0), Number(s.Seen.Y0), Number(s.Seen.X1), Number(s.Seen.Y1)}
	out.Scale = [2]Number{single(float32(s.Scale.Lo)), single(float32(s.Scale.Hi))}
	for y := range s.Map.H {
		line := []Number{}
		for _, value := range s.Map.Values[y*s.Map.W:][:s.Map.W] {
			line = append(line, single(value))
		}
		out.Values = append(out.Values, line)
	}
	return out
}

func reportAnswer(c *compare.Comparison, row, col int) ReportAnswer {
	m, cell := c.Models[col], &c.Rows[row].Cells[col]
	a := ReportAnswer{printable.Line(compare.Title(m)), m.Classes[cell.Top[0].Class], Number(math.NaN()), Number(math.NaN()), nil}
	if margin, ok := c.Margin(row, col); ok {
		m := Number(margin)
		a.Margin = &m
	}
	if cell.Map != nil {
		a.Logit, a.Probability = single(cell.Activations.Logits[cell.Class]), Number(cell.Probability)
	}
	return a
}
