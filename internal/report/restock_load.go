package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/forecast"
	"shopwatch/internal/analysis/restock"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

const (
	service      = .98
	reviewDays   = 7
	demandDays   = 224 // of history that are read
	assumedLead  = 7.0 // days, when the catalogue does not say
	leadVaries   = .28 // of the lead time, as standard deviation: what carriers and makers usually keep
	longestLead  = 365 // days; more is a mistake of the source
	mostBound    = 1_000_000
	outlookDays  = 60 // for the day on which stock runs out
	restockDraws = 1  // seed of replays
)

// LoadRestock answers q. A shop without a complete picture of its stock gives
// ErrNoData.
func LoadRestock(ctx context.Context, db *storage.DB, shop *market.Shop, q RestockQuery) (Restock, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "restock", func(l *loader) (Restock, error) {
		r, err := l.restock(ctx, q)
		l.based(&r.Data)
		return r, err
	})
}

func (l *loader) restock(ctx context.Context, q RestockQuery) (Restock, error) {
	all, err := l.feeds(stockTables, q.Now, q.Fresh)
	if err != nil {
		return Restock{}, err
	}
	sold, err := l.salesWeek(all, q.Now)
	if err != nil {
		return Restock{}, err
	}
	at, lines, err := l.stockLines(&sold, q.Now)
	if err != nil {
		return Restock{}, err
	}
	r := Restock{
		Shop: l.shop.ID, At: at, Data: coverage(l.tx, all, at, zeroTime, q.AsOf),
		Service: cmp.Or(q.Service, service), Review: cmp.Or(q.Review, reviewDays),
	}
	d, err := l.demand(earlier(known(all, market.OrderLines.Name), q.Now), q.Now)
	if err != nil {
		return Restock{}, err
	}
	keep := StockQuery{Unit: q.Unit, Channel: q.Channel, SKU: q.SKU}
	for i := range lines {
		x := &lines[i]
		if !x.Listed || !keep.keeps(x) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return r, err
		}
		h, ok := d.history(string(x.SKU), string(x.Channel))
		if !ok && q.SKU == "" {
			continue // never sold in the period: nothing to order
		}
		r.add(l.plan(x, h, &r, d), q.SKU != "")
	}
	slices.SortFunc(r.Items, byUrgency)
	if q.Top > 0 && len(r.Items) > q.Top {
		r.More = len(r.Items) - q.Top
		r.Items = r.Items[:q.Top]
	}
	for i := range r.Items {
		it := &r.Items[i]
		d.runsOut(it)
		it.Regions = d.regions.split(string(it.SKU), string(it.Channel), it.Quantity)
	}
	return r, nil
}

// add counts a line and lists it when an order is due or it was asked for.
func (r *Restock) add(it RestockItem, named bool) {
	r.Selling++
	r.Short += b2i(it.TooFew)
	r.Due += b2i(it.Quantity > 0)
	r.Cost += it.Cost
	r.CostPart = r.CostPart || it.Quantity > 0 && it.Cost == 0
	if it.Quantity > 0 {
		r.AtRisk = plusLoss(r.AtRisk, it.AtRisk)
	}
	if named || it.Quantity > 0 {
		r.Items = append(r.Items, it)
	}
}

// byUrgency puts what must be ordered soonest first, and of those what would be
// missed most.
func byUrgency(a, b RestockItem) int {
	return cmp.Or(
		cmp.Compare(b2i(a.By == 0), b2i(b.By == 0)), cmp.Compare(a.By, b.By), cmp.Compare(b.AtRisk.Money, a.AtRisk.Money), cmp.Compare(b.PerDay, a.PerDay),
		cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Channel, b.Channel),
	)
}

