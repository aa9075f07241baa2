package card

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// hostile is a title as a marketplace may really send it.
const hostile = "<!channel> =HYPERLINK(\"http://x\") *礼盒* @here\n第二行"

var (
	shanghai = time.FixedZone("Asia/Shanghai", 8*3600)
	now      = time.Date(2026, 11, 22, 8, 30, 0, 0, shanghai)
	saturday = market.DateOf(2026, 11, 21)
)

func label(id, zh, en string) market.Label {
	return market.Label{ID: id, Name: market.Name{Zh: zh, En: en}}
}

func shop() *market.Shop {
	return &market.Shop{
		ID: "tmall", Name: market.Name{Zh: "天猫旗舰店", En: "Tmall flagship"}, Currency: "CNY", Zone: shanghai,
		Units:    []market.Label{label("beauty", "美妆", "Beauty"), label("apparel", "服饰", "Apparel")},
		Channels: []market.Label{label("flagship", "旗舰店", "Flagship"), label("supermarket", "天猫超市", "Supermarket")},
	}
}

func sums(paid market.Fen) metric.Sums {
	return metric.Sums{
		Placed: paid * 108 / 100, Paid: paid, Refunded: paid / 20, Prime: paid * 2 / 5, Orders: int64(paid / 21000),
		Units: int64(paid / 15000), Buyers: int64(paid / 22000), Visitors: int64(paid / 900), PayUsers: int64(paid / 22000),
		Known: metric.Known{Orders: true, Refunds: true, Traffic: true},
	}
}

func coverage() report.Coverage {
	return report.Coverage{AsOf: now.Add(-28 * time.Minute), Complete: true}
}

// saturdayGMV is the example of a good day: 628.4万 against 580.8万.
func saturdayGMV() report.GMV {
	part := func(id, zh, en string, paid, before market.Fen, rank, rankBefore int) report.Part {
		return report.Part{
			Key: id, Name: market.Name{Zh: zh, En: en}, Sums: sums(paid), Share: float64(paid) / 628400000,
			Before: []metric.Sums{sums(before)}, Rank: rank, RankBefore: rankBefore,
		}
	}
	g := report.GMV{
		Shop: "tmall", From: saturday, To: saturday, Data: coverage(), Sums: sums(628400000), By: metric.ByUnit,
		Comparisons: []report.Comparison{{Kind: report.SameWeekday, Known: true, From: saturday - 7, To: saturday - 7, Sums: sums(580800000)}},
		Target: &report.TargetPace{Paid: 628400000, Tiers: []report.Tier{
			{ID: "base", Amount: 500000000, Reached: true, Share: 1.2568},
			{ID: "sprint", Amount: 600000000, Reached: true, Share: 1.047},
			{ID: "challenge", Amount: 700000000, Gap: 71600000, Share: 0.8977},
		}},
		Parts: []report.Part{
			part("beauty", "美妆", "Beauty", 400000000, 359000000, 1, 2), part("apparel", "服饰", "Apparel", 228400000, 221800000, 2, 1),
		},
	}
	for _, c := range []struct {
		kind report.Compare
		from market.Day
		paid market.Fen
	}{{"", saturday, 628400000}, {report.SameWeekday, saturday - 7, 580800000}} {
		curve := report.Curve{Kind: c.kind, From: c.from, Step: metric.ByHour, Steps: 24}
		for h := range 24 {
			curve.Values = append(curve.Values, c.paid*market.Fen(h+1)/24)
		}
		g.Curves = append(g.Curves, curve)
	}
	return g
}

