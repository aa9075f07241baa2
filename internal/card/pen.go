package card

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
)

// Pen writes in one language about one shop.
type Pen struct {
	L    *i18n.Locale
	Shop *market.Shop
}

// New makes a pen.
func New(l *i18n.Locale, shop *market.Shop) Pen { return Pen{L: l, Shop: shop} }

func (p Pen) t(key string, args ...any) string { return p.L.T("card."+key, args...) }

func (p Pen) n(key string, n int) string { return p.L.N("card."+key, n) }

// short is an amount for reading, exact an amount for checking.
func (p Pen) short(f market.Fen) string {
	return p.L.CompactMoney(int64(f), string(p.Shop.Currency))
}

func (p Pen) exact(f market.Fen) string { return p.L.Money(int64(f), string(p.Shop.Currency)) }

func (p Pen) signed(f market.Fen) string {
	return p.L.SignedMoney(int64(f), string(p.Shop.Currency))
}

func (p Pen) shop() string { return p.Shop.Name.In(p.L.Tag()) }

func (p Pen) day(d market.Day) string {
	y, m, day := d.Date()
	return p.L.Date(time.Date(y, m, day, 12, 0, 0, 0, time.UTC))
}

// days writes a span of business days.
func (p Pen) days(from, to market.Day) string {
	if from == to {
		return p.day(from)
	}
	return p.day(from) + " – " + p.day(to)
}

func (p Pen) clock(t time.Time) string { return p.L.Clock(p.Shop.Local(t)) }

func (p Pen) moment(t time.Time) string { return p.L.Moment(p.Shop.Local(t)) }

// when is a clock time on the business day of now, else a date with a time.
func (p Pen) when(t, now time.Time) string {
	if p.Shop.Local(t).Format(time.DateOnly) == p.Shop.Local(now).Format(time.DateOnly) {
		return p.clock(t)
	}
	return p.moment(t)
}

// label is the name of a member of a dimension; an id without a name is itself.
func (p Pen) label(list []market.Label, id string) string {
	for _, l := range list {
		if l.ID == id {
			return l.Name.In(p.L.Tag())
		}
	}
	if id == "" {
		return p.t("unknown_member")
	}
	return id
}

func (p Pen) unit(u market.Unit) string       { return p.label(p.Shop.Units, string(u)) }
func (p Pen) channel(c market.Channel) string { return p.label(p.Shop.Channels, string(c)) }

func (p Pen) region(r market.Region) string { return p.label(p.Shop.Regions, string(r)) }

// line is a plain line, bold a line in bold.
func line(s string) chat.Rich { return chat.Line(s) }

func bold(s string) chat.Rich { return chat.Rich{{Text: s, Bold: true}} }

// clamp cuts outside text to n characters and takes out control characters and
// line ends, so that one title stays one line.
func clamp(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// headline joins what is not empty, cut to what a notification holds.
func headline(parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return clamp(strings.ReplaceAll(strings.Join(kept, " "), "： ", "："), maxHeadline)
}

const (
	maxHeadline = 300
	lineTitle   = 40 // characters of a title in a line
	cellTitle   = 24 // and in a table
	// maxAlt is what the words for a picture may take; chats cut at 2,000.
	maxAlt = 1900
)

// decimal writes a small number with one decimal, none when it is whole.
func decimal(f float64) string { return strings.TrimSuffix(formatFloat(f, 1), ".0") }

func formatFloat(f float64, decimals int) string { return strconv.FormatFloat(f, 'f', decimals, 64) }

// chance writes a probability so that small ones stay readable: 1/12000.
func chance(p float64) string {
	if p <= 0 || 1/p > 1e9 {
		return "< 1/1,000,000,000"
	}
	return "1/" + strconv.FormatFloat(1/p, 'f', 0, 64)
}
