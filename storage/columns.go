package storage

import (
	"slices"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// columns gathers chosen columns of many blocks into whole vectors.
type columns struct {
	rows    int
	ids     []uint8
	text    []bool
	vectors []market.Vector
}

// newColumns makes room for n rows of columns of a table, given by index.
func newColumns(s *schema, which []int, n int) *columns {
	c := &columns{}
	for _, i := range which {
		c.add(s.ids[i], !s.table.Columns[i].Kind.Number(), n)
	}
	return c
}

func (c *columns) add(id uint8, text bool, n int) {
	var v market.Vector
	if text {
		v.Texts = make([]string, 0, n)
	} else {
		v.Ints = make([]int64, 0, n)
	}
	c.ids, c.text, c.vectors = append(c.ids, id), append(c.text, text), append(c.vectors, v)
}

func allColumns(s *schema) []int {
	all := make([]int, len(s.table.Columns))
	for i := range all {
		all[i] = i
	}
	return all
}

// appendBlock adds rows of a block; nil rows means all of them.
func (c *columns) appendBlock(b block, rows []int32) error {
	for i, id := range c.ids {
		v, err := b.vector(id, c.text[i])
		if err != nil {
			return err
		}
		appendPicked(&c.vectors[i], &v, c.rows, rows)
	}
	if rows == nil {
		c.rows += b.Rows
	} else {
		c.rows += len(rows)
	}
	return nil
}

// appendPicked adds the chosen values of src behind the n rows of dst.
func appendPicked(dst, src *market.Vector, n int, rows []int32) {
	if rows == nil {
		dst.Ints = append(dst.Ints, src.Ints...)
		dst.Texts = append(dst.Texts, src.Texts...)
		for i := range len(src.Ints) + len(src.Texts) {
			if src.Null.Get(i) {
				dst.Null.Set(n + i)
			}
		}
		return
	}
	if src.Texts != nil {
		dst.Texts = slices.Grow(dst.Texts, len(rows))
		for _, i := range rows {
			dst.Texts = append(dst.Texts, src.Texts[i])
		}
	} else {
		dst.Ints = slices.Grow(dst.Ints, len(rows))
		for _, i := range rows {
			dst.Ints = append(dst.Ints, src.Ints[i])
		}
	}
	if !src.Null.Any() {
		return
	}
	for k, i := range rows {
		if src.Null.Get(int(i)) {
			dst.Null.Set(n + k)
		}
	}
}

// blankColumn is a vector of n rows in which nothing is known.
func blankColumn(n int, text bool) market.Vector {
	v := market.Vector{Null: column.AllNull(n)}
	if text {
		v.Texts = make([]string, n)
	} else {
		v.Ints = make([]int64, n)
	}
	return v
}
