package scenes

func bird(p *pen)     { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func cat(p *pen)      { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func dog(p *pen)      { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func fish(p *pen)     { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func flower(p *pen)   { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func key(p *pen)      { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func mushroom(p *pen) { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func tree(p *pen)     { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
func umbrella(p *pen) { p.fill(disc(0, 0, 1), of(rgb{1, 0, 0})) }
