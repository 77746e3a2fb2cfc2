package dataset

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/picture"
)

// maxXML is the largest XML file of a picture's objects that is read, in bytes.
const maxXML = 1 << 20

// annotateByXML gives files the PASCAL VOC's XML files (Everingham et al. 2010, doi
// 10.1007/s11263-009-0275-4) of their names, which are read when they are wanted.
func (f *Folder) annotateByXML() {
	for i := range f.files {
		f.files[i].note = xmlOf(f.files[i].path, f.dir, filepath.Dir(f.dir))
	}
}

// xmlOf is the XML file of a picture: beside it, or in a folder Annotations of one of
// those; nil for none.
func xmlOf(path string, folders ...string) *annotation {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ".xml"
	candidates := []string{filepath.Join(filepath.Dir(path), name)}
	for _, folder := range folders {
		candidates = append(candidates, filepath.Join(folder, "Annotations", name))
	}
	for _, candidate := range candidates {
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() {
			return &annotation{file: candidate, read: func() ([]place, error) { return readXML(candidate) }}
		}
	}
	return nil
}

// readXML reads the boxes of the objects: the first pixel is 1, and both ends are the
// object's.
func readXML(path string) ([]place, error) {
	const right = "give <annotation><object><name>cat</name><bndbox><xmin>1</xmin>…, or remove it to go without"
	data, err := file.Read(path, maxXML, "a PASCAL VOC's XML file, or remove it to go without")
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) { // it was there
			return nil, nil
		}
		return nil, fault.Errorf("dataset: %w", err)
	}
	var note struct {
		XMLName xml.Name `xml:"annotation"`
		Objects []struct {
			Name string `xml:"name"`
			Box  *struct {
				X0 float64 `xml:"xmin"`
				Y0 float64 `xml:"ymin"`
				X1 float64 `xml:"xmax"`
				Y1 float64 `xml:"ymax"`
			} `xml:"bndbox"`
		} `xml:"object"`
	}
	if err := xml.Unmarshal(data, &note); err != nil {
		return nil, fault.Errorf("dataset: %s: it is no XML of a picture's objects (%s); %s", path, err.Error(), right)
	}
	var places []place
	for _, o := range note.Objects {
		b := o.Box
		if b == nil || !(b.X0 >= 0 && b.Y0 >= 0 && b.X0 <= b.X1 && b.Y0 <= b.Y1 && b.X1 <= picture.MaxSide && b.Y1 <= picture.MaxSide) {
			return nil, fault.Errorf("dataset: %s: the object %.40q has no box within 1 to %d pixels; %s", path, o.Name, picture.MaxSide, right)
		}
		places = append(places, place{
			category: strings.TrimSpace(o.Name),
			from:     point{coordinate(max(b.X0-1, 0)), coordinate(max(b.Y0-1, 0))},
			to:       point{coordinate(b.X1), coordinate(b.Y1)},
		})
	}
	return places, nil
}
