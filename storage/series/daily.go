package series

import (
	"math"

	"shopwatch/internal/market"
)

// DayColumn is one of the fifteen columns of a daily rollup. The numbers are
// stored.
type DayColumn uint8

// The columns of a day. Readings come from the slots in which they are known;
// a sum is unknown when no slot of the day tells it.
const (
	PriceMin      DayColumn = iota
	PriceMax                //
	PriceClose              // the last known of the day
	RivalMin                //
	RivalClose              //
	StockMin                //
	StockClose              //
	OutOfStock              // slots in which stock was 0
	DayUnits                // sums of the flows
	DayOrders               //
	DayGMV                  // 64 bits
	DayVisits               //
	DayCarts                //
	DayComplaints           //
	DayRefunds              //

	// DayWidth is how many columns a day has.
	DayWidth = 15
)

// SumOf is the daily sum of a flow, and false for a gauge.
func SumOf(c Column) (DayColumn, bool) { return DayUnits + DayColumn(c-Units), !c.Gauge() && c < Width }

// CloseOf is the last reading of a gauge in a day, and false for a flow.
func CloseOf(c Column) (DayColumn, bool) {
	switch c {
	case Price:
		return PriceClose, true
	case RivalPrice:
		return RivalClose, true
	case Stock:
		return StockClose, true
	}
	return 0, false
}

func dailySpecs() []spec {
	all := make([]spec, DayWidth)
	for c := range DayColumn(DayWidth) {
		all[c] = spec{gauge: c <= StockClose, wide: c == DayGMV}
	}
	return all
}

// Days are the fifteen columns of a business day; the row is the series' id.
type Days struct{ table }

// Len is the number of series.
func (d *Days) Len() int { return d.n }

// Value is one value, and false when it is not known.
func (d *Days) Value(col DayColumn, id uint32) (int64, bool) {
	i := int(id)
	if i >= d.n || !d.has(int(col)) || d.null[col].Get(i) {
		return 0, false
	}
	return d.value(int(col), i), true
}

// Int32s are the values of any column but DayGMV, by series.
func (d *Days) Int32s(col DayColumn) []int32 { return d.small[col] }

// Int64s are the values of DayGMV, by series.
func (d *Days) Int64s() []int64 { return d.wide[DayGMV] }

// Null is the bitmap of what is not known of a column.
func (d *Days) Null(col DayColumn) market.Bits { return d.null[col] }

func newDays(n int) *Days {
	d := &Days{*newTable(dayLayout, n)}
	for c := range d.null {
		d.null[c] = allSet(n)
	}
	return d
}

func allSet(n int) market.Bits { return unknownSpan(n).null }

func unknownSpan(n int) *span {
	s := newSpan(n)
	s.unknown()
	return &s
}

// grow makes room for n series; what is new is unknown.
func (d *Days) grow(n int) {
	if n <= d.n {
		return
	}
	bigger := newDays(n)
	for c := range d.null {
		copy(bigger.small[c], d.small[c])
		copy(bigger.wide[c], d.wide[c])
		for i := range d.n {
			if !d.null[c].Get(i) {
				clearBit(bigger.null[c], i)
			}
		}
	}
	*d = *bigger
}

func clearBit(b market.Bits, i int) { b[i>>6] &^= 1 << (i & 63) }

// add takes the values of one slot into the day: v are the rows at.. of col.
// Slots must come in order.
func (d *Days) add(col Column, at int, v []int64, null market.Bits) {
	for i, x := range v {
		if null.Get(i) {
			continue
		}
		row := at + i
		switch col {
		case Price:
			d.least(PriceMin, row, x)
			d.most(PriceMax, row, x)
			d.last(PriceClose, row, x)
		case RivalPrice:
			d.least(RivalMin, row, x)
			d.last(RivalClose, row, x)
		case Stock:
			d.least(StockMin, row, x)
			d.last(StockClose, row, x)
			empty := int64(0)
			if x == 0 {
				empty = 1
			}
			d.sum(OutOfStock, row, empty)
		default:
			sum, _ := SumOf(col)
			d.sum(sum, row, x)
		}
	}
}

func (d *Days) last(col DayColumn, row int, x int64) {
	d.set(int(col), row, x)
	clearBit(d.null[col], row)
}

func (d *Days) least(col DayColumn, row int, x int64) {
	if d.null[col].Get(row) || x < d.value(int(col), row) {
		d.last(col, row, x)
	}
}

func (d *Days) most(col DayColumn, row int, x int64) {
	if d.null[col].Get(row) || x > d.value(int(col), row) {
		d.last(col, row, x)
	}
}

func (d *Days) sum(col DayColumn, row int, x int64) {
	if !d.null[col].Get(row) {
		x += d.value(int(col), row)
	}
	if col != DayGMV {
		x = min(x, math.MaxInt32) // 2 thousand million pieces of one item in a day
	}
	d.last(col, row, x)
}
