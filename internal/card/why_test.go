package card

import (
	"testing"

	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// accounts is a Saturday that lost 84,000 yuan, most of it in one slice.
func accounts() report.Why {
	return report.Why{
		From: saturday, To: saturday, Data: coverage(),
		Base: report.Comparison{Kind: report.SameWeekday, Known: true, From: saturday - 7, To: saturday - 7, Sums: sums(62000000)},
		Now:  53600000, Before: 62000000, Change: -8400000,
		Usual: &report.UsualRange{Lower: 57500000, Upper: 66800000},
		Funnel: &report.FunnelAccount{
			Visitors: 70100, VisitorsBefore: 68900, Conversion: 0.0251, ConversionBefore: 0.0302, PerBuyer: 30463, PerBuyerBefore: 29796,
			ByVisitors: 1010101, ByConversion: -10710101, ByPerBuyer: 1200001, Other: 99999, Reversed: true,
		},
		Mix: report.MixAccount{
			Price: -120000, Volume: -9100000, Mix: 500000, New: 820000, Gone: -499999, Other: -1,
			Items: []report.ItemChange{{SKU: "B-51", Title: hostile, Change: -3100000}, {SKU: "B-50", Title: "面霜 50ml", Change: 410000}},
		},
		Net: &report.NetAccount{
			RefundsBefore: 3100000, Refunds: 4288000, NetBefore: 58900000, Net: 49312000, Change: -9588000, Paid: -8400000, BySales: 546000, ByRate: -1734000,
		},
		Slices: []report.SliceAccount{{
			Where: []report.SliceMember{
				{Dim: metric.ByUnit, ID: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}}, {Dim: metric.ByChannel, ID: "flagship", Name: market.Name{Zh: "旗舰店", En: "Flagship"}},
			},
			Before: 24000000, Now: 16900000, Change: -7100000,
		}, {Where: []report.SliceMember{{Dim: metric.ByRegion}}, Before: 900000, Now: 500000, Change: -400000}},
		Rest: -900000,
	}
}

// noiseAccounts is a part day without traffic on which nothing has happened.
func noiseAccounts() report.Why {
	w := accounts()
	w.Part, w.Covered.End, w.Noise, w.Usual, w.Funnel, w.Slices, w.Net = true, now, true, nil, nil, nil, nil
	w.Now, w.Change, w.Rest = 61000000, -1000000, -1000000
	w.Mix = report.MixAccount{Price: -500000, Volume: -700000, Mix: 200000}
	return w
}

// TestWhySums: each account of the sample sums to the change, and no word of
// the card says that anything caused it.
func TestWhySums(t *testing.T) {
	w := accounts()
	f, m := w.Funnel, w.Mix
	if f.ByVisitors+f.ByConversion+f.ByPerBuyer+f.Other != w.Change || m.Price+m.Volume+m.Mix+m.New+m.Gone+m.Other != w.Change {
		t.Error("the sample does not add up")
	}
	if n := w.Net; n.Paid+n.BySales+n.ByRate != n.Change || n.Change != n.Net-n.NetBefore || n.Net != w.Now-n.Refunds || n.NetBefore != w.Before-n.RefundsBefore {
		t.Error("the sample's refunds do not add up")
	}
	p := New(i18n.En(), shop())
	rows := p.Why(w, "why").Sections[1].Table.Rows
	for _, i := range []int{4, 11} {
		if rows[i][0] != "Sum" || rows[i][3] != "−¥84,000.00" {
			t.Errorf("row %d is %v, want the sum", i, rows[i])
		}
	}
	next := p.Why(w, "why").Sections[3].Buttons[0]
	if next.Value != "why 2026-11-21 unit=beauty channel=flagship" {
		t.Errorf("the first button asks %q", next.Value)
	}
}

func conflicts() report.Conflicts {
	return report.Conflicts{At: now, Data: coverage(), Compared: 412, Present: 1, Ahead: 1, More: 2, Items: []report.ConflictItem{
		{
			SKU: "B-51", Title: hostile, From: now, Leader: "flagship", Gap: 1000, Movers: []report.PriceMover{{Channel: "supermarket", From: 11900, To: 12900}},
			Prices: []report.ChannelPrice{{Channel: "flagship", Landed: 12900}, {Channel: "supermarket", Landed: 11900, Gift: "小样"}},
		},
		{
			SKU: "B-50", Title: "面霜 50ml", Ahead: true, From: now.AddDate(0, 0, 2), Until: now.AddDate(0, 0, 5), Leader: "flagship", Gap: 4000,
			Prices: []report.ChannelPrice{{Channel: "flagship", Landed: 12900}, {Channel: "taote", Landed: 8900}},
			Movers: []report.PriceMover{{Channel: "taote", From: 8900, To: 12900}},
		},
	}}
}
