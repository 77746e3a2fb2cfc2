package teach

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/wording"
)

// Text is what the note says; network and class give their names as they are to be read.
func (r *Report) Text(in *wording.Speaker, n Note, network, class func(name string) string) string {
	var names []string
	for _, c := range n.Classes {
		names = append(names, class(r.Classes[c].Name))
	}
	for _, j := range n.Networks {
		names = append(names, network(r.Networks[j].Name))
	}
	if len(names) == 0 {
		return in.Say("taught.note." + n.Key)
	}
	return in.Say("taught.note."+n.Key, strings.Join(names, ", "))
}

// notes are what there is to beware of.
func (r *Report) notes(f *Folds) []Note {
	var all []Note
	switch {
	case r.LeftOut == 0:
		all = append(all, Note{Key: "untold"})
	case r.Groups <= fewGroups:
		all = append(all, Note{Key: "few"})
	}
	if len(f.Single) > 0 && r.LeftOut > 0 {
		all = append(all, Note{Key: "single", Classes: f.Single})
	}
	if len(f.Bursts) > 0 {
		all = append(all, Note{Key: "burst", Classes: f.Bursts})
	}
	var poor []int
	for j, n := range r.Networks {
		if n.AccuracyInterval != nil && n.AccuracyInterval[0] <= r.Largest {
			poor = append(poor, j)
		}
	}
	if len(poor) > 0 {
		all = append(all, Note{Key: "largest", Networks: poor})
	}
	var told []int
	for c := range r.Classes {
		looked, ground := 0, 0
		for _, n := range r.Networks {
			if n.Looks == nil || n.Looks[c].Grounds == nil {
				continue
			}
			if looked++; n.Looks[c].Grounds.Told() {
				ground++
			}
		}
		if 2*ground > looked {
			told = append(told, c)
		}
	}
	if len(told) > 0 {
		all = append(all, Note{Key: "ground", Classes: told})
	}
	return all
}

// JSON is the report as data.
func (r *Report) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, fault.Errorf("teach: %w", err)
	}
	return append(data, '\n'), nil
}

// How much of long lists the text has; the data have all.
const (
	mostListed  = 30 // pictures
	mostNamed   = 8  // pictures behind a number
	mostColumns = 12 // classes that a table has columns for
)

