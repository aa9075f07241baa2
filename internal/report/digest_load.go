package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"shopwatch/internal/alert"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// digestTables are the feeds that a digest waits for.
var digestTables = []string{market.OrderLines.Name, market.Refunds.Name, market.Traffic.Name}

// alertReach is how long ago an alert may have begun and still be looked at for
// what was acknowledged or ended lately.
const alertReach = 30

// LoadDigest answers q. Data that is missing is named in Data.Gaps and never
// counts as zero: without orders GMV.Sums.Known.Orders is false.
func LoadDigest(ctx context.Context, db *storage.DB, shop *market.Shop, q DigestQuery) (d Digest, err error) {
	err = db.View(ctx, func(tx *storage.Tx) error {
		l, err := newLoader(tx, shop, q.AsOf, q.Now, q.Cache)
		if err != nil {
			return err
		}
		d, err = l.digest(q)
		l.based(&d.Data)
		return told(err)
	})
	if err != nil {
		return Digest{}, fmt.Errorf("digest of %s for %s: %w", shop.ID, q.Day, err)
	}
	return d, nil
}

func (l *loader) digest(q DigestQuery) (Digest, error) {
	d := Digest{Shop: l.shop.ID, Day: q.Day, Now: q.Now}
	if err := l.digestCoverage(&d, q); err != nil {
		return d, err
	}
	if err := l.digestGMV(&d, q); err != nil {
		return d, err
	}
	return d, l.digestAlerts(&d, q)
}

// digestCoverage names the feeds that do not reach the day's end, and others
// that are late or incomplete now.
func (l *loader) digestCoverage(d *Digest, q DigestQuery) error {
	all, err := l.feeds(nil, q.Now, q.Fresh)
	if err != nil {
		return err
	}
	end := l.shop.Start(q.Day + 1)
	d.Data = Coverage{AsOf: earlier(known(all, market.OrderLines.Name), q.Now), Revision: l.revision()}
	d.Complete = !d.Data.AsOf.IsZero()
	for _, f := range all {
		g, mark := f.gap, f.mark()
		if slices.Contains(digestTables, f.Table) && !mark.IsZero() && mark.Before(end) {
			d.Complete = false
			if g == nil {
				g = &FeedGap{Source: f.Source, Table: f.Table, Reason: GapLate, State: f.Last.State, Watermark: mark, Age: end.Sub(mark)}
			}
		}
		if g != nil {
			d.Data.Gaps = append(d.Data.Gaps, *g)
		}
	}
	d.Data.Complete = len(d.Data.Gaps) == 0 && d.Complete
	return nil
}

func (l *loader) digestGMV(d *Digest, q DigestQuery) error {
	compare := []Compare{SameWeekday}
	if _, _, on := l.shop.Calendar.On(q.Day); on {
		compare = append(compare, CampaignDay)
	}
	ask := GMVQuery{AsOf: q.AsOf, Now: q.Now, From: q.Day, To: q.Day, Compare: compare, By: metric.ByUnit, Fresh: q.Fresh}
	var err error
	d.GMV, err = l.gmv(ask)
	if errors.Is(err, ErrNoData) {
		d.GMV = GMV{Shop: l.shop.ID, From: q.Day, To: q.Day, Window: l.shop.Window(q.Day, q.Day), Part: true, Data: d.Data, By: metric.ByUnit}
		return nil
	}
	if err != nil {
		return err
	}
	ask.By, ask.Compare = metric.ByChannel, []Compare{SameWeekday}
	channels, err := l.gmv(ask)
	if err != nil {
		return err
	}
	d.Channels = channels.Parts
	if !d.GMV.Comparisons[0].Known {
		return nil
	}
	d.Change = d.GMV.Sums.Paid - d.GMV.Comparisons[0].Sums.Paid
	d.Why, err = l.why(d.GMV, q)
	return err
}

// digestAlerts sorts the alerts of the last weeks into what to act on, what was
// taken on during the day, and what came and went since.
func (l *loader) digestAlerts(d *Digest, q DigestQuery) error {
	if q.Alerts != nil {
		a := q.Alerts
		d.Actions, d.More, d.Acked, d.AckedDone, d.Overnight = a.Actions, a.More, a.Acked, a.AckedDone, a.Overnight
		return nil
	}
	open, err := l.tx.OpenAlerts(l.shop.ID)
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(open, func(a alert.Alert) bool { return !a.State.Open() })
	slices.SortStableFunc(open, func(a, b alert.Alert) int {
		return cmp.Or(
			cmp.Compare(b2i(a.State != alert.Firing), b2i(b.State != alert.Firing)),
			cmp.Compare(a.Latest.Severity.Rank(), b.Latest.Severity.Rank()),
			cmp.Compare(b.Latest.AtRisk, a.Latest.AtRisk), cmp.Compare(a.ID, b.ID),
		)
	})
	top := q.Top
	if top <= 0 {
		top = 3
	}
	d.Actions = open[:min(top, len(open))]
	d.More = len(open) - len(d.Actions)
	whole := l.shop.Window(q.Day, q.Day)
	past, err := l.tx.Alerts(l.shop.ID, market.Window{Start: whole.Start.AddDate(0, 0, -alertReach), End: q.Now})
	if err != nil {
		return err
	}
	since := market.Window{Start: whole.End, End: q.Now}
	for _, a := range past {
		if a.FiredAt.IsZero() {
			continue
		}
		if whole.Contains(a.AckedAt) {
			d.Acked = append(d.Acked, a)
			d.AckedDone += b2i(!a.State.Open())
		}
		acts := slices.ContainsFunc(d.Actions, func(x alert.Alert) bool { return x.ID == a.ID })
		if !acts && (since.Contains(a.FiredAt) || since.Contains(a.ResolvedAt)) {
			d.Overnight = append(d.Overnight, a)
		}
	}
	return nil
}
