package i18n

import "fmt"

// money is how one currency is written.
type money struct {
	symbol   string // before the number
	name     string // after a compact number in Chinese; yuan goes without
	exponent int    // decimals of the minor unit
}

// currency tells how code (ISO 4217) is written. An unknown one is written by
// its code, with hundredths as minor unit. Symbols that the chart font lacks
// (₹ ฿ ₱ ₽) are written as the code on purpose.
func currency(code string) money {
	switch code {
	case "CNY":
		return money{"¥", "", 2}
	case "USD":
		return money{"$", "美元", 2}
	case "EUR":
		return money{"€", "欧元", 2}
	case "GBP":
		return money{"£", "英镑", 2}
	case "JPY":
		return money{"¥", "日元", 0}
	case "KRW":
		return money{"₩", "韩元", 0}
	case "VND":
		return money{"₫", "越南盾", 0}
	case "HKD":
		return money{"HK$", "港元", 2}
	case "TWD":
		return money{"NT$", "新台币", 2}
	case "SGD":
		return money{"S$", "新加坡元", 2}
	case "AUD":
		return money{"A$", "澳元", 2}
	case "CAD":
		return money{"C$", "加元", 2}
	case "KWD", "BHD":
		return money{code + " ", code, 3}
	default:
		return money{code + " ", code, 2}
	}
}

// Count writes a whole number exactly, grouped: 1,234.
func (l *Locale) Count(n int64) string { return signed(n < 0, grouped(magnitude(n))) }

// Money writes minor units of a currency exactly: ¥1,234.50, −£0.40, ¥1,235
// for yen.
func (l *Locale) Money(minor int64, code string) string {
	m, size := currency(code), magnitude(minor)
	unit := pow10(m.exponent)
	text := m.symbol + grouped(size/unit)
	if m.exponent > 0 {
		text += fmt.Sprintf(".%0*d", m.exponent, size%unit)
	}
	return signed(minor < 0, text)
}

// CompactMoney writes minor units of a currency for reading. Chinese: 628.4万
// for yuan, 628.4万英镑 for others; English: ¥6.28M, £6.28M.
func (l *Locale) CompactMoney(minor int64, code string) string {
	m := currency(code)
	size := l.compactSize(magnitude(minor), m.exponent)
	return signed(minor < 0 && size != "0", l.withCurrency(size, m))
}

// SignedMoney is CompactMoney for one part of a change: +41万, −¥120K. An
// amount that rounds to nothing has no sign.
func (l *Locale) SignedMoney(minor int64, code string) string {
	if minor <= 0 || l.Compact(minor, currency(code).exponent) == "0" {
		return l.CompactMoney(minor, code)
	}
	return "+" + l.CompactMoney(minor, code)
}

func (l *Locale) withCurrency(size string, m money) string {
	if l.chinese() {
		return size + m.name
	}
	return m.symbol + size
}
