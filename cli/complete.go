package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/colormap"
	"scalecam/compare/batch"
	"scalecam/compare/evaluate"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/network/tensorfile"
	"scalecam/picture"
	"scalecam/wording"
)

// What can be typed after an option, by its name, or by the command's and its own where
// a command means something else by it. Of options that take no value there is none.
var optionCompletions = map[string]cobra.CompletionFunc{
	"against": nothing, "also": nothing, "class": nothing, "difference": nothing, "shard": nothing, "set": unended(settingKeys),
	"alpha": nothing, "at-most": nothing, "batch": nothing, "beta": nothing, "body-rate": nothing, "contour": nothing, "count": nothing, "depth": nothing,
	"epochs": nothing, "folds": nothing, "gamma": nothing, "jobs": nothing, "memory": nothing, "mosaics": nothing, "opacity": nothing, "phi": nothing, "resolution": nothing, "runs": nothing,
	"seed": nothing, "strength": nothing, "threads": nothing, "top": nothing, "until": nothing, "width": nothing, "zoom": nothing,
	"brush": nothing, "polygon": nothing, "region": nothing, "only": nothing, "strangers-classes": nothing,

	"architecture": names(network.PresetNames),
	"by":           names(func() []string { return texts(network.Dimensions) }),
	"colormap":     names(func() []string { return called(colormap.All(), func(c *colormap.Colormap) string { return c.Name }) }),
	"crop":         names(func() []string { return []string{"centre", "none"} }),
	"fill":         names(func() []string { return texts(picture.Fills) }),
	"instructions": names(kernel.InstructionSets),
	"language":     names(func() []string { return wording.Languages }),
	"layer":        layers,
	"measures": commas(func() []string {
		return append(called(measure.Measures, func(m *measure.Measure) string { return m.Key }), evaluate.PartRemoved)
	}),
	"method":  names(methods),
	"network": either(specs, weightsFiles),
	"pack":    names(packsAndSeries),
	"scale":   names(func() []string { return []string{"own", "shared"} }),
	"write":   commas(func() []string { return texts(batch.Kinds) }),

	"classes":   files(".json"),
	"data":      either(func(string) []string { return []string{"scenes"} }, folders),
	"from":      files(".png", ".scalecam"),
	"known":     files(".json"),
	"look-in":   folders,
	"output":    folders,
	"pictures":  files(".csv"),
	"plot":      files(".svg"),
	"strangers": folders,

	"compare output": files(".png", ".html"),
	"erase output":   files(".png"),
	"train classes":  nothing,
	"train from":     either(specs, weightsFiles),
	"train pack":     either(func(string) []string { return []string{"scenes"} }, files(".json")),
	"train recipe":   either(func(string) []string { return []string{"default"} }, files(".json")),
}

// What can be typed after a command that takes something.
var argumentCompletions = map[string]cobra.CompletionFunc{
	"scalecam":    pictures,
	"batch":       pictures,
	"batch merge": folders,
	"cam":         first(pictures),
	"classify":    pictures,
	"compare":     pictures,
	"describe":    first(either(func(typed string) []string { return append(network.PresetNames(), specs(typed)...) }, weightsFiles)),
	"disagree":    pictures,
	"erase":       first(pictures),
	"lesson":      first(folders),
	"networks add": names(func() []string {
		return append(called(assets.PublishedNetworks().Networks, func(p assets.Published) string { return p.Name }), series()...)
	}),
	"networks import": weightsFiles,
	"networks path":   first(names(kept)),
	"networks remove": names(func() []string { return append(kept(), series()...) }),
	"networks show": first(names(func() []string {
		return append(called(assets.PublishedNetworks().Networks, func(p assets.Published) string { return p.Name }), series()...)
	})),
	"networks verify": names(kept),
	"sweep":           first(either(func(string) []string { return []string{"scenes"} }, files(".json"))),
	"teach":           first(folders),
}

// complete tells the shells' completion what can be typed.
func complete(c *cobra.Command) {
	path := strings.TrimPrefix(c.CommandPath(), "scalecam ")
	if c.ValidArgsFunction = argumentCompletions[path]; c.ValidArgsFunction == nil {
		c.ValidArgsFunction = nothing
	}
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		do, own := optionCompletions[path+" "+f.Name]
		if !own {
			do = optionCompletions[f.Name]
		}
		if do != nil && f.NoOptDefVal == "" {
			_ = c.RegisterFlagCompletionFunc(f.Name, do) // it fails for options that are not there, or twice
		}
	})
	for _, sub := range c.Commands() {
		complete(sub)
	}
}

