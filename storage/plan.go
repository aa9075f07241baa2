package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"shopwatch/internal/market"
)

// PlanChange is one decision about a shop's targets or calendar. Was and Is hold
// what it touched, before and after, as it stood for the shop.
type PlanChange struct {
	Number  uint64        `json:"-"` // given by PutPlanChange, from 1
	Shop    market.ShopID `json:"shop"`
	At      time.Time     `json:"at"`
	By      string        `json:"by"`
	Channel string        `json:"channel,omitempty"`
	Was     market.Plan   `json:"was"`
	Is      market.Plan   `json:"is"`
	Undoes  uint64        `json:"undoes,omitempty"` // number of the change that this one takes back
}

// storedPlan is a plan and the number of its last change.
type storedPlan struct {
	market.Plan
	Number uint64 `json:"number"`
}

// PlanNumber is the number of the last change of a shop's plan, 0 when people
// have decided nothing.
func (tx *Tx) PlanNumber(shop market.ShopID) (uint64, error) {
	var p storedPlan
	_, err := tx.getJSON(spacePlan, keyText(nil, string(shop)), &p)
	return p.Number, err
}

// Plan returns what people have decided about a shop; the zero Plan when they
// have decided nothing.
func (tx *Tx) Plan(shop market.ShopID) (market.Plan, error) {
	var p storedPlan
	_, err := tx.getJSON(spacePlan, keyText(nil, string(shop)), &p)
	return p.Plan, err
}

// Planned is Tx.Planned in a transaction of its own.
func (db *DB) Planned(ctx context.Context, shop *market.Shop) (planned *market.Shop, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		planned, err = tx.Planned(shop)
		return err
	})
	return planned, err
}

// Planned returns the shop as people have planned it; shop itself when they
// have decided nothing.
func (tx *Tx) Planned(shop *market.Shop) (*market.Shop, error) {
	p, err := tx.Plan(shop.ID)
	if err != nil {
		return nil, fmt.Errorf("plan of %s: %w", shop.ID, err)
	}
	return shop.With(p), nil
}

// PutPlanChange makes a change part of the shop's plan and adds it to the
// history, which is never shortened. It returns the change's number.
func (tx *Tx) PutPlanChange(c PlanChange) (uint64, error) {
	if c.Shop == "" || c.Is.Empty() {
		return 0, fmt.Errorf("plan of %q: a change needs a shop and something that it changes", c.Shop)
	}
	p, err := tx.Plan(c.Shop)
	if err != nil {
		return 0, err
	}
	for _, t := range c.Is.Targets {
		p = p.SetTarget(t)
	}
	for _, x := range c.Is.Campaigns {
		p = p.SetCampaign(x)
	}
	for _, k := range c.Is.Days {
		p = p.SetDay(k)
	}
	shop := keyText(nil, string(c.Shop))
	n, err := tx.number("plan")
	if err != nil {
		return 0, err
	}
	if err := tx.putJSON(spacePlan, shop, storedPlan{p, n}); err != nil {
		return 0, err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return 0, fmt.Errorf("plan of %s: %w", c.Shop, err)
	}
	return n, tx.list(spacePlanChange, shop, keyUint(keyText(nil, string(c.Shop)), n), raw, 1)
}

// PlanChanges returns the history of a shop's plan, oldest first.
func (tx *Tx) PlanChanges(shop market.ShopID) ([]PlanChange, error) {
	var all []PlanChange
	prefix := keyText(nil, string(shop))
	err := tx.scanList(spacePlanChange, prefix, func(key, raw []byte) error {
		var c PlanChange
		if err := decodeJSON(spacePlanChange, key, raw, &c); err != nil {
			return err
		}
		n, _, ok := cutUint(key[len(prefix):])
		if !ok {
			return damaged(spacePlanChange, key, "key is too short")
		}
		c.Number = n
		all = append(all, c)
		return nil
	})
	return all, err
}
