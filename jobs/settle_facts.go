package jobs

import (
	"fmt"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// seriesKey names a series in facts.
type seriesKey struct{ sku, channel string }

// flowKey is a flow of one series that came from one region.
type flowKey struct {
	seriesKey
	region string
	column series.Column
}

// gauges is what a picture says of each series.
type gauges map[seriesKey]int64

// hourFacts is an hour of a panel as the facts tell it.
type hourFacts struct {
	start time.Time
	at    time.Time // facts are complete up to here
	flows map[flowKey]int64
	known [series.Width]bool // flows that some source tells
	// pictures are the revisions of the pictures of stock, own prices and rival
	// offers that hold at the hour's end; 0 when there is none young enough.
	pictures [3]market.Revision
	carried  [3]bool // the picture is older than the hour
}

// pictureAge is how long a picture of stock or prices may stand for the time
// after it; beyond it nothing is known.
const pictureAge = 25 * time.Hour

// factReader reads a stretch of hours.
type factReader struct {
	tx     *storage.Tx
	shop   *market.Shop
	feeds  []storage.Feed
	window market.Window
}

// flowSource is a table of events with the flows that it tells.
type flowSource struct {
	table   *market.Table
	column  string
	columns []string
	add     func(*factReader, []*hourFacts, *market.Batch)
	flows   []series.Column
}

func flowSources() []flowSource {
	return []flowSource{
		{
			market.OrderLines, "paid_at",
			[]string{"status", "sku", "channel", "region", "qty", "paid"},
			(*factReader).addLines,
			[]series.Column{series.Units, series.Orders, series.GMV},
		},
		{market.Refunds, "success_at", []string{"status", "sku", "channel", "region"}, (*factReader).addRefunds, []series.Column{series.Refunds}},
		{market.Reviews, "created", []string{"result", "sku", "channel"}, (*factReader).addReviews, []series.Column{series.Complaints}},
	}
}

// knownFlows names the tables whose sources have all delivered.
func (r *factReader) knownFlows() string {
	var names []string
	for _, src := range flowSources() {
		if !r.reach(src.table).IsZero() {
			names = append(names, src.table.Name)
		}
	}
	return strings.Join(names, " ")
}

// read returns the hours of the window from the first of which something is
// known, as of a revision (0: now).
func (r *factReader) read(asOf market.Revision) ([]*hourFacts, error) {
	var hours []*hourFacts
	for t := r.window.Start; t.Before(r.window.End); t = t.Add(time.Hour) {
		hours = append(hours, &hourFacts{start: t, flows: map[flowKey]int64{}})
	}
	for _, src := range flowSources() {
		if r.reach(src.table).IsZero() {
			continue
		}
		batches, err := r.tx.Events(storage.EventQuery{
			Shop: r.shop, Table: src.table, Column: src.column, Window: r.window, AsOf: asOf, Columns: src.columns,
		})
		if err != nil {
			return nil, err
		}
		for _, h := range hours {
			for _, c := range src.flows {
				h.known[c] = true
			}
		}
		for _, b := range batches {
			src.add(r, hours, b)
		}
	}
	if err := r.addPictures(hours, asOf); err != nil {
		return nil, err
	}
	return r.cut(hours, r.reach(market.OrderLines)), nil
}

// reach is up to when the sources of a table have everything; the zero time
// when one never delivered or there is none.
func (r *factReader) reach(t *market.Table) time.Time {
	var least time.Time
	for _, f := range r.feeds {
		if f.Table != t.Name {
			continue
		}
		if f.Complete.Revision == 0 {
			return time.Time{}
		}
		at := f.Complete.Watermark
		if at.IsZero() {
			at = f.Complete.Window.End
		}
		if least.IsZero() || at.Before(least) {
			least = at
		}
	}
	return least
}

// cut drops the hours before the first known fact and behind what the orders
// reach, and says of the others up to when they are complete.
func (r *factReader) cut(hours []*hourFacts, reach time.Time) []*hourFacts {
	for len(hours) > 0 && len(hours[0].flows) == 0 && hours[0].pictures == [3]market.Revision{} {
		hours = hours[1:]
	}
	if reach.IsZero() { // no orders at all: pictures alone make a panel
		reach = r.window.End
	}
	for i, h := range hours {
		if !h.start.Before(reach) {
			return hours[:i]
		}
		h.at = h.start.Add(time.Hour)
		if reach.Before(h.at) {
			h.at = reach
		}
	}
	return hours
}

// hour finds the hour of an instant in milliseconds; nil outside the window.
func (r *factReader) hour(hours []*hourFacts, ms int64) *hourFacts {
	if len(hours) == 0 || ms < hours[0].start.UnixMilli() {
		return nil
	}
	if i := int((ms - hours[0].start.UnixMilli()) / time.Hour.Milliseconds()); i < len(hours) {
		return hours[i]
	}
	return nil
}

// addLines counts paid lines on the hour of their payment, as gmv does.
func (r *factReader) addLines(hours []*hourFacts, b *market.Batch) {
	order, status, paidAt := b.Column("order_id"), b.Column("status"), b.Column("paid_at")
	sku, channel, region := b.Column("sku"), b.Column("channel"), b.Column("region")
	qty, paid := b.Column("qty"), b.Column("paid")
	type once struct {
		hour  *hourFacts
		order string
		key   seriesKey
	}
	seen := map[once]bool{}
	for i := range b.Len() {
		at, ok := paidAt.Int(i)
		if !ok || status.Text(i) == market.Placed || sku.Text(i) == "" {
			continue
		}
		h := r.hour(hours, at)
		if h == nil {
			continue
		}
		k := flowKey{seriesKey: seriesKey{sku.Text(i), channel.Text(i)}, region: region.Text(i)}
		h.add(k, series.Units, qty.Ints[i])
		h.add(k, series.GMV, paid.Ints[i])
		if o := (once{h, order.Text(i), k.seriesKey}); !seen[o] {
			seen[o] = true
			h.add(k, series.Orders, 1)
		}
	}
}

func (r *factReader) addRefunds(hours []*hourFacts, b *market.Batch) {
	status, at := b.Column("status"), b.Column("success_at")
	sku, channel, region := b.Column("sku"), b.Column("channel"), b.Column("region")
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || status.Text(i) != "success" || sku.Text(i) == "" {
			continue
		}
		if h := r.hour(hours, ms); h != nil {
			h.add(flowKey{seriesKey: seriesKey{sku.Text(i), channel.Text(i)}, region: region.Text(i)}, series.Refunds, 1)
		}
	}
}

