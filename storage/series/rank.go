package series

import (
	"container/heap"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Filter keeps series; the zero Filter keeps all.
type Filter struct {
	Unit     market.Unit
	Channel  market.Channel
	Category market.Category
	// Band keeps series whose price in the panel's newest slot lies in it; a
	// price that is not known lies in none. nil keeps all.
	Band *market.Band
}

// Keep returns which series a filter keeps, as a function that costs a table
// look-up.
func (p *Panel) Keep(f Filter) func(id uint32) bool {
	groups := make([]bool, len(p.groups))
	for i, g := range p.groups {
		groups[i] = (f.Unit == "" || g.Unit == f.Unit) && (f.Channel == "" || g.Channel == f.Channel) && (f.Category == "" || g.Category == f.Category)
	}
	if f.Band == nil {
		return func(id uint32) bool { return groups[p.group[id]] }
	}
	return func(id uint32) bool {
		if !groups[p.group[id]] || p.now == nil {
			return false
		}
		v, ok := p.now.Value(Price, id)
		return ok && market.Fen(v) >= f.Band.From && (f.Band.To == 0 || market.Fen(v) < f.Band.To)
	}
}

// Ranked is a series with the value that it was ranked by.
type Ranked struct {
	ID    uint32
	Value int64
}

// Top returns the n series of the largest value among those that f keeps,
// largest first, equal ones by id, and how many of these have a known value. A
// series whose value is not known is not ranked. load fills v with the values of
// the series from.. and says which of them are not known.
func (p *Panel) Top(n int, f Filter, load func(from int, v []int64) market.Bits) (top []Ranked, known int) {
	r := ranker{most: n}
	if f != (Filter{}) {
		r.keep = p.Keep(f)
	}
	buf := make([]int64, min(chunk, p.n))
	for from := 0; from < p.n; from += chunk {
		v := buf[:min(chunk, p.n-from)]
		r.take(uint32(from), v, load(from, v))
	}
	slices.SortFunc(r.best, func(a, b Ranked) int {
		if less(b, a) {
			return -1
		}
		return 1
	})
	return r.best, r.known
}

// ranker keeps the most of the values it is shown.
type ranker struct {
	most  int
	keep  func(id uint32) bool // nil keeps all
	best  ranking
	known int
}

func (r *ranker) take(from uint32, v []int64, null market.Bits) {
	if r.keep == nil {
		r.known += len(v) - count(slice(null, 0, len(v)))
	}
	for i, x := range v {
		full := len(r.best) == r.most
		if r.keep == nil && full && (r.most == 0 || x <= r.best[0].Value) || null.Get(i) {
			continue
		}
		id := from + uint32(i)
		if r.keep != nil {
			if !r.keep(id) {
				continue
			}
			r.known++
		}
		switch {
		case !full:
			heap.Push(&r.best, Ranked{id, x})
		case r.most > 0 && x > r.best[0].Value: // of equal values the smaller id has come first
			r.best[0] = Ranked{id, x}
			heap.Fix(&r.best, 0)
		}
	}
}

// less orders by value; of equal values the larger id is the lesser.
func less(a, b Ranked) bool { return a.Value < b.Value || a.Value == b.Value && a.ID > b.ID }

// ranking is a heap whose root is what leaves first.
type ranking []Ranked

func (h ranking) Len() int           { return len(h) }
func (h ranking) Less(i, j int) bool { return less(h[i], h[j]) }
func (h ranking) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is for container/heap.
func (h *ranking) Push(x any) { *h = append(*h, x.(Ranked)) }

// Pop is for container/heap.
func (h *ranking) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// Of returns the series of a SKU on its channels, in order of id.
func (p *Panel) Of(sku market.SKU) []uint32 {
	seen := map[market.Channel]bool{}
	var ids []uint32
	for _, g := range p.groups {
		if seen[g.Channel] {
			continue
		}
		seen[g.Channel] = true
		if id, ok := p.Find(sku, g.Channel); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// PanelAt is the panel as of a revision: its newest two slots as they were known
// then, with today's dictionary. asOf 0 is Panel. nil when the shop had none.
func (s *Store) PanelAt(tx *storage.Tx, shop market.ShopID, asOf market.Revision) (*Panel, error) {
	p := s.Panel(shop)
	if p == nil || asOf == 0 || p.now != nil && asOf >= p.slot.Revision && asOf >= p.slotBefore.Revision {
		return p, nil
	}
	old := *p
	old.picture = s.pictures.Add(1)
	old.now, old.before, old.slot, old.slotBefore = nil, nil, Slot{}, Slot{}
	if err := s.fill(tx, &old, asOf); err != nil {
		return nil, err
	}
	return &old, nil
}
