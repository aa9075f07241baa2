package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// FloorQuery asks which own prices are too low.
type FloorQuery struct {
	Now     time.Time
	Unit    market.Unit
	Channel market.Channel
	SKU     market.SKU
	Top     int // 0 lists all
	AsOf    market.Revision
	Fresh   Freshness
	Cache   *Cache // may be nil
}

// Floor is the listed prices that lie under the floor of their item or under
// what it cost the house.
type Floor struct {
	Shop market.ShopID `json:"shop"`
	At   time.Time     `json:"at"`
	Data Coverage      `json:"data"`

	Listed  int         `json:"listed"`  // prices that the query keeps
	Unknown int         `json:"unknown"` // of these, items with neither floor nor cost
	Under   int         `json:"under"`   // under the floor
	Losing  int         `json:"losing"`  // under the cost
	Items   []FloorItem `json:"items"`   // by what a week at this price gives away, largest first
	More    int         `json:"more,omitempty"`
}

// FloorItem is one price that is too low.
type FloorItem struct {
	SKU      market.SKU     `json:"sku"`
	Title    string         `json:"title"`
	Unit     market.Unit    `json:"unit,omitempty"`
	Channel  market.Channel `json:"channel,omitempty"`
	Landed   market.Fen     `json:"landed"`
	Floor    market.Fen     `json:"floor"` // -1 when not known
	Cost     market.Fen     `json:"cost"`  // -1 when not known
	Under    market.Fen     `json:"under"` // how far under the floor; 0 when it is not
	Losing   bool           `json:"losing"`
	Margin   Value          `json:"margin"` // at this price
	PromoEnd time.Time      `json:"promo_end,omitzero"`
	Units7d  int64          `json:"units_7d"`
	// Given is Under times the pieces of the last seven days.
	Given market.Fen `json:"given"`
}

// LoadFloor answers q. A shop without a complete picture of its prices gives
// ErrNoData.
func LoadFloor(ctx context.Context, db *storage.DB, shop *market.Shop, q FloorQuery) (Floor, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "floor prices", func(l *loader) (Floor, error) {
		f, err := l.floor(q)
		l.based(&f.Data)
		return f, err
	})
}

func (l *loader) floor(q FloorQuery) (Floor, error) {
	s, err := l.shelfPrices(q.Now, q.Fresh)
	if err != nil {
		return Floor{}, err
	}
	f := Floor{Shop: l.shop.ID, At: s.at, Data: s.data}
	for sku, prices := range s.own {
		if q.SKU != "" && sku != q.SKU || q.Unit != "" && l.items.Unit(sku) != q.Unit {
			continue
		}
		for _, p := range prices {
			if p.Listed && (q.Channel == "" || p.Channel == q.Channel) {
				f.add(l.floorItem(sku, p, &s.week), q.SKU != "")
			}
		}
	}
	slices.SortFunc(f.Items, func(a, b FloorItem) int {
		return cmp.Or(cmp.Compare(b.Given, a.Given), cmp.Compare(b.Under, a.Under), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Channel, b.Channel))
	})
	if q.Top > 0 && len(f.Items) > q.Top {
		f.More = len(f.Items) - q.Top
		f.Items = f.Items[:q.Top:q.Top]
	}
	return f, nil
}

func (l *loader) floorItem(sku market.SKU, p OwnPrice, week *sales) FloorItem {
	it := FloorItem{
		SKU: sku, Title: l.items.Title(sku), Unit: l.items.Unit(sku), Channel: p.Channel, Landed: p.Landed, Floor: -1, Cost: -1,
		PromoEnd: p.PromoEnd, Units7d: week.of(string(sku), string(p.Channel)).units,
	}
	if known, ok := l.items.Find(sku); ok {
		it.Floor, it.Cost = known.Floor, known.Cost
	}
	if it.Floor > p.Landed {
		it.Under = it.Floor - p.Landed
		it.Given = it.Under * market.Fen(it.Units7d)
	}
	if it.Cost >= 0 {
		it.Losing = it.Cost > p.Landed
		if p.Landed > 0 {
			it.Margin = Value{V: float64(p.Landed-it.Cost) / float64(p.Landed), Known: true}
		}
	}
	return it
}

// add counts a price, and lists it when it is too low or was asked for.
func (f *Floor) add(it FloorItem, asked bool) {
	f.Listed++
	f.Unknown += b2i(it.Floor < 0 && it.Cost < 0)
	f.Under += b2i(it.Under > 0)
	f.Losing += b2i(it.Losing)
	if it.Under > 0 || it.Losing || asked {
		f.Items = append(f.Items, it)
	}
}
