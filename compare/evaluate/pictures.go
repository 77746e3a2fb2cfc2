package evaluate

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"scalecam/cam/measure"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/printable"
)

// PictureTable is a table, with commas, of what RunMaps tells of each map of each
// picture.
type PictureTable struct {
	text   bytes.Buffer
	table  *csv.Writer
	models []*network.Model
	asks   MapsProtocol
}

// before are the table's columns before the measures', after those after them, where
// parts were taken out.
var before, after = []string{"method", "layer", "network", "picture"}, []string{"part_share", "logit_drop"}

// NewPictureTable has the table's head; its Add is for MapsProtocol.Told.
func NewPictureTable(models []*network.Model, asks MapsProtocol) *PictureTable {
	t := &PictureTable{models: models, asks: asks}
	t.table = csv.NewWriter(&t.text)
	head := slices.Clone(before)
	for _, m := range asks.Measures {
		head = append(head, m.Key)
	}
	if asks.Part {
		head = append(head, after...)
	}
	_ = t.table.Write(head) // into memory, which takes all
	return t
}

// Add adds a map of a picture.
func (t *PictureTable) Add(m MapOfPicture) {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	by := t.asks.By[m.By]
	row := []string{by.Uses().Key, by.At(), printable.Line(t.models[m.Network].Name), strconv.Itoa(m.Picture)}
	for _, measure := range t.asks.Measures {
		text := ""
		if v, ok := m.Figures[measure.Key]; ok {
			text = number(v)
		}
		row = append(row, text)
	}
	switch {
	case m.Part != nil:
		row = append(row, number(m.Part.X), number(m.Part.Y))
	case t.asks.Part:
		row = append(row, "", "")
	}
	_ = t.table.Write(row)
}

// Text is the table.
func (t *PictureTable) Text() []byte {
	t.table.Flush()
	return t.text.Bytes()
}

// Seen is what tables of pictures tell of maps: of each map and picture.
type Seen struct {
	Maps     []MapName
	Pictures int // one more than the last one's number
	values   map[string][]map[int]float64
	parts    []map[int]*measure.Pair
}

// MapName names a map: how it was made, and of which network.
type MapName struct {
	Method  string `json:"method"`
	Layer   string `json:"layer"`
	Network string `json:"network"`
}

// Read adds a table that a PictureTable wrote. Tables may tell of other measures, or of
// other maps, of the same pictures.
func (s *Seen) Read(text []byte) error {
	table := csv.NewReader(bytes.NewReader(text))
	head, err := table.Read()
	if err != nil || len(head) < len(before) || !slices.Equal(head[:len(before)], before) {
		return fault.Errorf("evaluate: it is no table of scalecam evaluate --pictures, which begins with method, layer, network and picture")
	}
	if s.values == nil {
		s.values = map[string][]map[int]float64{}
	}
	for {
		row, err := table.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fault.Errorf("evaluate: %w", err)
		}
		line, _ := table.FieldPos(0)
		picture, err := strconv.Atoi(row[3])
		if err != nil || picture < 0 {
			return fault.Errorf("evaluate: line %d: there is no picture %.40q; give its number, from 0", line, row[3])
		}
		s.Pictures = max(s.Pictures, picture+1)
		at := s.at(MapName{row[0], row[1], row[2]})
		var part measure.Pair
		parted := false
		for i, text := range row[len(before):] {
			if text == "" {
				continue
			}
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fault.Errorf("evaluate: line %d: %.40q is no number", line, text)
			}
			switch key := head[len(before)+i]; key {
			case after[0]:
				part.X, parted = v, true
			case after[1]:
				part.Y = v
			default:
				for len(s.values[key]) <= at {
					s.values[key] = append(s.values[key], map[int]float64{})
				}
				s.values[key][at][picture] = v
			}
		}
		if parted {
			s.parts[at][picture] = &part
		}
	}
}

// at is the place of a map.
func (s *Seen) at(name MapName) int {
	i := slices.Index(s.Maps, name)
	if i < 0 {
		i = len(s.Maps)
		s.Maps, s.parts = append(s.Maps, name), append(s.parts, map[int]*measure.Pair{})
	}
	return i
}
