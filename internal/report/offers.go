package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
)

// terms are what row i of a picture of prices says, without time limits.
func terms(b *market.Batch, i int) pricing.Terms {
	var t pricing.Terms
	list, listKnown := b.Column("list").Int(i)
	deal, dealKnown := b.Column("deal").Int(i)
	t.List, t.ListKnown, t.Deal, t.DealKnown = market.Fen(list), listKnown, market.Fen(deal), dealKnown
	t.Coupon, t.Gift = market.Fen(b.Column("coupon").Ints[i]), b.Column("gift").Text(i)
	return t
}

// ownPrices reads what our items cost on each channel, by SKU; rows keep the
// order of the picture.
func (l *loader) ownPrices(now time.Time) (at time.Time, bySKU map[market.SKU][]OwnPrice, err error) {
	snap, b, found, err := l.tx.State(l.shop.ID, market.OwnPrices, now, l.asOf)
	if err != nil {
		return at, nil, fmt.Errorf("load own prices: %w", err)
	}
	bySKU = map[market.SKU][]OwnPrice{}
	if !found {
		return at, bySKU, nil
	}
	sku, channel := b.Column("sku"), b.Column("channel")
	begin, end, listed := b.Column("promo_start"), b.Column("promo_end"), b.Column("listed")
	least := b.Column("min_price")
	for i := range b.Len() {
		t := terms(b, i)
		t.From = moment(begin, i) // a deal that is announced is none yet
		if low, known := least.Int(i); known && t.From.After(now) && t.DealKnown && market.Fen(low) < t.Deal-t.Coupon {
			t.Next, t.NextKnown = market.Fen(low), true // the deal is of now, what is announced is lower
		}
		parts, ok := t.Parts(now)
		if !ok {
			continue
		}
		t.Until = moment(end, i)
		p := OwnPrice{
			Channel: market.Channel(channel.Text(i)), Landed: parts.Landed, List: t.List, Coupon: t.Coupon, Parts: parts, terms: t,
			Gift: t.Gift, PromoEnd: t.Until, Listed: !listed.Known(i) || listed.Ints[i] != 0,
		}
		k := market.SKU(sku.Text(i))
		bySKU[k] = append(bySKU[k], p)
	}
	return snap.Window.End, bySKU, nil
}

// lowest is the lowest landed price over listed channels.
func lowest(own []OwnPrice) (price market.Fen, ok bool) {
	for _, p := range own {
		if p.Listed && (!ok || p.Landed < price) {
			price, ok = p.Landed, true
		}
	}
	return price, ok
}

// moment is an instant column's value, the zero time when it is not known.
func moment(v *market.Vector, i int) time.Time {
	ms, ok := v.Int(i)
	if !ok {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// offer is a rival's matched offer with what only a card needs.
type offer struct {
	analysis.Offer
	title string
	parts pricing.Parts
	gift  string
}

// offers reads the newest complete picture of matched rival offers with the
// history of their prices. Without one it is ErrNoData.
func (l *loader) offers(now time.Time, own map[market.SKU][]OwnPrice, s *sales) (at time.Time, out []offer, err error) {
	snap, b, found, err := l.tx.State(l.shop.ID, market.RivalOffers, now, l.asOf)
	if err != nil {
		return at, nil, fmt.Errorf("load rival offers: %w", err)
	}
	if !found {
		return at, nil, ErrNoData
	}
	past, err := l.priceHistory(snap.Revision, b, now)
	if err != nil {
		return at, nil, err
	}
	rank := ranks(s.bySKU, func(a, b string) int { return compareText(a, b) })
	rival, item, sku, match, title := b.Column("rival"), b.Column("rival_item"), b.Column("sku"), b.Column("match"), b.Column("title")
	end, stock := b.Column("promo_end"), b.Column("in_stock")
	out = make([]offer, 0, b.Len())
	for i := range b.Len() {
		t := terms(b, i)
		parts, ok := t.Parts(now)
		if !ok || sku.Text(i) == "" {
			continue
		}
		k := market.SKU(sku.Text(i))
		o := offer{title: title.Text(i), gift: t.Gift, parts: parts}
		sold := s.bySKU[sku.Text(i)]
		o.Offer = analysis.Offer{
			Rival: rival.Text(i), Item: item.Text(i), SKU: k, Title: string(k),
			Match: match.Ints[i], Now: parts.Landed, PromoEnd: moment(end, i), InStock: !stock.Known(i) || stock.Ints[i] != 0,
			Units7d: sold.units, GMV7d: sold.paid, Rank: rank[sku.Text(i)],
		}
		if it, ok := l.items.Find(k); ok {
			o.Title, o.Unit = cmp.Or(it.Title, o.Title), it.Unit
			if it.Floor >= 0 {
				o.Floor, o.FloorKnown = it.Floor, true
			}
		}
		o.Weeks, o.History = since(past[i], now.Add(-week))
		o.OtherSize = pricing.Differs(o.Title, o.title)
		o.Own, o.OwnKnown = lowest(own[k])
		out = append(out, o)
	}
	return snap.Window.End, out, nil
}

// since parts quotes, oldest first, into those before a moment and the others.
func since(quotes []analysis.PricePoint, at time.Time) (before, after []analysis.PricePoint) {
	n := 0
	for n < len(quotes) && quotes[n].At.Before(at) {
		n++
	}
	return quotes[:n:n], quotes[n:]
}

// priceHistory is the landed price of each row of b, the picture of a revision, a
// week apart over two months, then four times a day over the last seven days.
func (l *loader) priceHistory(rev market.Revision, b *market.Batch, now time.Time) ([][]analysis.PricePoint, error) {
	key := func(b *market.Batch, i int) string {
		return b.Column("rival").Text(i) + "\x1f" + b.Column("rival_item").Text(i)
	}
	times, values, err := history(l, &l.cache.offers, market.RivalOffers, slices.Concat(l.weeks(now), l.moments(now)), func(b *market.Batch, row func(string, market.Fen)) {
		for i := range b.Len() {
			if p, ok := terms(b, i).Landed(now); ok {
				row(key(b, i), p)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	l.cache.mu.Lock()
	defer l.cache.mu.Unlock()
	out := make([][]analysis.PricePoint, b.Len())
	points := make([]analysis.PricePoint, 0, b.Len()*len(times))
	ids := l.cache.offers.rows(rev, len(out), func(i int) string { return key(b, i) })
	for i := range out {
		id, from := int(ids[i]), len(points)
		for n, row := range values {
			if id < len(row) && row[id].set {
				points = append(points, analysis.PricePoint{At: times[n], Price: row[id].v})
			}
		}
		out[i] = points[from:len(points):len(points)]
	}
	return out, nil
}
