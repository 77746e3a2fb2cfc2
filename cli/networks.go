package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/printable"
)

func newNetworks() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "networks",
		Short: "Get published networks, and look after those that are here",
		Long: `Published networks: what there is, what is here, and getting more.

Networks that are compared with each other make a series: scalecam networks add
resnet-depth gets one, and scalecam compare --pack resnet-depth PICTURE shows it. Each
network is a SPEC by its name: scalecam cam -n resnet-50 PICTURE.

They are kept in the user's data, or where SCALECAM_DATA says, once for all
programs. Proxies are those that HTTPS_PROXY and NO_PROXY name; SCALECAM_MIRROR is
an address that stands in the place of every host's.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("networks has no %q; there are list, show, add, remove, verify, import and path", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(networksList(), networksShow(), networksAdd(), networksRemove(), networksVerify(), networksImport(), networksPath())
	return cmd
}

// listed is a network of networks list --json.
type listed struct {
	Name      string        `json:"name"`
	Published *publishedOf  `json:"published,omitempty"` // nil of one that was imported
	Here      *store.Record `json:"here,omitempty"`
	Part      int64         `json:"part,omitempty"` // bytes that have come of it
}

type publishedOf struct{ *assets.Published }

// listedSeries is a series of it.
type listedSeries struct {
	assets.Series
	Here int `json:"here"` // how many of its networks
}

type networkList struct {
	Folder   string         `json:"folder"`
	Series   []listedSeries `json:"series"`
	Networks []listed       `json:"networks"`
}

// listNetworks are all that are published or here.
func listNetworks() (l networkList, err error) {
	s, err := store.User()
	if err != nil {
		return l, err
	}
	l.Folder = s.Folder
	there, err := s.Names()
	if err != nil {
		return l, err
	}
	catalogue := assets.PublishedNetworks()
	here := map[string]bool{}
	add := func(name string, p *assets.Published) {
		n := listed{Name: name, Part: s.Part(name)}
		if p != nil {
			n.Published = &publishedOf{p}
		}
		if k := s.Find(name); k != nil {
			n.Here, here[name] = &k.Record, true
		}
		if p != nil || n.Here != nil || n.Part > 0 {
			l.Networks = append(l.Networks, n)
		}
	}
	for i := range catalogue.Networks {
		add(catalogue.Networks[i].Name, &catalogue.Networks[i])
	}
	for _, name := range there {
		if catalogue.Lookup(name) == nil {
			add(name, nil)
		}
	}
	for _, series := range catalogue.Series {
		n := listedSeries{Series: series}
		for _, m := range series.Members {
			if here[m] {
				n.Here++
			}
		}
		l.Series = append(l.Series, n)
	}
	return l, nil
}

func networksList() *cobra.Command {
	var everything, asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the series, and the networks that are here",
		Args:  noArguments("list"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := listNetworks()
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), l)
			}
			return l.print(cmd.OutOrStdout(), everything)
		},
	}
	cmd.Flags().BoolVar(&everything, "all", false, "print every published network, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all of them")
	return cmd
}

func noArguments(command string) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return wrong("networks %s takes no %q", command, args[0])
		}
		return nil
	}
}

// print writes the list for people.
func (l networkList) print(w io.Writer, everything bool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "series\t\tnetworks\there")
	for _, s := range l.Series {
		printable.Fprintf(t, "%s\t%s\t%d\t%d\n", s.Name, s.Title, len(s.Members), s.Here)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	shown := slices.DeleteFunc(slices.Clone(l.Networks), func(n listed) bool { return !everything && n.Here == nil && n.Part == 0 })
	if len(shown) == 0 {
		printable.Fprintf(w, "No network is in %s yet; scalecam networks add NAME gets a series or a network (list --all names all %d).\n", l.Folder, len(l.Networks))
		return nil
	}
	if err := printNetworks(w, shown); err != nil {
		return err
	}
	if !everything {
		printable.Fprintf(w, "\nThese are in %s; list --all names all %d.\n", l.Folder, len(l.Networks))
	}
	return nil
}

// printNetworks writes a table of networks.
func printNetworks(w io.Writer, all []listed) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "network\tinput\tparameters\ttop-1\tsize\tlicence\tstate")
	for _, n := range all {
		state := "–"
		switch {
		case n.Here != nil:
			state = "here"
		case n.Part > 0:
			state = "a part of " + megabytes(n.Part)
		}
		if n.Published == nil {
			var size, input, parameters string
			if n.Here != nil {
				size = megabytes(n.Here.Bytes)
			}
			if counted, err := models.Network(n.Name, nil); err == nil {
				input, parameters = counted.Scaling.Resolution.String(), compare.FormatCount(counted.Parameters())
			}
			printable.Fprintf(t, "%s\t%s\t%s\t–\t%s\t–\t%s, imported\n", n.Name, input, parameters, size, state)
			continue
		}
		p := n.Published
		size := publishedSize(p.Published)
		if n.Here != nil {
			size = megabytes(n.Here.Bytes)
		}
		printable.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", n.Name, p.Resolution, shortCount(p.Parameters), accuracy(p.Published), size, p.Licence, state)
	}
	return t.Flush()
}

// shortCount is a published number in three digits.
func shortCount(text string) string {
	if n := store.Count(text); n > 0 {
		return compare.FormatCount(n)
	}
	return text
}

func accuracy(p *assets.Published) string {
	if p.Top1 == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", p.Top1)
}

// publishedSize is a file's size: as it is published, or ≈ what its parameters take.
func publishedSize(p *assets.Published) string {
	if p.Bytes == 0 {
		return "≈ " + megabytes(store.Size(p))
	}
	return megabytes(p.Bytes)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// lookupPublished finds networks and series by their names: networks, each once.
func lookupPublished(names []string) ([]*assets.Published, error) {
	catalogue := assets.PublishedNetworks()
	var all []*assets.Published
	add := func(p *assets.Published) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for _, name := range names {
		if p := catalogue.Lookup(name); p != nil {
			add(p)
			continue
		}
		s := catalogue.LookupSeries(name)
		if s == nil {
			return nil, wrong("there is no published network and no series %q%s; scalecam networks list --all names them", name, near(name))
		}
		for _, m := range s.Members {
			add(catalogue.Lookup(m))
		}
	}
	return all, nil
}

// near names what a mistyped name may mean.
func near(name string) string {
	catalogue := assets.PublishedNetworks()
	plain := func(s string) string {
		return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(s))
	}
	var found []string
	for _, s := range catalogue.Series {
		if strings.Contains(plain(s.Name), plain(name)) {
			found = append(found, s.Name)
		}
	}
	for i := range catalogue.Networks {
		if n := catalogue.Networks[i].Name; strings.Contains(plain(n), plain(name)) {
			found = append(found, n)
		}
	}
	const most = 4
	if len(found) == 0 || plain(name) == "" {
		return ""
	}
	return " (did you mean " + strings.Join(found[:min(len(found), most)], ", ") + "?)"
}

func networksShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME|SERIES",
		Short: "Print what is known of a published network or a series",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrong("%d names; name one network or series", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := listNetworks()
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			if s := assets.PublishedNetworks().LookupSeries(args[0]); s != nil {
				if asJSON {
					return printJSON(w, s)
				}
				return showSeries(w, l, s)
			}
			i := slices.IndexFunc(l.Networks, func(n listed) bool { return n.Name == args[0] })
			switch {
			case i < 0:
				_, err := lookupPublished(args)
				return err
			case asJSON:
				return printJSON(w, l.Networks[i])
			}
			return showNetwork(w, l.Networks[i])
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func showSeries(w io.Writer, l networkList, s *assets.Series) error {
	printable.Fprintf(w, "%s: %s\nIt compares %s.\n\n", s.Name, s.Title, s.Compares)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "network\tdepth\twidth\tinput\tparameters\tMACs\ttop-1\tsize\tlicence\tstate")
	for _, name := range s.Members {
		n := l.Networks[slices.IndexFunc(l.Networks, func(n listed) bool { return n.Name == name })]
		p := n.Published
		state := "–"
		if n.Here != nil {
			state = "here"
		}
		counted, err := models.PublishedNetwork(p.Published)
		if err != nil {
			return err
		}
		printable.Fprintf(t, "%s\t%v\t%v\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", name, p.Depth, p.Width, p.Resolution, compare.FormatCount(counted.Parameters()), compare.FormatCount(counted.MACs()), accuracy(p.Published), publishedSize(p.Published), p.Licence, state)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, note := range s.Notes {
		fmt.Fprintln(w, note)
	}
	return nil
}

func showNetwork(w io.Writer, n listed) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(key, format string, args ...any) {
		printable.Fprintf(t, "%s\t", key)
		printable.Fprintf(t, format, args...)
		fmt.Fprintln(t)
	}
	row("name", "%s", n.Name)
	if n.Published != nil {
		p := n.Published
		counted, err := models.PublishedNetwork(p.Published)
		if err != nil {
			return err
		}
		row("title", "%s", p.Title)
		row("network", "%s, depth %v, width %v, at %d pixels", p.Architecture, p.Depth, p.Width, p.Resolution)
		row("parameters", "%s", compare.FormatExact(counted.Parameters()))
		row("MACs", "%s", compare.FormatExact(counted.MACs()))
		if p.Top1 > 0 {
			row("top-1", "%v %% (%s)", p.Top1, p.Top1From)
		}
		row("classes", "%s", p.Classes)
		row("address", "%s", p.URL)
		row("size", "%s", publishedSize(p.Published))
		checksum := p.Checksum
		if checksum == "" {
			checksum = "none is published: what comes first is kept, and held to that from then on"
		}
		row("checksum", "%s", checksum)
		row("licence", "%s", p.Licence)
		row("settings", "%s", p.SettingsFrom)
		for _, key := range slices.Sorted(maps.Keys(p.Settings)) {
			row("  "+key, "%s", p.Settings[key])
		}
	}
	switch {
	case n.Here != nil:
		row("here", "%s, SHA-256 %s, from %s, checked by %s", megabytes(n.Here.Bytes), n.Here.SHA256, n.Here.From, n.Here.Trust)
	case n.Part > 0:
		row("here", "a part of %s; add it again to go on", megabytes(n.Part))
	default:
		row("here", "no; scalecam networks add %s", n.Name)
	}
	return t.Flush()
}

func networksAdd() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "add NAME|SERIES…",
		Short: "Get published networks, or all of a series",
		Long: `Get published networks, or all of a series, several at once. Their sizes and licences
