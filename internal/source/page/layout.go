package page

import (
	"fmt"
	"slices"

	"shopwatch/internal/market"
)

// Layout says where the items of a page are and what is wanted of them.
type Layout struct {
	// Items are the keys that lead from the document to the array of items;
	// none when the document is the array.
	Items  []string
	Fields []Field
}

// Kind is how the value of a field is read.
type Kind uint8

// Kinds. A Text may be written as a string or as a whole number; a Number as a
// number or as a string that holds one.
const (
	Text Kind = iota + 1
	Number
)

// Field is one member of an item.
type Field struct {
	Key  string
	Kind Kind
	// Scale is how many decimals a Number is moved by: 2 reads yuan as fen.
	Scale int
	// Limit is the largest magnitude of a Number, after scaling; 0 has none
	// beyond that of int64.
	Limit int64
	// Required: an item without it is refused.
	Required bool
}

// Rows is what Scan reads, a column per field in the order of Layout.Fields. The
// zero Rows is empty. Memory is kept for the next use.
type Rows struct {
	n    int
	Cols []Col
	// Refused counts the items that did not become rows; Refusals are the first
	// few of them.
	Refused  int
	Refusals []Refusal
}

// Col is a column: Ints of a Number, else texts.
type Col struct {
	Ints    []int64
	Unknown market.Bits // rows without a value
	text    []byte
	ends    []int // of each text in text
}

// Refusal is why an item is no row.
type Refusal struct {
	Item   int    // place on the page, from 1
	Field  string // key; empty when it is the item
	Reason string
}

// maxRefusals bounds Rows.Refusals.
const maxRefusals = 20

// Len is the number of rows.
func (r *Rows) Len() int { return r.n }

// Text is a text of row i, valid until the Rows are used again.
func (c *Col) Text(i int) []byte {
	from := 0
	if i > 0 {
		from = c.ends[i-1]
	}
	return c.text[from:c.ends[i]]
}

// Known reports whether row i has a value.
func (c *Col) Known(i int) bool { return !c.Unknown.Get(i) }

// Reset empties the rows and keeps their memory.
func (r *Rows) Reset() { r.cut(0, len(r.Cols)); r.Refused, r.Refusals = 0, r.Refusals[:0] }

// cut drops the rows from n on.
func (r *Rows) cut(n, cols int) {
	r.n = n
	r.Cols = slices.Grow(r.Cols[:min(cols, len(r.Cols))], cols)[:cols]
	for i := range r.Cols {
		c := &r.Cols[i]
		c.Ints, c.ends = c.Ints[:min(n, len(c.Ints))], c.ends[:min(n, len(c.ends))]
		c.text = c.text[:lastOr(c.ends, 0)]
		words := (n + 63) / 64
		if len(c.Unknown) > words {
			clear(c.Unknown[words:])
			c.Unknown = c.Unknown[:words]
		}
		if n%64 != 0 && len(c.Unknown) == words {
			c.Unknown[words-1] &= 1<<(n%64) - 1
		}
	}
}

func lastOr(v []int, def int) int {
	if len(v) == 0 {
		return def
	}
	return v[len(v)-1]
}

func (r *Rows) refuse(item int, field, reason string) {
	r.Refused++
	if len(r.Refusals) < maxRefusals {
		r.Refusals = append(r.Refusals, Refusal{Item: item, Field: field, Reason: reason})
	}
}

// String writes "item 3: price: not a number".
func (f Refusal) String() string {
	if f.Field == "" {
		return fmt.Sprintf("item %d: %s", f.Item, f.Reason)
	}
	return fmt.Sprintf("item %d: %s: %s", f.Item, f.Field, f.Reason)
}
