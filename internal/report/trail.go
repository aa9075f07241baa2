package report

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Trail is how that which a finding speaks of has gone up to now: a value at
// each step, and what is usual where the rule knows it. The lists have one
// entry a step, or none at all; what is not known is NaN.
type Trail struct {
	Rule analysis.Rule // whose evidence it is: one of the four below
	Step metric.Dim    // ByHour or ByDay
	At   []time.Time   // begin of each step
	// Value is paid GMV in minor units of an hour (gmv_drop), stock at the end of
	// a day (stock_out), our landed price at its end (rival_move), complaints of
	// 24 hours (complaint_spike).
	Value []float64
	// Usual and the interval Low..High are what ordinary steps bring.
	Usual, Low, High []float64
	// Other is pieces sold in a day (stock_out) or the lowest price of a rival
	// (rival_move).
	Other []float64
}

// TrailDays is how many days a trail by day shows.
const TrailDays = 14

// TrailQuery asks for the trail of a finding of some rules as known at Now.
type TrailQuery struct {
	Rules   Rules
	Finding analysis.Finding
	Now     time.Time
}

// LoadTrail answers q. A rule without a trail, and a shop that does not hold what
// it needs, give ErrNoData.
func LoadTrail(ctx context.Context, db *storage.DB, s *series.Store, shop *market.Shop, q TrailQuery) (t Trail, err error) {
	r, f, now := q.Rules, q.Finding, q.Now
	rule := shows(f)
	t.Rule = rule
	err = db.View(ctx, func(tx *storage.Tx) error {
		switch t.Rule {
		case analysis.RuleStockOut, analysis.RuleRivalMove:
			p, err := newPanelReader(tx, s, shop, &PanelQuery{Now: now, Channel: f.Subject.Channel})
			if err != nil {
				return err
			}
			t, err = p.trail(f, now)
			return err
		case analysis.RuleGMVDrop, analysis.RuleComplaintSpike:
			l, err := newLoader(tx, shop, 0, now, r.Cache)
			if err != nil {
				return err
			}
			l.lexicon = r.Lexicon
			w := &watch{loader: l, rules: r, now: now, out: &Watched{}}
			if t.Rule == analysis.RuleComplaintSpike {
				t, err = w.complaintTrail(f)
				return told(err)
			}
			if w.feeds, err = l.feeds(nil, now, r.Fresh); err != nil {
				return err
			}
			if err := w.prepare(); err != nil {
				return err
			}
			t, err = w.gmvTrail(f)
			return told(err)
		}
		return ErrNoData
	})
	t.Rule = rule
	if err != nil {
		return Trail{}, fmt.Errorf("trail of %s: %w", f.Rule, err)
	}
	return t, nil
}

// shows is the rule whose trail fits the evidence of a finding, or empty: a rule
// of the configuration's own may have the evidence of a built-in one.
func shows(f analysis.Finding) analysis.Rule {
	switch {
	case f.GMV != nil:
		return analysis.RuleGMVDrop
	case f.Stock != nil:
		return analysis.RuleStockOut
	case f.Price != nil && f.Subject.Rival != "":
		return analysis.RuleRivalMove
	case f.Complaints != nil && !f.Complaints.Window.End.IsZero():
		return analysis.RuleComplaintSpike
	}
	return ""
}

// gmvTrail is the hours of the business day: paid GMV as far as it is known, and
// what each hour usually brings by the same days that the rule compares with, or
// at the pace of the hours before the finding where these were too few.
func (w *watch) gmvTrail(f analysis.Finding) (Trail, error) {
	t := Trail{Step: metric.ByHour}
	if w.grid == nil {
		return t, ErrNoData
	}
	end := time.UnixMilli((w.grid.first + int64(len(w.grid.paid[0]))) * binMs)
	today := w.shop.Day(end.Add(-1))
	scope := slices.Index(w.grid.scopes, f.Subject.Unit)
	days := w.comparable(today)
	if scope < 0 || !days.any() {
		return t, ErrNoData
	}
	whole := w.shop.Window(today, today)
	for at := whole.Start; at.Before(whole.End); at = at.Add(time.Hour) {
		hour := market.Window{Start: at, End: at.Add(time.Hour)}
		s := analysis.GMVScope{Now: w.gmvSample(scope, today, hour, nil)}
		for _, d := range days.like {
			s.Before = append(s.Before, w.gmvSample(scope, d, w.onDay(hour, today, d), nil))
		}
		if f.GMV != nil && f.GMV.Paced != nil {
			s.Pace = w.gmvPace(scope, today, hour, f.GMV.Window.Start, days, nil)
		}
		usual, low, high := analysis.GMVBand(w.rules.GMV, s)
		value := math.NaN()
		if !hour.End.After(end) {
			value = float64(s.Now.Paid)
		}
		t.At, t.Value = append(t.At, at), append(t.Value, value)
		t.Usual, t.Low, t.High = append(t.Usual, usual), append(t.Low, low), append(t.High, high)
	}
	return t, nil
}

