package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// A day's figure that was posted is set right once, when it has been restated
// by this share or more, within so many days.
const (
	restatedShare = 0.01
	restatedDays  = 7
)

// correctionNote numbers the note among the messages in a digest's thread.
const correctionNote = 90

// posted is what a digest said, to be compared with later data.
type posted struct {
	Paid      market.Fen `json:"paid"`
	Corrected bool       `json:"corrected,omitempty"`
}

// notePosted remembers what the digest of a day says, in its transaction.
func (d *Digest) notePosted(tx *storage.Tx, dig report.Digest) error {
	if !dig.GMV.Sums.Known.Orders {
		return nil // it named no figure
	}
	raw, err := json.Marshal(posted{Paid: dig.GMV.Sums.Paid})
	if err != nil {
		return err
	}
	return tx.PutSetting(d.key(dig.Day), raw)
}

// Corrections makes the job that looks for posted figures which data has
// restated since.
func (d *Digest) Corrections(s Schedule) Job {
	return Job{
		Name: "correction/" + string(d.Shop.ID), Schedule: s, Timeout: 2 * time.Minute,
		Run: func(ctx context.Context, _ time.Time) error { return d.Correct(ctx) },
	}
}

// Correct puts one note into the thread of each digest of the last days whose
// figure no longer holds. Nothing is said while the day's data is incomplete.
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
	if err != nil || !found || was.Corrected {
		return err
	}
	dig, err := report.LoadDigest(ctx, d.DB, d.Shop, report.DigestQuery{Day: day, Now: now, Fresh: d.Fresh, Cache: d.Cache})
	if errors.Is(err, report.ErrNoData) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("correction of %s: %w", day, err)
	}
	is := dig.GMV.Sums.Paid
	if !dig.Complete || !dig.GMV.Sums.Known.Orders || float64(max(is, was.Paid)-min(is, was.Paid)) < restatedShare*float64(max(was.Paid, 1)) {
		return nil
	}
	raw, err := json.Marshal(posted{Paid: is, Corrected: true})
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
			if err := d.enqueueCorrection(tx, r, dig, was.Paid, now); err != nil {
				return err
			}
		}
		return tx.PutSetting(d.key(day), raw)
	})
}

// enqueueCorrection answers under the digest, where there is one.
func (d *Digest) enqueueCorrection(tx *storage.Tx, r outbox.Route, dig report.Digest, was market.Fen, now time.Time) error {
	key := d.key(dig.Day)
	if _, ok, err := tx.Entry(r.Key(key)); err != nil || !ok {
		return err
	}
	pen := card.New(i18n.For(r.Lang), d.Shop)
	_, err := tx.Enqueue(r.Under(key, correctionNote, pen.Correction(dig, was), now))
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
