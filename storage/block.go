package storage

import (
	"encoding/binary"

	"shopwatch/internal/market"
)

// A block is rows of one table, column by column:
//
//	version u8 | kind u8 | rows u16 | columns u8 | {number u8, end u32} per column | columns
//
// end counts from the first column's first byte. Each column is compressed by
// itself (codec.pack), so a reader pays only for the columns it wants. A column
// that is missing holds no value in kind rows, and no change in kind change.
const (
	blockVersion = 1
	blockRows    = 0
	blockChange  = 1 // differences to the rows of another picture

	chunkRows  = 8192    // rows of a full block
	chunkBytes = 4 << 20 // texts of one column in a block, about
	maxText    = 1 << 20 // the longest text
)

// blockWriter gathers the columns of a block.
type blockWriter struct {
	codec   *codec
	kind    byte
	rows    int
	ids     []uint8
	ends    []uint32
	columns []byte
	raw     []byte // of one column, reused
}

func (w *blockWriter) add(id uint8, raw []byte) {
	w.columns = w.codec.pack(w.columns, raw)
	w.ids = append(w.ids, id)
	w.ends = append(w.ends, uint32(len(w.columns)))
}

// addVector adds rows of v unless none of them has a value.
func (w *blockWriter) addVector(id uint8, v *market.Vector, rows []int32) {
	w.raw = appendVector(w.raw[:0], v, rows)
	if len(w.raw) == 1 && w.raw[0] == nullsAll {
		return
	}
	w.add(id, w.raw)
}

func (w *blockWriter) bytes() []byte {
	out := make([]byte, 0, 5+5*len(w.ids)+len(w.columns))
	out = append(out, blockVersion, w.kind)
	out = binary.LittleEndian.AppendUint16(out, uint16(w.rows))
	out = append(out, byte(len(w.ids)))
	for i, id := range w.ids {
		out = append(out, id)
		out = binary.LittleEndian.AppendUint32(out, w.ends[i])
	}
	return append(out, w.columns...)
}

// encodeRows makes a block of some rows of a batch. rev gives the revision of
// each row; nil leaves the revision column out.
func (c *codec) encodeRows(s *schema, b *market.Batch, rows []int32, rev []int64) []byte {
	w := blockWriter{codec: c, kind: blockRows, rows: len(rows)}
	for col, id := range s.ids {
		w.addVector(id, b.Col(col), rows)
	}
	if rev != nil {
		w.addVector(revisionID, &market.Vector{Ints: rev}, rows)
	}
	return w.bytes()
}

// block is a parsed block; its columns are decoded one at a time.
type block struct {
	codec *codec
	kind  byte
	rows  int
	index [256]span // by column number
}

type span struct {
	b     []byte
	found bool
}

// parseBlock reads the head of a block. The block shares memory with b.
func (c *codec) parseBlock(b []byte) (*block, error) {
	r := reader{b: b}
	head := r.take(5)
	if head == nil || head[0] != blockVersion || head[1] > blockChange {
		return nil, errCorrupt
	}
	out := &block{codec: c, kind: head[1], rows: int(binary.LittleEndian.Uint16(head[2:]))}
	list := r.take(5 * int(head[4]))
	if r.bad || out.rows > chunkRows {
		return nil, errCorrupt
	}
	start := uint32(0)
	for i := 0; i < len(list); i += 5 {
		end := binary.LittleEndian.Uint32(list[i+1:])
		if end < start || uint64(end) > uint64(len(r.b)) || out.index[list[i]].found {
			return nil, errCorrupt
		}
		out.index[list[i]] = span{b: r.b[start:end], found: true}
		start = end
	}
	if int(start) != len(r.b) {
		return nil, errCorrupt
	}
	return out, nil
}

// raw returns a column before decoding, and false when the block lacks it.
func (b *block) raw(id uint8) (reader, bool, error) {
	s := b.index[id]
	if !s.found {
		return reader{}, false, nil
	}
	raw, err := b.codec.unpack(s.b)
	return reader{b: raw}, true, err
}

// vector decodes a column; one that the block lacks is all null.
func (b *block) vector(id uint8, text bool) (market.Vector, error) {
	r, found, err := b.raw(id)
	if err != nil {
		return market.Vector{}, err
	}
	if !found {
		return readVector(&reader{b: []byte{nullsAll}}, b.rows, text)
	}
	return readVector(&r, b.rows, text)
}

// chunks cuts rows into runs that fit a block.
func chunks(b *market.Batch, rows []int32) [][]int32 {
	var out [][]int32
	var texts []*market.Vector
	for c := range b.Table.Columns {
		if v := b.Col(c); v.Texts != nil {
			texts = append(texts, v)
		}
	}
	for len(rows) > 0 {
		n := min(len(rows), chunkRows)
		for _, v := range texts {
			n = fit(v.Texts, rows[:n])
		}
		out = append(out, rows[:n])
		rows = rows[n:]
	}
	return out
}

// fit is how many of rows have texts within chunkBytes, at least 1.
func fit(texts []string, rows []int32) int {
	size := 0
	for i, row := range rows {
		if size += len(texts[row]); size > chunkBytes && i > 0 {
			return i
		}
	}
	return len(rows)
}
