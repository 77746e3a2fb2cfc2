package models

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
	"scalecam/picture"
)

// Settings are what a weights file cannot say by names and shapes. Each comes
// from the user where he states it, else from the file's metadata, else from
// known defaults. The keys are those of the table in this file. No value names a
// file: Settings are also read from sessions, which come from outside.
// ReadSetting gives the value in a file that the user named.
type Settings map[string]string

// settings is what Settings say, read.
type settings struct {
	scaling       network.Scaling // zero where not stated
	size          network.Size    // likewise
	padding       network.Padding
	eps           float64
	classes       []string // nil where not stated
	preprocessing network.Preprocessing
	// origins says of each key where its value comes from.
	origins map[string]network.Setting
}

// setting is one key of Settings.
type setting struct {
	key, help string
	set       func(s *settings, value string) error
}

// settingTable is every key, in the order in which they are read.
var settingTable = []setting{
	{"depth", "depth d, where several give the same shapes", func(s *settings, v string) error { return number(&s.scaling.Depth, v, 0, network.MaxFactor) }},
	{"width", "width w, likewise", func(s *settings, v string) error { return number(&s.scaling.Width, v, 0, network.MaxFactor) }},
	{"height", "input height in pixels that the weights were trained at", func(s *settings, v string) error { return pixels(&s.size.H, v) }},
	{"width_px", "input width in pixels, likewise", func(s *settings, v string) error { return pixels(&s.size.W, v) }},
	{"padding", "symmetric (torchvision, timm), same (TensorFlow), or same@224 (as that is at 224 pixels, at every size: transformers, EfficientNet-PyTorch)", func(s *settings, v string) (err error) {
		s.padding, err = network.ParsePadding(v)
		return err
	}},
	{"eps", "batch norm's epsilon", func(s *settings, v string) error {
		const least = 1e-9 // the least in use is 1e-8; far less makes a channel that never varies infinite
		return number(&s.eps, v, least, 1)
	}},
	{"mean", "mean of red, green, blue: 0.485,0.456,0.406", func(s *settings, v string) error { return triple(&s.preprocessing.Mean, v, -1000, 1000) }},
	{"std", "deviation of red, green, blue: 0.229,0.224,0.225", func(s *settings, v string) error {
		const least = 1e-6 // the least in use is 1/255; what divides pixels must not be 0, nor they infinite, as float32
		return triple(&s.preprocessing.Std, v, least, 1000)
	}},
	{"interpolation", "bilinear, bicubic or nearest", func(s *settings, v string) error {
		for _, f := range []picture.Filter{picture.Bilinear, picture.Bicubic, picture.Nearest} {
			if f.String() == v {
				s.preprocessing.Filter = f
				return nil
			}
		}
		return fault.Errorf("it is bilinear, bicubic or nearest")
	}},
	{"crop", "centre (the middle of the picture), none (the whole picture, resized), or centre-floor (the middle by transformers, up to a pixel aside)", func(s *settings, v string) (err error) {
		s.preprocessing.Crop, err = network.ParseCrop(v)
		return err
	}},
	{"crop_pct", "side of the centre crop over that of the resized picture: 0.875", func(s *settings, v string) error {
		const least = 0.05 // a twentieth of the picture's side: less is a slip
		return number(&s.preprocessing.Ratio, v, least, 1)
	}},
	{"classes", "class names in order, one a line, as a JSON list, or as a JSON object of names by index", func(s *settings, v string) (err error) {
		if s.classes, err = classNames(v); err != nil {
			return err
		}
		return CheckNames(s.classes)
	}},
}

// mark begins texts that Windows writes: U+FEFF, the mark of the bytes' order.
const mark = "\ufeff"

// classNames reads names of classes: one a line; a JSON list; a JSON object of names
// by index, or of pairs of a synset and a name, as Keras' imagenet_class_index.json
// is; or an object that has such an object of names as id2label, as a hub's
// config.json.
func classNames(text string) ([]string, error) {
	text = strings.TrimPrefix(text, mark)
	switch blank := strings.TrimSpace(text); {
	case strings.HasPrefix(blank, "["):
		var names []string
		if err := fault.JSON(json.Unmarshal([]byte(blank), &names)); err != nil {
			return nil, fault.Errorf("it is no JSON list of names: %w", err)
		}
		return names, nil
	case strings.HasPrefix(blank, "{"):
		var hub struct {
			ID2Label map[string]string `json:"id2label"`
		}
		if json.Unmarshal([]byte(blank), &hub) == nil && len(hub.ID2Label) > 0 {
			if names := inOrder(hub.ID2Label); names != nil {
				return names, nil
			}
		}
		var names map[string]string
		if json.Unmarshal([]byte(blank), &names) != nil {
			var pairs map[string][2]string
			if err := fault.JSON(json.Unmarshal([]byte(blank), &pairs)); err != nil {
				return nil, fault.Errorf("it is no JSON object of names by index: %w", err)
			}
			names = map[string]string{}
			for index, pair := range pairs {
				names[index] = pair[1]
			}
		}
		if ordered := inOrder(names); len(ordered) > 0 {
			return ordered, nil
		}
		return nil, fault.Errorf("it is a JSON object of %d names whose indices are not 0 and on", len(names))
	}
	return strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n"), nil
}

