package report

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// panelTables are the facts that a panel is made of, or the bulk listing that
// brings it whole.
var panelTables = []string{"panel", market.OrderLines.Name, market.Refunds.Name, market.Reviews.Name, market.Inventory.Name, market.OwnPrices.Name, market.RivalOffers.Name}

// PanelQuery is what questions over a panel have in common.
type PanelQuery struct {
	Now      time.Time
	From, To market.Day
	Unit     market.Unit
	Channel  market.Channel
	Category market.Category
	Band     string // id of a price band
	AsOf     market.Revision
	Fresh    Freshness
}

// TopQuery asks which items lead.
type TopQuery struct {
	PanelQuery
	// Metric ranks: a flow by its sum over From..To, a gauge by its last reading.
	Metric series.Column
	Top    int // 0 means 10
}

// Top is a ranking of items on channels.
type Top struct {
	Shop   market.ShopID `json:"shop"`
	Metric string        `json:"metric"`
	From   market.Day    `json:"from"`
	To     market.Day    `json:"to"`
	Data   Coverage      `json:"data"`
	Hours  int           `json:"hours"` // slots of the span that are stored
	// FromOrders says that the shop has no panel: lines are items over all channels,
	// prices and stock are not known, and Hours is how much of the span orders cover.
	FromOrders bool `json:"from_orders,omitempty"`

	Items []TopItem `json:"items"`
	Known int       `json:"known"` // series whose value is known
	More  int       `json:"more,omitempty"`
}

// TopItem is a line of a ranking. A figure that is not known is nil.
type TopItem struct {
	SKU      market.SKU      `json:"sku"`
	Channel  market.Channel  `json:"channel,omitempty"`
	Title    string          `json:"title"`
	Unit     market.Unit     `json:"unit,omitempty"`
	Category market.Category `json:"category,omitempty"`
	Value    int64           `json:"value"` // of the metric; money in minor units
	Units    *int64          `json:"units"`
	Orders   *int64          `json:"orders"`
	GMV      *int64          `json:"gmv" cell:"money"` // minor units
	Price    *int64          `json:"price" cell:"money"`
	Stock    *int64          `json:"stock"`
}

// LoadTop answers q, for a shop without a panel from its orders. A span without
// data gives ErrNoData.
func LoadTop(ctx context.Context, db *storage.DB, s *series.Store, shop *market.Shop, q TopQuery) (t Top, err error) {
	if q.Top <= 0 {
		q.Top = 10
	}
	err = db.View(ctx, func(tx *storage.Tx) error {
		r, err := newPanelReader(tx, s, shop, &q.PanelQuery)
		if errors.Is(err, ErrNoData) {
			l, err := newLoader(tx, shop, q.AsOf, q.Now, nil)
			if err != nil {
				return err
			}
			t, err = l.topFromOrders(q)
			l.based(&t.Data)
			return told(err)
		}
		if err != nil {
			return err
		}
		t, err = r.top(q)
		return err
	})
	if err != nil {
		return Top{}, fmt.Errorf("top of %s: %w", shop.ID, err)
	}
	return t, nil
}

// panelReader reads the panel of one answer inside one transaction.
type panelReader struct {
	tx    *storage.Tx
	s     *series.Store
	shop  *market.Shop
	q     *PanelQuery
	panel *series.Panel
	now   *series.Columns
	slot  series.Slot
}

// newPanelReader finds the panel; without a store of panels there is none.
func newPanelReader(tx *storage.Tx, s *series.Store, shop *market.Shop, q *PanelQuery) (*panelReader, error) {
	if s == nil {
		return nil, ErrNoData
	}
	p, err := s.PanelAt(tx, shop.ID, q.AsOf)
	if err != nil {
		return nil, err
	}
	r := &panelReader{tx: tx, s: s, shop: shop, q: q, panel: p}
	if p == nil {
		return nil, ErrNoData
	}
	if r.now, r.slot = p.Now(); r.now == nil {
		return nil, ErrNoData
	}
	return r, nil
}

// filter is what the query keeps.
func (r *panelReader) filter() series.Filter {
	f := series.Filter{Unit: r.q.Unit, Channel: r.q.Channel, Category: r.q.Category}
	for i := range r.shop.Bands {
		if r.shop.Bands[i].ID == r.q.Band {
			f.Band = &r.shop.Bands[i]
		}
	}
	return f
}

// coverage judges the answer by the data time of the panel's newest slot, or of
// the span when that ends before.
func (r *panelReader) coverage() (Coverage, error) {
	all, err := feedsAsOf(r.tx, r.shop, r.q.AsOf, panelTables, r.q.Now, r.q.Fresh)
	if err != nil {
		return Coverage{}, err
	}
	at := r.slot.At
	if end := r.shop.Start(r.q.To + 1); end.Before(at) {
		at = end
	}
	c := coverage(r.tx, all, at, zeroTime, r.q.AsOf)
	c.Hours = r.tx.Hours()
	return c, nil
}

func (r *panelReader) top(q TopQuery) (Top, error) {
	t := Top{Shop: r.shop.ID, Metric: q.Metric.String(), From: q.From, To: q.To}
	span, err := r.s.Span(r.tx, r.shop, q.From, q.To, r.q.AsOf)
	if err != nil {
		return t, err
	}
	if span.Slots == 0 {
		return t, ErrNoData
	}
	ranked, known, err := span.Top(r.panel, q.Metric, q.Top, r.filter())
	if err != nil {
		return t, err
	}
	t.Hours, t.Known, t.More = span.Slots, known, known-len(ranked)
	if t.Items, err = r.topItems(span, q.Metric, ranked); err != nil {
		return t, err
	}
	t.Data, err = r.coverage()
	return t, err
}

// topItems says what is shown of those that lead.
func (r *panelReader) topItems(span *series.Span, by series.Column, ranked []series.Ranked) ([]TopItem, error) {
	ids := make([]uint32, len(ranked))
	for i, x := range ranked {
		ids[i] = x.ID
	}
	named, err := r.s.Describe(r.tx, r.shop.ID, ids...)
	if err != nil {
		return nil, err
	}
	flows := map[series.Column][]*int64{}
	for _, c := range []series.Column{series.Units, series.Orders, series.GMV} {
		if c == by {
			for i := range ranked {
				flows[c] = append(flows[c], &ranked[i].Value)
			}
		} else if flows[c], err = span.Some(c, ids); err != nil {
			return nil, err
		}
	}
	var items []TopItem
	for i, x := range ranked {
		items = append(items, TopItem{
			SKU: named[i].SKU, Channel: named[i].Channel, Title: titled(&named[i]), Unit: named[i].Unit, Category: named[i].Category, Value: x.Value,
			Units: flows[series.Units][i], Orders: flows[series.Orders][i], GMV: flows[series.GMV][i],
			Price: maybe(r.now.Value(series.Price, x.ID)), Stock: maybe(r.now.Value(series.Stock, x.ID)),
		})
	}
	return items, nil
}

func maybe(v int64, ok bool) *int64 {
	if !ok {
		return nil
	}
	return &v
}

func titled(s *series.Series) string {
	if s.Title != "" {
		return s.Title
	}
	return string(s.SKU)
}
