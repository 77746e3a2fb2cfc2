package webpage

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"scalecam/compare"
	"scalecam/network"
)

// mostClasses bounds the classes to choose from in a row: more fill no list.
const mostClasses = 32

// choices are the comparisons of a row alone, one for each class to choose from: the
// one that it explains first.
func (p *Page) choices(ctx context.Context, c *compare.Comparison, row int) ([]*compare.Comparison, error) {
	first := *c
	first.Rows = c.Rows[row : row+1]
	all := []*compare.Comparison{&first}
	add := func(class string, of func(one *compare.Comparison) bool) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		one, err := c.Explaining(ctx, row, class)
		if err != nil {
			return err
		}
		if of(one) && !slices.ContainsFunc(all, func(other *compare.Comparison) bool { return explains(one) == explains(other) }) {
			all = append(all, one)
		}
		return nil
	}
	for _, class := range p.also {
		if err := add(class, func(*compare.Comparison) bool { return true }); err != nil {
			return nil, err
		}
	}
	if p.also != nil || !free(c) {
		return all, nil
	}
	for place := range len(c.Rows[row].Cells[0].Top) {
		for j, m := range c.Models {
			top := c.Rows[row].Cells[j].Top
			if place >= len(top) || len(all) == mostClasses {
				continue
			}
			index := top[place].Class
			name := m.Classes[index]
			if len(m.ClassesNamed(name)) > 1 {
				name = strconv.Itoa(index)
			}
			// A class that cannot be told by its name, or that others are held
			// against, is none to choose.
			_ = add(name, func(one *compare.Comparison) bool { return one.Rows[0].Cells[j].Class == index })
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// free tells that the map of another class takes no run of any network, and is another.
func free(c *compare.Comparison) bool {
	return !c.By.Uses().Classless() && !slices.ContainsFunc(c.Models, func(m *network.Model) bool { return c.By.Runs(m) > 0 })
}

// explains tells apart what choices of a row explain.
func explains(c *compare.Comparison) string {
	var classes []int
	for _, cell := range c.Rows[0].Cells {
		classes = append(classes, cell.Class)
	}
	return fmt.Sprint(c.Rows[0].Own, classes)
}
