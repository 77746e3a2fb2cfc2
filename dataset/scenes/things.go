package scenes

func bicycle(p *pen)  { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func boat(p *pen)     { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func car(p *pen)      { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func clock(p *pen)    { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func compass(p *pen)  { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func cup(p *pen)      { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func house(p *pen)    { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func taxi(p *pen)     { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func windmill(p *pen) { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
