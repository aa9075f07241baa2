package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"shopwatch/internal/audience"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
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

// Digest writes one kind of report about one shop.
type Digest struct {
	DB    *storage.DB
	Shop  *market.Shop
	Kind  report.DigestKind
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

// catchups is how long after its time a missed digest is still worth sending.
var catchups = map[report.DigestKind]time.Duration{
	report.DigestMorning: 6 * time.Hour, report.DigestIntraday: time.Hour, report.DigestWeekly: 24 * time.Hour,
	report.DigestMonthly: 48 * time.Hour, report.DigestCampaign: 12 * time.Hour,
}

// Job makes the digest's job. A run missed by too much is recorded as missed.
func (d *Digest) Job(s Schedule) Job {
	d.sched = s
	return Job{
		Name: "digest/" + string(d.Kind) + "/" + string(d.Shop.ID), Schedule: s, Timeout: 2 * time.Minute, Catchup: catchups[d.Kind], Run: d.Write, Missed: d.missed,
	}
}

// Write puts what is due at due into the outbox, once per place and days; the
// board of a day is one message a place that later hours edit. ErrLater holds a
// report for late data.
func (d *Digest) Write(ctx context.Context, due time.Time) error {
	d, err := d.current(ctx)
	if err != nil {
		return err
	}
	now := d.Now()
	from, to, ok := d.Kind.Due(d.Shop, due)
	if !ok {
		return nil
	}
	owed, err := d.owed(ctx, to, due)
	if err != nil {
		return err
	}
	for _, team := range byUnit(owed) {
		q := report.DigestQuery{Kind: d.Kind, From: from, Day: to, Now: now, Unit: team[0].Unit, Fresh: d.Fresh, Cache: d.Cache}
		if err := d.write(ctx, q, team, due); err != nil {
			return err
		}
	}
	return nil
}

// Send posts the latest report to places now, whether they have had it or not,
// and returns how many places that is: all that receive the kind when none is
// named. Nothing of what is due later is left out because of it.
func (d *Digest) Send(ctx context.Context, to []outbox.Route) (int, error) {
	d, err := d.current(ctx)
	if err != nil {
		return 0, err
	}
	now := d.Now()
	if len(to) == 0 {
		err := d.DB.View(ctx, func(tx *storage.Tx) (err error) {
			to, err = d.receivers(tx, now)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	from, last := d.Kind.Latest(d.Shop, now)
	key := d.key(last) + "/sent/" + now.UTC().Format("20060102T150405.000")
	for _, team := range byUnit(to) {
		q := report.DigestQuery{Kind: d.Kind, From: from, Day: last, Now: now, Unit: team[0].Unit, Fresh: d.Fresh, Cache: d.Cache}
		dig, err := d.load(ctx, q)
		if err != nil {
			return 0, err
		}
		err = d.DB.Update(ctx, func(tx *storage.Tx) error { return d.enqueue(tx, evidence.Digest{Report: dig}, team, key, 0) })
		if err != nil {
			return 0, err
		}
	}
	return len(to), nil
}

// write puts one report into the outbox for the places of one team.
func (d *Digest) write(ctx context.Context, q report.DigestQuery, team []outbox.Route, due time.Time) error {
	dig, err := d.load(ctx, q)
	if errors.Is(err, report.ErrNoData) {
		d.Logger.LogAttrs(ctx, slog.LevelInfo, "digest skipped: no data", slog.String("kind", string(q.Kind)), slog.String("day", q.Day.String()))
		return nil
	}
	if err != nil {
		return err
	}
	planned := d.planned(due)
	if !dig.Complete && q.Now.Sub(planned) < d.Hold {
		return ErrLater
	}
	m := evidence.Digest{Report: dig}
	if q.Now.Sub(planned) > d.Grace {
		m.Planned = planned
	}
	return d.DB.Update(ctx, func(tx *storage.Tx) error {
		if err := d.enqueue(tx, m, team, d.key(q.Day), d.turn(due)); err != nil || d.Kind != report.DigestMorning || q.Unit != "" {
			return err
		}
		return d.notePosted(tx, dig)
	})
}

// load is the report; a store without any facts gives report.ErrNoData.
func (d *Digest) load(ctx context.Context, q report.DigestQuery) (report.Digest, error) {
	dig, err := report.LoadDigest(ctx, d.DB, d.Shop, q)
	if err == nil && dig.Data.Revision == 0 {
		err = report.ErrNoData
	}
	return dig, err
}

// missed tells the places of a report that the one due at due was not sent. Of the
// board of a day only the last hour is missed: a later one is a better board.
func (d *Digest) missed(tx *storage.Tx, due, now time.Time) error {
	shop, err := tx.Planned(d.Shop)
	if err != nil {
		return err
	}
	_, last, ok := d.Kind.Due(shop, due)
	goesOn := d.Kind == report.DigestIntraday && shop.Day(d.sched.Next(now)) == shop.Day(due)
	if !ok || goesOn {
		return nil
	}
	routes, err := d.receivers(tx, now)
	if err != nil {
		return err
	}
	key := d.key(last) + "/missed"
	for _, r := range routes {
		note := card.New(i18n.For(r.Lang), shop).DigestMissed(d.Kind, due)
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

// enqueue puts the report into the outbox for some places together with its
// evidence: as new messages under key, or as the edit of what stands there.
func (d *Digest) enqueue(tx *storage.Tx, m evidence.Digest, routes []outbox.Route, key string, turn int) error {
	b := evidence.Basis{Shop: d.Shop, Rules: report.Rules{Fresh: d.Fresh}}
	langs, channels := places(routes)
	id, err := keep(tx, b, m.Said(b, langs, channels))
	if err != nil {
		return err
	}
	now := m.Report.Now
	for _, r := range routes {
		messages := m.Messages(b, r.Lang)
		messages[0] = card.New(i18n.For(r.Lang), d.Shop).Evidence(messages[0], id)
		_, begun, err := tx.Entry(r.Key(key))
		if err != nil {
			return err
		}
		entries := posts(r, key, messages, now)
		if begun {
			entries = edits(r, key, messages[0], turn, now)
		}
		for _, e := range entries {
			if _, err := tx.Enqueue(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// posts are the entries of a new report: its root, and what stands in its thread.
func posts(r outbox.Route, key string, messages []chat.Message, now time.Time) []outbox.Entry {
	out := []outbox.Entry{r.Root(key, messages[0], now)}
	for i, under := range messages[1:] {
		out = append(out, r.Under(key, i+1, under, now))
	}
	return out
}

// edits renew the root of a board and leave a line of its hour in the thread, as
// an edit tells nobody.
func edits(r outbox.Route, key string, root chat.Message, turn int, now time.Time) []outbox.Entry {
	said := chat.Message{Text: root.Text, Sections: []chat.Section{{Body: []chat.Rich{chat.Line(root.Text)}}}}
	return []outbox.Entry{r.Edit(key, turn, root, now), r.Under(key, firstTurn+turn, said, now)}
}

// firstTurn keeps the lines of a board's hours apart from the parts of its
// thread and from corrections.
const firstTurn = 1000

// turn numbers the runs of a day.
func (d *Digest) turn(due time.Time) int {
	return int(due.Sub(d.Shop.Start(d.Shop.Day(due))) / time.Minute)
}

// planned is the regular time of the day that due belongs to: due itself may be
// a second try. A board is due several times a day and never tried again.
func (d *Digest) planned(due time.Time) time.Time {
	first := d.sched.Next(d.Shop.Start(d.Shop.Day(due)).Add(-time.Second))
	if first.IsZero() || first.After(due) || d.Kind == report.DigestIntraday {
		return due
	}
	return first
}

// owed are the places that do not have what is due yet.
func (d *Digest) owed(ctx context.Context, last market.Day, due time.Time) (owed []outbox.Route, err error) {
	err = d.DB.View(ctx, func(tx *storage.Tx) error {
		routes, err := d.receivers(tx, d.Now())
		if err != nil {
			return err
		}
		for _, r := range routes {
			root, begun, err := tx.Entry(r.Key(d.key(last)))
			if err != nil {
				return err
			}
			if begun && (d.Kind != report.DigestIntraday || !root.Created.Before(due)) {
				continue
			}
			_, renewed, err := tx.Entry(r.Edit(d.key(last), d.turn(due), chat.Message{}, due).Key)
			if err != nil {
				return err
			}
			if !renewed {
				owed = append(owed, r)
			}
		}
		return nil
	})
	return owed, err
}

// byUnit parts places by the unit that they are told about, in their order.
func byUnit(routes []outbox.Route) (teams [][]outbox.Route) {
	for _, r := range routes {
		i := slices.IndexFunc(teams, func(t []outbox.Route) bool { return t[0].Unit == r.Unit })
		if i < 0 {
			teams = append(teams, []outbox.Route{r})
			continue
		}
		teams[i] = append(teams[i], r)
	}
	return teams
}

func (d *Digest) receivers(tx *storage.Tx, now time.Time) ([]outbox.Route, error) {
	return notify.Receivers(tx, d.Shop, audience.Kind(d.Kind), d.Routes, now)
}

func (d *Digest) key(day market.Day) string {
	return "digest/" + string(d.Kind) + "/" + string(d.Shop.ID) + "/" + day.String()
}
