package card

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/gate"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// alertCards are the messages of alerts in every state and of everything that
// may happen to them.
func alertCards(p Pen) map[string]chat.Message {
	out := map[string]chat.Message{}
	base := alerts()[0]
	root := func(name string, edit func(*alert.Alert)) {
		a := base
		edit(&a)
		out["root_"+name] = p.AlertRoot(Root{ID: "g", Alerts: []alert.Alert{a}}, now)
	}
	root("assigned", func(a *alert.Alert) {
		a.State, a.Owner, a.AckUntil = alert.Assigned, "U0LIN", now.Add(3*time.Hour)
	})
	root("snoozed", func(a *alert.Alert) {
		a.State, a.SnoozedBy, a.SnoozedUntil = alert.Snoozed, "U0LIN", now.Add(20*time.Hour)
	})
	root("escalated", func(a *alert.Alert) { a.Level = 2 })
	root("lapsed", func(a *alert.Alert) { a.Lapses = 1 })
	root("flapping", func(a *alert.Alert) { a.Flapping = true })
	root("closed", func(a *alert.Alert) {
		a.State, a.ResolvedAt, a.EndedBy, a.Note, a.NoteBy = alert.Resolved, now, "U0LIN", hostile, "U0LIN"
	})
	root("judged", func(a *alert.Alert) {
		a.State, a.ResolvedAt, a.EndedBy, a.Verdict = alert.Resolved, now, "U0LIN", alert.Expected
	})
	muted := Root{ID: "g", Alerts: alerts()[:1], Muted: 3, Mentions: []alert.Contact{{Group: "S0OPS"}, {User: "U0LIN"}}, Previous: &chat.Ref{Channel: "C1", TS: "1700000000.000100"}}
	out["root_muted"] = p.AlertRoot(muted, now)
	many := manyAlerts(40)
	out["root_many"] = p.AlertRoot(Root{ID: "g", Alerts: many}, now)
	for i := range many {
		many[i].State, many[i].ResolvedAt = alert.Resolved, now
	}
	out["root_many_over"] = p.AlertRoot(Root{ID: "g", Alerts: many}, now)
	for _, into := range gate.Turns() {
		mass := alert.Mass{Source: "stock", Table: "inventory", Into: into, Count: 400, Of: 412, Names: []string{"S1", hostile}, Since: now.Add(-6 * time.Minute), At: now}
		name := "mass_" + strings.ReplaceAll(into, " ", "_")
		out[name] = p.AlertRoot(Root{ID: "g", Mass: &mass, Mentions: muted.Mentions}, now)
		out["mass_many"] = p.AlertRoot(Root{ID: "g", Mass: &mass, Alerts: manyAlerts(40)}, now)
	}
	for _, n := range everyNews() {
		a := base
		a.Owner, a.SnoozedUntil, a.AckUntil, a.QuietUntil = "U0LILEI", now.Add(time.Hour), now.Add(time.Hour), now.Add(24*time.Hour)
		a.State, a.ResolvedAt, a.Verdict, a.Note = alert.Acknowledged, now, alert.FalseAlarm, "已补货"
		n.ID = a.ID
		name := "news_" + string(n.Kind)
		switch {
		case n.By != "":
			name += "_by"
		case n.Contact.Channel != "":
			name += "_channel"
		}
		out[name] = p.AlertNews([]alert.News{n}, []alert.Alert{a}, now)
		var much []alert.News
		list := manyAlerts(8)
		for _, a := range list {
			much = append(much, alert.News{ID: a.ID, Kind: n.Kind, By: n.By, Contact: n.Contact})
		}
		out["many_"+strings.TrimPrefix(name, "news_")] = p.AlertNews(much, list, now)
	}
	out["news_two"] = p.AlertNews([]alert.News{{ID: "many-0", Kind: alert.Opened}, {ID: "many-1", Kind: alert.Ended}}, manyAlerts(3), now)
	for _, f := range readings() {
		a := base
		a.Rule, a.First, a.Latest, a.Said, a.Worst = f.Rule, f, f, f, f.AtRisk
		out["reading_"+string(f.Rule)] = p.AlertRoot(Root{ID: "g", Alerts: []alert.Alert{a}}, now)
		out["reading_details_"+string(f.Rule)] = p.AlertDetails(a, now)
	}
	out["noise"], out["noise_none"] = p.Noise(noisyWeek()), p.Noise(report.Noise{From: now.AddDate(0, 0, -7), To: now})
	out["overnight"] = p.Overnight(manyAlerts(7))
	out["file_note"] = p.FileNote(p.AlertFile(manyAlerts(7), "alerts.csv"))
	return out
}

