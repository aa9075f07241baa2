package commands

import (
	"context"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// planned keeps the Env of a shop's newest plan, as making one takes longer than
// asking whether it has changed.
type planned struct {
	mu      sync.Mutex
	changes uint64 // of the plan that made is of; 0 when there is none yet
	made    *Env
}

// current is env with the shop as people have planned it by now: targets and
// calendar are edited while the bot runs, by any of its replicas.
func (env *Env) current(ctx context.Context) (now *Env, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		n, err := tx.PlanNumber(env.Shop.ID)
		if err != nil || n == 0 {
			now = env
			return err
		}
		env.planned.mu.Lock()
		defer env.planned.mu.Unlock()
		if env.planned.made == nil || env.planned.changes != n {
			shop, err := tx.Planned(env.Shop)
			if err != nil {
				return err
			}
			env.planned.made, env.planned.changes = env.with(shop), n
		}
		now = env.planned.made
		return nil
	})
	return now, err
}

// with is env about a shop that has changed.
func (env *Env) with(shop *market.Shop) *Env {
	made := *env
	made.Shop = shop
	return New(made)
}
