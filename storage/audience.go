package storage

import (
	"encoding/json"
	"errors"
	"fmt"

	"shopwatch/internal/audience"
	"shopwatch/internal/market"
)

// PutSubscription keeps a subscription in place of the one that its place has
// to the same kind of digest of the shop.
func (tx *Tx) PutSubscription(s audience.Subscription) error {
	if err := s.Check(); err != nil {
		return err
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("subscription to %s: %w", s.Kind, err)
	}
	return tx.list(spaceSubscription, keyText(nil, string(s.Shop)), subscriptionKey(s), raw, 1)
}

// DropSubscription forgets the subscription of s's place to s's kind of digest
// of its shop; one that is not there stays away.
func (tx *Tx) DropSubscription(s audience.Subscription) error {
	return tx.list(spaceSubscription, keyText(nil, string(s.Shop)), subscriptionKey(s), nil, -1)
}

// subscriptionKey begins with the shop; a place is a channel or a person, which
// the platform's ids tell apart.
func subscriptionKey(s audience.Subscription) []byte {
	key := keyText(keyText(nil, string(s.Shop)), s.Place.Channel)
	return keyText(keyText(key, s.Place.User), string(s.Kind))
}

// Subscriptions returns the subscriptions to digests of a shop, by place and
// kind: those of people first.
func (tx *Tx) Subscriptions(shop market.ShopID) ([]audience.Subscription, error) {
	var all []audience.Subscription
	err := tx.scanList(spaceSubscription, keyText(nil, string(shop)), func(key, raw []byte) error {
		var s audience.Subscription
		if err := decodeJSON(spaceSubscription, key, raw, &s); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

// PutPerson keeps how somebody likes to be spoken to.
func (tx *Tx) PutPerson(p audience.Person) error {
	if p.User == "" {
		return errors.New("person without an id")
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("person %s: %w", p.User, err)
	}
	return tx.list(spacePerson, nil, keyText(nil, p.User), raw, 1)
}

// Person returns how somebody likes to be spoken to; of somebody who has not
// said so, only the id is set.
func (tx *Tx) Person(user string) (audience.Person, error) {
	p := audience.Person{User: user}
	if user == "" {
		return p, nil
	}
	_, err := tx.getJSON(spacePerson, keyText(nil, user), &p)
	return p, err
}
