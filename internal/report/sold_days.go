package report

import (
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
)

// daySales is what was sold by line and day over the suggestDays before a day.
// Nobody changes it once it is read.
type daySales struct {
	first  market.Day
	busy   [suggestDays]float64 // pieces of the whole shop
	mean   float64              // of busy
	byLine map[line][]soldDay   // of a channel, and of all under none; days in order
}

// soldDay is a day on which something was sold.
type soldDay struct {
	day    int // from first
	pieces int64
	paid   market.Fen
}

// daySales adds up the orders of the whole days before today, or takes what was
// added up for another question about the same facts.
func (l *loader) daySales(today market.Day) (*daySales, error) {
	w := l.shop.Window(today-suggestDays, today-1)
	batches, err := l.events(market.OrderLines, "paid_at", w, []string{"status", "sku", "channel", "qty", "paid"})
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("day sales/%q/%d/%v/%v/%d", l.shop.ID, l.revision(), l.shop.Zone, l.shop.DayStart, today)
	kept, err := l.tx.Decoded(name, func() (any, int64, error) {
		d := &daySales{first: today - suggestDays, byLine: map[line][]soldDay{}}
		for _, b := range batches {
			d.sum(l.shop, b)
		}
		for _, b := range d.busy {
			d.mean += b / suggestDays
		}
		bytes := int64(0)
		for _, days := range d.byLine {
			bytes += int64(100 + 24*cap(days))
		}
		return d, bytes, nil
	})
	if err != nil {
		return nil, err
	}
	return kept.(*daySales), nil
}

// sum adds the paid lines of a batch.
func (d *daySales) sum(shop *market.Shop, b *market.Batch) {
	from, to := shop.Window(d.first, d.first+suggestDays-1).Millis()
	at, status, sku, channel, qty, money := b.Column("paid_at"), b.Column("status"), b.Column("sku"), b.Column("channel"), b.Column("qty"), b.Column("paid")
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || ms < from || ms >= to || status.Text(i) == market.Placed {
			continue
		}
		x := soldDay{int(shop.Day(time.UnixMilli(ms)) - d.first), qty.Ints[i], market.Fen(money.Ints[i])}
		d.busy[x.day] += float64(x.pieces)
		d.add(line{sku.Text(i), channel.Text(i)}, x)
		if channel.Text(i) != "" {
			d.add(line{sku.Text(i), ""}, x)
		}
	}
}

// add adds to a line; batches come day by day, but an order may be paid on the next.
func (d *daySales) add(k line, x soldDay) {
	days := d.byLine[k]
	at := len(days)
	for at > 0 && days[at-1].day > x.day {
		at--
	}
	if at > 0 && days[at-1].day == x.day {
		days[at-1].pieces += x.pieces
		days[at-1].paid += x.paid
		return
	}
	d.byLine[k] = slices.Insert(days, at, x)
}

// soldDays is what each item sold on its channel, or on all for none, on the last
// whole days, and how busy the shop was on them; days of campaigns are left out.
func (l *loader) soldDays(items []line, all []feed, now time.Time) ([][]pricing.DaySold, error) {
	out := make([][]pricing.DaySold, len(items))
	end := earlier(known(all, market.OrderLines.Name), now)
	if end.IsZero() || len(items) == 0 {
		return out, nil
	}
	sold, err := l.daySales(l.shop.Day(end))
	if err != nil || sold.mean == 0 {
		return out, err
	}
	for n, k := range items {
		for _, x := range sold.byLine[k] {
			if _, _, on := l.shop.Calendar.On(sold.first + market.Day(x.day)); on || x.pieces == 0 {
				continue
			}
			units := float64(x.pieces)
			out[n] = append(out[n], pricing.DaySold{Units: units, Price: float64(x.paid) / units, Usual: sold.busy[x.day] / sold.mean})
		}
	}
	return out, nil
}
