package pricing

import (
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Listing is what an item costs on one channel of the house.
type Listing struct {
	Channel market.Channel
	Terms
	Listed bool
}

// Allowed is how far below the leading channel a channel may sell, as a share
// of the leading price. A channel that is not named must be level.
type Allowed map[market.Channel]float64

// Conflict is an item that costs differently on two channels.
type Conflict struct {
	// From is when it begins: the moment of looking, or the start of a
	// promotion that is announced. Until is when the promotion that causes it
	// ends; zero when that is open.
	From, Until time.Time
	Prices      []ChannelPrice // as the listings were, without unknown ones
	Leader      market.Channel // whose price the others follow
	Gap         market.Fen     // largest price less the smallest
	Movers      []Mover        // who must move, and to what
}

// ChannelPrice is a landed price.
type ChannelPrice struct {
	Channel market.Channel
	Price   market.Fen
	Gift    string
}

// Mover is a channel whose price must change.
type Mover struct {
	Channel  market.Channel
	From, To market.Fen
}

// Conflicts looks at the listings of one item now and at the start of each
// promotion that begins within ahead. The first listing that is on sale leads,
// so listings come in the house's order of channels. A channel below the
// leader's price by more than it is allowed must move up to what it is allowed;
// one that is dearer must come down. A later conflict with the same movers is
// the same conflict and not told twice.
func Conflicts(listings []Listing, allowed Allowed, now time.Time, ahead time.Duration) []Conflict {
	moments := []time.Time{now}
	for _, l := range listings {
		if l.Listed && l.From.After(now) && l.From.Sub(now) <= ahead {
			moments = append(moments, l.From)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	var out []Conflict
	for _, at := range slices.CompactFunc(moments, time.Time.Equal) {
		c, ok := conflictAt(listings, allowed, at)
		if ok && !slices.ContainsFunc(out, func(o Conflict) bool { return slices.Equal(o.Movers, c.Movers) }) {
			out = append(out, c)
		}
	}
	return out
}

func conflictAt(listings []Listing, allowed Allowed, at time.Time) (Conflict, bool) {
	c := Conflict{From: at}
	var low, high market.Fen
	for _, l := range listings {
		price, ok := l.Landed(at)
		if !l.Listed || !ok || price <= 0 {
			continue
		}
		c.Prices = append(c.Prices, ChannelPrice{Channel: l.Channel, Price: price, Gift: l.Gift})
		if len(c.Prices) == 1 {
			c.Leader, low, high = l.Channel, price, price
			c.Until = ends(l, at)
			continue
		}
		low, high = min(low, price), max(high, price)
		lead := c.Prices[0].Price
		if to := least(lead, allowed[l.Channel]); price < to {
			c.move(l, price, to, at)
		} else if price > lead {
			c.move(l, price, lead, at)
		}
	}
	c.Gap = high - low
	return c, len(c.Movers) > 0
}

func (c *Conflict) move(l Listing, from, to market.Fen, at time.Time) {
	c.Movers = append(c.Movers, Mover{Channel: l.Channel, From: from, To: to})
	if end := ends(l, at); c.Until.IsZero() || !end.IsZero() && end.Before(c.Until) {
		c.Until = end
	}
}

// least is the lowest price that a share below the lead allows, rounded up.
func least(lead market.Fen, share float64) market.Fen {
	const whole = 10_000
	return lead - market.Fen(int64(lead)*int64(share*whole+0.5)/whole)
}

// ends is when the terms that hold at a moment end.
func ends(l Listing, at time.Time) time.Time {
	if l.Until.After(at) {
		return l.Until
	}
	return time.Time{}
}
