package metric

import "slices"

// tally counts distinct members (orders, buyers) in total and per part. Members
// are numbered as they come; (part, member) pairs are sorted once at the end,
// which is far cheaper than a set per part.
type tally struct {
	numbers map[string]int32
	extra   map[int32]bool // members known by a number of someone else's
	pairs   []uint64
	last    string
	lastNo  int32
	sealed  *counted // instead of all the rest
}

// counted is what a tally came to.
type counted struct {
	distinct int64
	perPart  []int64
}

// seal keeps the counts of n parts and lets go of the members.
func (t *tally) seal(n int) {
	*t = tally{sealed: &counted{t.distinct(), t.perPart(n)}}
}

// number returns the member's number. Rows of one member often follow each
// other, so the last one is remembered.
func (t *tally) number(id string) int32 {
	if id == t.last && len(t.numbers) > 0 {
		return t.lastNo
	}
	n, ok := t.numbers[id]
	if !ok {
		if t.numbers == nil {
			t.numbers = map[string]int32{}
		}
		n = int32(len(t.numbers))
		t.numbers[id] = n
	}
	t.last, t.lastNo = id, n
	return n
}

// foreign returns a number for a member that has no id of its own but belongs
// to member n of another tally.
func (t *tally) foreign(n int32) int32 {
	if t.extra == nil {
		t.extra = map[int32]bool{}
	}
	t.extra[n] = true
	return ^n // negative, so never one of numbers
}

// buy notes a buyer in a part; an order without a buyer id is a buyer of its own.
func (t *tally) buy(part int32, buyer string, order int32) {
	if buyer != "" {
		t.add(part, t.number(buyer))
		return
	}
	t.add(part, t.foreign(order))
}

// add notes member no in a part.
func (t *tally) add(part, no int32) {
	p := uint64(uint32(part))<<32 | uint64(uint32(no))
	if n := len(t.pairs); n > 0 && t.pairs[n-1] == p {
		return
	}
	t.pairs = append(t.pairs, p)
}

// distinct is the number of members seen.
func (t *tally) distinct() int64 {
	if t.sealed != nil {
		return t.sealed.distinct
	}
	return int64(len(t.numbers) + len(t.extra))
}

// perPart is the number of distinct members in each of n parts.
func (t *tally) perPart(n int) []int64 {
	if t.sealed != nil {
		return t.sealed.perPart
	}
	out := make([]int64, n)
	slices.Sort(t.pairs)
	t.pairs = slices.Compact(t.pairs)
	for _, p := range t.pairs {
		out[p>>32]++
	}
	return out
}

// memo remembers the catalogue entry of the last SKU looked up.
type memo struct {
	sku string
	it  *Item
	ok  bool
}
