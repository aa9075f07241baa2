package series

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// namesBlock is how many series stand in a block of the dictionary.
const namesBlock = 1024

// The columns of a dictionary block, by stored number.
const (
	nameSKU = iota
	nameChannel
	nameUnit
	nameCategory
	nameBrand
	nameTitle
	nameURL
	nameColumns
)

func (s *Series) fields() [nameColumns]string {
	return [nameColumns]string{string(s.SKU), string(s.Channel), string(s.Unit), string(s.Category), s.Brand, s.Title, s.URL}
}

// names is the part of a dictionary that is kept in memory: the key of each
// series and what questions filter by. Only the writer adds to it; readers see
// the part that belongs to their Panel.
type names struct {
	skus  []byte   // all SKUs, one behind the other
	ends  []uint32 // where each SKU ends
	group []uint32 // of each series, in groups
	// groups are the distinct combinations of channel, unit and category.
	groups  []Group
	byGroup map[Group]uint32

	seed  maphash.Seed
	mu    sync.RWMutex // of slots, which lookups share with the writer
	slots []uint32     // open addressing; id plus 1
}

func newNames() *names {
	return &names{byGroup: map[Group]uint32{}, seed: maphash.MakeSeed(), slots: make([]uint32, 64)}
}

func (d *names) sku(id uint32) []byte {
	from := uint32(0)
	if id > 0 {
		from = d.ends[id-1]
	}
	return d.skus[from:d.ends[id]]
}

func (d *names) hash(sku []byte, channel string) uint64 {
	return maphash.Bytes(d.seed, sku) ^ maphash.String(d.seed, channel)*0x9e3779b97f4a7c15
}

// find looks a key up among the first n series.
func (d *names) find(sku []byte, channel string, n int) (uint32, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	mask := uint64(len(d.slots) - 1)
	for at := d.hash(sku, channel) & mask; d.slots[at] != 0; at = (at + 1) & mask {
		id := d.slots[at] - 1
		if bytes.Equal(d.sku(id), sku) && string(d.groups[d.group[id]].Channel) == channel {
			return id, int(id) < n
		}
	}
	return 0, false
}

// add appends a series that is not there yet.
func (d *names) add(s *Series) uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := uint32(len(d.ends))
	d.skus = append(d.skus, s.SKU...)
	d.ends = append(d.ends, uint32(len(d.skus)))
	d.group = append(d.group, d.groupOf(s))
	if 2*len(d.ends) > len(d.slots) {
		d.rehash(2 * len(d.slots))
	} else {
		d.index(id)
	}
	return id
}

func (d *names) groupOf(s *Series) uint32 {
	g := Group{s.Channel, s.Unit, s.Category}
	i, ok := d.byGroup[g]
	if !ok {
		i = uint32(len(d.groups))
		d.groups = append(d.groups, g)
		d.byGroup[g] = i
	}
	return i
}

func (d *names) index(id uint32) {
	mask := uint64(len(d.slots) - 1)
	at := d.hash(d.sku(id), string(d.groups[d.group[id]].Channel)) & mask
	for d.slots[at] != 0 {
		at = (at + 1) & mask
	}
	d.slots[at] = id + 1
}

func (d *names) rehash(size int) {
	d.slots = make([]uint32, size)
	for id := range d.ends {
		d.index(uint32(id))
	}
}

// cut goes back to the n series of a published panel, with their groups, after a
// transaction has failed.
func (d *names) cut(n int, groups []uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	end := 0
	if n > 0 {
		end = int(d.ends[n-1])
	}
	grown := n < len(d.ends)
	d.skus, d.ends, d.group = d.skus[:end:end], d.ends[:n:n], groups[:n:n]
	if grown {
		d.rehash(len(d.slots))
	}
}

// regroup changes what some series belong to, leaving the readers' copy alone.
func (d *names) regroup(moved map[uint32]*Series) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.group = slices.Clone(d.group)
	for id, s := range moved {
		d.group[id] = d.groupOf(s)
	}
}

