package report

import (
	"errors"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage/series"
)

// PriceTrail is what an item has cost over the last seven days, here and at the
// rivals that sell it. Prices are landed, in minor units.
type PriceTrail struct {
	// At are moments, four a day, oldest first; the last is the moment of the
	// answer, whose prices are those of the item's line.
	At  []time.Time `json:"at"`
	Own []Value     `json:"own"` // the lowest of the channels that list it now
	// Rivals are in the order of the item's line.
	Rivals []RivalTrail `json:"rivals"`
}

// RivalTrail is the prices of one offer, by moment.
type RivalTrail struct {
	Rival  string  `json:"rival"`
	Item   string  `json:"item"`
	Prices []Value `json:"prices"`
}

// priceTrail follows the prices of the one item that q names. Moments before
// anything was known are left out.
func (l *loader) priceTrail(q PriceQuery, it *PriceItem, offers []offer) (*PriceTrail, error) {
	past := l.moments(q.Now)
	t := &PriceTrail{At: append(slices.Clone(past), q.Now)}
	own, err := l.ownPast(q, it, past)
	if err != nil {
		return nil, err
	}
	t.Own = append(own, Value{V: float64(it.Landed), Known: it.LandedKnown})
	for i := range it.Rivals {
		r := &it.Rivals[i]
		at := slices.IndexFunc(offers, func(o offer) bool { return q.keeps(&o) && o.Rival == r.Rival && o.Item == r.Item })
		line := RivalTrail{Rival: r.Rival, Item: r.Item, Prices: make([]Value, len(past), len(past)+1)}
		for _, p := range offers[at].History {
			if n, found := slices.BinarySearchFunc(past, p.At, time.Time.Compare); found {
				line.Prices[n] = Value{V: float64(p.Price), Known: true}
			}
		}
		line.Prices = append(line.Prices, Value{V: float64(r.Landed), Known: true})
		t.Rivals = append(t.Rivals, line)
	}
	t.trim()
	return t, nil
}

// trim drops the moments before the first price of anybody.
func (t *PriceTrail) trim() {
	first := len(t.At) - 1
	for _, line := range t.lines() {
		if n := slices.IndexFunc(line, func(v Value) bool { return v.Known }); n >= 0 {
			first = min(first, n)
		}
	}
	t.At, t.Own = t.At[first:], t.Own[first:]
	for i := range t.Rivals {
		t.Rivals[i].Prices = t.Rivals[i].Prices[first:]
	}
}

func (t *PriceTrail) lines() [][]Value {
	out := [][]Value{t.Own}
	for _, r := range t.Rivals {
		out = append(out, r.Prices)
	}
	return out
}

// ownPast is our lowest price at each moment, unknown where the panel holds none.
func (l *loader) ownPast(q PriceQuery, it *PriceItem, past []time.Time) ([]Value, error) {
	out := make([]Value, len(past))
	r, err := newPanelReader(l.tx, q.Series, l.shop, &PanelQuery{Now: q.Now, AsOf: q.AsOf})
	if errors.Is(err, ErrNoData) || len(past) == 0 {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	ids := r.panel.Of(q.SKU)
	named, err := r.s.Describe(r.tx, l.shop.ID, ids...)
	if err != nil {
		return nil, err
	}
	lines, err := r.s.Lines(r.tx, l.shop.ID, ids, market.Window{Start: past[0].Add(-sampleAge), End: q.Now}, q.AsOf, series.Price)
	if err != nil {
		return nil, err
	}
	for i, line := range lines {
		if !slices.ContainsFunc(it.Own, func(o OwnPrice) bool { return o.Listed && o.Channel == named[i].Channel }) {
			continue
		}
		for n, at := range past {
			if v, ok := standing(line, at); ok && (!out[n].Known || v < out[n].V) {
				out[n] = Value{V: v, Known: true}
			}
		}
	}
	return out, nil
}

// standing is the last price of a line that was known at a moment, if that is
// not too long before.
func standing(line *series.Line, at time.Time) (float64, bool) {
	for i, slot := range slices.Backward(line.Slots) {
		if slot.Start.After(at) {
			continue
		}
		if at.Sub(slot.Start) > sampleAge {
			return 0, false
		}
		if v, ok := line.Value(series.Price, i); ok {
			return float64(v), true
		}
	}
	return 0, false
}
