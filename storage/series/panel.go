package series

import (
	"maps"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Panel is a shop's newest two slots in memory, with the part of its dictionary
// that questions filter by. It is a picture: it stays valid, and unchanged, for
// as long as the caller holds it.
type Panel struct {
	shop    market.ShopID
	picture uint64
	step    time.Duration
	names   *names
	n       int
	skus    []byte
	ends    []uint32
	group   []uint32
	groups  []Group

	now, before      *Columns
	slot, slotBefore Slot
}

// Shop is whose panel it is.
func (p *Panel) Shop() market.ShopID { return p.shop }

// Picture is a number that no other picture of this process has: what is computed
// from a panel alone may be kept under it.
func (p *Panel) Picture() uint64 { return p.picture }

// Step is the clock step.
func (p *Panel) Step() time.Duration { return p.step }

// Len is the number of series that have an id.
func (p *Panel) Len() int { return p.n }

// Now is the newest slot; nil before the first.
func (p *Panel) Now() (*Columns, Slot) { return p.now, p.slot }

// Before is the slot stored before the newest; nil when there is none.
func (p *Panel) Before() (*Columns, Slot) { return p.before, p.slotBefore }

// Find returns the id of a series, and false when it has none.
func (p *Panel) Find(sku market.SKU, channel market.Channel) (uint32, bool) {
	return p.names.find([]byte(sku), string(channel), p.n)
}

// FindBytes is Find for a page scanner: it makes no strings.
func (p *Panel) FindBytes(sku []byte, channel string) (uint32, bool) {
	return p.names.find(sku, channel, p.n)
}

// SKU of a series.
func (p *Panel) SKU(id uint32) market.SKU {
	from := uint32(0)
	if id > 0 {
		from = p.ends[id-1]
	}
	return market.SKU(p.skus[from:p.ends[id]])
}

// Channel of a series.
func (p *Panel) Channel(id uint32) market.Channel { return p.groups[p.group[id]].Channel }

// Unit of a series; empty when it is not known.
func (p *Panel) Unit(id uint32) market.Unit { return p.groups[p.group[id]].Unit }

// Category of a series; empty when it is not known.
func (p *Panel) Category(id uint32) market.Category { return p.groups[p.group[id]].Category }

// Group is what series have in common that one filters and sums by.
type Group struct {
	Channel  market.Channel
	Unit     market.Unit
	Category market.Category
}

// Groups lists the groups there are, and the number of the group of each series.
// Neither may be changed.
func (p *Panel) Groups() (groups []Group, of []uint32) { return p.groups, p.group }

// Categories lists the categories of all series, in order.
func (p *Panel) Categories() []market.Category {
	seen := map[market.Category]bool{}
	for _, g := range p.groups {
		if g.Category != "" {
			seen[g.Category] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
