package series

import (
	"fmt"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// span is values of one column: len(v) series next to each other. Under a
// null bit a gauge holds what it was before, or anything.
type span struct {
	v    []int64
	null market.Bits
}

func newSpan(n int) span { return span{v: make([]int64, n)} }

// unknown makes all of it null.
func (s *span) unknown() {
	clear(s.v)
	s.null = column.AllNull(len(s.v))
}

// view reads one period inside a transaction. Parsed blocks are kept for as
// long as it lives; it must not outlive the transaction.
type view struct {
	tx    *storage.Tx
	l     *layout
	shop  market.ShopID
	codec *column.Codec
	p     *period
	// group is the periods that share blocks with p, p among them; only on
	// levels that merge.
	group  []*period
	blocks map[string]*column.Block
	*scratch
}

// scratch is memory of views that are read one after the other; it is the
// reason why one reader of bases at a time may be in use.
type scratch struct {
	raw       []byte
	carry     []int64
	full, out span
	sum       []int64
	held      held
	expected  []int64
}

// room makes place for n series.
func (s *scratch) room(n int) {
	if len(s.sum) < n {
		s.full, s.out, s.sum = newSpan(n), newSpan(n), make([]int64, n)
	}
}

func (s *Store) view(tx *storage.Tx, l *layout, shop market.ShopID, p *period) (*view, error) {
	v := &view{tx: tx, l: l, shop: shop, codec: s.codec, p: p, blocks: map[string]*column.Block{}, scratch: &scratch{raw: make([]byte, 0, chunk*4)}}
	lev := l.levels[p.level]
	v.group = []*period{p}
	if lev.merges > 1 {
		first := lev.first(lev.group(p.index))
		all, err := loadPeriods(tx, l, shop, first, first+lev.merges-1)
		if err != nil {
			return nil, err
		}
		for i := range all {
			if all[i].index == p.index {
				all[i] = p
			}
			if all[i].level != p.level {
				return nil, fmt.Errorf("%w: %s is not on the level of its neighbours", storage.ErrDamaged, l.periodName(all[i].index))
			}
		}
		v.group = all
	}
	return v, nil
}

// block reads and parses a block; nil when there is none.
func (v *view) block(space string, key []byte) (*column.Block, error) {
	at := space + "\x00" + string(key)
	if b, ok := v.blocks[at]; ok {
		return b, nil
	}
	payload, err := v.tx.Space(space).Get(key)
	if err != nil {
		return nil, err
	}
	var b *column.Block
	if payload != nil {
		if b, err = v.codec.Parse(payload); err != nil {
			return nil, v.tx.Space(space).Damaged(key, err.Error())
		}
	}
	v.blocks[at] = b
	return b, nil
}

// turn goes on to another period of the same group.
func (v *view) turn(p *period) { v.p = p }

// forget gives up parsed blocks, when a reader goes on to other series.
func (v *view) forget() { clear(v.blocks) }

// decode reads n values of a column of a block, without a sum: differences
// stay differences. A column that is not there is all null, or no flag.
func (v *view) decode(b *column.Block, col, n int, dst *span) error {
	dst.null = nil
	r, found, err := b.Raw(uint8(col), v.raw)
	if err != nil {
		return err
	}
	flag := v.l.specs[col%related].flag
	if !found {
		clear(dst.v)
		if !flag {
			dst.null = column.AllNull(n)
		}
		return nil
	}
	dst.null, _ = column.ReadNulls(&r, n)
	clear(dst.v)
	if !flag && !r.Bad {
		column.ReadInts(&r, dst.v[:n])
	}
	if r.Bad || len(r.B) > 0 {
		return column.ErrCorrupt
	}
	return nil
}

// decodePart reads the values lo.. of the n of a column of a block, as many as
// dst has room for.
func (v *view) decodePart(b *column.Block, col, n, lo int, dst *span) error {
	if lo == 0 && len(dst.v) >= n {
		return v.decode(b, col, n, dst)
	}
	dst.null = nil
	clear(dst.v)
	flag := v.l.specs[col%related].flag
	r, found, err := b.Raw(uint8(col), v.raw)
	if err != nil {
		return err
	}
	if !found {
		if !flag {
			dst.null = column.AllNull(len(dst.v))
		}
		return nil
	}
	dst.null = column.ReadNullsPart(&r, n, lo, len(dst.v))
	if !flag && !r.Bad {
		column.ReadPart(&r, n, lo, dst.v)
	}
	if r.Bad {
		return column.ErrCorrupt
	}
	return nil
}

// value returns a version of the slot at position i: the base, or what the
// late space makes of it. b must be at or before i.
func (v *view) value(b *baseReader, i, k int) (*span, error) {
	e := &v.p.slots[i]
	base := &b.out
	if e.base {
		var err error
		if base, err = b.load(i); err != nil {
			return nil, err
		}
	} else {
		base.v, base.null = base.v[:b.to-b.from], nil
		clear(base.v)
		if !v.l.specs[b.col].flag {
			base.unknown()
		}
	}
	ver := &e.versions[k]
	if ver.base {
		return base, nil
	}
	space, key := v.l.lateSpace(v.shop, v.p.index, v.p.gen), lateKey(e.slot, ver.rev, b.from/chunk)
	n := min(chunk, ver.rows-b.from/chunk*chunk)
	if n <= 0 {
		out := newSpan(b.to - b.from)
		setNulls(&out, 0, len(out.v), v.l.specs[b.col].flag)
		return &out, nil
	}
	blk, err := v.block(space, key)
	if err != nil {
		return nil, err
	}
	if blk == nil || blk.Rows != n || blk.Kind != lateKind {
		return nil, v.tx.Space(space).Damaged(key, "block is missing or of another shape")
	}
	out, err := v.alter(blk, b, base, ver.rows)
	if err != nil {
		return nil, v.tx.Space(space).Damaged(key, err.Error())
	}
	return out, nil
}

// lateKind marks blocks of differences to a base.
const lateKind = 255

// alter applies a block of differences to a base, into new memory.
func (v *view) alter(blk *column.Block, b *baseReader, base *span, rows int) (*span, error) {
	r, found, err := blk.Raw(uint8(b.col), v.raw)
	if err != nil || !found {
		return base, err
	}
	null, _ := column.ReadNulls(&r, blk.Rows)
	out := newSpan(b.to - b.from)
	flagged := v.l.specs[b.col].flag
	if !flagged && !r.Bad {
		diff := make([]int64, blk.Rows)
		column.ReadInts(&r, diff)
		if at := b.from % chunk; at < len(diff) {
			copy(out.v, diff[at:])
		}
	}
	if r.Bad || len(r.B) > 0 {
		return nil, column.ErrCorrupt
	}
	if !flagged {
		for i := range out.v {
			if !base.null.Get(i) {
				out.v[i] += base.v[i]
			}
		}
	}
	out.null = beyond(slice(null, b.from%chunk, b.to-b.from), rows-b.from, b.to-b.from, flagged)
	return &out, nil
}
