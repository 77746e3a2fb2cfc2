package models

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
)

// Calibration is what was fitted to a weights file. It lies beside that, as
// NAME.calibration.json.
type Calibration struct {
	Schema       int      `json:"schema"` // CalibrationSchema
	SHA256       string   `json:"sha256"` // of the weights file, hexadecimal
	Temperatures []Fitted `json:"temperatures"`
}

// Fitted is a temperature, and what it does on pictures that it was not fitted
// to; and of what pictures the model is unsure.
type Fitted struct {
	Resolution  string            `json:"resolution"`    // input size, as network.ParseSize reads it
	Set         map[string]string `json:"set,omitempty"` // settings on which it depends
	Temperature float64           `json:"temperature"`
	Unsure      *network.Unsure   `json:"unsure,omitempty"`
	Data        string            `json:"data"` // what it was fitted to, in words
	Fitted      int               `json:"fitted"`
	Tested      int               `json:"tested"`
	ECE         float64           `json:"ece"` // expected calibration error, 0 to 1
	ECERaw      float64           `json:"ece_raw"`
}

// CalibrationSchema is that of a Calibration's file.
const CalibrationSchema = 1

// The temperatures that are believed. Published ones of image classifiers run
// from a half to 3.
const (
	leastTemperature = 0.02
	mostTemperature  = 50
)

// CalibrationPath is where the calibration of a weights file lies.
func CalibrationPath(weights string) string {
	return strings.TrimSuffix(weights, filepath.Ext(weights)) + ".calibration.json"
}

// ofNumbers are the settings on which a network's logits depend, beside the part
// of the picture that it is shown.
func (s Settings) ofNumbers() Settings {
	some := maps.Clone(s)
	for _, key := range []string{"depth", "width", "height", "width_px", "crop", "crop_pct", "classes"} {
		delete(some, key)
	}
	return some
}

// readCalibration reads a weights file's calibration; none is no error.
func readCalibration(weights string) (c Calibration, err error) {
	path := CalibrationPath(weights)
	const most = 1 << 20 // some thousand temperatures
	data, err := file.Read(path, most, "a calibration that scalecam calibrate wrote, or rename it to go without")
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fault.Errorf("models: %w", err)
	}
	if err := fault.JSON(json.Unmarshal(data, &c)); err != nil {
		return c, fault.Errorf("models: %s: it is no calibration (%w); remove it, and fit it anew with scalecam calibrate", path, err)
	}
	if c.Schema != CalibrationSchema {
		return c, fault.Errorf("models: %s: its schema is %d, and this version of scalecam reads %d; remove it, and fit it anew with scalecam calibrate", path, c.Schema, CalibrationSchema)
	}
	for _, f := range c.Temperatures {
		if !(f.Temperature >= leastTemperature && f.Temperature <= mostTemperature) {
			return c, fault.Errorf("models: %s: a temperature of %v; it is from %v to %v: remove the file, and fit it anew with scalecam calibrate", path, f.Temperature, leastTemperature, mostTemperature)
		}
		if f.Unsure != nil && !believed(f.Unsure) {
			return c, fault.Errorf("models: %s: of what it is unsure, %+v, is none that can have been fitted; remove the file, and fit it anew with scalecam calibrate", path, *f.Unsure)
		}
	}
	return c, nil
}

// believed tells that numbers are within what scalecam calibrate can have fitted:
// scores are logarithms of the number of classes at most, and a correlation's weight.
func believed(u *network.Unsure) bool {
	const most = 1000
	return u.Weight >= 0 && u.Weight <= most && math.Abs(u.Mean) <= most && math.Abs(u.Below) <= most && u.Below <= u.Mean && math.Abs(u.Agreement) <= 1
}

// calibrate sets what the calibration beside a weights file says of the model;
// nothing where it says nothing of this file, size and settings.
func calibrate(weights string, m *network.Model, stated Settings) error {
	c, err := readCalibration(weights)
	if err != nil || c.SHA256 != m.SHA256 {
		return err
	}
	if i := c.find(m.Network.Scaling.Resolution, stated.ofNumbers()); i >= 0 {
		m.Temperature, m.Unsure = c.Temperatures[i].Temperature, c.Temperatures[i].Unsure
	}
	return nil
}

func (c *Calibration) find(size network.Size, set Settings) int {
	return slices.IndexFunc(c.Temperatures, func(f Fitted) bool {
		return f.Resolution == size.String() && maps.Equal(f.Set, set)
	})
}

// Calibrated is the file that holds a fitted temperature of the model beside its
// weights file, with those of it at other sizes. The temperature is held to what
// is believed.
func Calibrated(m *network.Model, f Fitted) (file.File, error) {
	if BuiltIn(m.Spec) { // of the store there is one
		return file.File{}, fault.Errorf("models: %s: it has no weights file that a calibration could lie beside", m.Spec)
	}
	weights, _, err := parseFile(m.Spec)
	if err != nil {
		return file.File{}, err
	}
	c, err := readCalibration(weights)
	if err != nil {
		return file.File{}, err
	}
	if c.SHA256 != m.SHA256 { // of other weights
		c = Calibration{Schema: CalibrationSchema, SHA256: m.SHA256}
	}
	f.Resolution, f.Set = m.Network.Scaling.Resolution.String(), Settings(m.Stated).ofNumbers()
	f.Temperature = math.Min(math.Max(f.Temperature, leastTemperature), mostTemperature)
	if i := c.find(m.Network.Scaling.Resolution, f.Set); i >= 0 {
		c.Temperatures[i] = f
	} else {
		c.Temperatures = append(c.Temperatures, f)
	}
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return file.File{}, fault.Errorf("models: %w", err)
	}
	return file.File{Path: CalibrationPath(weights), Data: append(data, '\n')}, nil
}
