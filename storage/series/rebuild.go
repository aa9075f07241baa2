package series

import (
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// rebuild brings a shop into memory: its dictionary, its newest two slots, and
// the base by which the next slot is shortened.
func (s *Store) rebuild(tx *storage.Tx, shop market.ShopID, r record) (*state, error) {
	st := &state{record: r, chainIndex: -1 << 30}
	var err error
	if st.names, err = s.loadNames(tx, shop, r.Series); err != nil {
		return nil, err
	}
	st.refresh(shop)
	p := st.panel
	step := time.Duration(r.Step)
	for n, where := range []*struct {
		cols **Columns
		slot *Slot
	}{{&p.now, &p.slot}, {&p.before, &p.slotBefore}} {
		per, i, err := newest(tx, shop, n)
		if err != nil || per == nil {
			return st, err
		}
		k := len(per.slots[i].versions) - 1
		t, err := s.readSlot(tx, clockLayout, shop, per, i, k, nil)
		if err != nil {
			return nil, err
		}
		*where.cols, *where.slot = &Columns{*t}, slotOf(per, i, k, step)
		if e := &per.slots[i]; n == 0 && per.level == 0 && e.base && e.versions[k].base {
			st.chain, st.chainIndex, st.chainSlot = t, per.index, e.slot
		}
	}
	return st, nil
}

// newest finds the nth slot of a shop from the end.
func newest(tx *storage.Tx, shop market.ShopID, n int) (found *period, at int, err error) {
	space := tx.Space(spacePeriod)
	prefix := append(shopKey(shop), clockLayout.mark)
	r := storage.Range{From: number(append([]byte(nil), prefix...), -1<<31), To: number(append([]byte(nil), prefix...), 1<<31-1), Reverse: true}
	err = space.Scan(r, func(key, payload []byte) (bool, error) {
		p, err := clockLayout.parsePeriod(cutNumber(key), payload)
		if err != nil {
			return false, space.Damaged(key, err.Error())
		}
		if n < len(p.slots) {
			found, at = p, len(p.slots)-1-n
			return false, nil
		}
		n -= len(p.slots)
		return true, nil
	})
	return found, at, err
}
