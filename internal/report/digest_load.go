package report

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
func LoadDigest(ctx context.Context, db *storage.DB, shop *market.Shop, q DigestQuery) (Digest, error) {
	if q.Kind == "" {
		q.Kind = DigestMorning
	}
	if q.From == 0 {
		q.From = q.Day
	}
	what := fmt.Sprintf("%s digest for %s", q.Kind, q.Day)
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, what, func(l *loader) (Digest, error) {
		d, err := l.digest(ctx, q)
		l.based(&d.Data)
		return d, err
	})
}

func (l *loader) digest(ctx context.Context, q DigestQuery) (Digest, error) {
	d := Digest{Kind: q.Kind, Shop: l.shop.ID, Unit: q.Unit, From: q.From, Day: q.Day, Now: q.Now}
	if err := l.digestCoverage(&d, q); err != nil {
		return d, err
	}
	if err := l.digestGMV(&d, q); err != nil {
		return d, err
	}
	if err := l.digestOutlook(&d, q); err != nil {
		return d, err
	}
	if err := l.brief(ctx, &d, q); err != nil {
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
	if end.After(q.Now) {
		end = zeroTime // the day is not over: it is reported as far as it is known
	}
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
	filter := metric.Filter{Unit: q.Unit}
	by := metric.ByUnit
	if q.Unit != "" {
		by = metric.ByCategory
	}
	ask := GMVQuery{AsOf: q.AsOf, Now: q.Now, From: q.From, To: q.Day, Filter: filter, Compare: q.Kind.compare(l.shop, q.Day), By: by, Fresh: q.Fresh}
	var err error
	d.GMV, err = l.gmv(ask)
	if errors.Is(err, ErrNoData) {
		d.GMV = GMV{Shop: l.shop.ID, From: q.From, To: q.Day, Window: l.shop.Window(q.From, q.Day), Part: true, Data: d.Data, Filter: filter, By: by}
		return nil
	}
	if err != nil {
		return err
	}
	ask.By, ask.Compare = metric.ByChannel, ask.Compare[:1]
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

// digestOutlook says where the month will end, and shows the campaign that the
// digest is about.
func (l *loader) digestOutlook(d *Digest, q DigestQuery) error {
	if q.Kind == DigestCampaign {
		c, err := l.campaign(CampaignQuery{Now: q.Now, ID: campaignNear(l.shop.Calendar, q.Day), AsOf: q.AsOf, Fresh: q.Fresh})
		if err != nil && !errors.Is(err, ErrNoCampaign) {
			return err
		}
		if err == nil {
			d.Campaign = &c
		}
	}
	if q.Kind == DigestMonthly {
		return nil // the month is over
	}
	f, err := l.forecast(ForecastQuery{Now: q.Now, Filter: metric.Filter{Unit: q.Unit}, AsOf: q.AsOf, Fresh: q.Fresh})
	if errors.Is(err, ErrNoData) {
		return nil
	}
	d.Outlook = f.Month
	return err
}
