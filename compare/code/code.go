// Package code gives the lines of PyTorch that make a cell's map: for those who want
// it in a notebook of their own, or do not want to take our word for it.
package code

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/naming"
	"scalecam/picture"
	"scalecam/printable"
)

// Of is Python that makes a cell's map as record.NPY gives it, the variable array,
// float32 [h, w]: the network as its library has it (torchvision or timm), its
// weights, the picture made ready, and the method by a hook and automatic
// differentiation. It needs PyTorch, torchvision and, of timm's names or safetensors
// files, these. Files are named as n says; those of the program's own stand in its
// source, where the code finds them from its top folder.
//
// Of a picture whose format libraries decode each in a way of its own, JPEG, the code
// says how to have these pixels.
//
// col is a network's. A cell without a map, random weights, and a network that its library cannot make
// are errors.
func Of(c *compare.Comparison, row, col int, n record.Naming) (string, error) {
	m := c.Models[col]
	made, err := c.Map(row, col)
	if err != nil {
		return "", err
	}
	// The comparison's own, not the map's: a caller that wants the code alone need not
	// have made the map by a method that takes its time.
	layer, err := c.By.Find(m)
	if err != nil {
		return "", err
	}
	net, err := constructor(m, n)
	if err != nil {
		return "", fault.Errorf("code: %s: %w", compare.Title(m), err)
	}
	method := c.By.Uses()
	name, words := layerOf(m, layer)
	if name == "" {
		return "", fault.Errorf("code: %s: %s's network has no module that gives the layer %s alone; take another", compare.Title(m), m.Library, layer.Name)
	}
	var lines script
	lines.add(net.imports...)
	lines.add("import torch", "from PIL import Image, ImageOps", "from torchvision import transforms", "")
	lines.add(net.lines...)
	lines.add("net.eval()", "")
	lines.add(prepared(&c.Rows[row], m, n)...)
	lines.add("", "def score(y):  # "+scoreWords(m, made.Target), "    return "+formula(made.Target), "")
	lines.add("kept = {}", fmt.Sprintf("layer = net.get_submodule(%q)  # %s", name, words),
		"layer.register_forward_hook(lambda module, given, out: kept.update(A=out) or out.clone())",
		"y = net(x)[0]", "A = kept[\"A\"]", "")
	lines.add("# " + method.Title + ": " + method.Source)
	lines.add(recipe(method, layer, net.classifier)...)
	lines.add("array = array.detach().numpy()")
	return string(lines), nil
}

// script is Python, line by line.
type script string

func (s *script) add(lines ...string) {
	for _, l := range lines {
		*s += script(l + "\n")
	}
}

// prepared are the lines that make the row's picture the network's input.
func prepared(r *compare.Row, m *network.Model, n record.Naming) []string {
	p, size := m.Preprocessing, m.Network.Scaling.Resolution
	resize := fmt.Sprintf("(%d, %d)", size.H, size.W) // all of it
	crop := ""
	if p.Crop != network.NoCrop {
		w, h := p.Resized(r.Size().X, r.Size().Y, size)
		crop = fmt.Sprintf("transforms.CenterCrop((%d, %d)), ", size.H, size.W)
		resize = fmt.Sprintf("(%d, %d)", h, w)
		switch {
		case p.Crop == network.FloorCrop:
			crop = fmt.Sprintf("transforms.Lambda(lambda p: transforms.functional.crop(p, %d, %d, %d, %d)), ", (h-size.H)/2, (w-size.W)/2, size.H, size.W)
		case size.H == size.W: // of any picture, the shorter side
			resize, crop = strconv.Itoa(min(w, h)), fmt.Sprintf("transforms.CenterCrop(%d), ", size.H)
		}
	}
	of, about := pictureFile(r.Picture, n)
	mode := "RGB"
	var white []string
	if r.Picture.Format != "JPEG" && !record.NeedsNoFile(r.Picture.Path) { // which may have transparent parts
		mode = "RGBA"
		white = []string{`picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")`}
	}
	var lines []string
	if r.Picture.Format == "JPEG" || r.Picture.Format == "WebP" {
		lines = []string{
			"# Pillow decodes a " + r.Picture.Format + " by a level or so otherwise, which moves this array by a hundredth, at early layers",
			"# by tenths. For the very array open overlay.png of scalecam cam " + printable.Line(named(r.Picture.Path, n)) + " --opacity 0 -o .",
		}
	}
	lines = append(append(lines, fmt.Sprintf("picture = ImageOps.exif_transpose(Image.open(%s)).convert(%q)%s", of, mode, about)), white...)
	return append(lines,
		fmt.Sprintf("prepare = transforms.Compose([transforms.Resize(%s, transforms.InterpolationMode.%s), %stransforms.ToTensor(),", resize, strings.ToUpper(p.Filter.String()), crop),
		fmt.Sprintf("                              transforms.Normalize(%s, %s)])", triple(p.Mean), triple(p.Std)),
		"x = prepare(picture)[None]")
}

