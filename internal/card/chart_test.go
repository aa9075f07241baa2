package card

import (
	"fmt"
	"math"
	"testing"
	"time"

	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/chart"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// long is a title as sellers write them.
const long = "【双11预售】花漾玻尿酸补水保湿面霜 50ml×2 送小样 6 件套 敏感肌可用 官方正品"

// chartCards are cards for the sake of their pictures: few and many, long names,
// gaps, and nothing to compare with.
func chartCards(p Pen) map[string]chat.Message {
	month, hours, weekdays, first := saturdayGMV(), saturdayGMV(), saturdayGMV(), bareGMV()
	month.From, month.Part, month.Covered.End = saturday-20, true, now.Add(-10*time.Hour)
	month.Comparisons[0] = report.Comparison{Kind: report.PrevPeriod, Known: true, From: saturday - 41, To: saturday - 21, Sums: sums(580800000)}
	for i, c := range month.Curves {
		c.Step, c.Steps, c.From = metric.ByDay, 21, saturday-20-market.Day(21*i)
		c.Values = c.Values[:0]
		for d := range 21 {
			c.Values = append(c.Values, month.Sums.Paid*market.Fen(d+1)/21*market.Fen(10-i)/10)
		}
		month.Curves[i] = c
	}
	hours.By, hours.From, hours.Parts, hours.Hours = metric.ByHour, saturday-6, nil, dayHours(7)
	weekdays.By, weekdays.From, weekdays.Parts, weekdays.Hours = metric.ByHour, saturday-27, nil, dayHours(28)
	first.By, first.From, first.Hours = metric.ByHour, saturday, []report.DayHours{{Day: saturday, Paid: make([]report.Value, 24)}, {Day: saturday + 1, Paid: make([]report.Value, 24)}}
	return map[string]chat.Message{
		"gmv_month": p.GMV(month, "gmv month"), "gmv_hours": p.GMV(hours, "gmv 7d by hour"),
		"gmv_weekdays": p.GMV(weekdays, "gmv 28d by hour"), "gmv_hours_unknown": p.GMV(first, "gmv by hour"),
		"funnel":       p.Figures(funnelSheet(), funnelFigures(true), "funnel"),
		"funnel_first": p.Figures(funnelSheet(), funnelFigures(false), "funnel"),
		"price_trail":  p.Price(priceHistory(3), "price sku=B-51"), "price_trail_many": p.Price(priceHistory(30), "price sku=B-51"),
		"price_trail_alone": p.Price(priceHistory(1), "price sku=B-51"),
		"cover":             p.Stock(runway(14), "cover"), "cover_one": p.Stock(runway(1), "cover"),
		"complaints_causes": p.Complaints(manyCauses(true), "complaints 7d"), "complaints_first": p.Complaints(manyCauses(false), "complaints"),
		"race_many": p.Race(manyUnits(), "race"),
	}
}

// dayHours are the days up to Saturday; a morning of the second is not known and
// the last ends at 16.
func dayHours(n int) []report.DayHours {
	var out []report.DayHours
	for i := range n {
		d := report.DayHours{Day: saturday - market.Day(n-1-i), Paid: make([]report.Value, 24)}
		for h := range d.Paid {
			v := math.Round(1e6 * (2 + 9*math.Exp(-math.Pow(float64(h-20)/3, 2))) * (1 + float64(i%7)/10))
			d.Paid[h] = report.Value{V: v, Known: (i != 1 || h > 8) && (i < n-1 || h < 16)}
		}
		out = append(out, d)
	}
	return out
}

func funnelSheet() Sheet {
	return Sheet{
		Name: "funnel", Columns: []string{"conversion", "visitors"}, Funnel: []string{"visitors", "cart_users", "order_users", "pay_users"},
		Next: []Step{{"next_traffic", "traffic %s"}},
	}
}

func funnelFigures(base bool) report.Figures {
	f := report.Figures{
		From: saturday - 6, To: saturday, Data: coverage(), By: metric.ByUnit,
		Metrics: []string{"conversion", "visitors", "cart_users", "order_users", "pay_users"},
		Total:   known(0.0292, 1284300, 143800, 46200, 37500),
		Rows:    []report.FigureRow{{Key: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}, Values: known(0.031, 700000, 90000, 25000, 21700), Before: known(0.03, 690000, 1, 1, 1)}},
	}
	if base {
		f.Base = &report.Comparison{Kind: report.PrevPeriod, Known: true, From: saturday - 13, To: saturday - 7}
		f.Before = known(0.0301, 1190000, 150100, 43000, 35800)
	} else {
		f.Total[2].Known = false
		f.Rows[0].Before = nil
	}
	return f
}

