package pricing

import (
	"regexp"
	"strconv"
	"time"

	"shopwatch/internal/market"
)

// Terms are what an offer says of its price. Amounts of 0 that can be unknown
// have a flag beside them.
type Terms struct {
	List, Deal           market.Fen
	ListKnown, DealKnown bool
	Coupon               market.Fen // 0 without one
	Gift                 string     // in the shop's words: "买二送一"
	// From and Until limit the deal, the coupon and the gift; zero is open.
	From, Until time.Time
	// Next, when known, is the landed price of a promotion that From and Until
	// limit; the deal then holds outside of them.
	Next      market.Fen
	NextKnown bool
}

// Parts is what a landed price is made of: Landed is Base less Coupon, spread over
// Got pieces of which Paid are paid for.
type Parts struct {
	Base   market.Fen `json:"base"`
	Kind   string     `json:"kind"` // of Base
	Coupon market.Fen `json:"coupon,omitempty"`
	Paid   int        `json:"paid,omitempty"` // 0 without a bundle, as Got
	Got    int        `json:"got,omitempty"`
	Landed market.Fen `json:"landed"`
}

// Kinds of a base price.
const (
	BaseDeal = "deal"
	BaseList = "list"
	BaseNext = "announced" // of a promotion that has begun since it was announced
)

// Landed is what a buyer pays for one piece at a moment; see Parts.
func (t Terms) Landed(at time.Time) (price market.Fen, ok bool) {
	p, ok := t.Parts(at)
	return p.Landed, ok
}

// Parts is what a buyer pays for one piece at a moment: the deal, else the list
// price, less the coupon, spread over the pieces that a bundle of the same item
// brings. Gifts of another kind are worth something, nobody knows how much: they
// change no price. Outside the terms' time only the list price holds. ok is false
// when no price is known then.
func (t Terms) Parts(at time.Time) (p Parts, ok bool) {
	outside := !t.From.IsZero() && at.Before(t.From) || !t.Until.IsZero() && !at.Before(t.Until)
	switch {
	case t.NextKnown && !outside:
		return Parts{Base: t.Next, Kind: BaseNext, Landed: t.Next}, true
	case outside && !t.NextKnown:
		return Parts{Base: t.List, Kind: BaseList, Landed: t.List}, t.ListKnown
	case t.DealKnown:
		p.Base, p.Kind = t.Deal, BaseDeal
	case t.ListKnown:
		p.Base, p.Kind = t.List, BaseList
	default:
		return Parts{}, false
	}
	p.Coupon = min(t.Coupon, p.Base)
	p.Landed = p.Base - p.Coupon
	if paid, got, bundle := Bundle(t.Gift); bundle {
		p.Paid, p.Got = paid, got
		p.Landed = market.Fen((int64(p.Landed)*int64(paid) + int64(got)/2) / int64(got))
	}
	return p, true
}

// Pieces in Chinese and Arabic figures.
const figure = `([一二两三四五六七八九十]|\d{1,2})`

var (
	buyGive    = regexp.MustCompile(`买` + figure + `[件瓶盒支袋罐]?(?:送|赠)` + figure + `(?:[件瓶盒支袋罐]|$|[^\p{Han}\d])`)
	buyGet     = regexp.MustCompile(`(?i)\bbuy (\d{1,2}|one|two|three),? get (\d{1,2}|one|two|three)(?: free)?\b`)
	figureWord = map[string]int{
		"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "one": 1, "two": 2, "three": 3,
	}
)

// Bundle reads "买二送一" or "buy 2 get 1 free": for so many paid pieces a buyer
// gets so many in all. "买一送小样" names another thing and is none.
func Bundle(text string) (paid, got int, ok bool) {
	m := buyGive.FindStringSubmatch(text)
	if m == nil {
		m = buyGet.FindStringSubmatch(text)
	}
	if m == nil {
		return 0, 0, false
	}
	buy, free := pieces(m[1]), pieces(m[2])
	return buy, buy + free, buy > 0 && free > 0
}

func pieces(s string) int {
	if n, ok := figureWord[s]; ok {
		return n
	}
	n, _ := strconv.Atoi(s) // digits, as matched
	return n
}
