package card

import (
	"math"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// trail is a run of steps of a rule that ends badly.
func trail(r analysis.Rule) report.Trail {
	t := report.Trail{Rule: r, Step: metric.ByDay}
	begin, step, n := now.AddDate(0, 0, -report.TrailDays+1), 24*time.Hour, report.TrailDays
	if r == analysis.RuleGMVDrop {
		t.Step, begin, step, n = metric.ByHour, now.Truncate(time.Hour).Add(-8*time.Hour), time.Hour, 24
	}
	for i := range n {
		t.At = append(t.At, begin.Add(time.Duration(i)*step))
		usual := 5000000 + 50000*float64(i)
		switch r {
		case analysis.RuleGMVDrop:
			t.Value, t.Usual = append(t.Value, usual*0.97), append(t.Usual, usual)
			t.Low, t.High = append(t.Low, usual*0.8), append(t.High, usual*1.2)
		case analysis.RuleComplaintSpike:
			t.Value, t.Usual, t.Low, t.High = append(t.Value, float64(i%3)), append(t.Usual, 1.6), append(t.Low, 0), append(t.High, 5)
		case analysis.RuleStockOut:
			t.Value, t.Other = append(t.Value, max(0, 1200-120*float64(i))), append(t.Other, 118)
		default:
			t.Value, t.Other = append(t.Value, 29100), append(t.Other, 29900-100*float64(i))
		}
	}
	if r == analysis.RuleComplaintSpike {
		t.Value[n-1] = 9
	}
	if r == analysis.RuleGMVDrop {
		t.Value[7] = 3100000
		for i := 8; i < n; i++ {
			t.Value[i] = math.NaN()
		}
	}
	return t
}

// proofCards are the proofs of every rule, with and without a picture.
func proofCards(p Pen) map[string]chat.Message {
	out := map[string]chat.Message{}
	for _, a := range alerts() {
		t := trail(a.Rule)
		out["proof_"+string(a.Rule)] = p.AlertProof(a, &t)
		out["proof_"+string(a.Rule)+"_bare"] = p.AlertProof(a, nil)
	}
	for _, by := range []string{analysis.PacedByPhase, analysis.PacedByOrdinary} {
		a, t := alerts()[3], trail(analysis.RuleGMVDrop)
		d := *a.First.GMV
		d.Paced = &analysis.Paced{By: by, Days: 2, Hours: analysis.PaceHours, Factor: 2.31, Uneven: 0.08}
		a.First.GMV = &d
		a.Latest, a.State = a.First, alert.Firing
		out["proof_gmv_drop_paced_"+by] = p.AlertProof(a, &t)
		out["root_paced_"+by] = p.AlertRoot(Root{ID: "g", Alerts: []alert.Alert{a}}, now)
	}
	for _, f := range readings() {
		out["proof_"+string(f.Rule)] = p.AlertProof(alert.Alert{ID: "k7q2m9x4ab", Episode: 1, Rule: f.Rule, State: alert.Firing, First: f, Latest: f, FiredAt: f.At}, nil)
	}
	return out
}

// The headline of the picture is its last known point, and nothing is drawn of
// which nothing is known.
func TestTrailChart(t *testing.T) {
	p := New(i18n.En(), shop())
	for _, a := range alerts() {
		tr := trail(a.Rule)
		c := p.AlertProof(a, &tr).Sections[0].Chart
		if c == nil || c.KPI != p.trailValue(a.Rule, c.Series[0].Values[lastKnown(c.Series[0].Values)]) {
			t.Errorf("%s: headline of %+v", a.Rule, c)
		}
		if c.Alt == "" || len(c.Positions) != len(tr.At) {
			t.Errorf("%s: %d positions, alt %q", a.Rule, len(c.Positions), c.Alt)
		}
		for i := range tr.Value {
			tr.Value[i] = math.NaN()
		}
		if m := p.AlertProof(a, &tr); m.Sections[0].Chart != nil {
			t.Errorf("%s: a picture of nothing", a.Rule)
		}
	}
	if m := p.AlertProof(alert.Alert{First: analysis.Finding{Rule: "unheard of"}}, nil); m.Text == "" {
		t.Error("a rule without proof says nothing")
	}
}
