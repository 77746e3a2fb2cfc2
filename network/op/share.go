package op

import (
	G "gorgonia.org/gorgonia"

	"scalecam/network/kernel"
)

// ShareRooms lets the results of a graph's operators lie in as few and small rooms as
// their readers allow, which thus stay near: of a graph for training, the gradients.
// A room is used again by an operator that comes after all who read what lay in it,
// because it needs their results. The graph must be differentiated, and not compiled
// yet; what nobody reads, or an operator that is not of this package, stays. It also lets
// an operator know that it alone reads what it could overwrite.
func ShareRooms(graph *G.ExprGraph) {
	nodes := graph.AllNodes()
	at := map[int64]int{}
	for i, n := range nodes {
		at[n.ID()] = i
	}
	readers := make([][]int, len(nodes))
	foreign := make([]bool, len(nodes)) // read by an operator of others
	for i, n := range nodes {
		o, ok := n.Op().(*operator)
		for operands := graph.From(n.ID()); operands.Next(); {
			from := at[operands.Node().ID()]
			switch {
			case !ok:
				foreign[from] = true
			case !o.unread:
				readers[from] = append(readers[from], i)
			}
		}
	}
	for i, n := range nodes {
		if o, ok := n.Op().(*operator); ok && o.spends > 0 {
			operands := graph.From(n.ID())
			for range o.spends {
				operands.Next()
			}
			from := at[operands.Node().ID()]
			_, ours := nodes[from].Op().(*operator)
			o.alone = ours && !foreign[from] && len(readers[from]) == 1 && readers[from][0] == i
		}
	}
	before := make([][]uint64, len(nodes)) // the nodes that each needs, a bit each
	var need func(i int) []uint64
	need = func(i int) []uint64 {
		if before[i] == nil {
			set := make([]uint64, (len(nodes)+63)/64)
			for operands := graph.From(nodes[i].ID()); operands.Next(); {
				from := at[operands.Node().ID()]
				for w, bits := range need(from) {
					set[w] |= bits
				}
				set[from/64] |= 1 << (from % 64)
			}
			before[i] = set
		}
		return before[i]
	}
	type room struct {
		size  int
		last  int // who lies there last
		whose []*operator
	}
	var rooms []*room
	// In the order in which they were made, in which each comes after what it needs.
	for i := range nodes {
		o, ok := nodes[i].Op().(*operator)
		if !ok || o.room != nil || foreign[i] || len(readers[i]) == 0 {
			continue
		}
		free := func(r *room) bool {
			for _, reader := range readers[r.last] {
				if need(i)[reader/64]&(1<<(reader%64)) == 0 {
					return false
				}
			}
			return true
		}
		size := o.shape.TotalSize()
		var best *room
		for _, r := range rooms {
			if free(r) && (best == nil || max(size-r.size, 0) < max(size-best.size, 0) || size <= r.size && r.size < best.size) {
				best = r
			}
		}
		if best == nil {
			best = &room{}
			rooms = append(rooms, best)
		}
		best.size, best.last, best.whose = max(best.size, size), i, append(best.whose, o)
	}
	for _, r := range rooms {
		data := kernel.Room(r.size)
		for _, o := range r.whose {
			o.settle(data)
		}
	}
}
