package series

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// flows is how many columns a cube sums: Units and those behind it.
const flows = Width - int(Units)

// Cell is the flows of one hour or day that belong to a combination of
// dimensions. An empty dimension is what the source does not tell.
type Cell struct {
	Unit     market.Unit
	Category market.Category
	Channel  market.Channel
	Band     string // id of the price band of the item's price in that slot
	Region   market.Region
	sums     [flows]int64
	known    uint16 // bit c-Units: the flow is known of at least one series
}

// Sum is the sum of a flow, and false when it is not known, or c is a gauge.
func (c *Cell) Sum(col Column) (int64, bool) {
	if col < Units || col >= Width || c.known&(1<<(col-Units)) == 0 {
		return 0, false
	}
	return c.sums[col-Units], true
}

func (c *Cell) add(col Column, v int64) {
	c.sums[col-Units] += v
	c.known |= 1 << (col - Units)
}

type cellKey struct {
	unit     market.Unit
	category market.Category
	channel  market.Channel
	band     string
	region   market.Region
}

func (c *Cell) key() cellKey { return cellKey{c.Unit, c.Category, c.Channel, c.Band, c.Region} }

func compareCells(a, b Cell) int {
	return compareFirst(
		strings.Compare(string(a.Unit), string(b.Unit)), strings.Compare(string(a.Category), string(b.Category)),
		strings.Compare(string(a.Channel), string(b.Channel)), strings.Compare(a.Band, b.Band),
		strings.Compare(string(a.Region), string(b.Region)),
	)
}

func compareFirst(all ...int) int {
	for _, c := range all {
		if c != 0 {
			return c
		}
	}
	return 0
}

// cuber sums a frame into cells. Cells are numbered by group and band, so that
// a row costs a look at its price and an addition.
type cuber struct {
	p     *Panel
	bands []market.Band
	cells []Cell // group*(bands+1)+band; the last band is "none"
	f     *Columns
}

func cubeOf(p *Panel, shop *market.Shop, f *Frame) []Cell {
	c := &cuber{p: p, bands: shop.Bands, f: f.Columns}
	c.cells = make([]Cell, len(p.groups)*(len(shop.Bands)+1))
	for col := Units; col < Width; col++ {
		c.column(col)
	}
	out := make([]Cell, 0, len(c.cells))
	for i := range c.cells {
		if cell := c.named(i); cell.known != 0 {
			out = append(out, cell)
		}
	}
	return c.regions(out, f.Regions)
}

// named is cell i with its dimensions.
func (c *cuber) named(i int) Cell {
	cell := c.cells[i]
	g := c.p.groups[i/(len(c.bands)+1)]
	cell.Unit, cell.Category, cell.Channel = g.Unit, g.Category, g.Channel
	if b := i % (len(c.bands) + 1); b < len(c.bands) {
		cell.Band = c.bands[b].ID
	}
	return cell
}

// cell is the number of the cell of a series.
func (c *cuber) cell(id int) int {
	band := len(c.bands)
	if price, ok := c.f.Value(Price, uint32(id)); ok {
		for i := range c.bands {
			if b := &c.bands[i]; market.Fen(price) >= b.From && (b.To == 0 || market.Fen(price) < b.To) {
				band = i
				break
			}
		}
	}
	return int(c.p.group[id])*(len(c.bands)+1) + band
}

func (c *cuber) column(col Column) {
	null := *c.f.Null(col)
	if null.Any() {
		if count(null) == c.f.n {
			return
		}
		for i := range c.f.n {
			if v, ok := c.f.Value(col, uint32(i)); ok {
				c.cells[c.cell(i)].add(col, v)
			}
		}
		return
	}
	// All is known, and mostly 0: every cell knows the flow, few rows count.
	for i := range c.cells {
		c.cells[i].known |= 1 << (col - Units)
	}
	if col == GMV {
		for i, v := range c.f.wide[col] {
			if v != 0 {
				c.cells[c.cell(i)].sums[col-Units] += v
			}
		}
		return
	}
	for i, v := range c.f.small[col] {
		if v != 0 {
			c.cells[c.cell(i)].sums[col-Units] += int64(v)
		}
	}
}

// regions moves the parts of flows whose region is known into cells of their
// own; the rest stays under the empty region.
func (c *cuber) regions(cells []Cell, parts []RegionFlow) []Cell {
	at := map[cellKey]int{}
	for i := range cells {
		at[cells[i].key()] = i
	}
	for _, part := range parts {
		if int(part.Series) >= c.f.n || part.Column < Units || part.Column >= Width || part.Region == "" {
			continue
		}
		if _, known := c.f.Value(part.Column, part.Series); !known {
			continue
		}
		whole := c.named(c.cell(int(part.Series)))
		i, ok := at[whole.key()]
		if !ok {
			continue
		}
		cells[i].sums[part.Column-Units] -= part.Value
		k := whole.key()
		k.region = part.Region
		j, ok := at[k]
		if !ok {
			j = len(cells)
			at[k] = j
			cells = append(cells, Cell{Unit: k.unit, Category: k.category, Channel: k.channel, Band: k.band, Region: k.region})
		}
		cells[j].add(part.Column, part.Value)
	}
	return cells
}

