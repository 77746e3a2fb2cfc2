package record

import (
	"encoding/json"
	"errors"

	"scalecam/compare"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network/models"
)

// Session is a view in a file: what it takes to make its figure again, and how
// the window was set beside that.
type Session struct {
	Stamp
	Settings Settings        `json:"settings"`
	Window   json.RawMessage `json:"window,omitempty"` // the window's own; nil of a figure

	path string // the file that it was read from
}

const (
	// maxSession bounds a session's file: a PNG of the largest picture has less.
	maxSession = 512 << 20
	// maxText bounds one that is no PNG: the window's names all pictures of a
	// folder.
	maxText = 16 << 20
)

// remedy is what would be right in a session's place.
const remedy = "a session that scalecam saved, or a PNG of it"

// ReadSession reads a session's file, or the settings in a PNG that Scalecam
// wrote. The settings name at least one picture and one network, no more of either
// than are compared at a time, and no file on a network share. Nothing that they
// name is opened.
func ReadSession(path string) (*Session, error) {
	data, err := file.Read(path, maxSession, remedy)
	if err != nil {
		return nil, fault.Errorf("record: %w", err)
	}
	return parseSession(path, data)
}

// parseSession reads a session from the contents of the file path.
func parseSession(path string, data []byte) (*Session, error) {
	s := &Session{}
	if len(data) > 0 && data[0] == pngSignature[0] {
		text, err := DecodeSettings(data)
		if err != nil {
			return nil, fault.Errorf("%w (%s)", err, path)
		}
		var settings pngText
		err = Decode(text, &settings)
		s.Settings = settings.Settings
		return s.checked(path, err)
	}
	if len(data) > maxText {
		return nil, fault.Errorf("record: %s is too large for a session; name %s", path, remedy)
	}
	err := Decode(data, s)
	var numbers struct{ Rows, Networks, Network json.RawMessage }
	if err != nil && json.Unmarshal(data, &numbers) == nil && (numbers.Rows != nil || numbers.Networks != nil || numbers.Network != nil) {
		return nil, fault.Errorf("record: %s holds a figure's or map's numbers, no session; name %s, such as the PNG beside it", path, remedy)
	}
	return s.checked(path, err)
}

func (s *Session) checked(path string, err error) (*Session, error) {
	s.path = path
	if err != nil && !errors.Is(err, errNoJSON) {
		return nil, fault.Errorf("%w (%s)", err, path)
	}
	if err != nil || len(s.Settings.Pictures) == 0 || len(s.Settings.Networks) == 0 {
		return nil, fault.Errorf("record: %s holds no session: it names no pictures and networks; name %s", path, remedy)
	}
	if _, err := s.Settings.View(); err != nil {
		return nil, fault.Errorf("%w (%s)", err, path)
	}
	by, err := s.Settings.By()
	if err == nil {
		err = by.CheckAgainst()
	}
	if err != nil {
		return nil, fault.Errorf("%w (%s)", err, path)
	}
	if err := compare.CheckCounts(len(s.Settings.Pictures), len(s.Settings.Networks)); err != nil {
		return nil, fault.Errorf("%w (%s)", err, path)
	}
	if n, of := len(s.Settings.Classes), len(s.Settings.Pictures); n > 0 && n != of {
		return nil, fault.Errorf("record: %d classes for %d pictures; give one for each (%s)", n, of, path)
	}
	if s.Settings.Own && (s.Settings.Class != "" || len(s.Settings.Classes) > 0) {
		return nil, fault.Errorf("record: it explains to each network what that predicts, and names a class; give one of them (%s)", path)
	}
	if e := s.Settings.Erase; e != nil {
		if err := e.Check(); err != nil {
			return nil, fault.Errorf("%w (%s)", err, path)
		}
	}
	if err := s.Settings.checkFiles(); err != nil {
		return nil, fault.Errorf("record: in the session %s, %w", path, err)
	}
	return s, nil
}

// checkFiles refuses settings that name what nobody opens by a session: they come
// from outside.
func (s *Settings) checkFiles() error {
	for _, p := range s.Pictures {
		if err := checkName(string(p)); err != nil {
			return err
		}
	}
	for _, n := range s.Networks {
		if err := checkName(string(n.Spec)); err != nil {
			return err
		}
		if err := models.CheckName(n.Name); err != nil {
			return err
		}
		if err := models.Settings(n.Set).Check(); err != nil {
			return err
		}
	}
	return nil
}

// checkName refuses a name that no file has, or none on this machine.
func checkName(name string) error {
	const longest = 4096 // bytes of a path, as Linux has it
	if len(name) > longest {
		return fault.Errorf("a name of %d bytes, of which a path has %d at most", len(name), longest)
	}
	return file.CheckLocal(name)
}
