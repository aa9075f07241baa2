package pricing

import (
	"time"

	"shopwatch/internal/market"
)

// Crept tells a fall so slow that no seven days show it, by quotes about a week
// apart: from the highest of them the price has come down by Drip, in at least
// three steps of which none is a cut by itself, never was lower in between, and is
// still coming down. told
// is the price that people were last told of: they know of what was before, so
// that only what it fell by since counts. The zero Quote is none.
func Crept(l Limits, price market.Fen, weeks []Quote, told Quote, now time.Time) (Move, bool) {
	if price <= 0 {
		return Move{}, false
	}
	known := make([]Quote, 0, len(weeks)+1)
	if told.Price > 0 {
		known = append(known, told)
	}
	for _, q := range weeks {
		if q.Price > 0 && q.At.Before(now) && (told.Price <= 0 || q.At.After(told.At)) {
			known = append(known, q)
		}
	}
	var top Quote
	for _, q := range known {
		if q.Price >= top.Price { // the last moment of it
			top = q
		}
	}
	if len(known) == 0 || price >= known[len(known)-1].Price || Slip(price, top.Price) || !dripped(l, price, known, top) {
		return Move{}, false
	}
	for _, q := range known {
		if q.At.After(top.At) && below(q.Price, price, l.Back) {
			return Move{}, false // it was lower in between: a price that swings
		}
	}
	return Move{Before: top.Price, Now: price, Drip: true, Since: top.At}, true
}
