package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// skuDays is how far back the story of an item goes unless it is told otherwise.
const skuDays = 90

// SKUQuery asks for the story of one item. From and To of PanelQuery are the
// span; a zero From means 90 days up to Now.
type SKUQuery struct {
	PanelQuery
	SKU market.SKU
}

// SKUHistory is one item over time, all its channels or one.
type SKUHistory struct {
	Shop     market.ShopID   `json:"shop"`
	SKU      market.SKU      `json:"sku"`
	Title    string          `json:"title"`
	Unit     market.Unit     `json:"unit,omitempty"`
	Category market.Category `json:"category,omitempty"`
	From     market.Day      `json:"from"`
	To       market.Day      `json:"to"`
	Data     Coverage        `json:"data"`
	// FromOrders says that the shop has no panel: prices and stock are not known,
	// and a day's hours are those of the day.
	FromOrders bool         `json:"from_orders,omitempty"`
	Total      SKUFigures   `json:"total"`
	Days       []SKUDay     `json:"days"`     // every day of the span
	Channels   []SKUChannel `json:"channels"` // by GMV
}

// SKUFigures are sums over a span; what is not known is nil. GMV is in minor units.
type SKUFigures struct {
	Units   *int64 `json:"units"`
	Orders  *int64 `json:"orders"`
	GMV     *int64 `json:"gmv" cell:"money"`
	Refunds *int64 `json:"refunds"`
	Out     int    `json:"out_of_stock"` // slots in which stock was 0 on a channel
}

// SKUDay is a business day of an item. Hours is how many slots are stored; a
// day without any has no figures.
type SKUDay struct {
	Day   market.Day `json:"day"`
	Hours int        `json:"hours"`
	SKUFigures
	Price *int64 `json:"price" cell:"money"` // lowest of the channels at the day's end, minor units
}

// SKUChannel is how an item stands on one channel.
type SKUChannel struct {
	Channel  market.Channel `json:"channel"`
	Price    *int64         `json:"price" cell:"money"`
	PriceMin *int64         `json:"price_min" cell:"money"` // over the span
	PriceMax *int64         `json:"price_max" cell:"money"`
	Rival    *int64         `json:"rival_price" cell:"money"`
	Stock    *int64         `json:"stock"`
	SKUFigures
}

// LoadSKU answers q, for a shop without a panel from its orders. An item that
// neither holds gives ErrNoData.
func LoadSKU(ctx context.Context, db *storage.DB, s *series.Store, shop *market.Shop, q SKUQuery) (h SKUHistory, err error) {
	named := q.From != 0
	if !named {
		q.To = shop.Day(q.Now)
		q.From = q.To - skuDays + 1
	}
	err = db.View(ctx, func(tx *storage.Tx) error {
		r, err := newPanelReader(tx, s, shop, &q.PanelQuery)
		if errors.Is(err, ErrNoData) {
			l, err := newLoader(tx, shop, q.AsOf, q.Now, nil)
			if err != nil {
				return err
			}
			h, err = l.skuFromOrders(q, named)
			l.based(&h.Data)
			return told(err)
		}
		if err != nil {
			return err
		}
		h, err = r.sku(q)
		return err
	})
	if err != nil {
		return SKUHistory{}, fmt.Errorf("history of %s %s: %w", shop.ID, q.SKU, err)
	}
	return h, nil
}

func (r *panelReader) sku(q SKUQuery) (SKUHistory, error) {
	h := SKUHistory{Shop: r.shop.ID, SKU: q.SKU, From: q.From, To: q.To}
	for day := q.From; day <= q.To; day++ {
		h.Days = append(h.Days, SKUDay{Day: day})
	}
	keep := r.panel.Keep(r.filter())
	ids := slices.DeleteFunc(slices.Clone(r.panel.Of(q.SKU)), func(id uint32) bool { return !keep(id) })
	if len(ids) == 0 {
		return h, ErrNoData
	}
	named, err := r.s.Describe(r.tx, r.shop.ID, ids...)
	if err != nil {
		return h, err
	}
	lines, err := r.s.Lines(r.tx, r.shop.ID, ids, r.shop.Window(q.From, q.To), r.q.AsOf,
		series.Price, series.Stock, series.Units, series.Orders, series.GMV, series.Refunds)
	if err != nil {
		return h, err
	}
	last := &named[len(named)-1]
	h.Title, h.Unit, h.Category = titled(last), last.Unit, last.Category
	for i, id := range ids {
		h.add(r, id, named[i].Channel, lines[i])
	}
	sortChannels(h.Channels)
	h.Data, err = r.coverage()
	return h, err
}

// add takes one channel into the days, the total and the list of channels.
func (h *SKUHistory) add(r *panelReader, id uint32, channel market.Channel, line *series.Line) {
	c := SKUChannel{
		Channel: channel, Price: maybe(r.now.Value(series.Price, id)), Rival: maybe(r.now.Value(series.RivalPrice, id)),
		Stock: maybe(r.now.Value(series.Stock, id)),
	}
	hours := map[market.Day]int{}
	closes := map[market.Day]int64{}
	for i := range line.Slots {
		day := r.shop.Day(line.Slots[i].Start)
		d := &h.Days[day-h.From]
		hours[day]++
		d.Hours = max(d.Hours, hours[day])
		for _, f := range []*SKUFigures{&c.SKUFigures, &d.SKUFigures, &h.Total} {
			f.add(line, i)
		}
		if v, ok := line.Value(series.Price, i); ok {
			closes[day] = v
			c.PriceMin, c.PriceMax = least(c.PriceMin, v), most(c.PriceMax, v)
		}
	}
	for day, v := range closes {
		d := &h.Days[day-h.From]
		d.Price = least(d.Price, v)
	}
	h.Channels = append(h.Channels, c)
}

// add takes slot i of a line into the sums.
func (f *SKUFigures) add(line *series.Line, i int) {
	for _, part := range []struct {
		c   series.Column
		sum **int64
	}{{series.Units, &f.Units}, {series.Orders, &f.Orders}, {series.GMV, &f.GMV}, {series.Refunds, &f.Refunds}} {
		v, ok := line.Value(part.c, i)
		if !ok {
			continue
		}
		if *part.sum == nil {
			*part.sum = new(int64)
		}
		**part.sum += v
	}
	if v, ok := line.Value(series.Stock, i); ok && v == 0 {
		f.Out++
	}
}

func least(p *int64, v int64) *int64 {
	if p == nil || v < *p {
		return &v
	}
	return p
}

func most(p *int64, v int64) *int64 {
	if p == nil || v > *p {
		return &v
	}
	return p
}

func sortChannels(all []SKUChannel) {
	slices.SortStableFunc(all, func(a, b SKUChannel) int {
		return cmp.Or(cmp.Compare(orZero(b.GMV), orZero(a.GMV)), cmp.Compare(a.Channel, b.Channel))
	})
}

// orZero is for order only.
func orZero(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
