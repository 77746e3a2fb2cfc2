package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// bill writes the target's bill of materials, in CycloneDX's JSON: the Go modules that
// the program says it is made of, and the works that no module has.
func (r release) bill(t target, program string) error {
	path := filepath.Join(r.work, t.String(), "bill.json")
	if err := goTool(os.Environ(), "run", cyclonedx, "bin", "-json", "-std", "-licenses", "-noserial",
		"-version", "v"+r.version, "-output", path, program); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err = r.completed(t, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(filepath.Join(r.out, t.folder(r)+".cdx.json"), text, 0o644)
}

// mistaken are licences that cyclonedx-gomod takes for others or does not see, by module,
// or by how its name begins.
var mistaken = []struct{ module, licence string }{
	{"scalecam", "MIT"},
	{"std", "BSD-3-Clause"},
	{"golang.org/x/", "BSD-3-Clause"},
	{"github.com/gogo/protobuf", "BSD-3-Clause"},
	{"github.com/go-text/", "Unlicense OR BSD-3-Clause"},
	{"github.com/nfnt/resize", "ISC"},
}

// corrected states the licence of such a module in its component.
func corrected(component any) {
	c, _ := component.(map[string]any)
	name, _ := c["name"].(string)
	for _, m := range mistaken {
		if name == m.module || strings.HasSuffix(m.module, "/") && strings.HasPrefix(name, m.module) {
			delete(c, "evidence")
			c["licenses"] = []any{map[string]any{"expression": m.licence}}
		}
	}
}

// completed is a bill with the release's date, with licences that are right, and with
// the works that no Go module has.
func (r release) completed(t target, text []byte) ([]byte, error) {
	var bill map[string]any
	if err := json.Unmarshal(text, &bill); err != nil {
		return nil, err
	}
	metadata, _ := bill["metadata"].(map[string]any)
	components, _ := bill["components"].([]any)
	if metadata == nil || components == nil {
		return nil, fmt.Errorf("a bill of materials without metadata or components")
	}
	metadata["timestamp"] = r.date.Format("2006-01-02T15:04:05Z")
	corrected(metadata["component"])
	for _, c := range components {
		corrected(c)
	}
	for _, e := range works {
		if !e.in(t) {
			continue
		}
		kind := "library"
		if strings.HasPrefix(e.texts[0], "assets/") {
			kind = "data"
		}
		c := map[string]any{"type": kind, "name": e.name, "bom-ref": "scalecam:" + e.name,
			"licenses": []any{map[string]any{"expression": e.licence}}}
		if e.version != "" {
			c["version"] = e.version
		}
		components = append(components, c)
	}
	bill["components"] = components
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(bill)
	return b.Bytes(), err
}
