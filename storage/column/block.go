package column

import "encoding/binary"

// A block is columns of some rows:
//
//	version u8 | kind u8 | rows u16 | columns u8 | {number u8, end u32} per column | columns
//
// end counts from the first column's first byte. Each column is compressed by
// itself (Codec.Pack), so a reader pays only for the columns it wants. What a
// kind means, and how many values a row has, is the caller's affair.
const blockVersion = 1

// MaxRows is how many rows a block may have.
const MaxRows = 8192

// Writer gathers the columns of a block.
type Writer struct {
	codec   *Codec
	kind    byte
	rows    int
	ids     []uint8
	ends    []uint32
	columns []byte
}

// NewWriter begins a block; rows is at most MaxRows.
func NewWriter(c *Codec, kind byte, rows int) *Writer {
	return &Writer{codec: c, kind: kind, rows: rows}
}

// Reset begins another block in the same memory.
func (w *Writer) Reset(kind byte, rows int) {
	w.kind, w.rows = kind, rows
	w.ids, w.ends, w.columns = w.ids[:0], w.ends[:0], w.columns[:0]
}

// Add compresses raw as the column of that number.
func (w *Writer) Add(id uint8, raw []byte) {
	w.columns = w.codec.Pack(w.columns, raw)
	w.ids = append(w.ids, id)
	w.ends = append(w.ends, uint32(len(w.columns)))
}

// AddShortest is Add for the one of some forms that compresses best.
func (w *Writer) AddShortest(id uint8, raws ...[]byte) {
	at := len(w.columns)
	for i, raw := range raws {
		from := len(w.columns)
		w.columns = w.codec.Pack(w.columns, raw)
		if n := len(w.columns) - from; i > 0 && n >= from-at {
			w.columns = w.columns[:from]
		} else {
			w.columns = append(w.columns[:at], w.columns[from:]...)
		}
	}
	w.ids = append(w.ids, id)
	w.ends = append(w.ends, uint32(len(w.columns)))
}

// Bytes is the block; the Writer keeps no part of it.
func (w *Writer) Bytes() []byte {
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

// Block is a parsed block; its columns are decoded one at a time.
type Block struct {
	Kind  byte
	Rows  int
	codec *Codec
	cols  []stored // a few, as they stand
}

// stored is a column of a block, compressed.
type stored struct {
	id uint8
	b  []byte
}

// Parse reads the head of a block. The Block shares memory with b.
func (c *Codec) Parse(b []byte) (*Block, error) {
	r := Reader{B: b}
	head := r.Take(5)
	if head == nil || head[0] != blockVersion {
		return nil, ErrCorrupt
	}
	out := &Block{codec: c, Kind: head[1], Rows: int(binary.LittleEndian.Uint16(head[2:]))}
	list := r.Take(5 * int(head[4]))
	if r.Bad || out.Rows > MaxRows {
		return nil, ErrCorrupt
	}
	start := uint32(0)
	out.cols = make([]stored, 0, head[4])
	for i := 0; i < len(list); i += 5 {
		end := binary.LittleEndian.Uint32(list[i+1:])
		if _, twice := out.find(list[i]); twice || end < start || uint64(end) > uint64(len(r.B)) {
			return nil, ErrCorrupt
		}
		out.cols = append(out.cols, stored{list[i], r.B[start:end]})
		start = end
	}
	if int(start) != len(r.B) {
		return nil, ErrCorrupt
	}
	return out, nil
}

// Raw returns a column before decoding, and false when the block lacks it. It
// may share memory with scratch, which may be nil.
func (b *Block) Raw(id uint8, scratch []byte) (Reader, bool, error) {
	packed, found := b.find(id)
	if !found {
		return Reader{}, false, nil
	}
	raw, err := b.codec.Unpack(packed, scratch)
	return Reader{B: raw}, true, err
}

// Has reports whether the block has a column of that number.
func (b *Block) Has(id uint8) bool {
	_, found := b.find(id)
	return found
}

func (b *Block) find(id uint8) ([]byte, bool) {
	for i := range b.cols {
		if b.cols[i].id == id {
			return b.cols[i].b, true
		}
	}
	return nil, false
}
