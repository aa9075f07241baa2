package alert

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// TestTenThousandAtOnce: ten thousand items of every unit breach in one look and
// go on breaching; a channel gets at most ten roots in ten minutes, and the
// whole takes less than 100 MiB.
func TestTenThousandAtOnce(t *testing.T) {
	const items = 10_000
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	rules := []analysis.Rule{analysis.RuleStockOut, analysis.RulePriceConflict, analysis.RuleBelowFloor, analysis.RuleAdsOut}
	var findings []analysis.Finding
	for i := range items {
		findings = append(findings, analysis.Finding{
			Rule: rules[i%len(rules)], Subject: analysis.Subject{SKU: market.SKU(fmt.Sprint("S", i)), Title: "item"}, At: now,
			Severity: analysis.Warning, AtRisk: market.Fen(i), Reading: &analysis.Reading{Value: 1},
		})
	}
	shop := &market.Shop{ID: "s", Zone: time.UTC}
	route := &Route{Name: "root", Receiver: DefaultReceiver()}
	route.To = []Contact{{Channel: "C1"}}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var open []Alert
	var groups []Group
	roots := 0
	for minute := range 10 {
		at := now.Add(time.Duration(minute) * time.Minute)
		d := &Dispatch{Shop: shop, Now: at, Root: route, Storm: DefaultStorm(), Inhibitions: DefaultInhibitions(), Groups: groups, Open: open, Refresh: time.Hour}
		list := Step(DefaultPolicy(), Pass{Shop: "s", Now: at, Open: open, Findings: findings})
		for _, x := range list {
			d.Take(x)
		}
		for _, p := range d.Flush() {
			if p.Kind == PostRoot {
				roots++
			}
		}
		open, groups = open[:0], nil
		for _, x := range list {
			a, _ := d.Alert(x.Alert.ID)
			open = append(open, a)
		}
		for _, id := range d.order {
			if g := d.groups[id]; !g.Merged {
				groups = append(groups, *g)
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if roots == 0 || roots > 10 {
		t.Errorf("%d roots in ten minutes, want 1 to 10", roots)
	}
	shown := 0
	for _, g := range groups {
		shown += len(g.Members)
	}
	if shown != items {
		t.Errorf("%d of %d are in some root", shown, items)
	}
	if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 100<<20 {
		t.Errorf("%d MiB are held", used>>20)
	}
	runtime.KeepAlive(open)
	runtime.KeepAlive(groups)
}

// TestLateFeedMutes: while orders are late a GMV drop is not told, and the root
// of the late feed says how many it was shown without.
func TestLateFeedMutes(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	route := &Route{Name: "root", Receiver: DefaultReceiver()}
	route.To, route.Wait, route.GroupBy = []Contact{{Channel: "C1"}}, 0, []string{LabelShop}
	mk := func(rule analysis.Rule, s analysis.Subject) Transition {
		f := analysis.Finding{Rule: rule, Subject: s, At: now, Severity: analysis.Warning}
		fp := Fingerprint("s", rule, s)
		return Transition{Kind: Opened, Alert: Alert{ID: ID(fp, 1), Fingerprint: fp, Episode: 1, Shop: "s", Rule: rule, State: Firing, Since: now, FiredAt: now, First: f, Latest: f, Said: f}}
	}
	d := &Dispatch{Shop: &market.Shop{ID: "s", Zone: time.UTC}, Now: now, Root: route, Storm: DefaultStorm(), Inhibitions: DefaultInhibitions()}
	d.Take(mk(analysis.RuleNoData, analysis.Subject{Member: "source=orders"}))
	d.Take(mk(analysis.RuleGMVDrop, analysis.Subject{Unit: "beauty"}))
	posts := d.Flush()
	if len(posts) != 1 || len(posts[0].Alerts) != 1 || posts[0].Alerts[0].Rule != analysis.RuleNoData || posts[0].Group.Muted != 1 {
		t.Errorf("posts %+v", posts)
	}
}
