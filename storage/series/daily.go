package series

import (
	"math"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
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
		all[c] = spec{gauge: c <= StockClose, wide: c == DayGMV, money: c <= RivalClose}
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

// Part fills v with the values of the series from.. (a multiple of 64) and
// returns which of them are not known.
func (d *Days) Part(col DayColumn, from int, v []int64) market.Bits { return d.part(int(col), from, v) }

// Int32s are the values of any column but DayGMV, by series.
func (d *Days) Int32s(col DayColumn) []int32 { return d.small[col] }

// Int64s are the values of DayGMV, by series.
func (d *Days) Int64s() []int64 { return d.wide[DayGMV] }

// Null is the bitmap of what is not known of a column.
func (d *Days) Null(col DayColumn) market.Bits { return d.null[col] }

func newDays(n int) *Days {
	d := &Days{*newTable(dayLayout, n)}
	for c := range d.null {
		d.null[c] = column.AllNull(n)
	}
	return d
}

// add takes the values of one slot into the day: v are the rows at.. of col.
// Slots must come in order.
func (d *Days) add(col Column, at int, v []int64, null market.Bits) {
	switch col {
	case Price:
		d.least(PriceMin, at, v, null)
		d.most(PriceMax, at, v, null)
		d.last(PriceClose, at, v, null)
	case RivalPrice:
		d.least(RivalMin, at, v, null)
		d.last(RivalClose, at, v, null)
	case Stock:
		d.least(StockMin, at, v, null)
		d.last(StockClose, at, v, null)
		d.empty(at, v, null)
	default:
		sum, _ := SumOf(col)
		d.sum(sum, at, v, null)
	}
	for _, c := range fedBy(col) {
		d.know(c, at, len(v), null)
	}
}

// fedBy lists the daily columns that a column goes into.
func fedBy(col Column) []DayColumn {
	switch col {
	case Price:
		return []DayColumn{PriceMin, PriceMax, PriceClose}
	case RivalPrice:
		return []DayColumn{RivalMin, RivalClose}
	case Stock:
		return []DayColumn{StockMin, StockClose, OutOfStock}
	}
	sum, _ := SumOf(col)
	return []DayColumn{sum}
}

// know clears the null bits of rows that have a value now. at is a multiple of 64.
func (d *Days) know(col DayColumn, at, n int, null market.Bits) {
	know(d.null[col], at, n, null)
}

// know clears, in the bits of unknown rows, those of the rows at..at+n that null
// does not have. at is a multiple of 64.
func know(unknown market.Bits, at, n int, null market.Bits) {
	for i := 0; i < n; i += 64 {
		known := ^uint64(0)
		if n-i < 64 {
			known = 1<<(n-i) - 1
		}
		if w := i >> 6; w < len(null) {
			known &^= null[w]
		}
		unknown[(at+i)>>6] &^= known
	}
}

func (d *Days) last(col DayColumn, at int, v []int64, null market.Bits) {
	dst := d.small[col][at : at+len(v)]
	for i, x := range v {
		if len(null) == 0 || !null.Get(i) {
			dst[i] = int32(x)
		}
	}
}

func (d *Days) least(col DayColumn, at int, v []int64, null market.Bits) {
	dst, unknown := d.small[col][at:at+len(v)], d.null[col]
	for i, x := range v {
		if (int32(x) < dst[i] || unknown.Get(at+i)) && !null.Get(i) {
			dst[i] = int32(x)
		}
	}
}

func (d *Days) most(col DayColumn, at int, v []int64, null market.Bits) {
	dst, unknown := d.small[col][at:at+len(v)], d.null[col]
	for i, x := range v {
		if (int32(x) > dst[i] || unknown.Get(at+i)) && !null.Get(i) {
			dst[i] = int32(x)
		}
	}
}

// empty counts slots in which stock was 0.
func (d *Days) empty(at int, v []int64, null market.Bits) {
	dst := d.small[OutOfStock][at : at+len(v)]
	for i, x := range v {
		if x == 0 && !null.Get(i) {
			dst[i]++
		}
	}
}

// sum adds flows; what is not known yet of a day has 0 under its null bit.
func (d *Days) sum(col DayColumn, at int, v []int64, null market.Bits) {
	for i, x := range v {
		if x == 0 || null.Get(i) {
			continue
		}
		if col == DayGMV {
			d.wide[col][at+i] += x
			continue
		}
		// Two thousand million pieces of one item in a day are out of the question.
		d.small[col][at+i] = int32(min(int64(d.small[col][at+i])+x, math.MaxInt32))
	}
}