func findings() []analysis.Finding {
	at := now.Add(-time.Hour)
	return []analysis.Finding{
		{
			Rule: analysis.RuleStockOut, Severity: analysis.Critical, At: at, AtRisk: 5400000,
			Subject: analysis.Subject{Unit: "beauty", SKU: "B-50", Title: "面霜 50ml", Channel: "flagship"},
			Stock:   &analysis.StockOut{PerDay: 120.5, OutAt: at, LeadDays: 5, LostPerDay: 2700000, Loss: analysis.Loss{Money: 5400000, Low: 4700000, High: 6200000, Days: 3}, Rank: 3},
		},
		{
			Rule: analysis.RuleRivalMove, Severity: analysis.Warning, At: at, AtRisk: 900000,
			Subject: analysis.Subject{SKU: "B-51", Title: hostile, Rival: "花漾"},
			Price: &analysis.RivalMove{
				Before: 29100, Now: 23900, Own: 29100, Sold7d: 210, Since: at.Add(-24 * time.Hour), Until: at.Add(48 * time.Hour),
				Floor: 25000, FloorKnown: true,
			},
		},
		{
			Rule: analysis.RuleComplaintSpike, Severity: analysis.Warning, At: at, AtRisk: 300000,
			Subject: analysis.Subject{SKU: "B-52", Title: "精华液"},
			Complaints: &analysis.ComplaintSpike{
				Window: market.Window{Start: at.Add(-24 * time.Hour), End: at}, Count: 9, Expected: 1.6, P: 2.1e-5,
				Causes: []analysis.CauseCount{{Cause: voice.Quality, Count: 7}, {Cause: voice.Logistics, Count: 2}},
				Quotes: []string{"一打开就漏液", "瓶口全是 <@U1> 漏出来的"},
			},
		},
		{
			Rule: analysis.RuleGMVDrop, Severity: analysis.Critical, At: at, AtRisk: 4200000,
			Subject: analysis.Subject{Unit: "apparel"},
			GMV: &analysis.GMVDrop{
				Window: market.Window{Start: at.Add(-2 * time.Hour), End: at}, Actual: 6200000, Expected: 10400000, Lower: 8800000,
				Funnel: &analysis.Funnel{
					Visitors: 9100, VisitorsExpected: 9000, Conversion: 0.021, ConversionExpected: 0.036, AOV: 32400, AOVExpected: 32100,
					ByVisitors: 90000, ByConversion: -4380000, ByAOV: 90000,
				},
			},
		},
	}
}

func alerts() []alert.Alert {
	var out []alert.Alert
	for i, f := range findings() {
		a := alert.Alert{
			ID: "k7q2m9x4a" + string(rune('a'+i)), Episode: 1, Rule: f.Rule, State: alert.Firing, Since: f.At, FiredAt: f.At,
			SeenAt: now, First: f, Latest: f, Worst: f.AtRisk,
		}
		out = append(out, a)
	}
	out[1].State, out[1].AckedBy, out[1].AckedAt = alert.Acknowledged, "U0LILEI", now.Add(-20*time.Minute)
	out[2].State, out[2].ResolvedAt = alert.Resolved, now
	out[3].State, out[3].ResolvedAt = alert.Withdrawn, now
	return out
}

func morning() report.Digest {
	a := alerts()
	return report.Digest{
		Kind: report.DigestMorning, From: saturday, Day: saturday, Now: now, Complete: true, Data: coverage(), GMV: saturdayGMV(), Change: 47600000,
		Why: []report.WhyPart{
			{Unit: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}, Change: 41000000, Items: []report.ItemChange{{SKU: "B-50", Title: "面霜 50ml", Change: 12000000}}},
			{Unit: "apparel", Name: market.Name{Zh: "服饰", En: "Apparel"}, Change: -12000000, OutOfStock: 3, Lost: 9000000},
			{Other: true, Change: 18600000},
		},
		Actions: a[:2], More: 1, Acked: a[1:3], AckedDone: 1, Overnight: a[2:3],
	}
}

// cards is every message that the product can send, by name.
// restated are headline figures that were posted otherwise.
func restated() []Restated {
	known := func(v float64) report.Value { return report.Value{V: v, Known: true} }
	paid := float64(morning().GMV.Sums.Paid)
	return []Restated{
		{"gmv_paid", known(paid * 1.04), known(paid)},
		{"orders", known(1234), known(1100)},
		{"conversion", known(0.031), known(0.0275)},
		{"refunds", known(0), known(120_000)},
	}
}

