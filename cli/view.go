package cli

import (
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/printable"
)

// viewFlags are the flags that say how maps are shown, one for each of
// record.ViewFields.
type viewFlags struct{ settings record.Settings }

// What a command draws, each with the flags of those before.
const (
	oneMap = iota
	aFigure
	aComparison
)

// add adds the flags of what is drawn.
func (v *viewFlags) add(f *pflag.FlagSet, drawn int) {
	v.settings = record.SettingsOfView(compare.DefaultView())
	for _, field := range record.ViewFields {
		if field.Figure && drawn < aFigure || field.Columns && drawn < aComparison {
			continue
		}
		switch to := field.Of(&v.settings).(type) {
		case *string:
			if field.On == "" {
				f.StringVar(to, field.Option, *to, field.About)
			} else {
				f.VarPF(&toggle{to, *to, field.On}, field.Option, "", field.About).NoOptDefVal = "true"
			}
		case *float64:
			f.Float64Var(to, field.Option, *to, field.About)
		case *int:
			f.IntVar(to, field.Option, *to, field.About)
		case *bool:
			f.BoolVar(to, field.Option, *to, field.About)
		}
	}
}

// view is what the flags say, of networks of those specs; without any, but for what
// names some of them.
func (v *viewFlags) view(networks ...string) (view compare.View, err error) {
	v.settings.Networks = nil
	for _, spec := range networks {
		v.settings.Networks = append(v.settings.Networks, record.NetworkSettings{Spec: file.Path(spec)})
	}
	for _, field := range record.ViewFields {
		if field.Networks && len(networks) == 0 {
			continue
		}
		if err := field.Give(&v.settings, &view); err != nil {
			return view, wrong("--%s %s: %v", field.Option, field.Text(&v.settings), err)
		}
	}
	return view, nil
}

// unseen says on stderr where the view asks for the true object and nobody has said where
// in a picture that is.
func unseen(cmd *cobra.Command, c *compare.Comparison, v compare.View) {
	if v.Object && !c.Located() {
		printable.Fprintf(messages(cmd), "scalecam: note: --object: it is not known where the object is; that is known of scenes, and of pictures in class folders with boxes or masks\n")
	}
}

// toggle is a flag without a value that puts one text in the place of another.
type toggle struct {
	to      *string
	off, on string
}

// String, Set and Type implement pflag.Value.
func (t *toggle) String() string { return strconv.FormatBool(t.to != nil && *t.to == t.on) }

// Set takes what strconv.ParseBool does, as pflag's own do.
func (t *toggle) Set(text string) error {
	on, err := strconv.ParseBool(text)
	if *t.to = t.off; on {
		*t.to = t.on
	}
	return err
}

// Type makes help show it as pflag's own.
func (t *toggle) Type() string { return "bool" }

// byFlags are the flags that say how maps are made.
type byFlags struct {
	method, layer string
	against       []string
	own           bool
}

func (b *byFlags) add(cmd *cobra.Command) {
	b.addMethod(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&b.against, "against", nil, "class that the one explained is held against: the map of what tells them apart; may be repeated, for the mean of several")
	f.BoolVar(&b.own, "own", false, "explain to each network what it predicts itself")
}

// addMethod adds those that say what a map costs, whatever class it explains.
func (b *byFlags) addMethod(cmd *cobra.Command) {
	keys := ""
	for _, m := range cam.Methods {
		keys += " " + m.Key
	}
	f := cmd.Flags()
	f.StringVar(&b.method, "method", cam.MethodCAM.Key, "how maps are made:"+keys)
	f.StringVar(&b.layer, "layer", cam.LastLayer.Name, "layer that they are made of: last, stage5, or a library's name such as features.13")
}

func (b *byFlags) by(class string) (compare.By, error) {
	if b.own && class != "" {
		return compare.By{}, wrong("--own explains to each network what it predicts, and --class %s one class; give one of them", class)
	}
	by, err := compare.ByName(b.method, b.layer)
	if err != nil {
		return by, usageError{err}
	}
	by.Against, by.Own = b.against, b.own
	return by, nil
}
