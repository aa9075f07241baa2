package storage

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Picture is a State table at one instant (Snapshot.Window.End).
type Picture struct {
	Snapshot market.Snapshot
	Rows     *market.Batch // shared; must not be changed
}

// storedTip is the picture that the next one of the same day is compared with.
type storedTip struct {
	Revision market.Revision `json:"revision"`
	Depth    int             `json:"depth"` // pictures since the last whole one
}

// maxDepth bounds how many pictures must be decoded to see one.
const maxDepth = 32

// State returns the newest complete picture of a table at or before at, as
// known at revision asOf (0: now), with its manifest. found is false when there
// is none. The order of rows is not specified.
func (tx *Tx) State(shop market.ShopID, t *market.Table, at time.Time, asOf market.Revision) (snap market.Snapshot, rows *market.Batch, found bool, err error) {
	s, err := tx.stateSchema(t)
	if err != nil {
		return snap, nil, false, err
	}
	m, found, err := tx.latest(timelineKey(timelinePictures, shop, t.Name), nanos(at), asOf)
	if err == nil && !found {
		err = tx.picturesForgotten(shop, s, at)
	}
	if err != nil || !found {
		return snap, nil, false, err
	}
	p, err := tx.picture(s, shop, m)
	return p.Snapshot, p.Rows, err == nil, err
}

// Standing returns the revision and the instant of the picture that State would
// return, without reading it. A picture that is no longer kept is not found.
func (tx *Tx) Standing(shop market.ShopID, t *market.Table, at time.Time, asOf market.Revision) (rev market.Revision, taken time.Time, found bool, err error) {
	if _, err := tx.stateSchema(t); err != nil {
		return 0, taken, false, err
	}
	m, found, err := tx.latest(timelineKey(timelinePictures, shop, t.Name), nanos(at), asOf)
	if err != nil || !found {
		return 0, taken, false, err
	}
	tx.reads(m.at)
	return m.rev, instant(m.at), true, nil
}

