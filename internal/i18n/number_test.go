package i18n

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

func TestCompact(t *testing.T) {
	for _, v := range []struct {
		fen    int64
		zh, en string
	}{
		{-40, "0", "0"},
		{0, "0", "0"},
		{9_999_00, "9,999", "10K"},
		{9_999_49, "9,999", "10K"},
		{9_999_50, "1万", "10K"},
		{12_345_00, "1.2万", "12.3K"},
		{-3_782_000_00, "−378.2万", "−3.78M"},
		{99_949_99, "10万", "99.9K"},
		{999_949_00, "100万", "999.9K"},
		{999_950_00, "100万", "1M"},
		{6_284_000_00, "628.4万", "6.28M"},
		{9_999_500_00, "1000万", "10M"},
		{12_345_678_00, "1235万", "12.35M"},
		{99_994_999_99, "9999万", "99.99M"},
		{99_995_000_00, "1亿", "100M"},
		{123_456_789_00, "1.23亿", "123.5M"},
		{1_234_567_890_00, "12.35亿", "1.23B"},
		{999_950_000_000_00, "1万亿", "1T"},
		{1_500_000_000_000_00, "1.5万亿", "1.5T"},
		{999_49, "999", "999"},
		{999_50, "1,000", "1K"},
		{-999_50, "−1,000", "−1K"},
		{math.MaxInt64, "92,234万亿", "92,234T"},
		{math.MinInt64, "−92,234万亿", "−92,234T"},
	} {
		if got := Zh().Compact(v.fen, 2); got != v.zh {
			t.Errorf("zh %d fen: got %q, want %q", v.fen, got, v.zh)
		}
		if got := En().Compact(v.fen, 2); got != v.en {
			t.Errorf("en %d fen: got %q, want %q", v.fen, got, v.en)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, v := range []struct {
		minor                       int64
		code                        string
		exact, zh, en, zhSig, enSig string
	}{
		{1_234_50, "CNY", "¥1,234.50", "1,235", "¥1.2K", "+1,235", "+¥1.2K"},
		{6_284_000_00, "CNY", "¥6,284,000.00", "628.4万", "¥6.28M", "+628.4万", "+¥6.28M"},
		{6_284_000_00, "GBP", "£6,284,000.00", "628.4万英镑", "£6.28M", "+628.4万英镑", "+£6.28M"},
		{-120_000_00, "CNY", "−¥120,000.00", "−12万", "−¥120K", "−12万", "−¥120K"},
		{-40, "USD", "−$0.40", "0美元", "$0", "0美元", "$0"},
		{40, "EUR", "€0.40", "0欧元", "€0", "0欧元", "€0"},
		{0, "CNY", "¥0.00", "0", "¥0", "0", "¥0"},
		{1_234, "JPY", "¥1,234", "1,234日元", "¥1.2K", "+1,234日元", "+¥1.2K"},
		{1_234, "KWD", "KWD 1.234", "1KWD", "KWD 1", "+1KWD", "+KWD 1"},
		{5, "THB", "THB 0.05", "0THB", "THB 0", "0THB", "THB 0"},
	} {
		for what, pair := range map[string][2]string{
			"exact zh":   {Zh().Money(v.minor, v.code), v.exact},
			"exact en":   {En().Money(v.minor, v.code), v.exact},
			"compact zh": {Zh().CompactMoney(v.minor, v.code), v.zh},
			"compact en": {En().CompactMoney(v.minor, v.code), v.en},
			"signed zh":  {Zh().SignedMoney(v.minor, v.code), v.zhSig},
			"signed en":  {En().SignedMoney(v.minor, v.code), v.enSig},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s %d %s: got %q, want %q", what, v.minor, v.code, pair[0], pair[1])
			}
		}
	}
}

func TestRatios(t *testing.T) {
	zh, en := Zh(), En()
	for _, v := range []struct{ name, got, want string }{
		{"percent", en.Percent(0.124), "12.4%"},
		{"percent, nothing behind the point", en.Percent(0.08), "8%"},
		{"percent rounds half away", en.Percent(-0.1245), "−12.5%"},
		{"percent of everything", zh.Percent(1), "100%"},
		{"percent, large", zh.Percent(1234.5), "123,450%"},
		{"percent, tiny", zh.Percent(0.0004), "<0.1%"},
		{"percent, tiny and negative", zh.Percent(-0.0004), ">−0.1%"},
		{"percent of nothing", zh.Percent(0), "0%"},
		{"percent unknown", zh.Percent(math.NaN()), "—"},
		{"percent, endless", zh.Percent(math.Inf(1)), "—"},

		{"attained by a hair less", en.Attained(0.9997), "99.9%"},
		{"attained by less than a hair less", en.Attained(0.999999999999), "99.9%"},
		{"attained", en.Attained(1), "100%"},
		{"attained and more", en.Attained(1.2345), "123.4%"},
		{"attained is cut", en.Attained(0.89771), "89.7%"},
		{"attained without binary noise", en.Attained(0.57), "57%"},
		{"attained, a beginning", en.Attained(0.0003), "<0.1%"},
		{"attained nothing", en.Attained(0), "0%"},
		{"attained, net loss", en.Attained(-0.05), "−5%"},
		{"attained unknown", en.Attained(math.NaN()), "—"},

		{"points zh", zh.Points(0.021), "+2.1 个百分点"},
		{"points en", en.Points(0.021), "+2.1 pp"},
		{"points down", en.Points(-0.011), "−1.1 pp"},
		{"points, tiny", en.Points(-0.0001), "down by less than 0.1 pp"},
		{"points, none zh", zh.Points(0), "持平"},
		{"points, none en", en.Points(0), "flat"},
		{"points unknown", en.Points(math.NaN()), "—"},

		{"change up", en.Change(1082, 1000), "▲8.2%"},
		{"change down", en.Change(969, 1000), "▼3.1%"},
		{"change, flat zh", zh.Change(5, 5), "持平"},
		{"change, flat en", en.Change(0, 0), "flat"},
		{"change, new zh", zh.Change(5, 0), "新增"},
		{"change, new en", en.Change(5, 0), "new"},
		{"change, loss from nothing", en.Change(-5, 0), "—"},
		{"change elevenfold", en.Change(1100, 100), "×11"},
		{"change just below elevenfold", en.Change(10_999, 1000), "▲999.9%"},
		{"change that rounds to elevenfold", en.Change(10_999_999, 1_000_000), "×11"},
		{"change, tiny up", zh.Change(1_000_001, 1_000_000), "▲<0.1%"},
		{"change, tiny down", zh.Change(999_999, 1_000_000), "▼<0.1%"},
		{"change to nothing", zh.Change(0, 7), "▼100%"},
		{"change to almost nothing", zh.Change(1, 100_000), "▼99.9%"},
		{"change of a loss", zh.Change(-50, -100), "▲50%"},
		{"change over the whole range", en.Change(math.MaxInt64, math.MinInt64), "▲200%"},
		{"change from the largest", en.Change(math.MinInt64, math.MaxInt64), "▼200%"},
		{"change, huge", en.Change(math.MaxInt64, 1), "×9,223,372,036,854,775,807"},
	} {
		if v.got != v.want {
			t.Errorf("%s: got %q, want %q", v.name, v.got, v.want)
		}
	}
}

func TestMoments(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	at := time.Date(2026, 11, 21, 8, 2, 59, 0, shanghai)
	zh, en := Zh(), En()
	for _, v := range []struct{ name, got, want string }{
		{"date zh", zh.Date(at), "11/21 周六"},
		{"date en", en.Date(at), "Sat 11/21"},
		{"clock", zh.Clock(at), "08:02"},
		{"moment", en.Moment(at), "11/21 08:02"},
		{"no date", zh.Date(time.Time{}), "—"},
		{"no clock", zh.Clock(time.Time{}), "—"},
		{"no moment", zh.Moment(time.Time{}), "—"},
		{"hours zh", zh.Duration(125 * time.Minute), "2 小时 5 分"},
		{"hours en", en.Duration(125 * time.Minute), "2 h 5 min"},
		{"whole hours", en.Duration(2 * time.Hour), "2 h"},
		{"days", en.Duration(76*time.Hour + 59*time.Minute), "3 d 4 h"},
		{"whole days zh", zh.Duration(72*time.Hour + time.Minute), "3 天"},
		{"minutes zh", zh.Duration(59*time.Minute + 59*time.Second), "59 分"},
		{"seconds zh", zh.Duration(45 * time.Second), "45 秒"},
		{"no time", en.Duration(0), "0 s"},
		{"backwards", en.Duration(-time.Hour), "−1 h"},
		{"backwards, longest", en.Duration(math.MinInt64), "−106,751 d 23 h"},
		{"list zh", zh.Join([]string{"美妆", "服饰"}), "美妆、服饰"},
		{"list en", en.Join([]string{"beauty", "apparel"}), "beauty, apparel"},
		{"count", zh.Count(-1_234_567), "−1,234,567"},
		{"compact count", zh.CompactCount(12_345), "1.2万"},
	} {
		if v.got != v.want {
			t.Errorf("%s: got %q, want %q", v.name, v.got, v.want)
		}
	}
}

// parseCompact reads back what Compact wrote: the value and half a unit of its
// last digit, both in minor units.
func parseCompact(t *testing.T, l *Locale, text string, exponent int) (value, half *big.Rat) {
	t.Helper()
	power := 0
	for _, s := range l.ladder() {
		if s.name != "" && strings.HasSuffix(text, s.name) {
			power = s.power // later rungs have longer names: 万亿 wins over 亿
		}
	}
	digits := strings.TrimRight(text, "万亿KMBT")
	digits = strings.ReplaceAll(strings.ReplaceAll(digits, ",", ""), minus, "-")
	value, ok := new(big.Rat).SetString(digits)
	if !ok {
		t.Fatalf("%q is not a number", text)
	}
	scale := new(big.Rat).SetInt64(int64(pow10(power + exponent)))
	return value.Mul(value, scale), scale
}

// FuzzCompact: what is printed, read back, lies within half a unit of the last
// digit that may be printed; it never has more than four significant digits
// unless it is whole; and a larger number never prints as a smaller one.
func FuzzCompact(f *testing.F) {
	for _, seed := range []int64{0, -40, 999_950, 999_949, 9_999_50, 99_995_000_00, math.MaxInt64, math.MinInt64} {
		f.Add(seed, 2)
	}
	f.Add(int64(5), 0)
	f.Add(int64(-12_345), 3)
	f.Fuzz(func(t *testing.T, minor int64, exponent int) {
		exponent = min(max(exponent, 0), maxExponent)
		for _, l := range []*Locale{Zh(), En()} {
			text := l.Compact(minor, exponent)
			value, scale := parseCompact(t, l, text, exponent)
			digits := strings.TrimLeft(strings.TrimRight(text, "万亿KMBT"), minus)
			whole, frac, _ := strings.Cut(digits, ".")
			if significant := len(strings.ReplaceAll(whole, ",", "")) + len(frac); frac != "" && significant > 4 {
				t.Errorf("%s %d: %q has %d significant digits", l.Tag(), minor, text, significant)
			}
			shown := min(max(0, 4-len(strings.ReplaceAll(whole, ",", ""))), decimalsFor(l, text))
			half := scale.Quo(scale, new(big.Rat).SetInt64(2*int64(pow10(shown))))
			off := new(big.Rat).Sub(value, new(big.Rat).SetInt64(minor))
			if off.Abs(off).Cmp(half) > 0 {
				t.Errorf("%s %d·10^-%d: %q is off by %s, more than %s", l.Tag(), minor, exponent, text, off, half)
			}
			if next := l.Compact(max(minor, minor+1), exponent); next != text {
				v, _ := parseCompact(t, l, next, exponent)
				if v.Cmp(value) < 0 {
					t.Errorf("%s: %d prints %q but the next prints %q", l.Tag(), minor, text, next)
				}
			}
		}
	})
}

func decimalsFor(l *Locale, text string) int {
	decimals := 0
	for _, s := range l.ladder() {
		if s.name != "" && strings.HasSuffix(text, s.name) {
			decimals = s.decimals
		}
	}
	return decimals
}