func cards(p Pen) map[string]chat.Message {
	a := alerts()
	quiet := morning()
	quiet.Actions, quiet.More, quiet.Acked, quiet.Overnight, quiet.AckedDone = nil, 0, nil, nil, 0
	partial := morning()
	partial.Complete, partial.Data.Complete = false, false
	partial.Data.Gaps = []report.FeedGap{{Table: "traffic", Reason: report.GapLate, Watermark: now.Add(-3 * time.Hour), Age: 3 * time.Hour}}
	out := map[string]chat.Message{
		"gmv": p.GMV(saturdayGMV(), "gmv yesterday by unit"), "gmv_bare": p.GMV(bareGMV(), "gmv"),
		"morning": p.Digest(morning(), ""), "morning_quiet": p.Digest(quiet, ""), "morning_partial": p.Digest(partial, p.Late(now.Add(-2*time.Hour), now)),
		"correction": p.Correction(morning(), restated()[:1]), "correction_more": p.Correction(morning(), restated()),
		"morning_race": p.DigestThread(morning())[0],
		"price":        p.Price(prices(), "price"), "price_one": p.Price(onePrice(), "price sku=B-51"), "price_none": p.Price(report.Price{Data: coverage()}, "price"), "price_unsure": p.Price(unsurePrice(), "price sku=B-51"),
		"stock": p.Stock(stock(), "stock"), "stock_none": p.Stock(report.Stock{Data: report.Coverage{}}, "stock"),
		"slow": p.Slow(slowMovers(), "slow"), "slow_none": p.Slow(report.Slow{Data: report.Coverage{}}, "slow"), "slow_fine": p.Slow(report.Slow{At: now, Data: coverage(), Days: 30, Over: 28, Stocked: 40, Sold: 40}, "slow"),
		"complaints": p.Complaints(complaints(), "complaints"),
		"alerts":     p.Alerts(a[:2], 1, now, "alerts"), "alerts_none": p.Alerts(nil, 2, now, "alerts"),
		"details": p.AlertDetails(a[3], now),
		"status":  p.Status(status()), "help": p.Help([]Topic{{Name: "gmv", Example: "gmv yesterday", Daily: true}, {Name: "race", Example: "race"}}),
		"nearest": p.Nearest(p.L.T("sentence.not_a_question", "text", "how is <!channel> the weather"), []string{"gmv today", "why today"}),
		"trouble": p.Trouble("yesturday?", "gmv yesterday"), "choice": p.Choice("面霜", [][2]string{{"B-50", "面霜 50ml"}, {"B-51", hostile}}, "stock"),
		"empty": p.Empty(),
		"race":  p.Race(saturdayGMV(), "race"), "race_none": p.Race(report.GMV{Data: coverage()}, "race"),
		"figures": p.Figures(regionSheet(), regions(), "regions 7d"), "figures_bare": p.Figures(regionSheet(), bareFigures(), "regions"),
		"floor": p.Floor(floors(), "floor"), "floor_fine": p.Floor(report.Floor{At: now, Data: coverage(), Listed: 12}, "floor"),
		"campaign": p.Campaign(board(), "campaign"), "campaign_coming": p.Campaign(comingBoard(), "campaign"),
		"hits": p.Hits(hits(), "hits"), "new": p.NewItems(newItems(), "new"),
		"why": p.Why(accounts(), "why yesterday"), "why_noise": p.Why(noiseAccounts(), "why yesterday"),
		"why_no_base": p.Why(report.Why{From: saturday, To: saturday, Data: coverage(), Base: report.Comparison{Kind: report.SameWeekday, From: saturday - 7, To: saturday - 7}}, "why"),
		"conflicts":   p.Conflicts(conflicts(), "conflicts"), "conflicts_none": p.Conflicts(report.Conflicts{At: now, Data: coverage(), Compared: 412}, "conflicts"),
		"define": p.Definition(metric.All[0]), "dictionary": p.Dictionary(metric.All[:3], "define"),
	}
	maps.Copy(out, outlookCards(p))
	maps.Copy(out, planCards(p))
	maps.Copy(out, suggestCards(p))
	maps.Copy(out, audienceCards(p))
	seriesCards(p, out)
	for _, x := range a {
		out["alert_"+string(x.Rule)] = p.AlertRoot(Root{ID: x.ID, Alerts: []alert.Alert{x}}, now)
	}
	maps.Copy(out, alertCards(p))
	digestCards(p, out)
	maps.Copy(out, proofCards(p))
	maps.Copy(out, voiceCards(p))
	maps.Copy(out, chartCards(p))
	maps.Copy(out, noteCards(p))
	maps.Copy(out, fileCards(p))
	return out
}

