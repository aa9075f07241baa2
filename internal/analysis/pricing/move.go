package pricing

import (
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Limits of a move, as shares of the anchor.
type Limits struct {
	// Cut is the least fall at one stroke, against the median of the history
	// and against the highest of the last 24 hours.
	Cut float64
	// Drip is the least fall made of steps smaller than Cut.
	Drip float64
	// Back: a move is over when the price is within this share of its anchor.
	Back float64
}

// Move is a price that has come down. Before is the anchor it is measured
// against: the median of the history, or its highest price for a drip. Since is
// when the price was last there.
type Move struct {
	Before, Now market.Fen
	Drip        bool
	Since       time.Time
}

// life is after how long a cut price counts as the ordinary one.
const life = 7 * 24 * time.Hour

// Moved tells a cut at one stroke from a drip of small steps, and neither from
// an ordinary price: one that only returns to what it was before a rise is no
// cut, nor is one that is off by a factor of 100. history is of the last days,
// oldest first; of fewer than three quotes nothing is said.
func Moved(l Limits, price market.Fen, history []Quote, now time.Time) (Move, bool) {
	if len(history) < 3 {
		return Move{}, false
	}
	var top, recent Quote
	for _, q := range history {
		if q.Price >= top.Price { // the last moment of it
			top = q
		}
		if q.Price > recent.Price && now.Sub(q.At) <= 24*time.Hour {
			recent = q
		}
	}
	anchor := middle(history)
	switch {
	case price <= 0 || Slip(price, anchor):
		return Move{}, false
	case below(price, anchor, l.Cut) && below(price, recent.Price, l.Cut):
		return Move{Before: anchor, Now: price, Since: lastAt(history, anchor)}, true
	case dripped(l, price, history, top) && price < recent.Price:
		return Move{Before: top.Price, Now: price, Drip: true, Since: top.At}, true
	}
	return Move{}, false
}

// Lasts reports whether a move that people were told of at since goes on at a
// price: until it is back near its anchor, as a limited-time cut is when it
// ends, or has lasted so long that it is the ordinary price.
func (m Move) Lasts(l Limits, price market.Fen, since, now time.Time) bool {
	return now.Sub(since) < life && below(price, m.Before, l.Back) && !Slip(price, m.Before)
}

// Slip reports whether two prices differ by a factor towards 100: the unit has
// changed, not the price. The price may have moved on the same day, so the
// factor need not be exact; nobody sells at a thirtieth.
func Slip(price, anchor market.Fen) bool {
	return anchor > 0 && (price < anchor/30 || price/30 > anchor)
}

// lastAt is the last moment at which the price was still about the anchor.
func lastAt(history []Quote, anchor market.Fen) time.Time {
	for _, q := range slices.Backward(history) {
		if !below(q.Price, anchor, 0.02) {
			return q.At
		}
	}
	return history[0].At
}

// dripped reports whether the price has come down from its top in at least
// three steps, none of them a cut by itself. It is read backwards: what was lower
// for a while and came back, as on a day of promotions, is no step.
func dripped(l Limits, price market.Fen, history []Quote, top Quote) bool {
	if !below(price, top.Price, l.Drip) {
		return false
	}
	steps, level := 0, price
	for _, q := range slices.Backward(history) {
		if q.At.Before(top.At) {
			break
		}
		if q.Price <= level {
			continue
		}
		if below(level, q.Price, l.Cut) {
			return false
		}
		steps++
		level = q.Price
	}
	return steps >= 3
}
