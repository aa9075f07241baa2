package card

import (
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// weekly is a report with something to say about every subject.
func weekly() report.Digest {
	d := morning()
	d.Kind, d.From = report.DigestWeekly, saturday-6
	d.GMV.From = d.From
	a := alerts()
	ended := a[2]
	ended.State, ended.ResolvedAt = alert.Resolved, ended.FiredAt.Add(3*time.Hour)
	d.Promises = []report.Promise{
		{Alert: a[1], By: "U0LIN", Act: alert.Given, At: now.Add(-26 * time.Hour)},
		{Alert: ended, By: "U0LILEI", Act: alert.Taken, At: now.Add(-25 * time.Hour)},
	}
	d.Rules = []report.RuleRecord{
		{Rule: analysis.RuleStockOut, Fired: 40, Taken: 1, AtRisk: 5400000, StillOn: 3},
		{Rule: analysis.RuleRivalMove, Fired: 4, Taken: 4, False: 1, AtRisk: 900000},
	}
	d.Outlook = &report.MonthEnd{
		From: market.DateOf(2026, 11, 1), To: market.DateOf(2026, 11, 30), Paid: 15_000_000_00,
		Range: report.Range{Mean: 21_680_000_00, Low: 21_290_000_00, High: 22_470_000_00},
		Tiers: []report.Chance{{Tier: report.Tier{ID: "base", Amount: 20_000_000_00}, Chance: .97, Daily: 550_000_00}},
	}
	price, floor, conflict, shelves, slow, order, best, fresh, voice := prices(), floors(), conflicts(), stock(), slowMovers(), orders(), hits(), newItems(), complaints()
	d.Brief = report.Brief{
		Moves: &price, Floor: &floor, Conflicts: &conflict, Stock: &shelves, Slow: &slow, Restock: &order, Hits: &best, New: &fresh, Complaints: &voice,
	}
	rating := report.NPS{From: d.From, To: d.Day, Data: coverage(), Ratings: report.Ratings{Good: 900, Neutral: 60, Bad: 40, Margin: 2.8, Score: report.Value{V: 86, Known: true}}}
	d.Brief.NPS = &rating
	d.Brief.Live = &report.Live{From: d.From, To: d.Day, Data: coverage(), Paid: 12_000_000_00, All: 62_840_000_00, Visitors: 40_000}
	for _, s := range []struct {
		name    string
		by      metric.Dim
		metrics []string
	}{
		{"traffic", metric.ByEntry, []string{"visitors", "conversion"}},
		{"bands", metric.ByBand, []string{"gmv_paid", "margin"}},
		{"regions", metric.ByRegion, []string{"gmv_paid", "aov"}},
		{"members", metric.ByTier, []string{"member_gmv", "repurchase_rate"}},
		{"search", metric.ByWord, []string{"searches", "long_tail_share"}},
		{"service", metric.ByRegion, []string{"ship_48h_rate", "ship_backlog"}},
		{"returns", metric.ByReason, []string{"refunds", "refund_rate"}},
		{"ads", metric.BySKU, []string{"ads_cost", "ads_roi"}},
	} {
		f := report.Figures{From: d.From, To: d.Day, Data: coverage(), By: s.by, Metrics: s.metrics, Total: known(628_400_000, .131), Before: known(580_800_000, .124)}
		f.Base = &report.Comparison{Kind: report.PrevPeriod, Known: true, From: d.From - 7, To: d.Day - 7}
		f.Rows = []report.FigureRow{{Key: "ads", Values: known(211_000_000, .2), Before: known(200_000_000, .1)}, {Key: "", Values: known(1, 0)}}
		d.Brief.Figures = append(d.Brief.Figures, report.BriefFigures{Subject: s.name, Figures: f})
	}
	return d
}

// digestCards are the reports besides the morning's.
func digestCards(p Pen, out map[string]chat.Message) {
	week := weekly()
	out["weekly"] = p.Digest(week, "")
	for i, m := range p.DigestThread(week) {
		out["weekly_thread_"+string(rune('a'+i))] = m
	}
	live := morning()
	live.Kind, live.From, live.Day = report.DigestIntraday, saturday, saturday
	live.GMV.Part, live.GMV.Covered.End = true, now
	out["intraday"] = p.Digest(live, "")
	unit := morning()
	unit.Unit, unit.GMV.Filter = "beauty", metric.Filter{Unit: "beauty"}
	out["morning_unit"] = p.Digest(unit, "")
	month := weekly()
	month.Kind, month.From, month.Outlook = report.DigestMonthly, market.DateOf(2026, 10, 1), nil
	out["monthly"] = p.Digest(month, "")
	c := board()
	on := weekly()
	on.Kind, on.Campaign, on.From = report.DigestCampaign, &c, c.From
	out["campaign_digest"], out["campaign_days"] = p.Digest(on, ""), p.DigestThread(on)[0]
	over := c
	over.State, over.Phase = report.CampaignOver, nil
	on.Campaign = &over
	out["campaign_review"] = p.Digest(on, "")
	unknown := report.Digest{Kind: report.DigestMorning, From: saturday, Day: saturday, Now: now, GMV: report.GMV{From: saturday, To: saturday}}
	out["morning_unknown"] = p.Digest(unknown, "")
}

// Every subject that has something to say is in the thread, and one without is not.
func TestDigestSubjects(t *testing.T) {
	p := New(i18n.En(), shop())
	full := text(t, joined(append(p.DigestThread(weekly()), p.Digest(weekly(), ""))))
	empty := text(t, joined(p.DigestThread(morning())))
	for _, title := range []string{
		"Traffic by entry", "Price bands", "Regions", "Members", "Search", "Shipping", "Refunds", "Advertising",
		"Rival prices", "Floor prices", "Stock", "What to order", "Slow movers", "New items", "counterfeit", "NPS", "Livestream", "Month-end", "base 97%", "What was promised", "How the rules did",
	} {
		if !strings.Contains(full, title) {
			t.Errorf("%q is not in a full digest", title)
		}
		if strings.Contains(empty, title) {
			t.Errorf("%q is in a digest that has nothing about it", title)
		}
	}
}

func joined(all []chat.Message) (m chat.Message) {
	for _, x := range all {
		m.Sections = append(m.Sections, x.Sections...)
	}
	return m
}
