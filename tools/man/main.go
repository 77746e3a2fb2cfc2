// Man writes the manual pages of scalecam's commands into a folder, of their own help:
//
//	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) go run ./tools/man DIR
//
// They are the same bytes on every machine, and their date is that of SOURCE_DATE_EPOCH,
// in seconds since 1970 (reproducible-builds.org). Cobra's own pages are not used: they
// have an option and what it does in one line, and lines that are to stay run together.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scalecam/cli"
	"scalecam/version"
)

func main() {
	if err := run(os.Args[1:], os.Getenv("SOURCE_DATE_EPOCH")); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func run(args []string, epoch string) error {
	if len(args) != 1 {
		return errors.New("name one folder to write to")
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH is %q; set it to the pages' date in seconds since 1970, such as git log -1 --format=%%ct gives", epoch)
	}
	if err := os.MkdirAll(args[0], 0o777); err != nil {
		return err
	}
	return write(cli.Commands(), args[0], time.Unix(seconds, 0).UTC().Format(time.DateOnly))
}

// write writes the pages of a command and of those below it.
func write(c *cobra.Command, dir, date string) error {
	if err := os.WriteFile(filepath.Join(dir, name(c)+".1"), page(c, date), 0o666); err != nil {
		return err
	}
	for _, sub := range c.Commands() {
		if err := write(sub, dir, date); err != nil {
			return err
		}
	}
	return nil
}

func name(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// page is a command's page in the macros of man(7).
func page(c *cobra.Command, date string) []byte {
	var p roff
	c.InitDefaultHelpFlag()
	p.macro("TH", strings.ToUpper(name(c)), "1", date, "Scalecam "+version.Number, "User Commands")
	p.macro("SH", "NAME")
	p.line(plain(name(c)) + ` \- ` + plain(c.Short))
	p.macro("SH", "SYNOPSIS")
	use := strings.TrimPrefix(c.UseLine(), c.CommandPath())
	p.line(`\fB` + plain(c.CommandPath()) + `\fR` + plain(strings.TrimSuffix(use, " [flags]")) + ` [\fIoption\fR]\&.\|.\|.`)
	p.macro("SH", "DESCRIPTION")
	p.text(c.Long)
	p.options("OPTIONS", c.NonInheritedFlags())
	p.options("OPTIONS OF EVERY COMMAND", c.InheritedFlags())
	var others []string
	if c.HasParent() {
		others = append(others, name(c.Parent()))
	}
	for _, sub := range c.Commands() {
		others = append(others, name(sub))
	}
	p.macro("SH", "SEE ALSO")
	for i, other := range others {
		comma := ","
		if i == len(others)-1 {
			comma = ""
		}
		p.line(".BR " + plain(other) + " (1)" + comma)
	}
	return []byte(p.String())
}

// ofMachine are the options whose help says what this machine has, with what is said of
// every one.
var ofMachine = map[string]string{
	"instructions": "instruction set, of those that scalecam version lists for this processor (default: the fastest); portable is slow, and writes the same bytes on every machine",
	"threads":      "cores to use (default: all)",
}

// values are what stands for an option's value, by pflag's types.
var values = map[string]string{"string": "text", "stringArray": "text", "stringSlice": "text,…", "int": "number", "uint64": "number", "float64": "number"}

// options are a section of options, where there are any.
func (p *roff) options(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	p.macro("SH", title)
	flags.VisitAll(func(f *pflag.Flag) {
		option := `\fB` + plain("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			option = `\fB` + plain("-"+f.Shorthand) + `\fR, ` + option
		}
		if f.NoOptDefVal == "" {
			value, known := values[f.Value.Type()]
			if !known {
				value = f.Value.Type()
			}
			option += ` \fI` + plain(value) + `\fR`
		}
		usage, always := ofMachine[f.Name]
		if !always {
			if usage = f.Usage; f.NoOptDefVal == "" && f.DefValue != "" && f.DefValue != "0" && f.DefValue != "[]" && !strings.Contains(usage, "(default") {
				usage += " (default " + strings.Trim(f.DefValue, "[]") + ")"
			}
		}
		p.macro("TP")
		p.line(option)
		p.text(usage)
	})
}

// roff is a page that is being written.
type roff struct{ strings.Builder }

// macro is a line with a macro and its arguments.
func (p *roff) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(a, `"`, `\(dq`) + `"`)
	}
	p.WriteByte('\n')
}

// line is a line as it is.
func (p *roff) line(text string) { p.WriteString(text + "\n") }

// text is a text of help: its paragraphs are filled anew, and of those in which lines
// begin with spaces these stay lines.
func (p *roff) text(text string) {
	const width = 78 // of the page's source
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			p.macro("PP")
		}
		var words []string
		fill := func() {
			line := ""
			for _, w := range words {
				if w = plain(w); line != "" && len(line)+1+len(w) > width {
					p.prose(line)
					line = ""
				}
				if line != "" {
					line += " "
				}
				line += w
			}
			if line != "" {
				p.prose(line)
			}
			words = nil
		}
		kept := false
		for line := range strings.SplitSeq(paragraph, "\n") {
			indented := strings.HasPrefix(line, "  ") && strings.TrimSpace(line) != ""
			if indented != kept {
				fill()
				p.macro(map[bool]string{true: "nf", false: "fi"}[indented])
				kept = indented
			}
			if indented {
				p.prose(plain(line))
			} else {
				words = append(words, strings.Fields(line)...)
			}
		}
		fill()
		if kept {
			p.macro("fi")
		}
	}
}

// prose is a line of plain text, which is no macro whatever it begins with.
func (p *roff) prose(text string) {
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	p.line(text)
}

// plain is text whose signs stand for themselves.
func plain(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, `"`, `\(dq`).Replace(text)
}
