package storage

import (
	"hash/maphash"
	"math"

	"shopwatch/internal/market"
)

// piece is what merging needs to know of a run of rows.
type piece struct {
	rows    int
	key     []market.Vector
	version *market.Vector // nil when the table has none
	rev     []int64        // nil when all rows have the same revision
}

func (p *piece) hash(seed maphash.Seed, i int) uint64 {
	var h uint64
	for k := range p.key {
		v := &p.key[k]
		var x uint64
		if v.Texts != nil {
			x = maphash.String(seed, v.Texts[i])
		} else {
			x = uint64(v.Ints[i]) * 0x9E3779B97F4A7C15
		}
		h = (h ^ x) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

func (p *piece) sameKey(i int, q *piece, j int) bool {
	for k := range p.key {
		a, b := &p.key[k], &q.key[k]
		if a.Texts != nil {
			if a.Texts[i] != b.Texts[j] {
				return false
			}
		} else if a.Ints[i] != b.Ints[j] || a.Null.Get(i) != b.Null.Get(j) {
			return false
		}
	}
	return true
}

func (p *piece) versionAt(i int) int64 {
	if p.version == nil {
		return 0
	}
	if p.version.Null.Get(i) {
		return math.MinInt64
	}
	return p.version.Ints[i]
}

func (p *piece) revAt(i int) int64 {
	if p.rev == nil {
		return 0
	}
	return p.rev[i]
}

// newer reports whether row i of p replaces row j of q, which comes before it.
func (p *piece) newer(i int, q *piece, j int) bool {
	if v, w := p.versionAt(i), q.versionAt(j); v != w {
		return v > w
	}
	return p.revAt(i) >= q.revAt(j)
}

// winners returns for each piece the rows, in order, that are the newest of
// their key among all rows whose revision is at most asOf.
func winners(pieces []*piece, asOf int64) [][]int32 { //nolint:gocognit // one hot loop over all rows
	total := 0
	for _, p := range pieces {
		total += p.rows
	}
	type place struct{ piece, row int32 }
	size := 16
	for size < 2*total {
		size *= 2
	}
	slots := make([]int32, size) // index into found, plus 1
	found := make([]place, 0, total)
	seed := maphash.MakeSeed()
	for n, p := range pieces {
		for i := range p.rows {
			if p.revAt(i) > asOf {
				continue
			}
			at := int(p.hash(seed, i)) & (size - 1)
			for ; ; at = (at + 1) & (size - 1) {
				if slots[at] == 0 {
					found = append(found, place{int32(n), int32(i)})
					slots[at] = int32(len(found))
					break
				}
				old := &found[slots[at]-1]
				if q := pieces[old.piece]; p.sameKey(i, q, int(old.row)) {
					if p.newer(i, q, int(old.row)) {
						*old = place{int32(n), int32(i)}
					}
					break
				}
			}
		}
	}
	return inOrder(pieces, func(mark func(piece, row int32)) {
		for _, f := range found {
			mark(f.piece, f.row)
		}
	})
}

// inOrder turns marked rows into ascending lists per piece.
func inOrder(pieces []*piece, each func(mark func(piece, row int32))) [][]int32 {
	marks := make([]market.Bits, len(pieces))
	counts := make([]int, len(pieces))
	for n, p := range pieces {
		marks[n] = make(market.Bits, (p.rows+63)/64)
	}
	each(func(piece, row int32) {
		marks[piece].Set(int(row))
		counts[piece]++
	})
	out := make([][]int32, len(pieces))
	for n, p := range pieces {
		out[n] = make([]int32, 0, counts[n])
		for i := range p.rows {
			if marks[n].Get(i) {
				out[n] = append(out[n], int32(i))
			}
		}
	}
	return out
}

// newestRows returns the rows of a batch without those that another row of the
// same key replaces.
func newestRows(s *schema, b *market.Batch) []int32 {
	p := batchPiece(s, b)
	return winners([]*piece{p}, math.MaxInt64)[0]
}

func batchPiece(s *schema, b *market.Batch) *piece {
	p := &piece{rows: b.Len()}
	for _, k := range s.key {
		p.key = append(p.key, *b.Col(k))
	}
	if s.version >= 0 {
		p.version = b.Col(s.version)
	}
	return p
}
