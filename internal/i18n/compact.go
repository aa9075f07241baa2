package i18n

import (
	"math"
	"strconv"
	"strings"
)

const minus = "−" // U+2212; CSV exports write ASCII themselves

// step is a rung of a ladder of units: 10^power whole units under one name,
// shown with up to decimals digits.
type step struct {
	power, decimals int
	name            string
}

// maxExponent keeps the largest unit in minor units (10^12 · 10^6) inside 64 bits.
const maxExponent = 6

func (l *Locale) ladder() []step {
	if l.chinese() {
		return []step{{0, 0, ""}, {4, 1, "万"}, {8, 2, "亿"}, {12, 2, "万亿"}}
	}
	return []step{{0, 0, ""}, {3, 1, "K"}, {6, 2, "M"}, {9, 2, "B"}, {12, 2, "T"}}
}

// Compact writes minor units, of which 10^exponent make one whole (0 to 6),
// for reading: 628.4万 or 6.28M. At most four significant digits, never less
// exact than whole units, rounded half away from zero, trailing zeros cut;
// below the first unit it is a whole number.
func (l *Locale) Compact(minor int64, exponent int) string {
	text := l.compactSize(magnitude(minor), min(max(exponent, 0), maxExponent))
	return signed(minor < 0, text)
}

// CompactCount is Compact for things that are counted.
func (l *Locale) CompactCount(n int64) string { return l.Compact(n, 0) }

// signed puts the minus in front, but never before a number that rounded to 0.
func signed(negative bool, text string) string {
	if !negative || text == "0" {
		return text
	}
	return minus + text
}

func (l *Locale) compactSize(size uint64, exponent int) string {
	ladder := l.ladder()
	i := 0
	for i+1 < len(ladder) && size >= pow10(ladder[i+1].power+exponent) {
		i++
	}
	shown, decimals := roundAt(size, ladder[i], exponent)
	if i+1 < len(ladder) {
		// Rounding may reach the next unit: 9,999.5 is 1万, not 10,000.
		next := pow10(ladder[i+1].power - ladder[i].power + decimals)
		if shown >= next {
			return "1" + ladder[i+1].name
		}
	}
	whole, frac := shown/pow10(decimals), shown%pow10(decimals)
	return unitDigits(whole, ladder[i]) + fraction(frac, decimals) + ladder[i].name
}

// roundAt expresses size in the unit of s, times 10^decimals.
func roundAt(size uint64, s step, exponent int) (shown uint64, decimals int) {
	unit := pow10(s.power + exponent)
	digits := len(strconv.FormatUint(size/unit, 10))
	decimals = min(s.decimals, max(0, 4-digits))
	return divideHalfUp(size, unit/pow10(decimals)), decimals
}

// unitDigits leaves four digits before a unit ungrouped (1235万) and groups
// the rest.
func unitDigits(whole uint64, s step) string {
	if s.power > 0 && whole < 10_000 {
		return strconv.FormatUint(whole, 10)
	}
	return grouped(whole)
}

// fraction writes decimals digits after the point without trailing zeros.
func fraction(frac uint64, decimals int) string {
	if frac == 0 {
		return ""
	}
	digits := strconv.FormatUint(frac, 10)
	digits = strings.Repeat("0", decimals-len(digits)) + digits
	return "." + strings.TrimRight(digits, "0")
}

// grouped writes n with a comma every three digits.
func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// magnitude is |v|, exact also for the most negative integer.
func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// divideHalfUp is a/b rounded half up; b > 0.
func divideHalfUp(a, b uint64) uint64 {
	q, rest := a/b, a%b
	if rest >= b-rest {
		q++
	}
	return q
}

// pow10 is 10^n for 0 <= n <= 18, else the largest number there is.
func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		if p > math.MaxUint64/10 {
			return math.MaxUint64
		}
		p *= 10
	}
	return p
}
