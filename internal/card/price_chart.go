package card

import (
	"math"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// shownRivals are drawn as lines of their own; the others are within the band.
const shownRivals = 3

// priceChart draws what an item has cost here and at its rivals; nil when there
// is one moment only.
func (p Pen) priceChart(it report.PriceItem, t *report.PriceTrail, footer string) *chat.Chart {
	if t == nil || len(t.At) < 2 {
		return nil
	}
	c := &chat.Chart{
		Kind: chat.LineChart, Title: p.ch("price", "item", clamp(it.Title, lineTitle)), Subtitle: p.days(p.Shop.Day(t.At[0]), p.Shop.Day(t.At[len(t.At)-1])),
		Steps: true, NoData: p.t("no_data"), Footer: footer, TickEvery: 4,
		Series: []chat.Series{{Name: p.ch("own"), Role: chat.Current, Values: drawn(t.Own)}},
	}
	for _, at := range t.At {
		c.Positions = append(c.Positions, monthDay(p.Shop.Day(at)))
	}
	for i, r := range t.Rivals[:min(shownRivals, len(t.Rivals))] {
		role := chat.Older
		if i == 0 {
			role = chat.Previous
		}
		c.Series = append(c.Series, chat.Series{Name: clamp(r.Rival, cellTitle), Role: role, Values: drawn(r.Prices)})
	}
	if more := len(t.Rivals) - shownRivals; more > 0 {
		c.Band = rivalBand(t)
		c.Subtitle += p.t("comma") + p.L.N("chart.price_more", more)
	}
	if it.FloorKnown {
		c.Targets = []chat.Mark{{Name: p.ch("floor", "money", p.exact(it.Floor)), Role: chat.Floor, Value: float64(it.Floor)}}
	}
	c.Axis = p.axisTo(market.Fen(largest(c.Series[0].Values, bandTop(c.Band))))
	c.KPI = p.L.Missing()
	if it.LandedKnown {
		c.KPI = p.exact(it.Landed)
	}
	p.againstRivals(c, it)
	c.Alt = p.priceAlt(c, it, t)
	return c
}

// againstRivals says how we stand against the cheapest rival.
func (p Pen) againstRivals(c *chat.Chart, it report.PriceItem) {
	if len(it.Rivals) == 0 || !it.Rivals[0].GapKnown {
		return
	}
	low := it.Rivals[0]
	key := "price_same"
	switch {
	case low.Gap > 0:
		key, c.Tone = "price_above", chat.Bad
	case low.Gap < 0:
		key, c.Tone = "price_below", chat.Good
	}
	c.Change = p.ch(key, "rival", clamp(low.Rival, cellTitle), "share", p.L.Percent(math.Abs(low.Advantage)))
}

// rivalBand reaches from the cheapest to the dearest rival of each moment.
func rivalBand(t *report.PriceTrail) *chat.Band {
	b := &chat.Band{Low: unknowns(len(t.At)), High: unknowns(len(t.At))}
	for _, r := range t.Rivals {
		for i, v := range r.Prices {
			if !v.Known {
				continue
			}
			if math.IsNaN(b.Low[i]) || v.V < b.Low[i] {
				b.Low[i] = v.V
			}
			if math.IsNaN(b.High[i]) || v.V > b.High[i] {
				b.High[i] = v.V
			}
		}
	}
	return b
}

func bandTop(b *chat.Band) chat.Values {
	if b == nil {
		return nil
	}
	return b.High
}

// priceAlt tells of each price what it is, and what it was at the beginning where
// it has changed.
func (p Pen) priceAlt(c *chat.Chart, it report.PriceItem, t *report.PriceTrail) string {
	said := []string{p.priceTold(p.ch("own"), t.Own)}
	for _, r := range t.Rivals {
		said = append(said, p.priceTold(clamp(r.Rival, cellTitle), r.Prices))
	}
	if it.FloorKnown {
		said = append(said, p.ch("floor", "money", p.exact(it.Floor)))
	}
	return clamp(c.Title+p.t("comma")+c.Subtitle+p.t("colon")+strings.Join(said, p.t("sentence_gap")), maxAlt)
}

func (p Pen) priceTold(name string, line []report.Value) string {
	last, first := line[len(line)-1], report.Value{}
	for _, v := range line {
		if v.Known {
			first = v
			break
		}
	}
	switch {
	case !last.Known:
		return name + " " + p.L.Missing()
	case first.V == last.V:
		return name + " " + p.exact(fenOf(last.V))
	}
	return name + " " + p.ch("price_was", "now", p.exact(fenOf(last.V)), "before", p.exact(fenOf(first.V)))
}
