package report

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// OutcomeQuery asks what came of a price that was decided on.
type OutcomeQuery struct {
	Now     time.Time
	SKU     market.SKU
	Channel market.Channel
	At      time.Time     // when it was decided
	After   time.Duration // how long after that is looked at
	Price   market.Fen    // that was decided on
	Cache   *Cache        // may be nil
}

// Outcome is the sales of an item on a channel since a decision, against the same
// hours a week earlier.
type Outcome struct {
	Window market.Window `json:"window"`
	Before market.Window `json:"before"`
	// Reached is false while the orders do not reach the end of Window: then
	// nothing else is known.
	Reached bool     `json:"reached"`
	Now     SoldLine `json:"now"`
	Then    SoldLine `json:"then"`
	// Landed is the price on the channel now, -1 when it is not known; Applied
	// says that it is the one decided on.
	Landed  market.Fen `json:"landed"`
	Applied bool       `json:"applied"`
	// CostKnown: Profit of the two lines is known.
	CostKnown bool `json:"cost_known"`
}

// SoldLine is what an item sold in a stretch.
type SoldLine struct {
	Units  int64      `json:"units"`
	Paid   market.Fen `json:"paid"`
	Profit market.Fen `json:"profit"`
}

// LoadOutcome answers q.
func LoadOutcome(ctx context.Context, db *storage.DB, shop *market.Shop, q OutcomeQuery) (Outcome, error) {
	return answer(ctx, db, shop, asked{0, q.Now, q.Cache}, fmt.Sprintf("outcome for %s", q.SKU), func(l *loader) (Outcome, error) {
		return l.outcome(q)
	})
}

func (l *loader) outcome(q OutcomeQuery) (Outcome, error) {
	o := Outcome{Window: market.Window{Start: q.At, End: q.At.Add(q.After)}, Landed: -1}
	o.Before = market.Window{Start: o.Window.Start.AddDate(0, 0, -7), End: o.Window.End.AddDate(0, 0, -7)}
	all, err := l.feeds([]string{market.OrderLines.Name}, q.Now, nil)
	if err != nil {
		return o, err
	}
	o.Reached = !known(all, market.OrderLines.Name).Before(o.Window.End)
	if !o.Reached {
		return o, nil
	}
	cost := market.Fen(-1)
	if it, ok := l.items.Find(q.SKU); ok {
		cost = it.Cost
	}
	o.CostKnown = cost >= 0
	for _, side := range []struct {
		w    market.Window
		into *SoldLine
	}{{o.Window, &o.Now}, {o.Before, &o.Then}} {
		s, err := l.sales(side.w)
		if err != nil {
			return o, err
		}
		v := s.of(string(q.SKU), string(q.Channel))
		side.into.Units, side.into.Paid = v.units, v.paid
		if o.CostKnown {
			side.into.Profit = v.paid - cost*market.Fen(v.units)
		}
	}
	_, own, err := l.ownPrices(q.Now)
	if err != nil {
		return o, err
	}
	for _, p := range own[q.SKU] {
		if p.Channel == q.Channel && p.Listed {
			o.Landed, o.Applied = p.Landed, p.Landed == q.Price
		}
	}
	return o, nil
}
