package i18n

import (
	"math"
	"math/bits"
	"strconv"
)

// fullTenths is 100 % in tenths of a percent, the unit this file counts in.
const fullTenths = 1000

// Percent writes a ratio: 0.124 is 12.4%, rounded half away from zero, a
// trailing .0 cut. What is not zero but would round to it is <0.1% (or
// >−0.1%). NaN and infinities are Missing.
func (l *Locale) Percent(r float64) string {
	switch {
	case math.IsNaN(r) || math.IsInf(r, 0):
		return l.Missing()
	case r == 0:
		return "0%"
	}
	tenths := math.Round(math.Abs(r) * fullTenths)
	switch {
	case tenths == 0 && r < 0:
		return ">" + minus + "0.1%"
	case tenths == 0:
		return "<0.1%"
	}
	return signed(r < 0, tenthsText(saturate(tenths))+"%")
}

// Attained writes the share of a target that is reached. It is cut, not
// rounded, so that a target missed by a hair never reads 100%: 0.9997 is
// 99.9%. NaN and infinities are Missing.
func (l *Locale) Attained(r float64) string {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return l.Missing()
	}
	// The tiny addition undoes binary noise (0.57 · 1000 is 569.99…), and must
	// not lift a ratio below 1 to 1.
	tenths := math.Floor(math.Abs(r)*fullTenths + 1e-9)
	if math.Abs(r) < 1 {
		tenths = min(tenths, fullTenths-1)
	}
	if tenths == 0 && r > 0 {
		return "<0.1%"
	}
	return signed(r < 0 && tenths > 0, tenthsText(saturate(tenths))+"%")
}

// Points writes the difference of two ratios in percentage points: 0.021 is
// "+2.1 个百分点" or "+2.1 pp"; what would round to nothing is told in words. No
// difference is flat; NaN is Missing.
func (l *Locale) Points(diff float64) string {
	switch {
	case math.IsNaN(diff) || math.IsInf(diff, 0):
		return l.Missing()
	case diff == 0:
		return l.T("number.flat")
	}
	sign := "+"
	if diff < 0 {
		sign = minus
	}
	tenths := math.Round(math.Abs(diff) * fullTenths)
	if tenths == 0 {
		if diff < 0 {
			return l.T("number.points_hardly_down")
		}
		return l.T("number.points_hardly_up")
	}
	return l.T("number.points", "value", sign+tenthsText(saturate(tenths)))
}

// Change writes how now compares with before, in any one unit: ▲8.2%, ▼3.1%,
// flat (持平) when equal, new (新增) from nothing, ×11 from tenfold growth on,
// ▲<0.1% when it would round away. A drop that leaves something never reads
// 100%. The arrow is the direction of the number, not whether that is good.
// From a negative base the change is taken against its size.
func (l *Locale) Change(now, before int64) string {
	switch {
	case now == before:
		return l.T("number.flat")
	case before == 0 && now > 0:
		return l.T("number.new")
	case before == 0:
		return l.Missing() // a loss from nothing has no percentage
	}
	base := magnitude(before)
	if now < before {
		tenths := perMille(uint64(before)-uint64(now), base)
		if now > 0 && tenths >= fullTenths {
			tenths = fullTenths - 1
		}
		return "▼" + changeText(tenths)
	}
	tenths := perMille(uint64(now)-uint64(before), base)
	if before > 0 && tenths >= 10*fullTenths {
		return "×" + grouped(divideHalfUp(uint64(now), base))
	}
	return "▲" + changeText(tenths)
}

func changeText(tenths uint64) string {
	if tenths == 0 {
		return "<0.1%"
	}
	return tenthsText(tenths) + "%"
}

// perMille is 1000·part/whole rounded half up, the largest number when that
// does not fit; whole > 0.
func perMille(part, whole uint64) uint64 {
	high, low := bits.Mul64(part, fullTenths)
	if high >= whole {
		return math.MaxUint64
	}
	q, rest := bits.Div64(high, low, whole)
	if rest >= whole-rest {
		q++
	}
	return q
}

// tenthsText writes 124 as 12.4 and 1000 as 100.
func tenthsText(tenths uint64) string {
	text := grouped(tenths / 10)
	if tenths%10 != 0 {
		text += "." + strconv.FormatUint(tenths%10, 10)
	}
	return text
}

// saturate is f as an integer; what is too large becomes the largest exact one.
func saturate(f float64) uint64 { return uint64(min(f, 1<<53)) }
