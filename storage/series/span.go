package series

import (
	"fmt"
	"strings"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Span is the flows of all series over business days as of a revision. It reads
// inside the transaction that it was asked for in.
//
// The day that goes on is in memory. The sums over days before it are kept
// decoded, among the rows that the store keeps, by the versions that they are
// made of: they are right for as long as somebody asks for these versions.
type Span struct {
	From, To market.Day
	// Slots is how many slots of the span are stored; when none is kept any more,
	// how many days.
	Slots int

	s      *Store
	tx     *storage.Tx
	shop   *market.Shop
	closed *dayFinder
	inMem  []*totals // of closed days that are not rolled up yet
	today  *totals
	name   string // of what the closed days say
}

// Span finds the days from..to.
func (s *Store) Span(tx *storage.Tx, shop *market.Shop, from, to market.Day, asOf market.Revision) (*Span, error) {
	sp := &Span{From: from, To: to, s: s, tx: tx, shop: shop, closed: s.finder(tx, shop, asOf)}
	slots, err := s.Slots(tx, shop.ID, shop.Window(from, to), asOf)
	if err != nil {
		return nil, err
	}
	sp.Slots = len(slots)
	newest := market.Day(-1 << 31)
	if p := s.Panel(shop.ID); p != nil && p.now != nil {
		newest = shop.Day(p.slot.Start)
	}
	var name strings.Builder
	for day := from; day <= to; day++ {
		if err := sp.find(day, newest, &name); err != nil {
			return nil, fmt.Errorf("day %s of %s: %w", day, shop.ID, err)
		}
	}
	sp.name = name.String()
	if len(slots) == 0 {
		sp.Slots = len(sp.closed.found)
	}
	return sp, nil
}

// find adds a day to the span.
func (sp *Span) find(day, newest market.Day, name *strings.Builder) error {
	ref, err := sp.closed.find(day)
	if err != nil || ref == nil {
		return err
	}
	if ref.p != nil {
		ref.name(name)
		return nil
	}
	var sums *totals
	if day == newest {
		if sums, err = sp.s.today(ref.slots, day); err != nil {
			return err
		}
	} else {
		sums = sp.s.known(sp.s.running(sp.shop.ID), day, ref.slots.slots)
	}
	if sums != nil {
		last := len(sp.closed.found) - 1
		sp.closed.found = sp.closed.found[:last]
	}
	if sums != nil && day == newest {
		sp.today = sums
		return nil
	}
	if sums != nil {
		sp.inMem = append(sp.inMem, sums)
	}
	ref.name(name)
	return nil
}

// Sum adds up a flow over the span; c must be one.
func (sp *Span) Sum(c Column) (*Sum, error) {
	col, _ := SumOf(c)
	out := &Sum{col: col, today: sp.today}
	if sp.name == "" {
		return out, nil
	}
	kept, err := sp.tx.Decoded(fmt.Sprintf("series/%s/%v%s", shopName(sp.shop.ID), c, sp.name), func() (any, int64, error) {
		all, err := sp.sum(c)
		if err != nil {
			return nil, 0, err
		}
		return all, int64(8*len(all.v) + 8*len(all.null)), nil
	})
	if err != nil {
		return nil, fmt.Errorf("%v of %s from %s to %s: %w", c, sp.shop.ID, sp.From, sp.To, err)
	}
	out.closed = kept.(*sums)
	return out, nil
}

// rows is how many series the closed days know.
func (sp *Span) rows() int {
	n := 0
	for _, ref := range sp.closed.found {
		if ref.p != nil {
			n = max(n, ref.version().rows)
		} else {
			n = max(n, ref.slots.rows)
		}
	}
	for _, t := range sp.inMem {
		n = max(n, t.n)
	}
	return n
}

// sum adds up the closed days, chunk by chunk.
func (sp *Span) sum(c Column) (*sums, error) {
	col, _ := SumOf(c)
	all, others := newSums(sp.rows()), *sp
	tables, rest, err := sp.columns(int(col))
	if err != nil {
		return nil, err
	}
	others.closed = rest
	for _, t := range sp.inMem {
		tables = append(tables, &t.table)
	}
	for from := 0; from < len(all.v); from += chunk {
		to := min(from+chunk, len(all.v))
		for _, t := range tables {
			all.addTable(from, t, int(col), from, to)
		}
		err := others.each(c, from, to, func(v []int64, null market.Bits) { all.add(from, v, null) })
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fewDays is up to how many days a column of each is kept by itself, so that the
// next day does not make the sum of a week anew.
const fewDays = 8

// columns are the days that stand by themselves in their month, when they are
// few, and the others.
func (sp *Span) columns(col int) (some []*table, others *dayFinder, err error) {
	if len(sp.closed.found) > fewDays {
		return nil, sp.closed, nil
	}
	rest := *sp.closed
	rest.found = nil
	for _, ref := range sp.closed.found {
		if ref.p == nil || ref.p.level > 0 {
			rest.found = append(rest.found, ref)
			continue
		}
		days, err := sp.s.columnsOf(sp.tx, sp.shop, ref.p, []*dayRef{ref}, col)
		if err != nil {
			return nil, nil, err
		}
		some = append(some, days[0])
	}
	return some, &rest, nil
}

// each visits what the closed days that are not in memory say of a flow of the
// series from..to, which lie inside one chunk.
func (sp *Span) each(c Column, from, to int, visit func(v []int64, null market.Bits)) error {
	col, _ := SumOf(c)
	see := func(x *span) { visit(x.v, x.null) }
	err := sp.closed.eachMonth(func(p *period, refs []*dayRef) error {
		v, err := sp.s.view(sp.tx, dayLayout, sp.shop.ID, p)
		if err != nil {
			return err
		}
		some := make([]chosen, len(refs))
		for i, r := range refs {
			some[i] = r.chosen
		}
		return v.each(int(col), from, to, some, see)
	})
	for _, ref := range sp.closed.found {
		if err == nil && ref.p == nil {
			err = ref.slots.flow(c, from, to, see)
		}
	}
	return err
}

// flow visits one column of the slots.
func (d *dayReader) flow(c Column, from, to int, visit func(*span)) error {
	for _, p := range d.periods {
		v, err := d.s.view(d.tx, clockLayout, d.shop.ID, p)
		if err != nil {
			return err
		}
		if err := v.each(int(c), from, to, d.chosen[p], visit); err != nil {
			return err
		}
	}
	return nil
}

// Top is Panel.Top by a flow over the span, or by a gauge as it stands in the
// panel. What is found is kept, since a question is often asked again before
// anything has changed.
func (sp *Span) Top(p *Panel, c Column, n int, f Filter) (top []Ranked, known int, err error) {
	name := fmt.Sprintf("series/%s/top/%d/%v/%d/%q/%q/%q", shopName(sp.shop.ID), p.picture, c, n, f.Unit, f.Channel, f.Category)
	if f.Band != nil {
		name += fmt.Sprintf("/%d-%d", f.Band.From, f.Band.To)
	}
	if !c.Gauge() {
		if name += sp.name; sp.today != nil {
			name += fmt.Sprintf(" today %d", sp.today.picture)
		}
	}
	type list struct {
		top   []Ranked
		known int
	}
	kept, err := sp.tx.Decoded(name, func() (any, int64, error) {
		load := func(from int, v []int64) market.Bits { return p.now.Part(c, from, v) }
		if !c.Gauge() {
			sum, err := sp.Sum(c)
			if err != nil {
				return nil, 0, err
			}
			load = sum.Part
		}
		top, known := p.Top(n, f, load)
		return list{top, known}, int64(len(name) + 16*len(top)), nil
	})
	if err != nil {
		return nil, 0, err
	}
	l := kept.(list)
	return l.top, l.known, nil
}