// priceHistory is a week of an item and n rivals of which the first drips, and
// every second is seen late.
func priceHistory(n int) report.Price {
	r := onePrice()
	it := &r.Items[0]
	it.Title, it.Rivals = long, nil
	t := &report.PriceTrail{}
	for i := range 29 {
		t.At = append(t.At, now.Add(time.Duration(i-28)*6*time.Hour))
		own := report.Value{V: 29100, Known: i != 9 && i != 10}
		if i < 14 {
			own.V = 29900
		}
		t.Own = append(t.Own, own)
	}
	for k := range n {
		name := []string{"花漾", "雪肌堂", "一个名字很长很长很长很长很长很长很长的竞品旗舰店", hostile}[k%4]
		if k > 3 {
			name = fmt.Sprintf("竞品 %d", k+1)
		}
		line := report.RivalTrail{Rival: name, Item: fmt.Sprint("r", k)}
		for i := range 29 {
			v := 29100 + float64(k*350)
			if k == 0 {
				v = 29100 - float64(i/5)*1040
			}
			line.Prices = append(line.Prices, report.Value{V: v, Known: k%2 == 0 || i > 11})
		}
		t.Rivals = append(t.Rivals, line)
		price := market.Fen(line.Prices[28].V)
		it.Rivals = append(it.Rivals, report.RivalPrice{
			Rival: name, Item: line.Item, Landed: price, Parts: pricing.Parts{Base: price, Kind: pricing.BaseList, Landed: price}, Match: 9400, InStock: true, Gap: it.Landed - price, Advantage: float64(price-it.Landed) / float64(price), GapKnown: true,
		})
	}
	r.Trail = t
	return r
}

// runway are n lines of stock: out, short, unknown and long.
func runway(n int) report.Stock {
	r := stock()
	r.Items, r.Out, r.Low = nil, 1, n/2
	for i := range n {
		it := report.StockItem{
			SKU: market.SKU(fmt.Sprint("B-", i)), Title: fmt.Sprint(i+1, " ", long), Channel: "supermarket", Available: int64(12 * i), PerDay: 10,
			Cover: 1.2 * float64(i), CoverKnown: i%5 != 3, Out: i == 0, LeadDays: int64(3 + i%4),
		}
		if i == 7 {
			it.Cover, it.LeadDays = 212, 0
		}
		r.Items = append(r.Items, it)
	}
	return r
}

func manyCauses(usual bool) report.Complaints {
	r := complaints()
	r.UsualKnown = usual
	r.Causes = nil
	for i, c := range []string{"quality", "logistics", "description", "service", "price", "counterfeit"} {
		r.Causes = append(r.Causes, report.CauseLine{Cause: c, Count: int64(40 >> i), Usual: float64(18 - 3*i)})
	}
	return r
}

// manyUnits is a race of thirty with long names, without targets.
func manyUnits() report.GMV {
	g := saturdayGMV()
	g.Target = nil
	one := g.Parts[0]
	g.Parts = nil
	for i := range 30 {
		one.Key, one.Rank, one.RankBefore = fmt.Sprint("u", i), i+1, (i+3)%30+1
		one.Name = market.Name{Zh: fmt.Sprint(i+1, " 名字很长很长很长很长的事业部"), En: fmt.Sprint(i+1, " business unit with quite a long name")}
		one.Sums = sums(g.Sums.Paid / market.Fen(i+2))
		one.Share = 1 / float64(i+2)
		g.Parts = append(g.Parts, one)
	}
	return g
}

// TestPictures: what stands in the pictures of all cards can be read, in both
// languages, and the words for it hold the headline.
func TestPictures(t *testing.T) {
	kinds := map[chat.ChartKind]int{}
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		for name, m := range cards(New(l, shop())) {
			for _, s := range m.Sections {
				if s.Chart == nil {
					continue
				}
				kinds[s.Chart.Kind]++
				faults, err := chart.Kit{}.Faults(*s.Chart)
				if err != nil || len(faults) > 0 {
					t.Errorf("%s in %s: %v %v", name, l.Tag(), faults, err)
				}
				if n := len([]rune(s.Chart.Alt)); n > 2000 {
					t.Errorf("%s in %s: %d characters of words", name, l.Tag(), n)
				}
			}
		}
	}
	for _, k := range []chat.ChartKind{chat.LineChart, chat.BarChart, chat.HeatChart} {
		if kinds[k] < 4 {
			t.Errorf("only %d pictures are of the kind %s", kinds[k], k)
		}
	}
}
