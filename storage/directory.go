package storage

import (
	"encoding/binary"
	"net/url"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// directory says what is filed under a business day of a table: which blocks,
// and between which bounds each instant or date column lies.
type directory struct {
	day    market.Day
	newest market.Revision // of the rows
	next   uint64          // number of the next block
	blocks []blockInfo
	zones  []zone
}

type blockInfo struct {
	number uint64
	rows   int
}

// zone bounds the known values of a column.
type zone struct {
	id       uint8
	min, max int64
}

const directoryVersion = 1

func (d *directory) bytes() []byte {
	out := []byte{directoryVersion}
	out = binary.AppendUvarint(out, uint64(d.newest))
	out = binary.AppendUvarint(out, d.next)
	out = binary.AppendUvarint(out, uint64(len(d.blocks)))
	for _, b := range d.blocks {
		out = binary.AppendUvarint(out, b.number)
		out = binary.AppendUvarint(out, uint64(b.rows))
	}
	out = binary.AppendUvarint(out, uint64(len(d.zones)))
	for _, z := range d.zones {
		out = append(out, z.id)
		out = binary.AppendVarint(out, z.min)
		out = binary.AppendVarint(out, z.max)
	}
	return out
}

func parseDirectory(day market.Day, b []byte) (*directory, error) {
	r := column.Reader{B: b}
	if r.Byte() != directoryVersion {
		return nil, column.ErrCorrupt
	}
	d := &directory{day: day, newest: market.Revision(r.Uvarint()), next: r.Uvarint()}
	d.blocks = make([]blockInfo, r.Count(len(r.B)))
	for i := range d.blocks {
		d.blocks[i] = blockInfo{number: r.Uvarint(), rows: r.Count(chunkRows)}
	}
	d.zones = make([]zone, r.Count(len(r.B)))
	for i := range d.zones {
		d.zones[i] = zone{id: r.Byte(), min: r.Varint(), max: r.Varint()}
	}
	if r.Bad || len(r.B) > 0 {
		return nil, column.ErrCorrupt
	}
	return d, nil
}

// rows is how many row versions the day holds.
func (d *directory) rows() int {
	n := 0
	for _, b := range d.blocks {
		n += b.rows
	}
	return n
}

// overlaps reports whether a value of the column can lie in lo..hi.
func (d *directory) overlaps(id uint8, lo, hi int64) bool {
	for _, z := range d.zones {
		if z.id == id {
			return z.max >= lo && z.min <= hi
		}
	}
	return false
}

// widen takes a value of a column into its zone.
func (d *directory) widen(id uint8, lo, hi int64) {
	for i := range d.zones {
		if z := &d.zones[i]; z.id == id {
			z.min, z.max = min(z.min, lo), max(z.max, hi)
			return
		}
	}
	d.zones = append(d.zones, zone{id: id, min: lo, max: hi})
}

func tableKey(shop market.ShopID, table string) []byte {
	return keyText(keyText(nil, string(shop)), table)
}

func directoryKey(shop market.ShopID, table string, day market.Day) []byte {
	return keyInt(tableKey(shop, table), int64(day))
}

// periodSpace names the space of a business day.
func periodSpace(kind string, shop market.ShopID, table string, day market.Day) string {
	return kind + "/" + url.PathEscape(string(shop)) + "/" + url.PathEscape(table) + "/" + day.String()
}

func heldSpace(shop market.ShopID, table string) string {
	return "held/" + url.PathEscape(string(shop)) + "/" + url.PathEscape(table)
}

// directories returns what is filed of a table, by day.
func (tx *Tx) directories(shop market.ShopID, table string) ([]*directory, error) {
	prefix := tableKey(shop, table)
	days, err := tx.days(timelineKey(timelineEvents, shop, table))
	if err != nil {
		return nil, err
	}
	all := make([]*directory, 0, len(days))
	err = tx.scanPrefix(spacePartition, prefix, func(key, payload []byte) (bool, error) {
		day, rest, ok := cutUint(key[len(prefix):])
		if !ok || len(rest) > 0 {
			return false, damaged(spacePartition, key, "key has the wrong length")
		}
		d, err := parseDirectory(market.Day(day^(1<<63)), payload)
		if err != nil {
			return false, damaged(spacePartition, key, err.Error())
		}
		all = append(all, d)
		return true, nil
	})
	if err == nil && !slices.EqualFunc(all, days, func(d *directory, day market.Day) bool { return d.day == day }) {
		err = damaged(spacePartition, prefix, "days are missing")
	}
	return all, err
}

// directory returns what is filed under one day; a day without rows has an
// empty directory.
func (tx *Tx) directory(shop market.ShopID, table string, day market.Day) (*directory, error) {
	key := directoryKey(shop, table, day)
	b, err := tx.get(spacePartition, key)
	if err != nil || b == nil {
		return &directory{day: day}, err
	}
	d, err := parseDirectory(day, b)
	if err != nil {
		return nil, damaged(spacePartition, key, err.Error())
	}
	return d, nil
}

func (tx *Tx) putDirectory(shop market.ShopID, table string, d *directory, first bool) error {
	if first {
		if err := tx.addDay(timelineKey(timelineEvents, shop, table), d.day); err != nil {
			return err
		}
	}
	return tx.put(spacePartition, directoryKey(shop, table, d.day), d.bytes())
}

// readBlock returns a block of a period space.
func (tx *Tx) readBlock(space string, key []byte) (block, error) {
	b, err := tx.get(space, key)
	if err != nil {
		return block{}, err
	}
	if b == nil {
		return block{}, damaged(space, key, "block is missing")
	}
	out, err := tx.db.codec.parseBlock(b)
	if err != nil {
		return block{}, damaged(space, key, err.Error())
	}
	return out, nil
}
