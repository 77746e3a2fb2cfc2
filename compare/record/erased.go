package record

import (
	"math"

	"scalecam/compare"
	"scalecam/file"
)

// ErasedReport is an Erased in numbers: the same bytes as JSON on each run.
type ErasedReport struct {
	Stamp
	Settings  Settings     `json:"settings"`
	Picture   file.Path    `json:"picture"`
	Class     string       `json:"class"` // the class explained, before and after
	Predicted bool         `json:"predicted"`
	Shown     bool         `json:"shown"`
	Own       bool         `json:"own,omitempty"`
	Erased    Number       `json:"erased"` // the share of the picture's pixels that are not as before
	Networks  []ErasedCell `json:"networks"`
}

// ErasedCell is what one network sees before and after. What there is not is null.
type ErasedCell struct {
	Before ReportCell `json:"before"`
	After  ReportCell `json:"after"`
	// After less before, of the class explained. The margin's is there where the class
	// is held against others.
	LogitChange       Number  `json:"logit_change"`
	MarginChange      *Number `json:"margin_change,omitempty"`
	ProbabilityChange Number  `json:"probability_change"`
	// Of the map after less that before: its range and mean.
	Change [3]Number `json:"map_change"`
	// RankCorrelation is that of the maps before and after
	// (compare.Erased.RankCorrelation).
	RankCorrelation Number `json:"map_rank_correlation"`
}

// ErasedReportOf gives it in numbers, with the scales that v has.
func ErasedReportOf(e *compare.Erased, v compare.View, n Naming) ErasedReport {
	c := e.Comparison
	row := &c.Rows[compare.Before]
	out := ErasedReport{
		Settings: SettingsOfErased(e, v, n), Picture: n.picture(row.Picture.Path), Class: row.Class,
		Predicted: row.Predicted, Shown: row.Shown, Own: row.Own, Erased: Number(e.Share()),
	}
	none := Number(math.NaN())
	for j := range c.Models {
		cell := ErasedCell{
			Before: reportCell(c, int(compare.Before), j, v, n), After: reportCell(c, int(compare.After), j, v, n),
			LogitChange: none, ProbabilityChange: none, Change: [3]Number{none, none, none}, RankCorrelation: Number(e.RankCorrelation(j)),
		}
		if before, after := &row.Cells[j], &c.Rows[compare.After].Cells[j]; e.Changes[j] != nil {
			cell.LogitChange = Number(after.Logit() - before.Logit())
			cell.ProbabilityChange = Number(after.Probability - before.Probability)
			lowest, highest := e.Changes[j].Range()
			cell.Change = [3]Number{single(lowest), single(highest), Number(e.Changes[j].Mean())}
			shown, at, as := e.Shown(compare.Before, j, v)
			scale := shown.Scale(0, at, as)
			cell.Before.Scale = [2]Number{single(float32(scale.Lo)), single(float32(scale.Hi))}
			cell.After.Scale = cell.Before.Scale
		}
		if cell.Before.Margin != nil && cell.After.Margin != nil {
			by := *cell.After.Margin - *cell.Before.Margin
			cell.MarginChange = &by
		}
		out.Networks = append(out.Networks, cell)
	}
	return out
}
