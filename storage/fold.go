package storage

import (
	"cmp"
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// A day that is read again and again must not consist of hundreds of small
// blocks. As soon as foldAt blocks of one size class have gathered, they become
// one: sorted by key, version and revision, so that the versions of a row stand
// side by side and compress well. Every version is kept.
const (
	foldAt     = 16
	smallRows  = 512           // below: first size class
	mediumRows = chunkRows / 2 // below: second size class; above, blocks stay
)

func sizeClass(rows int) int {
	switch {
	case rows < smallRows:
		return 0
	case rows < mediumRows:
		return 1
	}
	return 2
}

// fold merges the small blocks of a day when there are enough of them.
func (tx *Tx) fold(space string, s *schema, d *directory) error {
	for class := range 2 {
		var of, rest []blockInfo
		for _, b := range d.blocks {
			if sizeClass(b.rows) == class {
				of = append(of, b)
			} else {
				rest = append(rest, b)
			}
		}
		if len(of) < foldAt {
			continue
		}
		d.blocks = rest
		if err := tx.foldBlocks(space, s, d, of); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) foldBlocks(space string, s *schema, d *directory, of []blockInfo) error {
	cols := &columns{}
	total := 0
	for _, b := range of {
		total += b.rows
	}
	for _, c := range s.stored { // also columns that this program's table lacks
		cols.add(c.ID, c.Text, total)
	}
	cols.add(revisionID, false, total)
	for _, info := range of {
		at := keyUint(nil, info.number)
		b, err := tx.readBlock(space, at)
		if err != nil {
			return err
		}
		if err := cols.appendBlock(b, nil); err != nil {
			return damaged(space, at, err.Error())
		}
		if err := tx.remove(space, at); err != nil {
			return err
		}
	}
	rows := cols.sortedRows(s)
	for len(rows) > 0 {
		n := min(len(rows), chunkRows)
		for _, v := range cols.vectors {
			if v.Texts != nil {
				n = fit(v.Texts, rows[:n])
			}
		}
		w := tx.db.codec.newBlock(blockRows, n)
		for i, id := range cols.ids {
			w.addVector(id, &cols.vectors[i], rows[:n])
		}
		if err := tx.putBlock(space, d, n, w.Bytes()); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// sortedRows orders the rows by key, version and revision and leaves out a row
// that only repeats the one before it: whatever the revision asked for, the
// earlier one gives the same answer.
func (c *columns) sortedRows(s *schema) []int32 {
	var by []*market.Vector
	for _, k := range s.key {
		by = append(by, &c.vectors[s.ids[k]])
	}
	if s.version >= 0 {
		by = append(by, &c.vectors[s.ids[s.version]])
	}
	rev := len(c.vectors) - 1
	by = append(by, &c.vectors[rev])
	rows := make([]int32, c.rows)
	for i := range rows {
		rows[i] = int32(i)
	}
	slices.SortStableFunc(rows, func(i, j int32) int {
		for _, v := range by {
			if x := compareRows(v, i, j); x != 0 {
				return x
			}
		}
		return 0
	})
	kept := rows[:0]
	for _, i := range rows {
		if len(kept) == 0 || !c.repeats(kept[len(kept)-1], i) {
			kept = append(kept, i)
		}
	}
	return kept
}

// compareRows orders two values of a column, what is not known first.
func compareRows(v *market.Vector, i, j int32) int {
	a, b := v.Null.Get(int(i)), v.Null.Get(int(j))
	switch {
	case a && b:
		return 0
	case a:
		return -1
	case b:
		return 1
	case v.Texts != nil:
		return strings.Compare(v.Texts[i], v.Texts[j])
	}
	return cmp.Compare(v.Ints[i], v.Ints[j])
}

// repeats reports whether two rows are equal but for their revision.
func (c *columns) repeats(i, j int32) bool {
	for k := range len(c.vectors) - 1 {
		if compareRows(&c.vectors[k], i, j) != 0 {
			return false
		}
	}
	return true
}
