package report

import (
	"cmp"
	"slices"
	"strings"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// digestAlerts sorts the alerts of the last weeks into what to act on, what was
// taken on during the days, and what came and went since.
func (l *loader) digestAlerts(d *Digest, q DigestQuery) error {
	if q.Alerts != nil {
		a := q.Alerts
		d.Actions, d.More, d.Acked, d.AckedDone, d.Overnight, d.Promises, d.Rules = a.Actions, a.More, a.Acked, a.AckedDone, a.Overnight, a.Promises, a.Rules
		return nil
	}
	open, err := l.tx.OpenAlerts(l.shop.ID)
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(open, func(a alert.Alert) bool { return !a.State.Open() || !l.concerns(a, q.Unit) })
	byMoney(open)
	top := q.Top
	if top <= 0 {
		top = 3
	}
	d.Actions = open[:min(top, len(open))]
	d.More = len(open) - len(d.Actions)
	whole := l.shop.Window(q.From, q.Day)
	past, err := l.tx.Alerts(l.shop.ID, market.Window{Start: whole.Start.AddDate(0, 0, -alertReach), End: q.Now})
	if err != nil {
		return err
	}
	past = slices.DeleteFunc(past, func(a alert.Alert) bool { return a.FiredAt.IsZero() || !l.concerns(a, q.Unit) })
	l.pastAlerts(d, whole, past, q)
	if q.Kind == DigestWeekly || q.Kind == DigestMonthly {
		d.Rules = ruleRecords(whole, past)
	}
	d.Promises, err = l.promises(whole, past)
	return err
}

// concerns reports whether an alert is about a unit; every alert concerns the
// whole shop, and what is about the whole shop concerns every unit.
func (l *loader) concerns(a alert.Alert, unit market.Unit) bool {
	s := a.Latest.Subject
	own := s.Unit
	if own == "" && s.SKU != "" {
		own = l.items.Unit(s.SKU)
	}
	return unit == "" || own == "" || own == unit
}

// byMoney puts what nobody has taken first, and of those the most money at risk.
func byMoney(list []alert.Alert) {
	slices.SortStableFunc(list, func(a, b alert.Alert) int {
		return cmp.Or(
			cmp.Compare(b2i(a.State != alert.Firing), b2i(b.State != alert.Firing)),
			cmp.Compare(b.Latest.AtRisk, a.Latest.AtRisk),
			cmp.Compare(a.Latest.Severity.Rank(), b.Latest.Severity.Rank()), cmp.Compare(a.ID, b.ID),
		)
	})
}

func (l *loader) pastAlerts(d *Digest, whole market.Window, past []alert.Alert, q DigestQuery) {
	since := market.Window{Start: whole.End, End: q.Now}
	for _, a := range past {
		if whole.Contains(a.AckedAt) {
			d.Acked = append(d.Acked, a)
			d.AckedDone += b2i(!a.State.Open())
		}
		acts := slices.ContainsFunc(d.Actions, func(x alert.Alert) bool { return x.ID == a.ID })
		if !acts && (since.Contains(a.FiredAt) || since.Contains(a.ResolvedAt)) {
			d.Overnight = append(d.Overnight, a)
		}
	}
}

// undertakings are acts by which a person takes something on. An alert that ends
// by itself is none.
var undertakings = []alert.Kind{alert.Taken, alert.Given, alert.Hushed, alert.Judged, alert.Noted}

// promises is what people did about alerts in a window, from the audit: each
// alert once, by the last act.
func (l *loader) promises(w market.Window, past []alert.Alert) ([]Promise, error) {
	trail, err := l.tx.AuditTrail(w)
	if err != nil {
		return nil, err
	}
	byID := map[string]*alert.Alert{}
	for i := range past {
		byID[past[i].ID] = &past[i]
	}
	at := map[string]int{}
	var out []Promise
	for _, e := range trail {
		act, ok := strings.CutPrefix(e.Act, "alert.")
		a := byID[e.Subject]
		if !ok || a == nil || !slices.Contains(undertakings, alert.Kind(act)) {
			continue
		}
		i, known := at[a.ID]
		if !known {
			i = len(out)
			at[a.ID] = i
			out = append(out, Promise{Alert: *a})
		}
		out[i].By, out[i].Act, out[i].At = e.Actor, alert.Kind(act), e.At
	}
	return out, nil
}

// ruleRecords counts the alerts that fired in a window by rule, most money
// first.
func ruleRecords(w market.Window, past []alert.Alert) []RuleRecord {
	var out []RuleRecord
	at := map[analysis.Rule]int{}
	for _, a := range past {
		if !w.Contains(a.FiredAt) {
			continue
		}
		i, known := at[a.Rule]
		if !known {
			i = len(out)
			at[a.Rule] = i
			out = append(out, RuleRecord{Rule: a.Rule})
		}
		r := &out[i]
		r.Fired++
		r.Taken += b2i(!a.AckedAt.IsZero() || a.Owner != "" || a.EndedBy != "")
		r.False += b2i(a.Verdict == alert.FalseAlarm)
		r.StillOn += b2i(a.State.Open())
		r.AtRisk += a.Worst
	}
	slices.SortFunc(out, func(a, b RuleRecord) int {
		return cmp.Or(cmp.Compare(b.AtRisk, a.AtRisk), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}
