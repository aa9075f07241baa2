package series

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Some is Sum for some series only, in their order: what few of them say costs
// little, and next to nothing when somebody asked for them before. A sum that is
// not known is nil.
func (sp *Span) Some(c Column, ids []uint32) ([]*int64, error) {
	total := newSums(len(ids))
	for _, days := range sp.stretches() {
		if err := days.add(total, c, ids); err != nil {
			return nil, fmt.Errorf("%v of %d series of %s: %w", c, len(ids), sp.shop.ID, err)
		}
	}
	col, _ := SumOf(c)
	for _, t := range append(slices.Clip(sp.inMem), sp.today) {
		for i, id := range ids {
			if t == nil {
				break
			}
			if v, known := t.Value(col, id); known {
				total.put(i, v)
			}
		}
	}
	out := make([]*int64, len(ids))
	for i := range ids {
		if !total.null.Get(i) {
			out[i] = &total.v[i]
		}
	}
	return out, nil
}

// stretch is closed days of a span that are read together, with a name that says
// what they are made of.
type stretch struct {
	*Span
	name string
}

// stretches are the closed days that are not in memory: each by itself while they are
// few and stand by themselves, so that the next day finds most of what was picked
// from them, else by months.
func (sp *Span) stretches() []stretch {
	var all []stretch
	few := len(sp.closed.found) <= fewDays
	for rest := sp.closed.found; len(rest) > 0; {
		n := 1
		alone := rest[0].p == nil || few && rest[0].p.level == 0
		for !alone && n < len(rest) && rest[n].p == rest[0].p {
			n++
		}
		var name strings.Builder
		for _, ref := range rest[:n] {
			ref.name(&name)
		}
		days := *sp.closed
		days.found = rest[:n]
		all = append(all, stretch{&Span{s: sp.s, tx: sp.tx, shop: sp.shop, closed: &days}, name.String()})
		rest = rest[n:]
	}
	return all
}

// picked is what was read of single series of a stretch.
type picked struct {
	mu sync.Mutex
	of map[uint32]figure
}

// figure is a value that may not be known.
type figure struct {
	v     int64
	known bool
}

// add adds the days of the stretch to a sum of some series; it reads those that
// nobody has asked for before.
func (p stretch) add(total *sums, c Column, ids []uint32) error {
	name := fmt.Sprintf("series/%s/picked/%v%s", shopName(p.shop.ID), c, p.name)
	kept, err := p.tx.Decoded(name, func() (any, int64, error) {
		return &picked{of: map[uint32]figure{}}, int64(128 + len(name)), nil
	})
	if err != nil {
		return err
	}
	k := kept.(*picked)
	k.mu.Lock()
	defer k.mu.Unlock()
	var missing []uint32
	for _, id := range ids {
		if _, found := k.of[id]; !found {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		if err := p.read(k.of, c, missing); err != nil {
			return err
		}
		p.tx.Grown(name, int64(48*len(missing)))
	}
	for i, id := range ids {
		if f := k.of[id]; f.known {
			total.put(i, f.v)
		}
	}
	return nil
}

// read reads some series: of each chunk that one of them lies in, from the first
// of them to the last.
func (p stretch) read(into map[uint32]figure, c Column, ids []uint32) error {
	slices.Sort(ids)
	for len(ids) > 0 {
		n, _ := slices.BinarySearch(ids, (ids[0]/chunk+1)*chunk)
		from, to := int(ids[0]), int(ids[n-1])+1
		all := newSums(to - from)
		if err := p.each(c, from, to, func(v []int64, null market.Bits) { all.add(0, v, null) }); err != nil {
			return err
		}
		for _, id := range ids[:n] {
			at := int(id) - from
			into[id] = figure{all.v[at], !all.null.Get(at)}
		}
		ids = ids[n:]
	}
	return nil
}

// Describe returns all that is known of some series; an id that was never
// given is an error.
func (s *Store) Describe(tx *storage.Tx, shop market.ShopID, ids ...uint32) ([]Series, error) {
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ids[a], ids[b]) })
	out := make([]Series, len(ids))
	for len(order) > 0 {
		n := 1
		for n < len(order) && ids[order[n]]/namesBlock == ids[order[0]]/namesBlock {
			n++
		}
		if err := s.describe(tx, shop, ids, order[:n], out); err != nil {
			return nil, err
		}
		order = order[n:]
	}
	return out, nil
}

// described is what was read of single series of a block of the dictionary.
type described struct {
	mu sync.Mutex
	of map[uint32]Series
}

// describe describes the series at some positions of ids, all of one block. Who
// leads is asked for again and again, and decoding a block for each of them costs
// more than all the rest.
func (s *Store) describe(tx *storage.Tx, shop market.ShopID, ids []uint32, at []int, out []Series) error {
	key := namesKey(shop, int(ids[at[0]]/namesBlock))
	payload, err := tx.Space(spaceNames).Get(key)
	if err != nil {
		return err
	}
	if payload == nil {
		return unknownSeries(shop, ids[at[0]])
	}
	name := fmt.Sprintf("series/names/%x/%x", key, maphash.Bytes(s.seed, payload))
	kept, err := tx.Decoded(name, func() (any, int64, error) {
		return &described{of: map[uint32]Series{}}, int64(128 + len(name)), nil
	})
	if err != nil {
		return err
	}
	d := kept.(*described)
	d.mu.Lock()
	defer d.mu.Unlock()
	var missing []uint32
	for _, i := range at {
		if _, found := d.of[ids[i]]; !found {
			missing = append(missing, ids[i])
		}
	}
	if len(missing) > 0 {
		if err := s.readSeries(tx, shop, d.of, missing, payload); err != nil {
			return err
		}
		tx.Grown(name, int64(300*len(missing)))
	}
	for _, i := range at {
		out[i] = d.of[ids[i]]
	}
	return nil
}

// readSeries decodes some series of one block of the dictionary.
func (s *Store) readSeries(tx *storage.Tx, shop market.ShopID, into map[uint32]Series, ids []uint32, payload []byte) error {
	space, key := tx.Space(spaceNames), namesKey(shop, int(ids[0]/namesBlock))
	b, err := s.codec.Parse(payload)
	if err != nil {
		return space.Damaged(key, err.Error())
	}
	rows := make([]int, len(ids))
	for i, id := range ids {
		if rows[i] = int(id) % namesBlock; rows[i] >= b.Rows {
			return unknownSeries(shop, id)
		}
	}
	all, err := namesOf(b, nameColumns, rows)
	if err != nil {
		return space.Damaged(key, err.Error())
	}
	for i, id := range ids {
		into[id] = all[i]
	}
	return nil
}
