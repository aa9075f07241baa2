package card

import (
	"strings"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// hitsShown is how many rows of hits a message lists.
const hitsShown = 20

// Hits answers how much of the money hangs on the best-selling items.
func (p Pen) Hits(h report.Hits, question string) chat.Message {
	title := p.f("title_hits", "n", p.L.Count(int64(h.N)))
	share := p.percent(h.Share)
	first := chat.Rich{{Text: p.f("hits_share", "n", p.L.Count(int64(h.N))) + " "}, {Text: share, Bold: true}}
	if h.Share.Known && h.ShareBefore.Known {
		first = append(first, chat.Span{Text: "  " + p.L.Points(h.Share.V-h.ShareBefore.V) + " " + p.t("vs_previous", "day", p.days(h.BaseFrom, h.BaseTo))})
	}
	body := []chat.Rich{
		first,
		line(p.L.N("figures.hits_risk", h.Selling, "share", p.percent(h.Largest))),
	}
	if h.BaseFrom != 0 {
		body = append(body, line(p.f("hits_moves", "entered", p.L.Count(int64(len(h.Entered))), "left", p.L.Count(int64(len(h.Left))))))
	}
	if names := hitNames(h.Left); names != "" {
		body = append(body, line(p.f("hits_left", "names", names)))
	}
	return chat.Message{
		Text: headline(p.shop(), title, p.stretch(h.From, h.To, h.Part, h.Covered.End)+p.t("colon")+share),
		Sections: []chat.Section{
			{Heading: p.itemHead(title, h.Filter, h.From, h.To, h.Part, h.Covered.End), Body: body},
			{Table: p.hitTable(h)},
			{
				Buttons: []chat.Button{
					{Label: p.f("next_out"), Verb: VerbRun, Value: "stock out"}, {Label: p.f("next_prices"), Verb: VerbRun, Value: "price"}, p.share(question),
				},
				Note: p.note(h.Data, p.f("hits_basis")),
			},
		},
	}
}

// percent writes a share that may not be known.
func (p Pen) percent(v report.Value) string {
	return p.measure(metric.Metric{Unit: metric.Ratio, Adds: metric.ByRatio}, v)
}

// stretch is the days of an answer, and the time up to which a part day counts.
func (p Pen) stretch(from, to market.Day, part bool, until time.Time) string {
	s := p.days(from, to)
	if part {
		s += " " + p.t("until", "time", p.moment(until))
	}
	return s
}

func (p Pen) itemHead(title string, f metric.Filter, from, to market.Day, part bool, until time.Time) string {
	return title + " · " + strings.TrimSpace(p.shop()+" "+p.scope(f)) + " · " + p.stretch(from, to, part, until)
}

func hitNames(all []report.Hit) string {
	var names []string
	for _, h := range all[:min(3, len(all))] {
		names = append(names, clamp(h.Title, 16))
	}
	return strings.Join(names, " / ")
}

func (p Pen) hitTable(h report.Hits) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("rank"), Right: true},
		{Title: p.t("item")},
		{Title: p.t("paid"), Right: true},
		{Title: p.t("share"), Right: true},
		{Title: p.f("pieces"), Right: true},
	}, More: max(0, len(h.Items)-hitsShown)}
	for _, it := range h.Items[:min(hitsShown, len(h.Items))] {
		t.Rows = append(t.Rows, []string{
			p.rank(report.Part{Rank: it.Rank, RankBefore: it.RankBefore}), clamp(it.Title, cellTitle), p.short(it.GMV),
			p.L.Percent(it.Share), p.L.Count(it.Units),
		})
	}
	return t
}

// NewItems answers how much of the money new items bring.
func (p Pen) NewItems(n report.NewItems, question string) chat.Message {
	title := p.f("title_new")
	body := []chat.Rich{
		{{Text: p.f("new_high") + " "}, {Text: p.percent(n.HighShare), Bold: true}},
		line(p.f("new_share", "share", p.percent(n.Share), "launched", p.L.Count(int64(n.Launched)), "selling", p.L.Count(int64(n.Selling)))),
		line(p.f("new_margin", "margin", p.percent(n.Margin))),
	}
	if n.Unknown > 0 {
		body = append(body, line(p.L.N("figures.new_unknown", n.Unknown)))
	}
	sections := []chat.Section{{Heading: p.itemHead(title, n.Filter, n.From, n.To, n.Part, n.Covered.End), Body: body}}
	if len(n.Items) > 0 {
		sections = append(sections, chat.Section{Table: p.newTable(n)})
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{{Label: p.f("next_hits"), Verb: VerbRun, Value: "hits " + p.period(n.From, n.To, n.Filter)}, p.share(question)},
		Note:    p.note(n.Data, p.f("new_basis", "days", p.L.Count(report.NewFor))),
	})
	return chat.Message{
		Text:     headline(p.shop(), title, p.stretch(n.From, n.To, n.Part, n.Covered.End)+p.t("colon")+p.percent(n.HighShare)),
		Sections: sections,
	}
}

func (p Pen) newTable(n report.NewItems) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("item")},
		{Title: p.f("launched")},
		{Title: p.t("paid"), Right: true},
		{Title: p.f("pieces"), Right: true},
		{Title: p.f("margin"), Right: true},
		{Title: p.f("high")},
	}, More: n.More}
	for _, it := range n.Items {
		high := ""
		if it.High {
			high = "✓"
		}
		t.Rows = append(t.Rows, []string{
			clamp(it.Title, cellTitle), p.day(it.Launched), p.short(it.GMV), p.L.Count(it.Units), p.percent(it.Margin), high,
		})
	}
	return t
}