are shown first, and on a terminal you are asked. Each file is held to its
published checksum before it is used, where there is one. What an interruption or a break of the
connection leaves is gone on with the next time.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("name networks or series to add; scalecam networks list names them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := lookupPublished(args)
			if err != nil {
				return err
			}
			s, err := store.User()
			if err != nil {
				return err
			}
			var missing []*assets.Published
			for _, p := range all {
				if s.Find(p.Name) != nil {
					printable.Fprintf(messages(cmd), "scalecam: %s is here already\n", p.Name)
					continue
				}
				missing = append(missing, p)
			}
			if len(missing) == 0 {
				return nil
			}
			net, err := store.UserNet()
			if err != nil {
				return err
			}
			if err := announce(cmd, s, net, missing, yes); err != nil {
				return err
			}
			tell := newNetworkProgress(messages(cmd), s, len(missing))
			err = s.Add(cmd.Context(), missing, store.Adding{Net: net, Check: models.Holds, Report: tell.report})
			tell.end()
			if errors.Is(err, context.Canceled) {
				return errors.New("interrupted; what has come is kept, and the same command goes on from there")
			}
			return eachOf(cmd, err, len(missing), "added")
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// eachOf prints the errors of several of so many networks, a line each, and says how
// many they are; the error of one alone it gives.
func eachOf(cmd *cobra.Command, err error, of int, what string) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	all := joined.Unwrap()
	if len(all) == 1 {
		return all[0]
	}
	for _, e := range all {
		printable.Fprintf(messages(cmd), "scalecam: %v\n", e)
	}
	return fmt.Errorf("networks: %d of %d were not %s", len(all), of, what)
}

