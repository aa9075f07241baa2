package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
)

// Offer is a rival's matched offer with what is needed to judge its price.
// Landed prices are what a buyer pays for one piece (pricing.Terms).
type Offer struct {
	Rival, Item string
	SKU         market.SKU
	Title       string // of our item
	Unit        market.Unit
	Match       int64 // basis points
	OtherSize   bool  // the titles name different sizes: no match whatever Match says
	Now         market.Fen
	PromoEnd    time.Time
	InStock     bool // true when the rival does not say
	// History is the landed price at evenly spaced moments of the last 7 days,
	// oldest first; moments at which it was not known are left out.
	History []PricePoint
	// Weeks is the landed price at moments a week apart before those, oldest
	// first; Told is what people were last told of in an alert that is over, and
	// when. The zero PricePoint is nothing.
	Weeks []PricePoint
	Told  PricePoint

	Own        market.Fen // our lowest landed price
	OwnKnown   bool
	Floor      market.Fen
	FloorKnown bool
	Units7d    int64
	GMV7d      market.Fen
	Rank       int // of our item by 7-day paid GMV, 0 without sales
}

// PricePoint is a landed price at a moment.
type PricePoint = pricing.Quote

// OpenMove is a rival move that people have been told of.
type OpenMove struct {
	SKU   market.SKU
	Rival string
	Since time.Time
	Move  RivalMove
	// Told and ToldRisk are what people were last told: while the price falls
	// no further, nothing more is at risk than that.
	Told     market.Fen
	ToldRisk market.Fen
}

// PriceInput is what the rival rule looks at.
type PriceInput struct {
	At     time.Time
	Offers []Offer
	Open   []OpenMove
	Daily  market.Fen
}

// RivalMoves finds rivals that cut the price of an item matched to one of our
// core items. A price that only returns to what it was before a rise is no cut;
// neither is one that is off by a factor of 100 (yuan taken for fen).
func RivalMoves(r PriceRule, m Materiality, in PriceInput) []Finding {
	var out []Finding
	for i := range in.Offers {
		o := &in.Offers[i]
		if !r.Same(o) || o.Now <= 0 || !o.InStock {
			continue
		}
		open := slices.IndexFunc(in.Open, func(k OpenMove) bool { return k.SKU == o.SKU && k.Rival == o.Rival })
		var move RivalMove
		var ok bool
		if open >= 0 {
			move, ok = stillDown(r, o, in.Open[open], in.At)
		} else if o.Rank > 0 && o.Rank <= r.Core {
			move, ok = Moved(r, o, in.At)
		}
		if !ok {
			continue
		}
		move.Own, move.Until, move.Sold7d = o.Own, o.PromoEnd, o.Units7d
		move.Floor, move.FloorKnown = o.Floor, o.FloorKnown
		risk := moveRisk(r, o, move, in.At)
		if open >= 0 && o.Now >= in.Open[open].Told {
			risk = min(risk, in.Open[open].ToldRisk)
		}
		severity, material := m.Severity(risk, in.Daily)
		if open < 0 && !material {
			continue
		}
		if o.OwnKnown && float64(o.Own) >= float64(o.Now)*(1+r.Above) {
			severity = severity.raised()
		}
		out = append(out, Finding{
			Rule: RuleRivalMove, Subject: Subject{Unit: o.Unit, SKU: o.SKU, Title: o.Title, Rival: o.Rival},
			At: in.At, Severity: severity, AtRisk: risk, Price: &move,
		})
	}
	return worstPer(out, func(s Subject) string { return string(s.SKU) + "|" + s.Rival })
}

// Same reports whether an offer is sure enough to be our item.
func (r PriceRule) Same(o *Offer) bool { return o.Match >= r.MinMatch && !o.OtherSize }

// Moved judges an offer by its history of the last 7 days, then by the weeks before.
func Moved(r PriceRule, o *Offer, now time.Time) (RivalMove, bool) {
	m, ok := pricing.Moved(r.limits(), o.Now, o.History, now)
	if !ok {
		m, ok = pricing.Crept(r.limits(), o.Now, o.Weeks, o.Told, now)
	}
	return RivalMove{Before: m.Before, Now: m.Now, Drip: m.Drip, Since: m.Since}, ok
}

// stillDown keeps an open move while it lasts.
func stillDown(r PriceRule, o *Offer, open OpenMove, now time.Time) (RivalMove, bool) {
	m := open.Move
	if !(pricing.Move{Before: m.Before}).Lasts(r.limits(), o.Now, open.Since, now) {
		return RivalMove{}, false
	}
	return RivalMove{Before: m.Before, Now: o.Now, Drip: m.Drip, Since: m.Since}, true
}

func (r PriceRule) limits() pricing.Limits {
	return pricing.Limits{Cut: r.Cut, Drip: r.Drip, Back: r.Back}
}

// moveRisk is the item's sales over the rule's days, times twice the share by
// which the rival undercuts us (a point is added so that drawing level counts):
// nothing while the rival stays clearly dearer. A drip goes on at its pace: what
// counts is its price in the middle of these days.
func moveRisk(r PriceRule, o *Offer, m RivalMove, at time.Time) market.Fen {
	price := float64(m.Now)
	if m.Drip {
		lasted := max(1, at.Sub(m.Since).Hours()/24)
		price -= float64(m.Before-m.Now) / lasted * r.Days / 2
	}
	pressure := (1 - price/float64(m.Before)) / 2
	if o.OwnKnown && o.Own > 0 {
		pressure = (float64(o.Own)-price)/float64(o.Own) + 0.05
	}
	share := min(1, max(0, 2*pressure))
	return market.Fen(math.Round(float64(o.GMV7d) / 7 * r.Days * share))
}

// worstPer keeps the worst finding of each key, ordered by severity and money.
func worstPer(all []Finding, key func(Subject) string) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), cmp.Compare(b.AtRisk, a.AtRisk), cmp.Compare(key(a.Subject), key(b.Subject)))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(f Finding) bool {
		k := key(f.Subject)
		dup := seen[k]
		seen[k] = true
		return dup
	})
}
