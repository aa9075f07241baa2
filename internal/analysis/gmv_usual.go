package analysis

import "math"

// GMVBand is what a window of a scope should bring in minor units, and the
// interval in which ordinary windows lie, as the GMV rule judges it: by the pace
// of the day when the scope has one, else by however few comparable windows
// there are. All three are NaN without either.
func GMVBand(r GMVRule, s GMVScope) (usual, low, high float64) {
	u, ok := s.Pace.usual(r.MinSamples)
	if !ok && len(s.Before) > 0 {
		u, ok = expect(s.Now, s.Before), true
	}
	if !ok {
		return math.NaN(), math.NaN(), math.NaN()
	}
	return math.Round(u.expected), math.Round(max(0, u.expected-r.Z*u.sd)), math.Round(u.expected + r.Z*u.sd)
}
