package gate

import (
	"math/bits"
	"time"

	"shopwatch/internal/market"
)

// Reading is a column of a bulk listing beside that of the listing before. Rows
// are series, numbered alike on both sides; the later side may have more. What
// the bitmaps mark is not known, whatever stands in the column.
type Reading struct {
	// Table is whose figure it is: the stock of market.Inventory, or the price
	// of market.OwnPrices or market.RivalOffers in minor units.
	Table         *market.Table
	Now, Before   []int32
	NoNow, NoThen market.Bits
}

// Listing is a whole bulk listing with what it is judged by.
type Listing struct {
	// Slot is the step of the panel that it fills, and Newest the last step that
	// is filled; zero when none is.
	Slot, Newest time.Time
	Readings     []Reading // none when there is nothing to compare with
	// Alike is how many of Of rows changed in one way, where the caller holds
	// that for too many; 0 for fewer.
	Alike, Of int
	// SKU names a row.
	SKU func(row int) market.SKU
}

// Changed is what the rows of Listing.Alike have become.
const Changed = "changed"

// JudgeListing judges a complete bulk listing, as Judge does a pull. It reads
// each column once. past is the doubt of the listing before; nil when there was
// none.
func JudgeListing(l Listing, past *Doubt, now time.Time) Verdict {
	d := l.find()
	if d == nil {
		return Verdict{State: market.Complete}
	}
	return weigh(d, past, false, now)
}

// find returns the gravest doubt: amounts first, then states.
func (l *Listing) find() *Doubt {
	if l.Slot.Before(l.Newest) {
		return &Doubt{Kind: Older, What: l.Slot.UTC().Format(time.RFC3339), Count: 1, Of: 1}
	}
	var turned *Doubt
	for i := range l.Readings {
		r := &l.Readings[i]
		if r.Table == market.Inventory {
			if d := l.mass(r, r.emptied(), soldOut); turned == nil {
				turned = d
			}
			continue
		}
		p := r.prices()
		if d := l.drift(r, &p); d != nil {
			return d
		}
		if d := l.mass(r, p.halved, halfPrice); turned == nil {
			turned = d
		}
	}
	if turned == nil && l.Alike > 0 {
		return &Doubt{Kind: Mass, What: Changed, Count: l.Alike, Of: l.Of}
	}
	return turned
}

// rows are rows of a kind: how many, among how many that are known on both
// sides, and the first of them.
type rows struct {
	n, of int
	first [named]int32
}

func (r *rows) add(row int) {
	if r.n < named {
		r.first[r.n] = int32(row)
	}
	r.n++
}

func (l *Listing) names(r *rows) []string {
	var out []string
	for _, row := range r.first[:min(r.n, named)] {
		out = append(out, string(l.SKU(int(row))))
	}
	return out
}

func (l *Listing) mass(r *Reading, bad rows, into string) *Doubt {
	if bad.n < massMin || float64(bad.n) <= massShare*float64(bad.of) {
		return nil
	}
	return &Doubt{Kind: Mass, Table: r.Table.Name, What: into, Count: bad.n, Of: bad.of, Names: l.names(&bad)}
}

// known is a word of the rows from 64*w on that both sides know.
func (r *Reading) known(w, n int) uint64 {
	out := ^uint64(0)
	if left := n - w*64; left < 64 {
		out = 1<<left - 1
	}
	if w < len(r.NoNow) {
		out &^= r.NoNow[w]
	}
	if w < len(r.NoThen) {
		out &^= r.NoThen[w]
	}
	return out
}

// emptied counts the rows that had stock and have none.
func (r *Reading) emptied() (out rows) {
	n := min(len(r.Now), len(r.Before))
	for w := range (n + 63) / 64 {
		known := r.known(w, n)
		out.of += bits.OnesCount64(known)
		end := min(w*64+64, n)
		now, before := r.Now[w*64:end], r.Before[w*64:end]
		for i, v := range now {
			if v <= 0 && before[i] > 0 && known>>i&1 != 0 {
				out.add(w*64 + i)
			}
		}
	}
	return out
}

// moved is what became of the prices of a column. Whether the median ratio is
// near a factor follows from how many rows are below the factor's reach and how
// many are within it, so that nothing need be sorted.
type moved struct {
	halved                 rows // of is of all rows that are known
	hundredfold, hundredth rows // of is how many are below their reach
	priced                 int  // rows with a price on both sides
}

// Reaches of the two factors, in percent: driftNear to either side of 100.
const (
	reachFrom = 100 - 100*driftNear
	reachTo   = 100 + 100*driftNear
)

// prices looks at every price once. An unchanged one lies below the reach of a
// hundred and above that of a hundredth.
func (r *Reading) prices() (m moved) {
	n, same := min(len(r.Now), len(r.Before)), 0
	for w := range (n + 63) / 64 {
		known := r.known(w, n)
		m.halved.of += bits.OnesCount64(known)
		end := min(w*64+64, n)
		now, before := r.Now[w*64:end], r.Before[w*64:end]
		for i, v := range now {
			switch was := before[i]; {
			case was <= 0 || known>>i&1 == 0:
			case v == was:
				same++
			default:
				m.look(w*64+i, int64(v), int64(was))
			}
		}
	}
	m.priced += same
	m.hundredfold.of += same
	return m
}

// look judges one price that has changed.
func (m *moved) look(row int, now, before int64) {
	if halved(before, now) {
		m.halved.add(row)
	}
	if now <= 0 {
		return
	}
	m.priced++
	switch {
	case now < reachFrom*before:
		m.hundredfold.of++
	case now <= reachTo*before:
		m.hundredfold.add(row)
	}
	switch {
	case now*10000 < reachFrom*before:
		m.hundredth.of++
	case now*10000 <= reachTo*before:
		m.hundredth.add(row)
	}
}

// drift doubts a column whose median ratio is near one of the factors.
func (l *Listing) drift(r *Reading, m *moved) *Doubt {
	if m.priced < driftRows {
		return nil
	}
	median := (m.priced - 1) / 2 // its place among the ratios
	for _, f := range []struct {
		rows  *rows
		count int // hundredths
	}{{&m.hundredfold, 10000}, {&m.hundredth, 1}} {
		if f.rows.of <= median && median < f.rows.of+f.rows.n {
			return &Doubt{Kind: Drift, Table: r.Table.Name, What: "price", Count: f.count, Of: m.priced, Names: l.names(f.rows)}
		}
	}
	return nil
}
