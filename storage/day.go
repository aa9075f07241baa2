package storage

import (
	"math"
	"sync"

	"shopwatch/internal/market"
)

// dayRows is a business day of events after merging: which row of which block
// holds the newest version of each key, and the columns asked for so far. It
// is shared by all readers and filled as they ask.
type dayRows struct {
	key    cacheKey
	schema *schema
	space  string
	rows   int
	picked []pickedBlock

	mu    sync.Mutex
	known []bool // which columns are loaded
	cols  []market.Vector
	blank [2]market.Vector // of numbers and of texts, shared by columns that nobody asked for
}

type pickedBlock struct {
	number uint64
	rows   []int32
}

// dayRows returns the merged rows of a day as of a revision, from memory if it
// has them. What an unfinished Update has written is never put into memory,
// because its revision number may yet be given to other rows.
func (tx *Tx) dayRows(shop market.ShopID, s *schema, d *directory, asOf market.Revision) (*dayRows, error) {
	if asOf >= d.newest {
		asOf = 0
	}
	key := cacheKey{shop: shop, table: s.table.Name, day: d.day, newest: d.newest, asOf: asOf}
	shared := d.newest <= tx.base
	if shared {
		if v, ok := tx.db.cache.get(key).(*dayRows); ok {
			return v, nil
		}
	}
	rows, err := tx.mergeDay(key, s, d)
	if err != nil || !shared {
		return rows, err
	}
	return tx.db.cache.put(key, rows, rows.bytes()).(*dayRows), nil
}

func (tx *Tx) mergeDay(key cacheKey, s *schema, d *directory) (*dayRows, error) {
	limit := int64(math.MaxInt64)
	if key.asOf > 0 {
		limit = int64(key.asOf)
	}
	out := &dayRows{
		key: key, schema: s, space: periodSpace("event", key.shop, key.table, key.day),
		known: make([]bool, len(s.ids)), cols: make([]market.Vector, len(s.ids)),
	}
	pieces := make([]*piece, len(d.blocks))
	for i, info := range d.blocks {
		at := keyUint(nil, info.number)
		b, err := tx.readBlock(out.space, at)
		if err == nil && b.Rows != info.rows {
			err = damaged(out.space, at, "block has the wrong number of rows")
		}
		if err != nil {
			return nil, err
		}
		if pieces[i], err = blockPiece(s, b); err != nil {
			return nil, damaged(out.space, at, err.Error())
		}
	}
	for i, rows := range winners(pieces, limit) {
		if len(rows) > 0 {
			out.picked = append(out.picked, pickedBlock{number: d.blocks[i].number, rows: rows})
			out.rows += len(rows)
			out.takeKey(pieces[i], rows)
		}
	}
	return out, nil
}

// blockPiece decodes what merging needs of a block.
func blockPiece(s *schema, b block) (*piece, error) {
	p := &piece{rows: b.Rows}
	for _, k := range s.key {
		v, err := b.vector(s.ids[k], !s.table.Columns[k].Kind.Number())
		if err != nil {
			return nil, err
		}
		p.key = append(p.key, v)
	}
	if s.version >= 0 {
		v, err := b.vector(s.ids[s.version], false)
		if err != nil {
			return nil, err
		}
		p.version = &v
	}
	rev, err := b.vector(revisionID, false)
	if err != nil {
		return nil, err
	}
	p.rev = rev.Ints
	return p, nil
}

// takeKey keeps the key columns, which merging has decoded anyway.
func (r *dayRows) takeKey(p *piece, rows []int32) {
	before := r.rows - len(rows)
	for i, k := range r.schema.key {
		r.known[k] = true
		appendPicked(&r.cols[k], &p.key[i], before, rows)
	}
}

func (r *dayRows) bytes() int64 {
	n := int64(512 + 4*r.rows)
	for i := range r.cols {
		if r.known[i] {
			n += vectorBytes(&r.cols[i])
		}
	}
	return n
}

// batch returns the day with the wanted columns.
func (r *dayRows) batch(tx *Tx, wanted []int) (*market.Batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.load(tx, wanted); err != nil {
		return nil, err
	}
	cols := make([]market.Vector, len(r.cols))
	copy(cols, r.cols)
	asked := make([]bool, len(cols))
	for _, c := range wanted {
		asked[c] = true
	}
	for c := range cols {
		if !asked[c] {
			cols[c] = r.blanks(!r.schema.table.Columns[c].Kind.Number())
		}
	}
	return market.BatchOf(r.schema.table, r.rows, cols)
}

// load decodes the wanted columns that are not there yet.
func (r *dayRows) load(tx *Tx, wanted []int) error {
	var missing []int
	for _, c := range wanted {
		if !r.known[c] {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	cols := newColumns(r.schema, missing, r.rows)
	for _, p := range r.picked {
		at := keyUint(nil, p.number)
		b, err := tx.readBlock(r.space, at)
		if err != nil {
			return err
		}
		if err := cols.appendBlock(b, p.rows); err != nil {
			return damaged(r.space, at, err.Error())
		}
	}
	var bytes int64
	for i, c := range missing {
		r.cols[c], r.known[c] = cols.vectors[i], true
		bytes += vectorBytes(&r.cols[c])
	}
	tx.db.cache.grow(r.key, bytes)
	return nil
}

// blanks returns a column of unknowns.
func (r *dayRows) blanks(text bool) market.Vector {
	i := 0
	if text {
		i = 1
	}
	if r.blank[i].Null == nil && r.rows > 0 {
		r.blank[i] = blankColumn(r.rows, text)
	}
	return r.blank[i]
}
