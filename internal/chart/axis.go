package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"shopwatch/internal/chat"
)

const (
	minTicks, maxTicks = 3, 5
	// largest bounds what is drawn, so that sums and quotients stay finite.
	largest = 1e250
)

// known tells a value that can be drawn from one that cannot.
func known(v float64) bool { return !math.IsNaN(v) && math.Abs(v) <= largest }

// span is a closed range of values.
type span struct{ low, high float64 }

// spanOf is the range of the known values; ok is false when there are none.
func spanOf(series []chat.Series, marks []chat.Mark) (s span, ok bool) {
	s = span{math.Inf(1), math.Inf(-1)}
	for _, one := range series {
		for _, v := range one.Values {
			s, ok = s.including(v, ok)
		}
	}
	for _, m := range marks {
		s, ok = s.including(m.Value, ok)
	}
	return s, ok
}

func (s span) including(v float64, ok bool) (span, bool) {
	if !known(v) {
		return s, ok
	}
	return span{min(s.low, v), max(s.high, v)}, true
}

// axis maps values to heights and says which of them are labelled. It counts
// in units of the labels (value / divisor) so that these are round numbers.
type axis struct {
	span
	ticks  []tick
	format chat.Axis
}

type tick struct {
	value float64 // in units of the labels
	text  string
}

// newAxis covers the values of a range. It starts at 0 unless that would leave
// the lower half empty (prices); 3 to 5 ticks stand at steps of 1, 2 or 5.
func newAxis(values span, format chat.Axis) axis {
	format.Divisor = divisor(format)
	low, high := values.low/format.Divisor, values.high/format.Divisor
	if low > high { // a negative divisor
		low, high = high, low
	}
	// Values that differ by less than floats can share out count as equal.
	equal := high-low < 1e-9*max(-low, high)
	if low > 0 && (equal || low < high/2) {
		low = 0
	}
	if high < 0 && (equal || high > low/2) {
		high = 0
	}
	if high-low < 1e-200 { // all of it 0, or nearer to it than floats can divide
		high = low + 1
	}
	high += (high - low) * 0.03 // the topmost line is not cut by the edge
	return stepped(low, high, format)
}

// divisor is the one of format, or 1 if that is none or beyond reason.
func divisor(format chat.Axis) float64 {
	if size := math.Abs(format.Divisor); size < 1e-12 || size > 1e15 || math.IsNaN(size) {
		return 1
	}
	return format.Divisor
}

// stepped picks the finest step with no more than maxTicks ticks.
func stepped(low, high float64, format chat.Axis) axis {
	power := math.Floor(math.Log10((high-low)/maxTicks)) - 1
	for ; ; power++ {
		for _, digit := range []float64{1, 2, 5} {
			step := digit * math.Pow(10, power)
			first := math.Floor(low/step + 1e-9)
			last := math.Floor(high/step + 1e-9)
			if last-first+1 > maxTicks {
				continue
			}
			last = max(last, first+minTicks-1)
			a := axis{span: span{min(low, first*step), max(high, last*step)}, format: format}
			for i := first; i <= last; i++ {
				a.ticks = append(a.ticks, tick{value: i * step})
			}
			a.letter(int(max(0, -power)))
			return a
		}
	}
}

// letter writes the labels of the ticks with so many decimals, or as powers of
// ten where plain digits would be endless or, for lack of precision, alike.
func (a *axis) letter(decimals int) {
	plain := decimals <= 6 && max(-a.low, a.high) < 1e12
	for i, t := range a.ticks {
		a.ticks[i].text = a.write(t.value, decimals, plain)
	}
	texts := make([]string, len(a.ticks))
	for i, t := range a.ticks {
		texts[i] = t.text
	}
	slices.Sort(texts)
	if len(slices.Compact(texts)) == len(a.ticks) {
		return
	}
	// Values so close together that a float cannot tell them apart.
	a.ticks = []tick{a.ticks[0]}
}

// write is one number of the axis: 0 is bare, others carry prefix and suffix.
func (a *axis) write(v float64, decimals int, plain bool) string {
	if v == 0 {
		return "0"
	}
	digits := ""
	if plain {
		digits = withCommas(strconv.FormatFloat(math.Abs(v), 'f', decimals, 64))
	} else {
		digits = strconv.FormatFloat(math.Abs(v), 'g', 12, 64)
	}
	sign := ""
	if v < 0 {
		sign = "−"
	}
	return sign + a.format.Prefix + digits + a.format.Suffix
}

// withCommas groups the whole part of a decimal number.
func withCommas(digits string) string {
	whole, frac, point := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		return whole + "." + frac
	}
	return whole
}

// share is where a value lies on the axis, 0 at the low end and 1 at the high.
func (a *axis) share(v float64) float64 {
	return (v/a.format.Divisor - a.low) / (a.high - a.low)
}
