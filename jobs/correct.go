package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// A day's figure that was posted is set right once, when it has been restated
// by its share or more, within so many days. GMV and orders are counted to the
// last line; what depends on how people are counted moves by itself.
const (
	restatedShare = 0.01
	restatedLoose = 0.05
	restatedDays  = 7
)

// restatedBy is the share from which on a headline counts as restated.
func restatedBy(key string) float64 {
	if key == "gmv_paid" || key == "orders" {
		return restatedShare
	}
	return restatedLoose
}

// correctionNote numbers the first note among the messages in a digest's thread.
const correctionNote = 90

// posted is what a digest said, to be compared with later data.
type posted struct {
	// Figures are the headlines as they were posted, by metric. One that was set
	// right is gone: it is not set right again.
	Figures map[string]float64 `json:"figures,omitempty"`
	Notes   int                `json:"notes,omitempty"` // that were written
}

// UnmarshalJSON also reads what was kept when GMV was the only figure.
func (was *posted) UnmarshalJSON(raw []byte) error {
	type plain posted
	var all struct {
		plain
		Paid      *float64 `json:"paid"`
		Corrected bool     `json:"corrected"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	*was = posted(all.plain)
	if all.Paid != nil && !all.Corrected {
		if was.Figures == nil {
			was.Figures = map[string]float64{}
		}
		was.Figures["gmv_paid"] = *all.Paid
	}
	return nil
}

// notePosted remembers what the digest of a day says, in its transaction.
func (d *Digest) notePosted(tx *storage.Tx, dig report.Digest) error {
	if !dig.GMV.Sums.Known.Orders {
		return nil // it named no figure
	}
	was := posted{Figures: map[string]float64{}}
	for _, h := range dig.Headlines() {
		was.Figures[h.Metric] = h.Value.V
	}
	raw, err := json.Marshal(was)
	if err != nil {
		return err
	}
	return tx.PutSetting(d.key(dig.Day), raw)
}

// restated are the headlines of dig that no longer are what was posted, and what
// is posted once that has been said.
func (was posted) restated(dig report.Digest) (list []card.Restated, next posted) {
	next = was
	next.Figures = maps.Clone(was.Figures)
	for _, h := range dig.Headlines() {
		before, told := was.Figures[h.Metric]
		if !told || math.Abs(h.Value.V-before) < restatedBy(h.Metric)*math.Max(math.Abs(before), 1e-9) || h.Value.V == before {
			continue
		}
		list = append(list, card.Restated{Metric: h.Metric, Was: report.Value{V: before, Known: true}, Now: h.Value})
		delete(next.Figures, h.Metric)
	}
	return list, next
}

// Corrections makes the job that looks for posted figures which data has
// restated since.
func (d *Digest) Corrections(s Schedule) Job {
	return Job{
		Name: "correction/" + string(d.Shop.ID), Schedule: s, Timeout: 2 * time.Minute,
		Run: func(ctx context.Context, _ time.Time) error { return d.Correct(ctx) },
	}
}

// Correct puts a note into the thread of each digest of the last days of which
// headline figures no longer hold, each of them once. Nothing is said while the
// day's data is incomplete.
func (d *Digest) Correct(ctx context.Context) error {
	now := d.Now()
	for back := market.Day(1); back <= restatedDays; back++ {
		if err := d.correct(ctx, d.Shop.Day(now)-back, now); err != nil {
			return err
		}
	}
	return nil
}

func (d *Digest) correct(ctx context.Context, day market.Day, now time.Time) error {
	was, found, err := d.posted(ctx, day)
	if err != nil || !found || len(was.Figures) == 0 {
		return err
	}
	dig, err := report.LoadDigest(ctx, d.DB, d.Shop, report.DigestQuery{Day: day, Now: now, Fresh: d.Fresh, Cache: d.Cache})
	if errors.Is(err, report.ErrNoData) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("correction of %s: %w", day, err)
	}
	if !dig.Complete || !dig.GMV.Sums.Known.Orders {
		return nil
	}
	list, next := was.restated(dig)
	if len(list) == 0 {
		return nil
	}
	next.Notes++
	raw, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return d.DB.Update(ctx, func(tx *storage.Tx) error {
		routes, err := d.receivers(tx, now)
		if err != nil {
			return err
		}
		for _, r := range routes {
			if r.Unit != "" {
				continue // it was told of a unit, not of the shop
			}
			if err := d.enqueueCorrection(tx, r, dig, correction{correctionNote + was.Notes, list}, now); err != nil {
				return err
			}
		}
		return tx.PutSetting(d.key(day), raw)
	})
}

// correction is a note with its number in the thread.
type correction struct {
	n    int
	list []card.Restated
}

// enqueueCorrection answers under the digest, where there is one.
func (d *Digest) enqueueCorrection(tx *storage.Tx, r outbox.Route, dig report.Digest, c correction, now time.Time) error {
	key := d.key(dig.Day)
	if _, ok, err := tx.Entry(r.Key(key)); err != nil || !ok {
		return err
	}
	pen := card.New(i18n.For(r.Lang), d.Shop)
	_, err := tx.Enqueue(r.Under(key, c.n, pen.Correction(dig, c.list), now))
	return err
}

func (d *Digest) posted(ctx context.Context, day market.Day) (was posted, found bool, err error) {
	err = d.DB.View(ctx, func(tx *storage.Tx) error {
		raw, ok, err := tx.Setting(d.key(day))
		if err != nil || !ok {
			return err
		}
		found = true
		return json.Unmarshal(raw, &was)
	})
	if err != nil {
		return was, false, fmt.Errorf("posted figure of %s: %w", day, err)
	}
	return was, found, nil
}
