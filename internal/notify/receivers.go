package notify

import (
	"time"

	"shopwatch/internal/audience"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Receivers answers which places receive a kind of digest of a shop at now, and
// in which language: those that the configuration names (posts) and those that
// have subscribed, each once, always in the same order. What goes to a person
// with quiet hours is held by its Route until they end.
func Receivers(tx *storage.Tx, shop *market.Shop, kind audience.Kind, posts []outbox.Route, now time.Time) ([]outbox.Route, error) {
	subs, err := tx.Subscriptions(shop.ID)
	if err != nil {
		return nil, err
	}
	people := map[string]audience.Person{}
	for _, s := range subs {
		if s.Place.User == "" || s.Kind != kind {
			continue
		}
		if people[s.Place.User], err = tx.Person(s.Place.User); err != nil {
			return nil, err
		}
	}
	return audience.Receivers(shop, kind, posts, subs, people, now), nil
}