// Markdown is the report as text, in a language.
func (r *Report) Markdown(in *wording.Speaker) []byte {
	w := new(bytes.Buffer)
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	paragraph := func(text string) { line("%s\n", text) }
	table := func(head []string, rows [][]string) {
		line("| %s |", strings.Join(head, " | "))
		line("|%s", strings.Repeat("---|", len(head)))
		for _, row := range rows {
			line("| %s |", strings.Join(row, " | "))
		}
		line("")
	}
	line("%s\n", Title(in))
	largest := slices.IndexFunc(r.Classes, func(c ReportedClass) bool {
		return c.Pictures == slices.MaxFunc(r.Classes, func(a, b ReportedClass) int { return a.Pictures - b.Pictures }).Pictures
	})
	paragraph(in.Say("taught.about", len(r.Pictures), len(r.Classes), r.LeftOut, r.Folds, r.Groups))
	for _, n := range r.Notes {
		line("- %s", r.Text(in, n, plain, plain))
	}
	if len(r.Notes) > 0 {
		line("")
	}
	network, class, answers, pictures := in.Say("taught.network"), in.Say("taught.class"), in.Say("taught.right"), in.Say("taught.pictures")
	between, sure := in.Say("taught.interval"), in.Say("taught.sure")

	if r.LeftOut > 0 {
		line("## %s\n", in.Say("taught.how often"))
		var rows [][]string
		for _, n := range r.Networks {
			rows = append(rows, []string{plain(n.Name), percent(n.Accuracy), interval(n.AccuracyInterval), percent(n.Recall), percent(n.Confidence), percent(n.ConfidenceRaw), fmt.Sprintf("%.3f", n.Loss), fmt.Sprintf("%.3g", n.Strength)})
		}
		rows = append(rows, []string{in.Say("taught.always", plain(r.Classes[largest].Name)), percent(r.Largest), "", percent(1 / float64(len(r.Classes))), "", "", "", ""})
		table([]string{network, answers, between, in.Say("taught.recall"), sure, in.Say("taught.raw"), in.Say("taught.loss"), in.Say("taught.strength")}, rows)

		for _, n := range r.Networks {
			if m := n.Moved; m != nil {
				line("- %s", in.Say("taught.moved", plain(n.Name), m.From, percent(m.Accuracy), percent(m.Confidence), percent(n.Accuracy), percent(n.Confidence)))
			}
		}
		line("")

		line("## %s\n", in.Say("taught.confusion"))
		var right []string
		for j, n := range r.Networks {
			mistakes := r.mistakes(j)
			if len(mistakes) == 0 {
				right = append(right, plain(n.Name))
				continue
			}
			line("### %s\n", plain(n.Name))
			if len(r.Classes) <= mostColumns {
				head, rows := []string{in.Say("taught.corner")}, [][]string(nil)
				for c, class := range r.Classes {
					head = append(head, plain(class.Name))
					row := []string{plain(class.Name)}
					for _, v := range n.Confusion[c] {
						row = append(row, strconv.Itoa(v))
					}
					rows = append(rows, row)
				}
				table(head, rows)
			}
			for _, at := range mistakes {
				pictures := r.Confused(j, at[0], at[1])
				var names []string
				for _, i := range pictures[:min(len(pictures), mostNamed)] {
					names = append(names, r.picture(i))
				}
				if more := len(pictures) - len(names); more > 0 {
					names = append(names, in.Say("taught.more", more))
				}
				line("- %s", in.Say("taught.mistake", plain(r.Classes[at[0]].Name), plain(r.Classes[at[1]].Name), len(pictures), strings.Join(names, ", ")))
			}
			line("")
		}
		if len(right) > 0 {
			paragraph(in.Say("taught.all right", strings.Join(right, ", ")))
		}
	}

	if slices.ContainsFunc(r.Networks, func(n ReportedNetwork) bool { return n.Held != nil }) {
		line("## %s\n", in.Say("taught.held"))
		var rows [][]string
		for _, n := range r.Networks {
			if h := n.Held; h != nil {
				rows = append(rows, []string{plain(n.Name), strconv.Itoa(h.Pictures), percent(h.Accuracy), interval(h.AccuracyInterval), percent(h.Confidence)})
			}
		}
		table([]string{network, pictures, answers, between, sure}, rows)
	}

	if len(r.Hurting) > 0 {
		line("## %s\n", in.Say("taught.hurting"))
		paragraph(in.Say("taught.hurting.about"))
		var rows [][]string
		for _, h := range r.Hurting[:min(len(r.Hurting), mostListed)] {
			row := []string{r.picture(h.Picture), plain(r.Classes[r.Pictures[h.Picture].Class].Name), in.Say("taught.wrong.of", h.Wrong, len(r.Networks)), fmt.Sprintf("%.2f", h.Loss), "", ""}
			if h.Suspected != nil {
				row[4] = plain(r.Classes[*h.Suspected].Name)
			}
			if h.Twin != nil {
				row[5] = r.picture(h.Twin.Picture)
			}
			rows = append(rows, row)
		}
		table([]string{in.Say("taught.picture"), class, in.Say("taught.wrong"), in.Say("taught.loss"), in.Say("taught.seems"), in.Say("taught.twin")}, rows)
		if more := len(r.Hurting) - mostListed; more > 0 {
			paragraph(in.Say("taught.more in", more, "pictures.csv"))
		}
	}

	if slices.ContainsFunc(r.Networks, func(n ReportedNetwork) bool { return n.Looks != nil }) {
		line("## %s\n", in.Say("taught.looks"))
		paragraph(in.Say("taught.looks.about"))
		head, rows := []string{class}, [][]string(nil)
		for _, n := range r.Networks {
			head = append(head, plain(n.Name)+", %")
		}
		for c, class := range r.Classes {
			row := []string{plain(class.Name)}
			for _, n := range r.Networks {
				cell := "–"
				if n.Looks != nil && n.Looks[c].Pictures > 0 {
					cell = fmt.Sprintf("%.0f", 100*n.Looks[c].Outer)
					if g := n.Looks[c].Grounds; g != nil {
						cell += fmt.Sprintf(" (%.2f, %.2f)", g.Same, g.Others)
					}
				}
				row = append(row, cell)
			}
			rows = append(rows, row)
		}
		table(head, rows)
	}

	if len(r.Pairs) > 0 && r.LeftOut > 0 {
		line("## %s\n", in.Say("taught.differ"))
		if len(r.Differ) == 0 {
			line("%s", in.Say("taught.agree"))
			return w.Bytes()
		}
		var rows [][]string
		for _, p := range r.Pairs {
			rows = append(rows, []string{plain(r.Networks[p.A].Name), plain(r.Networks[p.B].Name), percent(p.Same), percent(p.AOnly), percent(p.BOnly)})
		}
		table([]string{"A", "B", in.Say("taught.same"), in.Say("taught.only", "A"), in.Say("taught.only", "B")}, rows)
		head, rows := []string{in.Say("taught.picture"), class}, [][]string(nil)
		for _, n := range r.Networks {
			head = append(head, plain(n.Name))
		}
		for _, d := range r.Differ[:min(len(r.Differ), mostListed)] {
			row := []string{r.picture(d.Picture), plain(r.Classes[r.Pictures[d.Picture].Class].Name)}
			for _, n := range r.Networks {
				a := n.Answers[d.Picture]
				row = append(row, fmt.Sprintf("%s, %.0f %%", plain(r.Classes[a.Class].Name), 100*a.Probability))
			}
			rows = append(rows, row)
		}
		table(head, rows)
	}
	return w.Bytes()
}