func everyNews() []alert.News {
	list := []alert.News{{Kind: alert.Escalated, Contact: alert.Contact{Group: "S0LEADS"}}, {Kind: alert.Escalated, By: "", Contact: alert.Contact{Channel: "C9"}}}
	for _, k := range []alert.Kind{
		alert.Opened, alert.Reopened, alert.Unsteady, alert.Raised, alert.Updated, alert.Ended, alert.Retracted, alert.Woke, alert.Reminded, alert.Lapsed, alert.Repeated,
	} {
		list = append(list, alert.News{Kind: k})
	}
	for _, k := range []alert.Kind{alert.Taken, alert.Given, alert.Hushed, alert.Released, alert.Judged, alert.Noted, alert.Ended} {
		list = append(list, alert.News{Kind: k, By: "U0LIN"})
	}
	return list
}

func manyAlerts(n int) []alert.Alert {
	var out []alert.Alert
	for i := range n {
		a := alerts()[0]
		a.ID = "many-" + string(rune('0'+i%10)) + strings.Repeat("x", i/10)
		a.Latest.Subject.SKU, a.ResolvedAt = market.SKU(a.ID), now.Add(5*time.Minute)
		if i == 1 {
			a.State, a.AckedBy = alert.Acknowledged, "U0LILEI"
		}
		out = append(out, a)
	}
	return out
}

// A root keeps to its budget: 12 lines, three buttons and a menu, whatever happened.
func TestRootBudget(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		for name, m := range alertCards(New(l, shop())) {
			lines, buttons := 0, 0
			for _, s := range m.Sections {
				lines += len(s.Body) + len(s.Note)
				buttons += len(s.Buttons)
			}
			if lines > 12 || buttons > 3 {
				t.Errorf("%s.%s: %d lines and %d buttons", name, l.Tag(), lines, buttons)
			}
		}
	}
}

// No cell of the file can be run by a spreadsheet, and every alert is in it.
func TestAlertFile(t *testing.T) {
	list := manyAlerts(3)
	list[2].Latest.Subject = analysis.Subject{SKU: "+1", Title: "=HYPERLINK(\"http://evil\")\n\t,", Rival: "@x"}
	f := New(i18n.Zh(), shop()).AlertFile(list, "a.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(f.Content), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("cell %q", cell)
			}
		}
	}
}

// Every form has its words in both languages and keeps to Slack's lengths.
func TestForms(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		p := New(l, shop())
		for _, f := range []chat.Form{
			p.SnoozeForm("g", "x", now), p.AssignForm("g", "x"), p.ResolveForm(ChoiceResolve, "g", "x", strings.Repeat("长", 900)), p.SilenceForm("sku=x", "y"),
		} {
			if n := len([]rune(f.Title)); n == 0 || n > 24 || len([]rune(f.Send)) > 24 || f.Verb == "" || len(f.Inputs) == 0 {
				t.Errorf("%s: title %q, button %q", f.Verb, f.Title, f.Send)
			}
			for _, in := range f.Inputs {
				if in.Label == "" || in.Max > 0 && len([]rune(in.Initial)) > in.Max {
					t.Errorf("%s: input %+v", f.Verb, in)
				}
			}
		}
		if n := l.Faults(); n > 0 {
			t.Errorf("%s: %d texts have no words or lack values", l.Tag(), n)
		}
	}
}