// sumCells adds cells of equal dimensions, and orders them.
func sumCells(all []Cell) []Cell {
	at := map[cellKey]int{}
	var out []Cell
	for i := range all {
		j, ok := at[all[i].key()]
		if !ok {
			at[all[i].key()] = len(out)
			out = append(out, all[i])
			continue
		}
		out[j].known |= all[i].known
		for k := range out[j].sums {
			out[j].sums[k] += all[i].sums[k]
		}
	}
	slices.SortFunc(out, compareCells)
	return out
}

// The columns of a cube's record, by stored number: texts, then flows.
const cubeTexts = 5

// encodeCells makes a record: blocks of at most column.MaxRows cells, each
// behind its length.
func encodeCells(codec *column.Codec, all []Cell) []byte {
	slices.SortFunc(all, compareCells)
	var out []byte
	for part := range slices.Chunk(all, column.MaxRows) {
		b := encodeCellBlock(codec, part)
		out = append(binary.AppendUvarint(out, uint64(len(b))), b...)
	}
	return out
}

func encodeCellBlock(codec *column.Codec, all []Cell) []byte {
	w := column.NewWriter(codec, 0, len(all))
	vals := make([]int64, len(all))
	for col := range cubeTexts {
		var dict []string
		codes := map[string]int64{}
		for i := range all {
			text := all[i].texts()[col]
			code, ok := codes[text]
			if !ok {
				code = int64(len(dict))
				codes[text], dict = code, append(dict, text)
			}
			vals[i] = code
		}
		raw := column.AppendInts(nil, vals)
		raw = binary.AppendUvarint(raw, uint64(len(dict)))
		for _, text := range dict {
			raw = append(binary.AppendUvarint(raw, uint64(len(text))), text...)
		}
		w.Add(uint8(col), raw)
	}
	for i := range all {
		vals[i] = int64(all[i].known)
	}
	w.Add(cubeTexts, column.AppendInts(nil, vals))
	for f := range flows {
		for i := range all {
			vals[i] = all[i].sums[f]
		}
		w.Add(uint8(cubeTexts+1+f), column.AppendInts(nil, vals))
	}
	return w.Bytes()
}

func (c *Cell) texts() [cubeTexts]string {
	return [cubeTexts]string{string(c.Unit), string(c.Category), string(c.Channel), c.Band, string(c.Region)}
}

func decodeCells(codec *column.Codec, payload []byte) ([]Cell, error) {
	r := column.Reader{B: payload}
	var all []Cell
	for len(r.B) > 0 {
		b := r.Take(r.Count(len(r.B)))
		if r.Bad {
			return nil, column.ErrCorrupt
		}
		cells, err := decodeCellBlock(codec, b)
		if err != nil {
			return nil, err
		}
		all = append(all, cells...)
	}
	return all, nil
}

func decodeCellBlock(codec *column.Codec, payload []byte) ([]Cell, error) {
	b, err := codec.Parse(payload)
	if err != nil {
		return nil, err
	}
	texts := make([][cubeTexts]string, b.Rows)
	for col := range cubeTexts {
		if err := cubeText(b, col, texts); err != nil {
			return nil, err
		}
	}
	all := make([]Cell, b.Rows)
	for i, t := range texts {
		all[i] = Cell{Unit: market.Unit(t[0]), Category: market.Category(t[1]), Channel: market.Channel(t[2]), Band: t[3], Region: market.Region(t[4])}
	}
	vals := make([]int64, b.Rows)
	for f := range flows + 1 {
		r, found, err := b.Raw(uint8(cubeTexts+f), nil)
		if err != nil || !found {
			return nil, column.ErrCorrupt
		}
		clear(vals)
		column.ReadInts(&r, vals)
		if r.Bad || len(r.B) > 0 {
			return nil, column.ErrCorrupt
		}
		for i, v := range vals {
			if f == 0 {
				all[i].known = uint16(v)
			} else {
				all[i].sums[f-1] = v
			}
		}
	}
	return all, nil
}

func cubeText(b *column.Block, col int, texts [][cubeTexts]string) error {
	r, found, err := b.Raw(uint8(col), nil)
	if err != nil || !found {
		return column.ErrCorrupt
	}
	codes := make([]int64, b.Rows)
	column.ReadInts(&r, codes)
	dict := make([]string, r.Count(min(column.MaxRows, len(r.B))))
	for i := range dict {
		dict[i] = string(r.Take(r.Count(len(r.B))))
	}
	if r.Bad || len(r.B) > 0 {
		return column.ErrCorrupt
	}
	for i, c := range codes {
		if c < 0 || c >= int64(len(dict)) {
			return column.ErrCorrupt
		}
		texts[i][col] = dict[c]
	}
	return nil
}