// Title is the line that the report's text begins with, in a language.
func Title(in *wording.Speaker) string { return "# " + in.Say("taught.title") }

// mistakes are a network's wrong answers, as class and answer, the most frequent first.
func (r *Report) mistakes(j int) (all [][2]int) {
	for c, row := range r.Networks[j].Confusion {
		for answer, n := range row {
			if c != answer && n > 0 {
				all = append(all, [2]int{c, answer})
			}
		}
	}
	count := func(at [2]int) int { return r.Networks[j].Confusion[at[0]][at[1]] }
	slices.SortStableFunc(all, func(a, b [2]int) int { return count(b) - count(a) })
	return all[:min(len(all), mostListed)]
}

// picture is a picture's path in text.
func (r *Report) picture(i int) string { return plain(r.Pictures[i].Path) }

// plain has a name stand in Markdown as it is.
func plain(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune("\\`*_{}[]<>#|~&$", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func percent(share float64) string { return fmt.Sprintf("%.1f", 100*share) }

func interval(i *[2]float64) string {
	if i == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f–%.1f", 100*i[0], 100*i[1])
}

// Tables are the report as a spreadsheet reads it, by file name: each picture with what
// the networks answer, the confusion matrices without their zeros, and where networks
// look.
func (r *Report) Tables() (map[string][]byte, error) {
	exact := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	pictures := [][]string{{"path", "class", "fold", "rank_of_hurting", "loss", "suspected", "nearly_the_same", "cosine"}}
	confusion := [][]string{{"network", "class", "answer", "pictures"}}
	looks := [][]string{{"network", "class", "pictures", "outer", "outer_low", "outer_high", "outer_of_others", "right", "right_by_border_alone", "grounds_same", "grounds_others"}}
	for _, n := range r.Networks {
		pictures[0] = append(pictures[0], n.Name+"_answer", n.Name+"_probability", n.Name+"_right")
		for c, row := range n.Confusion {
			for answer, count := range row {
				if count > 0 {
					confusion = append(confusion, []string{n.Name, r.Classes[c].Name, r.Classes[answer].Name, strconv.Itoa(count)})
				}
			}
		}
		for c, l := range n.Looks {
			row := []string{n.Name, r.Classes[c].Name, strconv.Itoa(l.Pictures), exact(l.Outer), "", "", "", exact(l.Right), exact(l.Border), "", ""}
			if l.OuterInterval != nil {
				row[4], row[5] = exact(l.OuterInterval[0]), exact(l.OuterInterval[1])
			}
			if l.Beside != nil {
				row[6] = exact(*l.Beside)
			}
			if g := l.Grounds; g != nil {
				row[9], row[10] = exact(g.Same), exact(g.Others)
			}
			looks = append(looks, row)
		}
	}
	rank := make([]int, len(r.Pictures)) // in Hurting, from 1 on
	for i, h := range r.Hurting {
		rank[h.Picture] = i + 1
	}
	for i, p := range r.Pictures {
		row := []string{p.Path, r.Classes[p.Class].Name, strconv.Itoa(p.Fold), "", "", "", "", ""}
		if rank[i] > 0 {
			h := r.Hurting[rank[i]-1]
			row[3], row[4] = strconv.Itoa(rank[i]), exact(h.Loss)
			if h.Suspected != nil {
				row[5] = r.Classes[*h.Suspected].Name
			}
			if h.Twin != nil {
				row[6], row[7] = r.Pictures[h.Twin.Picture].Path, exact(h.Twin.Cosine)
			}
		}
		for _, n := range r.Networks {
			if a := n.Answers[i]; a.Class >= 0 {
				row = append(row, r.Classes[a.Class].Name, exact(a.Probability), exact(a.Right))
			} else {
				row = append(row, "", "", "")
			}
		}
		pictures = append(pictures, row)
	}
	files := map[string][]byte{}
	for name, rows := range map[string][][]string{"pictures.csv": pictures, "confusion.csv": confusion, "looks.csv": looks} {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			return nil, fault.Errorf("teach: %w", err)
		}
		files[name] = b.Bytes()
	}
	return files, nil
}

// Files are the report in a folder: report.md, in a language, report.json and the tables.
func (r *Report) Files(dir string, in *wording.Speaker) ([]file.File, error) {
	files, err := r.Tables()
	if err != nil {
		return nil, err
	}
	if files["report.json"], err = r.JSON(); err != nil {
		return nil, err
	}
	files["report.md"] = r.Markdown(in)
	var all []file.File
	for name, data := range files {
		all = append(all, file.File{Path: filepath.Join(dir, name), Data: data})
	}
	slices.SortFunc(all, func(a, b file.File) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}
