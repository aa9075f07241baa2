package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/lab"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/source/demo"
	"shopwatch/storage"
)

// ScenarioOptions say what is played.
type ScenarioOptions struct {
	Seeds        []uint64
	Days         int // of watching, after the history
	SKUs, Orders int
	History      int // days before
	Start        time.Time
	// Tell is told how it goes on.
	Tell func(format string, args ...any)
	// Trace, when set, receives a line for each missed incident and each false
	// alarm.
	Trace io.Writer
}

// Scenarios plays the demo shop with its labelled incidents over seeds, the
// whole bot in between, and holds what was told in the team's channel against
// the labels. Somebody takes each alert some minutes after it was posted, as in
// the demo.
func Scenarios(ctx context.Context, o ScenarioOptions) (lab.Report, error) {
	var runs []lab.Run
	for _, seed := range o.Seeds {
		began := time.Now()
		r, err := scenario(ctx, o, seed)
		if err != nil {
			return lab.Report{}, fmt.Errorf("seed %d: %w", seed, err)
		}
		runs = append(runs, r)
		o.Tell("seed %d: %d incidents, %d alerts in %d roots, %s", seed, len(r.Incidents), len(r.Raised), len(r.Roots), time.Since(began).Round(time.Second))
	}
	return lab.Score(runs), nil
}

func scenario(ctx context.Context, o ScenarioOptions, seed uint64) (r lab.Run, err error) {
	d, err := OpenDemo(ctx, DemoOptions{
		Seed: seed, SKUs: o.SKUs, Orders: o.Orders, Days: o.History, Start: o.Start, Lang: "zh-CN", Alerts: true, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Backfill(ctx); err != nil {
		return r, err
	}
	span := time.Duration(o.Days) * 24 * time.Hour
	if err := d.Until(ctx, span); err != nil {
		return r, err
	}
	from := d.opt.Start
	truth := d.mall.Truth(from.Add(-truthBefore), from.Add(span+truthBefore))
	r = lab.Run{Seed: seed, Days: float64(o.Days), Incidents: labelled(truth, from, from.Add(span))}
	if err := d.raised(ctx, &r, market.Window{Start: from.Add(-time.Minute), End: from.Add(span)}); err != nil {
		return r, err
	}
	if o.Trace != nil {
		traceMisses(o.Trace, r)
	}
	return r, nil
}

// truthBefore is how far around a stretch something may happen that explains an
// alert in it: stock is warned of two days ahead.
const truthBefore = 72 * time.Hour

// settled is the part of an incident's time that must lie inside a stretch for
// it to count: a delivery that is late from today empties no shelf before the
// week is over.
const settled = 3

// labelled are the incidents that should or may be noticed in a stretch. One of
// which too little lies inside explains alerts and need not be found.
func labelled(list []demo.Incident, from, to time.Time) []lab.Incident {
	var out []lab.Incident
	for _, in := range list {
		x := lab.Incident{
			Kind: in.Kind, Rule: in.Rule, Also: in.Also, Start: in.Start, End: in.End,
			About: lab.About{Unit: market.Unit(in.Subject.Unit), SKU: market.SKU(in.Subject.SKU), Rival: in.Subject.Rival},
		}
		switch {
		case in.Subject.Source != "":
			x.About.Member = "source=" + in.Subject.Source
		case in.Subject.Word != "":
			x.About.Member = "category=" + in.Subject.Word
		}
		if inside := earliest(to, in.End).Sub(latest(from, in.Start)); in.Rule != "" && inside < in.End.Sub(in.Start)/settled {
			x.Rule, x.Also = "", append(slices.Clone(in.Also), in.Rule)
		}
		out = append(out, x)
	}
	return out
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// raised reads from the store and the chat what was told in the team's channel.
func (d *Demo) raised(ctx context.Context, r *lab.Run, w market.Window) error {
	messages := map[string]int{} // by root key
	for _, e := range d.Sandbox.Transcript() {
		if e.Channel != "shop-alerts" || e.At.Before(w.Start) {
			continue
		}
		switch root, _, _ := strings.Cut(strings.TrimPrefix(e.Delivery, "alert/"), "/"); {
		case !strings.HasPrefix(e.Delivery, "alert/"):
		case e.Kind == "post":
			r.Roots = append(r.Roots, e.At)
			r.Messages++
			messages[root]++
		case e.Kind == "reply":
			r.Messages++
			messages[root]++
		}
	}
	return d.db.View(ctx, func(tx *storage.Tx) error {
		list, err := tx.Alerts(d.shop.ID, w)
		if err != nil {
			return err
		}
		for _, a := range list {
			root, err := toldIn(tx, a, alertsChannel)
			if err != nil {
				return err
			}
			if a.FiredAt.IsZero() || root == "" {
				continue
			}
			s := a.First.Subject
			r.Raised = append(r.Raised, lab.Raised{
				Rule: string(a.Rule), About: lab.About{Unit: s.Unit, SKU: s.SKU, Rival: s.Rival, Member: s.Member}, At: a.FiredAt, Root: root, Messages: messages[root], Detail: detailOf(a),
			})
		}
		return nil
	})
}

// toldIn is the id of the root that an alert is told in, in a channel.
func toldIn(tx *storage.Tx, a alert.Alert, channel string) (string, error) {
	for _, id := range a.Groups {
		g, ok, err := tx.Group(id)
		if err != nil {
			return "", err
		}
		if !ok || g.Place.Channel != channel || !g.Told() {
			continue
		}
		e, ok, err := tx.Entry(notify.EntryKey(&g))
		if err != nil || ok && !e.Receipt.Ref.Zero() {
			return g.ID, err
		}
	}
	return "", nil
}

// detailOf is what helps to judge a false alarm.
func detailOf(a alert.Alert) string {
	text := fmt.Sprintf("%s, %d at risk at most", a.First.Severity, a.Worst)
	switch {
	case a.First.Stock != nil:
		text += fmt.Sprintf(", %d left, then %d, %.1f a day", a.First.Stock.Available, a.Latest.Stock.Available, a.First.Stock.PerDay)
	case a.First.Complaints != nil:
		text += fmt.Sprintf(", %d complaints, %.1f expected", a.First.Complaints.Count, a.First.Complaints.Expected)
	}
	return text
}

func traceMisses(w io.Writer, r lab.Run) {
	for _, line := range r.Misses() {
		fmt.Fprintf(w, "seed %d: %s\n", r.Seed, line)
	}
}
