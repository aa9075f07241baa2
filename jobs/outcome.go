package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Outcomes tells what came of prices that people decided on, in the thread of the
// decision.
type Outcomes struct {
	DB    *storage.DB
	Shop  *market.Shop
	Lang  string // of decisions that name none
	Cache *report.Cache
	Now   func() time.Time
}

// outcomeHours are when a decision is looked at again.
var outcomeHours = []int{24, 72}

// outcomeWait is how long after its time an outcome waits for the orders to come
// in; then it is given up, as nothing that is known then was asked for.
const outcomeWait = 48 * time.Hour

// Job makes the job that looks for outcomes that are due.
func (o *Outcomes) Job(s Schedule) Job {
	return Job{Name: "outcome/" + string(o.Shop.ID), Schedule: s, Timeout: 2 * time.Minute, Run: func(ctx context.Context, _ time.Time) error { return o.Look(ctx) }}
}

// Look tells each outcome that is due and whose orders are there, once.
func (o *Outcomes) Look(ctx context.Context) error {
	now := o.Now()
	var all []storage.Decision
	err := o.DB.View(ctx, func(tx *storage.Tx) (err error) {
		all, err = tx.Decisions(o.Shop.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("outcomes of %s: %w", o.Shop.ID, err)
	}
	for i := range all {
		for _, hours := range outcomeHours {
			due := all[i].At.Add(time.Duration(hours) * time.Hour)
			if slices.Contains(all[i].Measured, hours) || now.Before(due) || now.Sub(due) > outcomeWait {
				continue
			}
			if err := o.tell(ctx, &all[i], hours, now); err != nil {
				return fmt.Errorf("outcome of decision %d: %w", all[i].Number, err)
			}
		}
	}
	return nil
}

// tell writes one outcome under the decision's message and marks it as told, in
// one transaction.
func (o *Outcomes) tell(ctx context.Context, d *storage.Decision, hours int, now time.Time) error {
	out, err := report.LoadOutcome(ctx, o.DB, o.Shop, report.OutcomeQuery{
		Now: now, SKU: d.SKU, Channel: d.Channel, At: d.At, After: time.Duration(hours) * time.Hour, Price: d.Price, Cache: o.Cache,
	})
	if err != nil || !out.Reached {
		return err
	}
	lang := d.Lang
	if lang == "" {
		lang = o.Lang
	}
	d.Measured = append(d.Measured, hours)
	return o.DB.Update(ctx, func(tx *storage.Tx) error {
		if _, err := tx.PutDecision(*d); err != nil || d.Place == "" {
			return err
		}
		m := card.New(i18n.For(lang), o.Shop).PriceOutcome(d.PriceDecision, out)
		_, err := tx.Enqueue(outbox.Route{Target: chat.Target{Channel: d.Place}}.Under(d.Key(), hours, m, now))
		return err
	})
}
