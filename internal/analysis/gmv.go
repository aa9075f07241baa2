package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// GMVInput is what the GMV rule looks at: one window, for the whole shop (the
// scope without a unit) and for each unit.
type GMVInput struct {
	At     time.Time
	Window market.Window
	Scopes []GMVScope
	Daily  market.Fen // median paid GMV of a day
}

// GMVScope is a window of the shop or of a unit, and the same hours of earlier
// days that are comparable: same kind of day, same campaign phase.
type GMVScope struct {
	Unit   market.Unit
	Now    GMVSample
	Before []GMVSample // newest first
	// Hours are the last weeks of the shop up to the end of the window, oldest
	// first; nil for a unit. They show what falls short for long rather than
	// much at once.
	Hours []GMVHour
	// Pace stands in for Before when that has too few days; nil is none.
	Pace *GMVPace
	// Open: a drop of this scope has been told of and is not over.
	Open bool
}

// GMVSample is a window of one day.
type GMVSample struct {
	Paid   market.Fen
	Orders int64
	// Level is what a day brought around then; it scales the sample to today.
	// 0 leaves it as it is.
	Level market.Fen
	// Visitors, Payers and HoursPaid are of the whole hours of the window, for
	// the funnel; Traffic says that they are known.
	Traffic          bool
	Visitors, Payers int64
	HoursPaid        market.Fen
}

// dispersion is the variance of the money of n orders over n squared averages,
// times n: 1 for the number of orders and about 1 for how much they differ.
const dispersion = 2.0

// dayNoise is how much whole days differ from what weekday and level explain.
const dayNoise = 0.05

// GMVDrops finds scopes whose paid GMV stands out below the same hours of
// earlier days, over windows of several lengths; of one scope the window that
// lost most is told. When a single unit explains the shop's drop, the unit is
// named and the shop is not, else the shop and no unit; what is open stays until
// the first window, which should be the shortest, shows that it has passed. When
// nothing stands out at once, the shop may be in a slump.
func GMVDrops(r GMVRule, m Materiality, windows []GMVInput) []Finding {
	open, passed := map[market.Unit]bool{}, map[market.Unit]bool{}
	var out []Finding
	for i, in := range windows {
		for _, s := range in.Scopes {
			f, ok := gmvDrop(r, m, in, s, false)
			open[s.Unit] = s.Open
			passed[s.Unit] = passed[s.Unit] || i == 0 && s.Open && !ok
			if ok && !passed[s.Unit] {
				out = append(out, f)
			}
		}
	}
	if len(out) == 0 {
		out = gmvSlump(r, m, windows)
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Subject.Unit, b.Subject.Unit), cmp.Compare(b.AtRisk, a.AtRisk))
	})
	out = slices.CompactFunc(out, func(a, b Finding) bool { return a.Subject.Unit == b.Subject.Unit })
	if len(out) == 0 || out[0].Subject.Unit != "" {
		return out
	}
	named := !open[""] && slices.ContainsFunc(out[1:], func(f Finding) bool {
		return float64(f.AtRisk) >= r.Explains*float64(out[0].AtRisk)
	})
	return slices.DeleteFunc(out, func(f Finding) bool {
		return !open[f.Subject.Unit] && (f.Subject.Unit != "") != named
	})
}

// usual is what a window should bring.
type usual struct {
	expected, sd     float64 // paid GMV
	orders, ordersSD float64 // paid orders
	before           []GMVSample
	factors          []float64 // level of today over that of each sample
	paced            *Paced    // how, with too few comparable windows
}

// usual is what a window of a scope should bring: by comparable ones, else at
// the pace of the hours before it. false says that nothing can be said.
func (s *GMVScope) usual(least int) (usual, bool) {
	if len(s.Before) >= least {
		return expect(s.Now, s.Before), true
	}
	return s.Pace.usual(least)
}

// odd reports whether a window lies z deviations below, in money or in orders:
// the number of orders varies less, so it shows a drop sooner.
func (u usual) odd(s GMVSample, z float64) bool {
	return float64(s.Paid) < u.expected-z*u.sd || float64(s.Orders) < u.orders-z*u.ordersSD
}

// expect estimates a window from its samples: the median after each has been
// scaled to today's level.
func expect(now GMVSample, before []GMVSample) usual {
	u := usual{before: before, factors: make([]float64, len(before))}
	paid, orders := make([]float64, len(before)), make([]float64, len(before))
	for i, s := range before {
		u.factors[i] = 1
		if now.Level > 0 && s.Level > 0 {
			u.factors[i] = min(2, max(0.5, float64(now.Level)/float64(s.Level)))
		}
		paid[i] = float64(s.Paid) * u.factors[i]
		orders[i] = float64(s.Orders) * u.factors[i]
	}
	u.expected, u.orders = median(paid), median(orders)
	u.sd = deviation(paid, u.expected, dispersion, u.orders)
	u.ordersSD = deviation(orders, u.orders, 1, u.orders)
	return u
}