// Cubes stand in one space a month: hourly ones under slot and revision, daily
// ones under business day and revision.
func cubeSpace(shop market.ShopID, kind string, day market.Day) string {
	index, _ := monthPlace(day)
	return "series/" + shopName(shop) + "/cube-" + kind + "/" + dayLayout.periodName(index)
}

func hourCubeKey(start time.Time, rev market.Revision) []byte {
	key := binary.BigEndian.AppendUint64(nil, uint64(start.Unix()))
	return binary.BigEndian.AppendUint64(key, uint64(rev))
}

func dayCubeKey(day market.Day, rev market.Revision) []byte {
	return binary.BigEndian.AppendUint64(number(nil, int(day)), uint64(rev))
}

func slotDay(start time.Time) market.Day { return market.Day(floorDiv(int(start.Unix()), 86400)) }

func (s *Store) putCube(tx *storage.Tx, shop *market.Shop, st *state, f *Frame) error {
	cells := cubeOf(st.panel, shop, f)
	space := tx.Space(cubeSpace(shop.ID, "hour", slotDay(f.Slot)))
	return space.Put(hourCubeKey(f.Slot, f.Revision), encodeCells(s.codec, cells))
}

// SlotCube returns the cells of a slot as Slots has listed it.
func (s *Store) SlotCube(tx *storage.Tx, shop market.ShopID, slot Slot) ([]Cell, error) {
	space := tx.Space(cubeSpace(shop, "hour", slotDay(slot.Start)))
	key := hourCubeKey(slot.Start, slot.Revision)
	payload, err := space.Get(key)
	if err != nil || payload == nil {
		return nil, err
	}
	cells, err := decodeCells(s.codec, payload)
	if err != nil {
		return nil, space.Damaged(key, err.Error())
	}
	return cells, nil
}

// Cube sums the cells of the slots of a window as of a revision, and lists the
// slots that went in. A whole business day of which a daily cube is up to date
// comes from that; one whose slots are no longer kept has only that.
func (s *Store) Cube(tx *storage.Tx, shop *market.Shop, w market.Window, asOf market.Revision) ([]Cell, []Slot, error) {
	if w.Empty() {
		return nil, nil, nil
	}
	slots, err := s.Slots(tx, shop.ID, w, asOf)
	if err != nil {
		return nil, nil, err
	}
	var all []Cell
	i := 0
	for day := shop.Day(w.Start); day <= shop.Day(w.End.Add(-1)); day++ {
		end := i
		for end < len(slots) && shop.Day(slots[end].Start) == day {
			end++
		}
		cells, err := s.cubeOfDay(tx, shop, day, w, slots[i:end], asOf)
		if err != nil {
			return nil, nil, fmt.Errorf("cube of %s on %s: %w", shop.ID, day, err)
		}
		all, i = append(all, cells...), end
	}
	return sumCells(all), slots, nil
}

// cubeOfDay sums the cells of slots of one business day.
func (s *Store) cubeOfDay(tx *storage.Tx, shop *market.Shop, day market.Day, w market.Window, slots []Slot, asOf market.Revision) ([]Cell, error) {
	whole := shop.Window(day, day)
	if !w.Start.After(whole.Start) && !w.End.Before(whole.End) {
		cells, found, err := s.dayCube(tx, shop.ID, day, slots, asOf)
		if found || err != nil {
			return cells, err
		}
	}
	var all []Cell
	for _, slot := range slots {
		cells, err := s.SlotCube(tx, shop.ID, slot)
		if err != nil {
			return nil, err
		}
		all = append(all, cells...)
	}
	return all, nil
}

// dayCube reads the daily cube that was made of exactly these slots, or, when
// none are kept any more, the newest as of the revision.
func (s *Store) dayCube(tx *storage.Tx, shop market.ShopID, day market.Day, slots []Slot, asOf market.Revision) ([]Cell, bool, error) {
	space := tx.Space(cubeSpace(shop, "day", day))
	from, to := number(nil, int(day)), number(nil, int(day)+1)
	if asOf != 0 {
		to = dayCubeKey(day, asOf+1)
	}
	if len(slots) > 0 {
		waits, err := dirty(tx, shop, day)
		if waits || err != nil {
			return nil, false, err
		}
		rev := newestOf(slots)
		from, to = dayCubeKey(day, rev), dayCubeKey(day, rev+1)
	}
	var cells []Cell
	found := false
	err := space.Scan(storage.Range{From: from, To: to, Reverse: true}, func(key, payload []byte) (bool, error) {
		var err error
		if cells, err = decodeCells(s.codec, payload); err != nil {
			return false, space.Damaged(key, err.Error())
		}
		found = true
		return false, nil
	})
	return cells, found, err
}

func newestOf(slots []Slot) market.Revision {
	newest := market.Revision(0)
	for _, slot := range slots {
		newest = max(newest, slot.Revision)
	}
	return newest
}
