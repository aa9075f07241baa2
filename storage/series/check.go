package series

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// checkLimit is how many findings Check lists before it stops.
const checkLimit = 100

// Check reads every panel as its readers would, every version of every slot and
// day, every name and cube, and lists what is missing or does not decode, in
// words for an operator. The error is for a check that could not be done.
func Check(ctx context.Context, db *storage.DB) ([]string, error) {
	codec, err := column.NewCodec()
	if err != nil {
		return nil, err
	}
	defer codec.Close()
	c := &checker{ended: ctx.Err, s: &Store{db: db, codec: codec, upkeep: codec}}
	err = db.View(ctx, func(tx *storage.Tx) error {
		c.tx = tx
		return tx.Space(spacePanel).Scan(storage.Range{}, func(key, payload []byte) (bool, error) {
			var r record
			if err := json.Unmarshal(payload, &r); err != nil {
				return true, c.note(tx.Space(spacePanel).Damaged(key, "panel record does not parse"))
			}
			err := c.panel(market.ShopID(key), r)
			return !c.full() && err == nil, err
		})
	})
	if err != nil {
		return c.found, fmt.Errorf("check series: %w", err)
	}
	return c.found, nil
}

type checker struct {
	ended func() error // of the caller's context
	tx    *storage.Tx
	s     *Store
	found []string
}

func (c *checker) full() bool { return len(c.found) >= checkLimit }

// note lists damage; any other error ends the check.
func (c *checker) note(err error) error {
	if err == nil || errors.Is(err, storage.ErrDamaged) {
		if err != nil && !c.full() {
			c.found = append(c.found, err.Error())
		}
		return c.ended()
	}
	return err
}

func (c *checker) panel(shop market.ShopID, r record) error {
	for block := 0; block*namesBlock < r.Series; block++ {
		all, err := c.s.readNames(c.tx, shop, block, nameColumns)
		if want := min(namesBlock, r.Series-block*namesBlock); err == nil && len(all) != want {
			err = c.tx.Space(spaceNames).Damaged(namesKey(shop, block), fmt.Sprintf("%d series, want %d", len(all), want))
		}
		if err := c.note(err); err != nil {
			return err
		}
	}
	for _, l := range []*layout{clockLayout, dayLayout} {
		periods, err := loadPeriods(c.tx, l, shop, -1<<31, 1<<31-2)
		if err := c.note(err); err != nil {
			return err
		}
		for _, p := range periods {
			if err := c.period(l, shop, p); err != nil || c.full() {
				return err
			}
		}
	}
	return c.cubes(shop)
}

// period reads all versions of all slots, chunk by chunk and column by column.
func (c *checker) period(l *layout, shop market.ShopID, p *period) error {
	v, err := c.s.view(c.tx, l, shop, p)
	if err != nil {
		return c.note(err)
	}
	rows := p.baseRows()
	for i := range p.slots {
		for k := range p.slots[i].versions {
			rows = max(rows, p.slots[i].versions[k].rows)
		}
	}
	for from := 0; from < rows; from += chunk {
		for col := range l.specs {
			if err := c.note(c.column(v, col, from, min(from+chunk, rows))); err != nil || c.full() {
				return err
			}
		}
		v.forget()
	}
	return nil
}

func (c *checker) column(v *view, col, from, to int) error {
	b, err := v.bases(col, from, to)
	if err != nil {
		return err
	}
	for i := range v.p.slots {
		for k := range v.p.slots[i].versions {
			if _, err := v.value(b, i, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) cubes(shop market.ShopID) error {
	names, err := c.tx.Spaces("series/" + shopName(shop) + "/cube-")
	if err != nil {
		return err
	}
	for _, name := range names {
		space := c.tx.Space(name)
		err := space.Scan(storage.Range{}, func(key, payload []byte) (bool, error) {
			_, err := decodeCells(c.s.codec, payload)
			if err != nil {
				err = space.Damaged(key, strings.TrimSpace(err.Error()))
			}
			return !c.full(), c.note(err)
		})
		if err := c.note(err); err != nil {
			return err
		}
	}
	return nil
}
