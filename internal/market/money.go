package market

import (
	"fmt"
	"math"
	"strings"
)

// Fen is an amount in minor units: hundredths of a yuan, pence, cents. Its
// currency is the shop's; amounts of different currencies are never added.
type Fen int64

// Currency is an ISO 4217 code.
type Currency string

// exponents lists currencies whose minor unit is not a hundredth.
var exponents = map[Currency]int{"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}

// Exponent is the number of decimals of the currency's minor unit.
func (c Currency) Exponent() int {
	if e, ok := exponents[c]; ok {
		return e
	}
	return 2
}

// ParseFen reads decimal text ("1,234.50", "¥12", "12.5元") as minor units of c
// without passing through a float. More decimals than c has, an empty text and
// anything that is not a plain decimal are errors.
func ParseFen(s string, c Currency) (Fen, error) {
	text := moneyNoise.Replace(strings.TrimSpace(s))
	neg := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	whole, frac, _ := strings.Cut(text, ".")
	exp := c.Exponent()
	trimmed := strings.TrimRight(frac, "0")
	if whole == "" && frac == "" || len(trimmed) > exp {
		return 0, fmt.Errorf("%q is not an amount of %s with at most %d decimals", s, c, exp)
	}
	digits := whole + trimmed + strings.Repeat("0", exp-len(trimmed))
	var v int64
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("%q is not an amount", s)
		}
		if v > (math.MaxInt64-9)/10 {
			return 0, fmt.Errorf("%q is too large an amount", s)
		}
		v = v*10 + int64(r-'0')
	}
	if neg {
		v = -v
	}
	return Fen(v), nil
}

// magnitudes are the ends of an amount that stand for zeros.
var magnitudes = []struct {
	suffix string
	zeros  int
}{{"万", 4}, {"亿", 8}, {"k", 3}, {"K", 3}, {"m", 6}, {"M", 6}, {"b", 9}, {"B", 9}}

// ParseAmount is ParseFen that also takes amounts as people write large ones:
// 628.4万, 1.2亿, 3M, 250k.
func ParseAmount(s string, c Currency) (Fen, error) {
	text := strings.TrimSpace(s)
	for _, m := range magnitudes {
		number, ok := strings.CutSuffix(strings.TrimSuffix(text, "元"), m.suffix)
		if !ok {
			continue
		}
		whole, frac, _ := strings.Cut(strings.TrimSpace(number), ".")
		if whole+frac == "" {
			return 0, fmt.Errorf("%q is not an amount", s)
		}
		frac += strings.Repeat("0", max(0, m.zeros-len(frac)))
		return ParseFen(whole+frac[:m.zeros]+"."+frac[m.zeros:], c)
	}
	return ParseFen(text, c)
}

var moneyNoise = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", "元", "", "£", "", "$", "", "€", "", "−", "-", " ", "")

// Decimal writes the amount exactly, in major units with the currency's
// decimals and an ASCII minus: "-1234.50".
func (f Fen) Decimal(c Currency) string {
	exp := c.Exponent()
	sign, u := "", uint64(f)
	if f < 0 {
		sign, u = "-", uint64(-f)
	}
	if exp == 0 {
		return fmt.Sprintf("%s%d", sign, u)
	}
	unit := uint64(math.Pow10(exp))
	return fmt.Sprintf("%s%d.%0*d", sign, u/unit, exp, u%unit)
}

// Ratio is a/b as a float, for display and comparison
// only. ok is false when b is 0.
func Ratio(a, b Fen) (r float64, ok bool) {
	if b == 0 {
		return 0, false
	}
	return float64(a) / float64(b), true
}