// readings are a finding of every rule that a metric and its limits declare, and
// of those about facts.
func readings() []analysis.Finding {
	day := market.Window{Start: now.Add(-34 * time.Hour), End: now.Add(-10 * time.Hour)}
	item := analysis.Subject{Unit: "beauty", SKU: "B-50", Title: "面霜 50ml"}
	list := []analysis.Finding{
		{Rule: analysis.RuleCounterfeit, Subject: item, Severity: analysis.Critical, Reading: &analysis.Reading{Unit: metric.Count, Value: 2, Limit: 1, High: true, Window: day, Quotes: []string{hostile, "和专柜的不一样，怀疑是假货"}, Parts: []analysis.Number{{Name: "flagship", Value: 1}, {Name: "", Value: 1}}}},
		{Rule: analysis.RuleBelowFloor, Subject: item, AtRisk: 120000, Reading: &analysis.Reading{
			Unit: metric.Money, Value: 7900, Limit: 8900, Numbers: []analysis.Number{{Name: "floor", Value: 8900, Unit: metric.Money}, {Name: "sold_7d", Value: 120, Unit: metric.Count}},
		}},
		{Rule: analysis.RulePriceConflict, Subject: item, AtRisk: 90000, Reading: &analysis.Reading{
			Unit: metric.Money, Value: 2000, Limit: 119, High: true, Parts: []analysis.Number{{Name: "tmall", Value: 13900, Unit: metric.Money}, {Name: "taote", Value: 11900, Unit: metric.Money}},
		}},
		{Rule: analysis.RuleAdsOut, Subject: item, AtRisk: 55582, Reading: &analysis.Reading{Metric: "ads_cost", Unit: metric.Money, Value: 55582, Limit: 10914, High: true, Window: day}},
		{Rule: analysis.RuleTargetPace, Subject: analysis.Subject{Unit: "beauty"}, AtRisk: 120_000_00, Reading: &analysis.Reading{
			Unit: metric.Ratio, Value: .08, Limit: .2, Window: day, Numbers: []analysis.Number{
				{Name: "target", Value: 600_000_00, Unit: metric.Money}, {Name: "expected", Value: 480_000_00, Unit: metric.Money}, {Name: "daily", Value: 40_000_00, Unit: metric.Money},
			},
		}},
		{Rule: analysis.RuleLateShipping, Subject: analysis.Subject{Channel: "tmall"}, Reading: &analysis.Reading{
			Metric: "ship_48h_rate", Unit: metric.Ratio, Value: .7, Limit: .94, Usual: .97, UsualKnown: true, Volume: 100, Window: day,
			Numbers: []analysis.Number{{Name: "deviation", Value: .01, Unit: metric.Ratio}, {Name: "z", Value: 25, Unit: metric.Times}, {Name: "past", Value: 14, Unit: metric.Count}},
		}},
		{Rule: analysis.RuleFunnelDrop, Subject: analysis.Subject{Member: "entry=ads"}, Reading: &analysis.Reading{Metric: "cart_rate", Unit: metric.Ratio, Value: .06, Limit: .1, Usual: .12, UsualKnown: true, Volume: 5000, Window: day}},
		{Rule: analysis.RuleSearchSurge, Subject: analysis.Subject{Member: "category=" + hostile}, Severity: analysis.Info, Reading: &analysis.Reading{
			Metric: "searches", Unit: metric.Count, Value: 3000, Limit: 1600, High: true, Usual: 1000, UsualKnown: true, Volume: 3000, Window: day,
		}},
		{Rule: analysis.RuleSellThrough, Subject: analysis.Subject{Unit: "beauty"}, Severity: analysis.Info, Reading: &analysis.Reading{
			Unit: metric.Ratio, Value: .25, Limit: .3, Volume: 80, Numbers: []analysis.Number{{Name: "sold", Value: 20, Unit: metric.Count}, {Name: "listed", Value: 80, Unit: metric.Count}},
		}},
		{Rule: analysis.RuleNoData, Subject: analysis.Subject{Member: "source=mall_orders"}, Reading: &analysis.Reading{
			Metric: "order_line", Unit: metric.Span, Value: 5_400_000, Limit: 1_800_000, High: true, Reason: "late", Window: market.Window{Start: now.Add(-90 * time.Minute), End: now},
			Mutes: []analysis.Rule{analysis.RuleGMVDrop, analysis.RuleTargetPace},
		}},
		{Rule: "margin_drop", Subject: analysis.Subject{Unit: "beauty"}, Reading: &analysis.Reading{Metric: "margin", Unit: metric.Ratio, Value: .18, Limit: .2, Volume: 300, Window: day}},
	}
	for i := range list {
		list[i].At = now
		if list[i].Severity == "" {
			list[i].Severity = analysis.Warning
		}
	}
	return list
}

func noisyWeek() report.Noise {
	return report.Noise{
		From: now.AddDate(0, 0, -7), To: now,
		Rules: []report.NoiseRule{
			{Rule: analysis.RulePriceConflict, Fired: 12, Acted: 2, False: 6, Expected: 3, Ignored: 1, Ack: 9 * time.Minute, AckKnown: true, MutedHours: 4.5},
			{Rule: analysis.RuleStockOut, Fired: 3, Acted: 3, Ack: 4 * time.Minute, AckKnown: true},
			{Rule: "margin_drop", Fired: 1, Ignored: 1},
		},
		Proposals: []report.Proposal{{Rule: analysis.RulePriceConflict, Key: "rules.watch[price_conflict].limit", From: .01, To: .02, Fired: 12, Left: 4, Useless: 7, Acted: 1}},
	}
}
