package report

import (
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/spike"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

const day = 24 * time.Hour

// complaintSpikes looks at the 24 hours before the end of the reviews. Items
// with fewer complaints than the rule's minimum are passed over before their
// history is read, unless their alert is open.
func (w *watch) complaintSpikes() ([]analysis.Finding, error) {
	window, recent, err := w.lastVoices()
	if err != nil {
		return nil, err
	}
	end := window.End
	items := map[string][]*complaint{}
	for i := range recent.complaints {
		if c := &recent.complaints[i]; c.kind != neutralReview && c.sku != "" && !w.toldSingly(c) {
			items[c.sku] = append(items[c.sku], c)
		}
	}
	for _, sku := range keysOf(items) {
		if int64(len(items[sku])) < w.rules.Complaints.Min && !w.about(analysis.RuleComplaintSpike, w.itemSubject(sku)) {
			delete(items, sku)
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	before, err := w.complaintHistory(items, end)
	if err != nil {
		return nil, err
	}
	in := analysis.ComplaintInput{At: w.now, Window: window, Watched: len(w.week.bySKU), Daily: w.daily}
	for _, sku := range keysOf(items) {
		c := w.complaintCount(sku, items[sku])
		c.Before = before.days[sku]
		c.Exposure = before.exposure(sku)
		in.Items = append(in.Items, c)
	}
	found := analysis.ComplaintSpikes(w.rules.Complaints, w.rules.Money, in)
	if w.noted != nil {
		for _, c := range in.Items {
			before := int64(0)
			for _, n := range c.Before {
				before += n
			}
			w.noteOld(analysis.RuleComplaintSpike, analysis.Subject{Unit: c.Unit, SKU: c.SKU, Title: c.Title}, found, analysis.Reading{
				Metric: "complaints", Unit: metric.Count, Window: window, Value: float64(c.Count), Limit: float64(w.rules.Complaints.Min), High: true,
				Numbers: []analysis.Number{number("before", float64(before)), number("past", float64(len(c.Before))), money("gmv_7d", c.GMV7d)},
			})
		}
	}
	return found, nil
}

// toldSingly reports whether the rule about fakes tells of a complaint: then it is
// no part of a spike, or people would hear of it twice.
func (w *watch) toldSingly(c *complaint) bool {
	if !w.fakes {
		return false
	}
	_, fake := c.named(voice.Counterfeit)
	return fake
}

// lastVoices is what buyers said in the 24 hours before the end of the reviews.
func (w *watch) lastVoices() (market.Window, *voices, error) {
	end := earlier(known(w.feeds, market.Reviews.Name), w.now)
	if refunds := known(w.feeds, market.Refunds.Name); !refunds.IsZero() {
		end = earlier(end, refunds)
	}
	if end.IsZero() {
		return market.Window{}, nil, ErrNoData
	}
	window := market.Window{Start: end.Add(-day), End: end}
	if w.recent == nil {
		v, err := w.voices(window, nil)
		if err != nil {
			return window, nil, err
		}
		w.recent = &v
	}
	return window, w.recent, nil
}

func (w *watch) itemSubject(sku string) analysis.Subject {
	k := market.SKU(sku)
	return analysis.Subject{Unit: w.items.Unit(k), SKU: k, Title: w.items.Title(k)}
}

func (w *watch) complaintCount(sku string, list []*complaint) analysis.ComplaintCount {
	s := w.itemSubject(sku)
	c := analysis.ComplaintCount{
		SKU: s.SKU, Title: s.Title, Unit: s.Unit, Count: int64(len(list)), GMV7d: w.week.bySKU[sku].paid,
		Open: w.about(analysis.RuleComplaintSpike, s),
	}
	n := map[string]int64{}
	for _, x := range list {
		for _, h := range x.read() {
			n[h.Cause]++
		}
	}
	c.Causes = voice.Rank(n)
	for i := len(list) - 1; i >= 0 && len(c.Quotes) < 3; i-- {
		if list[i].kind == badReview && list[i].text != "" {
			c.Quotes = append(c.Quotes, cutText(list[i].text, maxQuote))
		}
	}
	return c
}

// complaintPast is the complaints and sales of some items before a window.
type complaintPast struct {
	days   map[string][]int64   // complaints per 24 hours, newest first
	pieces map[string][]float64 // sold per 24 hours, oldest first; the last is the window itself
}

// soldDays is how many stretches of sales tell the exposure of the window and
// of every day that it is judged by.
const soldDays = spike.History + 1 + spike.Lagging

// complaintHistory counts complaints of the items per 24 hours before the
// window that ends at end, as far back as there are reviews.
func (w *watch) complaintHistory(items map[string][]*complaint, end time.Time) (complaintPast, error) {
	p := complaintPast{days: map[string][]int64{}, pieces: map[string][]float64{}}
	past := market.Window{Start: end.Add(-(spike.History + 1) * day), End: end.Add(-day)}
	v, err := w.voices(past, func(sku, _ string) bool { _, ok := items[sku]; return ok })
	if err != nil {
		return p, err
	}
	first := v.first
	if first == 0 {
		first = past.End.UnixMilli()
	}
	n := int((past.End.UnixMilli() - first + day.Milliseconds() - 1) / day.Milliseconds())
	for sku := range items {
		p.days[sku], p.pieces[sku] = make([]int64, n), make([]float64, soldDays)
	}
	for i := range v.complaints {
		c := &v.complaints[i]
		if at := int((past.End.UnixMilli() - c.at - 1) / day.Milliseconds()); c.kind != neutralReview && at < n && !w.toldSingly(c) {
			p.days[c.sku][at]++
		}
	}
	return p, w.soldHistory(&p, market.Window{Start: end.Add(-time.Duration(soldDays) * day), End: end})
}

// soldHistory counts the pieces sold per 24 hours.
func (w *watch) soldHistory(p *complaintPast, x market.Window) error {
	batches, err := w.events(market.OrderLines, "paid_at", x, soldColumns)
	if err != nil {
		return err
	}
	start, end := x.Millis()
	for _, b := range batches {
		at, sku, qty := b.Column("paid_at"), b.Column("sku"), b.Column("qty")
		for i := range b.Len() {
			ms, ok := at.Int(i)
			if !ok || ms < start || ms >= end {
				continue
			}
			if days, ok := p.pieces[sku.Text(i)]; ok {
				days[soldDays-1-int((end-ms-1)/day.Milliseconds())] += float64(qty.Ints[i])
			}
		}
	}
	return nil
}

const (
	// fewSold is too little to tell how sales moved.
	fewSold = 30
	// lateShare of the usual exposure is always there: some complain later than
	// a week after the sale.
	lateShare = 0.1
)

// exposure is what complaints of the window and of each day before it are in
// proportion to, newest first; nil when too little was sold to tell.
func (p *complaintPast) exposure(sku string) []float64 {
	e := spike.Exposure(p.pieces[sku])
	total := 0.0
	for _, x := range e {
		total += x
	}
	if total < fewSold {
		return nil
	}
	for i := range e {
		e[i] += lateShare * total / float64(len(e))
	}
	slices.Reverse(e)
	return e[:len(p.days[sku])+1]
}
