package card

import (
	"slices"
	"testing"
	"time"

	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func regionSheet() Sheet {
	return Sheet{Name: "regions", Columns: []string{"gmv_paid", "orders", "aov", "refund_rate"}, Next: []Step{{"next_gmv", "gmv %s"}}}
}

func known(v ...float64) []report.Value {
	out := make([]report.Value, len(v))
	for i, x := range v {
		out[i] = report.Value{V: x, Known: true}
	}
	return out
}

// regions is a week with one region that is new, one that left, and refunds
// that got worse.
func regions() report.Figures {
	return report.Figures{
		From: saturday - 6, To: saturday, Data: coverage(), By: metric.ByRegion, Filter: metric.Filter{Unit: "beauty"},
		Metrics: []string{"gmv_paid", "orders", "aov", "refund_rate", "refund_time"},
		Total:   known(391000000, 13154, 31105, 0.093, 190800000),
		Before:  known(697000000, 25490, 29820, 0.053, 174000000),
		Base:    &report.Comparison{Kind: report.PrevPeriod, Known: true, From: saturday - 13, To: saturday - 7},
		Rows: []report.FigureRow{
			{Key: "east", Name: market.Name{Zh: "华东", En: "East China"}, Values: known(300000000, 10000, 30257, 0.09, 190000000), Before: known(697000000, 25490, 29820, 0.053, 174000000), Share: known(0.767)[0]},
			{Key: "west", Name: market.Name{Zh: "西部"}, Values: append(known(91000000, 3154, 28000), report.Value{}, report.Value{}), Share: known(0.233)[0]},
		},
		More: 4,
	}
}

// bareFigures is a day of which only the orders are known, and nothing before it.
func bareFigures() report.Figures {
	return report.Figures{
		From: saturday, To: saturday, Part: true, Covered: market.Window{End: now}, Data: coverage(), By: metric.ByRegion,
		Metrics: []string{"gmv_paid", "orders", "aov", "refund_rate"}, Total: append(known(100, 1, 100), report.Value{}),
	}
}

func hits() report.Hits {
	hit := func(sku market.SKU, title string, gmv market.Fen, rank, before int) report.Hit {
		return report.Hit{SKU: sku, Title: title, GMV: gmv, Units: int64(gmv / 9900), Share: float64(gmv) / 9e6, Rank: rank, RankBefore: before}
	}
	return report.Hits{
		From: saturday - 6, To: saturday, Data: coverage(), N: 2, GMV: 9000000, Share: known(0.41)[0], ShareBefore: known(0.352)[0],
		Largest: known(0.3)[0], Selling: 812, BaseFrom: saturday - 13, BaseTo: saturday - 7,
		Items:   []report.Hit{hit("B-50", "面霜 50ml", 2700000, 1, 2), hit("B-51", hostile, 990000, 2, 0)},
		Entered: []report.Hit{hit("B-51", hostile, 990000, 2, 0)}, Left: []report.Hit{hit("B-9", "旧爆款", 10000, 31, 1)},
	}
}

func floors() report.Floor {
	return report.Floor{
		At: now, Data: coverage(), Listed: 3707, Unknown: 12, Under: 1, Losing: 2, More: 1,
		Items: []report.FloorItem{
			{SKU: "B-51", Title: hostile, Channel: "flagship", Landed: 23900, Floor: 25000, Cost: 12000, Under: 1100, Margin: known(0.498)[0], PromoEnd: now.Add(48 * time.Hour), Units7d: 210, Given: 231000},
			{SKU: "B-60", Title: "亏本款", Channel: "supermarket", Landed: 5999, Floor: -1, Cost: 6000, Losing: true, Margin: known(-0.0002)[0]},
		},
	}
}

// board is a campaign on its second day, against an edition that is known for
// the first day only.
func board() report.Campaign {
	g := saturdayGMV()
	g.From, g.Part, g.Covered = saturday-1, true, market.Window{End: now.Add(-10 * time.Hour)}
	name := market.Name{Zh: "双11", En: "Double 11"}
	return report.Campaign{
		Now: now.Add(-10 * time.Hour), ID: "d11", Name: name, State: report.CampaignOn, From: saturday - 1, Peak: saturday, To: saturday + 3, GMV: &g,
		Phase:     &report.PhaseSpan{Campaign: name, Phase: "live", From: saturday, To: saturday},
		Following: &report.PhaseSpan{Campaign: name, Phase: "returns", From: saturday + 1, To: saturday + 3},
		Days: []report.CampaignRow{
			{Day: saturday - 1, Offset: -1, Paid: 228400000, Before: 180800000, BeforeKnown: true},
			{Day: saturday, Phase: "live", Paid: 400000000, Part: true},
		},
	}
}

func comingBoard() report.Campaign {
	name := market.Name{Zh: "双12", En: "Double 12"}
	return report.Campaign{
		Now: now, ID: "d12", Name: name, State: report.CampaignComing, From: saturday + 10, Peak: saturday + 20, To: saturday + 20,
		Following: &report.PhaseSpan{Campaign: name, Phase: "deposit", From: saturday + 10, To: saturday + 12},
	}
}

func newItems() report.NewItems {
	return report.NewItems{
		From: saturday, To: saturday, Data: coverage(), GMV: 9000000, Margin: known(0.42)[0], Share: known(0.36)[0], HighShare: known(0.21)[0],
		Launched: 40, Selling: 31, Unknown: 5, More: 29,
		Items: []report.NewItem{
			{SKU: "B-51", Title: hostile, Launched: saturday - 10, GMV: 1890000, Units: 120, Margin: known(0.61)[0], High: true},
			{SKU: "B-60", Title: "没有成本的新品", Launched: saturday, GMV: 1090000, Units: 24},
		},
	}
}

func TestMeasuresInWords(t *testing.T) {
	p := New(i18n.En(), shop())
	for _, tc := range []struct {
		unit metric.Unit
		v    float64
		want string
	}{
		{metric.Times, 2.3, "2.3×"},
		{metric.Times, 10, "10×"},
		{metric.Times, 250.4, "250×"},
		{metric.Span, 135_000, "2 min 15 s"},
		{metric.Span, 190_800_000, "2 d 5 h"},
		{metric.Ratio, 0.124, "12.4%"},
		{metric.Days, 3.25, "3.2 d"},
	} {
		if got := p.measure(metric.Metric{Unit: tc.unit}, report.Value{V: tc.v, Known: true}); got != tc.want {
			t.Errorf("%s %v is %q, want %q", tc.unit, tc.v, got, tc.want)
		}
	}
	if got := p.measure(metric.Metric{Unit: metric.Money}, report.Value{}); got != p.L.Missing() {
		t.Errorf("an unknown figure is %q", got)
	}
}

// TestEveryMetricHasItsWords: units, directions and owners of the dictionary
// are named in both languages.
func TestEveryMetricHasItsWords(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		before := l.Faults()
		for _, m := range metric.All {
			New(l, shop()).Definition(m)
		}
		if l.Faults() != before {
			t.Errorf("%s: %d words of the dictionary are missing", l.Tag(), l.Faults()-before)
		}
	}
	if !slices.ContainsFunc(metric.All, func(m metric.Metric) bool { return m.Unit == metric.Times }) {
		t.Error("the dictionary has no multiples: the test above is blind")
	}
}