// complaintTrail counts the complaints of the item per 24 hours up to the end of
// the finding's window, and says how many a usual day may bring.
func (w *watch) complaintTrail(f analysis.Finding) (Trail, error) {
	t := Trail{Step: metric.ByDay}
	end := f.Complaints.Window.End
	x := market.Window{Start: end.Add(-TrailDays * day), End: end}
	v, err := w.voices(x, func(sku, _ string) bool { return sku == string(f.Subject.SKU) })
	if err != nil {
		return t, err
	}
	high := float64(poissonQuantile(f.Complaints.Expected, 0.99))
	for i := range TrailDays {
		t.At, t.Value = append(t.At, x.Start.Add(time.Duration(i)*day)), append(t.Value, 0)
		t.Usual, t.Low, t.High = append(t.Usual, f.Complaints.Expected), append(t.Low, 0), append(t.High, high)
	}
	for i := range v.complaints {
		c := &v.complaints[i]
		if at := int((c.at - x.Start.UnixMilli()) / day.Milliseconds()); c.kind != neutralReview && at >= 0 && at < TrailDays {
			t.Value[at]++
		}
	}
	return t, nil
}

// poissonQuantile is the smallest count that a Poisson variable of that mean
// does not exceed with probability p.
func poissonQuantile(mean, p float64) int {
	k, term := 0, math.Exp(-mean)
	for sum := term; sum < p && k < 10_000; sum += term {
		k++
		term *= mean / float64(k)
	}
	return k
}

// trail is the last days of an item: stock and pieces sold, or our price and the
// lowest of a rival.
func (r *panelReader) trail(f analysis.Finding, now time.Time) (Trail, error) {
	t := Trail{Step: metric.ByDay}
	last := r.shop.Day(now)
	first := last - TrailDays + 1
	for d := first; d <= last; d++ {
		t.At, t.Value, t.Other = append(t.At, r.shop.Start(d)), append(t.Value, math.NaN()), append(t.Other, math.NaN())
	}
	keep := r.panel.Keep(r.filter())
	ids := slices.DeleteFunc(r.panel.Of(f.Subject.SKU), func(id uint32) bool { return !keep(id) })
	cols := []series.Column{series.Price, series.RivalPrice}
	if f.Stock != nil {
		cols = []series.Column{series.Stock, series.Units}
	}
	lines, err := r.s.Lines(r.tx, r.shop.ID, ids, r.shop.Window(first, last), 0, cols...)
	if err != nil {
		return t, err
	}
	for _, line := range lines {
		if f.Stock != nil {
			r.stockTrail(&t, line, first)
		} else {
			r.priceTrail(&t, line, first)
		}
	}
	if len(lines) == 0 {
		return t, ErrNoData
	}
	if p := f.Price; p != nil { // what it is about, before the panel has the hour
		end := len(t.At) - 1
		t.Other[end] = float64(p.Now)
		if p.Own > 0 {
			t.Value[end] = float64(p.Own)
		}
	}
	return t, nil
}

// stockTrail adds a channel's stock at the end of each day and its sales.
func (r *panelReader) stockTrail(t *Trail, line *series.Line, first market.Day) {
	closes := map[int]float64{}
	for i := range line.Slots {
		d := int(r.shop.Day(line.Slots[i].Start) - first)
		if v, ok := line.Value(series.Stock, i); ok {
			closes[d] = float64(v)
		}
		if v, ok := line.Value(series.Units, i); ok {
			t.Other[d] = known0(t.Other[d]) + float64(v)
		}
	}
	for d, v := range closes {
		t.Value[d] = known0(t.Value[d]) + v
	}
}

// priceTrail takes a channel's prices at the end of each day when they are the
// lowest so far.
func (r *panelReader) priceTrail(t *Trail, line *series.Line, first market.Day) {
	for _, part := range []struct {
		c   series.Column
		out []float64
	}{{series.Price, t.Value}, {series.RivalPrice, t.Other}} {
		closes := map[int]float64{}
		for i := range line.Slots {
			if v, ok := line.Value(part.c, i); ok {
				closes[int(r.shop.Day(line.Slots[i].Start)-first)] = float64(v)
			}
		}
		for d, v := range closes {
			if math.IsNaN(part.out[d]) || v < part.out[d] {
				part.out[d] = v
			}
		}
	}
}

// known0 is x, and 0 when it is not known: the begin of a sum.
func known0(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}
