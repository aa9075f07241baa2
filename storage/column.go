package storage

import (
	"encoding/binary"
	"strconv"
	"unsafe"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// A column in a block is its null rows, then the values of the others. Texts
// are a dictionary in the order of first use and a code for each row.
const (
	dictPlain  = 0 // lengths, then bytes
	dictNumber = 1 // decimal numbers without a leading zero, as integers
)

// appendVector writes rows rows of v, without compression. pick gives the row
// of v that comes i-th.
func appendVector(dst []byte, v *market.Vector, rows []int32) []byte {
	known := make([]int32, 0, len(rows))
	for _, i := range rows {
		if !v.Null.Get(int(i)) {
			known = append(known, i)
		}
	}
	dst = column.AppendNulls(dst, len(rows), len(rows)-len(known), func(i int) bool { return v.Null.Get(int(rows[i])) })
	if len(known) == 0 {
		return dst
	}
	if v.Texts != nil {
		dict, codes := dictionary(v.Texts, known)
		return appendTexts(dst, dict, codes)
	}
	ints := make([]int64, len(known))
	for i, row := range known {
		ints[i] = v.Ints[row]
	}
	return column.AppendInts(dst, ints)
}

// dictionary lists the distinct texts of rows and gives each row its code.
func dictionary(texts []string, rows []int32) ([]string, []int64) {
	var dict []string
	codes := make([]int64, len(rows))
	byText := make(map[string]int64)
	for i, row := range rows {
		s := texts[row]
		if i > 0 && s == dict[codes[i-1]] {
			codes[i] = codes[i-1]
			continue
		}
		code, ok := byText[s]
		if !ok {
			code = int64(len(dict))
			byText[s] = code
			dict = append(dict, s)
		}
		codes[i] = code
	}
	return dict, codes
}

func appendTexts(dst []byte, dict []string, codes []int64) []byte {
	dst = column.AppendInts(dst, codes)
	dst = binary.AppendUvarint(dst, uint64(len(dict)))
	ints := make([]int64, len(dict))
	numbers := true
	for i, s := range dict {
		if ints[i], numbers = decimal(s); !numbers {
			break
		}
	}
	if numbers {
		return column.AppendInts(append(dst, dictNumber), ints)
	}
	for i, s := range dict {
		ints[i] = int64(len(s))
	}
	dst = column.AppendInts(append(dst, dictPlain), ints)
	for _, s := range dict {
		dst = append(dst, s...)
	}
	return dst
}

// decimal reads s as a number if writing the number gives s again.
func decimal(s string) (int64, bool) {
	if s == "" || len(s) > 18 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// readVector reads a column of n rows. What it returns shares no memory with r.
func readVector(r *column.Reader, n int, text bool) (market.Vector, error) {
	null, known := column.ReadNulls(r, n)
	v := market.Vector{Null: null}
	if text {
		v.Texts = make([]string, n)
	} else {
		v.Ints = make([]int64, n)
	}
	if known > 0 && !r.Bad {
		if text {
			readTexts(r, v.Texts[:known])
		} else {
			column.ReadInts(r, v.Ints[:known])
		}
	}
	if r.Bad || len(r.B) > 0 {
		return market.Vector{}, column.ErrCorrupt
	}
	spread(&v, n, known)
	return v, nil
}

// spread moves the known values, which stand at the front, to their rows.
func spread(v *market.Vector, n, known int) {
	if known == n || known == 0 {
		return
	}
	at := known - 1
	for i := n - 1; i >= 0; i-- {
		null := v.Null.Get(i)
		switch {
		case v.Texts != nil && null:
			v.Texts[i] = ""
		case v.Texts != nil:
			v.Texts[i] = v.Texts[at]
		case null:
			v.Ints[i] = 0
		default:
			v.Ints[i] = v.Ints[at]
		}
		if !null {
			at--
		}
	}
}

// readTexts fills texts.
func readTexts(r *column.Reader, texts []string) {
	codes := make([]int64, len(texts))
	column.ReadInts(r, codes)
	dict := readDictionary(r, len(texts))
	for i, c := range codes {
		if c < 0 || c >= int64(len(dict)) {
			r.Bad = true
			return
		}
		texts[i] = dict[c]
	}
}

// readDictionary reads at most limit texts, which then share one piece of memory.
func readDictionary(r *column.Reader, limit int) []string {
	n := r.Count(limit)
	kind := r.Byte()
	ints := make([]int64, n)
	column.ReadInts(r, ints)
	if r.Bad {
		return nil
	}
	dict := make([]string, n)
	switch kind {
	case dictNumber:
		for i, x := range ints {
			dict[i] = strconv.FormatInt(x, 10)
		}
	case dictPlain:
		all := string(r.Take(len(r.B)))
		for i, x := range ints {
			if x < 0 || x > int64(len(all)) {
				r.Bad = true
				return nil
			}
			dict[i], all = all[:x], all[x:]
		}
		r.Bad = r.Bad || all != ""
	default:
		r.Bad = true
	}
	return dict
}

// vectorBytes estimates the memory of a vector; texts count as their headers
// and a share of their bytes, since equal texts share memory.
func vectorBytes(v *market.Vector) int64 {
	n := 8 * (len(v.Ints) + len(v.Null))
	n += int(unsafe.Sizeof("")) * len(v.Texts)
	if len(v.Texts) > 0 {
		n += len(v.Texts) * (len(v.Texts[0]) + len(v.Texts[len(v.Texts)-1])) / 4
	}
	return int64(n)
}