func bareGMV() report.GMV {
	return report.GMV{
		From: saturday + 1, To: saturday + 1, Part: true, Covered: market.Window{End: now.Add(-30 * time.Minute)}, Data: coverage(),
		Sums:        metric.Sums{Paid: 100, Known: metric.Known{Orders: true}},
		Comparisons: []report.Comparison{{Kind: report.SameWeekday, From: saturday - 6, To: saturday - 6}},
	}
}

func prices() report.Price {
	one := onePrice()
	two := one.Items[0]
	two.Title, two.LandedKnown, two.Rivals = "新品", false, nil
	one.Items, one.Matched, one.Above, one.Moved24h, one.More = append(one.Items, two), 120, 31, 2, 118
	one.Core = &report.CoreAdvantage{Items: 30, Cheapest: 12, Kept: 5, Least: .15, GMV: 90000000, CheapestGMV: 40500000, KeptGMV: 10800000}
	return one
}

func onePrice() report.Price {
	return report.Price{At: now, Data: coverage(), Matched: 1, Above: 1, Items: []report.PriceItem{{
		SKU: "B-51", Title: hostile, LandedKnown: true, Landed: 29100, Floor: 25000, FloorKnown: true, Units7d: 210, GMV7d: 6111000, UnitPrice: 58200, UnitOf: "ml",
		Own: []report.OwnPrice{
			{Channel: "flagship", Landed: 29100, Gift: "小样", Listed: true, Parts: pricing.Parts{Base: 32100, Kind: pricing.BaseDeal, Coupon: 3000, Landed: 29100}}, {Channel: "supermarket"},
		},
		Rivals: []report.RivalPrice{
			{
				Rival: "花漾", Landed: 23900, Parts: pricing.Parts{Base: 38850, Kind: pricing.BaseDeal, Coupon: 3000, Paid: 2, Got: 3, Landed: 23900}, Match: 9640, InStock: true, UnitPrice: 47800, UnitOf: "ml",
				Gift: "买二送一，化妆包（价值39元） <!here>", Gap: 5200, Advantage: -0.2176, GapKnown: true, Move24h: &report.PriceMove{Before: 29100, Change: -0.179}, PromoEnd: now.Add(48 * time.Hour),
			},
			{Rival: "雪肌堂", Landed: 34900, Parts: pricing.Parts{Base: 34900, Kind: pricing.BaseList, Landed: 34900}, Match: 8200, Gap: -5800, Advantage: 0.166, GapKnown: true, Move7d: &report.PriceMove{Before: 38900, Drip: true}},
		},
		Unsure: []report.RivalPrice{
			{Rival: "花漾", Title: "面霜 30ml", Landed: 14900, Match: 9200, OtherSize: true, UnitPrice: 49667, UnitOf: "ml"}, {Rival: "素颜记", Title: hostile, Landed: 9900, Match: 7100},
		},
	}}}
}

// unsurePrice is of an item that nobody surely sells too.
func unsurePrice() report.Price {
	r := onePrice()
	r.Matched, r.Items[0].Rivals = 0, nil
	return r
}

