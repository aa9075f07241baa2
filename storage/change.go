package storage

import (
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// encodeChange makes a block of what changed in a run of rows, and marks the
// columns that it touches.
func (c *codec) encodeChange(s *schema, f *frame, rows []int32, changed []bool) []byte {
	w := c.newBlock(blockChange, len(rows))
	from, to := int(rows[0]), int(rows[len(rows)-1])+1
	for col, id := range s.ids {
		if raw := appendChange(w.raw[:0], &f.base[col], &f.rows[col], from, to); raw != nil {
			w.raw = raw
			w.Add(id, raw)
			changed[col] = true
		}
	}
	return w.Bytes()
}

// appendChange writes the differences between two vectors in rows from..to-1,
// or returns nil when there are none.
func appendChange(dst []byte, base, now *market.Vector, from, to int) []byte {
	flips := 0
	flip := func(i int) bool { return base.Null.Get(from+i) != now.Null.Get(from+i) }
	if base.Null.Any() || now.Null.Any() {
		for i := range to - from {
			if flip(i) {
				flips++
			}
		}
	}
	if now.Texts != nil {
		dict, codes := textChanges(base.Texts[from:to], now.Texts[from:to])
		if flips == 0 && len(dict) == 0 {
			return nil
		}
		return appendTexts(column.AppendNulls(dst, to-from, flips, flip), dict, codes)
	}
	diff, same := make([]int64, to-from), true
	for i := range diff {
		diff[i] = now.Ints[from+i] - base.Ints[from+i]
		same = same && diff[i] == 0
	}
	if same && flips == 0 {
		return nil
	}
	return column.AppendInts(column.AppendNulls(dst, to-from, flips, flip), diff)
}

// textChanges gives code 0 to a text that stays and i+1 to one that becomes dict[i].
func textChanges(base, now []string) (dict []string, codes []int64) {
	codes = make([]int64, len(now))
	var byText map[string]int64
	for i, s := range now {
		if s == base[i] {
			continue
		}
		code, ok := byText[s]
		if !ok {
			if byText == nil {
				byText = map[string]int64{}
			}
			dict = append(dict, s)
			code = int64(len(dict))
			byText[s] = code
		}
		codes[i] = code
	}
	return dict, codes
}

func cloneVector(v *market.Vector) market.Vector {
	return market.Vector{
		Ints: append([]int64(nil), v.Ints...), Texts: append([]string(nil), v.Texts...),
		Null: append(market.Bits(nil), v.Null...),
	}
}

// applyChange reverses appendChange on n rows of v.
func applyChange(r *column.Reader, v *market.Vector, from, n int) error {
	flips, _ := column.ReadNulls(r, n)
	if v.Texts != nil {
		codes := make([]int64, n)
		column.ReadInts(r, codes)
		dict := readDictionary(r, n)
		for i, c := range codes {
			switch {
			case c < 0 || c > int64(len(dict)):
				return column.ErrCorrupt
			case c > 0:
				v.Texts[from+i] = dict[c-1]
			}
		}
	} else {
		diff := make([]int64, n)
		column.ReadInts(r, diff)
		for i, d := range diff {
			v.Ints[from+i] += d
		}
		if len(r.B) > 0 {
			return column.ErrCorrupt
		}
	}
	if r.Bad {
		return column.ErrCorrupt
	}
	flipNulls(v, flips, from, n)
	return nil
}

func flipNulls(v *market.Vector, flips market.Bits, from, n int) {
	if !flips.Any() {
		return
	}
	for i := range n {
		if !flips.Get(i) {
			continue
		}
		if at := from + i; v.Null.Get(at) {
			v.Null[at>>6] &^= 1 << (at & 63)
		} else {
			v.Null.Set(at)
		}
	}
}