// States yields the pictures of a table whose instants lie in w, oldest first,
// as known at revision asOf (0: now). It must be used inside the transaction.
func (tx *Tx) States(shop market.ShopID, t *market.Table, w market.Window, asOf market.Revision) iter.Seq2[Picture, error] {
	return func(yield func(Picture, error) bool) {
		s, err := tx.stateSchema(t)
		if err != nil {
			yield(Picture{}, err)
			return
		}
		moments, err := tx.between(timelineKey(timelinePictures, shop, t.Name), nanos(w.Start), nanos(w.End))
		if err != nil {
			yield(Picture{}, err)
			return
		}
		if asOf > 0 {
			moments = slices.DeleteFunc(moments, func(m moment) bool { return m.rev > asOf })
		}
		for i, m := range moments {
			if i+1 < len(moments) && moments[i+1].at == m.at {
				continue // a later revision of the same instant follows
			}
			p, err := tx.picture(s, shop, m)
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

func (tx *Tx) stateSchema(t *market.Table) (*schema, error) {
	s, err := tx.schema(t)
	if err == nil && t.Shape != market.State {
		err = fmt.Errorf("table %s is not a state", t.Name)
	}
	return s, err
}

// picture loads a picture with its manifest.
func (tx *Tx) picture(s *schema, shop market.ShopID, m moment) (Picture, error) {
	snap, found, err := tx.snapshot(m.rev)
	if err == nil && !found {
		err = missingManifest(m.rev)
	}
	if err != nil {
		return Picture{}, err
	}
	tx.reads(m.at)
	rows, err := tx.pictureRows(s, shop, m.day, m.rev)
	return Picture{Snapshot: snap, Rows: rows}, err
}

// pictureRows returns the rows of a picture: from memory, or decoded from the
// nearest picture before it that is in memory or stored whole.
func (tx *Tx) pictureRows(s *schema, shop market.ShopID, day market.Day, rev market.Revision) (*market.Batch, error) {
	space := periodSpace("picture", shop, s.table.Name, day)
	var heads []frameHead
	var base *market.Batch
	for next := rev; next != 0; {
		if base = tx.remembered(shop, s.table.Name, next); base != nil {
			break
		}
		head, err := tx.frameHead(space, next)
		if err != nil {
			return nil, err
		}
		if head.base >= next || len(heads) > 2*maxDepth {
			return nil, damaged(space, keyUint(nil, uint64(next)), "pictures refer to each other in a circle")
		}
		heads = append(heads, head)
		next = head.base
	}
	for i := len(heads) - 1; i >= 0; i-- {
		b, fresh, err := tx.applyFrame(space, s, &heads[i], base)
		if err != nil {
			return nil, err
		}
		if base = b; i == 0 && rev <= tx.base {
			tx.db.cache.put(pictureCacheKey(shop, s.table.Name, rev), base, fresh)
		}
	}
	return base, nil
}

func pictureCacheKey(shop market.ShopID, table string, rev market.Revision) cacheKey {
	return cacheKey{shop: shop, table: table, newest: rev}
}

// remembered returns the rows of a picture that are in memory, or nil.
func (tx *Tx) remembered(shop market.ShopID, table string, rev market.Revision) *market.Batch {
	if b := tx.own[rev]; b != nil {
		return b
	}
	if rev > tx.base {
		return nil
	}
	if b := tx.db.currentPicture(shop, table, rev); b != nil {
		return b
	}
	b, _ := tx.db.cache.get(pictureCacheKey(shop, table, rev)).(*market.Batch)
	return b
}

// putPicture stores a complete pull of a State table.
func (tx *Tx) putPicture(shop *market.Shop, s *schema, p *market.Pull) error {
	rows := p.Rows
	if rows == nil {
		rows = market.NewBatch(s.table, 0)
	}
	if err := checkTexts(rows); err != nil {
		return err
	}
	rev, at := p.Snapshot.Revision, p.Snapshot.Window.End
	day := shop.Day(at)
	tipKey := directoryKey(shop.ID, s.table.Name, day)
	var tip storedTip
	if _, err := tx.getJSON(spacePictureTip, tipKey, &tip); err != nil {
		return err
	}
	var base *market.Batch
	if tip.Revision != 0 && tip.Depth < maxDepth {
		b, err := tx.pictureRows(s, shop.ID, day, tip.Revision)
		if err != nil {
			return err
		}
		base = b
	}
	f := newFrame(s, base, rows)
	f.head.base = tip.Revision
	if f.base == nil {
		f.head.base, tip.Depth = 0, -1
	}
	stored, err := tx.putFrame(periodSpace("picture", shop.ID, s.table.Name, day), s, rev, f)
	if err != nil {
		return err
	}
	if err := tx.putJSON(spacePictureTip, tipKey, storedTip{Revision: rev, Depth: tip.Depth + 1}); err != nil {
		return err
	}
	pictures := timelineKey(timelinePictures, shop.ID, s.table.Name)
	if err := tx.addMoment(pictures, moment{at: nanos(at), rev: rev, day: day}); err != nil {
		return err
	}
	if tx.own == nil {
		tx.own = map[market.Revision]*market.Batch{}
	}
	tx.own[rev] = stored
	tx.committed = append(tx.committed, func() {
		tx.db.cache.put(pictureCacheKey(shop.ID, s.table.Name, rev), stored, batchBytes(stored))
		tx.db.keepCurrent(shop.ID, s.table.Name, currentRows{at: nanos(at), rev: rev, rows: stored})
	})
	return nil
}

func batchBytes(b *market.Batch) int64 {
	var n int64
	for c := range b.Table.Columns {
		n += vectorBytes(b.Col(c))
	}
	return n
}

// currentRows is the newest picture of a table, which always stays in memory.
type currentRows struct {
	at   int64
	rev  market.Revision
	rows *market.Batch
}

func (db *DB) keepCurrent(shop market.ShopID, table string, c currentRows) {
	db.mu.Lock()
	defer db.mu.Unlock()
	key := cacheKey{shop: shop, table: table}
	if old, ok := db.current[key]; !ok || c.at >= old.at {
		db.current[key] = c
	}
}

func (db *DB) currentPicture(shop market.ShopID, table string, rev market.Revision) *market.Batch {
	db.mu.Lock()
	defer db.mu.Unlock()
	if c := db.current[cacheKey{shop: shop, table: table}]; c.rev == rev {
		return c.rows
	}
	return nil
}
