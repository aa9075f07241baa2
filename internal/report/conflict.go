package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// conflictsAhead is how far ahead announced promotions are looked at.
const conflictsAhead = 14 * 24 * time.Hour

// ConflictsQuery asks which items cost differently on two of our channels.
type ConflictsQuery struct {
	Now   time.Time
	Unit  market.Unit
	SKU   market.SKU
	Top   int // 0 lists all
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
}

// Conflicts is items whose landed price differs between channels, now or when
// an announced promotion begins. The shop's first channel that sells an item
// leads: the others move to its price.
type Conflicts struct {
	Shop market.ShopID `json:"shop"`
	At   time.Time     `json:"at"`
	Data Coverage      `json:"data"`

	Compared int            `json:"compared"` // items on sale on two channels or more
	Present  int            `json:"present"`  // items in conflict now
	Ahead    int            `json:"ahead"`    // items that will be, and are not now
	Items    []ConflictItem `json:"items"`    // those of now first, by 7-day paid GMV
	More     int            `json:"more,omitempty"`
}

// ConflictItem is one conflict of one item.
type ConflictItem struct {
	SKU    market.SKU     `json:"sku"`
	Title  string         `json:"title"`
	Unit   market.Unit    `json:"unit,omitempty"`
	Ahead  bool           `json:"ahead"` // it begins at From
	From   time.Time      `json:"from"`
	Until  time.Time      `json:"until,omitzero"` // of the promotion that causes it
	Leader market.Channel `json:"leader"`
	Prices []ChannelPrice `json:"prices"` // in the shop's order of channels
	Gap    market.Fen     `json:"gap"`    // between the largest and the smallest
	Movers []PriceMover   `json:"movers"`
	GMV7d  market.Fen     `json:"gmv_7d"`
}

// ChannelPrice is what an item costs on a channel.
type ChannelPrice struct {
	Channel market.Channel `json:"channel"`
	Landed  market.Fen     `json:"landed"`
	Gift    string         `json:"gift,omitempty"` // text from outside
}

// PriceMover is a channel that must move, and to what.
type PriceMover struct {
	Channel market.Channel `json:"channel"`
	From    market.Fen     `json:"from"`
	To      market.Fen     `json:"to"`
}

// LoadConflicts answers q. A shop without a complete picture of its prices
// gives ErrNoData.
func LoadConflicts(ctx context.Context, db *storage.DB, shop *market.Shop, q ConflictsQuery) (Conflicts, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "conflicts", func(l *loader) (Conflicts, error) {
		c, err := l.conflicts(q)
		l.based(&c.Data)
		return c, err
	})
}

func (l *loader) conflicts(q ConflictsQuery) (Conflicts, error) {
	s, err := l.shelfPrices(q.Now, q.Fresh)
	if err != nil {
		return Conflicts{}, err
	}
	c := Conflicts{Shop: l.shop.ID, At: s.at, Data: s.data}
	for sku, prices := range s.own {
		if q.SKU != "" && sku != q.SKU || q.Unit != "" && l.items.Unit(sku) != q.Unit {
			continue
		}
		listings := l.listings(prices, q.Now)
		c.Compared += b2i(len(listings) > 1)
		found := pricing.Conflicts(listings, nil, q.Now, conflictsAhead)
		for i, x := range found {
			it := l.conflictItem(sku, x, q.Now)
			it.GMV7d = s.week.bySKU[string(sku)].paid
			c.Items = append(c.Items, it)
			if i == 0 {
				c.Present += b2i(!it.Ahead)
				c.Ahead += b2i(it.Ahead)
			}
		}
	}
	slices.SortFunc(c.Items, func(a, b ConflictItem) int {
		return cmp.Or(cmp.Compare(b2i(a.Ahead), b2i(b.Ahead)), cmp.Compare(b.GMV7d, a.GMV7d), cmp.Compare(a.SKU, b.SKU), a.From.Compare(b.From))
	})
	if q.Top > 0 && len(c.Items) > q.Top {
		c.More = len(c.Items) - q.Top
		c.Items = c.Items[:q.Top:q.Top]
	}
	return c, nil
}

// listings are the prices on sale in the shop's order of channels. A promotion
// whose end has passed since the picture was taken still counts: what follows
// is not known yet.
func (l *loader) listings(prices []OwnPrice, now time.Time) []pricing.Listing {
	var out []pricing.Listing
	for _, p := range l.byChannel(slices.Clone(prices)) {
		if !p.Listed {
			continue
		}
		t := p.terms
		if !t.Until.After(now) {
			t.Until = time.Time{}
		}
		out = append(out, pricing.Listing{Channel: p.Channel, Terms: t, Listed: true})
	}
	return out
}

func (l *loader) conflictItem(sku market.SKU, x pricing.Conflict, now time.Time) ConflictItem {
	it := ConflictItem{
		SKU: sku, Title: l.items.Title(sku), Unit: l.items.Unit(sku), Ahead: x.From.After(now), From: x.From, Until: x.Until, Leader: x.Leader, Gap: x.Gap,
	}
	for _, p := range x.Prices {
		it.Prices = append(it.Prices, ChannelPrice{Channel: p.Channel, Landed: p.Price, Gift: p.Gift})
	}
	for _, m := range x.Movers {
		it.Movers = append(it.Movers, PriceMover(m))
	}
	return it
}
