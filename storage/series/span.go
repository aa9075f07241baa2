package series

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
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
	fmt.Fprintf(name, " %d", day)
	for _, p := range ref.slots.periods {
		fmt.Fprintf(name, ":%d.%d", p.index, p.changes)
	}
	fmt.Fprintf(name, ".%d", ref.slots.rev)
	return nil
}

// sums are a column over some days, by series.
type sums struct {
	v    []int64
	null market.Bits
}

func newSums(n int) *sums { return &sums{v: make([]int64, n), null: column.AllNull(n)} }

// add takes values of the rows at.., a multiple of 64; rows past the last are left
// out.
func (s *sums) add(at int, v []int64, null market.Bits) {
	dst := s.v[min(at, len(s.v)):]
	dst = dst[:min(len(v), len(dst))]
	if len(null) == 0 {
		for i := range dst {
			dst[i] += v[i]
		}
	} else {
		for i := range dst {
			if !null.Get(i) {
				dst[i] += v[i]
			}
		}
	}
	know(s.null, at, len(dst), null)
}

// Sum is the sum of a flow over a span, by series: a picture that stays valid.
type Sum struct {
	col    DayColumn
	closed *sums
	today  *totals
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

// sum adds up the closed days.
func (sp *Span) sum(c Column) (*sums, error) {
	all := newSums(sp.rows())
	others := *sp
	if len(sp.closed.found) <= fewDays {
		var err error
		if others.closed, err = sp.addColumns(all, c); err != nil {
			return nil, err
		}
	}
	for from := 0; from < len(all.v); from += chunk {
		err := others.each(c, from, min(from+chunk, len(all.v)), func(v []int64, null market.Bits) { all.add(from, v, null) })
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fewDays is up to how many days a column of each is kept by itself, so that the
// next day does not make the sum of a week anew.
const fewDays = 8

// addColumns adds the days that stand by themselves in their month, and returns
// the others.
func (sp *Span) addColumns(all *sums, c Column) (*dayFinder, error) {
	col, _ := SumOf(c)
	rest := *sp.closed
	rest.found = nil
	v := make([]int64, chunk)
	for _, ref := range sp.closed.found {
		if ref.p == nil || ref.p.level > 0 {
			rest.found = append(rest.found, ref)
			continue
		}
		days, err := sp.s.columnsOf(sp.tx, sp.shop, ref.p, []*dayRef{ref}, int(col))
		if err != nil {
			return nil, err
		}
		for from := 0; from < days[0].n; from += chunk {
			part := v[:min(chunk, days[0].n-from)]
			all.add(from, part, days[0].part(int(col), from, part))
		}
	}
	return &rest, nil
}

// each visits what the closed days say of a flow of the series from..to, which
// lie inside one chunk.
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
	if err != nil {
		return err
	}
	for _, t := range sp.inMem {
		v := make([]int64, to-from)
		visit(v, t.piece(int(col), from, v))
	}
	return nil
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

// piece is part for rows that need not begin with a multiple of 64.
func (t *table) piece(col, from int, v []int64) market.Bits {
	t.load(v, col, from)
	have := min(max(t.n-from, 0), len(v))
	return beyond(slice(t.null[col], from, have), have, len(v), false)
}

// Part fills v with the sums of the series from.. (a multiple of 64) and returns
// which of them are not known.
func (s *Sum) Part(from int, v []int64) market.Bits {
	if s.closed == nil && s.today == nil {
		clear(v)
		return column.AllNull(len(v))
	}
	if s.closed == nil {
		return s.today.Part(s.col, from, v)
	}
	n := copy(v, s.closed.v[min(from, len(s.closed.v)):])
	clear(v[n:])
	null := beyond(slice(s.closed.null, from, n), n, len(v), false)
	if s.today == nil {
		return null
	}
	more := make([]int64, len(v))
	unknown := s.today.Part(s.col, from, more)
	both := make(market.Bits, (len(v)+63)/64)
	for i, x := range more {
		if !unknown.Get(i) {
			v[i] += x
		}
	}
	for w := range min(len(both), len(null), len(unknown)) {
		both[w] = null[w] & unknown[w]
	}
	return both
}

// Value is one sum, and false when it is not known.
func (s *Sum) Value(id uint32) (sum int64, known bool) {
	if s.closed != nil && int(id) < len(s.closed.v) && !s.closed.null.Get(int(id)) {
		sum, known = s.closed.v[id], true
	}
	if s.today != nil {
		if v, ok := s.today.Value(s.col, id); ok {
			sum, known = sum+v, true
		}
	}
	return sum, known
}

// Some is Sum for some series only, in their order: what few of them say costs
// little. A sum that is not known is nil.
func (sp *Span) Some(c Column, ids []uint32) ([]*int64, error) {
	closed := newSums(len(ids))
	if sp.name != "" {
		kept, err := sp.tx.Decoded(fmt.Sprintf("series/%s/%v%s %d", shopName(sp.shop.ID), c, sp.name, ids), func() (any, int64, error) {
			some, err := sp.some(c, ids)
			return some, int64(64 + 16*len(ids) + len(sp.name)), err
		})
		if err != nil {
			return nil, fmt.Errorf("%v of %d series of %s: %w", c, len(ids), sp.shop.ID, err)
		}
		closed = kept.(*sums)
	}
	today := &Sum{today: sp.today}
	today.col, _ = SumOf(c)
	out := make([]*int64, len(ids))
	for i, id := range ids {
		sum, known := today.Value(id)
		if !closed.null.Get(i) {
			sum, known = sum+closed.v[i], true
		}
		if known {
			out[i] = &sum
		}
	}
	return out, nil
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

// some adds up the closed days for some series: of each chunk that one of them
// lies in, from the first of them to the last.
func (sp *Span) some(c Column, ids []uint32) (*sums, error) {
	out := newSums(len(ids))
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ids[a], ids[b]) })
	for len(order) > 0 {
		n := 1
		for n < len(order) && ids[order[n]]/chunk == ids[order[0]]/chunk {
			n++
		}
		from, to := int(ids[order[0]]), int(ids[order[n-1]])+1
		part := newSums(to - from)
		if err := sp.each(c, from, to, func(v []int64, null market.Bits) { part.add(0, v, null) }); err != nil {
			return nil, err
		}
		for _, i := range order[:n] {
			if at := int(ids[i]) - from; !part.null.Get(at) {
				out.v[i] = part.v[at]
				out.null[i>>6] &^= 1 << (i & 63)
			}
		}
		order = order[n:]
	}
	return out, nil
}
