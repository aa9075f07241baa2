package storage

import (
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// A block holds rows of one table (storage/column gives its form). A column that
// is missing holds no value in kind rows, and no change in kind change.
const (
	blockRows   = 0
	blockChange = 1 // differences to the rows of another picture

	chunkRows  = column.MaxRows // rows of a full block
	chunkBytes = 4 << 20        // texts of one column in a block, about
	maxText    = 1 << 20        // the longest text
)

// codec is the column codec with what this package makes of it.
type codec struct{ *column.Codec }

func newCodec() (*codec, error) {
	c, err := column.NewCodec()
	return &codec{c}, err
}

// blockWriter gathers the columns of a block.
type blockWriter struct {
	*column.Writer
	raw []byte // of one column, reused
}

func (c *codec) newBlock(kind byte, rows int) *blockWriter {
	return &blockWriter{Writer: column.NewWriter(c.Codec, kind, rows)}
}

// addVector adds rows of v unless none of them has a value.
func (w *blockWriter) addVector(id uint8, v *market.Vector, rows []int32) {
	w.raw = appendVector(w.raw[:0], v, rows)
	if len(w.raw) == 1 && w.raw[0] == column.NullsAll {
		return
	}
	w.Add(id, w.raw)
}

// encodeRows makes a block of some rows of a batch. rev gives the revision of
// each row; nil leaves the revision column out.
func (c *codec) encodeRows(s *schema, b *market.Batch, rows []int32, rev []int64) []byte {
	w := c.newBlock(blockRows, len(rows))
	for col, id := range s.ids {
		w.addVector(id, b.Col(col), rows)
	}
	if rev != nil {
		w.addVector(revisionID, &market.Vector{Ints: rev}, rows)
	}
	return w.Bytes()
}

// block is a parsed block.
type block struct{ *column.Block }

func (c *codec) parseBlock(b []byte) (block, error) {
	out, err := c.Parse(b)
	if err == nil && out.Kind > blockChange {
		err = column.ErrCorrupt
	}
	return block{out}, err
}

// vector decodes a column; one that the block lacks is all null.
func (b block) vector(id uint8, text bool) (market.Vector, error) {
	r, found, err := b.Raw(id, nil)
	if err != nil {
		return market.Vector{}, err
	}
	if !found {
		return readVector(&column.Reader{B: []byte{column.NullsAll}}, b.Rows, text)
	}
	return readVector(&r, b.Rows, text)
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
