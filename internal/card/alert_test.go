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
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(f.Content, "\ufeff"))).ReadAll()
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
