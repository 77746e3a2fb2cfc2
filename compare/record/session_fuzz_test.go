package record

import (
	"bytes"
	"encoding/json"
	"image"
	"runtime"
	"strings"
	"testing"
	"time"

	"scalecam/compare"
	"scalecam/file"
	"scalecam/network/models"
)

// FuzzSession asserts that no bytes in a session's place panic, take memory or
// time, and that a session that is accepted names what may be opened and no more
// than that, is within all bounds, and reads the same once it is saved again.
func FuzzSession(f *testing.F) {
	good := SettingsOfView(compare.DefaultView())
	good.Pictures = []file.Path{"scene:1", "sample:clock.jpg", "사진.png"}
	good.Networks = []NetworkSettings{
		{Spec: "scenes:compound@96x160"}, {Spec: "random:efficientnet-b7,d=2,w=0.5,r=64,seed=3", Set: map[string]string{"classes": `["a", "b"]`, "padding": "same"}},
	}
	good.Classes = []string{"cat", "", "7"}
	add := func(change func(s *Session)) {
		s := Session{Settings: good}
		s.Settings.Networks = append([]NetworkSettings{}, good.Networks...)
		change(&s)
		data, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		if png, err := EncodePNG(f.Context(), image.NewGray(image.Rect(0, 0, 3, 2)), s.Settings); err == nil {
			f.Add(png)
			f.Add(png[:len(png)-20])
		}
	}
	add(func(*Session) {})
	add(func(s *Session) { s.Settings.Networks[0].Set = map[string]string{"classes": "@/etc/passwd"} })
	add(func(s *Session) { s.Settings.Pictures[2] = `\\host\share\a.png` })
	add(func(s *Session) { s.Settings.Networks[0].Spec = "smb://host/a.pth" })
	add(func(s *Session) {
		s.Settings.Pictures[2], s.Settings.SHA256, s.Settings.Networks[0].Spec = "\xff100%.png", []string{"", "", "1"}, "bytes:\xfe@64"
	})
	add(func(s *Session) { s.Settings.Zoom, s.Settings.Contour = 4, 1 })
	add(func(s *Session) { s.Window = json.RawMessage(`{"at": 9223372036854775807}`) })
	add(func(s *Session) { s.Settings.Networks = make([]NetworkSettings, compare.MaxNetworks) })
	add(func(s *Session) { s.Settings.Pictures = make([]file.Path, compare.MaxPictures+1) })
	for _, text := range []string{"", "null", "[]", `{"settings": null}`, `{"settings": {"pictures": [""], "networks": [{}]}}`, pngSignature, `{"settings": {"opacity": 1e400}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		s, err := parseSession("fuzz", data)
		runtime.ReadMemStats(&after)
		// JSON of two bytes a network becomes the 40 of one, and a slice that
		// grows is copied a few times.
		if got := after.TotalAlloc - before.TotalAlloc; got > uint64(4<<20+100*len(data)) {
			t.Errorf("%d bytes of data made it allocate %d", len(data), got)
		}
		if err != nil {
			if n := len(err.Error()); n > 1000+8*len(data) {
				t.Errorf("%d bytes of data made an error of %d", len(data), n)
			}
			return
		}
		if err := compare.CheckCounts(len(s.Settings.Pictures), len(s.Settings.Networks)); err != nil || len(s.Settings.Pictures) == 0 || len(s.Settings.Networks) == 0 {
			t.Errorf("%d pictures, %d networks: %v", len(s.Settings.Pictures), len(s.Settings.Networks), err)
		}
		if v, err := s.Settings.View(); err != nil || v.Colormap == nil || !(v.Opacity >= 0 && v.Opacity <= 1 && v.Contour >= 0 && v.Contour <= 1) || v.Bounded().Zoom != max(v.Zoom, 1) {
			t.Errorf("the view is %+v, %v", v, err)
		}
		for i, p := range s.Settings.Pictures {
			if err := file.CheckLocal(string(p)); err != nil {
				t.Error(err)
			}
			s.Settings.Asks(i)
		}
		for _, n := range s.Settings.Networks {
			if err := file.CheckLocal(string(n.Spec)); err != nil {
				t.Error(err)
			}
			for key, value := range n.Set {
				if strings.HasPrefix(value, "@") {
					t.Errorf("the setting %s is %q", key, value)
				}
			}
			if net, err := models.Network(string(n.Spec), n.Set); err == nil && (net.MemoryBytes() <= 0 || len(net.Nodes) == 0) {
				t.Errorf("%q has %d layers and takes %d bytes", n.Spec, len(net.Nodes), net.MemoryBytes())
			}
		}
		_ = Check(t.Context(), compare.By{}, file.Names(s.Settings.Pictures), 1, s.Settings.Networks) // whether there is room is not of the session
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		s, err = parseSession("again", again)
		if err != nil {
			t.Fatalf("saved again: %v", err)
		}
		if third, err := json.Marshal(s); err != nil || !bytes.Equal(third, again) {
			t.Errorf("saved again it is %s, %v; it was %s", third, err, again)
		}
		if took := time.Since(start); took > 20*time.Second { // a loaded machine included
			t.Errorf("%d bytes of data took %v", len(data), took)
		}
	})
}
