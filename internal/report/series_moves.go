package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// MoverKind says what has changed between two readings.
type MoverKind string

// Kinds of movers.
const (
	MovedPrice   MoverKind = "price"    // own price changed by a share
	SoldOut      MoverKind = "sold_out" // stock fell to 0
	Restocked    MoverKind = "restocked"
	RivalBelow   MoverKind = "rival_below" // the rival's price went below the share of ours
	rivalLimit             = 0.85
	defaultMoved           = 0.05
)

// MoversQuery asks what has changed between the panel's newest two slots. From
// and To of PanelQuery do not matter.
type MoversQuery struct {
	PanelQuery
	Share float64 // from which change of a price on; 0 means 0.05
	Top   int     // 0 lists all
}

// Movers is what has changed between two slots.
type Movers struct {
	Shop   market.ShopID `json:"shop"`
	Before time.Time     `json:"before"` // data times of the two slots
	Now    time.Time     `json:"now"`
	Data   Coverage      `json:"data"`
	Items  []Mover       `json:"items"` // by kind, then by the size of the change
	More   int           `json:"more,omitempty"`
}

// Mover is one change. Before and Now are prices in minor units, or pieces.
type Mover struct {
	Kind    MoverKind      `json:"kind"`
	SKU     market.SKU     `json:"sku"`
	Channel market.Channel `json:"channel,omitempty"`
	Title   string         `json:"title"`
	Before  int64          `json:"before"`
	Now     int64          `json:"now"`
	Change  float64        `json:"change" cell:"share"` // share of Before; of a rival, of our price
	id      uint32
}

// LoadMovers answers q. Without two slots it is ErrNoData. What is not known in
// either slot has not moved.
func LoadMovers(ctx context.Context, db *storage.DB, s *series.Store, shop *market.Shop, q MoversQuery) (m Movers, err error) {
	if q.Share <= 0 {
		q.Share = defaultMoved
	}
	q.To = shop.Day(q.Now)
	err = db.View(ctx, func(tx *storage.Tx) error {
		r, err := newPanelReader(tx, s, shop, &q.PanelQuery)
		if err != nil {
			return err
		}
		m, err = r.movers(q)
		return err
	})
	if err != nil {
		return Movers{}, fmt.Errorf("movers of %s: %w", shop.ID, err)
	}
	return m, nil
}

func (r *panelReader) movers(q MoversQuery) (Movers, error) {
	before, was := r.panel.Before()
	if before == nil {
		return Movers{}, ErrNoData
	}
	m := Movers{Shop: r.shop.ID, Before: was.At, Now: r.slot.At}
	found, err := r.found(q, before)
	if err != nil {
		return Movers{}, err
	}
	m.Items, m.More = slices.Clone(found.all), found.more
	ids := make([]uint32, len(m.Items))
	for i := range m.Items {
		ids[i] = m.Items[i].id
	}
	named, err := r.s.Describe(r.tx, r.shop.ID, ids...)
	if err != nil {
		return m, err
	}
	for i := range m.Items {
		m.Items[i].SKU, m.Items[i].Channel, m.Items[i].Title = named[i].SKU, named[i].Channel, titled(&named[i])
	}
	m.Data, err = r.coverage()
	return m, err
}

// found looks through the panel once for each picture of it.
func (r *panelReader) found(q MoversQuery, before *series.Columns) (movement, error) {
	name := fmt.Sprintf("movers/%s/%d/%g/%d/%q/%q/%q/%q", r.shop.ID, r.panel.Picture(), q.Share, q.Top, q.Unit, q.Channel, q.Category, q.Band)
	kept, err := r.tx.Decoded(name, func() (any, int64, error) {
		m := movement{before: before, now: r.now, share: q.Share, most: q.Top}
		m.find(r.panel.Keep(r.filter()))
		m.cut()
		m.before, m.now = nil, nil // the picture goes, what was found in it stays
		return m, int64(len(name) + 120*len(m.all)), nil
	})
	if err != nil {
		return movement{}, err
	}
	return kept.(movement), nil
}

// movement gathers what has changed between two slots, the largest of it when most
// is not 0.
type movement struct {
	before, now *series.Columns
	share       float64
	most        int
	all         []Mover
	more        int // that were left out on the way
}

// find looks at every series that keep keeps. Nearly all stand still, so values
// are compared before anything else is asked; what is equal has not moved,
// whether it is known or not.
func (m *movement) find(keep func(id uint32) bool) {
	n := min(m.before.Len(), m.now.Len())
	price, stock, rival := m.now.Int32s(series.Price)[:n], m.now.Int32s(series.Stock)[:n], m.now.Int32s(series.RivalPrice)[:n]
	oldPrice, oldStock, oldRival := m.before.Int32s(series.Price)[:n], m.before.Int32s(series.Stock)[:n], m.before.Int32s(series.RivalPrice)[:n]
	for i := range n {
		if (price[i]^oldPrice[i])|(rival[i]^oldRival[i]) == 0 && !crosses(stock[i], oldStock[i]) || !keep(uint32(i)) {
			continue
		}
		m.add(uint32(i))
		if m.most > 0 && len(m.all) > 4*m.most+1024 {
			m.cut()
		}
	}
}

// crosses reports whether one of two stocks is 0 and the other is not.
func crosses(a, b int32) bool { return (a == 0) != (b == 0) }

// cut leaves the largest.
func (m *movement) cut() {
	slices.SortFunc(m.all, func(a, b Mover) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(max(b.Change, -b.Change), max(a.Change, -a.Change)), cmp.Compare(a.id, b.id))
	})
	if m.most > 0 && len(m.all) > m.most {
		m.more += len(m.all) - m.most
		m.all = m.all[:m.most]
	}
}

// add lists what has changed in one series.
func (m *movement) add(id uint32) {
	a, okA := m.before.Value(series.Price, id)
	b, okB := m.now.Value(series.Price, id)
	if okA && okB && a > 0 {
		if change := float64(b-a) / float64(a); change >= m.share || -change >= m.share {
			m.all = append(m.all, Mover{Kind: MovedPrice, Before: a, Now: b, Change: change, id: id})
		}
	}
	x, okX := m.before.Value(series.Stock, id)
	y, okY := m.now.Value(series.Stock, id)
	switch {
	case !okX || !okY:
	case x > 0 && y == 0:
		m.all = append(m.all, Mover{Kind: SoldOut, Before: x, Now: y, Change: -1, id: id})
	case x == 0 && y > 0:
		m.all = append(m.all, Mover{Kind: Restocked, Before: x, Now: y, id: id})
	}
	r, okR := m.now.Value(series.RivalPrice, id)
	old, okOld := m.before.Value(series.RivalPrice, id)
	below := func(rival, own int64) bool { return float64(rival) <= rivalLimit*float64(own) }
	if okB && okR && okA && okOld && b > 0 && below(r, b) && !below(old, a) {
		m.all = append(m.all, Mover{Kind: RivalBelow, Before: old, Now: r, Change: float64(r-b) / float64(b), id: id})
	}
}
