package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Offer is a rival's matched offer with what is needed to judge its price.
// Landed prices are deal minus coupon.
type Offer struct {
	Rival, Item string
	SKU         market.SKU
	Title       string // of our item
	Unit        market.Unit
	Match       int64 // basis points
	Now         market.Fen
	PromoEnd    time.Time
	InStock     bool // true when the rival does not say
	// History is the landed price at evenly spaced moments of the last 7 days,
	// oldest first; moments at which it was not known are left out.
	History []PricePoint

	Own        market.Fen // our lowest landed price
	OwnKnown   bool
	Floor      market.Fen
	FloorKnown bool
	Units7d    int64
	GMV7d      market.Fen
	Rank       int // of our item by 7-day paid GMV, 0 without sales
}

// PricePoint is a landed price at a moment.
type PricePoint struct {
	At    time.Time
	Price market.Fen
}

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

// moveLife is after how long a cut price counts as the rival's ordinary one.
const moveLife = 7 * 24 * time.Hour

// RivalMoves finds rivals that cut the price of an item matched to one of our
// core items. A price that only returns to what it was before a rise is no cut;
// neither is one that is off by a factor of 100 (yuan taken for fen).
func RivalMoves(r PriceRule, m Materiality, in PriceInput) []Finding {
	var out []Finding
	for i := range in.Offers {
		o := &in.Offers[i]
		if o.Match < r.MinMatch || o.Now <= 0 || !o.InStock {
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
		risk := moveRisk(r, o, move)
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

// Moved tells a cut at one stroke from a drip of small steps, and neither from
// an ordinary price. Before of the answer is the anchor: the median of the last
// 7 days, or the highest of them for a drip.
func Moved(r PriceRule, o *Offer, now time.Time) (RivalMove, bool) {
	if len(o.History) < 3 {
		return RivalMove{}, false
	}
	prices := make([]float64, len(o.History))
	var top, recent PricePoint
	for i, p := range o.History {
		prices[i] = float64(p.Price)
		if p.Price > top.Price {
			top = p
		}
		if p.Price > recent.Price && now.Sub(p.At) <= 24*time.Hour {
			recent = p
		}
	}
	anchor := market.Fen(math.Round(median(prices)))
	if slip(o.Now, anchor) {
		return RivalMove{}, false
	}
	if under(o.Now, anchor, r.Cut) && under(o.Now, recent.Price, r.Cut) {
		return RivalMove{Before: anchor, Now: o.Now, Since: lastAt(o.History, anchor)}, true
	}
	if dripped(r, o, top) && o.Now < recent.Price {
		return RivalMove{Before: top.Price, Now: o.Now, Drip: true, Since: top.At}, true
	}
	return RivalMove{}, false
}

// stillDown keeps an open move until the price is back near its anchor or the
// lower price has lasted so long that it is the ordinary one.
func stillDown(r PriceRule, o *Offer, open OpenMove, now time.Time) (RivalMove, bool) {
	m := open.Move
	if now.Sub(open.Since) >= moveLife || !under(o.Now, m.Before, r.Back) || slip(o.Now, m.Before) {
		return RivalMove{}, false
	}
	return RivalMove{Before: m.Before, Now: o.Now, Drip: m.Drip, Since: m.Since}, true
}

// under reports whether price lies below anchor by at least share.
func under(price, anchor market.Fen, share float64) bool {
	return anchor > 0 && float64(price) <= float64(anchor)*(1-share)
}

// slip reports whether two prices differ by a factor towards 100: the unit has
// changed, not the price. The price may have moved on the same day, so the
// factor need not be exact; nobody sells at a thirtieth.
func slip(price, anchor market.Fen) bool {
	return anchor > 0 && (price < anchor/30 || price/30 > anchor)
}

// lastAt is the last moment at which the price was still about the anchor.
func lastAt(history []PricePoint, anchor market.Fen) time.Time {
	for _, p := range slices.Backward(history) {
		if !under(p.Price, anchor, 0.02) {
			return p.At
		}
	}
	return history[0].At
}

// dripped reports whether the price has come down from its top in at least
// three steps, none of them a cut by itself and none of them upwards.
func dripped(r PriceRule, o *Offer, top PricePoint) bool {
	if !under(o.Now, top.Price, r.Drip) {
		return false
	}
	steps, last := 0, top.Price
	for _, p := range append(slices.Clone(o.History), PricePoint{Price: o.Now}) {
		if p.At.Before(top.At) && !p.At.IsZero() {
			continue
		}
		switch {
		case p.Price > last || under(p.Price, last, r.Cut):
			return false
		case p.Price < last:
			steps++
		}
		last = p.Price
	}
	return steps >= 3
}

// moveRisk is the item's sales over the rule's days, times twice the share by
// which the rival undercuts us (a point is added so that drawing level counts):
// nothing while the rival stays clearly dearer.
func moveRisk(r PriceRule, o *Offer, m RivalMove) market.Fen {
	pressure := (1 - float64(m.Now)/float64(m.Before)) / 2
	if o.OwnKnown && o.Own > 0 {
		pressure = float64(o.Own-m.Now)/float64(o.Own) + 0.05
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
