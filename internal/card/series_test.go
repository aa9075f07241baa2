package card

import (
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func some(v int64) *int64 { return &v }

// seriesCards are the messages about items over a panel.
func seriesCards(p Pen, out map[string]chat.Message) {
	top := report.Top{
		Metric: "gmv", From: saturday, To: saturday, Data: coverage(), Hours: 24, Known: 12, More: 10,
		Items: []report.TopItem{
			{SKU: "B-50", Channel: "flagship", Title: "面霜 50ml", Unit: "beauty", Value: 4210000, Units: some(145), Orders: some(140), GMV: some(4210000), Price: some(29900), Stock: some(12)},
			{SKU: "B-51", Channel: "supermarket", Title: hostile, Unit: "beauty", Value: 99900, Units: some(1), GMV: some(99900)},
		},
	}
	out["top"] = p.Top(top, "top yesterday")
	top.Metric, top.Items[0].Value, top.Items[1].Value = "stock", 310, 12
	out["top_stock"] = p.Top(top, "top by stock")
	out["top_none"] = p.Top(report.Top{Metric: "refunds", From: saturday, To: saturday, Data: coverage()}, "top by refunds")
	out["movers"] = p.Movers(report.Movers{Before: now.Add(-70 * time.Minute), Now: now.Add(-10 * time.Minute), Data: coverage(), More: 1, Items: []report.Mover{
		{Kind: report.MovedPrice, SKU: "B-50", Channel: "flagship", Title: "面霜 50ml", Before: 29900, Now: 19900, Change: -.33},
		{Kind: report.RivalBelow, SKU: "B-50", Channel: "flagship", Title: "面霜 50ml", Before: 28900, Now: 15900, Change: -.2},
		{Kind: report.SoldOut, SKU: "B-51", Channel: "supermarket", Title: hostile, Before: 3},
		{Kind: report.Restocked, SKU: "B-52", Channel: "flagship", Title: "精华液", Now: 80},
	}}, "top moves")
	out["movers_none"] = p.Movers(report.Movers{Before: now.Add(-time.Hour), Now: now, Data: coverage()}, "top moves")
	out["groups"] = p.Groups(report.Groups{
		From: saturday - 6, To: saturday, By: metric.ByUnit, Data: coverage(), Total: report.GroupFigures{Units: some(300), GMV: some(9000000)},
		Parts: []report.Group{
			{Key: "beauty", GroupFigures: report.GroupFigures{Units: some(200), GMV: some(7000000), Refunds: some(4), Complaints: some(0)}},
			{Key: "apparel", GroupFigures: report.GroupFigures{Units: some(100), GMV: some(2000000)}},
			{Key: "", GroupFigures: report.GroupFigures{Refunds: some(1)}},
		},
	}, "top 7d by unit")
	out["sku"] = p.SKU(skuStory(), "sku sku=B-51")
	out["sku_new"] = p.SKU(report.SKUHistory{
		SKU: "B-53", Title: "新品", From: saturday, To: saturday, Data: coverage(), Days: []report.SKUDay{{Day: saturday}},
		Channels: []report.SKUChannel{{Channel: "flagship", Stock: some(0)}},
	}, "sku sku=B-53")
}

// skuStory is an item of ten days of which one is not known.
func skuStory() report.SKUHistory {
	h := report.SKUHistory{
		SKU: "B-51", Title: hostile, Unit: "beauty", Category: "面霜", From: saturday - 9, To: saturday, Data: coverage(),
		Total: report.SKUFigures{Units: some(414), Orders: some(390), GMV: some(12400000), Refunds: some(7), Out: 5},
		Channels: []report.SKUChannel{
			{Channel: "flagship", Price: some(29900), PriceMin: some(19900), PriceMax: some(31900), Rival: some(28800), Stock: some(40), SKUFigures: report.SKUFigures{Units: some(400), GMV: some(12000000)}},
			{Channel: "supermarket", Price: some(32900), SKUFigures: report.SKUFigures{Units: some(14), GMV: some(400000)}},
		},
	}
	for i := range 10 {
		d := report.SKUDay{Day: h.From + market.Day(i)}
		if i != 4 {
			d.Hours, d.Units = 24, some(int64(30+i*3))
		}
		h.Days = append(h.Days, d)
	}
	return h
}
