package tensorfile

import (
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
)

// A part is what of a PyTorch file is a network's tensors.
type part struct {
	views map[string]*torchView // by name
	path  []string              // the keys under which they lie, from the outside
	// beside are the keys, next to theirs, of other networks that are not taken.
	beside []string
	// metadata is what the modules of a whole model say of themselves.
	metadata map[string]string
}

// taken says where in the file the part lies; "" of the whole.
func (p *part) taken() string { return strings.Join(p.path, " > ") }

// wrappers are the keys under which training programs keep a network in their
// checkpoints, those first that are preferred. Averaged weights come before the
// last ones, as timm has it (timm/models/_helpers.py, load_state_dict).
var wrappers = []string{
	"state_dict_ema", "model_ema", "ema_state_dict", "ema_model", "ema", "averaged_model", "shadow_params",
	"state_dict", "model_state_dict", "model_state", "model_weights", "model", "net", "network", "weights", "params", "module",
}

// maxWrappers is how many keys deep a network may lie.
const maxWrappers = 3

// stateDict finds the tensors of a network in what a file describes: a dict or a
// list of pairs, at most maxWrappers keys deep, or a whole model, of which the
// modules are walked. Entries that are no tensors are left out.
func stateDict(described any) (*part, error) {
	s := search{seen: map[any]bool{}}
	p := s.in(described, nil)
	switch {
	case s.err != nil:
		return nil, s.err
	case p != nil:
		return p, nil
	}
	if object, ok := described.(*pickleObject); ok {
		return nil, fault.Errorf("the file holds no state dict but a Python object %s, of which nothing is run; save model.state_dict()", quote(object.class.short()))
	}
	if dictOf(described) == nil {
		return nil, fault.Errorf("the file holds no state dict but something else; save model.state_dict()")
	}
	return &part{metadata: map[string]string{}}, nil // the file holds no tensors
}

// search looks for the part; each value once, so that values that hold each other
// end it.
type search struct {
	seen map[any]bool
	err  error
}

// in looks in a value that lies under the path; nil where there is nothing, or an
// error.
func (s *search) in(value any, path []string) *part {
	if s.err != nil || len(path) > maxWrappers {
		return nil
	}
	switch value := value.(type) {
	case *pickleDict:
		return s.inDict(value, path)
	case *pickleList:
		if s.seen[value] {
			return nil
		}
		s.seen[value] = true
		return s.inPairs(value.items, path)
	case pickleTuple:
		return s.inPairs(value, path)
	case *pickleObject:
		if s.seen[value] {
			return nil
		}
		s.seen[value] = true
		if len(value.items) > 0 {
			return s.inDict(&value.pickleDict, path)
		}
		attributes := dictOf(value.state)
		if attributes == nil {
			return nil
		}
		if dictOf(attributes.get("_modules")) != nil {
			return s.wholeModel(value, path)
		}
		return s.inDict(attributes, path)
	}
	return nil
}

// inDict looks under the wrappers' keys, then for tensors, then under all others.
func (s *search) inDict(d *pickleDict, path []string) *part {
	if s.seen[d] {
		return nil
	}
	s.seen[d] = true
	for i, key := range wrappers {
		p := s.in(d.get(key), slices.Concat(path, []string{key}))
		if p == nil {
			continue
		}
		for _, other := range wrappers[i+1:] {
			if d.get(other) != nil {
				p.beside = append(p.beside, other)
			}
		}
		return p
	}
	own := s.tensors(d.items, path)
	if s.err != nil || own != nil && own.hasWeights() {
		return own
	}
	var found *part
	for _, item := range d.items {
		key, isName := item.key.(string)
		if !isName || slices.Contains(wrappers, key) {
			continue
		}
		p := s.in(item.value, slices.Concat(path, []string{key}))
		if p == nil || !p.hasWeights() { // such as an optimiser's state
			continue
		}
		if found != nil {
			s.fail("it holds tensors under %s and under %s; save the state dict of one network", quote(found.taken()), quote(p.taken()))
			return nil
		}
		found = p
	}
	if found == nil { // or tensors of other names, such as a generator's state
		return own
	}
	return found
}