// plan says what to order of a line.
func (l *loader) plan(x *analysis.StockLine, h restock.History, r *Restock, d *demand) RestockItem {
	it := RestockItem{
		SKU: x.SKU, Title: x.Title, Unit: x.Unit, Channel: x.Channel, Available: max(0, x.Available), Inbound: max(0, x.Inbound),
		LeadDays: float64(x.LeadDays), LeadAssumed: x.LeadDays <= 0 || x.LeadDays > longestLead,
	}
	if it.LeadAssumed {
		it.LeadDays = assumedLead
	}
	cost := market.Fen(-1)
	if item, ok := l.items.Find(x.SKU); ok {
		it.MOQ, it.Pack, cost = orderable(item.MOQ), orderable(item.Pack), item.Cost
	}
	terms := restock.Terms{
		Service: r.Service, Review: r.Review, LeadMean: it.LeadDays, LeadSD: leadVaries * it.LeadDays, MOQ: it.MOQ, Pack: it.Pack,
	}
	plan, ok := l.planned(line{string(x.SKU), string(x.Channel)}, h, terms, it.Available+it.Inbound)
	if !ok {
		it.TooFew = true
		return it
	}
	order := plan.Order(terms, it.Available, it.Inbound)
	it.UpTo, it.PerDay, it.Quantity, it.Why = plan.UpTo, plan.PerDay, order.Quantity, whyOf(plan)
	if order.Within < 366 {
		it.By = d.today + market.Day(order.Within)
	}
	if cost >= 0 {
		it.Cost = cost * market.Fen(it.Quantity)
	}
	pace := *x
	pace.PerDay, pace.Units = plan.PerDay, int64(plan.PerDay*float64(plan.Days))
	it.AtRisk, it.AtRiskKnown = pace.Loss(it.LeadDays+float64(r.Review)), x.Price > 0
	return it
}

// orderable is a number of pieces that an order can be bound to; 0, nothing, for
// one that no supplier means.
func orderable(n int64) int64 {
	if n < 0 || n > mostBound {
		return 0
	}
	return n
}

func whyOf(p restock.Plan) RestockWhy {
	w := RestockWhy{Plain: p.Plain, Campaign: p.Campaign, Safety: p.Safety, CampaignDays: p.CampaignDays, Days: p.Margin.Days}
	if !math.IsNaN(p.Margin.Fill) {
		w.Replayed = p.Margin.Fill
	}
	return w
}

// demand is pieces sold a day per line, and on which days there was nothing to
// sell.
type demand struct {
	*loader
	*outflow
	first, today market.Day
	whole        int                       // days from first that are known whole
	empty        []map[int32]bool          // by day: rows of the pictures without stock
	plan         map[market.Unit][]float64 // of the calendar, also ahead
}

// outflow is what the orders of a stretch tell about demand. Nobody changes it
// once it is read.
type outflow struct {
	of      soldSpan
	units   map[line][]float64
	any     []bool
	regions regionSales
}

// soldSpan is a stretch of whole days as of a revision.
type soldSpan struct {
	at    market.Revision
	first market.Day
	whole int
}

func (l *loader) demand(end, now time.Time) (*demand, error) {
	d := &demand{loader: l, today: l.shop.Day(now), plan: map[market.Unit][]float64{}, outflow: &outflow{regions: newRegionSales()}}
	d.first = d.today - demandDays
	if !end.IsZero() {
		d.whole = max(0, int(min(d.today, l.shop.Day(end))-d.first))
	}
	for _, u := range append([]market.Label{{}}, l.shop.Units...) {
		unit := market.Unit(u.ID)
		for day := d.first; day < d.today+outlookDays+longestAhead; day++ {
			d.plan[unit] = append(d.plan[unit], l.shop.Calendar.Factor(unit, day))
		}
	}
	if d.whole == 0 {
		return d, nil
	}
	if err := d.readSales(); err != nil {
		return nil, err
	}
	return d, d.readShelves()
}

// readSales adds up the orders, or takes what was added up for another question
// about the same facts: the reports of all teams begin with it.
func (d *demand) readSales() error {
	w := d.shop.Window(d.first, d.first+market.Day(d.whole)-1)
	batches, err := d.events(market.OrderLines, "paid_at", w, append(slices.Clone(soldColumns), "region"))
	if err != nil {
		return err
	}
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	span := soldSpan{d.revision(), d.first, d.whole}
	if kept := d.cache.sold; kept != nil && kept.of == span {
		d.outflow = kept
		return nil
	}
	d.outflow = &outflow{of: span, units: map[line][]float64{}, any: make([]bool, d.whole), regions: newRegionSales()}
	for _, b := range batches {
		d.sum(d.shop, b)
	}
	d.cache.sold = d.outflow
	return nil
}

