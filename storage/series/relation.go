package series

import (
	"math/bits"

	"shopwatch/internal/market"
)

// relation says what a column of a level that merges slots is expected to hold,
// going by others of the same block: money taken is pieces times price, the shelf
// is emptied by what was sold. A block keeps such a column as what it differs from
// that, where this is shorter, and as it is elsewhere; so a relation never has to
// hold, it only has to hold often.
//
// The columns that others go by have no relation themselves, and all of them are
// taken as they stand in the block: readings as differences to the slot before, 0
// for what is not known.
type relation struct {
	kind   relationKind
	of, by uint8 // columns
}

type relationKind uint8

const (
	equals  relationKind = iota // what of holds
	once                        // 1 where of is not 0
	begins                      // where of begins, and then as it was
	drains                      // less by of, from a series' second slot on
	product                     // of times the reading by
)

// A column that is stored as what it differs from its relation k has the number
// column | (k+1)*related, and a block in which there may be such columns has the
// kind level | related.
const related = 0x40

// relatedNumber is that of a column which is stored by its relation k, one of three
// at most.
func relatedNumber(col, k int) uint8 { return uint8(col | (k+1)*related) }

// givens are the columns of a block that others go by.
type givens [16][]int64

// columns lists those that a relation goes by.
func (r relation) columns() []uint8 {
	if r.kind == product {
		return []uint8{r.of, r.by}
	}
	return []uint8{r.of}
}

// fill writes what a relation expects of series with width slots each.
func (r relation) fill(dst []int64, g *givens, width int) {
	of := g[r.of][:len(dst)]
	switch r.kind {
	case equals:
		copy(dst, of)
	case once:
		for i, v := range of {
			dst[i] = int64(uint64(v|-v) >> 63)
		}
	case begins:
		clear(dst)
		for i := 0; i < len(dst); i += width {
			dst[i] = of[i]
		}
	case drains:
		for i, v := range of {
			dst[i] = -v
		}
		for i := 0; i < len(dst); i += width {
			dst[i] = 0 // what stands there is the reading itself
		}
	case product:
		by := g[r.by][:len(dst)]
		for at := 0; at < len(dst); at += width {
			reading := int64(0)
			for i := at; i < at+width; i++ {
				reading += by[i]
				dst[i] = of[i] * reading
			}
		}
	}
}

// forget puts 0 where nothing is known.
func forget(vals []int64, null market.Bits) {
	for w, word := range null {
		for ; word != 0; word &= word - 1 {
			vals[w<<6+bits.TrailingZeros64(word)] = 0
		}
	}
}
