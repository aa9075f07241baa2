package card

import (
	"math"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// coverChart draws how many days the listed stock lasts beside how many it takes
// to bring more; nil when fewer than two lines are known.
func (p Pen) coverChart(r report.Stock) *chat.Chart {
	cover := chat.Series{Name: p.t("cover"), Role: chat.Current}
	lead := chat.Series{Name: p.ch("lead"), Role: chat.Previous}
	c := &chat.Chart{
		Kind: chat.BarChart, Title: p.ch("cover", "shop", p.shop()), Subtitle: p.moment(r.At) + p.leftOut(len(r.Items)+r.More, min(len(r.Items), barsShown)), Footer: p.footer(r.Data), NoData: p.ch("no_sales"),
	}
	titles := map[string]int{}
	for _, it := range r.Items {
		titles[it.Title]++
	}
	var said []string
	known, leads := 0, false
	for _, it := range r.Items[:min(len(r.Items), barsShown)] {
		name := clamp(it.Title, cellTitle)
		if titles[it.Title] > 1 {
			name = p.channel(it.Channel) + " · " + name // what differs, before it is cut
		}
		v, label := math.NaN(), ""
		switch {
		case it.Out:
			v, label = 0, p.t("out")
		case it.CoverKnown:
			v, label = it.Cover, p.t("days", "n", decimal(it.Cover))
		}
		known += b2i(label != "")
		c.Positions = append(c.Positions, name)
		cover.Values, cover.Labels = append(cover.Values, v), append(cover.Labels, label)
		days := math.NaN()
		if it.LeadDays > 0 {
			days, leads = float64(it.LeadDays), true
		}
		lead.Values = append(lead.Values, days)
		said = append(said, p.coverTold(name, label, it))
	}
	if known < 2 {
		return nil
	}
	c.Series = []chat.Series{cover}
	if leads {
		c.Series = append(c.Series, lead)
	}
	c.Alt = clamp(c.Title+" "+c.Subtitle+p.t("colon")+strings.Join(said, p.t("comma")), maxAlt)
	return c
}

func (p Pen) coverTold(name, label string, it report.StockItem) string {
	if label == "" {
		label = p.ch("no_sales")
	}
	told := name + " " + label
	if it.LeadDays > 0 {
		told += p.t("in_brackets", "text", p.ch("lead_told", "days", p.t("days", "n", p.L.Count(it.LeadDays))))
	}
	return told
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
