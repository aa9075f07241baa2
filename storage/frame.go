package storage

import (
	"encoding/binary"
	"hash/maphash"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// A picture is stored as a frame: a head, and blocks of rows. A whole frame
// holds the rows themselves. Any other holds, against its base picture, which
// rows are gone, and for each column that changed the differences of numbers
// and the texts that are new. The rows of a frame stand in the order of its
// base, without those that are gone, followed by the rows that are new; a new
// row is compared with zeros and empty texts.
type frameHead struct {
	rev    market.Revision
	base   market.Revision // 0: whole
	rows   int
	blocks int
	before int     // rows of the base
	gone   []int32 // of the base's rows
}

const frameVersion = 1

func (h *frameHead) bytes() []byte {
	out := []byte{frameVersion}
	out = binary.AppendUvarint(out, uint64(h.base))
	out = binary.AppendUvarint(out, uint64(h.rows))
	out = binary.AppendUvarint(out, uint64(h.blocks))
	out = binary.AppendUvarint(out, uint64(h.before))
	out = binary.AppendUvarint(out, uint64(len(h.gone)))
	last := int32(-1)
	for _, i := range h.gone {
		out = binary.AppendUvarint(out, uint64(i-last-1))
		last = i
	}
	return out
}

// maxPicture bounds the rows of a picture, so that a decoder cannot be led to
// ask for any amount of memory.
const maxPicture = 1 << 26

func parseHead(rev market.Revision, b []byte) (frameHead, error) {
	r := column.Reader{B: b}
	if r.Byte() != frameVersion {
		return frameHead{}, column.ErrCorrupt
	}
	h := frameHead{
		rev: rev, base: market.Revision(r.Uvarint()), rows: r.Count(maxPicture),
		blocks: r.Count(maxPicture), before: r.Count(maxPicture),
	}
	h.gone = column.ReadPositions(&r, h.before)
	if r.Bad || len(r.B) > 0 || h.rows > h.blocks*chunkRows || h.blocks > h.rows || h.before-len(h.gone) > h.rows {
		return frameHead{}, column.ErrCorrupt
	}
	return h, nil
}

func frameKey(rev market.Revision, part int) []byte {
	return keyUint(keyUint(nil, uint64(rev)), uint64(part))
}

func (tx *Tx) frameHead(space string, rev market.Revision) (frameHead, error) {
	key := frameKey(rev, 0)
	b, err := tx.get(space, key)
	if err != nil {
		return frameHead{}, err
	}
	h, err := parseHead(rev, b)
	if err != nil {
		return frameHead{}, damaged(space, key, err.Error())
	}
	return h, nil
}

// frame is a picture about to be stored: base and rows, brought into one order.
type frame struct {
	head frameHead
	base []market.Vector // nil: whole
	rows []market.Vector
}

// newFrame arranges rows after base, or makes a whole frame when base is nil
// or most rows are others.
func newFrame(s *schema, base, rows *market.Batch) *frame {
	picked := newestRows(s, rows)
	f := &frame{head: frameHead{rows: len(picked)}}
	if base != nil {
		order, gone := arrange(s, base, rows, picked)
		kept := base.Len() - len(gone)
		if 2*kept >= len(picked) && 2*kept >= base.Len() {
			f.head.before, f.head.gone = base.Len(), gone
			f.base = carry(base, gone, len(picked))
			picked = order
		}
	}
	for c := range s.table.Columns {
		var v market.Vector
		if s.table.Columns[c].Kind.Number() {
			v.Ints = []int64{}
		} else {
			v.Texts = []string{}
		}
		appendPicked(&v, rows.Col(c), 0, picked)
		clearUnknown(&v)
		f.rows = append(f.rows, v)
	}
	return f
}

// clearUnknown puts the zero value where nothing is known.
func clearUnknown(v *market.Vector) {
	if !v.Null.Any() {
		v.Null = nil
		return
	}
	for i := range v.Ints {
		if v.Null.Get(i) {
			v.Ints[i] = 0
		}
	}
	for i := range v.Texts {
		if v.Null.Get(i) {
			v.Texts[i] = ""
		}
	}
}

// arrange orders the picked rows as base has them, new ones last, and lists
// the rows of base that are gone.
func arrange(s *schema, base, rows *market.Batch, picked []int32) (order, gone []int32) {
	index := indexKeys(batchPiece(s, base))
	p := batchPiece(s, rows)
	match := make([]int32, base.Len())
	for i := range match {
		match[i] = -1
	}
	var fresh []int32
	for _, i := range picked {
		if j := index.find(p, int(i)); j >= 0 {
			match[j] = i
		} else {
			fresh = append(fresh, i)
		}
	}
	order = make([]int32, 0, len(picked))
	for j, i := range match {
		if i < 0 {
			gone = append(gone, int32(j))
		} else {
			order = append(order, i)
		}
	}
	return append(order, fresh...), gone
}

// keyIndex finds rows of a piece by key; keys in it are distinct.
type keyIndex struct {
	p     *piece
	seed  maphash.Seed
	slots []int32 // row plus 1
}

func indexKeys(p *piece) *keyIndex {
	size := 16
	for size < 2*p.rows {
		size *= 2
	}
	x := &keyIndex{p: p, seed: maphash.MakeSeed(), slots: make([]int32, size)}
	for i := range p.rows {
		at := int(p.hash(x.seed, i)) & (size - 1)
		for x.slots[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		x.slots[at] = int32(i) + 1
	}
	return x
}

// find returns the row with the key of row i of q, or -1.
func (x *keyIndex) find(q *piece, i int) int32 {
	at := int(q.hash(x.seed, i)) & (len(x.slots) - 1)
	for ; x.slots[at] != 0; at = (at + 1) & (len(x.slots) - 1) {
		if row := x.slots[at] - 1; x.p.sameKey(int(row), q, i) {
			return row
		}
	}
	return -1
}

// carry returns the vectors of base without the rows that are gone, filled up
// with zero values to n rows. They are base's own when nothing moves.
func carry(base *market.Batch, gone []int32, n int) []market.Vector {
	kept := keptRows(base.Len(), gone)
	out := make([]market.Vector, len(base.Table.Columns))
	for c := range out {
		v := base.Col(c)
		if len(gone) == 0 && n == base.Len() {
			out[c] = *v
			continue
		}
		appendPicked(&out[c], v, 0, kept)
		if base.Table.Columns[c].Kind.Number() {
			out[c].Ints = append(out[c].Ints, make([]int64, n-len(kept))...)
		} else {
			out[c].Texts = append(out[c].Texts, make([]string, n-len(kept))...)
		}
	}
	return out
}

func keptRows(n int, gone []int32) []int32 {
	kept := make([]int32, 0, n-len(gone))
	for i := range int32(n) {
		if len(gone) > 0 && gone[0] == i {
			gone = gone[1:]
			continue
		}
		kept = append(kept, i)
	}
	return kept
}

// putFrame writes a frame and returns its rows as they will be read, sharing
// the columns that did not change with the base.
func (tx *Tx) putFrame(space string, s *schema, rev market.Revision, f *frame) (*market.Batch, error) {
	rows, err := market.BatchOf(s.table, f.head.rows, f.rows)
	if err != nil {
		return nil, err
	}
	all := make([]int32, f.head.rows)
	for i := range all {
		all[i] = int32(i)
	}
	changed := make([]bool, len(f.rows))
	for _, chunk := range chunks(rows, all) {
		var payload []byte
		if f.base == nil {
			payload = tx.db.codec.encodeRows(s, rows, chunk, nil)
		} else {
			payload = tx.db.codec.encodeChange(s, f, chunk, changed)
		}
		f.head.blocks++
		if err := tx.put(space, frameKey(rev, f.head.blocks), payload); err != nil {
			return nil, err
		}
	}
	if f.base != nil && len(f.head.gone) == 0 && f.head.before == f.head.rows {
		for c := range f.rows {
			if !changed[c] {
				f.rows[c] = f.base[c]
			}
		}
		if rows, err = market.BatchOf(s.table, f.head.rows, f.rows); err != nil {
			return nil, err
		}
	}
	return rows, tx.put(space, frameKey(rev, 0), f.head.bytes())
}

// applyFrame decodes a picture from its base (nil for a whole frame). fresh is
// the memory that it does not share with the base.
func (tx *Tx) applyFrame(space string, s *schema, h *frameHead, base *market.Batch) (b *market.Batch, fresh int64, err error) {
	var cols []market.Vector
	touched := make([]bool, len(s.ids))
	if h.base == 0 {
		cols, err = tx.wholeFrame(space, s, h)
	} else {
		cols, err = tx.changedFrame(space, s, h, base, touched)
	}
	if err != nil {
		return nil, 0, err
	}
	moved := h.base == 0 || len(h.gone) > 0 || h.before != h.rows
	for c := range cols {
		if moved || touched[c] {
			fresh += vectorBytes(&cols[c])
		}
	}
	b, err = market.BatchOf(s.table, h.rows, cols)
	if err != nil {
		return nil, 0, damaged(space, frameKey(h.rev, 0), err.Error())
	}
	return b, fresh, nil
}

func (tx *Tx) wholeFrame(space string, s *schema, h *frameHead) ([]market.Vector, error) {
	out := newColumns(s, allColumns(s), h.rows)
	for part := 1; part <= h.blocks; part++ {
		b, err := tx.readBlock(space, frameKey(h.rev, part))
		if err != nil {
			return nil, err
		}
		if err := out.appendBlock(b, nil); err != nil {
			return nil, damaged(space, frameKey(h.rev, part), err.Error())
		}
	}
	return out.vectors, nil
}

func (tx *Tx) changedFrame(space string, s *schema, h *frameHead, base *market.Batch, touched []bool) ([]market.Vector, error) {
	if base.Len() != h.before {
		return nil, damaged(space, frameKey(h.rev, 0), "base picture has the wrong number of rows")
	}
	cols := carry(base, h.gone, h.rows)
	own := len(h.gone) > 0 || h.rows != h.before // carry has made copies
	from := 0
	for part := 1; part <= h.blocks; part++ {
		key := frameKey(h.rev, part)
		b, err := tx.readBlock(space, key)
		if err != nil {
			return nil, err
		}
		if from+b.Rows > h.rows || b.Kind != blockChange {
			return nil, damaged(space, key, "block does not fit its picture")
		}
		for c, id := range s.ids {
			r, found, err := b.Raw(id, nil)
			if err == nil && found {
				if !touched[c] && !own {
					cols[c] = cloneVector(&cols[c])
				}
				touched[c] = true
				err = applyChange(&r, &cols[c], from, b.Rows)
			}
			if err != nil {
				return nil, damaged(space, key, err.Error())
			}
		}
		from += b.Rows
	}
	if from != h.rows {
		return nil, damaged(space, frameKey(h.rev, 0), "blocks are missing")
	}
	return cols, nil
}
