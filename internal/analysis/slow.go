package analysis

import (
	"math"
	"slices"

	"shopwatch/internal/market"
)

// ShelfLine is the stock of an item on a channel and what it sold in a stretch.
type ShelfLine struct {
	Unit      market.Unit
	Category  market.Category
	Available int64
	Units     int64 // paid pieces
	Days      int   // of the stretch
}

// Turnover is for how many days what is available lasts at the stretch's pace; ok
// is false of a line that sold nothing.
func (l ShelfLine) Turnover() (days float64, ok bool) {
	if l.Units <= 0 || l.Days <= 0 {
		return 0, false
	}
	return float64(max(0, l.Available)) * float64(l.Days) / float64(l.Units), true
}

// SoldShare is what was sold of what was there: sold over sold and left. What
// arrived and was sold within the stretch counts as having been there.
func (l ShelfLine) SoldShare() float64 {
	all := l.Units + max(0, l.Available)
	if all <= 0 {
		return 0
	}
	return float64(l.Units) / float64(all)
}

// Where a usual turnover comes from.
const (
	FromIndustry = "industry" // configured
	FromCategory = "category" // the median of the lines of the category
	FromUnit     = "unit"
	FromShop     = "shop"
)

// Benchmark is the turnover in days that a line is held against, and where it comes from.
type Benchmark struct {
	Days float64 `json:"days"`
	From string  `json:"from"`
}

// fewest is how many lines a median is taken of.
const fewest = 5

// Benchmarks finds the usual turnover of lines.
type Benchmarks struct {
	industry   []market.Industry
	categories map[string][]float64 // turnovers by unit and category
	units      map[market.Unit][]float64
	shop       []float64
}

// TurnoverBenchmarks prepares medians over the lines that are in stock and sell.
func TurnoverBenchmarks(industry []market.Industry, lines []ShelfLine) *Benchmarks {
	u := &Benchmarks{industry: industry, categories: map[string][]float64{}, units: map[market.Unit][]float64{}}
	for _, l := range lines {
		days, ok := l.Turnover()
		if !ok || l.Available <= 0 {
			continue
		}
		u.categories[shelfKey(l)] = append(u.categories[shelfKey(l)], days)
		u.units[l.Unit] = append(u.units[l.Unit], days)
		u.shop = append(u.shop, days)
	}
	for _, v := range u.categories {
		slices.Sort(v)
	}
	for _, v := range u.units {
		slices.Sort(v)
	}
	slices.Sort(u.shop)
	return u
}

func shelfKey(l ShelfLine) string { return string(l.Unit) + "\x1f" + string(l.Category) }

// Of is what a line is held against: the industry's figure for its category or
// unit, else the median of its category, its unit or the shop, the first of them
// with enough lines. ok is false when there is none.
func (u *Benchmarks) Of(l ShelfLine) (Benchmark, bool) {
	for _, whole := range []bool{false, true} { // a category's figure before its unit's
		for _, x := range u.industry {
			if x.Unit == l.Unit && (x.Category == "") == whole && (whole || x.Category == l.Category) {
				return Benchmark{Days: x.TurnoverDays, From: FromIndustry}, true
			}
		}
	}
	for _, m := range []struct {
		from   string
		sorted []float64
	}{{FromCategory, u.categories[shelfKey(l)]}, {FromUnit, u.units[l.Unit]}, {FromShop, u.shop}} {
		if len(m.sorted) >= fewest && (m.from != FromCategory || l.Category != "") {
			n := len(m.sorted)
			return Benchmark{Days: (m.sorted[(n-1)/2] + m.sorted[n/2]) / 2, From: m.from}, true
		}
	}
	return Benchmark{}, false
}

// SlowRule says which lines are slow.
type SlowRule struct {
	// Share: a line is slow that turns over at most so fast as a share of the usual.
	Share float64
	Least float64 // days; whoever lasts less is not slow
}

// DefaultSlow are the team's own figures: sixty percent of the industry, and at
// least a month of stock.
func DefaultSlow() SlowRule { return SlowRule{Share: .60, Least: 30} }

// Slow reports whether a line is slow against what is usual. A line that sold
// nothing is slow whatever is usual.
func (r SlowRule) Slow(l ShelfLine, usual Benchmark, known bool) bool {
	days, sells := l.Turnover()
	switch {
	case l.Available <= 0:
		return false
	case !sells:
		return true
	}
	return known && days >= r.Least && days*r.Share >= usual.Days
}

// Surplus is how many pieces lie there beyond what is usual: all of a line that sold
// nothing.
func (l ShelfLine) Surplus(usual Benchmark, known bool) int64 {
	days, sells := l.Turnover()
	if !sells || !known || days <= 0 {
		return max(0, l.Available)
	}
	return int64(math.Round(float64(max(0, l.Available)) * max(0, 1-usual.Days/days)))
}