// encodeNames makes a dictionary block.
func encodeNames(codec *column.Codec, all []Series) []byte {
	w := column.NewWriter(codec, 0, len(all))
	lens := make([]int64, len(all))
	for col := range nameColumns {
		var text []byte
		for i := range all {
			f := all[i].fields()[col]
			lens[i] = int64(len(f))
			text = append(text, f...)
		}
		if len(text) > 0 {
			w.Add(uint8(col), append(column.AppendInts(nil, lens), text...))
		}
	}
	return w.Bytes()
}

// decodeNames reads columns of a dictionary block; the others stay empty.
func decodeNames(codec *column.Codec, payload []byte, cols int) ([]Series, error) {
	b, err := codec.Parse(payload)
	if err != nil {
		return nil, err
	}
	if b.Rows > namesBlock {
		return nil, column.ErrCorrupt
	}
	rows := make([]int, b.Rows)
	for i := range rows {
		rows[i] = i
	}
	return namesOf(b, cols, rows)
}

// namesOf reads columns of some rows of a dictionary block.
func namesOf(b *column.Block, cols int, rows []int) ([]Series, error) {
	texts := make([][nameColumns]string, len(rows))
	ends := make([]int64, b.Rows)
	for col := range cols {
		r, found, err := b.Raw(uint8(col), nil)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		clear(ends)
		column.ReadInts(&r, ends)
		end := int64(0)
		for i, n := range ends {
			if end += n; n < 0 || n > int64(len(r.B)) || end > int64(len(r.B)) {
				return nil, column.ErrCorrupt
			}
			ends[i] = end
		}
		if r.Bad || end != int64(len(r.B)) {
			return nil, column.ErrCorrupt
		}
		for i, row := range rows {
			from := int64(0)
			if row > 0 {
				from = ends[row-1]
			}
			texts[i][col] = string(r.B[from:ends[row]])
		}
	}
	all := make([]Series, len(rows))
	for i, t := range texts {
		all[i] = Series{
			SKU: market.SKU(t[nameSKU]), Channel: market.Channel(t[nameChannel]), Unit: market.Unit(t[nameUnit]),
			Category: market.Category(t[nameCategory]), Brand: t[nameBrand], Title: t[nameTitle], URL: t[nameURL],
		}
	}
	return all, nil
}

func namesKey(shop market.ShopID, block int) []byte {
	return binary.BigEndian.AppendUint32(shopKey(shop), uint32(block))
}

func (s *Store) readNames(tx *storage.Tx, shop market.ShopID, block, cols int) ([]Series, error) {
	space, key := tx.Space(spaceNames), namesKey(shop, block)
	payload, err := space.Get(key)
	if err != nil || payload == nil {
		return nil, err
	}
	all, err := decodeNames(s.codec, payload, cols)
	if err != nil {
		return nil, space.Damaged(key, err.Error())
	}
	return all, nil
}

// loadNames reads the whole dictionary of a shop, of which n series are listed.
func (s *Store) loadNames(tx *storage.Tx, shop market.ShopID, n int) (*names, error) {
	d := newNames()
	d.ends = make([]uint32, 0, n)
	d.group = make([]uint32, 0, n)
	for block := 0; block*namesBlock < n; block++ {
		all, err := s.readNames(tx, shop, block, nameCategory+1)
		if err != nil {
			return nil, err
		}
		if want := min(namesBlock, n-block*namesBlock); len(all) != want {
			return nil, tx.Space(spaceNames).Damaged(namesKey(shop, block), fmt.Sprintf("%d series, want %d", len(all), want))
		}
		for i := range all {
			d.skus = append(d.skus, all[i].SKU...)
			d.ends = append(d.ends, uint32(len(d.skus)))
			d.group = append(d.group, d.groupOf(&all[i]))
		}
	}
	size := 64
	for size < 2*n {
		size *= 2
	}
	d.rehash(size)
	return d, nil
}

func unknownSeries(shop market.ShopID, id uint32) error {
	return fmt.Errorf("series %d of shop %s: %w", id, shop, storage.ErrUnknown)
}
