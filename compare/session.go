package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"scalecam/picture"
)

// Session is a view in a file: what it takes to make its figure again, and how
// the window was set beside that.
type Session struct {
	Settings Settings        `json:"settings"`
	Window   json.RawMessage `json:"window,omitempty"` // the window's own; nil of a figure
}

// maxSession bounds a session's file: a PNG of the largest picture has less.
const maxSession = 4 * picture.MaxPixels

// ReadSession reads a session's file, or the settings in a PNG that Scalecam
// wrote. The settings name at least one picture and one network.
func ReadSession(path string) (*Session, error) {
	const remedy = "name a session that scalecam saved, or a PNG of it"
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("compare: %s cannot be opened: %w; %s", path, errors.Unwrap(err), remedy)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("compare: %s is no file; %s", path, remedy)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSession+1))
	if err != nil {
		return nil, fmt.Errorf("compare: %s cannot be read: %w; %s", path, err, remedy)
	}
	if len(data) > maxSession {
		return nil, fmt.Errorf("compare: %s is too large for a session; %s", path, remedy)
	}
	s := &Session{}
	if len(data) > 0 && data[0] == pngSignature[0] {
		settings, err := DecodeSettings(data)
		if err != nil {
			return nil, fmt.Errorf("%w (%s)", err, path)
		}
		err = json.Unmarshal(settings, &s.Settings)
		return s.checked(path, err, remedy)
	}
	if len(data) > maxSettings {
		return nil, fmt.Errorf("compare: %s is too large for a session; %s", path, remedy)
	}
	return s.checked(path, json.Unmarshal(data, s), remedy)
}

func (s *Session) checked(path string, err error, remedy string) (*Session, error) {
	if err != nil || len(s.Settings.Pictures) == 0 || len(s.Settings.Networks) == 0 {
		return nil, fmt.Errorf("compare: %s holds no session: it names no pictures and networks; %s", path, remedy)
	}
	if _, err := s.Settings.View(); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	return s, nil
}
