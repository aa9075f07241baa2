package report

import (
	"time"

	"shopwatch/internal/market"
)

// shelfLook is what a picture of stock showed of a line.
type shelfLook struct {
	full   bool // there was something to sell
	coming bool // something was on its way
}

// shelfWeek is what the pictures of the last seven days showed of a line.
type shelfWeek struct {
	// stocked is in how much of the time it had stock: at least one look's
	// worth, and 1 when nothing is known.
	stocked float64
	// coming is for how long something has been on its way by now, as far as the
	// pictures reach; 0 when nothing is.
	coming time.Duration
}

// shelfWeeks tells it of each row of the picture of a revision.
func (l *loader) shelfWeeks(rev market.Revision, rows *market.Batch, now time.Time) ([]shelfWeek, error) {
	times, values, err := history(l, &l.cache.shelves, market.Inventory, l.moments(now), func(b *market.Batch, row func(string, shelfLook)) {
		available, inbound := b.Column("available"), b.Column("inbound")
		for i := range b.Len() {
			if have, ok := available.Int(i); ok {
				row(shelf(b, i), shelfLook{full: have > 0, coming: inbound.Ints[i] > 0})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	l.cache.mu.Lock()
	defer l.cache.mu.Unlock()
	out := make([]shelfWeek, rows.Len())
	ids := l.cache.shelves.rows(rev, len(out), func(i int) string { return shelf(rows, i) })
	for i := range out {
		id := int(ids[i])
		known, full := 0, 0
		var since time.Time // the first of the latest looks that all showed something coming
		for n, row := range values {
			if id >= len(row) || !row[id].set {
				continue
			}
			known++
			full += b2i(row[id].v.full)
			switch {
			case !row[id].v.coming:
				since = time.Time{}
			case since.IsZero():
				since = times[n]
			}
		}
		if out[i].stocked = 1; known > 0 {
			out[i].stocked = float64(max(1, full)) / float64(known)
		}
		if !since.IsZero() {
			out[i].coming = now.Sub(since)
		}
	}
	return out, nil
}

// comes is in how many days what is on its way should be there: the rest of its lead
// time, and at least a day. What is overdue is expected to take as long again as
// it has been, at most another lead time.
func (s shelfWeek) comes(leadDays int64) float64 {
	lead := leadOf(leadDays)
	rest := lead - s.coming.Hours()/24
	if rest < 0 {
		rest = min(-rest, lead)
	}
	return max(1, rest)
}

// leadOf is a lead time in days; assumedLead when it is not known or a mistake.
func leadOf(days int64) float64 {
	if days <= 0 || days > longestLead {
		return assumedLead
	}
	return float64(days)
}

// shelf names a row of a picture of stock.
func shelf(b *market.Batch, i int) string {
	return shelfOf(b.Column("sku").Text(i), b.Column("channel").Text(i))
}

func shelfOf(sku, channel string) string { return sku + "\x1f" + channel }

// readShelf tells which rows of a picture had something to sell.
func readShelf(b *market.Batch, row func(string, bool)) {
	available := b.Column("available")
	for i := range b.Len() {
		if have, ok := available.Int(i); ok {
			row(shelf(b, i), have > 0)
		}
	}
}