// pictureFile is the picture's file as a Python literal, and a comment where
// something is to be said of it.
func pictureFile(p *picture.Picture, n record.Naming) (literal, comment string) {
	switch {
	case strings.HasPrefix(p.Path, scenes.Prefix):
		return quote("overlay.png"), "  # of scalecam cam " + printable.Line(p.Path) + " --opacity 0 -o ."
	case strings.HasPrefix(p.Path, picture.SamplePrefix):
		return quote("assets/samples/" + strings.TrimPrefix(p.Path, picture.SamplePrefix)), "  # in Scalecam's source"
	}
	return quote(named(p.Path, n)), ""
}

// named is a file as n names it.
func named(path string, n record.Naming) string {
	if n == record.BaseNames && !record.NeedsNoFile(path) {
		return filepath.Base(path)
	}
	return path
}

// formula is the target's score of y, Python: of logits, or of the classifier's
// rows, of which it is the same sum.
func formula(t cam.Target) string {
	of := func(s cam.Share) string { return fmt.Sprintf("y[%d]", s.Class) }
	text := of(t[0])
	switch others := t[1:]; len(others) {
	case 0:
	case 1:
		text += " - " + of(others[0])
	default:
		var all []string
		for _, s := range others {
			all = append(all, of(s))
		}
		text += fmt.Sprintf(" - (%s) / %d", strings.Join(all, " + "), len(others))
	}
	return text
}

// scoreWords are the target's classes by name.
func scoreWords(m *network.Model, t cam.Target) string {
	var names []string
	for _, s := range t {
		names = append(names, printable.Line(m.Classes[s.Class]))
	}
	if len(names) == 1 {
		return names[0]
	}
	return names[0] + ", held against " + strings.Join(names[1:], "; ")
}

// layerOf is the layer's name by the library, and what it puts out, in words.
func layerOf(m *network.Model, layer cam.Layer) (name, words string) {
	i := layer.Node
	if layer.Last {
		i = m.Network.Last
	}
	node := &m.Network.Nodes[i]
	return m.LibraryName(i), fmt.Sprintf("%d channels, %d x %d cells", node.Out, node.Size.H, node.Size.W)
}

// triple is a list of three numbers, which as float32 are these.
func triple(v [3]float32) string {
	var all []string
	for _, x := range v {
		all = append(all, strconv.FormatFloat(float64(x), 'g', -1, 32))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// quote is a text as a Python literal: Go's, but for bytes that are no UTF-8, for
// which Python has surrogates in names of files (PEP 383).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\udc%02x`, s[0])
		} else {
			q := strconv.Quote(s[:size])
			b.WriteString(q[1 : len(q)-1])
		}
		s = s[size:]
	}
	b.WriteByte('"')
	return b.String()
}

// weightsFile is the model's weights file, as n names it, and a comment where it is
// the program's own; an error where there is none.
func weightsFile(m *network.Model, n record.Naming) (path, comment string, err error) {
	path, own := models.File(m.Spec)
	switch {
	case path == "":
		return "", "", fault.Errorf("its weights are random, and in no file that other programs could read; name a weights file")
	case own:
		return path, "  # in Scalecam's source", nil
	}
	return named(path, n), "", nil
}

// classifierOf is the library's name of the layer that the logits come from.
func classifierOf(s *naming.Scheme, n *network.Network) string {
	names := s.Names(n)
	return names[len(names)-1].Layer
}
