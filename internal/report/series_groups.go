package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// GroupsQuery asks for flows split by a dimension, from the panel's cubes. A
// slot's price decides the band here.
type GroupsQuery struct {
	PanelQuery
	By     metric.Dim // unit, channel, category, band or region
	Region market.Region
}

// Groups are flows by the members of a dimension.
type Groups struct {
	Shop  market.ShopID `json:"shop"`
	From  market.Day    `json:"from"`
	To    market.Day    `json:"to"`
	By    metric.Dim    `json:"by"`
	Data  Coverage      `json:"data"`
	Hours int           `json:"hours"`
	Total GroupFigures  `json:"total"`
	Parts []Group       `json:"parts"` // by GMV
}

// Group is one member; an empty Key is what is not known.
type Group struct {
	Key string `json:"key"`
	GroupFigures
}

// GroupFigures are sums; a flow that is not known is nil. GMV is in minor units.
type GroupFigures struct {
	Units      *int64 `json:"units"`
	Orders     *int64 `json:"orders"` // of items: an order of two items counts for both
	GMV        *int64 `json:"gmv" cell:"money"`
	Visits     *int64 `json:"visits"`
	Complaints *int64 `json:"complaints"`
	Refunds    *int64 `json:"refunds"`
}

// LoadGroups answers q. A span without data gives ErrNoData.
func LoadGroups(ctx context.Context, db *storage.DB, s *series.Store, shop *market.Shop, q GroupsQuery) (g Groups, err error) {
	err = db.View(ctx, func(tx *storage.Tx) error {
		r, err := newPanelReader(tx, s, shop, &q.PanelQuery)
		if err != nil {
			return err
		}
		g, err = r.groups(q)
		return err
	})
	if err != nil {
		return Groups{}, fmt.Errorf("groups of %s: %w", shop.ID, err)
	}
	return g, nil
}

func (r *panelReader) groups(q GroupsQuery) (Groups, error) {
	g := Groups{Shop: r.shop.ID, From: q.From, To: q.To, By: q.By}
	cells, slots, err := r.s.Cube(r.tx, r.shop, r.shop.Window(q.From, q.To), q.AsOf)
	if err != nil {
		return g, err
	}
	if len(cells) == 0 {
		return g, ErrNoData
	}
	g.Hours = len(slots)
	at := map[string]int{}
	for i := range cells {
		c := &cells[i]
		if !q.keeps(c) {
			continue
		}
		key := member(c, q.By)
		n, ok := at[key]
		if !ok {
			n = len(g.Parts)
			at[key] = n
			g.Parts = append(g.Parts, Group{Key: key})
		}
		g.Parts[n].add(c)
		g.Total.add(c)
	}
	g.Parts = slices.DeleteFunc(g.Parts, func(p Group) bool { return p.Key == "" && p.nothing() })
	slices.SortFunc(g.Parts, func(a, b Group) int {
		return cmp.Or(cmp.Compare(orZero(b.GMV), orZero(a.GMV)), cmp.Compare(a.Key, b.Key))
	})
	g.Data, err = r.coverage()
	return g, err
}

func (q *GroupsQuery) keeps(c *series.Cell) bool {
	return (q.Unit == "" || c.Unit == q.Unit) && (q.Channel == "" || c.Channel == q.Channel) &&
		(q.Category == "" || c.Category == q.Category) && (q.Band == "" || c.Band == q.Band) && (q.Region == "" || c.Region == q.Region)
}

func member(c *series.Cell, by metric.Dim) string {
	switch by {
	case metric.ByChannel:
		return string(c.Channel)
	case metric.ByCategory:
		return string(c.Category)
	case metric.ByBand:
		return c.Band
	case metric.ByRegion:
		return string(c.Region)
	}
	return string(c.Unit)
}

// nothing reports whether no flow is known to be other than 0.
func (f *GroupFigures) nothing() bool {
	for _, v := range []*int64{f.Units, f.Orders, f.GMV, f.Visits, f.Complaints, f.Refunds} {
		if orZero(v) != 0 {
			return false
		}
	}
	return true
}

func (f *GroupFigures) add(c *series.Cell) {
	for _, part := range []struct {
		col series.Column
		sum **int64
	}{
		{series.Units, &f.Units},
		{series.Orders, &f.Orders},
		{series.GMV, &f.GMV},
		{series.Visits, &f.Visits},
		{series.Complaints, &f.Complaints},
		{series.Refunds, &f.Refunds},
	} {
		v, ok := c.Sum(part.col)
		if !ok {
			continue
		}
		if *part.sum == nil {
			*part.sum = new(int64)
		}
		**part.sum += v
	}
}