// announce says what is to be got and, on a terminal, asks.
func announce(cmd *cobra.Command, s *store.Store, net *store.Net, missing []*assets.Published, yes bool) error {
	m := messages(cmd)
	t := tabwriter.NewWriter(m, 0, 0, 2, ' ', 0)
	var total int64
	about := ""
	for _, p := range missing {
		if total += store.Size(p); p.Bytes == 0 {
			about = "≈ "
		}
		host := net.MirrorName()
		if u, err := url.Parse(p.URL); host == "" && err == nil {
			host = u.Host
		}
		printable.Fprintf(t, "%s\t%s\tlicence %s\tfrom %s\n", p.Name, publishedSize(p), p.Licence, host)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	sum := about + megabytes(total)
	in, ok := cmd.InOrStdin().(*os.File)
	if yes || !ok || !isTerminal(in) {
		printable.Fprintf(m, "scalecam: getting %s (%s) into %s\n", networksCount(len(missing)), sum, s.Folder)
		return nil
	}
	printable.Fprintf(m, "Get %s (%s) into %s? [y/N] ", networksCount(len(missing)), sum, s.Folder)
	answer, err := soon(cmd.Context(), func() (string, error) { return bufio.NewReader(in).ReadString('\n') })
	if cmd.Context().Err() != nil {
		return cmd.Context().Err()
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); err != nil && a == "" || a != "y" && a != "yes" {
		return errors.New("nothing was got")
	}
	return nil
}

func networksCount(n int) string {
	if n == 1 {
		return "1 network"
	}
	return fmt.Sprintf("%d networks", n)
}

// networkProgress tells how far networks are: on a terminal in a line that is written
// over, and each that is there in a line of its own.
type networkProgress struct {
	p     *printer
	store *store.Store
	count int
	each  map[string]store.Progress
	begun time.Time
	first map[string]int64  // bytes that were there when it was first told of
	told  map[string]string // what went wrong last
	ready int
	last  time.Time
}

func newNetworkProgress(p *printer, s *store.Store, count int) *networkProgress {
	return &networkProgress{p: p, store: s, count: count, each: map[string]store.Progress{}, first: map[string]int64{}, told: map[string]string{}, begun: time.Now()}
}

// tellHeld says why nothing seems to happen.
func tellHeld(p *printer, name string) {
	printable.Fprintf(p, "scalecam: %s: another program is adding it; waiting until that is done\n", name)
}

func (t *networkProgress) report(p store.Progress) {
	before := t.each[p.Name]
	if p.Total == 0 {
		p.Total = before.Total
	}
	t.each[p.Name] = p
	if _, known := t.first[p.Name]; !known && p.Stage == store.Getting {
		t.first[p.Name] = p.Done
	}
	switch {
	case p.Stage == store.Added || p.Stage == store.Here:
		t.ready++
		t.end()
		t.added(p)
	case p.Stage == store.Held:
		if before.Stage != store.Held {
			t.end()
			tellHeld(t.p, p.Name)
		}
	case p.Stage == store.Pausing:
		if text := p.Err.Error(); t.told[p.Name] != text { // not again and again
			t.told[p.Name] = text
			t.end()
			printable.Fprintf(t.p, "scalecam: %s: %s; asking again\n", p.Name, text)
		}
	case p.Stage == store.Checking && p.Total > 64<<20:
		t.line("%s: checking it", p.Name)
	case p.Stage == store.Getting:
		t.rate()
	}
}

// added says of a network that it is there, and how far that it is the right one is
// known.
func (t *networkProgress) added(p store.Progress) {
	k := t.store.Find(p.Name)
	if k == nil {
		return
	}
	how := "held to its published checksum"
	switch k.Trust {
	case store.Prefix:
		how = "held to the first digits of its checksum, which are published"
	case store.FirstUse:
		how = "no checksum is published: from now on it is held to its SHA-256, " + k.SHA256
	}
	printable.Fprintf(t.p, "scalecam: %s is here: %s; %s\n", p.Name, megabytes(k.Bytes), how)
}

// rate says how much has come, how fast, and when the rest will have.
func (t *networkProgress) rate() {
	var done, total, come int64
	known := true
	for name, p := range t.each {
		switch p.Stage {
		case store.Waiting, store.Held, store.Failed:
			p.Done = 0
		case store.Checking:
			p.Done = p.Total
		}
		done, total = done+p.Done, total+p.Total
		known = known && p.Total > 0
		if p.Done > 0 && p.Stage != store.Here {
			come += p.Done - t.first[name]
		}
	}
	rate := float64(come) / max(time.Since(t.begun).Seconds(), 0.001)
	text := fmt.Sprintf("%d of %d networks; %s", t.ready, t.count, megabytes(done))
	if known {
		text += " of " + megabytes(total)
	}
	text += fmt.Sprintf(", %.1f MB a second", rate/1e6)
	if known && rate > 0 && total > done {
		text += fmt.Sprintf(", %v left", time.Duration(float64(total-done)/rate*float64(time.Second)).Round(time.Second))
	}
	t.line("%s", text)
}

func (t *networkProgress) line(format string, args ...any) {
	const often = 100 * time.Millisecond
	if now := time.Now(); t.p.isTerminal() && now.Sub(t.last) >= often {
		t.last = now
		t.p.rewrite(format, args...)
	}
}

// end clears the line.
func (t *networkProgress) end() {
	if t.p.isTerminal() {
		t.p.rewrite("")
	}
}

func networksRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME|SERIES…",
		Short: "Remove networks that are here, or all of a series",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("name networks to remove; scalecam networks list names those that are here")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := store.User()
			if err != nil {
				return err
			}
			there, err := s.Names()
			if err != nil {
				return err
			}
			for _, name := range args {
				removed := []string{name}
				if series := assets.PublishedNetworks().LookupSeries(name); series != nil {
					removed = slices.DeleteFunc(slices.Clone(series.Members), func(m string) bool { return !slices.Contains(there, m) })
					if len(removed) == 0 {
						return fmt.Errorf("networks: nothing of %s is here; scalecam networks list says what is", name)
					}
				}
				for _, name := range removed {
					if err := s.Remove(name); err != nil {
						return err
					}
					printable.Fprintf(messages(cmd), "scalecam: removed %s\n", name)
				}
			}
			return nil
		},
	}
}

