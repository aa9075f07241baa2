package series

import (
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// Column is one of the ten metrics of a series. The numbers are stored.
type Column uint8

// The columns. Money is in minor units of the shop's currency.
const (
	Price      Column = iota // gauge: what a buyer pays now
	RivalPrice               // gauge: the lowest matched rival offer
	Stock                    // gauge: pieces that can be sold now
	Units                    // flow: pieces paid for
	Orders                   // flow: orders paid for
	GMV                      // flow: paid amount; the only column of 64 bits
	Visits                   // flow: visitors
	Carts                    // flow: users who put it into a cart
	Complaints               // flow: bad reviews
	Refunds                  // flow: refunds that succeeded

	// Width is how many columns there are.
	Width = 10
)

var columnNames = [Width]string{
	"price", "rival_price", "stock", "units", "orders", "gmv", "visits", "carts", "complaints", "refunds",
}

// String is the column's name in files and records.
func (c Column) String() string {
	if c < Width {
		return columnNames[c]
	}
	return "unknown column"
}

// Gauge tells readings, of which the last holds, from flows, which add up.
func (c Column) Gauge() bool { return c <= Stock }

// ParseColumn finds a column by its name.
func ParseColumn(name string) (Column, bool) {
	for c := range Column(Width) {
		if columnNames[c] == name {
			return c, true
		}
	}
	return 0, false
}

// Columns hold the ten metrics of n series; the row is the series' id. What is
// not known has its null bit set and any number beneath it.
//
// Once handed to Put, or got from a Panel, they must not be changed.
type Columns struct{ table }

// NewColumns makes columns of n series in which nothing is known.
func NewColumns(n int) *Columns {
	c := &Columns{*newTable(clockLayout, n)}
	for i := range Width {
		c.null[i] = column.AllNull(n)
	}
	return c
}

// Len is the number of series.
func (c *Columns) Len() int { return c.n }

// Has reports whether a column was asked for when the columns were read.
func (c *Columns) Has(col Column) bool { return c.has(int(col)) }

// Int32s are the values of any column but GMV, by series.
func (c *Columns) Int32s(col Column) []int32 { return c.small[col] }

// Int64s are the values of GMV, by series.
func (c *Columns) Int64s() []int64 { return c.wide[GMV] }

// Null is the bitmap of what is not known of a column. Bits at and past Len
// are clear.
func (c *Columns) Null(col Column) *market.Bits { return &c.null[col] }

// Stale is the bitmap of rows whose gauges were carried over.
func (c *Columns) Stale() market.Bits { return c.null[staleColumn] }

// Value is one value, and false when it is not known; a series past Len is not
// known.
func (c *Columns) Value(col Column, id uint32) (int64, bool) {
	i := int(id)
	if i >= c.n || !c.Has(col) || c.null[col].Get(i) {
		return 0, false
	}
	if col == GMV {
		return c.wide[GMV][i], true
	}
	return int64(c.small[col][i]), true
}

// Part fills v with the values of the series from.. (a multiple of 64) and
// returns which of them are not known; those of a column that was not asked for
// are not.
func (c *Columns) Part(col Column, from int, v []int64) market.Bits { return c.part(int(col), from, v) }

// Set makes one value known. It reports false, and leaves the value unknown,
// when it does not fit the column's 32 bits.
func (c *Columns) Set(col Column, id uint32, v int64) bool {
	i := int(id)
	if col == GMV {
		c.wide[GMV][i] = v
	} else {
		if int64(int32(v)) != v {
			return false
		}
		c.small[col][i] = int32(v)
	}
	if w := i >> 6; w < len(c.null[col]) {
		c.null[col][w] &^= 1 << (i & 63)
	}
	return true
}

// Forget makes one value unknown.
func (c *Columns) Forget(col Column, id uint32) { c.null[col].Set(int(id)) }

// SetKnown makes a whole column a known 0 where it was unknown: a flow of which
// the source tells everything that happened.
func (c *Columns) SetKnown(col Column) {
	for i := range c.n {
		if c.null[col].Get(i) {
			c.Set(col, uint32(i), 0)
		}
	}
}