func nothing(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func folders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// files are those with these endings, and folders, in which some may be.
func files(endings ...string) cobra.CompletionFunc {
	var bare []cobra.Completion
	for _, e := range endings {
		bare = append(bare, strings.TrimPrefix(e, "."))
	}
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return bare, cobra.ShellCompDirectiveFilterFileExt
	}
}

var weightsFiles = files(tensorfile.Extensions...)

// names are texts of which one is typed.
func names(all func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return startingWith(all(), typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// unended are texts after which more is typed.
func unended(all func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return startingWith(all(), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// commas are texts of which several are typed, with commas between.
func commas(all func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var more []string
		for _, name := range all() {
			if !slices.Contains(strings.Split(before, ","), name) {
				more = append(more, before+name)
			}
		}
		return startingWith(more, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// either is one of some texts or, where none of them begins with what is typed, what
// then gives.
func either(all func(typed string) []string, then cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if some := startingWith(all(typed), typed); len(some) > 0 {
			return some, cobra.ShellCompDirectiveNoFileComp
		}
		return then(c, args, typed)
	}
}

// first is what do gives, once.
func first(do cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nothing(c, args, typed)
		}
		return do(c, args, typed)
	}
}

func startingWith(all []string, with string) (some []cobra.Completion) {
	for _, text := range all {
		if strings.HasPrefix(text, with) {
			some = append(some, text)
		}
	}
	return some
}

// pictures are picture files, or those that the program has, once their names begin so;
// of the program's own words a command's come first.
func pictures(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const scene = "scene:"
	if typed != "" && strings.HasPrefix(scene, typed) {
		return []cobra.Completion{scene}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	if !c.HasParent() && len(args) == 0 && slices.ContainsFunc(c.Commands(), func(sub *cobra.Command) bool { return strings.HasPrefix(sub.Name(), typed) }) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	samples := func(string) (all []string) {
		if typed != "" {
			all = called(assets.Samples(), func(s assets.Sample) string { return "sample:" + s.Name })
		}
		return all
	}
	return either(samples, files(picture.Extensions...))(c, args, typed)
}

// specs are networks by name: those that come with the program, those that are kept, and,
// once it is clear that one is wanted, untrained ones.
func specs(typed string) (all []string) {
	for _, p := range assets.Packs() {
		all = append(all, models.Pack(p.Name)...)
	}
	all = append(all, kept()...)
	if typed != "" {
		for _, name := range network.PresetNames() {
			all = append(all, "random:"+name)
		}
	}
	return all
}

// kept are the published and imported networks in the user's store.
func kept() []string {
	s, err := store.User()
	if err != nil {
		return nil
	}
	all, err := s.Names()
	if err != nil {
		return nil
	}
	return all
}

func series() []string {
	return called(assets.PublishedNetworks().Series, func(s assets.Series) string { return s.Name })
}

func packsAndSeries() []string { return append(packs(), series()...) }

// methods are the keys of cam.Methods.
func methods() []string { return called(cam.Methods, func(m *cam.Method) string { return m.Key }) }

// settingKeys are what --set takes, but for the values.
func settingKeys() (all []string) {
	for _, key := range models.SettingKeys() {
		all = append(all, key+"=")
	}
	return all
}

// layers are last and the stages of the networks that the line names, else of a pack's.
func layers(c *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	named, _ := c.Flags().GetStringArray("network")
	if len(named) == 0 {
		pack, _ := c.Flags().GetString("pack")
		if named = models.Pack(pack); len(named) == 0 {
			named = models.Pack(packs()[0])
		}
	}
	all := []string{cam.LastLayer.Name}
	if n, err := models.Network(named[0], nil); err == nil {
		for i := range n.Architecture.Stages {
			all = append(all, fmt.Sprintf("stage%d", i+1))
		}
	}
	return startingWith(all, typed), cobra.ShellCompDirectiveNoFileComp
}

// texts are values of a kind of string.
func texts[T ~string](all []T) []string {
	return called(all, func(t T) string { return string(t) })
}

// called are the names of things.
func called[T any](all []T, name func(T) string) (names []string) {
	for _, t := range all {
		names = append(names, name(t))
	}
	return names
}