// verified is a line of networks verify --json.
type verified struct {
	Name   string      `json:"name"`
	OK     bool        `json:"ok"`
	SHA256 string      `json:"sha256,omitempty"`
	Trust  store.Trust `json:"trust,omitempty"`
	Part   int64       `json:"part,omitempty"`
	Error  string      `json:"error,omitempty"`
}

func networksVerify() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify [NAME…]",
		Short: "Read networks through and hold them to their checksums: all that are here, or those named",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := store.User()
			if err != nil {
				return err
			}
			m := messages(cmd)
			all, err := s.Verify(cmd.Context(), args, func(name string, done, total int64) {
				if m.isTerminal() {
					m.rewrite("%s: %s of %s", name, megabytes(done), megabytes(total))
				}
			})
			if m.isTerminal() {
				m.rewrite("")
			}
			if err != nil {
				return err
			}
			bad := 0
			lines := []verified{}
			for _, v := range all {
				line := verified{Name: v.Name, OK: v.Err == nil, SHA256: v.SHA256, Trust: v.Trust, Part: v.Part}
				if v.Err != nil {
					bad++
					line.Error = v.Err.Error()
				}
				lines = append(lines, line)
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), lines)
			} else {
				err = printVerified(cmd.OutOrStdout(), lines)
			}
			if err == nil && bad > 0 {
				err = fmt.Errorf("networks: %d of %d are not as they should be", bad, len(all))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printVerified(w io.Writer, lines []verified) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range lines {
		switch {
		case !v.OK:
			printable.Fprintf(t, "%s\tBAD\t%s\n", v.Name, v.Error)
		case v.Part > 0:
			printable.Fprintf(t, "%s\tnot whole yet\ta part of %s\n", v.Name, megabytes(v.Part))
		default:
			printable.Fprintf(t, "%s\tright\tSHA-256 %s\n", v.Name, v.SHA256)
		}
	}
	return t.Flush()
}