// sum adds the paid lines of a batch.
func (d *outflow) sum(shop *market.Shop, b *market.Batch) {
	start, end := shop.Window(d.of.first, d.of.first+market.Day(d.of.whole)-1).Millis()
	at, status, sku, channel, qty := b.Column("paid_at"), b.Column("status"), b.Column("sku"), b.Column("channel"), b.Column("qty")
	region := b.Column("region")
	for i := range b.Len() {
		ms, ok := at.Int(i)
		if !ok || ms < start || ms >= end || status.Text(i) == market.Placed {
			continue
		}
		day := int(shop.Day(time.UnixMilli(ms)) - d.of.first)
		d.any[day] = true
		if demandDays-day <= regionDays {
			d.regions.add(sku.Text(i), channel.Text(i), region.Text(i), qty.Ints[i])
		}
		// A picture without channels has one stock for all of them.
		d.add(line{sku.Text(i), ""}, day, qty.Ints[i])
		if on := channel.Text(i); on != "" {
			d.add(line{sku.Text(i), on}, day, qty.Ints[i])
		}
	}
}

func (d *outflow) add(k line, day int, qty int64) {
	row := d.units[k]
	if row == nil {
		row = make([]float64, d.of.whole)
		d.units[k] = row
	}
	row[day] += float64(qty)
}

func (d *demand) readShelves() error {
	moments := d.noons(d.first, d.first+market.Day(d.whole)-1)
	times, values, err := history(d.loader, &d.cache.noons, market.Inventory, moments, readShelf)
	if err != nil {
		return err
	}
	d.empty = make([]map[int32]bool, d.whole)
	for k, at := range times {
		out := map[int32]bool{}
		for id, s := range values[k] {
			if s.set && !s.v {
				out[int32(id)] = true
			}
		}
		d.empty[int(d.shop.Day(at)-d.first)] = out
	}
	return nil
}

// history is the daily demand of a line from its first sale on, with the
// calendar. Days on which it had nothing to sell, and days of which nothing at
// all is known, are unknown. ok is false when it was never sold.
func (d *demand) history(sku, channel string) (restock.History, bool) {
	row, ok := d.units[line{sku, channel}]
	if !ok {
		return restock.History{}, false
	}
	begin := slices.IndexFunc(row, func(v float64) bool { return v > 0 })
	if begin < 0 {
		return restock.History{}, false
	}
	d.cache.mu.Lock()
	id := d.cache.noons.id(shelfOf(sku, channel))
	d.cache.mu.Unlock()
	plan, ok := d.plan[d.items.Unit(market.SKU(sku))]
	if !ok {
		plan = d.plan[""] // of a unit that is not configured
	}
	h := restock.History{Demand: make([]float64, 0, demandDays), Plan: plan[begin:]}
	for day := begin; day < demandDays; day++ {
		v := math.NaN()
		if day < d.whole && d.any[day] && !d.empty[day][id] {
			v = row[day]
		}
		h.Demand = append(h.Demand, v)
	}
	return h, true
}

// runsOut finds the days on which a line's stock ends.
func (d *demand) runsOut(it *RestockItem) {
	h, ok := d.history(string(it.SKU), string(it.Channel))
	if !ok || it.TooFew {
		return
	}
	marks := make([]forecast.Mark, len(h.Plan))
	for i, factor := range h.Plan {
		if factor != 1 {
			marks[i] = forecast.Mark{Phase: "campaign", Plan: factor}
		}
	}
	f, _, err := forecast.RunMarked(h.Demand, marks, forecast.Daily, outlookDays)
	if err != nil {
		return
	}
	if step, ok := f.RunsOut(float64(it.Available), nil, .5); ok {
		it.OutBy = d.today + market.Day(step)
	}
	if step, ok := f.RunsOut(float64(it.Available), nil, .2); ok {
		it.EarlyOut = d.today + market.Day(step)
	}
}
