package gate

import (
	"slices"

	"shopwatch/internal/market"
)

// turned is a way in which a row of a picture can turn bad.
type turned struct {
	table  *market.Table
	into   string // for people, and to compare two doubts
	column string
	// worse compares the values, both known.
	worse func(before, after int64) bool
}

// States that rows turn into.
const (
	soldOut   = "sold out"
	halfPrice = "at less than half the price"
)

// badTurns are the mass changes that need a second look: they are what a broken
// feed looks like, and what an alert would be raised about.
var badTurns = []turned{
	{market.Inventory, soldOut, "available", func(before, after int64) bool { return before > 0 && after <= 0 }},
	{market.Inventory, "no longer listed", "listed", func(before, after int64) bool { return before == 1 && after == 0 }},
	{market.OwnPrices, "no longer listed", "listed", func(before, after int64) bool { return before == 1 && after == 0 }},
	{market.OwnPrices, halfPrice, "deal", halved},
	{market.RivalOffers, halfPrice, "deal", halved},
	{market.RivalOffers, "no longer in stock", "in_stock", func(before, after int64) bool { return before == 1 && after == 0 }},
}

// Turns lists what rows can turn into in a mass change: the words of Doubt.What.
func Turns() []string {
	var out []string
	for _, t := range badTurns {
		if !slices.Contains(out, t.into) {
			out = append(out, t.into)
		}
	}
	return out
}

func halved(before, after int64) bool { return before > 0 && 2*after < before }

// mass finds a bad turn that more rows took at once than is plausible.
func mass(rows, before *market.Batch, both []int) *Doubt {
	for _, t := range badTurns {
		if t.table != rows.Table {
			continue
		}
		now, then := rows.Column(t.column), before.Column(t.column)
		n, of := 0, 0
		var names []string
		for i, j := range both {
			if j < 0 {
				continue
			}
			of++
			a, known := now.Int(i)
			b, knew := then.Int(j)
			if known && knew && t.worse(b, a) {
				n++
				names = addName(names, rows, i)
			}
		}
		if n >= massMin && float64(n) > massShare*float64(of) {
			return &Doubt{Kind: Mass, What: t.into, Count: n, Of: of, Names: names}
		}
	}
	return nil
}

// pictureDrift finds a money column whose amounts are about a hundred times, or
// a hundredth of, what they were for the same keys.
func pictureDrift(rows, before *market.Batch, both []int) *Doubt {
	for c, col := range rows.Table.Columns {
		if col.Kind != market.Money {
			continue
		}
		now, then := rows.Col(c), before.Col(c)
		var ratios []int64 // in millionths
		for i, j := range both {
			if j < 0 {
				continue
			}
			a, known := now.Int(i)
			b, knew := then.Int(j)
			if known && knew && a > 0 && b > 0 && a < 1e12 {
				ratios = append(ratios, a*1_000_000/b)
			}
		}
		if len(ratios) < driftRows {
			continue
		}
		of := len(ratios)
		r := float64(median(ratios)) / 1e6
		for _, want := range []float64{100, 0.01} {
			if r >= want*(1-driftNear) && r <= want*(1+driftNear) {
				return &Doubt{Kind: Drift, What: col.Name, Count: int(r*100 + 0.5), Of: of}
			}
		}
	}
	return nil
}

// eventDrift compares the median amounts of events, which are of other keys each
// time, with the usual ones: only a leap is a drift.
func eventDrift(rows *market.Batch, usual map[string]int64) *Doubt {
	now := Medians(rows)
	for _, col := range rows.Table.Columns {
		a, b := now[col.Name], usual[col.Name]
		if a <= 0 || b <= 0 {
			continue
		}
		if r := float64(a) / float64(b); r >= driftFactor || r <= 1/driftFactor {
			return &Doubt{Kind: Drift, What: col.Name, Count: int(r*100 + 0.5), Of: rows.Len()}
		}
	}
	return nil
}

// gone finds a column that is unknown in nearly all rows, where it was known in
// nearly all rows of every pull before.
func gone(rows *market.Batch, past Past) *Doubt {
	if past.Pulls < historyMin {
		return nil
	}
	now := Known(rows)
	for _, col := range rows.Table.Columns {
		share, judged := now[col.Name]
		if before, known := past.Known[col.Name]; judged && known && share < goneBelow && before >= goneFrom {
			unknown := rows.Len() - int(share*float64(rows.Len())+0.5)
			return &Doubt{Kind: Gone, What: col.Name, Count: unknown, Of: rows.Len()}
		}
	}
	return nil
}

// Known is the share of rows in which each column is known; nil for too few rows
// to tell.
func Known(rows *market.Batch) map[string]float64 {
	if rows == nil || rows.Len() < driftRows {
		return nil
	}
	out := map[string]float64{}
	for c, col := range rows.Table.Columns {
		n, v := 0, rows.Col(c)
		for i := range rows.Len() {
			if v.Known(i) {
				n++
			}
		}
		out[col.Name] = float64(n) / float64(rows.Len())
	}
	return out
}

// Medians are the median amounts of the money columns of events with enough
// known amounts above 0; nil for pictures.
func Medians(rows *market.Batch) map[string]int64 {
	if rows == nil || rows.Table.Shape != market.Events {
		return nil
	}
	out := map[string]int64{}
	for c, col := range rows.Table.Columns {
		if col.Kind != market.Money {
			continue
		}
		var known []int64
		v := rows.Col(c)
		for i := range rows.Len() {
			if n, ok := v.Int(i); ok && n > 0 {
				known = append(known, n)
			}
		}
		if len(known) >= driftRows {
			out[col.Name] = median(known)
		}
	}
	return out
}

// Unmatched counts the rows whose SKU is not known or not in the catalogue, and
// gives up to n of those that are named, sorted. Tables without SKUs have none.
func Unmatched(rows *market.Batch, catalogue map[string]bool, n int) (count int, names []string) {
	if rows == nil || rows.Table == market.Items || rows.Table.Col("sku") < 0 {
		return 0, nil
	}
	v := rows.Column("sku")
	seen := map[string]bool{}
	for i := range rows.Len() {
		if v.Known(i) && catalogue[v.Text(i)] {
			continue
		}
		count++
		if v.Known(i) {
			seen[v.Text(i)] = true
		}
	}
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return count, names[:min(n, len(names))]
}
