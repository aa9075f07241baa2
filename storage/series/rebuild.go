package series

import (
	"slices"

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
	st.refresh(shop, s.pictures.Add(1))
	if err := s.fill(tx, st.panel, 0); err != nil {
		return nil, err
	}
	return st, s.findChain(tx, st)
}

// fill reads the newest two slots of a panel as of a revision.
func (s *Store) fill(tx *storage.Tx, p *Panel, asOf market.Revision) error {
	for n, where := range []*struct {
		cols **Columns
		slot *Slot
	}{{&p.now, &p.slot}, {&p.before, &p.slotBefore}} {
		per, at, err := newest(tx, p.shop, n, asOf)
		if err != nil || per == nil {
			return err
		}
		t, err := s.readSlot(slotRef{tx, clockLayout, p.shop, per, at.i, at.k}, nil)
		if err != nil {
			return err
		}
		*where.cols, *where.slot = &Columns{*t}, slotOf(per, at.i, at.k, p.step)
	}
	return nil
}

// findChain takes the newest slot for the base by which the next is shortened,
// where that is what it is.
func (s *Store) findChain(tx *storage.Tx, st *state) error {
	per, at, err := newest(tx, st.panel.shop, 0, 0)
	if err != nil || per == nil {
		return err
	}
	if e := &per.slots[at.i]; per.level == 0 && e.base && e.versions[at.k].base {
		st.chain, st.chainIndex, st.chainSlot = &st.panel.now.table, per.index, e.slot
	}
	return nil
}

// newest finds the nth slot of a shop from the end, as of a revision.
func newest(tx *storage.Tx, shop market.ShopID, n int, asOf market.Revision) (found *period, at chosen, err error) {
	space := tx.Space(spacePeriod)
	prefix := append(shopKey(shop), clockLayout.mark)
	r := storage.Range{From: number(slices.Clone(prefix), -1<<31), To: number(slices.Clone(prefix), 1<<31-1), Reverse: true}
	err = space.Scan(r, func(key, payload []byte) (bool, error) {
		p, err := clockLayout.parsePeriod(cutNumber(key), payload)
		if err != nil {
			return false, space.Damaged(key, err.Error())
		}
		for i := len(p.slots) - 1; i >= 0; i-- {
			k, err := p.slots[i].pick(asOf)
			switch {
			case err != nil:
				return false, err
			case k < 0:
			case n == 0:
				found, at = p, chosen{i, k}
				return false, nil
			default:
				n--
			}
		}
		return true, nil
	})
	return found, at, err
}
