package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage/series"
)

// soldBack is how far back orders are searched for items that no catalogue names,
// and soldBackBeside how far beside a catalogue, which names nearly all.
const (
	soldBack       = skuDays * 24 * time.Hour
	soldBackBeside = week
)

// lately is the stretch in which items are searched that no catalogue names; empty
// without orders.
func (l *loader) lately() (w market.Window, err error) {
	all, err := l.feeds([]string{market.OrderLines.Name}, latest, nil)
	end := known(all, market.OrderLines.Name)
	if err != nil || end.IsZero() {
		return w, err
	}
	back := soldBack
	if len(l.items.Items()) > 0 {
		back = soldBackBeside
	}
	return market.Window{Start: end.Add(-back), End: end}, nil
}

// soldItems are items that the orders of a stretch name and no catalogue does, by
// SKU, for which keep holds; the latest title is theirs.
func (l *loader) soldItems(w market.Window, keep func(Item) bool) ([]Item, error) {
	batches, err := l.events(market.OrderLines, market.OrderLines.Day, w, []string{"sku", "item", "title"})
	if err != nil {
		return nil, err
	}
	at := map[string]int64{}
	found := map[string]Item{}
	for _, b := range batches {
		placed, sku, item, title := b.Column(market.OrderLines.Day), b.Column("sku"), b.Column("item"), b.Column("title")
		for i := range b.Len() {
			key, ms := sku.Text(i), placed.Ints[i]
			if _, is := l.items.Find(market.SKU(key)); is || key == "" || ms < at[key] {
				continue
			}
			if x := (Item{SKU: market.SKU(key), Item: item.Text(i), Title: cmp.Or(title.Text(i), key)}); keep(x) {
				at[key], found[key] = ms, x
			}
		}
	}
	return sortedItems(found), nil
}

func sortedItems(found map[string]Item) []Item {
	out := make([]Item, 0, len(found))
	for _, x := range found {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Item) int { return cmp.Compare(a.SKU, b.SKU) })
	return out
}

// is reports whether text, in lower case, is the SKU or the marketplace's id of an
// item.
func (x Item) is(text string) bool {
	return strings.ToLower(string(x.SKU)) == text || x.Item != "" && strings.ToLower(x.Item) == text
}

// matchSold looks text up in what orders name: an exact SKU or id alone, else
// titles that contain it.
func (l *loader) matchSold(text string) (found []Item, exact bool, err error) {
	w, err := l.lately()
	if err != nil || w.Empty() {
		return nil, false, err
	}
	found, err = l.soldItems(w, func(x Item) bool { return x.is(text) || strings.Contains(strings.ToLower(x.Title), text) })
	if i := slices.IndexFunc(found, func(x Item) bool { return x.is(text) }); i >= 0 {
		return slices.DeleteFunc(found, func(x Item) bool { return !x.is(text) }), true, err
	}
	return found, false, err
}

// matchPanel finds the item of a panel whose SKU is text, in lower case: items that
// a listing names and neither a catalogue nor an order does.
func (l *loader) matchPanel(s *series.Store, text string) ([]Item, error) {
	if s == nil {
		return nil, nil
	}
	p, err := s.PanelAt(l.tx, l.shop.ID, l.asOf)
	if err != nil || p == nil {
		return nil, err
	}
	for id := range uint32(p.Len()) { //nolint:gosec // a panel has fewer than 2^32 series
		if strings.ToLower(string(p.SKU(id))) != text {
			continue
		}
		named, err := s.Describe(l.tx, l.shop.ID, id)
		if err != nil {
			return nil, err
		}
		return []Item{{SKU: p.SKU(id), Title: titled(&named[0]), Unit: named[0].Unit, Category: named[0].Category}}, nil
	}
	return nil, nil
}

// readSold reads what the orders of a stretch call the items of a shop that has no
// catalogue, once.
func (l *loader) readSold(w market.Window) error {
	if l.sold != nil || len(l.items.Items()) > 0 {
		return nil
	}
	found, err := l.soldItems(w, func(Item) bool { return true })
	l.sold = make(map[market.SKU]string, len(found))
	for _, x := range found {
		l.sold[x.SKU] = x.Title
	}
	return err
}

// title is the title of an item: the catalogue's, else that of the orders when
// they have been read, else its SKU.
func (l *loader) title(sku market.SKU) string {
	return cmp.Or(l.sold[sku], l.items.Title(sku))
}

