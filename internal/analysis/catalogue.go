package analysis

import (
	"math/bits"

	"shopwatch/internal/market"
)

// Shelf is the readings of a whole catalogue at one moment, a row per series.
// Two shelves of a shop number their series alike; the later may have more.
// What the bitmaps mark is not known, whatever stands in the column.
type Shelf struct {
	Price, Rival, Stock       []int32 // of one length; money in minor units
	NoPrice, NoRival, NoStock market.Bits
}

// CatalogueRule says which changes of a shelf count, in basis points.
type CatalogueRule struct {
	Price    int64 // 500: our price has moved by at least 5 %
	Undercut int64 // 8500: the rival asks at most 85 % of our price
	// Mass is the share of the known rows from which on a change is taken for a
	// fault of the data until a second reading agrees; fewer than MassRows are
	// never a mass.
	Mass     int64
	MassRows int
}

// DefaultCatalogueRule suits catalogues of any size.
func DefaultCatalogueRule() CatalogueRule {
	return CatalogueRule{Price: 500, Undercut: 8500, Mass: 2000, MassRows: 50}
}

// Moves is what changed between two shelves: rows in ascending order.
type Moves struct {
	Prices    []uint32 // our price moved
	StockOuts []uint32 // had stock, has none
	Restocks  []uint32 // had none, has stock
	Undercuts []uint32 // the rival has come down to the rule's share of our price, and was not there before
	// Mass says that so many rows changed alike that the data are to be doubted.
	Mass bool
}

// CatalogueMoves compares a shelf with the one before. What is not known on
// either side never counts as a change: an absent row is no empty shelf. It
// reads six columns once and looks closer only where one of them has changed.
func CatalogueMoves(r CatalogueRule, cur, prev Shelf) Moves {
	n := min(len(cur.Price), len(prev.Price))
	p, q := cur.Price[:n], prev.Price[:n]
	c, d := cur.Rival[:n], prev.Rival[:n]
	s, t := cur.Stock[:n], prev.Stock[:n]
	var m Moves
	for i := range p {
		if (p[i]^q[i])|(c[i]^d[i])|(s[i]^t[i]) != 0 {
			m.look(r, &cur, &prev, i)
		}
	}
	m.Mass = r.mass(len(m.Prices), n, cur.NoPrice) || r.mass(len(m.StockOuts), n, cur.NoStock) ||
		r.mass(len(m.Restocks), n, cur.NoStock) || r.mass(len(m.Undercuts), n, cur.NoRival)
	return m
}

// look judges one row in which something changed.
func (m *Moves) look(r CatalogueRule, cur, prev *Shelf, i int) {
	row := uint32(i)
	if now, before := cur.Stock[i], prev.Stock[i]; (now > 0) != (before > 0) && !cur.NoStock.Get(i) && !prev.NoStock.Get(i) {
		if now > 0 {
			m.Restocks = append(m.Restocks, row)
		} else {
			m.StockOuts = append(m.StockOuts, row)
		}
	}
	if now, before := int64(cur.Price[i]), int64(prev.Price[i]); now != before && before > 0 && !cur.NoPrice.Get(i) && !prev.NoPrice.Get(i) {
		if moved := max(now-before, before-now); moved*10000 >= before*r.Price {
			m.Prices = append(m.Prices, row)
		}
	}
	if cur.Rival[i] < prev.Rival[i] && !prev.NoRival.Get(i) && !prev.undercut(r, i) && cur.undercut(r, i) {
		m.Undercuts = append(m.Undercuts, row)
	}
}

// undercut reports whether the rival of row i asks at most the rule's share of
// our price.
func (s *Shelf) undercut(r CatalogueRule, i int) bool {
	return s.Price[i] > 0 && s.Rival[i] > 0 && !s.NoPrice.Get(i) && !s.NoRival.Get(i) &&
		int64(s.Rival[i])*10000 <= int64(s.Price[i])*r.Undercut
}

// Undercut reports whether a rival undercuts us in row i; known is false when
// either price is not known.
func (s *Shelf) Undercut(r CatalogueRule, i int) (under, known bool) {
	if i >= len(s.Price) || s.NoPrice.Get(i) || s.NoRival.Get(i) {
		return false, false
	}
	return s.undercut(r, i), true
}

// Out reports whether row i is out of stock; known is false when its stock is
// not known.
func (s *Shelf) Out(i int) (out, known bool) {
	if i >= len(s.Stock) || s.NoStock.Get(i) {
		return false, false
	}
	return s.Stock[i] <= 0, true
}

// mass reports whether so many of n rows are too many.
func (r CatalogueRule) mass(changed, n int, unknown market.Bits) bool {
	for i := range unknown {
		n -= bits.OnesCount64(unknown[i])
	}
	return changed >= r.MassRows && int64(changed)*10000 > int64(n)*r.Mass
}