func (r *factReader) addReviews(hours []*hourFacts, b *market.Batch) {
	result, at, sku, channel := b.Column("result"), b.Column("created"), b.Column("sku"), b.Column("channel")
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || result.Text(i) != "bad" || sku.Text(i) == "" {
			continue
		}
		if h := r.hour(hours, ms); h != nil {
			h.add(flowKey{seriesKey: seriesKey{sku.Text(i), channel.Text(i)}}, series.Complaints, 1)
		}
	}
}

func (h *hourFacts) add(k flowKey, c series.Column, v int64) {
	k.column = c
	h.flows[k] += v
}

// pictureTables are the pictures that a panel reads, in the order of
// hourFacts.pictures.
func pictureTables() []*market.Table {
	return []*market.Table{market.Inventory, market.OwnPrices, market.RivalOffers}
}

// addPictures finds, for each hour, the pictures that hold at its end.
func (r *factReader) addPictures(hours []*hourFacts, asOf market.Revision) error {
	for _, h := range hours {
		for n, t := range pictureTables() {
			rev, taken, found, err := r.tx.Standing(r.shop.ID, t, h.lastInstant(), asOf)
			if err != nil {
				return fmt.Errorf("find %s: %w", t.Name, err)
			}
			if found && h.start.Sub(taken) <= pictureAge {
				h.pictures[n], h.carried[n] = rev, taken.Before(h.start)
			}
		}
	}
	return nil
}

func (h *hourFacts) lastInstant() time.Time { return h.start.Add(time.Hour - time.Millisecond) }

func stockOf(b *market.Batch) gauges {
	out := gauges{}
	sku, channel, available := b.Column("sku"), b.Column("channel"), b.Column("available")
	for i := range b.Len() {
		if v, ok := available.Int(i); ok {
			out[seriesKey{sku.Text(i), channel.Text(i)}] = v
		}
	}
	return out
}

// paying is what a buyer pays: the deal, else the list price, minus the coupon.
func paying(b *market.Batch, i int) (int64, bool) {
	v, ok := b.Column("deal").Int(i)
	if !ok {
		v, ok = b.Column("list").Int(i)
	}
	off, _ := b.Column("coupon").Int(i)
	return v - off, ok
}

func pricesOf(b *market.Batch) gauges {
	out := gauges{}
	sku, channel := b.Column("sku"), b.Column("channel")
	for i := range b.Len() {
		if v, ok := paying(b, i); ok {
			out[seriesKey{sku.Text(i), channel.Text(i)}] = v
		}
	}
	return out
}

// sureMatch is the confidence from which a rival item counts as the same.
const sureMatch = 8000

// rivalsOf is the lowest offer that is matched to each SKU and in stock; on
// whatever channel, a rival is a rival.
func rivalsOf(b *market.Batch) gauges {
	out := gauges{}
	sku, match, stock := b.Column("sku"), b.Column("match"), b.Column("in_stock")
	for i := range b.Len() {
		v, ok := paying(b, i)
		if in, known := stock.Int(i); !ok || sku.Text(i) == "" || match.Ints[i] < sureMatch || known && in == 0 {
			continue
		}
		k := seriesKey{sku: sku.Text(i)}
		if least, found := out[k]; !found || v < least {
			out[k] = v
		}
	}
	return out
}
