package card

import (
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// seriesCards are the messages about items over a panel.
func seriesCards(p Pen, out map[string]chat.Message) {
	top := report.Top{
		Metric: "gmv", From: saturday, To: saturday, Data: coverage(), Hours: 24, Known: 12, More: 10,
		Items: []report.TopItem{
			{SKU: "B-50", Channel: "flagship", Title: "面霜 50ml", Unit: "beauty", Value: 4210000, Units: new(int64(145)), Orders: new(int64(140)), GMV: new(int64(4210000)), Price: new(int64(29900)), Stock: new(int64(12))},
			{SKU: "B-51", Channel: "supermarket", Title: hostile, Unit: "beauty", Value: 99900, Units: new(int64(1)), GMV: new(int64(99900))},
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
		From: saturday - 6, To: saturday, By: metric.ByUnit, Data: coverage(), Total: report.GroupFigures{Units: new(int64(300)), GMV: new(int64(9000000))},
		Parts: []report.Group{
			{Key: "beauty", GroupFigures: report.GroupFigures{Units: new(int64(200)), GMV: new(int64(7000000)), Refunds: new(int64(4)), Complaints: new(int64(0))}},
			{Key: "apparel", GroupFigures: report.GroupFigures{Units: new(int64(100)), GMV: new(int64(2000000))}},
			{Key: "", GroupFigures: report.GroupFigures{Refunds: new(int64(1))}},
		},
	}, "top 7d by unit")
	out["sku"] = p.SKU(skuStory(), "sku sku=B-51")
	out["sku_new"] = p.SKU(report.SKUHistory{
		SKU: "B-53", Title: "新品", From: saturday, To: saturday, Data: coverage(), Days: []report.SKUDay{{Day: saturday}},
		Channels: []report.SKUChannel{{Channel: "flagship", Stock: new(int64(0))}},
	}, "sku sku=B-53")
}

// skuStory is an item of ten days of which one is not known.
func skuStory() report.SKUHistory {
	h := report.SKUHistory{
		SKU: "B-51", Title: hostile, Unit: "beauty", Category: "面霜", From: saturday - 9, To: saturday, Data: coverage(),
		Total: report.SKUFigures{Units: new(int64(414)), Orders: new(int64(390)), GMV: new(int64(12400000)), Refunds: new(int64(7)), Out: 5},
		Channels: []report.SKUChannel{
			{Channel: "flagship", Price: new(int64(29900)), PriceMin: new(int64(19900)), PriceMax: new(int64(31900)), Rival: new(int64(28800)), Stock: new(int64(40)), SKUFigures: report.SKUFigures{Units: new(int64(400)), GMV: new(int64(12000000))}},
			{Channel: "supermarket", Price: new(int64(32900)), SKUFigures: report.SKUFigures{Units: new(int64(14)), GMV: new(int64(400000))}},
		},
	}
	for i := range 10 {
		d := report.SKUDay{Day: h.From + market.Day(i)}
		if i != 4 {
			d.Hours, d.Units = 24, new(int64(30+i*3))
		}
		h.Days = append(h.Days, d)
	}
	return h
}