func stock() report.Stock {
	return report.Stock{
		At: now, Data: coverage(), Listed: 6000, Out: 1, Low: 1, LostPerDay: 2700000, More: 3,
		Loss: analysis.Loss{Money: 13512000, Low: 11700000, High: 15600000, Days: 5},
		Items: []report.StockItem{
			{SKU: "B-50", Title: "面霜 50ml", Channel: "flagship", PerDay: 120.5, Out: true, OutAt: now.Add(-time.Hour), LostPerDay: 2700000, Loss: analysis.Loss{Money: 13500000, Low: 11700000, High: 15600000, Days: 5}},
			{SKU: "B-51", Title: hostile, Channel: "supermarket", Available: 12, PerDay: 10, Cover: 1.2, CoverKnown: true, Inbound: 300, ComesBy: now.Add(26 * time.Hour), Loss: analysis.Loss{Money: 12000, High: 31000, Days: 7}},
			{SKU: "B-53", Title: "无销量", Channel: "flagship", Available: 5},
		},
	}
}

func slowMovers() report.Slow {
	usual := &analysis.Benchmark{Days: 45, From: analysis.FromIndustry}
	return report.Slow{
		At: now, Data: coverage(), Days: 30, Over: 28, Stocked: 5800, Sold: 4100, Slow: 6, Dead: 1, New: 12, Tied: 48000000, TiedPart: true, More: 2,
		Items: []report.SlowItem{
			{
				SKU: "B-51", Title: hostile, Channel: "flagship", Available: 300, Units: 140, SoldShare: .318, Turnover: report.Value{V: 60, Known: true}, Usual: usual, Slow: true,
				Surplus: 75, Tied: report.Value{V: 900000, Known: true}, Price: 12900, Floor: 8000,
				Clear: &pricing.Clearance{Days: 30, Price: 9900, Cut: .2326, Units: 9.9, Low: 7.1, High: 13.4, LeftHolding: 150, GMV: 2970000, GMVHolding: 1935000},
			},
			{
				SKU: "B-54", Title: "礼盒", Channel: "supermarket", Available: 900, Units: 28, Turnover: report.Value{V: 900, Known: true}, Usual: &analysis.Benchmark{Days: 21.5, From: analysis.FromCategory}, Slow: true,
				SoldShare: .03, Surplus: 878, Price: 19900, Floor: -1,
				Clear: &pricing.Clearance{Days: 30, Price: 9950, Cut: .5, Bound: pricing.BoundMarkdown, Units: 6, Low: 3, High: 11, Left: 720, LeftHolding: 870, GMV: 1791000, GMVHolding: 597000},
			},
			{SKU: "B-53", Title: "无销量", Channel: "flagship", Available: 40, Usual: usual, Slow: true, Surplus: 40, Price: 9900, Floor: -1},
			{
				SKU: "B-55", Title: "到底价", Channel: "flagship", Available: 90, Units: 20, Turnover: report.Value{V: 126, Known: true}, Usual: usual, Slow: true, Surplus: 58, Price: 9900, Floor: 9000,
				Clear: &pricing.Clearance{Days: 30, Price: 9000, Cut: .0909, Bound: pricing.BoundFloor, Units: .9, Low: .7, High: 1.1, Left: 63, LeftHolding: 69, GMV: 243000, GMVHolding: 207900},
			},
			{
				SKU: "B-56", Title: "按时卖完", Channel: "flagship", Available: 20, Units: 20, Turnover: report.Value{V: 28, Known: true}, Price: 9900, Floor: -1,
				Clear: &pricing.Clearance{Days: 30, Price: 9900, Units: .7, Low: .7, High: .7},
			},
		},
	}
}

