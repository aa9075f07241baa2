package series

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// chunk is how many series stand in a block of one slot.
const chunk = column.MaxRows

// layout is how one kind of history is cut into periods and levels. There are
// two: slots of the clock in UTC days and weeks, and business days in months.
type layout struct {
	mark   byte // in keys
	specs  []spec
	levels []level
	slots  int // of the longest period
	// order is all columns, those that others go by first.
	order []int
}

// spec is one column of a layout; its index is its stored number.
type spec struct {
	gauge bool // stored as the difference to the slot before
	wide  bool // 64 bits in memory
	flag  bool // only a bitmap
	money bool // a price
	given bool // relations go by it
	// relations are tried one after the other.
	relations []relation
}

// level is one form in which periods are kept. In level 0 each slot stands by
// itself, as chunks of all series; in the others a block holds all the slots of
// some series, so that one series is read without its neighbours.
type level struct {
	name   string
	rows   int // series of a block
	merges int // periods of the level before that become one; they start on its multiples
	shift  int // the number of a period at which the first of them starts
}

// staleColumn is the bitmap of rows whose gauges were carried over.
const staleColumn = Width

var clockLayout = layout{
	mark: 'c', slots: 24 * 60,
	specs: append(columnSpecs(), spec{flag: true}),
	levels: []level{
		{name: "slot", rows: chunk, merges: 1},
		{name: "day", rows: 1024, merges: 1},
		{name: "week", rows: 128, merges: 7, shift: 4}, // 1970-01-05 was a Monday
	},
}.related(map[int][]relation{
	int(RivalPrice): {{kind: begins, of: uint8(Price)}},
	int(Stock):      {{kind: drains, of: uint8(Units)}},
	int(Orders):     {{kind: equals, of: uint8(Units)}, {kind: once, of: uint8(Units)}},
	int(GMV):        {{kind: product, of: uint8(Units), by: uint8(Price)}},
})

func columnSpecs() []spec {
	all := make([]spec, Width)
	for c := range Column(Width) {
		all[c] = spec{gauge: c.Gauge(), wide: c == GMV, money: c == Price || c == RivalPrice}
	}
	return all
}

var dayLayout = layout{
	mark: 'd', slots: 31,
	specs: dailySpecs(),
	levels: []level{
		{name: "rollup", rows: chunk, merges: 1},
		{name: "month", rows: 1024, merges: 1},
	},
}.related(map[int][]relation{
	int(PriceMin):  {{kind: equals, of: uint8(PriceClose)}},
	int(PriceMax):  {{kind: equals, of: uint8(PriceClose)}},
	int(RivalMin):  {{kind: equals, of: uint8(RivalClose)}},
	int(StockMin):  {{kind: equals, of: uint8(StockClose)}},
	int(DayOrders): {{kind: equals, of: uint8(DayUnits)}, {kind: once, of: uint8(DayUnits)}},
	int(DayGMV):    {{kind: product, of: uint8(DayUnits), by: uint8(PriceClose)}},
})

// related gives columns their relations.
func (l layout) related(all map[int][]relation) *layout {
	for col, some := range all {
		l.specs[col].relations = some
		for _, r := range some {
			for _, given := range r.columns() {
				l.specs[given].given = true
			}
		}
	}
	for _, given := range []bool{true, false} {
		for col := range l.specs {
			if l.specs[col].given == given {
				l.order = append(l.order, col)
			}
		}
	}
	return &l
}

// group is the number of the merged period of a level that holds a period.
func (l level) group(index int) int { return floorDiv(index-l.shift, l.merges) }

// first is the first period of a merged one.
func (l level) first(group int) int { return group*l.merges + l.shift }

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// Names of spaces. What belongs to a period has a space of its own, so that it
// is forgotten as a whole.
const (
	spacePanel  = "series_panel"  // shop -> record, JSON
	spaceNames  = "series_names"  // shop, block u32 -> dictionary block
	spacePeriod = "series_period" // shop, layout, period i32 -> which slots and versions there are
	spaceFold   = "series_fold"   // shop -> the fold under way, JSON
	spaceDirty  = "series_dirty"  // shop, business day i32 -> revision whose slots wait for a rollup
)

func shopName(shop market.ShopID) string { return url.PathEscape(string(shop)) }

func shopKey(shop market.ShopID) []byte { return append([]byte(shopName(shop)), '/') }

func number(key []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(key, uint32(int32(n))^(1<<31))
}

// cutNumber is the reverse of number at the end of a key.
func cutNumber(key []byte) int {
	return int(int32(binary.BigEndian.Uint32(key[len(key)-4:]) ^ (1 << 31)))
}

func (l *layout) periodKey(shop market.ShopID, index int) []byte {
	return number(append(shopKey(shop), l.mark), index)
}

// periodName writes the number of a period as a date: a day, or a month.
func (l *layout) periodName(index int) string {
	if l == dayLayout {
		return fmt.Sprintf("%04d-%02d", floorDiv(index, 12), index-12*floorDiv(index, 12)+1)
	}
	return market.Day(index).String()
}

// levelSpace names the space of a period, or of a merged one, on a level.
func (l *layout) levelSpace(shop market.ShopID, lev, group int) string {
	v := l.levels[lev]
	return "series/" + shopName(shop) + "/" + v.name + "/" + l.periodName(v.first(group))
}

// lateSpace names the space of the versions of a period that are not in its
// level. gen changes when a fold writes them anew.
func (l *layout) lateSpace(shop market.ShopID, index int, gen uint64) string {
	return fmt.Sprintf("series/%s/late-%s/%s.%d", shopName(shop), l.levels[0].name, l.periodName(index), gen)
}

func slotChunkKey(slot, c int) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, uint16(slot)), uint16(c))
}

func blockKey(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func lateKey(slot int, rev market.Revision, c int) []byte {
	key := binary.BigEndian.AppendUint16(nil, uint16(slot))
	key = binary.BigEndian.AppendUint64(key, uint64(rev))
	return binary.BigEndian.AppendUint16(key, uint16(c))
}

// place is where a slot of the clock stands: the UTC day, and its number there.
func place(start time.Time, step time.Duration) (index, slot int) {
	sec := start.Unix()
	day := int64(floorDiv(int(sec), 86400))
	return int(day), int((sec - day*86400) / int64(step/time.Second))
}

// startOf is the reverse of place.
func startOf(index, slot int, step time.Duration) time.Time {
	return time.Unix(int64(index)*86400, 0).UTC().Add(time.Duration(slot) * step)
}

// monthPlace is where a business day stands: its month since year 0, and its
// number there.
func monthPlace(d market.Day) (index, slot int) {
	y, m, day := d.Date()
	return y*12 + int(m) - 1, day - 1
}

func monthDay(index, slot int) market.Day {
	y := floorDiv(index, 12)
	return market.DateOf(y, time.Month(index-12*y+1), slot+1)
}
