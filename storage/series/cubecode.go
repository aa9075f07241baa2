package series

import (
	"encoding/binary"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// The columns of a cube's record, by stored number: texts, then flows.
const cubeTexts = 5

// encodeCells makes a record: blocks of at most column.MaxRows cells, each
// behind its length.
func encodeCells(codec *column.Codec, all []Cell) []byte {
	slices.SortFunc(all, compareCells)
	var out []byte
	for part := range slices.Chunk(all, column.MaxRows) {
		b := encodeCellBlock(codec, part)
		out = append(binary.AppendUvarint(out, uint64(len(b))), b...)
	}
	return out
}

func encodeCellBlock(codec *column.Codec, all []Cell) []byte {
	w := column.NewWriter(codec, 0, len(all))
	vals := make([]int64, len(all))
	for col := range cubeTexts {
		var dict []string
		codes := map[string]int64{}
		for i := range all {
			text := all[i].texts()[col]
			code, ok := codes[text]
			if !ok {
				code = int64(len(dict))
				codes[text], dict = code, append(dict, text)
			}
			vals[i] = code
		}
		raw := column.AppendInts(nil, vals)
		raw = binary.AppendUvarint(raw, uint64(len(dict)))
		for _, text := range dict {
			raw = append(binary.AppendUvarint(raw, uint64(len(text))), text...)
		}
		w.Add(uint8(col), raw)
	}
	for i := range all {
		vals[i] = int64(all[i].known)
	}
	w.Add(cubeTexts, column.AppendInts(nil, vals))
	for f := range flows {
		for i := range all {
			vals[i] = all[i].sums[f]
		}
		w.Add(uint8(cubeTexts+1+f), column.AppendInts(nil, vals))
	}
	return w.Bytes()
}

func (c *Cell) texts() [cubeTexts]string {
	return [cubeTexts]string{string(c.Unit), string(c.Category), string(c.Channel), c.Band, string(c.Region)}
}

func decodeCells(codec *column.Codec, payload []byte) ([]Cell, error) {
	r := column.Reader{B: payload}
	var all []Cell
	for len(r.B) > 0 {
		b := r.Take(r.Count(len(r.B)))
		if r.Bad {
			return nil, column.ErrCorrupt
		}
		cells, err := decodeCellBlock(codec, b)
		if err != nil {
			return nil, err
		}
		all = append(all, cells...)
	}
	return all, nil
}

func decodeCellBlock(codec *column.Codec, payload []byte) ([]Cell, error) {
	b, err := codec.Parse(payload)
	if err != nil {
		return nil, err
	}
	texts := make([][cubeTexts]string, b.Rows)
	for col := range cubeTexts {
		if err := cubeText(b, col, texts); err != nil {
			return nil, err
		}
	}
	all := make([]Cell, b.Rows)
	for i, t := range texts {
		all[i] = Cell{Unit: market.Unit(t[0]), Category: market.Category(t[1]), Channel: market.Channel(t[2]), Band: t[3], Region: market.Region(t[4])}
	}
	vals := make([]int64, b.Rows)
	for f := range flows + 1 {
		r, found, err := b.Raw(uint8(cubeTexts+f), nil)
		if err != nil || !found {
			return nil, column.ErrCorrupt
		}
		clear(vals)
		column.ReadInts(&r, vals)
		if r.Bad || len(r.B) > 0 {
			return nil, column.ErrCorrupt
		}
		for i, v := range vals {
			if f == 0 {
				all[i].known = uint16(v)
			} else {
				all[i].sums[f-1] = v
			}
		}
	}
	return all, nil
}

func cubeText(b *column.Block, col int, texts [][cubeTexts]string) error {
	r, found, err := b.Raw(uint8(col), nil)
	if err != nil || !found {
		return column.ErrCorrupt
	}
	codes := make([]int64, b.Rows)
	column.ReadInts(&r, codes)
	dict := make([]string, r.Count(min(column.MaxRows, len(r.B))))
	for i := range dict {
		dict[i] = string(r.Take(r.Count(len(r.B))))
	}
	if r.Bad || len(r.B) > 0 {
		return column.ErrCorrupt
	}
	for i, c := range codes {
		if c < 0 || c >= int64(len(dict)) {
			return column.ErrCorrupt
		}
		texts[i][col] = dict[c]
	}
	return nil
}
