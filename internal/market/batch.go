package market

import "fmt"

// Batch is rows of one table, column by column. A Batch that has been stored or
// read from the store is shared and must not be changed.
type Batch struct {
	Table *Table
	n     int
	cols  []Vector
}

// Vector is the values of one column: Ints for number kinds, Texts for Text.
// Null marks the rows whose value is not known; the value there is 0 or "".
type Vector struct {
	Ints  []int64
	Texts []string
	Null  Bits
}

// Bits is a bitmap; bits past its end are 0, so the zero Bits is all clear.
type Bits []uint64

// Get returns bit i.
func (b Bits) Get(i int) bool {
	w := i >> 6
	return w < len(b) && b[w]&(1<<(i&63)) != 0
}

// Set sets bit i, growing b as needed.
func (b *Bits) Set(i int) {
	for i>>6 >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[i>>6] |= 1 << (i & 63)
}

// Any reports whether a bit is set.
func (b Bits) Any() bool {
	for _, w := range b {
		if w != 0 {
			return true
		}
	}
	return false
}

// NewBatch makes an empty batch of t with room for n rows.
func NewBatch(t *Table, n int) *Batch {
	b := &Batch{Table: t, cols: make([]Vector, len(t.Columns))}
	for i, c := range t.Columns {
		if c.Kind.Number() {
			b.cols[i].Ints = make([]int64, 0, n)
		} else {
			b.cols[i].Texts = make([]string, 0, n)
		}
	}
	return b
}

// BatchOf makes a batch of n rows from complete vectors in column order, as a
// decoder has them. It reports a vector of the wrong length or type.
func BatchOf(t *Table, n int, cols []Vector) (*Batch, error) {
	if len(cols) != len(t.Columns) {
		return nil, fmt.Errorf("batch of %s: %d columns, want %d", t.Name, len(cols), len(t.Columns))
	}
	for i, c := range t.Columns {
		ints, texts := n, 0
		if !c.Kind.Number() {
			ints, texts = 0, n
		}
		if len(cols[i].Ints) != ints || len(cols[i].Texts) != texts {
			return nil, fmt.Errorf("batch of %s: column %s has %d/%d values, want %d", t.Name, c.Name, len(cols[i].Ints), len(cols[i].Texts), n)
		}
	}
	return &Batch{Table: t, n: n, cols: cols}, nil
}

// Len is the number of rows; a nil batch has none.
func (b *Batch) Len() int {
	if b == nil {
		return 0
	}
	return b.n
}

// Append adds a row in which nothing is known and returns its index.
func (b *Batch) Append() int {
	i := b.n
	b.n++
	for c := range b.cols {
		v := &b.cols[c]
		if b.Table.Columns[c].Kind.Number() {
			v.Ints = append(v.Ints, 0)
		} else {
			v.Texts = append(v.Texts, "")
		}
		v.Null.Set(i)
	}
	return i
}

// SetInt sets a number (count, fen, milliseconds, day, 0 or 1) in row i.
func (b *Batch) SetInt(i, col int, x int64) {
	b.cols[col].Ints[i] = x
	b.cols[col].Null.clear(i)
}

// SetText sets a text in row i.
func (b *Batch) SetText(i, col int, s string) {
	b.cols[col].Texts[i] = s
	b.cols[col].Null.clear(i)
}

// Col returns the vector of a column by index.
func (b *Batch) Col(col int) *Vector { return &b.cols[col] }

// Column returns the vector of a column by name; a name that the table lacks is
// a mistake in the caller's code and panics.
func (b *Batch) Column(name string) *Vector { return &b.cols[b.Table.MustCol(name)] }

// Int returns row i of a number column, and false when it is not known.
func (v *Vector) Int(i int) (int64, bool) { return v.Ints[i], !v.Null.Get(i) }

// Text returns row i of a text column; what is not known is "".
func (v *Vector) Text(i int) string { return v.Texts[i] }

// Known reports whether row i has a value.
func (v *Vector) Known(i int) bool { return !v.Null.Get(i) }

// AppendRow copies row i of src, a batch of the same table.
func (b *Batch) AppendRow(src *Batch, i int) {
	at := b.n
	b.n++
	for c := range b.cols {
		v, s := &b.cols[c], &src.cols[c]
		if b.Table.Columns[c].Kind.Number() {
			v.Ints = append(v.Ints, s.Ints[i])
		} else {
			v.Texts = append(v.Texts, s.Texts[i])
		}
		if s.Null.Get(i) {
			v.Null.Set(at)
		}
	}
}

func (b Bits) clear(i int) {
	if w := i >> 6; w < len(b) {
		b[w] &^= 1 << (i & 63)
	}
}
