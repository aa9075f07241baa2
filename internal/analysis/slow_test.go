package analysis

import (
	"testing"

	"shopwatch/internal/market"
)

// TestSlow holds lines against the industry, then their category, unit and shop.
func TestSlow(t *testing.T) {
	line := func(category string, available, units int64) ShelfLine {
		return ShelfLine{Unit: "beauty", Category: market.Category(category), Available: available, Units: units, Days: 28}
	}
	var lines []ShelfLine
	for i := range int64(6) {
		lines = append(lines, line("cream", 28*(18+i), 784)) // 18 to 23 days at 28 a day
	}
	lines = append(lines, line("mask", 28*90, 784), line("mask", 100, 0), line("cream", 0, 50))
	industry := []market.Industry{{Unit: "beauty", TurnoverDays: 45}, {Unit: "beauty", Category: "perfume", TurnoverDays: 120}}
	for _, c := range []struct {
		name     string
		line     ShelfLine
		industry []market.Industry
		want     Benchmark
		slow     bool
		surplus  int64
	}{
		{"its category", line("cream", 560, 784), nil, Benchmark{20.5, FromCategory}, false, 0},
		{"slower than its category by far", line("cream", 28*41, 784), nil, Benchmark{20.5, FromCategory}, true, 574},
		{"a category of two lines takes its unit", line("mask", 28*90, 784), nil, Benchmark{21, FromUnit}, true, 1932},
		{"the industry goes first", line("cream", 28*41, 784), industry, Benchmark{45, FromIndustry}, false, 0},
		{"a category of the industry goes before its unit", line("perfume", 28*150, 784), industry, Benchmark{120, FromIndustry}, false, 840},
		{"at sixty percent of the industry's speed", line("mask", 28*75, 784), industry, Benchmark{45, FromIndustry}, true, 840},
		{"nothing sold", line("cream", 40, 0), nil, Benchmark{20.5, FromCategory}, true, 40},
		{"nothing left", line("cream", 0, 0), nil, Benchmark{20.5, FromCategory}, false, 0},
	} {
		usual, known := TurnoverBenchmarks(c.industry, lines).Of(c.line)
		if !known || usual != c.want {
			t.Errorf("%s: held against %+v, want %+v", c.name, usual, c.want)
		}
		if got := DefaultSlow().Slow(c.line, usual, known); got != c.slow {
			t.Errorf("%s: slow %v", c.name, got)
		}
		if got := c.line.Surplus(usual, known); got != c.surplus {
			t.Errorf("%s: surplus %d, want %d", c.name, got, c.surplus)
		}
	}
	alone := line("cream", 28*400, 784)
	if usual, known := TurnoverBenchmarks(nil, []ShelfLine{alone}).Of(alone); known || DefaultSlow().Slow(alone, usual, known) {
		t.Error("a line alone is held against itself")
	}
	if got := line("cream", 30, 10).SoldShare(); got != .25 {
		t.Errorf("10 sold and 30 left are %g", got)
	}
}