// Usual is what a window of a scope should bring, in minor units; Lower is the
// end of the interval in which ordinary windows lie.
type Usual struct {
	Known                              bool
	Expected, Deviation, Lower, Orders float64
	Paced                              *Paced // nil when comparable windows were enough
}

// UsualGMV is what the rule holds a window against; not known with too few
// comparable windows and no pace to judge by.
func UsualGMV(r GMVRule, s GMVScope) Usual {
	u, ok := s.usual(r.MinSamples)
	if !ok {
		return Usual{}
	}
	return Usual{Known: true, Expected: u.expected, Deviation: u.sd, Lower: max(0, u.expected-r.Z*u.sd), Orders: u.orders, Paced: u.paced}
}

// deviation is how far an ordinary window lies from the median of n samples: the
// larger of what they show and what chance and uneven days alone would give.
func deviation(samples []float64, mid, dispersion, orders float64) float64 {
	chance := 0.0
	if orders > 0 {
		chance = mid * math.Sqrt(dispersion/orders)
	}
	uncertain := 1 + 1.57/float64(len(samples)) // the median itself is an estimate
	return math.Sqrt(max(square(spread(samples, mid)), square(chance)+square(dayNoise*mid)) * uncertain)
}

func square(x float64) float64 { return x * x }

// gmvDrop judges a window of a scope that has not stood out before by how far
// it lies below, or, when it is part of a slump, by the money alone. A slump
// needs comparable windows; and what was told at the pace of a day is over when
// it lies within that pace's bounds, which know less of a later hour.
func gmvDrop(r GMVRule, m Materiality, in GMVInput, s GMVScope, slumping bool) (Finding, bool) {
	u, ok := s.usual(r.MinSamples)
	if !ok || slumping && u.paced != nil {
		return Finding{}, false
	}
	expected, lower := fen(u.expected), fen(u.expected-r.Z*u.sd)
	lost := expected - s.Now.Paid
	least := r.Drop
	if s.Open || slumping {
		least = r.Clear
	}
	if u.expected <= 0 || float64(lost) < least*u.expected {
		return Finding{}, false
	}
	severity, material := m.Severity(lost, in.Daily)
	if !s.Open && (!material || u.orders < r.MinOrders || !slumping && !u.odd(s.Now, r.Z)) {
		return Finding{}, false
	}
	if s.Open && u.paced != nil && !u.odd(s.Now, r.Z*r.Clear/r.Drop) {
		return Finding{}, false
	}
	d := &GMVDrop{Window: in.Window, Actual: s.Now.Paid, Expected: expected, Lower: lower, Paced: u.paced}
	d.Funnel = funnel(s.Now, u, lost)
	return Finding{
		Rule: RuleGMVDrop, Subject: Subject{Unit: s.Unit}, At: in.At, Severity: severity, AtRisk: lost, GMV: d,
	}, true
}

// funnel accounts for a shortfall by visitors, conversion and order value. It
// needs the traffic of now and of most samples, and answers nil without, or
// when the whole hours of the window do not show the drop yet.
func funnel(now GMVSample, u usual, lost market.Fen) *Funnel {
	var visitors, payers, paid []float64
	for i, b := range u.before {
		if b.Traffic && b.Visitors > 0 && b.Payers > 0 && b.HoursPaid > 0 {
			visitors = append(visitors, float64(b.Visitors)*u.factors[i])
			payers = append(payers, float64(b.Payers)*u.factors[i])
			paid = append(paid, float64(b.HoursPaid)*u.factors[i])
		}
	}
	if !now.Traffic || len(visitors) < (len(u.before)+1)/2 {
		return nil
	}
	v0, p0, g0 := median(visitors), median(payers), median(paid)
	if float64(now.HoursPaid) > 0.9*g0 {
		return nil
	}
	f := &Funnel{
		Visitors: now.Visitors, VisitorsExpected: int64(math.Round(v0)), ConversionExpected: p0 / v0,
		AOVExpected: market.Fen(math.Round(g0 / p0)),
	}
	v1, p1, g1 := float64(now.Visitors), float64(now.Payers), float64(now.HoursPaid)
	if v1 > 0 {
		f.Conversion = p1 / v1
	}
	if p1 > 0 {
		f.AOV = market.Fen(math.Round(g1 / p1))
	}
	parts := apportion(-int64(lost), logShares(
		[3]float64{v1, f.Conversion, safeDiv(g1, p1)}, [3]float64{v0, p0 / v0, g0 / p0}))
	f.ByVisitors, f.ByConversion, f.ByAOV = market.Fen(parts[0]), market.Fen(parts[1]), market.Fen(parts[2])
	return f
}

// logShares are the shares of three factors in the change of their product by
// the logarithmic mean (LMDI): they sum to 1 and do not depend on the order of
// the factors. A factor that fell to 0 takes everything, as it does in the limit.
func logShares(now, before [3]float64) []float64 {
	out := make([]float64, 3)
	sum := 0.0
	for i := range now {
		if now[i] <= 0 {
			clear(out)
			out[i] = 1
			return out
		}
		out[i] = math.Log(now[i] / before[i])
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func safeDiv(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
