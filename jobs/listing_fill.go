package jobs

import (
	"errors"
	"math/bits"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/source/page"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// filling puts the pages of a listing into columns by series.
type filling struct {
	panel  *series.Panel // nil when the shop has none yet
	known  int           // series that had an id when the listing began
	cur    *series.Columns
	seen   market.Bits
	fresh  int // different series so far
	brings []brought

	added []series.Series   // new, in the order of their ids
	ids   map[string]uint32 // of those
	key   []byte
}

// brought is a column that the listing brings.
type brought struct {
	from int // in source.PanelColumns
	to   series.Column
}

func newFilling(p *series.Panel, columns []int) *filling {
	f := &filling{panel: p, ids: map[string]uint32{}}
	if p != nil {
		f.known = p.Len()
	}
	f.cur = series.NewColumns(f.known)
	for _, c := range columns {
		if to, ok := series.ParseColumn(source.PanelColumns[c].Name); ok {
			f.brings = append(f.brings, brought{c, to})
		}
	}
	return f
}

// take puts the rows of one page into the columns. An item that comes twice
// counts once, as it came last.
func (f *filling) take(l *source.Lines) (fresh int, err error) {
	cols := make([]*page.Col, len(f.brings))
	for i, b := range f.brings {
		cols[i] = l.Column(b.from)
	}
	for i := range l.Len() {
		channel, ok := l.Channel(i)
		if !ok {
			continue // refused, and counted as that
		}
		id := f.id(l.SKU(i), channel)
		if !f.seen.Get(int(id)) {
			f.seen.Set(int(id))
			fresh++
		}
		for n, b := range f.brings {
			if !cols[n].Known(i) {
				f.cur.Forget(b.to, id)
				continue
			}
			f.cur.Set(b.to, id, cols[n].Ints[i])
		}
	}
	f.fresh += fresh
	return fresh, nil
}

// id is the row of a series, a new one for a series that is new.
func (f *filling) id(sku []byte, channel string) uint32 {
	if f.panel != nil {
		if id, ok := f.panel.FindBytes(sku, channel); ok && int(id) < f.known {
			return id
		}
	}
	f.key = append(append(append(f.key[:0], sku...), 0), channel...)
	if id, ok := f.ids[string(f.key)]; ok {
		return id
	}
	id := uint32(f.known + len(f.added))
	f.ids[string(f.key)] = id
	f.added = append(f.added, series.Series{SKU: market.SKU(sku), Channel: market.Channel(channel)})
	if int(id) >= f.cur.Len() {
		f.cur = resized(f.cur, max(1024, f.cur.Len()*2))
	}
	return id
}

// resized copies columns to another length; new rows are not known.
func resized(c *series.Columns, n int) *series.Columns {
	out := series.NewColumns(n)
	m := min(n, c.Len())
	for col := range series.Column(series.Width) {
		if col == series.GMV {
			copy(out.Int64s()[:m], c.Int64s())
		} else {
			copy(out.Int32s(col)[:m], c.Int32s(col))
		}
		null, old := *out.Null(col), *c.Null(col)
		for w := range (m + 63) / 64 {
			var word uint64
			if w < len(old) {
				word = old[w]
			}
			if left := m - w*64; left < 64 {
				word |= null[w] &^ (1<<left - 1)
			}
			null[w] = word
		}
	}
	return out
}

// columns are the listing's columns, a row for each series. When the listing is
// not whole, gauges of items that did not come are carried over and marked.
func (f *filling) columns(partial bool) (cur *series.Columns, stale market.Bits) {
	if n := f.known + len(f.added); f.cur.Len() != n {
		f.cur = resized(f.cur, n)
	}
	if !partial || f.panel == nil {
		return f.cur, nil
	}
	before, _ := f.panel.Now()
	if before == nil {
		return f.cur, nil
	}
	for w := range (f.known + 63) / 64 {
		var seen uint64
		if w < len(f.seen) {
			seen = f.seen[w]
		}
		for missing := ^seen; missing != 0; missing &= missing - 1 {
			id := w*64 + bits.TrailingZeros64(missing)
			if id >= f.known {
				break
			}
			stale.Set(id)
			f.carry(before, uint32(id))
		}
	}
	return f.cur, stale
}

// carry takes over the readings of a series that did not come.
func (f *filling) carry(before *series.Columns, id uint32) {
	for col := range series.Column(series.Width) {
		if !col.Gauge() {
			continue
		}
		if v, ok := before.Value(col, id); ok {
			f.cur.Set(col, id, v)
		}
	}
}

// errOtherWriter says that two jobs write one panel.
var errOtherWriter = errors.New("the panel was given other items while its listing was read: a panel has one source")

// register gives new series the ids under which their rows stand.
func (f *filling) register(tx *storage.Tx, panels *series.Store, shop *market.Shop) error {
	if len(f.added) == 0 {
		return nil
	}
	ids, err := panels.Register(tx, shop, f.added)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if int(id) != f.known+i {
			return errOtherWriter
		}
	}
	return nil
}
