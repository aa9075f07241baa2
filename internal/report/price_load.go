package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

var priceTables = []string{market.RivalOffers.Name, market.OwnPrices.Name, market.OrderLines.Name}

func compareText(a, b string) int { return cmp.Compare(a, b) }

// LoadPrice answers q. A shop without a complete picture of rival offers gives
// ErrNoData.
func LoadPrice(ctx context.Context, db *storage.DB, shop *market.Shop, q PriceQuery) (Price, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "prices", func(l *loader) (Price, error) {
		p, err := l.price(q)
		l.based(&p.Data)
		return p, err
	})
}

func (l *loader) price(q PriceQuery) (Price, error) {
	all, err := l.feeds(priceTables, q.Now, q.Fresh)
	if err != nil {
		return Price{}, err
	}
	s, err := l.salesWeek(all, q.Now)
	if err != nil {
		return Price{}, err
	}
	ownAt, own, err := l.ownPrices(q.Now)
	if err != nil {
		return Price{}, err
	}
	at, offers, err := l.offers(q.Now, own, &s)
	if err != nil {
		return Price{}, err
	}
	if !ownAt.IsZero() {
		at = earlier(at, ownAt)
	}
	p := Price{Shop: l.shop.ID, At: at, Data: coverage(l.tx, all, at, zeroTime, q.AsOf)}
	items := l.priceItems(q, offers, own)
	p.Core = coreAdvantage(items)
	for _, it := range items {
		above, day, moved := it.stands()
		p.Matched += b2i(len(it.Rivals) > 0)
		p.Above += b2i(above)
		p.Moved24h += b2i(day)
		p.Moved7d += b2i(moved)
		if q.Show == PriceAll || q.Show == PriceMoves && moved || q.Show == PriceAbove && above {
			p.Items = append(p.Items, it)
		}
	}
	slices.SortFunc(p.Items, func(a, b PriceItem) int {
		return cmp.Or(cmp.Compare(b.GMV7d, a.GMV7d), cmp.Compare(a.SKU, b.SKU))
	})
	if q.Top > 0 && len(p.Items) > q.Top {
		p.More = len(p.Items) - q.Top
		p.Items = p.Items[:q.Top]
	}
	if q.SKU != "" && len(p.Items) == 1 && len(p.Items[0].Rivals) > 0 {
		p.Trail, err = l.priceTrail(q, &p.Items[0], offers)
	}
	return p, err
}

// keeps reports whether the query is about an offer.
func (q *PriceQuery) keeps(o *offer) bool {
	return (q.SKU == "" || o.SKU == q.SKU) && (q.Unit == "" || o.Unit == q.Unit) && (q.Rival == "" || o.Rival == q.Rival)
}

// stands reports whether a rival is cheaper, and whether one has moved.
func (it *PriceItem) stands() (above, day, moved bool) {
	for _, r := range it.Rivals {
		above = above || r.GapKnown && r.Gap > 0
		day = day || r.Move24h != nil
		moved = moved || r.Move7d != nil || r.Move24h != nil
	}
	return above, day, moved
}

// priceItems groups the offers that the query keeps by our item.
func (l *loader) priceItems(q PriceQuery, offers []offer, own map[market.SKU][]OwnPrice) []PriceItem {
	index := map[market.SKU]int{}
	var out []PriceItem
	rules := analysis.Defaults().Price
	for i := range offers {
		o := &offers[i]
		if !q.keeps(o) {
			continue
		}
		n, ok := index[o.SKU]
		if !ok {
			n = len(out)
			index[o.SKU] = n
			out = append(out, PriceItem{
				SKU: o.SKU, Title: o.Title, Unit: o.Unit, Own: l.byChannel(own[o.SKU]), Landed: o.Own, LandedKnown: o.OwnKnown,
				Floor: o.Floor, FloorKnown: o.FloorKnown, GMV7d: o.GMV7d, Units7d: o.Units7d, Rank: o.Rank,
			})
			out[n].UnitPrice, out[n].UnitOf = unitPrice(o.Title, o.Own)
		}
		if r := rivalPrice(o, rules, q.Now); rules.Same(&o.Offer) {
			out[n].Rivals = append(out[n].Rivals, r)
		} else {
			out[n].Unsure = append(out[n].Unsure, r)
		}
	}
	for i := range out {
		slices.SortStableFunc(out[i].Rivals, cheapestFirst)
		slices.SortStableFunc(out[i].Unsure, cheapestFirst)
	}
	if q.SKU == "" {
		out = slices.DeleteFunc(out, func(it PriceItem) bool { return len(it.Rivals) == 0 })
	}
	return out
}