// SettingKeys are the keys of Settings.
func SettingKeys() (keys []string) {
	for _, s := range settingTable {
		keys = append(keys, s.key)
	}
	return keys
}

// SettingsHelp lists the keys of Settings, a line each.
func SettingsHelp() string {
	var b strings.Builder
	for _, s := range settingTable {
		fmt.Fprintf(&b, "  %-14s %s\n", s.key, s.help)
	}
	return b.String()
}

// read puts what is stated over s. What the user states must be a known key;
// metadata may hold others.
func (s *settings) read(f *tensorfile.File, stated Settings) error {
	if err := stated.Check(); err != nil {
		return err
	}
	if err := s.put(f.Path, "the metadata", layer{network.ByMetadata, "the file's metadata", f.Metadata}); err != nil {
		return err
	}
	return s.put(f.Path, "the setting", layer{network.ByUser, "stated", stated})
}

// put puts what an origin says over s.
func (s *settings) put(path, origin string, l layer) error {
	if s.origins == nil {
		s.origins = map[string]network.Setting{}
	}
	for _, t := range settingTable {
		value, ok := l.values[t.key]
		if !ok {
			continue
		}
		if err := t.set(s, value); err != nil {
			return fault.Errorf("models: %s: %s %s=%.40q: %w", path, origin, t.key, value, err)
		}
		s.origins[t.key] = network.Setting{Key: t.key, Value: value, Origin: l.origin, Says: l.says}
	}
	return nil
}

// Check refuses keys that are not in the table, and values that name files or are
// no text.
func (s Settings) Check() error {
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if _, err := lookupSetting(key); err != nil {
			return err
		}
		if strings.HasPrefix(s[key], fileMark) {
			return fault.Errorf("models: the setting %s begins with @; a file is read for --set %s=@FILE on the command line alone: give what it holds", key, key)
		}
		if !utf8.ValidString(s[key]) {
			return fault.Errorf("models: the setting %s is not UTF-8; settings are plain text", key)
		}
	}
	return nil
}

// CheckValue refuses a value that a setting does not take; the error says what it does.
func CheckValue(key, value string) error {
	t, err := lookupSetting(key)
	if err != nil {
		return err
	}
	if err := (Settings{key: value}).Check(); err != nil {
		return err
	}
	return t.set(new(settings), value)
}

// fileMark begins what names a file on the command line, and so no value.
const fileMark = "@"

// ReadSetting gives the value of a setting in a text file that the user named on
// the command line, without the line's end. An error does not show what the file
// holds: it may be another than was meant.
func ReadSetting(key, path string) (string, error) {
	t, err := lookupSetting(key)
	if err != nil {
		return "", err
	}
	const most = 4 << 20 // a hundred thousand class names
	data, err := file.Read(path, most, "a text file that holds the setting")
	if err != nil {
		return "", fault.Errorf("models: %w", err)
	}
	value := strings.TrimPrefix(strings.TrimRight(string(data), "\r\n"), mark)
	if CheckValue(key, value) != nil {
		return "", fault.Errorf("models: %s: it does not hold the setting %s; that is: %s", path, key, t.help)
	}
	return value, nil
}

// lookupSetting finds a key of the table.
func lookupSetting(key string) (setting, error) {
	i := slices.IndexFunc(settingTable, func(t setting) bool { return t.key == key })
	if i < 0 {
		return setting{}, fault.Errorf("models: no setting is named %.40q; there are %s", key, settingKeys())
	}
	return settingTable[i], nil
}

func settingKeys() string {
	var keys []string
	for _, t := range settingTable {
		keys = append(keys, t.key)
	}
	return strings.Join(keys, ", ")
}

// CheckNames refuses names of classes that are no text, or would do more on a
// terminal or in a window than be read.
func CheckNames(names []string) error {
	const most = 500 // bytes; ImageNet's longest, of all its synonyms, has 131
	for i, name := range names {
		if len(name) > most {
			return fault.Errorf("the name of class %d, %.40q…, has %d bytes; the most are %d", i, name, len(name), most)
		}
		if !utf8.ValidString(name) {
			return fault.Errorf("the name of class %d, %q, is not UTF-8", i, name)
		}
		if strings.ContainsFunc(name, unicode.IsControl) {
			return fault.Errorf("the name of class %d, %q, holds control characters; class names are plain text", i, name)
		}
	}
	return nil
}

// number reads a value in (above, upTo].
func number(into *float64, v string, above, upTo float64) error {
	x, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || !(x > above && x <= upTo) {
		return fault.Errorf("it is a number above %v and up to %v", above, upTo)
	}
	*into = x
	return nil
}

func pixels(into *int, v string) error {
	x, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || x < 1 || x > network.MaxResolution {
		return fault.Errorf("it is a whole number from 1 to %d", network.MaxResolution)
	}
	*into = x
	return nil
}

func triple(into *[3]float32, v string, above, upTo float64) error {
	parts := strings.Split(strings.Trim(v, "[]() "), ",")
	if len(parts) != 3 {
		return fault.Errorf("it is three numbers with commas between them")
	}
	for i, p := range parts {
		var x float64
		if err := number(&x, p, above, upTo); err != nil {
			return err
		}
		into[i] = float32(x)
	}
	return nil
}
