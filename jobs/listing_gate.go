package jobs

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// judged is a listing as the data gate wants it.
func (j *Listing) judged(p *series.Panel, s market.Snapshot, now, then analysis.Shelf, m analysis.Moves) gate.Listing {
	_, newest := p.Now()
	out := gate.Listing{
		Slot: s.Window.Start, Newest: newest.Start, SKU: func(row int) market.SKU { return p.SKU(uint32(row)) },
		Readings: []gate.Reading{
			{Table: market.OwnPrices, Now: now.Price, Before: then.Price, NoNow: now.NoPrice, NoThen: then.NoPrice},
			{Table: market.RivalOffers, Now: now.Rival, Before: then.Rival, NoNow: now.NoRival, NoThen: then.NoRival},
			{Table: market.Inventory, Now: now.Stock, Before: then.Stock, NoNow: now.NoStock, NoThen: then.NoStock},
		},
	}
	if m.Mass {
		out.Alike = max(len(m.Prices), len(m.StockOuts), len(m.Restocks), len(m.Undercuts))
		out.Of = min(len(now.Price), len(then.Price))
	}
	return out
}

// doubt is what the gate made of the listing before; nil when it was believed.
func (j *Listing) doubt(tx *storage.Tx) (*gate.Doubt, error) {
	var cur cursor
	raw, ok, err := tx.Cursor(j.Source.ID())
	if err == nil && ok {
		err = json.Unmarshal(raw, &cur)
	}
	if err != nil {
		return nil, fmt.Errorf("cursor of %s: %w", j.Source.ID(), err)
	}
	return cur.Doubt, nil
}

// remember keeps the doubt for the next listing. One that is not whole has not
// been judged, and leaves it as it is.
func (j *Listing) remember(tx *storage.Tx, look looked) error {
	v := look.verdict
	if v.State == market.Partial || v.Doubt == nil && look.past == nil {
		return nil
	}
	raw, err := json.Marshal(cursor{Doubt: v.Doubt})
	if err != nil {
		return fmt.Errorf("cursor of %s: %w", j.Source.ID(), err)
	}
	return tx.PutCursor(j.Source.ID(), raw)
}

// mark notes in the manifest what the gate says.
func (l *looked) mark(s *market.Snapshot) {
	s.State = l.verdict.State
	if l.verdict.Reason != "" {
		s.Manifest.Reasons = append(s.Manifest.Reasons, l.verdict.Reason)
	}
	if s.State != market.Complete {
		s.Watermark = time.Time{}
	}
}

// refusal is why a listing is kept out of the panel. It asks for another reading
// soon when that can settle it.
func (l *looked) refusal(id string) error {
	if l.verdict.Soon {
		return fmt.Errorf("pull %s: %s: %w", id, l.verdict.Reason, ErrLater)
	}
	return fmt.Errorf("pull %s: %s [%s]", id, l.verdict.State, l.verdict.Reason)
}

// tell has a mass change that the listing has confirmed told. Changes that are
// no trouble are not: prices that moved, items that are back.
func (j *Listing) tell(tx *storage.Tx, d *gate.Doubt, now time.Time) error {
	if d == nil || !slices.Contains(gate.Turns(), d.What) {
		return nil
	}
	return tellMass(tx, j.Notify, j.Source.ID(), d.Table, d, now)
}