func complaints() report.Complaints {
	return report.Complaints{
		Window: market.Window{Start: now.Add(-24 * time.Hour), End: now}, Data: coverage(), Total: 14, Usual: 6.2, UsualKnown: true,
		Bad: 9, Neutral: 3, Refunds: 2, Reviews: 210,
		Causes: []report.CauseLine{{Cause: voice.Quality, Count: 8}, {Cause: voice.Counterfeit, Count: 1}},
		Items: []report.ComplaintItem{{
			SKU: "B-52", Title: "精华液", Count: 9, Usual: 1.6, Spike: true,
			Causes: []analysis.CauseCount{{Cause: voice.Quality, Count: 8}}, Quotes: []report.Quote{{Text: "一打开就漏液 <!here>"}},
		}},
		Counterfeit: []report.Quote{{Title: "精华液", Text: "怀疑是假货"}},
	}
}

func status() report.Status {
	return report.Status{
		Now: now, Feeds: []report.FeedStatus{
			{Source: "mall_orders", Table: "order_line", State: market.Complete, Watermark: now.Add(-10 * time.Minute), Age: 10 * time.Minute, Rows: 1200},
			{Source: "mall_traffic", Table: "traffic", State: market.Complete, Watermark: now.Add(-26 * time.Hour), Age: 26 * time.Hour, Rows: 48, Late: true},
			{Source: "mall_ads", Table: "ads_day", State: market.Failed, Gap: &report.FeedGap{Reason: report.GapFailed, Details: []string{"source mall_ads: banned: <!here> until 10:00"}}},
			{Source: "mall_stock", Table: "inventory", State: market.Partial, Watermark: now.Add(-40 * time.Minute), Age: 40 * time.Minute, Rows: 900, Rejected: 3, Unmatched: 12, Refused: []market.Reject{
				{Place: "page 2 row 7", Field: "available", Reason: "not a number", Sample: `{"buyer":"secret"}`},
				{Place: "mall_stock", Field: "sku", Reason: "not in the catalogue, kept", Sample: "S-1, S-2"},
			}},
		},
		Alerts: []report.StateCount{{State: alert.Pending, Count: 2}, {State: alert.Firing, Count: 1}},
		Outbox: report.OutboxStatus{Waiting: 1},
	}
}

// TestGolden shows every card in both languages as a terminal would.
func TestGolden(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		p := New(l, shop())
		all := cards(p)
		maps.Copy(all, formCards(p))
		for name, m := range all {
			t.Run(name+"."+l.Tag(), func(t *testing.T) {
				var b strings.Builder
				b.WriteString("[" + m.Text + "]\n")
				if err := m.WriteText(&b); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", name+"."+l.Tag()+".txt")
				if os.Getenv("UPDATE") != "" {
					if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a golden is for everyone to read
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), b.String()); diff != "" {
					t.Error(diff)
				}
			})
		}
		if n := l.Faults(); n > 0 {
			t.Errorf("%s: %d messages have no words or lack values", l.Tag(), n)
		}
	}
}

// TestTwins: the same facts give the same shape in both languages, and the
// limits that hold for every message.
func TestTwins(t *testing.T) {
	zh, en := cards(New(i18n.Zh(), shop())), cards(New(i18n.En(), shop()))
	for name, a := range zh {
		b := en[name]
		if got, want := shape(b), shape(a); !slices.Equal(got, want) {
			t.Errorf("%s: en has %v, zh has %v", name, got, want)
		}
		for _, m := range []chat.Message{a, b} {
			if n := len([]rune(m.Text)); n == 0 || n > maxHeadline {
				t.Errorf("%s: headline of %d characters", name, n)
			}
			if strings.ContainsAny(m.Text, "\n\t") {
				t.Errorf("%s: headline has more than one line", name)
			}
		}
	}
}

// shape is what a message is made of, with the exact amounts of its tables.
func shape(m chat.Message) []string {
	var out []string
	for _, s := range m.Sections {
		for _, b := range s.Buttons {
			out = append(out, b.Verb+" "+b.Value)
		}
		if s.Table != nil {
			for _, row := range s.Table.Rows {
				for _, cell := range row {
					if strings.HasPrefix(cell, "¥") && strings.HasSuffix(cell, "0") {
						out = append(out, cell)
					}
				}
			}
		}
		out = append(out, strings.Repeat("line ", len(s.Body)))
	}
	return out
}
