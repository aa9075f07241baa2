package series

import (
	"encoding/json"
	"fmt"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// Register gives each series its id, a dense number from 0 that is never given
// to another; new ones are added, changed attributes are stored. An empty
// attribute leaves what is known. The ids stand in the order of all.
//
// A panel of the default step is begun when the shop has none; see Begin.
func (s *Store) Register(tx *storage.Tx, shop *market.Shop, all []Series) ([]uint32, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	st, err := s.begin(tx, shop, 0)
	if err != nil {
		return nil, fmt.Errorf("register series of %s: %w", shop.ID, err)
	}
	ids, changed, err := s.match(tx, shop.ID, st, all)
	if err == nil && len(changed) > 0 {
		err = s.saveNames(tx, shop.ID, st, changed)
	}
	if err != nil {
		return nil, fmt.Errorf("register series of %s: %w", shop.ID, err)
	}
	st.refresh(shop.ID, s.pictures.Add(1))
	return ids, nil
}

// Registered is how many series a shop has, as the transaction sees it.
func (s *Store) Registered(tx *storage.Tx, shop market.ShopID) int {
	s.writing.Lock()
	if s.tx == tx && s.drafts[shop] != nil {
		defer s.writing.Unlock()
		return s.drafts[shop].record.Series
	}
	s.writing.Unlock()
	if p := s.Panel(shop); p != nil {
		return p.Len()
	}
	return 0
}

// Begin makes an empty panel with a clock step, which it keeps for ever: whole
// minutes that divide a day. The error is ErrStep when the panel has another.
func (s *Store) Begin(tx *storage.Tx, shop *market.Shop, step time.Duration) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.begin(tx, shop, step)
	return err
}

func (s *Store) begin(tx *storage.Tx, shop *market.Shop, step time.Duration) (*state, error) {
	if !tx.Writable() {
		return nil, storage.ErrReadOnly
	}
	st := s.draft(tx, shop.ID)
	if st != nil {
		if step != 0 && int64(step) != st.record.Step {
			return nil, fmt.Errorf("%w: %v, want %v", ErrStep, step, time.Duration(st.record.Step))
		}
		return st, nil
	}
	if step == 0 {
		step = DefaultStep
	}
	if step < time.Minute || step%time.Minute != 0 || 24*time.Hour%step != 0 {
		return nil, fmt.Errorf("clock step %v: want whole minutes that divide a day", step)
	}
	st = &state{record: record{Step: int64(step)}, names: newNames(), chainIndex: -1 << 30}
	st.refresh(shop.ID, s.pictures.Add(1))
	s.drafts[shop.ID] = st
	return st, saveRecord(tx, shop.ID, st.record)
}

func saveRecord(tx *storage.Tx, shop market.ShopID, r record) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return tx.Space(spacePanel).Put([]byte(shop), b)
}

// match finds or makes the ids, and lists the series whose stored form is new.
func (s *Store) match(tx *storage.Tx, shop market.ShopID, st *state, all []Series) ([]uint32, map[uint32]*Series, error) {
	ids := make([]uint32, len(all))
	changed, moved := map[uint32]*Series{}, map[uint32]*Series{}
	known := map[int][]Series{}
	for i := range all {
		one := &all[i]
		if one.SKU == "" {
			return nil, nil, fmt.Errorf("series %d has no SKU", i)
		}
		id, ok := st.names.find([]byte(one.SKU), string(one.Channel), len(st.names.ends))
		if !ok {
			if len(st.names.ends) >= maxSeries {
				return nil, nil, fmt.Errorf("more than %d series", maxSeries)
			}
			id = st.names.add(one)
			changed[id] = one
		} else if int(id) < st.record.Series {
			old, err := s.knownSeries(tx, shop, known, id)
			if err != nil {
				return nil, nil, err
			}
			if with := old.with(one); with != *old {
				changed[id], moved[id] = &with, &with
			}
		}
		ids[i] = id
	}
	if len(moved) > 0 {
		st.names.regroup(moved)
	}
	return ids, changed, nil
}

func (s *Store) knownSeries(tx *storage.Tx, shop market.ShopID, known map[int][]Series, id uint32) (*Series, error) {
	block := int(id) / namesBlock
	if known[block] == nil {
		all, err := s.readNames(tx, shop, block, nameColumns)
		if err != nil {
			return nil, err
		}
		if int(id)%namesBlock >= len(all) {
			return nil, tx.Space(spaceNames).Damaged(namesKey(shop, block), "series are missing")
		}
		known[block] = all
	}
	return &known[block][id%namesBlock], nil
}

// with is s with what n says about it.
func (s *Series) with(n *Series) Series {
	out := *s
	if n.Unit != "" {
		out.Unit = n.Unit
	}
	if n.Category != "" {
		out.Category = n.Category
	}
	if n.Brand != "" {
		out.Brand = n.Brand
	}
	if n.Title != "" {
		out.Title = n.Title
	}
	if n.URL != "" {
		out.URL = n.URL
	}
	return out
}

// saveNames writes the dictionary blocks that hold changed series.
func (s *Store) saveNames(tx *storage.Tx, shop market.ShopID, st *state, changed map[uint32]*Series) error {
	blocks := map[int]bool{}
	for id := range changed {
		blocks[int(id)/namesBlock] = true
	}
	total := len(st.names.ends)
	for block := 0; block*namesBlock < total; block++ {
		if !blocks[block] {
			continue
		}
		all, err := s.readNames(tx, shop, block, nameColumns)
		if err != nil {
			return err
		}
		n := min(namesBlock, total-block*namesBlock)
		for i := range n {
			c := changed[uint32(block*namesBlock+i)]
			switch {
			case c != nil && i < len(all):
				all[i] = *c
			case c != nil:
				all = append(all, *c)
			}
		}
		if len(all) != n {
			return tx.Space(spaceNames).Damaged(namesKey(shop, block), "series are missing")
		}
		if err := tx.Space(spaceNames).Put(namesKey(shop, block), encodeNames(s.codec, all)); err != nil {
			return err
		}
	}
	st.record.Series = total
	return saveRecord(tx, shop, st.record)
}
