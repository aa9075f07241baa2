package source

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"shopwatch/internal/market"
)

// decimal is m / 10^scale, exactly.
type decimal struct {
	m     int64
	scale int
}

var errTooLarge = errors.New("too large a number")

// parseDecimal reads decimal text without passing through a float. Text that
// stands for nothing ("", "-", "--", "Nil", "N/A", "null") gives known = false.
// signs are the currency signs that may stand before or after the digits.
func parseDecimal(s string, signs []string) (d decimal, known bool, err error) {
	if d, ok := plainDecimal(s); ok {
		return d, true, nil
	}
	t := strings.TrimSpace(s)
	if isNothing(t) {
		return decimal{}, false, nil
	}
	t = strings.Replace(t, "−", "-", 1)
	neg := strings.HasPrefix(t, "-")
	t = strings.TrimPrefix(strings.TrimPrefix(t, "-"), "+")
	for _, sign := range signs {
		if cut, ok := strings.CutPrefix(t, sign); ok {
			t = strings.TrimSpace(cut)
			break
		}
		if cut, ok := strings.CutSuffix(t, sign); ok {
			t = strings.TrimSpace(cut)
			break
		}
	}
	if !neg && strings.HasPrefix(t, "-") { // ¥-12
		neg, t = true, t[1:]
	}
	t, shift, err := cutExponent(t)
	if err != nil {
		return decimal{}, false, err
	}
	t, err = ungroup(t)
	if err != nil {
		return decimal{}, false, err
	}
	if t == "" || t[0] == '-' {
		return decimal{}, false, errors.New("not a number")
	}
	d, ok := plainDecimal(t)
	if !ok {
		if len(t) > 18 && strings.Trim(t, "0123456789.") == "" {
			return decimal{}, false, errTooLarge
		}
		return decimal{}, false, errors.New("not a number")
	}
	if neg {
		d.m = -d.m
	}
	d.scale -= shift
	d, err = d.positiveScale()
	return d, err == nil, err
}

// plainDecimal reads [-]digits[.digits] of at most 18 digits, the form that
// nearly every value has.
func plainDecimal(s string) (decimal, bool) {
	i, neg := 0, false
	if s != "" && s[0] == '-' {
		i, neg = 1, true
	}
	if len(s)-i == 0 || len(s)-i > 19 {
		return decimal{}, false
	}
	var d decimal
	digits, point := 0, -1
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d.m = d.m*10 + int64(c-'0')
			digits++
		case c == '.' && point < 0:
			point = i
		default:
			return decimal{}, false
		}
	}
	if digits == 0 || digits > 18 {
		return decimal{}, false
	}
	if point >= 0 {
		d.scale = len(s) - 1 - point
	}
	if neg {
		d.m = -d.m
	}
	return d, true
}

// cutExponent takes "e7" off "1.0e7", as programs write large floats.
func cutExponent(t string) (string, int, error) {
	at := strings.LastIndexAny(t, "eE")
	if at <= 0 {
		return t, 0, nil
	}
	n, err := strconv.Atoi(t[at+1:])
	if err != nil || n < -30 || n > 30 {
		return t, 0, errors.New("not a number")
	}
	return t[:at], n, nil
}

// ungroup takes out thousands commas and refuses commas anywhere else: "1,23"
// may be a decimal comma, and then it is not 123.
func ungroup(t string) (string, error) {
	t = strings.ReplaceAll(t, "，", ",")
	if !strings.Contains(t, ",") {
		return t, nil
	}
	whole, frac, point := strings.Cut(t, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3) {
			return "", errors.New("a comma that separates no thousands")
		}
	}
	whole = strings.Join(groups, "")
	if point {
		whole += "." + frac
	}
	return whole, nil
}

// isNothing reports whether trimmed text is one of the ways to write "no value".
func isNothing(t string) bool {
	switch len(t) {
	case 0:
		return true
	case 1, 2, 3, 4:
		switch strings.ToLower(t) {
		case "-", "--", "—", "nil", "n/a", "null":
			return true
		}
	}
	return false
}

var powers = [19]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// positiveScale multiplies a negative scale away, and drops zeros at the end of
// a long fraction.
func (d decimal) positiveScale() (decimal, error) {
	if d.m == 0 {
		return decimal{}, nil
	}
	for d.scale > 0 && d.m%10 == 0 {
		d.m, d.scale = d.m/10, d.scale-1
	}
	if d.scale >= 0 {
		return d, nil
	}
	if -d.scale > 18 {
		return d, errTooLarge
	}
	m, err := times(d.m, powers[-d.scale])
	return decimal{m: m}, err
}

// times multiplies exactly or says that the product is too large.
func times(a, b int64) (int64, error) {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, errTooLarge
	}
	if neg {
		return -int64(lo), nil
	}
	return int64(lo), nil
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// mul multiplies two decimals exactly.
func (d decimal) mul(e decimal) (decimal, error) {
	m, err := times(d.m, e.m)
	if err != nil {
		return decimal{}, err
	}
	return decimal{m: m, scale: d.scale + e.scale}.positiveScale()
}

// whole returns d * 10^exponent as a whole number. When it is none, half_even
// rounds it to the nearer one, to the even one in the middle.
func (d decimal) whole(exponent int, halfEven bool) (int64, error) {
	d, err := d.positiveScale()
	if err != nil {
		return 0, err
	}
	if d.scale <= exponent {
		return times(d.m, powers[exponent-d.scale])
	}
	over := d.scale - exponent
	if !halfEven {
		return 0, fmt.Errorf("has %d decimals, more than the %d there can be", d.scale, exponent)
	}
	if over > 18 {
		return 0, nil
	}
	p := powers[over]
	q, rest := d.m/p, magnitude(d.m%p)
	if twice := 2 * rest; twice > uint64(p) || twice == uint64(p) && q%2 != 0 {
		if d.m < 0 {
			q--
		} else {
			q++
		}
	}
	return q, nil
}

// currencySigns are the signs a currency is written with.
var currencySigns = map[market.Currency][]string{
	"CNY": {"¥", "￥", "元"}, "JPY": {"¥", "￥", "円"}, "GBP": {"£"}, "EUR": {"€"}, "USD": {"$"}, "HKD": {"HK$", "$"},
}

// share splits total over weights in whole minor units: each gets its part
// rounded down, and what is left goes one by one to the largest remainders, the
// earlier line first. Weights that are all 0 count as equal. The parts always
// add up to total.
func share(total int64, weights []int64) []int64 {
	out := make([]int64, len(weights))
	if len(weights) == 0 {
		return out
	}
	var sum uint64
	for _, w := range weights {
		sum += uint64(w)
	}
	weight := func(i int) uint64 { return uint64(weights[i]) }
	if sum == 0 {
		sum, weight = uint64(len(weights)), func(int) uint64 { return 1 }
	}
	neg := total < 0
	amount := magnitude(total)
	left := amount
	rest := make([]uint64, len(weights))
	for i := range weights {
		hi, lo := bits.Mul64(amount, weight(i))
		q, r := bits.Div64(hi, lo, sum) // hi < sum because weight <= sum
		out[i], rest[i] = int64(q), r
		left -= q
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rest {
			if rest[i] > rest[best] {
				best = i
			}
		}
		out[best]++
		rest[best] = 0
	}
	if neg {
		for i := range out {
			out[i] = -out[i]
		}
	}
	return out
}
