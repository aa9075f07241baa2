package storage

import (
	"encoding/json"
	"fmt"
	"strconv"

	"shopwatch/internal/market"
)

// Decision is a price that somebody has decided on, and what was expected of it.
// The bot changes no price; it looks later what came of it.
type Decision struct {
	market.PriceDecision
	Place string `json:"place,omitempty"` // chat channel it was told in
	Lang  string `json:"lang,omitempty"`
	// Measured are the hours after which its outcome has been told.
	Measured []int `json:"measured,omitempty"`
}

// Key is the delivery key of the message about the decision; its outcome goes
// into the thread of it.
func (d Decision) Key() string {
	return "price/" + string(d.Shop) + "/" + strconv.FormatUint(d.Number, 10)
}

// PutDecision stores a decision; one without a number is given the next.
func (tx *Tx) PutDecision(d Decision) (uint64, error) {
	if d.Shop == "" || d.SKU == "" {
		return 0, fmt.Errorf("decision of %q about %q: both are needed", d.Shop, d.SKU)
	}
	if d.Number == 0 {
		n, err := tx.number("decision")
		if err != nil {
			return 0, err
		}
		d.Number = n
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return 0, fmt.Errorf("decision %d: %w", d.Number, err)
	}
	shop := keyText(nil, string(d.Shop))
	return d.Number, tx.list(spaceDecision, shop, keyUint(keyText(nil, string(d.Shop)), d.Number), raw, 1)
}

// Decisions returns the decisions of a shop, oldest first.
func (tx *Tx) Decisions(shop market.ShopID) ([]Decision, error) {
	var all []Decision
	prefix := keyText(nil, string(shop))
	err := tx.scanList(spaceDecision, prefix, func(key, raw []byte) error {
		var d Decision
		if err := decodeJSON(spaceDecision, key, raw, &d); err != nil {
			return err
		}
		n, _, ok := cutUint(key[len(prefix):])
		if !ok {
			return damaged(spaceDecision, key, "key is too short")
		}
		d.Number = n
		all = append(all, d)
		return nil
	})
	return all, err
}
