package cli

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"scalecam/compare/evaluate"
	"scalecam/network/mistakes"
	"scalecam/printable"
)

// printMistakes writes mistakes for people, so many at most of each list.
func printMistakes(w io.Writer, m *evaluate.Mistakes, most int) error {
	printable.Fprintf(w, "%s\n", m.Data)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	class := func(c int) string { return m.Classes[c] }
	// list writes a table of the first of so many; row gives its cells.
	list := func(title, head string, n int, row func(i int) string) error {
		if n == 0 {
			return nil
		}
		printable.Fprintf(w, "\n%s", title)
		if n > most {
			printable.Fprintf(w, " (%d of %d)", most, n)
		}
		fmt.Fprintln(w)
		fmt.Fprintln(t, head)
		for i := range min(n, most) {
			fmt.Fprintln(t, row(i))
		}
		return t.Flush()
	}
	cells := printable.Sprintf
	for j, name := range m.Networks {
		wrong := m.Wrong(j)
		printable.Fprintf(w, "\n%s: %d of %d wrong (%.1f%%)\n", name, len(wrong), len(m.Seen), 100*float64(len(wrong))/float64(len(m.Seen)))
		confused := m.Confused(j)
		if err := list("taken for another most often", "pictures\tshown\tanswered", len(confused), func(i int) string {
			c := confused[i]
			return cells("%d\t%s\t%s", c.Count, class(c.Class), class(c.Answer))
		}); err != nil {
			return err
		}
		if err := list("wrong, the surest first", "sure\tshown\tat\tanswered\tpicture", len(wrong), func(i int) string {
			a := m.Of(j, wrong[i])
			return cells("%.1f%%\t%s\t%.1f%%\t%s\t%s", 100*a.Probability, class(m.Seen[wrong[i]].Class), 100*a.Right, class(a.Class), m.Names[wrong[i]])
		}); err != nil {
			return err
		}
	}
	for _, p := range m.Pairs() {
		if p.A > 0 { // --json has all of them
			continue
		}
		one, other := m.Networks[p.A], m.Networks[p.B]
		printable.Fprintf(w, "\n%s and %s: the same answer to %.1f%%; %s alone is right of %.1f%%, %s alone of %.1f%%\n", one, other, 100*p.Same, one, 100*p.AOnly, other, 100*p.BOnly)
		at, apart, byMap, changed := mistakes.PairAt(p.A, p.B), m.Apart(p.A, p.B), m.ByMap(p.A, p.B), m.Changed(p.A, p.B)
		if err := list("they answer differently, most apart first", "nats\tshown\tthe one\tthe other\tpicture", len(apart), func(i int) string {
			s := m.Seen[apart[i]]
			a, b := s.Answers[p.A], s.Answers[p.B]
			return cells("%.2f\t%s\t%s %.0f%%\t%s %.0f%%\t%s", s.Pairs[at], class(s.Class), class(a.Class), 100*a.Probability, class(b.Class), 100*b.Probability, m.Names[apart[i]])
		}); err != nil {
			return err
		}
		if err := list("they look at other places for the class shown, the least alike first", "rank corr.\tIoU\tshown\tpicture", len(byMap), func(i int) string {
			how := m.Maps[byMap[i]][at]
			return cells("%.2f\t%.2f\t%s\t%s", how.RankCorrelation, how.TopIoU, class(m.Seen[byMap[i]].Class), m.Names[byMap[i]])
		}); err != nil {
			return err
		}
		if err := list("how probable the class shown is, the largest changes first", "change\tfrom\tto\tshown\tpicture", len(changed), func(i int) string {
			k := changed[i]
			change := 100 * m.Change(p.A, p.B, k)
			sign := "+"
			if change < 0 {
				sign = "−"
			}
			return cells("%s%.1f\t%.1f%%\t%.1f%%\t%s\t%s", sign, math.Abs(change), 100*m.Of(p.A, k).Right, 100*m.Of(p.B, k).Right, class(m.Seen[k].Class), m.Names[k])
		}); err != nil {
			return err
		}
	}
	pictures, seems := m.Suspected()
	return list("labels that look wrong", "shown\tseems\tpicture", len(pictures), func(i int) string {
		return cells("%s\t%s\t%s", class(m.Seen[pictures[i]].Class), class(seems[pictures[i]]), m.Names[pictures[i]])
	})
}

// writeCSV writes mistakes as a table with commas.
func writeCSV(w io.Writer, m *evaluate.Mistakes) error {
	data, err := m.CSV()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
