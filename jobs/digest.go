package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/audience"
	"shopwatch/internal/card"
	"shopwatch/internal/evidence"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Morning is the name of the daily digest in routes and keys.
const Morning = string(audience.Morning)

// Digest writes the daily report of the business day before.
type Digest struct {
	DB    *storage.DB
	Shop  *market.Shop
	Fresh report.Freshness
	Cache *report.Cache
	// Routes are the places that the configuration names; those that have
	// subscribed come to them.
	Routes []outbox.Route
	Logger *slog.Logger
	Now    func() time.Time
	// Hold is how long after its time a digest waits for data that is late;
	// then it goes out and says what is missing.
	Hold time.Duration
	// Grace is how late a digest may leave without saying so.
	Grace time.Duration
	sched Schedule
}

// Job makes the morning digest's job. A run missed by more than catchup is
// recorded as missed.
func (d *Digest) Job(s Schedule, catchup time.Duration) Job {
	d.sched = s
	return Job{Name: "digest/" + Morning + "/" + string(d.Shop.ID), Schedule: s, Timeout: 2 * time.Minute, Catchup: catchup, Run: d.Write, Missed: d.missed}
}

// Write puts the digest of the day before due into the outbox, once per place
// and day. ErrLater holds it for late data.
func (d *Digest) Write(ctx context.Context, due time.Time) error {
	d, err := d.current(ctx)
	if err != nil {
		return err
	}
	now := d.Now()
	day := d.Shop.Day(due) - 1
	if done, err := d.written(ctx, day); err != nil || done {
		return err
	}
	dig, err := report.LoadDigest(ctx, d.DB, d.Shop, report.DigestQuery{Day: day, Now: now, Fresh: d.Fresh, Cache: d.Cache})
	if errors.Is(err, report.ErrNoData) {
		d.Logger.LogAttrs(ctx, slog.LevelInfo, "digest skipped: no data", slog.String("day", day.String()))
		return nil
	}
	if err != nil {
		return fmt.Errorf("digest %s: %w", day, err)
	}
	planned := d.planned(due)
	if !dig.Complete && now.Sub(planned) < d.Hold {
		return ErrLater
	}
	m := evidence.Morning{Digest: dig}
	if now.Sub(planned) > d.Grace {
		m.Planned = planned
	}
	return d.DB.Update(ctx, func(tx *storage.Tx) error {
		if err := d.enqueue(tx, m, now); err != nil {
			return err
		}
		return d.notePosted(tx, dig)
	})
}

// missed tells the places of the digest that the one due at due was not sent.
func (d *Digest) missed(tx *storage.Tx, due, now time.Time) error {
	routes, err := d.receivers(tx, now)
	if err != nil {
		return err
	}
	key := d.key(d.Shop.Day(due)-1) + "/missed"
	for _, r := range routes {
		note := card.New(i18n.For(r.Lang), d.Shop).DigestMissed(due)
		if _, err := tx.Enqueue(r.Root(key, note, now)); err != nil {
			return err
		}
	}
	return nil
}

// current is d about the shop as people have planned it by now.
func (d *Digest) current(ctx context.Context) (*Digest, error) {
	shop, err := d.DB.Planned(ctx, d.Shop)
	if err != nil {
		return nil, fmt.Errorf("digest: %w", err)
	}
	now := *d
	now.Shop = shop
	return &now, nil
}

// enqueue puts the report into the outbox for every place together with its
// evidence.
func (d *Digest) enqueue(tx *storage.Tx, m evidence.Morning, now time.Time) error {
	routes, err := d.receivers(tx, now)
	if err != nil {
		return err
	}
	b := evidence.Basis{Shop: d.Shop, Rules: report.Rules{Fresh: d.Fresh}}
	langs, channels := places(routes)
	id, err := keep(tx, b, m.Said(b, langs, channels))
	if err != nil {
		return err
	}
	key := d.key(m.Digest.Day)
	for _, r := range routes {
		messages := m.Messages(b, r.Lang)
		root := card.New(i18n.For(r.Lang), d.Shop).Evidence(messages[0], id)
		if _, err := tx.Enqueue(r.Root(key, root, now)); err != nil {
			return err
		}
		for i, under := range messages[1:] {
			if _, err := tx.Enqueue(r.Under(key, i+1, under, now)); err != nil {
				return err
			}
		}
	}
	return nil
}

// planned is the regular time of the day that due belongs to: due itself may be
// a second try.
func (d *Digest) planned(due time.Time) time.Time {
	first := d.sched.Next(d.Shop.Start(d.Shop.Day(due)).Add(-time.Second))
	if first.IsZero() || first.After(due) {
		return due
	}
	return first
}

// written reports whether every place has the digest of day already.
func (d *Digest) written(ctx context.Context, day market.Day) (bool, error) {
	all := true
	err := d.DB.View(ctx, func(tx *storage.Tx) error {
		routes, err := d.receivers(tx, d.Now())
		if err != nil {
			return err
		}
		for _, r := range routes {
			_, ok, err := tx.Entry(r.Key(d.key(day)))
			if err != nil {
				return err
			}
			all = all && ok
		}
		return nil
	})
	return all, err
}

func (d *Digest) receivers(tx *storage.Tx, now time.Time) ([]outbox.Route, error) {
	return notify.Receivers(tx, d.Shop, audience.Morning, d.Routes, now)
}

func (d *Digest) key(day market.Day) string {
	return "digest/" + Morning + "/" + string(d.Shop.ID) + "/" + day.String()
}
