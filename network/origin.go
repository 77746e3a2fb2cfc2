package network

// Origin says where the value of a setting comes from.
type Origin string

// The origins, the surest first.
const (
	ByUser          Origin = "stated"
	ByPack          Origin = "pack"          // that the network comes with
	ByCatalogue     Origin = "catalogue"     // of published networks, which the program knows
	ByMetadata      Origin = "metadata"      // of the weights file
	ByConfiguration Origin = "configuration" // config.json or preprocessor_config.json beside the weights file
	ByLibrary       Origin = "library"       // the rule of the library by whose names the weights go
	ByHash          Origin = "hash"          // in the name of a known published file
	ByName          Origin = "name"          // the file's, or a folder's
	Assumed         Origin = "assumed"       // nothing says it
	Unnamed         Origin = "unnamed"       // of classes that nothing names: they are numbered
)

// Setting is what names and shapes of weights do not tell, with its origin.
type Setting struct {
	Key    string `json:"key"` // as scalecam's --set has it
	Value  string `json:"value"`
	Origin Origin `json:"origin"`
	Says   string `json:"says"` // the origin in words
}

// Assumed are the keys of the model's settings that nothing says, of padding with the
// value.
func (m *Model) Assumed() []string {
	var keys []string
	for _, s := range m.Settings {
		switch {
		case s.Origin != Assumed:
		case s.Key == "padding":
			keys = append(keys, s.Value+" padding")
		default:
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// WeightsRead says which tensors of a weights file a model was made of.
type WeightsRead struct {
	Library string   `json:"names"`             // by whose names they go
	Taken   string   `json:"taken,omitempty"`   // where in the file they lie, as in "state_dict"; "" where they are the whole
	Beside  []string `json:"beside,omitempty"`  // other networks there, which are not read
	Prefix  string   `json:"prefix,omitempty"`  // what stands before every name
	Head    string   `json:"head,omitempty"`    // the classifier's name
	Ignored []string `json:"ignored,omitempty"` // tensors that are no network's
}
