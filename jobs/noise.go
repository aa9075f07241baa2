package jobs

import (
	"context"
	"fmt"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/notify"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Noise posts once a week what the alerts were worth, in every channel that
// gets any.
type Noise struct {
	DB     *storage.DB
	Rules  report.Rules
	Notify *notify.Notifier
	Now    func() time.Time
}

// Job makes the job; a run missed by more than a day is left out.
func (n *Noise) Job(s Schedule) Job {
	const late = 24 * time.Hour
	return Job{Name: "noise/" + string(n.Notify.Shop.ID), Schedule: s, Timeout: 5 * time.Minute, Catchup: late, Run: n.Write}
}

// Write puts the report of the week before due into the outbox, once per place
// and day. A week without alerts is not told.
func (n *Noise) Write(ctx context.Context, due time.Time) error {
	now, shop := n.Now(), n.Notify.Shop
	r, err := report.LoadNoise(ctx, n.DB, shop, report.NoiseQuery{Now: due, Rules: n.Rules, Policy: n.Notify.Policy})
	if err != nil {
		return fmt.Errorf("noise: %w", err)
	}
	if len(r.Rules) == 0 {
		return nil
	}
	return n.DB.Update(ctx, func(tx *storage.Tx) error {
		key := "noise/" + string(shop.ID) + "/" + shop.Day(due).String()
		for _, place := range alertChannels(n.Notify.Root) {
			if _, err := tx.Enqueue(place.Root(key, card.New(i18n.For(place.Lang), shop).Noise(r), now)); err != nil {
				return err
			}
		}
		return tx.Audit(access.Entry{At: now, Actor: "shopwatch", Act: "noise.post", Subject: key})
	})
}

// alertChannels are the channels of a tree with their languages, each once and
// in order.
func alertChannels(root *alert.Route) []outbox.Route {
	var out []outbox.Route
	seen := map[string]bool{}
	var walk func(r *alert.Route)
	walk = func(r *alert.Route) {
		for _, to := range r.To {
			if to.Channel != "" && !seen[to.Channel] {
				seen[to.Channel] = true
				out = append(out, outbox.Route{Target: chat.Target{Channel: to.Channel}, Lang: r.Lang})
			}
		}
		for i := range r.Routes {
			walk(&r.Routes[i])
		}
	}
	walk(root)
	return out
}
