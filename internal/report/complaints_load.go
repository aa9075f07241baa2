package report

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

var complaintTables = []string{market.Reviews.Name, market.Refunds.Name}

// LoadComplaints answers q. A shop whose review feed has never delivered gives
// ErrNoData.
func LoadComplaints(ctx context.Context, db *storage.DB, shop *market.Shop, q ComplaintsQuery) (Complaints, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "complaints", func(l *loader) (Complaints, error) {
		l.lexicon = q.Lexicon
		c, err := l.complaints(q)
		l.based(&c.Data)
		return c, err
	})
}

func (l *loader) complaints(q ComplaintsQuery) (Complaints, error) {
	all, err := l.feeds(complaintTables, q.Now, q.Fresh)
	if err != nil {
		return Complaints{}, err
	}
	asOf := earlier(known(all, market.Reviews.Name), q.Now)
	if asOf.IsZero() {
		return Complaints{}, ErrNoData
	}
	w := market.Window{Start: asOf.Add(-day), End: asOf}
	if q.From != 0 || q.To != 0 {
		w = l.shop.Window(q.From, q.To)
		w.End = earlier(w.End, asOf)
	}
	if w.Empty() {
		return Complaints{}, ErrNoData
	}
	c := Complaints{Shop: l.shop.ID, Window: w, Data: coverage(l.tx, all, asOf, zeroTime, q.AsOf)}
	keep := func(sku, channel string) bool { return l.keepsComplaint(q, sku, channel) }
	now, err := l.voices(w, keep)
	if err != nil {
		return c, err
	}
	past := market.Window{Start: w.Start.AddDate(0, 0, -usualDays), End: w.Start}
	before, err := l.voices(past, keep)
	if err != nil {
		return c, err
	}
	c.Reviews = now.reviews
	scale, known := usualScale(before, past, w)
	c.UsualKnown = known
	l.fillComplaints(&c, q, now, before, scale)
	if q.Top > 0 && len(c.Items) > q.Top {
		c.More = len(c.Items) - q.Top
		c.Items = c.Items[:q.Top]
	}
	return c, nil
}

func (l *loader) keepsComplaint(q ComplaintsQuery, sku, channel string) bool {
	if q.SKU != "" && market.SKU(sku) != q.SKU || q.Channel != "" && market.Channel(channel) != q.Channel {
		return false
	}
	if q.Unit == "" && q.Category == "" {
		return true
	}
	it, ok := l.items.Find(market.SKU(sku))
	return ok && (q.Unit == "" || it.Unit == q.Unit) && (q.Category == "" || it.Category == q.Category)
}

// usualScale turns counts of the past into the usual number of a window as long
// as w; it needs a week of history.
func usualScale(before voices, past, w market.Window) (scale float64, known bool) {
	length := past.End.UnixMilli() - before.first
	if before.first == 0 || length < (7*day-day/2).Milliseconds() {
		return 0, false
	}
	return float64(w.Duration().Milliseconds()) / float64(length), true
}

// fillComplaints counts what was said, against what is usual.
func (l *loader) fillComplaints(c *Complaints, q ComplaintsQuery, now, before voices, scale float64) {
	items, causes, usualCauses := map[string]*ComplaintItem{}, map[string]int64{}, map[string]float64{}
	perItem := map[string]map[string]int64{}
	for i := range before.complaints {
		x := &before.complaints[i]
		if !wantsCause(x, q.Cause) {
			continue
		}
		c.Usual += scale
		for _, h := range x.read() {
			usualCauses[h.Cause] += scale
		}
		l.itemOf(items, x).Usual += scale
	}
	for i := len(now.complaints) - 1; i >= 0; i-- { // newest first, for the quotes
		x := &now.complaints[i]
		if !wantsCause(x, q.Cause) {
			continue
		}
		it := l.itemOf(items, x)
		c.Total++
		it.Count++
		c.countKind(it, x.kind)
		if perItem[x.sku] == nil {
			perItem[x.sku] = map[string]int64{}
		}
		for _, h := range x.read() {
			causes[h.Cause]++
			perItem[x.sku][h.Cause]++
		}
		if x.text != "" && x.kind != refundRequest && len(it.Quotes) < 3 {
			it.Quotes = append(it.Quotes, x.quote(l, x.read()[0]))
		}
		if h, ok := x.named(voice.Counterfeit); ok {
			c.Counterfeit = append(c.Counterfeit, x.quote(l, h))
		}
	}
	for _, k := range voice.Rank(causes) {
		c.Causes = append(c.Causes, CauseLine{Cause: k.Cause, Count: k.Count, Usual: usualCauses[k.Cause]})
	}
	rule := analysis.Defaults().Complaints
	for _, sku := range keysOf(items) {
		it := items[sku]
		if it.Count == 0 {
			continue
		}
		it.Causes = voice.Rank(perItem[sku])
		it.Spike = c.UsualKnown && rule.Unusual(it.Count, it.Usual)
		c.Items = append(c.Items, *it)
	}
	slices.SortStableFunc(c.Items, func(a, b ComplaintItem) int {
		return cmp.Or(cmp.Compare(float64(b.Count)-b.Usual, float64(a.Count)-a.Usual), cmp.Compare(a.SKU, b.SKU))
	})
}

func (c *Complaints) countKind(it *ComplaintItem, kind int) {
	switch kind {
	case badReview:
		c.Bad++
		it.Bad++
	case neutralReview:
		c.Neutral++
		it.Neutral++
	default:
		c.Refunds++
		it.Refunds++
	}
}

func (l *loader) itemOf(items map[string]*ComplaintItem, x *complaint) *ComplaintItem {
	it, ok := items[x.sku]
	if !ok {
		sku := market.SKU(x.sku)
		it = &ComplaintItem{SKU: sku, Title: l.items.Title(sku), Unit: l.items.Unit(sku)}
		items[x.sku] = it
	}
	return it
}

func wantsCause(x *complaint, cause string) bool {
	if cause == "" {
		return true
	}
	_, ok := x.named(cause)
	return ok
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
