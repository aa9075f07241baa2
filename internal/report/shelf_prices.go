package report

import (
	"time"

	"shopwatch/internal/market"
)

// shelfPrices are what our items cost and how they sold in the last seven days: what
// questions about own prices begin with.
type shelfPrices struct {
	feeds []feed
	data  Coverage
	at    time.Time // of the prices
	own   map[market.SKU][]OwnPrice
	week  sales
}

// shelfPrices reads them; more are further tables that the answer depends on. Without any
// picture of prices the error is ErrNoData.
func (l *loader) shelfPrices(now time.Time, fresh Freshness, more ...string) (s shelfPrices, err error) {
	if s.feeds, err = l.feeds(append([]string{market.OwnPrices.Name, market.OrderLines.Name}, more...), now, fresh); err != nil {
		return s, err
	}
	if s.week, err = l.salesWeek(s.feeds, now); err != nil {
		return s, err
	}
	if s.at, s.own, err = l.ownPrices(now); err != nil {
		return s, err
	}
	if s.at.IsZero() {
		return s, ErrNoData
	}
	s.data = coverage(l.tx, s.feeds, s.at, zeroTime, l.asOf)
	return s, nil
}
