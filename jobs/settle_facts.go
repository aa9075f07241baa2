package jobs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
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

// layout gives series their ids, and pictures their rows once for all the hours
// that they stand for.
type layout struct {
	tx     *storage.Tx
	shop   market.ShopID
	asOf   market.Revision
	ids    map[seriesKey]uint32
	n      int // series of the shop
	said   map[market.Revision]gauges
	placed map[market.Revision][]reading
}

// reading is a gauge of a series.
type reading struct {
	id uint32
	v  int64
}

// gauges is what one of an hour's pictures says.
func (l *layout) gauges(h *hourFacts, n int) (gauges, error) {
	rev := h.pictures[n]
	if g, ok := l.said[rev]; ok || rev == 0 {
		return g, nil
	}
	t := pictureTables()[n]
	_, rows, _, err := l.tx.State(l.shop, t, h.lastInstant(), l.asOf)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", t.Name, err)
	}
	l.said[rev] = []func(*market.Batch) gauges{stockOf, pricesOf, rivalsOf}[n](rows)
	return l.said[rev], nil
}

// series lists the series that some hours know, in order. Rival offers alone
// make none.
func (l *layout) series(hours []*hourFacts) ([]seriesKey, error) {
	named := map[seriesKey]bool{}
	last := [3]market.Revision{}
	for _, h := range hours {
		for k := range h.flows {
			named[k.seriesKey] = true
		}
		if h.pictures == last {
			continue // as the hour before
		}
		last = h.pictures
		for n := range 2 {
			g, err := l.gauges(h, n)
			if err != nil {
				return nil, err
			}
			for k := range g {
				named[k] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(named), func(a, b seriesKey) int {
		return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.channel, b.channel))
	}), nil
}

// readings lays one of an hour's pictures out by id.
func (l *layout) readings(h *hourFacts, n int) ([]reading, error) {
	if out, ok := l.placed[h.pictures[n]]; ok || h.pictures[n] == 0 {
		return out, nil
	}
	said, err := l.gauges(h, n)
	if err != nil {
		return nil, err
	}
	var out []reading
	for k, id := range l.ids {
		if n == 2 {
			k = seriesKey{sku: k.sku}
		}
		if v, known := said[k]; known {
			out = append(out, reading{id, v})
		}
	}
	l.placed[h.pictures[n]] = out
	return out, nil
}

// state is Complete when the orders reach the hour's end.
func (h *hourFacts) state() market.Condition {
	if h.at.Before(h.start.Add(time.Hour)) {
		return market.Partial
	}
	return market.Complete
}

// frame lays an hour out by id.
func (l *layout) frame(h *hourFacts) (series.Frame, error) {
	f := series.Frame{Revision: l.asOf, Slot: h.start, Step: time.Hour, At: h.at, State: h.state(), Columns: series.NewColumns(l.n)}
	for c := series.Units; c < series.Width; c++ {
		if h.known[c] {
			f.Columns.SetKnown(c)
		}
	}
	for _, k := range h.sortedFlows() {
		v := h.flows[k]
		id := l.ids[k.seriesKey]
		old, _ := f.Columns.Value(k.column, id)
		if !f.Columns.Set(k.column, id, old+v) {
			f.Columns.Forget(k.column, id)
		}
		if k.region != "" {
			f.Regions = append(f.Regions, series.RegionFlow{Series: id, Region: market.Region(k.region), Column: k.column, Value: v})
		}
	}
	for n, c := range []series.Column{series.Stock, series.Price, series.RivalPrice} {
		all, err := l.readings(h, n)
		if err != nil {
			return f, err
		}
		for _, x := range all {
			if f.Columns.Set(c, x.id, x.v) && h.carried[n] {
				f.Stale.Set(int(x.id))
			}
		}
	}
	return f, nil
}

func (h *hourFacts) sortedFlows() []flowKey {
	return slices.SortedFunc(maps.Keys(h.flows), func(a, b flowKey) int {
		return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.channel, b.channel), cmp.Compare(a.region, b.region), cmp.Compare(a.column, b.column))
	})
}

// catalogueAt is the catalogue by SKU.
func catalogueAt(tx *storage.Tx, shop market.ShopID, now time.Time) (map[market.SKU]series.Series, error) {
	_, b, found, err := tx.State(shop, market.Items, now, 0)
	if err != nil || !found {
		return map[market.SKU]series.Series{}, err
	}
	out := make(map[market.SKU]series.Series, b.Len())
	sku, title, unit, category, brand := b.Column("sku"), b.Column("title"), b.Column("unit"), b.Column("category"), b.Column("brand")
	for i := range b.Len() {
		out[market.SKU(sku.Text(i))] = series.Series{
			Unit: market.Unit(unit.Text(i)), Category: market.Category(category.Text(i)), Brand: brand.Text(i), Title: title.Text(i),
		}
	}
	return out, nil
}
