package commands

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

func testShop() *market.Shop {
	label := func(id, zh, en string) market.Label {
		return market.Label{ID: id, Name: market.Name{Zh: zh, En: en}}
	}
	return &market.Shop{
		ID: "tmall", Currency: "CNY", Zone: time.FixedZone("Asia/Shanghai", 8*3600),
		Units:    []market.Label{label("apparel", "服饰", "Apparel"), label("beauty", "美妆", "Beauty")},
		Channels: []market.Label{label("flagship", "天猫旗舰店", "Tmall flagship"), label("supermarket", "天猫超市", "Supermarket")},
		Regions:  []market.Label{label("east", "华东", "East China")},
		Bands:    []market.Band{{Label: label("traffic", "引流款", "Traffic"), To: 10000}},
		Calendar: market.Calendar{Campaigns: []market.Campaign{{ID: "d11", Name: market.Name{Zh: "双11", En: "Double 11"}, Peak: market.DateOf(2026, 11, 11)}}},
	}
}

// now is Sunday 2026-11-22, 08:20 in Shanghai.
var now = time.Date(2026, 11, 22, 0, 20, 0, 0, time.UTC)

func TestParse(t *testing.T) {
	d := func(m time.Month, day int) market.Day { return market.DateOf(2026, m, day) }
	period := func(from, to market.Day, asked string) Period {
		return Period{From: from, To: to, Asked: asked, Set: true}
	}
	for text, want := range map[string]Query{
		"":                    {},
		"yesterday":           {Period: period(d(11, 21), d(11, 21), "yesterday")},
		"昨天 美妆":               {Period: period(d(11, 21), d(11, 21), "yesterday"), Unit: "beauty"},
		"昨天美妆按渠道":             {Period: period(d(11, 21), d(11, 21), "yesterday"), Unit: "beauty", By: metric.ByChannel},
		"7d":                  {Period: period(d(11, 15), d(11, 21), "7d")},
		"近7天":                 {Period: period(d(11, 15), d(11, 21), "近7天")},
		"11/1..11/11":         {Period: period(d(11, 1), d(11, 11), "11/1..11/11")},
		"11月1日到11月11日":        {Period: period(d(11, 1), d(11, 11), "11月1日到11月11日")},
		"2026-10":             {Period: period(d(10, 1), d(10, 31), "2026-10")},
		"12/30":               {Period: period(market.DateOf(2025, 12, 30), market.DateOf(2025, 12, 30), "12/30")},
		"双11":                 {Period: period(d(11, 11), d(11, 11), "d11")},
		"last week by region": {Period: period(d(11, 9), d(11, 15), "last week"), By: metric.ByRegion},
		"low Beauty top 20":   {Focus: "low", Unit: "beauty", Top: 20},
		"前20 缺货":              {Focus: "out", Top: 20},
		"unit=beauty ｃｈａｎｎｅｌ＝supermarket vs=year lang=en": {
			Unit: "beauty", Channel: "supermarket", Against: report.LastYear, Lang: "en",
		},
		"today vs last week share": {Period: period(d(11, 22), d(11, 22), "today"), Against: report.SameWeekday, Share: true},
		"band=traffic region=华东":   {Band: "traffic", Region: "east"},
		`"玻尿酸 面霜" out`:             {Item: "玻尿酸 面霜", Focus: "out"},
		"sku=AB-1001":              {Item: "ab-1001"},
		"11.11":                    {Period: period(d(11, 11), d(11, 11), "11.11")},
		"双十一":                      {Period: period(d(11, 11), d(11, 11), "d11")},
		"上上周":                      {Period: period(d(11, 2), d(11, 8), "上上周")},
		"last 7 days":              {Period: period(d(11, 15), d(11, 21), "last7days")},
		"2 days ago":               {Period: period(d(11, 20), d(11, 20), "2daysago")},
		"3天前 美妆":                   {Period: period(d(11, 19), d(11, 19), "3天前"), Unit: "beauty"},
		"Nov 11 by channel":        {Period: period(d(11, 11), d(11, 11), "nov11"), By: metric.ByChannel},
		"11th november":            {Period: period(d(11, 11), d(11, 11), "11thnovember")},
		"Dec. 30":                  {Period: period(market.DateOf(2025, 12, 30), market.DateOf(2025, 12, 30), "dec.30")},
		"7 天 美妆":                   {Period: period(d(11, 15), d(11, 21), "7天"), Unit: "beauty"},
		"近一周":                      {Period: period(d(11, 15), d(11, 21), "past week")},
		"monday":                   {Period: period(d(11, 16), d(11, 16), "monday")},
		"周日":                       {Period: period(d(11, 22), d(11, 22), "sunday")},
		"this year":                {Period: period(d(1, 1), d(11, 22), "this year")},
		"AB-1001":                  {Item: "AB-1001"},
	} {
		t.Run(text, func(t *testing.T) {
			want.Verb = "gmv"
			got, err := Parse(testShop(), "gmv", text, now)
			if err != nil {
				t.Fatalf("not understood: %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestParseTop: what leads is counted by a number alone; elsewhere that is an id.
func TestParseTop(t *testing.T) {
	got, err := Parse(testShop(), "top", "10 items yesterday", now)
	if err != nil || got.Top != 10 || got.Item != "" || got.By != metric.BySKU {
		t.Errorf("top 10 items yesterday: %+v, %v", got, err)
	}
	if got, err := Parse(testShop(), "gmv", "10", now); err != nil || got.Top != 0 || got.Item != "10" {
		t.Errorf("gmv 10: %+v, %v", got, err)
	}
}

// TestParseAhead: days to come are a forecast's and a clearance's alone.
func TestParseAhead(t *testing.T) {
	for text, want := range map[string]Query{
		"next 14 days":  {Ahead: 14},
		"next 7d 美妆":    {Ahead: 7, Unit: "beauty"},
		"未来14天 按渠道":     {Ahead: 14, By: metric.ByChannel},
		"月末":            {Focus: "month_end"},
		"month end":     {Focus: "month_end"},
		"by unit":       {By: metric.ByUnit},
		"next week":     {Ahead: 8}, // to Sunday 29 November
		"明天 美妆":         {Ahead: 2, Unit: "beauty"},
		"接下来30天 sku=a1": {Ahead: 30, Item: "a1"},
	} {
		want.Verb = "forecast"
		got, err := Parse(testShop(), "forecast", text, now)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	if got, err := Parse(testShop(), "slow", "未来30天 美妆", now); err != nil || got.Ahead != 30 || got.Unit != "beauty" {
		t.Errorf("a clearance of days to come: %+v, %v", got, err)
	}
	_, err := Parse(testShop(), "gmv", "next 14 days", now)
	if no, ok := trouble(err); !ok || no.Key != "command.not_yet" {
		t.Errorf("gmv of days to come: %v", err)
	}
}

func TestParseTrouble(t *testing.T) {
	for text, want := range map[string]struct{ key, fix string }{
		"yesturday":                 {"command.unknown_word", "gmv yesterday"},
		"yesterday beuaty":          {"command.unknown_word", "gmv yesterday beauty"},
		"unti=beauty":               {"command.unknown_key", "gmv unit=beauty"},
		"unit=beuty":                {"command.unknown_value", "gmv unit=beauty"},
		"2026-02-30":                {"command.bad_date", "gmv 2026-02-28"},
		"2026-12-24":                {"command.future", "gmv 2026-11-22"},
		"11/11..11/1":               {"command.reversed", "gmv 2026-11-01..2026-11-11"},
		"2020-01-01..2026-01-01":    {"command.too_many_days", "gmv 2024-11-28..2026-01-01"},
		"top=many":                  {"command.bad_top", ""},
		"unit=Beauty,Apparel":       {"command.one_only", "gmv by unit"},
		strings.Repeat("长", 401):    {"command.too_long", ""},
		"sku=A1 something else 42x": {"command.unknown_word", ""},
	} {
		t.Run(text[:min(len(text), 40)], func(t *testing.T) {
			_, err := Parse(testShop(), "gmv", text, now)
			got, ok := trouble(err)
			if !ok {
				t.Fatalf("want trouble, got %v", err)
			}
			if got.Key != want.key || got.Fix != want.fix {
				t.Errorf("got %s with fix %q, want %s with %q", got.Key, got.Fix, want.key, want.fix)
			}
		})
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ short, text, name, rest string }{
		{"/shop", "gmv yesterday", "gmv", "yesterday"},
		{"/gmv", "yesterday", "gmv", "yesterday"},
		{"/shop", "昨天 美妆 GMV", "gmv", "昨天 美妆"},
		{"", "昨天销售额", "gmv", "昨天"},
		{"", "库存 low", "stock", "low"},
		{"/shop", "", "help", ""},
		{"/shop", "？", "help", ""},
	} {
		got, rest := find(c.short, c.text)
		if got == nil || got.Name != c.name || rest != c.rest {
			t.Errorf("%s %q: got %v %q, want %s %q", c.short, c.text, got, rest, c.name, c.rest)
		}
	}
	if got, _ := find("/shop", "gvm"); got != nil {
		t.Errorf("gvm is no command, got %s", got.Name)
	}
}

// FuzzParse: whatever is typed gives a query inside the shop's words, or
// trouble that says so; never a panic, never a day that has not begun.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"昨天 美妆", "top 20", "unit=", "=", "..", "11/11..", "近7天", "\"open", "至至至", "2026-13-45", "999999999999d"} {
		f.Add(s)
	}
	shop := testShop()
	today := shop.Day(now)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(shop, "gmv", text, now)
		if err != nil {
			if _, ok := trouble(err); !ok {
				t.Fatalf("%q: %v is not trouble", text, err)
			}
			return
		}
		if q.Period.Set && (q.Period.From > q.Period.To || q.Period.To > today) {
			t.Fatalf("%q: impossible period %v", text, q.Period)
		}
		if q.Top < 0 || q.Top > 500 {
			t.Fatalf("%q: top %d", text, q.Top)
		}
	})
}

// TestImpossiblePeriods: what cannot be asked comes with the nearest question
// that can.
func TestImpossiblePeriods(t *testing.T) {
	shop := testShop()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, shop.Zone)
	for text, want := range map[string]string{
		"2026-02-30":             "gmv 2026-02-28",
		"2026-13-01 by hour":     "gmv 2026-01-13 by hour",
		"2026-04-31":             "gmv 2026-04-30",
		"2027-01-01":             "gmv 2026-11-22",
		"next month":             "gmv 2026-11-22",
		"2026-11-20..2026-11-10": "gmv 2026-11-10..2026-11-20",
		"2024-01-01..2026-11-01": "gmv 2025-09-28..2026-11-01",
		"2026-00-10":             "",
	} {
		_, err := Parse(shop, "gmv", text, now)
		p, ok := trouble(err)
		if !ok || p.Fix != want {
			t.Errorf("%s: %v, want the question %q", text, err, want)
			continue
		}
		if want == "" {
			continue
		}
		if _, err := Parse(shop, "gmv", want[len("gmv "):], now); err != nil {
			t.Errorf("%s offers %q, which is refused: %v", text, want, err)
		}
	}
}