// inPairs looks in a list of names with tensors, or of a few values one of which
// is a network's.
func (s *search) inPairs(list []any, path []string) *part {
	var items []pickleItem
	for _, entry := range list {
		if pair := pairOf(entry); pair != nil {
			items = append(items, pickleItem{pair[0], pair[1]})
		}
	}
	if p := s.tensors(items, path); p != nil || s.err != nil {
		return p
	}
	const few = 8 // a model, its optimiser, an epoch
	for _, entry := range list[:min(few, len(list))] {
		if p := s.in(entry, slices.Concat(path, []string{"…"})); p != nil {
			return p
		}
	}
	return nil
}

// tensors are those among items that have a name, nil where there are none.
func (s *search) tensors(items []pickleItem, path []string) *part {
	p := &part{path: path, views: map[string]*torchView{}, metadata: map[string]string{}}
	for _, item := range items {
		if name, isName := item.key.(string); isName {
			s.add(p, name, item.value)
		}
	}
	if len(p.views) == 0 {
		return nil
	}
	return p
}

// add adds a value, where it is a tensor.
func (s *search) add(p *part, name string, value any) {
	view, isView := value.(*torchView)
	if !isView {
		return
	}
	if p.views[name] != nil {
		s.fail("the file holds tensor %s twice; save model.state_dict() again", quote(name))
	}
	p.views[name] = view
}

func (s *search) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fault.Errorf(format, args...)
	}
}

// hasWeights tells that a part is a layer's, at least: an optimiser's state has
// moments of weights, which are not called so.
func (p *part) hasWeights() bool {
	for name := range p.views {
		if name == "weight" || strings.HasSuffix(name, ".weight") {
			return true
		}
	}
	return false
}

const (
	// maxModules bounds a walk through modules that hold each other: the deepest
	// networks have some thousand, and as many tensors.
	maxModules = 1 << 16
	// maxName is longer than any name of a tensor, maxClass than any class of
	// convolutions.
	maxName  = 256
	maxClass = 64
)

// wholeModel walks the modules of what torch.save(model) wrote: each has its own
// tensors in _parameters and _buffers, and others in _modules
// (torch/nn/modules/module.py, Module.state_dict).
func (s *search) wholeModel(model *pickleObject, path []string) *part {
	p := &part{path: path, views: map[string]*torchView{}, metadata: map[string]string{"saved": "as a whole model, " + model.class.short()}}
	said := map[string]map[string]bool{"eps": {}, "padding": {}}
	walked := 0
	var walk func(module *pickleObject, prefix string, depth int)
	walk = func(module *pickleObject, prefix string, depth int) {
		const deepest = 64
		attributes := dictOf(module.state)
		if walked++; attributes == nil || depth > deepest || s.err != nil {
			return
		}
		if walked > maxModules || len(p.views) > maxModules {
			s.fail("its modules hold more than %d others; save only model.state_dict()", maxModules)
			return
		}
		buffers := dictOf(attributes.get("_buffers"))
		for _, of := range []*pickleDict{dictOf(attributes.get("_parameters")), buffers} {
			if of == nil {
				continue
			}
			for _, item := range of.items {
				if name, isName := item.key.(string); isName {
					s.add(p, prefix+name, item.value)
				}
			}
		}
		if eps, ok := attributes.get("eps").(float64); ok && buffers != nil && buffers.get("running_var") != nil {
			said["eps"][strconv.FormatFloat(eps, 'g', -1, 64)] = true
		}
		if class := module.class.name; len(class) <= maxClass && strings.HasPrefix(class, "Conv2d") && !strings.Contains(class, "Static") {
			// timm's Conv2dSame; EfficientNet-PyTorch's Conv2dStaticSamePadding is the
			// same at one size, and its names tell that it is that.
			rule := "symmetric"
			if strings.Contains(class, "Same") {
				rule = "same"
			}
			if stride, _ := attributes.get("stride").(pickleTuple); len(stride) > 0 && stride[0] != any(int64(1)) {
				said["padding"][rule] = true
			}
		}
		modules := dictOf(attributes.get("_modules"))
		if modules == nil {
			return
		}
		for _, item := range modules.items {
			name, isName := item.key.(string)
			if inner, ok := item.value.(*pickleObject); ok && isName && len(prefix)+len(name) < maxName {
				walk(inner, prefix+name+".", depth+1)
			}
		}
	}
	walk(model, "", 0)
	for key, values := range said {
		if len(values) == 1 {
			for value := range values {
				p.metadata[key] = value
			}
		}
	}
	if len(p.views) == 0 {
		return nil
	}
	return p
}
