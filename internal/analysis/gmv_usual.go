package analysis

import (
	"math"

	"shopwatch/internal/market"
)

// GMVUsual is what a window like now should bring, and the interval of z
// deviations in which ordinary windows lie, as the GMV rule judges it. before
// are comparable windows; ok is false without any.
func GMVUsual(now GMVSample, before []GMVSample, z float64) (expected, low, high market.Fen, ok bool) {
	if len(before) == 0 {
		return 0, 0, 0, false
	}
	u := expect(now, before)
	fen := func(x float64) market.Fen { return market.Fen(math.Round(max(0, x))) }
	return fen(u.expected), fen(u.expected - z*u.sd), fen(u.expected + z*u.sd), true
}
