package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestCompletions: every option that takes a value says what can be typed after it, and the
// tables name no command or option that is not there.
func TestCompletions(t *testing.T) {
	unused := map[string]bool{}
	for name := range optionCompletions {
		unused["--"+name] = true
	}
	for path := range argumentCompletions {
		unused[path] = true
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "scalecam ")
		delete(unused, path)
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" { // it takes none
				return
			}
			own, shared := "--"+path+" "+f.Name, "--"+f.Name
			_, isOwn := optionCompletions[path+" "+f.Name]
			if delete(unused, own); !isOwn {
				delete(unused, shared)
			}
			if _, ok := c.GetFlagCompletionFunc(f.Name); !ok {
				t.Errorf("scalecam %s --%s: nothing says what can be typed there", path, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(nil))
	if len(unused) > 0 {
		t.Errorf("there are no such commands and options: %v", unused)
	}
}

// TestComplete: what shells are told at some places of a line.
func TestComplete(t *testing.T) {
	t.Setenv("SCALECAM_DATA", t.TempDir())
	const (
		none, folder, ending = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveFilterDirs, cobra.ShellCompDirectiveFilterFileExt
		unspaced             = none | cobra.ShellCompDirectiveNoSpace
	)
	for line, want := range map[string]struct {
		some      string // with spaces between
		not       string
		directive cobra.ShellCompDirective
	}{
		"":                                 {"compare version networks completion", "png", none},
		"co":                               {"compare completion", "describe", none},
		"photo":                            {"png jpeg heic", "", ending},
		"compare ":                         {"png jpg avif", "sample:cat.jpg", ending},
		"compare sa":                       {"sample:cat.jpg sample:clock.jpg", "png", none},
		"compare sc":                       {"scene:", "png", unspaced},
		"compare photo.jpg -n ":            {"imagenet:baseline everyday:compound scenes:wider", "random:baseline", none},
		"compare --network scenes:":        {"scenes:deeper", "imagenet:baseline", none},
		"compare --network random:resnet-": {"random:resnet-50 random:resnet-20 random:resnet-50-deeper", "", none},
		"compare --network weights/b":      {"safetensors pth onnx", "", ending},
		"compare --pack ":                  {"imagenet scenes resnet-depth", "", none},
		"compare --method ":                {"cam grad-cam score-cam", "", none},
		"compare --layer ":                 {"last stage1 stage9", "stage10", none},
		"compare --pack scenes --layer ":   {"last stage1 stage6", "stage7", none},
		"compare -n random:resnet-18 --layer s": {
			"stage1 stage6", "stage7 last", none},
		"compare --colormap ":               {"inferno coolwarm", "", none},
		"compare --language ":               {"en ko", "", none},
		"compare --scale ":                  {"own shared", "", none},
		"compare --set ":                    {"padding= crop_pct=", "", unspaced},
		"compare --instructions ":           {"portable", "", none},
		"compare -o ":                       {"png html", "", ending},
		"compare --from ":                   {"png scalecam", "", ending},
		"compare --opacity ":                {"", "", none},
		"batch -o ":                         {"", "", folder},
		"batch --write maps,":               {"maps,overlays maps,figures", "maps,maps", unspaced},
		"batch merge ":                      {"", "", folder},
		"evaluate --measures energy,":       {"energy,pointing", "energy,energy", unspaced},
		"evaluate --data ":                  {"scenes", "", none},
		"evaluate --data photos":            {"", "", folder},
		"describe ":                         {"efficientnet-b0 resnet-50-deeper imagenet:compound", "", none},
		"describe efficientnet-b0 ":         {"", "resnet-50", none},
		"describe efficientnet-b0 --by ":    {"depth width", "", none},
		"erase --fill ":                     {"surroundings blur grey", "", none},
		"train --recipe ":                   {"default", "", none},
		"train --recipe my":                 {"json", "", ending},
		"train --architecture efficientnet": {"efficientnet-64 efficientnet-b0", "resnet-18", none},
		"teach ":                            {"", "", folder},
		"networks add mobilenet-v2-":        {"mobilenet-v2-width", "resnet-50", none},
		"networks remove ":                  {"resnet-depth", "resnet-50", none},
		"networks ":                         {"list add import", "", none},
		"version ":                          {"", "", none},
		"completion ":                       {"bash zsh fish powershell", "", none},
	} {
		out, _, status := call(append([]string{"__completeNoDesc"}, strings.Split(line, " ")...)...)
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		all, directive := lines[:len(lines)-1], lines[len(lines)-1]
		if status != 0 || directive != fmt.Sprintf(":%d", want.directive) {
			t.Errorf("scalecam %s: status %d, %s; want %d", line, status, directive, want.directive)
		}
		for _, some := range strings.Fields(want.some) {
			if !slices.Contains(all, some) {
				t.Errorf("scalecam %s: no %s in %q", line, some, all)
			}
		}
		for _, other := range strings.Fields(want.not) {
			if slices.Contains(all, other) {
				t.Errorf("scalecam %s: %s is there", line, other)
			}
		}
		if want.some == "" && len(all) > 0 {
			t.Errorf("scalecam %s: there is %q", line, all)
		}
	}
}

// TestCompleteKept: networks of the user's own are named, too.
func TestCompleteKept(t *testing.T) {
	data := t.TempDir()
	t.Setenv("SCALECAM_DATA", data)
	file := filepath.Join(t.TempDir(), "mine.safetensors")
	if err := os.WriteFile(file, liteFile(t), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(t, "networks", "import", file)
	for _, line := range []string{"cam -n m", "networks remove m", "networks verify "} {
		if out, _, _ := call(append([]string{"__completeNoDesc"}, strings.Split(line, " ")...)...); !strings.Contains(out, "mine\n") {
			t.Errorf("scalecam %s: %q", line, out)
		}
	}
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	if out, _, status := call("__completeNoDesc", "networks", "verify", ""); out != ":4\n" || status != 0 {
		t.Errorf("of a store that is not there: %d, %q", status, out)
	}
}

// TestCompletionScripts: each shell's script is what cobra makes, to the byte, since what
// is printed goes through a check of what a terminal may be sent.
func TestCompletionScripts(t *testing.T) {
	for shell, write := range map[string]func(c *cobra.Command, b *strings.Builder) error{
		"bash":       func(c *cobra.Command, b *strings.Builder) error { return c.GenBashCompletionV2(b, true) },
		"zsh":        func(c *cobra.Command, b *strings.Builder) error { return c.GenZshCompletion(b) },
		"fish":       func(c *cobra.Command, b *strings.Builder) error { return c.GenFishCompletion(b, true) },
		"powershell": func(c *cobra.Command, b *strings.Builder) error { return c.GenPowerShellCompletionWithDesc(b) },
	} {
		var want strings.Builder
		if err := write(newRoot(nil), &want); err != nil {
			t.Fatal(err)
		}
		if got := ok(t, "completion", shell); got != want.String() || len(got) < 1000 {
			t.Errorf("%s: %d bytes, want %d", shell, len(got), want.Len())
		}
	}
}
