package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// week is the stretch that paces and ranks are taken from.
const week = 7 * 24 * time.Hour

var soldColumns = []string{"status", "sku", "channel", "qty", "paid"}

// sold is what an item sold.
type sold struct {
	units int64
	paid  market.Fen
	last  int64 // milliseconds of the last sale
}

func (s *sold) add(o sold) {
	s.units += o.units
	s.paid += o.paid
	s.last = max(s.last, o.last)
}

// price is what a piece brought on average; 0 without sales.
func (s sold) price() market.Fen {
	if s.units <= 0 {
		return 0
	}
	return s.paid / market.Fen(s.units)
}

// line names an item on a channel.
type line struct{ sku, channel string }

// sales is what each item sold on each channel in a stretch. Nobody changes it once
// it is read.
type sales struct {
	window market.Window
	byLine map[line]sold
	bySKU  map[string]sold
}

// sales adds up the paid lines of a stretch, or takes what was added up for another
// question about the same facts.
func (l *loader) sales(w market.Window) (sales, error) {
	batches, err := l.events(market.OrderLines, "paid_at", w, soldColumns)
	if err != nil {
		return sales{window: w}, err
	}
	start, end := w.Millis()
	name := fmt.Sprintf("sales/%q/%d/%d-%d", l.shop.ID, l.revision(), start, end)
	kept, err := l.tx.Decoded(name, func() (any, int64, error) {
		s := sales{window: w, byLine: map[line]sold{}, bySKU: map[string]sold{}}
		s.sum(batches)
		return s, int64(1024 + 120*len(s.byLine) + 100*len(s.bySKU)), nil
	})
	if err != nil {
		return sales{window: w}, err
	}
	s := kept.(sales)
	s.window = w
	return s, nil
}

// sum adds the paid lines of batches.
func (s *sales) sum(batches []*market.Batch) {
	start, end := s.window.Millis()
	for _, b := range batches {
		at, status, sku, channel := b.Column("paid_at"), b.Column("status"), b.Column("sku"), b.Column("channel")
		qty, paid := b.Column("qty"), b.Column("paid")
		for i := range b.Len() {
			ms, ok := at.Int(i)
			if !ok || ms < start || ms >= end || status.Text(i) == market.Placed {
				continue
			}
			k := line{sku.Text(i), channel.Text(i)}
			v := s.byLine[k]
			v.add(sold{units: qty.Ints[i], paid: market.Fen(paid.Ints[i]), last: ms})
			s.byLine[k] = v
		}
	}
	for k, v := range s.byLine {
		t := s.bySKU[k.sku]
		t.add(v)
		s.bySKU[k.sku] = t
	}
}

// of is what an item sold on a channel; the channel "" stands for all of them.
func (s *sales) of(sku, channel string) sold {
	if channel == "" {
		return s.bySKU[sku]
	}
	return s.byLine[line{sku, channel}]
}

// ranks numbers keys by what they sold, from 1; keys without sales have none.
func ranks[K comparable](m map[K]sold, less func(a, b K) int) map[K]int {
	keys := make([]K, 0, len(m))
	for k, v := range m {
		if v.paid > 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Or(cmp.Compare(m[b].paid, m[a].paid), less(a, b)) })
	out := make(map[K]int, len(keys))
	for i, k := range keys {
		out[k] = i + 1
	}
	return out
}

func lessLine(a, b line) int {
	return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.channel, b.channel))
}

// salesWeek is the seven days up to where the order feed reaches, at most now;
// without an order feed nothing was sold as far as anyone knows.
func (l *loader) salesWeek(all []feed, now time.Time) (sales, error) {
	end := earlier(known(all, market.OrderLines.Name), now)
	if end.IsZero() {
		return sales{}, nil
	}
	return l.sales(market.Window{Start: end.Add(-week), End: end})
}