func cheapestFirst(a, b RivalPrice) int {
	return cmp.Or(cmp.Compare(a.Landed, b.Landed), cmp.Compare(a.Rival, b.Rival), cmp.Compare(a.Item, b.Item))
}

// coreAdvantage is how the best sellers among items stand against the cheapest rival
// that has them in stock.
func coreAdvantage(items []PriceItem) *CoreAdvantage {
	c := CoreAdvantage{Least: pricing.Advantage}
	for i := range items {
		it := &items[i]
		n := slices.IndexFunc(it.Rivals, func(r RivalPrice) bool { return r.InStock && r.GapKnown })
		if n < 0 || it.Rank == 0 || it.Rank > suggestCore {
			continue
		}
		r := it.Rivals[n]
		c.Items++
		c.GMV += it.GMV7d
		if r.Gap <= 0 {
			c.Cheapest++
			c.CheapestGMV += it.GMV7d
		}
		if r.Advantage >= c.Least {
			c.Kept++
			c.KeptGMV += it.GMV7d
		}
	}
	if c.Items == 0 {
		return nil
	}
	return &c
}

// byChannel puts prices into the shop's order of channels.
func (l *loader) byChannel(own []OwnPrice) []OwnPrice {
	place := func(c market.Channel) int {
		i := slices.IndexFunc(l.shop.Channels, func(x market.Label) bool { return x.ID == string(c) })
		if i < 0 {
			return len(l.shop.Channels)
		}
		return i
	}
	slices.SortStableFunc(own, func(a, b OwnPrice) int {
		return cmp.Or(cmp.Compare(place(a.Channel), place(b.Channel)), cmp.Compare(a.Channel, b.Channel))
	})
	return own
}

// unitPrice is what a hundred of the unit that a title names cost at a price.
func unitPrice(title string, price market.Fen) (per market.Fen, unit string) {
	size, ok := pricing.SizeOf(title)
	if !ok || price <= 0 {
		return 0, ""
	}
	return size.Per(price), size.Unit
}

func rivalPrice(o *offer, rules analysis.PriceRule, now time.Time) RivalPrice {
	r := RivalPrice{
		Rival: o.Rival, Item: o.Item, Title: o.title, Match: o.Match, OtherSize: o.OtherSize, Landed: o.Now, Coupon: o.parts.Coupon, Parts: o.parts,
		Gift: o.gift, PromoEnd: o.PromoEnd, InStock: o.InStock,
	}
	r.UnitPrice, r.UnitOf = unitPrice(o.title, o.Now)
	if o.OwnKnown && o.Now > 0 {
		r.GapKnown, r.Gap = true, o.Own-o.Now
		r.Advantage = float64(o.Now-o.Own) / float64(o.Now)
	}
	if before, ok := dayAgo(o.History, now); ok {
		r.Move24h = moveFrom(before, o.Now)
	}
	prices := make([]market.Fen, len(o.History))
	for i, p := range o.History {
		prices[i] = p.Price
	}
	r.Move7d = moveFrom(medianFen(prices), o.Now)
	if m, ok := analysis.Moved(rules, &o.Offer, now); ok && m.Drip {
		r.Move7d = moveFrom(m.Before, o.Now)
		r.Move7d.Drip = true
	}
	return r
}

// dayAgo is the price at the last moment that is a day or more ago.
func dayAgo(history []analysis.PricePoint, now time.Time) (market.Fen, bool) {
	for _, p := range slices.Backward(history) {
		if now.Sub(p.At) >= 24*time.Hour {
			return p.Price, true
		}
	}
	return 0, false
}

// leastMove is the change from which a price counts as moved.
const leastMove = 0.01

func moveFrom(before, now market.Fen) *PriceMove {
	if before <= 0 {
		return nil
	}
	change := float64(now-before) / float64(before)
	if math.Abs(change) < leastMove {
		return nil
	}
	return &PriceMove{Before: before, Change: change}
}