func networksImport() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE|FOLDER…",
		Short: "Bring networks from a stick or another folder into the store, and tell what they are",
		Long: `Copy weights files, or those in folders, into the store. One that is published is known
by its checksum and gets its name; any other that scalecam reads is told by what it
holds, and kept under its file's name.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("name a file or a folder to import")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := store.User()
			if err != nil {
				return err
			}
			stopped := errors.New("interrupted; what was imported before is in the store")
			var failed []error
			files := 0
			for _, path := range args {
				found, err := models.FindImports(cmd.Context(), s, path)
				if cmd.Context().Err() != nil {
					return stopped
				}
				if err != nil {
					files++
					failed = append(failed, err)
				}
				files += len(found)
				for i := range found {
					if err := importOne(cmd, s, &found[i]); err != nil {
						if cmd.Context().Err() != nil {
							return stopped
						}
						failed = append(failed, err)
					}
				}
			}
			return eachOf(cmd, errors.Join(failed...), files, "imported")
		},
	}
}

// importOne imports a file and says what it is.
func importOne(cmd *cobra.Command, s *store.Store, f *models.Found) error {
	already, held := false, false
	err := f.Import(cmd.Context(), s, func(p store.Progress) {
		already = already || p.Stage == store.Here
		if p.Stage == store.Held && !held {
			held = true
			tellHeld(messages(cmd), f.Name)
		}
	})
	if err != nil {
		return err
	}
	n, what := f.Network, "not a published file"
	if p := f.Published; p != nil {
		what = "published by " + p.Source + " as " + p.File()
	}
	state := "imported"
	if already {
		state = "here already"
	}
	printable.Fprintf(cmd.OutOrStdout(), "%s: %s as %s: %s, depth %v, width %v, at %v, %s parameters; %s\n", f.Path, state, f.Name,
		n.Architecture.Title, n.Scaling.Depth, n.Scaling.Width, n.Scaling.Resolution, compare.FormatCount(n.Parameters()), what)
	return nil
}

func networksPath() *cobra.Command {
	return &cobra.Command{
		Use:   "path [NAME]",
		Short: "Print the folder of the store, or a network's file",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return wrong("%d names; name one network", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := store.User()
			if err != nil {
				return err
			}
			path := s.Folder
			if len(args) == 1 {
				k := s.Find(args[0])
				if k == nil {
					return fmt.Errorf("networks: %s is not here; scalecam networks add %s", args[0], args[0])
				}
				path = k.Path
			}
			printable.Fprintf(cmd.OutOrStdout(), "%s\n", path)
			return nil
		},
	}
}
