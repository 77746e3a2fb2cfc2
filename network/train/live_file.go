package train

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network/tensorfile"
	"scalecam/printable"
)

// liveHeader is what the file of a Live says about it, beside its tensors.
type liveHeader struct {
	Pack         *Pack       `json:"pack"`
	Data         string      `json:"data"`
	From         string      `json:"from"` // SHA-256 of the weights that it began from
	At           int         `json:"at"`
	Changes      []Change    `json:"changes"`
	Learnt       [][]Reading `json:"learnt"` // of each network
	Checked      [][]Reading `json:"checked"`
	Instructions string      `json:"instructions"`
}

// Save writes the Live to a file as it is, but for its moments: ReadLive goes on from
// there. It is not to be called beside Do, but for Watch.Save.
func (l *Live) Save(path string) error {
	h := liveHeader{Pack: l.Pack, Data: l.Data.What, From: l.pupils[0].run.origin(), At: l.at, Instructions: instructions()}
	l.mu.Lock()
	h.Changes = slices.Clone(l.changes)
	l.mu.Unlock()
	var tensors []tensorfile.Tensor
	for i, p := range l.pupils {
		h.Learnt, h.Checked = append(h.Learnt, p.learnt), append(h.Checked, p.checked)
		for name, arrays := range p.state.arrays() {
			t := tensorfile.Tensor{Name: fmt.Sprintf("%d.%s", i, name), Shape: []int{total(arrays)}, Data: make([]float32, 0, total(arrays))}
			for _, a := range arrays {
				t.Data = append(t.Data, a...)
			}
			tensors = append(tensors, t)
		}
	}
	data, err := tensorfile.Encode(tensors, map[string]string{"live": string(encodeJSON(h))})
	if err != nil {
		return err
	}
	return file.Write(file.File{Path: path, Data: data})
}

// KeptLive is a Live that was saved, before its data are there.
type KeptLive struct {
	Pack   *Pack
	header liveHeader
	file   *tensorfile.File
}

// ReadLive reads what Save wrote.
func ReadLive(path string) (*KeptLive, error) {
	f, err := tensorfile.Read(path)
	if err != nil {
		return nil, err
	}
	k := &KeptLive{file: f}
	if err := json.Unmarshal([]byte(f.Metadata["live"]), &k.header); err != nil || k.header.Pack == nil {
		return nil, fault.Errorf("train: %s: it is nothing that was learnt in the window; choose what Learn saved", path)
	}
	if k.Pack, err = ParsePack(encodeJSON(k.header.Pack)); err != nil {
		return nil, fault.Errorf("train: %s: it is damaged (%w)", path, err)
	}
	return k, nil
}

// Done is the share of its steps that were done, of a recipe's steps on so many
// pictures.
func (k *KeptLive) Done() int { return k.header.At }

// Open goes on with it, on the data that it learnt from.
func (k *KeptLive) Open(data Data, from *Start) (*Live, error) {
	h, path := k.header, k.file.Path
	l, err := NewLive(k.Pack, data, from)
	if err != nil {
		return nil, err
	}
	if h.Data != data.What {
		return nil, fault.Errorf("train: %s: it learnt from %s, and there is %s now; begin anew", path, printable.Line(h.Data), printable.Line(data.What))
	}
	if h.From != l.pupils[0].run.origin() {
		return nil, fault.Errorf("train: %s: the weights that it began from are others now; begin anew", path)
	}
	damaged := func(what string) error { return fault.Errorf("train: %s: it is damaged (%s)", path, what) }
	const most = 1 << 12 // readings and changes; a run has some hundred
	if h.At < 0 || h.At > l.total || len(h.Learnt) != len(l.pupils) || len(h.Checked) != len(l.pupils) || len(h.Changes) > most {
		return nil, damaged(fmt.Sprintf("step %d of %d", h.At, l.total))
	}
	for _, c := range h.Changes {
		if !(c.Factor >= LeastFactor && c.Factor <= MostFactor) || c.At < 0 || c.At > h.At {
			return nil, damaged(fmt.Sprintf("rate %v", c.Factor))
		}
	}
	for i, p := range l.pupils {
		for _, r := range slices.Concat(h.Learnt[i], h.Checked[i]) {
			if r.At < 0 || r.At > h.At || !(r.Top1 >= 0 && r.Top1 <= 1) || math.IsInf(r.Loss, 0) || len(h.Learnt[i]) > most || len(h.Checked[i]) > most {
				return nil, damaged("its curves")
			}
		}
		for name, into := range p.state.arrays() {
			t := k.file.Tensors[fmt.Sprintf("%d.%s", i, name)]
			if t == nil || len(t.Data) != total(into) {
				return nil, damaged(fmt.Sprintf("%d.%s", i, name))
			}
			data := t.Data
			for _, a := range into {
				data = data[copy(a, data):]
			}
		}
		p.learnt, p.checked = h.Learnt[i], h.Checked[i]
	}
	l.at, l.begun, l.changes, l.moments = h.At, h.At, h.Changes, nil
	l.keep()
	return l, nil
}