// skuFromOrders is the story of an item of a shop that has no panel: what was
// paid and refunded, without prices and stock. A span that the question does not
// name ends where the orders do.
func (l *loader) skuFromOrders(q SKUQuery, named bool) (SKUHistory, error) {
	all, err := l.feeds([]string{market.OrderLines.Name}, q.Now, q.Fresh)
	if err != nil {
		return SKUHistory{}, err
	}
	if end := known(all, market.OrderLines.Name); !named && !end.IsZero() {
		q.To = min(q.To, l.shop.Day(end.Add(-time.Millisecond)))
		q.From = q.To - skuDays + 1
	}
	ask := FiguresQuery{
		AsOf: q.AsOf, Now: q.Now, From: q.From, To: q.To, Filter: metric.Filter{SKU: q.SKU, Channel: q.Channel}, By: metric.ByDay,
		Metrics: []string{"units", "orders", "gmv_paid", "refund_count"}, Fresh: q.Fresh,
	}
	f, err := l.figures(ask)
	if err != nil {
		return SKUHistory{}, err
	}
	h := SKUHistory{Shop: l.shop.ID, SKU: q.SKU, From: q.From, To: q.To, Data: f.Data, Total: figuresOf(f.Total), FromOrders: true}
	if len(f.Rows) == 0 {
		return h, ErrNoData // sold nothing in these days, as far as the orders go
	}
	if err := l.readSold(l.shop.Window(q.From, q.To)); err != nil {
		return h, err
	}
	h.Title, h.Unit = l.title(q.SKU), l.items.Unit(q.SKU)
	h.ordersByDay(l.shop, f)
	ask.By = metric.ByChannel
	if f, err = l.figures(ask); err != nil {
		return h, err
	}
	for _, r := range f.Rows {
		h.Channels = append(h.Channels, SKUChannel{Channel: market.Channel(r.Key), SKUFigures: figuresOf(r.Values)})
	}
	sortChannels(h.Channels)
	return h, nil
}

// ordersByDay fills in the days that the orders cover, from the first on which the
// item sold.
func (h *SKUHistory) ordersByDay(shop *market.Shop, f Figures) {
	rows := map[string][]Value{}
	for _, r := range f.Rows {
		rows[r.Key] = r.Values
	}
	sells := false
	for day := h.From; day <= h.To; day++ {
		d := SKUDay{Day: day}
		values, sold := rows[day.String()]
		if sells = sells || sold; sells && shop.Start(day).Before(f.Covered.End) {
			if !sold {
				values = make([]Value, len(f.Total))
				for i := range values {
					values[i].Known = f.Total[i].Known
				}
			}
			d.Hours, d.SKUFigures = 24, figuresOf(values)
		}
		h.Days = append(h.Days, d)
	}
}

// figuresOf are the values of units, orders, gmv_paid and refund_count.
func figuresOf(v []Value) SKUFigures {
	return SKUFigures{Units: whole(v[0]), Orders: whole(v[1]), GMV: whole(v[2]), Refunds: whole(v[3])}
}

// whole is a value that is a whole number, nil when it is not known.
func whole(v Value) *int64 { return maybe(int64(v.V), v.Known) }

// topFromOrders ranks the items of a shop that has no panel by what was paid. Other
// metrics than these need one: ErrNoData.
func (l *loader) topFromOrders(q TopQuery) (Top, error) {
	order := map[series.Column][]string{
		series.GMV: {"gmv_paid", "units", "orders"}, series.Units: {"units", "gmv_paid", "orders"}, series.Orders: {"orders", "gmv_paid", "units"},
	}[q.Metric]
	if order == nil {
		return Top{}, ErrNoData
	}
	f, err := l.figures(FiguresQuery{
		AsOf: q.AsOf, Now: q.Now, From: q.From, To: q.To, By: metric.BySKU, Top: q.Top, Metrics: order, Fresh: q.Fresh,
		Filter: metric.Filter{Unit: q.Unit, Channel: q.Channel, Category: q.Category, Band: q.Band},
	})
	if err != nil {
		return Top{}, err
	}
	t := Top{
		Shop: l.shop.ID, Metric: q.Metric.String(), From: q.From, To: q.To, Data: f.Data, Known: len(f.Rows) + f.More, More: f.More, FromOrders: true,
		Hours: int(f.Covered.End.Sub(f.Covered.Start) / time.Hour),
	}
	for _, r := range f.Rows {
		it := TopItem{SKU: market.SKU(r.Key), Channel: q.Channel, Title: cmp.Or(r.Name.Zh, r.Key), Unit: l.items.Unit(market.SKU(r.Key))}
		for i, key := range order {
			v := whole(r.Values[i])
			switch key {
			case "gmv_paid":
				it.GMV = v
			case "units":
				it.Units = v
			case "orders":
				it.Orders = v
			}
		}
		it.Value = orZero(whole(r.Values[0]))
		t.Items = append(t.Items, it)
	}
	return t, nil
}
